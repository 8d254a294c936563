//! A digest of many big numbers that every library can compute in time
//! proportional to their digits: their residues modulo 2⁶¹ − 1, in order.

/// A Mersenne prime, so that reducing takes shifts and additions.
const MODULUS: u64 = (1 << 61) - 1;

/// What separates one position from the next. Any number would do that is not
/// small and not a power of two.
const BASE: u64 = 1_000_003;

/// Numbers, one after the other, and how many there were.
#[derive(Debug, Default)]
pub(crate) struct Digest {
    count: usize,
    state: u64,
}

impl Digest {
    /// The next number, by its digits of 64 bits, most significant first.
    pub(crate) fn add(&mut self, digits: impl Iterator<Item = u64>) {
        let residue = digits.fold(0, |high, digit| {
            reduce((u128::from(high) << 64) + u128::from(digit))
        });
        self.count += 1;
        self.state = reduce(u128::from(self.state) * u128::from(BASE) + u128::from(residue));
    }

    /// The digest as text; Python writes the same.
    pub(crate) fn text(&self) -> String {
        format!("{} numbers, {}", self.count, self.state)
    }
}

fn reduce(value: u128) -> u64 {
    let modulus = u128::from(MODULUS);
    // 2⁶¹ is 1 here, so the parts above and below bit 61 can be added. Twice is
    // enough: the value has at most 125 bits, the first sum at most 65.
    let folded = (value & modulus) + (value >> 61);
    let folded = (folded & modulus) + (folded >> 61);
    u64::try_from(if folded >= modulus {
        folded - modulus
    } else {
        folded
    })
    .expect("a residue is below 2^61")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(numbers: &[&[u64]]) -> String {
        let mut digest = Digest::default();
        for number in numbers {
            digest.add(number.iter().copied());
        }
        digest.text()
    }

    #[test]
    fn the_digest_is_the_one_that_python_computes() {
        // d = 0; for x in (7, 2**64 + 5, 2**200 - 1): d = (d*1000003 + x % P) % P
        let all = u64::MAX;
        assert_eq!(
            digest(&[&[7], &[1, 5], &[0xff, all, all, all]]),
            "3 numbers, 7000055131173"
        );
    }

    #[test]
    fn order_and_number_of_answers_change_the_digest() {
        assert_ne!(digest(&[&[1], &[2]]), digest(&[&[2], &[1]]));
        assert_ne!(digest(&[&[0], &[1]]), digest(&[&[1]]));
    }
}
