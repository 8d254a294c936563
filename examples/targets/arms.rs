//! What takes turns: kernels, strategies and caches of this crate.

use crate::relaunch::Arm;
use num_bigint::BigUint;
use speedup::catalog::Scale;
use speedup::strategy::{Shipped, Strategy, rayon};
use speedup::workload::factorial::{prime_swing, running_product, running_product_in_blocks};
use speedup::workload::memoized::{Backend, Cache, SECONDS, ThreadLocalString};
use std::error::Error;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

/// The ends of the notebook's ranges.
pub(crate) const SINGLE_CORE_END: u32 = 9000;
pub(crate) const MULTI_PROCESS_END: u32 = 25_000;

/// A list of single factorials takes turns in so many parts: every sixteenth
/// factorial, from another first one each time.
pub(crate) const PARTS: u32 = 16;

/// Look-ups in one unit.
pub(crate) const LOOK_UPS: u32 = 100_000;

/// The time of `run`, in nanoseconds; what it returns is freed afterwards.
pub(crate) fn timed<R>(run: impl FnOnce() -> R) -> f64 {
    let start = Instant::now();
    let result = run();
    let taken = start.elapsed();
    drop(black_box(result));
    taken.as_nanos() as f64
}

pub(crate) fn list(end: u32) -> Vec<u32> {
    (0..end).collect()
}

/// Single factorials below 9000: the part that the index names.
pub(crate) fn each() -> Arm {
    Box::new(|pair| {
        let numbers = part(pair);
        Ok(timed(|| numbers.map(prime_swing).collect::<Vec<BigUint>>()))
    })
}

pub(crate) fn part(pair: usize) -> impl Iterator<Item = u32> {
    let first = (0..PARTS).cycle().nth(pair).unwrap_or_default();
    (first..SINGLE_CORE_END).step_by(PARTS as usize)
}

pub(crate) fn running(end: u32) -> Arm {
    Box::new(move |_pair| Ok(timed(|| running_product(0..black_box(end)))))
}

pub(crate) fn blocks(end: u32) -> Result<Arm, Box<dyn Error>> {
    let pool = rayon::start(workers(2)?)?;
    Ok(Box::new(move |_pair| {
        Ok(timed(|| {
            running_product_in_blocks(0..black_box(end), &pool)
        }))
    }))
}

/// Copies a finished list: what memory alone costs.
pub(crate) fn copying(end: u32) -> Arm {
    let finished = running_product(0..end);
    Box::new(move |_pair| Ok(timed(|| black_box(&finished).clone())))
}

/// A strategy and the sequential one, on the same inputs.
pub(crate) fn spread<W: Shipped>(
    strategy_a: Strategy,
    workers: usize,
    inputs: &[W::Input],
) -> Result<[Arm; 2], Box<dyn Error>>
where
    W::Input: 'static,
{
    Ok([
        strategy::<W>(strategy_a, workers, inputs)?,
        strategy::<W>(Strategy::Sequential, 1, inputs)?,
    ])
}

pub(crate) fn strategy<W: Shipped>(
    strategy: Strategy,
    count: usize,
    inputs: &[W::Input],
) -> Result<Arm, Box<dyn Error>>
where
    W::Input: 'static,
{
    let mut crew = strategy.start(workers(count)?)?;
    let inputs = inputs.to_vec();
    Ok(Box::new(move |_pair| {
        let mut failed = Ok(());
        let ns = timed(|| match crew.map::<W>(black_box(&inputs)) {
            Ok(answers) => answers,
            Err(error) => {
                failed = Err(error);
                Vec::new()
            }
        });
        failed?;
        Ok(ns)
    }))
}

pub(crate) fn workers(count: usize) -> Result<NonZeroUsize, Box<dyn Error>> {
    NonZeroUsize::new(count).ok_or_else(|| "0 workers".into())
}

pub(crate) fn sleeps(seconds: [u32; 3]) -> [Duration; 3] {
    seconds.map(|seconds| Scale::default().seconds(seconds))
}

/// A call that is too short to be timed alone.
pub(crate) fn repeated<R>(mut call: impl FnMut() -> R + 'static) -> Arm {
    repeated_for(LOOK_UPS, move || {
        black_box(call());
        Ok(())
    })
}

/// A call that is timed so many times in a row.
pub(crate) fn repeated_for(
    rounds: u32,
    mut call: impl FnMut() -> Result<(), Box<dyn Error>> + 'static,
) -> Arm {
    Box::new(move |_pair| {
        let mut outcome = Ok(());
        let all = timed(|| outcome = (0..rounds).try_for_each(|_| call()));
        outcome?;
        Ok(all / f64::from(rounds))
    })
}

pub(crate) fn three_calls(backend: &Backend) -> [String; 3] {
    black_box(SECONDS).map(|seconds| ThreadLocalString::call(seconds, backend))
}

/// The notebook's three calls, remembered since the first, untimed pair.
pub(crate) fn warm_calls() -> Arm {
    let backend = Backend::new(Scale::default().seconds(1));
    repeated(move || three_calls(&backend))
}

pub(crate) fn cold_calls() -> Arm {
    let backend = Backend::new(Scale::default().seconds(1));
    Box::new(move |_pair| {
        ThreadLocalString::clear();
        Ok(timed(|| three_calls(&backend)))
    })
}

pub(crate) fn look_ups<C: Cache>() -> Arm {
    let backend = Backend::new(Duration::ZERO);
    for seconds in SECONDS {
        let _ = C::call(seconds, &backend);
    }
    Box::new(move |_pair| {
        Ok(timed(|| {
            for _ in 0..LOOK_UPS {
                black_box(C::call(black_box(SECONDS[0]), &backend));
            }
        }))
    })
}
