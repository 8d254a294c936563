//! Remembering: cold and warm, hit ratios, shared caches.

use super::{Block, Section, described, heights, series, time, time_point, widths};
use crate::report::answers::calls_until_paid_of;
use crate::report::calls::CallsUntilPaid;
use crate::report::chart::{Axis, Dot, DotChart, Series, XyChart, look};
use crate::report::rows::{Measured, Rows, SpeedUp};
use crate::report::table::{Cell, Quantity, Table};
use crate::report::units::Unit;

pub(super) fn section(rows: &Rows) -> Section {
    let mut blocks = Vec::new();
    blocks.extend(times(
        rows,
        "remembering-cold-warm",
        "Uncached, cold, warm: how long do the notebook\u{2019}s three calls take?",
        "Time of all three calls, on a logarithmic axis.",
        |row| ["uncached", "cold", "warm"].contains(&row.id.function()),
    ));
    blocks.extend(calls(rows));
    blocks.extend(times(
        rows,
        "remembering-look-up",
        "How long does one warm look-up take?",
        "One call that is remembered, by kind of cache and of value.",
        |row| row.id.workers().is_none() && row.id.function().starts_with("warm_"),
    ));
    blocks.extend(hit_ratios(rows));
    blocks.extend(threads(
        rows,
        "remembering-shared",
        "What does sharing a cache between threads cost?",
        "Time of ten thousand look-ups on each of k threads at once, on a cache that they share, on \
         one of its own for each, and on one of its own that asks the shared one for what it lacks. \
         Ideal is level, up to the cores.",
        &[
            ("warm_shared_by", "one for all"),
            ("warm_own_of", "one for each"),
            ("warm_own_before_shared_of", "each its own, one behind"),
        ],
    ));
    blocks.extend(threads(
        rows,
        "remembering-stampede",
        "And if all ask for the same missing key at once?",
        "Time until k threads have the answer, whose making sleeps. Level means that they wait at \
         the same time, not that one makes it for all.",
        &[("stampede", "stampede")],
    ));
    if blocks.is_empty() {
        blocks.push(Block::Text(
            "Nothing of the group cache was measured: `cargo bench -- cache/` does so.".to_owned(),
        ));
    }
    Section {
        anchor: "remembering",
        title: "Remembering",
        intro:
            "A cache turns time into memory. What it buys depends on how long an answer takes to \
                make, and how often it is asked for again."
                .to_owned(),
        blocks,
    }
}

/// Times of some rows of the group, a line each.
fn times(
    rows: &Rows,
    id: &str,
    question: &str,
    caption: &str,
    wanted: impl Fn(&Measured) -> bool,
) -> Option<Block> {
    let found: Vec<&Measured> = rows
        .rows
        .iter()
        .filter(|row| row.id.group() == "cache" && wanted(row))
        .collect();
    if found.is_empty() {
        return None;
    }
    let mut table = Table::new(
        id.replace('-', "_"),
        question,
        &["benchmark", "time", "speed-up", "compared with"],
    );
    for row in &found {
        let speed_up = row.speed_up.as_ref();
        table.rows.push(vec![
            Cell::text(row.id.to_string()),
            Cell::Number(time(row)),
            Cell::number(speed_up.map(SpeedUp::quantity), "–"),
            speed_up.map_or(Cell::Missing("–"), |speed_up| {
                Cell::text(speed_up.baseline.to_string())
            }),
        ]);
    }
    let dots: Vec<Dot> = found
        .iter()
        .enumerate()
        .map(|(place, row)| Dot {
            name: match row.id.value() {
                Some(value) => format!("{}/{value}", row.id.function_at_workers()),
                None => row.id.function_at_workers(),
            },
            look: look(row.id.function(), place),
            value: row.time.point_ns,
            interval: Some((row.time.low_ns, row.time.high_ns)),
        })
        .collect();
    let said: Vec<String> = dots
        .iter()
        .map(|dot| format!("{}: {}.", dot.name, Unit::Nanoseconds.text(dot.value)))
        .collect();
    let chart = DotChart {
        id: id.to_owned(),
        title: question.to_owned(),
        description: said.join(" "),
        axis: Axis::logarithmic("time (logarithmic)", dots.iter().map(|dot| dot.value)),
        unit: Unit::Nanoseconds,
        dots,
        mark: None,
    };
    Some(Block::Figure {
        question: question.to_owned(),
        caption: caption.to_owned(),
        svg: chart.svg(),
        table,
    })
}

