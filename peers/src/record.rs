//! The file of results, version 1.

use crate::job::Outcome;
use crate::result::{JobResult, LEVEL, Skipped};
use crate::settings::Settings;
use serde_json::{Map, Value, json};
use speedup::whole_file;
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

const SCHEMA_VERSION: u32 = 1;

/// What a run has to say.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) started_unix_s: u64,
    pub(crate) seconds: f64,
    pub(crate) commit: Option<String>,
    pub(crate) settings: Settings,
    /// What was asked for: everything where there are none.
    pub(crate) words: Vec<String>,
    pub(crate) machine: Value,
    pub(crate) versions: BTreeMap<String, String>,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) jobs: Vec<JobResult>,
}

/// What became of the file that was there before.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Earlier {
    /// There was none.
    None,
    /// Its other jobs are in the new one.
    Merged,
    /// It is of other sources, versions, another machine or scale, and lies here
    /// now.
    KeptAs(PathBuf),
}

impl Record {
    /// Writes the file, whole or not at all. `order` holds the names of all jobs
    /// there are: their order in the file.
    pub(crate) fn store(&self, path: &Path, order: &[&str]) -> Outcome<Earlier> {
        let (value, earlier) = match fs::read_to_string(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => (self.to_json(), Earlier::None),
            Err(error) => return Err(format!("{}: {error}", path.display()).into()),
            Ok(text) => {
                let old = serde_json::from_str(&text).unwrap_or_default();
                if let Some(both) = self.merged(&old, order) {
                    (both, Earlier::Merged)
                } else {
                    let kept = place_of_earlier(path, &old);
                    write(&kept, &text)?;
                    (self.to_json(), Earlier::KeptAs(kept))
                }
            }
        };
        write(path, &format!("{value:#}\n"))?;
        Ok(earlier)
    }

    pub(crate) fn to_json(&self) -> Value {
        let pair = |(peer, version)| json!({"peer": peer, "version": version});
        let versions: Vec<Value> = self.versions.iter().map(pair).collect();
        let skipped: Vec<Value> = self.skipped.iter().map(Skipped::to_json).collect();
        let jobs: Vec<Value> = self.jobs.iter().map(JobResult::to_json).collect();
        json!({
            "schema_version": SCHEMA_VERSION,
            "started_unix_s": self.started_unix_s,
            "seconds": self.seconds,
            "commit": self.commit,
            "command": self.settings.command(self.words.iter().map(String::as_str)),
            "scale": self.settings.scale,
            "relaunches": self.settings.relaunches,
            "python": self.settings.python,
            "level": LEVEL,
            "machine": self.machine,
            "versions": versions,
            "skipped": skipped,
            "jobs": jobs,
        })
    }

    /// These results and those of the old that were not measured anew; none
    /// unless both are of the same unchanged commit, machine, settings and versions.
    ///
    /// Where old results stay, `started_unix_s` is that of the first run (no
    /// result is older), `seconds` what all runs took together, and the command
    /// names the jobs, with the settings of this run.
    fn merged(&self, old: &Value, order: &[&str]) -> Option<Value> {
        let mut both = self.to_json();
        let same = [
            "schema_version",
            "commit",
            "scale",
            "relaunches",
            "python",
            "level",
            "machine",
        ];
        let is_dirty = self.commit.as_ref()?.ends_with("-dirty");
        if is_dirty || same.iter().any(|field| old[field] != both[field]) {
            return None;
        }
        let versions = all_versions(old, &both)?;
        let mut jobs: Map<String, Value> = Map::new();
        for job in items(old, "jobs").chain(items(&both, "jobs")) {
            jobs.insert(job["name"].as_str()?.to_owned(), job.clone());
        }
        let place = |name: &str| order.iter().position(|other| *other == name);
        let mut jobs: Vec<(String, Value)> = jobs.into_iter().collect();
        jobs.sort_by_key(|(name, _)| place(name).unwrap_or(order.len()));
        if jobs.len() > self.jobs.len() {
            let started = old["started_unix_s"].as_u64()?.min(self.started_unix_s);
            let has = |name: &&str| jobs.iter().any(|(other, _)| other == name);
            let names = jobs.iter().map(|(name, _)| name.as_str());
            let is_all = order.iter().all(has);
            both["started_unix_s"] = json!(started);
            both["seconds"] = json!(old["seconds"].as_f64()? + self.seconds);
            both["command"] = json!(if is_all {
                self.settings.command([])
            } else {
                self.settings.command(names)
            });
        }
        both["skipped"] = json!(skipped(old, &both));
        both["versions"] = json!(versions);
        both["jobs"] = jobs.into_iter().map(|(_, job)| job).collect();
        Some(both)
    }
}

impl Skipped {
    fn to_json(&self) -> Value {
        let Self {
            peer,
            why,
            install,
            jobs,
        } = self;
        json!({"peer": peer, "why": why, "install": install, "jobs": jobs})
    }
}

