//! Products by way of values of polynomials (A. Toom, 1963; S. Cook, 1966).
//!
//! Cut into parts of equal length, a number is a polynomial's value at a power
//! of two. The product of two such polynomials with p and q parts has
//! p + q − 1 coefficients, and is known from its values at as many points:
//! products of numbers as short as a part.
//!
//! The points are 0 and the pairs ±1, ±2, ±4. Half the sum of a pair's values is
//! the product's even part, half the difference the odd part, and either is a
//! polynomial in the square of the point. No coefficient is negative, so that
//! none of their divided differences is: interpolation by Newton's formula needs
//! no signs, and at these points it divides by 3, 15 and powers of two.

use std::array;

use super::digits::{
    absolute_difference, add, add_multiple, add_small, divide_exactly, half_sum_and_difference,
    shift_right, subtract, subtract_borrow, subtract_multiple,
};
use super::multiplying::multiply;
use super::squaring::square;

/// The pairs of points: ±1, ±2 and ±4.
const PAIRS: usize = 3;

/// How many parts the factors may have, the longer one first: eight together, as
/// a product has seven coefficients.
const SHAPES: [[usize; 2]; 3] = [[4, 4], [5, 3], [6, 2]];

/// Writes x · y to `product`, which is as long as both together and has any
/// content; x is not shorter than y and at most three times as long.
pub(super) fn multiply_by_values(x: &[u64], y: &[u64], product: &mut [u64]) {
    // The shape with the shortest parts.
    let part = SHAPES.iter().fold(x.len(), |part, [x_parts, y_parts]| {
        part.min(x.len().div_ceil(*x_parts).max(y.len().div_ceil(*y_parts)))
    });
    let at_pairs = array::from_fn(|exponent| {
        let (x, y) = (Pair::of(x, part, exponent), Pair::of(y, part, exponent));
        let mut even = multiply(&x.plus, &y.plus);
        let mut odd = multiply(&x.minus, &y.minus);
        half_sum_and_difference(&mut even, &mut odd);
        if x.is_minus_negative == y.is_minus_negative {
            [even, odd]
        } else {
            [odd, even]
        }
    });
    interpolate(&multiply(&x[..part], &y[..part]), at_pairs, part, product);
}

/// Writes x² to `square_of_x`, which is twice as long and has any content.
pub(super) fn square_by_values(x: &[u64], square_of_x: &mut [u64]) {
    let part = x.len().div_ceil(SHAPES[0][0]);
    let at_pairs = array::from_fn(|exponent| {
        let x = Pair::of(x, part, exponent);
        let (mut even, mut odd) = (square(&x.plus), square(&x.minus));
        half_sum_and_difference(&mut even, &mut odd);
        [even, odd]
    });
    interpolate(&square(&x[..part]), at_pairs, part, square_of_x);
}

/// The values of a polynomial at a pair of points.
struct Pair {
    plus: Vec<u64>,
    /// Without its sign.
    minus: Vec<u64>,
    is_minus_negative: bool,
}

impl Pair {
    /// The values at ±2^`exponent`, one digit longer than a `part` of `x`.
    fn of(x: &[u64], part: usize, exponent: usize) -> Self {
        let mut sums = [vec![0; part + 1], vec![0; part + 1]];
        for (index, digits) in x.chunks(part).enumerate() {
            let (sum, above) = sums[index % 2].split_at_mut(digits.len());
            let carry = match exponent * index {
                0 => u64::from(add(sum, digits)),
                bits => add_multiple(sum, digits, 1 << bits),
            };
            add_small(above, carry);
        }
        let [mut even, odd] = sums;
        let mut minus = vec![0; part + 1];
        let is_minus_negative = absolute_difference(&even, &odd, &mut minus);
        add(&mut even, &odd);
        Self {
            plus: even,
            minus,
            is_minus_negative,
        }
    }
}

/// Writes the number to `product` whose polynomial has the value `at_zero` at 0,
/// and at the pairs of points these even and odd parts.
fn interpolate(
    at_zero: &[u64],
    at_pairs: [[Vec<u64>; 2]; PAIRS],
    part: usize,
    product: &mut [u64],
) {
    let [first, second, third] = at_pairs;
    let ([even_1, odd_1], [even_2, odd_2], [even_4, odd_4]) = (first, second, third);
    let mut evens = [even_1, even_2, even_4];
    let mut odds = [odd_1, odd_2, odd_4];
    for (exponent, (even, odd)) in evens.iter_mut().zip(&mut odds).enumerate() {
        let (low, above) = even.split_at_mut(at_zero.len());
        let borrow = subtract(low, at_zero);
        subtract_borrow(above, borrow);
        shift_right(even, 2 * exponent);
        shift_right(odd, exponent);
    }
    coefficients_from_values(&mut evens);
    coefficients_from_values(&mut odds);

    let (low, above) = product.split_at_mut(at_zero.len());
    low.copy_from_slice(at_zero);
    above.fill(0);
    let coefficients = odds.iter().zip(&evens).flat_map(<[_; 2]>::from);
    for (coefficient, start) in coefficients.zip((part..).step_by(part)) {
        // The whole product fits: what is cut off is 0.
        let product = product.get_mut(start..).unwrap_or_default();
        let len = coefficient.len().min(product.len());
        let (sum, above) = product.split_at_mut(len);
        let carry = add(sum, &coefficient[..len]);
        add_small(above, u64::from(carry));
    }
}

/// Replaces a polynomial's values at 1, 4 and 16 by its coefficients.
fn coefficients_from_values([first, second, third]: &mut [Vec<u64>; PAIRS]) {
    // Divided differences: by 4 − 1, 16 − 4 and 16 − 1.
    subtract(third, second);
    divide_exactly(third, 3);
    shift_right(third, 2);
    subtract(second, first);
    divide_exactly(second, 3);
    subtract(third, second);
    divide_exactly(third, 15);
    // first + (t − 1) (second + (t − 4) third), multiplied out.
    subtract_multiple(second, third, 4);
    subtract(first, second);
    subtract(second, third);
}
