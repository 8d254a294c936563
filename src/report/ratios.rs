//! `paired.json`: ratios that were measured in lock-step.

use super::record::read;
use crate::criterion_files::LeftOut;
use serde_json::Value;
use std::path::Path;

/// What the suite writes.
const SCHEMA_VERSION: u32 = 1;

/// The file, beside Criterion's folder.
pub(super) const FILE: &str = "paired.json";

/// How long a row takes, as a multiple of its baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct PairedRatio {
    /// The row.
    pub id: String,
    /// What it is a multiple of.
    pub baseline: String,
    /// The time of the row over that of its baseline.
    pub time_ratio: f64,
    /// Its interval; none where there were too few relaunches for one.
    pub interval: Option<(f64, f64)>,
    /// What the interval promises, from 0 to 1.
    pub level: f64,
    /// How many relaunches it rests on.
    pub relaunches: usize,
    /// The robust standard deviation of ln ratio from one relaunch to another.
    pub relaunch_spread: f64,
    /// Whether arms took turns sample by sample, rather than process by
    /// process.
    pub is_lock_step: bool,
    /// When, in seconds since 1970.
    pub measured_at_unix_s: u64,
}

/// All ratios of the file in `folder`, and those that can't be used.
pub(super) fn load(folder: &Path) -> Result<(Vec<PairedRatio>, Vec<LeftOut>), LeftOut> {
    let mut ratios = Vec::new();
    let mut left_out = Vec::new();
    let Some(file) = read(folder, FILE, SCHEMA_VERSION)? else {
        return Ok((ratios, left_out));
    };
    for (index, comparison) in file["comparisons"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        let entries = comparison["ratios"].as_array();
        for entry in entries.into_iter().flatten() {
            match ratio(comparison, entry) {
                Ok(ratio) => ratios.push(ratio),
                Err(why) => left_out.push(LeftOut {
                    path: FILE.into(),
                    why: format!(
                        "comparison {index}, the ratio of '{}': {why}",
                        entry["id"].as_str().unwrap_or("no name")
                    ),
                }),
            }
        }
    }
    Ok((ratios, left_out))
}

fn ratio(comparison: &Value, entry: &Value) -> Result<PairedRatio, String> {
    let lacks = |name: &str| format!("it has no '{name}'");
    let text = |name: &str| {
        let text = entry[name].as_str().ok_or_else(|| lacks(name))?;
        Ok::<_, String>(text.to_owned())
    };
    let number = |name: &str| entry[name].as_f64().ok_or_else(|| lacks(name));
    let time_ratio = number("time_ratio")?;
    let interval = match (entry["low"].as_f64(), entry["high"].as_f64()) {
        (Some(low), Some(high)) => Some((low, high)),
        _ => None,
    };
    let (low, high) = interval.unwrap_or((time_ratio, time_ratio));
    let is_ratio = |value: f64| value.is_normal() && value > 0.0;
    if ![low, time_ratio, high].into_iter().all(is_ratio) {
        return Err(format!(
            "{time_ratio} ({low} to {high}) is no ratio of times"
        ));
    }
    if !(low <= time_ratio && time_ratio <= high) {
        return Err(format!(
            "{time_ratio} lies outside its interval, {low} to {high}"
        ));
    }
    Ok(PairedRatio {
        id: text("id")?,
        baseline: text("baseline")?,
        time_ratio,
        interval,
        level: number("level")?,
        relaunches: comparison["relaunches"].as_array().map_or(0, Vec::len),
        relaunch_spread: entry["relaunch_spread"].as_f64().unwrap_or(0.0),
        is_lock_step: comparison["method"] == "lock_step",
        measured_at_unix_s: comparison["measured_at_unix_s"].as_u64().unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::fs;
    use tempfile::tempdir;

    #[test]
    fn a_ratio_that_cannot_be_is_left_out_and_the_others_stay() {
        let place = tempdir().expect("a folder");
        let entry = |id: &str, ratio: f64, low: f64, high: f64| {
            json!({"id": id, "baseline": "a/b", "time_ratio": ratio, "low": low, "high": high,
                   "level": 0.96, "relaunch_spread": 0.01})
        };
        let mut unbounded = entry("a/open", 0.5, 0.4, 0.6);
        (unbounded["low"], unbounded["high"]) = (Value::Null, Value::Null);
        let file = json!({"schema_version": 1, "comparisons": [{
            "method": "lock_step", "relaunches": [{}, {}], "measured_at_unix_s": 7,
            "ratios": [
                entry("a/good", 0.5, 0.4, 0.6), entry("a/zero", 0.0, 0.0, 0.6),
                entry("a/negative", -1.0, -2.0, 0.6), entry("a/outside", 0.9, 0.4, 0.6),
                {"id": "a/empty"}, unbounded,
            ],
        }]});
        fs::write(place.path().join(FILE), file.to_string()).expect("a file");
        let (ratios, left_out) = load(place.path()).expect("it is JSON");
        let names: Vec<&str> = ratios.iter().map(|ratio| ratio.id.as_str()).collect();
        assert_eq!(names, ["a/good", "a/open"]);
        assert_eq!(ratios[0].relaunches, 2);
        assert_eq!(ratios[1].interval, None);
        let said: Vec<String> = left_out.iter().map(ToString::to_string).collect();
        let said = said.join("\n");
        for name in ["a/zero", "a/negative", "a/outside", "a/empty"] {
            assert!(said.contains(name), "{said}");
        }
    }
}
