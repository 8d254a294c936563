//! All that the page is made of, read from the disk.

use super::cost::Cost;
use super::peers::Peers;
use super::ratios::{self, PairedRatio};
use super::run::{self, Run};
use crate::criterion_files::{Benchmark, LeftOut, read_all};
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What was found. Files that can't be used are in `left_out`, by name.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// Criterion's results.
    pub benchmarks: Vec<Benchmark>,
    /// Ratios that were measured in lock-step.
    pub ratios: Vec<PairedRatio>,
    /// What rows cost beside time.
    pub costs: BTreeMap<String, Cost>,
    /// The run; none where it was not recorded.
    pub run: Option<Run>,
    /// What else does the same jobs; none where that was not measured.
    pub peers: Option<Peers>,
    /// What can't be used, and why.
    pub left_out: Vec<LeftOut>,
    /// Pages and data that links may lead to, relative to the page's folder.
    pub links: BTreeMap<String, Vec<(String, PathBuf)>>,
    /// Criterion's own first page, where there is one.
    pub criterion_page: Option<PathBuf>,
}

/// Where results are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// Criterion's folder.
    pub criterion: PathBuf,
    /// The folder with `run.json`, `paired.json`, `cost.json` and `peers.json`.
    pub records: PathBuf,
    /// The folder that the page will stand in, for its links.
    pub page: PathBuf,
}

impl Folders {
    /// The usual places: everything in `reports`, Criterion's files in its
    /// folder `criterion`.
    ///
    /// ```
    /// use speedup::report::Folders;
    /// use std::path::Path;
    ///
    /// let folders = Folders::within(Path::new("reports"));
    /// assert_eq!(folders.criterion, Path::new("reports/criterion"));
    /// ```
    #[must_use]
    pub fn within(reports: &Path) -> Self {
        Self {
            criterion: reports.join("criterion"),
            records: reports.to_owned(),
            page: reports.to_owned(),
        }
    }
}

impl Input {
    /// Reads everything.
    ///
    /// # Errors
    /// When Criterion's folder is there but can't be read. A file in it that
    /// can't be is no error, but [left out](Self::left_out).
    ///
    /// ```
    /// use speedup::report::{Folders, Input};
    ///
    /// let place = tempfile::tempdir()?;
    /// let input = Input::read(&Folders::within(place.path()))?;
    /// assert!(input.benchmarks.is_empty() && input.left_out.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read(folders: &Folders) -> Result<Self, ReadError> {
        let stored = read_all(&folders.criterion)
            .map_err(|error| ReadError(folders.criterion.clone(), error))?;
        let mut input = Self {
            left_out: stored.left_out,
            benchmarks: stored.benchmarks,
            ..Self::default()
        };
        let records = &folders.records;
        match ratios::load(records) {
            Ok((ratios, left_out)) => {
                input.ratios = ratios;
                input.left_out.extend(left_out);
            }
            Err(left_out) => input.left_out.push(left_out),
        }
        match Cost::load(records) {
            Ok((costs, left_out)) => {
                input.costs = costs;
                input.left_out.extend(left_out);
            }
            Err(left_out) => input.left_out.push(left_out),
        }
        match Peers::load(records) {
            Ok((peers, left_out)) => {
                input.peers = peers;
                input.left_out.extend(left_out);
            }
            Err(left_out) => input.left_out.push(left_out),
        }
        match run::Run::load(records) {
            Ok(run) => input.run = run,
            Err(left_out) => input.left_out.push(left_out),
        }
        let home = relative(&folders.criterion, &folders.page);
        let first_page = Path::new("report/index.html");
        if folders.criterion.join(first_page).is_file() {
            input.criterion_page = Some(home.join(first_page));
        }
        for benchmark in &input.benchmarks {
            let links = [
                ("plots", "report/index.html"),
                ("samples", "new/sample.json"),
                ("estimates", "new/estimates.json"),
            ]
            .into_iter()
            .map(|(name, file)| (name, benchmark.folder.join(file)))
            // A link leads somewhere, or there is none.
            .filter(|(_, path)| folders.criterion.join(path).is_file())
            .map(|(name, path)| (name.to_owned(), home.join(path)))
            .collect();
            input.links.insert(benchmark.id.clone(), links);
        }
        Ok(input)
    }
}

/// `to` as seen from the folder `from`; as it is where they share no root.
fn relative(to: &Path, from: &Path) -> PathBuf {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (to, from) = (absolute(to), absolute(from));
    let shared = to
        .components()
        .zip(from.components())
        .take_while(|(a, b)| a == b)
        .count();
    if shared == 0 {
        return to;
    }
    let up = from.components().skip(shared).map(|_| Path::new(".."));
    let down = to
        .components()
        .skip(shared)
        .map(|part| Path::new(part.as_os_str()).to_owned());
    up.map(Path::to_owned).chain(down).collect()
}

/// A path as a relative address: every byte that could mean something else is
/// written as its number.
pub(super) fn address(path: &Path) -> String {
    use std::fmt::Write;

    let mut address = String::new();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => address.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => address.push(char::from(*byte)),
            byte => {
                // Writing to a string can't fail.
                let _ = write!(address, "%{byte:02X}");
            }
        }
    }
    address
}

/// Criterion's folder can't be read.
#[derive(Debug)]
pub struct ReadError(PathBuf, io::Error);

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "can't read results in '{}': {}; give read access, or name another folder",
            self.0.display(),
            self.1
        )
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_page() {
        for (to, from, seen) in [
            ("/a/reports/criterion", "/a/reports", "criterion"),
            ("/a/criterion", "/a/pages/deep", "../../criterion"),
            ("/a", "/a", ""),
        ] {
            assert_eq!(relative(Path::new(to), Path::new(from)), Path::new(seen));
        }
    }

    #[test]
    fn an_address_has_no_character_with_a_meaning() {
        let path = Path::new("criterion/a b/100%#?<\"'>/ü/rayon@2");
        assert_eq!(
            address(path),
            "criterion/a%20b/100%25%23%3F%3C%22%27%3E/%C3%BC/rayon%402"
        );
    }
}
