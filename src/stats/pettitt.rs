//! Pettitt's test for a change point.

use super::error::{StatsError, check_sample};

/// The outcome of [`pettitt`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PettittTest {
    /// The index of the first value after the most likely change: from 1 to
    /// n − 1, or n for a single value.
    pub change: usize,
    /// Pettitt's K: the largest |U|.
    pub k: f64,
    /// The approximate p-value, at most 1.
    pub p_value: f64,
}

/// Pettitt's rank test for one change of location at an unknown place in a
/// sequence of independent values.
///
/// U(t) = 2·R(t) − t(n + 1), with R(t) the sum of the mid-ranks of the first t
/// values, compares what comes before a place with what comes after it, as the
/// Mann–Whitney statistic does. K is the largest |U(t)|, the change the first
/// t that has it, and p ≈ 2·exp(−6K²/(n³ + n²)), which is close for p below
/// 1/2 (Pettitt, A Non-Parametric Approach to the Change-Point Problem,
/// Applied Statistics 28 (1979), 126–135). R's `trend::pettitt.test` and
/// Python's `pyhomogeneity` compute the same K.
///
/// The p-value falls below 1 % from 16 values on at the earliest. Values that
/// depend on those before them, as a random walk's do, give smaller p-values
/// than they should.
///
/// # Errors
///
/// [`StatsError::Empty`]; [`StatsError::NotANumber`].
///
/// ```
/// use speedup::stats::pettitt;
///
/// let levels: Vec<f64> = (0..20).map(|i| if i < 12 { 1.0 } else { 1.1 } - f64::from(i % 3) * 1e-4).collect();
/// let test = pettitt(&levels)?;
/// assert_eq!(test.change, 12);
/// assert!(test.p_value < 0.01);
/// # Ok::<(), speedup::stats::StatsError>(())
/// ```
pub fn pettitt(sequence: &[f64]) -> Result<PettittTest, StatsError> {
    check_sample(sequence)?;
    let n = sequence.len() as f64;
    let ranks = mid_ranks(sequence);
    let mut sum = 0.0;
    let (mut change, mut k) = (sequence.len(), 0.0);
    for (index, rank) in ranks.iter().enumerate().take(sequence.len() - 1) {
        sum += rank;
        let before = (index + 1) as f64;
        let u: f64 = 2.0 * sum - before * (n + 1.0);
        // Also the first place of all, if every value is the same.
        if u.abs() > k || index == 0 {
            (change, k) = (index + 1, u.abs());
        }
    }
    let p_value = 2.0 * (-6.0 * k * k / (n.powi(3) + n.powi(2))).exp();
    Ok(PettittTest {
        change,
        k,
        p_value: p_value.min(1.0),
    })
}

fn mid_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0;
    for group in order.chunk_by(|&a, &b| {
        values[a]
            .partial_cmp(&values[b])
            .is_some_and(std::cmp::Ordering::is_eq)
    }) {
        let rank = f64::midpoint((below + 1) as f64, (below + group.len()) as f64);
        for &index in group {
            ranks[index] = rank;
        }
        below += group.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_values_show_no_change_and_one_value_has_none() {
        let test = pettitt(&[2.0; 30]).unwrap();
        assert_eq!((test.k, test.p_value), (0.0, 1.0));
        assert_eq!(pettitt(&[1.0]).unwrap().change, 1);
        assert_eq!(pettitt(&[]), Err(StatsError::Empty));
    }

    proptest! {
        #[test]
        fn u_is_the_count_of_pairs_before_and_after(
            values in prop::collection::vec(-9i32..9, 2..30),
        ) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let test = pettitt(&values).unwrap();
            // By its definition: the sum of signs over all such pairs.
            let u = |t: usize| {
                let pairs = values[..t].iter().flat_map(|a| values[t..].iter().map(move |b| (a, b)));
                pairs.map(|(a, b)| (a - b).partial_cmp(&0.0).map_or(0, |o| o as i32)).sum::<i32>()
            };
            let largest = (1..values.len()).map(|t| u(t).abs()).max().unwrap();
            prop_assert_eq!(test.k.to_bits(), f64::from(largest).to_bits());
            prop_assert_eq!(u(test.change).abs(), largest);
        }

        #[test]
        fn only_the_order_of_values_counts(
            values in prop::collection::vec(-9i32..9, 2..30),
        ) {
            let plain: Vec<f64> = values.iter().map(|x| f64::from(*x)).collect();
            let bent: Vec<f64> = plain.iter().map(|x| x.exp()).collect();
            prop_assert_eq!(pettitt(&plain).unwrap(), pettitt(&bent).unwrap());
        }
    }
}
