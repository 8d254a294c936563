//! Which package is gated, and where it lies in its repository.

use super::error::GateError;
use super::git::Repository;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The package, by paths from the repository's root.
#[derive(Debug, Clone)]
pub(super) struct Package {
    pub(super) repository: Repository,
    /// Its manifest.
    pub(super) manifest: PathBuf,
    /// The folder of the workspace that it belongs to: its own, if to none.
    pub(super) workspace: PathBuf,
}

impl Package {
    /// The package of the manifest, or that of the current folder.
    pub(super) fn find(manifest: Option<&Path>) -> Result<Self, GateError> {
        let manifest_path = locate(manifest, &[])?;
        let workspace = locate(manifest, &["--workspace"])?;
        let folder = parent(&manifest_path);
        let repository = Repository::of(&folder)?;
        let inside = |path: &Path| -> Result<PathBuf, GateError> {
            let real = path.canonicalize().map_err(GateError::file("find", path))?;
            let root = repository.root();
            let root = root.canonicalize().map_err(GateError::file("find", root))?;
            Ok(real.strip_prefix(root).map_or(real.clone(), Path::to_owned))
        };
        Ok(Self {
            manifest: inside(&manifest_path)?,
            workspace: inside(&parent(&workspace))?,
            repository,
        })
    }

    /// Its folder, from the repository's root.
    pub(super) fn folder(&self) -> PathBuf {
        parent(&self.manifest)
    }

    /// The user's `Cargo.lock`, which git may not know.
    pub(super) fn lock_file(&self) -> PathBuf {
        let root = self.repository.root();
        root.join(&self.workspace).join("Cargo.lock")
    }
}

pub(super) fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn parent(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).to_owned()
}

fn locate(manifest: Option<&Path>, arguments: &[&str]) -> Result<PathBuf, GateError> {
    let mut command = Command::new(cargo());
    command.args(["locate-project", "--message-format=plain"]);
    command.args(arguments);
    if let Some(manifest) = manifest {
        command.arg("--manifest-path").arg(manifest);
    }
    let output = command.output().map_err(|error| GateError::Program {
        program: "cargo",
        error,
    })?;
    if output.status.success() {
        let path = String::from_utf8_lossy(&output.stdout);
        return Ok(PathBuf::from(path.trim_end()));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim().trim_start_matches("error: ");
    Err(GateError::NoPackage {
        said: said.to_owned(),
    })
}
