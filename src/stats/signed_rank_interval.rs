//! The exact confidence interval for the pseudomedian.

use super::error::{StatsError, check_level};
use super::hodges_lehmann::WalshAverages;
use super::interval::Interval;
use super::signed_rank_null::SignedRankNull;

/// The exact confidence interval for the pseudomedian, at least at `level`,
/// by inverting Wilcoxon's signed-rank test.
///
/// With the M = n(n + 1)/2 Walsh averages in order, it runs from the k-th to
/// the (M + 1 − k)-th, where k is the largest rank for which the level
/// reached, 1 − 2·P(W⁺ ≤ k − 1), is not below the level asked for (Tukey
/// 1949; Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, 3rd
/// ed., section 3.3). R's `wilcox.test(x, conf.int = TRUE, exact = TRUE)`
/// reports the same one. [`Interval::level`] is the level reached.
///
/// The level is exact for independent values from a continuous distribution
/// that is symmetric about the pseudomedian. With ties, and so for any
/// discrete symmetric one, the closed interval covers at least that often
/// (Noether, Wilcoxon Confidence Intervals for Location Parameters in the
/// Discrete Case, Journal of the American Statistical Association 62 (1967),
/// 184–188). A skewed distribution has no such guarantee:
/// [`median_interval`](super::median_interval) asks less and is wider.
///
/// Zeros are values like any other here. A sample below
/// [`smallest_signed_rank_sample`] gets [`Interval::WHOLE_LINE`]. A Walsh
/// average of −∞ with +∞ counts as −∞ at the lower end and as +∞ at the
/// upper, which can only widen the interval.
///
/// # Errors
///
/// [`StatsError::Empty`]; [`StatsError::NotANumber`];
/// [`StatsError::TooManyValues`]; [`StatsError::LevelOutOfRange`].
///
/// ```
/// use speedup::stats::{Interval, signed_rank_interval};
///
/// let interval = signed_rank_interval(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0.95)?;
/// assert_eq!((interval.low, interval.high), (1.0, 6.0));
/// assert_eq!(interval.level, 1.0 - 2.0 / 64.0);
///
/// let too_few = signed_rank_interval(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.95)?;
/// assert_eq!(too_few, Interval::WHOLE_LINE);
/// # Ok::<(), speedup::stats::StatsError>(())
/// ```
pub fn signed_rank_interval(sample: &[f64], level: f64) -> Result<Interval, StatsError> {
    check_level(level)?;
    let averages = WalshAverages::of(sample)?;
    let null = SignedRankNull::untied(sample.len());
    // Compared as levels rather than tails: 1 − 2·tail is exact for small
    // samples, while (1 − level)/2 has been rounded.
    let Some((rank, tail)) = null.critical_rank(|tail| 1.0 - 2.0 * tail >= level) else {
        return Ok(Interval::WHOLE_LINE);
    };
    Ok(Interval {
        low: averages.at_least(rank),
        high: averages.at_most(averages.count() + 1 - rank),
        level: 1.0 - 2.0 * tail,
    })
}

