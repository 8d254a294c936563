//! Wilcoxon's signed-rank test, exact.

use super::error::{StatsError, check_sample};
use super::signed_rank_null::{LARGEST_SIGNED_RANK_SAMPLE, SignedRankNull};

/// What a test looks for, against its null hypothesis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Alternative {
    /// The location differs from the hypothetical one, either way.
    TwoSided,
    /// The location is greater; the null hypothesis says "at most".
    Greater,
    /// The location is less; the null hypothesis says "at least".
    Less,
}

/// The outcome of [`signed_rank_test`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignedRankTest {
    /// Wilcoxon's W⁺: the sum of the mid-ranks of the positive differences.
    pub w_plus: f64,
    /// Differences that were ranked.
    pub ranked: usize,
    /// Differences that were exactly zero, and so dropped.
    pub zeros: usize,
    /// The exact p-value, 0 < p ≤ 1.
    pub p_value: f64,
}

/// Wilcoxon's signed-rank test of a location, with its exact p-value.
///
/// Differences of the values from `location` are ranked by magnitude; W⁺ sums
/// the ranks of the positive ones. Under the null hypothesis (independent
/// values, distributed symmetrically about `location`) each sign is a fair
/// coin, and the p-value is the probability of a W⁺ at least as extreme: in
/// the direction of a one-sided alternative, or twice the smaller tail, at
/// most 1. To show that a ratio exceeds 1 + δ, pass logarithms of ratios, a
/// location of ln(1 + δ) and [`Alternative::Greater`].
///
/// Wilcoxon, Individual Comparisons by Ranking Methods, Biometrics Bulletin 1
/// (1945), 80–83; Hollander, Wolfe and Chicken, Nonparametric Statistical
/// Methods, 3rd ed., section 3.1. `SciPy`'s `wilcoxon` agrees: with
/// `method="exact"`, or with all permutations where there are ties.
///
/// - Ties get mid-ranks, and the p-value is exact for these: the distribution
///   over all 2ⁿ signs given the tied ranks, not the one of untied ranks.
/// - Zeros are dropped before ranking (Wilcoxon's way, not Pratt's). If
///   nothing is left, the p-value is 1.
/// - Infinite values rank above all finite ones, tied with each other.
/// - n = 1 can reach p = 1/2 one-sided and 1 two-sided; n values 2⁻ⁿ and
///   2¹⁻ⁿ.
///
/// Ties and zeros are those of the differences as computed, in `f64`.
/// Relative error of the p-value: none up to 53 values, below 10⁻¹¹ for 200.
///
/// # Errors
///
/// [`StatsError::Empty`]; [`StatsError::NotANumber`];
/// [`StatsError::TooManyValues`] beyond [`LARGEST_SIGNED_RANK_SAMPLE`];
/// [`StatsError::LocationNotFinite`].
///
/// ```
/// use speedup::stats::{Alternative, signed_rank_test};
///
/// // Six relaunches, all of them more than 2 % slower.
/// let ln_ratios = [0.031, 0.042, 0.029, 0.055, 0.037, 0.024];
/// let margin = 1.02_f64.ln();
/// let test = signed_rank_test(&ln_ratios, margin, Alternative::Greater)?;
/// assert_eq!(test.p_value, 1.0 / 64.0);
/// # Ok::<(), speedup::stats::StatsError>(())
/// ```
pub fn signed_rank_test(
    sample: &[f64],
    location: f64,
    alternative: Alternative,
) -> Result<SignedRankTest, StatsError> {
    check_sample(sample)?;
    if !location.is_finite() {
        return Err(StatsError::LocationNotFinite { location });
    }
    if sample.len() > LARGEST_SIGNED_RANK_SAMPLE {
        return Err(StatsError::TooManyValues {
            len: sample.len(),
            most: LARGEST_SIGNED_RANK_SAMPLE,
        });
    }
    let mut differences: Vec<f64> = sample
        .iter()
        .map(|value| value - location)
        .filter(|&difference| difference != 0.0)
        .collect();
    differences.sort_by(|a, b| a.abs().total_cmp(&b.abs()));

    let ranks = doubled_mid_ranks(&differences);
    let sum_of_positive: usize = differences
        .iter()
        .zip(&ranks)
        .filter(|(difference, _)| **difference > 0.0)
        .map(|(_, rank)| rank)
        .sum();
    Ok(SignedRankTest {
        w_plus: sum_of_positive as f64 / 2.0,
        ranked: differences.len(),
        zeros: sample.len() - differences.len(),
        p_value: p_value(ranks, sum_of_positive, alternative),
    })
}

