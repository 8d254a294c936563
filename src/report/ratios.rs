//! `paired.json`: ratios that were measured in lock-step.

use super::record::{SUITE, read};
use crate::criterion_files::LeftOut;
use crate::whole_file::write_with_folder;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Changes whenever a field of the file changes its meaning or goes.
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

impl PairedRatio {
    /// Adds `measured`, comparisons as [`to_json`](crate::paired::to_json)
    /// writes them, to the file in `folder`, and keeps what it holds of other
    /// rows: an earlier comparison loses the rows that were measured anew, and
    /// stays for its others. Of a file that is damaged, or of another version,
    /// there is nothing to keep.
    ///
    /// # Errors
    /// When the file can't be read or written; the earlier one is intact then.
    ///
    /// ```
    /// use serde_json::json;
    /// use speedup::report::PairedRatio;
    ///
    /// let place = tempfile::tempdir()?;
    /// let both = json!({"ratios": [{"id": "a/x"}, {"id": "a/y"}]});
    /// PairedRatio::store(vec![both], place.path())?;
    /// let one = json!({"ratios": [{"id": "a/y"}]});
    /// PairedRatio::store(vec![one], place.path())?;
    ///
    /// let text = std::fs::read(place.path().join("paired.json"))?;
    /// let file: serde_json::Value = serde_json::from_slice(&text)?;
    /// assert_eq!(file["comparisons"][0]["ratios"], json!([{"id": "a/x"}]));
    /// assert_eq!(file["comparisons"][1]["ratios"], json!([{"id": "a/y"}]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn store(measured: Vec<Value>, folder: &Path) -> io::Result<()> {
        let anew: BTreeSet<&str> = measured.iter().flat_map(rows).collect();
        let mut comparisons: Vec<Value> = earlier(folder)?
            .into_iter()
            .filter_map(|comparison| without(comparison, &anew))
            .collect();
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_err(io::Error::other)?.as_secs();
        comparisons.extend(measured.into_iter().map(|mut comparison| {
            comparison["measured_at_unix_s"] = json!(now);
            comparison
        }));
        let all = json!({ "schema_version": SCHEMA_VERSION, "comparisons": comparisons });
        write_with_folder(&folder.join(FILE), format!("{all:#}\n").as_bytes())
    }
}

/// The comparisons of earlier runs.
fn earlier(folder: &Path) -> io::Result<Vec<Value>> {
    let text = match fs::read(folder.join(FILE)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            let why = format!("the ratios that it holds can't be read: {error}");
            return Err(io::Error::new(error.kind(), why));
        }
    };
    let mut file: Value = serde_json::from_slice(&text).unwrap_or_default();
    if file["schema_version"] != SCHEMA_VERSION {
        return Ok(Vec::new());
    }
    match file["comparisons"].take() {
        Value::Array(comparisons) => Ok(comparisons),
        _ => Ok(Vec::new()),
    }
}

/// The rows that a comparison holds against their baseline.
fn rows(comparison: &Value) -> impl Iterator<Item = &str> {
    let ratios = comparison["ratios"].as_array().into_iter().flatten();
    ratios.map(|ratio| ratio["id"].as_str().unwrap_or_default())
}

/// A comparison without the rows in `anew`, nor their arms and their values in
/// each relaunch; none if none is left. Each ratio rests on its own arm and the
/// baseline's, so those that stay are what they were.
fn without(mut comparison: Value, anew: &BTreeSet<&str>) -> Option<Value> {
    let ratios: Vec<bool> = rows(&comparison).map(|id| !anew.contains(id)).collect();
    if !ratios.contains(&true) {
        return None;
    }
    // The first arm is the baseline.
    let arms = [&[true], &ratios[..]].concat();
    keep(&mut comparison, "ratios", &ratios);
    keep(&mut comparison, "arms", &arms);
    let relaunches = comparison.get_mut("relaunches");
    let relaunches = relaunches.and_then(Value::as_array_mut);
    for relaunch in relaunches.into_iter().flatten() {
        keep(relaunch, "ln_ratios", &ratios);
        keep(relaunch, "medians_ns", &arms);
        keep(relaunch, "pinned", &arms);
    }
    Some(comparison)
}

/// Of a list, the items that stay; one of another length is left alone.
fn keep(object: &mut Value, field: &str, stays: &[bool]) {
    let list = object.get_mut(field).and_then(Value::as_array_mut);
    if let Some(list) = list.filter(|list| list.len() == stays.len()) {
        let mut stays = stays.iter();
        list.retain(|_| stays.next() == Some(&true));
    }
}

