//! The regularised incomplete beta function and its inverse.

use std::f64::consts::PI;

/// Which end of a beta distribution a probability lies at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// The probability of at most x: Iₓ(a, b).
    Lower,
    /// The probability of more than x: 1 − Iₓ(a, b).
    Upper,
}

/// The probability that a Beta(`a`, `b`) variable lies in `tail` of `x`, for
/// a, b ≥ 1 and 0 ≤ x ≤ 1.
///
/// Continued fraction 8.17.22 of the NIST Digital Library of Mathematical
/// Functions (DLMF), on the side of the mean where it converges fast, so that
/// the smaller tail never comes from a difference with 1; evaluated by Lentz's
/// method (Thompson and Barnett, Journal of Computational Physics 64 (1986),
/// 490–509).
pub(super) fn beta_tail(tail: Tail, x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return match tail {
            Tail::Lower => f64::from(x >= 1.0),
            Tail::Upper => f64::from(x <= 0.0),
        };
    }
    let binomial = binomial_mass(x, a, b);
    let lambda = x.mul_add(-(a + b), a);
    let (direct, probability) = if x < (a + 1.0) / (a + b + 2.0) {
        let factor = binomial * (b / (a + b));
        (
            Tail::Lower,
            factor * continued_fraction(x, 1.0 - x, lambda, a, b),
        )
    } else {
        let factor = binomial * (a / (a + b));
        (
            Tail::Upper,
            factor * continued_fraction(1.0 - x, x, -lambda, b, a),
        )
    };
    let probability = probability.min(1.0);
    if direct == tail {
        probability
    } else {
        1.0 - probability
    }
}

/// The x whose `tail` of a Beta(`a`, `b`) variable has this `probability`,
/// for a, b ≥ 1 and 0 < probability < 1.
///
/// Newton's method on the logarithm of the tail, which is concave for a,
/// b ≥ 1, so that the steps neither cycle nor overshoot for long; kept within
/// a bracket that is halved whenever a step would leave it.
pub(super) fn beta_quantile(tail: Tail, probability: f64, a: f64, b: f64) -> f64 {
    // Enough to halve the bracket down to the smallest double.
    const MOST_STEPS: usize = 1100;
    let (mut low, mut high) = (0.0, 1.0);
    let mut x = a / (a + b);
    for _ in 0..MOST_STEPS {
        let found = beta_tail(tail, x, a, b);
        let root_is_above = match tail {
            Tail::Lower => found < probability,
            Tail::Upper => found > probability,
        };
        if root_is_above {
            low = x;
        } else {
            high = x;
        }
        let density = binomial_mass(x, a, b) * (a * b / (a + b)) / (x * (1.0 - x));
        let step = found * (probability / found).ln() / density;
        let newton = match tail {
            Tail::Lower => x + step,
            Tail::Upper => x - step,
        };
        // A tail or density that underflows makes this NaN: halve instead.
        let next = if newton > low && newton < high {
            newton
        } else {
            f64::midpoint(low, high)
        };
        // Near an end, the distance to it has to be right, not x alone.
        if (next - x).abs() <= 2.0 * f64::EPSILON * x.min(1.0 - x) {
            return next;
        }
        x = next;
    }
    x
}

/// The continued fraction of DLMF 8.17.22, 1/(1 + d₁/(1 + d₂/(1 + …))), for
/// `x` below the mean.
///
/// It is contracted two terms at a time to 1/(β₀ + α₁/(β₁ + α₂/(β₂ + …))),
/// and β written with `y` = 1 − x and `lambda` = a − (a + b)x: a sum of
/// positive terms, whereas 1 + d₂ₘ + d₂ₘ₊₁ as it stands loses as many digits
/// as a has, and the more if x was itself rounded as a difference with 1.
/// Didonato and Morris (Algorithm 708, ACM Transactions on Mathematical
/// Software 18 (1992), 360–373) do likewise.
#[expect(
    clippy::many_single_char_names,
    reason = "the names of the formula in the literature"
)]
fn continued_fraction(x: f64, y: f64, lambda: f64, a: f64, b: f64) -> f64 {
    let mut value = (1.0 + lambda) / (a + 1.0);
    let mut numerator = value;
    let mut denominator = 0.0;
    // The number of steps grows with the square root of the larger
    // parameter; this bound is far above it.
    let most_steps = 1000.0 + 20.0 * a.max(b).sqrt();
    let mut m = 1.0;
    while m < most_steps {
        let c = a + 2.0 * m;
        let even = m * (b - m) * x / ((c - 1.0) * c);
        let odd_before = (a + m - 1.0) * (a + b + m - 1.0) * x / ((c - 2.0) * (c - 1.0));
        let alpha = odd_before * even;
        let beta =
            even + (m * (2.0 * a + 3.0 * m) + c + (a + m) * (lambda + m * y)) / (c * (c + 1.0));
        denominator = 1.0 / (beta + alpha * denominator);
        numerator = beta + alpha / numerator;
        let change = numerator * denominator;
        value *= change;
        if (change - 1.0).abs() <= f64::EPSILON {
            break;
        }
        m += 1.0;
    }
    1.0 / value
}

