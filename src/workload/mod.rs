//! What is run: one kernel a file, with its inputs and its known answers.
//!
//! A kernel knows nothing of threads, processes or clocks. What a strategy
//! needs of it stands in [`Workload`]; kernels that only ever run on one
//! thread ([`memoized`], [`employee`]) are plain functions.

use std::fmt::Debug;
use std::time::Duration;

pub mod employee;
pub mod empty;
pub mod factorial;
pub mod memoized;
pub mod payload;
pub mod sleep;
pub mod zipf;

/// Work that a strategy spreads over its workers: one call an input.
///
/// Waiting goes through `wait`, because one strategy (the global lock) does
/// something there: it lets others compute, as Python's interpreter does.
///
/// ```
/// use speedup::workload::{Workload, sleep::Sleep};
/// use std::time::Duration;
///
/// let mut waited = Duration::ZERO;
/// let answer = Sleep::run(&Duration::from_secs(8), &mut |time| waited += time);
/// assert_eq!(answer, Duration::from_secs(8));
/// assert_eq!(waited, Duration::from_secs(8));
/// ```
pub trait Workload {
    /// What one call takes.
    type Input: Clone + Send + Sync;
    /// What one call returns.
    type Output: Clone + Debug + PartialEq + Send + Sync;

    /// Runs the kernel on one input; `wait` is how it waits.
    fn run(input: &Self::Input, wait: &mut dyn FnMut(Duration)) -> Self::Output;

    /// The same for an event loop: `wait` is awaited, and lets other kernels go on
    /// meanwhile. A kernel that only computes needs no more than [`run`](Self::run); one
    /// that waits and leaves it at that keeps all the others waiting.
    ///
    /// ```
    /// use speedup::workload::{Workload, sleep::Sleep};
    /// use std::future::ready;
    /// use std::pin::pin;
    /// use std::task::{Context, Poll, Waker};
    /// use std::time::Duration;
    ///
    /// let eight = Duration::from_secs(8);
    /// let answer = pin!(Sleep::run_giving_way(&eight, |_time| ready(())));
    /// let mut context = Context::from_waker(Waker::noop());
    /// assert_eq!(answer.poll(&mut context), Poll::Ready(eight));
    /// ```
    fn run_giving_way<F: Future<Output = ()>>(
        input: &Self::Input,
        wait: impl FnMut(Duration) -> F,
    ) -> impl Future<Output = Self::Output> {
        drop(wait);
        async { Self::run(input, &mut std::thread::sleep) }
    }
}
