//! What stands below the answers: figures with their tables.

mod computing;
mod cost;
mod peers;
mod remembering;
mod results;
mod scaling;
mod sizes;
mod spread;
mod trust;
mod waiting;

pub(super) use trust::{facts, left_out};

use super::chart::{Point, Series, look};
use super::input::Input;
use super::rows::{Measured, Rows};
use super::table::{Quantity, Table};
use super::units::Unit;

/// A part of the page with a heading of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Where links to it lead.
    pub anchor: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What it is about.
    pub intro: String,
    /// What it holds.
    pub blocks: Vec<Block>,
}

/// A part of a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A chart and the numbers that it shows.
    Figure {
        /// The question that it answers.
        question: String,
        /// What can be seen in it.
        caption: String,
        /// The picture.
        svg: String,
        /// Its numbers.
        table: Table,
    },
    /// Numbers that stand by themselves.
    Table {
        /// What they tell.
        title: String,
        /// How to read them.
        caption: String,
        /// The numbers.
        table: Table,
    },
    /// Names and what there is to say of each: a row each, which can be read
    /// where a table is too wide.
    List {
        /// What it tells.
        title: String,
        /// How to read it.
        caption: String,
        /// The names, and the words.
        table: Table,
    },
    /// A paragraph.
    Text(String),
}

/// All sections between the answers and the guide, in their order.
pub(super) fn sections(rows: &Rows, input: &Input) -> Vec<Section> {
    vec![
        results::section(rows, input),
        waiting::section(rows),
        computing::section(rows),
        remembering::section(rows),
        peers::section(input),
        spread::section(rows),
    ]
}

fn time(row: &Measured) -> Quantity {
    let time = &row.time;
    Quantity::new(time.point_ns, Unit::Nanoseconds).within(time.low_ns, time.high_ns)
}

fn time_point(x: f64, row: &Measured) -> Point {
    Point {
        x,
        y: row.time.point_ns,
        interval: Some((row.time.low_ns, row.time.high_ns)),
    }
}

/// The speed-up as a point, its interval left out where nothing bounds it.
fn speed_up_point(x: f64, row: &Measured) -> Option<Point> {
    let speed_up = row.speed_up.as_ref()?;
    let is_bounded = speed_up.low > 0.0 && speed_up.high.is_finite();
    Some(Point {
        x,
        y: speed_up.value,
        interval: is_bounded.then_some((speed_up.low, speed_up.high)),
    })
}

/// A line for each function that has points, those sorted by x.
fn series<'a>(
    functions: impl IntoIterator<Item = (&'a str, String)>,
    points: impl Fn(&str) -> Vec<Point>,
) -> Vec<Series> {
    let mut all = Vec::new();
    for (place, (function, name)) in functions.into_iter().enumerate() {
        let mut points = points(function);
        points.sort_by(|a, b| a.x.total_cmp(&b.x));
        if !points.is_empty() {
            all.push(Series {
                name,
                look: look(function, place),
                points,
                has_markers: true,
            });
        }
    }
    all
}

/// All values of y that a chart has to hold.
fn heights(series: &[Series]) -> impl Iterator<Item = f64> + '_ {
    series
        .iter()
        .flat_map(|series| &series.points)
        .flat_map(|point| {
            let (low, high) = point.interval.unwrap_or((point.y, point.y));
            [low, point.y, high]
        })
}

/// All values of x in a chart.
fn widths(series: &[Series]) -> Vec<f64> {
    let points = series.iter().flat_map(|series| &series.points);
    points.map(|point| point.x).collect()
}

/// "rayon from 0.71× at 1 to 1.98× at 2": what a chart shows, line by line.
fn described(series: &[Series], x: Unit, y: Unit) -> String {
    let lines = series.iter().filter_map(|series| {
        let (first, last) = (series.points.first()?, series.points.last()?);
        Some(format!(
            "{}: {} at {}, {} at {}.",
            series.name,
            y.text(first.y),
            x.text(first.x),
            y.text(last.y),
            x.text(last.x)
        ))
    });
    lines.collect::<Vec<_>>().join(" ")
}
