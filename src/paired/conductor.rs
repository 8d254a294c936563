//! The conductor: relaunches until the time is over.

use super::arm::Arm;
use super::error::PairedError;
use super::lock_step::{self, Samples};
use super::result::{Comparison, Method, Relaunch};
use super::stage::{Sampling, Stage};
use super::suite::{KnownSuites, check};
use super::whole_processes;
use crate::stats::{median, smallest_signed_rank_sample};
use std::path::Path;
use std::time::{Duration, Instant};

/// Criterion's least number of samples, and the most that a relaunch takes:
/// more would only cut it into shorter ones.
const SAMPLES: [usize; 2] = [10, 100];

/// The first look at the arms, to find out how long an iteration takes.
const SCOUTING: Sampling = Sampling {
    warm_up: Duration::from_millis(5),
    measurement: Duration::from_millis(10),
    samples: SAMPLES[0],
    enough: Some(Duration::ZERO),
};

/// Criterion's shortest sampling time is any: each sample is one iteration
/// then.
const ONE_ITERATION: Duration = Duration::from_micros(1);

/// What an iteration takes at least to be timed alone: a thousand times as long
/// as looking at the clock.
const TIMED_ALONE_NS: f64 = 1e5;

/// The part of the sampling time that Criterion is told of where a sample is
/// to be one iteration: it rounds the iterations of a sample up, and would make
/// them two if the iteration were a little faster than it seemed at first.
const TOLD: f64 = 0.75;

/// Warm-up as a part of the sampling time: it fills caches and branch
/// predictors, the machine itself is warm already.
const WARM_UP: f64 = 1.0 / 6.0;

/// How long a comparison may take, and how its relaunches look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The time for all of it. There are as many relaunches as fit, but at
    /// least as many as an interval takes.
    pub time: Duration,
    /// Exactly so many relaunches instead, however long they take.
    pub relaunches: Option<usize>,
    /// Sampling time of an arm in one relaunch; somewhat less is taken where the
    /// samples are single iterations.
    pub sampling: Duration,
    /// The confidence of the intervals, between 0 and 1.
    pub level: f64,
}

impl Settings {
    /// Five seconds an arm, in relaunches with 0.12 seconds of sampling each;
    /// intervals at 95 %.
    ///
    /// ```
    /// use speedup::paired::Settings;
    /// use std::time::Duration;
    ///
    /// assert_eq!(Settings::for_arms(2).time, Duration::from_secs(10));
    /// ```
    #[must_use]
    pub fn for_arms(arms: usize) -> Self {
        let arms = u32::try_from(arms).unwrap_or(u32::MAX);
        Self {
            time: Duration::from_secs(5).saturating_mul(arms),
            relaunches: None,
            sampling: Duration::from_millis(120),
            level: 0.95,
        }
    }
}

/// What a comparison is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Looking at the executables, and how long an iteration takes.
    Scouting,
    /// Measuring, with so many relaunches done, of about so many.
    Relaunching {
        /// Those that are done.
        done: usize,
        /// Those that there will be, as far as can be told.
        planned: usize,
        /// How they are measured.
        method: Method,
    },
}

/// Starts arms, has them take turns, and ends them.
///
/// One conductor is meant for many comparisons: it asks each executable once
/// for its benchmarks. No process outlives it, not even if this one is killed: a
/// guard process ends the arms with their process groups then. What a benchmark
/// itself moves to another group *and* detaches from its parent is out of reach.
///
/// ```no_run
/// use speedup::paired::{Arm, Conductor, Settings};
///
/// let suite = "target/release/deps/suite-1a2b";
/// let arms = [Arm::new(suite, "format/display"), Arm::new(suite, "format/debug")];
/// let mut conductor = Conductor::new(Conductor::DEADLINE)?;
/// let comparison = conductor.compare(&arms, &Settings::for_arms(arms.len()), &mut |_| ())?;
/// let ratio = comparison.ratios[0];
/// println!("{:.3} ({:.3} to {:.3})", ratio.estimate, ratio.interval.low, ratio.interval.high);
/// # Ok::<(), speedup::paired::PairedError>(())
/// ```
#[derive(Debug)]
pub struct Conductor {
    stage: Stage,
    known: KnownSuites,
}

impl Conductor {
    /// How long an arm may usually keep the others waiting: two minutes.
    pub const DEADLINE: Duration = Duration::from_mins(2);

