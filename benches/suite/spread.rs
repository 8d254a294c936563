//! What the groups share that run a workload by a strategy.

use crate::meter::is_watching;
use crate::suite::{Group, Timing};
use criterion::BatchSize;
use speedup::Paired;
use speedup::catalog::{Row, Spread};
use speedup::strategy::{Crew, Shipped};
use speedup::workload::Workload;
use std::cell::RefCell;
use std::error::Error;
use std::hint::black_box;

/// What happens to the answers of an iteration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answers {
    /// They are small: freeing them is part of the time.
    Timed,
    /// They are large: they are freed outside the clock, after each iteration.
    Untimed,
}

/// Compares the answers to inputs with what is known of them, all of them.
type Known<W> =
    fn(&[<W as Workload>::Input], &[<W as Workload>::Output]) -> Result<(), Box<dyn Error>>;

/// Inputs and their answers.
type Solved<W> = (Vec<<W as Workload>::Input>, Vec<<W as Workload>::Output>);

/// Measures rows that run the same workload, each checked against the
/// sequential answer, and that once against the known one.
pub(super) struct SpreadBench<W: Shipped> {
    /// Compares answers with known ones.
    known: Known<W>,
    answers: Answers,
    /// The inputs of the last row and their answers: rows of the same size
    /// follow each other.
    last: RefCell<Option<Solved<W>>>,
}

impl<W: Shipped<Input: PartialEq>> SpreadBench<W> {
    pub(super) fn new(answers: Answers, known: Known<W>) -> Self {
        Self {
            known,
            answers,
            last: RefCell::new(None),
        }
    }

    pub(super) fn bench(&self, group: &mut Group<'_>, row: &Row<Spread<W::Input>>, timing: Timing) {
        let inputs = &row.task.inputs;
        let prepare = |task: &Spread<W::Input>| {
            let mut crew = task.strategy.start(task.workers)?;
            self.check(inputs, &crew.map::<W>(inputs)?)?;
            Ok(crew)
        };
        group.bench(row, timing, prepare, |crew: &mut Crew, bencher| {
            let workers = crew.worker_ids();
            let mut failure = None;
            let mut map = || match crew.map::<W>(black_box(inputs)) {
                Ok(answers) => answers,
                Err(error) => {
                    failure = Some(error);
                    Vec::new()
                }
            };
            match self.answers {
                Answers::Timed => bencher.iter(map),
                Answers::Untimed => {
                    bencher.iter_batched(|| (), |()| map(), BatchSize::PerIteration);
                }
            }
            if let Some(error) = failure {
                return Err(error.into());
            }
            if crew.worker_ids() != workers {
                return Err("a worker process died and was replaced while it was timed".into());
            }
            Ok(())
        });
    }

    /// Whether the answers are the sequential ones, and these the known ones.
    fn check(&self, inputs: &[W::Input], answers: &[W::Output]) -> Result<(), Box<dyn Error>> {
        if is_watching() {
            return Ok(());
        }
        // An arm runs one row: there is none to share the sequential answers with,
        // and computing them takes as long as what it is there to measure.
        if Paired::from_env().is_arm() {
            compare_counts(inputs.len(), answers.len())?;
            return (self.known)(inputs, answers);
        }
        let mut last = self.last.borrow_mut();
        let (_, expected) = match last.take() {
            Some(same) if same.0 == inputs => last.insert(same),
            _ => {
                let expected = sequential_without_waiting::<W>(inputs);
                (self.known)(inputs, &expected)?;
                last.insert((inputs.to_vec(), expected))
            }
        };
        compare(expected, answers)
    }
}

fn sequential_without_waiting<W: Shipped>(inputs: &[W::Input]) -> Vec<W::Output> {
    inputs
        .iter()
        .map(|input| W::run(input, &mut |_time| ()))
        .collect()
}

/// Says where answers differ, without printing megabytes of them.
fn compare<R: PartialEq>(expected: &[R], answers: &[R]) -> Result<(), Box<dyn Error>> {
    compare_counts(expected.len(), answers.len())?;
    match expected.iter().zip(answers).position(|(a, b)| a != b) {
        None => Ok(()),
        Some(index) => Err(format!(
            "wrong answer to job {index}: it is not the sequential one; nothing was stored"
        )
        .into()),
    }
}

fn compare_counts(expected: usize, given: usize) -> Result<(), Box<dyn Error>> {
    if expected == given {
        return Ok(());
    }
    Err(format!("wrong: {given} answers to {expected} jobs").into())
}

/// For workloads whose answer is their input.
pub(super) fn echoes<T: PartialEq>(inputs: &[T], answers: &[T]) -> Result<(), Box<dyn Error>> {
    compare(inputs, answers)
}
