//! `map`: all results, in input order.
//!
//! The calling thread drives one worker itself; a thread of its own for each
//! further worker lives as long as the call. All of them draw from the same
//! iterator, so that whoever is free takes what is next.

use std::any::Any;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope};
use std::vec;

use super::drive::drive;
use super::error::{Failure, JobError};
use super::feed::{Cut, Feed, Outcome};
use super::job::Job;
use super::seats::{Ended, Seats};
use super::segments::{Segment, fill, in_order};
use super::wire::{Wire, encode_whole};
use super::worker_process::WorkerProcess;

/// What has become of jobs, in order.
pub(super) type Outcomes<R> = Vec<Result<R, JobError>>;

/// What to do with the rest once a job has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnFailure {
    /// Begin no further job.
    Stop,
    /// Go on: the others' results are wanted.
    Continue,
}

/// A call of `map`.
pub(super) struct Call<A, R> {
    pub(super) job: Job<A, R>,
    pub(super) number: u64,
    pub(super) chunk: Option<NonZeroUsize>,
    pub(super) on_failure: OnFailure,
}

/// Runs `call` over `inputs`: an outcome for each of them, in order, unless
/// the pool has ended before.
pub(super) fn map<A, R, I>(
    seats: &Seats,
    call: Call<A, R>,
    inputs: I,
) -> (Outcomes<R>, Result<(), Ended>)
where
    A: Wire + Send + 'static,
    R: Wire + Send + 'static,
    I: Iterator<Item = A> + Send,
{
    let drivers = seats.count();
    let feed = MapFeed {
        call,
        drivers,
        source: Mutex::new(Source {
            inputs,
            next: 0,
            done: false,
            stopped: false,
            again: VecDeque::new(),
            panic: None,
        }),
        segments: Mutex::new(Vec::new()),
        over: AtomicBool::new(false),
    };
    let result = if drivers == 1 || !feed.has_several() {
        drive_until_done(seats, &feed)
    } else {
        thread::scope(|scope| take_part(scope, seats, &feed, drivers - 1))
    };
    let source = feed
        .source
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(payload) = source.panic {
        resume_unwind(payload);
    }
    let mut segments = feed
        .segments
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    segments.sort_unstable_by_key(|(first, _)| *first);
    if let Err(ended) = &result
        && feed.call.on_failure == OnFailure::Continue
    {
        let total = source.next + source.inputs.count();
        fill(&mut segments, total, &feed.call, ended);
        return (in_order(segments), Ok(()));
    }
    (in_order(segments), result)
}

/// Drives one worker, after asking a further thread to drive the next.
///
/// Each thread starts the one after it, and only while there are jobs left:
/// few jobs don't start many threads, and many threads don't start one by one.
fn take_part<'scope, A, R, I>(
    scope: &'scope Scope<'scope, '_>,
    seats: &'scope Seats,
    feed: &'scope MapFeed<A, R, I>,
    helpers: usize,
) -> Result<(), Ended>
where
    A: Wire + Send + 'static,
    R: Wire + Send + 'static,
    I: Iterator<Item = A> + Send,
{
    let helper = (helpers > 0 && feed.has_several())
        .then(|| {
            thread::Builder::new()
                .name("pool driver".to_owned())
                .spawn_scoped(scope, move || take_part(scope, seats, feed, helpers - 1))
                // Without threads to be had the call takes longer, no more.
                .ok()
        })
        .flatten();
    let _guard = StopOnPanic(feed);
    let mut result = drive_until_done(seats, feed);
    if let Some(helper) = helper {
        // Nobody else may be left to run what this one was given back.
        seats.wake();
        let others = helper
            .join()
            .unwrap_or_else(|payload| resume_unwind(payload));
        result = result.and(others);
    }
    result
}

/// An argument's encoding that panics takes its thread along; the others must
/// not go on with a call that has failed.
struct StopOnPanic<'a, A, R, I: Iterator<Item = A>>(&'a MapFeed<A, R, I>);

