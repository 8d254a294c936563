//! Charts as inline SVG: colours by class, shapes and dashes beside them, a
//! text alternative each. What they look like in light, dark and print is said
//! in `templates/report.css`.

mod axis;
mod dots;
mod forest;
mod xy;

pub(super) use axis::Axis;
pub(super) use dots::{Dot, DotChart};
pub(super) use forest::{ForestPlot, Group as ForestGroup};
pub(super) use xy::{Curve, Point, Series, XyChart};

use super::svg::Svg;

/// Looks that can be told apart: a colour, a shape and a dash each.
pub(super) const LOOKS: usize = 7;

/// A letter's width, about.
const LETTER: f64 = 7.0;

/// Half the height of a marker.
const MARKER: f64 = 4.5;

/// The look of a strategy, the same in all charts; others get one by `place`.
pub(super) fn look(name: &str, place: usize) -> usize {
    match name {
        "sequential" | "uncached" | "naive" | "list_each" => 0,
        "threads" | "cold" => 1,
        "rayon" | "warm" => 2,
        "process_pool" => 3,
        "global_lock" => 4,
        "threads_static" => 5,
        "event_loop" => 6,
        _ => place % LOOKS,
    }
}

/// A shape around a point.
fn marker(svg: &mut Svg, look: usize, (x, y): (f64, f64)) {
    let r = MARKER;
    match look % LOOKS {
        0 => svg.circle((x, y), r * 0.95),
        1 => svg.polygon(&[
            (x - r, y - r),
            (x + r, y - r),
            (x + r, y + r),
            (x - r, y + r),
        ]),
        2 => svg.polygon(&[
            (x, y - r * 1.25),
            (x + r * 1.2, y + r),
            (x - r * 1.2, y + r),
        ]),
        3 => svg.polygon(&[
            (x, y - r * 1.35),
            (x + r * 1.35, y),
            (x, y + r * 1.35),
            (x - r * 1.35, y),
        ]),
        4 => svg.polygon(&[
            (x, y + r * 1.25),
            (x + r * 1.2, y - r),
            (x - r * 1.2, y - r),
        ]),
        5 => svg.polygon(&cross(x, y, r * 1.2, r * 0.42)),
        _ => svg.polygon(&[
            (x - r * 1.3, y - r * 0.55),
            (x + r * 1.3, y - r * 0.55),
            (x + r * 1.3, y + r * 0.55),
            (x - r * 1.3, y + r * 0.55),
        ]),
    }
}

/// An interval from `low` to `high` on the page, lying, with a cap at either end.
fn whiskers(svg: &mut Svg, low: f64, high: f64, y: f64) {
    svg.line("error", (low, y), (high, y));
    for x in [low, high] {
        svg.line("error", (x, y - 4.0), (x, y + 4.0));
    }
}

/// How wide so many letters are, about.
fn letters_wide(letters: usize) -> f64 {
    letters as f64 * LETTER
}

/// How many letters fit, about.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pictures are some hundred letters wide; less than nothing holds none"
)]
fn letters_within(width: f64) -> usize {
    (width / LETTER) as usize
}

/// The text, cut where it has more letters than there is room for.
fn fitting(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(letters.saturating_sub(1)).collect();
    format!("{}…", beginning.trim_end())
}

/// An upright cross with arms of `length` and half of `width` on either side.
fn cross(x: f64, y: f64, length: f64, width: f64) -> [(f64, f64); 12] {
    [
        (x - width, y - length),
        (x + width, y - length),
        (x + width, y - width),
        (x + length, y - width),
        (x + length, y + width),
        (x + width, y + width),
        (x + width, y + length),
        (x - width, y + length),
        (x - width, y + width),
        (x - length, y + width),
        (x - length, y - width),
        (x - width, y - width),
    ]
}

/// Moves places apart until neighbours are `gap` from each other, none leaves
/// `low..=high` as long as all have room there, and their order stays.
fn spread_out(places: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|a, b| places[*a].total_cmp(&places[*b]));
    let mut moved = places.to_vec();
    let mut least = low;
    for index in &order {
        moved[*index] = moved[*index].max(least);
        least = moved[*index] + gap;
    }
    let mut most = high;
    for index in order.iter().rev() {
        moved[*index] = moved[*index].min(most);
        most = moved[*index] - gap;
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn labels_never_lie_on_each_other_and_keep_their_order(
            places in prop::collection::vec(0.0..200.0_f64, 1..12),
        ) {
            let moved = spread_out(&places, 16.0, 0.0, 200.0);
            let mut sorted = moved.clone();
            sorted.sort_by(f64::total_cmp);
            prop_assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] > 15.999));
            prop_assert!(sorted.iter().all(|place| *place <= 200.0));
            for (a, b) in places.iter().zip(&moved) {
                for (c, d) in places.iter().zip(&moved) {
                    prop_assert!(a >= c || b < d);
                }
            }
        }
    }
}
