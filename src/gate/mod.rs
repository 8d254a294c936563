//! The gate: is a revision slower than another, in any of its benchmarks?
//!
//! [`run`] builds both revisions, takes those benchmarks that they share and
//! whose code differs, and measures them in lock-step (see
//! [`paired`](crate::paired)), in two stages:
//!
//! 1. **Screening** clears a benchmark that is shown to lie within the margin,
//!    after 6, 10 or 16 relaunches, and routes onwards what looks changed, and of
//!    the others as many as there is time for. It fails nothing.
//! 2. **The decision** measures the routed ones anew: a number of relaunches
//!    that is fixed beforehand, the same for all, and none is repeated. Beside
//!    base and head runs the base rebuilt under another `-C metadata`, since
//!    what looks like a slowdown is often the compiler's choice of where to
//!    put a loop.
//!
//! A benchmark regressed if exact signed-rank tests show it to be slower than
//! both builds of the base by more than the margin, adjusted by Holm's method
//! so that the probability of even one false alarm in a gate stays below α.
//! [`decide`] has the rules, as pure functions; [`Verdict`] and [`Outcome`]
//! what comes of them.
//!
//! # Which errors are bounded
//!
//! - A false alarm: at most α for a whole gate, if relaunches scatter
//!   symmetrically and independently around a ratio of at most 1 + δ. What
//!   stays the same over all relaunches, as the layout of an executable does,
//!   is no scatter: the rebuilt base stands for it.
//! - A slowdown of δ or more that screening clears: 5 %, for each benchmark.
//! - A slowdown that is not found: not bounded beforehand, but estimated for
//!   each benchmark from its scatter: `smallest_found`, the size that is found
//!   nine times in ten.

mod build;
mod candidate;
mod compiler;
mod decide;
mod detect;
mod error;
mod finding;
mod git;
mod keeper;
mod machine;
mod measure;
mod outside;
mod package;
mod place;
mod plan;
mod request;
mod run;
mod same;
mod stages;
mod suites;
mod verdict;

#[cfg(test)]
mod simulation;

pub mod history;
pub mod output;

pub use decide::{
    Decided, EQUIVALENCE_ERROR, LOOKS, Rules, SCREENING_ERROR, SUSPICION, Screened, Trial,
    can_settle, decide, fewest_relaunches, screen,
};
pub use detect::{Sensitivity, relaunch_spread};
pub use error::{GateError, Side};
pub use finding::{Benchmark, Estimate, Finding, Gate, LEVEL};
pub use git::Revision;
pub use machine::{MACHINE_VARIABLE, Machine};
pub use plan::{DECISION_RELAUNCHES, Plan, plan};
pub use request::{Measuring, Request, Step};
pub use run::run;
pub use verdict::{Outcome, Strictness, Verdict};
