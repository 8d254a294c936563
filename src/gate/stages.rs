//! Screening and deciding: the two stages of measuring.

use super::build::Suite;
use super::decide::{LOOKS, Rules, Screened, Trial, decide, screen};
use super::detect::{Sensitivity, relaunch_spread};
use super::error::GateError;
use super::finding::{Benchmark, Estimate, Finding};
use super::measure::{self, Measured, measure};
use super::plan::{FIRST_SAMPLING, SAMPLING, decision_relaunches, for_further_looks};
use super::request::{Measuring, Step};
use super::verdict::Verdict;
use crate::paired::{Conductor, PairedError};
use crate::stats::median;
use std::time::{Duration, Instant};

/// What a benchmark that was not looked at is said to lack.
const NO_TIME: &str = "the budget was used up before it was looked at";
const NO_TIME_TO_DECIDE: &str = "the budget left too few relaunches to decide it";

/// How long measuring has taken, and may take.
#[derive(Debug)]
pub(super) struct Clock {
    start: Instant,
    pub(super) budget: Option<Duration>,
    /// What was spent on something else.
    forgiven: Duration,
}

impl Clock {
    pub(super) fn start(budget: Option<Duration>) -> Self {
        Self {
            start: Instant::now(),
            budget,
            forgiven: Duration::ZERO,
        }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed().saturating_sub(self.forgiven)
    }

    pub(super) fn forgive(&mut self, time: Duration) {
        self.forgiven += time;
    }

    /// None if there is no limit.
    fn left(&self) -> Option<Duration> {
        self.budget
            .map(|budget| budget.saturating_sub(self.elapsed()))
    }
}

/// A benchmark that is measured, and what became of it so far.
#[derive(Debug)]
pub(super) struct Candidate<'a> {
    benchmark: Benchmark,
    base: &'a Suite,
    head: &'a Suite,
    screening: Measured,
    looks: usize,
    /// How long an arm's relaunch takes, about, with [`SAMPLING`].
    arm_time: Duration,
    state: State,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    /// Not looked at, or not clear yet.
    Open,
    Clear,
    Routed,
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

    /// Takes in what a look has measured: two arms in so many relaunches.
    fn take(&mut self, look: Measured, relaunches: usize, sampling: Duration) {
        let arms = u32::try_from(2 * relaunches).unwrap_or(u32::MAX);
        self.arm_time = look.duration / arms + SAMPLING.saturating_sub(sampling);
        self.screening.extend(look);
        self.looks += 1;
    }
}

/// What both stages share.
pub(super) struct Stages<'a> {
    pub(super) rules: &'a Rules,
    pub(super) conductor: &'a mut Conductor,
    pub(super) clock: Clock,
    pub(super) progress: &'a mut dyn FnMut(Step),
}

