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
//! # What it holds to
//!
//! - *No job is lost, and none fails for another.* When a worker dies, the
//!   job it was running has an error with its index and the worker's exit
//!   status; what the worker had queued and not begun runs elsewhere, and the
//!   worker is replaced.
//! - *At most once, where that is asked for.* A job that travels alone
//!   (`apply_async`, a chunk size of 1) never runs twice. Short jobs that
//!   travel together share messages; when their worker dies before it has told
//!   of all of them, those it has not told of are run again, one by one, which
//!   shows the culprit.
//! - *Nothing is left behind*: no process, zombie, descriptor or thread, when
//!   the pool is dropped, and no process when its parent is killed.
//! - *Memory is bounded* by what is under way, and never by a length that
//!   somebody announced.
//! - *A job's standard streams are its own*: its output goes where the
//!   program's goes, its input is `/dev/null`.
//! - *A crash loop ends* with an error that says what happened last, after as
//!   many deaths in a row as the restart budget allows. A worker that cannot
//!   be started counts as a death and is tried again after a pause.
//!
//! # What the standard library cannot do, and what happens instead
//!
//! - *Be told of the parent's death.* An idle worker sees its connection end
//!   at once; one that is busy looks for its parent every 200 ms, from a thread
//!   of its own.
//! - *Wait for several workers at once.* Each worker that has jobs is driven by
//!   a thread, with blocking calls: the caller's own thread for one, so that a
//!   single job changes threads nowhere.
//! - *Wait for a process with a time limit.* The end of its connection is
//!   waited for, which has one.
//! - *Close descriptor 0*, on which the connection arrives. One line of unsafe
//!   code does.
//! - *Write several slices without raising SIGPIPE.* A large argument or
//!   result goes out in two writes, header and body.
//! - *End what a job has started.* Programs that a job has started live on
//!   when its worker ends.
//!
//! Where the operating system says that bytes were left unread (Linux does), a
//! job whose worker died before it had read it is not taken for the culprit;
//! elsewhere it is.
//!
//! Ctrl-C reaches workers as it reaches the program, as they are in the same
//! process group; a program that survives it finds its running jobs failed and
//! its workers replaced. Where panics abort (`panic = "abort"`), a job's panic
//! is its worker's death. If the program itself waits for all its children, how
//! a worker ended cannot be learnt and is reported as exit status 0.
//!
//! # Which file does what
//!
//! | the caller's side | |
//! |---|---|
//! | `builder` | settings, and the checks before anything is started |
//! | `pool`, `chunked` | the pool's methods |
//! | `map`, `segments` | all results in input order |
//! | `single` | the same for a single input |
//! | `imap` | results one by one |
//! | `async_result` | the handle to one submitted job |
//! | `queue`, `queue_feed` | jobs submitted and not waited for, and the threads that drive workers for them |
//! | `drive` | one thread drives one worker: sends jobs, reads outcomes, finds the culprit of a death |
//! | `feed` | what a driver asks of `map`, `single` and the queue |
//! | `pace` | how many jobs travel together |
//! | `seats` | the workers' places, who may use which, and how many deaths are too many |
//! | `lease` | the use of one place, and replacing the worker there |
//! | `worker_process` | one process and the connection to it |
//!
//! | the child's side | |
//! |---|---|
//! | `worker` | the entry point and the loop that runs jobs |
//! | `panics` | what a job that panics has to say |
//!
//! | both | |
//! |---|---|
//! | `job` | jobs and their table |
//! | `wire`, `wire_types` | values as bytes |
//! | `frame`, `stream` | messages on a socket |
//! | `error` | what can go wrong, and for whom |

mod async_result;
mod builder;
mod chunked;
mod drive;
mod error;
mod feed;
mod frame;
#[doc(hidden)]
pub mod fuzzing;
mod imap;
mod job;
mod lease;
mod map;
mod pace;
mod panics;
mod pool;
mod queue;
mod queue_feed;
mod seats;
mod segments;
mod single;
mod stream;
mod wire;
mod wire_types;
mod worker;
mod worker_process;

pub use async_result::AsyncResult;
pub use builder::ProcessPoolBuilder;
pub use chunked::Chunked;
pub use error::{Error, Failure, JobError, StartError};
pub use imap::Imap;
pub use job::{Job, JobTable};
pub use pool::ProcessPool;
pub use wire::{Wire, WireError, take_bytes};
pub use worker::serve_if_worker;
