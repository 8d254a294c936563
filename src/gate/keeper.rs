//! Ends builds and removes worktrees, whatever becomes of the gate.

use super::error::GateError;
use super::git::Repository;
use std::fs::File;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Output, Stdio};

/// Reads the process group of a build that runs, or an empty line, until the
/// gate's end of the pipe closes for whatever reason (Ctrl-C and `kill -9`
/// included). Then it kills that group and removes the worktrees. Its output
/// is the lock of the folder, which it so holds until it is done.
const SCRIPT: &str = r#"
    trap '' HUP INT QUIT TERM
    group=
    while read -r line; do group=$line; done
    [ -z "$group" ] || kill -KILL "-$group"
    root=$1
    shift
    for tree in "$@"; do
        git -C "$root" worktree unlock "$tree"
        git -C "$root" worktree remove --force --force "$tree"
        rm -rf "$tree"
    done >&2
    git -C "$root" worktree prune >&2
"#;

/// A process that outlives the gate, and cleans up behind it.
#[derive(Debug)]
pub(super) struct Keeper {
    process: Child,
    /// None once it is closed.
    pipe: Option<ChildStdin>,
}

impl Keeper {
    /// From now on, `trees` are removed when the gate ends.
    pub(super) fn start(
        repository: &Repository,
        trees: &[&Path],
        lock: &File,
    ) -> Result<Self, GateError> {
        let program = |error| GateError::Program {
            program: "sh",
            error,
        };
        let mut command = Command::new("sh");
        command
            .args(["-c", SCRIPT, "sh"])
            .arg(repository.root())
            .args(trees)
            .stdin(Stdio::piped())
            .stdout(lock.try_clone().map_err(program)?)
            .stderr(Stdio::null())
            .process_group(0);
        for variable in super::git::MISLEADING {
            command.env_remove(variable);
        }
        let mut process = command.spawn().map_err(program)?;
        let pipe = process.stdin.take();
        Ok(Self { process, pipe })
    }

    /// Runs a build in a process group of its own, which ends with the gate.
    pub(super) fn run(
        &mut self,
        program: &'static str,
        command: &mut Command,
    ) -> Result<Output, GateError> {
        let failed = |error| GateError::Program { program, error };
        let child = command.process_group(0).spawn().map_err(failed)?;
        self.tell(&child.id().to_string());
        let output = child.wait_with_output();
        self.tell("");
        output.map_err(failed)
    }

    fn tell(&mut self, line: &str) {
        if let Some(pipe) = &mut self.pipe {
            // A keeper that has gone has cleaned up already.
            let _ = writeln!(pipe, "{line}");
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.pipe.take();
        let _ = self.process.wait();
    }
}