    /// A conductor that gives an arm up once it has kept the others waiting for
    /// `deadline`.
    ///
    /// # Errors
    /// When there is no place for its socket and its scratch files, or the guard
    /// can't be started.
    ///
    /// ```
    /// use speedup::paired::Conductor;
    ///
    /// let conductor = Conductor::new(Conductor::DEADLINE)?;
    /// # drop(conductor);
    /// # Ok::<(), speedup::paired::PairedError>(())
    /// ```
    pub fn new(deadline: Duration) -> Result<Self, PairedError> {
        Ok(Self {
            stage: Stage::set(deadline)?,
            known: KnownSuites::default(),
        })
    }

    /// The benchmarks of a built suite; `folder` is where it is started, the
    /// current one if none is given.
    ///
    /// # Errors
    /// When it can't be started, ends badly or not in time, or does not answer as
    /// a Criterion suite does.
    ///
    /// ```no_run
    /// use speedup::paired::Conductor;
    /// use std::path::Path;
    ///
    /// let suite = Path::new("target/release/deps/suite-1a2b");
    /// let mut conductor = Conductor::new(Conductor::DEADLINE)?;
    /// assert!(conductor.benchmarks(suite, None)?.contains(&"format/display".to_owned()));
    /// # Ok::<(), speedup::paired::PairedError>(())
    /// ```
    pub fn benchmarks(
        &mut self,
        executable: &Path,
        folder: Option<&Path>,
    ) -> Result<&[String], PairedError> {
        let arm = Arm {
            folder: folder.map(Path::to_owned),
            ..Arm::new(executable, "")
        };
        Ok(&self.known.listed(&self.stage, &arm)?.ids)
    }

    /// Compares two or more arms: each one's time as a multiple of the first
    /// one's.
    ///
    /// Where all suites use [`Paired`](super::Paired), the arms take turns sample
    /// by sample; otherwise whole processes do ([`Method::WholeProcesses`]).
    /// `progress` is called before each step.
    ///
    /// # Errors
    /// When an executable can't be started, has no such benchmark, or a process
    /// ends early, falls silent or leaves no samples. No process is left then, and
    /// the conductor can go on with other arms.
    ///
    /// ```no_run
    /// # use speedup::paired::{Arm, Conductor, Settings};
    /// let builds = ["before/suite", "after/suite"].map(|suite| Arm::new(suite, "parse/all"));
    /// let mut conductor = Conductor::new(Conductor::DEADLINE)?;
    /// let comparison = conductor.compare(&builds, &Settings::for_arms(2), &mut |_| ())?;
    /// assert_eq!(comparison.ratios.len(), 1);
    /// # Ok::<(), speedup::paired::PairedError>(())
    /// ```
    pub fn compare(
        &mut self,
        arms: &[Arm],
        settings: &Settings,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Comparison, PairedError> {
        if arms.len() < 2 {
            return Err(PairedError::TooFewArms { arms: arms.len() });
        }
        let fewest = smallest_signed_rank_sample(settings.level)?;
        let start = Instant::now();
        progress(Progress::Scouting);
        let Scouted {
            method,
            sampling,
            relaunch,
        } = self.scout(arms, settings.sampling)?;
        let mut relaunches: Vec<Relaunch> = relaunch.into_iter().collect();
        let counted = if relaunches.is_empty() {
            Instant::now()
        } else {
            start
        };
        let time = settings.time.saturating_sub(counted.duration_since(start));
        loop {
            let done = relaunches.len();
            let planned = settings
                .relaunches
                .unwrap_or_else(|| planned(done, counted.elapsed(), time).max(fewest));
            if done >= planned {
                break;
            }
            progress(Progress::Relaunching {
                done,
                planned,
                method,
            });
            let reversed = done % 2 == 1;
            let began = Instant::now();
            let samples = method.run(&self.stage, arms, sampling, reversed)?;
            let duration = began.elapsed();
            relaunches.push(Relaunch::new(method, arms, &samples, reversed, duration)?);
        }
        Comparison::new(method, arms, relaunches, settings.level, start.elapsed())
    }

    /// Finds out what the suites are, and how long an iteration of each arm takes.
    fn scout(&mut self, arms: &[Arm], time: Duration) -> Result<Scouted, PairedError> {
        let mut method = Method::LockStep;
        for arm in arms {
            let listed = self.known.listed(&self.stage, arm)?;
            check(arm, &listed.ids)?;
            if !listed.is_paired {
                method = Method::WholeProcesses;
            }
        }
        let known: Option<Vec<f64>> = arms.iter().map(|arm| arm.iteration_ns).collect();
        if let Some(iterations_ns) = known {
            return Ok(Scouted {
                method,
                sampling: sampling(&iterations_ns, time),
                relaunch: None,
            });
        }
        let stage = &self.stage;
        let began = Instant::now();
        let samples = match method.run(stage, arms, SCOUTING, false) {
            // Only some of the suite's groups are paired.
            Err(PairedError::NeverReady { .. }) => {
                method = Method::WholeProcesses;
                method.run(stage, arms, SCOUTING, false)
            }
            other => other,
        }?;
        let iterations_ns: Vec<f64> = samples
            .iter()
            .map(|arm| median(&mut arm.times_ns.clone()))
            .collect::<Result<_, _>>()?;
        let sampling = sampling(&iterations_ns, time);
        let relaunch = sampling
            .is_over_with(&iterations_ns)
            .then(|| Relaunch::new(method, arms, &samples, false, began.elapsed()))
            .transpose()?;
        Ok(Scouted {
            method,
            sampling,
            relaunch,
        })
    }
}

/// What a first look at the arms has shown.
struct Scouted {
    method: Method,
    sampling: Sampling,
    /// The look itself, where iterations are so slow that no relaunch samples
    /// more than it did.
    relaunch: Option<Relaunch>,
}

/// How many relaunches fit into `time`, judged by those that are done.
fn planned(done: usize, taken: Duration, time: Duration) -> usize {
    if done == 0 {
        return 2;
    }
    let each = taken.as_secs_f64() / done as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rough number of relaunches, which saturates"
    )]
    let fit = (time.as_secs_f64() / each) as usize;
    // Both orders equally often.
    fit - fit % 2
}

