//! `map` over a single input: the calling thread drives the worker, and
//! nothing is shared, locked or kept in order.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::drive::drive;
use super::error::{Error, Failure, JobError};
use super::feed::{Cut, Feed, Outcome};
use super::map::{Call, decode};
use super::seats::{Ended, Seats};
use super::wire::{Wire, encode_whole};
use super::worker_process::WorkerProcess;

/// Whether `inputs` says that it has a single one.
pub(super) fn is_single(inputs: &impl Iterator) -> bool {
    inputs.size_hint() == (1, Some(1))
}

/// The results of `inputs`, one after the other, up to the first that fails.
///
/// There is one of them, unless the iterator has said so wrongly.
pub(super) fn map<A: Wire, R: Wire>(
    seats: &Seats,
    call: &Call<A, R>,
    inputs: impl Iterator<Item = A>,
) -> Result<Vec<R>, Error> {
    let mut results = Vec::new();
    for (index, input) in inputs.enumerate() {
        let result = run(seats, call, index, input)??;
        if results.is_empty() {
            results = vec![result];
        } else {
            results.push(result);
        }
    }
    Ok(results)
}

/// The outcome of each of `inputs`, one after the other.
pub(super) fn try_map<A: Wire, R: Wire>(
    seats: &Seats,
    call: &Call<A, R>,
    inputs: impl Iterator<Item = A>,
) -> Vec<Result<R, JobError>> {
    let run = |(index, input)| {
        run(seats, call, index, input).unwrap_or_else(|ended| {
            let failure = Failure::from(ended);
            Err(JobError::new(index, call.job.name(), None, failure))
        })
    };
    inputs.enumerate().map(run).collect()
}

fn run<A: Wire, R: Wire>(
    seats: &Seats,
    call: &Call<A, R>,
    index: usize,
    input: A,
) -> Result<Result<R, JobError>, Ended> {
    let feed = SingleFeed {
        call,
        index,
        waiting: RefCell::new(Some(Single {
            input,
            deliveries: 0,
        })),
        outcome: Cell::new(None),
    };
    loop {
        // Wanted until it has an outcome, so there is always a lease.
        if let Some(mut lease) = seats.lease(&|| true)? {
            drive(seats, &mut lease, &feed)?;
        }
        if let Some(outcome) = feed.outcome.take() {
            return Ok(outcome);
        }
    }
}

struct SingleFeed<'a, A, R> {
    call: &'a Call<A, R>,
    index: usize,
    /// The job, while it is not at a worker and has no outcome.
    waiting: RefCell<Option<Single<A>>>,
    outcome: Cell<Option<Result<R, JobError>>>,
}

struct Single<A> {
    input: A,
    deliveries: u32,
}

impl<A: Wire, R: Wire> Feed for SingleFeed<'_, A, R> {
    type Batch = Single<A>;

    fn take(&self, _cut: Cut) -> Option<Self::Batch> {
        self.waiting.take()
    }

    fn wanted(&self) -> bool {
        self.waiting.borrow().is_some()
    }

    fn job(&self, _batch: &Self::Batch) -> u64 {
        self.call.number
    }

    fn len(&self, _batch: &Self::Batch) -> usize {
        1
    }

    fn borrow<'b>(&self, batch: &'b Self::Batch, _position: usize) -> Option<&'b [u8]> {
        batch.input.as_whole()
    }

    fn encode(&self, batch: &Self::Batch, _position: usize, out: &mut Vec<u8>) {
        encode_whole(&batch.input, out);
    }

    fn begin(&self, _batch: &mut Self::Batch, _worker: &Arc<WorkerProcess>) -> bool {
        true
    }

    fn deliver(&self, _batch: &mut Self::Batch, worker: u32, outcome: Outcome<'_>) {
        let decoded = match outcome {
            Outcome::Value(bytes) => decode(bytes),
            Outcome::Failed(failure) => Err(failure),
        };
        let name = self.call.job.name();
        let outcome =
            decoded.map_err(|failure| JobError::new(self.index, name, Some(worker), failure));
        self.outcome.set(Some(outcome));
    }

    fn finish(&self, _batch: Self::Batch) {}

    fn give_back(&self, batch: Self::Batch, _alone: bool) {
        self.waiting.replace(Some(batch));
    }

    fn deliveries<'b>(&self, batch: &'b mut Self::Batch) -> &'b mut u32 {
        &mut batch.deliveries
    }
}
