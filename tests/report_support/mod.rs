//! Results that were never measured: folders as a run leaves them, with times
//! from a simple model, for as many cores as a test wants.

#![allow(dead_code, reason = "each test uses its own part")]

use serde_json::{Value, json};
use speedup::catalog::{Catalog, Id, Scale};
use speedup::report::{Folders, Input, Report};
use std::fs::{self, File};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};
use tempfile::TempDir;

/// When the fixtures' run began.
pub(crate) const START: u64 = 1_750_000_000;

/// Half the width of the interval of a paired ratio, in ln.
pub(crate) const HALF_WIDTH: f64 = 0.01;

/// A folder as a run leaves it.
pub(crate) struct Fixture {
    pub(crate) place: TempDir,
    pub(crate) cores: usize,
    /// The rows that it holds, with their baselines and times.
    pub(crate) rows: Vec<(Id, Option<Id>, f64)>,
}

impl Fixture {
    /// The rows of the catalog for `cores` that are `wanted`, by this model.
    pub(crate) fn new(cores: usize, wanted: impl Fn(&str) -> bool) -> Self {
        Self::with(cores, wanted, time_ns)
    }

    /// The same with times by another model.
    pub(crate) fn with(
        cores: usize,
        wanted: impl Fn(&str) -> bool,
        time_ns: impl Fn(&Id, usize) -> f64,
    ) -> Self {
        let place = tempfile::tempdir().expect("a folder");
        let count = NonZeroUsize::new(cores).expect("some cores");
        let rows: Vec<(Id, Option<Id>, f64)> = Catalog::new(Scale::default(), count)
            .all()
            .into_iter()
            .filter(|row| wanted(&row.id.to_string()))
            .map(|row| {
                let time = time_ns(&row.id, cores);
                (row.id, row.baseline, time)
            })
            .collect();
        let fixture = Self { place, cores, rows };
        fixture.write();
        fixture
    }

    pub(crate) fn folder(&self) -> &Path {
        self.place.path()
    }

    pub(crate) fn criterion(&self) -> PathBuf {
        self.folder().join("criterion")
    }

    /// Reads it as the page would be made, on the machine that it is of.
    pub(crate) fn report(&self) -> Report {
        let input = Input::read(&Folders::within(self.folder())).expect("a folder");
        Report::new(&input, None)
    }

    fn write(&self) {
        for (id, _, time_ns) in &self.rows {
            write_row(&self.criterion(), &id.to_string(), *time_ns);
        }
        self.write_record("run.json", &run(self.cores));
        self.write_record("paired.json", &paired(&self.rows));
        self.write_record("cost.json", &costs(&self.rows, self.cores));
    }

    pub(crate) fn write_record(&self, name: &str, value: &Value) {
        fs::write(self.folder().join(name), value.to_string()).expect("a file");
    }

    pub(crate) fn record(&self, name: &str) -> Value {
        let text = fs::read(self.folder().join(name)).expect("a file");
        serde_json::from_slice(&text).expect("JSON")
    }
}

/// A time that grows with the size, shrinks with the workers up to the cores,
/// and pays a price for each.
pub(crate) fn time_ns(id: &Id, cores: usize) -> f64 {
    let workers = id.workers().map_or(1, NonZeroUsize::get);
    let value: f64 = id
        .value()
        .and_then(|value| value.parse().ok())
        .unwrap_or(7.0);
    let (k, at_once) = (workers as f64, workers.min(cores) as f64);
    match (id.group(), id.function()) {
        ("sleep", function) => sleep_ns(function, id.value().unwrap_or_default(), workers),
        ("factorial", function) => {
            let alone = 0.3 * value.powf(2.1);
            match function {
                "sequential" => alone,
                "threads" => alone / at_once * 1.02 + 14_000.0 * k,
                "threads_static" => alone / at_once * 1.4 + 14_000.0 * k,
                "rayon" => alone / at_once * 1.01 + 3000.0 * k.sqrt(),
                "process_pool" => alone / at_once * 1.05 + 90_000.0 + 20_000.0 * k,
                _ => alone * (1.0 + 0.1 * k.sqrt()) + 14_000.0 * k,
            }
        }
        ("cache", "uncached") => 12_100_000.0,
        ("cache", "cold") => 12_150_000.0,
        ("cache", "warm") => 83.0,
        ("cache", "zipf_uncached") => 900.0,
        ("cache", "zipf_lru") => 60.0 * value.ln(),
        ("cache", "warm_shared_by") => 250_000.0 * k,
        ("cache", "warm_own_of") => 230_000.0 * k / at_once,
        ("cache", "warm_own_before_shared_of") => 240_000.0 * k / at_once,
        _ => 40.0 + value.sqrt() * (1.0 + id.function().len() as f64) * k,
    }
}

