//! Does waiting overlap?

use crate::spread::{Answers, SpreadBench, echoes};
use crate::suite::{Length, Suite, Timing};
use speedup::workload::sleep::Sleep;

/// Measures the notebook's sleeps one after the other and at once, and equal
/// sleeps on more and more workers.
pub(super) fn define(suite: &mut Suite) {
    let rows = suite.catalog().sleep();
    let mut group = suite.group("sleep");
    let sleeps = SpreadBench::<Sleep>::new(Answers::Timed, echoes);
    for row in &rows {
        let timing = Timing {
            length: Length::Long,
            ..Timing::default()
        };
        sleeps.bench(&mut group, row, timing);
    }
    group.finish();
}
