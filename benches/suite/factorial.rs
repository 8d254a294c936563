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
    let range = 0..u32::try_from(inputs.len())?;
    if !inputs.iter().copied().eq(range.clone()) {
        return Err("the inputs are not 0, 1, 2 and so on, for which answers are known".into());
    }
    Ok(known::check_range(range, answers)?)
}
