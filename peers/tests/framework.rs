//! The framework, by jobs whose times and answers are known: this file is also
//! the program that it tests.

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use speedup_peers::{
    CPYTHON, Contender, Cpus, Extent, InProcess, Job, Missing, Outcome, Peer, Side, python,
};
use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitCode, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::tempdir;

/// Set where this file is to be the program.
const IS_PROGRAM: &str = "PEERS_TEST_IS_PROGRAM";

/// What the processes of one test carry, so that they can be found.
const MARK: &str = "PEERS_TEST_MARK";

/// A test gets a folder of its own.
type Test = fn(&Path);

fn main() -> ExitCode {
    if env::var_os(IS_PROGRAM).is_some() {
        return speedup_peers::run(&jobs());
    }
    let arguments = Arguments::from_args();
    let tests: [(&str, Test); 11] = [
        ("ratios_are_those_of_the_known_lengths", known_lengths),
        ("the_order_of_the_sides_alternates", order_alternates),
        (
            "sides_that_disagree_are_an_error_that_names_them",
            disagreement,
        ),
        (
            "a_failed_job_does_not_keep_the_others_out",
            failure_and_others,
        ),
        ("an_unknown_job_is_a_matter_of_usage", unknown_job),
        ("a_missing_peer_is_skipped_by_name", missing_peer),
        (
            "a_missing_interpreter_is_skipped_by_name",
            missing_interpreter,
        ),
        ("python_takes_part", python_takes_part),
        (
            "a_python_that_dies_is_named_and_leaves_no_process",
            python_dies,
        ),
        (
            "a_python_that_answers_nonsense_is_named",
            python_answers_nonsense,
        ),
        ("an_interrupted_run_leaves_no_process", interrupted),
    ];
    let trials = tests.map(|(name, test)| {
        Trial::test(name, move || {
            let folder = tempdir().map_err(Failed::from)?;
            test(folder.path());
            Ok(())
        })
    });
    libtest_mimic::run(&arguments, trials.into()).exit_code()
}

/// A side with a known time, whose unit appends its name to a file if there is
/// one.
struct Known {
    name: &'static str,
    ns: f64,
    units: u32,
}

impl Contender for Known {
    fn digest(&mut self, extent: Extent) -> Outcome<String> {
        Ok(format!("the answer to {extent}"))
    }

    /// The machine slows down all the time: by a tenth with every unit.
    fn time_ns(&mut self, _unit: usize) -> Outcome<f64> {
        if let Some(path) = env::var_os("PEERS_TEST_ORDER") {
            let mut file = fs::OpenOptions::new()
                .append(true)
                .create(true)
                .open(path)?;
            std::io::Write::write_all(&mut file, self.name.as_bytes())?;
        }
        self.units += 1;
        Ok(self.ns * 1.1_f64.powi(i32::try_from(self.units)?))
    }

    fn peak_bytes(&mut self) -> Outcome<Option<u64>> {
        Ok((self.name == "b").then_some(4096))
    }
}

fn known(name: &'static str, ns: f64) -> Side {
    Side::ours(name, "what is known", move || {
        Ok(Known { name, ns, units: 0 })
    })
}

fn says(name: &'static str, answer: &'static str) -> Side {
    Side::ours(name, "saying it", move || {
        Ok(InProcess::new(
            move |_| Ok(answer.to_owned()),
            String::clone,
        ))
    })
}

fn snake(name: &'static str, class: &'static str) -> Side {
    Side::peer(CPYTHON, name, "what the class does", move || {
        python(include_str!("framework.py"), &[class])
    })
}

fn job(name: &'static str, sides: Vec<Side>) -> Job {
    Job {
        name,
        title: format!("The job {name}"),
        unit: "a unit",
        checked: "the texts are the same",
        is_checked_whole: true,
        cpus: Cpus::All,
        rounds: 4,
        sides,
    }
}

const NOBODY: Peer = Peer {
    name: "nobody",
    probe: || {
        Err(Missing {
            why: "nobody is here".to_owned(),
            install: "wait for somebody".to_owned(),
        })
    },
};