fn write(path: &Path, text: &str) -> Outcome<()> {
    whole_file::write_with_folder(path, text.as_bytes())
        .map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Where an earlier file is kept: with the time at which it began in its name,
/// so that it takes the place of no other. One that can't be read has the time
/// at which it was written.
fn place_of_earlier(path: &Path, old: &Value) -> PathBuf {
    let written = || {
        let time = fs::metadata(path).ok()?.modified().ok()?;
        Some(time.duration_since(UNIX_EPOCH).ok()?.as_secs())
    };
    let started = old["started_unix_s"].as_u64();
    let seconds = started.or_else(written).unwrap_or_default();
    path.with_extension(format!("earlier-{seconds}.json"))
}

fn items<'a>(record: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    record[field].as_array().into_iter().flatten()
}

fn versions(record: &Value) -> BTreeMap<&str, &str> {
    items(record, "versions")
        .filter_map(|each| Some((each["peer"].as_str()?, each["version"].as_str()?)))
        .collect()
}

/// The versions of both, unless a peer has another one now.
fn all_versions(old: &Value, new: &Value) -> Option<Vec<Value>> {
    let mut all = versions(old);
    for (peer, version) in versions(new) {
        if *all.entry(peer).or_insert(version) != version {
            return None;
        }
    }
    let pair = |(peer, version): (&str, &str)| json!({"peer": peer, "version": version});
    Some(all.into_iter().map(pair).collect())
}

