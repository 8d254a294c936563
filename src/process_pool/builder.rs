//! The settings of a pool.

use std::env;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::error::Error;
use super::job::{Job, JobIndex, JobTable};
use super::pool::ProcessPool;
use super::queue::Queue;
use super::seats::Seats;
use super::wire::{Wire, encode_whole};
use super::worker::Role;
use super::worker_process::Launch;

/// How many jobs may wait at most, unless set otherwise.
const DEFAULT_QUEUE_BOUND: usize = 65_536;

/// The settings of a [`ProcessPool`], from [`ProcessPool::builder`].
///
/// ```standalone_crate
/// use std::time::Duration;
/// use speedup::process_pool::{self, Job, JobTable, ProcessPool};
///
/// const WARM_UP: Job<u32, Result<(), String>> = Job::new("warm up", |_size| Ok(()));
/// const SQUARE: Job<u64, u64> = Job::new("square", |x| x * x);
///
/// fn main() -> Result<(), process_pool::Error> {
///     let jobs = JobTable::new().with(WARM_UP).with(SQUARE);
///     process_pool::serve_if_worker(&jobs);
///     let pool = ProcessPool::builder()
///         .workers(2)
///         .initializer(WARM_UP, &1024)
///         .max_tasks_per_worker(1000)
///         .task_timeout(Duration::from_secs(10))
///         .start(&jobs)?;
///     assert_eq!(pool.map(SQUARE, [7])?, [49]);
///     Ok(())
/// }
/// ```
#[must_use = "a pool starts with `start`"]
pub struct ProcessPoolBuilder {
    workers: Option<usize>,
    program: Option<PathBuf>,
    initializer: Option<Initializer>,
    max_tasks_per_worker: Option<u64>,
    task_timeout: Option<Duration>,
    start_timeout: Duration,
    restart_budget: Option<u32>,
    queue_bound: usize,
}

/// Finds a job, whose types are not known any more, in the table.
type FindJob = dyn Fn(&JobIndex) -> Result<u64, Error> + Send;

struct Initializer {
    number: Box<FindJob>,
    argument: Vec<u8>,
}

impl ProcessPoolBuilder {
    pub(super) fn new() -> Self {
        Self {
            workers: None,
            program: None,
            initializer: None,
            max_tasks_per_worker: None,
            task_timeout: None,
            start_timeout: Duration::from_secs(30),
            restart_budget: None,
            queue_bound: DEFAULT_QUEUE_BOUND,
        }
    }

