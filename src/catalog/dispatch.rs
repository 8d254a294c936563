//! What does the strategy itself cost?

use super::{Catalog, Id, Row, Spread};
use crate::strategy::Strategy::{self, ProcessPool, Rayon, Sequential, Threads};
use std::num::NonZeroUsize;
use std::sync::Arc;

/// Empty tasks: one there and back, a handful, and so many that what a single
/// one costs is all that counts.
const TASKS: [u64; 4] = [1, 100, 10_000, 1_000_000];

/// Empty tasks that are sent one by one: a message each.
const SINGLY: u64 = 10_000;

/// Bytes that one job ships back: the smallest answer, a factorial near the
/// end of the notebook's range, and more than any buffer on the way holds.
const PAYLOAD_BYTES: [usize; 4] = [8, 1000, 20_000, 1_000_000];

/// What a row of the group does.
#[derive(Debug, Clone, PartialEq)]
pub enum DispatchTask {
    /// Tasks that do nothing.
    Empty(Spread<u64>),
    /// Jobs that each make so many bytes and ship them back.
    Payload(Spread<usize>),
    /// Starting the workers, one task, and ending them.
    Start {
        /// Whose workers.
        strategy: Strategy,
        /// How many of them.
        workers: NonZeroUsize,
    },
    /// Tasks that do nothing, through the process pool, a message each.
    Singly {
        /// How many worker processes.
        workers: NonZeroUsize,
        /// How many tasks.
        tasks: u64,
    },
    /// Eight bytes to another process and back: the least that one task costs.
    RawPingPong,
    /// So many bytes from another process: the least that a result costs.
    RawBytes(usize),
    /// Starting processes, the first byte of each, and their end.
    RawStart {
        /// How many processes.
        workers: NonZeroUsize,
    },
}

impl Catalog {
    /// The group `dispatch`.
    ///
    /// ```
    /// use speedup::catalog::{Catalog, Scale};
    /// use std::num::NonZeroUsize;
    ///
    /// let rows = Catalog::new(Scale::default(), NonZeroUsize::MIN).dispatch();
    /// assert_eq!(rows[0].id.to_string(), "dispatch/start_threads@1/1");
    /// ```
    #[must_use]
    pub fn dispatch(&self) -> Vec<Row<DispatchTask>> {
        // Rows with a throughput follow those without: within a group,
        // Criterion can't be told to forget one.
        let mut rows = starts();
        for tasks in TASKS {
            rows.extend(empty(tasks));
        }
        rows.extend(PAYLOAD_BYTES.into_iter().flat_map(payloads));
        rows.extend(few_workers().map(singly));
        rows.extend(limits());
        rows
    }
}

/// One by one against as many together as the pool sees fit.
fn singly(workers: NonZeroUsize) -> Row<DispatchTask> {
    let id = |function| {
        Id::new("dispatch", function)
            .at_workers(workers)
            .with_value(&SINGLY)
    };
    Row {
        id: id("process_pool_singly"),
        baseline: Some(id(ProcessPool.name())),
        task: DispatchTask::Singly {
            workers,
            tasks: SINGLY,
        },
    }
}

/// What two processes and a pair of sockets need for the same, each beside
/// the pool's row that it is the limit of.
fn limits() -> Vec<Row<DispatchTask>> {
    let id = |function: &str| Id::new("dispatch", function);
    let alone = NonZeroUsize::MIN;
    let mut rows = vec![Row {
        id: id("raw_ping_pong").with_value(&1),
        baseline: Some(id(ProcessPool.name()).at_workers(alone).with_value(&1)),
        task: DispatchTask::RawPingPong,
    }];
    rows.extend(PAYLOAD_BYTES.into_iter().map(|bytes| Row {
        id: id("raw_bytes").with_value(&bytes),
        baseline: Some(id("ship_process_pool").at_workers(alone).with_value(&bytes)),
        task: DispatchTask::RawBytes(bytes),
    }));
    rows
}

/// One worker shows what a task costs, two what sharing them out costs.
fn few_workers() -> [NonZeroUsize; 2] {
    [1, 2].map(|workers| NonZeroUsize::new(workers).expect("not zero"))
}

fn empty(tasks: u64) -> Vec<Row<DispatchTask>> {
    let inputs: Arc<[u64]> = (0..tasks).collect();
    let row = |strategy, workers| {
        let Row { id, baseline, task } =
            Row::spread("dispatch", strategy, workers, &tasks, &inputs);
        Row {
            id,
            baseline,
            task: DispatchTask::Empty(task),
        }
    };
    let mut rows = vec![row(Sequential, NonZeroUsize::MIN)];
    for strategy in [Threads, Rayon, ProcessPool] {
        rows.extend(few_workers().map(|workers| row(strategy, workers)));
    }
    rows
}

/// Starting is compared with starting threads, the cheapest; and bare processes
/// with the pool's. The value is the number of tasks, one for each worker.
fn starts() -> Vec<Row<DispatchTask>> {
    let named = |function: &str, workers| {
        Id::new("dispatch", function)
            .at_workers(workers)
            .with_value(&workers)
    };
    let id = |strategy: Strategy, workers| named(&format!("start_{strategy}"), workers);
    let mut rows = Vec::new();
    for strategy in [Threads, Rayon, ProcessPool] {
        rows.extend(few_workers().map(|workers| Row {
            id: id(strategy, workers),
            baseline: (strategy != Threads).then(|| id(Threads, workers)),
            task: DispatchTask::Start { strategy, workers },
        }));
    }
    rows.extend(few_workers().map(|workers| Row {
        id: named("raw_start", workers),
        baseline: Some(id(ProcessPool, workers)),
        task: DispatchTask::RawStart { workers },
    }));
    rows
}

/// Shipping is compared with threads, which hand over a pointer.
fn payloads(bytes: usize) -> [Row<DispatchTask>; 2] {
    let id = |strategy: Strategy| {
        Id::new("dispatch", &format!("ship_{strategy}"))
            .at_workers(NonZeroUsize::MIN)
            .with_value(&bytes)
    };
    [Threads, ProcessPool].map(|strategy| Row {
        id: id(strategy),
        baseline: (strategy != Threads).then(|| id(Threads)),
        task: DispatchTask::Payload(Spread {
            strategy,
            workers: NonZeroUsize::MIN,
            inputs: Arc::from([bytes]),
        }),
    })
}