impl<A, R, I: Iterator<Item = A>> Drop for StopOnPanic<'_, A, R, I> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.stop();
        }
    }
}

fn drive_until_done<A, R, I>(seats: &Seats, feed: &MapFeed<A, R, I>) -> Result<(), Ended>
where
    A: Wire + Send + 'static,
    R: Wire + Send + 'static,
    I: Iterator<Item = A> + Send,
{
    let wanted = || feed.wanted();
    while feed.wanted() {
        let Some(mut lease) = seats.lease(&wanted)? else {
            break;
        };
        drive(seats, &mut lease, feed)?;
    }
    Ok(())
}

struct MapFeed<A, R, I> {
    call: Call<A, R>,
    drivers: usize,
    source: Mutex<Source<A, I>>,
    segments: Mutex<Vec<Segment<R>>>,
    /// Whether nothing is left to take, to be asked without a lock. Changed
    /// under the lock of `source` only.
    over: AtomicBool,
}

struct Source<A, I> {
    inputs: I,
    /// The index of the next input.
    next: usize,
    /// No more of `inputs`: they are used up, or not wanted any more.
    done: bool,
    /// Nor is what was given back.
    stopped: bool,
    /// Batches whose worker died before their turn came.
    again: VecDeque<Again<A>>,
    /// What the caller's iterator or encoding panicked with.
    panic: Option<Box<dyn Any + Send>>,
}

struct Again<A> {
    first: usize,
    items: vec::IntoIter<A>,
    alone: bool,
    deliveries: u32,
}

pub(super) struct Batch<A, R> {
    first: usize,
    items: Vec<A>,
    outcomes: Outcomes<R>,
    deliveries: u32,
}

impl<A, R, I: Iterator<Item = A>> MapFeed<A, R, I> {
    fn source(&self) -> MutexGuard<'_, Source<A, I>> {
        // The caller's iterator may panic under this lock; that is caught.
        self.source.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there may be work for more than one driver.
    fn has_several(&self) -> bool {
        let source = self.source();
        !source.done
            && source.inputs.size_hint().1 != Some(1)
            && source.inputs.size_hint().1 != Some(0)
    }

    fn stop(&self) {
        let mut source = self.source();
        source.done = true;
        source.stopped = true;
        source.again.clear();
        self.over.store(true, Ordering::Release);
    }

    fn take_from(&self, source: &mut Source<A, I>, cut: Cut) -> Option<Batch<A, R>> {
        if let Some(again) = source.again.front_mut() {
            let first = again.first;
            let count = if again.alone { 1 } else { cut.most };
            let items: Vec<A> = again.items.by_ref().take(count).collect();
            again.first += items.len();
            let deliveries = again.deliveries;
            source
                .again
                .pop_front_if(|again| again.items.as_slice().is_empty());
            return Some(Batch::new(first, items, deliveries));
        }
        if source.done {
            return None;
        }
        let size = self.size(&source.inputs, cut);
        if size == 0 {
            return None;
        }
        let mut items = Vec::new();
        let inputs = &mut source.inputs;
        let pulled = catch_unwind(AssertUnwindSafe(|| {
            if size == 1 {
                items.extend(inputs.next());
            } else {
                items.extend(inputs.by_ref().take(size));
            }
        }));
        if let Err(payload) = pulled {
            source.done = true;
            source.panic = Some(payload);
            return None;
        }
        // Known at once where the iterator knows, so that nobody asks again.
        source.done = items.len() < size || source.inputs.size_hint().1 == Some(0);
        let first = source.next;
        source.next += items.len();
        (!items.is_empty()).then(|| Batch::new(first, items, 0))
    }

