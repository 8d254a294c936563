//! Lock-step measurement: ratios that hold on a noisy machine.
//!
//! Two benchmarks that are measured one after the other differ by what the
//! machine did meanwhile. Here each runs in a process of its own, an *arm*,
//! and they take turns sample by sample, milliseconds apart: whatever slows
//! the machine down slows both. [`Paired`] is the arm's side, a Criterion
//! [`Measurement`](criterion::measurement::Measurement); the `Conductor`
//! (feature `conductor`) hands the turns out.
//!
//! # Who runs when
//!
//! An arm is Criterion's own executable, started on exactly one benchmark. It
//! has the **baton** from the moment at which the conductor answers its
//! greeting, through set-up, warm-up and its first sample, and gives it back
//! whenever Criterion has taken a sample; the analysis comes with the last
//! one. So at most one arm runs at any time, and the i-th samples of all arms
//! belong to the same round. The first sample follows the arm's own warm-up
//! rather than another arm's turn, and is left out.
//!
//! Not every arm comes to its end. Criterion takes ten samples at least, which
//! is long where an iteration takes tens of milliseconds. So where the slowest
//! arm does not fit ten iterations into its sampling time, and every arm's
//! samples are one iteration each, the conductor ends all arms together, as
//! soon as they have run for the sampling time of each after the first round,
//! which is left out. Where that is over with one more round, the look that found
//! out how slow they are was a relaunch like any other, and counts as the first.
//! Criterion has written no samples by then; those count that the arms told with
//! the baton. Arms of which one needs many iterations a sample always come to
//! their end.
//!
//! The baton changes hands in [`Measurement::to_f64`], which Criterion calls
//! once a sample, between two samples and outside every clock of its own.
//! [`Measurement::start`] would be the other place. There the waiting would
//! fall inside the clock from which Criterion's warm-up guesses the time of
//! an iteration: a fast arm beside a slow one would get samples of one
//! iteration. `iter_batched` with `PerIteration` would pass the baton on with
//! every iteration, and `iter_custom`, which never calls it, not at all.
//!
//! [`Measurement::to_f64`]: criterion::measurement::Measurement::to_f64
//! [`Measurement::start`]: criterion::measurement::Measurement::start
//!
//! # What is estimated
//!
//! One relaunch is one fresh process an arm, and gives one number: the median
//! over its rounds of ln(time B / time A). What sets two processes of the same
//! program apart (memory layout, most likely) stays for as long as they live,
//! so rounds within a relaunch are not independent, but relaunches are. Their
//! Hodges–Lehmann estimate is the result, with the exact signed-rank interval.
//! Address randomisation stays on: without it all relaunches would share one
//! layout, whose error no number of them could reveal.

#[cfg(unix)]
mod baton;
mod measurement;

#[cfg(all(unix, feature = "conductor"))]
mod arm;
#[cfg(all(unix, feature = "conductor"))]
mod conductor;
#[cfg(all(unix, feature = "conductor"))]
mod error;
#[cfg(all(unix, feature = "conductor"))]
mod guard;
#[cfg(all(unix, feature = "conductor"))]
mod json;
#[cfg(all(unix, feature = "conductor"))]
mod lock_step;
#[cfg(all(unix, feature = "conductor"))]
mod placement;
#[cfg(all(unix, feature = "conductor"))]
mod process;
#[cfg(all(unix, feature = "conductor"))]
mod result;
#[cfg(all(unix, feature = "conductor"))]
mod scratch;
#[cfg(all(unix, feature = "conductor"))]
mod stage;
#[cfg(all(unix, feature = "conductor"))]
mod suite;
#[cfg(all(unix, feature = "conductor"))]
mod whole_processes;

pub use measurement::Paired;

#[cfg(all(unix, feature = "conductor"))]
pub use {
    arm::Arm,
    conductor::{Conductor, Progress, Settings},
    error::PairedError,
    json::{SCHEMA_VERSION, to_json},
    result::{ArmSummary, Comparison, Method, Ratio, Relaunch},
};
