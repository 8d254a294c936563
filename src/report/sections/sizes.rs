//! Times and speed-ups against the size of a task: from which on a strategy
//! pays, what a better algorithm buys, and what shipping a result costs.

use super::computing::{STRATEGIES, named};
use super::{Block, described, heights, series, speed_up_point, time_point, widths};
use crate::report::answers::speed_ups;
use crate::report::chart::{Axis, Point, Series, XyChart};
use crate::report::crossover::{Crossover, Passing};
use crate::report::names;
use crate::report::rows::Rows;
use crate::report::table::{Cell, Quantity, Table};
use crate::report::units::Unit;

/// The rows of a function in a group whose value is a number, as points of
/// time; of those with workers, the ones with `workers`.
fn times_over_values(rows: &Rows, group: &str, function: &str, workers: usize) -> Vec<Point> {
    rows.of(group, function)
        .filter(|row| row.id.workers().is_none_or(|own| own.get() == workers))
        .filter_map(|row| {
            let value: f64 = row.id.value()?.parse().ok()?;
            (value.is_finite() && value > 0.0).then(|| time_point(value, row))
        })
        .collect()
}

/// A line for each of some functions of a group, under a name that says what it
/// is.
fn lines(rows: &Rows, group: &str, functions: &[(&str, &str)], workers: usize) -> Vec<Series> {
    let named = functions.iter();
    let named = named.map(|(function, name)| (*function, (*name).to_owned()));
    series(named, |function| {
        times_over_values(rows, group, function, workers)
    })
}

/// A chart of times over sizes, both on logarithmic axes, with its table.
fn times_figure(
    id: &'static str,
    question: &str,
    caption: &str,
    x_label: &str,
    x_unit: Unit,
    series: Vec<Series>,
) -> Option<Block> {
    if series.is_empty() {
        return None;
    }
    let mut table = Table::new(id.replace('-', "_"), question, &["what", "size", "time"]);
    for series in &series {
        for point in &series.points {
            let time = Quantity::new(point.y, Unit::Nanoseconds);
            table.rows.push(vec![
                Cell::text(series.name.clone()),
                Cell::Number(Quantity::new(point.x, x_unit)),
                Cell::Number(
                    point
                        .interval
                        .map_or(time, |(low, high)| time.within(low, high)),
                ),
            ]);
        }
    }
    let chart = XyChart {
        id: id.to_owned(),
        title: question.to_owned(),
        description: described(&series, x_unit, Unit::Nanoseconds),
        x: Axis::at_values(x_label, widths(&series)),
        x_unit,
        y: Axis::logarithmic("time (logarithmic)", heights(&series)),
        y_unit: Unit::Nanoseconds,
        series,
        ideal: None,
        mark_x: None,
        mark_y: None,
    };
    Some(Block::Figure {
        question: question.to_owned(),
        caption: caption.to_owned(),
        svg: chart.svg(),
        table,
    })
}

/// Times and speed-ups of the factorials, strategy by strategy.
pub(super) fn over_sizes(rows: &Rows) -> Vec<Block> {
    let with_sequential = [("sequential", "sequential".to_owned())]
        .into_iter()
        .chain(named());
    let times = series(with_sequential, |function| {
        times_over_values(rows, "factorial", function, rows.cores)
    });
    let figure = times_figure(
        "time-over-size",
        "How does time grow with the size?",
        &format!(
            "Time of the factorials below n, with {}.",
            names::workers(rows.cores)
        ),
        "n",
        Unit::Count,
        times,
    );
    figure.into_iter().chain(speed_up_over_size(rows)).collect()
}

