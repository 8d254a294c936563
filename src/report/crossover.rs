//! From which size on something pays.

/// How many times as fast something is at one size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtSize {
    /// The size.
    pub size: f64,
    /// The estimate of the speed-up there.
    pub value: f64,
    /// Where its interval begins.
    pub low: f64,
    /// Where its interval ends.
    pub high: f64,
}

/// Where a speed-up passes 1 for good.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Passing {
    /// At the smallest size that was measured, or below it.
    AtOrBelow(f64),
    /// Between two sizes that were measured.
    At(f64),
    /// Not at any size up to this one.
    NotUpTo(f64),
}

/// From which size on something pays, and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crossover {
    /// Where the estimate passes 1.
    pub estimate: Passing,
    /// Where the upper ends of the intervals do: it may pay from here.
    pub earliest: Passing,
    /// Where the lower ends do: it pays from here.
    pub latest: Passing,
}

impl Crossover {
    /// Of speed-ups at several sizes. Between two of them, ln speed-up is taken
    /// for a straight line over ln size. The interval is that of every size by
    /// itself, not of all at once. None without any.
    ///
    /// ```
    /// use speedup::report::{AtSize, Crossover, Passing};
    ///
    /// let at = |size, value: f64| AtSize { size, value, low: value / 1.1, high: value * 1.1 };
    /// let crossover = Crossover::of(&[at(100.0, 0.5), at(400.0, 2.0)]).expect("two sizes");
    /// let Passing::At(size) = crossover.estimate else { panic!("it lies between") };
    /// assert!((size - 200.0).abs() < 1e-9);
    /// ```
    #[must_use]
    pub fn of(speed_ups: &[AtSize]) -> Option<Self> {
        let mut sorted = speed_ups.to_vec();
        sorted.sort_by(|a, b| a.size.total_cmp(&b.size));
        let passing = |value: fn(&AtSize) -> f64| {
            let curve: Vec<(f64, f64)> = sorted
                .iter()
                .map(|point| (point.size, value(point)))
                .collect();
            passing(&curve)
        };
        Some(Self {
            estimate: passing(|point| point.value)?,
            earliest: passing(|point| point.high)?,
            latest: passing(|point| point.low)?,
        })
    }
}

/// Where a curve over ascending sizes comes to stay at 1 or above.
fn passing(curve: &[(f64, f64)]) -> Option<Passing> {
    let (smallest, largest) = (curve.first()?.0, curve.last()?.0);
    let Some(last_below) = curve.iter().rposition(|(_, value)| *value < 1.0) else {
        return Some(Passing::AtOrBelow(smallest));
    };
    let Some((above_size, above)) = curve.get(last_below + 1) else {
        return Some(Passing::NotUpTo(largest));
    };
    let (below_size, below) = curve[last_below];
    if !(below > 0.0 && above.is_finite()) {
        // An interval that nothing bounds says no more than: up to there.
        return Some(Passing::At(*above_size));
    }
    let part = -below.ln() / (above.ln() - below.ln());
    Some(Passing::At(
        below_size * (above_size / below_size).powf(part),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(size: f64, value: f64) -> AtSize {
        AtSize {
            size,
            value,
            low: value * 0.9,
            high: value * 1.1,
        }
    }

    #[test]
    fn what_always_pays_and_what_never_does_is_told_apart() {
        let always = Crossover::of(&[at(10.0, 2.0), at(100.0, 3.0)]).expect("sizes");
        assert_eq!(always.latest, Passing::AtOrBelow(10.0));
        let never = Crossover::of(&[at(10.0, 0.2), at(100.0, 0.7)]).expect("sizes");
        assert_eq!(never.estimate, Passing::NotUpTo(100.0));
        assert_eq!(never.earliest, Passing::NotUpTo(100.0));
        assert_eq!(Crossover::of(&[]), None);
    }

    #[test]
    fn a_size_that_pays_counts_for_nothing_if_a_larger_one_does_not() {
        let found = Crossover::of(&[at(10.0, 2.0), at(100.0, 0.5), at(1000.0, 2.0)]);
        let Passing::At(size) = found.expect("sizes").estimate else {
            panic!("{found:?}");
        };
        // Half-way between 100 and 1000, on a logarithmic axis.
        assert!((size - 100_000_f64.sqrt()).abs() < 1e-9, "{size}");
    }

    #[test]
    fn an_unbounded_interval_does_not_make_a_number_of_nothing() {
        let open = AtSize {
            size: 100.0,
            value: 2.0,
            low: 0.0,
            high: f64::INFINITY,
        };
        let found = Crossover::of(&[at(10.0, 0.5), open]).expect("sizes");
        assert_eq!(found.latest, Passing::NotUpTo(100.0));
        assert_eq!(found.earliest, Passing::At(100.0));
    }

    proptest! {
        #[test]
        fn the_estimate_lies_between_the_ends(
            values in prop::collection::vec(0.1..10.0_f64, 1..8),
        ) {
            let points: Vec<AtSize> = values
                .iter()
                .enumerate()
                .map(|(index, value)| at(10.0 * 3.0_f64.powi(i32::try_from(index).unwrap()), *value))
                .collect();
            let found = Crossover::of(&points).unwrap();
            let number = |passing| match passing {
                Passing::AtOrBelow(_) => 0.0,
                Passing::At(size) => size,
                Passing::NotUpTo(_) => f64::INFINITY,
            };
            let slack = 1.0 + 1e-9;
            prop_assert!(number(found.earliest) <= number(found.estimate) * slack);
            prop_assert!(number(found.estimate) <= number(found.latest) * slack);
        }
    }
}