/// What was skipped in the new run, and in those jobs of the old that stay.
fn skipped(old: &Value, new: &Value) -> Vec<Value> {
    let renewed: Vec<&Value> = items(new, "jobs").map(|job| &job["name"]).collect();
    let mut all: Vec<Value> = items(new, "skipped").cloned().collect();
    for each in items(old, "skipped") {
        let jobs: Vec<&Value> = items(each, "jobs")
            .filter(|job| !renewed.contains(job))
            .collect();
        if jobs.is_empty() {
            continue;
        }
        if let Some(other) = all.iter_mut().find(|other| other["peer"] == each["peer"]) {
            let both: Vec<&Value> = items(other, "jobs").chain(jobs).collect();
            other["jobs"] = json!(both);
        } else {
            let mut each = each.clone();
            each["jobs"] = json!(jobs);
            all.push(each);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::SideResult;
    use tempfile::tempdir;

    const ORDER: [&str; 2] = ["first", "second"];

    fn job(name: &str, unit_ns: f64) -> JobResult {
        let side = SideResult {
            name: "ours".to_owned(),
            is_ours: true,
            peer: None,
            includes: "everything".to_owned(),
            unit_ns,
            peak_bytes: None,
            ratio: None,
            ln_ratios: Vec::new(),
        };
        JobResult {
            name: name.to_owned(),
            title: name.to_owned(),
            unit: "a call".to_owned(),
            checked: "nothing".to_owned(),
            sides: vec![side],
        }
    }

    fn skipped(job: &str) -> Skipped {
        Skipped {
            peer: "joblib".to_owned(),
            why: "it is missing".to_owned(),
            install: "install it".to_owned(),
            jobs: vec![job.to_owned()],
        }
    }

    fn record(jobs: Vec<JobResult>) -> Record {
        Record {
            started_unix_s: 100,
            seconds: 1.5,
            commit: Some("abc1234".to_owned()),
            settings: Settings {
                scale: "1".to_owned(),
                python: "python3".to_owned(),
                relaunches: 8,
            },
            words: vec!["words".to_owned()],
            machine: json!({"cpu": "a"}),
            versions: BTreeMap::from([("CPython".to_owned(), "3.11.7".to_owned())]),
            skipped: Vec::new(),
            jobs,
        }
    }

    fn read(path: &Path) -> Value {
        let text = fs::read_to_string(path).expect("it was written");
        serde_json::from_str(&text).expect("it is JSON")
    }

    #[test]
    fn jobs_that_were_not_measured_anew_stay_as_they_were() {
        let folder = tempdir().expect("a folder");
        let path = folder.path().join("new/peers.json");
        let mut old = record(vec![job("first", 1.0), job("second", 2.0)]);
        old.skipped = vec![skipped("first"), skipped("second")];
        assert_eq!(old.store(&path, &ORDER).expect("written"), Earlier::None);
        let mut new = record(vec![job("first", 3.0)]);
        new.started_unix_s = 500;
        new.versions.insert("GMP".to_owned(), "6.3.0".to_owned());
        assert_eq!(new.store(&path, &ORDER).expect("written"), Earlier::Merged);

        let both = read(&path);
        let times: Vec<&Value> = items(&both, "jobs")
            .map(|job| &job["sides"][0]["unit_ns"])
            .collect();
        assert_eq!(times, [&json!(3.0), &json!(2.0)]);
        assert_eq!(both["started_unix_s"], 100);
        assert_eq!(both["seconds"], 3.0);
        assert_eq!(both["command"], new.settings.command([]));
        assert_eq!(both["versions"].as_array().map(Vec::len), Some(2));
        assert_eq!(items(&both, "skipped").count(), 1);
        assert_eq!(both["skipped"][0]["jobs"], json!(["second"]));
    }

    #[test]
    fn results_that_do_not_belong_together_are_not_mixed_and_not_lost() {
        let others: [fn(&mut Record); 7] = [
            |other| other.commit = Some("fff".to_owned()),
            |other| other.commit = Some("abc1234-dirty".to_owned()),
            |other| other.commit = None,
            |other| other.settings.scale = "2".to_owned(),
            |other| other.settings.relaunches = 20,
            |other| other.machine = json!({"cpu": "b"}),
            |other| {
                other
                    .versions
                    .insert("CPython".to_owned(), "3.14".to_owned());
            },
        ];
        for change in others {
            let folder = tempdir().expect("a folder");
            let path = folder.path().join("peers.json");
            let mut old = record(vec![job("first", 1.0)]);
            change(&mut old);
            old.store(&path, &ORDER).expect("written");
            let mut new = record(vec![job("second", 2.0)]);
            if old.commit.as_deref() != Some("fff") {
                new.commit.clone_from(&old.commit);
            }
            let kept = folder.path().join("peers.earlier-100.json");
            assert_eq!(
                new.store(&path, &ORDER).expect("written"),
                Earlier::KeptAs(kept.clone())
            );
            assert_eq!(read(&path), new.to_json());
            assert_eq!(read(&kept), old.to_json());
        }
    }

    #[test]
    fn what_is_kept_takes_the_place_of_nothing_that_was_kept_before() {
        let folder = tempdir().expect("a folder");
        let path = folder.path().join("peers.json");
        let records = [("aaa", 100), ("bbb", 200), ("ccc", 300)].map(|(commit, started)| Record {
            commit: Some(commit.to_owned()),
            started_unix_s: started,
            ..record(vec![job("first", 1.0)])
        });
        for record in &records {
            record.store(&path, &ORDER).expect("written");
        }
        let names = [
            "peers.earlier-100.json",
            "peers.earlier-200.json",
            "peers.json",
        ];
        for (record, name) in records.iter().zip(names) {
            assert_eq!(read(&folder.path().join(name)), record.to_json(), "{name}");
        }
    }

    #[test]
    fn the_command_of_merged_results_names_their_jobs_unless_these_are_all() {
        let order = ["first", "second", "third"];
        let folder = tempdir().expect("a folder");
        let path = folder.path().join("peers.json");
        let mut runs = order.into_iter().rev().map(|name| {
            let mut new = record(vec![job(name, 1.0)]);
            new.settings.relaunches = 20;
            new.store(&path, &order).expect("written");
            let command = read(&path)["command"].clone();
            let (_, arguments) = command.as_str()?.split_once(" -- ")?;
            Some(arguments.to_owned())
        });
        for expected in ["words", "second third", ""] {
            let expected = format!("--relaunches 20 {expected}");
            let arguments = runs.next().flatten().expect("a command");
            assert_eq!(arguments, expected.trim_end());
        }
    }

    #[test]
    fn where_everything_is_measured_anew_nothing_is_said_of_the_old_run() {
        let folder = tempdir().expect("a folder");
        let path = folder.path().join("peers.json");
        let old = record(vec![job("first", 1.0)]);
        old.store(&path, &ORDER).expect("written");
        let new = Record {
            started_unix_s: 500,
            seconds: 7.0,
            ..record(vec![job("first", 2.0)])
        };
        assert_eq!(new.store(&path, &ORDER).expect("written"), Earlier::Merged);
        assert_eq!(read(&path), new.to_json());
    }

    #[test]
    fn a_file_that_can_not_be_kept_is_not_overwritten() {
        let folder = tempdir().expect("a folder");
        let path = folder.path().join("peers.json");
        let old = record(vec![job("first", 1.0)]);
        old.store(&path, &ORDER).expect("written");
        // A folder with content stands where it is to be kept.
        fs::create_dir_all(folder.path().join("peers.earlier-100.json/in the way"))
            .expect("a folder");
        let new = Record {
            commit: None,
            ..record(vec![job("second", 2.0)])
        };
        let error = new.store(&path, &ORDER).expect_err("there is no room");
        assert!(error.to_string().contains("peers.earlier-100"), "{error}");
        assert_eq!(read(&path), old.to_json());
    }

    #[test]
    fn a_file_that_is_no_json_is_kept() {
        let folder = tempdir().expect("a folder");
        let path = folder.path().join("peers.json");
        fs::write(&path, "my notes").expect("written");
        let new = record(vec![job("first", 1.0)]);
        let Earlier::KeptAs(kept) = new.store(&path, &ORDER).expect("written") else {
            panic!("it is not merged");
        };
        assert_eq!(fs::read_to_string(kept).expect("it is there"), "my notes");
        assert_eq!(read(&path), new.to_json());
    }
}
