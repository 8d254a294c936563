//! The order-statistic interval for a median.

use super::error::{StatsError, check_level, check_sample};
use super::interval::Interval;

/// The confidence interval for the median between two order statistics, at
/// least at `level`, by inverting the sign test.
///
/// From the k-th smallest to the k-th largest value, where k is the largest
/// rank for which the level reached, 1 − 2·P(B ≤ k − 1) with B binomial
/// (n, ½), is not below the level asked for (Thompson, On Confidence Ranges
/// for the Median and Other Expectation Distributions, Annals of Mathematical
/// Statistics 7 (1936), 122–128; Hollander, Wolfe and Chicken, Nonparametric
/// Statistical Methods, 3rd ed., section 3.6). [`Interval::level`] is the
/// level reached: exact for independent values from any continuous
/// distribution, symmetric or not, and with ties a lower bound. Its relative
/// error is below n·2⁻⁵².
///
/// The price for not assuming symmetry is width: for normal values some 25 %
/// more than [`signed_rank_interval`](super::signed_rank_interval). Both are
/// bounded from the same sample size on, six for 95 %; below it this is
/// [`Interval::WHOLE_LINE`]. Infinite values keep their place in the order.
///
/// # Errors
///
/// [`StatsError::Empty`]; [`StatsError::NotANumber`];
/// [`StatsError::LevelOutOfRange`].
///
/// ```
/// use speedup::stats::median_interval;
///
/// let sample = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
/// let interval = median_interval(&sample, 0.95)?;
/// assert_eq!((interval.low, interval.high), (2.0, 8.0));
/// assert_eq!(interval.level, 1.0 - 20.0 / 512.0);
/// # Ok::<(), speedup::stats::StatsError>(())
/// ```
pub fn median_interval(sample: &[f64], level: f64) -> Result<Interval, StatsError> {
    check_sample(sample)?;
    check_level(level)?;
    let Some((rank, reached)) = symmetric_rank(sample.len(), level) else {
        return Ok(Interval::WHOLE_LINE);
    };
    let mut ordered = sample.to_vec();
    ordered.sort_unstable_by(f64::total_cmp);
    Ok(Interval {
        low: ordered[rank - 1],
        high: ordered[ordered.len() - rank],
        level: reached,
    })
}

/// The largest k, from 1, with 1 − 2·P(B ≤ k − 1) ≥ `level` for B binomial
/// (`n`, ½), and the level it reaches; `None` if there is none.
fn symmetric_rank(n: usize, level: f64) -> Option<(usize, f64)> {
    coin_tails(n)
        .map(|tail| 1.0 - 2.0 * tail)
        .take_while(|&reached| reached >= level)
        .enumerate()
        .last()
        .map(|(successes, reached)| (successes + 1, reached))
}

/// P(B ≤ 0), P(B ≤ 1), … up to P(B ≤ n) for B binomial (`n`, ½).
///
/// Binomial coefficients by C(n, i + 1) = C(n, i)·(n − i)/(i + 1), exact as
/// long as they stay whole below 2⁵³.
fn coin_tails(n: usize) -> impl Iterator<Item = f64> {
    // From n = 1024 on coefficients outgrow f64: whenever they have grown by
    // 2⁵⁰⁰ the exponent moves into `halvings`. A power of two, so exact.
    const STEP: i32 = 500;
    let limit = 2_f64.powi(STEP);
    let (mut coefficient, mut sum) = (1.0, 0.0);
    let mut halvings = n;
    (0..=n).map(move |successes| {
        sum += coefficient;
        let tail = halve(sum, halvings);
        coefficient = coefficient * (n - successes) as f64 / (successes + 1) as f64;
        if coefficient > limit {
            coefficient /= limit;
            sum /= limit;
            halvings -= STEP.unsigned_abs() as usize;
        }
        tail
    })
}

