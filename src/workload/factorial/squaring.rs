//! Squares of big numbers, which `num-bigint` computes as products.
//!
//! In x · x every product of two different digits occurs twice, so a square
//! needs half the digit products of a general multiplication. Above
//! [`KARATSUBA_FROM_DIGITS`] the number is split in two and its square made of
//! three squares of half the length (A. Karatsuba, Y. Ofman, 1962):
//!
//! (x₁B + x₀)² = x₁²B² + (x₁² + x₀² − (x₀ − x₁)²)B + x₀²
//!
//! From [`TRANSFORMS_FROM_DIGITS`] on it is made by Fourier transforms, as far as
//! those reach, and checked.

use super::casting_out::can_be_square;
use super::digits::{absolute_difference, add, add_carry, add_small, subtract_from};
use super::transforming::{MOST_DIGITS, square_by_transforms};

/// From this length on, three half squares are faster than one whole by
/// columns: measured equal between 44 and 64 digits of 64 bits.
const KARATSUBA_FROM_DIGITS: usize = 48;

/// From this length on, transforms are faster than three half squares: measured
/// slower at 120 digits, faster at 180.
const TRANSFORMS_FROM_DIGITS: usize = 170;

/// x², twice as long; the highest digits may be 0.
pub(super) fn square(x: &[u64]) -> Vec<u64> {
    let mut square = vec![0; 2 * x.len()];
    let mut scratch = vec![0; scratch_digits(x.len())];
    square_into(x, &mut square, &mut scratch);
    square
}

fn is_transformed(len: usize) -> bool {
    (TRANSFORMS_FROM_DIGITS..=MOST_DIGITS / 2).contains(&len)
}

/// How many digits of scratch [`square_into`] needs for a number this long.
fn scratch_digits(len: usize) -> usize {
    if len < KARATSUBA_FROM_DIGITS || is_transformed(len) {
        return 0;
    }
    let half = len.div_ceil(2);
    3 * half + scratch_digits(half)
}

/// Writes x² to `square`, which has twice the digits of `x` and any content.
fn square_into(x: &[u64], square: &mut [u64], scratch: &mut [u64]) {
    if x.len() < KARATSUBA_FROM_DIGITS {
        square_by_rows(x, square);
        return;
    }
    if is_transformed(x.len()) {
        square_and_check(x, square, square_by_transforms);
        return;
    }
    let half = x.len().div_ceil(2);
    let (low, high) = x.split_at(half);
    let (low_square, high_square) = square.split_at_mut(2 * half);
    square_into(low, low_square, scratch);
    square_into(high, high_square, scratch);

    let (difference, scratch) = scratch.split_at_mut(half);
    let (middle, scratch) = scratch.split_at_mut(2 * half);
    absolute_difference(low, high, difference);
    square_into(difference, middle, scratch);
    let top = subtract_from_sum(low_square, high_square, middle);

    let (target, rest) = square[half..].split_at_mut(2 * half);
    let carry = add(target, middle);
    // The whole square fits, so what is carried past the last digit is 0.
    add_small(rest, top + u64::from(carry));
}

/// Has x² written to `square` by a way that may go wrong, which none was seen to
/// do: then by rows, which are slow but sure.
fn square_and_check(x: &[u64], square: &mut [u64], by: impl FnOnce(&[u64], &mut [u64])) {
    by(x, square);
    if !can_be_square(x, square) {
        square_by_rows(x, square);
    }
}

/// Writes x² to `square`, by rows of digit products.
///
/// Two digits of `x` meet all the digits above them in one go: that halves the
/// loads and stores, and two carries that run side by side keep the multiplier
/// busier than one.
fn square_by_rows(x: &[u64], square: &mut [u64]) {
    square.fill(0);
    let mut unpaired = x;
    let mut row_start = 1;
    while let [first, second, above @ ..] = unpaired {
        let (row, end) = square[row_start..].split_at_mut(above.len() + 1);
        let [between, row @ ..] = row else { return };
        let (mut first_carry, mut second_carry) = (0, 0);
        (*between, first_carry) = first.carrying_mul_add(*second, *between, first_carry);
        let mut below = 0;
        for (sum, &digit) in row.iter_mut().zip(above) {
            let partial;
            (partial, first_carry) = first.carrying_mul_add(digit, *sum, first_carry);
            (*sum, second_carry) = second.carrying_mul_add(below, partial, second_carry);
            below = digit;
        }
        (end[0], end[1]) = second.carrying_mul_add(below, first_carry, second_carry);
        unpaired = above;
        row_start += 4;
    }
    double_and_add_squares(x, square);
}

/// Doubles `products`, the sum over all pairs of different digits of `x`, and
/// adds the square of each digit.
fn double_and_add_squares(x: &[u64], products: &mut [u64]) {
    let mut bit_below = 0;
    let mut carry = false;
    for ([low, high], &digit) in products.as_chunks_mut::<2>().0.iter_mut().zip(x) {
        let (square_low, square_high) = digit.carrying_mul(digit, 0);
        let doubled_low = *low << 1 | bit_below;
        let doubled_high = *high << 1 | *low >> 63;
        bit_below = *high >> 63;
        (*low, carry) = doubled_low.carrying_add(square_low, carry);
        (*high, carry) = doubled_high.carrying_add(square_high, carry);
    }
}

/// Replaces `value` by `low` + `high` − `value` and returns the digit above;
/// `low` is as long as `value`, `high` may be shorter, and the result is not
/// negative.
fn subtract_from_sum(low: &[u64], high: &[u64], value: &mut [u64]) -> u64 {
    let borrow = subtract_from(low, value);
    let (value, value_rest) = value.split_at_mut(high.len());
    let carry = add_carry(value_rest, add(value, high));
    u64::from(carry) - u64::from(borrow)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::digits::{tests::digit, to_number};
    use super::*;

    #[test]
    fn a_square_that_went_wrong_is_made_again() {
        let x = vec![u64::MAX; 200];
        let mut square = vec![7; 400];
        square_and_check(&x, &mut square, |x, square| {
            square_by_transforms(x, square);
            square[123] ^= 1 << 16;
        });
        let x = to_number(&x, 0);
        assert_eq!(to_number(&square, 0), &x * &x);
    }

    #[test]
    fn the_largest_numbers_of_every_length_have_the_right_square() {
        for len in (0..220).chain(4094..4097) {
            let digits = vec![u64::MAX; len];
            let largest = to_number(&digits, 0);
            assert_eq!(
                to_number(&square(&digits), 0),
                &largest * &largest,
                "{len} digits"
            );
        }
    }

    proptest! {
        #[test]
        fn a_square_is_the_product_with_itself(digits in prop::collection::vec(digit(), 0..1700)) {
            let x = to_number(&digits, 0);
            prop_assert_eq!(to_number(&square(&digits), 0), &x * &x);
        }
    }
}
