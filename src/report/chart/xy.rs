//! Lines over an axis: values against workers, sizes, hit ratios.

use super::axis::Axis;
use super::{letters_wide, marker, spread_out};
use crate::report::svg::{Anchor, Svg};
use crate::report::units::Unit;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 330.0;
const LEFT: f64 = 62.0;
/// Names of the lines stand here: at least so wide, and as wide as the longest
/// name takes, with so much around it.
const RIGHT: f64 = 168.0;
const AROUND_NAME: f64 = 36.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 46.0;

/// Between the baselines of two names.
const LINE: f64 = 16.0;

/// Between neighbouring lines, where several have a point at the same x.
const ASIDE: f64 = 3.5;

/// A measured value with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) interval: Option<(f64, f64)>,
}

/// Points of one name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) look: usize,
    pub(crate) points: Vec<Point>,
    /// Whether each point carries a marker; else it is a bare line.
    pub(crate) has_markers: bool,
}

/// A line that was not measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Curve {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
}

/// A chart of lines.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct XyChart {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) x: Axis,
    pub(crate) x_unit: Unit,
    pub(crate) y: Axis,
    pub(crate) y_unit: Unit,
    pub(crate) series: Vec<Series>,
    pub(crate) ideal: Option<Curve>,
    /// A value of x that is of interest, and its name.
    pub(crate) mark_x: Option<(f64, String)>,
    /// The same of y.
    pub(crate) mark_y: Option<(f64, String)>,
}

