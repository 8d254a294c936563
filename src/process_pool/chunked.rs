//! The pool's ways to run many jobs, with a chunk size or without.

use std::num::NonZeroUsize;

use super::error::{Error, JobError};
use super::imap::{Imap, Order};
use super::job::Job;
use super::map::{self, Call, OnFailure};
use super::pool::ProcessPool;
use super::single;
use super::wire::Wire;

/// A pool with a chunk size, from [`ProcessPool::with_chunk_size`]. Its
/// methods are the pool's.
#[derive(Clone, Copy, Debug)]
pub struct Chunked<'p> {
    pub(super) pool: &'p ProcessPool,
    pub(super) chunk: Option<NonZeroUsize>,
}

impl<'p> Chunked<'p> {
    /// As [`ProcessPool::map`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn map<A, R, I>(&self, job: Job<A, R>, inputs: I) -> Result<Vec<R>, Error>
    where
        A: Wire + Send + 'static,
        R: Wire + Send + 'static,
        I: IntoIterator<Item = A, IntoIter: Send>,
    {
        let call = self.call(job, OnFailure::Stop)?;
        let seats = &self.pool.core.seats;
        let inputs = inputs.into_iter();
        if single::is_single(&inputs) {
            return single::map(seats, &call, inputs);
        }
        let (outcomes, ended) = map::map(seats, call, inputs);
        let results = outcomes.into_iter().collect::<Result<Vec<R>, JobError>>()?;
        ended?;
        Ok(results)
    }

    /// As [`ProcessPool::try_map`].
    ///
    /// # Errors
    ///
    /// As there.
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
        let seats = &self.pool.core.seats;
        let inputs = inputs.into_iter();
        if single::is_single(&inputs) {
            return Ok(single::try_map(seats, &call, inputs));
        }
        let (outcomes, ended) = map::map(seats, call, inputs);
        ended?;
        Ok(outcomes)
    }

    /// As [`ProcessPool::imap`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn imap<A, R, I>(
        &self,
        job: Job<A, R>,
        inputs: I,
    ) -> Result<Imap<'p, A, R, I::IntoIter>, Error>
    where
        A: Wire + 'static,
        R: Wire + Send + 'static,
        I: IntoIterator<Item = A>,
    {
        self.lazy(job, Order::Input, inputs.into_iter())
    }

    /// As [`ProcessPool::imap_unordered`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn imap_unordered<A, R, I>(
        &self,
        job: Job<A, R>,
        inputs: I,
    ) -> Result<Imap<'p, A, R, I::IntoIter>, Error>
    where
        A: Wire + 'static,
        R: Wire + Send + 'static,
        I: IntoIterator<Item = A>,
    {
        self.lazy(job, Order::Finishing, inputs.into_iter())
    }

    fn lazy<A, R, I>(
        &self,
        job: Job<A, R>,
        order: Order,
        inputs: I,
    ) -> Result<Imap<'p, A, R, I>, Error>
    where
        A: Wire + 'static,
        R: Wire + Send + 'static,
        I: Iterator<Item = A>,
    {
        let number = self.pool.jobs.number(job)?;
        self.pool.core.queue.check_open()?;
        let core = &self.pool.core;
        Ok(Imap::new(core, job, number, self.chunk, order, inputs))
    }

    fn call<A: 'static, R: 'static>(
        &self,
        job: Job<A, R>,
        on_failure: OnFailure,
    ) -> Result<Call<A, R>, Error> {
        let number = self.pool.jobs.number(job)?;
        self.pool.core.queue.check_open()?;
        Ok(Call {
            job,
            number,
            chunk: self.chunk,
            on_failure,
        })
    }
}
