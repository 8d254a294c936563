//! Trends: ratios from gate to gate, chained.

use super::record::Record;
use crate::stats::{StatsError, median, pettitt, robust_standard_deviation};
use std::collections::BTreeMap;

/// A change point is marked if its p-value is at most this…
const ERROR: f64 = 0.01;
/// …the medians before and after differ by more than this…
const SMALLEST_STEP: f64 = 0.02;
/// …and by more than so many standard deviations of what the errors of single
/// gates, which chained levels carry along, add up to.
const DEVIATIONS: f64 = 3.0;
/// The test tells the place of a step to within so many gates or so: the one
/// among them that stepped furthest is named.
const NEAR: usize = 6;

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
/// searched again. The test takes its values for independent, and errors that
/// add up are a random walk: with n gates that err by σ each, the means of the
/// two halves differ by σ·√(n/3) (standard deviation). So a step also has to
/// exceed three of these; σ is estimated by the median absolute deviation of
/// the ln ratios that are not 0. The test's place being a few gates off at
/// times, the gate that stepped furthest within six of it is named.
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
            let segment = Segment::of(&points[start..end], start)?;
            segment.search(&mut found)?;
            start = end;
        }
    }
    found.sort_by_key(|change| change.at);
    Ok(found)
}

/// A part of an unbroken chain.
struct Segment {
    ln_levels: Vec<f64>,
    ln_ratios: Vec<f64>,
    /// The error of a single gate.
    error: f64,
    /// The index of its first point.
    start: usize,
}

impl Segment {
    fn of(points: &[Point], start: usize) -> Result<Self, StatsError> {
        let ln_ratios: Vec<f64> = points.iter().map(|point| point.ratio.ln()).collect();
        let errors: Vec<f64> = ln_ratios.iter().copied().filter(|ln| *ln != 0.0).collect();
        Ok(Self {
            ln_levels: points.iter().map(|point| point.level.ln()).collect(),
            error: match errors.as_slice() {
                [] | [_] => 0.0,
                errors => robust_standard_deviation(errors)?,
            },
            ln_ratios,
            start,
        })
    }

    /// Finds its most likely change, and then those on either side of it.
    fn search(&self, found: &mut Vec<Change>) -> Result<(), StatsError> {
        let len = self.ln_levels.len();
        if len < 2 {
            return Ok(());
        }
        let test = pettitt(&self.ln_levels)?;
        let [before, after] = [0..test.change, test.change..len].map(|range| Self {
            ln_levels: self.ln_levels[range.clone()].to_vec(),
            ln_ratios: self.ln_ratios[range.clone()].to_vec(),
            error: self.error,
            start: self.start + range.start,
        });
        let step = median(&mut after.ln_levels.clone())? - median(&mut before.ln_levels.clone())?;
        let added_up = self.error * (len as f64 / 3.0).sqrt();
        let smallest = SMALLEST_STEP.ln_1p().max(DEVIATIONS * added_up);
        if test.p_value > ERROR || step.abs() <= smallest {
            return Ok(());
        }
        found.push(Change {
            at: self.start + self.furthest_step(test.change, step),
            ratio: step.exp(),
            p_value: test.p_value,
        });
        before.search(found)?;
        after.search(found)
    }

