//! Numbers as digits of 64 bits, least significant first.

use num_bigint::BigUint;

/// The number with these digits, times 2 to the power of `shift`.
pub(super) fn to_number(digits: &[u64], shift: u32) -> BigUint {
    let (whole, bits) = ((shift / u64::BITS) as usize, shift % u64::BITS);
    // `BigUint` takes digits of 32 bits.
    let mut halves = vec![0; 2 * (whole + digits.len() + 1)];
    let mut below = 0;
    let places = halves[2 * whole..].as_chunks_mut::<2>().0;
    for (pair, &digit) in places.iter_mut().zip(digits.iter().chain([&0])) {
        // Of the digit below, what a shift by `bits` pushes up; none if it is 0.
        let shifted = digit << bits | below >> 1 >> (u64::BITS - 1 - bits);
        below = digit;
        #[allow(clippy::cast_possible_truncation)]
        // The low half and the high half, each of 32 bits.
        let split = [shifted as u32, (shifted >> 32) as u32];
        *pair = split;
    }
    BigUint::new(halves)
}

/// The digits without the highest ones that are 0.
pub(super) fn trimmed(mut digits: Vec<u64>) -> Vec<u64> {
    let len = digits.iter().rposition(|&digit| digit != 0);
    digits.truncate(len.map_or(0, |last| last + 1));
    digits
}

/// Writes |`low` − `high`| to `difference`, as long as `low`; `high` may be
/// shorter; true if the difference is negative.
pub(super) fn absolute_difference(low: &[u64], high: &[u64], difference: &mut [u64]) -> bool {
    difference.copy_from_slice(low);
    let (paired, rest) = difference.split_at_mut(high.len());
    let borrow = subtract_borrow(rest, subtract(paired, high));
    if borrow {
        let mut carry = true;
        for digit in difference {
            (*digit, carry) = (!*digit).carrying_add(0, carry);
        }
    }
    borrow
}

/// Adds `addend` to `sum`, which is as long, and returns the carry.
pub(super) fn add(sum: &mut [u64], addend: &[u64]) -> bool {
    carried_through(sum, addend, u64::carrying_add)
}

/// Takes `subtrahend`, which is as long, from `value` and returns the borrow.
pub(super) fn subtract(value: &mut [u64], subtrahend: &[u64]) -> bool {
    carried_through(value, subtrahend, u64::borrowing_sub)
}

/// Replaces `value` by `minuend`, which is as long, less `value`, and returns the
/// borrow.
pub(super) fn subtract_from(minuend: &[u64], value: &mut [u64]) -> bool {
    carried_through(value, minuend, |value, minuend, borrow| {
        minuend.borrowing_sub(value, borrow)
    })
}

/// Replaces each digit by what `step` makes of it, its partner and the carry.
///
/// Four digits a turn: the carry stays in the processor's flag between them.
#[inline]
fn carried_through(
    digits: &mut [u64],
    partners: &[u64],
    step: impl Fn(u64, u64, bool) -> (u64, bool),
) -> bool {
    let (digit_fours, digits) = digits.as_chunks_mut::<4>();
    let (partner_fours, partners) = partners.as_chunks::<4>();
    let mut carry = false;
    for ([a, b, c, d], [e, f, g, h]) in digit_fours.iter_mut().zip(partner_fours) {
        (*a, carry) = step(*a, *e, carry);
        (*b, carry) = step(*b, *f, carry);
        (*c, carry) = step(*c, *g, carry);
        (*d, carry) = step(*d, *h, carry);
    }
    for (digit, &partner) in digits.iter_mut().zip(partners) {
        (*digit, carry) = step(*digit, partner, carry);
    }
    carry
}

/// Adds a carry, and returns what is carried beyond.
pub(super) fn add_carry(sum: &mut [u64], mut carry: bool) -> bool {
    for digit in sum {
        if !carry {
            return false;
        }
        (*digit, carry) = digit.carrying_add(0, carry);
    }
    carry
}

/// Takes a borrow from `value`, and returns what is borrowed beyond.
pub(super) fn subtract_borrow(value: &mut [u64], mut borrow: bool) -> bool {
    for digit in value {
        if !borrow {
            return false;
        }
        (*digit, borrow) = digit.borrowing_sub(0, borrow);
    }
    borrow
}

/// Adds one digit to `sum`.
pub(super) fn add_small(sum: &mut [u64], mut addend: u64) {
    for digit in sum {
        if addend == 0 {
            return;
        }
        let carry;
        (*digit, carry) = digit.carrying_add(addend, false);
        addend = u64::from(carry);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Digits that make carries run: none set, all set, or anything.
    pub(in crate::workload::factorial) fn digit() -> impl Strategy<Value = u64> {
        prop_oneof![Just(0), Just(u64::MAX), any::<u64>()]
    }

    proptest! {
        #[test]
        fn digits_survive_the_way_there_and_back(digits in prop::collection::vec(digit(), 0..9)) {
            prop_assert_eq!(to_number(&digits, 0).to_u64_digits(), trimmed(digits));
        }

        #[test]
        fn a_shift_is_that_of_num_bigint(
            digits in prop::collection::vec(digit(), 0..9),
            shift in 0_u32..300,
        ) {
            prop_assert_eq!(to_number(&digits, shift), to_number(&digits, 0) << shift);
        }
    }
}
