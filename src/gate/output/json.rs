//! The result as JSON.

use crate::gate::finding::{Estimate, Finding, Gate, LEVEL};
use crate::gate::git::Revision;
use crate::gate::verdict::{Strictness, Verdict};
use serde_json::{Value, json};

/// Changes whenever a field changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;

/// The result with every relaunch it rests on.
///
/// - `schema_version`: [`SCHEMA_VERSION`]; `exit_code`; `headline`;
///   `started_unix_s`, `building_s`, `measuring_s`; `notes`: a list of texts.
/// - `base`, `head`: `name`, `commit`, `is_dirty`, `toolchain`.
/// - `machine`: `key`, `cpu` (null where the system does not tell), `cpus`.
/// - `rules`: `margin`, `alpha`, `undecided` (`fail` or `warn`).
/// - `counts`: how many benchmarks got each verdict.
/// - `benchmarks`, worst first: `target`, `id`, `verdict`, `reason` (or null);
///   `time_ratio`, `low`, `high` (head over base, with its interval at
///   `level`; null where it was not measured, or nothing bounds it);
///   `rebuilt_ratio`; `p_slower`, `p_faster`; `smallest_found` (a time ratio,
///   or null); `spread` (of ln ratio between relaunches);
///   `medians_ns` (base, head); `is_coarse`; `seconds`; and the raw relaunches
///   as ln ratios: `screening`, `decision`, `decision_rebuilt`.
///
/// ```no_run
/// # fn show(gate: &speedup::gate::Gate) {
/// let value = speedup::gate::output::to_json(gate);
/// assert_eq!(value["schema_version"], 1);
/// # }
/// ```
#[must_use]
pub fn to_json(gate: &Gate) -> Value {
    let counts: serde_json::Map<String, Value> = Verdict::ALL
        .iter()
        .map(|verdict| (verdict.name().to_owned(), json!(gate.count(*verdict))))
        .collect();
    json!({
        "schema_version": SCHEMA_VERSION,
        "exit_code": gate.outcome().code(),
        "headline": gate.headline(),
        "started_unix_s": gate.started_unix_s,
        "building_s": gate.building.as_secs_f64(),
        "measuring_s": gate.measuring.as_secs_f64(),
        "notes": gate.notes,
        "base": revision(&gate.base, &gate.toolchains[0]),
        "head": revision(&gate.head, &gate.toolchains[1]),
        "machine": {
            "key": gate.machine.key,
            "cpu": gate.machine.cpu,
            "cpus": gate.machine.cpus,
        },
        "rules": {
            "margin": gate.rules.margin,
            "alpha": gate.rules.alpha,
            "undecided": match gate.undecided {
                Strictness::Fail => "fail",
                Strictness::Warn => "warn",
            },
        },
        "counts": counts,
        "benchmarks": gate.findings.iter().map(benchmark).collect::<Vec<_>>(),
    })
}

fn revision(revision: &Revision, toolchain: &str) -> Value {
    json!({
        "name": revision.name,
        "commit": revision.commit,
        "is_dirty": revision.is_dirty,
        "toolchain": toolchain.lines().next(),
    })
}

fn benchmark(finding: &Finding) -> Value {
    let estimate = finding.estimate;
    // JSON has no infinity.
    let end = |of: fn(&Estimate) -> f64| {
        let bounded = estimate.filter(|estimate| estimate.interval.is_bounded());
        bounded.as_ref().map(of)
    };
    json!({
        "target": finding.benchmark.target,
        "id": finding.benchmark.id,
        "verdict": finding.verdict.name(),
        "reason": finding.reason,
        "time_ratio": estimate.map(|estimate| estimate.ratio),
        "low": end(|estimate| estimate.interval.low),
        "high": end(|estimate| estimate.interval.high),
        "level": LEVEL,
        "rebuilt_ratio": finding.rebuilt.map(|estimate| estimate.ratio),
        "p_slower": finding.p_slower,
        "p_faster": finding.p_faster,
        "smallest_found": finding.smallest_found,
        "spread": finding.spread,
        "medians_ns": finding.medians_ns,
        "is_coarse": finding.is_coarse,
        "seconds": finding.duration.as_secs_f64(),
        "screening": finding.screening,
        "decision": finding.decision,
        "decision_rebuilt": finding.decision_rebuilt,
    })
}
