//! How to use the process pool in a program of one's own:
//! `cargo run --example pool`.

use speedup::process_pool::{self, Error, Job, JobTable, ProcessPool};

/// What the workers can do: plain functions with names.
const COUNT_PRIMES: Job<(u64, u64), usize> = Job::new("count primes", count_primes);

/// How many primes there are from `begin` up to, and without, `end`.
fn count_primes((begin, end): (u64, u64)) -> usize {
    let is_prime = |n: &u64| *n >= 2 && (2..=n.isqrt()).all(|d| !n.is_multiple_of(d));
    (begin..end).filter(is_prime).count()
}

fn main() -> Result<(), Error> {
    // First thing in main: a worker is this program started once more, and
    // here it turns into one.
    let jobs = JobTable::new().with(COUNT_PRIMES);
    process_pool::serve_if_worker(&jobs);

    let pool = ProcessPool::builder().start(&jobs)?;
    let blocks = (0..100).map(|block| (block * 10_000, (block + 1) * 10_000));
    let counts = pool.map(COUNT_PRIMES, blocks)?;
    let total: usize = counts.iter().sum();
    println!(
        "{total} primes below 1,000,000, counted by {} workers",
        pool.workers()
    );
    assert_eq!(total, 78_498);
    Ok(())
}