impl Stages<'_> {
    /// Looks at every benchmark, and again at those that are not clear yet.
    pub(super) fn screen<'a>(
        &mut self,
        mut candidates: Vec<Candidate<'a>>,
    ) -> Result<Vec<Candidate<'a>>, GateError> {
        for look in 0..LOOKS.len() {
            let limit = match look {
                0 => self.clock.left(),
                _ => for_further_looks(self.clock.left()),
            };
            self.look(look, &mut candidates, limit)?;
        }
        for candidate in &mut candidates {
            if candidate.state == State::Open && candidate.looks > 0 {
                candidate.state = State::Routed;
            }
        }
        Ok(candidates)
    }

    fn look(
        &mut self,
        look: usize,
        candidates: &mut [Candidate<'_>],
        limit: Option<Duration>,
    ) -> Result<(), GateError> {
        let start = Instant::now();
        let is_open = |candidate: &&mut Candidate<'_>| {
            candidate.state == State::Open && candidate.looks == look
        };
        let open = candidates.iter_mut().filter(is_open).count();
        let relaunches = LOOKS[look] - look.checked_sub(1).map_or(0, |before| LOOKS[before]);
        let sampling = if look == 0 { FIRST_SAMPLING } else { SAMPLING };
        for (done, candidate) in candidates.iter_mut().filter(is_open).enumerate() {
            if limit.is_some_and(|limit| start.elapsed() >= limit) {
                return Ok(());
            }
            (self.progress)(Step::Screening(Measuring {
                benchmark: candidate.benchmark.clone(),
                done,
                of: open,
                left: time_left(start.elapsed(), done, open),
            }));
            let builds = [candidate.base, candidate.head].map(of_suite);
            let id = &candidate.benchmark.id;
            let known = candidate.screening.iteration_ns();
            match measure(self.conductor, &builds, id, relaunches, sampling, known) {
                Ok(measured) => candidate.take(measured, relaunches, sampling),
                Err(error) => {
                    candidate.state = State::Failed(failure(&error));
                    continue;
                }
            }
            candidate.state = match screen(candidate.screening.ln_ratios_of(0), self.rules)? {
                Screened::Clear => State::Clear,
                Screened::Suspicious => State::Routed,
                Screened::Unclear => State::Open,
            };
        }
        Ok(())
    }

    /// Decides the routed ones on fresh relaunches, the same number for all,
    /// fixed before the first of them.
    pub(super) fn decide(
        &mut self,
        candidates: &[Candidate<'_>],
        rebuilt: &[Suite],
    ) -> Result<Vec<Finding>, GateError> {
        let routed: Vec<&Candidate<'_>> =
            candidates.iter().filter(|each| each.is_routed()).collect();
        let arms = if rebuilt.is_empty() { 2 } else { 3 };
        let all: Duration = routed.iter().map(|each| each.arm_time * arms).sum();
        let each = match u32::try_from(routed.len()) {
            Ok(0) | Err(_) => SAMPLING * arms,
            Ok(count) => all / count,
        };
        let relaunches = decision_relaunches(routed.len(), self.clock.left(), each, self.rules);
        let sensitivity = Sensitivity::new(relaunches, routed.len(), self.rules);

        let mut measured: Vec<Result<Measured, String>> = Vec::new();
        let start = Instant::now();
        for (done, candidate) in routed.iter().enumerate() {
            if relaunches == 0 {
                measured.push(Ok(Measured::default()));
                continue;
            }
            (self.progress)(Step::Deciding(Measuring {
                benchmark: candidate.benchmark.clone(),
                done,
                of: routed.len(),
                left: time_left(start.elapsed(), done, routed.len())
                    .or_else(|| Some(all * u32::try_from(relaunches).unwrap_or(u32::MAX))),
            }));
            let target = &candidate.benchmark.target;
            let third = rebuilt.iter().find(|suite| suite.target == *target);
            let suites = [candidate.base, candidate.head].into_iter().chain(third);
            let builds: Vec<measure::Build<'_>> = suites.map(of_suite).collect();
            let id = &candidate.benchmark.id;
            let known = candidate.screening.iteration_ns();
            let result = measure(self.conductor, &builds, id, relaunches, SAMPLING, known);
            measured.push(result.map_err(|error| failure(&error)));
        }
        let none = Measured::default();
        let trials: Vec<Trial<'_>> = measured
            .iter()
            .map(|result| {
                let measured = result.as_ref().unwrap_or(&none);
                Trial {
                    head: measured.ln_ratios_of(0),
                    rebuilt: (measured.ln_ratios.len() > 1).then(|| measured.ln_ratios_of(1)),
                }
            })
            .collect();
        let decided = decide(&trials, self.rules)?;
        let mut decided = decided.into_iter().zip(&measured);
        candidates
            .iter()
            .map(|candidate| {
                if !candidate.is_routed() {
                    return not_routed(candidate, &sensitivity);
                }
                let (decided, measured) = decided.next().expect("one for each that is routed");
                let mut finding = match measured {
                    Ok(measured) => of_decision(candidate, measured, &sensitivity)?,
                    Err(why) => return Ok(failed(candidate, why.clone())),
                };
                finding.verdict = decided.verdict;
                if finding.decision.is_empty() {
                    finding.reason = Some(NO_TIME_TO_DECIDE.to_owned());
                } else {
                    finding.p_slower = Some(decided.p_slower);
                    finding.p_faster = Some(decided.p_faster);
                }
                Ok(finding)
            })
            .collect()
    }
}

fn of_suite(suite: &Suite) -> measure::Build<'_> {
    measure::Build {
        executable: &suite.executable,
        folder: &suite.folder,
    }
}

fn time_left(elapsed: Duration, done: usize, of: usize) -> Option<Duration> {
    let done = u32::try_from(done).ok().filter(|done| *done > 0)?;
    let of = u32::try_from(of).ok()?;
    Some(elapsed / done * of.saturating_sub(done))
}

fn failure(error: &PairedError) -> String {
    format!("{error} (arm 1 is the base, arm 2 the head, arm 3 the rebuilt base)")
}

/// What screening found of a benchmark that it did not route.
fn not_routed(candidate: &Candidate<'_>, sensitivity: &Sensitivity) -> Result<Finding, GateError> {
    match &candidate.state {
        State::Failed(why) => Ok(failed(candidate, why.clone())),
        State::Clear => {
            let mut finding = of_screening(candidate, sensitivity)?;
            finding.verdict = Verdict::Unchanged;
            Ok(finding)
        }
        State::Open | State::Routed => {
            let mut finding = of_screening(candidate, sensitivity)?;
            finding.reason = Some(NO_TIME.to_owned());
            Ok(finding)
        }
    }
}

fn failed(candidate: &Candidate<'_>, why: String) -> Finding {
    Finding {
        screening: candidate.screening.ln_ratios_of(0).to_vec(),
        duration: candidate.screening.duration,
        ..Finding::new(candidate.benchmark.clone(), Verdict::Failed, Some(why))
    }
}

fn of_screening(
    candidate: &Candidate<'_>,
    sensitivity: &Sensitivity,
) -> Result<Finding, GateError> {
    let measured = &candidate.screening;
    let ln_ratios = measured.ln_ratios_of(0);
    let spread = if ln_ratios.is_empty() {
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
        ..Finding::new(candidate.benchmark.clone(), Verdict::Undecided, None)
    })
}

fn of_decision(
    candidate: &Candidate<'_>,
    measured: &Measured,
    sensitivity: &Sensitivity,
) -> Result<Finding, GateError> {
    let finding = of_screening(candidate, sensitivity)?;
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

fn medians(measured: &Measured) -> Result<Option<[f64; 2]>, GateError> {
    let [base, head, ..] = measured.medians_ns.as_slice() else {
        return Ok(None);
    };
    Ok(Some([
        median(&mut base.clone())?,
        median(&mut head.clone())?,
    ]))
}
