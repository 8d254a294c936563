//! One after the other, on the thread that asks: what everything else is
//! compared with.

use crate::workload::Workload;
use std::thread::sleep;

/// Runs the workload on one input after the other.
///
/// ```
/// use speedup::{strategy::sequential, workload::empty::Empty};
/// assert_eq!(sequential::map::<Empty>(&[3, 1]), [3, 1]);
/// ```
#[must_use]
pub fn map<W: Workload>(inputs: &[W::Input]) -> Vec<W::Output> {
    inputs
        .iter()
        .map(|input| W::run(input, &mut sleep))
        .collect()
}
