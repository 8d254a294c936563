//! The child's side: what a worker process does from start to end.

use std::borrow::Cow;
use std::env;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, IntoRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::parent_id;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::frame::{
    Frame, FrameBuffer, FrameReader, Header, Kind, PROTOCOL_VERSION, send_borrowed, take_item,
};
use super::job::{JobTable, Outgoing, status};
use super::panics::{remember_panics, report};
use super::stream::TimedStream;
use super::wire::Wire;

/// The first argument of a process that is to be a worker.
///
/// An argument and no environment variable: the programs that a job starts
/// inherit the environment, and one of them may be this program.
pub(super) const WORKER_ARGUMENT: &str = "--process-pool-worker";

/// Results are held back so that tiny jobs share a message, but no longer
/// than this.
const HOLD_BACK: Duration = Duration::from_micros(500);

/// Results that fill this many bytes are sent at once.
const HOLD_BACK_BYTES: usize = 48 * 1024;

/// How often a worker that is busy looks whether its parent still lives.
const ORPHAN_CHECK: Duration = Duration::from_millis(200);

/// What a worker exits with when it was not started by a pool, or does not
/// understand it.
const EXIT_NO_POOL: i32 = 71;

static ROLE: AtomicU8 = AtomicU8::new(Role::Unknown as u8);

/// What this process is to the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Role {
    Unknown,
    Parent,
    Worker,
}

impl Role {
    pub(super) fn of_this_process() -> Self {
        match ROLE.load(Ordering::Acquire) {
            role if role == Self::Parent as u8 => Self::Parent,
            role if role == Self::Worker as u8 => Self::Worker,
            _ => Self::Unknown,
        }
    }
}

/// Turns this process into a worker if a pool has started it as one, and
/// then never returns.
///
/// To be called first thing in `main`, before arguments are parsed, threads
/// started or anything is printed, because a worker is the same program
/// started once more. In every other process it returns at once and takes
/// note that it was called, without which no pool starts.
///
/// ```standalone_crate
/// use speedup::process_pool::{self, Job, JobTable, ProcessPool};
///
/// const SQUARE: Job<u64, u64> = Job::new("square", |x| x * x);
///
/// fn main() -> Result<(), process_pool::Error> {
///     let jobs = JobTable::new().with(SQUARE);
///     process_pool::serve_if_worker(&jobs);
///
///     let pool = ProcessPool::builder().workers(2).start(&jobs)?;
///     assert_eq!(pool.map(SQUARE, 0..4)?, [0, 1, 4, 9]);
///     Ok(())
/// }
/// ```
pub fn serve_if_worker(jobs: &JobTable) {
    let is_worker = env::args_os()
        .nth(1)
        .is_some_and(|argument| argument == WORKER_ARGUMENT);
    if !is_worker {
        ROLE.store(Role::Parent as u8, Ordering::Release);
        return;
    }
    ROLE.store(Role::Worker as u8, Ordering::Release);
    match serve(jobs) {
        // The parent has closed the connection, or is no more: all is done.
        Ok(()) | Err(Stop::ParentGone) => process::exit(0),
        Err(Stop::NoPool(why)) => {
            eprintln!("a process-pool worker cannot serve: {why}");
            process::exit(EXIT_NO_POOL);
        }
    }
}

/// Why a worker stops serving before its parent says so.
enum Stop {
    /// Writing failed: nobody is left to read the results.
    ParentGone,
    NoPool(String),
}

impl From<io::Error> for Stop {
    fn from(_: io::Error) -> Self {
        Self::ParentGone
    }
}

fn serve(jobs: &JobTable) -> Result<(), Stop> {
    let parent = parent_id();
    let stream = take_connection().map_err(|error| {
        Stop::NoPool(format!("standard input is not a pool's socket ({error})"))
    })?;
    let stream = Arc::new(stream);
    let mut reader = FrameReader::new(TimedStream::new(Arc::clone(&stream)));
    exit_when_orphaned(parent);
    remember_panics();
    let mut server = Server {
        jobs,
        stream: &stream,
        held: FrameBuffer::default(),
        held_from: 0,
        answered: 0,
    };
    server.held.clear();
    loop {
        let frame = match reader.next_frame() {
            Ok(Some(frame)) => frame,
            Ok(None) => return Ok(()),
            Err(error) => return Err(Stop::NoPool(error.to_string())),
        };
        match frame.header.kind {
            Kind::Hello => server.hello(&frame)?,
            Kind::Run => server.run(frame)?,
            kind => return Err(Stop::NoPool(format!("a {kind:?} frame is not for workers"))),
        }
    }
}