fn sleep_ns(function: &str, value: &str, workers: usize) -> f64 {
    let sleeps: Vec<f64> = match value.split_once('x') {
        Some((count, length)) => {
            vec![length.parse().expect("a length"); count.parse().expect("a count")]
        }
        None => value
            .split('-')
            .map(|text| text.parse().expect("a length"))
            .collect(),
    };
    if function == "sequential" {
        return sleeps.iter().sum::<f64>() * 1e6;
    }
    if function == "event_loop" {
        return sleeps.into_iter().fold(0.0, f64::max) * 1e6 + 55_000.0;
    }
    // Whoever is free takes the next one.
    let mut free_at = vec![0.0_f64; workers];
    for sleep in sleeps {
        let next = free_at
            .iter_mut()
            .min_by(|a, b| a.total_cmp(b))
            .expect("a worker");
        *next += sleep;
    }
    free_at.into_iter().fold(0.0, f64::max) * 1e6 + 60_000.0 + 9000.0 * workers as f64
}

/// Twenty samples around `time_ns`, whose median it is.
pub(crate) fn sample_ns(time_ns: f64) -> Vec<f64> {
    // Each step once, in an order without a trend.
    (0..20)
        .map(|index| time_ns * (1.0 + 0.002 * (f64::from(index * 7 % 20) - 9.5)))
        .collect()
}

/// A benchmark as Criterion stores it.
pub(crate) fn write_row(criterion: &Path, id: &str, time_ns: f64) {
    write_row_as(criterion, id, id, time_ns);
}

/// The same in a folder that need not be named like it.
pub(crate) fn write_row_as(criterion: &Path, id: &str, folder: &str, time_ns: f64) {
    let data = criterion.join(folder).join("new");
    fs::create_dir_all(&data).expect("a folder");
    let iters: Vec<f64> = (1..=20).map(f64::from).collect();
    let times: Vec<f64> = sample_ns(time_ns)
        .iter()
        .zip(&iters)
        .map(|(t, n)| t * n)
        .collect();
    for (name, value) in [
        (
            "benchmark.json",
            json!({"full_id": id, "directory_name": folder}),
        ),
        ("estimates.json", estimates(time_ns)),
        (
            "sample.json",
            json!({"sampling_mode": "Linear", "iters": iters, "times": times}),
        ),
        ("tukey.json", json!([])),
    ] {
        fs::write(data.join(name), value.to_string()).expect("a file");
    }
}

pub(crate) fn estimates(time_ns: f64) -> Value {
    let estimate = json!({
        "confidence_interval": {
            "confidence_level": 0.95,
            "lower_bound": time_ns * 0.99,
            "upper_bound": time_ns * 1.01,
        },
        "point_estimate": time_ns,
        "standard_error": time_ns * 0.005,
    });
    json!({"mean": estimate, "median": estimate, "median_abs_dev": estimate,
           "slope": null, "std_dev": estimate})
}

pub(crate) fn run(cores: usize) -> Value {
    json!({
        "schema_version": 1, "since_unix_s": START, "started_unix_s": START,
        "ended_unix_s": START + 400, "command": "cargo bench", "build": "suite-1",
        "scale": "1", "commit": "0123456789abcdef", "is_dirty": false,
        "toolchain": "rustc 1.95.0", "load_before": 0.05,
        "machine": {
            "processor": "Example CPU", "cores_available": cores, "cores_online": cores,
            "memory_bytes": 8_589_934_592_u64, "system": "Linux 6.18", "is_virtual": false,
            "governor": "performance", "has_turbo": false,
        },
    })
}

