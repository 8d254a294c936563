//! What does the strategy itself cost?

use crate::spread::{Answers, SpreadBench, echoes};
use crate::suite::{Group, Length, Suite, Timing};
use criterion::Throughput;
use speedup::catalog::{DispatchTask, Row, Spread};
use speedup::strategy::Strategy;
use speedup::workload::{empty::Empty, payload::Payload};
use std::error::Error;
use std::hint::black_box;
use std::num::NonZeroUsize;

/// Measures starting the workers, tasks that do nothing, and bytes shipped
/// back.
pub(super) fn define(suite: &mut Suite) {
    let rows = suite.catalog().dispatch();
    let mut group = suite.group("dispatch");
    let empties = SpreadBench::<Empty>::new(Answers::Timed, echoes);
    let payloads = SpreadBench::<Payload>::new(Answers::Timed, known_payloads);
    for row in &rows {
        match &row.task {
            DispatchTask::Start { strategy, workers } => {
                start(&mut group, row, *strategy, *workers);
            }
            DispatchTask::Empty(spread) => {
                let throughput = Throughput::Elements(spread.inputs.len() as u64);
                empties.bench(&mut group, &with(row, spread), per(throughput));
            }
            DispatchTask::Payload(spread) => {
                let bytes: usize = spread.inputs.iter().sum();
                let throughput = Throughput::Bytes(bytes as u64);
                payloads.bench(&mut group, &with(row, spread), per(throughput));
            }
        }
    }
    group.finish();
}

/// The same row with the part of its task that is spread.
fn with<I: Clone>(row: &Row<DispatchTask>, spread: &Spread<I>) -> Row<Spread<I>> {
    Row {
        id: row.id.clone(),
        baseline: row.baseline.clone(),
        task: spread.clone(),
    }
}

fn per(throughput: Throughput) -> Timing {
    Timing {
        throughput: Some(throughput),
        ..Timing::default()
    }
}

/// Measures workers from nothing to their end, with one empty task each to see
/// that they are there.
fn start(
    group: &mut Group<'_>,
    row: &Row<DispatchTask>,
    strategy: Strategy,
    workers: NonZeroUsize,
) {
    let timing = Timing {
        length: Length::Long,
        ..Timing::default()
    };
    let tasks: Vec<u64> = (0..).take(workers.get()).collect();
    let life = || -> Result<Vec<u64>, Box<dyn Error>> {
        Ok(strategy.start(workers)?.map::<Empty>(black_box(&tasks))?)
    };
    let prepare = |_task: &DispatchTask| echoes(&tasks, &life()?);
    group.bench(row, timing, prepare, |(), bencher| {
        let mut failure = None;
        bencher.iter(|| {
            if let Err(error) = life() {
                failure = Some(error);
            }
        });
        failure.map_or(Ok(()), Err)
    });
}

/// The bytes as a formula says, not as the workload makes them.
fn known_payloads(sizes: &[usize], answers: &[Vec<u8>]) -> Result<(), Box<dyn Error>> {
    for (size, bytes) in sizes.iter().zip(answers) {
        let mut expected = (0..*size).map(|index| index % 251);
        if bytes.len() != *size
            || !bytes
                .iter()
                .all(|byte| expected.next() == Some((*byte).into()))
        {
            return Err(format!("wrong: a payload of {size} bytes has others").into());
        }
    }
    Ok(())
}
