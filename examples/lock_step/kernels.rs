//! What is compared: loops whose true ratios are known, and strategies.

use criterion::{BenchmarkId, Criterion};
use speedup::Paired;
use speedup::strategy::Strategy;
use speedup::workload::factorial::Factorial;
use std::hint::black_box;
use std::num::NonZeroUsize;

/// Rounds of the loops whose ratios are known.
pub(crate) const KNOWN: [u32; 5] = [1000, 1010, 1020, 1050, 1200];

/// Loops of some 20 µs, 300 µs and 5 ms.
const SPINS: [u32; 3] = [140, 2000, 35_000];

/// Strategies on two workers, for the factorials below this.
const STRATEGIES: [Strategy; 2] = [Strategy::Rayon, Strategy::ProcessPool];
const FACTORIALS_END: u32 = 300;

const STEPS_IN_A_ROUND: u32 = 100;

/// Each step needs the one before, and none can be computed ahead. The first needs
/// what the call before gave: otherwise a processor begins with the next call while
/// it ends this one, and long calls take more than their share.
///
/// One flat loop: with a loop a round, some processors predict the rounds' ends
/// better in one count than in another.
fn rounds(mut value: u64, count: u32) -> u64 {
    for _ in 0..count * STEPS_IN_A_ROUND {
        value = value.rotate_left(5) ^ value.wrapping_mul(6_364_136_223_846_793_005);
    }
    value
}

/// The benchmarks that are compared with themselves.
pub(crate) fn identical() -> Vec<String> {
    let spins = SPINS.map(|count| format!("spin/{count}"));
    let strategies = STRATEGIES.map(|strategy| format!("strategy/{}", strategy.name()));
    spins.into_iter().chain(strategies).collect()
}

/// The suite: all of them.
pub(crate) fn run() {
    let mut criterion = Criterion::default()
        .with_measurement(Paired::from_env())
        .configure_from_args();
    for (name, counts) in [("spin", &SPINS[..]), ("known", &KNOWN)] {
        let mut group = criterion.benchmark_group(name);
        for count in counts {
            group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
                let mut value = 1;
                bencher.iter(|| {
                    value = rounds(black_box(value), black_box(*count));
                    value
                });
            });
        }
        group.finish();
    }
    let mut group = criterion.benchmark_group("strategy");
    let two = NonZeroUsize::new(2).expect("it is not zero");
    let inputs: Vec<u32> = (0..FACTORIALS_END).collect();
    for strategy in STRATEGIES {
        let mut crew = None;
        group.bench_function(strategy.name(), |bencher| {
            let crew = crew.get_or_insert_with(|| strategy.start(two).expect("two workers"));
            bencher.iter(|| crew.map::<Factorial>(black_box(&inputs)).expect("answers"));
        });
    }
    group.finish();
}
