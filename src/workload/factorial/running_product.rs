//! Every factorial of a range, each from the one before.

use std::ops::Range;

use num_bigint::BigUint;

use super::prime_swing;

/// *x*! for every *x* of `range`, each from the one before.
///
/// The first comes from [`prime_swing()`]. From there one product grows in place,
/// by one small number at a time, and each result is a copy of it: what is
/// multiplied stays in the cache, and fresh memory is touched once. The results
/// are numbers of their own: nothing is shared. What the list costs is therefore
/// mostly the memory it fills (486 MB for `0..25000`), not the arithmetic.
///
/// ```
/// use speedup::workload::factorial::running_product;
///
/// let factorials = running_product(4..7);
/// assert_eq!(factorials, [24_u32.into(), 120_u32.into(), 720_u32.into()]);
/// ```
#[must_use]
pub fn running_product(range: Range<u32>) -> Vec<BigUint> {
    let mut factorials = Vec::with_capacity(range.len());
    if range.is_empty() {
        return factorials;
    }
    let mut last = prime_swing(range.start);
    for factor in range.start + 1..range.end {
        factorials.push(last.clone());
        last *= factor;
    }
    factorials.push(last);
    factorials
}
