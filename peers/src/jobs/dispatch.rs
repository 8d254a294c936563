//! What it costs to have a worker process do something: one empty job, one
//! large result, and the start of the workers.

use super::warmed::Warmed;
use crate::in_process::InProcess;
use crate::job::{Contender, Extent, Job, Outcome, Side};
use crate::one_cpu::stay_on_one_cpu;
use crate::peer::{CPYTHON, JOBLIB, PROCSPAWN};
use crate::python::python;
use crate::residue::Digest;
use speedup::strategy::process_pool;
use speedup::strategy::raw_socket::Partner;
use speedup::workload::Workload;
use speedup::workload::empty::Empty;
use speedup::workload::payload::Payload;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::thread::sleep;
use std::time::Instant;

pub(super) const PYTHON: &str = include_str!("dispatch.py");

/// The large result.
const RESULT_BYTES: usize = 1_000_000;

/// So many calls are timed in a row: ours, and those that take some ten times
/// as long.
const CALLS: u32 = 500;
const FEW_CALLS: u32 = 100;

/// The same for large results.
const RESULTS: u32 = 10;

const ONE: NonZeroUsize = NonZeroUsize::MIN;
pub(super) const TWO: NonZeroUsize = ONE.saturating_add(1);

/// One empty job there and back.
pub(super) fn one_job() -> Job {
    let mut sides = vec![
        Side::ours(
            "process_pool",
            "map over a list of one; worker and caller on one CPU",
            || {
                stay_on_one_cpu()?;
                let pool = process_pool::start(ONE)?;
                Ok(numbers(CALLS, move |x| {
                    first(process_pool::map::<Empty>(&pool, &[x])?)
                }))
            },
        ),
        Side::ours(
            "raw socket pair",
            "eight bytes there and back, compared, and nothing else: the least that a job can \
             cost; both processes on one CPU",
            || {
                stay_on_one_cpu()?;
                let mut partner = partner()?;
                Ok(numbers(CALLS, move |x| {
                    partner.ping_pong()?;
                    Ok(x)
                }))
            },
        ),
        Side::peer(
            PROCSPAWN,
            "Pool::spawn, join",
            "two channels a job, made anew, as there is no map; worker and caller on one CPU",
            || {
                stay_on_one_cpu()?;
                let pool = procspawn::Pool::new(ONE.get())?;
                Ok(numbers(FEW_CALLS, move |x| {
                    Ok(pool.spawn(x, empty).join()?)
                }))
            },
        ),
    ];
    let calls = FEW_CALLS.to_string();
    sides.extend(called(
        [
            "pool.apply(operator.index, (1,)); worker and caller, with the pool's threads, on one \
             CPU",
            "executor.submit(operator.index, 1).result(); worker and caller, with the executor's \
             threads, on one CPU",
            "submit(operator.index, 1).result() on the executor that joblib brings along; worker \
             and caller, with its threads, on one CPU",
        ],
        move |kind| {
            stay_on_one_cpu()?;
            python(PYTHON, &["Empty", kind, &calls])
        },
    ));
    Job {
        name: "dispatch_one",
        title: "One empty job to a worker process and back, on one CPU".to_owned(),
        unit: "a job",
        checked: "ten jobs' answers are their inputs; the raw pair compares the bytes itself",
        is_checked_whole: true,
        rounds: 10,
        sides,
    }
}

/// One large result brought home.
pub(super) fn one_result() -> Job {
    let mut sides = vec![
        Side::ours(
            "process_pool",
            "one worker makes the bytes, and they arrive in a Vec; freeing it too",
            || {
                let pool = process_pool::start(ONE)?;
                Ok(bytes(move |count| {
                    first(process_pool::map::<Payload>(&pool, &[count])?)
                }))
            },
        ),
        Side::ours(
            "raw socket pair",
            "the partner makes the bytes and writes them, and they are read into a Vec; freeing \
             it too",
            || {
                let mut partner = partner()?;
                Ok(bytes(move |count| Ok(partner.fetch(count)?)))
            },
        ),
        Side::peer(
            PROCSPAWN,
            "Pool::spawn, join",
            "one worker makes the bytes, and they arrive in a Vec, which serde writes and reads \
             byte by byte; freeing it too",
            || {
                let pool = procspawn::Pool::new(ONE.get())?;
                Ok(bytes(move |count| Ok(pool.spawn(count, payload).join()?)))
            },
        ),
    ];
    let [calls, count] = [RESULTS.to_string(), RESULT_BYTES.to_string()];
    sides.extend(called(
        [
            "pool.apply on one worker, forked, which makes the bytes; freeing them too",
            "executor.submit(…).result() on one worker, forked, which makes the bytes; freeing \
             them too",
            "submit(…).result() on one worker of the executor that joblib brings along, which \
             makes the bytes; freeing them too",
        ],
        move |kind| python(PYTHON, &["Payload", kind, &calls, &count]),
    ));
    Job {
        name: "dispatch_1_mb",
        title: "One job whose result has 1 MB".to_owned(),
        unit: "a job",
        checked: "length and residue modulo 2^61 - 1 of the bytes",
        is_checked_whole: true,
        rounds: 8,
        sides,
    }
}

