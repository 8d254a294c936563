//! The folder that a gate works in: worktrees, targets, builds.

use super::error::{GateError, Side};
use super::git::Repository;
use std::env;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// A folder for one gate at a time.
///
/// Everything in it that belongs to one side lies as deep and is named as long
/// as what belongs to the other, since paths are compiled into executables
/// and handed to processes, where their length moves what comes after.
#[derive(Debug)]
pub(super) struct Place {
    root: PathBuf,
    lock: File,
}

impl Place {
    /// Locks the folder; `waiting` is called if another gate is using it.
    pub(super) fn lock(
        cache: Option<&Path>,
        repository: &Repository,
        waiting: &mut dyn FnMut(&Path),
    ) -> Result<Self, GateError> {
        let root = match cache {
            Some(folder) => folder.to_owned(),
            None => default_folder(repository)?,
        };
        fs::create_dir_all(&root).map_err(GateError::file("make the folder", &root))?;
        let root = root
            .canonicalize()
            .map_err(GateError::file("find", &root))?;
        let path = root.join("lock");
        let lock = File::create(&path).map_err(GateError::file("write", &path))?;
        let locked = match lock.try_lock() {
            Err(TryLockError::WouldBlock) => {
                waiting(&root);
                lock.lock()
            }
            Err(TryLockError::Error(error)) => Err(error),
            Ok(()) => Ok(()),
        };
        locked.map_err(GateError::file("lock", &path))?;
        Ok(Self { root, lock })
    }

    pub(super) fn lock_file(&self) -> &File {
        &self.lock
    }

    pub(super) fn tree(&self, side: Side) -> PathBuf {
        self.root.join(side.name())
    }

    /// What cargo has of both sides.
    pub(super) fn targets(&self) -> PathBuf {
        self.root.join("target")
    }

    pub(super) fn target(&self, side: Side) -> PathBuf {
        self.targets().join(side.name())
    }

    pub(super) fn builds(&self) -> PathBuf {
        self.root.join("builds")
    }

    pub(super) fn log(&self, side: Side) -> PathBuf {
        self.root.join(format!("{side}.log"))
    }

    pub(super) fn index(&self) -> PathBuf {
        self.root.join("index")
    }

    /// What stands between cargo and rustc.
    pub(super) fn script(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

/// One a repository, among the user's other caches.
fn default_folder(repository: &Repository) -> Result<PathBuf, GateError> {
    let of = |variable| env::var_os(variable).filter(|value| !value.is_empty());
    let caches = match (of("XDG_CACHE_HOME"), of("HOME")) {
        (Some(folder), _) => PathBuf::from(folder),
        (None, Some(home)) => PathBuf::from(home).join(".cache"),
        (None, None) => return Err(GateError::NoCache),
    };
    let key = fingerprint(repository.root().as_os_str().as_encoded_bytes());
    Ok(caches.join("speedup").join(format!("gate-{key}")))
}

/// Sixteen digits that name these bytes: FNV-1a, 64 bits (Fowler, Noll and Vo).
pub(super) fn fingerprint(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of the reference implementation's test vectors.
    #[test]
    fn fingerprints_are_fnv_1a() {
        let found = ["", "a", "foobar"].map(|text| fingerprint(text.as_bytes()));
        assert_eq!(
            found,
            ["cbf29ce484222325", "af63dc4c8601ec8c", "85944171f73967e8"]
        );
    }
}
