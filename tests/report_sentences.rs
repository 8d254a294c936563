//! The sentences of the page follow from its numbers.

#![cfg(feature = "report")]

mod report_support;

use report_support::{Fixture, HALF_WIDTH, time_ns};
use speedup::catalog::Id;
use speedup::report::Report;

/// What the paired interval of the model is, and how to move it to a value.
fn with_speed_up(row: &str, value: f64) -> Report {
    let group = row.split('/').next().expect("a group");
    // Counting hit ratios takes a while, so they are left out where they don't
    // matter.
    let fixture = Fixture::new(2, |id| {
        id.starts_with(&format!("{group}/")) && (row.contains("zipf") || !id.contains("zipf"))
    });
    let mut paired = fixture.record("paired.json");
    for comparison in paired["comparisons"].as_array_mut().expect("a list") {
        let ratio = &mut comparison["ratios"][0];
        if ratio["id"] == row {
            for (name, time) in [
                ("time_ratio", 1.0 / value),
                ("low", (-HALF_WIDTH).exp() / value),
                ("high", HALF_WIDTH.exp() / value),
            ] {
                ratio[name] = serde_json::json!(time);
            }
        }
    }
    fixture.write_record("paired.json", &paired);
    fixture.report()
}

#[test]
fn every_sentence_changes_with_its_number() {
    for (key, row) in [
        ("waiting", "sleep/threads@3/10-8-5"),
        ("waiting_processes", "sleep/process_pool@3/10-8-5"),
        ("waiting_event_loop", "sleep/event_loop/10-8-5"),
        ("cores", "factorial/rayon@2/3000"),
        ("lock", "factorial/global_lock@2/3000"),
        ("algorithm", "factorial_algorithm/list_running_product/9000"),
        ("remembering", "cache/warm/4-2-6"),
        ("bounded", "cache/zipf_lru/16384"),
        ("sharing", "cache/warm_shared_by@2/10000"),
        ("printing", "format/debug"),
    ] {
        let said = |value: f64| {
            let report = with_speed_up(row, value);
            let answer = report
                .answers
                .into_iter()
                .find(|answer| answer.key == key)
                .expect(key);
            (answer.verdict.name(), answer.sentence)
        };
        let (verdict, sentence) = said(3.21);
        assert_eq!(verdict, "pays", "{sentence}");
        assert!(
            sentence.contains("3.21 (3.18 to 3.24) times as fast"),
            "{sentence}"
        );
        let (verdict, sentence) = said(0.5);
        assert_eq!(verdict, "costs", "{sentence}");
        assert!(
            sentence.contains("2.00 (1.98 to 2.02) times as long"),
            "{sentence}"
        );
        let (verdict, sentence) = said(1.003);
        assert_eq!(verdict, "undecided", "{sentence}");
        assert!(sentence.starts_with("Undecided: "), "{sentence}");
        assert!(
            sentence.contains("0.993 to 1.01 times as fast"),
            "{sentence}"
        );
    }
}

#[test]
fn the_sizes_and_calls_that_are_named_change_with_the_numbers() {
    let said = |report: &Report, key: &str| {
        let mut answers = report.answers.iter();
        let answer = answers.find(|answer| answer.key == key).expect("an answer");
        answer.sentence.clone()
    };
    for (key, strategy) in [
        ("size_threads", "threads"),
        ("size_rayon", "rayon"),
        ("size_process_pool", "process_pool"),
    ] {
        let before = said(
            &Fixture::new(2, |id| id.starts_with("factorial/")).report(),
            key,
        );
        let slower = |id: &Id, cores| {
            let factor = if id.function() == strategy { 1.5 } else { 1.0 };
            time_ns(id, cores) * factor
        };
        let after = said(
            &Fixture::with(2, |id| id.starts_with("factorial/"), slower).report(),
            key,
        );
        assert_ne!(before, after);
    }
    let calls = |value| said(&with_speed_up("cache/cold/4-2-6", value), "calls");
    assert!(calls(0.9).contains("from call 2 on"), "{}", calls(0.9));
    assert!(calls(0.1).contains("from call 10 on"), "{}", calls(0.1));
    let never = said(&with_speed_up("cache/warm/4-2-6", 0.5), "calls");
    assert!(never.starts_with("Never"), "{never}");
    let process = |value| {
        said(
            &with_speed_up("dispatch/start_process_pool@1/1", value),
            "process",
        )
    };
    assert!(
        process(0.05).contains("20.0 (19.8 to 20.2) times as long as starting a thread"),
        "{}",
        process(0.05)
    );
    assert!(process(1.0).contains("Undecided"), "{}", process(1.0));
}
