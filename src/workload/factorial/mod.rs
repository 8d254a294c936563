//! Factorials: the CPU-bound work of the suite, by five algorithms.
//!
//! *n*! has about *n* log₂(*n*/e) bits; M(b) is the time of multiplying two
//! numbers of b bits.
//!
//! | kernel | for | time |
//! |---|---|---|
//! | [`naive()`] | one *n*; the baseline everybody writes first | *n* products big × small: O(*n*² log *n*) |
//! | [`binary_splitting()`] | one *n*; balanced products | O(M(*n* log *n*) log *n*) |
//! | [`prime_swing()`] | one *n*, on its own: the fastest here | O(M(*n* log *n*)), few and large products |
//! | [`running_product()`] | every factorial of a range, on one core | one pass over each result: O(size of the answer) |
//! | [`running_product_in_blocks()`] | the same on a rayon pool | that, divided among the workers |
//!
//! Multiplication is `num-bigint`'s: by rows, then Karatsuba, then Toom-3. The
//! prime swing brings its own, on plain digits, for two reasons: `num-bigint`
//! has no squaring, of which half of its work consists; and products by two rows
//! at a time, without a big number made of every step, and by Fourier transforms
//! from some hundred digits on, take less time (`METHODOLOGY.md`).
//!
//! No kernel remembers anything between two calls; [`known`] holds what their
//! results are checked against.
//!
//! # Sources
//!
//! - P. Luschny, *Fast factorial functions* (the prime swing algorithm).
//! - A.-M. Legendre, *Théorie des nombres* (1830): the exponent of a prime in
//!   *n*!, from which both the swing's exponents and the checks follow.
//! - A. Karatsuba, Y. Ofman, *Multiplication of many-digital numbers by
//!   automatic computers* (1962): squares from three squares of half the length.
//! - C. Percival, *Rapid multiplication modulo the sum and difference of highly
//!   composite numbers* (2003): a bound for the errors of products by floating-point
//!   transforms.

mod binary_splitting;
mod casting_out;
mod digits;
pub mod known;
mod multiplying;
mod naive;
mod prime_swing;
mod primes;
mod running_product;
mod running_product_in_blocks;
mod squaring;
mod transforming;

pub use binary_splitting::binary_splitting;
pub use naive::naive;
pub use prime_swing::prime_swing;
pub use running_product::running_product;
pub use running_product_in_blocks::running_product_in_blocks;

use super::Workload;
use num_bigint::BigUint;
use std::time::Duration;

/// The notebook's CPU-bound call: *n*! on its own, by [`prime_swing`].
#[derive(Debug, Clone, Copy)]
pub struct Factorial;

impl Workload for Factorial {
    type Input = u32;
    type Output = BigUint;

    fn run(input: &u32, _wait: &mut dyn FnMut(Duration)) -> BigUint {
        prime_swing(*input)
    }
}
