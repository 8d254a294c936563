//! Ends the arms when the conductor can't.

use super::error::PairedError;
use rustix::process::Pid;
use std::cell::RefCell;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// Reads lines of process groups until the conductor's end of the pipe closes,
/// for whatever reason (Ctrl-C and `kill -9` included), and then kills those
/// of the last line. It ignores the signals that a terminal sends.
const SCRIPT: &str = r#"
    trap '' HUP INT QUIT TERM
    groups=
    while read -r line; do groups=$line; done
    for group in $groups; do kill -KILL "-$group"; done
    rm -rf "$1"
"#;

/// A process that outlives the conductor, to end what that started.
///
/// A signal handler in the conductor would need `unsafe`, would take the
/// signal from the program that uses this library, and would not see a
/// `SIGKILL`.
#[derive(Debug)]
pub(super) struct Guard {
    process: RefCell<Child>,
    /// None once it is closed.
    pipe: RefCell<Option<ChildStdin>>,
    groups: RefCell<Vec<Pid>>,
}

impl Guard {
    /// Starts the guard; `scratch` is what it removes.
    pub(super) fn start(scratch: &Path) -> Result<Self, PairedError> {
        let mut process = Command::new("sh")
            .args(["-c", SCRIPT, "sh"])
            .arg(scratch)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(PairedError::Guard)?;
        let pipe = process.stdin.take();
        Ok(Self {
            process: RefCell::new(process),
            pipe: RefCell::new(pipe),
            groups: RefCell::default(),
        })
    }

    /// From now on, `group` ends when the conductor does.
    pub(super) fn watch(&self, group: Pid) -> Result<(), PairedError> {
        self.groups.borrow_mut().push(group);
        self.tell().map_err(PairedError::Guard)
    }

    /// `group` has ended; its number may come to mean another one.
    pub(super) fn forget(&self, group: Pid) {
        self.groups.borrow_mut().retain(|watched| *watched != group);
        // A guard that has gone will not kill anything either.
        let _ = self.tell();
    }

    fn tell(&self) -> std::io::Result<()> {
        let groups: Vec<String> = self.groups.borrow().iter().map(Pid::to_string).collect();
        let line = format!("{}\n", groups.join(" "));
        match &mut *self.pipe.borrow_mut() {
            Some(pipe) => pipe.write_all(line.as_bytes()),
            None => Ok(()),
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.pipe.take();
        // It has nothing left to do but to end.
        let _ = self.process.get_mut().wait();
    }
}
