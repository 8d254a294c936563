//! Ratios of many pairs, a line each, in groups, around the line at 1.

use super::axis::Axis;
use super::xy::tick_text;
use super::{Dot, fitting, letters_wide, letters_within, marker, whiskers};
use crate::report::svg::{Anchor, Svg};
use crate::report::units::Unit;

const WIDTH: f64 = 760.0;
/// Names stand here.
const LEFT: f64 = 256.0;
/// Between a name and what follows.
const AFTER_NAME: f64 = 14.0;
/// The numbers and their intervals stand here.
const RIGHT: f64 = 186.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 46.0;
const LINE: f64 = 24.0;
/// Between two groups, beside what a line takes.
const GAP: f64 = 8.0;

/// Letters of what a group is held against; its name has the rest of the line.
const REFERENCE_LETTERS: usize = 40;

/// A picture with more lines is cut between two groups, so that paper can hold
/// it; a larger group has a picture to itself.
const MOST_LINES: usize = 30;

/// Ratios to the same reference.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group {
    pub(crate) name: String,
    /// What 1 stands for.
    pub(crate) reference: String,
    pub(crate) dots: Vec<Dot>,
}

impl Group {
    /// Its name takes a line.
    fn lines(&self) -> usize {
        self.dots.len() + 1
    }
}

/// A forest plot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ForestPlot {
    pub(crate) id: String,
    pub(crate) title: String,
    /// The same for all parts; it holds 1.
    pub(crate) axis: Axis,
    /// What the line at 1 is called.
    pub(crate) line_name: String,
    pub(crate) groups: Vec<Group>,
}

impl ForestPlot {
    /// The picture, in as many parts as it takes.
    pub(crate) fn svg(&self) -> String {
        let parts = parts(&self.groups);
        let count = parts.len();
        let pictures = parts.iter().enumerate().map(|(index, groups)| {
            let (id, title) = match (index, count) {
                (_, 1) => (self.id.clone(), self.title.clone()),
                (index, count) => (
                    format!("{}-{}", self.id, index + 1),
                    format!("{}, part {} of {count}", self.title, index + 1),
                ),
            };
            self.part(&id, &title, groups)
        });
        pictures.collect()
    }

    fn x(&self, value: f64) -> f64 {
        LEFT + self.axis.place(value) * (WIDTH - LEFT - RIGHT)
    }

    fn part(&self, id: &str, title: &str, groups: &[Group]) -> String {
        let mut svg = Svg::default();
        let lines: usize = groups.iter().map(Group::lines).sum();
        let gaps = groups.len().saturating_sub(1);
        let floor = TOP + LINE * lines as f64 + GAP * gaps as f64;
        for tick in &self.axis.ticks {
            let x = self.x(*tick);
            svg.line("grid", (x, TOP - 4.0), (x, floor));
            let text = tick_text(Unit::Times, *tick);
            svg.words("tick", (x, floor + 18.0), Anchor::Middle, &text);
        }
        let end = (WIDTH - RIGHT, floor + 38.0);
        svg.words("label", end, Anchor::End, &self.axis.label);
        let one = self.x(1.0);
        svg.line("axis", (one, TOP - 6.0), (one, floor));
        svg.words(
            "mark-name",
            (one, TOP - 12.0),
            Anchor::Middle,
            &self.line_name,
        );
        let mut y = TOP + LINE / 2.0;
        for group in groups {
            let reference = fitting(&group.reference, REFERENCE_LETTERS);
            svg.words("label", (WIDTH, y + 4.0), Anchor::End, &reference);
            let taken = letters_wide(reference.chars().count()) + AFTER_NAME;
            let name = fitting(&group.name, letters_within(WIDTH - taken));
            svg.words("value", (0.0, y + 4.0), Anchor::Start, &name);
            for dot in &group.dots {
                y += LINE;
                self.draw(&mut svg, dot, y);
            }
            y += LINE + GAP;
        }
        svg.finish(id, title, &described(groups), (WIDTH, floor + BOTTOM))
    }

