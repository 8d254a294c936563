//! Sample quantiles and the median.

use super::error::{StatsError, check_probability, check_sample};

/// The median: the middle value, or halfway between the two middle ones.
///
/// The values are reordered; nothing else about them changes. It is
/// [`quantile`] at one half, and takes linear time.
///
/// # Errors
///
/// [`StatsError::Empty`]; [`StatsError::NotANumber`];
/// [`StatsError::Indeterminate`] when the two middle values are −∞ and +∞.
///
/// ```
/// use speedup::stats::median;
///
/// assert_eq!(median(&mut [3.0, 1.0, 2.0]), Ok(2.0));
/// assert_eq!(median(&mut [4.0, 1.0, 2.0, f64::INFINITY]), Ok(3.0));
/// ```
pub fn median(sample: &mut [f64]) -> Result<f64, StatsError> {
    quantile(sample, 0.5)
}

/// The sample quantile at `probability`, by linear interpolation.
///
/// Type 7 of Hyndman and Fan (Sample Quantiles in Statistical Packages, The
/// American Statistician 50 (1996), 361–365), the default of R and `NumPy`:
/// with the values in order x₀ ≤ … ≤ xₙ₋₁ and h = (n − 1)·p, it is
/// x⌊h⌋ + (h − ⌊h⌋)(x⌊h⌋₊₁ − x⌊h⌋). One value is its own quantile throughout.
///
/// The values are reordered. Linear time.
///
/// # Errors
///
/// [`StatsError::Empty`]; [`StatsError::NotANumber`];
/// [`StatsError::ProbabilityOutOfRange`]; [`StatsError::Indeterminate`] when
/// it falls strictly between −∞ and +∞.
///
/// ```
/// use speedup::stats::quantile;
///
/// assert_eq!(quantile(&mut [10.0, 0.0, 20.0], 0.25), Ok(5.0));
/// assert_eq!(quantile(&mut [10.0, 0.0, 20.0], 1.0), Ok(20.0));
/// ```
pub fn quantile(sample: &mut [f64], probability: f64) -> Result<f64, StatsError> {
    check_sample(sample)?;
    check_probability(0, probability)?;
    let position = (sample.len() - 1) as f64 * probability;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the floor of a position from 0 to len − 1"
    )]
    let below = position.floor() as usize;
    let fraction = position - position.floor();

    let (_, &mut low, above) = sample.select_nth_unstable_by(below, f64::total_cmp);
    if fraction == 0.0 {
        return Ok(low);
    }
    let high = above.iter().copied().fold(f64::INFINITY, f64::min);
    interpolate(low, high, fraction)
}

/// The point `fraction` of the way from `low` to `high`.
fn interpolate(low: f64, high: f64, fraction: f64) -> Result<f64, StatsError> {
    if low >= high {
        return Ok(low);
    }
    // Weighted so, nothing overflows and an infinite neighbour wins; only
    // opposed infinities give NaN. Rounding must not leave the neighbours.
    let between = low * (1.0 - fraction) + high * fraction;
    if between.is_nan() {
        return Err(StatsError::Indeterminate);
    }
    Ok(between.clamp(low, high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_empty_sample_has_no_median() {
        assert_eq!(median(&mut []), Err(StatsError::Empty));
    }

    #[test]
    fn nan_is_refused_and_located() {
        let mut sample = [1.0, f64::NAN];
        assert_eq!(
            median(&mut sample),
            Err(StatsError::NotANumber { index: 1 })
        );
    }

    #[test]
    fn a_probability_outside_0_to_1_is_refused() {
        for wrong in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert!(matches!(
                quantile(&mut [1.0], wrong),
                Err(StatsError::ProbabilityOutOfRange { index: 0, .. })
            ));
        }
    }

    #[test]
    fn infinities_keep_their_place_in_the_order() {
        let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
        assert_eq!(median(&mut [high, 1.0, low]), Ok(1.0));
        assert_eq!(median(&mut [high, high]), Ok(high));
        assert_eq!(median(&mut [high, 1.0]), Ok(high));
        assert_eq!(median(&mut [low, 1.0]), Ok(low));
        assert_eq!(median(&mut [low, high]), Err(StatsError::Indeterminate));
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        assert_eq!(median(&mut [f64::MAX, f64::MAX]), Ok(f64::MAX));
        assert_eq!(median(&mut [f64::MAX, f64::MIN]), Ok(0.0));
    }

    proptest! {
        #[test]
        fn selection_agrees_with_sorting(
            mut sample in prop::collection::vec(-1e3..1e3_f64, 1..40),
            probability in 0.0..=1.0_f64,
        ) {
            let mut sorted = sample.clone();
            sorted.sort_by(f64::total_cmp);
            let position = (sorted.len() - 1) as f64 * probability;
            let expected = sorted.windows(2).enumerate().fold(sorted[0], |sum, (i, pair)| {
                sum + (pair[1] - pair[0]) * (position - i as f64).clamp(0.0, 1.0)
            });
            let found = quantile(&mut sample, probability).unwrap();
            prop_assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }

        #[test]
        fn quantiles_never_decrease_with_the_probability(
            mut sample in prop::collection::vec(-5i32..5, 1..20)
                .prop_map(|values| values.into_iter().map(f64::from).collect::<Vec<_>>()),
            (p, q) in (0.0..=1.0_f64, 0.0..=1.0_f64),
        ) {
            let low = quantile(&mut sample, p.min(q)).unwrap();
            let high = quantile(&mut sample, p.max(q)).unwrap();
            prop_assert!(low <= high);
        }

        #[test]
        fn negating_the_sample_negates_the_median(
            mut sample in prop::collection::vec(-1e3..1e3_f64, 1..40),
        ) {
            let mut negated: Vec<f64> = sample.iter().map(|x| -x).collect();
            let (plain, mirrored) = (median(&mut sample).unwrap(), median(&mut negated).unwrap());
            prop_assert!((plain + mirrored).abs() == 0.0);
        }
    }
}