/// The sides of Python that answer one call after the other.
fn called<C: Contender + 'static>(
    includes: [&'static str; 3],
    start: impl Fn(&str) -> Outcome<C> + Clone + 'static,
) -> [Side; 3] {
    let [pool, executor, loky] = [start.clone(), start.clone(), start];
    let [pool_includes, executor_includes, loky_includes] = includes;
    [
        Side::peer(
            CPYTHON,
            "multiprocessing.Pool(1)",
            pool_includes,
            move || pool("Pool"),
        ),
        Side::peer(
            CPYTHON,
            "ProcessPoolExecutor(1)",
            executor_includes,
            move || executor("Executor"),
        ),
        Side::peer(JOBLIB, "loky, one worker", loky_includes, move || {
            loky("Loky")
        }),
    ]
}

/// Two workers, from nothing to the first answer.
pub(super) fn start() -> Job {
    Job {
        name: "dispatch_start",
        title: "Starting two worker processes, and one empty job".to_owned(),
        unit: "a start",
        checked: "the job's answer is its input",
        is_checked_whole: true,
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

fn partner() -> Outcome<Partner> {
    Ok(Partner::start(ONE)?.remove(0))
}

fn first<T>(answers: Vec<T>) -> Outcome<T> {
    let answer = answers.into_iter().next();
    Ok(answer.ok_or("there is no answer to the job")?)
}

/// Procspawn's jobs are plain functions.
pub(super) fn empty(x: u64) -> u64 {
    Empty::run(&x, &mut sleep)
}

fn payload(count: usize) -> Vec<u8> {
    Payload::run(&count, &mut sleep)
}

/// What numbers in order are compared by.
pub(super) fn digest(answers: impl IntoIterator<Item = u64>) -> String {
    let mut digest = Digest::default();
    for answer in answers {
        digest.add([answer].into_iter());
    }
    digest.text()
}

fn digest_of_bytes(answers: &[Vec<u8>]) -> String {
    let mut digest = Digest::default();
    for answer in answers {
        digest.add([answer.len() as u64].into_iter());
        // Most significant first, filled up to whole digits in front.
        let (rest, digits) = answer.as_rchunks();
        let front = rest
            .iter()
            .fold(0, |front, byte| (front << 8) | u64::from(*byte));
        let digits = digits.iter().map(|digit| u64::from_be_bytes(*digit));
        digest.add([front].into_iter().chain(digits));
    }
    digest.text()
}

/// One call, and when it is back the next.
struct Calls<C, T> {
    call: C,
    /// So many are timed in a row, each with this input.
    times: u32,
    input: u64,
    /// What is asked for the sake of the answers.
    checked: Vec<u64>,
    digest: fn(&[T]) -> String,
}

/// Empty jobs.
fn numbers(calls: u32, call: impl FnMut(u64) -> Outcome<u64>) -> impl Contender {
    Calls {
        call,
        times: calls,
        input: 1,
        checked: (0..10).collect(),
        digest: |answers| digest(answers.iter().copied()),
    }
}

/// Large results.
fn bytes(mut call: impl FnMut(usize) -> Outcome<Vec<u8>>) -> impl Contender {
    Calls {
        call: move |count| call(usize::try_from(count)?),
        times: RESULTS,
        input: RESULT_BYTES as u64,
        checked: vec![RESULT_BYTES as u64],
        digest: digest_of_bytes,
    }
}

impl<T, C: FnMut(u64) -> Outcome<T>> Contender for Calls<C, T> {
    fn digest(&mut self, _extent: Extent) -> Outcome<String> {
        let answers = self.checked.iter().map(|input| (self.call)(*input));
        Ok((self.digest)(&answers.collect::<Outcome<Vec<T>>>()?))
    }

    fn time_ns(&mut self, _unit: usize) -> Outcome<f64> {
        let start = Instant::now();
        for _ in 0..self.times {
            black_box((self.call)(black_box(self.input))?);
        }
        Ok(start.elapsed().as_nanos() as f64 / f64::from(self.times))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_bytes_is_the_one_that_python_computes() {
        // digest([11, int.from_bytes(bytes(range(11)), "big")])
        let bytes: Vec<u8> = (0..11).collect();
        assert_eq!(
            digest_of_bytes(std::slice::from_ref(&bytes)),
            "2 numbers, 217304205477538299"
        );
        let whole = Payload::run(&RESULT_BYTES, &mut sleep);
        assert_eq!(digest_of_bytes(&[whole]), "2 numbers, 1489390681409567356");
        let mut wrong = bytes;
        wrong.swap(3, 4);
        assert_ne!(digest_of_bytes(&[wrong]), "2 numbers, 217304205477538299");
    }

    #[test]
    fn a_call_is_timed_with_its_input_and_checked_with_others() {
        let mut asked = Vec::new();
        let mut calls = numbers(3, |x| {
            asked.push(x);
            Ok(x)
        });
        let text = calls.digest(Extent::Whole).expect("it answers");
        assert_eq!(text, digest(0..10));
        assert!(calls.time_ns(0).expect("it answers") > 0.0);
        drop(calls);
        assert_eq!(asked, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 1, 1]);
    }
}
