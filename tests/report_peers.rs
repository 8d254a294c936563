//! The section "Against its peers": what the page says of `peers.json`, and of
//! one that can't be used. The fixture was never measured.

#![cfg(feature = "report")]

mod report_support;

use proptest::prelude::*;
use report_support::{Fixture, START, keep_for_browser, text};
use serde_json::{Value, json};
use speedup::report::{Folders, Input, Machine, Markers, Report};
use std::fs;
use std::path::Path;

const COMMAND: &str = "cargo run --release --manifest-path peers/Cargo.toml";

fn peers() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/peers.json");
    serde_json::from_slice(&fs::read(path).expect("the fixture")).expect("JSON")
}

/// A small run with the text as its `peers.json`.
fn fixture_with(text: &str) -> Fixture {
    let fixture = Fixture::new(2, |id| id.starts_with("format/"));
    fs::write(fixture.folder().join("peers.json"), text).expect("a file");
    fixture
}

fn report_of(peers: &Value) -> Report {
    fixture_with(&peers.to_string()).report()
}

/// The rows of a table in the JSON of the page.
fn table(report: &Report, id: &str) -> Vec<Value> {
    let json = report.json();
    let rows = json["tables"][id]["rows"].as_array();
    rows.unwrap_or_else(|| panic!("no table {id}")).clone()
}

/// What is said of a job, by its place.
fn sentence(report: &Report, job: usize) -> String {
    let answer = &table(report, "peers_answers")[job]["answer"];
    answer.as_str().expect("a sentence").to_owned()
}

