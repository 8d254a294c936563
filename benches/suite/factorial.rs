//! What do cores buy?

use crate::spread::{Answers, SpreadBench};
use crate::suite::{Length, Suite, Timing};
use criterion::Throughput;
use num_bigint::BigUint;
use speedup::workload::factorial::{Factorial, known};
use std::error::Error;

/// Measures the notebook's list of factorials by every strategy.
pub(super) fn define(suite: &mut Suite) {
    let rows = suite.catalog().factorial();
    let mut group = suite.group("factorial");
    let factorials = SpreadBench::<Factorial>::new(Answers::Untimed, known_factorials);
    for row in &rows {
        let timing = Timing {
            length: match row.task.inputs.len() {
                ..1000 => Length::Short,
                1000..3000 => Length::Long,
                _ => Length::VeryLong,
            },
            throughput: Some(Throughput::Elements(row.task.inputs.len() as u64)),
        };
        factorials.bench(&mut group, row, timing);
    }
    group.finish();
}

fn known_factorials(inputs: &[u32], answers: &[BigUint]) -> Result<(), Box<dyn Error>> {
    for (n, answer) in inputs.iter().zip(answers) {
        known::check(*n, answer)?;
    }
    Ok(())
}
