//! What a gate found.

use super::decide::Rules;
use super::git::Revision;
use super::machine::Machine;
use super::plan::Plan;
use super::verdict::{Outcome, Strictness, Verdict};
use crate::stats::{Interval, StatsError, hodges_lehmann, signed_rank_interval};
use std::fmt;
use std::time::Duration;

/// The confidence of the intervals that are shown; verdicts have their own.
pub const LEVEL: f64 = 0.95;

/// A benchmark of a suite.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Benchmark {
    /// The bench target.
    pub target: String,
    /// Its name, as Criterion's `--list` gives it.
    pub id: String,
}

impl fmt::Display for Benchmark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.id)
    }
}

/// A time ratio with its interval at [`LEVEL`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Hodges–Lehmann, over the relaunches.
    pub ratio: f64,
    /// Exact signed-rank; from 0 to infinity where there are fewer than six
    /// relaunches.
    pub interval: Interval,
}

impl Estimate {
    /// Of ln ratios; none of none.
    pub(super) fn of(ln_ratios: &[f64]) -> Result<Option<Self>, StatsError> {
        if ln_ratios.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self {
            ratio: hodges_lehmann(ln_ratios)?.exp(),
            interval: signed_rank_interval(ln_ratios, LEVEL)?.map_increasing(f64::exp),
        }))
    }
}

/// All that is known of one benchmark.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Which one.
    pub benchmark: Benchmark,
    /// What is said of it.
    pub verdict: Verdict,
    /// Why, where the numbers don't say it.
    pub reason: Option<String>,
    /// Time of the head over time of the base: of the decision's relaunches
    /// if there are any, else of screening's.
    pub estimate: Option<Estimate>,
    /// Time of the rebuilt base over time of the base.
    pub rebuilt: Option<Estimate>,
    /// The adjusted p-value of "not slower by more than the margin".
    pub p_slower: Option<f64>,
    /// The adjusted p-value of "not faster by more than the margin".
    pub p_faster: Option<f64>,
    /// The smallest slowdown that would have been found nine times in ten, as
    /// a time ratio.
    pub smallest_found: Option<f64>,
    /// The standard deviation of ln ratio between relaunches, strays aside.
    pub spread: Option<f64>,
    /// The median time of an iteration, of base and head, in nanoseconds.
    pub medians_ns: Option<[f64; 2]>,
    /// Whether whole processes took turns, the suite not using `Paired`.
    pub is_coarse: bool,
    /// ln ratios of head to base in screening, a value a relaunch.
    pub screening: Vec<f64>,
    /// The same in the decision.
    pub decision: Vec<f64>,
    /// ln ratios of the rebuilt base to the base there.
    pub decision_rebuilt: Vec<f64>,
    /// How long it was measured.
    pub duration: Duration,
}

impl Finding {
    /// One that was not measured.
    pub(super) fn new(benchmark: Benchmark, verdict: Verdict, reason: Option<String>) -> Self {
        Self {
            benchmark,
            verdict,
            reason,
            estimate: None,
            rebuilt: None,
            p_slower: None,
            p_faster: None,
            smallest_found: None,
            spread: None,
            medians_ns: None,
            is_coarse: false,
            screening: Vec::new(),
            decision: Vec::new(),
            decision_rebuilt: Vec::new(),
            duration: Duration::ZERO,
        }
    }
}

/// The result of a gate, and all it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// What is compared with.
    pub base: Revision,
    /// What is judged.
    pub head: Revision,
    /// What `rustc -vV` says, for the base and for the head.
    pub toolchains: [String; 2],
    /// The machine.
    pub machine: Machine,
    /// What the verdicts are held to.
    pub rules: Rules,
    /// What becomes of that which could not be judged.
    pub undecided: Strictness,
    /// What was known beforehand; none if nothing had to be measured.
    pub plan: Option<Plan>,
    /// Every benchmark, worst first.
    pub findings: Vec<Finding>,
    /// What else a reader should know.
    pub notes: Vec<String>,
    /// How long building took.
    pub building: Duration,
    /// How long measuring took.
    pub measuring: Duration,
    /// When it began, in seconds since 1970.
    pub started_unix_s: u64,
}

impl Gate {
    /// What all verdicts come to.
    ///
    /// ```no_run
    /// # fn end(gate: &speedup::gate::Gate) -> std::process::ExitCode {
    /// std::process::ExitCode::from(gate.outcome().code())
    /// # }
    /// ```
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        Outcome::of(
            self.findings.iter().map(|finding| finding.verdict),
            self.undecided,
        )
    }

    /// How many benchmarks got this verdict.
    ///
    /// ```no_run
    /// # use speedup::gate::{Gate, Verdict};
    /// # fn show(gate: &Gate) {
    /// println!("{} regressed", gate.count(Verdict::Regressed));
    /// # }
    /// ```
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        let with = |finding: &&Finding| finding.verdict == verdict;
        self.findings.iter().filter(with).count()
    }

    /// The result in a sentence.
    ///
    /// ```no_run
    /// # fn show(gate: &speedup::gate::Gate) {
    /// println!("{}", gate.headline()); // 1 regressed; 11 unchanged
    /// # }
    /// ```
    #[must_use]
    pub fn headline(&self) -> String {
        let counts: Vec<String> = Verdict::ALL
            .iter()
            .map(|verdict| (verdict, self.count(*verdict)))
            .filter(|(_, count)| *count > 0)
            .map(|(verdict, count)| format!("{count} {verdict}"))
            .collect();
        if counts.is_empty() {
            return "no benchmark was compared".to_owned();
        }
        counts.join(", ")
    }
}
