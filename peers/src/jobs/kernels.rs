//! Factorials by other libraries, and one digest for all of them.

use crate::in_process::{InProcess, timed};
use crate::job::{Contender, Extent, Outcome};
use crate::residue::Digest;
use dashu_int::UBig;
use malachite_base::num::arithmetic::traits::Factorial;
use malachite_nz::natural::Natural;
use num_bigint::BigUint;
use speedup::workload::factorial::known;

/// A list of factorials that is computed in units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts {
    /// The list ends before it.
    pub(super) end: u32,
    /// A unit is every so manyth factorial.
    pub(super) parts: u32,
}

impl Parts {
    /// The numbers of the unit, or all.
    pub(super) fn numbers(self, extent: Extent) -> impl Iterator<Item = u32> {
        let (first, step) = match extent {
            Extent::Whole => (0, 1),
            Extent::Unit(unit) => {
                let unit = u32::try_from(unit % self.parts as usize);
                (unit.expect("it is below `parts`"), self.parts as usize)
            }
        };
        (first..self.end).step_by(step)
    }
}

/// A number that can be digested.
pub(super) trait Number {
    /// Its digits of 64 bits, most significant first.
    fn digits(&self) -> impl Iterator<Item = u64>;
}

impl Number for BigUint {
    fn digits(&self) -> impl Iterator<Item = u64> {
        self.iter_u64_digits().rev()
    }
}

impl Number for Natural {
    fn digits(&self) -> impl Iterator<Item = u64> {
        self.limbs().rev()
    }
}

impl Number for UBig {
    fn digits(&self) -> impl Iterator<Item = u64> {
        self.as_words().iter().rev().copied()
    }
}

/// What all sides' lists are compared by.
pub(super) fn digest<N: Number>(numbers: &Vec<N>) -> String {
    let mut digest = Digest::default();
    for number in numbers {
        digest.add(number.digits());
    }
    digest.text()
}

/// The same for ours; a whole list is also checked by what is known of
/// factorials. What is wrong takes the place of the digest, and so is told.
pub(super) fn checked_digest(end: u32) -> impl Fn(&Vec<BigUint>) -> String {
    move |numbers| {
        if numbers.len() == end as usize
            && let Err(wrong) = known::check_range(0..end, numbers)
        {
            return wrong.to_string();
        }
        digest(numbers)
    }
}

/// A side in this process whose answer is a list of numbers.
pub(super) fn list<N: Number + 'static>(
    mut numbers: impl FnMut(Extent) -> Vec<N> + 'static,
) -> impl Contender + 'static {
    InProcess::new(move |extent| Ok(numbers(extent)), digest::<N>)
}

/// A side in this process that computes its whole list whatever it is asked
/// for.
pub(super) struct WholeList<L> {
    pub(super) parts: Parts,
    pub(super) list: L,
}

impl<N: Number, L: FnMut() -> Vec<N>> Contender for WholeList<L> {
    fn digest(&mut self, extent: Extent) -> Outcome<String> {
        let numbers = (self.list)();
        let mut digest = Digest::default();
        for x in self.parts.numbers(extent) {
            digest.add(numbers[x as usize].digits());
        }
        Ok(digest.text())
    }

    fn time_ns(&mut self, _unit: usize) -> Outcome<f64> {
        let (ns, numbers) = timed(&mut self.list);
        drop(numbers);
        Ok(ns)
    }
}

/// A side that is timed by one of its parts: the time of a unit is that of the
/// part times their number.
///
/// Where a factorial costs as the square of its number, the 64 parts of a list
/// below 9000 cost up to 1.1 % more or less than their mean, and the first four,
/// which are timed, 0.15 to 0.25 % less. Below 25,000 it is up to 0.4 %, and 0.05
/// to 0.09 % less; in the shortest list, below 4177, up to 2.3 %, and 1.1 to 1.3 %
/// more.
pub(super) struct ByPart<C> {
    pub(super) side: C,
    pub(super) parts: Parts,
}

impl<C: Contender> Contender for ByPart<C> {
    fn digest(&mut self, extent: Extent) -> Outcome<String> {
        self.side.digest(extent)
    }

    fn time_ns(&mut self, unit: usize) -> Outcome<f64> {
        Ok(self.side.time_ns(unit)? * f64::from(self.parts.parts))
    }
}

/// What is said to be compared where the first relaunch checks all.
pub(super) const CHECKED_WHOLE: &str =
    "every side's numbers, all of them and in order, have the same residues modulo 2^61 - 1";

/// What is said to be compared where relaunches check a unit each.
pub(super) const CHECKED_UNITS: &str =
    "every side's numbers of one unit a relaunch, in order, have the same residues modulo 2^61 - 1";

/// malachite has a factorial of its own.
pub(super) fn malachite(n: u32) -> Natural {
    Natural::factorial(u64::from(n))
}

/// dashu-int has none, so it gets the product by halves that its users write.
pub(super) fn dashu(n: u32) -> UBig {
    product_above(0, n)
}