    fn size(&self, inputs: &I, cut: Cut) -> usize {
        let (least, most) = inputs.size_hint();
        if let Some(chunk) = self.call.chunk {
            // What waits at one worker must be little against what is left
            // for the others, should it take longer than what came before.
            let is_little = cut.behind < least / (4 * self.drivers);
            return if cut.behind == 0 || is_little {
                chunk.get().min(cut.most)
            } else {
                0
            };
        }
        if most != Some(least) {
            return cut.limit;
        }
        // Guided: a fair part of one half of what is left.
        let part = least / (2 * self.drivers);
        if cut.ahead && part == 0 {
            // The last few are for those who have nothing to do.
            return 0;
        }
        cut.limit.min(part).max(1)
    }
}

impl<A, R, I> Feed for MapFeed<A, R, I>
where
    A: Wire,
    R: Wire,
    I: Iterator<Item = A>,
{
    type Batch = Batch<A, R>;

    fn take(&self, cut: Cut) -> Option<Self::Batch> {
        let mut source = self.source();
        let batch = self.take_from(&mut source, cut);
        let over = source.done && source.again.is_empty();
        self.over.store(over, Ordering::Release);
        batch
    }

    fn wanted(&self) -> bool {
        !self.over.load(Ordering::Acquire)
    }

    fn job(&self, _batch: &Self::Batch) -> u64 {
        self.call.number
    }

    fn len(&self, batch: &Self::Batch) -> usize {
        batch.items.len()
    }

    fn borrow<'a>(&self, batch: &'a Self::Batch, position: usize) -> Option<&'a [u8]> {
        batch.items[position].as_whole()
    }

    fn encode(&self, batch: &Self::Batch, position: usize, out: &mut Vec<u8>) {
        encode_whole(&batch.items[position], out);
    }

    fn begin(&self, batch: &mut Self::Batch, _worker: &Arc<WorkerProcess>) -> bool {
        batch.outcomes.reserve_exact(batch.items.len());
        true
    }

    fn is_fixed(&self, _batch: &Self::Batch) -> bool {
        self.call.chunk.is_some()
    }

    fn deliver(&self, batch: &mut Self::Batch, worker: u32, outcome: Outcome<'_>) {
        let index = batch.first + batch.outcomes.len();
        let decoded = match outcome {
            Outcome::Value(bytes) => decode(bytes),
            Outcome::Failed(failure) => Err(failure),
        };
        if decoded.is_err() && self.call.on_failure == OnFailure::Stop {
            self.stop();
        }
        batch.outcomes.push(
            decoded.map_err(|failure| {
                JobError::new(index, self.call.job.name(), Some(worker), failure)
            }),
        );
    }

    fn finish(&self, batch: Self::Batch) {
        let mut segments = self.segments.lock().unwrap_or_else(PoisonError::into_inner);
        segments.push((batch.first, batch.outcomes));
    }

    fn give_back(&self, mut batch: Self::Batch, alone: bool) {
        let done = batch.outcomes.len();
        let rest = batch.items.split_off(done);
        let again = Again {
            first: batch.first + done,
            items: rest.into_iter(),
            alone,
            deliveries: batch.deliveries,
        };
        if done > 0 {
            self.finish(batch);
        }
        let mut source = self.source();
        if !source.stopped {
            source.again.push_back(again);
            self.over.store(false, Ordering::Release);
        }
    }

    fn deliveries<'a>(&self, batch: &'a mut Self::Batch) -> &'a mut u32 {
        &mut batch.deliveries
    }
}

impl<A, R> Batch<A, R> {
    fn new(first: usize, items: Vec<A>, deliveries: u32) -> Self {
        Self {
            first,
            items,
            outcomes: Vec::new(),
            deliveries,
        }
    }
}

/// The value that a worker sent; an implementation that panics fails its job
/// and nothing else.
pub(super) fn decode<R: Wire>(bytes: Cow<'_, [u8]>) -> Result<R, Failure> {
    match catch_unwind(AssertUnwindSafe(|| R::from_whole(bytes))) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Failure::Result(error.to_string())),
        Err(_) => Err(Failure::Result("decoding it panicked".to_owned())),
    }
}
