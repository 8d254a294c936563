//! Whole gates over real revisions.
//!
//! What is slowed is half again as slow, and what is to be unchanged is
//! compiled to the same code, so that no verdict rests on how quiet this machine
//! is; nothing is asserted of what the gate might call by chance.

#![cfg(target_os = "linux")]

mod common;
mod gated;

use common::{signal, until, until_within};
use gated::{Repository, cache};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::Duration;

#[test]
fn a_slower_benchmark_fails_the_gate_and_is_named_in_every_output() {
    let repository = Repository::new();
    repository.slow_down();
    let out = tempfile::tempdir().expect("a folder");
    let file = |name: &str| out.path().join(name).to_string_lossy().into_owned();
    let (json, html, junit, markdown, record) = (
        file("gate.json"),
        file("gate.html"),
        file("gate.xml"),
        file("gate.md"),
        file("gates.jsonl"),
    );
    let (code, text) = repository.gated(&[
        "--base",
        "main",
        "--json",
        &json,
        "--html",
        &html,
        "--junit",
        &junit,
        "--markdown",
        &markdown,
        "--record",
        &record,
    ]);
    assert_eq!(code, Some(3), "{text}");
    let worst = text.lines().nth(1).expect("a row");
    assert!(worst.starts_with("regressed  rounds/first"), "{text}");
    assert!(text.contains("The gate fails"), "{text}");
    assert!(text.contains("uncommitted changes"), "{text}");
    // What is below its table is on stdout, what leads there on stderr.
    assert!(text.contains("building the base main"), "{text}");
    assert!(!text.contains('\x1b'), "colours without a terminal: {text}");

    let read = |path: &str| fs::read_to_string(path).expect("an output");
    let value: Value = serde_json::from_str(&read(&json)).expect("JSON");
    assert_eq!(value["schema_version"], 1);
    assert_eq!(value["exit_code"], 3);
    assert_eq!(value["head"]["is_dirty"], true);
    let first = &value["benchmarks"][0];
    assert_eq!(
        (&first["id"], &first["verdict"]),
        (&"rounds/first".into(), &"regressed".into())
    );
    let ratio = first["time_ratio"].as_f64().expect("a ratio");
    assert!(ratio > 1.0, "{ratio}");
    assert!(
        first["decision"]
            .as_array()
            .is_some_and(|all| all.len() >= 20)
    );
    assert_eq!(
        first["decision"].as_array().map(Vec::len),
        first["decision_rebuilt"].as_array().map(Vec::len)
    );
    assert!(read(&html).contains("<td class=\"regressed\">regressed</td>"));
    assert!(read(&markdown).contains("| **regressed** | `rounds/first` |"));
    assert!(read(&junit).contains("type=\"regressed\""));

    // And its own history shows it.
    let output = Command::new(env!("CARGO_BIN_EXE_speedup"))
        .args(["history", &record])
        .output()
        .expect("the command can be started");
    let history = common::stdout(&output);
    assert!(history.contains("rounds: rounds/first"), "{history}");
}

#[test]
fn what_is_compiled_to_the_same_code_is_unchanged_and_not_measured() {
    let repository = Repository::new();
    let text = fs::read_to_string(repository.path().join("src/lib.rs")).expect("a file");
    repository.write("src/lib.rs", &format!("{text}// The end.\n"));
    repository.write("notes.md", "not committed, and not even known to git\n");
    let out = repository.path().join("target/gate.json");
    fs::create_dir_all(repository.path().join("target")).expect("a folder");
    let (code, text) = repository.gated(&["--base", "HEAD", "--json", &out.to_string_lossy()]);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("1 of 1 executables were compiled to the same code"),
        "{text}"
    );
    assert!(text.contains("2 unchanged"), "{text}");
    let value: Value =
        serde_json::from_str(&fs::read_to_string(out).expect("an output")).expect("JSON");
    assert_eq!(value["measuring_s"], 0.0);
    assert_eq!(repository.git(&["worktree", "list"]).lines().count(), 1);
    // Nothing of it is in the user's index.
    assert_eq!(repository.git(&["diff", "--cached", "--name-only"]), "");
    assert!(
        repository
            .git(&["status", "--short"])
            .contains("?? notes.md")
    );
}

#[test]
fn the_users_compiler_wrapper_is_handed_aligned_functions_for_both_revisions() {
    let repository = Repository::new();
    let folder = tempfile::tempdir().expect("a folder");
    let [wrapper, log] = ["wrapper", "log"].map(|name| folder.path().join(name));
    let script = format!(
        "#!/bin/sh\necho \"$*\" >> '{}'\nexec \"$@\"\n",
        log.display()
    );
    fs::write(&wrapper, script).expect("a script");
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).expect("a script");
    let mut gate = repository.gate(&["--base", "main"]);
    let (code, text) = gated::said(
        gate.env("RUSTC_WRAPPER", &wrapper)
            .output()
            .expect("the command can be started"),
    );
    assert_eq!(code, Some(0), "{text}");
    let log = fs::read_to_string(&log).expect("what was compiled");
    let suites: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("--crate-name rounds"))
        .collect();
    assert!(suites.len() >= 2, "{log}");
    for line in suites {
        assert!(line.contains("-align-all-functions=6"), "{line}");
    }
}

