//! Eight threads that ask one cache at once: for what it has, and for one key
//! that it has not.

use super::alone::texts;
use super::kinds::{KEYS, Remembering};
use crate::job::{Contender, Extent, Outcome};
use speedup::workload::memoized::{Backend, printed};
use std::hint::black_box;
use std::ops::RangeInclusive;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

/// So many threads.
pub(super) const THREADS: u32 = 8;

/// So many look-ups by each of them.
pub(super) const LOOK_UPS: u32 = 20_000;

/// The key that nobody has asked for: the notebook's 2 seconds.
pub(super) const MISSING: u32 = 2;

/// When a thread's part of the work began and ended.
type Part = (Instant, Instant);

/// Runs `work` on threads that begin together, after each has made itself
/// `ready`: from when the first of them began until the last was done.
fn together<T: Send>(
    ready: impl Fn(u32) + Sync,
    work: impl Fn(u32) -> T + Sync,
) -> (Duration, Vec<T>) {
    let barrier = Barrier::new(THREADS as usize);
    let run = |number| {
        ready(number);
        barrier.wait();
        let begin = Instant::now();
        let answer = work(number);
        ((begin, Instant::now()), answer)
    };
    let (parts, answers): (Vec<Part>, Vec<T>) = thread::scope(|scope| {
        let run = &run;
        let threads: Vec<_> = (0..THREADS)
            .map(|number| scope.spawn(move || run(number)))
            .collect();
        let ends = threads.into_iter().map(thread::ScopedJoinHandle::join);
        ends.map(|end| end.expect("it does not panic")).unzip()
    });
    let begin = parts.iter().map(|(begin, _)| *begin).min();
    let end = parts.iter().map(|(_, end)| *end).max();
    let taken = begin.zip(end).map(|(begin, end)| end - begin);
    (taken.unwrap_or_default(), answers)
}

/// What a thread has asked for before its time begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// Every key, once.
    Everything,
    /// Nothing: what it keeps of its own, it takes from what all share.
    Nothing,
}

/// Every thread asks for all keys in turn, again and again, the threads at
/// different places.
pub(super) struct Sharing<R> {
    function: R,
    before: Before,
    backend: Backend,
    /// What each thread asks for, in order.
    keys: Vec<Vec<u32>>,
}

impl<R: Remembering> Sharing<R> {
    pub(super) fn new(before: Before) -> Self {
        let keys = |number| {
            let first = number * KEYS / THREADS;
            (first..first + LOOK_UPS).map(|key| key % KEYS).collect()
        };
        Self {
            function: R::new(),
            before,
            backend: Backend::new(Duration::ZERO),
            keys: (0..THREADS).map(keys).collect(),
        }
    }
}

impl<R: Remembering> Contender for Sharing<R> {
    fn digest(&mut self, _extent: Extent) -> Outcome<String> {
        let answers = |_| texts(&self.function, 0..KEYS, &self.backend);
        let (_, answers) = together(|_| (), answers);
        Ok(answers.join(" "))
    }

    fn time_ns(&mut self, _unit: usize) -> Outcome<f64> {
        let Self {
            function,
            before,
            backend,
            keys,
        } = self;
        let everything = || drop(texts(function, 0..KEYS, backend));
        // What all share is there in any case.
        everything();
        let warm = |_| {
            if *before == Before::Everything {
                everything();
            }
        };
        let work = |number| {
            let before = backend.calls();
            for key in &keys[number as usize] {
                drop(black_box(function.call(black_box(*key), backend)));
            }
            backend.calls() - before
        };
        let (taken, ran) = together(warm, work);
        // Each thread has seen the others' calls too, so there is no sum of them.
        if ran.iter().any(|times| *times > 0) {
            return Err("the function ran although its answers are remembered".into());
        }
        Ok(taken.as_nanos() as f64)
    }
}

/// Every thread asks for the same missing key.
pub(super) struct Stampede<R> {
    function: R,
    backend: Backend,
    /// How often the function may run for it.
    runs: RangeInclusive<u64>,
}

impl<R: Remembering> Stampede<R> {
    pub(super) fn new(second: Duration, runs: RangeInclusive<u64>) -> Self {
        Self {
            function: R::new(),
            backend: Backend::new(second),
            runs,
        }
    }

    fn rush(&self) -> Outcome<(Duration, String)> {
        self.function.clear();
        let before = self.backend.calls();
        let (taken, answers) = together(
            |_| (),
            |_| {
                self.function
                    .call(MISSING, &self.backend)
                    .as_ref()
                    .to_owned()
            },
        );
        let times = self.backend.calls() - before;
        if !self.runs.contains(&times) {
            let (least, most) = (self.runs.start(), self.runs.end());
            return Err(format!("the function ran {times} times, not {least} to {most}").into());
        }
        if let Some(wrong) = answers.iter().find(|answer| **answer != printed(MISSING)) {
            return Err(format!("a thread was told '{wrong}'").into());
        }
        Ok((taken, answers.join(" ")))
    }
}

impl<R: Remembering> Contender for Stampede<R> {
    fn digest(&mut self, _extent: Extent) -> Outcome<String> {
        Ok(self.rush()?.1)
    }

    fn time_ns(&mut self, _unit: usize) -> Outcome<f64> {
        Ok(self.rush()?.0.as_nanos() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::super::kinds::{Forgetful, Places, Quick};
    use super::*;

    #[test]
    fn a_function_that_runs_more_often_than_said_is_an_error() {
        let mut forgetful = Stampede::<Forgetful>::new(Duration::ZERO, 1..=1);
        let error = forgetful
            .digest(Extent::Whole)
            .expect_err("it remembers nothing");
        assert_eq!(error.to_string(), "the function ran 8 times, not 1 to 1");
        let error = Sharing::<Forgetful>::new(Before::Everything)
            .time_ns(0)
            .expect_err("as above");
        assert_eq!(
            error.to_string(),
            "the function ran although its answers are remembered"
        );
    }

    #[test]
    fn a_stampede_takes_as_long_as_the_function() {
        let second = Duration::from_millis(1);
        let quick = Stampede::<Quick>::new(second, 1..=1).time_ns(0);
        let places = Stampede::<Places>::new(second, 1..=1).time_ns(0);
        for taken in [quick, places] {
            let ns = taken.expect("the function runs once");
            assert!(ns >= (second * MISSING).as_nanos() as f64, "{ns}");
        }
    }
}