fn jobs() -> Vec<Job> {
    let absent = Side::peer(NOBODY, "absent", "nothing", || {
        Err::<Known, _>("it must not be started".into())
    });
    vec![
        job(
            "lengths",
            vec![known("a", 100.0), known("b", 300.0), known("c", 50.0)],
        ),
        job(
            "quarrel",
            vec![says("yes", "42"), says("no", "43"), says("aye", "42")],
        ),
        job("absence", vec![known("a", 1.0), known("b", 2.0), absent]),
        job("snake", vec![says("ours", "42"), snake("right", "Right")]),
        job("dying", vec![says("ours", "42"), snake("mortal", "Mortal")]),
        job(
            "babble",
            vec![says("ours", "42"), snake("babbling", "Babbling")],
        ),
        job(
            "endless",
            vec![says("ours", "42"), snake("endless", "Endless")],
        ),
    ]
}

/// This file as the program, marked with the folder's name.
fn program(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env::current_exe().expect("this program has a path"));
    command
        .args(words)
        .arg("--output")
        .arg(folder.join("peers.json"))
        .args(["--relaunches", "6"])
        .env(IS_PROGRAM, "1")
        .env(MARK, folder)
        .env_remove("SPEEDUP_SCALE");
    command
}

fn run(folder: &Path, words: &[&str]) -> (Output, String, String) {
    let output = program(folder, words).output().expect("it starts");
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, stdout, stderr)
}

fn results(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("peers.json")).expect("it was written");
    serde_json::from_str(&text).expect("it is JSON")
}

fn contains_all(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "'{part}' is missing in: {text}");
    }
}

fn known_lengths(folder: &Path) {
    let (output, stdout, stderr) = run(folder, &["lengths"]);
    assert!(output.status.success(), "{stderr}");
    contains_all(
        &stdout,
        &[
            "The job lengths",
            "3.00 (3.00 to 3.00)",
            "0.500 (0.500 to 0.500)",
        ],
    );
    let file = results(folder);
    assert_eq!(file["schema_version"], 1);
    assert_eq!(file["scale"], "1");
    assert_eq!(file["level"], 0.95);
    for field in ["started_unix_s", "seconds"] {
        assert!(
            file[field].as_f64().is_some_and(|number| number > 0.0),
            "{field}"
        );
    }
    contains_all(
        file["command"].as_str().expect("text"),
        &["peers/Cargo.toml -- --relaunches 6 lengths"],
    );
    assert!(
        file["machine"]["cores"]
            .as_u64()
            .is_some_and(|cores| cores >= 1)
    );
    assert!(file["versions"].is_array() && file["skipped"].is_array());
    let job = &file["jobs"][0];
    assert_eq!(job["name"], "lengths");
    assert_eq!(job["ours"], "a");
    assert_eq!(job["checked"], "the texts are the same");
    let sides = job["sides"].as_array().expect("sides");
    // The median of four rounds after the warm-up: times 1.1 to the 2nd … 5th.
    let middle = f64::midpoint(1.1_f64.powi(3), 1.1_f64.powi(4));
    for (side, (ns, ratio)) in
        sides
            .iter()
            .zip([(100.0, None), (300.0, Some(3.0)), (50.0, Some(0.5))])
    {
        let unit_ns = side["unit_ns"].as_f64().expect("a time");
        assert!((unit_ns / (ns * middle) - 1.0).abs() < 1e-9, "{unit_ns}");
        assert_eq!(side["unit"], "a unit");
        assert_eq!(side["is_ours"], true);
        assert!(side["peer"].is_null());
        let ln_ratios = side["ln_ratios"].as_array().expect("values");
        match ratio {
            None => assert!(side["ratio"].is_null() && ln_ratios.is_empty()),
            Some(ratio) => {
                assert_eq!(ln_ratios.len(), 6);
                for field in ["estimate", "low", "high"] {
                    let value = side["ratio"][field].as_f64().expect("a ratio");
                    assert!((value - ratio).abs() < 1e-9, "{field} {value}");
                }
            }
        }
    }
    assert_eq!(sides[1]["peak_bytes"], 4096);
    assert!(sides[0]["peak_bytes"].is_null());
}

fn order_alternates(folder: &Path) {
    let path = folder.join("order");
    let output = program(folder, &["lengths"])
        .env("PEERS_TEST_ORDER", &path)
        .output()
        .expect("it starts");
    assert!(output.status.success());
    let order = fs::read_to_string(path).expect("the sides wrote it");
    // Warm-up, then four rounds; odd relaunches begin in reverse.
    let (even, odd) = ("abc abccbaabccba", "abc cbaabccbaabc");
    let expected = [even, odd].concat().replace(' ', "").repeat(3);
    assert_eq!(order, expected);
}

