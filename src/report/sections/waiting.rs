//! Waiting: the staircase, and the notebook's own cells.

use super::{Block, Section, described, heights, series, speed_up_point, time, time_point, widths};
use crate::report::chart::{Axis, Curve, Dot, DotChart, Point, Series, XyChart, look};
use crate::report::names;
use crate::report::rows::{Measured, Rows};
use crate::report::table::{Cell, Quantity, Table};
use crate::report::units::Unit;

const STRATEGIES: [&str; 4] = ["threads", "rayon", "process_pool", "global_lock"];

pub(super) fn section(rows: &Rows) -> Section {
    let mut blocks = Vec::new();
    if let Some((value, sleeps)) = staircase(rows) {
        blocks.extend(stairs(rows, &value, sleeps));
    }
    blocks.extend(cells(rows));
    if blocks.is_empty() {
        blocks.push(Block::Text(
            "Nothing of the group sleep was measured: `cargo bench -- sleep/` does so.".to_owned(),
        ));
    }
    Section {
        anchor: "waiting",
        title: "Waiting",
        intro:
            "Whoever waits needs no core, so waiting overlaps on any machine: what n equal sleeps \
                take on k workers is a staircase, ⌈n/k⌉ of them one after the other."
                .to_owned(),
        blocks,
    }
}

/// The value of the equal sleeps, and how many they are.
fn staircase(rows: &Rows) -> Option<(String, usize)> {
    rows.rows
        .iter()
        .filter(|row| row.id.group() == "sleep")
        .find_map(|row| {
            let value = row.id.value()?;
            Some((value.to_owned(), names::stairs(value)?))
        })
}

/// The rows of a function at that value, with their workers.
fn with_workers<'a>(
    rows: &'a Rows,
    function: &'a str,
    value: &'a str,
) -> impl Iterator<Item = (usize, &'a Measured)> {
    rows.of("sleep", function).filter_map(move |row| {
        let workers = row.id.workers()?;
        (row.id.value() == Some(value)).then_some((workers.get(), row))
    })
}

fn named() -> impl Iterator<Item = (&'static str, String)> {
    STRATEGIES.into_iter().map(|name| (name, name.to_owned()))
}

fn stairs(rows: &Rows, value: &str, sleeps: usize) -> Vec<Block> {
    let alone = rows
        .of("sleep", "sequential")
        .find(|row| row.id.value() == Some(value));
    let times = series(named(), |function| {
        let found = with_workers(rows, function, value);
        found
            .map(|(workers, row)| time_point(workers as f64, row))
            .collect()
    });
    let speed_ups = series(named(), |function| {
        let found = with_workers(rows, function, value);
        let points = found.filter_map(|(workers, row)| speed_up_point(workers as f64, row));
        points.collect::<Vec<Point>>()
    });
    let most = widths(&times).into_iter().fold(1.0, f64::max);
    let step = |at: &dyn Fn(usize) -> f64| staircase_curve(sleeps, most, at);
    let mut blocks = Vec::new();
    if !times.is_empty() {
        let ideal = alone.map(|row| {
            let one = row.time.point_ns / sleeps as f64;
            step(&|workers| one * sleeps.div_ceil(workers) as f64)
        });
        blocks.push(Block::Figure {
            question: format!("How long do {sleeps} equal sleeps take?"),
            caption: "Time against workers. On the staircase, workers cost nothing.".to_owned(),
            svg: over_workers(
                "waiting-time",
                "Time against workers",
                Unit::Nanoseconds,
                times,
                ideal,
            ),
            table: table("staircase_time", rows, value, sleeps),
        });
    }
    if !speed_ups.is_empty() {
        let ideal = step(&|workers| names::stair_speed_up(sleeps, workers));
        blocks.push(Block::Figure {
            question: "How many times as fast as one after the other?".to_owned(),
            caption: "Speed-up against workers, with the staircase n/⌈n/k⌉.".to_owned(),
            svg: over_workers(
                "waiting-speed-up",
                "Speed-up against workers",
                Unit::Times,
                speed_ups,
                Some(ideal),
            ),
            table: table("staircase_speed_up", rows, value, sleeps),
        });
    }
    blocks
}

/// Level from one number of workers to the next, then a step.
fn staircase_curve(sleeps: usize, most: f64, at: &dyn Fn(usize) -> f64) -> Curve {
    let mut points = Vec::new();
    for workers in (1..=sleeps).take_while(|workers| *workers as f64 <= most) {
        if let Some((_, level)) = points.last().copied() {
            points.push((workers as f64, level));
        }
        points.push((workers as f64, at(workers)));
    }
    if let Some((last, level)) = points.last().copied()
        && last < most
    {
        points.push((most, level));
    }
    Curve {
        name: "ideal staircase".to_owned(),
        points,
    }
}

