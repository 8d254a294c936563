//! Axes: from a value to a place, and which values are written beside them.

/// How values are spread along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spacing {
    Linear,
    /// Equal ratios lie equally far apart.
    Logarithmic,
}

/// An axis over a range of values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Axis {
    pub(crate) label: String,
    pub(crate) spacing: Spacing,
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) ticks: Vec<f64>,
}

/// Powers of ten that are all written.
const POWERS: f64 = 7.0;

/// Ticks that an axis aims at.
const TICKS: f64 = 5.0;

impl Axis {
    /// From 0, or from below where there are negative values, to a round number
    /// above all `values`.
    pub(crate) fn linear(label: &str, values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = range(values);
        let (low, high) = (
            low.min(0.0),
            if high > low.min(0.0) { high } else { low + 1.0 },
        );
        let step = round_step((high - low) / TICKS);
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        Self {
            label: label.to_owned(),
            spacing: Spacing::Linear,
            low: first * step,
            high: last * step,
            ticks: steps(first, last).map(|index| index * step).collect(),
        }
    }

    /// All positive `values`, with ticks at powers of ten, and at their double
    /// and fivefold where there are few of them.
    pub(crate) fn logarithmic(label: &str, values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = range(values.filter(|value| *value > 0.0));
        // Some room beyond the outermost values.
        let (low, high) = (low / 1.15, high * 1.15);
        let decades = (high / low).log10();
        let factors: &[f64] = match decades {
            ..0.2 => &[
                1.0, 1.02, 1.05, 1.1, 1.15, 1.2, 1.3, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0,
                8.5, 9.0, 9.5, 9.8,
            ],
            ..0.6 => &[1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0],
            ..2.5 => &[1.0, 2.0, 5.0],
            _ => &[1.0],
        };
        // Every second, third… power where there are many.
        let every = (decades / POWERS).ceil().max(1.0);
        let ticks = steps(low.log10().floor(), high.log10().ceil())
            .filter(|power| power.rem_euclid(every) == 0.0)
            .flat_map(|power| {
                factors
                    .iter()
                    .map(move |factor| factor * 10_f64.powf(power))
            })
            .filter(|tick| (low..=high).contains(tick))
            .collect();
        Self {
            label: label.to_owned(),
            spacing: Spacing::Logarithmic,
            low,
            high,
            ticks,
        }
    }

    /// From `low` to `high`, both positive, and no further.
    pub(crate) fn logarithmic_between(label: &str, low: f64, high: f64) -> Self {
        let wider = Self::logarithmic(label, [low, high].into_iter());
        Self {
            ticks: wider
                .ticks
                .into_iter()
                .filter(|tick| (low..=high).contains(tick))
                .collect(),
            low,
            high,
            ..wider
        }
    }

    /// With a tick at each of `values` and at no other: numbers of workers,
    /// sizes.
    pub(crate) fn at_values(label: &str, mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        values.dedup();
        let (low, high) = range(values.iter().copied());
        let room = (high / low).powf(0.04).max(1.02);
        Self {
            label: label.to_owned(),
            spacing: Spacing::Logarithmic,
            low: low / room,
            high: high * room,
            ticks: values,
        }
    }

    /// Where a value lies: 0 at the low end, 1 at the high end, cut off there.
    pub(crate) fn place(&self, value: f64) -> f64 {
        let part = match self.spacing {
            Spacing::Linear => (value - self.low) / (self.high - self.low),
            Spacing::Logarithmic => (value / self.low).ln() / (self.high / self.low).ln(),
        };
        if part.is_nan() {
            0.0
        } else {
            part.clamp(0.0, 1.0)
        }
    }
}

/// The whole numbers from `first` to `last`.
fn steps(first: f64, last: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(first), |index| Some(index + 1.0))
        .take_while(move |index| *index <= last)
        // A chart with more would be black.
        .take(200)
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let ends =
        values
            .filter(|value| value.is_finite())
            .fold(None, |ends: Option<(f64, f64)>, value| match ends {
                None => Some((value, value)),
                Some((low, high)) => Some((low.min(value), high.max(value))),
            });
    ends.unwrap_or((1.0, 1.0))
}

/// The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below.
fn round_step(at_least: f64) -> f64 {
    let power = 10_f64.powf(at_least.log10().floor());
    let factor = [1.0, 2.0, 2.5, 5.0]
        .into_iter()
        .find(|factor| factor * power >= at_least * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ticks_are_round_numbers() {
        let axis = Axis::linear("", [0.71, 1.98].into_iter());
        assert_eq!(axis.ticks, [0.0, 0.5, 1.0, 1.5, 2.0]);
        let axis = Axis::logarithmic("", [90.0, 1.2e7].into_iter());
        let expected = [1e2, 1e3, 1e4, 1e5, 1e6, 1e7];
        assert_eq!(axis.ticks.len(), expected.len(), "{axis:?}");
    }

    #[test]
    fn one_value_alone_or_none_still_makes_an_axis() {
        for axis in [
            Axis::linear("", [0.0].into_iter()),
            Axis::linear("", std::iter::empty()),
            Axis::logarithmic("", [5.0].into_iter()),
            Axis::at_values("", vec![3.0]),
            Axis::at_values("", vec![]),
        ] {
            assert!(axis.high > axis.low, "{axis:?}");
        }
    }

    proptest! {
        #[test]
        fn order_is_kept_and_nothing_leaves_the_axis(
            mut values in prop::collection::vec(1e-3..1e9_f64, 2..20),
        ) {
            values.sort_by(f64::total_cmp);
            for axis in [
                Axis::linear("", values.iter().copied()),
                Axis::logarithmic("", values.iter().copied()),
                Axis::at_values("", values.clone()),
            ] {
                let places: Vec<f64> = values.iter().map(|value| axis.place(*value)).collect();
                prop_assert!(places.is_sorted(), "{axis:?}");
                prop_assert!(places.iter().all(|place| (0.0..=1.0).contains(place)));
                prop_assert!(axis.ticks.iter().all(|tick| *tick <= axis.high * (1.0 + 1e-9)));
            }
        }
    }
}
