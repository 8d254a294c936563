//! The raw data of an experiment: a line about the machine and the code, then
//! what was measured there, a line each; and again so, where it was continued
//! on another machine or with other code. What is there is not measured again,
//! so that an experiment that was ended goes on where it stopped.

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

    /// What was measured, in its order.
    pub(crate) fn lines(&self) -> Result<Vec<Value>, Box<dyn Error>> {
        let mut lines = self.all()?;
        lines.retain(|line| !is_about_the_place(line));
        Ok(lines)
    }

    fn all(&self) -> Result<Vec<Value>, Box<dyn Error>> {
        if !self.path.exists() {
            return Ok(Vec::new());
        }
        let text = fs::read_to_string(&self.path)?;
        let lines: Result<Vec<Value>, _> = text.lines().map(serde_json::from_str).collect();
        Ok(lines.map_err(|error| format!("'{}': {error}", self.path.display()))?)
    }

    /// Adds lines, all of them at once; before them one about the machine and
    /// the code, if that before is of others.
    pub(crate) fn append(&self, lines: &[Value]) -> Result<(), Box<dyn Error>> {
        let mut text: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
        let here = self.place();
        let all = self.all()?;
        if all.iter().rfind(|line| is_about_the_place(line)) != Some(&here) {
            fs::create_dir_all(self.path.parent().unwrap_or(Path::new(".")))?;
            text.insert(0, format!("{here}\n"));
        }
        let mut options = OpenOptions::new();
        let mut file = options.create(true).append(true).open(&self.path)?;
        file.write_all(text.concat().as_bytes())?;
        Ok(())
    }

    fn place(&self) -> Value {
        let mut line = place();
        line[EXPERIMENT] = json!(self.experiment);
        line["commit"] = json!(commit());
        line
    }
}

/// A field that only lines about machine and code have.
const EXPERIMENT: &str = "experiment";

fn is_about_the_place(line: &Value) -> bool {
    line.get(EXPERIMENT).is_some()
}

/// The commit that is checked out, and whether something beside the raw data
/// was changed since.
fn commit() -> Option<String> {
    let commit = said_by("git", &["rev-parse", "--short", "HEAD"])?;
    let changes = ["status", "--porcelain", "--", ".", ":!reports"];
    let is_clean = said_by("git", &changes)?.is_empty();
    Some(if is_clean {
        commit
    } else {
        format!("{commit}-dirty")
    })
}
