//! Builds a package's Criterion suites, and tells where they are.

use super::{Exit, Failure};
use serde_json::Value;
use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A built suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Built {
    pub(super) executable: PathBuf,
    /// The folder of its package, in which Cargo would start it.
    pub(super) folder: PathBuf,
}

/// Builds the bench targets, or those that are named, with the profile `bench`.
pub(super) fn build(manifest: Option<&Path>, targets: &[String]) -> Result<Vec<Built>, Failure> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args([
        "bench",
        "--no-run",
        "--message-format=json-render-diagnostics",
    ]);
    if let Some(manifest) = manifest {
        command.arg("--manifest-path").arg(manifest);
    }
    if targets.is_empty() {
        command.arg("--benches");
    }
    for target in targets {
        command.args(["--bench", target]);
    }
    let failed = |why: String| Failure::new(Exit::Failed, &why);
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error: io::Error| failed(format!("cargo can't be started: {error}")))?;
    if !output.status.success() {
        let why = format!("cargo could not build the suites ({})", output.status);
        return Err(failed(why));
    }
    let built = executables(&String::from_utf8_lossy(&output.stdout));
    if built.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            &"the package has no bench target; name another one with --manifest-path, or built \
              suites with --exe",
        ));
    }
    Ok(built)
}

/// The bench executables among Cargo's messages.
fn executables(messages: &str) -> Vec<Built> {
    let bench = |message: &Value| {
        let kinds = message["target"]["kind"].as_array()?;
        if !kinds.iter().any(|kind| kind == "bench") {
            return None;
        }
        Some(Built {
            executable: message["executable"].as_str()?.into(),
            folder: Path::new(message["manifest_path"].as_str()?)
                .parent()?
                .to_owned(),
        })
    };
    messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter_map(|message| bench(&message))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_told_from_libraries_and_commands() {
        let messages = r#"
            {"reason":"compiler-artifact","manifest_path":"/p/Cargo.toml","target":{"kind":["lib"]},"executable":null}
            {"reason":"compiler-artifact","manifest_path":"/p/Cargo.toml","target":{"kind":["bin"]},"executable":"/p/target/release/p"}
            {"reason":"compiler-artifact","manifest_path":"/p/Cargo.toml","target":{"kind":["bench"]},"executable":"/p/target/release/deps/suite-1"}
            {"reason":"build-finished","success":true}
            not JSON
        "#;
        let built = Built {
            executable: "/p/target/release/deps/suite-1".into(),
            folder: "/p".into(),
        };
        assert_eq!(executables(messages), [built]);
    }
}
