//! The samples of one benchmark, as Criterion stored them.

use serde_json::Value;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The time of an iteration in each sample of the benchmark `id`, in
/// nanoseconds, in the order in which they were taken; `home` is the folder
/// that Criterion wrote to.
///
/// Criterion makes the name of a benchmark's folder from its id, but shortens
/// it and replaces characters on the way: the benchmark is found by what its
/// `benchmark.json` says.
///
/// # Errors
/// When no folder below `home` holds the benchmark, or its samples can't be
/// read, or one of them is no positive time.
///
/// ```
/// use speedup::criterion_files::sample_times_ns;
///
/// let home = tempfile::tempdir()?;
/// let folder = home.path().join("group/function/new");
/// std::fs::create_dir_all(&folder)?;
/// std::fs::write(folder.join("benchmark.json"), r#"{"full_id": "group/function"}"#)?;
/// let sample = r#"{"sampling_mode": "Linear", "iters": [1.0, 2.0], "times": [30.0, 50.0]}"#;
/// std::fs::write(folder.join("sample.json"), sample)?;
///
/// assert_eq!(sample_times_ns(home.path(), "group/function")?, [30.0, 25.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn sample_times_ns(home: &Path, id: &str) -> Result<Vec<f64>, SampleError> {
    let folder = find(home, id)?.ok_or_else(|| SampleError::NotFound {
        id: id.to_owned(),
        home: home.to_owned(),
    })?;
    let path = folder.join("sample.json");
    let sample = read(&path)?;
    let unusable = |why: &str| SampleError::Unusable(path.clone(), why.to_owned());
    iteration_times_ns(&sample).map_err(|why| match why {
        NoTimes::NoList(name) => unusable(&format!("it has no list '{name}'")),
        NoTimes::LengthsDiffer => unusable("its lists 'iters' and 'times' differ in length"),
        NoTimes::NoTime { sample, time_ns } => {
            unusable(&format!("sample {sample} took {time_ns} ns an iteration"))
        }
    })
}

/// Why a `sample.json` holds no times.
pub(super) enum NoTimes {
    /// A list is missing, or holds something other than numbers.
    NoList(&'static str),
    /// The lists have different lengths.
    LengthsDiffer,
    /// The time of an iteration in one of the samples can't be one.
    NoTime { sample: usize, time_ns: f64 },
}

/// The time of an iteration in each sample of a `sample.json`, in nanoseconds.
pub(super) fn iteration_times_ns(sample: &Value) -> Result<Vec<f64>, NoTimes> {
    let list = |name: &'static str| -> Result<Vec<f64>, NoTimes> {
        let values = sample[name].as_array().ok_or(NoTimes::NoList(name))?;
        let numbers: Option<Vec<f64>> = values.iter().map(Value::as_f64).collect();
        numbers.ok_or(NoTimes::NoList(name))
    };
    let (iterations, times_ns) = (list("iters")?, list("times")?);
    if iterations.len() != times_ns.len() {
        return Err(NoTimes::LengthsDiffer);
    }
    let times: Vec<f64> = times_ns
        .iter()
        .zip(&iterations)
        .map(|(time_ns, iterations)| time_ns / iterations)
        .collect();
    match times.iter().position(|time| !is_time(*time)) {
        None => Ok(times),
        Some(sample) => Err(NoTimes::NoTime {
            sample,
            time_ns: times[sample],
        }),
    }
}

/// Whether it is finite, above zero, and large enough to divide by.
pub(super) fn is_time(value_ns: f64) -> bool {
    value_ns.is_normal() && value_ns > 0.0
}

/// The folder `new` of the benchmark.
fn find(folder: &Path, id: &str) -> Result<Option<PathBuf>, SampleError> {
    let unreadable = |error: io::Error| SampleError::Unusable(folder.to_owned(), error.to_string());
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if !path.is_dir() {
            continue;
        }
        if path.ends_with("new") {
            let about = path.join("benchmark.json");
            if about.is_file() && read(&about)?["full_id"] == id {
                return Ok(Some(path));
            }
        } else if let Some(found) = find(&path, id)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn read(path: &Path) -> Result<Value, SampleError> {
    let unusable = |why: String| SampleError::Unusable(path.to_owned(), why);
    let text = fs::read(path).map_err(|error| unusable(error.to_string()))?;
    serde_json::from_slice(&text).map_err(|error| unusable(error.to_string()))
}

/// Why a benchmark's samples can't be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SampleError {
    /// Nothing was stored of it.
    NotFound {
        /// The benchmark.
        id: String,
        /// Where it was looked for.
        home: PathBuf,
    },
    /// What was stored can't be used: the file or folder, and why.
    Unusable(PathBuf, String),
}

impl fmt::Display for SampleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { id, home } => write!(
                f,
                "nothing of '{id}' was stored in '{}'; does its suite write elsewhere than \
                 CRITERION_HOME says, or is the disk full?",
                home.display()
            ),
            Self::Unusable(path, why) => write!(f, "'{}': {why}", path.display()),
        }
    }
}

impl std::error::Error for SampleError {}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::{TempDir, tempdir};

    fn stored(id: &str, sample: &str) -> TempDir {
        let home = tempdir().expect("a folder");
        let folder = home.path().join("some/where/new");
        fs::create_dir_all(&folder).expect("a folder");
        let about = serde_json::json!({ "full_id": id }).to_string();
        fs::write(folder.join("benchmark.json"), about).expect("a file");
        fs::write(folder.join("sample.json"), sample).expect("a file");
        home
    }

    #[test]
    fn a_benchmark_is_found_by_its_id_whatever_its_folder_is_called() {
        let home = stored("a: b/c?", r#"{"iters": [4.0], "times": [10.0]}"#);
        assert_eq!(sample_times_ns(home.path(), "a: b/c?"), Ok(vec![2.5]));
    }

    #[test]
    fn another_benchmark_is_not_taken_for_it() {
        let home = stored("a/b", r#"{"iters": [4.0], "times": [10.0]}"#);
        let error = sample_times_ns(home.path(), "a/c").expect_err("it is not there");
        assert!(matches!(error, SampleError::NotFound { .. }), "{error}");
        assert!(error.to_string().contains("'a/c'"), "{error}");
    }

    #[test]
    fn samples_that_cannot_be_compared_are_refused_with_file_and_reason() {
        for (sample, reason) in [
            ("{\"iters\": [1", "EOF"),
            ("{}", "'iters'"),
            (r#"{"iters": [1.0]}"#, "'times'"),
            (r#"{"iters": [1.0], "times": ["a"]}"#, "'times'"),
            (r#"{"iters": [1.0, 2.0], "times": [1.0]}"#, "differ"),
            (r#"{"iters": [1.0, 1.0], "times": [1.0, 0.0]}"#, "sample 1"),
            (r#"{"iters": [0.0], "times": [1.0]}"#, "sample 0"),
            (r#"{"iters": [1.0], "times": [-1.0]}"#, "sample 0"),
        ] {
            let home = stored("a", sample);
            let error = sample_times_ns(home.path(), "a")
                .expect_err(sample)
                .to_string();
            assert!(
                error.contains("sample.json") && error.contains(reason),
                "{error}"
            );
        }
    }
}
