//! Benchmarks of somebody else's suite, compared with and without the one line.
//!
//! No assertion here rests on how fast this machine is, or how quiet: of what
//! takes twice as long by construction, only that it is the slower one is asked.

mod common;
mod foreign;

use common::{stderr, stdout};
use foreign::{compare, manifest, suite};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn json(mut command: Command) -> Value {
    let output = command
        .arg("--json")
        .output()
        .expect("the command can be started");
    assert!(output.status.success(), "{}", stderr(&output));
    serde_json::from_str(&stdout(&output)).expect("JSON")
}

fn of(executable: &Path, ids: &[&str], relaunches: &str) -> Value {
    let mut command = compare(ids);
    command
        .args(["--relaunches", relaunches, "--exe"])
        .arg(executable);
    json(command)
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

#[test]
fn twice_the_rounds_take_twice_the_time_in_lock_step() {
    let result = of(&suite("with"), &["rounds/1000", "rounds/2000"], "6");
    assert_eq!(result["schema_version"], 1);
    assert_eq!(result["method"], "lock_step");
    let ratio = &result["ratios"][0];
    assert_eq!(ratio["baseline"], "rounds/1000");
    let estimate = number(&ratio["time_ratio"]);
    assert!(estimate > 1.0, "{result:#}");
    assert!(number(&ratio["low"]) <= estimate && estimate <= number(&ratio["high"]));
    // All that the estimate rests on is there.
    let relaunches = result["relaunches"].as_array().expect("a list");
    assert_eq!(relaunches.len(), 6);
    for (index, relaunch) in relaunches.iter().enumerate() {
        assert_eq!(relaunch["reversed"], index % 2 == 1);
        assert_eq!(relaunch["rounds"], 99);
    }
}

#[test]
fn without_the_one_line_whole_processes_take_turns_and_the_table_says_so() {
    let ids = ["rounds/1000", "rounds/2000"];
    let result = of(&suite("without"), &ids, "6");
    assert_eq!(result["method"], "whole_processes");
    let estimate = number(&result["ratios"][0]["time_ratio"]);
    assert!(estimate > 1.0, "{result:#}");

    let output = compare(&ids)
        .args(["--relaunches", "1", "--exe"])
        .arg(suite("without"))
        .output()
        .expect("the command can be started");
    let table = stdout(&output);
    assert!(table.contains("blocks of whole processes"), "{table}");
    assert!(table.contains("does not use `speedup::Paired`"), "{table}");
    assert!(table.contains("too few relaunches"), "{table}");
}

#[test]
fn one_suite_without_the_line_is_enough_to_fall_back() {
    let mut command = compare(&["rounds/1000", "--relaunches", "1"]);
    command
        .arg("--exe")
        .arg(suite("with"))
        .arg("--exe")
        .arg(suite("without"));
    assert_eq!(json(command)["method"], "whole_processes");
}

#[test]
fn every_way_to_iterate_takes_turns() {
    let ways = [
        "ways/small_input",
        "ways/large_input",
        "ways/per_iteration",
        "ways/batches",
        "ways/iterations",
        "ways/custom",
    ];
    let result = of(&suite("with"), &ways, "1");
    assert_eq!(result["method"], "lock_step");
    assert_eq!(result["relaunches"][0]["rounds"], 99);
    for ratio in result["ratios"].as_array().expect("a list") {
        assert!(number(&ratio["time_ratio"]) > 0.0, "{ratio}");
    }
}

#[test]
fn slow_iterations_end_a_relaunch_early_where_each_is_a_sample() {
    let rounds = |id| {
        let result = of(&suite("with"), &[id, id], "1");
        assert_eq!(result["method"], "lock_step");
        assert!(number(&result["arms"][0]["median_ns"]) > 2e7, "{result:#}");
        result["relaunches"][0]["rounds"].as_u64()
    };
    let early = rounds("slow/auto");
    assert!((Some(2)..Some(9)).contains(&early), "{early:?}");
    // Criterion can't be told to take one iteration a sample here.
    assert_eq!(rounds("slow/linear"), Some(9));
}

#[test]
fn a_suite_that_insists_on_its_own_times_is_told_why_that_takes_so_long() {
    let output = compare(&["own/settings", "own/settings", "--relaunches", "1", "--exe"])
        .arg(suite("with"))
        .output()
        .expect("the command can be started");
    let table = stdout(&output);
    assert!(table.contains("note: a relaunch took"), "{table}");
    assert!(table.contains("`configure_from_args()`"), "{table}");
}

#[test]
#[cfg(target_os = "linux")]
fn only_arms_that_use_one_thread_are_kept_on_one_cpu() {
    let ids = [
        "rounds/1000",
        "ways/threads",
        "ways/processes",
        "ways/custom",
    ];
    let result = of(&suite("with"), &ids, "1");
    let pinned = &result["relaunches"][0]["pinned"];
    assert_eq!(*pinned, serde_json::json!([true, false, false, true]));
}

#[test]
fn a_package_is_built_and_its_benchmark_found_in_the_suite_that_has_it() {
    let mut command = compare(&["fine", "rounds/1000", "--relaunches", "1"]);
    command.arg("--manifest-path").arg(manifest());
    command.args(["--bench", "with", "--bench", "faulty"]);
    let result = json(command);
    assert_eq!(result["method"], "lock_step");
    for (arm, suite) in [(0, "/faulty-"), (1, "/with-")] {
        let executable = result["arms"][arm]["executable"].as_str().expect("a path");
        assert!(executable.contains(suite), "{executable}");
    }
}

#[test]
fn a_benchmark_that_no_suite_has_is_wrong_usage() {
    let output = compare(&[
        "rounds/1", "rounds/2", "--bench", "with", "--bench", "faulty",
    ])
    .arg("--manifest-path")
    .arg(manifest())
    .output()
    .expect("the command can be started");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("'rounds/1'"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn numbers_of_benchmarks_and_executables_that_do_not_match_are_wrong_usage() {
    for arguments in [
        &["a", "--exe", "x"][..],
        &["a", "b", "c", "--exe", "x", "--exe", "y"],
        &["a", "b", "--time", "0"],
        &["a", "b", "--time", "1", "--relaunches", "6"],
        &["a", "b", "--exe", "x", "--manifest-path", "y"],
    ] {
        let output = compare(arguments)
            .output()
            .expect("the command can be started");
        assert_eq!(
            output.status.code(),
            Some(2),
            "{arguments:?}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn outside_a_paired_run_the_suite_is_criterions_own() {
    let home = tempfile::tempdir().expect("a folder");
    for environment in ["", "1 /no/such/socket"] {
        let output = Command::new(suite("with"))
            .args([
                "--bench",
                "--noplot",
                "--sample-size=10",
                "--warm-up-time=0.01",
            ])
            .args(["--measurement-time=0.02", "--exact", "rounds/1000"])
            .env("CRITERION_HOME", home.path())
            // Somebody else's baton: of a process that is not the parent.
            .env("SPEEDUP_BATON", environment)
            .output()
            .expect("the suite can be started");
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(stdout(&output).contains("time:"), "{}", stdout(&output));
    }
}
