//! A pool of worker processes, with the standard library alone.
//!
//! A job is a plain function with a name. The table of jobs is known to both
//! sides, because a worker is this program started once more:
//!
//! ```standalone_crate
//! use speedup::process_pool::{self, Job, JobTable, ProcessPool};
//!
//! const SQUARE: Job<u64, u64> = Job::new("square", |x| x * x);
//!
//! fn main() -> Result<(), process_pool::Error> {
//!     let jobs = JobTable::new().with(SQUARE);
//!     process_pool::serve_if_worker(&jobs); // never returns in a worker
//!     let pool = ProcessPool::builder().workers(2).start(&jobs)?;
//!     let squares: Vec<u64> = pool.map(SQUARE, 0..10)?;
//!     assert_eq!(squares[9], 81);
//!     Ok(())
//! }
//! ```
//!
//! # Which file does what
//!
//! | the caller's side | |
//! |---|---|
//! | `builder` | settings, and the checks before anything is started |
//! | `pool` | the pool's methods |
//! | `map` | all results in input order |
//! | `imap` | results one by one |
//! | `async_result` | the handle to one submitted job |
//! | `queue` | jobs submitted and not waited for, and the threads that drive workers for them |
//! | `drive` | one thread drives one worker: sends jobs, reads outcomes, finds the culprit of a death |
//! | `pace` | how many jobs travel together |
//! | `seats` | who may use which worker; replacement and its budget |
//! | `worker_process` | one process and the connection to it |
//!
//! | the child's side | |
//! |---|---|
//! | `worker` | the entry point and the loop that runs jobs |
//!
//! | both | |
//! |---|---|
//! | `job` | jobs and their table |
//! | `wire`, `wire_types` | values as bytes |
//! | `frame`, `stream` | messages on a socket |
//! | `error` | what can go wrong, and for whom |

mod async_result;
mod builder;
mod drive;
mod error;
mod frame;
#[doc(hidden)]
pub mod fuzzing;
mod imap;
mod job;
mod map;
mod pace;
mod pool;
mod queue;
mod seats;
mod stream;
mod wire;
mod wire_types;
mod worker;
mod worker_process;

pub use async_result::AsyncResult;
pub use builder::ProcessPoolBuilder;
pub use error::{Error, Failure, JobError, StartError};
pub use imap::Imap;
pub use job::{Job, JobTable};
pub use pool::{Chunked, ProcessPool};
pub use wire::{Wire, WireError, take_bytes};
pub use worker::serve_if_worker;
