//! `apply_async`: one job, and a handle to its result.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::error::{Failure, JobError};
use super::feed::Outcome;
use super::map::decode;
use super::queue::{Grouping, Sink};
use super::wire::Wire;
use super::worker_process::WorkerProcess;

/// The result to come of a job that was submitted with
/// [`apply_async`](super::ProcessPool::apply_async).
///
/// Dropping it does not stop the job; nobody learns its result then.
///
/// ```standalone_crate
/// use std::time::Duration;
/// use speedup::process_pool::{self, Failure, Job, JobTable, ProcessPool};
///
/// const SLEEP: Job<Duration, ()> = Job::new("sleep", std::thread::sleep);
///
/// fn main() -> Result<(), process_pool::Error> {
///     let jobs = JobTable::new().with(SLEEP);
///     process_pool::serve_if_worker(&jobs);
///     let pool = ProcessPool::builder().workers(2).start(&jobs)?;
///     let short = pool.apply_async(SLEEP, Duration::from_millis(1))?;
///     let long = pool.apply_async(SLEEP, Duration::from_secs(3600))?;
///     short.get()?;
///     let long = match long.get_timeout(Duration::from_millis(1)) {
///         Ok(outcome) => panic!("an hour has passed: {outcome:?}"),
///         Err(handle) => handle,
///     };
///     assert!(long.cancel());
///     let error = long.get().unwrap_err();
///     assert!(matches!(error.failure(), Failure::Cancelled));
///     Ok(())
/// }
/// ```
#[must_use = "the job's result, and its error, are only to be had from here"]
pub struct AsyncResult<R> {
    slot: Arc<Slot<R>>,
}

enum State<R> {
    Queued,
    Running(Arc<WorkerProcess>),
    Ready(Result<R, JobError>),
    Taken,
}

struct Progress<R> {
    state: State<R>,
    cancelled: bool,
}

/// Where the outcome is left.
pub(super) struct Slot<R> {
    job: &'static str,
    progress: Mutex<Progress<R>>,
    ready: Condvar,
}

impl<R> Slot<R> {
    pub(super) fn new(job: &'static str) -> Arc<Self> {
        Arc::new(Self {
            job,
            progress: Mutex::new(Progress {
                state: State::Queued,
                cancelled: false,
            }),
            ready: Condvar::new(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Progress<R>> {
        // Nothing panics while it holds this lock.
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R> AsyncResult<R> {
    pub(super) fn new(slot: Arc<Slot<R>>) -> Self {
        Self { slot }
    }

    /// Waits for the job's result.
    ///
    /// # Errors
    ///
    /// What has happened to the job.
    pub fn get(self) -> Result<R, JobError> {
        let mut progress = self.slot.lock();
        loop {
            if let State::Ready(outcome) = take_ready(&mut progress.state) {
                return outcome;
            }
            progress = self
                .slot
                .ready
                .wait(progress)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits for the job's result, `limit` at most.
    ///
    /// # Errors
    ///
    /// The handle again, if the job has not finished by then; the inner error
    /// is the job's.
    pub fn get_timeout(self, limit: Duration) -> Result<Result<R, JobError>, Self> {
        let deadline = Instant::now().checked_add(limit);
        let mut progress = self.slot.lock();
        loop {
            if let State::Ready(outcome) = take_ready(&mut progress.state) {
                return Ok(outcome);
            }
            let left = match deadline {
                Some(deadline) => deadline.saturating_duration_since(Instant::now()),
                // Beyond the end of the clock.
                None => Duration::MAX,
            };
            if left.is_zero() {
                drop(progress);
                return Err(self);
            }
            (progress, _) = self
                .slot
                .ready
                .wait_timeout(progress, left)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether the outcome is there.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        matches!(self.slot.lock().state, State::Ready(_))
    }

    /// Cancels the job: one that waits is not begun, and the worker of one
    /// that runs is killed and replaced. `false` if it had finished already.
    #[must_use = "`false` means that the job has finished"]
    pub fn cancel(&self) -> bool {
        let mut progress = self.slot.lock();
        progress.cancelled = true;
        match &progress.state {
            State::Queued => {
                // The queue skips it when its turn comes.
                let error = JobError::new(0, self.slot.job, None, Failure::Cancelled);
                progress.state = State::Ready(Err(error));
                self.slot.ready.notify_all();
                true
            }
            State::Running(worker) => {
                worker.kill(Failure::Cancelled);
                true
            }
            State::Ready(_) | State::Taken => false,
        }
    }
}

/// Takes the outcome out, if it is there.
fn take_ready<R>(state: &mut State<R>) -> State<R> {
    match state {
        State::Ready(_) => std::mem::replace(state, State::Taken),
        _ => State::Taken,
    }
}

impl<R> fmt::Debug for AsyncResult<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncResult")
            .field("job", &self.slot.job)
            .field("is_ready", &self.is_ready())
            .finish()
    }
}

impl<R: Wire + Send> Sink for Slot<R> {
    fn grouping(&self) -> Grouping {
        Grouping::Alone
    }

    fn is_wanted(&self) -> bool {
        !self.lock().cancelled
    }

    fn begin(&self, worker: &Arc<WorkerProcess>) -> bool {
        let mut progress = self.lock();
        if !progress.cancelled {
            progress.state = State::Running(Arc::clone(worker));
        }
        !progress.cancelled
    }

    fn deliver(&self, index: usize, worker: Option<u32>, outcome: Outcome<'_>) {
        let outcome = match outcome {
            Outcome::Value(bytes) => decode(bytes),
            Outcome::Failed(failure) => Err(failure),
        };
        let mut progress = self.lock();
        let outcome = match outcome {
            // It has finished while it was being cancelled: `cancel` has
            // promised that it is.
            Ok(_) if progress.cancelled => Err(Failure::Cancelled),
            outcome => outcome,
        };
        // One that was cancelled while it waited has its outcome.
        if matches!(progress.state, State::Queued | State::Running(_)) {
            let outcome =
                outcome.map_err(|failure| JobError::new(index, self.job, worker, failure));
            progress.state = State::Ready(outcome);
            self.ready.notify_all();
        }
    }
}
