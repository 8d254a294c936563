//! The figures of METHODOLOGY.md, by one command:
//!
//! ```text
//! cargo run --release --example targets                 # all of them
//! cargo run --release --example targets -- rayon sleep  # those whose name contains a word
//! ```
//!
//! What is compared takes turns in short units, A B and then B A, within one
//! process; one such process is a relaunch, and gives one number: the median
//! over its pairs. The result is the Hodges–Lehmann estimate over the
//! relaunches with its exact signed-rank interval. Each comparison has a file
//! in `reports/evidence/targets/`: a line that says where it was measured, then
//! a line a relaunch.
//!
//! Comparisons with Python and GMP need `python3` (and libgmp); where it is
//! missing, they are named and skipped.

mod arms;
mod comparisons;
#[path = "../shared/end.rs"]
mod end;
mod peer;
#[path = "../shared/place.rs"]
mod place;
mod pool;
mod relaunch;

use comparisons::COMPARISONS;
use place::said_by;
use relaunch::{Comparison, Measure};
use serde_json::json;
use speedup::stats::{hodges_lehmann, signed_rank_interval};
use std::env;
use std::error::Error;
use std::fs::{self, create_dir_all};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// A multiple of two, so that both orders come equally often.
const RELAUNCHES: usize = 12;

/// An argument that only this program gives to itself.
const RELAUNCH: &str = "--relaunch";

fn main() -> ExitCode {
    speedup::strategy::process_pool::serve_if_worker();
    speedup::strategy::raw_socket::serve_if_partner();
    let arguments: Vec<String> = env::args().skip(1).collect();
    let outcome = match arguments.as_slice() {
        [flag, name, order] if flag == RELAUNCH => relaunch::run(name, order == "reversed"),
        words => measure(words),
    };
    end::end(outcome)
}

/// Runs the comparisons whose names contain one of `words`, or all.
fn measure(words: &[String]) -> Result<(), Box<dyn Error>> {
    let wanted = |comparison: &&Comparison| {
        words.is_empty() || words.iter().any(|word| comparison.name.contains(word))
    };
    let comparisons: Vec<&Comparison> = COMPARISONS.iter().filter(wanted).collect();
    if comparisons.is_empty() {
        let names: Vec<&str> = COMPARISONS.iter().map(|each| each.name).collect();
        return Err(format!("no comparison matches; there are: {}", names.join(", ")).into());
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/evidence/targets");
    create_dir_all(&folder)?;
    for comparison in comparisons {
        match relaunches(comparison) {
            Ok(values) => {
                store(&folder, comparison, &values)?;
                println!("{:18} {}", comparison.name, summary(comparison, &values)?);
            }
            Err(error) => println!("{:18} skipped: {error}", comparison.name),
        }
    }
    Ok(())
}

/// One number a fresh process; the order within pairs alternates.
fn relaunches(comparison: &Comparison) -> Result<Vec<f64>, Box<dyn Error>> {
    let mut values = Vec::new();
    for index in 0..RELAUNCHES {
        let order = ["straight", "reversed"][index % 2];
        let program = env::current_exe()?;
        let mut command = if comparison.one_cpu {
            let mut command = Command::new("taskset");
            command.args(["-c", "0"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let output = command
            .args([RELAUNCH, comparison.name, order])
            .stderr(Stdio::piped())
            .output()?;
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr);
            return Err(message.trim().trim_start_matches("error: ").into());
        }
        let value: f64 = String::from_utf8(output.stdout)?.trim().parse()?;
        values.push(value);
    }
    Ok(values)
}

/// Replaces what was measured before of the comparison.
fn store(folder: &Path, comparison: &Comparison, values: &[f64]) -> Result<(), Box<dyn Error>> {
    let path = folder.join(comparison.name).with_extension("jsonl");
    let mut place = place::place();
    for (field, value) in [
        ("comparison", json!(comparison.name)),
        ("what", json!(comparison.what)),
        ("measure", json!(comparison.measure.name())),
        ("pairs", json!(comparison.pairs)),
        ("one_cpu", json!(comparison.one_cpu)),
        ("peers", json!(peer::versions())),
        ("commit", json!(commit())),
    ] {
        place[field] = value;
    }
    let relaunches = values
        .iter()
        .enumerate()
        .map(|(relaunch, value)| json!({"relaunch": relaunch, "value": value}));
    let lines: Vec<String> = [place]
        .into_iter()
        .chain(relaunches)
        .map(|line| format!("{line}\n"))
        .collect();
    Ok(fs::write(path, lines.concat())?)
}

/// The commit that last changed what is measured, and whether it was changed
/// since.
fn commit() -> Option<String> {
    const SOURCES: [&str; 4] = ["--", "src", "examples", "Cargo.lock"];
    let git = |words: &[&str]| said_by("git", &[words, &SOURCES].concat());
    let commit = git(&["log", "-1", "--format=%h"])?;
    let changed = !git(&["status", "--porcelain"])?.is_empty();
    Some(if changed { commit + "-dirty" } else { commit })
}

fn summary(comparison: &Comparison, values: &[f64]) -> Result<String, Box<dyn Error>> {
    let estimate = hodges_lehmann(values)?;
    let interval = signed_rank_interval(values, 0.95)?;
    let (low, high) = (interval.low, interval.high);
    let what = comparison.what;
    Ok(match comparison.measure {
        Measure::Ratio => {
            let [estimate, low, high] = [estimate, low, high].map(f64::exp);
            format!("{what}: {estimate:.3} ({low:.3} to {high:.3})")
        }
        Measure::Difference => {
            let [estimate, low, high] = [estimate, low, high].map(|ns| ns / 1e6);
            format!("{what}: {estimate:.3} ({low:.3} to {high:.3})")
        }
        Measure::Each(count) => {
            let [estimate, low, high] = [estimate, low, high].map(|ns| ns / f64::from(count));
            format!("{what}: {estimate:.1} ({low:.1} to {high:.1})")
        }
    })
}
