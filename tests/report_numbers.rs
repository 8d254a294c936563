//! Every number of the page, computed again by other code from the same files.

#![cfg(feature = "report")]

mod report_support;

use report_support::Fixture;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The files as they are, and the page's JSON.
struct Case {
    fixture: Fixture,
    json: Value,
    /// How many times as fast as its baseline, by row, from `paired.json`.
    speed_ups: BTreeMap<String, [f64; 3]>,
}

impl Case {
    fn new(cores: usize) -> Self {
        let fixture = Fixture::new(cores, |_| true);
        let mut speed_ups = BTreeMap::new();
        let paired = fixture.record("paired.json");
        for comparison in paired["comparisons"].as_array().expect("a list") {
            for ratio in comparison["ratios"].as_array().expect("a list") {
                let [time, low, high] =
                    ["time_ratio", "low", "high"].map(|name| number(&ratio[name]));
                let id = ratio["id"].as_str().expect("a name").to_owned();
                speed_ups.insert(id, [time.powi(-1), high.powi(-1), low.powi(-1)]);
            }
        }
        Self {
            json: fixture.report().json(),
            fixture,
            speed_ups,
        }
    }

    fn table(&self, id: &str) -> &Vec<Value> {
        self.json["tables"][id]["rows"]
            .as_array()
            .unwrap_or_else(|| panic!("no table {id}"))
    }

    fn file(&self, id: &str, name: &str) -> Value {
        let path = self.fixture.criterion().join(id).join("new").join(name);
        serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON")
    }

    fn cores(&self) -> f64 {
        self.fixture.cores as f64
    }
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

fn words<'a>(row: &'a Value, column: &str) -> &'a str {
    row[column]
        .as_str()
        .unwrap_or_else(|| panic!("no text {column} in {row}"))
}

#[track_caller]
fn same(found: &Value, expected: f64, what: &str) {
    let found = number(found);
    let off = (found - expected).abs();
    assert!(
        off <= 1e-9 * expected.abs().max(1e-9),
        "{what}: {found}, not {expected}"
    );
}

/// A number with its interval.
#[track_caller]
fn same_within(found: &Value, [value, low, high]: [f64; 3], what: &str) {
    same(&found["value"], value, what);
    same(&found["low"], low, what);
    same(&found["high"], high, what);
}

#[test]
fn results_are_those_of_the_files() {
    let case = Case::new(4);
    let costs = case.fixture.record("cost.json");
    let mut rows = 0;
    for group in [
        "sleep",
        "factorial",
        "factorial_algorithm",
        "cache",
        "format",
        "dispatch",
    ] {
        for row in case.table(&format!("results_{group}")) {
            let id = words(row, "benchmark");
            let median = &case.file(id, "estimates.json")["median"];
            let interval = &median["confidence_interval"];
            let time = [
                number(&median["point_estimate"]),
                number(&interval["lower_bound"]),
                number(&interval["upper_bound"]),
            ];
            same_within(&row["time"], time, id);
            match case.speed_ups.get(id) {
                Some(speed_up) => same_within(&row["speed-up"], *speed_up, id),
                None => assert!(row["speed-up"].is_null(), "{id} is a baseline"),
            }
            let cost = &costs["rows"][id];
            let busy = number(&cost["cpu_s"]) / number(&cost["wall_s"]);
            same(&row["CPU time over wall time"]["value"], busy, id);
            same(
                &row["peak memory"]["value"],
                number(&cost["peak_bytes"]),
                id,
            );
            rows += 1;
        }
    }
    assert_eq!(rows, case.fixture.rows.len());
}

#[test]
fn quantiles_are_those_of_the_samples() {
    let case = Case::new(2);
    for row in case.table("spread_factorial") {
        let id = words(row, "benchmark");
        let sample = case.file(id, "sample.json");
        let list = |name: &str| -> Vec<f64> {
            sample[name]
                .as_array()
                .expect("a list")
                .iter()
                .map(number)
                .collect()
        };
        let mut times: Vec<f64> = list("times")
            .iter()
            .zip(list("iters"))
            .map(|(t, n)| t / n)
            .collect();
        times.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
        // Of twenty: between the fifth and the sixth lies the first quartile, a
        // quarter of the way from the fifth on, and so on.
        let between = |low: usize, part: f64| times[low] + part * (times[low + 1] - times[low]);
        let middle = between(9, 0.5);
        same(&row["samples"]["value"], 20.0, id);
        same(&row["fastest"]["value"], times[0], id);
        same(&row["lower quartile"]["value"], between(4, 0.75), id);
        same(&row["median"]["value"], middle, id);
        same(&row["upper quartile"]["value"], between(14, 0.25), id);
        same(&row["slowest"]["value"], times[19], id);
        let mut away: Vec<f64> = times.iter().map(|time| (time - middle).abs()).collect();
        away.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
        // R's `mad` has the same constant.
        let spread = 1.4826 * (away[9] + away[10]) / 2.0 / middle;
        let found = number(&row["robust standard deviation"]["value"]);
        assert!(
            (found / spread - 1.0).abs() < 1e-4,
            "{id}: {found}, not {spread}"
        );
    }
}

