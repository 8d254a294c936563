//! The pool itself.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;

use super::async_result::{AsyncResult, Slot};
use super::builder::ProcessPoolBuilder;
use super::chunked::Chunked;
use super::error::{Error, JobError};
use super::imap::Imap;
use super::job::{Job, JobIndex};
use super::queue::{Core, Queue, Sink, Task, WhenFull};
use super::seats::{Ended, Seats};
use super::wire::{Wire, encode_whole};

/// A pool of worker processes that run jobs.
///
/// All methods take `&self`: a pool can be shared between threads. Calls from
/// several threads share the workers: a seat that somebody waits for goes
/// round after every batch.
///
/// Dropping the pool ends its workers and waits for their end: idle ones are
/// told to, busy ones are killed, and jobs that wait are failed.
pub struct ProcessPool {
    pub(super) core: Arc<Core>,
    pub(super) jobs: JobIndex,
}

impl ProcessPool {
    /// The settings of a new pool, to be started with
    /// [`start`](ProcessPoolBuilder::start).
    pub fn builder() -> ProcessPoolBuilder {
        ProcessPoolBuilder::new()
    }

    pub(super) fn new(seats: Seats, queue: Queue, jobs: JobIndex) -> Self {
        Self {
            core: Arc::new(Core { seats, queue }),
            jobs,
        }
    }

    /// Runs `job` on each input and returns the results in input order.
    ///
    /// The calling thread takes part, so a call with one job costs no change
    /// of threads. Inputs are drawn when a worker is free for them, by
    /// whichever thread drives it.
    ///
    /// Short jobs travel together. If their worker dies, those whose results
    /// had not arrived are run again, one by one, to find the culprit; jobs
    /// that must never run twice want
    /// [`with_chunk_size(1)`](Self::with_chunk_size).
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
    ///     assert_eq!(pool.map(SQUARE, [3, 1, 2])?, [9, 1, 4]);
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Job`] when a job fails: no further one is begun then, and of
    /// several failures it is the one with the lowest index. Else as the pool
    /// ends: [`Error::Terminated`], [`Error::RestartBudget`]. An input that
    /// panics when it is drawn or encoded passes its panic on.
    pub fn map<A, R, I>(&self, job: Job<A, R>, inputs: I) -> Result<Vec<R>, Error>
    where
        A: Wire + Send + 'static,
        R: Wire + Send + 'static,
        I: IntoIterator<Item = A, IntoIter: Send>,
    {
        self.automatic().map(job, inputs)
    }

    /// As [`map`](Self::map), with each job's own outcome: one that fails
    /// does not keep the others from being run.
    ///
    /// ```standalone_crate
    /// use speedup::process_pool::{self, Job, JobTable, ProcessPool};
    ///
    /// const HALF: Job<u64, u64> = Job::new("half", |x| {
    ///     assert!(x % 2 == 0, "{x} is odd");
    ///     x / 2
    /// });
    ///
    /// fn main() -> Result<(), process_pool::Error> {
    ///     let jobs = JobTable::new().with(HALF);
    ///     process_pool::serve_if_worker(&jobs);
    ///     let pool = ProcessPool::builder().workers(2).start(&jobs)?;
    ///     let halves = pool.try_map(HALF, [2, 3, 4])?;
    ///     assert_eq!(halves[0].as_ref().unwrap(), &1);
    ///     let error = halves[1].as_ref().unwrap_err();
    ///     assert_eq!(error.index(), 1);
    ///     assert!(error.to_string().contains("3 is odd"));
    ///     assert_eq!(halves[2].as_ref().unwrap(), &2);
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Only where nothing was run at all: [`Error::UnknownJob`],
    /// [`Error::Closed`]. What ends the pool in the middle is told to the jobs
    /// it concerns.
    pub fn try_map<A, R, I>(
        &self,
        job: Job<A, R>,
        inputs: I,
    ) -> Result<Vec<Result<R, JobError>>, Error>
    where
        A: Wire + Send + 'static,
        R: Wire + Send + 'static,
        I: IntoIterator<Item = A, IntoIter: Send>,
    {
        self.automatic().try_map(job, inputs)
    }

