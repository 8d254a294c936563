//! Criterion's files on disk: where a benchmark's results are, whether they
//! are whole, and how the earlier ones survive a run that fails.
//!
//! Criterion writes over a benchmark's folder in place, and on a full disk
//! only says so in passing. [`Results::protect`] therefore keeps a copy until
//! the new files have been read back; a run that was killed in between is
//! mended by the next one.

mod benchmark;
mod json_file;
mod sample;

pub use benchmark::{Benchmark, LeftOut, Stored, TimeEstimate, read_all};
pub use sample::{SampleError, sample_times_ns};

use serde_json::Value;
use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The variable that moves Criterion's folder elsewhere; Criterion's own.
pub const HOME_VARIABLE: &str = "CRITERION_HOME";

/// What Criterion stores of a benchmark, in its folder `new`.
const DATA_FILES: [&str; 4] = [
    "benchmark.json",
    "estimates.json",
    "sample.json",
    "tukey.json",
];

/// The copy that is kept while a folder is being written, and the name under
/// which it is made.
const PREVIOUS: &str = ".previous";
const UNFINISHED: &str = ".previous.unfinished";

/// In a copy: the folder itself (absent where there was none before), and a
/// file that holds the path to put it back to.
const COPIED_FOLDER: &str = "folder";
const COPIED_FROM: &str = "path";

/// The folder that Criterion writes to, held by one run at a time.
#[derive(Debug)]
pub struct Results {
    folder: PathBuf,
    /// Locked for as long as it is open.
    _lock: File,
}

impl Results {
    /// Takes hold of `folder`, makes it where it is missing, checks that files
    /// can be written there, and puts back what an interrupted run left.
    ///
    /// # Errors
    /// When it can't be made or written to, or another run holds it.
    ///
    /// ```
    /// use speedup::criterion_files::Results;
    ///
    /// let place = tempfile::tempdir()?;
    /// let results = Results::open(&place.path().join("criterion"))?;
    /// let second = Results::open(results.folder()).expect_err("it is held");
    /// assert!(second.to_string().contains("another run"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(folder: &Path) -> Result<Self, FilesError> {
        let unusable = |error| FilesError::Unusable(folder.to_owned(), error);
        fs::create_dir_all(folder).map_err(unusable)?;
        let lock = File::create(folder.join(".lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FilesError::Held(folder.to_owned())),
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        let results = Self {
            folder: folder.to_owned(),
            _lock: lock,
        };
        results.probe().map_err(unusable)?;
        remove(&folder.join(UNFINISHED)).map_err(unusable)?;
        results.put_back().map_err(unusable)?;
        Ok(results)
    }

    /// The folder itself.
    ///
    /// ```
    /// # let place = tempfile::tempdir()?;
    /// let results = speedup::criterion_files::Results::open(place.path())?;
    /// assert_eq!(results.folder(), place.path());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps a copy of the folder at `path` (relative, such as a benchmark's
    /// id), whole with its pages, until [`Protected::keep`].
    ///
    /// # Errors
    /// When the copy can't be made, for want of space say; nothing has
    /// changed then.
    ///
    /// ```
    /// # let place = tempfile::tempdir()?;
    /// # let results = speedup::criterion_files::Results::open(place.path())?;
    /// let page = place.path().join("report/index.html");
    /// std::fs::create_dir_all(page.parent().expect("it has one"))?;
    /// std::fs::write(&page, "<html>earlier</html>")?;
    ///
    /// let protected = results.protect("report")?;
    /// std::fs::write(&page, "<html>cut o")?; // a run that fails
    /// drop(protected);
    /// assert_eq!(std::fs::read_to_string(&page)?, "<html>earlier</html>");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn protect(&self, path: &str) -> Result<Protected<'_>, FilesError> {
        let unfinished = self.folder.join(UNFINISHED);
        let copied = fs::create_dir_all(&unfinished)
            .and_then(|()| copy(&self.folder.join(path), &unfinished.join(COPIED_FOLDER)))
            .and_then(|()| fs::write(unfinished.join(COPIED_FROM), path))
            .and_then(|()| fs::rename(&unfinished, self.folder.join(PREVIOUS)));
        if let Err(error) = copied {
            // What could not be copied is not needed; the cause is what counts.
            let _ = remove(&unfinished);
            return Err(FilesError::Unusable(self.folder.clone(), error));
        }
        Ok(Protected {
            results: self,
            path: path.to_owned(),
        })
    }

