//! What `speedup history` shows of the lines that gates have written.

use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn history(arguments: &[&str], path: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_speedup"))
        .arg("history")
        .arg(path)
        .args(arguments)
        .output()
        .expect("the command can be started")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Forty gates along one branch; the second benchmark gets slower by a tenth
/// in the thirtieth, and is new in the tenth.
fn forty_gates() -> String {
    let line = |index: usize| {
        let entry = |name: &str, ratio: f64| {
            json!({
                "name": name, "verdict": "unchanged", "ratio": ratio,
                "interval": [ratio - 0.01, ratio + 0.01], "time_ns": 1000.0,
            })
        };
        let mut benchmarks = vec![entry("suite: parse/steady", 1.0)];
        if index >= 10 {
            let ratio = if index == 30 { 1.1 } else { 1.0 };
            benchmarks.push(entry("suite: parse/<slower> & `later`", ratio));
        }
        json!({
            "schema_version": 1, "head": format!("commit{:04}", index + 1),
            "base": format!("commit{index:04}"), "machine": "two CPUs", "toolchain": "rustc 1.95.0",
            "unix_s": 1_700_000_000 + 3600 * index, "benchmarks": benchmarks,
        })
    };
    let lines: Vec<String> = (0..40).map(|index| line(index).to_string()).collect();
    lines.join("\n") + "\n"
}

#[test]
fn trends_are_drawn_and_their_change_points_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("gates.jsonl");
    fs::write(&path, forty_gates()).expect("a file");
    let page = folder.path().join("trends.html");
    let output = history(&["--html", &page.to_string_lossy()], &path);
    assert!(output.status.success(), "{}", stderr(&output));
    insta::assert_snapshot!(stdout(&output));

    let page = fs::read_to_string(page).expect("a page");
    assert!(page.contains("+10.0 % at commit0031"), "{page}");
    assert!(!page.contains("<slower>"), "a name became a tag");
    assert!(!page.contains("http"), "it asks somebody");
}

#[test]
fn a_line_that_is_none_is_told_by_its_number() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("gates.jsonl");
    for (wrong, why) in [
        ("{", "EOF"),
        ("{\"schema_version\": 2}", "schema_version is 2"),
        ("{\"schema_version\": 1}", "a field is missing"),
    ] {
        fs::write(&path, format!("{}{wrong}\n", forty_gates())).expect("a file");
        let output = history(&[], &path);
        assert_eq!(output.status.code(), Some(1));
        let said = stderr(&output);
        assert!(said.contains("line 41") && said.contains(why), "{said}");
        assert_eq!(stdout(&output), "");
    }
    let output = history(&[], Path::new("/nowhere/gates.jsonl"));
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("/nowhere/gates.jsonl"));
}
