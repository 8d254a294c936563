//! The raw data: a line about the machine, then a line a relaunch.

use serde_json::{Value, json};
use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The file of one experiment.
pub(crate) struct Record {
    path: PathBuf,
    /// Its first line.
    experiment: String,
    comparisons: usize,
}

impl Record {
    pub(crate) fn open(experiment: &str) -> Result<Self, Box<dyn Error>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/evidence/lock_step");
        let mut record = Self {
            path: folder.join(experiment).with_extension("jsonl"),
            experiment: experiment.to_owned(),
            comparisons: 0,
        };
        let last = record
            .lines()?
            .last()
            .and_then(|line| line["comparison"].as_u64());
        record.comparisons = match last {
            Some(last) => usize::try_from(last)? + 1,
            None => 0,
        };
        Ok(record)
    }

    /// How many comparisons it holds.
    pub(crate) fn comparisons(&self) -> usize {
        self.comparisons
    }

    /// The relaunches, in their order.
    pub(crate) fn lines(&self) -> Result<Vec<Value>, Box<dyn Error>> {
        if !self.path.exists() {
            return Ok(Vec::new());
        }
        let text = fs::read_to_string(&self.path)?;
        let lines: Result<Vec<Value>, _> = text.lines().skip(1).map(serde_json::from_str).collect();
        Ok(lines.map_err(|error| format!("'{}': {error}", self.path.display()))?)
    }

    /// Adds the lines of one comparison, all of them at once.
    pub(crate) fn append(&mut self, lines: &[Value]) -> Result<(), Box<dyn Error>> {
        let mut text: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
        if !self.path.exists() {
            fs::create_dir_all(self.path.parent().unwrap_or(Path::new(".")))?;
            text.insert(0, format!("{}\n", place(&self.experiment)?));
        }
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)?;
        file.write_all(text.concat().as_bytes())?;
        Ok(())
    }
}

fn place(experiment: &str) -> Result<Value, Box<dyn Error>> {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    Ok(json!({
        "experiment": experiment,
        "cpu": cpu.map(|(_, name)| name),
        "cores": std::thread::available_parallelism()?,
        "kernel": said_by("uname", &["-sr"]),
        "rustc": said_by("rustc", &["--version"]),
        "commit": said_by("git", &["describe", "--always", "--dirty"]),
    }))
}

/// What a program prints, where it is there.
fn said_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
