//! So many empty jobs that what a single one costs is all that counts.

use super::dispatch::{PYTHON, TWO, digest, empty};
use super::warmed::Warmed;
use crate::in_process::timed;
use crate::job::{Contender, Cpus, Extent, Job, Outcome, Side};
use crate::peer::{CPYTHON, JOBLIB, PROCSPAWN};
use crate::python::python;
use speedup::strategy::{Shipped, process_pool};
use speedup::workload::empty::Empty;
use std::hint::black_box;

const JOBS: u64 = 100_000;

/// So many are checked: who sends jobs singly takes ten seconds for all.
const FEW: u64 = 2000;

/// Who sends jobs singly takes long: a part of them is timed.
const PART: u64 = 50;

/// Each job that is queued holds some descriptors open in procspawn, which
/// panics where there are no more; a usual limit is 1024.
const BATCH: u64 = 100;

/// On two workers, the answers in order.
pub(super) fn job() -> Job {
    let mut sides = ours();
    sides.push(Side::peer(
        PROCSPAWN,
        "Pool::spawn, join",
        "2,000 jobs, timed fifty-fold: two channels a job, made anew, as there is no map, in \
         batches of 100, as it runs out of open files where many jobs are queued",
        || {
            let pool = procspawn::Pool::new(TWO.get())?;
            Ok(Warmed(Many {
                part: PART,
                map: move |count| in_batches(&pool, count),
            }))
        },
    ));
    sides.extend(python_sides());
    Job {
        name: "dispatch_100000",
        title: "100,000 empty jobs on two workers, answers in order".to_owned(),
        unit: "100,000 jobs",
        checked: "the answers of 2,000 jobs, in order; of all that are timed, how many there are",
        is_checked_whole: false,
        cpus: Cpus::All,
        rounds: 2,
        sides,
    }
}

fn ours() -> Vec<Side> {
    vec![
        Side::ours(
            "process_pool",
            "one map, jobs travelling together as the pool sees fit; freeing the list is not in it",
            || {
                let pool = process_pool::start(TWO)?;
                Ok(mapped(1, move |count| pool.map(Empty::JOB, 0..count)))
            },
        ),
        Side::ours(
            "process_pool, chunk size 1",
            "10,000 jobs, timed ten-fold: one map, each job in a message of its own; freeing the \
             list is not in it",
            || {
                let pool = process_pool::start(TWO)?;
                Ok(mapped(10, move |count| {
                    pool.with_chunk_size(1)?.map(Empty::JOB, 0..count)
                }))
            },
        ),
    ]
}

fn mapped(
    part: u64,
    mut map: impl FnMut(u64) -> Result<Vec<u64>, speedup::process_pool::Error>,
) -> impl Contender {
    Warmed(Many {
        part,
        map: move |count| Ok(map(count)?),
    })
}

fn in_batches(pool: &procspawn::Pool, count: u64) -> Outcome<Vec<u64>> {
    let mut answers = Vec::new();
    for begin in (0..count).step_by(usize::try_from(BATCH)?) {
        let end = count.min(begin + BATCH);
        let handles: Vec<_> = (begin..end).map(|x| pool.spawn(x, empty)).collect();
        for handle in handles {
            answers.push(handle.join()?);
        }
    }
    Ok(answers)
}

fn python_sides() -> [Side; 4] {
    let start = |kind: &'static str, part: u64| {
        move || {
            let [jobs, few, part] = [JOBS, FEW, part].map(|number| number.to_string());
            Ok(Warmed(python(PYTHON, &["Many", kind, &jobs, &few, &part])?))
        }
    };
    [
        Side::peer(
            CPYTHON,
            "multiprocessing.Pool(2).map",
            "pool.map(operator.index, range(100000)), in chunks of its own; freeing the list is \
             not in it",
            start("Pool", 1),
        ),
        Side::peer(
            CPYTHON,
            "multiprocessing.Pool(2).map, chunk size 1",
            "2,000 jobs, timed fifty-fold: pool.map(…, chunksize=1), each job in a message of its \
             own; freeing the list is not in it",
            start("Singly", PART),
        ),
        Side::peer(
            CPYTHON,
            "ProcessPoolExecutor(2).map",
            "list(executor.map(…)) in chunks as large as multiprocessing's; freeing the list is \
             not in it",
            start("Executor", 1),
        ),
        Side::peer(
            JOBLIB,
            "Parallel, loky, two workers",
            "parallel(delayed(operator.index)(x) for x in …) in joblib's own batches; freeing the \
             list is not in it",
            start("Joblib", 1),
        ),
    ]
}

/// A map of so many jobs; a unit may be a part of them, whose time is
/// multiplied.
struct Many<M> {
    part: u64,
    map: M,
}

impl<M: FnMut(u64) -> Outcome<Vec<u64>>> Contender for Many<M> {
    fn digest(&mut self, extent: Extent) -> Outcome<String> {
        let count = match extent {
            Extent::Whole => JOBS,
            Extent::Unit(_) => FEW,
        };
        Ok(digest((self.map)(count)?))
    }

    fn time_ns(&mut self, _unit: usize) -> Outcome<f64> {
        let count = JOBS / self.part;
        let (ns, answers) = timed(|| (self.map)(black_box(count)));
        match answers?.len() as u64 {
            answers if answers == count => Ok(ns * self.part as f64),
            answers => Err(format!("{answers} answers to {count} jobs").into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn a_part_is_timed_and_all_are_checked() {
        let counts = RefCell::new(Vec::new());
        let mut many = Many {
            part: PART,
            map: |count| {
                counts.borrow_mut().push(count);
                Ok((0..count).collect())
            },
        };
        let all = many.digest(Extent::Whole).expect("it answers");
        assert_eq!(all, digest(0..JOBS));
        let few = many.digest(Extent::Unit(1)).expect("it answers");
        assert_eq!(few, digest(0..FEW));
        assert!(many.time_ns(0).expect("it answers") > 0.0);
        assert_eq!(*counts.borrow(), [JOBS, FEW, JOBS / PART]);
    }

    #[test]
    fn a_map_that_loses_an_answer_is_no_time() {
        let mut many = Many {
            part: 1,
            map: |count| Ok((1..count).collect()),
        };
        let error = many.time_ns(0).expect_err("one is missing").to_string();
        assert_eq!(error, "99999 answers to 100000 jobs");
    }
}