fn product_above(low: u32, high: u32) -> UBig {
    /// Below so many factors a loop is as fast.
    const SPLIT_FROM_FACTORS: u32 = 16;
    if high - low < SPLIT_FROM_FACTORS {
        return (low..high).fold(UBig::ONE, |product, below| product * (below + 1));
    }
    let middle = low + (high - low) / 2;
    product_above(low, middle) * product_above(middle, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use speedup::workload::factorial::{naive, running_product};

    #[test]
    fn every_library_has_the_same_factorials() {
        for (n, decimal) in known::DECIMAL {
            assert_eq!(malachite(n).to_string(), decimal);
            assert_eq!(dashu(n).to_string(), decimal);
        }
        let numbers: Vec<u32> = (0..300).collect();
        let expected = digest(&numbers.iter().map(|n| naive(*n)).collect());
        assert_eq!(digest(&running_product(0..300)), expected);
        assert_eq!(
            digest::<Natural>(&numbers.iter().map(|n| malachite(*n)).collect()),
            expected
        );
        assert_eq!(
            digest::<UBig>(&numbers.iter().map(|n| dashu(*n)).collect()),
            expected
        );
    }

    #[test]
    fn a_wrong_number_has_another_digest() {
        let right = running_product(0..50);
        let mut wrong = right.clone();
        wrong[49] += 1_u32;
        assert_ne!(digest(&right), digest(&wrong));
        assert_eq!(checked_digest(50)(&right), digest(&right));
        let told = checked_digest(50)(&wrong);
        assert!(told.contains("49!"), "{told}");
    }

    #[test]
    fn all_units_together_are_the_whole() {
        let parts = Parts {
            end: 100,
            parts: 16,
        };
        let mut all: Vec<u32> = (0..16)
            .flat_map(|unit| parts.numbers(Extent::Unit(unit)))
            .collect();
        all.sort_unstable();
        assert_eq!(all, parts.numbers(Extent::Whole).collect::<Vec<u32>>());
        let again: Vec<u32> = parts.numbers(Extent::Unit(17)).collect();
        assert_eq!(again, parts.numbers(Extent::Unit(1)).collect::<Vec<u32>>());
    }

    #[test]
    fn a_side_digests_what_it_computes() {
        let parts = Parts { end: 20, parts: 4 };
        let mut side = list(move |extent| parts.numbers(extent).map(malachite).collect());
        let expected = digest(&running_product(0..20));
        assert_eq!(side.digest(Extent::Whole).expect("it computes"), expected);
    }

    #[test]
    fn a_whole_list_and_its_parts_have_the_same_digests() {
        let parts = Parts { end: 20, parts: 4 };
        let mut each = list(move |extent| parts.numbers(extent).map(malachite).collect());
        let mut whole = WholeList {
            parts,
            list: || running_product(0..20),
        };
        for extent in [Extent::Whole, Extent::Unit(0), Extent::Unit(7)] {
            let expected = each.digest(extent).expect("it computes");
            assert_eq!(whole.digest(extent).expect("it computes"), expected);
        }
    }

    #[test]
    fn parts_cost_what_is_said_where_a_factorial_costs_as_the_square_of_its_number() {
        const PARTS: u32 = 64;
        // How far each part's cost is from their mean, in hundredths of it.
        let deviations = |end| -> Vec<f64> {
            let parts = Parts { end, parts: PARTS };
            let cost =
                |extent| -> f64 { parts.numbers(extent).map(|x| f64::from(x).powi(2)).sum() };
            let mean = cost(Extent::Whole) / f64::from(PARTS);
            let units = (0..PARTS as usize).map(Extent::Unit);
            units
                .map(|unit| (cost(unit) / mean - 1.0) * 100.0)
                .collect()
        };
        let farthest = |end| {
            deviations(end)
                .into_iter()
                .map(f64::abs)
                .fold(0.0, f64::max)
        };
        for (end, expected) in [(9000, 1.05), (25_000, 0.38), (4177, 2.27)] {
            let found = farthest(end);
            assert!((found - expected).abs() < 0.005, "{end}: {found}");
        }
        for (end, range) in [
            (9000, -0.255..=-0.145),
            (25_000, -0.095..=-0.045),
            (4177, 1.05..=1.35),
        ] {
            for deviation in &deviations(end)[..4] {
                assert!(range.contains(deviation), "{end}: {deviation}");
            }
        }
    }

    #[test]
    fn a_side_timed_by_part_takes_its_parts_together() {
        struct Second;
        impl Contender for Second {
            fn digest(&mut self, _extent: Extent) -> Outcome<String> {
                Ok(String::new())
            }
            fn time_ns(&mut self, _unit: usize) -> Outcome<f64> {
                Ok(1e9)
            }
        }
        let parts = Parts { end: 20, parts: 4 };
        let mut side = ByPart {
            side: Second,
            parts,
        };
        assert_eq!(side.time_ns(3).ok(), Some(4e9));
    }
}
