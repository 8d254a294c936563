//! How the samples of one benchmark lie, and what looks wrong with them.

use crate::stats::{median, quantile, robust_standard_deviation};

/// Fewer samples say little of their own spread.
const FEW: usize = 10;

/// A robust standard deviation above this part of the median is noise.
const NOISY: f64 = 0.1;

/// What a step or a drift has to come to before it matters, as a part of the
/// median.
const MATTERS: f64 = 0.05;

/// Both sides of a gap have to hold this part of the samples before there are
/// two modes rather than a stray.
const SIDE: f64 = 0.25;

/// A gap has to be so many times as wide as either side scatters.
const GAP: f64 = 4.0;

/// The two-sided quantile of a normal distribution at 0.1 %: one row in a
/// thousand is said to drift that does not.
const NORMAL_999: f64 = 3.290_527;

/// Quantiles of the samples, and what looks wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleSummary {
    /// How many there are.
    pub count: usize,
    /// The fastest, in nanoseconds an iteration.
    pub fastest_ns: f64,
    /// A quarter is faster.
    pub lower_quartile_ns: f64,
    /// The middle.
    pub median_ns: f64,
    /// A quarter is slower.
    pub upper_quartile_ns: f64,
    /// The slowest.
    pub slowest_ns: f64,
    /// The robust standard deviation over the median.
    pub spread: f64,
    /// Whether they fall into two heaps with a gap between.
    pub is_bimodal: bool,
    /// By how much the second half is slower than the first, where they rise or
    /// fall with time more than chance would have it.
    pub drift: Option<f64>,
}

impl SampleSummary {
    /// Of times in the order in which they were taken, which are positive and at
    /// least one.
    ///
    /// ```
    /// use speedup::report::SampleSummary;
    ///
    /// let summary = SampleSummary::of(&[10.0, 11.0, 12.0]);
    /// assert_eq!((summary.median_ns, summary.count), (11.0, 3));
    /// assert!(summary.is_small() && !summary.is_bimodal);
    /// ```
    #[must_use]
    pub fn of(times_ns: &[f64]) -> Self {
        // Positive times have all these; of none at all, nothing is known.
        let at = |part| quantile(&mut times_ns.to_vec(), part).unwrap_or(f64::NAN);
        let median_ns = at(0.5);
        Self {
            count: times_ns.len(),
            fastest_ns: at(0.0),
            lower_quartile_ns: at(0.25),
            median_ns,
            upper_quartile_ns: at(0.75),
            slowest_ns: at(1.0),
            spread: robust_standard_deviation(times_ns).unwrap_or(f64::NAN) / median_ns,
            is_bimodal: is_bimodal(times_ns, median_ns),
            drift: drift(times_ns),
        }
    }

    /// Whether there are too few samples to say much.
    ///
    /// ```
    /// use speedup::report::SampleSummary;
    /// assert!(!SampleSummary::of(&[1.0; 10]).is_small());
    /// ```
    #[must_use]
    pub fn is_small(&self) -> bool {
        self.count < FEW
    }

    /// Whether the samples scatter so far that an estimate hides it.
    ///
    /// ```
    /// use speedup::report::SampleSummary;
    /// assert!(SampleSummary::of(&[1.0, 2.0, 3.0, 4.0]).is_noisy());
    /// ```
    #[must_use]
    pub fn is_noisy(&self) -> bool {
        self.spread > NOISY
    }
}

/// Whether the widest gap between neighbours has enough on both sides, and is
/// wide compared with what either side scatters.
fn is_bimodal(times_ns: &[f64], median_ns: f64) -> bool {
    let mut sorted = times_ns.to_vec();
    sorted.sort_by(f64::total_cmp);
    let gap_after = |index: usize| sorted[index + 1] - sorted[index];
    let widest =
        (0..sorted.len().saturating_sub(1)).max_by(|a, b| gap_after(*a).total_cmp(&gap_after(*b)));
    let Some(index) = widest else {
        return false;
    };
    let gap = gap_after(index);
    let (low, high) = sorted.split_at(index + 1);
    let least = SIDE * sorted.len() as f64;
    let scatter = [low, high]
        .map(|side| robust_standard_deviation(side).unwrap_or(f64::INFINITY))
        .into_iter()
        .fold(0.0, f64::max);
    low.len().min(high.len()) as f64 >= least.max(2.0)
        && gap > GAP * scatter
        && gap > MATTERS * median_ns
}

/// How much slower the second half is than the first, if Spearman's rank
/// correlation with time is significant: r √(n − 1) is about normal (Kendall &
/// Gibbons, *Rank Correlation Methods*, 1990).
fn drift(times_ns: &[f64]) -> Option<f64> {
    let half = times_ns.len() / 2;
    let first = median(&mut times_ns[..half].to_vec()).ok()?;
    let second = median(&mut times_ns[half..].to_vec()).ok()?;
    let change = second / first - 1.0;
    let is_significant =
        rank_correlation(times_ns).abs() * (times_ns.len() as f64 - 1.0).sqrt() > NORMAL_999;
    (is_significant && change.abs() > MATTERS).then_some(change)
}

/// Spearman's rank correlation with the order itself; ties share their ranks'
/// mean.
fn rank_correlation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    for tied in order.chunk_by(|a, b| values[*a].total_cmp(&values[*b]).is_eq()) {
        let start = order
            .iter()
            .position(|index| *index == tied[0])
            .unwrap_or(0);
        for index in tied {
            ranks[*index] = start as f64 + (tied.len() as f64 - 1.0) / 2.0;
        }
    }
    let middle = (n - 1.0) / 2.0;
    let (mut both, mut time_square, mut rank_square) = (0.0, 0.0, 0.0);
    for (time, rank) in ranks.iter().enumerate() {
        let (time, rank) = (time as f64 - middle, rank - middle);
        both += time * rank;
        time_square += time * time;
        rank_square += rank * rank;
    }
    let scale = (time_square * rank_square).sqrt();
    if scale > 0.0 { both / scale } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_heaps_are_seen_and_a_stray_is_none() {
        let mut times = vec![100.0, 101.0, 99.0, 100.5, 120.0, 121.0, 119.5, 120.5];
        assert!(SampleSummary::of(&times).is_bimodal);
        times[4..].copy_from_slice(&[100.2, 100.1, 99.8, 150.0]);
        assert!(!SampleSummary::of(&times).is_bimodal);
        assert!(!SampleSummary::of(&[5.0; 20]).is_bimodal);
        assert!(!SampleSummary::of(&[5.0]).is_bimodal);
    }

    #[test]
    fn a_steady_rise_is_drift_and_its_shuffle_is_none() {
        let rise: Vec<f64> = (0..20).map(|step| 100.0 + f64::from(step)).collect();
        let drift = SampleSummary::of(&rise).drift.expect("it rises");
        // Medians of the halves: 104.5 and 114.5.
        assert!((drift - (114.5 / 104.5 - 1.0)).abs() < 1e-12);
        let shuffled: Vec<f64> = (0..20).map(|step| rise[step * 7 % 20]).collect();
        assert_eq!(SampleSummary::of(&shuffled).drift, None);
    }

    #[test]
    fn the_rank_correlation_is_that_of_the_ranks() {
        // Ranks 2, ½, 3, ½, 4, 5 with 0, 1, 2, 3, 4, 5, worked out by hand.
        let found = rank_correlation(&[3.0, 1.0, 4.0, 1.0, 5.0, 9.0]);
        assert!(
            (found - 11.5 / (17.5_f64 * 17.0).sqrt()).abs() < 1e-12,
            "{found}"
        );
    }
}
