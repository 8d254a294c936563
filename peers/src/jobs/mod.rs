//! What is measured: a file a job, and its Python beside it.

mod caches;
mod dispatch;
mod dispatch_many;
#[cfg(target_os = "linux")]
mod dispatch_one;
mod factorial_list;
mod format;
mod kernels;
mod parallel_factorials;
mod single_factorials;
mod sleeps;
mod warmed;

use crate::job::{Contender, Job, Outcome};
use speedup::catalog::Scale;

/// All jobs, in the order of the table, at a scale.
///
/// ```
/// use speedup::catalog::Scale;
///
/// let jobs = speedup_peers::jobs::all(Scale::default());
/// assert!(jobs.iter().all(|job| job.sides[0].is_ours));
/// ```
#[must_use]
pub fn all(scale: Scale) -> Vec<Job> {
    vec![
        single_factorials::below_9000(scale),
        single_factorials::below_25000(scale),
        factorial_list::job(scale),
        parallel_factorials::job(scale),
        caches::warm(),
        caches::cold(),
        caches::threads(),
        caches::stampede(scale),
        #[cfg(target_os = "linux")]
        dispatch_one::one_job(),
        dispatch_many::job(),
        #[cfg(target_os = "linux")]
        dispatch_one::one_result(),
        dispatch::start(),
        sleeps::three(scale),
        sleeps::thousand(scale),
        sleeps::ten_thousand(scale),
        format::display(),
        format::debug(),
    ]
}

/// What is to be measured in a process of its own, by the words that its job
/// starts it with.
pub(crate) fn apart(words: &[String]) -> Outcome<Box<dyn Contender>> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [sleeps::APART, strategy, count, ns] => sleeps::apart(strategy, count, ns),
        words => Err(format!("nothing is called '{}'", words.join(" ")).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_words_and_each_is_there_once() {
        let jobs = all(Scale::default());
        let names: BTreeSet<&str> = jobs.iter().map(|job| job.name).collect();
        assert_eq!(names.len(), jobs.len());
        for job in &jobs {
            let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            assert!(job.name.chars().all(is_part), "{}", job.name);
            let sides: BTreeSet<&str> = job.sides.iter().map(|side| side.name).collect();
            assert_eq!(sides.len(), job.sides.len(), "{}", job.name);
        }
    }
}
