//! A comparison as JSON.

use super::result::{Comparison, Method};
use serde_json::{Value, json};

/// Changes whenever a field changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;

/// A comparison with every relaunch it rests on.
///
/// - `schema_version`: [`SCHEMA_VERSION`].
/// - `method`: `lock_step` or `whole_processes`.
/// - `seconds`: how long all of it took.
/// - `arms`: a list of `id`, `executable`, `median_ns` (of an iteration),
///   `pinned_relaunches`.
/// - `ratios`: one for each arm but the first: `id`, `baseline`, `time_ratio`
///   (its time over the first arm's), `low`, `high` (null where nothing bounds
///   it), `level`, `relaunch_spread` (robust standard deviation of ln ratio),
///   `strays`.
/// - `relaunches`: a list of `reversed`, `seconds`, `rounds`, `medians_ns`,
///   `pinned` (each by arm), `turn_overhead_ns` (null for whole processes) and
///   `ln_ratios` (by ratio).
///
/// ```no_run
/// use speedup::paired::{Arm, Conductor, Settings, to_json};
///
/// let arms = [Arm::new("suite", "a"), Arm::new("suite", "b")];
/// let mut conductor = Conductor::new(Conductor::DEADLINE)?;
/// let comparison = conductor.compare(&arms, &Settings::for_arms(2), &mut |_| ())?;
/// assert_eq!(to_json(&comparison)["schema_version"], 1);
/// # Ok::<(), speedup::paired::PairedError>(())
/// ```
#[must_use]
pub fn to_json(comparison: &Comparison) -> Value {
    let arms = &comparison.arms;
    let baseline = arms.first().map(|summary| summary.arm.id.as_str());
    let arm_values: Vec<Value> = arms
        .iter()
        .map(|summary| {
            json!({
                "id": summary.arm.id,
                "executable": summary.arm.executable.to_string_lossy(),
                "median_ns": summary.median_ns,
                "pinned_relaunches": summary.pinned_relaunches,
            })
        })
        .collect();
    let ratios: Vec<Value> = arms
        .iter()
        .skip(1)
        .zip(&comparison.ratios)
        .map(|(summary, ratio)| {
            json!({
                "id": summary.arm.id,
                "baseline": baseline,
                "time_ratio": ratio.estimate,
                // An unbounded interval runs from 0 to infinity, and JSON has
                // no infinity.
                "low": ratio.interval.is_bounded().then_some(ratio.interval.low),
                "high": ratio.interval.is_bounded().then_some(ratio.interval.high),
                "level": ratio.interval.level,
                "relaunch_spread": ratio.relaunch_spread,
                "strays": ratio.strays,
            })
        })
        .collect();
    let relaunches: Vec<Value> = comparison
        .relaunches
        .iter()
        .map(|relaunch| {
            json!({
                "reversed": relaunch.reversed,
                "seconds": relaunch.duration.as_secs_f64(),
                "rounds": relaunch.rounds,
                "medians_ns": relaunch.medians_ns,
                "pinned": relaunch.pinned,
                "turn_overhead_ns": relaunch.turn_overhead_ns,
                "ln_ratios": relaunch.ln_ratios,
            })
        })
        .collect();
    json!({
        "schema_version": SCHEMA_VERSION,
        "method": match comparison.method {
            Method::LockStep => "lock_step",
            Method::WholeProcesses => "whole_processes",
        },
        "seconds": comparison.duration.as_secs_f64(),
        "arms": arm_values,
        "ratios": ratios,
        "relaunches": relaunches,
    })
}