impl Method {
    fn run(
        self,
        stage: &Stage,
        arms: &[Arm],
        sampling: Sampling,
        reversed: bool,
    ) -> Result<Vec<Samples>, PairedError> {
        match self {
            Self::LockStep => lock_step::relaunch(stage, arms, sampling, reversed),
            Self::WholeProcesses => whole_processes::block(stage, arms, sampling, reversed),
        }
    }
}

/// As many samples as there is time for with one iteration in each, so that
/// slow benchmarks don't take longer than they must. Where not even the fewest
/// that Criterion takes fit, the relaunch ends before them.
fn sampling(iterations_ns: &[f64], time: Duration) -> Sampling {
    let slowest_ns = iterations_ns.iter().copied().fold(0.0, f64::max);
    let fastest_ns = iterations_ns.iter().copied().fold(f64::INFINITY, f64::min);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to a small range"
    )]
    let iterations = (time.as_secs_f64() * 1e9 / slowest_ns) as usize;
    let is_slow = iterations < SAMPLES[0] && fastest_ns >= TIMED_ALONE_NS;
    let arms = u32::try_from(iterations_ns.len()).unwrap_or(u32::MAX);
    Sampling {
        warm_up: if is_slow {
            ONE_ITERATION
        } else {
            time.mul_f64(WARM_UP)
        },
        measurement: if is_slow {
            ONE_ITERATION
        } else if iterations < SAMPLES[1] {
            time.mul_f64(TOLD)
        } else {
            time
        },
        samples: iterations.clamp(SAMPLES[0], SAMPLES[1]),
        enough: is_slow.then(|| time.saturating_mul(arms)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_is_left_decides_how_many_relaunches_there_are() {
        let seconds = Duration::from_secs;
        assert_eq!(planned(0, seconds(0), seconds(10)), 2);
        assert_eq!(planned(1, seconds(1), seconds(10)), 10);
        assert_eq!(planned(2, seconds(4), seconds(10)), 4);
        assert_eq!(planned(3, seconds(60), seconds(10)), 0);
    }

    #[test]
    fn slow_iterations_get_fewer_samples_and_never_fewer_than_criterion_takes() {
        let samples = |ns| sampling(&[1.0, ns], Duration::from_millis(125)).samples;
        assert_eq!(samples(1.0), 100);
        assert_eq!(samples(5e6), 25);
        assert_eq!(samples(3e10), 10);
    }

    #[test]
    fn criterion_is_told_of_less_time_where_samples_are_single_iterations() {
        let time = Duration::from_millis(125);
        let told = |ns| sampling(&[1.0, ns], time).measurement;
        assert_eq!(told(1e5), time);
        assert_eq!(told(5e6), time.mul_f64(TOLD));
    }

    #[test]
    fn arms_too_slow_for_ten_samples_may_end_before_them_unless_one_needs_many_iterations() {
        let time = Duration::from_millis(100);
        let enough = |iterations_ns: &[f64]| sampling(iterations_ns, time).enough;
        assert_eq!(enough(&[4e7, 1e6]), Some(time * 2));
        assert_eq!(enough(&[4e7, 50.0]), None);
        assert_eq!(enough(&[4e6, 1e6]), None);
    }
}
