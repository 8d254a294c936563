//! A soak: row 42 of the faults that a pool must survive.
//!
//! `POOL_SOAK_JOBS` sets the number of jobs and `POOL_SOAK_SEED` the seed,
//! which is printed.

mod pool_support;

use std::env;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

// Each test uses a few of them.
#[allow(clippy::wildcard_imports)]
use pool_support::jobs::*;
use pool_support::{Named, builder, main as run, system, with_pool};
use speedup::process_pool::{AsyncResult, Failure, JobError};
use speedup::stats::SplitMix64;

fn main() -> ExitCode {
    run(TESTS, &[])
}

const TESTS: &[Named] = &[("row_42_a_soak_accounts_for_every_result", soak)];

/// Long past what any job takes that ends by itself. Those that hang are mostly
/// ended by the killer before: time-outs have tests of their own.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What is drawn, and how jobs follow from it.
struct Random(SplitMix64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn index(&mut self, bound: usize) -> usize {
        usize::try_from(self.below(bound as u64)).unwrap()
    }

    /// What a job does: mostly it just answers.
    fn kind(&mut self) -> u8 {
        match self.below(1000) {
            0..10 => 0,
            10..20 => 1,
            20..50 => 2,
            50 => 3,
            51..100 => 4,
            100..150 => 5,
            _ => 6,
        }
    }
}

fn number_from_environment(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|error| panic!("{name}={text}: {error}")),
    )
}

struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn soak() {
    let jobs = number_from_environment("POOL_SOAK_JOBS").unwrap_or(10_000);
    let seed = number_from_environment("POOL_SOAK_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        u64::from(now.subsec_nanos()) ^ now.as_secs()
    });
    println!("POOL_SOAK_JOBS={jobs} POOL_SOAK_SEED={seed}");
    let mut random = Random(SplitMix64(seed));
    let builder = builder(4).task_timeout(TIMEOUT);
    with_pool(builder, |pool| {
        let done = AtomicBool::new(false);
        let killer_seed = random.next();
        thread::scope(|scope| {
            // However this ends, a panic included, the kills end with it.
            let _end = SetOnDrop(&done);
            // Kills from outside, at any moment, idle or busy.
            scope.spawn(|| {
                let mut random = Random(SplitMix64(killer_seed));
                while !done.load(Ordering::Relaxed) {
                    thread::sleep(Duration::from_millis(20 + random.below(100)));
                    let ids = pool.worker_ids();
                    if !ids.is_empty() {
                        let victim = ids[random.index(ids.len())];
                        system::signal(i64::from(victim), system::SIGKILL);
                    }
                }
            });
            let mut left = jobs;
            while left > 0 {
                let count = (1 + random.below(400)).min(left);
                left -= count;
                let inputs: Vec<_> = (0..count).map(|_| (random.kind(), random.next())).collect();
                match random.below(4) {
                    0 => check(&inputs, pool.try_map(SOAK, inputs.clone()).unwrap()),
                    1 => {
                        let chunk = 1 + random.index(20);
                        let chunked = pool.with_chunk_size(chunk).unwrap();
                        check(&inputs, chunked.try_map(SOAK, inputs.clone()).unwrap());
                    }
                    2 => check(&inputs, pool.imap(SOAK, inputs.clone()).unwrap().collect()),
                    _ => {
                        let handles: Vec<_> = inputs
                            .iter()
                            .map(|input| pool.apply_async(SOAK, *input).unwrap())
                            .collect();
                        let outcomes = handles.into_iter().map(AsyncResult::get);
                        check(&inputs, outcomes.collect());
                    }
                }
            }
        });
    });
}

/// Every job has the outcome that is its due, or died of a kill from outside.
fn check(inputs: &[(u8, u64)], outcomes: Vec<Result<Vec<u8>, JobError>>) {
    assert_eq!(outcomes.len(), inputs.len(), "every job has an outcome");
    for ((kind, x), outcome) in inputs.iter().zip(outcomes) {
        let failure = outcome.as_ref().map_err(JobError::failure);
        match (kind, failure) {
            (4, Ok(bytes)) => assert!(*bytes == soak_bytes(*x, 300_000)),
            (5 | 6, Ok(bytes)) => assert!(*bytes == soak_bytes(*x, 30)),
            (2, Err(Failure::Panicked { message, .. })) => {
                assert_eq!(*message, format!("soaked {x}"));
            }
            (3, Err(Failure::TimedOut { .. })) | (_, Err(Failure::Died { .. })) => {}
            (kind, other) => panic!("a job of kind {kind}: {other:?}"),
        }
    }
}
