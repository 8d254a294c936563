//! Scoped threads that take the next job from a shared counter, so that
//! nobody is idle while a job is left.

use crate::workload::Workload;
use std::num::NonZeroUsize;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{scope, sleep};

/// Runs the workload on `workers` threads, or on one a job where there are
/// fewer jobs.
///
/// ```
/// use speedup::{strategy::threads, workload::empty::Empty};
/// use std::num::NonZeroUsize;
///
/// let three = NonZeroUsize::new(3).expect("not zero");
/// assert_eq!(threads::map::<Empty>(three, &[5, 4, 3, 2, 1]), [5, 4, 3, 2, 1]);
/// ```
#[must_use]
pub fn map<W: Workload>(workers: NonZeroUsize, inputs: &[W::Input]) -> Vec<W::Output> {
    map_with(workers, inputs, |input| W::run(input, &mut sleep))
}

/// The same for any function: one call an input, answers in their order.
pub(super) fn map_with<T: Sync, R: Send + Sync>(
    workers: NonZeroUsize,
    inputs: &[T],
    run: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let answers: Vec<OnceLock<R>> = inputs.iter().map(|_| OnceLock::new()).collect();
    let work = || {
        while let Some((input, answer)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            inputs.get(index).zip(answers.get(index))
        } {
            // Each index is handed out once, so the place is always free.
            let _ = answer.set(run(input));
        }
    };
    scope(|threads| {
        for _ in 0..workers.get().min(inputs.len()) {
            threads.spawn(work);
        }
    });
    answers
        .into_iter()
        .map(|answer| answer.into_inner().expect("the scope has run every job"))
        .collect()
}
