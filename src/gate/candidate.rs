//! A benchmark on its way through the stages, and what is found of it.

use super::build::Suite;
use super::decide::LOOKS;
use super::detect::{Sensitivity, relaunch_spread};
use super::error::GateError;
use super::finding::{Benchmark, Estimate, Finding};
use super::measure::Measured;
use super::plan::SAMPLING;
use super::verdict::Verdict;
use crate::stats::median;
use std::time::Duration;

/// What a benchmark that was not looked at is said to lack.
const NO_TIME: &str = "the budget was used up before it was looked at";
const IN_DOUBT: &str = "it does not look changed, but scatters too much to be shown unchanged in the \
    time for that; --budget gives it another";

/// A benchmark that is measured, and what became of it so far.
#[derive(Debug)]
pub(super) struct Candidate<'a> {
    pub(super) benchmark: Benchmark,
    pub(super) base: &'a Suite,
    pub(super) head: &'a Suite,
    pub(super) screening: Measured,
    /// How often screening has looked at it.
    pub(super) looks: usize,
    /// How long an arm's relaunch takes, about, with [`SAMPLING`].
    pub(super) arm_time: Duration,
    pub(super) state: State,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// Not looked at, or not clear yet.
    Open,
    Clear,
    Routed,
    /// It does not look changed, and there is no time to decide it.
    InDoubt,
    Failed(String),
}

impl<'a> Candidate<'a> {
    pub(super) fn new(benchmark: Benchmark, base: &'a Suite, head: &'a Suite) -> Self {
        Self {
            benchmark,
            base,
            head,
            screening: Measured::default(),
            looks: 0,
            arm_time: Duration::ZERO,
            state: State::Open,
        }
    }

    pub(super) fn is_routed(&self) -> bool {
        self.state == State::Routed
    }

    /// Those of screening so far.
    pub(super) fn ln_ratios(&self) -> &[f64] {
        self.screening.ln_ratios_of(0)
    }

    /// Whether it was looked at and is not clear, but does not look changed.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.state == State::Open && self.looks > 0
    }

    pub(super) fn spread(&self) -> f64 {
        relaunch_spread(self.ln_ratios()).unwrap_or(f64::INFINITY)
    }

    /// Takes in what a look has measured: two arms in so many relaunches.
    pub(super) fn take(&mut self, look: Measured, relaunches: usize, sampling: Duration) {
        let arms = u32::try_from(2 * relaunches).unwrap_or(u32::MAX);
        self.arm_time = look.duration / arms + SAMPLING.saturating_sub(sampling);
        self.screening.extend(look);
    }

    /// What screening found of it, if it was not routed.
    pub(super) fn not_routed(&self, sensitivity: &Sensitivity) -> Result<Finding, GateError> {
        let (verdict, reason) = match &self.state {
            State::Failed(why) => return Ok(self.failed(why.clone())),
            State::Clear => (Verdict::Unchanged, None),
            State::InDoubt => (Verdict::Undecided, Some(IN_DOUBT.to_owned())),
            State::Open | State::Routed => (Verdict::Undecided, Some(NO_TIME.to_owned())),
        };
        Ok(Finding {
            verdict,
            reason,
            ..self.screened(sensitivity)?
        })
    }

    pub(super) fn failed(&self, why: String) -> Finding {
        Finding {
            screening: self.ln_ratios().to_vec(),
            duration: self.screening.duration,
            ..Finding::new(self.benchmark.clone(), Verdict::Failed, Some(why))
        }
    }

    fn screened(&self, sensitivity: &Sensitivity) -> Result<Finding, GateError> {
        let measured = &self.screening;
        let ln_ratios = self.ln_ratios();
        // Two values or four say nothing of how much others scatter.
        let spread = if ln_ratios.len() < LOOKS[0] {
            None
        } else {
            Some(relaunch_spread(ln_ratios)?)
        };
        Ok(Finding {
            estimate: Estimate::of(ln_ratios)?,
            smallest_found: spread.and_then(|spread| sensitivity.smallest_found(spread)),
            spread,
            medians_ns: medians(measured)?,
            is_coarse: measured.is_coarse,
            screening: ln_ratios.to_vec(),
            duration: measured.duration,
            ..Finding::new(self.benchmark.clone(), Verdict::Undecided, None)
        })
    }

    /// What its decision measured; the verdict is another's.
    pub(super) fn decided(
        &self,
        measured: &Measured,
        sensitivity: &Sensitivity,
    ) -> Result<Finding, GateError> {
        let finding = self.screened(sensitivity)?;
        let ln_ratios = measured.ln_ratios_of(0);
        if ln_ratios.is_empty() {
            return Ok(Finding {
                smallest_found: None,
                ..finding
            });
        }
        let spread = relaunch_spread(ln_ratios)?;
        Ok(Finding {
            estimate: Estimate::of(ln_ratios)?,
            rebuilt: Estimate::of(measured.ln_ratios_of(1))?,
            smallest_found: sensitivity.smallest_found(spread),
            spread: Some(spread),
            medians_ns: medians(measured)?,
            decision: ln_ratios.to_vec(),
            decision_rebuilt: measured.ln_ratios_of(1).to_vec(),
            duration: finding.duration + measured.duration,
            ..finding
        })
    }
}

fn medians(measured: &Measured) -> Result<Option<[f64; 2]>, GateError> {
    let [base, head, ..] = measured.medians_ns.as_slice() else {
        return Ok(None);
    };
    Ok(Some([
        median(&mut base.clone())?,
        median(&mut head.clone())?,
    ]))
}
