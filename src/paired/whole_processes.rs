//! The way out for suites without the baton: whole processes, one after the
//! other, in balanced order.

use super::arm::Arm;
use super::error::PairedError;
use super::lock_step::{Samples, samples};
use super::stage::{Sampling, Stage};
use crate::stats::median;

/// Runs every arm twice, in one order and then in the opposite one (A B B A),
/// and returns the two medians of each: whatever drifts evenly meanwhile
/// cancels. Unlike in lock-step, whatever comes in bursts does not.
pub(super) fn block(
    stage: &Stage,
    arms: &[Arm],
    sampling: Sampling,
    reversed: bool,
) -> Result<Vec<Samples>, PairedError> {
    let mut medians_ns = vec![Vec::new(); arms.len()];
    let forwards: Vec<usize> = (0..arms.len()).collect();
    let backwards: Vec<usize> = (0..arms.len()).rev().collect();
    let orders = if reversed {
        [backwards, forwards]
    } else {
        [forwards, backwards]
    };
    for index in orders.into_iter().flatten() {
        let arm = &arms[index];
        let mut process = stage.start_benchmark(index, arm, sampling, false)?;
        process.finish()?;
        medians_ns[index].push(median(&mut samples(&process, arm)?)?);
    }
    Ok(medians_ns
        .into_iter()
        .map(|times_ns| Samples {
            times_ns,
            overheads_ns: Vec::new(),
            is_pinned: false,
        })
        .collect())
}