    /// Where, near this place, the level stepped furthest in this direction.
    fn furthest_step(&self, place: usize, direction: f64) -> usize {
        let end = (place + NEAR + 1).min(self.ln_ratios.len());
        // The first ratio leads to the segment's first level: no step in it.
        let near = place.saturating_sub(NEAR).max(1)..end;
        let step = |index: &usize| self.ln_ratios[*index] * direction.signum();
        near.max_by(|a, b| step(a).total_cmp(&step(b)))
            .unwrap_or(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::history::record::Entry;
    use crate::stats::SplitMix64;
    use crate::stats::clopper_pearson;

    fn record(base: &str, head: &str, machine: &str, ratio: f64) -> Record {
        Record {
            head: head.to_owned(),
            base: base.to_owned(),
            machine: machine.to_owned(),
            toolchain: "rustc".to_owned(),
            unix_s: 0,
            benchmarks: vec![Entry {
                name: "suite: a".to_owned(),
                verdict: "unchanged".to_owned(),
                ratio: Some(ratio),
                interval: None,
                time_ns: Some(100.0),
            }],
        }
    }

    /// A gate after each commit, with these ratios.
    fn chain(ratios: &[f64]) -> Vec<Record> {
        let gate = |(index, ratio): (usize, &f64)| {
            record(
                &format!("c{index}"),
                &format!("c{}", index + 1),
                "m",
                *ratio,
            )
        };
        ratios.iter().enumerate().map(gate).collect()
    }

    fn trend(records: &[Record]) -> Trend {
        trends(records).expect("numbers").remove(0)
    }

    #[test]
    fn ratios_multiply_along_the_commits() {
        let levels: Vec<f64> = trend(&chain(&[1.0, 1.5, 1.0, 0.5]))
            .points
            .iter()
            .map(|point| point.level)
            .collect();
        assert_eq!(levels, [1.0, 1.5, 1.5, 0.75]);
    }

    #[test]
    fn a_base_that_was_not_gated_begins_a_new_chain() {
        let mut records = chain(&[1.5, 1.5]);
        records.push(record("elsewhere", "c9", "m", 1.25));
        // Two gates with one base: each counts from that.
        records.push(record("c1", "branch", "m", 2.0));
        let trend = trend(&records);
        let begins: Vec<bool> = trend.points.iter().map(|point| point.begins).collect();
        let levels: Vec<f64> = trend.points.iter().map(|point| point.level).collect();
        assert_eq!(begins, [true, false, true, false]);
        assert_eq!(levels, [1.5, 2.25, 1.25, 3.0]);
    }

    #[test]
    fn times_are_those_of_the_last_machine_alone() {
        let records = [
            record("a", "b", "one machine", 1.0),
            record("b", "c", "another", 1.0),
            record("c", "d", "one machine", 1.0),
        ];
        let times: Vec<Option<f64>> = trend(&records)
            .points
            .iter()
            .map(|point| point.time_ns)
            .collect();
        assert_eq!(times, [Some(100.0), None, Some(100.0)]);
    }

    #[test]
    fn a_step_is_marked_where_it_is_and_a_break_of_the_chain_is_none() {
        let mut ratios = vec![1.0; 40];
        ratios[20] = 1.1;
        let found = trend(&chain(&ratios)).changes;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].at, 20);
        assert!((found[0].ratio - 1.1).abs() < 1e-12);

        let mut broken = chain(&[1.0; 20]);
        broken.push(record("elsewhere", "d0", "m", 1.1));
        assert!(trend(&broken).changes.is_empty());
    }

    /// Gates that each err by 0.3 %, as single-threaded benchmarks' do at most,
    /// and whose errors add up along the chain.
    #[test]
    fn errors_that_add_up_are_rarely_marked_and_a_step_of_six_percent_mostly_is() {
        let runs = 200;
        let mut generator = SplitMix64(11);
        let mut marked = |step: f64| {
            let mut count = 0;
            for _ in 0..runs {
                let mut ratios: Vec<f64> = (0..40)
                    .map(|_| (0.003 * generator.normal()).exp())
                    .collect();
                ratios[25] *= step;
                let near = |change: &Change| change.at == 25;
                let changes = trend(&chain(&ratios)).changes;
                count += u64::from(if step > 1.0 {
                    changes.iter().any(near)
                } else {
                    !changes.is_empty()
                });
            }
            clopper_pearson(count, runs, 0.999).expect("a rate")
        };
        let (falsely, found) = (marked(1.0), marked(1.06));
        assert!(falsely.low < 0.02, "{falsely:?}");
        assert!(found.high > 0.9, "{found:?}");
    }
}