/// Γ(a + b + 1)/(Γ(a + 1)Γ(b + 1)) · xᵃ(1 − x)ᵇ: for whole a and b the
/// probability of a successes in a + b trials.
///
/// In Loader's form (Fast and Accurate Computation of Binomial Probabilities,
/// 2000), which never subtracts large logarithms from each other: accurate to
/// about 10⁻¹⁴ for parameters in the millions, where log-gamma loses half the
/// digits.
fn binomial_mass(x: f64, a: f64, b: f64) -> f64 {
    let n = a + b;
    let exponent = stirling_error(n)
        - stirling_error(a)
        - stirling_error(b)
        - deviance(a, n * x)
        - deviance(b, n * (1.0 - x));
    (n / (2.0 * PI * a * b)).sqrt() * exponent.exp()
}

/// a·ln(a/m) + m − a, without loss where a is close to m.
fn deviance(a: f64, m: f64) -> f64 {
    let v = (a - m) / (a + m);
    if v.abs() > 0.1 {
        return a * (a / m).ln() + m - a;
    }
    // ln(a/m) = 2·artanh(v); the first term of its series is taken together
    // with m − a. |v| ≤ 0.1: nine further terms reach the last bit.
    let series = (1..=9)
        .rev()
        .map(|j| 1.0 / f64::from(2 * j + 1))
        .fold(0.0, |sum, coefficient| (sum + coefficient) * v * v);
    v * (a - m) + 2.0 * a * v * series
}

