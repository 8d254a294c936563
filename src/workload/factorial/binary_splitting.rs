//! The product by halves.

use num_bigint::BigUint;

/// Below this many factors a plain loop is faster than splitting further.
const SPLIT_FROM_FACTORS: u32 = 16;

/// *n*! by splitting the range of factors in two, again and again.
///
/// Both halves of a product are about equally long, which is where fast
/// multiplication (Karatsuba, Toom–Cook) helps.
///
/// ```
/// use speedup::workload::factorial::binary_splitting;
///
/// assert_eq!(binary_splitting(10), 3_628_800_u32.into());
/// ```
#[must_use]
pub fn binary_splitting(n: u32) -> BigUint {
    product_above(0, n)
}

/// The product of all integers in `(low, high]`; 1 where there is none.
fn product_above(low: u32, high: u32) -> BigUint {
    if high - low < SPLIT_FROM_FACTORS {
        return (low..high).fold(BigUint::ONE, |product, below| product * (below + 1));
    }
    let middle = low + (high - low) / 2;
    product_above(low, middle) * product_above(middle, high)
}
