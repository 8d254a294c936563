//! What does the strategy itself cost?

use crate::spread::{Answers, SpreadBench, echoes};
use crate::suite::{Group, Length, Suite, Timing};
use criterion::Throughput;
use speedup::catalog::{DispatchTask, Row, Spread};
use speedup::process_pool::ProcessPool;
use speedup::strategy::raw_socket::Partner;
use speedup::strategy::{Shipped, Strategy, process_pool};
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
            DispatchTask::Singly { workers, tasks } => singly(&mut group, row, *workers, *tasks),
            DispatchTask::RawPingPong => raw_ping_pong(&mut group, row),
            DispatchTask::RawBytes(bytes) => raw_bytes(&mut group, row, *bytes),
            DispatchTask::RawStart { workers } => raw_start(&mut group, row, *workers),
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

/// Measures empty tasks through the process pool, a message each.
fn singly(group: &mut Group<'_>, row: &Row<DispatchTask>, workers: NonZeroUsize, tasks: u64) {
    let inputs: Vec<u64> = (0..tasks).collect();
    let map = |pool: &ProcessPool| -> Result<Vec<u64>, Box<dyn Error>> {
        let inputs = black_box(&inputs).iter().copied();
        Ok(pool.with_chunk_size(1)?.map(Empty::JOB, inputs)?)
    };
    let prepare = |_task: &DispatchTask| {
        let pool = process_pool::start(workers)?;
        echoes(&inputs, &map(&pool)?)?;
        Ok(pool)
    };
    let timing = per(Throughput::Elements(tasks));
    group.bench(row, timing, prepare, |pool: &mut ProcessPool, bencher| {
        let workers = pool.worker_ids();
        let mut failure = Ok(());
        bencher.iter(|| map(pool).map_err(|error| failure = Err(error)));
        failure?;
        if pool.worker_ids() == workers {
            Ok(())
        } else {
            Err("a worker died and was replaced while it was timed".into())
        }
    });
}

fn alone() -> Result<Partner, Box<dyn Error>> {
    Ok(Partner::start(NonZeroUsize::MIN)?.remove(0))
}

/// Measures eight bytes to another process and back.
fn raw_ping_pong(group: &mut Group<'_>, row: &Row<DispatchTask>) {
    let prepare = |_task: &DispatchTask| {
        let mut partner = alone()?;
        partner.ping_pong()?;
        Ok(partner)
    };
    let timing = per(Throughput::Elements(1));
    group.bench(row, timing, prepare, |partner: &mut Partner, bencher| {
        let mut failure = Ok(());
        bencher.iter(|| partner.ping_pong().map_err(|error| failure = Err(error)));
        Ok(failure?)
    });
}

/// Measures bytes that another process makes and sends.
fn raw_bytes(group: &mut Group<'_>, row: &Row<DispatchTask>, bytes: usize) {
    let prepare = |_task: &DispatchTask| {
        let mut partner = alone()?;
        known_payloads(&[bytes], &[partner.fetch(bytes)?])?;
        Ok(partner)
    };
    let timing = per(Throughput::Bytes(bytes as u64));
    group.bench(row, timing, prepare, |partner: &mut Partner, bencher| {
        let mut failure = Ok(());
        bencher.iter(|| {
            let answer = partner.fetch(black_box(bytes));
            answer.map_err(|error| failure = Err(error))
        });
        Ok(failure?)
    });
}

/// Measures processes from nothing to their end, with the first byte of each.
fn raw_start(group: &mut Group<'_>, row: &Row<DispatchTask>, workers: NonZeroUsize) {
    let timing = Timing {
        length: Length::Long,
        ..Timing::default()
    };
    let prepare = |_task: &DispatchTask| {
        for mut partner in Partner::start(workers)? {
            partner.ping_pong()?;
        }
        Ok(())
    };
    group.bench(row, timing, prepare, |(), bencher| {
        let mut failure = Ok(());
        bencher.iter(|| {
            let life = Partner::start(workers).map(drop);
            life.map_err(|error| failure = Err(error))
        });
        Ok(failure?)
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
