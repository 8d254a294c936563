//! Somebody else's suite, built once, and the command that compares it.

#![allow(dead_code, reason = "each test uses its own part")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The manifest of the foreign package.
pub(crate) fn manifest() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/foreign_suite/Cargo.toml")
}

/// Where it is built: beside what this package is built to.
pub(crate) fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("foreign_suite")
}

/// One of its suites.
pub(crate) fn suite(name: &str) -> PathBuf {
    static SUITES: OnceLock<BTreeMap<String, PathBuf>> = OnceLock::new();
    let suites = SUITES.get_or_init(|| {
        let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
        let output = Command::new(cargo)
            .args([
                "bench",
                "--no-run",
                "--message-format=json",
                "--manifest-path",
            ])
            .arg(manifest())
            .env("CARGO_TARGET_DIR", target())
            .output()
            .expect("cargo can be started");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter_map(|message| {
                let name = message["target"]["name"].as_str()?.to_owned();
                Some((name, PathBuf::from(message["executable"].as_str()?)))
            })
            .collect()
    });
    suites.get(name).expect("a suite of the package").clone()
}

/// `speedup compare` with these arguments.
pub(crate) fn compare(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_speedup"));
    command
        .arg("compare")
        .args(arguments)
        .env("CARGO_TARGET_DIR", target());
    command
}

/// The processes that have `place` in their environment and have not ended:
/// those that a comparison started, with their children and children's
/// children.
pub(crate) fn processes_of(place: &Path) -> Vec<u32> {
    let place = place.as_os_str().as_bytes();
    let mut processes = Vec::new();
    for entry in fs::read_dir("/proc").expect("Linux").flatten() {
        let name = entry.file_name();
        let Some(process) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // One that has ended, or is not ours to look at, has none.
        let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
        if environment.windows(place.len()).any(|part| part == place) {
            processes.push(process);
        }
    }
    processes
}
