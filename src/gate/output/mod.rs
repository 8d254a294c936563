//! The result, for people and programs; one file a format.

mod html;
mod json;
mod junit;
mod markdown;
mod row;
#[cfg(test)]
mod tests;

pub use html::to_html;
pub use json::{SCHEMA_VERSION, to_json};
pub use junit::to_junit;
pub use markdown::to_markdown;
pub use row::{Row, percent};

use super::error::GateError;
use std::fs;
use std::path::{Path, PathBuf};

/// Writes a file, whole or not at all: aside first, then under its name.
///
/// # Errors
/// When the folder is not there, can't be written to, or the disk is full. An
/// earlier file is as it was then.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("gate.md");
/// speedup::gate::output::write(&path, "all well\n")?;
/// assert_eq!(std::fs::read_to_string(&path)?, "all well\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write(path: &Path, text: &str) -> Result<(), GateError> {
    let aside = aside(path);
    let written = fs::write(&aside, text).and_then(|()| fs::rename(&aside, path));
    if written.is_err() {
        // Half a file helps nobody; there may be none.
        let _ = fs::remove_file(&aside);
    }
    written.map_err(GateError::file("write", path))
}

fn aside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".unfinished");
    PathBuf::from(name)
}

#[cfg(test)]
mod write_tests {
    use super::*;

    #[test]
    fn what_can_not_be_written_is_named_and_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("missing/gate.md");
        let error = write(&path, "text")
            .expect_err("no such folder")
            .to_string();
        assert!(error.contains("missing/gate.md"), "{error}");

        // A folder in the file's place: writing works, renaming does not.
        let path = folder.path().join("gate.md");
        fs::create_dir_all(path.join("inside")).expect("a folder");
        write(&path, "text").expect_err("a folder in its place");
        assert!(!aside(&path).exists());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_told_as_one() {
        let error = fs::write("/dev/full", "text").map_err(GateError::file("write", "/dev/full"));
        let said = error.expect_err("it is full").to_string();
        assert!(said.contains("No space left"), "{said}");
    }
}
