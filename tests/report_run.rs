//! The end of a run: what every row costs, the record, and the page that the
//! last line names.

#![cfg(all(target_os = "linux", feature = "report"))]

mod common;

use common::{QUICK, stderr, stdout, suite};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn record(home: &Path, name: &str) -> Value {
    let text = fs::read(home.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_slice(&text).expect("JSON")
}

#[test]
fn a_run_ends_with_the_page_and_what_its_rows_cost() {
    let place = tempfile::tempdir().expect("a folder");
    let home = place.path();
    let filter = "factorial/(sequential|threads@2|process_pool@2)/1000$";
    let output = suite()
        .args(QUICK)
        .arg(filter)
        .env("CRITERION_HOME", home)
        .output()
        .expect("the suite can be started");
    assert!(output.status.success(), "{}", stderr(&output));
    let said = stdout(&output);
    let page = home.join("index.html");
    assert_eq!(
        said.lines().last(),
        Some(&*format!("Report: {}", page.display()))
    );
    let text = fs::read_to_string(&page).expect("the page");
    assert!(text.contains("factorial/process_pool@2/1000"));

    let run = record(home, "run.json");
    let command = run["command"].as_str().expect("a command");
    assert!(command.ends_with(&format!("'{filter}'")), "{command}");
    assert!(run["since_unix_s"].as_u64() <= run["ended_unix_s"].as_u64());

    let costs = record(home, "cost.json");
    let of = |row: &str, name: &str| {
        let value = &costs["rows"][format!("factorial/{row}/1000")][name];
        value
            .as_f64()
            .unwrap_or_else(|| panic!("{row} has no {name}: {costs}"))
    };
    for row in ["sequential", "threads@2", "process_pool@2"] {
        let busy = of(row, "cpu_s") / of(row, "wall_s");
        // Computing keeps a CPU busy, unless somebody else has it.
        assert!(busy > 0.0 && busy < 2.5, "{row}: {busy}");
        assert!(of(row, "peak_bytes") > 100_000.0, "{row}");
    }
    assert!((of("sequential", "processes") - 1.0).abs() < 0.5);
    assert!((of("process_pool@2", "processes") - 3.0).abs() < 0.5);
    // Each worker process has memory of its own.
    assert!(of("process_pool@2", "peak_bytes") > of("sequential", "peak_bytes"));
}

#[test]
fn runs_that_store_nothing_leave_no_page() {
    let place = tempfile::tempdir().expect("a folder");
    for flags in [
        &["--bench", "--list"][..],
        &["--bench", "--test"],
        &["--bench", "--profile-time=1"],
    ] {
        let output = suite()
            .args(flags)
            .args(["--exact", "format/display"])
            .env("CRITERION_HOME", place.path())
            .output()
            .expect("the suite can be started");
        assert!(output.status.success(), "{}", stderr(&output));
        for name in ["index.html", "run.json", "cost.json"] {
            assert!(!place.path().join(name).exists(), "{flags:?} left {name}");
        }
    }
}
