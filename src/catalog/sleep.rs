//! Does waiting overlap?

use super::{Catalog, Row, Scale, Spread};
use crate::strategy::Strategy::{
    self, EventLoop, GlobalLock, ProcessPool, Rayon, Sequential, Threads,
};
use crate::workload::sleep::{SEQUENTIAL_SECONDS, THREADED_SECONDS};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

/// Strategies that are of interest while waiting: equal parts decided
/// beforehand would show nothing that the factorials don't show better.
const STRATEGIES: [Strategy; 4] = [Threads, Rayon, ProcessPool, GlobalLock];

/// Equal sleeps for the staircase: sixteen, of two notebook seconds each.
const STAIRS: usize = 16;
const STAIR_SECONDS: u32 = 2;

/// Workers for the staircase: each halves the number of steps.
const STAIR_WORKERS: [usize; 5] = [1, 2, 4, 8, STAIRS];

impl Catalog {
    /// The group `sleep`: the notebook's two cells with a worker a sleep, one
    /// sleep alone, and the staircase.
    ///
    /// ```
    /// use speedup::catalog::{Catalog, Scale};
    /// use std::num::NonZeroUsize;
    ///
    /// let rows = Catalog::new(Scale::default(), NonZeroUsize::MIN).sleep();
    /// assert_eq!(rows[0].id.to_string(), "sleep/sequential/10-8-5");
    /// ```
    #[must_use]
    pub fn sleep(&self) -> Vec<Row<Spread<Duration>>> {
        let mut rows = Vec::new();
        for cell in [SEQUENTIAL_SECONDS, THREADED_SECONDS] {
            let value = cell.map(|seconds| seconds.to_string()).join("-");
            let sleeps = cell.map(|seconds| self.scale.seconds(seconds));
            rows.push(row(Sequential, 1, &value, &sleeps));
            rows.extend(STRATEGIES.map(|strategy| row(strategy, cell.len(), &value, &sleeps)));
            rows.push(row(EventLoop, 1, &value, &sleeps));
        }
        rows.extend(self.longest_alone());
        rows.extend(staircase(self.scale));
        rows
    }

    /// The longest of the threaded sleeps alone, on the thread that asks and
    /// on one of its own: what three threads can't be faster than.
    fn longest_alone(&self) -> [Row<Spread<Duration>>; 2] {
        let longest = THREADED_SECONDS.into_iter().max().unwrap_or_default();
        [Sequential, Threads]
            .map(|strategy| row(strategy, 1, &longest, &[self.scale.seconds(longest)]))
    }
}

fn staircase(scale: Scale) -> Vec<Row<Spread<Duration>>> {
    let value = format!("{STAIRS}x{STAIR_SECONDS}");
    let sleeps = [scale.seconds(STAIR_SECONDS); STAIRS];
    let mut rows = vec![row(Sequential, 1, &value, &sleeps)];
    for strategy in STRATEGIES {
        rows.extend(STAIR_WORKERS.map(|workers| row(strategy, workers, &value, &sleeps)));
    }
    rows
}

fn row(
    strategy: Strategy,
    workers: usize,
    value: &(impl ToString + ?Sized),
    sleeps: &[Duration],
) -> Row<Spread<Duration>> {
    let workers = NonZeroUsize::new(workers).expect("the lists above hold no zero");
    Row::spread("sleep", strategy, workers, value, &Arc::from(sleeps))
}
