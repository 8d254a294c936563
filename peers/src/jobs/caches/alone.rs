//! One thread that asks a cache: for what it has, and for what it has not.

use super::kinds::{KEYS, Remembering};
use crate::job::{Contender, Extent, Outcome};
use speedup::workload::memoized::{Backend, SECONDS};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// So many look-ups are timed in a row.
pub(super) const LOOK_UPS: u32 = 50_000;

/// A time of calls that miss is taken so often, each in an empty cache.
pub(super) const EMPTIED: u32 = 10;

/// The key that is asked for again and again, among the notebook's three.
const KEY: u32 = 4;

/// The same key again and again.
pub(super) struct Warm<R> {
    function: R,
    backend: Backend,
}

impl<R: Remembering> Warm<R> {
    pub(super) fn new() -> Self {
        Self {
            function: R::new(),
            backend: Backend::new(Duration::ZERO),
        }
    }
}

impl<R: Remembering> Contender for Warm<R> {
    fn digest(&mut self, _extent: Extent) -> Outcome<String> {
        self.function.clear();
        let before = self.backend.calls();
        let round = || texts(&self.function, SECONDS, &self.backend);
        let answers = [round(), round()];
        ran(&self.backend, before, SECONDS.len() as u64)?;
        Ok(answers.join(" "))
    }

    fn time_ns(&mut self, _unit: usize) -> Outcome<f64> {
        texts(&self.function, SECONDS, &self.backend);
        let before = self.backend.calls();
        let start = Instant::now();
        for _ in 0..LOOK_UPS {
            drop(black_box(self.function.call(black_box(KEY), &self.backend)));
        }
        let taken = start.elapsed();
        ran(&self.backend, before, 0)?;
        Ok(taken.as_nanos() as f64 / f64::from(LOOK_UPS))
    }
}

/// One key after the other, each for the first time.
pub(super) struct Cold<R> {
    function: R,
    backend: Backend,
}

impl<R: Remembering> Cold<R> {
    pub(super) fn new() -> Self {
        Self {
            function: R::new(),
            backend: Backend::new(Duration::ZERO),
        }
    }
}

impl<R: Remembering> Contender for Cold<R> {
    fn digest(&mut self, _extent: Extent) -> Outcome<String> {
        self.function.clear();
        let before = self.backend.calls();
        let answers = texts(&self.function, 0..KEYS, &self.backend);
        ran(&self.backend, before, KEYS.into())?;
        Ok(answers)
    }

    fn time_ns(&mut self, _unit: usize) -> Outcome<f64> {
        let before = self.backend.calls();
        let mut taken = Duration::ZERO;
        for _ in 0..EMPTIED {
            self.function.clear();
            let start = Instant::now();
            for key in 0..KEYS {
                drop(black_box(self.function.call(black_box(key), &self.backend)));
            }
            taken += start.elapsed();
        }
        ran(&self.backend, before, u64::from(EMPTIED * KEYS))?;
        Ok(taken.as_nanos() as f64 / f64::from(EMPTIED * KEYS))
    }
}

/// The answers for the keys, in a line.
pub(super) fn texts<R: Remembering>(
    function: &R,
    keys: impl IntoIterator<Item = u32>,
    backend: &Backend,
) -> String {
    let answers = keys.into_iter().map(|key| function.call(key, backend));
    let answers: Vec<String> = answers.map(|answer| answer.as_ref().to_owned()).collect();
    answers.join(" ")
}

/// Whether the function ran as often as it should have.
fn ran(backend: &Backend, before: u64, expected: u64) -> Outcome<()> {
    match backend.calls() - before {
        times if times == expected => Ok(()),
        times => Err(format!("the function ran {times} times, not {expected}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::kinds::Forgetful;
    use super::*;

    #[test]
    fn a_look_up_that_runs_the_function_is_an_error() {
        let mut forgetful = Warm::<Forgetful>::new();
        for outcome in [
            forgetful.digest(Extent::Whole).map(drop),
            forgetful.time_ns(0).map(drop),
        ] {
            let error = outcome.expect_err("it remembers nothing").to_string();
            assert!(error.contains("the function ran"), "{error}");
        }
    }
}
