//! What a driver asks of whoever has jobs for it.

use std::borrow::Cow;
use std::sync::Arc;

use super::error::Failure;
use super::worker_process::WorkerProcess;

/// What has become of a job.
#[derive(Debug)]
pub(super) enum Outcome<'a> {
    Value(Cow<'a, [u8]>),
    Failed(Failure),
}

/// How the next batch is to be cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    /// How many jobs would be well paced.
    pub(super) limit: usize,
    /// How many it may have at most.
    pub(super) most: usize,
    /// Whether the worker still has another batch to run.
    pub(super) ahead: bool,
    /// How many jobs wait at it behind that one.
    pub(super) behind: usize,
}

/// Where a driver gets its jobs and leaves their outcomes.
pub(super) trait Feed {
    /// Jobs that travel together, kept until each has its outcome.
    type Batch;

    /// The next jobs, or `None` if there are none for this driver now.
    fn take(&self, cut: Cut) -> Option<Self::Batch>;
    /// Whether `take` may have something.
    fn wanted(&self) -> bool;
    /// The job's place in the table.
    fn job(&self, batch: &Self::Batch) -> u64;
    /// How many jobs `batch` has.
    fn len(&self, batch: &Self::Batch) -> usize;
    /// The argument at `position`, if it lies in memory as it travels.
    fn borrow<'a>(&self, batch: &'a Self::Batch, position: usize) -> Option<&'a [u8]>;
    /// Appends the argument at `position`.
    fn encode(&self, batch: &Self::Batch, position: usize, out: &mut Vec<u8>);
    /// The batch is about to be sent to this worker; `false` if it must not.
    fn begin(&self, batch: &mut Self::Batch, worker: &Arc<WorkerProcess>) -> bool;
    /// Whether the batch's worker may be killed for its sake: nothing is
    /// sent behind it then.
    fn is_cancellable(&self, _batch: &Self::Batch) -> bool {
        false
    }
    /// Whether the caller has said how many jobs travel together, so that
    /// short ones cannot be made to share a message.
    fn is_fixed(&self, _batch: &Self::Batch) -> bool {
        false
    }
    /// Whether that has happened.
    fn is_cancelled(&self, _batch: &Self::Batch) -> bool {
        false
    }
    /// The next job in order has this outcome.
    fn deliver(&self, batch: &mut Self::Batch, worker: u32, outcome: Outcome<'_>);
    /// All jobs of `batch` have their outcomes.
    fn finish(&self, batch: Self::Batch);
    /// The jobs without outcomes go elsewhere; with `alone` each by itself,
    /// because one of them, nobody knows which, has cost a worker its life.
    fn give_back(&self, batch: Self::Batch, alone: bool);
    /// How often `batch` was given back without having been begun.
    fn deliveries<'a>(&self, batch: &'a mut Self::Batch) -> &'a mut u32;
}
