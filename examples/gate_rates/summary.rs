//! The tables, from the raw data alone.

use crate::experiments::Experiment;
use crate::record::Record;
use crate::share::share;
use crate::subject::{KINDS, Kind, PERCENTS};
use serde_json::Value;
use speedup::gate::Rules;
use speedup::stats::{StatsError, hodges_lehmann, median, quantile, signed_rank_interval};
use std::error::Error;
use std::fmt::Write;

/// Thresholds on the ratio of means, as users of critcmp set them.
const THRESHOLDS: [f64; 2] = [1.05, 1.10];
/// The U-test's one-sided level: a standard normal value (1 %).
const U_TEST: f64 = 2.326;

/// What a folder has of all experiments.
pub(crate) fn all(folder: &str) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    let (mut identical, mut gates, mut usual) = (Vec::new(), Vec::new(), Vec::new());
    for experiment in Experiment::ALL {
        let lines = Record::new(folder, experiment.name()).lines()?;
        if experiment.is_usual() {
            usual.extend(lines);
            continue;
        }
        if !lines.is_empty() {
            writeln!(text, "{}", of(experiment, &lines)?)?;
        }
        if experiment.is_over_identical_source() {
            identical.extend_from_slice(&lines);
        }
        // What the usual ways are run on as well.
        if matches!(experiment, Experiment::FalseAlarms | Experiment::Power) {
            gates.extend(lines);
        }
    }
    let (alarms, all) = (gates_with(&identical, &["regressed"]), identical.len());
    writeln!(
        text,
        "all gates over identical source with an alarm: {}",
        share(alarms, all)?
    )?;
    if !usual.is_empty() {
        writeln!(
            text,
            "\n## beside the usual ways: {} gates, {} runs\n\n{}",
            gates.len(),
            usual.len(),
            side_by_side(&gates, &usual)?
        )?;
    }
    Ok(text)
}

pub(crate) fn of(experiment: Experiment, lines: &[Value]) -> Result<String, Box<dyn Error>> {
    let mut text = format!("## {}: {} runs\n\n", experiment.name(), lines.len());
    if lines.is_empty() {
        return Ok(text);
    }
    if experiment.is_usual() {
        text.push_str(&side_by_side(&[], lines)?);
        return Ok(text);
    }
    text.push_str(&verdicts(&experiment.ids(), lines)?);
    text.push_str(&match experiment {
        Experiment::Power => power(lines)?,
        _ => alarms(lines)?,
    });
    text.push_str(&times(lines)?);
    Ok(text)
}

