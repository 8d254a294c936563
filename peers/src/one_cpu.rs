//! Two processes that take turns are either on one CPU or on two, as the
//! scheduler likes, and waking the other costs more on two. Times of both kinds
//! in one result say nothing, so a job that goes there and back between two
//! processes is held on one CPU.

use crate::job::Outcome;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Keeps this thread, and all threads and processes that it starts from now
/// on, on the first of the CPUs that it may use: what `taskset` does.
pub(crate) fn stay_on_one_cpu() -> Outcome<()> {
    let allowed = sched_getaffinity(None)?;
    let first = (0..CpuSet::MAX_CPU).find(|cpu| allowed.is_set(*cpu));
    let mut one = CpuSet::new();
    one.set(first.ok_or("there is no CPU to run on")?);
    Ok(sched_setaffinity(None, &one)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn a_thread_and_what_it_starts_stay_on_one_cpu() {
        let cpus = || {
            let set = sched_getaffinity(None).expect("the system tells");
            set.count()
        };
        let counts = thread::spawn(move || {
            stay_on_one_cpu().expect("it may use one");
            let child = thread::spawn(cpus).join().expect("it only counts");
            (cpus(), child)
        });
        assert_eq!(counts.join().expect("it only counts"), (1, 1));
    }
}
