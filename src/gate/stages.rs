//! Screening and deciding: the two stages of measuring.

use super::build::Suite;
use super::candidate::{Candidate, State};
use super::decide::{LOOKS, Rules, Screened, Trial, can_settle, decide, screen};
use super::detect::Sensitivity;
use super::error::GateError;
use super::finding::Finding;
use super::measure::{self, Measured, measure};
use super::plan::{
    FIRST_SAMPLING, SAMPLING, decision_relaunches, decision_time, for_further_looks,
};
use super::request::{Measuring, Step};
use crate::paired::{Conductor, PairedError};
use std::time::{Duration, Instant};

/// What a routed benchmark is said to lack that was not decided.
const NO_TIME_TO_DECIDE: &str = "the budget left too few relaunches to decide it";

/// Relaunches of screening after which its rules are asked: both orders once.
const STEP: usize = 2;

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

/// What both stages share.
pub(super) struct Stages<'a> {
    pub(super) rules: &'a Rules,
    pub(super) conductor: &'a mut Conductor,
    pub(super) clock: Clock,
    pub(super) progress: &'a mut dyn FnMut(Step),
}

impl Stages<'_> {
    /// Looks at every benchmark, and again at those that are not clear yet; then
    /// routes those that look changed, and of the others as many as there is time
    /// for.
    pub(super) fn screen<'a>(
        &mut self,
        mut candidates: Vec<Candidate<'a>>,
    ) -> Result<Vec<Candidate<'a>>, GateError> {
        self.look(0, &mut candidates, self.clock.left())?;
        let first = self.clock.elapsed();
        let limit = for_further_looks(first, self.clock.left());
        for look in 1..LOOKS.len() {
            // What scatters least is cleared soonest.
            candidates.sort_by(|a, b| a.spread().total_cmp(&b.spread()));
            let left = (first + limit).saturating_sub(self.clock.elapsed());
            self.look(look, &mut candidates, Some(left))?;
        }
        candidates.sort_by(|a, b| a.spread().total_cmp(&b.spread()));
        self.route(&mut candidates, first + limit);
        Ok(candidates)
    }

    /// Routes what is in doubt as far as there is time: until `end` by the clock, or
    /// what the budget has beside those that look changed.
    fn route(&self, candidates: &mut [Candidate<'_>], end: Duration) {
        let routed = candidates.iter().filter(|each| each.is_routed());
        let needed: Duration = routed.map(|each| decision_time(each.arm_time)).sum();
        let mut time = match self.clock.left() {
            Some(left) => left.saturating_sub(needed),
            None => end.saturating_sub(self.clock.elapsed()),
        };
        for candidate in candidates.iter_mut().filter(|each| each.is_in_doubt()) {
            candidate.state = match time.checked_sub(decision_time(candidate.arm_time)) {
                Some(rest) => {
                    time = rest;
                    State::Routed
                }
                // One that takes less time may still have it.
                None => State::InDoubt,
            };
        }
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
        for (done, candidate) in candidates.iter_mut().filter(is_open).enumerate() {
            if limit.is_some_and(|limit| start.elapsed() >= limit) {
                return Ok(());
            }
            (self.progress)(Step::Screening(Measuring {
                benchmark: candidate.benchmark.clone(),
                done,
                of: open,
                left: time_left(start.elapsed(), done, open).map(|left| {
                    limit.map_or(left, |limit| {
                        left.min(limit.saturating_sub(start.elapsed()))
                    })
                }),
            }));
            if let Err(error) = self.look_at(candidate)? {
                candidate.state = State::Failed(failure(&error));
                continue;
            }
            candidate.state = match screen(candidate.ln_ratios(), self.rules)? {
                Screened::Clear => State::Clear,
                Screened::Suspicious => State::Routed,
                Screened::Unclear => State::Open,
            };
        }
        Ok(())
    }

    /// Measures the candidate for its next look, as long as the look's outcome is
    /// open.
    fn look_at(
        &mut self,
        candidate: &mut Candidate<'_>,
    ) -> Result<Result<(), PairedError>, GateError> {
        let end = LOOKS[candidate.looks];
        let sampling = match candidate.looks {
            0 => FIRST_SAMPLING,
            _ => SAMPLING,
        };
        let builds = [candidate.base, candidate.head].map(of_suite);
        while candidate.ln_ratios().len() < end
            && can_settle(candidate.ln_ratios(), end, self.rules)?
        {
            let missing = end - candidate.ln_ratios().len();
            // Whole processes are tried out anew with each call.
            let is_coarse = candidate.screening.is_coarse;
            let relaunches = if is_coarse {
                missing
            } else {
                missing.min(STEP)
            };
            let id = &candidate.benchmark.id;
            let known = candidate.screening.iteration_ns();
            match measure(self.conductor, &builds, id, relaunches, sampling, known) {
                Ok(measured) => candidate.take(measured, relaunches, sampling),
                Err(error) => return Ok(Err(error)),
            }
        }
        candidate.looks += 1;
        Ok(Ok(()))
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
                    return candidate.not_routed(&sensitivity);
                }
                let (decided, measured) = decided.next().expect("one for each that is routed");
                let mut finding = match measured {
                    Ok(measured) => candidate.decided(measured, &sensitivity)?,
                    Err(why) => return Ok(candidate.failed(why.clone())),
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
