//! Products of big numbers, digit by digit.
//!
//! `num-bigint` multiplies one digit with a row of them at a time. Here two
//! digits meet the same row in one go, as in the module about squares: that
//! halves the loads and stores, and two carries that run side by side keep the
//! multiplier busier than one. Numbers of similar length above
//! [`KARATSUBA_FROM_DIGITS`] are split in two and their product made of three
//! of half the length (A. Karatsuba, Y. Ofman, 1962):
//!
//! (x₁B + x₀)(y₁B + y₀)
//!   = x₁y₁B² + (x₁y₁ + x₀y₀ − (x₁ − x₀)(y₁ − y₀))B + x₀y₀
//!
//! From [`TRANSFORMS_FROM_DIGITS`] on it is made by Fourier transforms, as far as
//! those reach, and checked.

use super::casting_out::can_be_product;
use super::digits::{absolute_difference, add, add_carry, add_small, subtract};
use super::transforming::{MOST_DIGITS, multiply_by_transforms};

/// From this length of the shorter factor on, three products of half the length
/// are faster than a whole one by rows.
const KARATSUBA_FROM_DIGITS: usize = 24;

/// From this length of the shorter factor on, transforms are faster than products
/// of its parts: measured slower for 100 by 100 digits, faster for 150 by 600.
const TRANSFORMS_FROM_DIGITS: usize = 150;

/// x · y, as long as both together; the highest digits may be 0.
pub(super) fn multiply(x: &[u64], y: &[u64]) -> Vec<u64> {
    let mut product = vec![0; x.len() + y.len()];
    let mut scratch = vec![0; scratch_digits(x.len(), y.len())];
    multiply_into(x, y, &mut product, &mut scratch);
    product
}

/// x · `digit`, in place.
pub(super) fn multiply_by_digit(x: &mut Vec<u64>, digit: u64) {
    let mut carry = 0;
    for place in &mut *x {
        (*place, carry) = place.carrying_mul(digit, carry);
    }
    if carry > 0 {
        x.push(carry);
    }
}

/// How numbers from [`KARATSUBA_FROM_DIGITS`] on are multiplied.
enum Way {
    /// The longer one cut into pieces of this length, each on its own.
    Pieces(usize),
    /// Karatsuba's three products.
    Halves,
    /// Fourier transforms.
    Transforms,
}

impl Way {
    fn of(short: usize, long: usize) -> Self {
        let is_long = short >= TRANSFORMS_FROM_DIGITS;
        if is_long && short + long <= MOST_DIGITS {
            Self::Transforms
        } else if is_long && short <= MOST_DIGITS / 2 {
            // The longest that transforms reach.
            Self::Pieces(MOST_DIGITS - short)
        } else if short <= long.div_ceil(2) {
            Self::Pieces(short)
        } else {
            Self::Halves
        }
    }
}

/// How many digits of scratch [`multiply_into`] needs for numbers this long.
fn scratch_digits(x: usize, y: usize) -> usize {
    let (short, long) = if x < y { (x, y) } else { (y, x) };
    if short < KARATSUBA_FROM_DIGITS {
        return 0;
    }
    match Way::of(short, long) {
        // They have memory of their own.
        Way::Transforms => 0,
        Way::Pieces(len) => {
            let last = scratch_digits(short, long % len);
            short + len + last.max(scratch_digits(short, len))
        }
        Way::Halves => {
            let half = long.div_ceil(2);
            4 * half + scratch_digits(half, half)
        }
    }
}

/// Writes x · y to `product`, which is as long as both together and has any
/// content.
fn multiply_into(x: &[u64], y: &[u64], product: &mut [u64], scratch: &mut [u64]) {
    let (short, long) = if x.len() < y.len() { (x, y) } else { (y, x) };
    if short.len() < KARATSUBA_FROM_DIGITS {
        multiply_by_rows(short, long, product);
        return;
    }
    match Way::of(short.len(), long.len()) {
        Way::Pieces(len) => multiply_by_pieces(short, long, len, product, scratch),
        Way::Halves => multiply_by_halves(short, long, product, scratch),
        Way::Transforms => multiply_and_check(short, long, product, multiply_by_transforms),
    }
}

/// Has x · y written to `product` by a way that may go wrong, which none was seen
/// to do: then by rows, which are slow but sure.
fn multiply_and_check(
    short: &[u64],
    long: &[u64],
    product: &mut [u64],
    multiply: impl FnOnce(&[u64], &[u64], &mut [u64]),
) {
    multiply(long, short, product);
    if !can_be_product(short, long, product) {
        multiply_by_rows(short, long, product);
    }
}

/// Cuts `long` into pieces of `len` digits.
fn multiply_by_pieces(
    short: &[u64],
    long: &[u64],
    len: usize,
    product: &mut [u64],
    scratch: &mut [u64],
) {
    let (piece_product, scratch) = scratch.split_at_mut(short.len() + len);
    let (first, rest) = long.split_at(len);
    let (start, end) = product.split_at_mut(short.len() + len);
    multiply_into(short, first, start, scratch);
    end.fill(0);
    for (index, piece) in rest.chunks(len).enumerate() {
        let piece_product = &mut piece_product[..short.len() + piece.len()];
        multiply_into(short, piece, piece_product, scratch);
        let (sum, above) = product[(index + 1) * len..].split_at_mut(piece_product.len());
        let carry = add(sum, piece_product);
        add_small(above, u64::from(carry));
    }
}

