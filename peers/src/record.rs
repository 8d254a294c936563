//! The file of results, version 1: written whole or not at all.

use crate::job::Outcome;
use crate::result::{JobResult, LEVEL, Skipped};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

const SCHEMA_VERSION: u32 = 1;

/// What a run has to say.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) started_unix_s: u64,
    pub(crate) seconds: f64,
    pub(crate) commit: Option<String>,
    pub(crate) command: String,
    pub(crate) scale: String,
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
    /// Writes the file. `order` holds the names of all jobs there are: their
    /// order in the file.
    pub(crate) fn store(&self, path: &Path, order: &[&str]) -> Outcome<Earlier> {
        let told = |error: std::io::Error| format!("{}: {error}", path.display());
        let new = self.to_json();
        let (value, earlier) = match fs::read_to_string(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => (new, Earlier::None),
            Err(error) => return Err(told(error).into()),
            Ok(text) => {
                let old = serde_json::from_str(&text).unwrap_or_default();
                match merged(&old, &new, order) {
                    Some(both) => (both, Earlier::Merged),
                    None => (new, Earlier::KeptAs(with_suffix(path, "earlier"))),
                }
            }
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(told)?;
        }
        let aside = with_suffix(path, &format!("{}.new", std::process::id()));
        write(&aside, &value).map_err(told)?;
        if let Earlier::KeptAs(kept) = &earlier {
            fs::rename(path, kept).map_err(told)?;
        }
        fs::rename(&aside, path).map_err(told)?;
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
            "command": self.command,
            "scale": self.scale,
            "level": LEVEL,
            "machine": self.machine,
            "versions": versions,
            "skipped": skipped,
            "jobs": jobs,
        })
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

fn write(path: &Path, value: &Value) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    let written = writeln!(file, "{value:#}").and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a file is of no use; that it could not be written is told.
        let _ = fs::remove_file(path);
    }
    written
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

/// The new results and those of the old that were not measured anew; none
/// unless both are of the same unchanged commit, machine, scale and versions.
fn merged(old: &Value, new: &Value, order: &[&str]) -> Option<Value> {
    let same = ["schema_version", "commit", "scale", "level", "machine"];
    let commit = new["commit"].as_str()?;
    if commit.ends_with("-dirty") || same.iter().any(|field| old[field] != new[field]) {
        return None;
    }
    let mut versions = versions(old);
    for (peer, version) in self::versions(new) {
        if *versions.entry(peer).or_insert(version) != version {
            return None;
        }
    }
    let mut jobs: Map<String, Value> = Map::new();
    for job in [old, new]
        .into_iter()
        .flat_map(|record| items(record, "jobs"))
    {
        jobs.insert(job["name"].as_str()?.to_owned(), job.clone());
    }
    let place = |job: &Value| order.iter().position(|name| job["name"] == *name);
    let mut jobs: Vec<Value> = jobs.into_iter().map(|(_, job)| job).collect();
    jobs.sort_by_key(|job| place(job).unwrap_or(order.len()));
    let pair = |(peer, version): (&str, &str)| json!({"peer": peer, "version": version});
    let versions: Vec<Value> = versions.into_iter().map(pair).collect();
    let mut both = new.clone();
    both["started_unix_s"] = old["started_unix_s"].clone();
    both["seconds"] = json!(old["seconds"].as_f64()? + new["seconds"].as_f64()?);
    both["skipped"] = json!(skipped(old, new));
    both["versions"] = json!(versions);
    both["jobs"] = json!(jobs);
    Some(both)
}

fn items<'a>(record: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    record[field].as_array().into_iter().flatten()
}

fn versions(record: &Value) -> BTreeMap<&str, &str> {
    items(record, "versions")
        .filter_map(|each| Some((each["peer"].as_str()?, each["version"].as_str()?)))
        .collect()
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
            command: "the command".to_owned(),
            scale: "1".to_owned(),
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
        assert_eq!(both["versions"].as_array().map(Vec::len), Some(2));
        assert_eq!(items(&both, "skipped").count(), 1);
        assert_eq!(both["skipped"][0]["jobs"], json!(["second"]));
    }

    #[test]
    fn results_that_do_not_belong_together_are_not_mixed_and_not_lost() {
        let others: [fn(&mut Record); 6] = [
            |other| other.commit = Some("fff".to_owned()),
            |other| other.commit = Some("abc1234-dirty".to_owned()),
            |other| other.commit = None,
            |other| other.scale = "2".to_owned(),
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
            let kept = folder.path().join("peers.json.earlier");
            assert_eq!(
                new.store(&path, &ORDER).expect("written"),
                Earlier::KeptAs(kept.clone())
            );
            assert_eq!(read(&path), new.to_json());
            assert_eq!(read(&kept), old.to_json());
        }
    }

    #[test]
    fn a_file_that_can_not_be_written_leaves_the_earlier_one() {
        let folder = tempdir().expect("a folder");
        let path = folder.path().join("peers.json");
        let old = record(vec![job("first", 1.0)]);
        old.store(&path, &ORDER).expect("written");
        // A folder stands where the new one is written.
        let aside = format!("peers.json.{}.new", std::process::id());
        fs::create_dir(folder.path().join(aside)).expect("a folder");
        let error = record(vec![job("second", 2.0)])
            .store(&path, &ORDER)
            .expect_err("it can't be written");
        assert!(error.to_string().contains("peers.json"), "{error}");
        assert_eq!(read(&path), old.to_json());
    }
}
