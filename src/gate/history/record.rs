//! A history: a file with a line a gate, which may live in git.

use crate::gate::error::GateError;
use crate::gate::finding::Gate;
use serde_json::{Value, json};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

/// Changes whenever a field changes its meaning or goes.
const SCHEMA_VERSION: u64 = 1;

/// What a history says of one gate.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The commit that was judged.
    pub head: String,
    /// The commit that it was compared with.
    pub base: String,
    /// The machine, by the key within which absolute times may be compared.
    pub machine: String,
    /// What compiled the head.
    pub toolchain: String,
    /// When, in seconds since 1970.
    pub unix_s: u64,
    /// Its benchmarks.
    pub benchmarks: Vec<Entry>,
}

/// What a history says of one benchmark in one gate.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its name, with the bench target in front.
    pub name: String,
    /// The verdict, by its name.
    pub verdict: String,
    /// Time of the head over time of the base; 1 where both were compiled to
    /// the same code; none where it was not measured.
    pub ratio: Option<f64>,
    /// The interval of that.
    pub interval: Option<[f64; 2]>,
    /// The median time of an iteration of the head, in nanoseconds.
    pub time_ns: Option<f64>,
}

/// The line of a gate, without its end.
///
/// ```no_run
/// # fn show(gate: &speedup::gate::Gate) {
/// println!("{}", speedup::gate::history::record_line(gate));
/// # }
/// ```
#[must_use]
pub fn record_line(gate: &Gate) -> String {
    let entry = |finding: &crate::gate::Finding| {
        let is_same =
            finding.estimate.is_none() && finding.verdict == crate::gate::Verdict::Unchanged;
        let ratio = finding.estimate.map(|estimate| estimate.ratio);
        let interval = finding
            .estimate
            .filter(|estimate| estimate.interval.is_bounded())
            .map(|estimate| [estimate.interval.low, estimate.interval.high]);
        json!({
            "name": format!("{}: {}", finding.benchmark.target, finding.benchmark.id),
            "verdict": finding.verdict.name(),
            "ratio": if is_same { Some(1.0) } else { ratio },
            "interval": interval,
            "time_ns": finding.medians_ns.map(|[_, head]| head),
        })
    };
    // A commit of changes that nobody committed can't be a base later on.
    let changes = if gate.head.is_dirty { "+changes" } else { "" };
    let record = json!({
        "schema_version": SCHEMA_VERSION,
        "head": format!("{}{changes}", gate.head.commit),
        "base": gate.base.commit,
        "machine": gate.machine.key,
        "toolchain": gate.toolchains[1].lines().next(),
        "unix_s": gate.started_unix_s,
        "benchmarks": gate.findings.iter().map(entry).collect::<Vec<_>>(),
    });
    record.to_string()
}

/// Adds a line to a history, in one write: two gates at once don't mix.
///
/// # Errors
/// When the file can't be written. If the disk fills up in the midst, what was
/// written of the line is taken back.
///
/// ```
/// use speedup::gate::history::append;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("gates.jsonl");
/// append(&path, "{}")?;
/// append(&path, "{}")?;
/// assert_eq!(std::fs::read_to_string(&path)?, "{}\n{}\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn append(path: &Path, line: &str) -> Result<(), GateError> {
    let failed = |error| GateError::file("write", path)(error);
    let mut options = OpenOptions::new();
    let mut file = options
        .create(true)
        .append(true)
        .open(path)
        .map_err(failed)?;
    file.lock().map_err(failed)?;
    let before = file.metadata().map_err(failed)?.len();
    let written = file.write_all(format!("{line}\n").as_bytes());
    if written.is_err() {
        // Then the line is damaged, and says so when it is read.
        let _ = file.set_len(before);
    }
    written.map_err(failed)
}

/// Reads a history, oldest gate first.
///
/// # Errors
/// When the file can't be read, or a line is none of a history: its number is
/// told.
///
/// ```
/// use speedup::gate::history::read;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("gates.jsonl");
/// std::fs::write(&path, "no JSON\n")?;
/// assert!(read(&path).is_err_and(|error| error.to_string().contains("line 1")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read(path: &Path) -> Result<Vec<Record>, GateError> {
    let text = fs::read_to_string(path).map_err(GateError::file("read", path))?;
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    let record = |(index, line): (usize, &str)| {
        let wrong = |why: String| GateError::Record {
            path: path.to_owned(),
            line: index + 1,
            why,
        };
        let value: Value = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        if value["schema_version"] != SCHEMA_VERSION {
            let version = &value["schema_version"];
            return Err(wrong(format!(
                "its schema_version is {version}, and this version reads {SCHEMA_VERSION}"
            )));
        }
        Record::of(&value).ok_or_else(|| wrong("a field is missing or no text".to_owned()))
    };
    lines.map(record).collect()
}

impl Record {
    fn of(value: &Value) -> Option<Self> {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let entry = |value: &Value| {
            let ends = value["interval"].as_array();
            Some(Entry {
                name: value["name"].as_str()?.to_owned(),
                verdict: value["verdict"].as_str()?.to_owned(),
                // Ratios and times are positive, or there are none.
                ratio: value["ratio"].as_f64().filter(|ratio| *ratio > 0.0),
                interval: ends
                    .and_then(|ends| Some([ends.first()?.as_f64()?, ends.get(1)?.as_f64()?])),
                time_ns: value["time_ns"].as_f64().filter(|time| *time > 0.0),
            })
        };
        let benchmarks: Option<Vec<Entry>> =
            value["benchmarks"].as_array()?.iter().map(entry).collect();
        Some(Self {
            head: text("head")?,
            base: text("base")?,
            machine: text("machine")?,
            toolchain: text("toolchain")?,
            unix_s: value["unix_s"].as_u64()?,
            benchmarks: benchmarks?,
        })
    }
}
