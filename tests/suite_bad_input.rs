//! What the suite says and leaves behind when something is wrong.

#![cfg(target_os = "linux")]

mod common;

use common::{QUICK, children, is_alive, signal, stderr, stdout, suite, that_heeds_sigint, until};
use std::fs;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use tempfile::tempdir;

/// One benchmark, by its whole name.
const EXACT: [&str; 2] = ["--color=never", "--exact"];

const PRINTING: &str = "format/display";
const PROCESSES: &str = "factorial/process_pool@2/100";

fn measure(home: &Path, id: &str) -> Output {
    suite()
        .args(QUICK)
        .args(EXACT)
        .arg(id)
        .env("CRITERION_HOME", home)
        .output()
        .expect("the suite can be started")
}

fn estimates(home: &Path, id: &str) -> String {
    fs::read_to_string(home.join(id).join("new/estimates.json")).expect("the estimates")
}

#[test]
fn a_scale_that_is_no_number_in_range_ends_with_its_name_and_the_range() {
    for scale in ["abc", "-1", "0", "1e9", ""] {
        let output = suite()
            .arg("--list")
            .env("SPEEDUP_SCALE", scale)
            .output()
            .expect("the suite can be started");
        assert_eq!(output.status.code(), Some(2), "{scale}");
        let error = stderr(&output);
        assert!(
            error.contains(&format!("SPEEDUP_SCALE is '{scale}'")),
            "{error}"
        );
        assert!(error.contains("from 0.1 to 1000"), "{error}");
        assert_eq!(stdout(&output), "", "{scale}");
    }
}

#[test]
fn a_filter_that_matches_nothing_says_how_to_see_the_names() {
    let home = tempdir().expect("a folder");
    let output = measure(home.path(), "format/dsplay");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("no benchmark matches"),
        "{}",
        stderr(&output)
    );
    assert!(stderr(&output).contains("--list"), "{}", stderr(&output));
}