fn calls(rows: &Rows) -> Option<Block> {
    let found = calls_until_paid_of(rows)?;
    let columns = ["what", "at the earliest", "estimate", "at the latest"];
    let mut table = Table::new("calls_until_paid", "Calls until a cache has paid", &columns);
    let [least, estimate, most] = found.map(|calls| match calls {
        CallsUntilPaid::From(calls) => Cell::Number(Quantity::new(calls, Unit::Count)),
        CallsUntilPaid::Never => Cell::Missing("never"),
    });
    table.rows.push(vec![
        Cell::text("calls with the same argument"),
        least,
        estimate,
        most,
    ]);
    Some(Block::Table {
        title: "After how many calls has a cache paid?".to_owned(),
        caption: "The first call n at which a cold call and n − 1 warm ones take no longer than n \
                  without a cache: (c − w)/(u − w), rounded up."
            .to_owned(),
        table,
    })
}

fn hit_ratios(rows: &Rows) -> Option<Block> {
    let functions = [
        ("zipf_uncached", "computed each time"),
        ("zipf_lru", "bounded cache"),
    ];
    let functions = functions.map(|(function, name)| (function, name.to_owned()));
    let ratio = |row: &Measured| rows.hit_ratio(row.id.value()?.parse().ok()?);
    let lines = series(functions.clone(), |function| {
        let points = rows.of("cache", function);
        points
            .filter_map(|row| Some(time_point(ratio(row)?, row)))
            .collect()
    });
    if lines.is_empty() {
        return None;
    }
    let columns = ["benchmark", "keys found", "time", "speed-up"];
    let mut table = Table::new("hit_ratio", "Time against hit ratio", &columns);
    for (function, _) in &functions {
        for row in rows.of("cache", function) {
            let found = ratio(row).map(|ratio| Quantity::new(ratio, Unit::Fraction));
            let speed_up = row.speed_up.as_ref();
            table.rows.push(vec![
                Cell::text(row.id.to_string()),
                Cell::number(found, "unknown"),
                Cell::Number(time(row)),
                Cell::number(speed_up.map(SpeedUp::quantity), "–"),
            ]);
        }
    }
    Some(Block::Figure {
        question: "Does a cache that can\u{2019}t hold everything pay?".to_owned(),
        caption: "Time of one call against the part of the keys that the bounded cache finds, with \
                  keys by Zipf\u{2019}s law. What is computed is a cheap digest: dearer answers pay \
                  sooner."
            .to_owned(),
        svg: over(
            "remembering-hit-ratio",
            "Time against hit ratio",
            Axis::linear("keys found in the cache", [0.0, 1.0].into_iter()),
            Unit::Fraction,
            lines,
            None,
        ),
        table,
    })
}

fn threads(
    rows: &Rows,
    id: &str,
    question: &str,
    caption: &str,
    functions: &[(&'static str, &str)],
) -> Option<Block> {
    let named = functions
        .iter()
        .map(|(function, name)| (*function, (*name).to_owned()));
    let lines = series(named, |function| {
        let points = rows.of("cache", function);
        points
            .filter_map(|row| Some(time_point(row.id.workers()?.get() as f64, row)))
            .collect()
    });
    if lines.is_empty() {
        return None;
    }
    let columns = ["benchmark", "time", "speed-up", "compared with"];
    let mut table = Table::new(id.replace('-', "_"), question, &columns);
    for (function, _) in functions {
        for row in rows.of("cache", function) {
            let speed_up = row.speed_up.as_ref();
            table.rows.push(vec![
                Cell::text(row.id.to_string()),
                Cell::Number(time(row)),
                Cell::number(speed_up.map(SpeedUp::quantity), "–"),
                speed_up.map_or(Cell::Missing("–"), |speed_up| {
                    Cell::text(speed_up.baseline.to_string())
                }),
            ]);
        }
    }
    let x = Axis::at_values("threads", widths(&lines));
    let mark = match rows.cores {
        1 => (1.0, "1 core available".to_owned()),
        cores => (cores as f64, format!("{cores} cores available")),
    };
    Some(Block::Figure {
        question: question.to_owned(),
        caption: caption.to_owned(),
        svg: over(id, question, x, Unit::Count, lines, Some(mark)),
        table,
    })
}

fn over(
    id: &str,
    title: &str,
    x: Axis,
    x_unit: Unit,
    series: Vec<Series>,
    mark_x: Option<(f64, String)>,
) -> String {
    XyChart {
        id: id.to_owned(),
        title: title.to_owned(),
        description: described(&series, x_unit, Unit::Nanoseconds),
        x,
        x_unit,
        y: Axis::linear("time", heights(&series)),
        y_unit: Unit::Nanoseconds,
        series,
        ideal: None,
        mark_x,
        mark_y: None,
    }
    .svg()
}
