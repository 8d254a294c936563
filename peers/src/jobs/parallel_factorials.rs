//! Factorials on all cores, the results in order in the parent.

use super::kernels::{CHECKED_WHOLE, checked_digest};
use crate::in_process::InProcess;
use crate::job::{Contender, Cpus, Job, Outcome, Side};
use crate::peer::{CPYTHON, JOBLIB, NUM_BIGINT, RAYON};
use crate::python::python;
use speedup::catalog::Scale;
use speedup::strategy::Strategy;
use speedup::workload::factorial::Factorial;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;

const PYTHON: &str = include_str!("factorials.py");

/// Below 2500 at scale 1, the notebook's 25,000 at its own scale.
pub(super) fn job(scale: Scale) -> Job {
    let end = scale.range_end(2500);
    let mut sides = ours(end);
    sides.extend(peers(end));
    Job {
        name: "parallel_factorials",
        title: format!("Factorials below {end} on all cores, in order in the parent"),
        unit: "the whole list",
        checked: CHECKED_WHOLE,
        is_checked_whole: true,
        cpus: Cpus::All,
        rounds: 3,
        sides,
    }
}

fn ours(end: u32) -> Vec<Side> {
    let start = move |strategy| move || strategy_on_all_cores(strategy, end);
    vec![
        Side::ours(
            "process_pool",
            "one map over a worker a core, started before: jobs there, results back through \
             sockets, into a list; freeing it is not in it",
            start(Strategy::ProcessPool),
        )
        .with(NUM_BIGINT),
        Side::ours(
            "rayon",
            "one map over a thread a core, started before; freeing the list is not in it",
            start(Strategy::Rayon),
        )
        .with(RAYON),
        Side::ours(
            "threads",
            "one map over a thread a core, starting them included; freeing the list is not in it",
            start(Strategy::Threads),
        )
        .with(NUM_BIGINT),
    ]
}

fn strategy_on_all_cores(strategy: Strategy, end: u32) -> Outcome<impl Contender + use<>> {
    let mut crew = strategy.start(cores())?;
    let inputs: Vec<u32> = (0..end).collect();
    let run = move |_| Ok(crew.map::<Factorial>(black_box(&inputs))?);
    Ok(InProcess::new(run, checked_digest(end)))
}

fn peers(end: u32) -> Vec<Side> {
    let start = move |class: &'static str, workers: usize| {
        move || python(PYTHON, &[class, &end.to_string(), &workers.to_string()])
    };
    let cores = cores().get();
    vec![
        Side::peer(
            CPYTHON,
            "multiprocessing.Pool",
            "pool.map(math.factorial, range(…)) on a worker a core, started before; freeing the \
             list is not in it",
            start("Pool", cores),
        ),
        Side::peer(
            CPYTHON,
            "multiprocessing.Pool(10)",
            "the notebook's pool.map(math.factorial, range(…)) on 10 workers, whatever the cores, \
             started before; freeing the list is not in it",
            start("Pool", 10),
        ),
        Side::peer(
            CPYTHON,
            "ProcessPoolExecutor",
            "list(executor.map(…)) on a worker a core, started before, in chunks as large as \
             multiprocessing's; freeing the list is not in it",
            start("Executor", cores),
        ),
        Side::peer(
            JOBLIB,
            "Parallel, loky",
            "parallel(delayed(math.factorial)(x) for x in …) on a worker a core, started before, \
             in joblib's own batches; freeing the list is not in it",
            start("Joblib", cores),
        ),
    ]
}

fn cores() -> NonZeroUsize {
    available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
