//! What the page says of results of every kind.

#![cfg(feature = "report")]

mod report_support;

use report_support::{
    Fixture, START, estimates, keep_for_browser, set_modified, text, write_row, write_row_as,
};
use serde_json::json;
use speedup::report::{Folders, Input, Machine, Report, Verdict};
use std::fs;

/// Large enough to show every section, small enough to be read.
fn few(id: &str) -> bool {
    let is_small = id.ends_with("/300") || id.ends_with("/3000");
    id.starts_with("factorial/") && is_small || id.contains("4-2-6") || id.contains("16x2")
}

fn snapshot(name: &str, report: &Report, fixture: &Fixture) {
    keep_for_browser(name, report, Some(&fixture.criterion()));
    insta::assert_snapshot!(name, text(&report.html()));
}

#[test]
fn a_complete_run_has_all_sections_and_no_reason_for_doubt() {
    let fixture = Fixture::new(8, |_| true);
    let report = fixture.report();
    assert_eq!(report.warnings, []);
    assert_eq!(report.left_out.rows, Vec::<Vec<_>>::new());
    let page = report.html();
    for anchor in [
        "answers",
        "trust",
        "results",
        "waiting",
        "computing",
        "remembering",
        "peers",
        "spread",
        "guide",
    ] {
        assert!(
            page.contains(&format!("<section id=\"{anchor}\"")),
            "{anchor}"
        );
    }
    assert!(
        report
            .answers
            .iter()
            .all(|answer| answer.verdict != Verdict::NotMeasured)
    );
    snapshot("complete", &report, &fixture);
}

#[test]
fn with_one_core_nothing_is_said_to_scale() {
    let fixture = Fixture::new(1, few);
    let report = fixture.report();
    let cores = &report.answers[3];
    assert_eq!(cores.question, "What does the one core buy?");
    assert_eq!(cores.verdict, Verdict::Costs, "{}", cores.sentence);
    snapshot("one_core", &report, &fixture);
}

#[test]
fn with_64_cores_the_laws_are_fitted() {
    let fixture = Fixture::new(64, few);
    let report = fixture.report();
    let fits = report.tables().find(|table| table.id == "scaling_fits");
    assert_eq!(fits.expect("fits").rows.len(), 5);
    snapshot("many_cores", &report, &fixture);
}

#[test]
fn what_was_not_measured_is_said_so() {
    let fixture = Fixture::new(2, |id| {
        id.starts_with("format/") || id == "sleep/threads@3/10-8-5"
    });
    let report = fixture.report();
    let waiting = &report.answers[0];
    assert_eq!(waiting.verdict, Verdict::NotMeasured);
    assert!(
        waiting.sentence.contains("`cargo bench -- sleep/`"),
        "{}",
        waiting.sentence
    );
    assert!(
        report
            .warnings
            .iter()
            .any(|warning| warning.key == "missing")
    );
    snapshot("missing", &report, &fixture);
}

#[test]
fn what_is_older_than_the_run_is_left_out_by_name() {
    let fixture = Fixture::new(2, few);
    let old = "factorial/rayon@2/3000";
    let estimates = fixture.criterion().join(old).join("new/estimates.json");
    set_modified(&estimates, START - 1);
    let mut paired = fixture.record("paired.json");
    paired["comparisons"][0]["measured_at_unix_s"] = json!(START - 1);
    fixture.write_record("paired.json", &paired);
    let report = fixture.report();
    assert_eq!(report.rows.stale, 2);
    assert!(report.rows.rows.iter().all(|row| row.id.to_string() != old));
    let left_out = &report.rows.left_out;
    assert!(
        left_out.iter().any(|one| one.path.ends_with(old)),
        "{left_out:?}"
    );
    assert_eq!(report.answers[2].verdict, Verdict::NotMeasured);
    snapshot("stale", &report, &fixture);
}

#[test]
fn where_nothing_pays_the_crossover_is_not_reached() {
    let slow = |id: &speedup::catalog::Id, cores| {
        let factor = if id.workers().is_some() { 3.0 } else { 1.0 };
        report_support::time_ns(id, cores) * factor
    };
    let fixture = Fixture::with(2, few, slow);
    let report = fixture.report();
    for key in ["size_threads", "size_rayon", "size_process_pool"] {
        let answer = report
            .answers
            .iter()
            .find(|answer| answer.key == key)
            .expect(key);
        assert_eq!(answer.verdict, Verdict::Costs);
        assert!(
            answer.sentence.starts_with("Not reached"),
            "{}",
            answer.sentence
        );
    }
    snapshot("no_crossover", &report, &fixture);
}

