//! Trends as pictures.

use super::trend::Trend;
use crate::gate::error::GateError;
use crate::gate::output::percent;
use askama::Template;
use std::fmt::Write;

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A step of the sparkline stands for at least this much, so that noise of
/// tenths of a percent stays flat.
const LEAST_STEP: f64 = 0.005;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 120.0;
const EDGE: f64 = 8.0;

/// A trend as a line of bars, the oldest gate first: at most `width` of them,
/// the latest. The lowest bar is the fastest level; `|` stands where the chain
/// begins anew.
///
/// ```no_run
/// # fn show(trend: &speedup::gate::history::Trend) {
/// println!("{}", speedup::gate::history::sparkline(trend, 60));
/// # }
/// ```
#[must_use]
pub fn sparkline(trend: &Trend, width: usize) -> String {
    let shown = &trend.points[trend.points.len().saturating_sub(width)..];
    let levels: Vec<f64> = shown.iter().map(|point| point.level.ln()).collect();
    let lowest = levels.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = levels.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let step = ((highest - lowest) / (BARS.len() - 1) as f64).max(LEAST_STEP);
    let mut text = String::new();
    for (index, (point, level)) in shown.iter().zip(&levels).enumerate() {
        if point.begins && index > 0 {
            text.push('|');
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to 7"
        )]
        let bar = ((level - lowest) / step).round() as usize;
        text.push(BARS[bar.min(BARS.len() - 1)]);
    }
    text
}

#[derive(Template)]
#[template(path = "history.html")]
struct Page {
    gates: usize,
    lines: Vec<Line>,
}

struct Line {
    benchmark: String,
    gates: usize,
    total: String,
    changes: Vec<String>,
    picture: Picture,
}

struct Picture {
    width: f64,
    height: f64,
    /// One path an unbroken chain.
    paths: Vec<String>,
    dots: Vec<(f64, f64, String)>,
    changes: Vec<f64>,
    lowest: String,
    highest: String,
}

/// All trends as one self-contained HTML page, with a picture each.
///
/// # Errors
/// When the page can't be written, for which there is no known reason.
///
/// ```
/// use speedup::gate::history::to_html;
/// assert!(to_html(&[], 0)?.contains("No benchmark"));
/// # Ok::<(), speedup::gate::GateError>(())
/// ```
pub fn to_html(trends: &[Trend], gates: usize) -> Result<String, GateError> {
    let page = Page {
        gates,
        lines: trends.iter().map(Line::of).collect(),
    };
    page.render().map_err(|error| GateError::Page {
        page: "history",
        why: error.to_string(),
    })
}

impl Line {
    fn of(trend: &Trend) -> Self {
        let change = |change: &super::trend::Change| {
            let point = &trend.points[change.at];
            format!(
                "{} at {} (p = {:.1e})",
                percent(change.ratio),
                short(&point.head),
                change.p_value
            )
        };
        Self {
            benchmark: trend.benchmark.clone(),
            gates: trend.points.len(),
            total: trend
                .points
                .last()
                .map_or(String::new(), |point| percent(point.level)),
            changes: trend.changes.iter().map(change).collect(),
            picture: Picture::of(trend),
        }
    }
}

impl Picture {
    fn of(trend: &Trend) -> Self {
        let levels = trend.points.iter().map(|point| point.level);
        let lowest = levels.clone().fold(f64::INFINITY, f64::min);
        let highest = levels.fold(f64::NEG_INFINITY, f64::max);
        let room = (highest.ln() - lowest.ln()).max(LEAST_STEP * BARS.len() as f64);
        let middle = f64::midpoint(highest.ln(), lowest.ln());
        let tenth = |value: f64| (value * 10.0).round() / 10.0;
        let steps = trend.points.len().saturating_sub(1).max(1) as f64;
        let x = |index: f64| tenth(EDGE + index / steps * (WIDTH - 2.0 * EDGE));
        let y = |level: f64| {
            let up = (level.ln() - middle) / room;
            tenth(HEIGHT / 2.0 - up * (HEIGHT - 2.0 * EDGE))
        };
        let mut paths: Vec<String> = Vec::new();
        let mut dots = Vec::new();
        for (index, point) in trend.points.iter().enumerate() {
            let (x, y) = (x(index as f64), y(point.level));
            match paths.last_mut() {
                Some(path) if !point.begins => {
                    let _ = write!(path, "L{x} {y}");
                }
                _ => paths.push(format!("M{x} {y}")),
            }
            let label = format!("{}: {}", short(&point.head), percent(point.level));
            dots.push((x, y, label));
        }
        let between = |change: &super::trend::Change| x(change.at as f64 - 0.5);
        Self {
            width: WIDTH,
            height: HEIGHT,
            paths,
            dots,
            changes: trend.changes.iter().map(between).collect(),
            lowest: percent(lowest),
            highest: percent(highest),
        }
    }
}

fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}
