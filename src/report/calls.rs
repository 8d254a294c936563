//! From which call on a cache pays.

/// From the how-manieth call with the same argument on a cache has paid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CallsUntilPaid {
    /// From this call on.
    From(f64),
    /// Never: a remembered call is not faster than one without a cache.
    Never,
}

/// After n calls, all but the first remembered, a cache has cost c + (n − 1)w,
/// no cache nu. It has paid from the first n with c + (n − 1)w ≤ nu on:
/// n = (c − w)/(u − w), and at least 1. `cold` is c/u, `warm` is w/u.
///
/// ```
/// use speedup::report::{CallsUntilPaid, calls_until_paid};
///
/// // A first call that costs half as much again, later ones a tenth:
/// assert_eq!(calls_until_paid(1.5, 0.1), CallsUntilPaid::From(2.0));
/// assert_eq!(calls_until_paid(1.0, 1.0), CallsUntilPaid::Never);
/// ```
#[must_use]
pub fn calls_until_paid(cold: f64, warm: f64) -> CallsUntilPaid {
    if warm >= 1.0 {
        return CallsUntilPaid::Never;
    }
    // Rounding must not make a third call of an exact second.
    let calls = ((cold - warm) / (1.0 - warm) - 1e-9).ceil();
    CallsUntilPaid::From(calls.max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_first_call_after_which_the_sum_is_no_larger(
            cold in 0.5..50.0_f64,
            warm in 0.0..0.95_f64,
        ) {
            let CallsUntilPaid::From(calls) = calls_until_paid(cold, warm) else {
                panic!("warm is below 1");
            };
            let with_cache = |n: f64| cold + (n - 1.0) * warm;
            prop_assert!(with_cache(calls) <= calls + 1e-6);
            if calls > 1.0 {
                prop_assert!(with_cache(calls - 1.0) > calls - 1.0 - 1e-6);
            }
        }
    }
}
