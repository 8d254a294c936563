//! The raw data of an experiment: a line about the machine, then what was
//! measured, a line each. What is there is not measured again, so that an
//! experiment that was ended goes on where it stopped.

use crate::place::{place, said_by};
use serde_json::{Value, json};
use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The file of one experiment, which may not be there yet.
pub(crate) struct Record {
    path: PathBuf,
    experiment: &'static str,
}

impl Record {
    /// The file in a folder of `reports/evidence`.
    pub(crate) fn new(folder: &str, experiment: &'static str) -> Self {
        let evidence = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/evidence");
        Self {
            path: evidence
                .join(folder)
                .join(experiment)
                .with_extension("jsonl"),
            experiment,
        }
    }

    /// All lines but the first, in their order.
    pub(crate) fn lines(&self) -> Result<Vec<Value>, Box<dyn Error>> {
        if !self.path.exists() {
            return Ok(Vec::new());
        }
        let text = fs::read_to_string(&self.path)?;
        let lines: Result<Vec<Value>, _> = text.lines().skip(1).map(serde_json::from_str).collect();
        Ok(lines.map_err(|error| format!("'{}': {error}", self.path.display()))?)
    }

    /// Adds lines, all of them at once.
    pub(crate) fn append(&self, lines: &[Value]) -> Result<(), Box<dyn Error>> {
        let mut text: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
        if !self.path.exists() {
            fs::create_dir_all(self.path.parent().unwrap_or(Path::new(".")))?;
            text.insert(0, format!("{}\n", self.first_line()));
        }
        let mut options = OpenOptions::new();
        let mut file = options.create(true).append(true).open(&self.path)?;
        file.write_all(text.concat().as_bytes())?;
        Ok(())
    }

    fn first_line(&self) -> Value {
        let mut line = place();
        line["experiment"] = json!(self.experiment);
        line["commit"] = json!(said_by("git", &["describe", "--always", "--dirty"]));
        line
    }
}
