//! Scoped threads that each get one contiguous part of equal length, decided
//! beforehand: where the jobs differ in cost, this shows the imbalance.

use crate::strategy::sequential;
use crate::workload::Workload;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::thread::scope;

/// Runs the workload on `workers` threads, or on one a job where there are
/// fewer jobs.
///
/// ```
/// use speedup::{strategy::threads_static, workload::empty::Empty};
/// use std::num::NonZeroUsize;
///
/// let two = NonZeroUsize::new(2).expect("not zero");
/// assert_eq!(threads_static::map::<Empty>(two, &[5, 4, 3]), [5, 4, 3]);
/// ```
#[must_use]
pub fn map<W: Workload>(workers: NonZeroUsize, inputs: &[W::Input]) -> Vec<W::Output> {
    scope(|threads| {
        let parts: Vec<_> = parts(inputs, workers)
            .map(|part| threads.spawn(|| sequential::map::<W>(part)))
            .collect();
        let mut answers = Vec::with_capacity(inputs.len());
        for part in parts {
            match part.join() {
                Ok(part) => answers.extend(part),
                Err(panic) => resume_unwind(panic),
            }
        }
        answers
    })
}

/// Cuts `inputs` into `workers` contiguous parts whose lengths differ by one
/// at most; no part is empty.
fn parts<T>(inputs: &[T], workers: NonZeroUsize) -> impl Iterator<Item = &[T]> {
    let (length, longer) = (inputs.len() / workers, inputs.len() % workers);
    let mut rest = inputs;
    (0..workers.get()).map_while(move |index| {
        let (part, after) = rest.split_at(length + usize::from(index < longer));
        rest = after;
        (!part.is_empty()).then_some(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_are_contiguous_complete_and_equal_to_one(
            length in 0_usize..200,
            workers in 1_usize..40,
        ) {
            let inputs: Vec<usize> = (0..length).collect();
            let workers = NonZeroUsize::new(workers).expect("not zero");
            let parts: Vec<&[usize]> = parts(&inputs, workers).collect();
            prop_assert_eq!(&parts.concat(), &inputs);
            prop_assert_eq!(parts.len(), length.min(workers.get()));
            let lengths = parts.iter().map(|part| part.len());
            if let (Some(least), Some(most)) = (lengths.clone().min(), lengths.max()) {
                prop_assert!(least > 0 && most - least <= 1);
            }
        }
    }
}
