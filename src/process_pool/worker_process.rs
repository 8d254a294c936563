//! The parent's side of one worker: its process and the connection to it.

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::error::{Failure, StartError};
use super::frame::{Frame, FrameBuffer, FrameError, FrameReader, Header, Kind, PROTOCOL_VERSION};
use super::stream::TimedStream;
use super::wire::Wire;
use super::worker::{REFUSED_INITIALIZER, WORKER_ARGUMENT};

/// How long a worker that was told to end may take before it is killed.
const FAREWELL: Duration = Duration::from_secs(2);

/// How workers are started.
#[derive(Debug)]
pub(super) struct Launch {
    pub(super) program: PathBuf,
    /// What the worker sees as its own name, where that is not the program.
    pub(super) name: Option<OsString>,
    pub(super) table_hash: u64,
    /// The initializer's place in the table and its argument.
    pub(super) initializer: Option<(u64, Vec<u8>)>,
    pub(super) start_timeout: Duration,
    pub(super) task_timeout: Option<Duration>,
}

/// A worker's process, which any thread may kill.
#[derive(Debug)]
pub(super) struct WorkerProcess {
    id: u32,
    child: Mutex<Child>,
    /// Why the pool killed it, if it did.
    reason: Mutex<Option<Failure>>,
}

impl WorkerProcess {
    /// Its process id.
    pub(super) fn id(&self) -> u32 {
        self.id
    }

    /// Kills it; the first reason given is the one that is reported.
    pub(super) fn kill(&self, reason: Failure) {
        lock(&self.reason).get_or_insert(reason);
        // Fails only where the process was reaped already.
        let _ = lock(&self.child).kill();
    }

    pub(super) fn reason(&self) -> Option<Failure> {
        lock(&self.reason).clone()
    }

    /// Whether it still runs, as far as can be told without waiting.
    pub(super) fn is_alive(&self) -> bool {
        lock(&self.child)
            .try_wait()
            .is_ok_and(|status| status.is_none())
    }