    /// Writes and removes a file as large as a benchmark's data, so that a
    /// full disk is noticed before anything was measured.
    fn probe(&self) -> io::Result<()> {
        let path = self.folder.join(".probe");
        let written = fs::write(&path, vec![b' '; 64 * 1024]);
        written.and(fs::remove_file(&path))
    }

    /// Puts the copy back, where there is one.
    fn put_back(&self) -> io::Result<()> {
        let previous = self.folder.join(PREVIOUS);
        let path = match fs::read_to_string(previous.join(COPIED_FROM)) {
            Ok(path) => self.folder.join(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let folder = previous.join(COPIED_FOLDER);
        remove(&path)?;
        if folder.exists() {
            fs::rename(folder, &path)?;
        }
        remove(&previous)
    }
}

/// A folder whose earlier content comes back unless the new one is
/// [kept](Protected::keep).
#[derive(Debug)]
#[must_use = "dropped at once, it puts the earlier content back"]
pub struct Protected<'a> {
    results: &'a Results,
    path: String,
}

impl Protected<'_> {
    /// Reads the new files back, and lets the earlier ones go where they are
    /// whole.
    ///
    /// # Errors
    /// When a data file is missing or can't be read back, or a page or a plot
    /// breaks off; the earlier content is back then.
    ///
    /// ```
    /// # let place = tempfile::tempdir()?;
    /// # let results = speedup::criterion_files::Results::open(place.path())?;
    /// let data = place.path().join("group/function/new");
    /// let protected = results.protect("group/function")?;
    /// std::fs::create_dir_all(&data)?;
    /// std::fs::write(data.join("estimates.json"), "")?; // the disk was full
    /// assert!(protected.keep().is_err());
    /// assert!(!data.exists()); // there was nothing before
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn keep(self) -> Result<(), FilesError> {
        let folder = self.results.folder.join(&self.path);
        check(&folder)?; // an error drops `self`, which puts the old ones back
        let previous = self.results.folder.join(PREVIOUS);
        remove(&previous).map_err(|error| FilesError::Unusable(previous, error))
    }
}

impl Drop for Protected<'_> {
    fn drop(&mut self) {
        // Where this fails too, the next run puts them back, and says why it can't.
        let _ = self.results.put_back();
    }
}

/// Whether what stands in a benchmark's folder, or a folder of pages, is whole.
fn check(folder: &Path) -> Result<(), FilesError> {
    let damaged = |path: &Path, why: &str| FilesError::Damaged(path.to_owned(), why.to_owned());
    let data = folder.join("new");
    if data.exists() {
        for name in DATA_FILES {
            let path = data.join(name);
            let text = fs::read(&path).map_err(|error| damaged(&path, &error.to_string()))?;
            serde_json::from_slice::<Value>(&text)
                .map_err(|error| damaged(&path, &error.to_string()))?;
        }
    }
    // Of a folder of pages itself, or of the one beside the data.
    let pages = if data.exists() {
        folder.join("report")
    } else {
        folder.to_owned()
    };
    for entry in fs::read_dir(&pages).into_iter().flatten().flatten() {
        let path = entry.path();
        let end = match path.extension().and_then(|extension| extension.to_str()) {
            Some("html") => "</html>",
            Some("svg") => "</svg>",
            _ => continue,
        };
        let text = fs::read(&path).map_err(|error| damaged(&path, &error.to_string()))?;
        if !text.trim_ascii_end().ends_with(end.as_bytes()) {
            return Err(damaged(&path, "it breaks off"));
        }
    }
    Ok(())
}

/// Copies a folder with all that is in it; one that is missing is no error.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(from) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    fs::create_dir_all(to)?;
    for entry in entries {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&from, &to)?;
        } else {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}

/// Removes a folder with all that is in it; one that is missing is no error.
fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Why results can't be stored.
#[derive(Debug)]
pub enum FilesError {
    /// The folder can't be made or written to.
    Unusable(PathBuf, io::Error),
    /// Another run is writing to the folder.
    Held(PathBuf),
    /// A file that was just written is not whole.
    Damaged(PathBuf, String),
}

