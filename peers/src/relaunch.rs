//! One relaunch: fresh processes of everything, checked, warmed, and then
//! taking turns in short units.

use crate::job::{Contender, Cpus, Extent, Job, Outcome, Side};
use serde_json::{Value, json};
use speedup::stats::median;
use std::collections::BTreeMap;

/// What one relaunch says of a side.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Turn {
    /// The median time of a unit.
    pub(crate) unit_ns: f64,
    /// The median over rounds of ln (its time / the reference's time).
    pub(crate) ln_ratio: f64,
    pub(crate) peak_bytes: Option<u64>,
}

impl Turn {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "unit_ns": self.unit_ns,
            "ln_ratio": self.ln_ratio,
            "peak_bytes": self.peak_bytes,
        })
    }

    pub(crate) fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            unit_ns: value["unit_ns"].as_f64()?,
            ln_ratio: value["ln_ratio"].as_f64()?,
            peak_bytes: value["peak_bytes"].as_u64(),
        })
    }
}

/// Runs the sides against each other. The first relaunch (index 0) may check the
/// whole work, the others check a unit of it; odd ones begin in reverse order.
pub(crate) fn run(job: &Job, sides: &[&Side], index: usize) -> Outcome<Vec<Turn>> {
    match job.cpus {
        Cpus::All => {}
        #[cfg(target_os = "linux")]
        Cpus::One => crate::one_cpu::stay_on_one_cpu()?,
    }
    let mut contenders = sides
        .iter()
        .map(|side| (side.start)().map_err(|error| named(side, &*error)))
        .collect::<Outcome<Vec<_>>>()?;
    let extent = match index {
        0 if job.is_checked_whole => Extent::Whole,
        unit => Extent::Unit(unit),
    };
    check(sides, &mut contenders, extent)?;
    for (side, contender) in sides.iter().zip(&mut contenders) {
        contender.warm().map_err(|error| named(side, &*error))?;
    }
    let times_ns = take_turns(job.rounds, sides, &mut contenders, index)?;
    let reference = times_ns.first().ok_or("a job without sides")?;
    times_ns
        .iter()
        .zip(&mut contenders)
        .map(|(times, contender)| {
            let ln = |(side, reference): (&f64, &f64)| (side / reference).ln();
            let mut ln_ratios: Vec<f64> = times.iter().zip(reference).map(ln).collect();
            Ok(Turn {
                unit_ns: median(&mut times.clone())?,
                ln_ratio: median(&mut ln_ratios)?,
                peak_bytes: contender.peak_bytes()?,
            })
        })
        .collect()
}

fn named(side: &Side, error: &dyn std::error::Error) -> Box<dyn std::error::Error + Send + Sync> {
    format!("{}: {error}", side.name).into()
}

/// All sides' answers have to be the reference's.
fn check(sides: &[&Side], contenders: &mut [Box<dyn Contender>], extent: Extent) -> Outcome<()> {
    let mut by_answer: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (side, contender) in sides.iter().zip(contenders) {
        let answer = contender
            .digest(extent)
            .map_err(|error| named(side, &*error))?;
        by_answer.entry(answer).or_default().push(side.name);
    }
    if by_answer.len() < 2 {
        return Ok(());
    }
    let camps: Vec<String> = by_answer
        .iter()
        .map(|(answer, names)| {
            let answer: String = answer.chars().take(100).collect();
            format!("'{answer}' ({})", names.join(", "))
        })
        .collect();
    Err(format!("the answers differ: {}", camps.join(" against ")).into())
}

/// The times of each side, a value a round.
fn take_turns(
    rounds: usize,
    sides: &[&Side],
    contenders: &mut [Box<dyn Contender>],
    index: usize,
) -> Outcome<Vec<Vec<f64>>> {
    let mut times_ns = vec![Vec::with_capacity(rounds); sides.len()];
    for round in 0..rounds {
        let mut order: Vec<usize> = (0..sides.len()).collect();
        if (round + index) % 2 == 1 {
            order.reverse();
        }
        for place in order {
            let ns = contenders[place]
                .time_ns(round)
                .map_err(|error| named(sides[place], &*error))?;
            times_ns[place].push(ns);
        }
    }
    Ok(times_ns)
}