/// Karatsuba's three products; both numbers are longer than half of `long`.
fn multiply_by_halves(short: &[u64], long: &[u64], product: &mut [u64], scratch: &mut [u64]) {
    let half = long.len().div_ceil(2);
    let (short_low, short_high) = short.split_at(half);
    let (long_low, long_high) = long.split_at(half);

    let (differences, rest) = scratch.split_at_mut(2 * half);
    let (middle, rest) = rest.split_at_mut(2 * half);
    let (short_difference, long_difference) = differences.split_at_mut(half);
    let is_short_negative = absolute_difference(short_low, short_high, short_difference);
    let is_long_negative = absolute_difference(long_low, long_high, long_difference);
    multiply_into(short_difference, long_difference, middle, rest);

    let (low, high) = product.split_at_mut(2 * half);
    multiply_into(short_low, long_low, low, rest);
    multiply_into(short_high, long_high, high, rest);

    // The differences are no longer needed: their place takes the sum.
    let sum = differences;
    sum.copy_from_slice(low);
    let mut top = {
        let (sum, above) = sum.split_at_mut(high.len());
        let carry = add(sum, high);
        u64::from(add_carry(above, carry))
    };
    if is_short_negative == is_long_negative {
        top -= u64::from(subtract(sum, middle));
    } else {
        top += u64::from(add(sum, middle));
    }
    let (target, above) =
        product[half..].split_at_mut((2 * half).min(short.len() + long.len() - half));
    let (sum, beyond) = sum.split_at(target.len());
    debug_assert!(beyond.iter().all(|digit| *digit == 0));
    let carry = add(target, sum);
    add_small(above, top + u64::from(carry));
}

/// Every digit of `short` meets every digit of `long`, two of them at a time.
fn multiply_by_rows(short: &[u64], long: &[u64], product: &mut [u64]) {
    let (pairs, last) = short.as_chunks::<2>();
    product.fill(0);
    let mut start = 0;
    for &[first, second] in pairs {
        let (row, end) = product[start..].split_at_mut(long.len());
        let (mut first_carry, mut second_carry, mut below) = (0, 0, 0);
        for (sum, &digit) in row.iter_mut().zip(long) {
            let partial;
            (partial, first_carry) = first.carrying_mul_add(digit, *sum, first_carry);
            (*sum, second_carry) = second.carrying_mul_add(below, partial, second_carry);
            below = digit;
        }
        (end[0], end[1]) = second.carrying_mul_add(below, first_carry, second_carry);
        start += 2;
    }
    if let [digit] = *last {
        let (row, end) = product[start..].split_at_mut(long.len());
        let mut carry = 0;
        for (sum, &other) in row.iter_mut().zip(long) {
            (*sum, carry) = digit.carrying_mul_add(other, *sum, carry);
        }
        end[0] = carry;
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::super::digits::{tests::digit, to_number};
    use super::*;

    fn number(digits: &[u64]) -> BigUint {
        to_number(digits, 0)
    }

    #[test]
    fn the_largest_numbers_of_all_lengths_have_the_right_product() {
        let lengths = [
            0, 1, 2, 3, 23, 24, 25, 47, 65, 130, 149, 150, 151, 4096, 8200, 8400,
        ];
        for (x, y) in lengths.into_iter().flat_map(|x| lengths.map(|y| (x, y))) {
            let (x, y) = (vec![u64::MAX; x], vec![u64::MAX; y]);
            let product = number(&x) * number(&y);
            assert_eq!(
                number(&multiply(&x, &y)),
                product,
                "{} and {}",
                x.len(),
                y.len()
            );
        }
    }

    #[test]
    fn a_product_that_went_wrong_is_made_again() {
        let (x, y) = (vec![u64::MAX; 200], vec![u64::MAX - 1; 300]);
        let mut product = vec![7; 500];
        multiply_and_check(&x, &y, &mut product, |x, y, product| {
            multiply_by_transforms(x, y, product);
            product[123] ^= 1 << 16;
        });
        assert_eq!(number(&product), number(&x) * number(&y));
    }

    proptest! {
        #[test]
        fn a_product_is_that_of_num_bigint(
            x in prop::collection::vec(digit(), 0..300),
            y in prop::collection::vec(digit(), 0..300),
        ) {
            prop_assert_eq!(number(&multiply(&x, &y)), number(&x) * number(&y));
        }

        #[test]
        fn a_product_with_one_digit_is_that_of_num_bigint(
            x in prop::collection::vec(digit(), 0..40),
            other in digit(),
        ) {
            let mut product = x.clone();
            multiply_by_digit(&mut product, other);
            prop_assert_eq!(number(&product), number(&x) * other);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn a_product_of_longer_numbers_is_that_of_num_bigint(
            x in prop::collection::vec(digit(), 140..400),
            y in prop::collection::vec(digit(), 140..6000),
        ) {
            prop_assert_eq!(number(&multiply(&x, &y)), number(&x) * number(&y));
        }
    }
}
