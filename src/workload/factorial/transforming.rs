//! Products by way of Fourier transforms.
//!
//! Cut into places of 16 bits, a number is the value of a polynomial at 2¹⁶, and
//! the product of two has as coefficients the convolution of theirs. The transform
//! of a convolution is the product of the transforms, point by point (J. W. Cooley,
//! J. W. Tukey, *Mathematics of Computation* 19, 1965; A. Schönhage, V. Strassen,
//! *Computing* 7, 1971). The transforms are in floating point, by `realfft`, and
//! every coefficient is rounded to the whole number that it must be.
//!
//! # How far rounding is from going wrong
//!
//! Places are balanced, from −2¹⁵ to 2¹⁵, so that a number of n places has a norm
//! ‖x‖ of at most 2¹⁵√n. C. Percival (*Mathematics of Computation* 72, 2003,
//! Theorem 5.1) bounds the error of every coefficient, for 2ᵏ points by radix 2, by
//! ‖x‖‖y‖ ((1 + ε)³ᵏ (1 + ε√5)³ᵏ⁺¹ (1 + β)³ᵏ − 1), where ε = 2⁻⁵³ and β is the error
//! of the roots of unity. With [`MOST_DIGITS`] for both factors together that is
//! 0.38, below a half, if β is ε. That is no proof for this library, which mixes
//! radices and computes roots from rounded angles. So whoever calls these functions
//! casts a prime out of what they write. Besides, debug builds check every
//! coefficient to be within 1/64 of a whole number, and tests multiply the largest
//! places of either sign up to the greatest length.

use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

/// The digits that both factors may have together.
pub(super) const MOST_DIGITS: usize = 8190;

/// Places of 16 bits in a digit.
const PLACES: usize = 4;

/// How many points a transform may have, ascending: products of small primes, with
/// little between them.
const POINTS: [usize; 26] = [
    1024, 1152, 1280, 1536, 1920, 2048, 2304, 2560, 3072, 3840, 4096, 4608, 5120, 6144, 7680, 8192,
    9216, 10240, 12288, 15360, 16384, 18432, 20480, 24576, 30720, 32768,
];

/// The transforms with so many points, made when they are first needed.
static PLANS: [OnceLock<Plan>; POINTS.len()] = [const { OnceLock::new() }; POINTS.len()];

struct Plan {
    forwards: Arc<dyn RealToComplex<f64>>,
    backwards: Arc<dyn ComplexToReal<f64>>,
}

thread_local! {
    static ROOM: RefCell<Room> = RefCell::new(Room::default());
}

/// Memory that is used again.
#[derive(Default)]
struct Room {
    places: Vec<f64>,
    x: Vec<Complex<f64>>,
    y: Vec<Complex<f64>>,
    scratch: Vec<Complex<f64>>,
}

/// Writes x · y to `product`, which is as long as both together and has any
/// content: [`MOST_DIGITS`] at most.
pub(super) fn multiply_by_transforms(x: &[u64], y: &[u64], product: &mut [u64]) {
    ROOM.with_borrow_mut(|room| {
        let plan = room.plan(product.len());
        room.transform(x, plan);
        std::mem::swap(&mut room.x, &mut room.y);
        room.transform(y, plan);
        for (x, y) in room.x.iter_mut().zip(&room.y) {
            *x *= y;
        }
        room.transform_back(plan, product);
    });
}

/// Writes x² to `square`, which is twice as long and has any content:
/// [`MOST_DIGITS`] at most.
pub(super) fn square_by_transforms(x: &[u64], square: &mut [u64]) {
    ROOM.with_borrow_mut(|room| {
        let plan = room.plan(square.len());
        room.transform(x, plan);
        for x in &mut room.x {
            *x *= *x;
        }
        room.transform_back(plan, square);
    });
}

impl Room {
    /// The transforms for a product of so many digits, with room for them.
    fn plan(&mut self, digits: usize) -> &'static Plan {
        // Either factor may carry into one place more.
        let index = POINTS.partition_point(|points| *points < PLACES * digits + 2);
        let points = POINTS[index];
        let plan = PLANS[index].get_or_init(|| {
            let mut planner = RealFftPlanner::new();
            Plan {
                forwards: planner.plan_fft_forward(points),
                backwards: planner.plan_fft_inverse(points),
            }
        });
        let scratch = plan.forwards.get_scratch_len();
        let zero = Complex::default();
        self.places.resize(points, 0.0);
        self.x.resize(points / 2 + 1, zero);
        self.y.resize(points / 2 + 1, zero);
        self.scratch
            .resize(scratch.max(plan.backwards.get_scratch_len()), zero);
        plan
    }

    /// The transform of `digits`, in `x`.
    fn transform(&mut self, digits: &[u64], plan: &Plan) {
        balance(digits, &mut self.places);
        plan.forwards
            .process_with_scratch(&mut self.places, &mut self.x, &mut self.scratch)
            .expect("all are as long as planned");
    }

    /// What `x` is the transform of, as digits; `x` is lost.
    fn transform_back(&mut self, plan: &Plan, product: &mut [u64]) {
        plan.backwards
            .process_with_scratch(&mut self.x, &mut self.places, &mut self.scratch)
            .expect("all are as long as planned");
        carry(&self.places, product);
    }
}

