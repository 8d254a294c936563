//! What it costs to have worker processes: their start, and what the jobs on
//! workers have in common.

use super::warmed::Warmed;
use crate::in_process::InProcess;
use crate::job::{Contender, Cpus, Job, Outcome, Side};
use crate::peer::{CPYTHON, JOBLIB, PROCSPAWN};
use crate::python::python;
use crate::residue::Digest;
use speedup::strategy::process_pool;
use speedup::strategy::raw_socket::Partner;
use speedup::workload::Workload;
use speedup::workload::empty::Empty;
use std::num::NonZeroUsize;
use std::thread::sleep;

pub(super) const PYTHON: &str = include_str!("dispatch.py");

pub(super) const ONE: NonZeroUsize = NonZeroUsize::MIN;
pub(super) const TWO: NonZeroUsize = ONE.saturating_add(1);

/// Two workers, from nothing to the first answer.
pub(super) fn start() -> Job {
    Job {
        name: "dispatch_start",
        title: "Starting two worker processes, and one empty job".to_owned(),
        unit: "a start",
        checked: "the job's answer is its input",
        is_checked_whole: true,
        cpus: Cpus::All,
        rounds: 2,
        sides: starts(),
    }
}

fn starts() -> Vec<Side> {
    let python = |class: &'static str| move || Ok(Warmed(python(PYTHON, &["Start", class])?));
    vec![
        Side::ours(
            "process_pool",
            "this program twice more, until both workers have said that they serve; their end is \
             not in it",
            || {
                Ok(started(|| {
                    let pool = process_pool::start(TWO)?;
                    let answer = first(process_pool::map::<Empty>(&pool, &[1])?)?;
                    Ok((pool, answer))
                }))
            },
        ),
        Side::ours(
            "raw socket pair",
            "this program twice more, until the first byte of each; their end is not in it",
            || {
                Ok(started(|| {
                    let mut partners = Partner::start(TWO)?;
                    partners[0].ping_pong()?;
                    Ok((partners, 1))
                }))
            },
        ),
        Side::peer(
            PROCSPAWN,
            "Pool::new(2)",
            "this program twice more, until one of them has answered; their end is not in it",
            || {
                Ok(started(|| {
                    let pool = procspawn::Pool::new(TWO.get())?;
                    let answer = pool.spawn(1, empty).join()?;
                    Ok((pool, answer))
                }))
            },
        ),
        Side::peer(
            CPYTHON,
            "multiprocessing.Pool(2), fork",
            "two copies of an interpreter that has loaded next to nothing, until one of them has \
             answered; their end is not in it",
            python("Pool"),
        ),
        Side::peer(
            CPYTHON,
            "multiprocessing.Pool(2), spawn",
            "two fresh interpreters, until one of them has answered; their end is not in it",
            python("Spawned"),
        ),
        Side::peer(
            CPYTHON,
            "ProcessPoolExecutor(2)",
            "two copies of an interpreter that has loaded next to nothing, until one of them has \
             answered; their end is not in it",
            python("Executor"),
        ),
        Side::peer(
            JOBLIB,
            "loky, two workers",
            "two fresh interpreters, until one of them has answered; their end is not in it",
            python("Loky"),
        ),
    ]
}

/// Workers and their first answer: they end after the clock has stopped.
fn started<W>(mut start: impl FnMut() -> Outcome<(W, u64)>) -> impl Contender {
    Warmed(InProcess::new(
        move |_| start(),
        |(_, answer): &(W, u64)| answer.to_string(),
    ))
}

pub(super) fn partner() -> Outcome<Partner> {
    Ok(Partner::start(ONE)?.remove(0))
}

pub(super) fn first<T>(answers: Vec<T>) -> Outcome<T> {
    let answer = answers.into_iter().next();
    Ok(answer.ok_or("there is no answer to the job")?)
}

/// Procspawn's jobs are plain functions.
pub(super) fn empty(x: u64) -> u64 {
    Empty::run(&x, &mut sleep)
}

/// What numbers in order are compared by.
pub(super) fn digest(answers: impl IntoIterator<Item = u64>) -> String {
    let mut digest = Digest::default();
    for answer in answers {
        digest.add([answer].into_iter());
    }
    digest.text()
}