#[test]
fn too_little_time_is_undecided_and_said_beforehand() {
    let repository = Repository::new();
    repository.slow_down();
    repository.commit("slower");
    let hasty = ["--base", "HEAD~1", "--head", "HEAD", "--budget", "0.01s"];
    let (code, text) = repository.gated(&hasty);
    assert_eq!(code, Some(4), "{text}");
    assert!(
        text.contains("no slowdown can be shown in that time"),
        "{text}"
    );
    assert!(
        text.contains("the budget was used up before it was looked at"),
        "{text}"
    );
    let (code, text) = repository.gated(&[&hasty[..], &["--undecided", "warn"]].concat());
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("undecided  rounds/"), "{text}");
}

#[test]
fn a_revision_that_does_not_compile_is_told_with_the_compilers_words() {
    let repository = Repository::new();
    repository.edit(
        "src/lib.rs",
        "value = black_box(value);",
        "value = black_bos(value);",
    );
    repository.commit("broken");
    repository.edit("src/lib.rs", "black_bos", "black_box");
    let (code, text) = repository.gated(&["--base", "HEAD"]);
    assert_eq!(code, Some(5), "{text}");
    assert!(text.contains("the base 'HEAD' does not compile"), "{text}");
    assert!(text.contains("black_bos"), "{text}");
    assert!(!cache().join("base").exists(), "its worktree is left");
    assert_eq!(repository.git(&["worktree", "list"]).lines().count(), 1);
}

#[test]
fn a_revision_without_benches_or_without_the_package_is_told_as_one() {
    let repository = Repository::new();
    repository.git(&["rm", "--quiet", "-r", "benches"]);
    let manifest = fs::read_to_string(repository.path().join("Cargo.toml")).expect("a file");
    let (without, _) = manifest.split_once("[[bench]]").expect("a bench target");
    repository.write("Cargo.toml", without);
    repository.commit("no benches");
    let (code, text) = repository.gated(&["--base", "HEAD~1"]);
    assert_eq!(code, Some(5), "{text}");
    assert!(
        text.contains("the head 'working tree' has no bench target"),
        "{text}"
    );

    repository.git(&["checkout", "--quiet", "--orphan", "unrelated"]);
    repository.git(&["rm", "--quiet", "-r", "--cached", "."]);
    repository.git(&["add", ".gitignore"]);
    repository.git(&[
        "commit",
        "--quiet",
        "--message",
        "only a list of what to ignore",
    ]);
    let (code, text) = repository.gated(&["--base", "HEAD", "--head", "main"]);
    assert_eq!(code, Some(5), "{text}");
    assert!(
        text.contains("the base 'HEAD' has no 'Cargo.toml'"),
        "{text}"
    );
}

#[test]
fn a_revision_that_is_not_there_is_wrong_usage() {
    let repository = Repository::new();
    for revision in ["v9.9", "HEAD~7", "--help", ""] {
        let base = format!("--base={revision}");
        let (code, text) = repository.gated(&[&base]);
        assert_eq!(code, Some(2), "{text}");
        assert!(
            text.contains(&format!("there is no revision '{revision}' here")),
            "{text}"
        );
    }
    repository.commit("another");
    let clone = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", repository.path().display());
    gated::git(
        clone.path(),
        &["clone", "--quiet", "--depth=1", &url, "shallow"],
    );
    let output = gated::gate(&["--base", "HEAD~1"])
        .arg("--manifest-path")
        .arg(clone.path().join("shallow/Cargo.toml"))
        .output()
        .expect("the command can be started");
    let (code, text) = gated::said(output);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("git fetch --unshallow"), "{text}");
    assert!(text.contains("fetch-depth: 0"), "{text}");
}

#[test]
fn a_package_in_no_repository_is_wrong_usage() {
    let repository = Repository::new();
    fs::remove_dir_all(repository.path().join(".git")).expect("it was there");
    let (code, text) = repository.gated(&["--base", "main"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("lies in no git repository"), "{text}");
    let output = gated::gate(&["--base", "main", "--manifest-path", "/nowhere/Cargo.toml"])
        .output()
        .expect("the command can be started");
    let (code, text) = gated::said(output);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("/nowhere/Cargo.toml"), "{text}");
}