/// The connection, which came as standard input; jobs get `/dev/null` there.
fn take_connection() -> io::Result<UnixStream> {
    // A duplicate with close-on-exec: programs that a job starts don't get it,
    // so the parent sees the end of the connection when the worker ends,
    // whatever they do.
    let connection = io::stdin().as_fd().try_clone_to_owned()?;
    let stream = UnixStream::from(connection);
    stream.peer_addr()?;
    free_standard_input();
    // Descriptor 0 is the lowest that is free, so this is it, for good.
    let _ = File::open("/dev/null")?.into_raw_fd();
    Ok(stream)
}

/// Closes descriptor 0, which the standard library has no safe call for.
#[allow(unsafe_code)]
fn free_standard_input() {
    use std::os::fd::FromRawFd;
    // SAFETY: descriptor 0 is open, as it was duplicated a moment ago, and
    // nothing owns it: `Stdin` borrows it by number for each read and never
    // closes it, and no read is under way since this runs first thing in
    // `main`. The next open file takes the number again.
    drop(unsafe { OwnedFd::from_raw_fd(0) });
}

/// Ends this process soon after its parent has died, in the middle of a job
/// too. (An idle worker sees the end of its connection at once.)
fn exit_when_orphaned(parent: u32) {
    // Polled, as the standard library has no call that tells. Without the
    // thread a busy worker would finish its job before it ends.
    let _ = thread::Builder::new()
        .name("orphan check".to_owned())
        .stack_size(64 * 1024)
        .spawn(move || {
            while parent_id() == parent {
                thread::sleep(ORPHAN_CHECK);
            }
            process::exit(0);
        });
}

struct Server<'a> {
    jobs: &'a JobTable,
    stream: &'a UnixStream,
    /// Outcomes that were not sent yet.
    held: FrameBuffer,
    /// The ordinal of the first job whose outcome is held.
    held_from: u64,
    /// The jobs finished so far.
    answered: u64,
}

