//! The end of a run: what each row costs beside time.
//!
//! Every row that was run is started once more, in a fresh process of its own
//! that does nothing else, and says what it used (see `meter.rs`).

use crate::meter::VARIABLE;
use serde_json::Value;
use speedup::catalog::Row;
use speedup::report::Cost;
use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Far more than the longest row takes; whoever takes longer hangs.
const DEADLINE: Duration = Duration::from_mins(2);

/// How often is looked whether a row has ended.
const LOOK: Duration = Duration::from_millis(2);

/// Measures the rows and stores the result in `folder`. A row that can't be
/// measured is named, and has no cost.
pub(super) fn measure(rows: &[Row<()>], folder: &Path) -> Result<(), Box<dyn Error>> {
    if !cfg!(target_os = "linux") {
        println!("\nWhat rows cost beside time is only measured on Linux.");
        return Ok(());
    }
    println!("\nWhat each row costs beside time, in a process of its own:");
    let mut costs = BTreeMap::new();
    for row in rows {
        let id = row.id.to_string();
        match one(&id, folder) {
            Ok(cost) => {
                costs.insert(id, cost);
            }
            Err(error) => println!("{id}: not measured, {error}"),
        }
    }
    println!("{} of {} rows measured", costs.len(), rows.len());
    Cost::store(costs, folder)
        .map_err(|error| format!("can't write cost.json to '{}': {error}", folder.display()))?;
    Ok(())
}

fn one(id: &str, folder: &Path) -> Result<Cost, Box<dyn Error>> {
    let path = folder.join(".cost.unfinished");
    let outcome = run(id, &path).and_then(|()| {
        let value: Value = serde_json::from_slice(&fs::read(&path)?)?;
        Cost::from_json(&value).ok_or_else(|| format!("{value} is no cost").into())
    });
    // It is read already, or was never written.
    let _ = fs::remove_file(&path);
    outcome
}

fn run(id: &str, path: &Path) -> Result<(), Box<dyn Error>> {
    let mut child = Command::new(env::current_exe()?)
        .args(["--bench", "--test", "--exact", id])
        .env(VARIABLE, path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let deadline = Instant::now() + DEADLINE;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            return Err(format!("it did not end within {} s", DEADLINE.as_secs()).into());
        }
        sleep(LOOK);
    };
    if status.success() {
        Ok(())
    } else {
        Err(format!("its process ended with {status}").into())
    }
}
