//! rayon's work stealing, on a pool of its own so that the number of workers
//! is the one asked for.

use crate::workload::Workload;
use ::rayon::prelude::*;
use ::rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use std::num::NonZeroUsize;
use std::thread::sleep;

/// Starts a pool of `workers` threads.
///
/// # Errors
/// When the system refuses a thread.
///
/// ```
/// use speedup::strategy::rayon;
/// use std::num::NonZeroUsize;
///
/// let pool = rayon::start(NonZeroUsize::new(2).expect("not zero"))?;
/// assert_eq!(pool.current_num_threads(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn start(workers: NonZeroUsize) -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new().num_threads(workers.get()).build()
}

/// Runs the workload on the pool, every job stealable on its own: without
/// that, rayon would keep a run of equal jobs together on one thread, which
/// costs little while computing and everything while waiting.
///
/// ```
/// use speedup::{strategy::rayon, workload::empty::Empty};
/// use std::num::NonZeroUsize;
///
/// let pool = rayon::start(NonZeroUsize::new(2).expect("not zero"))?;
/// assert_eq!(rayon::map::<Empty>(&pool, &[5, 4, 3]), [5, 4, 3]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn map<W: Workload>(pool: &ThreadPool, inputs: &[W::Input]) -> Vec<W::Output> {
    pool.install(|| {
        inputs
            .par_iter()
            .with_max_len(1)
            .map(|input| W::run(input, &mut sleep))
            .collect()
    })
}
