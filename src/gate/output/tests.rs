//! Every output of a gate whose names are as bad as names can be.

use super::{to_html, to_json, to_junit, to_markdown};
use crate::gate::finding::{Benchmark, Estimate, Finding, Gate};
use crate::gate::git::Revision;
use crate::gate::machine::Machine;
use crate::gate::{Rules, Strictness, Verdict};
use crate::stats::Interval;
use std::process::Command;
use std::time::Duration;

/// Names that would end a cell, a tag, an attribute, a code span or a line, or
/// mention somebody.
const HOSTILE: [&str; 6] = [
    "a|b/c`d",
    "<script>alert('x')</script>",
    "\"><img src=x onerror=alert(1)>",
    "@everybody ]]> &amp; ``` \n# heading",
    "\u{1b}[31mred\u{7}\u{0}",
    "größe/😀",
];

fn finding(name: &str, verdict: Verdict, ratio: Option<f64>) -> Finding {
    let benchmark = Benchmark {
        target: "suite".to_owned(),
        id: name.to_owned(),
    };
    let estimate = ratio.map(|ratio| Estimate {
        ratio,
        interval: Interval {
            low: ratio - 0.005,
            high: ratio + 0.006,
            level: 0.96,
        },
    });
    Finding {
        estimate,
        smallest_found: ratio.map(|_| 1.024),
        spread: ratio.map(|_| 0.004),
        medians_ns: ratio.map(|ratio| [1e6, 1e6 * ratio]),
        screening: vec![0.01; if ratio.is_some() { 6 } else { 0 }],
        duration: Duration::from_millis(1500),
        ..Finding::new(benchmark, verdict, None)
    }
}

fn gate(findings: Vec<Finding>) -> Gate {
    let revision = |name: &str, commit: &str| Revision {
        name: name.to_owned(),
        commit: commit.to_owned(),
        is_dirty: name == "working tree",
        checkout: commit.to_owned(),
        tree: commit.to_owned(),
    };
    Gate {
        base: revision("origin/main", "0123456789abcdef0123456789abcdef01234567"),
        head: revision("working tree", "89abcdef0123456789abcdef0123456789abcdef"),
        toolchains: ["rustc 1.95.0\nhost: x", "rustc 1.95.0\nhost: x"].map(str::to_owned),
        machine: Machine {
            key: "a machine of two CPUs".to_owned(),
            cpu: None,
            cpus: 2,
        },
        rules: Rules::default(),
        undecided: Strictness::Fail,
        plan: None,
        findings,
        notes: vec!["a note with <b>tags</b> and `ticks`".to_owned()],
        building: Duration::from_secs(61),
        measuring: Duration::from_secs(42),
        started_unix_s: 1_700_000_000,
    }
}

/// A gate with every verdict there is.
fn every_verdict() -> Gate {
    let findings = Verdict::ALL
        .iter()
        .map(|verdict| {
            let ratio = match verdict {
                Verdict::Regressed => Some(1.0512),
                Verdict::Improved => Some(0.31),
                Verdict::Unfit | Verdict::Undecided => Some(1.019),
                Verdict::Unchanged => Some(1.0),
                _ => None,
            };
            let mut finding = finding(&format!("group/{verdict}"), *verdict, ratio);
            if *verdict == Verdict::Unfit {
                finding.rebuilt = finding.estimate;
            }
            if *verdict == Verdict::Failed {
                finding.reason = Some("arm 2 ended early\n    its last words".to_owned());
            }
            finding
        })
        .collect();
    gate(findings)
}

fn hostile() -> Gate {
    let with_reason = |name: &&str| Finding {
        reason: Some(format!("it said {name}")),
        ..finding(name, Verdict::Failed, None)
    };
    gate(HOSTILE.iter().map(with_reason).collect())
}

#[test]
fn markdown_is_what_people_read() {
    insta::assert_snapshot!(to_markdown(&every_verdict()));
}

#[test]
fn junit_is_what_programs_read() {
    insta::assert_snapshot!(to_junit(&every_verdict()).expect("XML"));
}

#[test]
fn json_is_what_its_documentation_says() {
    let value = to_json(&every_verdict());
    assert_eq!(value["exit_code"], 3);
    assert_eq!(value["counts"]["undecided"], 1);
    let fields: Vec<&String> = value["benchmarks"][0]
        .as_object()
        .expect("fields")
        .keys()
        .collect();
    insta::assert_snapshot!(format!("{fields:?}"));
}

#[test]
fn no_name_gets_out_of_its_place_in_markdown() {
    let text = to_markdown(&hostile());
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        // Five cells: six bars that are not escaped.
        let bars = line.replace("\\|", "").matches('|').count();
        assert_eq!(bars, 6, "{line}");
    }
    assert!(text.contains("\n# heading"), "{text}");
    assert!(is_within_blocks(&text, "# heading"), "{text}");
    assert!(!text.contains(['\u{1b}', '\u{0}']), "{text}");
}

/// Whether each line that starts so stands in a code block.
fn is_within_blocks(text: &str, start: &str) -> bool {
    let mut fence: Option<&str> = None;
    text.lines().all(|line| {
        let ticks = line.trim_end_matches("text");
        let is_fence = ticks.len() >= 3 && ticks.chars().all(|character| character == '`');
        match fence {
            None if is_fence => fence = Some(ticks),
            Some(open) if line == open => fence = None,
            _ => {}
        }
        fence.is_some() || !line.starts_with(start)
    })
}

#[test]
fn no_name_becomes_a_tag_in_html() {
    let page = to_html(&hostile()).expect("a page");
    assert!(!page.contains("<script"), "a script");
    assert!(!page.contains("<img"), "an image");
    assert!(page.contains("größe/😀"));
    assert!(
        page.contains("&#60;script&#62;") || page.contains("&lt;script&gt;"),
        "{page}"
    );
    // It asks nobody for anything.
    for word in ["http://", "https://", "src=", "url(", "@import", "<link"] {
        let escaped = page.replace("img src=x", "");
        assert!(!escaped.contains(word), "{word}");
    }
}

#[test]
fn no_name_damages_the_xml() {
    let text = to_junit(&hostile()).expect("XML");
    let read = quick_junit::Report::deserialize_from_str(&text).expect("XML that can be read");
    let cases = &read.test_suites[0].test_cases;
    assert_eq!(cases.len(), HOSTILE.len());
    assert_eq!(cases[0].name.as_str(), HOSTILE[0]);
    assert_eq!(cases[1].name.as_str(), HOSTILE[1]);
    // What no XML may hold, and what colours a terminal, is left out.
    assert_eq!(cases[4].name.as_str(), "red");
    validate(&text);
    validate(&to_junit(&every_verdict()).expect("XML"));
}

/// Against the schema in `tests/fixtures`, where there is a program for it.
fn validate(text: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("gate.xml");
    std::fs::write(&path, text).expect("a file");
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/junit.xsd");
    let output = Command::new("xmllint")
        .args(["--noout", "--schema", schema])
        .arg(&path)
        .output();
    // Elsewhere the library's own reader has to do.
    if let Ok(output) = output {
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}\n{text}");
    }
}

#[test]
fn what_is_only_warned_of_is_skipped_in_xml() {
    let mut gate = every_verdict();
    let count = |gate: &Gate| to_junit(gate).expect("XML").matches("<skipped").count();
    assert_eq!(count(&gate), 1);
    gate.undecided = Strictness::Warn;
    assert_eq!(count(&gate), 3);
}
