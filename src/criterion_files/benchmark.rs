//! All benchmarks that Criterion has stored, and what can't be used, by name.

use super::json_file::JsonFile;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Criterion nests three folders; links that run in circles end here.
const DEEPEST: usize = 8;

/// What stands in a benchmark's folder beside its data.
const AROUND_DATA: [&str; 4] = ["new", "base", "change", "report"];

/// A time with its interval, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeEstimate {
    /// The estimate.
    pub point_ns: f64,
    /// Where the interval begins.
    pub low_ns: f64,
    /// Where it ends.
    pub high_ns: f64,
    /// What the interval promises, from 0 to 1.
    pub level: f64,
}

/// One benchmark, as Criterion measured it last.
#[derive(Debug, Clone, PartialEq)]
pub struct Benchmark {
    /// Its name, as `benchmark.json` has it.
    pub id: String,
    /// Its folder, relative to Criterion's.
    pub folder: PathBuf,
    /// The median time of an iteration, with Criterion's bootstrap interval.
    pub median: TimeEstimate,
    /// The time of an iteration in each sample, in nanoseconds and in order.
    pub sample_ns: Vec<f64>,
    /// When its estimates were written.
    pub measured_at: SystemTime,
}

/// A file or folder that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// Relative to the folder that was read.
    pub path: PathBuf,
    /// What is wrong, and what to do.
    pub why: String,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}': {}", self.path.display(), self.why)
    }
}

/// What a folder of Criterion's holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stored {
    /// What can be used, in the order of the folders' names.
    pub benchmarks: Vec<Benchmark>,
    /// What can't.
    pub left_out: Vec<LeftOut>,
}

/// Reads all benchmarks below `home`, the folder that Criterion wrote to; one
/// that is missing holds none.
///
/// Nothing in there can fail it: a file that is truncated, foreign, renamed or
/// holds times that can't be is [left out](Stored::left_out), by name. Links
/// are not followed.
///
/// # Errors
/// When `home` itself is there and can't be read.
///
/// ```
/// use speedup::criterion_files::read_all;
///
/// let home = tempfile::tempdir()?;
/// std::fs::create_dir_all(home.path().join("group/function/new"))?;
/// std::fs::write(home.path().join("group/function/new/benchmark.json"), "{")?;
///
/// let stored = read_all(home.path())?;
/// assert!(stored.benchmarks.is_empty());
/// assert!(stored.left_out[0].path.ends_with("new/benchmark.json"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_all(home: &Path) -> io::Result<Stored> {
    let mut stored = Stored::default();
    match fs::read_dir(home) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(stored),
        Err(error) => return Err(error),
        Ok(_) => walk(home, Path::new(""), 0, &mut stored),
    }
    stored.left_out.sort();
    Ok(stored)
}

fn walk(home: &Path, folder: &Path, depth: usize, stored: &mut Stored) {
    let leave_out = |stored: &mut Stored, path: &Path, why: &str| {
        stored.left_out.push(LeftOut {
            path: path.to_owned(),
            why: why.to_owned(),
        });
    };
    if depth > DEEPEST {
        return leave_out(
            stored,
            folder,
            "it lies deeper than anything of Criterion's",
        );
    }
    let entries = fs::read_dir(home.join(folder)).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => return leave_out(stored, folder, &format!("it can't be read: {error}")),
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    let is_benchmark = entries.iter().any(|entry| entry.file_name() == "new");
    if is_benchmark {
        match read_one(home, folder) {
            Ok(benchmark) => stored.benchmarks.push(benchmark),
            Err(left_out) => stored.left_out.push(left_out),
        }
    }
    for entry in entries {
        let name = entry.file_name();
        let text = name.to_string_lossy();
        // Hidden ones are this crate's own: a lock, a copy being made.
        if text.starts_with('.') || AROUND_DATA.contains(&&*text) {
            continue;
        }
        let path = folder.join(&name);
        // Beside a benchmark's data: a run that was kept under a name.
        if is_benchmark && home.join(&path).join("benchmark.json").is_file() {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(home, &path, depth + 1, stored),
            Ok(kind) if kind.is_symlink() => {
                leave_out(stored, &path, "it is a link; only files are read");
            }
            _ => leave_out(stored, &path, "it is none of Criterion's files"),
        }
    }
}

