//! The tables of README and METHODOLOGY say what the committed measurements
//! say.

mod common;

use serde_json::Value;
use speedup::stats::{hodges_lehmann, signed_rank_interval};
use speedup::workload::zipf;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

fn file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The same without line breaks, in which a sentence can be looked for.
fn one_line(path: &str) -> String {
    let text = file(path);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What `speedup gate --json` wrote.
fn evidence(name: &str) -> Value {
    let text = file(&format!("reports/evidence/{name}.json"));
    serde_json::from_str(&text).expect("JSON")
}

/// Estimate and interval of a comparison, as the tables print them.
fn measured(name: &str) -> String {
    let text = file(&format!("reports/evidence/targets/{name}.jsonl"));
    let mut lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let place = lines.next().expect("where it was measured");
    let values: Vec<f64> = lines
        .map(|line| line["value"].as_f64().expect("a number"))
        .collect();
    let interval = signed_rank_interval(&values, 0.95).expect("numbers");
    let estimate = hodges_lehmann(&values).expect("numbers");
    let [estimate, low, high] = [estimate, interval.low, interval.high].map(|value| {
        let measure = place["measure"].as_str().expect("a measure");
        match measure.strip_prefix("ns for ") {
            Some(calls) => {
                let calls = calls.strip_suffix(" calls").expect("a number of calls");
                format!("{:.1}", value / calls.parse::<f64>().expect("a number"))
            }
            None if measure == "ln ratio" => three_digits(value.exp()),
            None => format!("{:.3}", value / 1e6),
        }
    });
    format!("{estimate} | {low} to {high}")
}

/// Three significant digits and no exponent.
fn three_digits(value: f64) -> String {
    match value {
        ..10.0 => format!("{value:.2}"),
        10.0..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

#[test]
fn every_row_of_the_tables_is_what_was_measured() {
    let mut rows = 0;
    for document in ["README.md", "METHODOLOGY.md"] {
        for line in file(document).lines() {
            // | `name` | what | estimate | low to high |
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [_, name, _, estimate, interval, _] = cells[..] else {
                continue;
            };
            let Some(name) = name
                .strip_prefix('`')
                .and_then(|name| name.strip_suffix('`'))
                // Benchmarks have a group; their tables have a test of their own.
                .filter(|name| !name.contains('/'))
            else {
                continue;
            };
            let said = format!("{estimate} | {interval}");
            assert_eq!(said, measured(name), "{document}, `{name}`");
            rows += 1;
        }
    }
    assert!(rows > 15, "only {rows} rows were found");
}

#[test]
fn the_documented_hit_ratios_are_those_of_the_keys() {
    let text = file("METHODOLOGY.md");
    for distinct in [256, 1024, 4096, 16_384] {
        let keys = zipf::keys(distinct).expect("some keys");
        let row = format!("| {distinct} | {:.3} |", zipf::hit_ratio(&keys));
        assert!(text.contains(&row), "METHODOLOGY.md lacks {row}");
    }
}

/// The last standard deviation of a row is of as many values as it has
/// comparisons; of one or two it would say nothing.
fn assert_spread_is_of_three_values_or_more(row: &str) {
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    // | benchmark | comparisons | … | SD |, and one or two columns after it.
    let ([_, _, count, _, _, _, spread, _, _, _] | [_, _, count, spread, _, _]) = cells[..] else {
        return;
    };
    let Ok(count) = count.parse::<usize>() else {
        return;
    };
    assert_eq!(spread == "–", count < 3, "{row}");
}

#[test]
fn the_tables_about_lock_step_are_what_its_raw_data_gives() {
    let example = common::build("--example", "lock_step");
    let text = file("METHODOLOGY.md");
    for experiment in [
        "identical",
        "one_after_the_other",
        "known",
        "known_under_load",
    ] {
        let output = Command::new(&example)
            .arg(experiment)
            .output()
            .expect("it can be started");
        assert!(output.status.success(), "{}", common::stderr(&output));
        let tables = common::stdout(&output);
        let rows = tables.lines().filter(|line| line.starts_with('|'));
        assert!(rows.clone().count() > 2, "{experiment}: {tables}");
        for row in rows {
            assert!(text.contains(row), "METHODOLOGY.md lacks {row}");
            assert_spread_is_of_three_values_or_more(row);
        }
    }
}

#[test]
fn the_rates_of_the_gate_are_what_its_raw_data_gives() {
    let example = common::build("--example", "gate_rates");
    let [summary, before] = ["summary", "summary_before"].map(|word| {
        let output = Command::new(&example)
            .arg(word)
            .output()
            .expect("it can be started");
        assert!(output.status.success(), "{}", common::stderr(&output));
        common::stdout(&output)
    });
    let methodology = file("METHODOLOGY.md");
    let is_figure = |line: &&str| {
        let starts = ["|", "gates with", "all gates", "measuring a gate"];
        starts.iter().any(|start| line.starts_with(start))
    };
    let mut figures = 0;
    for line in summary.lines().filter(is_figure) {
        assert!(methodology.contains(line), "METHODOLOGY.md lacks {line}");
        figures += 1;
    }
    assert!(figures > 20, "{summary}");
    let (_, section) = methodology.split_once("*Before.*").expect("a section");
    let (section, _) = section.split_once("\n## ").expect("its end");
    for line in section.lines().filter(is_figure) {
        assert!(before.contains(line), "METHODOLOGY.md says {line}");
    }

    let readme = file("README.md");
    let (_, block) = readme.split_once("<!-- gate rates").expect("a block");
    let (block, _) = block.split_once("<!-- /gate rates -->").expect("its end");
    let is_row = |line: &&str| line.starts_with('|') && line.contains('%');
    let mut rows = 0;
    for line in block.lines().filter(is_row) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let is_said = match cells[..] {
            // | what was compiled and loaded how | alarms |
            [_, _, alarms, _] => {
                let said = format!("with an alarm: {alarms}");
                summary.contains(&said) || before.contains(&said)
            }
            _ => summary.lines().any(|said| said == line),
        };
        assert!(is_said, "README.md says {line}");
        rows += 1;
    }
    assert!(rows > 20, "{block}");
}

#[test]
fn what_a_gate_over_the_whole_suite_came_to_is_what_its_result_says() {
    let methodology = one_line("METHODOLOGY.md");
    let [aligned, budget, not_aligned] =
        ["gate_suite", "gate_suite_budget", "gate_suite_not_aligned"].map(evidence);
    for revision in ["base", "head"] {
        for other in [&budget, &not_aligned] {
            assert_eq!(short(&aligned[revision]), short(&other[revision]));
        }
    }
    let rows = aligned["benchmarks"].as_array().expect("a list").len();
    let (head, base) = (short(&aligned["head"]), short(&aligned["base"]));
    let outcome = |gate: &Value| {
        let minutes = gate["measuring_s"].as_f64().expect("seconds") / 60.0;
        let headline = gate["headline"].as_str().expect("text");
        format!("took {minutes:.1} minutes of measuring: {headline}")
    };
    let decided = |gate: &Value| {
        let rows = gate["benchmarks"].as_array().expect("a list").iter();
        rows.filter(|row| row["p_slower"].is_number()).count()
    };
    for said in [
        format!(
            "all {rows} rows of the suite, {head} against {base}, {}.",
            outcome(&aligned)
        ),
        format!(
            "With `--budget 20m`, a gate over the same {}",
            outcome(&budget)
        ),
        format!("{} rows went to the decision", decided(&budget)),
        format!(
            "a gate over the same two revisions {} ",
            outcome(&not_aligned)
        ),
    ] {
        assert!(methodology.contains(&said), "METHODOLOGY.md lacks: {said}");
    }
}

#[test]
fn what_readme_says_of_gates_over_the_whole_suite_is_what_their_results_say() {
    let readme = one_line("README.md");
    let [aligned, budget] = ["gate_suite", "gate_suite_budget"].map(evidence);
    let rows = aligned["benchmarks"].as_array().expect("a list").len();
    let count = |gate: &Value, verdict: &str| gate["counts"][verdict].as_u64().expect("a count");
    let [in_seven, in_twenty] = [&aligned, &budget].map(|gate| {
        assert_eq!(count(gate, "regressed"), 0);
        count(gate, "undecided") + count(gate, "unfit")
    });
    for said in [
        format!("all {rows} rows of this repository's own suite"),
        format!("after seven minutes with {in_seven} undecided"),
        format!("With `--budget 20m`, {in_twenty} rows were undecided or unfit."),
    ] {
        assert!(readme.contains(&said), "README.md lacks: {said}");
    }
}

#[test]
fn what_aligned_functions_do_for_a_gate_is_what_its_raw_data_says() {
    let methodology = file("METHODOLOGY.md");
    let mut of_flags: BTreeMap<String, (usize, BTreeMap<String, usize>)> = BTreeMap::new();
    for line in file("reports/evidence/gate_alignment.jsonl").lines() {
        let run: Value = serde_json::from_str(line).expect("JSON");
        let flags = match run["RUSTFLAGS"].as_str().expect("text") {
            "" => "none".to_owned(),
            flags => format!("`{flags}`"),
        };
        let (gates, verdicts) = of_flags.entry(flags).or_default();
        *gates += 1;
        for benchmark in run["gate"]["benchmarks"].as_array().expect("a list") {
            let verdict = benchmark["verdict"].as_str().expect("text").to_owned();
            *verdicts.entry(verdict).or_default() += 1;
        }
    }
    assert_eq!(of_flags.len(), 2);
    for (flags, (gates, verdicts)) in of_flags {
        let verdicts: Vec<String> = verdicts
            .iter()
            .map(|(verdict, count)| format!("{count} {verdict}"))
            .collect();
        let row = format!("| {flags} | {gates} | {} |", verdicts.join(", "));
        assert!(methodology.contains(&row), "METHODOLOGY.md lacks {row}");
    }
}

fn short(revision: &Value) -> String {
    let commit = revision["commit"].as_str().expect("a commit");
    format!("`{}`", &commit[..7])
}
