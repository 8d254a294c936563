//! How it is run: one file a strategy, all of them with the same answer.
//!
//! A [`Strategy`] is a name; started with a number of workers it becomes a
//! [`Crew`], which is built once, outside the clock, and then maps a workload
//! over its inputs as often as it is asked to. The answers come back in the
//! order of the inputs, whoever computed them.

use crate::process_pool::{self as pool, ProcessPool};
use std::fmt;
use std::num::NonZeroUsize;

pub mod event_loop;
pub mod global_lock;
pub mod process_pool;
pub mod raw_socket;
pub mod rayon;
pub mod sequential;
pub mod threads;
pub mod threads_static;

pub use process_pool::Shipped;

/// A way to spread work over workers, by the name it has everywhere: in the
/// ids, the files, the tables and the charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Strategy {
    /// One after the other, on the thread that asks.
    Sequential,
    /// Scoped threads that take the next job from a shared counter.
    Threads,
    /// Scoped threads that each get one contiguous part of equal length.
    ThreadsStatic,
    /// rayon's work stealing on a pool of its own.
    Rayon,
    /// Worker processes that ship their results home.
    ProcessPool,
    /// Threads under one lock, released while waiting: Python's interpreter.
    GlobalLock,
    /// One thread whose jobs give way while they wait: Python's asyncio.
    EventLoop,
}

impl Strategy {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 7] = [
        Self::Sequential,
        Self::Threads,
        Self::ThreadsStatic,
        Self::Rayon,
        Self::ProcessPool,
        Self::GlobalLock,
        Self::EventLoop,
    ];

    /// Its name in ids, tables and charts.
    ///
    /// ```
    /// use speedup::strategy::Strategy;
    /// assert_eq!(Strategy::ThreadsStatic.name(), "threads_static");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sequential => "sequential",
            Self::Threads => "threads",
            Self::ThreadsStatic => "threads_static",
            Self::Rayon => "rayon",
            Self::ProcessPool => "process_pool",
            Self::GlobalLock => "global_lock",
            Self::EventLoop => "event_loop",
        }
    }

    /// Whether there are workers to count, beside the thread that asks.
    ///
    /// ```
    /// use speedup::strategy::Strategy;
    /// assert!(Strategy::Rayon.has_workers() && !Strategy::EventLoop.has_workers());
    /// ```
    #[must_use]
    pub const fn has_workers(self) -> bool {
        !matches!(self, Self::Sequential | Self::EventLoop)
    }

    /// Gets `workers` workers ready, where there are any to count. Threads are
    /// scoped, so their strategies start them anew with every map; rayon's and the
    /// processes start here.
    ///
    /// # Errors
    /// When a thread or a process could not be started.
    ///
    /// ```
    /// use speedup::strategy::Strategy;
    /// use speedup::workload::sleep::Sleep;
    /// use std::{num::NonZeroUsize, time::Duration};
    ///
    /// let two = NonZeroUsize::new(2).expect("not zero");
    /// let mut crew = Strategy::Threads.start(two)?;
    /// let sleeps = [Duration::from_micros(20), Duration::from_micros(10)];
    /// assert_eq!(crew.map::<Sleep>(&sleeps)?, sleeps);
    /// # Ok::<(), speedup::strategy::StrategyError>(())
    /// ```
    pub fn start(self, workers: NonZeroUsize) -> Result<Crew, StrategyError> {
        Ok(match self {
            Self::Sequential => Crew::Sequential,
            Self::Threads => Crew::Threads(workers),
            Self::ThreadsStatic => Crew::ThreadsStatic(workers),
            Self::Rayon => Crew::Rayon(rayon::start(workers).map_err(StrategyError::Rayon)?),
            Self::ProcessPool => {
                let pool = process_pool::start(workers).map_err(StrategyError::ProcessPool)?;
                Crew::ProcessPool(Box::new(pool))
            }
            Self::GlobalLock => Crew::GlobalLock(workers),
            Self::EventLoop => Crew::EventLoop,
        })
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A strategy with its workers ready.
#[derive(Debug)]
pub enum Crew {
    /// See [`Strategy::Sequential`].
    Sequential,
    /// See [`Strategy::Threads`].
    Threads(NonZeroUsize),
    /// See [`Strategy::ThreadsStatic`].
    ThreadsStatic(NonZeroUsize),
    /// See [`Strategy::Rayon`].
    Rayon(::rayon::ThreadPool),
    /// See [`Strategy::ProcessPool`].
    ProcessPool(Box<ProcessPool>),
    /// See [`Strategy::GlobalLock`].
    GlobalLock(NonZeroUsize),
    /// See [`Strategy::EventLoop`].
    EventLoop,
}

impl Crew {
    /// Runs the workload on every input; the answers are in their order.
    ///
    /// # Errors
    /// Only processes can fail: when a worker died, or answered nonsense.
    ///
    /// # Panics
    /// A panic of the workload goes on in the caller, where it ran on a thread.
    ///
    /// ```
    /// use speedup::strategy::Crew;
    /// use speedup::workload::empty::Empty;
    ///
    /// assert_eq!(Crew::Sequential.map::<Empty>(&[1, 2, 3])?, [1, 2, 3]);
    /// # Ok::<(), speedup::strategy::StrategyError>(())
    /// ```
    pub fn map<W: Shipped>(
        &mut self,
        inputs: &[W::Input],
    ) -> Result<Vec<W::Output>, StrategyError> {
        match self {
            Self::Sequential => Ok(sequential::map::<W>(inputs)),
            Self::Threads(workers) => Ok(threads::map::<W>(*workers, inputs)),
            Self::ThreadsStatic(workers) => Ok(threads_static::map::<W>(*workers, inputs)),
            Self::Rayon(pool) => Ok(rayon::map::<W>(pool, inputs)),
            Self::ProcessPool(pool) => {
                process_pool::map::<W>(pool, inputs).map_err(StrategyError::ProcessPool)
            }
            Self::GlobalLock(workers) => Ok(global_lock::map::<W>(*workers, inputs)),
            Self::EventLoop => Ok(event_loop::map::<W>(inputs)),
        }
    }
}

impl Crew {
    /// The process ids of the workers, where they are processes: a pool
    /// replaces one that died, and a time with that in it is none.
    ///
    /// ```
    /// assert!(speedup::strategy::Crew::Sequential.worker_ids().is_empty());
    /// ```
    #[must_use]
    pub fn worker_ids(&self) -> Vec<u32> {
        match self {
            Self::ProcessPool(pool) => pool.worker_ids(),
            _ => Vec::new(),
        }
    }
}

/// Why a strategy has no answer.
#[derive(Debug)]
pub enum StrategyError {
    /// rayon could not start its threads.
    Rayon(::rayon::ThreadPoolBuildError),
    /// The process pool could not start, or lost a job.
    ProcessPool(pool::Error),
}

impl fmt::Display for StrategyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rayon(error) => write!(f, "rayon could not start its threads: {error}"),
            Self::ProcessPool(error) => write!(f, "process pool: {error}"),
        }
    }
}

impl std::error::Error for StrategyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Rayon(error) => Some(error),
            Self::ProcessPool(error) => Some(error),
        }
    }
}
