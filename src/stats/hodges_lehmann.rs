//! Walsh averages, and the Hodges–Lehmann estimate of location.

use super::error::{StatsError, check_sample};
use super::signed_rank_null::LARGEST_SIGNED_RANK_SAMPLE;

/// The one-sample Hodges–Lehmann estimate of location (the sample
/// pseudomedian): the median of all Walsh averages (xᵢ + xⱼ)/2, i ≤ j.
///
/// Hodges and Lehmann, Estimates of Location Based on Rank Tests, Annals of
/// Mathematical Statistics 34 (1963), 598–611. For a symmetric distribution
/// it estimates the centre, at 95 % of the mean's efficiency if that is
/// normal; up to 29 % of the sample may be strays without carrying it away.
/// It always lies within [`signed_rank_interval`](super::signed_rank_interval).
///
/// One value is its own estimate; two give their mean. Time n² log n, memory
/// 4n² bytes.
///
/// # Errors
///
/// [`StatsError::Empty`]; [`StatsError::NotANumber`];
/// [`StatsError::TooManyValues`] beyond [`LARGEST_SIGNED_RANK_SAMPLE`].
/// A Walsh average of −∞ with +∞ could be any number: if the estimate depends
/// on which, [`StatsError::Indeterminate`].
///
/// ```
/// use speedup::stats::hodges_lehmann;
///
/// // Walsh averages 0, 0.5, 1, 4.5, 5, 9
/// assert_eq!(hodges_lehmann(&[0.0, 1.0, 9.0]), Ok(2.75));
/// ```
pub fn hodges_lehmann(sample: &[f64]) -> Result<f64, StatsError> {
    let averages = WalshAverages::of(sample)?;
    let count = averages.count();
    let (low, high) = (count.div_ceil(2), count / 2 + 1);
    // Undefined averages all at the bottom, then all at the top: where both
    // agree, so does everything between.
    let at_bottom = f64::midpoint(averages.at_least(low), averages.at_least(high));
    let at_top = f64::midpoint(averages.at_most(low), averages.at_most(high));
    if at_bottom >= at_top {
        Ok(at_top)
    } else {
        Err(StatsError::Indeterminate)
    }
}

/// All n(n + 1)/2 Walsh averages of a sample, in order.
pub(super) struct WalshAverages {
    /// In ascending order.
    defined: Vec<f64>,
    /// How many are averages of −∞ and +∞, and so could be anything.
    undefined: usize,
}

impl WalshAverages {
    pub(super) fn of(sample: &[f64]) -> Result<Self, StatsError> {
        check_sample(sample)?;
        if sample.len() > LARGEST_SIGNED_RANK_SAMPLE {
            return Err(StatsError::TooManyValues {
                len: sample.len(),
                most: LARGEST_SIGNED_RANK_SAMPLE,
            });
        }
        let mut defined = Vec::with_capacity(sample.len() * (sample.len() + 1) / 2);
        for (i, &first) in sample.iter().enumerate() {
            for &second in &sample[i..] {
                defined.push(f64::midpoint(first, second));
            }
        }
        let all = defined.len();
        defined.retain(|average| !average.is_nan());
        defined.sort_unstable_by(f64::total_cmp);
        let undefined = all - defined.len();
        Ok(Self { defined, undefined })
    }

    pub(super) fn count(&self) -> usize {
        self.defined.len() + self.undefined
    }

    /// The least that the average of this rank (from 1) can be.
    pub(super) fn at_least(&self, rank: usize) -> f64 {
        if rank <= self.undefined {
            f64::NEG_INFINITY
        } else {
            self.defined[rank - 1 - self.undefined]
        }
    }

    /// The most that the average of this rank (from 1) can be.
    pub(super) fn at_most(&self, rank: usize) -> f64 {
        self.defined.get(rank - 1).copied().unwrap_or(f64::INFINITY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const INF: f64 = f64::INFINITY;

    #[test]
    fn one_value_is_its_own_estimate_and_two_give_their_mean() {
        assert_eq!(hodges_lehmann(&[3.0]), Ok(3.0));
        assert_eq!(hodges_lehmann(&[3.0, 5.0]), Ok(4.0));
    }

    #[test]
    fn equal_values_are_their_own_estimate_to_the_last_bit() {
        assert_eq!(hodges_lehmann(&[0.1; 24]), Ok(0.1));
    }

    #[test]
    fn strays_to_infinity_do_not_carry_it_away() {
        let sample = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, INF];
        assert!(hodges_lehmann(&sample).unwrap() < 7.0);
        assert_eq!(hodges_lehmann(&[1.0, 2.0, INF, INF, INF]), Ok(INF));
        assert_eq!(hodges_lehmann(&[INF]), Ok(INF));
    }

    #[test]
    fn opposed_infinities_matter_only_if_the_answer_depends_on_them() {
        let one_each = [-INF, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, INF];
        assert_eq!(hodges_lehmann(&one_each), Ok(1.0));
        assert_eq!(
            hodges_lehmann(&[-INF, 0.0, INF]),
            Err(StatsError::Indeterminate)
        );
        assert_eq!(hodges_lehmann(&[-INF, INF]), Err(StatsError::Indeterminate));
    }

    #[test]
    fn empty_nan_and_too_large_samples_are_refused() {
        assert_eq!(hodges_lehmann(&[]), Err(StatsError::Empty));
        assert_eq!(
            hodges_lehmann(&[f64::NAN]),
            Err(StatsError::NotANumber { index: 0 })
        );
        let len = LARGEST_SIGNED_RANK_SAMPLE + 1;
        assert!(matches!(
            hodges_lehmann(&vec![0.0; len]),
            Err(StatsError::TooManyValues { len: found, .. }) if found == len
        ));
    }

    proptest! {
        // Small integers and powers of two, so that every step is exact.
        #[test]
        fn it_moves_and_scales_with_the_sample(
            sample in prop::collection::vec(-400i32..400, 1..25),
            shift in -400i32..400,
            factor in prop::sample::select(vec![-4.0, -0.5, 2.0, 1024.0_f64]),
        ) {
            let sample: Vec<f64> = sample.into_iter().map(f64::from).collect();
            let shift = f64::from(shift);
            let moved: Vec<f64> = sample.iter().map(|x| (x + shift) * factor).collect();
            let expected = (hodges_lehmann(&sample).unwrap() + shift) * factor;
            prop_assert!((hodges_lehmann(&moved).unwrap() - expected).abs() == 0.0);
        }

        #[test]
        fn the_order_of_the_sample_does_not_matter(
            sample in prop::collection::vec(-1e3..1e3_f64, 1..25),
            rotation in 0usize..25,
        ) {
            let mut rotated = sample.clone();
            rotated.rotate_left(rotation % sample.len());
            prop_assert_eq!(
                hodges_lehmann(&sample).unwrap().to_bits(),
                hodges_lehmann(&rotated).unwrap().to_bits()
            );
        }
    }
}
