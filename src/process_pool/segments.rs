//! Outcomes that arrive in pieces, put in order.

use super::error::{Failure, JobError};
use super::map::{Call, Outcomes};
use super::seats::Ended;

/// The outcomes of neighbours, and the index of the first of them.
pub(super) type Segment<R> = (usize, Outcomes<R>);

pub(super) fn in_order<R>(mut segments: Vec<Segment<R>>) -> Outcomes<R> {
    if segments.len() == 1 {
        return segments
            .pop()
            .map(|(_, outcomes)| outcomes)
            .unwrap_or_default();
    }
    let total = segments.iter().map(|(_, outcomes)| outcomes.len()).sum();
    let mut all = Vec::with_capacity(total);
    for (_, outcomes) in segments {
        all.extend(outcomes);
    }
    all
}

/// Gives every job that was not run the reason why.
pub(super) fn fill<A, R>(
    segments: &mut Vec<Segment<R>>,
    total: usize,
    call: &Call<A, R>,
    ended: &Ended,
) {
    let mut gaps = Vec::new();
    let mut next = 0;
    for (first, outcomes) in segments.iter() {
        gaps.push(next..*first);
        next = first + outcomes.len();
    }
    gaps.push(next..total);
    for gap in gaps.into_iter().filter(|gap| !gap.is_empty()) {
        let first = gap.start;
        let failure = |index| {
            let failure = Failure::from(ended.clone());
            Err(JobError::new(index, call.job.name(), None, failure))
        };
        segments.push((first, gap.map(failure).collect()));
    }
    segments.sort_unstable_by_key(|(first, _)| *first);
}
