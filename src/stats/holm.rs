//! Holm's adjustment for several tests at once.

use super::error::{StatsError, check_probability};

/// P-values adjusted by Holm's step-down method, in the order they came in.
///
/// Reject every hypothesis whose adjusted p-value is at most α, and the
/// probability of rejecting even one true hypothesis (the family-wise error)
/// is at most α, however the tests depend on each other. With the m p-values
/// in ascending order, the j-th becomes the largest of (m − i + 1)·pᵢ over
/// i ≤ j, at most 1.
///
/// Holm, A Simple Sequentially Rejective Multiple Test Procedure,
/// Scandinavian Journal of Statistics 6 (1979), 65–70. R's `p.adjust(p,
/// "holm")` is the same. Equal p-values stay equal; one alone stays as it is;
/// of none, none come back.
///
/// # Errors
///
/// [`StatsError::ProbabilityOutOfRange`] with the index of the first value
/// that is no probability.
///
/// ```
/// use speedup::stats::holm;
///
/// // 3 · 0.25 would exceed 2 · 0.5 if each stood alone; Holm keeps the order.
/// let adjusted = holm(&[0.5, 0.0625, 0.25])?;
/// assert_eq!(adjusted, [0.5, 0.1875, 0.5]);
/// # Ok::<(), speedup::stats::StatsError>(())
/// ```
pub fn holm(p_values: &[f64]) -> Result<Vec<f64>, StatsError> {
    for (index, &p_value) in p_values.iter().enumerate() {
        check_probability(index, p_value)?;
    }
    let mut ascending: Vec<usize> = (0..p_values.len()).collect();
    ascending.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));

    let mut adjusted = vec![0.0; p_values.len()];
    let mut largest: f64 = 0.0;
    for (rejected_before, &index) in ascending.iter().enumerate() {
        let still_standing = p_values.len() - rejected_before;
        largest = largest.max((still_standing as f64 * p_values[index]).min(1.0));
        adjusted[index] = largest;
    }
    Ok(adjusted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_tests_need_no_adjustment_and_one_none_either() {
        assert_eq!(holm(&[]), Ok(vec![]));
        assert_eq!(holm(&[0.03]), Ok(vec![0.03]));
    }

    #[test]
    fn what_is_no_probability_is_refused_where_it_stands() {
        for wrong in [-0.1, 1.5, f64::INFINITY] {
            assert_eq!(
                holm(&[0.5, wrong]),
                Err(StatsError::ProbabilityOutOfRange {
                    index: 1,
                    value: wrong
                })
            );
        }
        assert!(holm(&[f64::NAN]).is_err());
    }

    #[test]
    fn equal_values_stay_equal() {
        assert_eq!(holm(&[0.125, 0.125, 0.125]), Ok(vec![0.375; 3]));
        assert_eq!(holm(&[0.5; 4]), Ok(vec![1.0; 4]));
    }

    proptest! {
        // The procedure as Holm states it: from the smallest on, reject while
        // p ≤ α/(tests left), and stop at the first that fails.
        #[test]
        fn adjusted_values_reject_what_the_stepwise_procedure_rejects(
            thousandths in prop::collection::vec(0_u32..=1024, 0..12),
            alpha in 0_u32..=1024,
        ) {
            let p_values: Vec<f64> = thousandths.iter().map(|&p| f64::from(p) / 1024.0).collect();
            let alpha = f64::from(alpha) / 1024.0;
            let mut ascending = p_values.clone();
            ascending.sort_by(f64::total_cmp);
            let stop = ascending
                .iter()
                .enumerate()
                .find(|(i, p)| *p * (ascending.len() - i) as f64 > alpha)
                .map(|(_, p)| *p);
            for (p, adjusted) in p_values.iter().zip(holm(&p_values).unwrap()) {
                let rejected = stop.is_none_or(|stop| *p < stop);
                // At α = 1 the cap at 1 rejects everything, as any test may.
                if alpha < 1.0 {
                    prop_assert_eq!(adjusted <= alpha, rejected);
                }
                prop_assert!(adjusted >= *p && adjusted <= 1.0);
            }
        }
    }
}
