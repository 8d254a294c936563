//! Whether a product is right, by casting out a prime: as by casting out nines,
//! with the largest prime below 2⁶⁴ instead of nine.
//!
//! A product that passes differs from the right one by a multiple of that prime,
//! if at all.

/// 2⁶⁴ less the prime: what 2⁶⁴ is, modulo the prime.
const BEYOND: u64 = 59;
const PRIME: u64 = BEYOND.wrapping_neg();

/// The powers of [`BEYOND`]: what the digits of a part stand for, and then what the
/// next part does.
const POWERS: [u64; PART + 1] = {
    let mut powers = [1; PART + 1];
    let mut index = 1;
    while index <= PART {
        powers[index] = powers[index - 1] * BEYOND;
        index += 1;
    }
    powers
};

/// So many digits are added up before their sum is folded: they and the sum of the
/// parts above them fit into 128 bits.
const PART: usize = 8;

/// Whether `product` can be x · y.
pub(super) fn can_be_product(x: &[u64], y: &[u64], product: &[u64]) -> bool {
    product_of(residue(x), residue(y)) == residue(product)
}

/// Whether `square` can be x².
pub(super) fn can_be_square(x: &[u64], square: &[u64]) -> bool {
    let residue_of_x = residue(x);
    product_of(residue_of_x, residue_of_x) == residue(square)
}

/// The remainder of a number by the prime.
fn residue(digits: &[u64]) -> u64 {
    let (parts, highest) = digits.as_chunks::<PART>();
    let sum = parts
        .iter()
        .rev()
        .fold(folded(sum_of(highest)), |above, part| {
            folded(u128::from(above) * u128::from(POWERS[PART]) + sum_of(part))
        });
    reduced(sum)
}

/// A number with the remainder of these digits, of which there are [`PART`] at most.
fn sum_of(digits: &[u64]) -> u128 {
    let products = digits.iter().zip(POWERS);
    products
        .map(|(digit, power)| u128::from(*digit) * u128::from(power))
        .sum()
}

/// The remainder of x · y, both below the prime.
fn product_of(x: u64, y: u64) -> u64 {
    // Once makes it small enough to be folded for good.
    let (low, high) = x.carrying_mul(y, 0);
    reduced(folded(
        u128::from(high) * u128::from(BEYOND) + u128::from(low),
    ))
}

/// A number with the remainder of `sum`, which is below 2¹²⁰.
fn folded(sum: u128) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the lower half and the upper"
    )]
    let (low, high) = (sum as u64, (sum >> 64) as u64);
    let (sum, is_over) = low.overflowing_add(high * BEYOND);
    // What is over left little behind, so this is not over again.
    sum + u64::from(is_over) * BEYOND
}

fn reduced(sum: u64) -> u64 {
    if sum < PRIME { sum } else { sum - PRIME }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::digits::{tests::digit, to_number};
    use super::*;

    proptest! {
        #[test]
        fn a_residue_is_the_remainder_of_num_bigint(
            digits in prop::collection::vec(digit(), 0..40),
        ) {
            prop_assert_eq!(to_number(&[residue(&digits)], 0), to_number(&digits, 0) % PRIME);
        }

        #[test]
        fn a_product_with_one_wrong_place_is_found_out(
            x in prop::collection::vec(digit(), 1..40),
            y in prop::collection::vec(digit(), 1..40),
            place in any::<prop::sample::Index>(),
            bit in 0..64,
        ) {
            let product = to_number(&x, 0) * to_number(&y, 0);
            let mut product: Vec<u64> = product.iter_u64_digits().collect();
            product.resize(x.len() + y.len(), 0);
            prop_assert!(can_be_product(&x, &y, &product));
            product[place.index(x.len() + y.len())] ^= 1_u64 << bit;
            prop_assert!(!can_be_product(&x, &y, &product));
        }

        #[test]
        fn a_square_with_two_wrong_places_is_found_out(
            x in prop::collection::vec(digit(), 1..40),
            places in prop::sample::subsequence((0..8).collect::<Vec<usize>>(), 2),
        ) {
            let square = to_number(&x, 0) * to_number(&x, 0);
            let mut square: Vec<u64> = square.iter_u64_digits().collect();
            square.resize(8.max(2 * x.len()), 0);
            prop_assert!(can_be_square(&x, &square));
            // One up and one down, as rounding would: together they are 0 modulo
            // 2⁶⁴ − 1.
            square[places[0]] = square[places[0]].wrapping_add(1);
            square[places[1]] = square[places[1]].wrapping_sub(1);
            prop_assert!(!can_be_square(&x, &square));
        }
    }

    #[test]
    fn the_largest_digits_have_a_remainder_too() {
        for len in 0..20 {
            let digits = vec![u64::MAX; len];
            let expected = to_number(&digits, 0) % PRIME;
            assert_eq!(to_number(&[residue(&digits)], 0), expected, "{len}");
        }
        // The prime itself leaves nothing.
        assert_eq!(residue(&[PRIME]), 0);
    }
}
