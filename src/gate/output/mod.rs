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
use crate::whole_file;
use std::path::Path;

/// Writes a file, [whole or not at all](crate::whole_file).
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
    whole_file::write(path, text.as_bytes()).map_err(GateError::file("write", path))
}

#[cfg(test)]
mod write_tests {
    use super::*;

    #[test]
    fn what_can_not_be_written_is_named_and_no_folder_is_made_for_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("missing/gate.md");
        let error = write(&path, "text")
            .expect_err("no such folder")
            .to_string();
        assert!(error.contains("missing/gate.md"), "{error}");
        assert!(!folder.path().join("missing").exists());
    }
}
