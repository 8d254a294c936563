//! The result as a page that opens from disk and asks nobody for anything.

use super::row::Row;
use crate::gate::error::GateError;
use crate::gate::finding::{Finding, Gate};
use askama::Template;

/// The pictures reach from minus to plus so many percent.
const AXIS_PERCENT: f64 = 10.0;
/// The middle of a picture, and its room on either side.
const MIDDLE: f64 = 90.0;
const ROOM: f64 = 80.0;

#[derive(Template)]
#[template(path = "gate.html")]
struct Page {
    headline: String,
    base: String,
    head: String,
    axis: f64,
    lines: Vec<Line>,
    notes: Vec<String>,
    margin: f64,
    alpha: f64,
    machine: String,
    toolchain: String,
    building: String,
    measuring: String,
}

struct Line {
    row: Row,
    mark: Option<Mark>,
}

/// Where things are in a picture.
struct Mark {
    band_start: f64,
    band_width: f64,
    low: f64,
    high: f64,
    estimate: f64,
    is_left: bool,
    is_right: bool,
}

/// The result as one self-contained HTML page; what comes from the code that
/// is judged is escaped.
///
/// # Errors
/// When the page can't be written, for which there is no known reason.
///
/// ```no_run
/// # fn show(gate: &speedup::gate::Gate) -> Result<(), speedup::gate::GateError> {
/// let page = speedup::gate::output::to_html(gate)?;
/// # Ok(())
/// # }
/// ```
pub fn to_html(gate: &Gate) -> Result<String, GateError> {
    let lines = gate
        .findings
        .iter()
        .zip(Row::all(gate))
        .map(|(finding, row)| Line {
            row,
            mark: Mark::of(finding, gate.rules.margin),
        })
        .collect();
    let seconds = |time: std::time::Duration| format!("{:.0} s", time.as_secs_f64());
    let page = Page {
        headline: gate.headline(),
        base: gate.base.label(),
        head: gate.head.label(),
        axis: AXIS_PERCENT,
        lines,
        notes: gate.notes.clone(),
        margin: gate.rules.margin * 100.0,
        alpha: gate.rules.alpha * 100.0,
        machine: gate.machine.key.clone(),
        toolchain: gate.toolchains[1]
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned(),
        building: seconds(gate.building),
        measuring: seconds(gate.measuring),
    };
    page.render().map_err(|error| GateError::Page {
        page: "HTML",
        why: error.to_string(),
    })
}

impl Mark {
    fn of(finding: &Finding, margin: f64) -> Option<Self> {
        let estimate = finding.estimate?;
        let at = |ratio: f64| {
            let percent = ((ratio - 1.0) * 100.0).clamp(-AXIS_PERCENT, AXIS_PERCENT);
            // A tenth of a pixel is enough.
            ((MIDDLE + percent / AXIS_PERCENT * ROOM) * 10.0).round() / 10.0
        };
        let percent = (estimate.ratio - 1.0) * 100.0;
        Some(Self {
            band_start: at(1.0 / (1.0 + margin)),
            band_width: at(1.0 + margin) - at(1.0 / (1.0 + margin)),
            low: at(estimate.interval.low),
            high: at(estimate.interval.high),
            estimate: at(estimate.ratio),
            is_left: percent < -AXIS_PERCENT,
            is_right: percent > AXIS_PERCENT,
        })
    }
}
