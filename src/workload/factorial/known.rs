//! What a factorial must be, known otherwise than by computing it here.

use std::error::Error;
use std::f64::consts::{LN_2, TAU};
use std::fmt;
use std::ops::Range;

use num_bigint::BigUint;

/// Exact values, as pairs of *n* and the decimal digits of *n*!: sequence
/// A000142 of the On-Line Encyclopedia of Integer Sequences.
pub const DECIMAL: [(u32, &str); 9] = [
    (0, "1"),
    (1, "1"),
    (2, "2"),
    (5, "120"),
    (10, "3628800"),
    (13, "6227020800"),
    (20, "2432902008176640000"),
    (25, "15511210043330985984000000"),
    (
        100,
        "93326215443944152681699238856266700490715968264381621468592963895217\
         59999322991560894146397615651828625369792082722375825118521091686400\
         0000000000000000000000",
    ),
];

/// How many decimal digits *n*! has, as pairs of *n* and that number:
/// sequence A034886 of the On-Line Encyclopedia of Integer Sequences, and
/// Python's `len(str(math.factorial(n)))` for the notebook's last two.
pub const DECIMAL_DIGITS: [(u32, usize); 5] = [
    (100, 158),
    (1000, 2568),
    (3000, 9131),
    (9000, 31_682),
    (25_000, 99_094),
];

/// The Mersenne prime 2⁶¹ − 1, modulo which results are checked: larger than
/// every factor of a factorial here, so the residue is never 0.
pub const RESIDUE_MODULUS: u64 = (1 << 61) - 1;

/// A number that is not the factorial it was given as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongFactorial {
    /// The *n* of the *n*! that was expected.
    pub n: u32,
    /// What showed that the number is another.
    pub evidence: Evidence,
}

/// What shows that a number is not *n*!.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Evidence {
    /// The list of results has another length than the range.
    Count {
        /// How many results the range has.
        expected: usize,
        /// How many there were.
        found: usize,
    },
    /// Another length than Stirling's formula gives.
    LengthBits {
        /// The length of *n*!, in bits.
        expected: u64,
        /// The length of the number, in bits.
        found: u64,
    },
    /// Another power of two than Legendre's formula gives.
    PowerOfTwo {
        /// The exponent of 2 in *n*!.
        expected: u64,
        /// The exponent of 2 in the number.
        found: u64,
    },
    /// Another residue modulo [`RESIDUE_MODULUS`] than plain modular products.
    Residue {
        /// The residue of *n*!.
        expected: u64,
        /// The residue of the number.
        found: u64,
    },
}

impl fmt::Display for WrongFactorial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.n;
        match self.evidence {
            Evidence::Count { expected, found } => write!(
                f,
                "{found} factorials where {expected} were expected, from {n}! on: \
                 results were lost or repeated on the way"
            ),
            Evidence::LengthBits { expected, found } => write!(
                f,
                "the number returned for {n}! has {found} bits, Stirling's formula says {expected}: \
                 compare it with `naive({n})`"
            ),
            Evidence::PowerOfTwo { expected, found } => write!(
                f,
                "the number returned for {n}! contains 2 to the power {found}, Legendre's formula \
                 says {expected}: compare it with `naive({n})`"
            ),
            Evidence::Residue { expected, found } => write!(
                f,
                "the number returned for {n}! is {found} modulo {RESIDUE_MODULUS}, the product of \
                 residues is {expected}: compare it with `naive({n})`"
            ),
        }
    }
}

impl Error for WrongFactorial {}

/// The exponent of the prime `p` in *n*!: the sum of ⌊*n*/pⁱ⌋ over all i ≥ 1
/// (Legendre's formula).
///
/// ```
/// use speedup::workload::factorial::known::legendre_exponent;
///
/// // 1000! ends in 249 zeros: it contains 5 that often, and 2 more often.
/// assert_eq!(legendre_exponent(1000, 5), 249);
/// ```
///
/// # Panics
///
/// If `p` is below 2; for a composite `p` the result has no meaning.
#[must_use]
pub fn legendre_exponent(n: u32, p: u32) -> u64 {
    assert!(p >= 2, "{p} is not a prime");
    let mut exponent = 0;
    let mut quotient = n / p;
    while quotient > 0 {
        exponent += u64::from(quotient);
        quotient /= p;
    }
    exponent
}

/// *n*! modulo [`RESIDUE_MODULUS`], by *n* products of residues: no number
/// here is longer than 128 bits.
///
/// ```
/// use speedup::workload::factorial::known::factorial_residue;
///
/// assert_eq!(factorial_residue(10), 3_628_800);
/// ```
#[must_use]
pub fn factorial_residue(n: u32) -> u64 {
    (2..=n).fold(1, next_residue)
}