impl XyChart {
    /// The room for the names of the lines.
    fn right(&self) -> f64 {
        let names = self.series.iter().map(|series| &series.name);
        let names = names.chain(self.ideal.iter().map(|ideal| &ideal.name));
        let longest = names.map(|name| name.chars().count()).max().unwrap_or(0);
        RIGHT.max(letters_wide(longest) + AROUND_NAME)
    }

    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (
            LEFT + self.x.place(x) * (WIDTH - LEFT - self.right()),
            HEIGHT - BOTTOM - self.y.place(y) * (HEIGHT - TOP - BOTTOM),
        )
    }

    /// The picture.
    pub(crate) fn svg(&self) -> String {
        let mut svg = Svg::default();
        self.draw_axes(&mut svg);
        self.draw_marks(&mut svg);
        if let Some(ideal) = &self.ideal {
            let points = ideal.points.iter().map(|(x, y)| self.at(*x, *y));
            svg.path("ideal", points);
        }
        for (index, series) in self.series.iter().enumerate() {
            self.draw(&mut svg, series, self.aside(index));
        }
        self.name_lines(&mut svg);
        svg.finish(&self.id, &self.title, &self.description, (WIDTH, HEIGHT))
    }

    fn draw_axes(&self, svg: &mut Svg) {
        let (left, right) = (LEFT, WIDTH - self.right());
        for tick in &self.y.ticks {
            let (_, y) = self.at(self.x.low, *tick);
            svg.line("grid", (left, y), (right, y));
            let text = tick_text(self.y_unit, *tick);
            svg.words("tick", (left - 8.0, y + 4.0), Anchor::End, &text);
        }
        let floor = HEIGHT - BOTTOM;
        svg.line("axis", (left, floor), (right, floor));
        let mut free_from = f64::NEG_INFINITY;
        for tick in &self.x.ticks {
            let (x, _) = self.at(*tick, self.y.low);
            svg.line("axis", (x, floor), (x, floor + 5.0));
            let text = tick_text(self.x_unit, *tick);
            let half = text.chars().count() as f64 * 3.6;
            if x - half > free_from {
                svg.words("tick", (x, floor + 19.0), Anchor::Middle, &text);
                free_from = x + half;
            }
        }
        svg.words("label", (right, HEIGHT - 8.0), Anchor::End, &self.x.label);
        svg.words("label", (8.0, 16.0), Anchor::Start, &self.y.label);
    }

    fn draw_marks(&self, svg: &mut Svg) {
        if let Some((value, name)) = &self.mark_x {
            let (x, floor) = self.at(*value, self.y.low);
            svg.line("mark", (x, TOP - 6.0), (x, floor));
            // On the side where there is more room.
            let anchor = if self.x.place(*value) > 0.6 {
                Anchor::End
            } else {
                Anchor::Start
            };
            let away = if anchor == Anchor::End { -6.0 } else { 6.0 };
            svg.words("mark-name", (x + away, TOP + 2.0), anchor, name);
        }
        if let Some((value, name)) = &self.mark_y {
            let (left, y) = self.at(self.x.low, *value);
            svg.line("mark", (left, y), (WIDTH - self.right(), y));
            svg.words("mark-name", (left + 6.0, y - 5.0), Anchor::Start, name);
        }
    }

    /// How far a line is drawn beside its place, so that intervals at the same x
    /// don't cover each other.
    fn aside(&self, index: usize) -> f64 {
        let middle = (self.series.len() as f64 - 1.0) / 2.0;
        match self.series.get(index) {
            Some(series) if series.has_markers => (index as f64 - middle) * ASIDE,
            _ => 0.0,
        }
    }

    fn draw(&self, svg: &mut Svg, series: &Series, aside: f64) {
        let class = format!("s s{}", series.look);
        svg.group(&class, None, |svg| {
            let places = series.points.iter().map(|point| self.at(point.x, point.y));
            svg.path("line", places.map(|(x, y)| (x + aside, y)));
            if !series.has_markers {
                return;
            }
            for point in &series.points {
                let value = self.y_unit.text(point.y);
                let mut title = format!("{}, {}: {value}", series.name, self.x_unit.text(point.x));
                if let Some((low, high)) = point.interval {
                    let interval = self.y_unit.interval(point.y, low, high);
                    title = format!("{title} ({interval})");
                }
                svg.group("p", Some(&title), |svg| {
                    self.draw_point(svg, series.look, point, aside);
                });
            }
        });
    }

    fn draw_point(&self, svg: &mut Svg, look: usize, point: &Point, aside: f64) {
        let (x, y) = self.at(point.x, point.y);
        let x = x + aside;
        if let Some((low, high)) = point.interval {
            let (_, bottom) = self.at(point.x, low);
            let (_, top) = self.at(point.x, high);
            svg.line("error", (x, bottom), (x, top));
            for y in [bottom, top] {
                svg.line("error", (x - 4.0, y), (x + 4.0, y));
            }
        }
        marker(svg, look, (x, y));
    }

    /// Writes each line's name beside its end, so that no legend is needed.
    fn name_lines(&self, svg: &mut Svg) {
        let ends: Vec<(Option<usize>, &str, (f64, f64))> = self
            .series
            .iter()
            .filter_map(|series| {
                let last = series.points.last()?;
                Some((
                    Some(series.look),
                    series.name.as_str(),
                    self.at(last.x, last.y),
                ))
            })
            .chain(self.ideal.iter().filter_map(|ideal| {
                let (x, y) = ideal.points.last()?;
                Some((None, ideal.name.as_str(), self.at(*x, *y)))
            }))
            .collect();
        let places: Vec<f64> = ends.iter().map(|(_, _, (_, y))| *y).collect();
        let moved = spread_out(&places, LINE, TOP, HEIGHT - BOTTOM);
        for ((look, name, (x, y)), place) in ends.into_iter().zip(moved) {
            let class = look.map_or("s ideal-name".to_owned(), |look| format!("s s{look}"));
            let start = WIDTH - self.right() + 14.0;
            svg.group(&class, None, |svg| {
                svg.path("leader", [(x + 7.0, y), (start - 2.0, place)].into_iter());
                match look {
                    Some(look) => marker(svg, look, (start + 5.0, place)),
                    None => svg.line("ideal", (start, place), (start + 11.0, place)),
                }
            });
            svg.words("name", (start + 16.0, place + 4.0), Anchor::Start, name);
        }
    }
}

/// A tick with as few digits as tell it from its neighbours.
pub(super) fn tick_text(unit: Unit, value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let text = unit.text(value);
    let (number, suffix) = match text.find([' ', '×']) {
        Some(at) => text.split_at(at),
        None => (text.as_str(), ""),
    };
    let number = match number.find('.') {
        Some(_) => number.trim_end_matches('0').trim_end_matches('.'),
        None => number,
    };
    format!("{number}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_have_no_idle_digits() {
        for (unit, value, text) in [
            (Unit::Nanoseconds, 1e6, "1 ms"),
            (Unit::Nanoseconds, 2.5e3, "2.5 µs"),
            (Unit::Times, 1.5, "1.5×"),
            (Unit::Times, 0.0, "0"),
            (Unit::Times, 100.0, "100×"),
            (Unit::Count, 3000.0, "3,000"),
            (Unit::Fraction, 0.5, "50 %"),
        ] {
            assert_eq!(tick_text(unit, value), text);
        }
    }
}
