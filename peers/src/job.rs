//! Jobs, their sides, and what a side has to be able to do.

use crate::peer::Peer;
use std::error::Error;
use std::fmt;

/// What something comes to, or why it can't.
pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Work that several sides do.
#[derive(Debug)]
pub struct Job {
    /// How it is asked for: `[a-z0-9_]+`, unique.
    pub name: &'static str,
    /// What the work is, for people.
    pub title: String,
    /// What one unit of it is: "a call", "a list".
    pub unit: &'static str,
    /// What of the answers is compared before anything is timed.
    pub checked: &'static str,
    /// Whether the first relaunch checks the whole work, where that takes no
    /// longer than timing it; each of the others checks a unit of it.
    pub is_checked_whole: bool,
    /// What it may run on.
    pub cpus: Cpus,
    /// How often the sides take turns in one relaunch.
    pub rounds: usize,
    /// The reference first.
    pub sides: Vec<Side>,
}

/// Which CPUs a job's relaunches may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cpus {
    /// Those that the program may use.
    All,
    /// The first of them, with all processes of all sides: for sides that are two
    /// processes which take turns. Only Linux keeps a process on one; elsewhere
    /// there can be no such job.
    #[cfg(target_os = "linux")]
    One,
}

/// Gets a side ready, outside the clock: processes started, inputs made.
type Start = Box<dyn Fn() -> Outcome<Box<dyn Contender>>>;

/// One way to do the work.
pub struct Side {
    /// Unique within the job.
    pub name: &'static str,
    /// Whether it is this project's.
    pub is_ours: bool,
    /// Who has to be installed for it, or whose version matters.
    pub peer: Option<Peer>,
    /// What its time includes, in one sentence.
    pub includes: String,
    pub(crate) start: Start,
}

impl Side {
    /// A side of this project; the first of a job is the reference.
    ///
    /// ```
    /// use speedup_peers::{InProcess, Side};
    ///
    /// let side = Side::ours("doubling", "one addition", || {
    ///     Ok(InProcess::new(|_| Ok(21 + 21), i32::to_string))
    /// });
    /// assert!(side.is_ours && side.peer.is_none());
    /// ```
    pub fn ours<C: Contender + 'static>(
        name: &'static str,
        includes: impl Into<String>,
        start: impl Fn() -> Outcome<C> + 'static,
    ) -> Self {
        Self {
            name,
            is_ours: true,
            peer: None,
            includes: includes.into(),
            start: Box::new(move || Ok(Box::new(start()?))),
        }
    }

    /// A peer's side; it is skipped, by name, where the peer is missing.
    ///
    /// ```
    /// use speedup_peers::{CPYTHON, Side, python};
    ///
    /// const CODE: &str = "...";
    /// let side = Side::peer(CPYTHON, "list", "a list comprehension", || python(CODE, &["List"]));
    /// assert!(!side.is_ours);
    /// ```
    pub fn peer<C: Contender + 'static>(
        peer: Peer,
        name: &'static str,
        includes: impl Into<String>,
        start: impl Fn() -> Outcome<C> + 'static,
    ) -> Self {
        Self {
            is_ours: false,
            peer: Some(peer),
            ..Self::ours(name, includes, start)
        }
    }

    /// The same, with a library of others in it whose version matters.
    ///
    /// ```
    /// use speedup_peers::{InProcess, RAYON, Side};
    ///
    /// let side = Side::ours("rayon", "the map", || {
    ///     Ok(InProcess::new(|_| Ok(42), i32::to_string))
    /// });
    /// assert_eq!(side.with(RAYON).peer, Some(RAYON));
    /// ```
    #[must_use]
    pub fn with(self, peer: Peer) -> Self {
        Self {
            peer: Some(peer),
            ..self
        }
    }
}

impl fmt::Debug for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Side")
            .field("name", &self.name)
            .field("is_ours", &self.is_ours)
            .field("peer", &self.peer)
            .field("includes", &self.includes)
            .finish_non_exhaustive()
    }
}

/// How much of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// The unit of this number, from 0; the same number is the same work on
    /// every side.
    Unit(usize),
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("all"),
            Self::Unit(unit) => write!(f, "{unit}"),
        }
    }
}

/// A side that is ready.
pub trait Contender {
    /// Does the work untimed; its answer as a line of text, which has to be the
    /// same on every side.
    ///
    /// # Errors
    /// When there is no answer.
    fn digest(&mut self, extent: Extent) -> Outcome<String>;

    /// Does a unit, and takes its time in nanoseconds. What the work leaves
    /// behind is freed after the clock has stopped, unless the side's `includes`
    /// says otherwise: where many calls are timed in a row, each frees its own.
    ///
    /// # Errors
    /// When there is no answer.
    fn time_ns(&mut self, unit: usize) -> Outcome<f64>;

    /// Gets caches, clocks and workers warm before the first round, after the
    /// check: by default with unit 0, whose time is thrown away. A side whose units
    /// are long does nothing here, as the check was work enough.
    ///
    /// # Errors
    /// As `time_ns`.
    fn warm(&mut self) -> Outcome<()> {
        self.time_ns(0).map(drop)
    }

    /// The most memory that its work has had at once, where that is part of the
    /// job; asked after the last round.
    ///
    /// # Errors
    /// When there is no answer.
    fn peak_bytes(&mut self) -> Outcome<Option<u64>> {
        Ok(None)
    }
}