fn over_workers(
    id: &str,
    title: &str,
    unit: Unit,
    series: Vec<Series>,
    ideal: Option<Curve>,
) -> String {
    let of_ideal = ideal
        .iter()
        .flat_map(|ideal| ideal.points.iter().map(|(_, y)| *y));
    let label = match unit {
        Unit::Times => "times as fast as one after the other (logarithmic)",
        _ => "time of all sleeps (logarithmic)",
    };
    let y = Axis::logarithmic(label, heights(&series).chain(of_ideal));
    XyChart {
        id: id.to_owned(),
        title: title.to_owned(),
        description: described(&series, Unit::Count, unit),
        x: Axis::at_values("workers", widths(&series)),
        x_unit: Unit::Count,
        y,
        y_unit: unit,
        series,
        ideal,
        mark_x: None,
        mark_y: None,
    }
    .svg()
}

fn table(id: &str, rows: &Rows, value: &str, sleeps: usize) -> Table {
    let columns = [
        "strategy",
        "workers",
        "time",
        "speed-up",
        "ideal speed-up",
        "part of the ideal",
    ];
    let mut table = Table::new(id, format!("{sleeps} equal sleeps on k workers"), &columns);
    for function in STRATEGIES {
        let mut found: Vec<_> = with_workers(rows, function, value).collect();
        found.sort_by_key(|(workers, _)| *workers);
        for (workers, row) in found {
            let ideal = names::stair_speed_up(sleeps, workers);
            let speed_up = row.speed_up.as_ref();
            let part = speed_up.map(|speed_up| {
                Quantity::new(speed_up.value / ideal, Unit::Fraction)
                    .within(speed_up.low / ideal, speed_up.high / ideal)
            });
            table.rows.push(vec![
                Cell::text(function),
                Cell::Number(Quantity::new(workers as f64, Unit::Count)),
                Cell::Number(time(row)),
                Cell::number(
                    speed_up.map(crate::report::rows::SpeedUp::quantity),
                    "not compared",
                ),
                Cell::Number(Quantity::new(ideal, Unit::Times)),
                Cell::number(part, "not compared"),
            ]);
        }
    }
    table
}

/// The notebook's cells: sleeps of different lengths, a worker each.
fn cells(rows: &Rows) -> Option<Block> {
    let mut dots = Vec::new();
    let columns = ["cell", "strategy", "time", "speed-up", "ideal speed-up"];
    let mut table = Table::new("cells", "The notebook\u{2019}s sleeps", &columns);
    for row in rows.rows.iter().filter(|row| row.id.group() == "sleep") {
        let (Some(value), Some(speed_up)) = (row.id.value(), &row.speed_up) else {
            continue;
        };
        let Some(ideal) = names::sleeps(value).filter(|ideal| *ideal > 1.0) else {
            continue;
        };
        let is_bounded = speed_up.low > 0.0 && speed_up.high.is_finite();
        dots.push(Dot {
            name: format!("{value}, {}", row.id.function_at_workers()),
            look: look(row.id.function(), 0),
            value: speed_up.value,
            interval: is_bounded.then_some((speed_up.low, speed_up.high)),
        });
        table.rows.push(vec![
            Cell::text(value),
            Cell::text(row.id.function_at_workers()),
            Cell::Number(time(row)),
            Cell::Number(speed_up.quantity()),
            Cell::Number(Quantity::new(ideal, Unit::Times)),
        ]);
    }
    if dots.is_empty() {
        return None;
    }
    let said: Vec<String> = dots
        .iter()
        .map(|dot| format!("{}: {}.", dot.name, Unit::Times.text(dot.value)))
        .collect();
    let chart = DotChart {
        id: "waiting-cells".to_owned(),
        title: "Speed-up of the notebook\u{2019}s sleeps".to_owned(),
        description: said.join(" "),
        axis: Axis::linear(
            "times as fast as one after the other",
            dots.iter()
                .flat_map(|dot| [dot.value, dot.interval.map_or(dot.value, |(_, high)| high)]),
        ),
        unit: Unit::Times,
        dots,
        mark: Some((1.0, "no difference".to_owned())),
    };
    Some(Block::Figure {
        question: "And sleeps that differ?".to_owned(),
        caption: "A worker each, or one thread that goes on with others while one waits \
                  (event_loop). At best they take as long as the longest of them: the ideal is \
                  their sum over it."
            .to_owned(),
        svg: chart.svg(),
        table,
    })
}
