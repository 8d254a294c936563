//! The prime swing algorithm.

use num_bigint::BigUint;

use super::digits::{to_number, trimmed};
use super::multiplying::{multiply, multiply_by_digit};
use super::primes::odd_primes_up_to;
use super::squaring::square;

/// The odd parts of 0!, 1!, 2!, …, as far as they fit into 64 bits.
const ODD_FACTORIALS: [u64; 26] = odd_factorials();

/// Below this many factors of 64 bits a product is one pass a factor; above,
/// the factors are split in two halves.
const SPLIT_FROM_FACTORS: usize = 24;

const fn odd_factorials() -> [u64; 26] {
    let mut odd_factorials = [1; 26];
    let mut n = 1;
    while n < odd_factorials.len() {
        let odd_part = n >> n.trailing_zeros();
        // An overflow would not compile.
        odd_factorials[n] = odd_factorials[n - 1] * odd_part as u64;
        n += 1;
    }
    odd_factorials
}

/// *n*! by Luschny's prime swing, the fastest kernel here for one *n*.
///
/// *n*! = ⌊*n*/2⌋!² · swing(*n*), where the *swing* has a known factorization:
/// the exponent of a prime p in it is the number of odd ones among ⌊*n*/pⁱ⌋.
/// Powers of two are left out all the way and put back by one shift.
///
/// ```
/// use speedup::workload::factorial::prime_swing;
///
/// assert_eq!(prime_swing(20), 2_432_902_008_176_640_000_u64.into());
/// ```
#[must_use]
pub fn prime_swing(n: u32) -> BigUint {
    let primes = odd_primes_up_to(n);
    // Legendre: the exponent of 2 in n! is n minus the number of ones in n.
    to_number(&odd_factorial(n, &primes), n - n.count_ones())
}

/// The digits of the odd part of *n*!; `primes` are the odd ones up to *n* or
/// beyond.
fn odd_factorial(n: u32, primes: &[u32]) -> Vec<u64> {
    if let Some(&odd) = ODD_FACTORIALS.get(n as usize) {
        return vec![odd];
    }
    let half_squared = trimmed(square(&odd_factorial(n / 2, primes)));
    let swing = product(&packed(&odd_swing(n, primes), n));
    trimmed(multiply(&half_squared, &swing))
}

/// The prime factors of the odd part of swing(*n*), repeated as they occur.
fn odd_swing(n: u32, primes: &[u32]) -> Vec<u32> {
    let primes = &primes[..primes.partition_point(|&prime| prime <= n)];
    let (small, large) = primes.split_at(primes.partition_point(|&prime| prime <= n / prime));
    let (middle, large) = large.split_at(large.partition_point(|&prime| prime <= n / 3));
    // Between n/3 and n/2 the quotient is 2; above, it is 1.
    let last = &large[large.partition_point(|&prime| prime <= n / 2)..];

    let mut factors = Vec::with_capacity(primes.len() + 8 * small.len());
    for &prime in small {
        let mut quotient = n / prime;
        while quotient > 0 {
            if quotient % 2 == 1 {
                factors.push(prime);
            }
            quotient /= prime;
        }
    }
    // No branch on the quotient: it is odd or even as if by chance.
    let mut len = factors.len();
    factors.resize(len + middle.len(), 0);
    for &prime in middle {
        factors[len] = prime;
        len += (n / prime % 2) as usize;
    }
    factors.truncate(len);
    factors.extend_from_slice(last);
    factors
}

/// Products of as many `factors`, each at most `n`, as always fit 64 bits.
fn packed(factors: &[u32], n: u32) -> Vec<u64> {
    let per_digit = (u64::BITS / (u32::BITS - n.leading_zeros())) as usize;
    factors
        .chunks(per_digit)
        .map(|chunk| chunk.iter().map(|&factor| u64::from(factor)).product())
        .collect()
}

/// The product of `factors`, by halves; 1 where there is none.
fn product(factors: &[u64]) -> Vec<u64> {
    if factors.len() < SPLIT_FROM_FACTORS {
        let mut product = vec![1];
        for &factor in factors {
            multiply_by_digit(&mut product, factor);
        }
        return product;
    }
    let (low, high) = factors.split_at(factors.len() / 2);
    trimmed(multiply(&product(low), &product(high)))
}