fn left_out(report: &Report) -> String {
    let all = report.rows.left_out.iter().map(ToString::to_string);
    all.collect::<Vec<_>>().join("\n")
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn all_kinds_of_sides_are_shown() {
    let fixture = fixture_with(&peers().to_string());
    let report = fixture.report();
    assert_eq!(left_out(&report), "");
    keep_for_browser("peers", &report, Some(&fixture.criterion()));
    insta::assert_snapshot!("peers", text(&report.html()));
}

#[test]
fn every_number_of_the_peers_is_that_of_the_file() {
    let peers = peers();
    let report = report_of(&peers);
    let mut rows = table(&report, "peers").into_iter();
    let mut ratios = 0;
    for job in peers["jobs"].as_array().expect("jobs") {
        for side in job["sides"].as_array().expect("sides") {
            let row = rows.next().expect("a row a side");
            let name = &side["name"];
            assert_eq!((&row["job"], &row["side"]), (&job["title"], name));
            assert_eq!(row["time"]["value"], side["unit_ns"], "{name}");
            assert_eq!(row["of"], side["unit"], "{name}");
            assert_eq!(row["its time includes"], side["includes"], "{name}");
            match &side["peak_bytes"] {
                Value::Null => assert!(row["peak memory"].is_null(), "{name}"),
                bytes => {
                    let peak = &row["peak memory"];
                    assert_eq!(number(&peak["value"]).to_string(), bytes.to_string());
                    assert_eq!(peak["unit"], "bytes");
                }
            }
            let values: Vec<f64> = side["ln_ratios"]
                .as_array()
                .expect("a list")
                .iter()
                .map(number)
                .collect();
            if side["ratio"].is_null() {
                assert!(
                    row["ratio"].is_null() && row["relaunches"].is_null(),
                    "{name}"
                );
                continue;
            }
            assert_eq!(
                number(&row["relaunches"]["value"]).to_string(),
                values.len().to_string()
            );
            // The median of all means of two, and for eight values and 95 % the
            // fourth from either end (Hollander, Wolfe & Chicken, table A.4).
            let mut means: Vec<f64> = (0..8)
                .flat_map(|i| (i..8).map(move |j| (i, j)))
                .map(|(i, j)| f64::midpoint(values[i], values[j]))
                .collect();
            means.sort_by(f64::total_cmp);
            for (field, expected) in [
                ("value", f64::midpoint(means[17], means[18])),
                ("low", means[3]),
                ("high", means[32]),
            ] {
                let found = number(&row["ratio"][field]);
                let off = (found / expected.exp() - 1.0).abs();
                assert!(
                    off < 1e-9,
                    "{name}: {field} is {found}, not {}",
                    expected.exp()
                );
            }
            ratios += 1;
        }
    }
    assert_eq!((rows.next(), ratios), (None, 10));
    let run = table(&report, "peers_run");
    let fact = |name: &str| {
        let mut rows = run.iter();
        rows.find(|row| row["what"] == name).expect(name)["value"].clone()
    };
    assert_eq!(fact("Took")["value"], 312.4e9);
    assert_eq!(fact("Intervals")["value"], 0.95);
    assert_eq!(fact("CPUs available")["value"], 2.0);
    assert_eq!(fact("Command"), COMMAND);
    let versions = table(&report, "peers_versions");
    assert_eq!(json!(versions), peers["versions"]);
    let rows = table(&report, "peers");
    assert_eq!(rows[1]["version"], "3.11.7");
    assert!(rows[0]["version"].is_null(), "ours has none");
}

#[test]
fn what_is_said_of_a_peer_changes_with_its_ratio() {
    let said = |estimate: f64, low: f64, high: f64| {
        let mut peers = peers();
        // The job with one peer.
        peers["jobs"][3]["sides"][1]["ratio"] =
            json!({"estimate": estimate, "low": low, "high": high});
        let report = report_of(&peers);
        let row = &table(&report, "peers")[13];
        assert_eq!(row["ratio"]["value"], estimate);
        sentence(&report, 3)
    };
    assert_eq!(
        said(5.85, 5.78, 5.89),
        "CPython, lru_cache takes 5.85 (5.78 to 5.89) times as long as memoized."
    );
    assert_eq!(
        said(0.25, 0.2, 0.5),
        "CPython, lru_cache is faster, 4.00 (2.00 to 5.00) times as fast as memoized."
    );
    for (estimate, low, high) in [(1.2, 0.95, 1.5), (1.2, 1.0, 1.5), (0.9, 0.8, 1.0)] {
        let said = said(estimate, low, high);
        assert!(
            said.starts_with("undecided: ") && !said.contains("fast"),
            "{said}"
        );
    }
}

#[test]
fn without_the_file_one_sentence_says_how_to_make_it() {
    let report = Fixture::new(2, |id| id.starts_with("format/")).report();
    let page = text(&report.html());
    let said = format!("Nothing was measured against its peers: {COMMAND} does so.");
    assert!(page.contains(&said), "{page}");
    assert!(report.tables().all(|table| !table.id.starts_with("peers")));
}

#[test]
fn a_file_that_cannot_be_used_is_named_with_the_command_that_makes_it() {
    let whole = peers().to_string();
    let of_version = |version| {
        let mut peers = peers();
        peers["schema_version"] = version;
        peers.to_string()
    };
    let without = |name: &str| {
        let mut peers = peers();
        peers[name].take();
        peers.to_string()
    };
    for (content, why) in [
        (whole[..whole.len() / 2].to_owned(), "it is no JSON"),
        (String::new(), "it is no JSON"),
        (whole.replacen("0.95", "NaN", 1), "it is no JSON"),
        (of_version(json!(2)), "its schema_version is 2"),
        (of_version(json!("1")), "its schema_version is \"1\""),
        ("[]".to_owned(), "its schema_version is null"),
        (without("level"), "it has no number 'level'"),
        (without("started_unix_s"), "it has no 'started_unix_s'"),
        (without("jobs"), "it has no list of 'jobs'"),
    ] {
        let report = fixture_with(&content).report();
        let said = left_out(&report);
        assert!(
            said.starts_with("'peers.json'") && said.contains(why) && said.contains(COMMAND),
            "{why}: {said}"
        );
        assert!(!said.contains("cargo bench"), "{said}");
        let page = text(&report.html());
        assert!(page.contains(&format!("peers.json | {why}")), "{page}");
        assert!(page.contains("Nothing was measured against its peers"));
        assert!(page.contains("format/display"), "the rest is shown");
    }
}

#[test]
fn a_job_that_cannot_be_is_left_out_by_name_and_the_others_stay() {
    type Change = fn(&mut Value);
    let cases: [(&str, Change); 22] = [
        ("its 'unit_ns' is 0", |job| {
            job["sides"][1]["unit_ns"] = json!(0.0);
        }),
        ("its 'unit_ns' is -5", |job| {
            job["sides"][0]["unit_ns"] = json!(-5.0);
        }),
        ("no number 'unit_ns'", |job| {
            job["sides"][0]["unit_ns"] = json!("5");
        }),
        ("its 'unit_ns' is 1e", |job| {
            job["sides"][0]["unit_ns"] = json!(1e300);
        }),
        ("its ratio: its 'low' is 0", |job| {
            job["sides"][1]["ratio"]["low"] = json!(0);
        }),
        ("its ratio: it has no number 'high'", |job| {
            job["sides"][1]["ratio"]["high"] = Value::Null;
        }),
        ("its ratio: it has no number 'estimate'", |job| {
            job["sides"][1]["ratio"] = Value::Null;
        }),
        ("its ratio: its 'estimate' is 1e", |job| {
            job["sides"][1]["ratio"]["estimate"] = json!(1e99);
        }),
        ("lies outside its interval", |job| {
            job["sides"][1]["ratio"]["estimate"] = json!(99.0);
        }),
        ("has a ratio all the same", |job| {
            job["sides"][0]["ratio"] = json!({"estimate": 1, "low": 1, "high": 1});
        }),
        ("no list 'ln_ratios'", |job| {
            job["sides"][1]["ln_ratios"] = Value::Null;
        }),
        ("'peak_bytes' is no number", |job| {
            job["sides"][1]["peak_bytes"] = json!(-1);
        }),
        ("no 'is_ours'", |job| {
            job["sides"][1]["is_ours"] = Value::Null;
        }),
        ("no 'includes'", |job| {
            job["sides"][1]["includes"] = json!("  ");
        }),
        ("no 'name'", |job| job["sides"][1]["name"] = json!(7)),
        ("stands there twice", |job| {
            job["sides"][1]["name"] = job["sides"][0]["name"].clone();
        }),
        ("its first side is not our own", |job| {
            job["sides"][0]["is_ours"] = json!(false);
        }),
        ("its first side is not our own", |job| {
            job["ours"] = json!("another");
        }),
        ("no list of 'sides'", |job| job["sides"] = json!({})),
        ("its first side is not our own", |job| {
            job["sides"] = json!([]);
        }),
        ("no 'title'", |job| job["title"] = Value::Null),
        ("more than 50 sides", |job| {
            job["sides"] = json!(vec![job["sides"][0].clone(); 51]);
        }),
    ];
    for (why, change) in cases {
        let mut peers = peers();
        change(&mut peers["jobs"][0]);
        let report = report_of(&peers);
        let said = left_out(&report);
        assert!(
            said.contains("job 0, 'single_factorials'") && said.contains(why),
            "{why}: {said}"
        );
        assert_eq!(said.lines().count(), 1, "{said}");
        assert_eq!(table(&report, "peers_answers").len(), 4, "{why}");
    }
}

#[test]
fn jobs_that_cannot_be_told_apart_or_are_too_many_are_left_out() {
    let mut twice = peers();
    twice["jobs"][1]["name"] = twice["jobs"][0]["name"].clone();
    twice["jobs"][3]["title"] = twice["jobs"][2]["title"].clone();
    let report = report_of(&twice);
    assert_eq!(table(&report, "peers_answers").len(), 3);
    assert_eq!(
        left_out(&report)
            .matches("another has its name or title")
            .count(),
        2
    );

    let mut many = peers();
    let job = many["jobs"][4].clone();
    let jobs: Vec<Value> = (0..500)
        .map(|index| {
            let mut job = job.clone();
            job["name"] = json!(format!("job_{index}"));
            job["title"] = json!(format!("Job {index}"));
            job
        })
        .collect();
    many["jobs"] = json!(jobs);
    let report = report_of(&many);
    assert_eq!(table(&report, "peers_answers").len(), 100);
    assert!(left_out(&report).contains("more than 100 jobs"));

    let mut none = peers();
    none["jobs"] = json!([]);
    let page = text(&report_of(&none).html());
    assert!(
        page.contains("None of the jobs that were measured can be shown"),
        "{page}"
    );
}

#[test]
fn hostile_words_never_become_markup() {
    let hostile =
        "</title></svg><script>alert(1)</script> \"q\" 'r' `code` | \u{1b}[31m \u{202e} {{ x }}";
    let long = "x".repeat(5000);
    let mut peers = peers();
    for (place, word) in [
        ("/command", hostile),
        ("/commit", hostile),
        ("/scale", &long),
        ("/machine/cpu", hostile),
        ("/machine/kernel", &long),
        ("/versions/0/peer", hostile),
        ("/versions/0/version", &long),
        ("/skipped/0/peer", hostile),
        ("/skipped/0/why", &long),
        ("/skipped/0/install", hostile),
        ("/skipped/0/jobs/0", hostile),
        ("/jobs/0/title", hostile),
        ("/jobs/0/checked", hostile),
        ("/jobs/0/sides/1/name", hostile),
        ("/jobs/0/sides/1/includes", &long),
        ("/jobs/0/sides/2/unit", hostile),
        ("/jobs/0/sides/2/peer", hostile),
        ("/jobs/1/title", &long),
        ("/jobs/1/sides/1/name", &long),
        ("/jobs/4/name", hostile),
    ] {
        *peers.pointer_mut(place).expect(place) = json!(word);
    }
    let fixture = fixture_with(&peers.to_string());
    let report = fixture.report();
    let page = report.html();
    for markup in ["<script", "</title></svg><", "\u{1b}", "\u{202e}"] {
        assert!(!page.contains(markup), "{markup}");
    }
    assert!(!page.contains(&"x".repeat(400)));
    let said = left_out(&report);
    assert!(
        said.contains("job 4") && said.contains("no word of a to z"),
        "{said}"
    );
    assert_eq!(table(&report, "peers_answers").len(), 4);
    let markdown = report.markdown();
    assert!(!markdown.contains("<script"));
    keep_for_browser("peers_hostile", &report, Some(&fixture.criterion()));
}

#[test]
fn peers_of_another_machine_or_build_are_said_so() {
    let keys = |peers: &Value, here: Option<&Machine>| {
        let fixture = fixture_with(&peers.to_string());
        let input = Input::read(&Folders::within(fixture.folder())).expect("a folder");
        let report = Report::new(&input, here);
        let keys = report.warnings.iter().map(|warning| warning.key);
        let found: Vec<&str> = keys.filter(|key| key.starts_with("peers")).collect();
        // They are shown all the same.
        assert_eq!(table(&report, "peers_answers").len(), 5);
        found
    };
    assert_eq!(keys(&peers(), None), Vec::<&str>::new());
    for (place, value) in [
        ("/machine/cpu", json!("Another CPU")),
        ("/machine/cores", json!(64)),
    ] {
        let mut other = peers();
        *other.pointer_mut(place).expect(place) = value;
        assert_eq!(keys(&other, None), ["peers_other_machine"], "{place}");
    }
    for (place, value, is_other) in [
        ("/scale", json!("2"), true),
        ("/commit", json!("fedcba9"), true),
        ("/commit", json!("0123456-dirty"), true),
        ("/commit", json!("0123456"), false),
        ("/commit", Value::Null, false),
        // They may be measured before the rest, or after it.
        ("/started_unix_s", json!(START - 1000), false),
    ] {
        let mut other = peers();
        *other.pointer_mut(place).expect(place) = value.clone();
        let expected: &[&str] = if is_other {
            &["peers_other_build"]
        } else {
            &[]
        };
        assert_eq!(keys(&other, None), expected, "{place}: {value}");
    }

    // Without a run beside it, it is this machine that counts.
    let place = tempfile::tempdir().expect("a folder");
    fs::write(place.path().join("peers.json"), peers().to_string()).expect("a file");
    let input = Input::read(&Folders::within(place.path())).expect("a folder");
    let of = |processor: &str| Machine {
        processor: Some(processor.to_owned()),
        ..Machine::default()
    };
    let warned = |here: &Machine| !Report::new(&input, Some(here)).warnings.is_empty();
    assert!(warned(&of("Another CPU")));
    assert!(!warned(&of("Example CPU")));
}

#[test]
fn readme_shows_the_peers_where_they_were_measured() {
    let begin = "<!-- peers: made by `speedup report --readme`, from reports/sample -->";
    let results = "<!-- results: made by `speedup report --readme`, from reports/sample -->\n\
                   <!-- /results -->\n";
    let both = format!("{results}\n{begin}\nold\n<!-- /peers -->\nend\n");
    let report = report_of(&peers());
    let renewed = report.renew_readme(&both).expect("it has both");
    let row = "| Factorials below 9000, one core, each on its own \
               | prime swing on num-bigint: 5.230 ms (a sixteenth of the list) \
               | rug, GMP: 0.582 (0.576 to 0.584) | dashu: 0.990 (0.976 to 1.007) \
               | CPython: 5.85 (5.82 to 5.88) |";
    for words in [
        row,
        &format!("{begin}\nFrom `{COMMAND}` on Example CPU (2 CPUs), 2025-06-15 15:08 UTC:\n"),
        "\n\nVersions: CPython 3.11.7, dashu-int 0.5.0, ",
        "\n\nNot installed there, and skipped: joblib, moka.\n<!-- /peers -->\nend\n",
    ] {
        assert!(renewed.contains(words), "{words}: {renewed}");
    }
    assert!(!renewed.contains("\nold\n"));
    assert_eq!(report.renew_readme(&renewed).as_ref(), Ok(&renewed));

    let missing = report
        .renew_readme(results)
        .expect_err("there is no place for them");
    assert!(missing.to_string().contains(begin), "{missing}");

    let without = Fixture::new(2, |id| id.starts_with("format/")).report();
    assert!(without.renew_readme(results).is_ok());
    let emptied = without.renew_readme(&both).expect("it has both");
    assert!(
        emptied.contains(&format!("{begin}\n<!-- /peers -->\nend\n")),
        "{emptied}"
    );
    assert_ne!(Markers::PEERS, Markers::RESULTS);
}

#[cfg(feature = "cli")]
#[test]
fn the_terminal_names_what_is_left_out_of_the_peers() {
    let mut peers = peers();
    peers["jobs"][2]["sides"][1]["unit_ns"] = json!(0);
    peers["jobs"][3]["name"] = json!("\u{1b}[31mred");
    let fixture = fixture_with(&peers.to_string());
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_speedup"))
        .args(["report", "--any-machine", "--from"])
        .arg(fixture.folder())
        .output()
        .expect("the command can be started");
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8_lossy(&output.stderr);
    for words in [
        "left out: 'peers.json': job 2, 'many_sleeps': side 'tokio': its 'unit_ns' is 0",
        "job 3, '\u{fffd}[31mred'",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains('\u{1b}'), "{said:?}");
}

/// Every value in the file, by its place.
fn places(value: &Value, place: &str, all: &mut Vec<String>) {
    all.push(place.to_owned());
    match value {
        Value::Array(list) => {
            for (index, one) in list.iter().enumerate() {
                places(one, &format!("{place}/{index}"), all);
            }
        }
        Value::Object(fields) => {
            for (name, one) in fields {
                places(one, &format!("{place}/{name}"), all);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_stands_in_the_file_a_page_is_made_and_none_of_it_is_markup(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..10), 1..4),
    ) {
        let words = "<script>\u{1b}".repeat(40);
        let values = [
            Value::Null, json!(-1), json!(0), json!(1e308), json!(1e-308), json!(u64::MAX),
            json!(""), json!(words), json!([]), json!({"ratio": []}),
        ];
        let mut file = peers();
        for (at, value) in changes {
            let mut all = Vec::new();
            places(&file, "", &mut all);
            let place = at.get(&all).clone();
            *file.pointer_mut(&place).expect("it is there") = values[value].clone();
        }
        let place = tempfile::tempdir().expect("a folder");
        fs::write(place.path().join("peers.json"), file.to_string()).expect("a file");
        let input = Input::read(&Folders::within(place.path())).expect("a folder");
        let report = Report::new(&input, None);
        let page = report.html();
        let is_free = ["<script", "\u{1b}"].iter().all(|words| !page.contains(words));
        prop_assert!(is_free);
        // No coordinate of a chart is lost.
        let is_drawn = ["NaN", "\"inf\""].iter().all(|words| !page.contains(words));
        prop_assert!(is_drawn);
    }
}