#[test]
fn hostile_names_are_named_and_never_become_markup() {
    let fixture = Fixture::new(2, few);
    let criterion = fixture.criterion();
    let long = "x".repeat(5000);
    for (index, name) in [
        "<script>alert(1)</script>",
        "\"quoted\" 'twice'",
        "100 % # ?",
        "naïve/größe/ß",
        "</title></style><img src=x onerror=alert(1)>",
        "{{ braces }} {% raw %}",
        &long,
        "\u{1b}[31mred\u{7}",
        "a/b/c/d/e",
        "",
        "factorial/rayon@2/<b>",
    ]
    .into_iter()
    .enumerate()
    {
        write_row_as(&criterion, name, &format!("hostile {index} <i>\"'%#"), 5.0);
    }
    // Names that are well-formed but mean nothing here.
    for name in [
        "sleep/threads@3/99999999999999999999x2",
        "cache/zipf_lru/18446744073709551615",
        "other/row",
    ] {
        write_row(&criterion, name, 5.0);
    }
    let report = fixture.report();
    let page = report.html();
    for markup in [
        "<script",
        "<img",
        "<i>\"",
        "onerror=alert(1)>",
        "/<b>",
        "\u{1b}",
    ] {
        assert!(!page.contains(markup), "{markup}");
    }
    assert_eq!(report.rows.left_out.len(), 11);
    assert_eq!(report.rows.beyond_catalog.len(), 3);
    // No line of the page is as long as the longest name.
    assert!(
        text(&page)
            .lines()
            .all(|line| !line.contains(&"x".repeat(1000)))
    );
    snapshot("hostile", &report, &fixture);
}

