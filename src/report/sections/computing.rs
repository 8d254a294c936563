//! Computing: what cores buy, worker by worker.

use super::{Block, Section, described, heights, series, speed_up_point, time, widths};
use super::{scaling, sizes};
use crate::report::chart::{Axis, Curve, Point, Series, XyChart};
use crate::report::names;
use crate::report::rows::{Measured, Rows, SpeedUp};
use crate::report::table::{Cell, Quantity, Table};
use crate::report::units::Unit;

pub(super) const STRATEGIES: [&str; 5] = [
    "threads",
    "threads_static",
    "rayon",
    "process_pool",
    "global_lock",
];

pub(super) fn section(rows: &Rows) -> Section {
    let mut blocks = Vec::new();
    if let Some(largest) = names::sizes(rows, "factorial").last() {
        blocks.extend(over_workers(rows, *largest));
        blocks.extend(scaling::blocks(rows, *largest));
        blocks.extend(sizes::over_sizes(rows));
        blocks.extend(sizes::crossovers(rows));
    } else {
        blocks.push(Block::Text(
            "Nothing of the group factorial was measured: `cargo bench -- factorial/` does so."
                .to_owned(),
        ));
    }
    blocks.extend(sizes::algorithms(rows));
    blocks.extend(sizes::shipping(rows));
    Section {
        anchor: "computing",
        title: "Computing",
        intro: format!(
            "Computing needs cores, of which {} could be used here. More workers than cores are \
             measured too, because the notebook\u{2019}s pool has ten: they can\u{2019}t compute \
             faster, and show what too many cost.",
            rows.cores
        ),
        blocks,
    }
}

/// The rows of a function in `factorial` at a size, with their workers.
fn at_size<'a>(
    rows: &'a Rows,
    function: &'a str,
    size: usize,
) -> impl Iterator<Item = (usize, &'a Measured)> {
    let value = size.to_string();
    rows.of("factorial", function).filter_map(move |row| {
        let workers = row.id.workers()?;
        (row.id.value() == Some(&value)).then_some((workers.get(), row))
    })
}

pub(super) fn named() -> impl Iterator<Item = (&'static str, String)> {
    STRATEGIES.into_iter().map(|name| (name, name.to_owned()))
}

fn over_workers(rows: &Rows, size: usize) -> Vec<Block> {
    let speed_ups = series(named(), |function| {
        let points = at_size(rows, function, size)
            .filter_map(|(workers, row)| speed_up_point(workers as f64, row));
        points.collect::<Vec<_>>()
    });
    if speed_ups.is_empty() {
        return vec![];
    }
    let efficiencies: Vec<Series> = speed_ups
        .iter()
        .map(|series| Series {
            points: series.points.iter().map(efficiency_point).collect(),
            ..series.clone()
        })
        .collect();
    let cores = rows.cores as f64;
    let most = widths(&speed_ups).into_iter().fold(1.0, f64::max);
    let ideal = |at: fn(f64, f64) -> f64| {
        let mut points: Vec<(f64, f64)> = (0..=40)
            .map(|step| most.powf(f64::from(step) / 40.0))
            .chain((1.0..=most).contains(&cores).then_some(cores))
            .map(|workers| (workers, at(workers, cores)))
            .collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        Curve {
            name: "ideal".to_owned(),
            points,
        }
    };
    let chart = |id: &str, title: &str, label: &str, unit, series: Vec<Series>, ideal: Curve| {
        let of_ideal: Vec<f64> = ideal.points.iter().map(|(_, y)| *y).collect();
        XyChart {
            id: id.to_owned(),
            title: title.to_owned(),
            description: described(&series, Unit::Count, unit),
            x: Axis::at_values("workers", widths(&series)),
            x_unit: Unit::Count,
            y: Axis::linear(label, heights(&series).chain(of_ideal)),
            y_unit: unit,
            series,
            ideal: Some(ideal),
            mark_x: Some((cores.min(most), names_cores(rows.cores))),
            mark_y: None,
        }
        .svg()
    };
    vec![
        Block::Figure {
            question: format!("What do workers buy, for the factorials below {size}?"),
            caption:
                "Speed-up against workers. Ideal is as many times as fast as there are workers, \
                      up to the cores."
                    .to_owned(),
            svg: chart(
                "computing-speed-up",
                "Speed-up against workers",
                "times as fast as one after the other",
                Unit::Times,
                speed_ups,
                ideal(f64::min),
            ),
            table: speed_up_table(rows, size),
        },
        Block::Figure {
            question: "How much of each worker is used?".to_owned(),
            caption: "Efficiency: the speed-up over the number of workers.".to_owned(),
            svg: chart(
                "computing-efficiency",
                "Efficiency against workers",
                "speed-up over workers",
                Unit::Fraction,
                efficiencies,
                ideal(|workers, cores| workers.min(cores) / workers),
            ),
            table: efficiency_table(rows, size),
        },
    ]
}

fn names_cores(cores: usize) -> String {
    match cores {
        1 => "1 core available".to_owned(),
        cores => format!("{cores} cores available"),
    }
}

fn efficiency_point(point: &Point) -> Point {
    Point {
        x: point.x,
        y: point.y / point.x,
        interval: point
            .interval
            .map(|(low, high)| (low / point.x, high / point.x)),
    }
}

fn speed_up_table(rows: &Rows, size: usize) -> Table {
    let columns = ["strategy", "workers", "time", "speed-up", "how"];
    let mut table = Table::new(
        "factorial_speed_up",
        format!("Factorials below {size}"),
        &columns,
    );
    for function in STRATEGIES {
        for (workers, row) in sorted(at_size(rows, function, size)) {
            let speed_up = row.speed_up.as_ref();
            table.rows.push(vec![
                Cell::text(function),
                Cell::Number(Quantity::new(workers as f64, Unit::Count)),
                Cell::Number(time(row)),
                Cell::number(speed_up.map(SpeedUp::quantity), "not compared"),
                speed_up.map_or(Cell::Missing("–"), |speed_up| {
                    Cell::Text(speed_up.source())
                }),
            ]);
        }
    }
    table
}

fn efficiency_table(rows: &Rows, size: usize) -> Table {
    let columns = ["strategy", "workers", "efficiency"];
    let mut table = Table::new(
        "factorial_efficiency",
        format!("Factorials below {size}"),
        &columns,
    );
    for function in STRATEGIES {
        for (workers, row) in sorted(at_size(rows, function, size)) {
            let efficiency = row.speed_up.as_ref().map(|speed_up| {
                let [value, low, high] = [speed_up.value, speed_up.low, speed_up.high]
                    .map(|times| times / workers as f64);
                Quantity::new(value, Unit::Fraction).within(low, high)
            });
            table.rows.push(vec![
                Cell::text(function),
                Cell::Number(Quantity::new(workers as f64, Unit::Count)),
                Cell::number(efficiency, "not compared"),
            ]);
        }
    }
    table
}

fn sorted<'a>(rows: impl Iterator<Item = (usize, &'a Measured)>) -> Vec<(usize, &'a Measured)> {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|(workers, _)| *workers);
    rows
}
