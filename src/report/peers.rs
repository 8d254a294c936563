//! `peers.json`: the suite's jobs beside what else does them, as the package
//! `peers` measured them.

use super::machine::Machine;
use super::record::read;
use super::untrusted::shown;
use crate::criterion_files::LeftOut;
use serde_json::Value;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::Path;

/// What the package `peers` writes.
const SCHEMA_VERSION: u32 = 1;

/// The file, beside Criterion's folder.
const FILE: &str = "peers.json";

/// What makes the file.
pub(super) const COMMAND: &str = "cargo run --release --manifest-path peers/Cargo.toml";

/// Times of a unit, in nanoseconds, that can be: up to eleven days.
const TIMES_NS: RangeInclusive<f64> = 1e-3..=1e15;

/// Ratios of times that can be.
const RATIOS: RangeInclusive<f64> = 1e-9..=1e9;

/// More jobs, or sides of one, than anybody would read.
const MOST_JOBS: usize = 100;
const MOST_SIDES: usize = 50;

/// Jobs, each done by several sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Peers {
    /// When the first of the runs began that are merged in it, in seconds since
    /// 1970; no result is older.
    pub started_unix_s: u64,
    /// What these runs took together.
    pub seconds: Option<f64>,
    /// The commit that was built.
    pub commit: Option<String>,
    /// The command to repeat it.
    pub command: String,
    /// What `SPEEDUP_SCALE` was.
    pub scale: Option<String>,
    /// What the intervals promise, from 0 to 1.
    pub level: f64,
    /// The machine, as far as it was noted.
    pub machine: Machine,
    /// The compiler.
    pub toolchain: Option<String>,
    /// Each peer and its version.
    pub versions: Vec<(String, String)>,
    /// What was not there to be measured.
    pub skipped: Vec<SkippedPeer>,
    /// The jobs that can be shown.
    pub jobs: Vec<PeerJob>,
}

/// A peer that is not installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedPeer {
    /// Its name.
    pub peer: String,
    /// What was missing.
    pub why: String,
    /// How to install it.
    pub install: String,
    /// The jobs that lack it, by name.
    pub jobs: Vec<String>,
}

/// The same work, done by several sides.
#[derive(Debug, Clone, PartialEq)]
pub struct PeerJob {
    /// A word that names it, in every file and in every version.
    pub name: String,
    /// What is to be done.
    pub title: String,
    /// What was compared of the answers.
    pub checked: String,
    /// Who does it: first our own, which the others are held against.
    pub sides: Vec<PeerSide>,
}

/// One that does a job.
#[derive(Debug, Clone, PartialEq)]
pub struct PeerSide {
    /// Its name.
    pub name: String,
    /// Whether it is code of this project.
    pub is_ours: bool,
    /// Whose version it has.
    pub peer: Option<String>,
    /// What its time includes.
    pub includes: String,
    /// The median time of a unit of work.
    pub unit_ns: f64,
    /// What a unit is, such as "a call".
    pub unit: String,
    /// Its peak memory, where that is part of the job.
    pub peak_bytes: Option<u64>,
    /// Its time over that of the first side; none for that one itself.
    pub ratio: Option<TimeRatio>,
    /// How many relaunches the ratio rests on.
    pub relaunches: usize,
}

/// A time as a multiple of another: above 1 is slower.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeRatio {
    /// The estimate.
    pub estimate: f64,
    /// Where its interval begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
}

impl Peers {
    /// The file in `folder`, and the jobs that can't be used.
    pub(super) fn load(folder: &Path) -> Result<(Option<Self>, Vec<LeftOut>), LeftOut> {
        let Some(file) = read(folder, FILE, SCHEMA_VERSION, COMMAND)? else {
            return Ok((None, vec![]));
        };
        let mut faults = Vec::new();
        let peers = Self::from_json(&file, &mut faults).map_err(|fault| left_out(&fault))?;
        let faults = faults.iter().map(|fault| left_out(fault)).collect();
        Ok((Some(peers), faults))
    }

    /// The version of a peer.
    pub(super) fn version(&self, peer: &str) -> Option<&str> {
        let mut versions = self.versions.iter();
        let (_, version) = versions.find(|(name, _)| name == peer)?;
        Some(version)
    }

    /// What can be shown of the file. Jobs that can't be are in `faults`, by
    /// name.
    fn from_json(file: &Value, faults: &mut Vec<String>) -> Result<Self, String> {
        let machine = &file["machine"];
        let optional = |of: &Value, name: &str| text(of, name).ok();
        let cores = machine["cores"].as_u64();
        let started = file["started_unix_s"].as_u64();
        let listed = file["jobs"].as_array();
        let mut peers = Self {
            started_unix_s: started.ok_or("it has no 'started_unix_s'")?,
            seconds: number(file, "seconds", 0.0..=1e8).ok(),
            commit: optional(file, "commit"),
            command: optional(file, "command").unwrap_or_else(|| COMMAND.to_owned()),
            scale: optional(file, "scale"),
            level: number(file, "level", 0.5..=0.999_999)?,
            machine: Machine {
                processor: optional(machine, "cpu"),
                cores_available: cores.and_then(|cores| usize::try_from(cores).ok()),
                system: optional(machine, "kernel"),
                ..Machine::default()
            },
            toolchain: optional(machine, "rustc"),
            versions: entries(&file["versions"])
                .filter_map(|one| Some((optional(one, "peer")?, optional(one, "version")?)))
                .collect(),
            skipped: entries(&file["skipped"]).filter_map(skipped).collect(),
            jobs: Vec::new(),
        };
        let (mut names, mut titles) = (BTreeSet::new(), BTreeSet::new());
        for (index, entry) in listed.ok_or("it has no list of 'jobs'")?.iter().enumerate() {
            if index == MOST_JOBS {
                faults.push(format!(
                    "it has more than {MOST_JOBS} jobs; the rest is not shown"
                ));
                break;
            }
            let name = entry["name"].as_str().map_or("no name".to_owned(), shown);
            match job(entry) {
                // Both tell one job from another: one in files, one on the page.
                Ok(job) if !names.insert(job.name.clone()) || !titles.insert(job.title.clone()) => {
                    faults.push(format!(
                        "job {index}, '{name}': another has its name or title"
                    ));
                }
                Ok(job) => peers.jobs.push(job),
                Err(fault) => faults.push(format!("job {index}, '{name}': {fault}")),
            }
        }
        Ok(peers)
    }
}

