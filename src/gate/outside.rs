//! Sources that a build uses and no revision holds: those of path dependencies
//! outside the repository.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Such sources, with the time of their last change in nanoseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outside(BTreeMap<PathBuf, u64>);

impl Outside {
    /// The sources of those that Cargo's messages name, by what the compiler
    /// wrote down of them.
    pub(super) fn of(messages: &str, tree: &Path) -> Self {
        let sources = messages
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .filter(|message| is_outside(message, tree).unwrap_or(false))
            .flat_map(|message| sources(&message))
            .map(|path| {
                let changed_ns = changed_ns(&path).unwrap_or(0);
                (path, changed_ns)
            });
        Self(sources.collect())
    }

    pub(super) fn is_unchanged(&self) -> bool {
        let is_same = |(path, then): (&PathBuf, &u64)| changed_ns(path) == Some(*then);
        self.0.iter().all(is_same)
    }

    pub(super) fn to_json(&self) -> Value {
        let source = |(path, changed_ns): (&PathBuf, &u64)| json!({ "path": path.to_string_lossy(), "changed_ns": changed_ns });
        self.0.iter().map(source).collect()
    }

    pub(super) fn from_json(value: &Value) -> Option<Self> {
        let source = |value: &Value| {
            let path = PathBuf::from(value["path"].as_str()?);
            Some((path, value["changed_ns"].as_u64()?))
        };
        let sources: Option<_> = value.as_array()?.iter().map(source).collect();
        sources.map(Self)
    }
}

fn is_outside(message: &Value, tree: &Path) -> Option<bool> {
    let is_path = message["package_id"].as_str()?.starts_with("path+");
    let manifest = Path::new(message["manifest_path"].as_str()?);
    Some(is_path && !manifest.starts_with(tree))
}

/// The sources of a compiled library: what stands in its `.d` file, a rule of
/// a makefile. One that can't be read is itself the answer, and never
/// unchanged.
fn sources(message: &Value) -> Vec<PathBuf> {
    let files = message["filenames"].as_array().into_iter().flatten();
    let library = files
        .filter_map(|file| Some(Path::new(file.as_str()?)))
        .find(|file| {
            let extension = file.extension().unwrap_or_default();
            extension == "rlib" || extension == "rmeta"
        });
    let Some(library) = library else {
        // A build script or a command: its library has the sources too.
        return Vec::new();
    };
    let stem = library.file_stem().unwrap_or_default().to_string_lossy();
    let rule = library.with_file_name(format!("{}.d", stem.trim_start_matches("lib")));
    let Ok(text) = fs::read_to_string(&rule) else {
        return vec![rule];
    };
    let first = text.lines().next().unwrap_or_default();
    let (_, list) = first.split_once(": ").unwrap_or_default();
    // Spaces within a name have a backslash in front.
    let names = list.replace("\\ ", "\0");
    let names = names.split(' ').filter(|name| !name.is_empty());
    names.map(|name| name.replace('\0', " ").into()).collect()
}

fn changed_ns(path: &Path) -> Option<u64> {
    let changed = fs::metadata(path).ok()?.modified().ok()?;
    let since = changed.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since.as_nanos()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_changed_source_outside_the_tree_is_noticed() {
        let place = tempfile::tempdir().expect("a folder");
        let source = place.path().join("a source.rs");
        fs::write(&source, "old").expect("a file");
        let named = source.to_string_lossy().replace(' ', "\\ ");
        let library = place.path().join("libdep-1a2b.rlib");
        fs::write(
            place.path().join("dep-1a2b.d"),
            format!("{}: {named}\n\nmore:\n", library.display()),
        )
        .expect("a file");
        let message = |id: &str| {
            let manifest = place.path().join("Cargo.toml");
            json!({
                "package_id": id,
                "manifest_path": manifest.to_string_lossy(),
                "filenames": [library.to_string_lossy()],
            })
            .to_string()
        };
        let elsewhere = Path::new("/tree");
        let outside = Outside::of(&message("path+file:///x#0.1.0"), elsewhere);
        assert_eq!(outside.0.keys().collect::<Vec<_>>(), [&source]);
        let read = Outside::from_json(&outside.to_json()).expect("what was written");
        assert_eq!(read, outside);
        assert!(read.is_unchanged());

        let later = SystemTime::now() + Duration::from_secs(5);
        let file = File::options().append(true).open(&source).expect("a file");
        file.set_modified(later).expect("a time");
        assert!(!read.is_unchanged());

        let of_registry = Outside::of(&message("registry+x#0.1.0"), elsewhere);
        assert_eq!(of_registry.0.len(), 0);
        let inside = Outside::of(&message("path+file:///x#0.1.0"), place.path());
        assert_eq!(inside.0.len(), 0);
    }

    #[test]
    fn a_library_whose_sources_are_not_known_is_never_unchanged() {
        let message = json!({
            "package_id": "path+file:///x#0.1.0",
            "manifest_path": "/x/Cargo.toml",
            "filenames": ["/nowhere/libdep-1a2b.rmeta"],
        });
        let outside = Outside::of(&message.to_string(), Path::new("/tree"));
        assert!(!outside.is_unchanged());
    }
}