impl Server<'_> {
    /// Checks that both sides are the same program, runs the initializer,
    /// and says ready.
    fn hello(&mut self, frame: &Frame<'_>) -> Result<(), Stop> {
        let answer = self.prepare(&frame.body);
        self.held
            .whole(|out| answer.map_err(|why| (why.0, why.1)).encode(out));
        let header = Header {
            kind: Kind::Ready,
            layout: 0,
            count: 1,
            sequence: 0,
            detail: u64::from(PROTOCOL_VERSION),
            length: 0,
        };
        self.held.send(header, &mut self.stream)?;
        self.held.clear();
        Ok(())
    }

    fn prepare(&mut self, mut hello: &[u8]) -> Result<(), Refusal> {
        let input = &mut hello;
        let read = |error| Refusal(REFUSED_MISMATCH, format!("unreadable greeting: {error}"));
        let version = u32::decode(input).map_err(read)?;
        if version != PROTOCOL_VERSION {
            return Err(Refusal(
                REFUSED_MISMATCH,
                format!(
                    "the pool speaks protocol version {version}, the worker {PROTOCOL_VERSION}: \
                     the worker is another program, or was rebuilt"
                ),
            ));
        }
        let hash = u64::decode(input).map_err(read)?;
        if hash != self.jobs.hash() {
            return Err(Refusal(
                REFUSED_MISMATCH,
                "the worker's job table is not the pool's: it is another program, was rebuilt, \
                 or gives serve_if_worker another table than start"
                    .to_owned(),
            ));
        }
        let initializer = Option::<(u64, Vec<u8>)>::decode(input).map_err(read)?;
        let Some((number, argument)) = initializer else {
            return Ok(());
        };
        let failed = |what| Refusal(REFUSED_INITIALIZER, what);
        let jobs = self.jobs;
        let mut out = FrameBuffer::default();
        out.clear();
        match catch_unwind(AssertUnwindSafe(|| {
            jobs.run(number, Cow::Owned(argument), &mut out)
        })) {
            Err(payload) => Err(failed(match report(payload) {
                (message, Some(location)) => format!("panicked at {location}: {message}"),
                (message, None) => format!("panicked: {message}"),
            })),
            Ok(Err(error)) => Err(failed(format!("argument not decoded: {error}"))),
            Ok(Ok(large)) => {
                let mut body = out.body();
                let result = match &large {
                    Some(large) => large.bytes(),
                    None => take_item(&mut body).map_or(&[][..], |(_, bytes)| bytes),
                };
                match Result::<(), String>::from_whole(Cow::Borrowed(result)) {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(message)) => Err(failed(message)),
                    Err(error) => Err(failed(error.to_string())),
                }
            }
        }
    }

    /// Runs the jobs of a frame in order and sends what becomes of them.
    fn run(&mut self, frame: Frame<'_>) -> Result<(), Stop> {
        let Header {
            layout,
            count,
            detail: number,
            ..
        } = frame.header;
        let mut clock = Instant::now();
        if layout != 0 {
            self.run_one(number, frame.body, &mut clock)?;
            return self.flush(&mut clock);
        }
        let mut body = &frame.body[..];
        for _ in 0..count {
            let (_, argument) =
                take_item(&mut body).map_err(|error| Stop::NoPool(error.to_string()))?;
            self.run_one(number, Cow::Borrowed(argument), &mut clock)?;
            if self.held.body_bytes() >= HOLD_BACK_BYTES || clock.elapsed() >= HOLD_BACK {
                self.flush(&mut clock)?;
            }
        }
        self.flush(&mut clock)
    }

    fn run_one(
        &mut self,
        number: u64,
        argument: Cow<'_, [u8]>,
        clock: &mut Instant,
    ) -> Result<(), Stop> {
        let jobs = self.jobs;
        let held = &mut self.held;
        let outcome = catch_unwind(AssertUnwindSafe(|| jobs.run(number, argument, held)));
        match outcome {
            Ok(Ok(None)) => {}
            Ok(Ok(Some(large))) => {
                self.flush(clock)?;
                self.send_large(large, clock)?;
            }
            Ok(Err(error)) => held.item(status::ARGUMENT, |out| error.to_string().encode(out)),
            Err(payload) => {
                let report = report(payload);
                held.item(status::PANICKED, |out| report.encode(out));
            }
        }
        self.answered += 1;
        Ok(())
    }

    fn send_large(&mut self, large: Box<dyn Outgoing>, clock: &mut Instant) -> Result<(), Stop> {
        let header = Header {
            kind: Kind::Done,
            layout: status::VALUE + 1,
            count: 1,
            sequence: self.answered,
            detail: nanoseconds(clock.elapsed()),
            length: 0,
        };
        send_borrowed(header, large.bytes(), &mut self.stream)?;
        // A result that panics when dropped has been delivered all the same.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(large))).map_err(std::mem::forget);
        self.held_from = self.answered + 1;
        *clock = Instant::now();
        Ok(())
    }

    /// Sends the outcomes that were held back.
    fn flush(&mut self, clock: &mut Instant) -> Result<(), Stop> {
        if self.held.count() > 0 {
            let now = Instant::now();
            let header = Header {
                kind: Kind::Done,
                layout: 0,
                count: 0,
                sequence: self.held_from,
                detail: nanoseconds(now - *clock),
                length: 0,
            };
            self.held.send(header, &mut self.stream)?;
            self.held.clear();
            *clock = now;
        }
        self.held_from = self.answered;
        Ok(())
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Why a worker is not ready; the number says what kind of reason it is.
struct Refusal(u8, String);

pub(super) const REFUSED_MISMATCH: u8 = 0;
pub(super) const REFUSED_INITIALIZER: u8 = 1;
