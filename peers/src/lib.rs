//! `speedup` against what a user would pick instead: side by side, in one run.
//!
//! A [`Job`] is work that several [`Side`]s do, the first of them ours: the
//! reference. The program measures each job in relaunches. A relaunch is this
//! program started again, with fresh processes of everything: it checks that
//! all sides give the same answer, warms those whose units are short, and lets them take turns in short
//! units, in an order that alternates (A B C, then C B A), so that the
//! machine's drift cancels. It gives one ln ratio a side, the median over its
//! rounds; the result is the Hodges–Lehmann estimate over the relaunches with
//! its exact signed-rank interval.
//!
//! Adding a job is a file in `jobs/` (and one beside it for its Python) and its
//! line in `jobs/mod.rs`.
//!
//! | file | what |
//! |---|---|
//! | `job` | jobs, sides, and what a side has to be able to do |
//! | `peer` | who is compared with, whether they are installed, which version |
//! | `in_process` | a side that runs in this program |
//! | `external` | a side that is a process of its own, asked over a pipe |
//! | `python`, `gmp`, `apart` | the kinds of those |
//! | `one_cpu` | for what takes turns: a relaunch on one CPU alone |
//! | `relaunch` | one relaunch: check, warm, take turns |
//! | `conductor` | all relaunches of a job; `group` sees that nothing outlives one |
//! | `result`, `record`, `table` | what came out: estimates, JSON, text |
//! | `settings` | what a run was told, as it would be typed again |
//! | `cli` | flags, progress, exit code |

mod apart;
mod cli;
mod conductor;
mod external;
mod gmp;
mod group;
mod in_process;
mod job;
pub mod jobs;
mod machine;
#[cfg(target_os = "linux")]
mod one_cpu;
mod peer;
mod python;
mod record;
mod relaunch;
mod residue;
mod result;
mod settings;
mod table;

pub use cli::run;
pub use in_process::InProcess;
pub use job::{Contender, Cpus, Extent, Job, Outcome, Side};
pub use peer::{
    CACHED, CPYTHON, DASHU, GMP, JOBLIB, MALACHITE, MEMOIZE, MOKA, Missing, NUM_BIGINT, PROCSPAWN,
    Peer, QUICK_CACHE, RAYON, STD, TOKIO,
};
pub use python::python;