/// All ratios of the file in `folder`, and those that can't be used.
pub(super) fn load(folder: &Path) -> Result<(Vec<PairedRatio>, Vec<LeftOut>), LeftOut> {
    let mut ratios = Vec::new();
    let mut left_out = Vec::new();
    let Some(file) = read(folder, FILE, SCHEMA_VERSION, SUITE)? else {
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
    use tempfile::tempdir;

    /// A comparison of one relaunch, as the suite stores it: `rows` against
    /// `a/base`, each twice as slow as the one before.
    fn comparison(rows: &[&str]) -> Value {
        let ln_ratios: Vec<f64> = (1..=rows.len()).map(|row| row as f64).collect();
        let ids = [&["a/base"], rows].concat();
        let medians_ns: Vec<f64> = ids.iter().zip(0..).map(|(_, arm)| f64::from(arm)).collect();
        let arms: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
        let ratio = |(id, ln): (&&str, &f64)| {
            json!({"id": id, "baseline": "a/base", "time_ratio": ln.exp(), "level": 0.95,
                   "low": ln.exp(), "high": ln.exp()})
        };
        json!({
            "method": "lock_step",
            "arms": arms,
            "ratios": rows.iter().zip(&ln_ratios).map(ratio).collect::<Vec<_>>(),
            "relaunches": [{"seconds": 0.5, "ln_ratios": ln_ratios, "medians_ns": medians_ns,
                            "pinned": vec![true; ids.len()]}],
        })
    }

    fn stored(folder: &Path) -> Vec<Value> {
        let text = fs::read(folder.join(FILE)).expect("a file");
        let file: Value = serde_json::from_slice(&text).expect("JSON");
        file["comparisons"].as_array().expect("a list").clone()
    }

    #[test]
    fn rows_that_were_not_measured_anew_stay_with_all_that_they_rest_on() {
        let place = tempdir().expect("a folder");
        let store = |rows: &[&str]| {
            PairedRatio::store(vec![comparison(rows)], place.path()).expect("there is room");
        };
        store(&["a/x", "a/y", "a/z"]);
        store(&["b/other"]);
        store(&["a/y"]);

        let [earlier, other, new] = &stored(place.path())[..] else {
            panic!("{:?}", stored(place.path()));
        };
        assert_eq!(rows(earlier).collect::<Vec<_>>(), ["a/x", "a/z"]);
        assert_eq!(rows(other).collect::<Vec<_>>(), ["b/other"]);
        assert_eq!(rows(new).collect::<Vec<_>>(), ["a/y"]);
        let arms = json!([{"id": "a/base"}, {"id": "a/x"}, {"id": "a/z"}]);
        assert_eq!(earlier["arms"], arms);
        let relaunch = &earlier["relaunches"][0];
        assert_eq!(relaunch["ln_ratios"], json!([1.0, 3.0]));
        assert_eq!(relaunch["medians_ns"], json!([0.0, 1.0, 3.0]));
        assert_eq!(relaunch["pinned"], json!([true, true, true]));

        // What was measured anew is read once, and what was not is as it was.
        let (ratios, left_out) = load(place.path()).expect("it is JSON");
        assert_eq!(left_out, []);
        let found: Vec<(&str, f64)> = ratios
            .iter()
            .map(|ratio| (ratio.id.as_str(), ratio.time_ratio.ln().round()))
            .collect();
        let expected = [("a/x", 1.0), ("a/z", 3.0), ("b/other", 1.0), ("a/y", 1.0)];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_comparison_of_which_all_rows_were_measured_anew_goes() {
        let place = tempdir().expect("a folder");
        for rows in [&["a/x", "a/y"][..], &["a/y", "a/x"]] {
            PairedRatio::store(vec![comparison(rows)], place.path()).expect("there is room");
        }
        assert_eq!(stored(place.path()).len(), 1);
    }

    #[test]
    fn of_what_is_no_file_of_this_version_nothing_is_kept() {
        for text in [
            "",
            "{",
            "[]",
            "{\"schema_version\": 2, \"comparisons\": [1]}",
        ] {
            let place = tempdir().expect("a folder");
            fs::write(place.path().join(FILE), text).expect("a file");
            PairedRatio::store(vec![comparison(&["a/x"])], place.path()).expect("there is room");
            assert_eq!(stored(place.path()).len(), 1, "{text}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_an_error_and_not_written_over() {
        let place = tempdir().expect("a folder");
        fs::create_dir(place.path().join(FILE)).expect("a folder in its place");
        let error = PairedRatio::store(vec![comparison(&["a/x"])], place.path());
        let said = error.expect_err("it can't be read").to_string();
        assert!(said.contains("can't be read"), "{said}");
    }

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
