//! What all processes of a conductor share.

use super::arm::Arm;
use super::baton::VARIABLE;
use super::error::PairedError;
use super::guard::Guard;
use super::process::Process;
use super::scratch::Scratch;
use std::ffi::OsString;
use std::fs::File;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{self, Command, Stdio};
use std::time::Duration;

/// The folder, the socket and the guard of a conductor.
///
/// The guard goes first when it is dropped: it is the one that still has to
/// know the folder.
#[derive(Debug)]
pub(super) struct Stage {
    guard: Guard,
    listener: UnixListener,
    socket: PathBuf,
    scratch: Scratch,
    /// How long an arm may keep the others waiting.
    deadline: Duration,
}

/// How an arm's samples are taken: what Criterion is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sampling {
    pub(super) warm_up: Duration,
    pub(super) measurement: Duration,
    pub(super) samples: usize,
    /// Where every sample is one iteration: the time after which all arms
    /// together have run enough, and need not come to their end.
    pub(super) enough: Option<Duration>,
}

impl Sampling {
    /// Whether one round of such iterations is all that a relaunch samples.
    pub(super) fn is_over_with(&self, iterations_ns: &[f64]) -> bool {
        let round_ns: f64 = iterations_ns.iter().sum();
        self.enough
            .is_some_and(|enough| round_ns >= enough.as_secs_f64() * 1e9)
    }
}

impl Stage {
    pub(super) fn set(deadline: Duration) -> Result<Self, PairedError> {
        let scratch = Scratch::new()?;
        let guard = Guard::start(scratch.path())?;
        let socket = scratch.path().join("baton");
        let unusable = |error| PairedError::Socket(socket.clone(), error);
        let listener = UnixListener::bind(&socket).map_err(unusable)?;
        listener.set_nonblocking(true).map_err(unusable)?;
        Ok(Self {
            guard,
            listener,
            socket,
            scratch,
            deadline,
        })
    }

    /// Starts an executable with the variable that makes it an arm, or
    /// without, in a process group of its own.
    pub(super) fn start(
        &self,
        name: &str,
        arm: &Arm,
        arguments: &[OsString],
        is_arm: bool,
    ) -> Result<Process<'_>, PairedError> {
        // Names of one length, so that no arm has the longer environment.
        let folder = self.scratch.folder(&folder_name(name))?;
        let output = |name: &str| {
            let path = folder.join(name);
            File::create(&path).map_err(|error| PairedError::Scratch(path, error))
        };
        let cannot = |error| PairedError::Start {
            arm: name.to_owned(),
            executable: arm.executable.clone(),
            error,
        };
        // A relative path would be looked for in the arm's folder.
        let executable = arm.executable.canonicalize().map_err(cannot)?;
        let mut command = Command::new(&executable);
        command
            .args(arguments)
            .env("CRITERION_HOME", &folder)
            .env_remove("CARGO_CRITERION_PORT")
            .env_remove("CRITERION_DEBUG")
            // Its last lines would hide why it panicked.
            .env_remove("RUST_BACKTRACE")
            .stdin(Stdio::null())
            .stdout(output("stdout")?)
            .stderr(output("stderr")?)
            .process_group(0);
        if is_arm {
            let value = format!("{} {}", process::id(), self.socket.display());
            command.env(VARIABLE, value);
        } else {
            command.env_remove(VARIABLE);
        }
        if let Some(package) = &arm.folder {
            command
                .current_dir(package)
                .env("CARGO_MANIFEST_DIR", package);
        }
        // What still calls was ended before it was heard.
        while self.listener.accept().is_ok() {}
        let child = command.spawn().map_err(cannot)?;
        Process::new(name.to_owned(), child, folder, &self.guard, self.deadline)
    }

    /// Starts one benchmark.
    pub(super) fn start_benchmark(
        &self,
        index: usize,
        arm: &Arm,
        sampling: Sampling,
        is_arm: bool,
    ) -> Result<Process<'_>, PairedError> {
        self.start(&arm.name(index), arm, &arguments(&arm.id, sampling), is_arm)
    }

    /// Waits until the process greets; false if it ends without.
    pub(super) fn greets(&self, process: &mut Process<'_>) -> Result<bool, PairedError> {
        process.greeting(&self.listener)
    }
}

fn folder_name(name: &str) -> String {
    let of_file = |character: char| {
        if character.is_ascii_alphanumeric() {
            character
        } else {
            '-'
        }
    };
    let name: String = name.chars().map(of_file).take(7).collect();
    format!("{name:-<7}")
}

/// The least that Criterion can do around its samples.
fn arguments(id: &str, sampling: Sampling) -> Vec<OsString> {
    vec![
        "--bench".into(),
        "--noplot".into(),
        "--color=never".into(),
        "--nresamples=10".into(),
        format!("--sample-size={}", sampling.samples).into(),
        format!("--warm-up-time={}", sampling.warm_up.as_secs_f64()).into(),
        format!("--measurement-time={}", sampling.measurement.as_secs_f64()).into(),
        "--exact".into(),
        id.into(),
    ]
}
