//! `run.json`: what a run was made by, with and on.

use super::machine::Machine;
use super::record::{SUITE, read};
use crate::criterion_files::LeftOut;
use crate::whole_file::write_with_folder;
use serde_json::{Value, json};
use std::io;
use std::path::Path;

/// Changes whenever a field changes its meaning or goes.
const SCHEMA_VERSION: u32 = 1;

/// The file, beside Criterion's folder.
pub(super) const FILE: &str = "run.json";

/// A run of the suite.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    /// When the first of the runs began whose results stand side by side: those
    /// of the same build, at the same scale, on the same machine. In seconds
    /// since 1970.
    pub since_unix_s: u64,
    /// When the last run began.
    pub started_unix_s: u64,
    /// When it ended.
    pub ended_unix_s: u64,
    /// The command to repeat it.
    pub command: String,
    /// What identifies the executable.
    pub build: String,
    /// What `SPEEDUP_SCALE` was.
    pub scale: String,
    /// The commit that was built.
    pub commit: Option<String>,
    /// Whether there were changes on top of it.
    pub is_dirty: Option<bool>,
    /// The compiler.
    pub toolchain: Option<String>,
    /// The machine.
    pub machine: Machine,
    /// The load of the last minute before the run.
    pub load_before: Option<f64>,
}

impl Run {
    /// Whether results of both runs may stand side by side.
    fn continues(&self, earlier: &Self) -> bool {
        self.build == earlier.build
            && self.scale == earlier.scale
            && self.machine == earlier.machine
            && earlier.since_unix_s <= self.started_unix_s
    }

    /// Writes the record of this run into `folder`. If the run that is recorded
    /// there was of the same build, scale and machine, its results stay good,
    /// and `since_unix_s` stays what it was.
    ///
    /// # Errors
    /// When the file can't be written; the earlier one is intact then.
    ///
    /// ```
    /// use speedup::report::Run;
    ///
    /// let place = tempfile::tempdir()?;
    /// let at = |start| Run { since_unix_s: start, started_unix_s: start, ..Run::default() };
    /// at(100).store(place.path())?;
    /// assert_eq!(at(200).store(place.path())?.since_unix_s, 100);
    /// let rebuilt = Run { build: "another".into(), ..at(300) };
    /// assert_eq!(rebuilt.store(place.path())?.since_unix_s, 300);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn store(mut self, folder: &Path) -> io::Result<Self> {
        if let Ok(Some(earlier)) = Self::load(folder)
            && self.continues(&earlier)
        {
            self.since_unix_s = earlier.since_unix_s;
        }
        let text = format!("{:#}\n", self.to_json());
        write_with_folder(&folder.join(FILE), text.as_bytes())?;
        Ok(self)
    }

    pub(super) fn load(folder: &Path) -> Result<Option<Self>, LeftOut> {
        let Some(value) = read(folder, FILE, SCHEMA_VERSION, SUITE)? else {
            return Ok(None);
        };
        Self::from_json(&value).map(Some).ok_or_else(|| LeftOut {
            path: FILE.into(),
            why: "it lacks a field; `cargo bench` writes it again".to_owned(),
        })
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "schema_version": SCHEMA_VERSION,
            "since_unix_s": self.since_unix_s,
            "started_unix_s": self.started_unix_s,
            "ended_unix_s": self.ended_unix_s,
            "command": self.command,
            "build": self.build,
            "scale": self.scale,
            "commit": self.commit,
            "is_dirty": self.is_dirty,
            "toolchain": self.toolchain,
            "machine": self.machine.to_json(),
            "load_before": self.load_before,
        })
    }

    fn from_json(value: &Value) -> Option<Self> {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        Some(Self {
            since_unix_s: value["since_unix_s"].as_u64()?,
            started_unix_s: value["started_unix_s"].as_u64()?,
            ended_unix_s: value["ended_unix_s"].as_u64()?,
            command: text("command")?,
            build: text("build")?,
            scale: text("scale")?,
            commit: text("commit"),
            is_dirty: value["is_dirty"].as_bool(),
            toolchain: text("toolchain"),
            machine: Machine::from_json(&value["machine"]),
            load_before: value["load_before"].as_f64(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::tempdir;

    #[test]
    fn a_run_is_read_back_as_it_was_stored() {
        let place = tempdir().expect("a folder");
        let run = Run {
            since_unix_s: 5,
            started_unix_s: 5,
            ended_unix_s: 9,
            command: "cargo bench -- sleep".to_owned(),
            commit: Some("abc".to_owned()),
            is_dirty: Some(true),
            machine: Machine::here(),
            load_before: Some(0.25),
            ..Run::default()
        };
        let stored = run.clone().store(place.path()).expect("it is written");
        assert_eq!(stored, run);
        assert_eq!(Run::load(place.path()), Ok(Some(run)));
    }

    #[test]
    fn another_scale_or_machine_begins_anew() {
        let place = tempdir().expect("a folder");
        let run = Run {
            since_unix_s: 10,
            started_unix_s: 10,
            ..Run::default()
        };
        run.clone().store(place.path()).expect("it is written");
        let other = |start, change: fn(&mut Run)| {
            let mut other = run.clone();
            (other.since_unix_s, other.started_unix_s) = (start, start);
            change(&mut other);
            other
                .store(place.path())
                .expect("it is written")
                .since_unix_s
        };
        assert_eq!(other(20, |_| ()), 10);
        assert_eq!(other(30, |run| run.scale = "10".to_owned()), 30);
        assert_eq!(other(40, |run| run.machine.cores_available = Some(64)), 40);
    }
}
