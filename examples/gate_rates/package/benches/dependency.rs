//! Benchmarks whose time goes into short loops of a dependency, and in front of them
//! code that no benchmark runs: where it grows, the dependency's code moves.

use criterion::Criterion;
use num_bigint::BigUint;
use speedup::Paired;
use std::hint::black_box;

const FACTORS: u64 = 400;
const DIVISORS: u64 = 10;
const SUMMANDS: u64 = 400;

/// Longer in revisions in which what lies behind it has moved.
#[inline(never)]
fn not_measured(mut value: u64) -> u64 {
    // here
    value = black_box(value);
    value
}

/// Of 15,850 bits.
fn number() -> BigUint {
    BigUint::from(black_box(3_u32)).pow(10_000)
}

fn multiply() -> BigUint {
    (1..=black_box(FACTORS)).fold(BigUint::from(1_u32), |product, factor| product * factor)
}

fn remainders(number: &BigUint) -> BigUint {
    let divisors = 1..=black_box(DIVISORS);
    divisors.map(|divisor| number % (divisor << 40)).sum()
}

fn add(number: &BigUint) -> BigUint {
    (0..black_box(SUMMANDS)).fold(BigUint::default(), |sum, _| sum + number)
}

fn main() {
    black_box(not_measured(1));
    let number = number();
    let mut criterion = Criterion::default()
        .with_measurement(Paired::from_env())
        .configure_from_args();
    let mut group = criterion.benchmark_group("dependency");
    group.bench_function("multiply", |bencher| bencher.iter(multiply));
    group.bench_function("remainders", |bencher| bencher.iter(|| remainders(&number)));
    group.bench_function("add", |bencher| bencher.iter(|| add(&number)));
    group.finish();
    criterion.final_summary();
}
