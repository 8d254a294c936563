//! A finding in words and numbers, the same in every table.

use crate::gate::finding::{Estimate, Finding, Gate};
use crate::gate::verdict::Verdict;
use crate::time_text::time_text;

/// A line of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What is said of the benchmark.
    pub verdict: Verdict,
    /// Its name, with the bench target in front if there are several.
    pub benchmark: String,
    /// How much longer the head takes, as `+4.1 %`; empty if not measured.
    pub change: String,
    /// The 95 % interval of that, as `+3.6 % to +4.6 %`.
    pub interval: String,
    /// The smallest slowdown that would have been found; `none` if none.
    pub smallest_found: String,
    /// How much longer the base takes if rebuilt with other metadata.
    pub rebuilt: String,
    /// The time of an iteration, before and after.
    pub times: String,
    /// Relaunches, as `6 + 20`: screening and decision.
    pub relaunches: String,
    /// Why, where numbers don't say it.
    pub reason: String,
}

impl Row {
    /// The rows of all findings, worst first.
    ///
    /// ```no_run
    /// # use speedup::gate::{Gate, output::Row};
    /// # fn show(gate: &Gate) {
    /// for row in Row::all(gate) {
    ///     println!("{} {} {}", row.verdict, row.benchmark, row.change);
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn all(gate: &Gate) -> Vec<Self> {
        let mut targets: Vec<&str> = gate
            .findings
            .iter()
            .map(|finding| finding.benchmark.target.as_str())
            .collect();
        targets.sort_unstable();
        targets.dedup();
        let row = |finding| Self::of(finding, targets.len() > 1);
        gate.findings.iter().map(row).collect()
    }

    fn of(finding: &Finding, with_target: bool) -> Self {
        let benchmark = &finding.benchmark;
        let bounds = |estimate: &Estimate| {
            let interval = estimate.interval;
            if interval.is_bounded() && interval.high.is_finite() {
                format!("{} to {}", percent(interval.low), percent(interval.high))
            } else {
                "too few relaunches".to_owned()
            }
        };
        let estimate = finding.estimate.as_ref();
        let ratio = |estimate: Option<&Estimate>| {
            estimate.map_or(String::new(), |estimate| percent(estimate.ratio))
        };
        Self {
            verdict: finding.verdict,
            benchmark: if with_target {
                format!("{}: {}", benchmark.target, benchmark.id)
            } else {
                benchmark.id.clone()
            },
            change: ratio(estimate),
            interval: estimate.map_or(String::new(), bounds),
            smallest_found: match (estimate, finding.smallest_found) {
                (None, None) => String::new(),
                (Some(_), None) => "none".to_owned(),
                (_, Some(found)) => percent(found),
            },
            rebuilt: ratio(finding.rebuilt.as_ref()),
            times: finding.medians_ns.map_or(String::new(), |[base, head]| {
                format!("{} → {}", time_text(base), time_text(head))
            }),
            relaunches: match (finding.screening.len(), finding.decision.len()) {
                (0, 0) => String::new(),
                (screening, 0) => screening.to_string(),
                (screening, decision) => format!("{screening} + {decision}"),
            },
            reason: finding.reason.clone().unwrap_or_default(),
        }
    }
}

/// A time ratio as a change: `+4.1 %`; as a factor, where that says more.
///
/// ```
/// use speedup::gate::output::percent;
///
/// assert_eq!(percent(1.0412), "+4.1 %");
/// assert_eq!(percent(0.98), "-2.0 %");
/// assert_eq!(percent(3.5), "×3.50");
/// ```
#[must_use]
pub fn percent(ratio: f64) -> String {
    if !(0.5..2.0).contains(&ratio) {
        return format!("×{ratio:.2}");
    }
    let change = (ratio - 1.0) * 100.0;
    // No "-0.0".
    let change = if change.abs() < 0.05 { 0.0 } else { change };
    format!("{change:+.1} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_signed_and_large_ones_are_factors() {
        let shown = [1.0, 0.9999, 1.0204, 0.5, 0.4, 2.0].map(percent);
        assert_eq!(
            shown,
            ["+0.0 %", "+0.0 %", "+2.0 %", "-50.0 %", "×0.40", "×2.00"]
        );
    }
}