/// Twice the mid-rank of each value, so that halves become whole; the values
/// come in order of magnitude.
fn doubled_mid_ranks(ordered: &[f64]) -> Vec<usize> {
    let mut ranks = Vec::with_capacity(ordered.len());
    for group in ordered.chunk_by(|a, b| a.abs().total_cmp(&b.abs()).is_eq()) {
        let (first, last) = (ranks.len() + 1, ranks.len() + group.len());
        ranks.resize(last, first + last);
    }
    ranks
}

/// The exact p-value of a sum of positive ranks, both in the same unit.
fn p_value(mut ranks: Vec<usize>, mut positive: usize, alternative: Alternative) -> f64 {
    // Without half ranks the doubling is undone, and with it half the work.
    if ranks.iter().all(|rank| rank % 2 == 0) {
        for rank in &mut ranks {
            *rank /= 2;
        }
        positive /= 2;
    }
    let negative = ranks.iter().sum::<usize>() - positive;
    let null = SignedRankNull::of_weights(&ranks);
    let tail = match alternative {
        // By symmetry, P(W⁺ ≥ positive) = P(W⁺ ≤ negative).
        Alternative::Greater => null.lower_tail(negative),
        Alternative::Less => null.lower_tail(positive),
        Alternative::TwoSided => 2.0 * null.lower_tail(positive.min(negative)),
    };
    // Twice a tail that holds the centre exceeds 1; sums may by rounding.
    tail.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALTERNATIVES: [Alternative; 3] = [
        Alternative::TwoSided,
        Alternative::Greater,
        Alternative::Less,
    ];

    fn p(sample: &[f64], location: f64, alternative: Alternative) -> f64 {
        signed_rank_test(sample, location, alternative)
            .unwrap()
            .p_value
    }

    #[test]
    fn nothing_but_zeros_is_no_evidence() {
        for alternative in ALTERNATIVES {
            let test = signed_rank_test(&[2.0, 2.0], 2.0, alternative).unwrap();
            assert_eq!((test.ranked, test.zeros), (0, 2));
            assert_eq!(test.p_value.to_bits(), 1.0_f64.to_bits());
        }
    }

    #[test]
    fn one_value_can_reach_one_half_at_best() {
        let found: Vec<f64> = ALTERNATIVES.map(|a| p(&[3.0], 0.0, a)).to_vec();
        assert_eq!(found, [1.0, 0.5, 1.0]);
    }

    #[test]
    fn two_values_on_one_side_reach_a_quarter() {
        let found: Vec<f64> = ALTERNATIVES.map(|a| p(&[-3.0, -1.0], 0.0, a)).to_vec();
        assert_eq!(found, [0.5, 1.0, 0.25]);
    }

    #[test]
    fn equal_values_reach_the_smallest_p_there_is() {
        assert_eq!(
            p(&[0.1; 10], 0.0, Alternative::Greater).to_bits(),
            2_f64.powi(-10).to_bits()
        );
    }

    #[test]
    fn infinite_values_rank_highest_and_tie() {
        let sample = [f64::INFINITY, f64::NEG_INFINITY, 1.0];
        let test = signed_rank_test(&sample, 0.0, Alternative::TwoSided).unwrap();
        assert_eq!((test.w_plus, test.ranked), (3.5, 3));
    }

    #[test]
    fn refusals_say_what_was_wrong() {
        let refused = |sample: &[f64], location| {
            signed_rank_test(sample, location, Alternative::Less).unwrap_err()
        };
        assert_eq!(refused(&[], 0.0), StatsError::Empty);
        assert_eq!(
            refused(&[1.0, f64::NAN], 0.0),
            StatsError::NotANumber { index: 1 }
        );
        assert!(matches!(
            refused(&[1.0], f64::INFINITY),
            StatsError::LocationNotFinite { .. }
        ));
        assert!(matches!(
            refused(&vec![1.0; LARGEST_SIGNED_RANK_SAMPLE + 1], 0.0),
            StatsError::TooManyValues { .. }
        ));
    }

    proptest! {
        #[test]
        fn the_p_value_agrees_with_all_signs_written_out(
            sample in prop::collection::vec(-6i32..6, 1..11),
        ) {
            let sample: Vec<f64> = sample.into_iter().map(f64::from).collect();
            let test = signed_rank_test(&sample, 0.0, Alternative::Greater).unwrap();
            let magnitudes: Vec<f64> =
                sample.iter().map(|x| x.abs()).filter(|&x| x != 0.0).collect();
            // The mid-rank by its definition: one more than those below,
            // and half of the others that are equal.
            let ranks: Vec<f64> = magnitudes
                .iter()
                .map(|x| {
                    let below = magnitudes.iter().filter(|y| *y < x).count() as f64;
                    let equal = magnitudes.iter().filter(|y| y.total_cmp(x).is_eq()).count() as f64;
                    below + f64::midpoint(equal, 1.0)
                })
                .collect();
            let subsets = 1_usize << ranks.len();
            let extreme = (0..subsets)
                .filter(|subset| {
                    let sum: f64 = ranks
                        .iter()
                        .enumerate()
                        .filter(|(i, _)| subset >> i & 1 == 1)
                        .map(|(_, rank)| rank)
                        .sum();
                    sum >= test.w_plus
                })
                .count();
            prop_assert_eq!(test.p_value.to_bits(), (extreme as f64 / subsets as f64).to_bits());
        }

        #[test]
        fn mirroring_the_sample_swaps_the_sides(
            sample in prop::collection::vec(-50i32..50, 1..40),
            location in -50i32..50,
        ) {
            let sample: Vec<f64> = sample.into_iter().map(f64::from).collect();
            let mirrored: Vec<f64> = sample.iter().map(|x| -x).collect();
            let location = f64::from(location);
            prop_assert_eq!(
                p(&sample, location, Alternative::Greater).to_bits(),
                p(&mirrored, -location, Alternative::Less).to_bits()
            );
            prop_assert_eq!(
                p(&sample, location, Alternative::TwoSided).to_bits(),
                p(&mirrored, -location, Alternative::TwoSided).to_bits()
            );
        }

        #[test]
        fn shifting_the_sample_and_the_location_changes_nothing(
            sample in prop::collection::vec(-50i32..50, 1..40),
            shift in -50i32..50,
        ) {
            let sample: Vec<f64> = sample.into_iter().map(f64::from).collect();
            let shift = f64::from(shift);
            let shifted: Vec<f64> = sample.iter().map(|x| x + shift).collect();
            for alternative in ALTERNATIVES {
                prop_assert_eq!(
                    signed_rank_test(&sample, 0.0, alternative),
                    signed_rank_test(&shifted, shift, alternative)
                );
            }
        }

        #[test]
        fn a_lower_location_is_never_harder_to_exceed(
            sample in prop::collection::vec(-1e3..1e3_f64, 1..30),
            (a, b) in (-1e3..1e3_f64, -1e3..1e3_f64),
        ) {
            prop_assert!(
                p(&sample, a.min(b), Alternative::Greater)
                    <= p(&sample, a.max(b), Alternative::Greater)
            );
        }
    }
}
