//! One process of a comparison, from its start to its certain end.

use super::baton::{GO, GREETING, READY, TIME_BYTES};
use super::error::PairedError;
use super::guard::Guard;
use super::placement::{Before, descendants};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid,
};
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How often a process that says nothing is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// How often, where it is about to end.
const LOOK_SOON: Duration = Duration::from_micros(200);

/// The most that is quoted of what a process printed.
const LAST_LINES: usize = 6;
const LAST_BYTES: usize = 4096;

/// A longer greeting is none.
const LONGEST_GREETING: usize = 64;

/// A process in a group of its own. However it is dropped, it has ended, with
/// what it started.
#[derive(Debug)]
pub(super) struct Process<'a> {
    name: String,
    child: Child,
    pid: Pid,
    /// None before it has greeted.
    baton: Option<UnixStream>,
    before: Before,
    /// What it prints and stores.
    folder: PathBuf,
    guard: &'a Guard,
    deadline: Duration,
    status: Option<ExitStatus>,
}

/// What an arm did with its turn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Turn {
    /// It took a sample, and waits.
    Sampled {
        /// All iterations of the sample together, in nanoseconds.
        sample_ns: f64,
    },
    /// It ended well.
    Done,
}

impl<'a> Process<'a> {
    pub(super) fn new(
        name: String,
        child: Child,
        folder: PathBuf,
        guard: &'a Guard,
        deadline: Duration,
    ) -> Result<Self, PairedError> {
        let pid = Pid::from_child(&child);
        // Made first: if the guard fails, dropping it ends the process.
        let process = Self {
            name,
            child,
            pid,
            baton: None,
            before: Before::default(),
            folder,
            guard,
            deadline,
            status: None,
        };
        guard.watch(pid)?;
        Ok(process)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn pid(&self) -> Pid {
        self.pid
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it had done when it greeted.
    pub(super) fn before(&self) -> Before {
        self.before
    }

    /// Waits for its greeting; false if it ends without.
    pub(super) fn greeting(&mut self, listener: &UnixListener) -> Result<bool, PairedError> {
        let start = Instant::now();
        loop {
            // Looked at before the listener: what greeted and then ended has
            // still greeted.
            let ended = self.has_ended();
            match listener.accept() {
                Ok((socket, _)) => {
                    self.baton = Some(socket);
                    break;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(self.broken(&error)),
            }
            if ended {
                return Ok(false);
            }
            if start.elapsed() > self.deadline {
                return Err(self.silent("starting"));
            }
            wait_for(listener, LOOK);
        }
        self.check_greeting()?;
        self.before = Before::of(self.pid);
        Ok(true)
    }

    fn check_greeting(&mut self) -> Result<(), PairedError> {
        let mut greeting = Vec::new();
        while greeting.last() != Some(&b'\n') && greeting.len() < LONGEST_GREETING {
            match self.word("starting")? {
                Some([byte]) => greeting.push(byte),
                None => return Err(self.ended()),
            }
        }
        if greeting == format!("{GREETING}{}\n", self.pid).into_bytes() {
            return Ok(());
        }
        Err(PairedError::Nonsense {
            arm: self.name.clone(),
            answer: String::from_utf8_lossy(&greeting).trim_end().to_owned(),
        })
    }

    /// Gives it the baton, and waits until that comes back.
    pub(super) fn turn(&mut self) -> Result<Turn, PairedError> {
        if let Some(baton) = &mut self.baton
            && let Err(error) = baton.write_all(&[GO])
            && !self.has_ended()
        {
            return Err(self.broken(&error));
        }
        let doing = "taking a sample";
        let time = match self.word(doing)? {
            Some([READY]) => self.word::<TIME_BYTES>(doing)?,
            Some([byte]) => {
                return Err(PairedError::Nonsense {
                    arm: self.name.clone(),
                    answer: char::from(byte).escape_default().to_string(),
                });
            }
            None => None,
        };
        match time {
            Some(bytes) => Ok(Turn::Sampled {
                sample_ns: f64::from_le_bytes(bytes),
            }),
            None => self.finish().map(|()| Turn::Done),
        }
    }

    /// The next bytes from it; none if it closes its end before.
    fn word<const BYTES: usize>(
        &mut self,
        doing: &'static str,
    ) -> Result<Option<[u8; BYTES]>, PairedError> {
        let start = Instant::now();
        let mut word = [0; BYTES];
        let mut filled = 0;
        loop {
            let Some(baton) = &mut self.baton else {
                return Ok(None);
            };
            let read = baton
                .set_read_timeout(Some(LOOK))
                .and_then(|()| baton.read(&mut word[filled..]));
            match read {
                Ok(0) => return Ok(None),
                Ok(count) => {
                    filled += count;
                    if filled == BYTES {
                        return Ok(Some(word));
                    }
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(None),
                Err(error) if is_timeout(&error) => {}
                Err(error) => return Err(self.broken(&error)),
            }
            // A process that it forked may keep its end open.
            if self.has_ended() {
                return Ok(None);
            }
            if start.elapsed() > self.deadline {
                return Err(self.silent(doing));
            }
        }
    }

    /// Whether it has said that each of its samples is a single iteration.
    ///
    /// Criterion tells nobody how many iterations a sample has until all are
    /// taken, but announces their sum, exactly where it is small. If another
    /// version words that differently, the answer is no.
    pub(super) fn samples_are_iterations(&self, samples: usize) -> bool {
        let said = fs::read(self.folder.join("stderr")).unwrap_or_default();
        let (begin, end) = (
            format!(": Collecting {samples} samples in estimated "),
            format!("({samples} iterations)"),
        );
        String::from_utf8_lossy(&said)
            .lines()
            .any(|line| line.contains(&begin) && line.trim_end().ends_with(&end))
    }

    /// Waits until it ends.
    ///
    /// # Errors
    /// When it ends badly, or not in time.
    pub(super) fn finish(&mut self) -> Result<(), PairedError> {
        let start = Instant::now();
        while !self.has_ended() {
            if start.elapsed() > self.deadline {
                return Err(self.silent("ending"));
            }
            sleep(LOOK_SOON);
        }
        let status = self.end();
        match status {
            Some(status) if !status.success() => Err(self.ended()),
            _ => Ok(()),
        }
    }

    /// Whether the process is over; it stays there to be waited for, so that
    /// its number means no other one.
    fn has_ended(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        self.status.is_some() || !matches!(waitid(WaitId::Pid(self.pid), options), Ok(None))
    }

    /// Kills what is left of it and of what it started.
    fn end(&mut self) -> Option<ExitStatus> {
        if self.status.is_none() {
            // Some may have left the group, but not the family.
            let family = descendants(self.pid);
            // Each of these may be gone already: then there is nothing to do.
            let _ = kill_process_group(self.pid, Signal::KILL);
            for process in family {
                let _ = kill_process(process, Signal::KILL);
            }
            self.status = self.child.wait().ok();
            self.guard.forget(self.pid);
        }
        self.status
    }

    fn ended(&mut self) -> PairedError {
        // Its status is its own, even if it is about to be killed: a closed
        // socket is followed by the end.
        let start = Instant::now();
        while !self.has_ended() && start.elapsed() < self.deadline {
            sleep(LOOK_SOON);
        }
        match self.end() {
            Some(status) => PairedError::Ended {
                arm: self.name.clone(),
                status,
                said: self.said(),
            },
            None => self.silent("ending"),
        }
    }

    fn silent(&self, doing: &'static str) -> PairedError {
        PairedError::Silent {
            arm: self.name.clone(),
            deadline: self.deadline,
            doing,
        }
    }

    fn broken(&self, error: &io::Error) -> PairedError {
        PairedError::Nonsense {
            arm: self.name.clone(),
            answer: error.to_string(),
        }
    }

    /// The last lines that it printed: errors, or else whatever it was.
    pub(super) fn said(&self) -> String {
        let of = |name| last_lines(&self.folder.join(name));
        let (errors, output) = (of("stderr"), of("stdout"));
        // Criterion says in the midst of its output what it could not store.
        let own: Vec<&str> = output
            .lines()
            .filter(|line| line.contains("ERROR"))
            .collect();
        let said = match (errors.is_empty(), own.is_empty()) {
            (true, true) => output,
            (_, true) => errors,
            (true, false) => own.join("\n"),
            (false, false) => format!("{}\n{errors}", own.join("\n")),
        };
        match fs::write(self.folder.join("probe"), [b' '; LAST_BYTES]) {
            Ok(()) => said,
            // Then its last words are not whole either.
            Err(error) => format!("{said}\n'{}': {error}", self.folder.display()),
        }
    }
}

impl Drop for Process<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

fn is_timeout(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), Interrupted | TimedOut | WouldBlock)
}

/// Waits until somebody knocks, or the time is over.
fn wait_for(listener: &UnixListener, time: Duration) {
    let timeout = Timespec::try_from(time).ok();
    // An interrupted wait is a short one: the caller looks again anyway.
    let _ = poll(
        &mut [PollFd::new(listener, PollFlags::IN)],
        timeout.as_ref(),
    );
}

fn last_lines(path: &Path) -> String {
    let text = fs::read(path).unwrap_or_default();
    let end = &text[text.len().saturating_sub(LAST_BYTES)..];
    let printable = |character: char| character == '\n' || !character.is_control();
    let text: String = String::from_utf8_lossy(end)
        .chars()
        .filter(|character| printable(*character))
        .collect();
    // What Criterion says as it goes along explains nothing.
    let is_chatter = |line: &str| {
        line.trim().is_empty()
            || line.starts_with("Benchmarking ")
            || line.starts_with("Warning: Unable to complete")
    };
    let lines: Vec<&str> = text.lines().filter(|line| !is_chatter(line)).collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}
