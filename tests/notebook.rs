//! What the notebook prints, at the size of the suite.

mod common;

use common::{build, stderr, stdout};
use std::process::{Command, Stdio};

/// Times are the only thing that differs from run to run.
fn without_times(text: &str) -> String {
    let is_time = |line: &str| {
        let units = [" s", " ms", " µs"];
        let number = units.iter().find_map(|unit| line.strip_suffix(unit));
        number.is_some_and(|number| number.parse::<f64>().is_ok())
    };
    text.lines()
        .map(|line| if is_time(line) { "(time)" } else { line })
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn every_cell_prints_what_the_notebook_prints() {
    let output = Command::new(build("--example", "notebook"))
        .env("SPEEDUP_SCALE", "1")
        .output()
        .expect("the notebook can be started");
    assert!(output.status.success(), "{}", stderr(&output));
    insta::assert_snapshot!(without_times(&stdout(&output)));
}

#[test]
fn a_reader_who_leaves_early_is_no_error() {
    let mut notebook = Command::new(build("--example", "notebook"))
        .env("SPEEDUP_SCALE", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the notebook can be started");
    drop(notebook.stdout.take());
    let output = notebook.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{:?}", output.status);
    assert_eq!(stderr(&output), "");
}
