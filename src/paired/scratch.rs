//! A private folder that is gone afterwards.

use super::error::PairedError;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, process};

/// A folder for sockets, outputs and Criterion's files, removed when dropped.
#[derive(Debug)]
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub(super) fn new() -> Result<Self, PairedError> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!("speedup-{}-{count}", process::id());
            let path = env::temp_dir().join(name);
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                // A run that was killed may have left it, under the same
                // process id.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(PairedError::Scratch(path, error)),
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Makes an empty folder in it.
    pub(super) fn folder(&self, name: &str) -> Result<PathBuf, PairedError> {
        let path = self.0.join(name);
        let emptied = match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => fs::create_dir(&path),
        };
        match emptied {
            Ok(()) => Ok(path),
            Err(error) => Err(PairedError::Scratch(path, error)),
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nobody is left to be told; it lies among the temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}