    /// The number of worker processes, 1 or more. The default is one for
    /// every CPU this process may use.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = Some(workers);
        self
    }

    /// Another program to start as worker; it must call
    /// [`serve_if_worker`](super::serve_if_worker) with an equal table.
    ///
    /// The default is this program. On Linux that is the very file that runs,
    /// through `/proc/self/exe`, even if it has been moved, deleted or replaced
    /// by another build since; elsewhere it is started by its path.
    pub fn program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = Some(program.into());
        self
    }

    /// A job that every worker runs, with this argument, before it is ready.
    ///
    /// A worker whose initializer returns an error or panics does not serve:
    /// at the start of the pool that is an error, later it counts as a death.
    pub fn initializer<A>(mut self, job: Job<A, Result<(), String>>, argument: &A) -> Self
    where
        A: Wire + 'static,
    {
        let mut bytes = Vec::new();
        encode_whole(argument, &mut bytes);
        self.initializer = Some(Initializer {
            number: Box::new(move |index| index.number(job)),
            argument: bytes,
        });
        self
    }

    /// Replaces each worker after this many jobs, 1 or more: a remedy for
    /// jobs that leak. The default is never.
    pub fn max_tasks_per_worker(mut self, jobs: u64) -> Self {
        self.max_tasks_per_worker = Some(jobs);
        self
    }

    /// The longest a job may run; then its worker is killed with `SIGKILL`,
    /// which no job can ignore, and replaced. The default is no limit.
    pub fn task_timeout(mut self, limit: Duration) -> Self {
        self.task_timeout = Some(limit);
        self
    }

    /// The longest a worker may take from its start until it is ready, its
    /// initializer included. The default is 30 seconds.
    pub fn start_timeout(mut self, limit: Duration) -> Self {
        self.start_timeout = limit;
        self
    }

    /// How many workers may die in a row, with no job finished between them,
    /// before the pool gives up with [`Error::RestartBudget`]. The default is
    /// 16, or four for each worker if that is more.
    pub fn restart_budget(mut self, deaths: u32) -> Self {
        self.restart_budget = Some(deaths);
        self
    }

    /// How many submitted jobs may be unfinished at a time, 1 or more; who
    /// submits another waits. The default is 65,536.
    ///
    /// It bounds the memory of `apply_async` and the look-ahead of `imap`.
    /// `map` has a bound of its own: it draws an input only when a worker is
    /// free for it.
    pub fn queue_bound(mut self, jobs: usize) -> Self {
        self.queue_bound = jobs;
        self
    }

    /// Starts the workers and waits until all of them are ready.
    ///
    /// # Errors
    ///
    /// [`Error::NotServed`] and [`Error::InsideWorker`] as they say,
    /// [`Error::Setting`] for a setting of zero, [`Error::UnknownJob`] for an
    /// initializer that is not in the table, and [`Error::Start`] if any worker
    /// cannot be started; the others are then gone again.
    pub fn start(self, jobs: &JobTable) -> Result<ProcessPool, Error> {
        match Role::of_this_process() {
            Role::Parent => {}
            Role::Worker => return Err(Error::InsideWorker),
            Role::Unknown => return Err(Error::NotServed),
        }
        let workers = match self.workers {
            Some(workers) => workers,
            None => std::thread::available_parallelism().map_or(1, usize::from),
        };
        require(workers > 0, "a pool needs 1 worker or more, not 0")?;
        require(
            self.max_tasks_per_worker != Some(0),
            "max_tasks_per_worker must be 1 or more, not 0",
        )?;
        require(
            self.task_timeout != Some(Duration::ZERO) && self.start_timeout != Duration::ZERO,
            "a time-out must be longer than nothing",
        )?;
        require(self.queue_bound > 0, "queue_bound must be 1 or more, not 0")?;
        let index = jobs.index();
        let initializer = match self.initializer {
            Some(Initializer { number, argument }) => Some((number(&index)?, argument)),
            None => None,
        };
        let launch = Launch {
            name: self
                .program
                .is_none()
                .then(|| env::args_os().next())
                .flatten(),
            program: match self.program {
                Some(program) => program,
                None => this_program()?,
            },
            table_hash: index.hash,
            initializer,
            start_timeout: self.start_timeout,
            task_timeout: self.task_timeout,
        };
        let budget = self.restart_budget.unwrap_or_else(|| {
            u32::try_from(workers.saturating_mul(4))
                .unwrap_or(u32::MAX)
                .max(16)
        });
        let seats = Seats::start(workers, launch, self.max_tasks_per_worker, budget)?;
        Ok(ProcessPool::new(seats, Queue::new(self.queue_bound), index))
    }
}

impl fmt::Debug for ProcessPoolBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessPoolBuilder")
            .field("workers", &self.workers)
            .field("program", &self.program)
            .field("has_initializer", &self.initializer.is_some())
            .field("max_tasks_per_worker", &self.max_tasks_per_worker)
            .field("task_timeout", &self.task_timeout)
            .field("start_timeout", &self.start_timeout)
            .field("restart_budget", &self.restart_budget)
            .field("queue_bound", &self.queue_bound)
            .finish()
    }
}

fn require(condition: bool, otherwise: &str) -> Result<(), Error> {
    if condition {
        Ok(())
    } else {
        Err(Error::Setting(otherwise.to_owned()))
    }
}

fn this_program() -> Result<PathBuf, Error> {
    if cfg!(any(target_os = "linux", target_os = "android")) {
        return Ok(PathBuf::from("/proc/self/exe"));
    }
    env::current_exe().map_err(|error| {
        Error::Setting(format!(
            "the path of this program cannot be found ({error}); name it with `program`"
        ))
    })
}
