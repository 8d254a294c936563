//! What a gate is asked for, and what it tells while it runs.

use super::decide::Rules;
use super::error::Side;
use super::finding::Benchmark;
use super::plan::Plan;
use super::verdict::Strictness;
use std::path::PathBuf;
use std::time::Duration;

/// What is to be gated, and how.
#[derive(Debug, Clone)]
pub struct Request {
    /// The manifest of the package; that of the current folder if none.
    pub manifest: Option<PathBuf>,
    /// The revision that is compared with.
    pub base: String,
    /// The revision that is judged; the working tree with its changes if none.
    pub head: Option<String>,
    /// Bench targets; all of them, if none is named.
    pub benches: Vec<String>,
    /// Only benchmarks that match.
    pub filter: Option<regex::Regex>,
    /// More arguments for `cargo bench --no-run`.
    pub cargo_arguments: Vec<String>,
    /// What the verdicts are held to.
    pub rules: Rules,
    /// What becomes of that which could not be judged.
    pub undecided: Strictness,
    /// The time for measuring; as long as it takes if none.
    pub budget: Option<Duration>,
    /// How long an arm may keep the others waiting.
    pub deadline: Duration,
    /// Where worktrees and builds are; among the user's caches if none.
    pub cache: Option<PathBuf>,
    /// Measure even what was compiled to the same code: for finding out how
    /// often the gate alarms.
    pub measure_identical: bool,
}

impl Request {
    /// The working tree of the current folder against `base`, by the default
    /// rules.
    ///
    /// ```
    /// use speedup::gate::Request;
    /// assert_eq!(Request::new("origin/main").head, None);
    /// ```
    #[must_use]
    pub fn new(base: impl Into<String>) -> Self {
        Self {
            manifest: None,
            base: base.into(),
            head: None,
            benches: Vec::new(),
            filter: None,
            cargo_arguments: Vec::new(),
            rules: Rules::default(),
            undecided: Strictness::Fail,
            budget: None,
            deadline: Duration::from_mins(2),
            cache: None,
            measure_identical: false,
        }
    }
}

/// What a gate is doing.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Another gate uses the same folder.
    Waiting(PathBuf),
    /// Building a side; the base once more with other metadata, if `again`.
    Building {
        /// Which one.
        side: Side,
        /// How its revision is named.
        label: String,
        /// Whether it is the rebuilt base.
        again: bool,
    },
    /// About to measure.
    Planned(Plan),
    /// Screening: another look at a benchmark.
    Screening(Measuring),
    /// Deciding a routed benchmark.
    Deciding(Measuring),
}

/// Which benchmark is measured, and what is still to come.
#[derive(Debug, Clone, PartialEq)]
pub struct Measuring {
    /// Which one.
    pub benchmark: Benchmark,
    /// Of this stage, those that are done.
    pub done: usize,
    /// Of this stage, all of them.
    pub of: usize,
    /// How long this stage still takes, once that can be told.
    pub left: Option<Duration>,
}
