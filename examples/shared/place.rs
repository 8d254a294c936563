//! Where something is measured.

use serde_json::{Value, json};
use speedup::report::Machine;
use std::process::Command;

/// The machine and its compiler, as fields of a line; what can't be known is
/// null.
pub(crate) fn place() -> Value {
    let machine = Machine::here();
    json!({
        "cpu": machine.processor,
        "cores": machine.cores_available,
        "kernel": machine.system,
        "rustc": said_by("rustc", &["--version"]),
    })
}

/// What a program prints, where it is there.
pub(crate) fn said_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
