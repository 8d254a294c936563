//! The end of a run: every row against its baseline again, in lock-step.
//!
//! Criterion measured the rows one after the other, minutes apart. Ratios of
//! those times are worth little on a busy machine, so the rows that were run
//! are started once more, a process each, and take turns with their baseline.

use speedup::catalog::{Id, Row};
use speedup::criterion_files::{Benchmark, read_all};
use speedup::paired::{Arm, Comparison, Conductor, Settings, to_json};
use speedup::report::PairedRatio;
use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::path::Path;
use std::time::Duration;

/// The variable that switches it on.
const VARIABLE: &str = "SPEEDUP_PAIRED";

/// What the whole suite would take if all rows were quick; part of it takes its
/// part of this. Rows whose iterations take tens of milliseconds take longer:
/// six relaunches of each are needed for an interval.
const TIME: Duration = Duration::from_secs(100);

/// Arms of one comparison at most: the more, the longer a round.
const ARMS: usize = 16;

/// The sampling time of an arm in a relaunch. Many short relaunches tell more
/// than few long ones, and starting takes about as long as this.
const SAMPLING: Duration = Duration::from_millis(25);

/// Whether a run ends with it.
///
/// # Errors
/// When the variable holds something that is not known.
pub(super) fn is_wanted() -> Result<bool, Box<dyn Error>> {
    match env::var(VARIABLE).as_deref() {
        Err(env::VarError::NotPresent) | Ok("on") => Ok(true),
        Ok("off") => Ok(false),
        other => Err(format!(
            "{VARIABLE} is '{}'; it can be 'off' or 'on' (as when it is not set)",
            other.unwrap_or("not Unicode")
        )
        .into()),
    }
}

/// A baseline and the rows that are compared with it.
struct Group {
    baseline: Id,
    rows: Vec<Id>,
}

/// Compares the rows with their baselines, and stores the result in `folder`.
/// `all` is the number of arms of the whole catalog, `criterion` the folder of
/// the run that has just ended.
pub(super) fn measure(
    rows: &[Row<()>],
    all: usize,
    criterion: &Path,
    folder: &Path,
) -> Result<(), Box<dyn Error>> {
    let groups = groups(rows);
    if groups.is_empty() {
        return Ok(());
    }
    let executable = env::current_exe()?;
    let path = folder.join("paired.json");
    println!("\nIn lock-step, each time as a multiple of its baseline's:");
    let known_ns = iterations_ns(criterion);
    let mut measured = Vec::new();
    let mut conductor = Conductor::new(Conductor::DEADLINE)?;
    for group in &groups {
        let ids = [&group.baseline].into_iter().chain(&group.rows);
        let arms: Vec<Arm> = ids.map(|id| arm(&executable, id, &known_ns)).collect();
        let comparison =
            conductor.compare(&arms, &settings(arms.len(), all), &mut |_progress| ())?;
        print(&comparison);
        measured.push(to_json(&comparison));
    }
    PairedRatio::store(measured, folder)
        .map_err(|error| format!("can't write '{}': {error}", path.display()))?;
    println!("Paired ratios: {}", path.display());
    Ok(())
}

/// How many arms there are if all of `rows` are compared.
pub(super) fn arms(rows: &[Row<()>]) -> usize {
    groups(rows).iter().map(|group| group.rows.len() + 1).sum()
}

fn groups(rows: &[Row<()>]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for Row { id, baseline, .. } in rows {
        let Some(baseline) = baseline else {
            continue;
        };
        let has_room =
            |group: &&mut Group| group.baseline == *baseline && group.rows.len() + 1 < ARMS;
        match groups.iter_mut().find(has_room) {
            Some(group) => group.rows.push(id.clone()),
            None => groups.push(Group {
                baseline: baseline.clone(),
                rows: vec![id.clone()],
            }),
        }
    }
    groups
}

/// The time of an iteration, in nanoseconds, of every row that Criterion has
/// stored. Of what can't be read none is known, and it is tried out instead.
fn iterations_ns(criterion: &Path) -> BTreeMap<String, f64> {
    let stored = read_all(criterion).unwrap_or_default();
    let time = |benchmark: Benchmark| (benchmark.id, benchmark.median.point_ns);
    stored.benchmarks.into_iter().map(time).collect()
}

/// The arm of a row, with the time that Criterion has found for it: a baseline
/// that the filter left out may have none.
fn arm(executable: &Path, id: &Id, known_ns: &BTreeMap<String, f64>) -> Arm {
    let id = id.to_string();
    Arm {
        iteration_ns: known_ns.get(&id).copied(),
        ..Arm::new(executable, id)
    }
}

/// Its share of the time, but no more than a comparison takes by itself.
fn settings(arms: usize, all: usize) -> Settings {
    let usual = Settings::for_arms(arms);
    let share = TIME.mul_f64(arms as f64 / all.max(arms) as f64);
    Settings {
        time: share.min(usual.time),
        sampling: SAMPLING,
        ..usual
    }
}

fn print(comparison: &Comparison) {
    for (arm, ratio) in comparison.arms.iter().skip(1).zip(&comparison.ratios) {
        println!(
            "{:44} {:8.4} ({:.4} to {:.4})",
            arm.arm.id, ratio.estimate, ratio.interval.low, ratio.interval.high
        );
    }
}
