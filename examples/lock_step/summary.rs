//! The figures, from the raw data alone.

use crate::experiments::Experiment;
use serde_json::Value;
use speedup::stats::{
    clopper_pearson, hodges_lehmann, median, quantile, robust_standard_deviation,
    signed_rank_interval,
};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;

const LEVEL: f64 = 0.95;
/// Relaunches further off than so many robust standard deviations are strays.
const STRAY: f64 = 3.0;

/// One comparison, read back.
struct Compared {
    id: String,
    truth: f64,
    ln_ratios: Vec<f64>,
}

pub(crate) fn of(experiment: Experiment, lines: &[Value]) -> Result<String, Box<dyn Error>> {
    if lines.is_empty() {
        return Ok("no comparison yet\n".to_owned());
    }
    match experiment {
        Experiment::OneAfterTheOther => one_after_the_other(lines),
        Experiment::Identical => Ok(spreads(lines)? + &coverage(&compared(lines))?),
        Experiment::Known | Experiment::KnownUnderLoad => {
            Ok(spreads(lines)? + &coverage(&compared(lines))?)
        }
    }
}

fn number(line: &Value, field: &str) -> f64 {
    line[field].as_f64().unwrap_or(f64::NAN)
}

fn compared(lines: &[Value]) -> Vec<Compared> {
    let mut comparisons: BTreeMap<u64, Compared> = BTreeMap::new();
    for line in lines {
        let comparison = comparisons
            .entry(line["comparison"].as_u64().unwrap_or_default())
            .or_insert_with(|| Compared {
                id: line["id"].as_str().unwrap_or_default().to_owned(),
                truth: number(line, "truth"),
                ln_ratios: Vec::new(),
            });
        comparison.ln_ratios.push(number(line, "ln_ratio"));
    }
    comparisons.into_values().collect()
}

/// For each benchmark: how relaunches and estimates scatter around the truth.
fn spreads(lines: &[Value]) -> Result<String, Box<dyn Error>> {
    let comparisons = compared(lines);
    let mut ids: Vec<&str> = comparisons.iter().map(|each| each.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut text = String::from(
        "benchmark              comparisons  relaunches  SD of ln ratio  strays  SD of estimate  \
         seconds a relaunch\n",
    );
    for id in ids {
        let of_id: Vec<&Compared> = comparisons.iter().filter(|each| each.id == id).collect();
        let errors: Vec<f64> = of_id
            .iter()
            .flat_map(|each| each.ln_ratios.iter().map(|ln| ln - each.truth.ln()))
            .collect();
        let estimates: Result<Vec<f64>, _> = of_id
            .iter()
            .map(|each| hodges_lehmann(&each.ln_ratios).map(|ln| ln - each.truth.ln()))
            .collect();
        let mut seconds: Vec<f64> = lines
            .iter()
            .filter(|line| line["id"] == id)
            .map(|line| number(line, "seconds"))
            .collect();
        let spread = robust_standard_deviation(&errors)?;
        let center = median(&mut errors.clone())?;
        let strays = errors
            .iter()
            .filter(|x| (**x - center).abs() > STRAY * spread)
            .count();
        writeln!(
            text,
            "{id:24} {:9}  {:10}  {:12.3} %  {strays:6}  {:12.3} %  {:18.3}",
            of_id.len(),
            errors.len(),
            spread * 100.0,
            robust_standard_deviation(&estimates?)? * 100.0,
            median(&mut seconds)?,
        )?;
    }
    Ok(text)
}

/// How often the interval holds the truth, and how wide it is.
fn coverage(comparisons: &[Compared]) -> Result<String, Box<dyn Error>> {
    let mut held = 0;
    let mut half_widths = Vec::new();
    for comparison in comparisons {
        let interval = signed_rank_interval(&comparison.ln_ratios, LEVEL)?;
        held += u64::from(interval.contains(comparison.truth.ln()));
        half_widths.push(interval.half_width());
    }
    let bounds = clopper_pearson(held, comparisons.len() as u64, LEVEL)?;
    Ok(format!(
        "\nthe 95 % interval holds the truth in {held} of {} ({:.1} % to {:.1} %)\n\
         half-width: median {:.3} %, nine in ten below {:.3} %\n",
        comparisons.len(),
        bounds.low * 100.0,
        bounds.high * 100.0,
        median(&mut half_widths)? * 100.0,
        quantile(&mut half_widths, 0.9)? * 100.0,
    ))
}

fn one_after_the_other(lines: &[Value]) -> Result<String, Box<dyn Error>> {
    let ln_ratios: Vec<f64> = lines.iter().map(|line| number(line, "ln_ratio")).collect();
    let mut text = format!(
        "{} pairs of runs; robust SD of ln ratio {:.2} %; Criterion's verdicts:\n",
        lines.len(),
        robust_standard_deviation(&ln_ratios)? * 100.0
    );
    let mut verdicts: BTreeMap<&str, u64> = BTreeMap::new();
    for line in lines {
        *verdicts
            .entry(line["verdict"].as_str().unwrap_or_default())
            .or_default() += 1;
    }
    for (verdict, count) in verdicts {
        let bounds = clopper_pearson(count, lines.len() as u64, LEVEL)?;
        writeln!(
            text,
            "  {verdict:12} {count:4} ({:.1} % to {:.1} %)",
            bounds.low * 100.0,
            bounds.high * 100.0
        )?;
    }
    Ok(text)
}
