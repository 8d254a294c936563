//! The naive product.

use num_bigint::BigUint;

/// *n*! as the product 2 · 3 · … · *n*, one factor after the other.
///
/// Each step multiplies the whole intermediate result by one small number, so
/// the time grows with the square of the result's length.
///
/// ```
/// use speedup::workload::factorial::naive;
///
/// assert_eq!(naive(5), 120_u32.into());
/// ```
#[must_use]
pub fn naive(n: u32) -> BigUint {
    (2..=n).fold(BigUint::ONE, |product, factor| product * factor)
}