/// ln Γ(z + 1) − ((z + ½)·ln z − z + ½·ln 2π): what Stirling's formula lacks,
/// for z ≥ 1.
fn stirling_error(mut z: f64) -> f64 {
    // Below 16 the asymptotic series falls short; step up by
    // e(z) − e(z + 1) = (z + ½)·ln(1 + 1/z) − 1, from Γ(z + 2) = (z + 1)Γ(z + 1).
    let mut steps = 0.0;
    while z < 16.0 {
        steps += (z + 0.5) * (1.0 / z).ln_1p() - 1.0;
        z += 1.0;
    }
    // DLMF 5.11.1, with Bernoulli's numbers put in.
    let s = 1.0 / (z * z);
    let series = 1.0 / 12.0
        - s * (1.0 / 360.0 - s * (1.0 / 1260.0 - s * (1.0 / 1680.0 - s * (1.0 / 1188.0))));
    steps + series / z
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn fixture() -> Value {
        let text = include_str!("../../tests/fixtures/stats/incomplete_beta.json");
        serde_json::from_str(text).unwrap()
    }

    fn numbers<const N: usize>(case: &Value, names: [&str; N]) -> [f64; N] {
        names.map(|name| {
            case[name]
                .as_f64()
                .unwrap_or_else(|| panic!("{name} of {case}"))
        })
    }

    #[track_caller]
    fn assert_close(found: f64, expected: f64, tolerance: f64, what: &Value) {
        assert!(
            (found - expected).abs() <= tolerance * expected.abs(),
            "{found:e} instead of {expected:e}: {what}"
        );
    }

    #[test]
    fn tails_match_scipy() {
        let fixture = fixture();
        let cases = fixture["tails"].as_array().unwrap();
        assert!(!cases.is_empty());
        for case in cases {
            let [x, a, b, lower, upper] = numbers(case, ["x", "a", "b", "lower", "upper"]);
            assert_close(beta_tail(Tail::Lower, x, a, b), lower, 1e-11, case);
            assert_close(beta_tail(Tail::Upper, x, a, b), upper, 1e-11, case);
        }
    }

    #[test]
    fn quantiles_match_scipy() {
        let fixture = fixture();
        let cases = fixture["quantiles"].as_array().unwrap();
        assert!(!cases.is_empty());
        for case in cases {
            let [p, a, b, lower, upper] = numbers(case, ["p", "a", "b", "lower", "upper"]);
            assert_close(beta_quantile(Tail::Lower, p, a, b), lower, 1e-12, case);
            assert_close(beta_quantile(Tail::Upper, p, a, b), upper, 1e-12, case);
        }
    }

    /// mpmath 1.4.1, 40 digits: loggamma(z + 1) - ((z + 0.5) log(z) - z + log(2 pi)/2).
    #[test]
    fn what_stirlings_formula_lacks_is_right_to_the_last_digits() {
        let expected = [
            (1.0, 0.081_061_466_795_327_26),
            (2.5, 0.033_162_873_519_936_29),
            (15.0, 0.005_554_733_551_962_801),
            (16.0, 0.005_207_655_919_609_640_4),
            (1000.0, 8.333_333_055_555_635e-05),
        ];
        for (z, expected) in expected {
            let found = stirling_error(z);
            assert!((found - expected).abs() < 3e-15, "{z}: {found:e}");
        }
    }

    #[test]
    fn everything_lies_between_0_and_1() {
        for (x, lower) in [(0.0, 0.0), (1.0, 1.0)] {
            assert!((beta_tail(Tail::Lower, x, 2.0, 3.0) - lower).abs() == 0.0);
            assert!((beta_tail(Tail::Upper, x, 2.0, 3.0) - (1.0 - lower)).abs() == 0.0);
        }
    }

    /// The tail of the quantile is the probability again, within what the last
    /// bits of x can tell: close to 1, these may move a small tail by more than
    /// all of it.
    #[track_caller]
    fn assert_undone(probability: f64, a: f64, b: f64) {
        for tail in [Tail::Lower, Tail::Upper] {
            let x = beta_quantile(tail, probability, a, b);
            let [low, high] = [1.0 - 4.0 * f64::EPSILON, 1.0 + 4.0 * f64::EPSILON]
                .map(|factor| beta_tail(tail, x * factor, a, b));
            let (least, most) = (low.min(high), low.max(high));
            let what = format!("{tail:?} {probability:e} of {a}, {b}: {x}");
            assert!(probability > least * (1.0 - 1e-9), "{what}, {least:e}");
            assert!(probability < most * (1.0 + 1e-9), "{what}, {most:e}");
            if x <= 0.5 {
                let found = beta_tail(tail, x, a, b);
                assert!(
                    (found / probability - 1.0).abs() < 1e-9,
                    "{what}, {found:e}"
                );
            }
        }
    }

    #[test]
    fn a_quantile_next_to_1_is_as_close_as_doubles_lie() {
        for (probability, a, b) in [
            (1.734e-14, 15.938_722_174_636_464, 1.027_788_109_726_165),
            (2.109e-11, 16_620.992_493_257_618, 1.031_294_875_652_317_5),
            (1.713e-11, 79_729.409_913_532_03, 1.105_990_380_585_606_8),
            (2.706_531_217_733_852_8e-8, 90_692.954_974_719_5, 1.0),
        ] {
            assert_undone(probability, a, b);
        }
    }

    proptest! {
        // I₍ₓ₎(a, 1) = xᵃ and I₍ₓ₎(1, b) = 1 − (1 − x)ᵇ.
        #[test]
        fn closed_forms_hold_where_a_parameter_is_1(x in 0.001..0.999_f64, a in 1.0..500.0_f64) {
            let power = (a * x.ln()).exp();
            prop_assume!(power > f64::MIN_POSITIVE);
            let found = beta_tail(Tail::Lower, x, a, 1.0);
            prop_assert!((found / power - 1.0).abs() < 1e-12 * (1.0 + a), "{} {}", found, power);
            let mirrored = beta_tail(Tail::Upper, 1.0 - x, 1.0, a);
            prop_assert!((mirrored / power - 1.0).abs() < 1e-12 * (1.0 + a));
        }

        #[test]
        fn the_tails_add_up_and_mirror_each_other(
            x in 0.0..=1.0_f64, a in 1.0..1e6_f64, b in 1.0..1e6_f64,
        ) {
            let lower = beta_tail(Tail::Lower, x, a, b);
            let upper = beta_tail(Tail::Upper, x, a, b);
            prop_assert!((lower + upper - 1.0).abs() < 1e-12);
            prop_assert!((beta_tail(Tail::Upper, 1.0 - x, b, a) - lower).abs() < 1e-9);
        }

        #[test]
        fn the_quantile_undoes_the_tail(
            exponent in -15.0..-0.01_f64, a in 1.0..1e5_f64, b in 1.0..1e5_f64,
        ) {
            assert_undone(10_f64.powf(exponent), a, b);
        }
    }
}
