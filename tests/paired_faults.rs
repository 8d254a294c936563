//! Whatever an arm does, the message says which one and why, and no process
//! is left.

#![cfg(target_os = "linux")]

mod common;
mod foreign;

use common::{signal, stderr, stdout, that_heeds_sigint, until};
use foreign::{compare, processes_of, suite};
use speedup::paired::{Arm, Conductor, Settings};
use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::tempdir;

/// Compares `fine` with a benchmark that goes wrong, and returns what was said.
fn fails(id: &str, code: i32) -> String {
    comparison_fails("faulty", ["fine", id], PATIENCE_S, code)
}

/// So long may an arm be silent, in seconds, where none is meant to be.
const PATIENCE_S: &str = "30";

fn comparison_fails(name: &str, ids: [&str; 2], deadline_s: &str, code: i32) -> String {
    let place = tempdir().expect("a folder");
    let output = compare(&ids)
        .args(["--deadline", deadline_s, "--relaunches", "6", "--exe"])
        .arg(suite(name))
        .env("TMPDIR", place.path())
        .output()
        .expect("the command can be started");
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert_eq!(stdout(&output), "", "a result in spite of '{said}'");
    // The guard may be about to end.
    until("the end of all processes", || {
        processes_of(place.path()).is_empty()
    });
    let left = std::fs::read_dir(place.path()).expect("a folder").count();
    assert_eq!(left, 0, "files are left");
    said
}

#[test]
fn an_arm_that_panics_is_quoted() {
    let said = fails("panics", 1);
    assert!(said.contains("arm 2 (panics of faulty-"), "{said}");
    assert!(said.contains("the benchmark went wrong"), "{said}");
}

#[test]
fn an_arm_that_exits_with_a_code_is_quoted() {
    let said = fails("exits_badly", 1);
    assert!(said.contains("arm 2 (exits_badly of faulty-"), "{said}");
    assert!(said.contains("exit status: 3"), "{said}");
    assert!(said.contains("no licence for benchmarks"), "{said}");
}

#[test]
fn an_arm_that_ends_early_without_a_word_left_no_samples() {
    let said = fails("exits", 1);
    assert!(said.contains("arm 2 (exits of faulty-"), "{said}");
    assert!(said.contains("nothing of 'exits' was stored"), "{said}");
}

#[test]
fn an_arm_that_is_killed_is_told_by_its_signal() {
    let said = fails("is_killed", 1);
    assert!(said.contains("arm 2 (is_killed of faulty-"), "{said}");
    assert!(said.contains("signal: 9"), "{said}");
}

#[test]
fn a_conductor_goes_on_with_others_after_an_arm_that_failed() {
    let suite = suite("faulty");
    let mut conductor = Conductor::new(Duration::from_secs(30)).expect("a conductor");
    let mut compare = |id: &str| {
        let arms = ["fine", id].map(|id| Arm::new(&suite, id));
        let settings = Settings {
            relaunches: Some(2),
            ..Settings::for_arms(arms.len())
        };
        conductor.compare(&arms, &settings, &mut |_| ())
    };
    for wrong in ["panics", "exits", "is_killed", "is_not_there"] {
        assert!(compare(wrong).is_err(), "{wrong}");
        let right = compare("fine").expect("the same suite, whatever came before");
        assert_eq!(right.relaunches.len(), 2);
    }
}

#[test]
fn an_arm_that_hangs_is_ended_at_its_deadline() {
    let said = comparison_fails("faulty", ["fine", "hangs"], "5", 1);
    assert!(said.contains("arm 2 (hangs of faulty-"), "{said}");
    assert!(said.contains("did not answer for 5s"), "{said}");
}

#[test]
fn the_children_of_an_arm_end_with_it() {
    let said = fails("leaves_children", 1);
    assert!(said.contains("with a child"), "{said}");
}

#[test]
fn an_arm_that_answers_nonsense_is_refused() {
    let said = comparison_fails("nonsense", ["one", "other"], PATIENCE_S, 1);
    assert!(said.contains("arm 1 (one of nonsense-"), "{said}");
    assert!(said.contains("answered 'x'"), "{said}");
}

#[test]
fn a_name_that_does_not_exist_is_answered_with_similar_ones() {
    let said = fails("panic", 2);
    assert!(said.contains("no benchmark 'panic'"), "{said}");
    assert!(said.contains("similar ones: panics"), "{said}");
}

#[test]
fn programs_that_are_no_suites_are_named() {
    for (program, why) in [
        ("/bin/echo", "names no benchmark"),
        ("/bin/false", "exit status: 1"),
        ("/no/such/suite", "can't be started"),
    ] {
        let output = compare(&["a", "b", "--exe", program])
            .output()
            .expect("the command can be started");
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(program) && said.contains(why), "{said}");
    }
}

/// Starts a comparison that does not end by itself, ends it by `signal_name`,
/// and looks whether anything is left.
fn ended_by(signal_name: &str, number: i32) {
    let place = tempdir().expect("a folder");
    let mut comparison = compare(&["fine", "leaves_a_child_running", "--time", "600"]);
    comparison
        .arg("--exe")
        .arg(suite("faulty"))
        .env("TMPDIR", place.path());
    let mut child = that_heeds_sigint(&comparison)
        // As a terminal does: a group of its own, which gets the signal.
        .process_group(0)
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the command can be started");
    // The command, the guard, both arms, and the child of one of them.
    until("both arms", || processes_of(place.path()).len() >= 5);
    signal(signal_name, -i64::from(child.id()));
    let status = child.wait().expect("it can be waited for");
    let mut said = String::new();
    let mut pipe = child.stderr.take().expect("a pipe");
    pipe.read_to_string(&mut said).expect("text");
    assert_eq!(status.signal(), Some(number), "{status}: {said}");
    until("the end of all processes", || {
        processes_of(place.path()).is_empty()
    });
    until("the removal of all files", || {
        std::fs::read_dir(place.path()).expect("a folder").count() == 0
    });
}

#[test]
fn control_c_leaves_nothing() {
    ended_by("INT", 2);
}

#[test]
fn not_even_a_kill_leaves_anything() {
    ended_by("KILL", 9);
}

#[test]
fn a_full_disk_is_named_and_leaves_nothing() {
    let faulty = suite("faulty");
    let place = tempdir().expect("a folder");
    // A disk of its own, with room for the sockets and not for the samples.
    let script = r#"
        mount -t tmpfs -o size=64k tmpfs "$1" || exit 90
        head -c 49152 /dev/zero >"$1/ballast"
        TMPDIR=$1 "$2" compare fine fine --relaunches 6 --exe "$3"
    "#;
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", script, "sh"])
        .arg(place.path())
        .arg(env!("CARGO_BIN_EXE_speedup"))
        .arg(faulty)
        .output()
        .expect("unshare can be started");
    let said = stderr(&output);
    if output.status.code() == Some(90) || said.starts_with("unshare") {
        eprintln!("skipped: this machine allows no mount of its own");
        return;
    }
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("No space left"), "{said}");
    assert!(said.contains("fine"), "{said}");
}