fn read_one(home: &Path, folder: &Path) -> Result<Benchmark, LeftOut> {
    let data = folder.join("new");
    let about = JsonFile::read(home, data.join("benchmark.json"))?;
    let id = about.text("full_id")?;
    let named = about.text("directory_name")?;
    if Path::new(&named) != folder {
        return Err(about.unusable(&format!(
            "it says that its folder is '{named}', which it is not; was it renamed or copied? \
             Remove it, or measure again"
        )));
    }
    let estimates = JsonFile::read(home, data.join("estimates.json"))?;
    let median = estimates.time("median")?;
    let sample = JsonFile::read(home, data.join("sample.json"))?;
    let sample_ns = sample.times()?;
    let measured_at = fs::metadata(home.join(&estimates.path))
        .and_then(|about| about.modified())
        .map_err(|error| estimates.unusable(&error.to_string()))?;
    Ok(Benchmark {
        id,
        folder: folder.to_owned(),
        median,
        sample_ns,
        measured_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::{TempDir, tempdir};

    const ESTIMATES: &str = r#"{"median": {"confidence_interval": {"confidence_level": 0.95,
        "lower_bound": 9.0, "upper_bound": 11.0}, "point_estimate": 10.0}}"#;

    fn home(about: &str, estimates: &str, sample: &str) -> TempDir {
        let home = tempdir().expect("a folder");
        let data = home.path().join("group/function/new");
        fs::create_dir_all(&data).expect("a folder");
        for (name, text) in [
            ("benchmark.json", about),
            ("estimates.json", estimates),
            ("sample.json", sample),
        ] {
            fs::write(data.join(name), text).expect("a file");
        }
        home
    }

    fn good() -> [String; 3] {
        [
            r#"{"full_id": "group/function", "directory_name": "group/function"}"#.to_owned(),
            ESTIMATES.to_owned(),
            r#"{"iters": [1.0, 2.0], "times": [10.0, 22.0]}"#.to_owned(),
        ]
    }

    #[test]
    fn a_whole_benchmark_is_read_with_its_samples() {
        let [about, estimates, sample] = good();
        let home = home(&about, &estimates, &sample);
        let stored = read_all(home.path()).expect("a folder");
        assert_eq!(stored.left_out, []);
        let [benchmark] = &stored.benchmarks[..] else {
            panic!("{stored:?}");
        };
        assert_eq!(benchmark.id, "group/function");
        assert_eq!(benchmark.sample_ns, [10.0, 11.0]);
        assert!((benchmark.median.high_ns - 11.0).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_used_is_left_out_with_its_reason() {
        let cases: &[(usize, &str, &str)] = &[
            (0, "", "empty"),
            (0, "{\"full_id\": \"gro", "cut off"),
            (0, "{}", "no text 'full_id'"),
            (
                0,
                r#"{"full_id": "a/b", "directory_name": "a/b"}"#,
                "renamed",
            ),
            (1, "", "empty"),
            (1, "[]", "another version of Criterion"),
            (1, "{\"Median\": {}}", "another version of Criterion"),
            (1, "{\"median\": NaN}", "no JSON"),
            (2, "{}", "no list 'iters'"),
            (2, r#"{"iters": [1.0], "times": []}"#, "don't match"),
            (2, r#"{"iters": [], "times": []}"#, "don't match"),
            (
                2,
                r#"{"iters": [1.0, 1.0], "times": [5.0, -5.0]}"#,
                "sample 1 took -5",
            ),
            (
                2,
                r#"{"iters": [0.0], "times": [5.0]}"#,
                "sample 0 took inf",
            ),
            (2, r#"{"iters": [1.0], "times": [0.0]}"#, "sample 0 took 0"),
        ];
        for (index, text, reason) in cases {
            let mut files = good();
            (*text).clone_into(&mut files[*index]);
            let home = home(&files[0], &files[1], &files[2]);
            let stored = read_all(home.path()).expect("a folder");
            assert!(stored.benchmarks.is_empty(), "{text}");
            let why = &stored.left_out[0].why;
            assert!(why.contains(reason), "{text}: {why}");
        }
    }

    #[test]
    fn times_that_cannot_be_are_refused() {
        for (from, to, reason) in [
            ("10.0}", "-10.0}", "-10 ns"),
            ("10.0}", "0.0}", "0 ns"),
            ("10.0}", "null}", "no estimate 'median'"),
            ("10.0}", "99.0}", "outside"),
            ("0.95", "1.5", "level 1.5"),
        ] {
            let [about, estimates, sample] = good();
            let home = home(&about, &estimates.replace(from, to), &sample);
            let stored = read_all(home.path()).expect("a folder");
            assert!(stored.benchmarks.is_empty(), "{to}");
            let why = &stored.left_out[0].why;
            assert!(why.contains(reason), "{to}: {why}");
        }
    }

    #[test]
    fn a_missing_file_a_foreign_one_and_a_link_are_named() {
        let [about, estimates, sample] = good();
        let home = home(&about, &estimates, &sample);
        fs::remove_file(home.path().join("group/function/new/estimates.json")).expect("removed");
        fs::write(home.path().join("notes.txt"), "mine").expect("a file");
        #[cfg(unix)]
        std::os::unix::fs::symlink(home.path(), home.path().join("self")).expect("a link");
        let stored = read_all(home.path()).expect("a folder");
        let said: Vec<String> = stored.left_out.iter().map(ToString::to_string).collect();
        assert!(
            said[0].contains("new/estimates.json': it is missing"),
            "{said:?}"
        );
        assert!(said[1].contains("notes.txt': it is none"), "{said:?}");
        #[cfg(unix)]
        assert!(said[2].contains("self': it is a link"), "{said:?}");
    }

    #[test]
    fn a_run_that_was_kept_under_a_name_is_no_benchmark_and_no_stranger() {
        let [about, estimates, sample] = good();
        let home = home(&about, &estimates, &sample);
        let benchmark = home.path().join("group/function");
        fs::create_dir_all(benchmark.join("before")).expect("a folder");
        for name in ["benchmark.json", "estimates.json", "sample.json"] {
            fs::copy(
                benchmark.join("new").join(name),
                benchmark.join("before").join(name),
            )
            .expect("a file");
        }
        let stored = read_all(home.path()).expect("a folder");
        assert_eq!(stored.left_out, []);
        assert_eq!(stored.benchmarks.len(), 1);
    }

    #[test]
    fn a_folder_that_is_not_there_holds_nothing_and_one_that_is_a_file_is_an_error() {
        let place = tempdir().expect("a folder");
        let missing = read_all(&place.path().join("criterion")).expect("nothing");
        assert_eq!(missing, Stored::default());
        let file = place.path().join("file");
        fs::write(&file, "").expect("a file");
        assert!(read_all(&file).is_err());
    }
}
