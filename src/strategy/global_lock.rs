//! Threads that hold one lock while they compute and release it while they
//! wait: what Python's global interpreter lock does to a program.
//!
//! CPython also passes its lock on every 5 ms of computing, so that threads
//! take turns. Here a job keeps it to its end: who runs when differs, the
//! total does not, since either way one thread computes at a time.

use crate::strategy::threads;
use crate::workload::Workload;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;

/// Runs the workload on `workers` threads of which one computes at a time.
///
/// ```
/// use speedup::{strategy::global_lock, workload::empty::Empty};
/// use std::num::NonZeroUsize;
///
/// let two = NonZeroUsize::new(2).expect("not zero");
/// assert_eq!(global_lock::map::<Empty>(two, &[5, 4, 3]), [5, 4, 3]);
/// ```
#[must_use]
pub fn map<W: Workload>(workers: NonZeroUsize, inputs: &[W::Input]) -> Vec<W::Output> {
    let lock = Mutex::new(());
    // The lock guards no data: after a panic there is nothing to distrust.
    let acquire = || lock.lock().unwrap_or_else(PoisonError::into_inner);
    threads::map_with(workers, inputs, |input| {
        let mut held = Some(acquire());
        W::run(input, &mut |duration| {
            held = None;
            sleep(duration);
            held = Some(acquire());
        })
    })
}
