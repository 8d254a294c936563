//! The median absolute deviation.

use super::error::StatsError;
use super::quantile::median;

/// What makes the median absolute deviation of a normal distribution its
/// standard deviation: 1/Φ⁻¹(3/4), to the digits R's `mad` uses.
const NORMAL_CONSISTENCY: f64 = 1.4826;

/// The median absolute deviation from the median, unscaled.
///
/// Hampel (The Influence Curve and its Role in Robust Estimation, Journal of
/// the American Statistical Association 69 (1974), 383–393). Up to half of
/// the sample may be strays without carrying it away; it is 0 as soon as more
/// than half of the values are equal, and for a single value.
///
/// # Errors
///
/// [`StatsError::Empty`]; [`StatsError::NotANumber`];
/// [`StatsError::Indeterminate`] when the median itself is infinite, as
/// distances from it then mean nothing.
///
/// ```
/// use speedup::stats::median_absolute_deviation;
///
/// // median 2; distances 1, 0, 0, 2, 98
/// let spread = median_absolute_deviation(&[1.0, 2.0, 2.0, 4.0, 100.0]);
/// assert_eq!(spread, Ok(1.0));
/// ```
pub fn median_absolute_deviation(sample: &[f64]) -> Result<f64, StatsError> {
    let mut values = sample.to_vec();
    // Found in the caller's order, so that an index in an error is theirs.
    let center = median(&mut values)?;
    if center.is_infinite() {
        return Err(StatsError::Indeterminate);
    }
    for value in &mut values {
        *value = (*value - center).abs();
    }
    median(&mut values)
}

/// A standard deviation that strays don't carry away: 1.4826 times the
/// [`median_absolute_deviation`].
///
/// It estimates the standard deviation of normal values (Rousseeuw and Croux,
/// Alternatives to the Median Absolute Deviation, Journal of the American
/// Statistical Association 88 (1993), 1273–1283) at 37 % efficiency; the
/// factor is for large samples and isn't corrected for small ones, which
/// come out a little low. It is R's `mad(x)`.
///
/// # Errors
///
/// As for [`median_absolute_deviation`].
///
/// ```
/// use speedup::stats::robust_standard_deviation;
///
/// let spread = robust_standard_deviation(&[1.0, 2.0, 2.0, 4.0, 100.0]);
/// assert_eq!(spread, Ok(1.4826));
/// ```
pub fn robust_standard_deviation(sample: &[f64]) -> Result<f64, StatsError> {
    Ok(NORMAL_CONSISTENCY * median_absolute_deviation(sample)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_value_and_equal_values_do_not_scatter() {
        assert_eq!(robust_standard_deviation(&[7.0]), Ok(0.0));
        assert_eq!(robust_standard_deviation(&[7.0; 5]), Ok(0.0));
    }

    #[test]
    fn an_infinite_stray_is_one_large_distance() {
        let sample = [1.0, 2.0, 3.0, f64::INFINITY];
        assert_eq!(median_absolute_deviation(&sample), Ok(1.0));
    }

    #[test]
    fn an_infinite_median_leaves_no_distances() {
        let sample = [1.0, f64::INFINITY, f64::INFINITY];
        assert_eq!(
            median_absolute_deviation(&sample),
            Err(StatsError::Indeterminate)
        );
    }

    #[test]
    fn nan_is_refused_where_it_stood() {
        assert_eq!(
            median_absolute_deviation(&[3.0, 2.0, f64::NAN]),
            Err(StatsError::NotANumber { index: 2 })
        );
    }

    proptest! {
        // Quarters and powers of two, so that shifting and scaling are exact.
        #[test]
        fn shifting_changes_nothing_and_scaling_scales(
            sample in prop::collection::vec(-400i32..400, 1..30),
            shift in -400i32..400,
            factor in prop::sample::select(vec![-4.0, -0.5, 2.0, 1024.0_f64]),
        ) {
            let sample: Vec<f64> = sample.into_iter().map(|x| f64::from(x) / 4.0).collect();
            let moved: Vec<f64> =
                sample.iter().map(|x| (x + f64::from(shift) / 4.0) * factor).collect();
            let plain = median_absolute_deviation(&sample).unwrap();
            let scaled = median_absolute_deviation(&moved).unwrap();
            prop_assert_eq!(scaled.to_bits(), (plain * factor.abs()).to_bits());
        }
    }
}
