//! What does a better algorithm buy?

use crate::meter::is_watching;
use crate::suite::{Length, Suite, Timing};
use criterion::{BatchSize, Throughput};
use num_bigint::BigUint;
use rayon::ThreadPool;
use speedup::catalog::{AlgorithmTask, ListAlgorithm, Row, SingleAlgorithm};
use speedup::strategy::rayon::start;
use speedup::workload::factorial::{
    binary_splitting, known, naive, prime_swing, running_product, running_product_in_blocks,
};
use std::error::Error;
use std::hint::black_box;

/// Measures single factorials, then whole lists, by every algorithm.
pub(super) fn define(suite: &mut Suite) {
    let rows = suite.catalog().factorial_algorithm();
    let mut group = suite.group("factorial_algorithm");
    for row in &rows {
        match row.task {
            AlgorithmTask::Single(algorithm, n) => {
                let factorial = match algorithm {
                    SingleAlgorithm::Naive => naive,
                    SingleAlgorithm::BinarySplitting => binary_splitting,
                    SingleAlgorithm::PrimeSwing => prime_swing,
                };
                group.bench(
                    row,
                    Timing::default(),
                    |_task| Ok(known::check(n, &factorial(n))?),
                    |(), bencher| {
                        bencher.iter(|| factorial(black_box(n)));
                        Ok(())
                    },
                );
            }
            AlgorithmTask::List(algorithm, end) => list(&mut group, row, algorithm, end),
        }
    }
    group.finish();
}

/// Measures one list; it is freed outside the clock.
fn list(
    group: &mut crate::suite::Group<'_>,
    row: &Row<AlgorithmTask>,
    algorithm: ListAlgorithm,
    end: u32,
) {
    let timing = Timing {
        length: Length::VeryLong,
        throughput: Some(Throughput::Elements(end.into())),
    };
    let prepare = |_task: &AlgorithmTask| -> Result<Option<ThreadPool>, Box<dyn Error>> {
        let pool = match algorithm {
            ListAlgorithm::RunningProductInBlocks(workers) => Some(start(workers)?),
            ListAlgorithm::Each | ListAlgorithm::RunningProduct => None,
        };
        if !is_watching() {
            known::check_range(0..end, &compute(pool.as_ref(), algorithm, end))?;
        }
        Ok(pool)
    };
    group.bench(row, timing, prepare, |pool, bencher| {
        let list = |end| compute(pool.as_ref(), algorithm, end);
        bencher.iter_batched(|| black_box(end), list, BatchSize::PerIteration);
        Ok(())
    });
}

fn compute(pool: Option<&ThreadPool>, algorithm: ListAlgorithm, end: u32) -> Vec<BigUint> {
    match (algorithm, pool) {
        (ListAlgorithm::Each, _) => (0..end).map(prime_swing).collect(),
        (ListAlgorithm::RunningProductInBlocks(_), Some(pool)) => {
            running_product_in_blocks(0..end, pool)
        }
        _ => running_product(0..end),
    }
}
