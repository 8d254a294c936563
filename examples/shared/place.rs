//! Where something is measured.

use serde_json::{Value, json};
use std::fs;
use std::io;
use std::process::Command;
use std::thread::available_parallelism;

/// The machine and its tools, as fields of a line; what can't be known is null.
pub(crate) fn place() -> io::Result<Value> {
    Ok(json!({
        "cpu": cpu(),
        "cores": available_parallelism()?,
        "kernel": said_by("uname", &["-sr"]),
        "rustc": said_by("rustc", &["--version"]),
    }))
}

/// What the processor calls itself, where Linux tells.
fn cpu() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// What a program prints, where it is there.
pub(crate) fn said_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
