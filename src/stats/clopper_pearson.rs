//! The exact confidence interval for a proportion.

use super::error::{StatsError, check_level};
use super::incomplete_beta::{Tail, beta_quantile};
use super::interval::Interval;

/// The Clopper–Pearson interval for the probability behind `successes` in
/// `trials`, at least at `level`, whatever that probability is.
///
/// Clopper and Pearson, The Use of Confidence or Fiducial Limits Illustrated
/// in the Case of the Binomial, Biometrika 26 (1934), 404–413: each end is
/// the probability at which so many successes, or further ones, would have
/// probability (1 − level)/2. Both are quantiles of beta distributions.
///
/// With no success the lower end is 0, with nothing but successes the upper
/// one is 1, and no trials leave 0 to 1. [`Interval::level`] repeats `level`:
/// the coverage reached depends on the unknown probability, and is never
/// below. Ends are accurate to about 12 digits up to 10⁹ trials.
///
/// # Errors
///
/// [`StatsError::LevelOutOfRange`]; [`StatsError::MoreSuccessesThanTrials`].
///
/// ```
/// use speedup::stats::clopper_pearson;
///
/// // No false alarm in 300 runs: "at most 1.2 %", not "none".
/// let rate = clopper_pearson(0, 300, 0.95)?;
/// assert_eq!(rate.low, 0.0);
/// assert!((rate.high - 0.012221).abs() < 1e-6);
/// # Ok::<(), speedup::stats::StatsError>(())
/// ```
pub fn clopper_pearson(successes: u64, trials: u64, level: f64) -> Result<Interval, StatsError> {
    check_level(level)?;
    if successes > trials {
        return Err(StatsError::MoreSuccessesThanTrials { successes, trials });
    }
    let outside = (1.0 - level) / 2.0;
    let failures = trials - successes;
    let (hits, misses) = (successes as f64, failures as f64);
    let low = if successes == 0 {
        0.0
    } else {
        beta_quantile(Tail::Lower, outside, hits, misses + 1.0)
    };
    let high = if failures == 0 {
        1.0
    } else {
        beta_quantile(Tail::Upper, outside, hits + 1.0, misses)
    };
    Ok(Interval { low, high, level })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_trials_say_nothing() {
        let interval = clopper_pearson(0, 0, 0.95).unwrap();
        assert_eq!((interval.low, interval.high), (0.0, 1.0));
    }

    #[test]
    fn one_trial_rules_out_next_to_nothing() {
        let hit = clopper_pearson(1, 1, 0.95).unwrap();
        assert!((hit.low - 0.025).abs() < 1e-15);
        assert_eq!(hit.high.to_bits(), 1.0_f64.to_bits());
    }

    #[test]
    fn more_successes_than_trials_are_refused() {
        assert_eq!(
            clopper_pearson(3, 2, 0.95),
            Err(StatsError::MoreSuccessesThanTrials {
                successes: 3,
                trials: 2
            })
        );
        assert!(clopper_pearson(1, 2, 1.0).is_err());
    }

    /// The probability of this many successes, by multiplication alone.
    fn binomial_mass(successes: u64, trials: u64, p: f64) -> f64 {
        let mut mass = 1.0;
        for i in 0..successes {
            mass *= p * (trials - i) as f64 / (i + 1) as f64;
        }
        (successes..trials).fold(mass, |mass, _| mass * (1.0 - p))
    }

    proptest! {
        // The promise itself, computed rather than simulated: sum over all
        // outcomes whose interval holds p.
        #[test]
        fn it_covers_every_probability_at_least_at_its_level(
            trials in 1_u64..40,
            p in 0.001..0.999_f64,
            level in prop::sample::select(vec![0.5, 0.9, 0.95, 0.99]),
        ) {
            let covered: f64 = (0..=trials)
                .filter(|&k| clopper_pearson(k, trials, level).unwrap().contains(p))
                .map(|k| binomial_mass(k, trials, p))
                .sum();
            prop_assert!(covered >= level - 1e-12, "{}", covered);
        }

        #[test]
        fn counting_failures_instead_mirrors_it(trials in 1_u64..5000, part in 0.0..=1.0_f64) {
            let successes = (0..=trials).find(|&k| k as f64 >= part * trials as f64).unwrap();
            let hits = clopper_pearson(successes, trials, 0.95).unwrap();
            let misses = clopper_pearson(trials - successes, trials, 0.95).unwrap();
            prop_assert!((hits.low + misses.high - 1.0).abs() < 1e-12);
            prop_assert!((hits.high + misses.low - 1.0).abs() < 1e-12);
            prop_assert!(hits.contains(successes as f64 / trials as f64));
        }
    }
}