pub(crate) fn paired(rows: &[(Id, Option<Id>, f64)]) -> Value {
    let time_of = |id: &Id| {
        rows.iter()
            .find(|(other, ..)| other == id)
            .map(|(_, _, time)| *time)
    };
    let comparisons: Vec<Value> = rows
        .iter()
        .filter_map(|(id, baseline, time)| {
            let baseline = baseline.as_ref()?;
            let ratio = time / time_of(baseline)?;
            Some(json!({
                "schema_version": 1, "method": "lock_step", "seconds": 1.0,
                "measured_at_unix_s": START + 300,
                "relaunches": vec![json!({}); 8],
                "ratios": [{
                    "id": id.to_string(), "baseline": baseline.to_string(), "time_ratio": ratio,
                    "low": ratio * (-HALF_WIDTH).exp(), "high": ratio * HALF_WIDTH.exp(),
                    "level": 0.96, "relaunch_spread": 0.01, "strays": 0,
                }],
            }))
        })
        .collect();
    json!({"schema_version": 1, "comparisons": comparisons})
}

fn costs(rows: &[(Id, Option<Id>, f64)], cores: usize) -> Value {
    let entry = |id: &Id| {
        let workers = id.workers().map_or(1, NonZeroUsize::get);
        let processes = if id.function() == "process_pool" {
            1 + workers
        } else {
            1
        };
        json!({
            "wall_s": 0.1, "cpu_s": 0.1 * workers.min(cores) as f64 * 0.97,
            "peak_bytes": 2_000_000 * processes, "processes": processes, "is_partial": false,
            "measured_at_unix_s": START + 350,
        })
    };
    let rows: serde_json::Map<String, Value> = rows
        .iter()
        .map(|(id, ..)| (id.to_string(), entry(id)))
        .collect();
    json!({"schema_version": 1, "rows": rows})
}

/// Makes a file look as if it had been written then.
pub(crate) fn set_modified(path: &Path, unix_s: u64) {
    let file = File::options().write(true).open(path).expect("a file");
    file.set_modified(UNIX_EPOCH + Duration::from_secs(unix_s))
        .expect("a time");
}

/// The page as somebody reads it who sees no pictures: a line a paragraph and a
/// row, the charts' text alternatives for the charts.
pub(crate) fn text(page: &str) -> String {
    let mut text = page.to_owned();
    for (begin, end) in [("<style>", "</style>"), ("<title>", "</title>")] {
        while let Some(at) = text.find(begin) {
            let length = text[at..].find(end).expect("it ends") + end.len();
            text.replace_range(at..at + length, "");
        }
    }
    for (tag, mark) in [
        ("<h2", "\n\n## <"),
        ("<h3", "\n### <"),
        ("<tr", "\n<"),
        ("<p", "\n<"),
        ("<li", "\n<"),
        ("<summary", "\n> <"),
        ("<dt", "\n<"),
        ("<dd", ": <"),
        ("<td", " | <"),
        ("<th", " | <"),
        ("<desc", "\n[chart] <"),
    ] {
        for after in [">", " "] {
            text = text.replace(&format!("{tag}{after}"), &format!("{mark}i{after}"));
        }
    }
    let mut plain = String::new();
    let mut is_tag = false;
    for character in text.chars() {
        match character {
            '<' => is_tag = true,
            '>' if is_tag => is_tag = false,
            other if !is_tag => plain.push(other),
            _ => {}
        }
    }
    for (entity, character) in [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&amp;", "&"),
    ] {
        plain = plain.replace(entity, character);
    }
    let lines = plain
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    lines.join("\n") + "\n"
}

/// Leaves the page where the browser's test finds it, with the files that it
/// links to.
pub(crate) fn keep_for_browser(name: &str, report: &Report, criterion: Option<&Path>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("report")
        .join(name);
    if let Some(criterion) = criterion {
        copy(criterion, &folder.join("criterion"));
    }
    let page = folder.join("index.html");
    speedup::whole_file::write_with_folder(&page, report.html().as_bytes()).expect("it is written");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).expect("a file");
        }
    }
}
