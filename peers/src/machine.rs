//! Where and from which sources something was measured.

use serde_json::{Value, json};
use std::fs;
use std::process::{Command, Stdio};
use std::thread::available_parallelism;

/// This machine.
pub(crate) fn machine() -> Value {
    json!({
        "cpu": cpu(),
        "cores": available_parallelism().ok().map(std::num::NonZero::get),
        "kernel": said_by("uname", &["-sr"]),
        "rustc": compiler(),
    })
}

/// The compiler's version.
pub(crate) fn compiler() -> Option<String> {
    said_by("rustc", &["--version"])
}

/// The commit of the sources, with "-dirty" where there are changes on top of
/// it; none outside a repository.
pub(crate) fn commit() -> Option<String> {
    const SOURCES: [&str; 5] = ["--", "src", "peers", "Cargo.toml", "Cargo.lock"];
    const ROOT: [&str; 2] = ["-C", concat!(env!("CARGO_MANIFEST_DIR"), "/..")];
    let git = |words: &[&str]| said_by("git", &[&ROOT, words].concat());
    let commit = git(&["rev-parse", "--short", "HEAD"])?;
    let changes = git(&[&["status", "--porcelain"], SOURCES.as_slice()].concat())?;
    Some(if changes.is_empty() {
        commit
    } else {
        commit + "-dirty"
    })
}

fn cpu() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// What a program prints, where it is there.
fn said_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