#[test]
fn a_benchmark_that_is_gone_fails_the_gate_and_a_new_one_does_not() {
    let repository = Repository::new();
    repository.edit("benches/rounds.rs", "\"second\"", "\"third\"");
    repository.commit("renamed");
    // Only those that one of the revisions lacks: nothing has to be measured.
    let (code, text) = repository.gated(&[
        "--base",
        "HEAD~1",
        "--head",
        "HEAD",
        "--filter",
        "second|third",
    ]);
    assert_eq!(code, Some(5), "{text}");
    assert!(text.contains("missing  rounds/second"), "{text}");
    assert!(text.contains("added    rounds/third"), "{text}");

    let text = fs::read_to_string(repository.path().join("benches/rounds.rs")).expect("a file");
    let more = "group.bench_function(\"new\", |bencher| bencher.iter(|| 1));\n    group.finish();";
    repository.write("benches/rounds.rs", &text.replace("group.finish();", more));
    let (code, text) =
        repository.gated(&["--base", "HEAD", "--budget", "0.01s", "--undecided", "warn"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("added      rounds/new"), "{text}");

    let (code, text) = repository.gated(&["--base", "HEAD", "--filter", "no such"]);
    assert_eq!(code, Some(5), "{text}");
    assert!(
        text.contains("none of the 3 benchmarks matches 'no such'"),
        "{text}"
    );
}

#[test]
fn a_benchmark_that_panics_is_failed_and_quoted() {
    let repository = Repository::new();
    repository.edit(
        "benches/rounds.rs",
        "rounds(black_box(SECOND))",
        "{ assert!(SECOND == 0, \"out of rounds\"); rounds(black_box(SECOND)) }",
    );
    let (code, text) = repository.gated(&["--base", "HEAD", "--filter", "second"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("failed   rounds/second"), "{text}");
    assert!(text.contains("out of rounds"), "{text}");
    assert!(
        text.contains("arm 2 is the head") || text.contains("arm 2 the head"),
        "{text}"
    );
}

#[test]
fn a_gate_that_is_interrupted_leaves_no_process_and_no_worktree() {
    let repository = Repository::new();
    repository.slow_down();
    // A name that only this gate's processes have in their environment.
    let place = tempfile::tempdir().expect("a folder");
    let mut gate = repository
        .gate(&["--base", "main"])
        .env("TMPDIR", place.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command can be started");
    let tree = cache().join("base");
    // The stage of the arms: builds are over, its own and those of other tests,
    // and measuring has begun.
    until_within(Duration::from_mins(10), "arms that are measured", || {
        assert_eq!(gate.try_wait().expect("it is ours"), None, "it has ended");
        let scratch = fs::read_dir(place.path()).expect("a folder");
        scratch
            .flatten()
            .any(|entry| entry.path().join("baton").exists())
    });
    assert!(tree.join("Cargo.toml").is_file());
    // As Ctrl-C does; a test that a shell started in the background ignores
    // SIGINT itself, and so would what it starts.
    signal("TERM", i64::from(gate.id()));
    let status = gate.wait().expect("it ends");
    assert!(!status.success());
    until("the end of all its processes", || {
        processes_with(&place.path().to_string_lossy()).is_empty()
    });
    until("the end of its worktrees", || {
        repository.git(&["worktree", "list"]).lines().count() == 1
    });
    // Others may have made their own by now.
    let own = repository.path().to_string_lossy().into_owned();
    let of_own = fs::read_to_string(tree.join(".git")).is_ok_and(|text| text.contains(&own));
    assert!(!of_own, "its worktree is left");
}

/// The processes that have a text in their environment.
fn processes_with(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").expect("Linux").flatten() {
        let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
        if String::from_utf8_lossy(&environment).contains(text) {
            found.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    found
}

#[test]
fn what_a_killed_gate_left_locked_is_cleaned_up() {
    let repository = Repository::new();
    let folder = tempfile::tempdir().expect("a folder");
    let tree = folder.path().join("base");
    let tree_name = tree.to_string_lossy().into_owned();
    repository.git(&[
        "worktree", "add", "--quiet", "--detach", "--lock", &tree_name,
    ]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_speedup"));
    command.args([
        "gate",
        "--base",
        "HEAD",
        "--bench",
        "no_such_target",
        "--manifest-path",
    ]);
    command.arg(repository.path().join("Cargo.toml"));
    command.arg("--cache").arg(folder.path());
    let (code, text) = gated::said(command.output().expect("the command can be started"));
    // It gets past the worktree, and fails for want of that target.
    assert_eq!(code, Some(5), "{text}");
    assert!(
        text.contains("has no bench target no_such_target"),
        "{text}"
    );
    assert_eq!(repository.git(&["worktree", "list"]).lines().count(), 1);
    assert!(!tree.exists());
}

#[test]
fn outputs_that_can_not_be_written_are_errors_that_name_the_file() {
    let repository = Repository::new();
    let (code, text) = repository.gated(&["--base", "HEAD", "--json", "/nowhere/gate.json"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("can't write '/nowhere/gate.json'"), "{text}");
    let (code, text) = repository.gated(&["--base", "HEAD", "--record", "/dev/full"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("No space left"), "{text}");
}

#[test]
fn wrong_flags_are_wrong_usage() {
    for arguments in [
        &[][..],
        &["--base", "main", "--margin", "two"],
        &["--base", "main", "--alpha", "0"],
        &["--base", "main", "--budget", "soon"],
        &["--base", "main", "--undecided", "maybe"],
        &["--base", "main", "--filter", "("],
    ] {
        let output = gated::gate(arguments)
            .output()
            .expect("the command can be started");
        let (code, text) = gated::said(output);
        assert_eq!(code, Some(2), "{arguments:?}: {text}");
    }
}