    fn draw(&self, svg: &mut Svg, dot: &Dot, y: f64) {
        let room = LEFT - AFTER_NAME;
        let name = fitting(&dot.name, letters_within(room));
        svg.words("name", (room, y + 4.0), Anchor::End, &name);
        let said = said(dot);
        svg.group(&format!("s s{}", dot.look), None, |svg| {
            svg.group("p", Some(&format!("{}: {said}", dot.name)), |svg| {
                if let Some((low, high)) = dot.interval {
                    whiskers(svg, self.x(low), self.x(high), y);
                }
                marker(svg, dot.look, (self.x(dot.value), y));
            });
        });
        svg.words("name", (WIDTH - 4.0, y + 4.0), Anchor::End, &said);
    }
}

/// "5.85× (5.78 to 5.89×)".
fn said(dot: &Dot) -> String {
    let value = Unit::Times.text(dot.value);
    match dot.interval {
        Some((low, high)) => {
            let interval = Unit::Times.interval(dot.value, low, high);
            format!("{value} ({interval})")
        }
        None => value,
    }
}

/// The text alternative: every group with its numbers.
fn described(groups: &[Group]) -> String {
    let groups = groups.iter().map(|group| {
        let dots = group.dots.iter();
        let dots = dots.map(|dot| format!("{} {}", dot.name, said(dot)));
        let dots = dots.collect::<Vec<_>>().join("; ");
        format!("{} ({}): {dots}.", group.name, group.reference)
    });
    groups.collect::<Vec<_>>().join(" ")
}

/// As many groups together as a picture holds; a group is never cut.
fn parts(groups: &[Group]) -> Vec<&[Group]> {
    let mut parts = Vec::new();
    let (mut start, mut lines) = (0, 0);
    for (index, group) in groups.iter().enumerate() {
        if index > start && lines + group.lines() > MOST_LINES {
            parts.push(&groups[start..index]);
            (start, lines) = (index, 0);
        }
        lines += group.lines();
    }
    if start < groups.len() {
        parts.push(&groups[start..]);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn group(name: &str, ratios: &[f64]) -> Group {
        let dot = |ratio: &f64| Dot {
            name: format!("side of {ratio}"),
            look: 1,
            value: *ratio,
            interval: Some((ratio * 0.9, ratio * 1.1)),
        };
        Group {
            name: name.to_owned(),
            reference: "1 is ours".to_owned(),
            dots: ratios.iter().map(dot).collect(),
        }
    }

    fn plot(groups: Vec<Group>) -> ForestPlot {
        ForestPlot {
            id: "peers".to_owned(),
            title: "Peers".to_owned(),
            axis: Axis::logarithmic("ratio", [0.1, 1.0, 10.0].into_iter()),
            line_name: "as long".to_owned(),
            groups,
        }
    }

    #[test]
    fn faster_lies_left_of_the_line_and_slower_right_of_it() {
        let plot = plot(vec![]);
        assert!(plot.x(0.5) < plot.x(1.0) && plot.x(1.0) < plot.x(2.0));
        let (half, double) = (plot.x(1.0) - plot.x(0.5), plot.x(2.0) - plot.x(1.0));
        assert!(
            (half - double).abs() < 1e-9,
            "equal ratios lie equally far apart"
        );
    }

    #[test]
    fn every_number_is_in_the_text_alternative() {
        let text = plot(vec![group("Factorials", &[0.5, 2.0])]).svg();
        assert!(
            text.contains(
                "Factorials (1 is ours): side of 0.5 0.500× (0.450 to 0.550×); side of 2 2.00× \
                 (1.80 to 2.20×)."
            ),
            "{text}"
        );
        assert_eq!(text.matches("<svg").count(), 1);
    }

    proptest! {
        #[test]
        fn parts_hold_all_groups_in_their_order(
            sizes in prop::collection::vec(1_usize..45, 0..20),
        ) {
            let groups: Vec<Group> =
                sizes.iter().map(|size| group("g", &vec![2.0; *size])).collect();
            let parts = parts(&groups);
            prop_assert_eq!(&parts.concat(), &groups);
            for part in parts {
                let lines: usize = part.iter().map(Group::lines).sum();
                prop_assert!(part.len() == 1 || lines <= MOST_LINES);
            }
        }
    }
}
