//! One job there and back: an empty one, and one with a large result. Both
//! processes are on one CPU.

use super::dispatch::{ONE, PYTHON, digest, empty, first, partner};
use crate::job::{Contender, Cpus, Extent, Job, Outcome, Side};
use crate::peer::{CPYTHON, JOBLIB, PROCSPAWN};
use crate::python::python;
use crate::residue::Digest;
use speedup::strategy::process_pool;
use speedup::workload::Workload;
use speedup::workload::empty::Empty;
use speedup::workload::payload::Payload;
use std::hint::black_box;
use std::thread::sleep;
use std::time::Instant;

/// The large result.
const RESULT_BYTES: usize = 1_000_000;

/// So many calls are timed in a row: ours, and those that take some ten times
/// as long.
const CALLS: u32 = 500;
const FEW_CALLS: u32 = 100;

/// The same for large results.
const RESULTS: u32 = 10;

/// One empty job there and back.
pub(super) fn one_job() -> Job {
    let mut sides = vec![
        Side::ours(
            "process_pool",
            "map over a list of one; worker and caller on one CPU",
            || {
                let pool = process_pool::start(ONE)?;
                Ok(numbers(CALLS, move |x| {
                    first(process_pool::map::<Empty>(&pool, &[x])?)
                }))
            },
        ),
        Side::ours(
            "raw socket pair",
            "eight bytes there and back, compared, and nothing else: the least that a job \
             sent alone over a socket costs; both processes on one CPU",
            || {
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
        move |kind| python(PYTHON, &["Empty", kind, &calls]),
    ));
    Job {
        name: "dispatch_one",
        title: "One empty job to a worker process and back, on one CPU".to_owned(),
        unit: "a job",
        checked: "ten jobs' answers are their inputs; the raw pair compares the bytes itself",
        is_checked_whole: true,
        cpus: Cpus::One,
        rounds: 10,
        sides,
    }
}

/// One large result brought home. That one process could read while the other
/// writes gained no side anything when it was tried on two CPUs.
pub(super) fn one_result() -> Job {
    let mut sides = vec![
        Side::ours(
            "process_pool",
            "one worker makes the bytes, and they arrive in a Vec; freeing it too; worker and \
             caller on one CPU",
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
             it too; both processes on one CPU",
            || {
                let mut partner = partner()?;
                Ok(bytes(move |count| Ok(partner.fetch(count)?)))
            },
        ),
        Side::peer(
            PROCSPAWN,
            "Pool::spawn, join",
            "one worker makes the bytes, and they arrive in a Vec, which serde writes and reads \
             byte by byte; freeing it too; worker and caller on one CPU",
            || {
                let pool = procspawn::Pool::new(ONE.get())?;
                Ok(bytes(move |count| Ok(pool.spawn(count, payload).join()?)))
            },
        ),
    ];
    let [calls, count] = [RESULTS.to_string(), RESULT_BYTES.to_string()];
    sides.extend(called(
        [
            "pool.apply on one worker, forked, which makes the bytes; freeing them too; worker and \
             caller, with the pool's threads, on one CPU",
            "executor.submit(…).result() on one worker, forked, which makes the bytes; freeing \
             them too; worker and caller, with the executor's threads, on one CPU",
            "submit(…).result() on one worker of the executor that joblib brings along, which \
             makes the bytes; freeing them too; worker and caller, with its threads, on one CPU",
        ],
        move |kind| python(PYTHON, &["Payload", kind, &calls, &count]),
    ));
    Job {
        name: "dispatch_1_mb",
        title: "One job whose result has 1 MB, on one CPU".to_owned(),
        unit: "a job",
        checked: "length and residue modulo 2^61 - 1 of the bytes",
        is_checked_whole: true,
        cpus: Cpus::One,
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

fn payload(count: usize) -> Vec<u8> {
    Payload::run(&count, &mut sleep)
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
