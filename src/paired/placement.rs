//! Which CPUs an arm may use, and whether one is enough for it.
//!
//! Two processes on two CPUs differ by whatever else runs there. Arms that use
//! one thread are therefore pinned to one and the same CPU, which is found out
//! rather than asked for: from counters that Linux keeps of threads and
//! children that ended long ago. Elsewhere nothing is pinned.

use rustix::process::Pid;

/// What an arm had done when it greeted, before its benchmark began.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Before {
    #[cfg(target_os = "linux")]
    faults_of_children: u64,
}

#[cfg(target_os = "linux")]
mod linux {
    use super::{Before, Pid};
    use rustix::thread::{CpuSet, sched_setaffinity};
    use std::fs;

    /// Fields of `/proc/PID/stat`, counted from its third, which is the first
    /// behind the name; `man proc_pid_stat` counts from 1.
    const PARENT: usize = 4 - 3;
    const FAULTS: usize = 10 - 3;
    const FAULTS_OF_CHILDREN: usize = 11 - 3;
    const THREADS: usize = 20 - 3;
    const PROCESSOR: usize = 39 - 3;

    /// One number of a `stat` file.
    fn stat(path: &str, field: usize) -> Option<u64> {
        let text = fs::read_to_string(path).ok()?;
        // The name may hold anything, parentheses too; the last one ends it.
        let (_, fields) = text.rsplit_once(") ")?;
        fields.split_ascii_whitespace().nth(field)?.parse().ok()
    }

    impl Before {
        pub(in crate::paired) fn of(process: Pid) -> Self {
            let faults = stat(&format!("/proc/{process}/stat"), FAULTS_OF_CHILDREN);
            Self {
                faults_of_children: faults.unwrap_or_default(),
            }
        }
    }

    /// Whether the process has and had nothing but its main thread since.
    ///
    /// A thread that has ended shows in the page faults of the process, which
    /// are more than those of its main thread then: a new thread's stack is
    /// paged in by itself. A child that was waited for shows in the page
    /// faults of children. What can't be read counts as more than one thread.
    pub(in crate::paired) fn is_single_threaded(process: Pid, before: Before) -> bool {
        let whole = format!("/proc/{process}/stat");
        let main = format!("/proc/{process}/task/{process}/stat");
        stat(&whole, THREADS) == Some(1)
            && stat(&whole, FAULTS_OF_CHILDREN) == Some(before.faults_of_children)
            // Read in this order, a fault in between can't pass for a thread's.
            && stat(&whole, FAULTS).is_some_and(|whole| stat(&main, FAULTS) >= Some(whole))
            && descendants(process).is_empty()
    }

    /// The CPU that the process ran on last.
    pub(in crate::paired) fn last_cpu(process: Pid) -> Option<usize> {
        let cpu = stat(&format!("/proc/{process}/stat"), PROCESSOR)?;
        usize::try_from(cpu).ok()
    }

    /// Keeps the main thread on `cpu`; false if the system refuses.
    pub(in crate::paired) fn pin(process: Pid, cpu: usize) -> bool {
        if cpu >= CpuSet::MAX_CPU {
            return false;
        }
        let mut cpus = CpuSet::new();
        cpus.set(cpu);
        sched_setaffinity(Some(process), &cpus).is_ok()
    }

    /// The children of the process, their children, and so on.
    pub(in crate::paired) fn descendants(process: Pid) -> Vec<Pid> {
        let mut parents = Vec::new();
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let name = entry.file_name();
            let Some(child) = name.to_str().and_then(|name| name.parse::<i32>().ok()) else {
                continue;
            };
            if let Some(parent) = stat(&format!("/proc/{child}/stat"), PARENT) {
                parents.push((parent, child));
            }
        }
        let mut found = vec![process];
        let mut next = 0;
        while let Some(parent) = found.get(next).copied() {
            let of_parent = |(of, child): &(u64, i32)| {
                let is_child = i128::from(*of) == i128::from(parent.as_raw_pid());
                is_child.then(|| Pid::from_raw(*child)).flatten()
            };
            found.extend(parents.iter().filter_map(of_parent));
            next += 1;
        }
        found.split_off(1)
    }
}

#[cfg(not(target_os = "linux"))]
mod linux {
    use super::{Before, Pid};

    impl Before {
        pub(in crate::paired) fn of(_process: Pid) -> Self {
            Self::default()
        }
    }

    pub(in crate::paired) fn is_single_threaded(_process: Pid, _before: Before) -> bool {
        false
    }

    pub(in crate::paired) fn last_cpu(_process: Pid) -> Option<usize> {
        None
    }

    pub(in crate::paired) fn pin(_process: Pid, _cpu: usize) -> bool {
        false
    }

    pub(in crate::paired) fn descendants(_process: Pid) -> Vec<Pid> {
        Vec::new()
    }
}

pub(super) use linux::{descendants, is_single_threaded, last_cpu, pin};