/// The fewest values with which [`signed_rank_interval`] is bounded: the
/// least n with 1 − 2¹⁻ⁿ ≥ `level`.
///
/// # Errors
///
/// [`StatsError::LevelOutOfRange`].
///
/// ```
/// use speedup::stats::smallest_signed_rank_sample;
///
/// assert_eq!(smallest_signed_rank_sample(0.95), Ok(6));
/// assert_eq!(smallest_signed_rank_sample(0.99), Ok(8));
/// ```
pub fn smallest_signed_rank_sample(level: f64) -> Result<usize, StatsError> {
    check_level(level)?;
    let mut len = 1;
    let mut missed = 1.0;
    // Ends: below 2⁻⁵³, 1 − missed is 1, which no level reaches.
    while 1.0 - missed < level {
        missed /= 2.0;
        len += 1;
    }
    Ok(len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{Alternative, hodges_lehmann, signed_rank_test};
    use proptest::prelude::*;

    const INF: f64 = f64::INFINITY;

    #[test]
    fn a_bounded_interval_begins_at_the_smallest_sample() {
        for level in [
            0.01,
            0.5,
            0.75,
            0.8,
            0.9,
            0.9375,
            0.95,
            0.99,
            0.999,
            1.0 - 1e-12,
        ] {
            let len = smallest_signed_rank_sample(level).unwrap();
            let sample: Vec<f64> = (0..len).map(|x| x as f64).collect();
            let bounded = signed_rank_interval(&sample, level).unwrap();
            assert!(bounded.is_bounded() && bounded.level >= level, "{level}");
            if len > 1 {
                let fewer = signed_rank_interval(&sample[1..], level).unwrap();
                assert_eq!(fewer, Interval::WHOLE_LINE, "{level}");
            }
        }
    }

    #[test]
    fn one_value_and_two_bound_nothing_at_95_percent() {
        assert_eq!(signed_rank_interval(&[1.0], 0.95), Ok(Interval::WHOLE_LINE));
        assert_eq!(
            signed_rank_interval(&[1.0, 2.0], 0.95),
            Ok(Interval::WHOLE_LINE)
        );
    }

    #[test]
    fn equal_values_give_an_interval_of_no_width() {
        let interval = signed_rank_interval(&[0.1; 12], 0.95).unwrap();
        assert_eq!((interval.low, interval.high), (0.1, 0.1));
    }

    #[test]
    fn infinite_values_widen_only_as_far_as_their_rank_reaches() {
        let mut sample: Vec<f64> = (0..20).map(f64::from).collect();
        let plain = signed_rank_interval(&sample, 0.95).unwrap();
        sample[19] = INF;
        let one_stray = signed_rank_interval(&sample, 0.95).unwrap();
        assert_eq!(one_stray.low.to_bits(), plain.low.to_bits());
        assert!(one_stray.is_bounded() && one_stray.high >= plain.high);
        sample[0] = -INF;
        assert!(signed_rank_interval(&sample, 0.95).unwrap().is_bounded());

        let small = [-INF, 1.0, 2.0, 3.0, 4.0, INF];
        let interval = signed_rank_interval(&small, 0.95).unwrap();
        assert_eq!((interval.low, interval.high), (-INF, INF));
    }

    #[test]
    fn levels_of_0_1_and_nan_are_refused() {
        for level in [0.0, 1.0, -0.5, 95.0, f64::NAN] {
            assert!(matches!(
                signed_rank_interval(&[1.0], level),
                Err(StatsError::LevelOutOfRange { .. })
            ));
            assert!(smallest_signed_rank_sample(level).is_err());
        }
    }

    proptest! {
        // The two answer one question: a location lies outside exactly if
        // the test rejects it. Thirds, so that no location meets an average.
        #[test]
        fn it_holds_the_locations_that_the_test_does_not_reject(
            sample in prop::collection::hash_set(-4000i32..4000, 6..30),
            third in -12_000i32..12_000,
            level in prop::sample::select(vec![0.5, 0.8, 0.9, 0.95, 0.99]),
        ) {
            prop_assume!(third % 3 != 0);
            let location = f64::from(third) / 3.0;
            let sample: Vec<f64> = sample.into_iter().map(f64::from).collect();
            let interval = signed_rank_interval(&sample, level).unwrap();
            let test = signed_rank_test(&sample, location, Alternative::TwoSided).unwrap();
            prop_assert_eq!(
                interval.contains(location),
                test.p_value > 1.0 - level,
                "{:?} {} {:?}", interval, location, test
            );
        }

        #[test]
        fn it_holds_the_estimate_and_moves_with_the_sample(
            sample in prop::collection::vec(-400i32..400, 1..25),
            shift in -400i32..400,
            factor in prop::sample::select(vec![0.5, 2.0, 1024.0_f64]),
        ) {
            let sample: Vec<f64> = sample.into_iter().map(f64::from).collect();
            let shift = f64::from(shift);
            let change = |x: f64| (x + shift) * factor;
            let moved: Vec<f64> = sample.iter().copied().map(change).collect();
            let plain = signed_rank_interval(&sample, 0.9).unwrap();
            prop_assert!(plain.contains(hodges_lehmann(&sample).unwrap()));
            prop_assert_eq!(
                signed_rank_interval(&moved, 0.9).unwrap(),
                plain.map_increasing(change)
            );
            let mirrored: Vec<f64> = sample.iter().map(|x| -x).collect();
            let mirror = signed_rank_interval(&mirrored, 0.9).unwrap();
            let expected = Interval { low: -plain.high, high: -plain.low, ..plain };
            prop_assert_eq!(mirror, expected);
        }
    }
}
