//! What the pool's fault tests share.
//!
//! A test executable is the pool's program, its workers, and its fixtures, so
//! it has a `main` of its own. Each test runs in a process of its own: that
//! gives it a hard time limit, and makes "no child process, no descriptor
//! left" a statement about this test alone.

// Each test executable uses a part of this.
#![allow(dead_code, unreachable_pub)]
// Jobs take what they are sent by value; casts are of small known numbers.
#![allow(
    clippy::cast_possible_truncation,
    clippy::duration_suboptimal_units,
    clippy::needless_pass_by_value
)]

pub mod jobs;
pub mod system;

use std::env;
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};
use speedup::process_pool::{self, Failure, JobError, ProcessPool, ProcessPoolBuilder};

use jobs::ECHO;

/// A test that takes longer than this hangs.
const LIMIT: Duration = Duration::from_secs(600);

/// How long to wait for what must happen.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How a test ends that cannot be run here, after it has said why.
const SKIPPED: i32 = 77;

const RUN_TEST: &str = "--run-test";
const RUN_FIXTURE: &str = "--run-fixture";

pub type Named = (&'static str, fn());

/// The `main` of a test executable. `fixtures` are programs that tests start
/// as processes of their own.
pub fn main(tests: &'static [Named], fixtures: &'static [Named]) -> ExitCode {
    // One that has to run where the entry point was not called.
    if fixture_name().as_deref() == Some("forgets the entry point") {
        find(fixtures, "forgets the entry point")();
        return ExitCode::SUCCESS;
    }
    process_pool::serve_if_worker(&jobs::table());
    if let Some(name) = fixture_name() {
        find(fixtures, &name)();
        return ExitCode::SUCCESS;
    }
    if env::args().nth(1).as_deref() == Some(RUN_TEST) {
        find(tests, &env::args().nth(2).unwrap())();
        return ExitCode::SUCCESS;
    }
    let trials = tests
        .iter()
        .map(|(name, _)| Trial::test(*name, || run_apart(name)))
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn fixture_name() -> Option<String> {
    let mut arguments = env::args().skip(1);
    (arguments.next()? == RUN_FIXTURE)
        .then(|| arguments.next())
        .flatten()
}

fn find(named: &[Named], name: &str) -> fn() {
    let found = named.iter().find(|(candidate, _)| *candidate == name);
    found
        .unwrap_or_else(|| panic!("no test or fixture {name:?}"))
        .1
}

/// This executable, to be run as a fixture.
pub fn fixture(name: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args([RUN_FIXTURE, name]);
    command
}

/// Ends this test, which cannot be run here, and says so.
pub fn skip(why: &str) -> ! {
    eprintln!("{why}");
    std::process::exit(SKIPPED);
}

/// This executable, to be run as a fixture by a user who is not the superuser:
/// by whoever runs the test, or by one who has nothing else here. In the
/// second case it is a copy in `directory`, as this one may lie where others
/// cannot read.
pub fn unprivileged_fixture(name: &str, directory: &tempfile::TempDir) -> Command {
    /// Of nobody in particular.
    const USER: &str = "64321";
    if !system::is_superuser() {
        return fixture(name);
    }
    if Command::new("setpriv").arg("--version").output().is_err() {
        skip("the superuser has no limits, and `setpriv` of util-linux is missing to be another");
    }
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", USER, "--regid", USER, "--clear-groups", "--"])
        .arg(copy_of_this_program(directory))
        .args([RUN_FIXTURE, name]);
    command
}

/// Runs a test in a process of its own, killed when its time is up.
fn run_apart(name: &str) -> Result<(), Failed> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args([RUN_TEST, name])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("the test could not be started: {error}"))?;
    let output = collect(child.stdout.take().unwrap());
    let errors = collect(child.stderr.take().unwrap());
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break Some(status);
        }
        if begin.elapsed() > LIMIT {
            child.kill().unwrap();
            child.wait().unwrap();
            break None;
        }
        thread::sleep(Duration::from_millis(2));
    };
    let said = || format!("{}{}", output.join().unwrap(), errors.join().unwrap());
    match status {
        Some(status) if status.success() => Ok(()),
        Some(status) if status.code() == Some(SKIPPED) => {
            eprintln!("{name} was NOT run: {}", said());
            Ok(())
        }
        Some(status) => Err(format!("{status}\n{}", said()).into()),
        None => Err(format!("hung: killed after {LIMIT:?}\n{}", said()).into()),
    }
}

fn collect(mut from: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

pub fn builder(workers: usize) -> ProcessPoolBuilder {
    ProcessPool::builder().workers(workers).restart_budget(1000)
}

/// Starts a pool, runs `body`, and makes the three checks: the pool answers
/// one more job, no process is left, no descriptor is.
pub fn with_pool(builder: ProcessPoolBuilder, body: impl FnOnce(&ProcessPool)) {
    leaving_nothing(|| {
        let pool = builder.start(&jobs::table()).unwrap();
        body(&pool);
        assert_eq!(pool.map(ECHO, [4711]).unwrap(), [4711], "one more job");
    });
}

/// Runs `body` and checks that no process and no descriptor is left; for
/// where there is no pool in the end that could answer.
pub fn leaving_nothing(body: impl FnOnce()) {
    let before = system::open_descriptors();
    body();
    eventually("no child process is left", || system::children().is_empty());
    eventually("no descriptor is left", || {
        system::open_descriptors().len() <= before.len()
    });
}

/// Waits until `condition` holds.
#[track_caller]
pub fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !condition() {
        assert!(
            begin.elapsed() < PATIENCE,
            "not within {PATIENCE:?}: {what}; children {:?}, descriptors {:?}",
            system::children(),
            system::open_descriptors()
        );
        thread::sleep(Duration::from_millis(1));
    }
}

/// A directory of the test's own, removed at its end.
pub fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// A copy of this executable that can be deleted.
pub fn copy_of_this_program(directory: &tempfile::TempDir) -> PathBuf {
    let copy = directory.path().join("program");
    fs::copy(env::current_exe().unwrap(), &copy).unwrap();
    copy
}

/// Waits until a job has left its process id in `path`.
pub fn wait_for_id(path: &std::path::Path) -> u32 {
    let mut id = None;
    eventually("the job has begun", || {
        id = fs::read_to_string(path)
            .ok()
            .and_then(|text| text.strip_suffix('\n')?.parse().ok());
        id.is_some()
    });
    id.unwrap()
}

/// The exit code of the worker that a job died with, if it ended by itself.
pub fn code_of(error: &JobError) -> Option<i32> {
    match error.failure() {
        Failure::Died { status } => status.code(),
        _ => None,
    }
}