/// Writes the balanced places of `digits`, and then zeros.
fn balance(digits: &[u64], places: &mut [f64]) {
    const HALF: i32 = 1 << 15;
    let (fours, _) = places.as_chunks_mut::<PLACES>();
    let mut carry = 0;
    for (four, digit) in fours.iter_mut().zip(digits) {
        for (place, bits) in four.iter_mut().zip([0, 16, 32, 48]) {
            #[expect(clippy::cast_possible_truncation, reason = "the lowest 16 bits")]
            let value = i32::from((digit >> bits) as u16) + carry;
            carry = i32::from(value >= HALF);
            *place = f64::from(value - (carry << 16));
        }
    }
    let rest = &mut places[PLACES * digits.len()..];
    rest.fill(0.0);
    rest[0] = f64::from(carry);
}

/// Rounds coefficients, which are the number of them too large, and carries from
/// place to place. What is carried beyond the last digit is 0.
fn carry(coefficients: &[f64], product: &mut [u64]) {
    // Added, it leaves no bits for fractions: the sum's low bits are the whole
    // number, if that is below 2⁵¹.
    const ROUNDING: f64 = 3.0 * (1_u64 << 51) as f64;
    let scale = 1.0 / coefficients.len() as f64;
    let (fours, _) = coefficients.as_chunks::<PLACES>();
    let mut carry = 0;
    for (digit, four) in product.iter_mut().zip(fours) {
        *digit = 0;
        for (coefficient, bits) in four.iter().zip([0, 16, 32, 48]) {
            let value = coefficient * scale;
            let rounded = value + ROUNDING;
            debug_assert!((value - (rounded - ROUNDING)).abs() < 1.0 / 64.0, "{value}");
            carry += rounded
                .to_bits()
                .wrapping_sub(ROUNDING.to_bits())
                .cast_signed();
            *digit |= (carry.cast_unsigned() & 0xffff) << bits;
            carry >>= 16;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::digits::{tests::digit, to_number};
    use super::*;

    fn product(x: &[u64], y: &[u64]) -> Vec<u64> {
        // What was there before is no part of it.
        let mut product = vec![7; x.len() + y.len()];
        multiply_by_transforms(x, y, &mut product);
        product
    }

    #[test]
    fn the_largest_places_of_either_sign_have_the_right_product_up_to_the_longest() {
        // As places: 2¹⁵ − 1 everywhere, −2¹⁵ but for the first, and the two in turn.
        let digits = [
            0x7fff_7fff_7fff_7fff,
            0x7fff_7fff_7fff_8000,
            0x8000_7fff_8000_7fff,
        ];
        for (x, y) in digits.into_iter().flat_map(|x| digits.map(|y| (x, y))) {
            for len in [1, 500, 2048, MOST_DIGITS / 2] {
                let (x, y) = (vec![x; len], vec![y; len]);
                let expected = to_number(&x, 0) * to_number(&y, 0);
                assert_eq!(to_number(&product(&x, &y), 0), expected, "{len}");
            }
        }
    }

    #[test]
    fn every_number_of_points_is_a_multiple_of_two_and_the_last_is_enough() {
        assert!(POINTS.is_sorted());
        assert!(POINTS.iter().all(|points| points % 2 == 0));
        assert!(POINTS.last() >= Some(&(PLACES * MOST_DIGITS + 2)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_product_is_that_of_num_bigint(
            x in prop::collection::vec(digit(), 0..2000),
            y in prop::collection::vec(digit(), 0..2000),
        ) {
            let expected = to_number(&x, 0) * to_number(&y, 0);
            prop_assert_eq!(to_number(&product(&x, &y), 0), expected);
        }

        #[test]
        fn a_square_is_the_product_with_itself(x in prop::collection::vec(digit(), 0..4000)) {
            let mut square = vec![7; 2 * x.len()];
            square_by_transforms(&x, &mut square);
            prop_assert_eq!(square, product(&x, &x));
        }
    }
}
