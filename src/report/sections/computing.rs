//! Computing: what cores buy, from which size on, and what shipping costs.

use super::scaling;
use super::{Block, Section, described, heights, series, speed_up_point, time, time_point, widths};
use crate::report::answers::speed_ups;
use crate::report::chart::{Axis, Curve, Point, Series, XyChart};
use crate::report::crossover::{Crossover, Passing};
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
    let sizes = names::sizes(rows, "factorial");
    if let Some(largest) = sizes.last() {
        blocks.extend(over_workers(rows, *largest));
        blocks.extend(scaling::blocks(rows, *largest));
        blocks.extend(over_sizes(rows));
        blocks.extend(crossovers(rows));
    } else {
        blocks.push(Block::Text(
            "Nothing of the group factorial was measured: `cargo bench -- factorial/` does so."
                .to_owned(),
        ));
    }
    blocks.extend(algorithms(rows));
    blocks.extend(shipping(rows));
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

fn named() -> impl Iterator<Item = (&'static str, String)> {
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

pub(super) fn sorted<'a>(
    rows: impl Iterator<Item = (usize, &'a Measured)>,
) -> Vec<(usize, &'a Measured)> {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|(workers, _)| *workers);
    rows
}

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

fn over_sizes(rows: &Rows) -> Vec<Block> {
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

fn crossovers(rows: &Rows) -> Option<Block> {
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

fn algorithms(rows: &Rows) -> Option<Block> {
    let functions = [
        ("list_each", "each on its own"),
        ("list_running_product", "running product"),
        ("list_running_product_in_blocks", "in blocks on rayon"),
    ];
    let series = series(
        functions.map(|(function, name)| (function, name.to_owned())),
        |function| times_over_values(rows, "factorial_algorithm", function, rows.cores),
    );
    times_figure(
        "algorithms",
        "What does a better algorithm buy?",
        "Time of the whole list of factorials below n.",
        "n",
        Unit::Count,
        series,
    )
}

fn shipping(rows: &Rows) -> Option<Block> {
    let functions = [
        ("ship_threads", "from a thread"),
        ("ship_process_pool", "from a process"),
        ("raw_bytes", "over a bare socket"),
    ];
    let series = series(
        functions.map(|(function, name)| (function, name.to_owned())),
        |function| times_over_values(rows, "dispatch", function, 1),
    );
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
