//! Values of a list, a line each: what has no order but its own.

use super::axis::Axis;
use super::xy::tick_text;
use super::{marker, whiskers};
use crate::report::svg::{Anchor, Svg};
use crate::report::units::Unit;

const WIDTH: f64 = 760.0;
const LEFT: f64 = 236.0;
/// The numbers stand here.
const RIGHT: f64 = 96.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 46.0;
const LINE: f64 = 25.0;

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Dot {
    pub(crate) name: String,
    pub(crate) look: usize,
    pub(crate) value: f64,
    pub(crate) interval: Option<(f64, f64)>,
}

/// A list of values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DotChart {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) axis: Axis,
    pub(crate) unit: Unit,
    pub(crate) dots: Vec<Dot>,
    /// A value of interest, and its name.
    pub(crate) mark: Option<(f64, String)>,
}

impl DotChart {
    fn x(&self, value: f64) -> f64 {
        LEFT + self.axis.place(value) * (WIDTH - LEFT - RIGHT)
    }

    /// The picture.
    pub(crate) fn svg(&self) -> String {
        let mut svg = Svg::default();
        let floor = TOP + LINE * self.dots.len() as f64;
        for tick in &self.axis.ticks {
            let x = self.x(*tick);
            svg.line("grid", (x, TOP - 4.0), (x, floor));
            let text = tick_text(self.unit, *tick);
            svg.words("tick", (x, floor + 18.0), Anchor::Middle, &text);
        }
        let end = (WIDTH - RIGHT, floor + 38.0);
        svg.words("label", end, Anchor::End, &self.axis.label);
        if let Some((value, name)) = &self.mark {
            let x = self.x(*value);
            svg.line("mark", (x, TOP - 6.0), (x, floor));
            svg.words("mark-name", (x, TOP - 12.0), Anchor::Middle, name);
        }
        for (index, dot) in self.dots.iter().enumerate() {
            self.draw(&mut svg, dot, TOP + LINE * (index as f64 + 0.5));
        }
        svg.finish(
            &self.id,
            &self.title,
            &self.description,
            (WIDTH, floor + BOTTOM),
        )
    }

    fn draw(&self, svg: &mut Svg, dot: &Dot, y: f64) {
        let value = self.unit.text(dot.value);
        let mut title = format!("{}: {value}", dot.name);
        if let Some((low, high)) = dot.interval {
            let interval = self.unit.interval(dot.value, low, high);
            title = format!("{title} ({interval})");
        }
        svg.words("name", (LEFT - 14.0, y + 4.0), Anchor::End, &dot.name);
        svg.group(&format!("s s{}", dot.look), None, |svg| {
            svg.group("p", Some(&title), |svg| {
                svg.line("stem", (self.x(self.axis.low), y), (self.x(dot.value), y));
                if let Some((low, high)) = dot.interval {
                    whiskers(svg, self.x(low), self.x(high), y);
                }
                marker(svg, dot.look, (self.x(dot.value), y));
            });
        });
        svg.words("value", (WIDTH - 4.0, y + 4.0), Anchor::End, &value);
    }
}
