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
    let (paired, rest) = low.split_at(high.len());
    let (target, target_rest) = difference.split_at_mut(high.len());
    let mut borrow = false;
    for ((target, &low), &high) in target.iter_mut().zip(paired).zip(high) {
        (*target, borrow) = low.borrowing_sub(high, borrow);
    }
    for (target, &low) in target_rest.iter_mut().zip(rest) {
        (*target, borrow) = low.borrowing_sub(0, borrow);
    }
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
    let mut carry = false;
    for (sum, &addend) in sum.iter_mut().zip(addend) {
        (*sum, carry) = sum.carrying_add(addend, carry);
    }
    carry
}

/// Takes `subtrahend`, which is as long, from `value` and returns the borrow.
pub(super) fn subtract(value: &mut [u64], subtrahend: &[u64]) -> bool {
    let mut borrow = false;
    for (value, &subtrahend) in value.iter_mut().zip(subtrahend) {
        (*value, borrow) = value.borrowing_sub(subtrahend, borrow);
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
