//! The results as text.

use crate::result::{JobResult, SideResult, Skipped};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A job's sides: time, and how many times as long as ours.
pub(crate) fn job(job: &JobResult) -> String {
    let rows: Vec<[String; 3]> = job.sides.iter().map(row).collect();
    let reference = job.sides.first().map_or("", |side| &side.name);
    let head = [
        format!("time of {}", job.unit),
        "time".to_owned(),
        format!("times as long as {reference} (95 % interval)"),
    ];
    let width = |column: usize| {
        let cells = rows.iter().chain([&head]);
        cells
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let (first, second) = (width(0), width(1));
    let mut text = format!("{}: {}\n", job.name, job.title);
    for [name, time, ratio] in [&head].into_iter().chain(&rows) {
        let _ = writeln!(text, "  {name:first$}  {time:>second$}  {ratio}");
    }
    text
}

fn row(side: &SideResult) -> [String; 3] {
    let name = match &side.peer {
        Some(peer) if !side.is_ours => format!("{peer}: {}", side.name),
        _ => side.name.clone(),
    };
    let mut time = duration(side.unit_ns);
    if let Some(bytes) = side.peak_bytes {
        let _ = write!(time, ", {:.1} MB", bytes as f64 / 1e6);
    }
    let ratio = side.ratio.map_or_else(
        || "1".to_owned(),
        |ratio| {
            let [estimate, low, high] = [ratio.estimate, ratio.low, ratio.high].map(significant);
            format!("{estimate} ({low} to {high})")
        },
    );
    [name, time, ratio]
}

/// Versions, and what was skipped and how to have it.
pub(crate) fn foot(versions: &BTreeMap<String, String>, skipped: &[Skipped]) -> String {
    let versions: Vec<String> = versions
        .iter()
        .map(|(peer, version)| format!("{peer} {version}"))
        .collect();
    let mut text = format!("versions: {}\n", versions.join(", "));
    for each in skipped {
        let Skipped {
            peer,
            why,
            install,
            jobs,
        } = each;
        let jobs = jobs.join(", ");
        let _ = writeln!(
            text,
            "skipped: {peer} ({jobs}): {why}\n  to have it: {install}"
        );
    }
    text
}

/// A time in the unit that suits it.
fn duration(ns: f64) -> String {
    let (divisor, unit) = match ns {
        ns if ns < 1e3 => (1.0, "ns"),
        ns if ns < 1e6 => (1e3, "µs"),
        ns if ns < 1e9 => (1e6, "ms"),
        _ => (1e9, "s"),
    };
    format!("{} {unit}", significant(ns / divisor))
}

/// Three significant digits, or all of those before the point.
fn significant(value: f64) -> String {
    let digits = match value {
        value if value < 0.1 => 4,
        value if value < 1.0 => 3,
        value if value < 10.0 => 2,
        value if value < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_and_the_unit_that_suits_them() {
        let texts = [0.534, 61.26, 999.4, 5_230_000.0, 31e9].map(duration);
        assert_eq!(
            texts,
            ["0.534 ns", "61.3 ns", "999 ns", "5.23 ms", "31.0 s"]
        );
    }

    #[test]
    fn what_is_skipped_is_named_with_its_jobs_and_the_way_to_have_it() {
        let skipped = Skipped {
            peer: "joblib".to_owned(),
            why: "No module named 'joblib'".to_owned(),
            install: "pip install joblib".to_owned(),
            jobs: vec!["a".to_owned(), "b".to_owned()],
        };
        let text = foot(&BTreeMap::new(), &[skipped]);
        for part in ["joblib (a, b)", "No module named", "pip install joblib"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