#[test]
fn a_filter_meant_for_other_tests_is_no_error_in_a_test_run() {
    let output = suite()
        .arg("no_test_of_this_name")
        .output()
        .expect("the suite can be started");
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn a_folder_that_cannot_be_written_to_ends_the_run_before_it_measures() {
    let place = tempdir().expect("a folder");
    let file = place.path().join("file");
    fs::write(&file, "in the way").expect("a file");
    let output = measure(&file.join("criterion"), PRINTING);
    assert_eq!(output.status.code(), Some(1));
    let error = stderr(&output);
    assert!(error.contains("file/criterion"), "{error}");
    assert!(error.contains("CRITERION_HOME"), "{error}");
    assert!(!stdout(&output).contains("time:"), "{}", stdout(&output));
}

/// A run of the processes row that does not end by itself, and that no failed
/// test leaves behind.
struct Run(Child);

impl Run {
    fn id(&self) -> u32 {
        self.0.id()
    }

    fn end(&mut self) -> ExitStatus {
        let mut status = None;
        until("the end of the run", || {
            status = self.0.try_wait().expect("it can be waited for");
            status.is_some()
        });
        status.expect("it was just seen")
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // It may have ended long ago.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What an endless run has said so far.
fn errors(home: &Path) -> PathBuf {
    home.join("stderr")
}

fn endless(home: &Path) -> Run {
    let child = that_heeds_sigint(&suite())
        .args(&QUICK[..4])
        .args(EXACT)
        .args(["--measurement-time=600", "--sample-size=1000", PROCESSES])
        .env("CRITERION_HOME", home)
        .stdout(Stdio::null())
        .stderr(fs::File::create(errors(home)).expect("a file"))
        .process_group(0)
        .spawn()
        .expect("the suite can be started");
    Run(child)
}

/// Waits until the suite has its two workers.
fn until_working(run: &Run) -> Vec<u32> {
    until("two workers", || children(run.id()).len() == 2);
    children(run.id())
}

fn until_gone(workers: &[u32]) {
    until("the end of the workers", || {
        !workers.iter().any(|worker| is_alive(*worker))
    });
}

#[test]
fn two_runs_in_one_folder_do_not_mix_their_results() {
    let home = tempdir().expect("a folder");
    let mut run = endless(home.path());
    until_working(&run);
    let output = measure(home.path(), PRINTING);
    run.0.kill().expect("it runs");
    run.end();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("another run"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn control_c_leaves_no_worker_and_the_earlier_results() {
    let home = tempdir().expect("a folder");
    let output = measure(home.path(), PROCESSES);
    assert!(output.status.success(), "{}", stderr(&output));
    let earlier = estimates(home.path(), PROCESSES);

    let mut run = endless(home.path());
    let workers = until_working(&run);
    signal("INT", -i64::from(run.id()));
    let status = run.end();
    assert_eq!(status.signal(), Some(2), "{status}");
    until_gone(&workers);
    assert_eq!(estimates(home.path(), PROCESSES), earlier);

    // And the next run finds nothing in its way.
    let output = measure(home.path(), PRINTING);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(estimates(home.path(), PROCESSES), earlier);
}

#[test]
fn a_worker_that_is_killed_ends_the_run_and_stores_nothing() {
    let home = tempdir().expect("a folder");
    let mut run = endless(home.path());
    let workers = until_working(&run);
    // A worker that dies before is replaced, as nothing of it is timed.
    let said = || fs::read_to_string(errors(home.path())).expect("text");
    until("the first sample", || said().contains("Collecting"));
    signal("KILL", workers[0].into());
    let status = run.end();
    let error = said();
    assert_eq!(status.code(), Some(1), "{error}");
    assert!(error.contains(PROCESSES), "{error}");
    // In a job, or between two jobs.
    let died = error.contains("died") || error.contains("SIGKILL");
    assert!(died, "{error}");
    until_gone(&workers);
    assert!(!home.path().join(PROCESSES).join("new").exists());
}

/// Whether this machine lets a test have a file system of its own.
fn can_mount() -> bool {
    let mounted = Command::new("unshare")
        .args(["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"])
        .output();
    mounted.is_ok_and(|output| output.status.success())
}

#[test]
fn a_full_disk_ends_the_run_and_leaves_the_earlier_results() {
    if !can_mount() {
        eprintln!("skipped: this machine allows no mount of its own");
        return;
    }
    let place = tempdir().expect("a folder");
    let suite = suite().get_program().to_owned();
    // A disk of its own, filled up between two runs but for some kilobytes:
    // `$1` is the folder, `$2` the suite, the rest its arguments.
    let script = r#"
        home=$1; suite=$2; shift 2
        mount -t tmpfs -o size=1m tmpfs "$home" || exit 90
        export CRITERION_HOME=$home
        "$suite" "$@" >/dev/null || exit 91
        before=$(cat "$home"/*/*/new/*.json)
        for left in 0 4 70 80 90 100; do
            cat /dev/zero >"$home/ballast" 2>/dev/null
            truncate -s "-${left}k" "$home/ballast"
            "$suite" "$@" >/dev/null; code=$?
            rm "$home/ballast"
            [ "$(cat "$home"/*/*/new/*.json)" = "$before" ] && same=same || same=other
            echo "$left $code $same"
        done
    "#;
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", script, "sh"])
        .arg(place.path())
        .arg(suite)
        .args(QUICK)
        .args(EXACT)
        .arg(PRINTING)
        .output()
        .expect("unshare can be started");
    let (lines, errors) = (stdout(&output), stderr(&output));
    assert!(output.status.success(), "{:?}\n{errors}", output.status);
    for line in lines.lines() {
        // With room enough it may go well; otherwise it must fail and keep.
        let [left, code, same] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("'{line}'");
        };
        let fine = matches!((code, same), ("0", "other") | ("1", "same"));
        assert!(
            fine,
            "{left} KiB left: exit {code}, results {same}\n{errors}"
        );
    }
    assert!(lines.contains("0 1 same"), "{lines}\n{errors}");
    assert!(errors.contains("No space left"), "{errors}");
}
