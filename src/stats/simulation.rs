//! Coverage and size by simulation, with a seeded generator.
//!
//! A tolerance here is no guess: the number of successes in a simulation is
//! binomial, so the true rate must lie in its Clopper–Pearson interval at a
//! level that one correct run in a million would miss. Seeds are fixed: what
//! passes once passes always.

use super::{
    Alternative, Interval, SplitMix64, clopper_pearson, holm, median_interval,
    signed_rank_interval, signed_rank_test,
};

const RUNS: u64 = 20_000;

/// What only these simulations draw.
impl SplitMix64 {
    fn laplace(&mut self) -> f64 {
        (self.uniform() / self.uniform()).ln()
    }

    fn cauchy(&mut self) -> f64 {
        (std::f64::consts::PI * (self.uniform() - 0.5)).tan()
    }

    fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    /// −1, 0 or 1: symmetric, and hardly anything but ties.
    fn three_steps(&mut self) -> f64 {
        (3.0 * self.uniform()).floor() - 1.0
    }
}

type Draw = fn(&mut SplitMix64) -> f64;

fn sample(generator: &mut SplitMix64, draw: Draw, len: usize) -> Vec<f64> {
    (0..len).map(|_| draw(generator)).collect()
}

/// Where the rate of `event` must lie, from [`RUNS`] runs.
fn rate(seed: u64, mut event: impl FnMut(&mut SplitMix64) -> bool) -> Interval {
    let mut generator = SplitMix64(seed);
    let times = (0..RUNS).filter(|_| event(&mut generator)).count() as u64;
    clopper_pearson(times, RUNS, 1.0 - 1e-6).unwrap()
}

// Sizes at which the next rank would change the coverage by more than the
// tolerance, so that a rank off by one fails.
const LENS: [usize; 3] = [6, 9, 12];

#[test]
fn the_signed_rank_interval_covers_the_centre_as_often_as_it_says() {
    let symmetric: [Draw; 3] = [SplitMix64::normal, SplitMix64::laplace, SplitMix64::cauchy];
    for draw in symmetric {
        for len in LENS {
            let mut level = 0.0;
            let coverage = rate(1, |generator| {
                let values = sample(generator, draw, len);
                let interval = signed_rank_interval(&values, 0.95).unwrap();
                level = interval.level;
                interval.contains(0.0)
            });
            assert!(coverage.contains(level), "{len}: {coverage:?}, not {level}");
        }
    }
}

#[test]
fn with_ties_the_signed_rank_interval_covers_no_less_than_it_says() {
    for len in LENS {
        let mut level = 0.0;
        let coverage = rate(2, |generator| {
            let values = sample(generator, SplitMix64::three_steps, len);
            let interval = signed_rank_interval(&values, 0.95).unwrap();
            level = interval.level;
            interval.contains(0.0)
        });
        assert!(coverage.high >= level, "{len}: {coverage:?}, not {level}");
    }
}

#[test]
fn the_median_interval_covers_the_median_of_a_skewed_distribution() {
    for len in LENS {
        let mut level = 0.0;
        let coverage = rate(3, |generator| {
            let values = sample(generator, SplitMix64::exponential, len);
            let interval = median_interval(&values, 0.9).unwrap();
            level = interval.level;
            interval.contains(2_f64.ln())
        });
        assert!(coverage.contains(level), "{len}: {coverage:?}, not {level}");
    }
}

#[test]
fn a_true_null_hypothesis_is_rejected_as_often_as_the_table_says() {
    // P(W⁺ ≤ 10) = 43/1024 for ten values (Wilcoxon's table), the largest
    // below 5 %.
    let one_sided = rate(4, |generator| {
        let values = sample(generator, SplitMix64::normal, 10);
        let shifted: Vec<f64> = values.iter().map(|x| x + 0.02).collect();
        let test = signed_rank_test(&shifted, 0.02, Alternative::Greater).unwrap();
        test.p_value <= 0.05
    });
    assert!(one_sided.contains(43.0 / 1024.0), "{one_sided:?}");
}

#[test]
fn with_ties_and_zeros_a_true_null_hypothesis_is_not_rejected_more_often() {
    let rejected = rate(5, |generator| {
        let values = sample(generator, SplitMix64::three_steps, 20);
        let test = signed_rank_test(&values, 0.0, Alternative::TwoSided).unwrap();
        test.p_value <= 0.05
    });
    assert!(rejected.low <= 0.05 && rejected.high > 0.01, "{rejected:?}");
}

#[test]
fn holm_keeps_the_family_wise_error() {
    // Five true null hypotheses, independent: some one is rejected exactly
    // if the smallest p-value is at most α/5.
    let expected = 1.0 - (1.0 - 0.05_f64 / 5.0).powi(5);
    let some_rejected = rate(6, |generator| {
        let p_values = sample(generator, SplitMix64::uniform, 5);
        holm(&p_values).unwrap().iter().any(|&p| p <= 0.05)
    });
    assert!(some_rejected.contains(expected), "{some_rejected:?}");
}
