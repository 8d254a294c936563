//! Runs a program in a process group of its own, nothing of which outlives it
//! or this one.

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};

/// Reads the group that runs, or an empty line, until the other end closes for
/// whatever reason: Ctrl-C and `kill -9` included. What a terminal sends does
/// not end it.
const WATCH: &str = r#"
    trap '' HUP INT QUIT TERM
    group=
    while read -r line; do group=$line; done
    [ -z "$group" ] || kill -KILL "-$group"
"#;

/// What a program said, and how it ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Outlives this program to end what it runs.
#[derive(Debug)]
pub(crate) struct Watchman {
    process: Child,
    /// None once it is closed.
    pipe: Option<ChildStdin>,
}

impl Watchman {
    pub(crate) fn start() -> io::Result<Self> {
        let mut process = Command::new("sh")
            .args(["-c", WATCH])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let pipe = process.stdin.take();
        Ok(Self { process, pipe })
    }

    /// Runs a program to its end; then ends whatever it has left behind.
    pub(crate) fn run(&mut self, command: &mut Command) -> io::Result<Ended> {
        let mut leader = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        let group = Pid::from_child(&leader);
        let told = self.tell(&group.to_string());
        let stdout = read_all(leader.stdout.take());
        let stderr = read_all(leader.stderr.take());
        let ended = told.and_then(|()| wait_without_reaping(group));
        // As long as the leader is not reaped, its number means this group only:
        // it is killed, and the watchman forgets it, before that. Nobody left in it
        // is what it should be, and a watchman who has gone will not kill anything.
        let _ = kill_process_group(group, Signal::KILL);
        let _ = self.tell("");
        let status = leader.wait()?;
        ended?;
        Ok(Ended {
            status,
            stdout: stdout.join().unwrap_or_default(),
            stderr: stderr.join().unwrap_or_default(),
        })
    }

    fn tell(&mut self, line: &str) -> io::Result<()> {
        match &mut self.pipe {
            Some(pipe) => writeln!(pipe, "{line}"),
            None => Ok(()),
        }
    }
}

impl Drop for Watchman {
    fn drop(&mut self) {
        self.pipe.take();
        let _ = self.process.wait();
    }
}

fn wait_without_reaping(leader: Pid) -> io::Result<()> {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    loop {
        match waitid(WaitId::Pid(leader), options) {
            Err(Errno::INTR) => {}
            other => return other.map(drop).map_err(io::Error::from),
        }
    }
}

fn read_all(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read until an error is still worth telling.
            let _ = pipe.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
