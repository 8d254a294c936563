//! A benchmark a kind, whose work is counted: in rounds of a loop, or in steps
//! of ten microseconds of sleep.

use rayon::ThreadPool;
use rayon::prelude::*;
use speedup::process_pool::{Error, Job, JobTable, ProcessPool};
use std::hint::black_box;
use std::thread::sleep;
use std::time::Duration;

// One of these is larger where a benchmark is slowed.
pub const SINGLE_THREADED: u32 = 20_000;
pub const RAYON: u32 = 40_000;
pub const PROCESS_POOL: u32 = 80_000;
pub const SLEEP: u32 = 300;

/// Workers of the two kinds that have some, with a task each.
pub const WORKERS: usize = 2;

const STEPS_IN_A_ROUND: u32 = 100;

/// Each step needs the result of the one before.
#[inline(never)]
pub fn rounds(count: u32) -> u64 {
    let mut value = black_box(1_u64);
    for _ in 0..count {
        for _ in 0..STEPS_IN_A_ROUND {
            value = value
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
        }
        value = black_box(value);
    }
    value
}

pub fn single_threaded() -> u64 {
    rounds(black_box(SINGLE_THREADED))
}

pub fn on_rayon(pool: &ThreadPool) -> u64 {
    pool.install(|| {
        (0..WORKERS)
            .into_par_iter()
            .map(|_| rounds(black_box(RAYON)))
            .reduce(|| 0, u64::wrapping_add)
    })
}

pub const JOB: Job<u32, u64> = Job::new("rounds", rounds);

pub fn jobs() -> JobTable {
    JobTable::new().with(JOB)
}

pub fn on_processes(pool: &ProcessPool) -> Result<Vec<u64>, Error> {
    pool.map(JOB, [black_box(PROCESS_POOL); WORKERS])
}

pub fn sleeping() {
    sleep(Duration::from_micros(10) * black_box(SLEEP));
}
