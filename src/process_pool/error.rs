//! What can go wrong, and for whom: one job ([`JobError`]) or the call
//! ([`Error`]).

use std::fmt;
use std::io;
use std::process::ExitStatus;
use std::time::Duration;

/// Why a call on the pool failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// [`serve_if_worker`](super::serve_if_worker) was not called before the
    /// pool was started, so its workers would run the program instead.
    NotServed,
    /// A worker tried to start a pool of its own.
    InsideWorker,
    /// A setting that makes no sense; says which and what is allowed.
    Setting(String),
    /// A worker could not be started, or was not ready in time.
    Start {
        /// Which of the pool's workers, from 0.
        worker: usize,
        /// What happened.
        cause: StartError,
    },
    /// The table given to [`start`](super::ProcessPoolBuilder::start) has no
    /// such job, or one of other types.
    UnknownJob {
        /// The job's name.
        job: &'static str,
        /// The types it was called with.
        signature: &'static str,
    },
    /// The pool was closed; it finishes its work and takes no more.
    Closed,
    /// The pool was terminated.
    Terminated,
    /// No thread could be started to drive a worker.
    Thread(io::Error),
    /// Too many workers died in a row with no job finished between them.
    RestartBudget {
        /// How many died.
        deaths: u32,
        /// What happened to the last.
        last: String,
    },
    /// A job failed; the other jobs' results are lost with it.
    /// [`try_map`](super::ProcessPool::try_map) keeps them.
    Job(JobError),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotServed => f.write_str(
                "process_pool::serve_if_worker(&jobs) must be called first thing in main, \
                 before a pool is started: a worker is this program started once more, and \
                 without that call it would run main instead of serving",
            ),
            Self::InsideWorker => f.write_str(
                "a worker cannot start a pool of its own: have the job return what is to be \
                 done and let the parent's pool do it",
            ),
            Self::Setting(what) => f.write_str(what),
            Self::Start { worker, cause } => {
                write!(f, "worker {worker} could not be started: {cause}")
            }
            Self::UnknownJob { job, signature } => write!(
                f,
                "the pool's table has no job {job:?} of type {signature}: add it with \
                 JobTable::with where the pool is started"
            ),
            Self::Closed => f.write_str("the pool is closed and takes no more jobs"),
            Self::Terminated => f.write_str("the pool was terminated"),
            Self::Thread(error) => write!(f, "no thread could be started: {error}"),
            Self::RestartBudget { deaths, last } => write!(
                f,
                "the restart budget is used up: {deaths} workers in a row died or could not be \
                 started, with no job finished between them; the last: {last}"
            ),
            Self::Job(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Start { cause, .. } => Some(cause),
            Self::Thread(error) => Some(error),
            Self::Job(error) => Some(error),
            _ => None,
        }
    }
}

impl From<JobError> for Error {
    fn from(error: JobError) -> Self {
        Self::Job(error)
    }
}

/// Why a worker is not there.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The program could not be started.
    Spawn {
        /// What was to be started.
        program: String,
        /// The operating system's answer.
        source: io::Error,
    },
    /// It was not ready within the time allowed.
    Late(Duration),
    /// It ended, with this status, before it was ready.
    Died(ExitStatus),
    /// It is another program, or this one built from other source.
    Mismatch(String),
    /// The initializer returned an error or panicked.
    Initializer(String),
    /// The connection failed, or it was not the protocol that came over it.
    Connection(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spawn { program, source } => write!(f, "starting {program} failed: {source}"),
            Self::Late(limit) => write!(f, "not ready within {limit:?}"),
            Self::Died(status) => write!(
                f,
                "it ended ({status}) before it was ready; does its main call serve_if_worker first?"
            ),
            Self::Mismatch(what) | Self::Connection(what) => f.write_str(what),
            Self::Initializer(what) => write!(f, "its initializer failed: {what}"),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Spawn { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// Which job failed, where, and how.
#[derive(Clone, Debug)]
pub struct JobError(Box<Details>);

// Boxed: a `Result<u64, JobError>` is then two words, and a million of them
// are the common case.
#[derive(Clone, Debug)]
struct Details {
    index: usize,
    job: &'static str,
    worker: Option<u32>,
    failure: Failure,
}

impl JobError {
    pub(super) fn new(
        index: usize,
        job: &'static str,
        worker: Option<u32>,
        failure: Failure,
    ) -> Self {
        Self(Box::new(Details {
            index,
            job,
            worker,
            failure,
        }))
    }

    /// The job's place in the input, from 0; 0 for a job submitted alone.
    #[must_use]
    pub fn index(&self) -> usize {
        self.0.index
    }

    /// The job's name in the table.
    #[must_use]
    pub fn job(&self) -> &'static str {
        self.0.job
    }

    /// The process id of the worker it ran on, if it got as far as that.
    #[must_use]
    pub fn worker(&self) -> Option<u32> {
        self.0.worker
    }

    /// What happened.
    #[must_use]
    pub fn failure(&self) -> &Failure {
        &self.0.failure
    }
}

impl fmt::Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "job {} ({:?})", self.0.index, self.0.job)?;
        if let Some(worker) = self.0.worker {
            write!(f, " on worker {worker}")?;
        }
        write!(f, ": {}", self.0.failure)
    }
}

impl std::error::Error for JobError {}

/// What happened to a job.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Failure {
    /// It panicked. The worker lives on.
    Panicked {
        /// The panic's message, or what its payload was if that is no text.
        message: String,
        /// `file:line:column`, unless the job has set a panic hook of its own.
        location: Option<String>,
    },
    /// Its worker died while it ran. The worker is replaced.
    Died {
        /// How the worker ended: its exit code or the signal.
        status: ExitStatus,
    },
    /// Its worker sent what is not the protocol, and was killed and replaced.
    Garbled(String),
    /// It ran longer than the pool's `task_timeout`. Its worker was killed and
    /// is replaced.
    TimedOut {
        /// The limit.
        limit: Duration,
    },
    /// It was cancelled. If it ran already, its worker was killed and is
    /// replaced.
    Cancelled,
    /// The worker could not decode its argument.
    Argument(String),
    /// The parent could not decode its result.
    Result(String),
    /// The pool was terminated before it finished.
    Terminated,
    /// The pool was closed before it was submitted.
    Closed,
    /// The pool's restart budget ran out before it was run.
    RestartBudget {
        /// How many workers died in a row.
        deaths: u32,
        /// What happened to the last.
        last: String,
    },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panicked {
                message,
                location: Some(location),
            } => write!(f, "panicked at {location}: {message}"),
            Self::Panicked {
                message,
                location: None,
            } => write!(f, "panicked: {message}"),
            Self::Died { status } => write!(f, "its worker died: {status}"),
            Self::Garbled(what) => write!(f, "its worker was killed: {what}"),
            Self::TimedOut { limit } => write!(
                f,
                "ran longer than the task time-out of {limit:?} and was killed"
            ),
            Self::Cancelled => f.write_str("cancelled"),
            Self::Argument(what) => write!(f, "its argument could not be decoded: {what}"),
            Self::Result(what) => write!(f, "its result could not be decoded: {what}"),
            Self::Terminated => f.write_str("the pool was terminated before it finished"),
            Self::Closed => f.write_str("the pool was closed before it was submitted"),
            Self::RestartBudget { deaths, last } => write!(
                f,
                "not run: the restart budget was used up by {deaths} deaths in a row; the last: \
                 {last}"
            ),
        }
    }
}