/// `value`/2^`times`; 0 where that underflows.
fn halve(value: f64, times: usize) -> f64 {
    // In two parts, as 2^times itself may overflow where the result doesn't.
    let first = i32::try_from(times / 2).unwrap_or(i32::MAX);
    let second = i32::try_from(times - times / 2).unwrap_or(i32::MAX);
    value * 0.5_f64.powi(first) * 0.5_f64.powi(second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::median;
    use proptest::prelude::*;

    const INF: f64 = f64::INFINITY;

    #[test]
    fn five_values_bound_nothing_at_95_percent_and_six_do() {
        let sample = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        assert_eq!(
            median_interval(&sample[..1], 0.95),
            Ok(Interval::WHOLE_LINE)
        );
        assert_eq!(
            median_interval(&sample[..2], 0.95),
            Ok(Interval::WHOLE_LINE)
        );
        assert_eq!(
            median_interval(&sample[..5], 0.95),
            Ok(Interval::WHOLE_LINE)
        );
        let interval = median_interval(&sample, 0.95).unwrap();
        assert_eq!((interval.low, interval.high), (1.0, 6.0));
        assert_eq!(interval.level.to_bits(), (1.0 - 2.0 / 64.0_f64).to_bits());
    }

    #[test]
    fn a_level_that_a_rank_reaches_exactly_is_reached() {
        let interval = median_interval(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.9375).unwrap();
        assert_eq!((interval.low, interval.high), (1.0, 5.0));
    }

    #[test]
    fn a_low_level_leaves_the_two_middle_values() {
        let interval = median_interval(&[4.0, 1.0, 3.0, 2.0], 0.3).unwrap();
        assert_eq!((interval.low, interval.high), (2.0, 3.0));
        assert_eq!(interval.level.to_bits(), (6.0 / 16.0_f64).to_bits());
    }

    #[test]
    fn equal_values_give_an_interval_of_no_width() {
        let interval = median_interval(&[0.1; 9], 0.95).unwrap();
        assert_eq!((interval.low, interval.high), (0.1, 0.1));
    }

    #[test]
    fn infinite_values_keep_their_place() {
        let sample = [INF, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, -INF];
        let inner = median_interval(&sample, 0.95).unwrap();
        assert_eq!((inner.low, inner.high), (2.0, 8.0));
        let outer = median_interval(&sample, 0.99).unwrap();
        assert_eq!((outer.low, outer.high), (-INF, INF));
    }

    #[test]
    fn empty_samples_nan_and_wrong_levels_are_refused() {
        assert_eq!(median_interval(&[], 0.95), Err(StatsError::Empty));
        assert_eq!(
            median_interval(&[f64::NAN], 0.95),
            Err(StatsError::NotANumber { index: 0 })
        );
        assert!(median_interval(&[1.0], f64::NAN).is_err());
    }

    #[test]
    fn tails_of_many_tosses_neither_overflow_nor_lose_probability() {
        for n in [1, 2, 53, 1023, 1024, 1075, 10_001] {
            let tails: Vec<f64> = coin_tails(n).collect();
            assert!((tails[n] - 1.0).abs() < 1e-10, "{n}: {}", tails[n]);
            // By symmetry, the tail below the middle and the middle itself.
            let below = (n - 1) / 2;
            let middle = if n % 2 == 0 {
                tails[n / 2] - tails[below]
            } else {
                0.0
            };
            assert!((2.0 * tails[below] + middle - 1.0).abs() < 1e-10, "{n}");
        }
    }

    proptest! {
        #[test]
        fn it_holds_the_median_and_moves_with_the_sample(
            sample in prop::collection::vec(-400i32..400, 1..40),
            shift in -400i32..400,
            factor in prop::sample::select(vec![0.5, 2.0, 1024.0_f64]),
        ) {
            let mut sample: Vec<f64> = sample.into_iter().map(f64::from).collect();
            let shift = f64::from(shift);
            let change = |x: f64| (x + shift) * factor;
            let moved: Vec<f64> = sample.iter().copied().map(change).collect();
            let plain = median_interval(&sample, 0.9).unwrap();
            prop_assert_eq!(
                median_interval(&moved, 0.9).unwrap(),
                plain.map_increasing(change)
            );
            let mirrored: Vec<f64> = sample.iter().map(|x| -x).collect();
            let mirror = median_interval(&mirrored, 0.9).unwrap();
            let expected = Interval { low: -plain.high, high: -plain.low, ..plain };
            prop_assert_eq!(mirror, expected);
            prop_assert!(plain.contains(median(&mut sample).unwrap()));
        }
    }
}
