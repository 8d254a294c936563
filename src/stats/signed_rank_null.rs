//! The null distribution of Wilcoxon's signed-rank statistic.

/// The most values the exact signed-rank methods take.
///
/// Up to here the smallest probability, 2⁻ⁿ, is a normal `f64`, so nothing
/// underflows; and one distribution takes a fraction of a second.
pub const LARGEST_SIGNED_RANK_SAMPLE: usize = 1000;

/// The distribution of a sum in which each weight takes part with
/// probability one half, independently of the others: the signed-rank
/// statistic under its null hypothesis, given the ranks.
///
/// The textbook recurrence counts subsets by their sum (Wilcoxon, Individual
/// Comparisons by Ranking Methods, Biometrics Bulletin 1 (1945), 80–83;
/// Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, 3rd ed.,
/// section 3.1). Here it runs on probabilities instead of counts, which would
/// outgrow every integer type from n = 128 on: with each weight,
/// p(s) ← (p(s) + p(s − w))/2. Every p(s) is a multiple of 2⁻ⁿ, so that up to
/// n = 53 no step rounds and the result is exact. Beyond, halving is still
/// exact and each of the n additions of positive numbers rounds once: the
/// relative error of a p(s) stays below n·2⁻⁵³, that of a tail of m terms
/// below (n + m)·2⁻⁵³, 3·10⁻¹² for n = 200.
pub(super) struct SignedRankNull {
    /// The probability of each sum from 0 to the sum of all weights.
    probabilities: Vec<f64>,
}

impl SignedRankNull {
    /// For n values without ties: the weights are the ranks 1 to n.
    pub(super) fn untied(n: usize) -> Self {
        Self::of_weights(&(1..=n).collect::<Vec<_>>())
    }

    /// For weights of any kind, such as doubled mid-ranks.
    pub(super) fn of_weights(weights: &[usize]) -> Self {
        let mut probabilities = vec![0.0; weights.iter().sum::<usize>() + 1];
        probabilities[0] = 1.0;
        let mut largest = 0;
        for &weight in weights {
            largest += weight;
            // Downwards, so that each sum still finds the old value below it.
            for sum in (weight..=largest).rev() {
                probabilities[sum] = f64::midpoint(probabilities[sum], probabilities[sum - weight]);
            }
            for probability in &mut probabilities[..weight] {
                *probability *= 0.5;
            }
        }
        Self { probabilities }
    }

    /// The probability of a sum of at most `sum`.
    ///
    /// The distribution is symmetric: a sum of at least `t − sum`, with `t`
    /// the sum of all weights, is as probable.
    pub(super) fn lower_tail(&self, sum: usize) -> f64 {
        // From the far end inwards: small terms first.
        self.probabilities.iter().take(sum + 1).sum()
    }

    /// The largest k, counted from 1, for which P(sum ≤ k − 1) `fits`, and
    /// that probability; `None` if not even k = 1 does.
    ///
    /// `fits` must turn down every probability above one that it turns down.
    pub(super) fn critical_rank(&self, fits: impl Fn(f64) -> bool) -> Option<(usize, f64)> {
        self.probabilities
            .iter()
            .scan(0.0, |tail, probability| {
                *tail += probability;
                Some(*tail)
            })
            .take_while(|&tail| fits(tail))
            .enumerate()
            .last()
            .map(|(sum, tail)| (sum + 1, tail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counts_of_subsets_match_those_written_out_by_hand() {
        // Subsets of {1, 2, 3, 4} by sum, from 0 to 10.
        let counts = [1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0];
        let found: Vec<f64> = SignedRankNull::untied(4)
            .probabilities
            .iter()
            .map(|p| p * 16.0)
            .collect();
        assert_eq!(found, counts);
    }

    #[test]
    fn no_values_leave_the_sum_zero_for_certain() {
        assert_eq!(SignedRankNull::untied(0).probabilities, [1.0]);
    }

    #[test]
    fn up_to_53_values_the_probabilities_are_exact_counts() {
        let distribution = SignedRankNull::untied(53);
        let mut counts = vec![0_u64; 53 * 54 / 2 + 1];
        counts[0] = 1;
        for rank in 1..=53 {
            for sum in (rank..counts.len()).rev() {
                counts[sum] += counts[sum - rank];
            }
        }
        for (probability, count) in distribution.probabilities.iter().zip(counts) {
            let exact = count as f64 / 2_f64.powi(53);
            assert_eq!(probability.to_bits(), exact.to_bits());
        }
    }

    #[test]
    fn the_largest_sample_neither_underflows_nor_loses_probability() {
        let distribution = SignedRankNull::untied(LARGEST_SIGNED_RANK_SAMPLE);
        assert!(distribution.probabilities[0].is_normal());
        let whole = distribution.lower_tail(distribution.probabilities.len());
        assert!((whole - 1.0).abs() < 1e-10, "{whole}");
    }

    proptest! {
        #[test]
        fn every_choice_of_weights_agrees_with_enumeration(
            weights in prop::collection::vec(1usize..12, 0..10),
        ) {
            let mut counts = vec![0.0; weights.iter().sum::<usize>() + 1];
            for subset in 0..1_usize << weights.len() {
                let sum: usize = weights
                    .iter()
                    .enumerate()
                    .map(|(i, weight)| weight * (subset >> i & 1))
                    .sum();
                counts[sum] += 1.0 / (1_usize << weights.len()) as f64;
            }
            prop_assert_eq!(SignedRankNull::of_weights(&weights).probabilities, counts);
        }
    }
}
