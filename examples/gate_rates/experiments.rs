//! What is run, and what is written down of it.

use crate::load::Load;
use crate::rounded::rounded;
use crate::subject::{BASE, Culprit, REBUILT, Subject, culprits, rebuilt, slowed};
use crate::usual;
use serde_json::{Value, json};
use speedup::gate::output::to_json;
use speedup::gate::{GateError, Request, run};
use std::error::Error;
use std::time::Instant;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Experiment {
    FalseAlarms,
    FalseAlarmsUnderLoad,
    FalseAlarmsRebuilt,
    Power,
    UsualFalseAlarms,
    UsualPower,
}

/// What one run is of.
pub(crate) struct Run {
    /// Its place among all.
    pub(crate) index: usize,
    culprit: Option<Culprit>,
}

impl Experiment {
    pub(crate) const ALL: [Self; 6] = [
        Self::FalseAlarms,
        Self::FalseAlarmsUnderLoad,
        Self::FalseAlarmsRebuilt,
        Self::Power,
        Self::UsualFalseAlarms,
        Self::UsualPower,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::FalseAlarms => "false_alarms",
            Self::FalseAlarmsUnderLoad => "false_alarms_under_load",
            Self::FalseAlarmsRebuilt => "false_alarms_rebuilt",
            Self::Power => "power",
            Self::UsualFalseAlarms => "usual_false_alarms",
            Self::UsualPower => "usual_power",
        }
    }

    fn is_power(self) -> bool {
        matches!(self, Self::Power | Self::UsualPower)
    }

    pub(crate) fn is_over_identical_source(self) -> bool {
        matches!(
            self,
            Self::FalseAlarms | Self::FalseAlarmsUnderLoad | Self::FalseAlarmsRebuilt
        )
    }

    pub(crate) fn is_usual(self) -> bool {
        matches!(self, Self::UsualFalseAlarms | Self::UsualPower)
    }

    /// The next run, if there are to be `count`, of each culprit where there are
    /// several; none if all are there.
    pub(crate) fn next(self, lines: &[Value], count: usize) -> Option<Run> {
        let index = lines.len();
        if !self.is_power() {
            let culprit = None;
            return (index < count).then_some(Run { index, culprit });
        }
        let runs = |(kind, percent): &Culprit| {
            let is_of = |line: &&Value| line["slowed"] == kind.id() && line["percent"] == *percent;
            lines.iter().filter(is_of).count()
        };
        // The first of those that were slowed least often.
        let culprit = culprits().min_by_key(runs);
        let is_missing = culprit.as_ref().is_some_and(|one| runs(one) < count);
        is_missing.then_some(Run { index, culprit })
    }

    /// One run, as a line to write down.
    pub(crate) fn run(self, subject: &Subject, run: &Run) -> Result<Value, Box<dyn Error>> {
        let Run { index, culprit } = *run;
        let head = match (self, culprit) {
            (_, Some((kind, percent))) => slowed(kind, percent),
            (Self::FalseAlarmsRebuilt, None) => rebuilt(index),
            _ => BASE.to_owned(),
        };
        let _load = (self == Self::FalseAlarmsUnderLoad).then(|| Load::start(index as u64));
        let mut line = if self.is_usual() {
            usual::run(subject, &head, culprit.map(|(kind, _)| kind))?
        } else {
            gate(subject, &head)
        };
        line["run"] = json!(index);
        line["head"] = json!(head);
        if let Some((kind, percent)) = culprit {
            line["slowed"] = json!(kind.id());
            line["percent"] = json!(percent);
        }
        Ok(line)
    }
}

/// Compiles every revision that a run may need, and measures nothing.
pub(crate) fn build(subject: &Subject) -> Result<(), Box<dyn Error>> {
    let slowed = culprits().map(|(kind, percent)| slowed(kind, percent));
    let heads = slowed
        .chain((0..REBUILT).map(rebuilt))
        .chain([BASE.to_owned()]);
    // No benchmark is called so: after building, there is none left.
    let nothing = regex::Regex::new("^$")?;
    for head in heads {
        eprintln!("building {head}");
        let request = Request {
            filter: Some(nothing.clone()),
            ..request(subject, &head)
        };
        match run(&request, &mut |_| ()) {
            Err(GateError::NothingToCompare { .. }) => {}
            Err(error) => return Err(error.into()),
            Ok(gate) => {
                return Err(format!("benchmarks without a name: {}", gate.headline()).into());
            }
        }
        usual::executable(subject, &head)?;
    }
    Ok(())
}

fn request(subject: &Subject, head: &str) -> Request {
    Request {
        manifest: Some(subject.root.join("Cargo.toml")),
        head: Some(head.to_owned()),
        cache: Some(subject.cache.clone()),
        measure_identical: true,
        ..Request::new(BASE)
    }
}

/// A whole gate. One that ends in an error is a result as well.
fn gate(subject: &Subject, head: &str) -> Value {
    let request = request(subject, head);
    let start = Instant::now();
    let gate = match run(&request, &mut |_| ()) {
        Ok(gate) => gate,
        Err(error) => {
            let said = error.to_string();
            return json!({ "said": said, "exit_code": error.outcome().code(), "benchmarks": [] });
        }
    };
    let whole = to_json(&gate);
    let benchmarks = whole["benchmarks"].as_array().into_iter().flatten();
    json!({
        "said": whole["headline"],
        "exit_code": whole["exit_code"],
        "unix_s": whole["started_unix_s"],
        "seconds": rounded(start.elapsed().as_secs_f64(), 3),
        "measuring_s": whole["measuring_s"],
        "benchmarks": benchmarks.map(kept).collect::<Value>(),
    })
}

/// What can't be worked out again from the rest, to a millionth of a ratio and
/// a nanosecond of a time.
fn kept(benchmark: &Value) -> Value {
    let all = ["id", "verdict", "reason", "medians_ns", "seconds"]
        .into_iter()
        .chain([
            "smallest_found",
            "screening",
            "decision",
            "decision_rebuilt",
        ]);
    let digits = |field| match field {
        "medians_ns" => 0,
        "seconds" => 3,
        _ => 6,
    };
    all.map(|field| (field, in_digits(&benchmark[field], digits(field))))
        .filter(|(_, value)| !value.is_null())
        .map(|(field, value)| (field.to_owned(), value))
        .collect()
}

fn in_digits(value: &Value, digits: i32) -> Value {
    match value {
        Value::Array(values) => values.iter().map(|each| in_digits(each, digits)).collect(),
        Value::Number(number) => number.as_f64().map_or(Value::Null, |n| rounded(n, digits)),
        _ => value.clone(),
    }
}
