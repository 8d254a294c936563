//! How small a slowdown a decision can see.

use super::decide::Rules;
use crate::stats::{SplitMix64, StatsError, median_absolute_deviation, signed_rank_interval};

/// Screening routes a slowdown beyond the margin at least this often, and the
/// decision is asked to find it this often: both together nine times in ten.
const POWER: f64 = 0.95;

const SIMULATED: usize = 1000;
const SEED: u64 = 5;

/// The factors that make the median absolute deviation of so few normal values
/// (from two on) a standard deviation: 1.4826 times these (Croux and
/// Rousseeuw, Time-Efficient Algorithms for Two Highly Robust Estimators of
/// Scale, COMPSTAT 1992).
const FEW: [f64; 8] = [1.196, 1.495, 1.363, 1.206, 1.200, 1.140, 1.129, 1.107];
const NORMAL: f64 = 1.4826;

/// The standard deviation of ln ratios from one relaunch to another, strays
/// aside, corrected for small samples.
///
/// # Errors
/// When there is no value, or one is NaN.
///
/// ```
/// use speedup::gate::relaunch_spread;
///
/// let spread = relaunch_spread(&[0.01, -0.01, 0.0, 0.02, -0.02, 0.5])?;
/// assert!(spread > 0.01 && spread < 0.05);
/// # Ok::<(), speedup::stats::StatsError>(())
/// ```
pub fn relaunch_spread(ln_ratios: &[f64]) -> Result<f64, StatsError> {
    let n = ln_ratios.len();
    let correction = match FEW.get(n.wrapping_sub(2)) {
        Some(factor) => *factor,
        None if n > 9 => n as f64 / (n as f64 - 0.8),
        None => 1.0,
    };
    Ok(correction * NORMAL * median_absolute_deviation(ln_ratios)?)
}

/// How small a slowdown two stages find nine times in ten.
///
/// Relaunches are taken to scatter normally. The signed-rank test rejects
/// exactly if the lower end of its one-sided interval lies beyond the margin,
/// so the size is the margin plus a quantile of how far below the true value
/// that end lies, from a thousand simulated samples of one fixed seed.
///
/// ```
/// use speedup::gate::{Rules, Sensitivity};
///
/// let twenty = Sensitivity::new(20, 1, &Rules::default());
/// let fine = twenty.smallest_found(0.002).expect("enough relaunches");
/// let coarse = twenty.smallest_found(0.02).expect("enough relaunches");
/// assert!(1.02 < fine && fine < 1.025 && fine < coarse);
/// let six = Sensitivity::new(6, 1, &Rules::default());
/// assert_eq!(six.smallest_found(0.002), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sensitivity {
    ln_margin: f64,
    /// In standard deviations; none if so few relaunches show nothing.
    distance: Option<f64>,
}

impl Sensitivity {
    /// With so many relaunches for the decision, of so many routed benchmarks.
    ///
    /// ```
    /// # use speedup::gate::{Rules, Sensitivity};
    /// let rules = Rules::default();
    /// assert_ne!(Sensitivity::new(20, 1, &rules), Sensitivity::new(20, 50, &rules));
    /// ```
    #[must_use]
    pub fn new(relaunches: usize, routed: usize, rules: &Rules) -> Self {
        Self {
            ln_margin: rules.ln_margin(),
            distance: distance(relaunches, rules.alpha / routed.max(1) as f64, POWER),
        }
    }

    /// The smallest slowdown found, as a time ratio, if ln ratio has the
    /// standard deviation `spread` from one relaunch to another; none if so few
    /// relaunches can't show any.
    ///
    /// ```
    /// # use speedup::gate::{Rules, Sensitivity};
    /// let found = Sensitivity::new(20, 1, &Rules::default()).smallest_found(0.0);
    /// assert_eq!(found, Some(1.02_f64.ln().exp()));
    /// ```
    #[must_use]
    pub fn smallest_found(&self, spread: f64) -> Option<f64> {
        Some((self.ln_margin + self.distance? * spread).exp())
    }
}

/// How many standard deviations beyond the margin a slowdown has to lie to be
/// found so often.
fn distance(relaunches: usize, alpha: f64, power: f64) -> Option<f64> {
    let mut generator = SplitMix64(SEED);
    let mut distances = Vec::with_capacity(SIMULATED);
    for _ in 0..SIMULATED {
        let sample: Vec<f64> = (0..relaunches).map(|_| generator.normal()).collect();
        let interval = signed_rank_interval(&sample, 1.0 - 2.0 * alpha).ok()?;
        if !interval.is_bounded() {
            return None;
        }
        distances.push(-interval.low);
    }
    crate::stats::quantile(&mut distances, power).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::decide::{Trial, decide};
    use crate::gate::verdict::Verdict;
    use crate::stats::clopper_pearson;

    #[test]
    fn what_is_said_to_be_found_is_found_that_often() {
        let rules = Rules::default();
        for (relaunches, spread, routed) in [(20, 0.02, 1), (12, 0.005, 4), (9, 0.01, 4)] {
            let slowdown = Sensitivity::new(relaunches, routed, &rules)
                .smallest_found(spread)
                .expect("enough relaunches")
                .ln();
            let mut generator = SplitMix64(77);
            let runs = 2000;
            let mut found = 0;
            for _ in 0..runs {
                let head: Vec<f64> = (0..relaunches)
                    .map(|_| slowdown + spread * generator.normal())
                    .collect();
                let trial = Trial {
                    head: &head,
                    rebuilt: None,
                };
                // The others of the routed have no time for a relaunch.
                let none = Trial {
                    head: &[],
                    rebuilt: None,
                };
                let mut trials = vec![none; routed];
                trials[0] = trial;
                let decided = decide(&trials, &rules).expect("numbers");
                found += u64::from(decided[0].verdict == Verdict::Regressed);
            }
            // Wider than the interval of the count, for the quantile is
            // simulated as well.
            let rate = clopper_pearson(found, runs, 1.0 - 1e-6).expect("a rate");
            assert!(
                rate.low - 0.02 < POWER && POWER < rate.high + 0.02,
                "{relaunches} relaunches: {found} of {runs}"
            );
        }
    }

    #[test]
    fn the_spread_of_few_values_is_that_of_the_distribution_they_come_from() {
        for n in [6_usize, 10, 20] {
            let mut generator = SplitMix64(9);
            let mut sum = 0.0;
            let runs = 4000;
            for _ in 0..runs {
                let sample: Vec<f64> = (0..n).map(|_| generator.normal()).collect();
                sum += relaunch_spread(&sample).expect("numbers");
            }
            let mean = sum / f64::from(runs);
            assert!((mean - 1.0).abs() < 0.03, "{n}: {mean}");
        }
    }
}
