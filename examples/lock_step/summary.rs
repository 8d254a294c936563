//! The figures, from the raw data alone, as the tables of METHODOLOGY.md.

use crate::experiments::Experiment;
use crate::share::share;
use serde_json::Value;
use speedup::stats::{
    hodges_lehmann, median, quantile, robust_standard_deviation, signed_rank_interval,
};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;

const LEVEL: f64 = 0.95;
/// Relaunches further off than so many robust standard deviations are strays.
const STRAY: f64 = 3.0;
/// A standard deviation is shown of so many values and more.
const FEWEST: usize = 3;

/// One comparison, read back.
struct Compared {
    id: String,
    truth: f64,
    relaunches: Vec<Value>,
}

impl Compared {
    fn column(&self, field: &str) -> impl Iterator<Item = f64> {
        self.relaunches
            .iter()
            .filter_map(move |line| line[field].as_f64())
    }

    /// ln (measured ratio / true ratio) of each relaunch.
    fn errors(&self) -> Vec<f64> {
        let truth = self.truth.ln();
        self.column("ln_ratio").map(|ln| ln - truth).collect()
    }
}

pub(crate) fn of(experiment: Experiment, lines: &[Value]) -> Result<String, Box<dyn Error>> {
    if lines.is_empty() {
        return Ok("no comparison yet\n".to_owned());
    }
    let comparisons = compared(lines);
    match experiment {
        Experiment::OneAfterTheOther => one_after_the_other(lines),
        Experiment::Identical => spreads(&comparisons),
        Experiment::Known | Experiment::KnownUnderLoad => {
            Ok(spreads(&comparisons)? + "\n" + &coverage(&comparisons)?)
        }
    }
}

fn number(line: &Value, field: &str) -> f64 {
    line[field].as_f64().unwrap_or(f64::NAN)
}

fn text<'a>(line: &'a Value, field: &str) -> &'a str {
    line[field].as_str().unwrap_or_default()
}

fn compared(lines: &[Value]) -> Vec<Compared> {
    let mut comparisons: BTreeMap<u64, Compared> = BTreeMap::new();
    for line in lines {
        comparisons
            .entry(line["comparison"].as_u64().unwrap_or_default())
            .or_insert_with(|| Compared {
                id: text(line, "id").to_owned(),
                truth: number(line, "truth"),
                relaunches: Vec::new(),
            })
            .relaunches
            .push(line.clone());
    }
    comparisons.into_values().collect()
}

/// The benchmarks in the order in which they were compared first.
fn ids<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut ids = Vec::new();
    for id in all {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// The robust standard deviation; of fewer than three values it would say
/// nothing (of one it is 0, of two a multiple of their distance).
fn spread(ln_ratios: &[f64]) -> Result<String, Box<dyn Error>> {
    if ln_ratios.len() < FEWEST {
        return Ok("–".to_owned());
    }
    Ok(percent(robust_standard_deviation(ln_ratios)?))
}

fn percent(ln: f64) -> String {
    format!("{:.2} %", ln * 100.0)
}

/// For each benchmark: how relaunches and estimates scatter around the truth.
fn spreads(comparisons: &[Compared]) -> Result<String, Box<dyn Error>> {
    let mut table = String::from(
        "| benchmark | comparisons | relaunches | SD of a relaunch | strays | SD of the estimate \
         | a relaunch takes | a turn takes besides its sample |\n|---|---|---|---|---|---|---|---|\n",
    );
    for id in ids(comparisons.iter().map(|each| each.id.as_str())) {
        let of_id: Vec<&Compared> = comparisons.iter().filter(|each| each.id == id).collect();
        let errors: Vec<f64> = of_id.iter().flat_map(|each| each.errors()).collect();
        let estimates: Result<Vec<f64>, _> = of_id
            .iter()
            .map(|each| hodges_lehmann(&each.errors()))
            .collect();
        let all =
            |field| -> Vec<f64> { of_id.iter().flat_map(|each| each.column(field)).collect() };
        let scale = robust_standard_deviation(&errors)?;
        let center = median(&mut errors.clone())?;
        let is_stray = |error: &&f64| (**error - center).abs() > STRAY * scale;
        writeln!(
            table,
            "| `{id}` | {} | {} | {} | {} | {} | {:.2} s | {:.2} ms |",
            of_id.len(),
            errors.len(),
            spread(&errors)?,
            errors.iter().filter(is_stray).count(),
            spread(&estimates?)?,
            median(&mut all("seconds"))?,
            median(&mut all("turn_overhead_ns"))? / 1e6,
        )?;
    }
    Ok(table)
}

/// How often the interval holds the truth, and how wide it is.
fn coverage(comparisons: &[Compared]) -> Result<String, Box<dyn Error>> {
    let mut held = 0;
    let mut half_widths = Vec::new();
    let mut seconds = Vec::new();
    for comparison in comparisons {
        let interval = signed_rank_interval(&comparison.errors(), LEVEL)?;
        held += usize::from(interval.contains(0.0));
        half_widths.push(interval.half_width());
        seconds.extend(comparison.column("comparison_seconds").next());
    }
    Ok(format!(
        "| the interval held the true ratio | its half-width, median | nine in ten below | a \
         comparison takes |\n|---|---|---|---|\n| {} | {} | {} | {:.1} s |\n",
        share(held, comparisons.len())?,
        percent(median(&mut half_widths)?),
        percent(quantile(&mut half_widths, 0.9)?),
        median(&mut seconds)?,
    ))
}

/// What two runs of the same benchmark say of each other.
fn one_after_the_other(lines: &[Value]) -> Result<String, Box<dyn Error>> {
    let mut table = String::from(
        "| benchmark | pairs of runs | SD of the ratio | Criterion: \"regressed\" or \"improved\" \
         |\n|---|---|---|---|\n",
    );
    let row = |id: &str, of_id: &[&Value]| -> Result<String, Box<dyn Error>> {
        let ln_ratios: Vec<f64> = of_id.iter().map(|line| number(line, "ln_ratio")).collect();
        let is_alarm = |line: &&&Value| ["regressed", "improved"].contains(&text(line, "verdict"));
        let alarms = of_id.iter().filter(is_alarm).count();
        Ok(format!(
            "| {id} | {} | {} | {} |\n",
            of_id.len(),
            spread(&ln_ratios)?,
            share(alarms, of_id.len())?
        ))
    };
    for id in ids(lines.iter().map(|line| text(line, "id"))) {
        let of_id: Vec<&Value> = lines.iter().filter(|line| text(line, "id") == id).collect();
        table += &row(&format!("`{id}`"), &of_id)?;
    }
    table += &row("all", &lines.iter().collect::<Vec<_>>())?;
    Ok(table)
}