impl fmt::Display for FilesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unusable(folder, error) => write!(
                f,
                "can't write results to '{}': {error}; make room or give write access there, or \
                 set {HOME_VARIABLE} to another folder",
                folder.display()
            ),
            Self::Held(folder) => write!(
                f,
                "another run is writing to '{}'; wait until it has ended (two at once would \
                 disturb each other's times anyway), or set {HOME_VARIABLE} to another folder",
                folder.display()
            ),
            Self::Damaged(path, why) => write!(
                f,
                "'{}' was not written whole ({why}), so the earlier results were put back; is \
                 the disk full? Make room, or set {HOME_VARIABLE} to another folder",
                path.display()
            ),
        }
    }
}

impl std::error::Error for FilesError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unusable(_, error) => Some(error),
            Self::Held(_) | Self::Damaged(..) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::tempdir;

    fn write_row(folder: &Path, text: &str) {
        fs::create_dir_all(folder.join("new")).expect("a folder");
        for name in DATA_FILES {
            fs::write(folder.join("new").join(name), text).expect("a file");
        }
        fs::create_dir_all(folder.join("report")).expect("a folder");
        fs::write(folder.join("report/pdf.svg"), "<svg></svg>\n").expect("a file");
    }

    fn estimates(folder: &Path) -> String {
        fs::read_to_string(folder.join("new/estimates.json")).expect("the estimates")
    }

    #[test]
    fn whole_new_results_take_the_place_of_the_earlier_ones() {
        let place = tempdir().expect("a folder");
        let results = Results::open(place.path()).expect("it is free");
        let row = place.path().join("a/b");
        write_row(&row, "1");
        let protected = results.protect("a/b").expect("there is room");
        write_row(&row, "2");
        protected.keep().expect("they are whole");
        assert_eq!(estimates(&row), "2");
        assert!(!place.path().join(PREVIOUS).exists());
    }

    #[test]
    fn a_file_that_breaks_off_brings_the_earlier_results_back() {
        for (name, cut) in [
            ("new/sample.json", "{\"iters\": [1"),
            ("new/tukey.json", ""),
            ("report/pdf.svg", "<svg><path d=\"M 0"),
        ] {
            let place = tempdir().expect("a folder");
            let results = Results::open(place.path()).expect("it is free");
            let row = place.path().join("a/b");
            write_row(&row, "1");
            let protected = results.protect("a/b").expect("there is room");
            write_row(&row, "2");
            fs::write(row.join(name), cut).expect("a file");
            let error = protected.keep().expect_err(name).to_string();
            assert!(error.contains(name) && error.contains("earlier"), "{error}");
            assert_eq!(estimates(&row), "1", "{name}");
        }
    }

    #[test]
    fn a_run_that_was_killed_is_mended_by_the_next_one() {
        let place = tempdir().expect("a folder");
        let row = place.path().join("a/b");
        write_row(&row, "1");
        let results = Results::open(place.path()).expect("it is free");
        std::mem::forget(results.protect("a/b").expect("there is room"));
        write_row(&row, "2"); // and here the power went out
        drop(results);
        let _next = Results::open(place.path()).expect("it is free again");
        assert_eq!(estimates(&row), "1");
    }

    #[test]
    fn a_copy_that_was_interrupted_changes_nothing() {
        let place = tempdir().expect("a folder");
        let row = place.path().join("a/b");
        write_row(&row, "1");
        fs::create_dir_all(place.path().join(UNFINISHED).join(COPIED_FOLDER)).expect("a folder");
        let _next = Results::open(place.path()).expect("it is free");
        assert_eq!(estimates(&row), "1");
        assert!(!place.path().join(UNFINISHED).exists());
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named_with_the_remedy() {
        let place = tempdir().expect("a folder");
        let file = place.path().join("file");
        fs::write(&file, "in the way").expect("a file");
        let error = Results::open(&file.join("criterion")).expect_err("a file is in the way");
        let error = error.to_string();
        assert!(error.contains("file/criterion"), "{error}");
        assert!(error.contains(HOME_VARIABLE), "{error}");
    }
}