    /// Ends it at once and waits until it is gone.
    ///
    /// A process that is ending already keeps the status it has: the signal
    /// comes too late for it. One that has closed its connection and lives on
    /// must not be left behind.
    fn end(&self) -> ExitStatus {
        let mut child = lock(&self.child);
        let _ = child.kill();
        loop {
            match child.wait() {
                Ok(status) => return status,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Somebody else in this program has waited for all children;
                // how it ended is then not to be learnt.
                Err(_) => return ExitStatus::default(),
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these guard is whole at every moment.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A worker that was started and may not be ready yet.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) process: Arc<WorkerProcess>,
    stream: Arc<UnixStream>,
    reader: FrameReader<TimedStream>,
    pub(super) out: FrameBuffer,
    /// Jobs sent over this connection, and answered.
    sent: u64,
    answered: u64,
}

impl Connection {
    /// Starts the process and sends the greeting, without waiting for an
    /// answer: many workers can get ready at the same time.
    pub(super) fn start(launch: &Launch) -> Result<Self, StartError> {
        let failed = |source| StartError::Spawn {
            program: launch.program.display().to_string(),
            source,
        };
        let (ours, theirs) = UnixStream::pair().map_err(failed)?;
        let mut command = Command::new(&launch.program);
        if let Some(name) = &launch.name {
            command.arg0(name);
        }
        let child = command
            .arg(WORKER_ARGUMENT)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .spawn()
            .map_err(failed)?;
        // The command held the worker's end, and with it the end of file back.
        drop(command);
        let stream = Arc::new(ours);
        let mut connection = Self {
            process: Arc::new(WorkerProcess {
                id: child.id(),
                child: Mutex::new(child),
                reason: Mutex::new(None),
            }),
            reader: FrameReader::new(TimedStream::new(Arc::clone(&stream))),
            stream,
            out: FrameBuffer::default(),
            sent: 0,
            answered: 0,
        };
        let limits = [Some(launch.start_timeout), launch.task_timeout];
        let limit = limits.into_iter().flatten().min();
        connection.stream.set_write_timeout(limit).map_err(failed)?;
        connection.greet(launch);
        Ok(connection)
    }

    fn greet(&mut self, launch: &Launch) {
        self.out.whole(|out| {
            PROTOCOL_VERSION.encode(out);
            launch.table_hash.encode(out);
            launch.initializer.encode(out);
        });
        let header = Header {
            kind: Kind::Hello,
            layout: 1,
            count: 1,
            sequence: 0,
            detail: 0,
            length: 0,
        };
        // A worker that is gone already is noticed when its answer is read.
        let _ = self.out.send(header, &mut &*self.stream);
    }

    /// Waits until the worker is ready for jobs.
    pub(super) fn wait_until_ready(
        &mut self,
        launch: &Launch,
        deadline: Instant,
    ) -> Result<(), StartError> {
        self.reader.source().set_deadline(Some(deadline));
        let answer = match self.reader.next_frame() {
            Ok(Some(frame)) => read_answer(&frame),
            Ok(None) | Err(FrameError::Cut) => Err(StartError::Died(self.process.end())),
            Err(FrameError::Garbage(what)) => Err(StartError::Mismatch(format!(
                "what was started does not serve as a worker: {what}"
            ))),
            Err(FrameError::Io(error)) if is_late(&error) => {
                Err(StartError::Late(launch.start_timeout))
            }
            Err(FrameError::Io(error)) if error.kind() == ErrorKind::ConnectionReset => {
                Err(StartError::Died(self.process.end()))
            }
            Err(error @ FrameError::Io(_)) => Err(StartError::Connection(error.to_string())),
        };
        self.reader.source().set_deadline(None);
        answer?;
        // From now on it is jobs that are written.
        self.stream
            .set_write_timeout(launch.task_timeout)
            .map_err(|error| StartError::Connection(error.to_string()))
    }

    /// Jobs sent and not answered yet.
    pub(super) fn outstanding(&self) -> u64 {
        self.sent - self.answered
    }

    /// Jobs sent since the worker was started.
    pub(super) fn sent(&self) -> u64 {
        self.sent
    }

    /// Sends the jobs that `out` holds.
    pub(super) fn send(&mut self, job: u64, layout: u8) -> io::Result<()> {
        let count = self.out.count();
        let header = self.run_header(job, layout, count);
        self.out.send(header, &mut &*self.stream)?;
        self.sent += u64::from(count);
        Ok(())
    }

    /// Sends one job whose argument lies in memory as it travels.
    pub(super) fn send_borrowed(&mut self, job: u64, argument: &[u8]) -> io::Result<()> {
        let header = self.run_header(job, 1, 1);
        super::frame::send_borrowed(header, argument, &mut &*self.stream)?;
        self.sent += 1;
        Ok(())
    }

    fn run_header(&self, job: u64, layout: u8, count: u32) -> Header {
        Header {
            kind: Kind::Run,
            layout,
            count,
            sequence: self.sent,
            detail: job,
            length: 0,
        }
    }

    /// The next frame of outcomes, which must be of the jobs that are due.
    pub(super) fn receive(&mut self, deadline: Option<Instant>) -> Result<Frame<'_>, FrameError> {
        self.reader.source().set_deadline(deadline);
        let due = self.sent - self.answered;
        let Some(frame) = self.reader.next_frame()? else {
            return Err(FrameError::Cut);
        };
        let Header {
            kind,
            count,
            sequence,
            ..
        } = frame.header;
        if kind != Kind::Done || sequence != self.answered || u64::from(count) > due || count == 0 {
            return Err(FrameError::Garbage(format!(
                "{kind:?} of {count} jobs from number {sequence}, where {due} from number {} are \
                 due",
                self.answered
            )));
        }
        self.answered += u64::from(count);
        Ok(frame)
    }

    /// Kills the worker, if it lives, and waits until it is gone.
    pub(super) fn end(&self) -> ExitStatus {
        self.process.end()
    }

    /// Tells an idle worker to end, without waiting for it.
    pub(super) fn say_farewell(&self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Waits until a worker that was told to end has ended; where it takes
    /// too long, it is killed.
    pub(super) fn wait_for_end(mut self) {
        self.reader
            .source()
            .set_deadline(Some(Instant::now() + FAREWELL));
        // Its end of the connection closes when it ends. The standard library
        // has no wait for a process with a time limit; this is as good.
        while matches!(self.reader.next_frame(), Ok(Some(_))) {}
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.process.end();
    }
}

/// Whether a time limit has passed.
pub(super) fn is_late(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

fn read_answer(frame: &Frame<'_>) -> Result<(), StartError> {
    if frame.header.kind != Kind::Ready {
        return Err(StartError::Connection(format!(
            "the worker's first frame is {:?}",
            frame.header.kind
        )));
    }
    match Result::<(), (u8, String)>::decode(&mut &frame.body[..]) {
        Ok(Ok(())) => Ok(()),
        Ok(Err((REFUSED_INITIALIZER, what))) => Err(StartError::Initializer(what)),
        Ok(Err((_, what))) => Err(StartError::Mismatch(what)),
        Err(error) => Err(StartError::Connection(error.to_string())),
    }
}
