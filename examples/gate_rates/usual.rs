//! What is done without a gate: Criterion runs one suite and then the other.

use crate::subject::{BASE, KINDS, KINDS_TARGET, Kind, Subject};
use serde_json::{Value, json};
use speedup::criterion_files::sample_times_ns;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Both suites of a pair, one after the other; samples, and Criterion's word.
/// Of `only` one benchmark, where it is named.
pub(crate) fn run(
    subject: &Subject,
    head: &str,
    only: Option<Kind>,
) -> Result<Value, Box<dyn Error>> {
    let home = tempfile::tempdir()?;
    let ids: Vec<String> = KINDS
        .into_iter()
        .filter(|kind| only.is_none_or(|only| only == *kind))
        .map(Kind::id)
        .collect();
    let only = only.map(|_| ids[0].as_str());
    let [base, head] = [executable(subject, BASE)?, executable(subject, head)?];
    criterion(&base, home.path(), only)?;
    let before = samples(home.path(), &ids)?;
    let said = criterion(&head, home.path(), only)?;
    let after = samples(home.path(), &ids)?;
    let mut benchmarks = Vec::new();
    for ((id, before), after) in ids.iter().zip(before).zip(after) {
        benchmarks.push(json!({
            "id": id,
            "base_ns": before,
            "head_ns": after,
            "criterion": verdict(&said, id),
        }));
    }
    Ok(json!({ "said": "measured", "benchmarks": benchmarks }))
}

fn criterion(executable: &Path, home: &Path, only: Option<&str>) -> Result<String, Box<dyn Error>> {
    let output = Command::new(executable)
        .args(["--bench", "--noplot", "--color=never", "--nresamples=10000"])
        .args([
            "--warm-up-time=0.5",
            "--measurement-time=1",
            "--sample-size=50",
        ])
        .args(only.into_iter().flat_map(|id| ["--exact", id]))
        .env("CRITERION_HOME", home)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whole nanoseconds: the iterations take a third of a millisecond and more.
fn samples(home: &Path, ids: &[String]) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let mut all = Vec::new();
    for id in ids {
        let times = sample_times_ns(home, id)?;
        all.push(times.into_iter().map(f64::round).collect());
    }
    Ok(all)
}

/// What Criterion says of a benchmark, in the lines below its name.
fn verdict(said: &str, id: &str) -> &'static str {
    let start = format!("\n{id}");
    let said = format!("\n{said}");
    let own = said.split_once(&start).map_or("", |(_, rest)| rest);
    let verdicts = ["regressed", "improved", "within noise", "No change"];
    let first = verdicts
        .into_iter()
        .filter_map(|verdict| Some((own.find(verdict)?, verdict)))
        .min();
    first.map_or("", |(_, verdict)| verdict)
}

/// The suite of a branch; built once.
pub(crate) fn executable(subject: &Subject, branch: &str) -> Result<PathBuf, Box<dyn Error>> {
    let kept = subject.cache.join("usual").join(branch);
    if kept.is_file() {
        return Ok(kept);
    }
    subject.git(&["checkout", "--quiet", branch])?;
    let output = Command::new("cargo")
        .args(["bench", "--no-run", "--quiet", "--message-format=json"])
        .args(["--bench", KINDS_TARGET])
        .current_dir(&subject.root)
        .env("CARGO_TARGET_DIR", subject.cache.join("usual_target"))
        .output()?;
    subject.git(&["checkout", "--quiet", BASE])?;
    let messages = String::from_utf8_lossy(&output.stdout);
    let built = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == KINDS_TARGET)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .ok_or_else(|| format!("{branch}: {}", String::from_utf8_lossy(&output.stderr)))?;
    fs::create_dir_all(subject.cache.join("usual"))?;
    fs::copy(built, &kept)?;
    Ok(kept)
}
