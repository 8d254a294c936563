//! Trends: ratios from gate to gate, chained.

use super::record::Record;
use crate::stats::{StatsError, median, pettitt};
use std::collections::BTreeMap;

/// A change point is marked if its p-value is at most this…
const ERROR: f64 = 0.01;
/// …and the medians before and after differ by more than this. Chained levels
/// carry the errors of all gates before them along, so a small step may be
/// nothing but those.
const SMALLEST_STEP: f64 = 0.02;

/// A gate's place in a trend.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// The commit.
    pub head: String,
    /// When it was gated, in seconds since 1970.
    pub unix_s: u64,
    /// Its time as a multiple of the time at the trend's first base.
    pub level: f64,
    /// Its own ratio to its base.
    pub ratio: f64,
    /// Whether the chain begins anew here: its base is no commit that was
    /// gated before, so its level counts from 1 again.
    pub begins: bool,
    /// The median time of an iteration, in nanoseconds, if it was measured on
    /// the machine of the trend's last point.
    pub time_ns: Option<f64>,
}

/// A place where the level changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The index of the first point after it.
    pub at: usize,
    /// The median level after it over that before it.
    pub ratio: f64,
    /// Pettitt's approximate p-value.
    pub p_value: f64,
}

/// One benchmark over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// Its name, with the bench target in front.
    pub benchmark: String,
    /// Its gates, oldest first.
    pub points: Vec<Point>,
    /// Where it changed, oldest first; never where the chain begins anew.
    pub changes: Vec<Change>,
}

/// The trends of all benchmarks of a history, by their names.
///
/// Each gate gives a ratio of its head to its base. The level of a head is
/// that of its base times the ratio, where the base was a head before; else
/// the chain begins anew, since nothing connects the two. Within an unbroken
/// chain, change points are found by Pettitt's rank test (see
/// [`pettitt`](crate::stats::pettitt)), the segments on either side
/// searched again.
///
/// # Errors
/// When a level is NaN, which no history that could be read has.
///
/// ```
/// use speedup::gate::history::trends;
///
/// assert!(trends(&[])?.is_empty());
/// # Ok::<(), speedup::stats::StatsError>(())
/// ```
pub fn trends(records: &[Record]) -> Result<Vec<Trend>, StatsError> {
    let mut points: BTreeMap<&str, Vec<(Point, &str)>> = BTreeMap::new();
    let mut levels: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    for record in records {
        for entry in &record.benchmarks {
            let Some(ratio) = entry.ratio else {
                continue;
            };
            let name = entry.name.as_str();
            let before = levels.get(&(name, record.base.as_str())).copied();
            let level = before.unwrap_or(1.0) * ratio;
            levels.insert((name, &record.head), level);
            let point = Point {
                head: record.head.clone(),
                unix_s: record.unix_s,
                level,
                ratio,
                begins: before.is_none(),
                time_ns: entry.time_ns,
            };
            points
                .entry(name)
                .or_default()
                .push((point, &record.machine));
        }
    }
    points
        .into_iter()
        .map(|(name, points)| {
            let machine = points.last().map_or("", |(_, machine)| *machine);
            let points: Vec<Point> = points
                .into_iter()
                .map(|(mut point, of)| {
                    point.time_ns = point.time_ns.filter(|_| of == machine);
                    point
                })
                .collect();
            Ok(Trend {
                benchmark: name.to_owned(),
                changes: changes(&points)?,
                points,
            })
        })
        .collect()
}

fn changes(points: &[Point]) -> Result<Vec<Change>, StatsError> {
    let mut found = Vec::new();
    let mut start = 0;
    for end in 1..=points.len() {
        if end == points.len() || points[end].begins {
            let levels: Vec<f64> = points[start..end]
                .iter()
                .map(|point| point.level.ln())
                .collect();
            search(&levels, start, &mut found)?;
            start = end;
        }
    }
    found.sort_by_key(|change| change.at);
    Ok(found)
}

/// Finds the most likely change of these, and then those on either side of it.
fn search(ln_levels: &[f64], offset: usize, found: &mut Vec<Change>) -> Result<(), StatsError> {
    if ln_levels.len() < 2 {
        return Ok(());
    }
    let test = pettitt(ln_levels)?;
    let (before, after) = ln_levels.split_at(test.change);
    let step = median(&mut after.to_vec())? - median(&mut before.to_vec())?;
    if test.p_value > ERROR || step.abs() <= SMALLEST_STEP.ln_1p() {
        return Ok(());
    }
    found.push(Change {
        at: offset + test.change,
        ratio: step.exp(),
        p_value: test.p_value,
    });
    search(before, offset, found)?;
    search(after, offset + test.change, found)
}
