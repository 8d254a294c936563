//! The raw data: a line about the machine, then a line a run.

use serde_json::{Value, json};
use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The file of one experiment.
pub(crate) struct Record {
    path: PathBuf,
}

impl Record {
    /// The file, with its first line.
    pub(crate) fn open(experiment: &str) -> Result<Self, Box<dyn Error>> {
        let record = Self::named(experiment);
        if let Some(folder) = record.path.parent() {
            fs::create_dir_all(folder)?;
        }
        if !record.path.exists() {
            record.append(&place(experiment)?)?;
        }
        Ok(record)
    }

    /// The file, which may not be there.
    pub(crate) fn named(experiment: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/evidence/gate");
        Self {
            path: folder.join(experiment).with_extension("jsonl"),
        }
    }

    /// How many runs it holds.
    pub(crate) fn runs(&self) -> usize {
        self.lines().map_or(0, |lines| lines.len())
    }

    /// The runs, in their order; none if there is no file.
    pub(crate) fn lines(&self) -> Result<Vec<Value>, Box<dyn Error>> {
        if !self.path.exists() {
            return Ok(Vec::new());
        }
        let text = fs::read_to_string(&self.path)?;
        let lines: Result<Vec<Value>, _> = text.lines().skip(1).map(serde_json::from_str).collect();
        Ok(lines.map_err(|error| format!("'{}': {error}", self.path.display()))?)
    }

    /// Adds the line of a run, all of it at once.
    pub(crate) fn append(&self, line: &Value) -> Result<(), Box<dyn Error>> {
        let mut options = OpenOptions::new();
        let mut file = options.create(true).append(true).open(&self.path)?;
        file.write_all(format!("{line}\n").as_bytes())?;
        Ok(())
    }
}

fn place(experiment: &str) -> Result<Value, Box<dyn Error>> {
    let machine = speedup::gate::Machine::this();
    Ok(json!({
        "experiment": experiment,
        "cpu": machine.cpu,
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
