//! The prime swing algorithm.

use num_bigint::BigUint;

use super::primes::odd_primes_up_to;

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
    odd_factorial(n, &primes) << (n - n.count_ones())
}

fn odd_factorial(n: u32, primes: &[u32]) -> BigUint {
    if n < 3 {
        return BigUint::ONE;
    }
    let half = odd_factorial(n / 2, primes);
    &half * &half * odd_swing(n, primes)
}

fn odd_swing(n: u32, primes: &[u32]) -> BigUint {
    let mut factors: Vec<u64> = Vec::new();
    let mut packed = 1_u64;
    for &prime in &primes[..primes.partition_point(|&prime| prime <= n)] {
        let mut quotient = n / prime;
        while quotient > 0 {
            if quotient % 2 == 1 {
                if let Some(product) = packed.checked_mul(u64::from(prime)) {
                    packed = product;
                } else {
                    factors.push(packed);
                    packed = u64::from(prime);
                }
            }
            quotient /= prime;
        }
    }
    factors.push(packed);
    product(&factors)
}

fn product(factors: &[u64]) -> BigUint {
    if factors.len() < 16 {
        return factors
            .iter()
            .fold(BigUint::ONE, |product, &factor| product * factor);
    }
    let (low, high) = factors.split_at(factors.len() / 2);
    product(low) * product(high)
}