fn speed_up_over_size(rows: &Rows) -> Option<Block> {
    let series = series(named(), |function| {
        let points = names::sizes(rows, "factorial")
            .into_iter()
            .filter_map(|size| {
                let id = names::at("factorial", function, rows.cores, &size);
                speed_up_point(size as f64, rows.get(&id)?)
            });
        points.collect()
    });
    if series.is_empty() {
        return None;
    }
    let columns = ["strategy", "factorials below", "speed-up"];
    let mut table = Table::new("speed_up_over_size", "Speed-up by size", &columns);
    for one in &series {
        for point in &one.points {
            let quantity = Quantity::new(point.y, Unit::Times);
            let quantity = point
                .interval
                .map_or(quantity, |(low, high)| quantity.within(low, high));
            table.rows.push(vec![
                Cell::text(one.name.clone()),
                Cell::Number(Quantity::new(point.x, Unit::Count)),
                Cell::Number(quantity),
            ]);
        }
    }
    let chart = XyChart {
        id: "speed-up-over-size".to_owned(),
        title: "Speed-up against size".to_owned(),
        description: described(&series, Unit::Count, Unit::Times),
        x: Axis::at_values("n", widths(&series)),
        x_unit: Unit::Count,
        y: Axis::logarithmic(
            "times as fast as one after the other (logarithmic)",
            heights(&series).chain([1.0]),
        ),
        y_unit: Unit::Times,
        series,
        ideal: None,
        mark_x: None,
        mark_y: Some((1.0, "pays above this line".to_owned())),
    };
    Some(Block::Figure {
        question: "From which size does it pay?".to_owned(),
        caption: format!(
            "Speed-up against the size of the list, with {}: what lies above 1 pays.",
            names::workers(rows.cores)
        ),
        svg: chart.svg(),
        table,
    })
}

/// The sizes from which strategies pay.
pub(super) fn crossovers(rows: &Rows) -> Option<Block> {
    let columns = [
        "strategy",
        "may pay from",
        "pays from (estimate)",
        "pays from at the latest",
    ];
    let mut table = Table::new("crossover", "Sizes from which strategies pay", &columns);
    for strategy in STRATEGIES {
        let Some(found) = Crossover::of(&speed_ups(rows, strategy)) else {
            continue;
        };
        let ends = [found.earliest, found.estimate, found.latest].map(|passing| match passing {
            Passing::At(size) => Cell::Number(Quantity::new(size, Unit::Count)),
            Passing::AtOrBelow(_) => Cell::Missing("the smallest size"),
            Passing::NotUpTo(_) => Cell::Missing("not reached"),
        });
        let [earliest, estimate, latest] = ends;
        table
            .rows
            .push(vec![Cell::text(strategy), earliest, estimate, latest]);
    }
    (!table.rows.is_empty()).then(|| Block::Table {
        title: "Where they cross".to_owned(),
        caption:
            "Between two sizes, the logarithm of the speed-up is taken for a straight line over \
                  that of the size. The ends come from the intervals of each size by itself."
                .to_owned(),
        table,
    })
}

/// Whole lists of factorials by other algorithms.
pub(super) fn algorithms(rows: &Rows) -> Option<Block> {
    let functions = [
        ("list_each", "each on its own"),
        ("list_running_product", "running product"),
        ("list_running_product_in_blocks", "in blocks on rayon"),
    ];
    let series = lines(rows, "factorial_algorithm", &functions, rows.cores);
    times_figure(
        "algorithms",
        "What does a better algorithm buy?",
        "Time of the whole list of factorials below n.",
        "n",
        Unit::Count,
        series,
    )
}

/// Jobs by the bytes that they bring home.
pub(super) fn shipping(rows: &Rows) -> Option<Block> {
    let functions = [
        ("ship_threads", "from a thread"),
        ("ship_process_pool", "from a process"),
        ("raw_bytes", "over a bare socket"),
    ];
    let series = lines(rows, "dispatch", &functions, 1);
    times_figure(
        "shipping",
        "What does it cost to bring a result home?",
        "Time of one job that makes so many bytes and hands them over: a thread hands over a \
         pointer, a process the bytes.",
        "size of the result",
        Unit::Bytes,
        series,
    )
}