fn disagreement(folder: &Path) {
    let (output, _, stderr) = run(folder, &["quarrel"]);
    assert_eq!(output.status.code(), Some(1));
    contains_all(
        &stderr,
        &[
            "quarrel",
            "the answers differ",
            "'42' (yes, aye)",
            "'43' (no)",
        ],
    );
    assert!(!folder.join("peers.json").exists());
}

fn failure_and_others(folder: &Path) {
    let (output, stdout, stderr) = run(folder, &["quarrel", "lengths"]);
    assert_eq!(output.status.code(), Some(1));
    contains_all(&stdout, &["The job lengths"]);
    contains_all(&stderr, &["the answers differ"]);
    let jobs = results(folder)["jobs"].as_array().map(Vec::len);
    assert_eq!(jobs, Some(1));
}

fn unknown_job(folder: &Path) {
    for words in [["nonsense", "lengths"].as_slice(), &["nonsense", "--list"]] {
        let (output, stdout, stderr) = run(folder, words);
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        contains_all(&stderr, &["error: no job is called 'nonsense'", "quarrel"]);
        assert_eq!(stdout, "");
        assert!(!folder.join("peers.json").exists());
    }
}

fn missing_peer(folder: &Path) {
    let (output, stdout, stderr) = run(folder, &["absence"]);
    assert!(output.status.success(), "{stderr}");
    let parts = ["nobody", "absence", "nobody is here", "wait for somebody"];
    contains_all(&stdout, &parts);
    let file = results(folder);
    let skipped = &file["skipped"][0];
    for (field, part) in ["peer", "jobs", "why", "install"].into_iter().zip(parts) {
        contains_all(&skipped[field].to_string(), &[part]);
    }
    assert_eq!(file["jobs"][0]["sides"].as_array().map(Vec::len), Some(2));
}

fn missing_interpreter(folder: &Path) {
    let output = program(folder, &["snake", "lengths"])
        .env("SPEEDUP_PYTHON", "/no/such/python")
        .output()
        .expect("it starts");
    assert!(output.status.success());
    let stdout = String::from_utf8_lossy(&output.stdout);
    contains_all(
        &stdout,
        &[
            "skipped: CPython (snake)",
            "/no/such/python can't be started",
            "SPEEDUP_PYTHON",
        ],
    );
    contains_all(&stdout, &["The job lengths"]);
}

fn python_takes_part(folder: &Path) {
    let (output, _, stderr) = run(folder, &["snake"]);
    assert!(output.status.success(), "{stderr}");
    let file = results(folder);
    assert_eq!(file["versions"][0]["peer"], "CPython");
    assert_eq!(file["jobs"][0]["sides"][1]["peer"], "CPython");
    assert_eq!(file["jobs"][0]["sides"][1]["unit_ns"], 1234.5);
    assert_gone(folder);
}

fn python_dies(folder: &Path) {
    let (output, _, stderr) = run(folder, &["dying"]);
    assert_eq!(output.status.code(), Some(1));
    contains_all(
        &stderr,
        &[
            "dying: relaunch 1",
            "mortal",
            "exit status: 7",
            "'time 2'",
            "these were my last words",
        ],
    );
    assert_gone(folder);
}

fn python_answers_nonsense(folder: &Path) {
    let (output, _, stderr) = run(folder, &["babble"]);
    assert_eq!(output.status.code(), Some(1));
    contains_all(&stderr, &["babbling", "answered 'time 0' with 'soon'"]);
    assert_gone(folder);
}

/// As by Ctrl-C, and worse: the program has no chance to clean up.
fn interrupted(folder: &Path) {
    let mut child = program(folder, &["endless"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut progress = BufReader::new(child.stderr.take().expect("a pipe"));
    progress
        .read_line(&mut String::new())
        .expect("it tells of the relaunch");
    // The program, its watchman, the relaunch, Python and its two workers.
    wait_until(|| marked(folder).len() >= 6);
    child.kill().expect("it runs");
    child.wait().expect("it has ended");
    assert_gone(folder);
}

/// The processes that carry the folder's mark.
fn marked(folder: &Path) -> Vec<u32> {
    let mark = format!("{MARK}={}", folder.display());
    let processes = fs::read_dir("/proc").expect("these tests need Linux");
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|process: &u32| {
            let environment = fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
            environment
                .split(|byte| *byte == 0)
                .any(|each| each == mark.as_bytes())
        })
        .collect()
}

fn assert_gone(folder: &Path) {
    wait_until(|| marked(folder).is_empty());
}

fn wait_until(is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(2);
    while !is_so() {
        assert!(Instant::now() < deadline, "it did not come to be so");
        sleep(Duration::from_millis(10));
    }
}