fn left_out(fault: &str) -> LeftOut {
    LeftOut {
        path: FILE.into(),
        why: format!("{fault}; `{COMMAND}` writes it again"),
    }
}

/// The entries of a list, as many as anybody would read.
fn entries(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten().take(MOST_JOBS)
}

/// Words that are not empty.
fn text(of: &Value, name: &str) -> Result<String, String> {
    match of[name].as_str().map(shown) {
        Some(text) if !text.trim().is_empty() => Ok(text),
        _ => Err(format!("it has no '{name}'")),
    }
}

fn number(of: &Value, name: &str, range: RangeInclusive<f64>) -> Result<f64, String> {
    let value = of[name]
        .as_f64()
        .ok_or_else(|| format!("it has no number '{name}'"))?;
    if range.contains(&value) {
        Ok(value)
    } else {
        Err(format!("its '{name}' is {}, which can't be", of[name]))
    }
}

fn skipped(entry: &Value) -> Option<SkippedPeer> {
    let jobs = entries(&entry["jobs"]).filter_map(|job| job.as_str().map(shown));
    Some(SkippedPeer {
        peer: text(entry, "peer").ok()?,
        why: text(entry, "why").unwrap_or_else(|_| "unknown".to_owned()),
        install: text(entry, "install").unwrap_or_else(|_| "unknown".to_owned()),
        jobs: jobs.collect(),
    })
}

fn job(entry: &Value) -> Result<PeerJob, String> {
    let name = text(entry, "name")?;
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.chars().all(is_word) {
        return Err("its name is no word of a to z, 0 to 9 and _".to_owned());
    }
    let listed = entry["sides"]
        .as_array()
        .ok_or("it has no list of 'sides'")?;
    if listed.len() > MOST_SIDES {
        return Err(format!("it has more than {MOST_SIDES} sides"));
    }
    let mut sides: Vec<PeerSide> = Vec::new();
    for (index, entry) in listed.iter().enumerate() {
        let name = entry["name"].as_str().map_or("no name".to_owned(), shown);
        let side = side(entry, index == 0).map_err(|fault| format!("side '{name}': {fault}"))?;
        if sides.iter().any(|other| other.name == side.name) {
            return Err(format!("the side '{name}' stands there twice"));
        }
        sides.push(side);
    }
    let ours = text(entry, "ours")?;
    match sides.first() {
        Some(first) if first.is_ours && first.name == ours => Ok(PeerJob {
            name,
            title: text(entry, "title")?,
            checked: text(entry, "checked")?,
            sides,
        }),
        _ => Err(format!("its first side is not our own, '{ours}'")),
    }
}

fn side(entry: &Value, is_reference: bool) -> Result<PeerSide, String> {
    let values = entry["ln_ratios"]
        .as_array()
        .ok_or("it has no list 'ln_ratios'")?;
    let ratio = match (&entry["ratio"], is_reference) {
        (Value::Null, true) => None,
        (_, true) => return Err("it is the reference, and has a ratio all the same".to_owned()),
        (ratio, false) => Some(time_ratio(ratio)?),
    };
    Ok(PeerSide {
        name: text(entry, "name")?,
        is_ours: entry["is_ours"].as_bool().ok_or("it has no 'is_ours'")?,
        peer: text(entry, "peer").ok(),
        includes: text(entry, "includes")?,
        unit_ns: number(entry, "unit_ns", TIMES_NS)?,
        unit: text(entry, "unit")?,
        peak_bytes: match &entry["peak_bytes"] {
            Value::Null => None,
            bytes => Some(
                bytes
                    .as_u64()
                    .ok_or("its 'peak_bytes' is no number of bytes")?,
            ),
        },
        ratio,
        relaunches: values.len(),
    })
}

fn time_ratio(value: &Value) -> Result<TimeRatio, String> {
    let of = |name| number(value, name, RATIOS).map_err(|fault| format!("its ratio: {fault}"));
    let (estimate, low, high) = (of("estimate")?, of("low")?, of("high")?);
    if low <= estimate && estimate <= high {
        Ok(TimeRatio {
            estimate,
            low,
            high,
        })
    } else {
        Err(format!(
            "its ratio {estimate} lies outside its interval, {low} to {high}"
        ))
    }
}
