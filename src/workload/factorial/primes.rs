//! Odd primes, from a table made at compile time and, past its end, a sieve.

use std::borrow::Cow;

/// One past the largest number the table covers: its primes fit into 16 bits,
/// and they are all that a sieve up to [`u32::MAX`] needs.
const TABLE_END: u32 = 1 << 16;

/// How many odd primes lie below [`TABLE_END`].
const TABLE_LEN: usize = 6541;

/// Every odd prime below [`TABLE_END`], ascending.
static TABLE: [u32; TABLE_LEN] = odd_primes_of_table();

// The arrays live in the compiler: no stack of the program ever holds them.
#[allow(clippy::large_stack_arrays)]
const fn odd_primes_of_table() -> [u32; TABLE_LEN] {
    // Entry i stands for the odd number 2i + 1.
    let mut is_composite = [false; TABLE_END as usize / 2];
    let mut primes = [0; TABLE_LEN];
    let mut found = 0;
    let mut number = 3;
    while number < TABLE_END {
        if !is_composite[number as usize / 2] {
            primes[found] = number;
            found += 1;
            let mut multiple = number as usize * number as usize / 2;
            while multiple < is_composite.len() {
                is_composite[multiple] = true;
                multiple += number as usize;
            }
        }
        number += 2;
    }
    assert!(
        found == TABLE_LEN,
        "TABLE_LEN is not the number of odd primes"
    );
    primes
}

/// Every odd prime up to and including `n`, ascending.
///
/// Costs one binary search for `n` below 65 536, a sieve above.
pub(super) fn odd_primes_up_to(n: u32) -> Cow<'static, [u32]> {
    if n < TABLE_END {
        Cow::Borrowed(&TABLE[..TABLE.partition_point(|&prime| prime <= n)])
    } else {
        Cow::Owned(sieve(n))
    }
}

/// The odd sieve of Eratosthenes; `n` is beyond the table.
fn sieve(n: u32) -> Vec<u32> {
    let mut is_composite = vec![false; n.div_ceil(2) as usize];
    for &prime in &TABLE {
        let first = prime as usize * prime as usize / 2;
        if first >= is_composite.len() {
            break;
        }
        for multiple in is_composite[first..].iter_mut().step_by(prime as usize) {
            *multiple = true;
        }
    }
    (3..=n)
        .step_by(2)
        .filter(|&number| !is_composite[number as usize / 2])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_prime(number: u32) -> bool {
        (2..number)
            .take_while(|&divisor| divisor * divisor <= number)
            .all(|divisor| !number.is_multiple_of(divisor))
    }

    #[test]
    fn the_table_agrees_with_trial_division() {
        let expected: Vec<u32> = (3..2000).filter(|&number| is_prime(number)).collect();
        assert_eq!(*odd_primes_up_to(1999), expected);
    }

    #[test]
    fn a_bound_that_is_prime_is_included() {
        assert_eq!(*odd_primes_up_to(13), [3, 5, 7, 11, 13]);
        assert_eq!(*odd_primes_up_to(12), [3, 5, 7, 11]);
        assert!(odd_primes_up_to(2).is_empty());
        assert!(odd_primes_up_to(0).is_empty());
    }

    #[test]
    fn the_sieve_takes_over_where_the_table_ends() {
        // 65 537 is the fifth Fermat prime; 65 539 is prime as well.
        for n in [65_536, 65_537, 65_538, 65_539] {
            let primes = odd_primes_up_to(n);
            assert_eq!(primes[..TABLE_LEN], TABLE);
            assert_eq!(primes.len() - TABLE_LEN, [0, 1, 1, 2][n as usize - 65_536]);
        }
        // There are 9592 primes below 100 000.
        assert_eq!(odd_primes_up_to(100_000).len(), 9591);
    }
}
