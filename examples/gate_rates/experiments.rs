//! What is run, and what is written down of it.

use crate::load::Load;
use crate::rounded::rounded;
use crate::subject::{
    BASE, Culprit, DEPENDENCY_IDS, DEPENDENCY_TARGET, KINDS, KINDS_TARGET, Kind, MOVED,
    NOT_ALIGNED, REBUILT, Subject, culprits, moved, rebuilt, slowed,
};
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
    FalseAlarmsMoved,
    FalseAlarmsMovedNotAligned,
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
    pub(crate) const ALL: [Self; 8] = [
        Self::FalseAlarms,
        Self::FalseAlarmsUnderLoad,
        Self::FalseAlarmsRebuilt,
        Self::FalseAlarmsMoved,
        Self::FalseAlarmsMovedNotAligned,
        Self::Power,
        Self::UsualFalseAlarms,
        Self::UsualPower,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::FalseAlarms => "false_alarms",
            Self::FalseAlarmsUnderLoad => "false_alarms_under_load",
            Self::FalseAlarmsRebuilt => "false_alarms_rebuilt",
            Self::FalseAlarmsMoved => "false_alarms_moved",
            Self::FalseAlarmsMovedNotAligned => "false_alarms_moved_not_aligned",
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

    /// The bench target that is gated.
    fn target(self) -> &'static str {
        match self {
            Self::FalseAlarmsMoved | Self::FalseAlarmsMovedNotAligned => DEPENDENCY_TARGET,
            _ => KINDS_TARGET,
        }
    }

    /// The benchmarks of it.
    pub(crate) fn ids(self) -> Vec<String> {
        match self.target() {
            DEPENDENCY_TARGET => DEPENDENCY_IDS.map(str::to_owned).to_vec(),
            _ => KINDS.map(Kind::id).to_vec(),
        }
    }

    fn base(self) -> &'static str {
        match self {
            Self::FalseAlarmsMovedNotAligned => NOT_ALIGNED,
            _ => BASE,
        }
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
            (Self::FalseAlarmsMoved | Self::FalseAlarmsMovedNotAligned, None) => {
                moved(self.base(), index)
            }
            _ => BASE.to_owned(),
        };
        let _load = (self == Self::FalseAlarmsUnderLoad).then(|| Load::start(index as u64));
        let mut line = if self.is_usual() {
            usual::run(subject, &head, culprit.map(|(kind, _)| kind))?
        } else {
            gate(&self.request(subject, &head))
        };
        line["run"] = json!(index);
        line["head"] = json!(head);
        if let Some((kind, percent)) = culprit {
            line["slowed"] = json!(kind.id());
            line["percent"] = json!(percent);
        }
        Ok(line)
    }

    fn request(self, subject: &Subject, head: &str) -> Request {
        Request {
            manifest: Some(subject.root.join("Cargo.toml")),
            head: Some(head.to_owned()),
            benches: vec![self.target().to_owned()],
            cache: Some(subject.cache.clone()),
            measure_identical: true,
            ..Request::new(self.base())
        }
    }
}

/// Compiles every revision that a run may need, and measures nothing.
pub(crate) fn build(subject: &Subject) -> Result<(), Box<dyn Error>> {
    let slowed = culprits().map(|(kind, percent)| slowed(kind, percent));
    for head in slowed.chain([BASE.to_owned()]) {
        build_pair(subject, Experiment::Power, &head)?;
        usual::executable(subject, &head)?;
    }
    for head in (0..REBUILT).map(rebuilt) {
        build_pair(subject, Experiment::FalseAlarmsRebuilt, &head)?;
    }
    for experiment in [
        Experiment::FalseAlarmsMoved,
        Experiment::FalseAlarmsMovedNotAligned,
    ] {
        for index in 0..MOVED {
            build_pair(subject, experiment, &moved(experiment.base(), index))?;
        }
    }
    Ok(())
}

fn build_pair(subject: &Subject, experiment: Experiment, head: &str) -> Result<(), Box<dyn Error>> {
    eprintln!("building {head}");
    let request = Request {
        // No benchmark is called so: after building, there is none left.
        filter: Some(regex::Regex::new("^$")?),
        ..experiment.request(subject, head)
    };
    match run(&request, &mut |_| ()) {
        Err(GateError::NothingToCompare { .. }) => Ok(()),
        Err(error) => Err(error.into()),
        Ok(gate) => Err(format!("benchmarks without a name: {}", gate.headline()).into()),
    }
}

/// A whole gate. One that ends in an error is a result as well.
fn gate(request: &Request) -> Value {
    let start = Instant::now();
    let gate = match run(request, &mut |_| ()) {
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