#[test]
fn the_staircase_is_what_taking_turns_comes_to() {
    let case = Case::new(2);
    for table in ["staircase_time", "staircase_speed_up"] {
        for row in case.table(table) {
            let workers = number(&row["workers"]["value"]);
            // Rounds until all sixteen have slept.
            let (mut left, mut rounds) = (16.0, 0.0);
            while left > 0.0 {
                left -= workers;
                rounds += 1.0;
            }
            let ideal = 16.0 / rounds;
            same(&row["ideal speed-up"]["value"], ideal, table);
            let id = format!("sleep/{}@{workers}/16x2", words(row, "strategy"));
            let speed_up = case.speed_ups[&id];
            same_within(&row["speed-up"], speed_up, &id);
            same_within(
                &row["part of the ideal"],
                speed_up.map(|times| times / ideal),
                &id,
            );
        }
    }
    for row in case.table("cells") {
        let sleeps: Vec<f64> = words(row, "cell")
            .split('-')
            .map(|text| text.parse().expect("seconds"))
            .collect();
        let longest = sleeps.iter().copied().fold(f64::MIN, f64::max);
        same(
            &row["ideal speed-up"]["value"],
            sleeps.iter().sum::<f64>() / longest,
            "a cell",
        );
    }
}

#[test]
fn efficiency_and_serial_parts_follow_from_the_speed_ups() {
    let case = Case::new(4);
    let id = |row: &Value| {
        format!(
            "factorial/{}@{}/3000",
            words(row, "strategy"),
            number(&row["workers"]["value"])
        )
    };
    for row in case.table("factorial_efficiency") {
        let workers = number(&row["workers"]["value"]);
        same_within(
            &row["efficiency"],
            case.speed_ups[&id(row)].map(|times| times / workers),
            &id(row),
        );
    }
    let mut parts = 0;
    for row in case.table("karp_flatt") {
        let k = number(&row["workers"]["value"]);
        assert!(k >= 2.0 && k <= case.cores());
        // The same as (1/S − 1/k) / (1 − 1/k), multiplied by k.
        let [value, low, high] = case.speed_ups[&id(row)].map(|s| (k / s - 1.0) / (k - 1.0));
        same_within(&row["serial part"], [value, high, low], &id(row));
        parts += 1;
    }
    assert_eq!(parts, 5 * 3);
}

/// Where the polygon through the points, on logarithmic axes, comes to 1: found
/// by halving the last interval in which it does.
fn crossing(points: &[(f64, f64)]) -> Option<f64> {
    let last = points
        .windows(2)
        .rposition(|pair| pair[0].1 < 1.0 && pair[1].1 >= 1.0)?;
    let ((low, a), (high, b)) = (points[last], points[last + 1]);
    let (mut from, mut to) = (0.0, 1.0);
    for _ in 0..200 {
        let middle = f64::midpoint(from, to);
        if a.powf(1.0 - middle) * b.powf(middle) < 1.0 {
            from = middle;
        } else {
            to = middle;
        }
    }
    Some((low.ln() * (1.0 - from) + high.ln() * from).exp())
}

#[test]
fn strategies_cross_where_halving_the_interval_finds_it() {
    let case = Case::new(4);
    let mut crossings = 0;
    for row in case.table("crossover") {
        let strategy = words(row, "strategy");
        for (column, end) in [
            ("may pay from", 2),
            ("pays from (estimate)", 0),
            ("pays from at the latest", 1),
        ] {
            let points = [100.0, 300.0, 1000.0, 3000.0].map(|size| {
                (
                    size,
                    case.speed_ups[&format!("factorial/{strategy}@4/{size}")][end],
                )
            });
            match crossing(&points) {
                Some(size) => {
                    let found = number(&row[column]["value"]);
                    assert!(
                        (found / size - 1.0).abs() < 1e-6,
                        "{strategy}: {found}, not {size}"
                    );
                    crossings += 1;
                }
                None => assert!(row[column].is_null(), "{strategy}"),
            }
        }
    }
    assert!(crossings >= 9, "{crossings}");
}