/// *n*! modulo [`RESIDUE_MODULUS`] from that of (*n* − 1)!.
fn next_residue(previous: u64, n: u32) -> u64 {
    reduce(u128::from(previous) * u128::from(n))
}

/// `value` modulo [`RESIDUE_MODULUS`], where 2⁶¹ is 1.
fn reduce(value: u128) -> u64 {
    const LOW: u128 = RESIDUE_MODULUS as u128;
    let folded = (value & LOW) + (value >> 61);
    let folded = (folded & LOW) + (folded >> 61);
    u64::try_from(if folded >= LOW { folded - LOW } else { folded })
        .expect("a residue is below the modulus")
}

/// `value` modulo [`RESIDUE_MODULUS`], from its digits.
fn residue(value: &BigUint) -> u64 {
    value.iter_u64_digits().rev().fold(0, |residue, digit| {
        reduce((u128::from(residue) << 64) + u128::from(digit))
    })
}

/// The length of *n*! in bits by Stirling's series, with the absolute error
/// the formula and `f64` leave far below 0.001 for every *n* here.
fn log2_of_factorial(n: u32) -> f64 {
    if n < 2 {
        return 0.0;
    }
    let x = f64::from(n);
    let series = 1.0 / (12.0 * x) - 1.0 / (360.0 * x.powi(3)) + 1.0 / (1260.0 * x.powi(5));
    (x * x.ln() - x + (TAU * x).ln() / 2.0 + series) / LN_2
}

/// Checks that `value` is *n*!, without computing *n*!.
///
/// Three independent facts must hold: its length (Stirling's formula), its
/// power of two (Legendre's formula) and its residue modulo a prime of 61
/// bits. This costs *n* small products and one pass over the digits, and is
/// meant to stand outside a timed section.
///
/// ```
/// use speedup::workload::factorial::{known, prime_swing};
///
/// assert!(known::check(100, &prime_swing(100)).is_ok());
/// assert!(known::check(100, &(prime_swing(100) + 1_u32)).is_err());
/// ```
///
/// # Errors
///
/// [`WrongFactorial`] names the first fact that does not hold.
pub fn check(n: u32, value: &BigUint) -> Result<(), WrongFactorial> {
    check_against(n, factorial_residue(n), value)
}

/// Checks that `values` are the factorials of `range`, in order.
///
/// The same facts as in [`check`], with the residues carried along, so that a
/// whole list costs one pass over its digits.
///
/// ```
/// use speedup::workload::factorial::{known, running_product};
///
/// let mut factorials = running_product(10..20);
/// assert!(known::check_range(10..20, &factorials).is_ok());
/// factorials.swap(3, 4);
/// assert_eq!(known::check_range(10..20, &factorials).unwrap_err().n, 13);
/// ```
///
/// # Errors
///
/// [`WrongFactorial`] names the first result that is wrong, or the number of
/// results if that is not the length of `range`.
pub fn check_range(range: Range<u32>, values: &[BigUint]) -> Result<(), WrongFactorial> {
    if values.len() != range.len() {
        return Err(WrongFactorial {
            n: range.start,
            evidence: Evidence::Count {
                expected: range.len(),
                found: values.len(),
            },
        });
    }
    let mut residue_of_n = factorial_residue(range.start);
    for (n, value) in range.clone().zip(values) {
        if n > range.start {
            residue_of_n = next_residue(residue_of_n, n);
        }
        check_against(n, residue_of_n, value)?;
    }
    Ok(())
}

fn check_against(n: u32, expected_residue: u64, value: &BigUint) -> Result<(), WrongFactorial> {
    let wrong = |evidence| Err(WrongFactorial { n, evidence });

    let log2 = log2_of_factorial(n);
    let found = value.bits();
    // The logarithm is not exact: next to a power of two both lengths pass.
    if ![log2 - 1e-3, log2 + 1e-3].map(length_bits).contains(&found) {
        let expected = length_bits(log2);
        return wrong(Evidence::LengthBits { expected, found });
    }

    let expected = legendre_exponent(n, 2);
    let found = value.trailing_zeros().unwrap_or(0);
    if found != expected {
        return wrong(Evidence::PowerOfTwo { expected, found });
    }

    let expected = expected_residue;
    let found = residue(value);
    if found != expected {
        return wrong(Evidence::Residue { expected, found });
    }
    Ok(())
}

/// The length in bits of a number with this binary logarithm.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn length_bits(log2: f64) -> u64 {
    // The clamp makes the cast exact: a factorial is at least 1.
    log2.max(0.0) as u64 + 1
}
