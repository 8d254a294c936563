//! Sources that a build uses and no revision holds: path dependencies outside
//! the repository.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// The folders of such packages, with what tells whether they have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outside(Vec<Folder>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Folder {
    path: PathBuf,
    files: u64,
    newest_ns: u64,
}

impl Outside {
    /// Those that Cargo's messages name.
    pub(super) fn of(messages: &str, tree: &Path) -> Self {
        let folder = |message: &Value| {
            let is_path = message["package_id"].as_str()?.starts_with("path+");
            let folder = Path::new(message["manifest_path"].as_str()?).parent()?;
            (is_path && !folder.starts_with(tree)).then(|| folder.to_owned())
        };
        let folders: BTreeSet<PathBuf> = messages
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .filter_map(|message| folder(&message))
            .collect();
        Self(folders.into_iter().map(Folder::look_at).collect())
    }

    pub(super) fn is_unchanged(&self) -> bool {
        self.0
            .iter()
            .all(|folder| Folder::look_at(folder.path.clone()) == *folder)
    }

    pub(super) fn to_json(&self) -> Value {
        let folder = |folder: &Folder| {
            json!({
                "path": folder.path.to_string_lossy(),
                "files": folder.files,
                "newest_ns": folder.newest_ns,
            })
        };
        self.0.iter().map(folder).collect()
    }

    pub(super) fn from_json(value: &Value) -> Option<Self> {
        let folder = |value: &Value| {
            Some(Folder {
                path: value["path"].as_str()?.into(),
                files: value["files"].as_u64()?,
                newest_ns: value["newest_ns"].as_u64()?,
            })
        };
        let folders: Option<Vec<Folder>> = value.as_array()?.iter().map(folder).collect();
        folders.map(Self)
    }
}

impl Folder {
    /// Counts the sources below `path`, and finds the one changed last.
    fn look_at(path: PathBuf) -> Self {
        let (mut files, mut newest_ns) = (0, 0);
        let mut folders = vec![path.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let name = entry.file_name();
                let is_source = !name.to_string_lossy().starts_with('.') && name != "target";
                let Ok(about) = entry.metadata() else {
                    continue;
                };
                if about.is_dir() && is_source {
                    folders.push(entry.path());
                } else if is_kind_of_source(&entry.path()) {
                    files += 1;
                    let age = about.modified().ok();
                    let age = age.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
                    let age_ns = age.map_or(0, |age| age.as_nanos());
                    newest_ns = newest_ns.max(u64::try_from(age_ns).unwrap_or(u64::MAX));
                }
            }
        }
        Self {
            path,
            files,
            newest_ns,
        }
    }
}

/// Reports and results that lie beside the sources change with every run.
fn is_kind_of_source(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    ["rs", "toml", "lock", "c", "h", "cpp", "html", "txt"]
        .iter()
        .any(|known| extension == *known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_source_outside_the_tree_is_noticed() {
        let place = tempfile::tempdir().expect("a folder");
        let source = place.path().join("src/lib.rs");
        fs::create_dir_all(place.path().join("src")).expect("a folder");
        fs::write(&source, "old").expect("a file");
        let message = |id: &str| {
            let manifest = place.path().join("Cargo.toml");
            json!({ "package_id": id, "manifest_path": manifest.to_string_lossy() }).to_string()
        };
        let outside = Outside::of(&message("path+file:///x#0.1.0"), Path::new("/tree"));
        let read = Outside::from_json(&outside.to_json()).expect("what was written");
        assert_eq!(read, outside);
        assert!(read.is_unchanged());
        fs::write(place.path().join("src/more.rs"), "new").expect("a file");
        assert!(!read.is_unchanged());

        let of_registry = Outside::of(&message("registry+x#0.1.0"), Path::new("/tree"));
        assert_eq!(of_registry, Outside(vec![]));
        let inside = Outside::of(&message("path+file:///x#0.1.0"), place.path());
        assert_eq!(inside, Outside(vec![]));
    }
}