    /// The results of `job` in input order, each as soon as it and all before
    /// it are there.
    ///
    /// Inputs are drawn when results are asked for, a bounded number ahead: 64
    /// for each worker, or two chunks where the chunk size is set; fewer where
    /// the queue's bound or 16 MiB of arguments and results are reached.
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
    ///     let mut squares = pool.imap(SQUARE, 1..)?;
    ///     assert_eq!(squares.next().unwrap()?, 1);
    ///     assert_eq!(squares.next().unwrap()?, 4);
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::UnknownJob`], [`Error::Closed`], [`Error::Terminated`] or
    /// [`Error::RestartBudget`]. A job's own error is an item; those after it
    /// follow.
    pub fn imap<A, R, I>(
        &self,
        job: Job<A, R>,
        inputs: I,
    ) -> Result<Imap<'_, A, R, I::IntoIter>, Error>
    where
        A: Wire + 'static,
        R: Wire + Send + 'static,
        I: IntoIterator<Item = A>,
    {
        self.automatic().imap(job, inputs)
    }

    /// As [`imap`](Self::imap), in the order in which jobs finish.
    ///
    /// Short jobs that travel together are told of together: with a chunk size
    /// of 1 each is as soon as it has finished.
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
    ///     let mut sum = 0;
    ///     for square in pool.imap_unordered(SQUARE, 1..4)? {
    ///         sum += square?;
    ///     }
    ///     assert_eq!(sum, 14);
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`imap`](Self::imap).
    pub fn imap_unordered<A, R, I>(
        &self,
        job: Job<A, R>,
        inputs: I,
    ) -> Result<Imap<'_, A, R, I::IntoIter>, Error>
    where
        A: Wire + 'static,
        R: Wire + Send + 'static,
        I: IntoIterator<Item = A>,
    {
        self.automatic().imap_unordered(job, inputs)
    }

    /// Submits one job and returns a handle to its result. It travels alone
    /// and never runs twice. Waits where the queue is full.
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
    ///     let nine = pool.apply_async(SQUARE, 3)?;
    ///     assert_eq!(nine.get()?, 9);
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::UnknownJob`], [`Error::Closed`], [`Error::Terminated`],
    /// [`Error::RestartBudget`] or [`Error::Thread`].
    // By value, as `map` takes its inputs.
    #[allow(clippy::needless_pass_by_value)]
    pub fn apply_async<A, R>(&self, job: Job<A, R>, argument: A) -> Result<AsyncResult<R>, Error>
    where
        A: Wire + 'static,
        R: Wire + Send + 'static,
    {
        let number = self.jobs.number(job)?;
        let mut bytes = Vec::new();
        encode_whole(&argument, &mut bytes);
        let slot = Slot::new(job.name());
        let sink = Arc::clone(&slot) as Arc<dyn Sink>;
        let task = Task::new(sink, 0, number, bytes);
        self.core.submit(vec![task], WhenFull::Wait)?;
        Ok(AsyncResult::new(slot))
    }

    /// The same pool, with this many jobs to a message, where the default is
    /// as many as take about a millisecond.
    ///
    /// A worker of short jobs has further messages waiting behind the one it
    /// works on: one where jobs take less than 2 ms, and in a `map` up to seven
    /// as long as they take 30 µs together and many more are left. They are
    /// lost to the other workers, should one job suddenly take long, and run
    /// elsewhere if their worker dies.
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
    ///     assert_eq!(pool.with_chunk_size(2)?.map(SQUARE, 0..3)?, [0, 1, 4]);
    ///     assert!(pool.with_chunk_size(0).is_err());
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] if `jobs` is 0.
    pub fn with_chunk_size(&self, jobs: usize) -> Result<Chunked<'_>, Error> {
        let chunk = NonZeroUsize::new(jobs)
            .ok_or_else(|| Error::Setting("a chunk has 1 job or more, not 0".to_owned()))?;
        Ok(Chunked {
            pool: self,
            chunk: Some(chunk),
        })
    }

    fn automatic(&self) -> Chunked<'_> {
        Chunked {
            pool: self,
            chunk: None,
        }
    }

    /// The process ids of the workers that are alive at this moment.
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
    ///     assert_eq!(pool.worker_ids().len(), pool.workers());
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn worker_ids(&self) -> Vec<u32> {
        self.core.seats.worker_ids()
    }

    /// The number of workers the pool was started with.
    #[must_use]
    pub fn workers(&self) -> usize {
        self.core.seats.count()
    }

    /// Takes no more jobs; those submitted are run. An `imap` that is under
    /// way draws no more inputs.
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
    ///     let nine = pool.apply_async(SQUARE, 3)?;
    ///     pool.close();
    ///     assert!(pool.apply_async(SQUARE, 4).is_err());
    ///     pool.join();
    ///     assert_eq!(nine.get()?, 9);
    ///     Ok(())
    /// }
    /// ```
    pub fn close(&self) {
        self.core.queue.close();
    }

    /// Closes the pool, waits until all jobs have finished, and ends the
    /// workers. For an example see [`close`](Self::close).
    pub fn join(&self) {
        self.close();
        self.core.queue.wait_until_empty();
        self.core.queue.join_threads();
        self.core.seats.wait_until_free();
        self.core.seats.dismiss();
    }

    /// Kills all workers at once; jobs that run or wait end with an error.
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
    ///     pool.terminate();
    ///     assert!(pool.map(SQUARE, [1]).is_err());
    ///     Ok(())
    /// }
    /// ```
    pub fn terminate(&self) {
        self.core.seats.terminate();
        self.core.queue.end(&Ended::Terminated);
        self.core.seats.dismiss();
    }
}

impl Drop for ProcessPool {
    fn drop(&mut self) {
        self.core.seats.terminate_busy();
        self.core.queue.end(&Ended::Terminated);
        self.core.queue.join_threads();
        self.core.seats.dismiss();
    }
}

impl fmt::Debug for ProcessPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessPool")
            .field("workers", &self.worker_ids())
            .field("jobs", &self.jobs)
            .finish_non_exhaustive()
    }
}