#[test]
fn no_other_law_fits_better_than_those_on_the_page() {
    let case = Case::new(16);
    for row in case.table("scaling_fits") {
        let strategy = words(row, "strategy");
        let points: Vec<(f64, f64)> = [1.0, 2.0, 3.0, 4.0, 8.0, 10.0, 16.0]
            .map(|k| {
                let of = |k: f64| case.speed_ups[&format!("factorial/{strategy}@{k}/3000")][0];
                (k, of(k) / of(1.0))
            })
            .into();
        let amdahl_loss = |s: f64| -> f64 {
            points
                .iter()
                .map(|(k, c)| (1.0 / c - s - (1.0 - s) / k).powi(2))
                .sum()
        };
        let serial = number(&row["Amdahl: serial part"]["value"]);
        let universal_loss = |a: f64, b: f64| -> f64 {
            points
                .iter()
                .map(|(k, c)| (k / c - 1.0 - a * (k - 1.0) - b * k * (k - 1.0)).powi(2))
                .sum()
        };
        let contention = number(&row["USL: contention"]["value"]);
        let crosstalk = number(&row["USL: crosstalk"]["value"]);
        for step in [-1e-3, -1e-5, 1e-5, 1e-3] {
            if serial + step >= 0.0 {
                assert!(
                    amdahl_loss(serial) <= amdahl_loss(serial + step),
                    "{strategy}"
                );
            }
            let best = universal_loss(contention, crosstalk);
            if contention + step >= 0.0 {
                assert!(
                    best <= universal_loss(contention + step, crosstalk),
                    "{strategy}"
                );
            }
            if crosstalk + step >= 0.0 {
                assert!(
                    best <= universal_loss(contention, crosstalk + step),
                    "{strategy}"
                );
            }
        }
        let worst = points
            .iter()
            .map(|(k, c)| (k / (k * serial + 1.0 - serial) / c - 1.0).abs())
            .fold(0.0, f64::max);
        same(&row["worst error"]["value"], worst, strategy);
    }
    assert_eq!(case.table("scaling_fits").len(), 5);
}

#[test]
fn a_cache_has_paid_when_adding_up_the_calls_says_so() {
    let case = Case::new(2);
    let row = &case.table("calls_until_paid")[0];
    for (column, cold, warm) in [
        ("estimate", 0, 0),
        ("at the earliest", 2, 2),
        ("at the latest", 1, 1),
    ] {
        // In units of a call without a cache.
        let first = 1.0 / case.speed_ups["cache/cold/4-2-6"][cold];
        let again = first / case.speed_ups["cache/warm/4-2-6"][warm];
        let (mut calls, mut with_cache) = (1.0, first);
        while with_cache > calls {
            calls += 1.0;
            with_cache += again;
        }
        same(&row[column]["value"], calls, column);
    }
}

#[test]
fn hit_ratios_are_those_that_the_methodology_names() {
    let case = Case::new(2);
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("METHODOLOGY.md"));
    let text = text.expect("METHODOLOGY.md");
    for row in case.table("hit_ratio") {
        let keys = words(row, "benchmark").rsplit('/').next().expect("keys");
        let found = number(&row["keys found"]["value"]);
        let line = format!("| {keys} | {found:.3} |");
        assert!(text.contains(&line), "METHODOLOGY.md lacks {line}");
    }
}

#[test]
fn the_run_counts_what_is_there() {
    let case = Case::new(4);
    let fact = |name: &str| {
        let rows = case.table("run").iter();
        let row = rows.into_iter().find(|row| words(row, "what") == name);
        row.unwrap_or_else(|| panic!("no {name}"))["value"].clone()
    };
    same(
        &fact("Results")["value"],
        case.fixture.rows.len() as f64,
        "results",
    );
    same(&fact("CPUs available")["value"], 4.0, "cores");
    same(
        &fact("Paired ratios")["value"],
        case.speed_ups.len() as f64,
        "ratios",
    );
    same(&fact("Unpaired ratios")["value"], 0.0, "ratios");
    same(&fact("Rows without a result")["value"], 0.0, "missing");
    assert_eq!(fact("Samples a row"), "20");
}

#[test]
fn an_unpaired_ratio_has_both_intervals_and_what_runs_differ_by() {
    let fixture = Fixture::new(2, |id| id.starts_with("format/"));
    fixture.write_record(
        "paired.json",
        &serde_json::json!({"schema_version": 1, "comparisons": []}),
    );
    let report = fixture.report();
    assert!(
        report
            .warnings
            .iter()
            .any(|warning| warning.key == "unpaired")
    );
    let json = report.json();
    let times: BTreeMap<String, f64> = fixture
        .rows
        .iter()
        .map(|(id, _, time)| (id.to_string(), *time))
        .collect();
    let row = &json["tables"]["results_format"]["rows"][1];
    assert_eq!(row["benchmark"], "format/debug");
    assert_eq!(row["how"], "unpaired");
    let ratio = times["format/display"] / times["format/debug"];
    let apart = (1.959_964_f64 * 0.25).exp();
    let expected = [
        ratio,
        ratio * 0.99 / 1.01 / apart,
        ratio * 1.01 / 0.99 * apart,
    ];
    same_within(&row["speed-up"], expected, "format/debug");
}
