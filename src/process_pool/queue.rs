//! Jobs that were submitted and not waited for, and the threads that drive
//! workers on their behalf.
//!
//! A thread is started when a job finds none idle, up to one for each worker;
//! a pool that is used through `map` alone has none.

use std::collections::VecDeque;
use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use super::drive::drive;
use super::error::{Error, Failure};
use super::feed::{Feed, Outcome};
use super::queue_feed::QueueFeed;
use super::seats::{Ended, Seats};
use super::worker_process::WorkerProcess;

/// How a sink's jobs may share a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grouping {
    /// Never, and nothing is sent behind it: it can be cancelled.
    Alone,
    /// As many as are well paced.
    Paced,
    /// This many.
    Fixed(NonZeroUsize),
}

/// Who waits for the outcomes of submitted jobs.
pub(super) trait Sink: Send + Sync {
    fn grouping(&self) -> Grouping;
    /// Whether a job that was not begun should be.
    fn is_wanted(&self) -> bool;
    /// A job begins on this worker; `false` if it has been cancelled.
    fn begin(&self, worker: &Arc<WorkerProcess>) -> bool;
    fn deliver(&self, index: usize, worker: Option<u32>, outcome: Outcome<'_>);
}

/// A submitted job.
pub(super) struct Task {
    pub(super) sink: Arc<dyn Sink>,
    pub(super) index: usize,
    /// The job's place in the table.
    pub(super) job: u64,
    pub(super) argument: Vec<u8>,
    /// To be sent by itself, because a worker has died of it or a neighbour.
    pub(super) alone: bool,
    pub(super) deliveries: u32,
}

impl Task {
    pub(super) fn new(sink: Arc<dyn Sink>, index: usize, job: u64, argument: Vec<u8>) -> Self {
        Self {
            sink,
            index,
            job,
            argument,
            alone: false,
            deliveries: 0,
        }
    }

    pub(super) fn fail(&self, failure: Failure) {
        self.sink
            .deliver(self.index, None, Outcome::Failed(failure));
    }
}

pub(super) struct State {
    pub(super) waiting: VecDeque<Task>,
    /// Jobs submitted and not finished, waiting ones included.
    pub(super) unfinished: usize,
    closed: bool,
    pub(super) ended: Option<Ended>,
    pub(super) idle: usize,
    threads: Vec<JoinHandle<()>>,
}

/// The queue of a pool.
pub(super) struct Queue {
    state: Mutex<State>,
    /// There is work, or there will be none any more.
    pub(super) work: Condvar,
    /// Jobs have finished: there is room, or nothing left to wait for.
    pub(super) room: Condvar,
    bound: usize,
    /// Neither closed nor ended, to be read unlocked.
    takes_jobs: AtomicBool,
}

/// What a pool's threads share.
pub(super) struct Core {
    pub(super) seats: Seats,
    pub(super) queue: Queue,
}

/// Whether to wait for room in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WhenFull {
    Wait,
    GiveBack,
}

impl Queue {
    pub(super) fn new(bound: usize) -> Self {
        Self {
            state: Mutex::new(State {
                waiting: VecDeque::new(),
                unfinished: 0,
                closed: false,
                ended: None,
                idle: 0,
                threads: Vec::new(),
            }),
            work: Condvar::new(),
            room: Condvar::new(),
            bound,
            takes_jobs: AtomicBool::new(true),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds this lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The most jobs that may be unfinished at a time.
    pub(super) fn bound(&self) -> usize {
        self.bound
    }

    /// Whether the pool takes jobs.
    pub(super) fn check_open(&self) -> Result<(), Error> {
        if self.takes_jobs.load(Ordering::Acquire) {
            return Ok(());
        }
        check_open(&self.lock())
    }

    /// Takes no more jobs.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.takes_jobs.store(false, Ordering::Release);
        self.work.notify_all();
        self.room.notify_all();
    }

    /// Waits until every submitted job has finished.
    pub(super) fn wait_until_empty(&self) {
        let mut state = self.lock();
        while state.unfinished > 0 {
            state = self
                .room
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Fails all that wait; what runs is its driver's business.
    pub(super) fn end(&self, ended: &Ended) {
        let mut state = self.lock();
        state.ended.get_or_insert_with(|| ended.clone());
        self.takes_jobs.store(false, Ordering::Release);
        let waiting = std::mem::take(&mut state.waiting);
        state.unfinished -= waiting.len();
        drop(state);
        for task in waiting {
            task.fail(ended.clone().into());
        }
        self.work.notify_all();
        self.room.notify_all();
    }

    /// Waits for the threads, which must have a reason to end.
    pub(super) fn join_threads(&self) {
        let threads = std::mem::take(&mut self.lock().threads);
        for thread in threads {
            // A driver that panicked has failed its jobs as it unwound.
            let _ = thread.join();
        }
    }
}

fn check_open(state: &State) -> Result<(), Error> {
    match &state.ended {
        Some(ended) => Err(ended.clone().into()),
        None if state.closed => Err(Error::Closed),
        None => Ok(()),
    }
}

impl Core {
    /// Submits jobs; gives them back where the queue is full and that was
    /// asked for.
    pub(super) fn submit(
        self: &Arc<Self>,
        tasks: Vec<Task>,
        when_full: WhenFull,
    ) -> Result<Option<Vec<Task>>, Error> {
        let queue = &self.queue;
        let mut state = queue.lock();
        loop {
            check_open(&state)?;
            // More at once than the bound allows must be let in sometime.
            if state.unfinished == 0 || state.unfinished + tasks.len() <= queue.bound {
                break;
            }
            if when_full == WhenFull::GiveBack {
                return Ok(Some(tasks));
            }
            state = queue
                .room
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        // Those who were woken and have not come yet count as idle still.
        let missing = (state.waiting.len() + tasks.len()).saturating_sub(state.idle);
        for _ in 0..missing.min(self.seats.count() - state.threads.len()) {
            match self.start_thread() {
                Ok(thread) => state.threads.push(thread),
                // Fewer threads do the same work, if there is one at all.
                Err(_) if !state.threads.is_empty() => break,
                Err(error) => return Err(Error::Thread(error)),
            }
        }
        let several = tasks.len() > 1;
        state.unfinished += tasks.len();
        state.waiting.extend(tasks);
        drop(state);
        if several {
            queue.work.notify_all();
        } else {
            queue.work.notify_one();
        }
        Ok(None)
    }

    fn start_thread(self: &Arc<Self>) -> io::Result<JoinHandle<()>> {
        let core = Arc::clone(self);
        thread::Builder::new()
            .name("pool driver".to_owned())
            .spawn(move || core.drive_until_ended())
    }

    fn drive_until_ended(&self) {
        let feed = QueueFeed { queue: &self.queue };
        while self.wait_for_work() {
            let lease = self.seats.lease(&|| feed.wanted());
            let result = match lease {
                Ok(Some(mut lease)) => drive(&self.seats, &mut lease, &feed),
                Ok(None) => Ok(()),
                Err(ended) => Err(ended),
            };
            if let Err(ended) = result {
                self.queue.end(&ended);
            }
        }
    }

    /// `false` when there will be no more work.
    fn wait_for_work(&self) -> bool {
        let mut state = self.queue.lock();
        loop {
            if !state.waiting.is_empty() {
                return true;
            }
            // Jobs under way elsewhere may come back, but then to the thread
            // that had them, and it looks here again.
            if state.closed || state.ended.is_some() {
                return false;
            }
            state.idle += 1;
            state = self
                .queue
                .work
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }
}
