//! The end of a run: every row against its baseline again, in lock-step.
//!
//! Criterion measured the rows one after the other, minutes apart. Ratios of
//! those times are worth little on a busy machine, so the rows that were run
//! are started once more, a process each, and take turns with their baseline.

use serde_json::{Value, json};
use speedup::catalog::{Id, Row};
use speedup::criterion_files::sample_times_ns;
use speedup::paired::{Arm, Comparison, Settings, compare, to_json};
use speedup::stats::median;
use std::collections::BTreeSet;
use std::env;
use std::error::Error;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

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

/// Changes whenever a field of the file changes its meaning or goes.
const SCHEMA_VERSION: u32 = 1;

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
    let mut measured = Vec::new();
    for group in &groups {
        let ids = [&group.baseline].into_iter().chain(&group.rows);
        let arms: Vec<Arm> = ids.map(|id| arm(&executable, id, criterion)).collect();
        let comparison = compare(&arms, &settings(arms.len(), all), &mut |_progress| ())?;
        print(&comparison);
        measured.push(comparison);
    }
    store(&path, &measured)?;
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

/// The arm of a row, with the time that Criterion has found for it: a baseline
/// that the filter left out may have none.
fn arm(executable: &Path, id: &Id, criterion: &Path) -> Arm {
    let id = id.to_string();
    let known = sample_times_ns(criterion, &id).ok();
    let iteration_ns = known.and_then(|mut times_ns| median(&mut times_ns).ok());
    Arm {
        iteration_ns,
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

/// Writes what was measured, and keeps what the file holds of other rows.
fn store(path: &PathBuf, measured: &[Comparison]) -> Result<(), Box<dyn Error>> {
    let failed = |error: &dyn Error| format!("can't write '{}': {error}", path.display());
    let new: BTreeSet<&str> = measured
        .iter()
        .flat_map(|comparison| &comparison.arms[1..])
        .map(|summary| summary.arm.id.as_str())
        .collect();
    let is_of_others = |comparison: &Value| {
        let ratios = comparison["ratios"].as_array();
        ratios.is_some_and(|ratios| {
            let ids = ratios
                .iter()
                .map(|ratio| ratio["id"].as_str().unwrap_or_default());
            ids.into_iter().all(|id| !new.contains(id))
        })
    };
    let mut comparisons = earlier(path)?;
    comparisons.retain(is_of_others);
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    comparisons.extend(measured.iter().map(|comparison| {
        let mut value = to_json(comparison);
        value["measured_at_unix_s"] = json!(now);
        value
    }));
    let all = json!({ "schema_version": SCHEMA_VERSION, "comparisons": comparisons });
    // Whole or not at all, even if the disk is full.
    let unfinished = path.with_extension("json.unfinished");
    fs::write(&unfinished, format!("{all:#}\n")).map_err(|error| failed(&error))?;
    fs::rename(&unfinished, path).map_err(|error| failed(&error))?;
    Ok(())
}

/// The comparisons of an earlier run; of a file that can't be read as such,
/// there are none to keep.
fn earlier(path: &Path) -> Result<Vec<Value>, Box<dyn Error>> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("can't read '{}': {error}", path.display()).into()),
    };
    let file: Value = serde_json::from_slice(&text).unwrap_or_default();
    if file["schema_version"] != SCHEMA_VERSION {
        return Ok(Vec::new());
    }
    Ok(file["comparisons"].as_array().cloned().unwrap_or_default())
}
