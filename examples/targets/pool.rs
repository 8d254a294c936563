//! The process pool, and the two bare processes that are its limit.

use crate::arms::{repeated_for, timed, workers};
use crate::relaunch::Arm;
use speedup::process_pool::ProcessPool;
use speedup::strategy::process_pool;
use speedup::strategy::raw_socket::Partner;
use speedup::strategy::{Shipped, Strategy};
use speedup::workload::empty::Empty;
use speedup::workload::payload::Payload;
use std::error::Error;
use std::hint::black_box;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Times that are some tens of microseconds are taken of so many in a row.
const ROUNDS: u32 = 500;

/// Times that are some milliseconds, of so many.
const FEW_ROUNDS: u32 = 10;

pub(crate) fn raw_ping_pong() -> Outcome<Arm> {
    let mut partner = partner()?;
    Ok(repeated_for(ROUNDS, move || Ok(partner.ping_pong()?)))
}

fn partner() -> Outcome<Partner> {
    Ok(Partner::start(workers(1)?)?.remove(0))
}

pub(crate) fn one_job() -> Outcome<Arm> {
    let pool = process_pool::start(workers(1)?)?;
    Ok(repeated_for(ROUNDS, move || {
        map::<Empty>(&pool, &[1]).map(drop)
    }))
}

fn map<W: Shipped>(pool: &ProcessPool, inputs: &[W::Input]) -> Outcome<Vec<W::Output>> {
    Ok(process_pool::map::<W>(pool, black_box(inputs))?)
}

/// So many empty jobs on two workers, in chunks of a given size or of the
/// pool's own.
pub(crate) fn empty_jobs(count: u64, chunk: Option<usize>) -> Outcome<Arm> {
    let pool = process_pool::start(workers(2)?)?;
    Ok(Box::new(move |_pair| {
        let mut failed = Ok(());
        let ns = timed(|| {
            let answers = match chunk {
                Some(jobs) => pool
                    .with_chunk_size(jobs)
                    .and_then(|pool| pool.map(Empty::JOB, 0..count)),
                None => pool.map(Empty::JOB, 0..count),
            };
            answers.map_err(|error| failed = Err(error))
        });
        failed?;
        Ok(ns)
    }))
}

pub(crate) fn raw_bytes(bytes: usize) -> Outcome<Arm> {
    let mut partner = partner()?;
    Ok(repeated_for(ROUNDS, move || {
        partner.fetch(black_box(bytes))?;
        Ok(())
    }))
}

/// One result of so many bytes, and then the next.
pub(crate) fn results(bytes: usize) -> Outcome<Arm> {
    let pool = process_pool::start(workers(1)?)?;
    Ok(repeated_for(ROUNDS, move || {
        map::<Payload>(&pool, &[bytes]).map(drop)
    }))
}

pub(crate) fn raw_start(count: usize) -> Outcome<Arm> {
    let count = workers(count)?;
    Ok(repeated_for(FEW_ROUNDS, move || {
        Partner::start(count)?;
        Ok(())
    }))
}

pub(crate) fn start(count: usize) -> Outcome<Arm> {
    let count = workers(count)?;
    Ok(repeated_for(FEW_ROUNDS, move || {
        Strategy::ProcessPool.start(count)?;
        Ok(())
    }))
}
