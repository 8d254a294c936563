//! A full run ends by measuring its rows against their baselines in lock-step.

#![cfg(target_os = "linux")]

mod common;

use common::{QUICK, stderr, suite};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;
use tempfile::tempdir;

fn run(home: &Path, paired: &str, arguments: &[&str]) -> Output {
    suite()
        .args(QUICK)
        .args(arguments)
        .env("CRITERION_HOME", home)
        .env("SPEEDUP_PAIRED", paired)
        .output()
        .expect("the suite can be started")
}

fn comparisons(home: &Path) -> Vec<Value> {
    let text = fs::read(home.join("paired.json")).expect("the file");
    let file: Value = serde_json::from_slice(&text).expect("JSON");
    assert_eq!(file["schema_version"], 1);
    file["comparisons"].as_array().expect("a list").clone()
}

fn ratios(home: &Path) -> Vec<(String, String)> {
    let mut names = Vec::new();
    for comparison in comparisons(home) {
        assert_eq!(comparison["method"], "lock_step");
        assert!(comparison["relaunches"].as_array().expect("a list").len() >= 6);
        for ratio in comparison["ratios"].as_array().expect("a list") {
            let [low, estimate, high] = ["low", "time_ratio", "high"].map(|field| {
                ratio[field]
                    .as_f64()
                    .unwrap_or_else(|| panic!("{field} of {ratio}"))
            });
            assert!(low <= estimate && estimate <= high, "{ratio}");
            let name = |field: &str| ratio[field].as_str().expect("a name").to_owned();
            names.push((name("id"), name("baseline")));
        }
    }
    names
}

fn pair(id: &str, baseline: &str) -> (String, String) {
    (id.to_owned(), baseline.to_owned())
}

#[test]
fn a_row_is_measured_against_its_baseline_and_other_rows_stay_in_the_file() {
    let home = tempdir().expect("a folder");
    let output = run(home.path(), "on", &["--exact", "format/debug"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let debug = pair("format/debug", "format/display");
    assert_eq!(ratios(home.path()), std::slice::from_ref(&debug));

    let output = run(home.path(), "on", &["--exact", "factorial/rayon@1/100"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let rayon = pair("factorial/rayon@1/100", "factorial/sequential/100");
    assert_eq!(ratios(home.path()), [debug, rayon]);
}

#[test]
fn a_row_that_is_measured_anew_leaves_those_it_was_compared_with_before() {
    let home = tempdir().expect("a folder");
    let output = run(home.path(), "on", &["format/"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let (first, before) = (comparisons(home.path()), ratios(home.path()));
    let debug = pair("format/debug", "format/display");
    // Of two comparisons, each with two rows.
    assert_eq!((first.len(), before.len()), (2, 4));
    assert!(before.contains(&debug));

    let output = run(home.path(), "on", &["--exact", "format/debug"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let mut expected = before;
    expected.retain(|name| *name != debug);
    expected.push(debug);
    assert_eq!(ratios(home.path()), expected);
    // What stays is what was measured then.
    let [earlier, other, _] = &comparisons(home.path())[..] else {
        panic!("three comparisons are expected");
    };
    assert_eq!(*other, first[1]);
    for ratio in earlier["ratios"].as_array().expect("a list") {
        let then = first[0]["ratios"].as_array().expect("a list");
        assert!(then.contains(ratio), "{ratio}");
    }
    for relaunch in earlier["relaunches"].as_array().expect("a list") {
        let values = |field: &str| relaunch[field].as_array().map(Vec::len);
        let of_ratios = earlier["ratios"].as_array().map(Vec::len);
        assert_eq!(values("ln_ratios"), of_ratios);
        assert_eq!(values("medians_ns"), of_ratios.map(|ratios| ratios + 1));
    }
}

#[test]
fn runs_that_store_nothing_and_those_that_say_so_end_without_it() {
    for (paired, argument) in [
        ("off", "--noplot"),
        ("on", "--test"),
        ("on", "--list"),
        ("on", "--profile-time=1"),
        ("on", "--discard-baseline"),
    ] {
        let home = tempdir().expect("a folder");
        let arguments = match argument {
            "--noplot" => vec!["--exact", "format/debug"],
            other => vec![other, "--exact", "format/debug"],
        };
        let output = run(home.path(), paired, &arguments);
        assert!(output.status.success(), "{argument}: {}", stderr(&output));
        assert!(!home.path().join("paired.json").exists(), "{argument}");
    }
}

#[test]
fn a_switch_that_is_neither_on_nor_off_ends_the_run_before_it_measures() {
    let home = tempdir().expect("a folder");
    let output = run(home.path(), "no", &["--exact", "format/debug"]);
    assert_eq!(output.status.code(), Some(2));
    let error = stderr(&output);
    assert!(error.contains("SPEEDUP_PAIRED is 'no'"), "{error}");
}
