//! What a row uses beside time, as seen from within its process: CPU time and
//! memory, of this process and of all that it started.

use rustix::process::getpid;
use rustix::time::{ClockId, Timespec, clock_gettime};
use serde_json::json;
use speedup::report::Cost;
use std::collections::BTreeSet;
use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Names the file that a row's cost goes to. Set, it makes this process one that
/// runs a row for its cost; who sets it is `cost.rs`.
pub(super) const VARIABLE: &str = "SPEEDUP_COST_FILE";

/// How long a row is watched: tens of the kernel's time slices, so that what
/// falls at the edges does not count.
const WATCHED: Duration = Duration::from_millis(100);

/// Whether this process runs a row for its cost alone. Its answers were checked
/// by the run before, and are not again: what checking takes is no part of the
/// cost.
pub(super) fn is_watching() -> bool {
    env::var_os(VARIABLE).is_some()
}

/// The state at the beginning.
pub(super) struct Meter {
    start: Instant,
    cpu_s: f64,
    ended: Ended,
    held_bytes: u64,
}

/// Anonymous memory of this process now: what the suite itself holds, the
/// inputs of other rows say, before a row is prepared.
pub(super) fn held_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    kilobytes(&status, "RssAnon:").unwrap_or(0) * 1024
}

impl Meter {
    /// Sets the high-water marks back to what is in use, and begins.
    /// `held_bytes` is no part of the row's.
    pub(super) fn start(held_bytes: u64) -> Result<Self, Box<dyn Error>> {
        for pid in family() {
            // Of this process and its children, so it is allowed; the mark is
            // merely too high where it fails.
            let _ = fs::write(format!("/proc/{pid}/clear_refs"), "5");
        }
        Ok(Self {
            cpu_s: cpu_s()?,
            ended: Ended::children()?,
            start: Instant::now(),
            held_bytes,
        })
    }

    /// Whether it was watched for long enough.
    pub(super) fn is_done(&self) -> bool {
        self.start.elapsed() >= WATCHED
    }

    /// Ends, and writes what was used.
    pub(super) fn finish(self) -> Result<(), Box<dyn Error>> {
        let wall_s = self.start.elapsed().as_secs_f64();
        let cpu_s = cpu_s()? - self.cpu_s;
        let family = family();
        let peaks: Vec<u64> = family.iter().filter_map(|pid| peak_bytes(*pid)).collect();
        let cost = Cost {
            wall_s,
            cpu_s: cpu_s.max(0.0),
            peak_bytes: peaks.iter().sum::<u64>().saturating_sub(self.held_bytes),
            processes: peaks.len() as u64,
            is_partial: Ended::children()?.page_faults > self.ended.page_faults,
            measured_at_unix_s: SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
        };
        let path = env::var_os(VARIABLE).ok_or("nobody asked for the cost")?;
        Ok(fs::write(
            Path::new(&path),
            json!(cost.to_json()).to_string(),
        )?)
    }
}

/// CPU time that this process, its living descendants and those that have ended
/// have used until now.
fn cpu_s() -> Result<f64, Box<dyn Error>> {
    let Timespec { tv_sec, tv_nsec } = clock_gettime(ClockId::ProcessCPUTime);
    let own = tv_sec as f64 + tv_nsec as f64 / 1e9;
    let children: f64 = family().into_iter().skip(1).map(descendant_s).sum();
    Ok(own + children + Ended::children()?.cpu_s)
}

/// This process first, then all its descendants.
fn family() -> Vec<u32> {
    let own = getpid().as_raw_nonzero().get().unsigned_abs();
    let mut family = vec![own];
    let mut seen = BTreeSet::from([own]);
    let mut next = 0;
    while let Some(pid) = family.get(next).copied() {
        next += 1;
        // Each thread has the children that it started.
        for task in fs::read_dir(format!("/proc/{pid}/task"))
            .into_iter()
            .flatten()
            .flatten()
        {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            for child in children
                .split_whitespace()
                .filter_map(|text| text.parse().ok())
            {
                if seen.insert(child) {
                    family.push(child);
                }
            }
        }
    }
    family
}

/// CPU time of all threads of another process, to the nanosecond.
fn descendant_s(pid: u32) -> f64 {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let times = tasks.filter_map(|task| {
        // Its first number is the time on a CPU.
        let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    });
    times.sum::<f64>() / 1e9
}

/// What children have used that have ended and been waited for.
struct Ended {
    /// In whole ticks of the kernel's, most often hundredths of a second.
    cpu_s: f64,
    /// No process runs without some.
    page_faults: u64,
}

impl Ended {
    /// Fields 11, 16 and 17 of `stat`.
    fn children() -> Result<Self, Box<dyn Error>> {
        let stat = fs::read_to_string("/proc/self/stat")?;
        // Fields from the third on follow the name, which may hold anything but
        // is in parentheses.
        let (_, fields) = stat
            .rsplit_once(") ")
            .ok_or("/proc/self/stat has no name")?;
        let fields: Vec<&str> = fields.split(' ').collect();
        let number = |field: usize| -> Result<u64, Box<dyn Error>> {
            let text = fields.get(field - 3).ok_or("/proc/self/stat breaks off")?;
            Ok(text.parse()?)
        };
        let per_second = rustix::param::clock_ticks_per_second() as f64;
        Ok(Self {
            cpu_s: (number(16)? + number(17)?) as f64 / per_second,
            page_faults: number(11)?,
        })
    }
}

/// Anonymous memory at its highest: the high-water mark of what is resident,
/// less what of it belongs to files or is shared on purpose.
fn peak_bytes(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let not_own = kilobytes(&status, "RssFile:")? + kilobytes(&status, "RssShmem:")?;
    Some(kilobytes(&status, "VmHWM:")?.saturating_sub(not_own) * 1024)
}

/// A field of a process's `status`.
fn kilobytes(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
