//! The pool itself.

use std::num::NonZeroUsize;

use super::builder::ProcessPoolBuilder;
use super::error::{Error, JobError};
use super::job::{Job, JobIndex};
use super::map::{self, Call, OnFailure};
use super::seats::Seats;
use super::wire::Wire;

/// A pool of worker processes that run jobs.
///
/// All methods take `&self`: a pool can be shared between threads. Dropping
/// it ends its workers and waits for their end: idle ones are told to, busy
/// ones are killed.
#[derive(Debug)]
pub struct ProcessPool {
    seats: Seats,
    jobs: JobIndex,
    chunk: Option<NonZeroUsize>,
}

impl ProcessPool {
    /// The settings of a new pool, to be started with
    /// [`start`](ProcessPoolBuilder::start).
    pub fn builder() -> ProcessPoolBuilder {
        ProcessPoolBuilder::new()
    }

    pub(super) fn new(seats: Seats, jobs: JobIndex, _queue_bound: usize) -> Self {
        Self {
            seats,
            jobs,
            chunk: None,
        }
    }

    /// Runs `job` on each input and returns the results in input order.
    ///
    /// The calling thread takes part, so a call with one job costs no change
    /// of threads. Inputs are drawn when a worker is free for them. Short jobs
    /// travel together; if their worker dies, those whose results had not
    /// arrived yet are run again, singly, to find the culprit. A job that must
    /// not run twice wants `with_chunk_size(1)`.
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
        let call = self.call(job, OnFailure::Stop)?;
        let (outcomes, ended) = map::map(&self.seats, call, inputs.into_iter());
        let results = outcomes.into_iter().collect::<Result<Vec<R>, JobError>>()?;
        ended?;
        Ok(results)
    }

    /// As [`map`](Self::map), with each job's own outcome: one that fails
    /// does not keep the others from being run.
    ///
    /// # Errors
    ///
    /// Only where nothing was run at all, such as [`Error::UnknownJob`]. What
    /// ends the pool in the middle is told to the jobs it concerns.
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
        let call = self.call(job, OnFailure::Continue)?;
        let (outcomes, ended) = map::map(&self.seats, call, inputs.into_iter());
        ended?;
        Ok(outcomes)
    }

    fn call<A: 'static, R: 'static>(
        &self,
        job: Job<A, R>,
        on_failure: OnFailure,
    ) -> Result<Call<A, R>, Error> {
        Ok(Call {
            job,
            number: self.jobs.number(job)?,
            chunk: self.chunk,
            on_failure,
        })
    }

    /// The process ids of the workers that are alive at this moment.
    #[must_use]
    pub fn worker_ids(&self) -> Vec<u32> {
        self.seats.worker_ids()
    }

    /// The number of workers the pool was started with.
    #[must_use]
    pub fn workers(&self) -> usize {
        self.seats.count()
    }

    /// Kills all workers at once; jobs that run or wait end with an error.
    pub fn terminate(&self) {
        self.seats.terminate();
    }
}

impl Drop for ProcessPool {
    fn drop(&mut self) {
        self.seats.dismiss();
    }
}
