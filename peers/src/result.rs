//! What came out of a job.

use crate::job::{Job, Outcome};
use crate::relaunch::Turn;
use serde_json::{Value, json};
use speedup::stats::{hodges_lehmann, median, signed_rank_interval};

/// The level of the intervals.
pub(crate) const LEVEL: f64 = 0.95;

/// A peer that could not be measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Skipped {
    pub(crate) peer: String,
    pub(crate) why: String,
    pub(crate) install: String,
    pub(crate) jobs: Vec<String>,
}

/// The ratio of two times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ratio {
    pub(crate) estimate: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Ratio {
    /// From one ln ratio a relaunch.
    fn of(ln_ratios: &[f64]) -> Outcome<Self> {
        let estimate = hodges_lehmann(ln_ratios)?.exp();
        let interval = signed_rank_interval(ln_ratios, LEVEL)?.map_increasing(f64::exp);
        Ok(Self {
            estimate,
            low: interval.low,
            high: interval.high,
        })
    }

    fn to_json(self) -> Value {
        json!({"estimate": self.estimate, "low": self.low, "high": self.high})
    }
}

/// A side's times.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SideResult {
    pub(crate) name: String,
    pub(crate) is_ours: bool,
    pub(crate) peer: Option<String>,
    pub(crate) includes: String,
    pub(crate) unit_ns: f64,
    pub(crate) peak_bytes: Option<u64>,
    /// None for the reference.
    pub(crate) ratio: Option<Ratio>,
    /// A value a relaunch; none for the reference.
    pub(crate) ln_ratios: Vec<f64>,
}

/// A job's sides, the reference first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct JobResult {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) unit: String,
    pub(crate) checked: String,
    pub(crate) sides: Vec<SideResult>,
}

impl JobResult {
    /// From what each relaunch says of each able side.
    pub(crate) fn new(job: &Job, able: &[usize], relaunches: &[Vec<Turn>]) -> Outcome<Self> {
        let sides = able
            .iter()
            .enumerate()
            .map(|(column, &place)| {
                let turns: Vec<&Turn> = relaunches.iter().map(|turns| &turns[column]).collect();
                let side = &job.sides[place];
                let mut result = SideResult {
                    name: side.name.to_owned(),
                    is_ours: side.is_ours,
                    peer: side.peer.map(|peer| peer.name.to_owned()),
                    includes: side.includes.clone(),
                    unit_ns: median(
                        &mut turns.iter().map(|turn| turn.unit_ns).collect::<Vec<_>>(),
                    )?,
                    peak_bytes: middle(turns.iter().filter_map(|turn| turn.peak_bytes).collect()),
                    ratio: None,
                    ln_ratios: Vec::new(),
                };
                if column > 0 {
                    result.ln_ratios = turns.iter().map(|turn| turn.ln_ratio).collect();
                    result.ratio = Some(Ratio::of(&result.ln_ratios)?);
                }
                Ok(result)
            })
            .collect::<Outcome<Vec<_>>>()?;
        Ok(Self {
            name: job.name.to_owned(),
            title: job.title.clone(),
            unit: job.unit.to_owned(),
            checked: job.checked.to_owned(),
            sides,
        })
    }

    pub(crate) fn to_json(&self) -> Value {
        let sides: Vec<Value> = self
            .sides
            .iter()
            .map(|side| {
                json!({
                    "name": side.name,
                    "is_ours": side.is_ours,
                    "peer": side.peer,
                    "includes": side.includes,
                    "unit_ns": side.unit_ns,
                    "unit": self.unit,
                    "peak_bytes": side.peak_bytes,
                    "ratio": side.ratio.map(Ratio::to_json),
                    "ln_ratios": side.ln_ratios,
                })
            })
            .collect();
        json!({
            "name": self.name,
            "title": self.title,
            "ours": self.sides.first().map(|side| &side.name),
            "checked": self.checked,
            "sides": sides,
        })
    }
}

/// The median of whole numbers, the lower one of two.
fn middle(mut values: Vec<u64>) -> Option<u64> {
    values.sort_unstable();
    values.get(values.len().checked_sub(1)? / 2).copied()
}
