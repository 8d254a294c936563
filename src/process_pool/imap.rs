//! `imap` and `imap_unordered`: results one by one, while the work goes on.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::error::{Error, Failure, JobError};
use super::feed::Outcome;
use super::job::Job;
use super::map::decode;
use super::queue::{Core, Grouping, Sink, Task, WhenFull};
use super::wire::{Wire, encode_whole};
use super::worker_process::WorkerProcess;

/// How many inputs for each worker are drawn ahead where the chunk size is
/// automatic: enough for short jobs to travel in company.
const AHEAD_PER_WORKER: usize = 64;

/// With this many bytes of arguments and results on their way, no more
/// inputs are drawn than keep the workers busy.
const AHEAD_BYTES: usize = 16 * 1024 * 1024;

/// In which order results are given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Input,
    Finishing,
}

/// The results of [`imap`](super::ProcessPool::imap) or
/// [`imap_unordered`](super::ProcessPool::imap_unordered).
///
/// Inputs are drawn, on the thread that asks for results, a bounded number
/// ahead; an endless iterator will do. Dropping it lets the jobs that run
/// finish and forgets the others.
///
/// ```standalone_crate
/// use speedup::process_pool::{self, Job, JobTable, ProcessPool};
///
/// const SQUARE: Job<u64, u64> = Job::new("square", |x| x * x);
///
/// fn main() -> Result<(), process_pool::Error> {
///     let jobs = JobTable::new().with(SQUARE);
///     process_pool::serve_if_worker(&jobs);
///     let pool = ProcessPool::builder().workers(2).start(&jobs)?;
///     let mut first_above_1000 = None;
///     for square in pool.imap(SQUARE, 0..)? {
///         let square = square?;
///         if square > 1000 {
///             first_above_1000 = Some(square);
///             break;
///         }
///     }
///     assert_eq!(first_above_1000, Some(1024));
///     Ok(())
/// }
/// ```
#[must_use = "inputs are drawn as results are asked for"]
pub struct Imap<'p, A, R, I> {
    core: &'p Arc<Core>,
    job: Job<A, R>,
    number: u64,
    chunk: Option<NonZeroUsize>,
    order: Order,
    /// `None` once it has ended or must not be asked any more.
    inputs: Option<I>,
    stream: Arc<Stream<R>>,
    /// Tasks that the queue had no room for.
    refused: Vec<Task>,
    drawn: usize,
    given: usize,
    failure: Option<JobError>,
}

struct Arrived<R> {
    ready: BTreeMap<usize, Result<R, JobError>>,
    /// The indices of `ready`, as they came.
    finished: VecDeque<usize>,
    /// The bytes that each job on its way holds: its argument's, or, where
    /// those are more, its result's.
    held: BTreeMap<usize, usize>,
    held_bytes: usize,
    wanted: bool,
}

impl<R> Arrived<R> {
    fn hold(&mut self, index: usize, bytes: usize) {
        let held = self.held.entry(index).or_default();
        let more = bytes.saturating_sub(*held);
        *held += more;
        self.held_bytes += more;
    }

    fn release(&mut self, index: usize) {
        self.held_bytes -= self.held.remove(&index).unwrap_or_default();
    }
}

/// Where outcomes are left.
struct Stream<R> {
    job: &'static str,
    grouping: Grouping,
    arrived: Mutex<Arrived<R>>,
    changed: Condvar,
}

