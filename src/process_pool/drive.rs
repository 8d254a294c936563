//! One thread drives one worker: hands it jobs and takes their outcomes.
//!
//! The thread that wants the results does this itself wherever it can, with
//! plain blocking writes and reads: no job changes threads on its way.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::error::Failure;
use super::feed::{Cut, Feed, Outcome};
use super::frame::{FrameBuffer, FrameError, HEADER_BYTES, take_item};
use super::job::{BORROW_FROM_BYTES, status};
use super::lease::Lease;
use super::pace::Pace;
use super::seats::{Ended, Seats};
use super::wire::Wire;
use super::worker_process::{WorkerProcess, is_late};

/// The most bytes that wait at a worker which is busy.
///
/// The worker reads them only when it has sent all its results, so they must
/// fit into the socket's buffer: else both sides could wait for each other.
/// Linux gives it 208 KiB, others as little as 8.
const PREFETCH_BYTES: usize = if cfg!(any(target_os = "linux", target_os = "android")) {
    32 * 1024
} else {
    4 * 1024
};

/// The most batches that wait at a worker which is busy, where they are of a
/// fixed size and so short that waking somebody up costs more than they do.
///
/// More would be faster still. But a job that takes long after many that did
/// not holds up as many as wait behind it, which others could have run.
const MAX_BEHIND: usize = 7;

/// The most jobs in one batch: a frame counts them in 32 bits.
const MAX_BATCH: usize = 1 << 24;

/// How often a batch is sent to another worker after one that died before it
/// had read all of it, beyond once for each worker, as any of them may have
/// died idle. An argument that kills whoever receives it ends here.
const MORE_DELIVERIES: usize = 2;

struct Flight<B> {
    batch: B,
    /// The jobs that have no outcome yet.
    left: usize,
    /// What its frame takes in the socket.
    bytes: usize,
}

/// Runs what `feed` has on the worker of `lease`, until it has no more.
pub(super) fn drive<'s, F: Feed>(
    seats: &'s Seats,
    lease: &mut Lease<'s>,
    feed: &F,
) -> Result<(), Ended> {
    let mut driver = Driver {
        seats,
        lease,
        feed,
        running: None,
        behind: VecDeque::new(),
        set_aside: None,
        pace: Pace::default(),
        deadline: None,
        writable: true,
    };
    let result = driver.run();
    if let Some(batch) = driver.set_aside.take() {
        feed.give_back(batch, false);
    }
    result
}

struct Driver<'d, 's, F: Feed> {
    seats: &'s Seats,
    lease: &'d mut Lease<'s>,
    feed: &'d F,
    /// Sent and not answered in full.
    running: Option<Flight<F::Batch>>,
    /// Sent ahead, to be run after that one.
    behind: VecDeque<Flight<F::Batch>>,
    /// Taken, but too large to be sent while the worker is busy.
    set_aside: Option<F::Batch>,
    pace: Pace,
    /// When the running job's time is up.
    deadline: Option<Instant>,
    /// Turns false when a write fails; what the worker sent before it died
    /// is still to be read.
    writable: bool,
}

impl<F: Feed> Driver<'_, '_, F> {
    fn run(&mut self) -> Result<(), Ended> {
        loop {
            if self.running.is_none() {
                let feed = self.feed;
                let set_aside = self.set_aside.is_some();
                if !self.lease.staff(&|| set_aside || feed.wanted())? {
                    return Ok(());
                }
                self.writable = true;
                if !self.send_next() && self.writable {
                    return Ok(());
                }
            }
            while self.may_prefetch() && self.send_next() {}
            if self.running.is_none() {
                // The write failed and nothing is under way: what is left to
                // learn is how the worker ended.
                self.lost(&FrameError::Cut);
            } else if let Err(error) = self.receive() {
                self.lost(&error);
            }
            if self.running.is_none()
                && self.set_aside.is_none()
                && (!self.feed.wanted() || self.seats.contended())
            {
                // All is done, or somebody waits for a seat: this one goes
                // round.
                return Ok(());
            }
        }
    }

    fn may_prefetch(&self) -> bool {
        let Some(running) = &self.running else {
            return false;
        };
        !self.feed.is_cancellable(&running.batch)
            && self.writable
            && self.set_aside.is_none()
            && self.pace.is_brisk()
            && self.has_room_behind(running)
            && !self.seats.contended()
    }