fn benchmarks(line: &Value) -> impl Iterator<Item = &Value> {
    line["benchmarks"].as_array().into_iter().flatten()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

/// How often each benchmark got each verdict.
fn verdicts(ids: &[String], lines: &[Value]) -> Result<String, Box<dyn Error>> {
    let names = [
        "unchanged",
        "undecided",
        "unfit",
        "improved",
        "regressed",
        "failed",
    ];
    let mut text = format!("| benchmark | {} | smallest found |\n", names.join(" | "));
    writeln!(text, "|---|{}---:|", "---:|".repeat(names.len()))?;
    for id in ids {
        let own: Vec<&Value> = lines
            .iter()
            .flat_map(benchmarks)
            .filter(|each| each["id"] == id.as_str())
            .collect();
        let name = id.strip_prefix("kind/").unwrap_or(id);
        write!(text, "| {name} |")?;
        for name in names {
            let count = own.iter().filter(|each| each["verdict"] == name).count();
            write!(text, " {count} |")?;
        }
        let mut found: Vec<f64> = own
            .iter()
            .filter_map(|each| each["smallest_found"].as_f64())
            .collect();
        match found.len() {
            0 => writeln!(text, " |")?,
            _ => writeln!(text, " +{:.1} % |", (median(&mut found)? - 1.0) * 100.0)?,
        }
    }
    let errors = lines
        .iter()
        .filter(|line| benchmarks(line).next().is_none())
        .count();
    if errors > 0 {
        writeln!(text, "\nruns that ended in an error: {errors}")?;
    }
    Ok(text)
}

fn alarms(lines: &[Value]) -> Result<String, Box<dyn Error>> {
    let all = lines.len();
    Ok(format!(
        "\ngates with an alarm: {}\ngates with an undecided or unfit benchmark: {}\n",
        share(gates_with(lines, &["regressed"]), all)?,
        share(gates_with(lines, &["undecided", "unfit"]), all)?,
    ))
}

/// How many gates gave one of these verdicts to any benchmark.
fn gates_with(lines: &[Value], verdicts: &[&str]) -> usize {
    let has = |line: &&Value| {
        benchmarks(line).any(|each| verdicts.iter().any(|name| each["verdict"] == *name))
    };
    lines.iter().filter(has).count()
}

fn power(lines: &[Value]) -> Result<String, Box<dyn Error>> {
    let mut text = String::from(
        "\n| slowed | by | found | undecided or unfit | others named |\n|---|---:|---|---|---|\n",
    );
    for kind in KINDS {
        for percent in PERCENTS {
            let id = kind.id();
            let own: Vec<&Value> = lines
                .iter()
                .filter(|line| line["slowed"] == id.as_str() && line["percent"] == percent)
                .collect();
            // Where no aim is set.
            if own.is_empty() {
                continue;
            }
            let runs_in_which = |is_own: bool, verdicts: &[&str]| {
                let has = |line: &&&Value| {
                    benchmarks(line).any(|each| {
                        (each["id"] == id.as_str()) == is_own
                            && verdicts.iter().any(|name| each["verdict"] == *name)
                    })
                };
                own.iter().filter(has).count()
            };
            writeln!(
                text,
                "| {} | +{percent} % | {} | {} | {} |",
                kind.name,
                share(runs_in_which(true, &["regressed"]), own.len())?,
                runs_in_which(true, &["undecided", "unfit"]),
                share(runs_in_which(false, &["regressed"]), own.len())?,
            )?;
        }
    }
    text.push_str("\n| slowed | decisions | found nine times in ten from |\n|---|---:|---:|\n");
    for kind in KINDS {
        let id = kind.id();
        let of_kind = lines.iter().filter(|line| line["slowed"] == id.as_str());
        let sizes: Result<Vec<f64>, _> = of_kind
            .filter_map(|line| smallest_decided(line, &id))
            .collect();
        let mut sizes = sizes?;
        if !sizes.is_empty() {
            let (decisions, size) = (sizes.len(), quantile(&mut sizes, 0.9)?);
            let percent = (size.exp() - 1.0) * 100.0;
            writeln!(text, "| {} | {decisions} | +{percent:.1} % |", kind.name)?;
        }
    }
    Ok(text)
}

/// The smallest slowdown, as ln ratio, that the same relaunches would have
/// shown: the signed-rank tests reject exactly if the lower ends of their
/// intervals lie beyond the margin, and those ends move with the true ratio.
/// None where the slowed benchmark was not routed.
fn smallest_decided(line: &Value, id: &str) -> Option<Result<f64, StatsError>> {
    let rules = Rules::default();
    let truth = (1.0 + line["percent"].as_f64()? / 100.0).ln();
    let is_routed = |each: &&Value| !numbers(&each["decision"]).is_empty();
    let routed = benchmarks(line).filter(is_routed).count();
    let slowed = benchmarks(line)
        .find(|each| each["id"] == id)
        .filter(is_routed)?;
    let head = numbers(&slowed["decision"]);
    let rebuilt = numbers(&slowed["decision_rebuilt"]);
    let level = 1.0 - 2.0 * rules.alpha / routed as f64;
    let found = || {
        let mut low = signed_rank_interval(&head, level)?.low;
        let mut margin = rules.ln_margin();
        if !rebuilt.is_empty() {
            let against: Vec<f64> = head.iter().zip(&rebuilt).map(|(a, b)| a - b).collect();
            low = low.min(signed_rank_interval(&against, level)?.low);
            margin = margin.max(hodges_lehmann(&rebuilt)?.abs());
        }
        Ok(truth - low + margin)
    };
    Some(found())
}

/// How long it takes.
fn times(lines: &[Value]) -> Result<String, Box<dyn Error>> {
    let mut gates: Vec<f64> = lines
        .iter()
        .filter_map(|line| line["measuring_s"].as_f64())
        .collect();
    let mut each: Vec<f64> = lines
        .iter()
        .flat_map(benchmarks)
        .filter_map(|each| each["seconds"].as_f64())
        .collect();
    if gates.is_empty() || each.is_empty() {
        return Ok(String::new());
    }
    Ok(format!(
        "\nmeasuring a gate: median {:.1} s, nine in ten below {:.1} s; a benchmark: median {:.1} s, at most {:.1} s\n",
        median(&mut gates)?,
        quantile(&mut gates, 0.9)?,
        median(&mut each)?,
        quantile(&mut each, 1.0)?,
    ))
}

/// How often the gate and the usual ways call a benchmark slower; and any of a
/// run's, where none is.
fn side_by_side(gates: &[Value], usual: &[Value]) -> Result<String, Box<dyn Error>> {
    let mut text = String::from(
        "| benchmark | slowed by | gate | Criterion | means, 5 % | means, 10 % | U-test, 1 % |\n|---|---:|---|---|---|---|---|\n",
    );
    let each = KINDS.iter().flat_map(|kind| {
        let percents = [0].into_iter().chain(PERCENTS);
        percents.map(move |percent| (Some(*kind), percent))
    });
    for (kind, percent) in each.chain([(None, 0)]) {
        let (gates, usual) = (runs(gates, kind, percent), runs(usual, kind, percent));
        if gates.is_empty() && usual.is_empty() {
            continue;
        }
        let cells = [
            slower(&gates, |each| each["verdict"] == "regressed")?,
            slower(&usual, |each| each["criterion"] == "regressed")?,
            slower(&usual, |each| ratio_of_means(each) > THRESHOLDS[0])?,
            slower(&usual, |each| ratio_of_means(each) > THRESHOLDS[1])?,
            slower(&usual, |each| mann_whitney(each) > U_TEST)?,
        ];
        let name = kind.map_or("any of a run", |kind| kind.name);
        writeln!(text, "| {name} | {percent} % | {} |", cells.join(" | "))?;
    }
    Ok(text)
}

/// The benchmarks of a kind, or all, in each run in which they were slowed so much.
fn runs(lines: &[Value], kind: Option<Kind>, percent: u32) -> Vec<Vec<&Value>> {
    let id = kind.map(Kind::id);
    let is_slowed = |line: &&Value| match &line["slowed"] {
        Value::Null => percent == 0,
        slowed => id.as_ref().is_some_and(|id| slowed == id) && line["percent"] == percent,
    };
    let is_own = |each: &&Value| id.as_ref().is_none_or(|id| each["id"] == *id);
    let own = |line| -> Vec<&Value> { benchmarks(line).filter(is_own).collect() };
    let runs = lines.iter().filter(is_slowed).map(own);
    runs.filter(|run| !run.is_empty()).collect()
}

/// In how many runs any benchmark is called slower; a dash where there are none.
fn slower(
    runs: &[Vec<&Value>],
    is_slower: impl Fn(&Value) -> bool,
) -> Result<String, Box<dyn Error>> {
    if runs.is_empty() {
        return Ok("–".to_owned());
    }
    let any = runs
        .iter()
        .filter(|run| run.iter().any(|each| is_slower(each)));
    share(any.count(), runs.len())
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().into_iter().flatten().map(number).collect()
}

fn ratio_of_means(benchmark: &Value) -> f64 {
    let mean = |name: &str| {
        let times = numbers(&benchmark[name]);
        times.iter().sum::<f64>() / times.len() as f64
    };
    mean("head_ns") / mean("base_ns")
}

/// The Mann–Whitney U of the head's samples above the base's, standardised by
/// its normal approximation.
fn mann_whitney(benchmark: &Value) -> f64 {
    let (base, head) = (
        numbers(&benchmark["base_ns"]),
        numbers(&benchmark["head_ns"]),
    );
    let pairs = head
        .iter()
        .flat_map(|head| base.iter().map(move |base| head - base));
    let u: f64 = pairs
        .map(|difference| match difference {
            ..0.0 => 0.0,
            0.0 => 0.5,
            _ => 1.0,
        })
        .sum();
    let (n, m) = (base.len() as f64, head.len() as f64);
    (u - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}
