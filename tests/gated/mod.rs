//! A git repository with a suite in it, and the command that gates it.

#![allow(dead_code, reason = "each test uses its own part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A repository of the package in `fixtures/gated_suite`, with one commit on
/// the branch `main`.
pub(crate) struct Repository {
    folder: TempDir,
}

impl Repository {
    pub(crate) fn new() -> Self {
        let repository = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        let fixture = own.join("tests/fixtures/gated_suite");
        for name in [
            "Cargo.toml",
            "Cargo.lock",
            "src/lib.rs",
            "benches/rounds.rs",
        ] {
            let text = fs::read_to_string(fixture.join(name)).expect("a fixture");
            repository.write(name, &text.replace("../../..", &own.to_string_lossy()));
        }
        repository.write(".gitignore", "/target/\n");
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.commit("the base");
        repository
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Replaces a text that stands once in a file.
    pub(crate) fn edit(&self, name: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.path().join(name)).expect("a file");
        assert_eq!(text.matches(old).count(), 1, "'{old}' in {name}");
        self.write(name, &text.replace(old, new));
    }

    /// Makes the benchmark `rounds/first` half again as slow.
    pub(crate) fn slow_down(&self) {
        self.edit("src/lib.rs", "FIRST: u32 = 400", "FIRST: u32 = 600");
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        git(self.path(), arguments)
    }

    /// `speedup gate` of it.
    pub(crate) fn gate(&self, arguments: &[&str]) -> Command {
        let mut command = gate(arguments);
        command.arg("--manifest-path");
        command.arg(self.path().join("Cargo.toml"));
        command
    }

    /// Runs the gate and returns its code, and both of what it printed.
    pub(crate) fn gated(&self, arguments: &[&str]) -> (Option<i32>, String) {
        said(
            self.gate(arguments)
                .output()
                .expect("the command can be started"),
        )
    }
}

/// `speedup gate`, with its builds where all tests have theirs: what they have
/// in common is compiled once.
pub(crate) fn gate(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_speedup"));
    command
        .arg("gate")
        .args(arguments)
        .arg("--cache")
        .arg(cache());
    command
}

pub(crate) fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("gate")
}

pub(crate) fn said(output: Output) -> (Option<i32>, String) {
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=test", "-c", "user.email=test@localhost"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("git can be started");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
