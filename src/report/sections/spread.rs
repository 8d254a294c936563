//! Spread: how samples are distributed, rather than their middle alone.

use super::{Block, Section};
use crate::catalog::Id;
use crate::report::chart::{Axis, LOOKS, Point, Series, XyChart, look};
use crate::report::rows::{Measured, Rows};
use crate::report::table::{Cell, Quantity, Table};
use crate::report::units::Unit;
use crate::stats::quantile;
use std::collections::BTreeMap;

/// What lies further out than this share of all samples in a chart, on either
/// side, would press the rest together: it is drawn at the edge.
const BEYOND: f64 = 0.02;

pub(super) fn section(rows: &Rows) -> Section {
    let mut groups: Vec<&str> = Vec::new();
    for row in &rows.rows {
        if !groups.contains(&row.id.group()) {
            groups.push(row.id.group());
        }
    }
    let mut blocks: Vec<Block> = groups
        .iter()
        .filter_map(|group| figure(rows, group))
        .collect();
    if blocks.is_empty() {
        blocks.push(Block::Text("There are no samples to show.".to_owned()));
    }
    Section {
        anchor: "spread",
        title: "Spread",
        intro: "Each line is the share of a row\u{2019}s samples that took no longer than so many \
                times its median (its empirical distribution): the steeper, the steadier. A step with \
                a level part beside it is two heaps; a long foot to the right, disturbances. Shown \
                are a baseline of each group and rows that are compared with it; the table has all."
            .to_owned(),
        blocks,
    }
}

/// The baseline with the most rows that are compared with it, the last one of
/// them, and those rows; as many as can be told apart.
fn chosen<'a>(rows: &'a Rows, group: &str) -> Vec<&'a Measured> {
    let of_group = || rows.rows.iter().filter(|row| row.id.group() == group);
    let mut followers: BTreeMap<&Id, usize> = BTreeMap::new();
    for speed_up in of_group().filter_map(|row| row.speed_up.as_ref()) {
        *followers.entry(&speed_up.baseline).or_default() += 1;
    }
    let baseline = of_group()
        .filter(|row| followers.contains_key(&row.id))
        .max_by_key(|row| followers[&row.id]);
    let Some(baseline) = baseline else {
        return of_group().take(LOOKS).collect();
    };
    let follows = |row: &&Measured| {
        let own = row.speed_up.as_ref();
        own.is_some_and(|speed_up| speed_up.baseline == baseline.id)
    };
    let at_cores = |row: &&Measured| {
        let workers = row.id.workers().map(std::num::NonZeroUsize::get);
        workers.is_none_or(|workers| workers == rows.cores)
    };
    let followers: Vec<&Measured> = of_group().filter(follows).collect();
    let few: Vec<&Measured> = followers.iter().copied().filter(at_cores).collect();
    let shown = if few.len() >= 2 { few } else { followers };
    [baseline].into_iter().chain(shown).take(LOOKS).collect()
}

fn figure(rows: &Rows, group: &str) -> Option<Block> {
    let chosen = chosen(rows, group);
    let value = shared_value(&chosen);
    let series: Vec<Series> = chosen
        .iter()
        .zip(looks(&chosen))
        .map(|(row, look)| Series {
            name: short(&row.id, value),
            look,
            points: distribution(row),
            has_markers: false,
        })
        .collect();
    let mut all: Vec<f64> = series
        .iter()
        .flat_map(|series| series.points.iter().map(|point| point.x))
        .collect();
    let low = quantile(&mut all, BEYOND).ok()?.min(0.98);
    let high = quantile(&mut all, 1.0 - BEYOND).ok()?.max(1.02);
    let said: Vec<String> = chosen
        .iter()
        .map(|row| {
            let spread = Unit::Fraction.text(row.samples.spread);
            format!(
                "{}: robust standard deviation {spread} of the median.",
                short(&row.id, value)
            )
        })
        .collect();
    let chart = XyChart {
        id: format!("spread-{group}"),
        title: format!("Distribution of samples, {group}"),
        description: said.join(" "),
        x: Axis::logarithmic_between("times the row\u{2019}s median", low, high),
        x_unit: Unit::Times,
        y: Axis::linear("share of the samples", [0.0, 1.0].into_iter()),
        y_unit: Unit::Fraction,
        series,
        ideal: None,
        mark_x: None,
        mark_y: None,
    };
    Some(Block::Figure {
        question: format!("How steady are the rows of {group}?"),
        caption: match value {
            Some(value) => format!("Rows at {value}."),
            None => "Some of its rows.".to_owned(),
        },
        svg: chart.svg(),
        table: table(rows, group),
    })
}

/// The value of all the rows, if it is one and the same.
fn shared_value<'a>(rows: &[&'a Measured]) -> Option<&'a str> {
    let value = rows.first()?.id.value()?;
    let is_shared = rows.iter().all(|row| row.id.value() == Some(value));
    is_shared.then_some(value)
}

/// A name without its group, and without the value that all of a chart share.
fn short(id: &Id, shared: Option<&str>) -> String {
    match id.value() {
        Some(value) if shared != Some(value) => format!("{}/{value}", id.function_at_workers()),
        _ => id.function_at_workers(),
    }
}

/// A look for each row: that of its strategy, unless another row has it.
fn looks(rows: &[&Measured]) -> Vec<usize> {
    let mut taken = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let own = look(row.id.function(), place);
        let free = [own].into_iter().chain(0..LOOKS);
        taken.push(
            free.into_iter()
                .find(|look| !taken.contains(look))
                .unwrap_or(own),
        );
    }
    taken
}

/// The empirical distribution over the median, as steps.
fn distribution(row: &Measured) -> Vec<Point> {
    let mut sorted = row.sample_ns.clone();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len() as f64;
    let mut points = Vec::with_capacity(2 * sorted.len());
    for (index, time_ns) in sorted.iter().enumerate() {
        let x = time_ns / row.samples.median_ns;
        for share in [index as f64, index as f64 + 1.0] {
            points.push(Point {
                x,
                y: share / count,
                interval: None,
            });
        }
    }
    points
}

fn table(rows: &Rows, group: &str) -> Table {
    let columns = [
        "benchmark",
        "samples",
        "fastest",
        "lower quartile",
        "median",
        "upper quartile",
        "slowest",
        "robust standard deviation",
        "drift",
        "remarks",
    ];
    let mut table = Table::new(
        format!("spread_{group}"),
        format!("Samples of {group}"),
        &columns,
    );
    for row in rows.rows.iter().filter(|row| row.id.group() == group) {
        let samples = &row.samples;
        let number = |value, unit| Cell::Number(Quantity::new(value, unit));
        let mut cells = vec![
            Cell::text(row.id.to_string()),
            number(samples.count as f64, Unit::Count),
        ];
        cells.extend(
            [
                samples.fastest_ns,
                samples.lower_quartile_ns,
                samples.median_ns,
                samples.upper_quartile_ns,
                samples.slowest_ns,
            ]
            .map(|time_ns| number(time_ns, Unit::Nanoseconds)),
        );
        cells.push(number(samples.spread, Unit::Fraction));
        let drift = samples
            .drift
            .map(|drift| Quantity::new(drift, Unit::Fraction));
        cells.push(Cell::number(drift, "none"));
        let remarks = [
            (samples.is_bimodal, "two heaps"),
            (samples.is_small(), "few samples"),
        ];
        let remarks = remarks
            .into_iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, words)| words);
        cells.push(Cell::Text(remarks.collect::<Vec<_>>().join(", ")));
        table.rows.push(cells);
    }
    table
}