#[test]
fn damaged_files_are_named_and_the_rest_is_shown() {
    let fixture = Fixture::new(2, few);
    let of = |id: &str, file: &str| fixture.criterion().join(id).join("new").join(file);
    fs::write(
        of("factorial/threads@1/300", "estimates.json"),
        "{\"mean\": {",
    )
    .expect("a file");
    fs::write(of("factorial/threads@2/300", "sample.json"), "").expect("a file");
    fs::remove_file(of("factorial/rayon@1/300", "estimates.json")).expect("a file");
    fs::write(
        of("factorial/rayon@2/300", "estimates.json"),
        estimates(-4.0).to_string(),
    )
    .expect("a file");
    fs::write(
        of("factorial/rayon@10/300", "estimates.json"),
        "{\"Mean\": {}}",
    )
    .expect("a file");
    let renamed = fixture.criterion().join("factorial/renamed");
    fs::rename(
        fixture.criterion().join("factorial/process_pool@1"),
        renamed,
    )
    .expect("a folder");
    fs::write(fixture.folder().join("cost.json"), "not JSON").expect("a file");
    fs::write(
        fixture.folder().join("run.json"),
        "{\"schema_version\": 99}",
    )
    .expect("a file");
    let report = fixture.report();
    let said = text(&report.html());
    for words in [
        "threads@1/300/new/estimates.json | it is no JSON",
        "threads@2/300/new/sample.json | it is empty",
        "rayon@1/300/new/estimates.json | it is missing",
        "rayon@2/300/new/estimates.json | its median is -4 ns",
        "rayon@10/300/new/estimates.json | it has no estimate 'median'; was it written by another version",
        "factorial/renamed/300/new/benchmark.json | it says that its folder is",
        "cost.json | it is no JSON",
        "run.json | its schema_version is 99",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(said.contains("factorial/threads@10/300"));
    assert!(
        report
            .warnings
            .iter()
            .any(|warning| warning.key == "no_run")
    );
}

#[test]
fn without_results_the_page_says_how_to_get_some() {
    let place = tempfile::tempdir().expect("a folder");
    let input = Input::read(&Folders::within(place.path())).expect("nothing is no error");
    let report = Report::new(&input, Some(&Machine::here()));
    assert!(text(&report.html()).contains("cargo bench measures every row"));
    keep_for_browser("empty", &report, None);
}

#[test]
fn results_of_another_machine_are_told_from_those_of_this_one() {
    let fixture = Fixture::new(2, few);
    let input = Input::read(&Folders::within(fixture.folder())).expect("a folder");
    let has_warning = |here: &Machine| {
        let report = Report::new(&input, Some(here));
        report
            .warnings
            .iter()
            .any(|warning| warning.key == "other_machine")
    };
    let same = Machine {
        processor: Some("Example CPU".to_owned()),
        ..Machine::default()
    };
    let other = Machine {
        processor: Some("Another CPU".to_owned()),
        ..Machine::default()
    };
    assert!(!has_warning(&same));
    assert!(has_warning(&other));
}

#[test]
fn two_thousand_benchmarks_fit_in_a_page_of_five_megabytes() {
    let fixture = Fixture::new(2, |_| true);
    for index in 0..2000 - fixture.rows.len() {
        let id = format!(
            "generated/function_{}@{}/{index}",
            index % 40,
            1 + index % 7
        );
        write_row(&fixture.criterion(), &id, 1000.0 + index as f64);
    }
    let mut input = Input::read(&Folders::within(fixture.folder())).expect("a folder");
    let report = Report::new(&input, None);
    assert_eq!(report.rows.rows.len(), 2000);
    let page = report.html();
    assert!(page.len() <= 5_000_000, "{} bytes", page.len());
    // Six thousand files need not be copied for the browser to see them linked.
    input.links.clear();
    keep_for_browser("two_thousand", &Report::new(&input, None), None);
}

#[test]
fn each_reason_for_doubt_has_its_fact_cause_and_next_step() {
    type Change = fn(&mut serde_json::Value);
    let cases: [(&str, Change); 8] = [
        ("load", |run| run["load_before"] = json!(1.5)),
        ("virtual", |run| run["machine"]["is_virtual"] = json!(true)),
        ("governor", |run| {
            run["machine"]["governor"] = json!("powersave");
        }),
        ("turbo", |run| run["machine"]["has_turbo"] = json!(true)),
        ("affinity", |run| run["machine"]["cores_online"] = json!(16)),
        ("dirty", |run| run["is_dirty"] = json!(true)),
        ("older_results", |run| {
            run["started_unix_s"] = json!(START + 7200);
        }),
        ("missing", |_| ()),
    ];
    for (key, change) in cases {
        let fixture = Fixture::new(2, few);
        let mut run = fixture.record("run.json");
        change(&mut run);
        fixture.write_record("run.json", &run);
        let report = fixture.report();
        let keys: Vec<&str> = report.warnings.iter().map(|warning| warning.key).collect();
        let expected = if key == "missing" {
            vec![key]
        } else {
            vec![key, "missing"]
        };
        assert_eq!(keys, expected);
        let warning = &report.warnings[0];
        for part in [&warning.fact, &warning.cause, &warning.next] {
            assert!(
                part.ends_with('.') || part.ends_with('?') || part.ends_with(')'),
                "{part}"
            );
        }
    }
}

#[test]
fn samples_that_look_wrong_are_named() {
    let fixture = Fixture::new(2, few);
    let rewrite = |id: &str, times: Vec<f64>| {
        let path = fixture.criterion().join(id).join("new/sample.json");
        let sample = json!({"iters": vec![1.0; times.len()], "times": times});
        fs::write(path, sample.to_string()).expect("a file");
    };
    let steady = |count: i32| {
        (0..count)
            .map(|index| 1000.0 + f64::from(index * 7 % 20))
            .collect()
    };
    rewrite("factorial/rayon@1/300", steady(5));
    rewrite(
        "factorial/rayon@2/300",
        (0..20)
            .map(|index| 1000.0 + 10.0 * f64::from(index))
            .collect(),
    );
    rewrite(
        "factorial/rayon@10/300",
        (0..20)
            .map(|index| 1000.0 * f64::from(1 + index * 7 % 20))
            .collect(),
    );
    rewrite(
        "factorial/threads@1/300",
        (0..20)
            .map(|index| f64::from(1000 + 100 * (index % 2) + index * 7 % 5))
            .collect(),
    );
    let report = fixture.report();
    for (key, row) in [
        ("few_samples", "factorial/rayon@1/300"),
        ("drifting", "factorial/rayon@2/300"),
        ("noisy", "factorial/rayon@10/300"),
        ("bimodal", "factorial/threads@1/300"),
    ] {
        let warning = report
            .warnings
            .iter()
            .find(|warning| warning.key == key)
            .expect(key);
        assert_eq!(warning.rows, [row], "{key}");
    }
}
