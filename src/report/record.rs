//! Records of this project, read with care.

use crate::criterion_files::LeftOut;
use serde_json::Value;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// No record comes near it: one that does is not read.
const LARGEST_FILE_BYTES: u64 = 64 << 20;

/// What makes the suite's records.
pub(super) const SUITE: &str = "cargo bench";

/// Reads the JSON file `name` in `folder`, as long as its `schema_version` is
/// the one that is known here. One that is missing is no error; one that can't
/// be used is left out, by name, with the command that makes it.
pub(super) fn read(
    folder: &Path,
    name: &str,
    version: u32,
    command: &str,
) -> Result<Option<Value>, LeftOut> {
    let left_out = |why: String| LeftOut {
        path: PathBuf::from(name),
        why,
    };
    let mut text = Vec::new();
    let read = File::open(folder.join(name))
        .and_then(|open| open.take(LARGEST_FILE_BYTES + 1).read_to_end(&mut text));
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(left_out(format!("it can't be read: {error}"))),
        Ok(_) if text.len() as u64 > LARGEST_FILE_BYTES => {
            return Err(left_out(
                "it is far larger than any that is written here".to_owned(),
            ));
        }
        Ok(_) => {}
    }
    let value: Value = serde_json::from_slice(&text).map_err(|error| {
        left_out(format!(
            "it is no JSON ({error}); was it cut off? `{command}` writes it again"
        ))
    })?;
    if value["schema_version"] != version {
        return Err(left_out(format!(
            "its schema_version is {}, and {version} is what this version reads; `{command}` \
             writes it again",
            value["schema_version"]
        )));
    }
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use tempfile::tempdir;

    #[test]
    fn records_that_cannot_be_used_are_named_with_the_reason() {
        let place = tempdir().expect("a folder");
        assert_eq!(read(place.path(), "cost.json", 1, SUITE), Ok(None));
        for (text, reason) in [
            ("", "no JSON"),
            ("{\"schema_version\": 1", "cut off"),
            ("[]", "schema_version is null"),
            ("{\"schema_version\": 2}", "schema_version is 2"),
        ] {
            fs::write(place.path().join("cost.json"), text).expect("a file");
            let left_out = read(place.path(), "cost.json", 1, SUITE).expect_err(text);
            assert_eq!(left_out.path, Path::new("cost.json"));
            assert!(left_out.why.contains(reason), "{left_out}");
        }
    }
}