    /// Whether one more batch may wait at the worker: the first may, so that
    /// the worker has something to do while the outcomes travel.
    fn has_room_behind(&self, running: &Flight<F::Batch>) -> bool {
        if self.behind.is_empty() {
            return true;
        }
        self.feed.is_fixed(&running.batch)
            && self.behind.len() < MAX_BEHIND
            && self.pace.is_negligible(self.jobs_behind())
    }

    fn jobs_behind(&self) -> usize {
        self.behind.iter().map(|flight| flight.left).sum()
    }

    /// Sends the next batch, if there is one; `false` if nothing was sent.
    fn send_next(&mut self) -> bool {
        let ahead = self.running.is_some();
        let left = self.lease.jobs_left();
        if left == 0 {
            return false;
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(MAX_BATCH);
        let limit = self.pace.jobs().min(most);
        let cut = Cut {
            limit,
            most,
            ahead,
            behind: self.jobs_behind(),
        };
        let set_aside = self.set_aside.take();
        let Some(mut batch) = set_aside.or_else(|| self.feed.take(cut)) else {
            return false;
        };
        let job = self.feed.job(&batch);
        let count = self.feed.len(&batch);
        let connection = self.lease.connection();
        let layout = u8::from(count == 1);
        let is_large = count == 1
            && self
                .feed
                .borrow(&batch, 0)
                .is_some_and(|bytes| bytes.len() >= BORROW_FROM_BYTES);
        if !is_large {
            encode(self.feed, &batch, count, &mut connection.out);
            self.pace.note_arguments(count, connection.out.body_bytes());
        }
        let bytes = HEADER_BYTES + connection.out.body_bytes();
        let waiting: usize = self.behind.iter().map(|flight| flight.bytes).sum();
        if ahead && (is_large || waiting + bytes > PREFETCH_BYTES) {
            self.set_aside = Some(batch);
            return false;
        }
        if !ahead {
            self.deadline = self
                .seats
                .task_timeout()
                .map(|limit| Instant::now() + limit);
        }
        let process = Arc::clone(&connection.process);
        // Cancelling reaches it from here on, a blocked write included.
        if !self.feed.begin(&mut batch, &process) {
            self.fail_all(batch, process.id(), &Failure::Cancelled);
            return false;
        }
        let borrowed = is_large.then(|| self.feed.borrow(&batch, 0)).flatten();
        let sent = match borrowed {
            Some(bytes) => connection.send_borrowed(job, bytes),
            None => connection.send(job, layout),
        };
        match sent {
            Ok(()) => {
                let flight = Flight {
                    batch,
                    left: count,
                    bytes,
                };
                if ahead {
                    self.behind.push_back(flight);
                } else {
                    self.running = Some(flight);
                }
                true
            }
            Err(error) => {
                self.writable = false;
                self.not_sent(batch, &process, &error);
                false
            }
        }
    }

    /// The worker has not read all of `batch`, so none of it was begun.
    fn not_sent(&mut self, mut batch: F::Batch, process: &WorkerProcess, error: &io::Error) {
        if is_late(error)
            && let Some(limit) = self.seats.task_timeout()
        {
            // A worker that has not taken its argument in all this time.
            process.kill(Failure::TimedOut { limit });
            self.fail_all(batch, process.id(), &Failure::TimedOut { limit });
            return;
        }
        if self.feed.is_cancelled(&batch) {
            self.fail_all(batch, process.id(), &Failure::Cancelled);
            return;
        }
        let deliveries = self.feed.deliveries(&mut batch);
        *deliveries += 1;
        let count = *deliveries;
        if count as usize > self.seats.count() + MORE_DELIVERIES {
            let what = format!("{count} workers in a row died before they had read it");
            self.fail_all(batch, process.id(), &Failure::Argument(what));
        } else {
            self.feed.give_back(batch, false);
        }
    }

    fn fail_all(&self, mut batch: F::Batch, worker: u32, failure: &Failure) {
        for _ in 0..self.feed.len(&batch) {
            let outcome = Outcome::Failed(failure.clone());
            self.feed.deliver(&mut batch, worker, outcome);
        }
        self.feed.finish(batch);
    }

    /// Waits for the next outcomes and delivers them.
    fn receive(&mut self) -> Result<(), FrameError> {
        let connection = self.lease.connection();
        let worker = connection.process.id();
        let flight = self.running.as_mut().expect("something is under way");
        let frame = connection.receive(self.deadline)?;
        let count = frame.header.count as usize;
        if count > flight.left {
            return Err(FrameError::Garbage("more outcomes than jobs".to_owned()));
        }
        let whole = frame.header.layout != 0;
        self.pace
            .note_outcomes(count, frame.body.len(), frame.header.detail);
        if whole {
            let outcome = read_outcome(frame.header.layout - 1, frame.body)?;
            self.feed.deliver(&mut flight.batch, worker, outcome);
            flight.left -= 1;
        } else {
            let mut body = &frame.body[..];
            for _ in 0..count {
                let (status, bytes) = take_item(&mut body)?;
                let outcome = read_outcome(status, Cow::Borrowed(bytes))?;
                self.feed.deliver(&mut flight.batch, worker, outcome);
                flight.left -= 1;
            }
        }
        self.seats.note_progress();
        if flight.left == 0 {
            let next = self.behind.pop_front();
            if let Some(done) = std::mem::replace(&mut self.running, next) {
                self.feed.finish(done.batch);
            }
        }
        self.deadline = self
            .seats
            .task_timeout()
            .map(|limit| Instant::now() + limit);
        Ok(())
    }

    /// The worker is lost. One job has the blame, the others go elsewhere.
    fn lost(&mut self, error: &FrameError) {
        let process = Arc::clone(&self.lease.connection().process);
        let worker = process.id();
        match error {
            FrameError::Io(error) if is_late(error) => {
                let limit = self.seats.task_timeout().unwrap_or(Duration::MAX);
                process.kill(Failure::TimedOut { limit });
            }
            FrameError::Garbage(what) => process.kill(Failure::Garbled(what.clone())),
            FrameError::Cut | FrameError::Io(_) => {}
        }
        // The operating system says "reset" where bytes were left unread, so
        // the only batch under way was not begun.
        let unread =
            matches!(error, FrameError::Io(error) if error.kind() == ErrorKind::ConnectionReset);
        let unbegun = unread && self.behind.is_empty();
        let failure = self
            .lease
            .vacate(|status: ExitStatus| Failure::Died { status });
        if let Some(flight) = self.running.take() {
            self.settle(flight, worker, failure, unbegun, &process);
        }
        for flight in self.behind.drain(..) {
            self.feed.give_back(flight.batch, false);
        }
    }

    /// Finds out who of the jobs under way has the blame for a lost worker.
    fn settle(
        &mut self,
        mut flight: Flight<F::Batch>,
        worker: u32,
        failure: Failure,
        unbegun: bool,
        process: &WorkerProcess,
    ) {
        let whole = flight.left == self.feed.len(&flight.batch);
        // A kill that was meant for the job before this one, which had just
        // finished: the worker was idle then.
        let astray =
            matches!(failure, Failure::Cancelled) && !self.feed.is_cancelled(&flight.batch);
        if whole && (astray || unbegun && matches!(failure, Failure::Died { .. })) {
            self.not_sent(flight.batch, process, &ErrorKind::ConnectionReset.into());
        } else if flight.left == 1 {
            self.feed
                .deliver(&mut flight.batch, worker, Outcome::Failed(failure));
            self.feed.finish(flight.batch);
        } else {
            // Outcomes that the worker held back died with it, so which of
            // these jobs ran last is not known. One by one it will show.
            self.feed.give_back(flight.batch, true);
        }
    }
}

fn encode<F: Feed>(feed: &F, batch: &F::Batch, count: usize, out: &mut FrameBuffer) {
    if count == 1 {
        out.whole(|bytes| feed.encode(batch, 0, bytes));
        return;
    }
    out.clear();
    for position in 0..count {
        out.item(status::VALUE, |bytes| feed.encode(batch, position, bytes));
    }
}

fn read_outcome(status: u8, bytes: Cow<'_, [u8]>) -> Result<Outcome<'_>, FrameError> {
    let garbage = |error| FrameError::Garbage(format!("a failure's report: {error}"));
    Ok(match status {
        status::VALUE => Outcome::Value(bytes),
        status::PANICKED => {
            let (message, location) =
                <(String, Option<String>)>::decode(&mut &bytes[..]).map_err(garbage)?;
            Outcome::Failed(Failure::Panicked { message, location })
        }
        status::ARGUMENT => {
            let what = String::decode(&mut &bytes[..]).map_err(garbage)?;
            Outcome::Failed(Failure::Argument(what))
        }
        other => {
            return Err(FrameError::Garbage(format!("an item of status {other}")));
        }
    })
}
