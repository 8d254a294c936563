//! What several tests need: the suite as an executable, and patience.

#![allow(dead_code, reason = "each test uses its own part")]

use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Long past anything that is not stuck.
const PATIENCE: Duration = Duration::from_mins(1);

/// A measurement that takes as little time as Criterion lets it. The last two say
/// how long; a test that wants another length leaves them out.
pub(crate) const QUICK: [&str; 6] = [
    "--bench",
    "--warm-up-time=0.01",
    "--nresamples=100",
    "--noplot",
    "--measurement-time=0.05",
    "--sample-size=10",
];

/// The suite's executable, built in the profile of the tests.
pub(crate) fn suite() -> Command {
    static EXECUTABLE: OnceLock<PathBuf> = OnceLock::new();
    let mut suite = Command::new(EXECUTABLE.get_or_init(|| build("--bench", "suite")));
    suite.env_remove("SPEEDUP_SCALE");
    // Tests of it ask for it.
    suite.env("SPEEDUP_PAIRED", "off");
    suite
}

/// Builds a target of this package, and tells where its executable is.
pub(crate) fn build(kind: &str, name: &str) -> PathBuf {
    let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
    let output = Command::new(cargo)
        .args(["build", kind, name, "--message-format=json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "{}", stderr(&output));
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .expect("cargo names the executable")
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Waits until the condition holds.
pub(crate) fn until(what: &str, condition: impl FnMut() -> bool) {
    until_within(PATIENCE, what, condition);
}

/// The same, for what takes longer than [`PATIENCE`] where compilers run.
pub(crate) fn until_within(patience: Duration, what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < patience, "never seen: {what}");
        sleep(Duration::from_millis(5));
    }
}

/// The processes that `parent` has started and that have not ended.
pub(crate) fn children(parent: u32) -> Vec<u32> {
    let mut children = Vec::new();
    for entry in std::fs::read_dir("/proc").expect("Linux").flatten() {
        let name = entry.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        if status(pid).is_some_and(|(state, of)| state != "Z" && of == parent) {
            children.push(pid);
        }
    }
    children
}

/// Whether a process is there and has not ended.
pub(crate) fn is_alive(pid: u32) -> bool {
    status(pid).is_some_and(|(state, _)| state != "Z")
}

/// The state of a process and its parent.
fn status(pid: u32) -> Option<(String, u32)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // They follow the name, which may hold anything but is in parentheses.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ');
    let state = fields.next()?.to_owned();
    Some((state, fields.next()?.parse().ok()?))
}

/// The same command with SIGINT as a terminal's Ctrl-C finds it. A shell starts its
/// background jobs with SIGINT ignored, and whatever they run inherits that.
pub(crate) fn that_heeds_sigint(command: &Command) -> Command {
    let mut heeding = Command::new("env");
    heeding
        .arg("--default-signal=INT")
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => heeding.env(name, value),
            None => heeding.env_remove(name),
        };
    }
    heeding
}

/// Sends a signal, by name; a minus before the number means a whole group.
pub(crate) fn signal(name: &str, target: i64) {
    let status = Command::new("kill")
        .args([format!("-{name}"), "--".to_owned(), target.to_string()])
        .status()
        .expect("kill can be started");
    assert!(status.success(), "kill -{name} {target}");
}
