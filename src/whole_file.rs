//! Files that are written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

/// Writes a file whole or not at all: beside its place first, and moved there
/// once it has reached the disk. Whatever fails, the earlier file is as it was.
///
/// # Errors
/// When the folder is not there or can't be written to, or there is no space.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("gate.md");
/// speedup::whole_file::write(&path, b"all well\n")?;
/// assert_eq!(std::fs::read_to_string(&path)?, "all well\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let aside = aside(path);
    let written = fill(&aside, content).and_then(|()| fs::rename(&aside, path));
    if written.is_err() {
        // The cause is what counts, not whether it could be tidied up.
        let _ = fs::remove_file(&aside);
    }
    written
}

/// As [`write()`], in a folder that is made where it is missing.
///
/// # Errors
/// When the folder can't be made, and as there.
///
/// ```
/// let place = tempfile::tempdir()?;
/// let page = place.path().join("reports/index.html");
/// speedup::whole_file::write_with_folder(&page, b"<!doctype html>")?;
/// assert_eq!(std::fs::read(&page)?, b"<!doctype html>");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_with_folder(path: &Path, content: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder(path))?;
    write(path, content)
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Hidden, and another one for each process that writes the same file.
fn aside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    folder(path).join(format!(".{name}.{}.unfinished", process::id()))
}

fn fill(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(content)?;
    // Not before this, a full disk is noticed for certain.
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::tempdir;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        let name = |entry: io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
        let mut names: Vec<String> = entries
            .map(|entry| name(entry).to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_file_takes_the_place_of_the_earlier_one_and_nothing_stays_beside_it() {
        let place = tempdir().expect("a folder");
        let path = place.path().join("page");
        for content in ["a long first page", "second"] {
            write(&path, content.as_bytes()).expect("there is room");
            assert_eq!(fs::read_to_string(&path).expect("a file"), content);
        }
        assert_eq!(names(place.path()), ["page"]);
    }

    #[test]
    fn a_file_that_cannot_be_written_leaves_the_earlier_one_and_nothing_beside_it() {
        let place = tempdir().expect("a folder");
        let path = place.path().join("page");
        // A folder with content can't be replaced by a file: writing works,
        // renaming does not.
        fs::create_dir_all(path.join("in the way")).expect("a folder");
        assert!(write_with_folder(&path, b"new").is_err());
        assert!(path.join("in the way").is_dir());
        assert_eq!(names(place.path()), ["page"]);
    }

    #[test]
    fn a_folder_is_made_only_where_that_is_asked_for() {
        let place = tempdir().expect("a folder");
        let path = place.path().join("missing/page");
        let error = write(&path, b"new").expect_err("no such folder");
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(!place.path().join("missing").exists());
        write_with_folder(&path, b"new").expect("it is made");
        assert_eq!(names(&place.path().join("missing")), ["page"]);
    }

    #[test]
    fn where_a_file_stands_in_place_of_the_folder_it_stays() {
        let place = tempdir().expect("a folder");
        let file = place.path().join("file");
        fs::write(&file, "mine").expect("a file");
        assert!(write(&file.join("page"), b"new").is_err());
        assert!(write_with_folder(&file.join("page"), b"new").is_err());
        assert_eq!(fs::read_to_string(&file).expect("a file"), "mine");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_told_as_one() {
        let error = fill(Path::new("/dev/full"), b"text").expect_err("it is full");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(error.to_string().contains("No space left"), "{error}");
    }
}
