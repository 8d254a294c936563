//! Every factorial of a range, in blocks on a rayon pool.

use std::ops::Range;

use num_bigint::BigUint;
use rayon::ThreadPool;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::running_product;

/// More blocks than workers, so that a worker that was held up does not keep
/// the others waiting; few, because each begins with a factorial of its own.
const BLOCKS_PER_WORKER: u32 = 8;

/// *x*! for every *x* of `range`, in order, on the workers of `pool`.
///
/// The range is cut into blocks that cost the same, each a
/// [`running_product()`] that starts from its own prime-swing factorial.
///
/// ```
/// use speedup::workload::factorial::{running_product, running_product_in_blocks};
///
/// let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
/// assert_eq!(running_product_in_blocks(0..50, &pool), running_product(0..50));
/// # Ok::<(), rayon::ThreadPoolBuildError>(())
/// ```
#[must_use]
pub fn running_product_in_blocks(range: Range<u32>, pool: &ThreadPool) -> Vec<BigUint> {
    let workers = u32::try_from(pool.current_num_threads()).unwrap_or(u32::MAX);
    let blocks = blocks_of_equal_cost(range, workers.saturating_mul(BLOCKS_PER_WORKER));
    let parts: Vec<Vec<BigUint>> =
        pool.install(|| blocks.into_par_iter().map(running_product).collect());
    let mut factorials = Vec::with_capacity(parts.iter().map(Vec::len).sum());
    for part in parts {
        factorials.extend(part);
    }
    factorials
}

/// Cuts `range` into at most `count` parts, none empty, of about equal cost.
fn blocks_of_equal_cost(range: Range<u32>, count: u32) -> Vec<Range<u32>> {
    let (first_cost, last_cost) = (cost_below(range.start), cost_below(range.end));
    let mut blocks = Vec::new();
    let mut start = range.start;
    for part in 1..=count {
        let share = f64::from(part) / f64::from(count);
        let target = first_cost + share * (last_cost - first_cost);
        let end = if part == count {
            range.end
        } else {
            first_reaching(target, start..range.end)
        };
        if start < end {
            blocks.push(start..end);
            start = end;
        }
    }
    blocks
}

/// The first `end` of `range`, or its end, for which everything below costs
/// at least `target`.
fn first_reaching(target: f64, range: Range<u32>) -> u32 {
    let (mut low, mut high) = (range.start, range.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if cost_below(middle) < target {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// The cost of all factorials below `end`, in digits written.
///
/// One factorial costs its length, x log₂(x/e) bits by Stirling's formula, and
/// a number of digits' worth of allocation; this is the integral of that.
fn cost_below(end: u32) -> f64 {
    const ALLOCATION_DIGITS: f64 = 32.0;
    let end = f64::from(end);
    let length_bits = end * end / 2.0 * ((end + 1.0).log2() - 1.5 * std::f64::consts::LOG2_E);
    (length_bits / 64.0).max(0.0) + ALLOCATION_DIGITS * end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_cover_the_range_once_and_in_order() {
        for (range, count) in [(0..0, 4), (5..6, 4), (0..3, 8), (0..9000, 8), (700..800, 3)] {
            let blocks = blocks_of_equal_cost(range.clone(), count);
            assert!(blocks.len() <= count as usize);
            assert!(blocks.iter().all(|block| !block.is_empty()));
            let covered: Vec<u32> = blocks.into_iter().flatten().collect();
            assert_eq!(covered, range.collect::<Vec<u32>>());
        }
    }

    #[test]
    fn blocks_hold_about_equally_many_digits() {
        let log2_of_factorial = |n: u32| (2..=n).map(|k| f64::from(k).log2()).sum::<f64>();
        let bits: Vec<f64> = blocks_of_equal_cost(0..2000, 4)
            .into_iter()
            .map(|block| block.map(log2_of_factorial).sum())
            .collect();
        let mean = bits.iter().sum::<f64>() / 4.0;
        for block in bits {
            assert!(
                (block / mean - 1.0).abs() < 0.25,
                "{block} bits, mean {mean}"
            );
        }
    }
}