impl<R> Stream<R> {
    fn lock(&self) -> MutexGuard<'_, Arrived<R>> {
        // Nothing panics while it holds this lock.
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'p, A, R, I> Imap<'p, A, R, I>
where
    A: Wire,
    R: Wire + Send + 'static,
    I: Iterator<Item = A>,
{
    pub(super) fn new(
        core: &'p Arc<Core>,
        job: Job<A, R>,
        number: u64,
        chunk: Option<NonZeroUsize>,
        order: Order,
        inputs: I,
    ) -> Self {
        Self {
            core,
            job,
            number,
            chunk,
            order,
            inputs: Some(inputs),
            stream: Arc::new(Stream {
                job: job.name(),
                grouping: chunk.map_or(Grouping::Paced, Grouping::Fixed),
                arrived: Mutex::new(Arrived {
                    ready: BTreeMap::new(),
                    finished: VecDeque::new(),
                    held: BTreeMap::new(),
                    held_bytes: 0,
                    wanted: true,
                }),
                changed: Condvar::new(),
            }),
            refused: Vec::new(),
            drawn: 0,
            given: 0,
            failure: None,
        }
    }

    /// Draws inputs as far as the look-ahead allows, and submits them.
    fn refill(&mut self) {
        let workers = self.core.seats.count();
        let chunk = self.chunk.map_or(1, NonZeroUsize::get);
        let least = chunk.saturating_mul(2 * workers);
        let most = match self.chunk {
            Some(_) => least,
            None => workers * AHEAD_PER_WORKER,
        };
        let most = most.min(self.core.queue.bound());
        let ahead = self.drawn - self.given;
        // Not for every single result: the queue is locked once for several.
        if self.inputs.is_none() && self.refused.is_empty() || ahead > most - most.div_ceil(4) {
            return;
        }
        let mut tasks = std::mem::take(&mut self.refused);
        let sink: Arc<dyn Sink> = Arc::clone(&self.stream) as Arc<dyn Sink>;
        while let Some(inputs) = &mut self.inputs {
            let ahead = self.drawn - self.given;
            let heavy = ahead >= least && self.stream.lock().held_bytes >= AHEAD_BYTES;
            if ahead >= most || heavy {
                break;
            }
            let Some(input) = inputs.next() else {
                self.inputs = None;
                break;
            };
            let mut argument = Vec::new();
            encode_whole(&input, &mut argument);
            self.stream.lock().hold(self.drawn, argument.len());
            tasks.push(Task::new(
                Arc::clone(&sink),
                self.drawn,
                self.number,
                argument,
            ));
            self.drawn += 1;
        }
        self.submit(tasks);
    }

    fn submit(&mut self, tasks: Vec<Task>) {
        let Some(first) = tasks.first() else {
            return;
        };
        let index = first.index;
        // With jobs of its own under way this call need not wait for room.
        let when_full = if index > self.given {
            WhenFull::GiveBack
        } else {
            WhenFull::Wait
        };
        match self.core.submit(tasks, when_full) {
            Ok(refused) => self.refused = refused.unwrap_or_default(),
            Err(error) => {
                self.inputs = None;
                // Those drawn in vain are not waited for.
                self.drawn = index;
                let failure = match error {
                    Error::RestartBudget { deaths, last } => {
                        Failure::RestartBudget { deaths, last }
                    }
                    Error::Closed => Failure::Closed,
                    _ => Failure::Terminated,
                };
                self.failure = Some(JobError::new(index, self.job.name(), None, failure));
            }
        }
    }

    fn next_arrived(&mut self) -> Result<R, JobError> {
        let mut arrived = self.stream.lock();
        loop {
            let index = match self.order {
                Order::Input => Some(self.given),
                Order::Finishing => arrived.finished.pop_front(),
            };
            if let Some(index) = index
                && let Some(outcome) = arrived.ready.remove(&index)
            {
                arrived.release(index);
                if self.order == Order::Input {
                    arrived.finished.clear();
                }
                return outcome;
            }
            arrived = self
                .stream
                .changed
                .wait(arrived)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<A, R, I> Iterator for Imap<'_, A, R, I>
where
    A: Wire,
    R: Wire + Send + 'static,
    I: Iterator<Item = A>,
{
    type Item = Result<R, JobError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.refill();
        if self.given == self.drawn {
            return self.failure.take().map(Err);
        }
        let outcome = self.next_arrived();
        self.given += 1;
        Some(outcome)
    }
}

impl<A, R, I> Drop for Imap<'_, A, R, I> {
    fn drop(&mut self) {
        let mut arrived = self.stream.lock();
        arrived.wanted = false;
        let unread = std::mem::take(&mut arrived.ready);
        drop(arrived);
        drop(unread);
    }
}

impl<A, R, I> fmt::Debug for Imap<'_, A, R, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Imap")
            .field("job", &self.job)
            .field("drawn", &self.drawn)
            .field("given", &self.given)
            .finish_non_exhaustive()
    }
}

impl<R: Wire + Send> Sink for Stream<R> {
    fn grouping(&self) -> Grouping {
        self.grouping
    }

    fn is_wanted(&self) -> bool {
        self.lock().wanted
    }

    fn begin(&self, _worker: &Arc<WorkerProcess>) -> bool {
        true
    }

    fn deliver(&self, index: usize, worker: Option<u32>, outcome: Outcome<'_>) {
        let (bytes, outcome) = match outcome {
            Outcome::Value(bytes) => (bytes.len(), decode(bytes)),
            Outcome::Failed(failure) => (0, Err(failure)),
        };
        let outcome = outcome.map_err(|failure| JobError::new(index, self.job, worker, failure));
        let mut arrived = self.lock();
        if arrived.wanted {
            arrived.hold(index, bytes);
            arrived.ready.insert(index, outcome);
            arrived.finished.push_back(index);
            self.changed.notify_one();
        }
    }
}
