//! What a comparison found.

use super::arm::Arm;
use super::error::PairedError;
use super::lock_step::Samples;
use crate::stats::{
    Interval, hodges_lehmann, median, robust_standard_deviation, signed_rank_interval,
};
use std::time::Duration;

/// The first sample of each arm follows its warm-up, not another arm's turn.
const FIRST_ROUND: usize = 1;

/// A relaunch further from the median than so many robust standard deviations
/// is a stray: one normal value in four hundred lies there.
const STRAY: f64 = 3.0;

/// How arms were measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Sample by sample, in turns.
    LockStep,
    /// Whole processes one after the other, in balanced order: the suite does
    /// not use [`Paired`](super::Paired). Far coarser.
    WholeProcesses,
}

/// One relaunch: a fresh process an arm (two, for whole processes).
#[derive(Debug, Clone, PartialEq)]
pub struct Relaunch {
    /// Whether the last arm was started first.
    pub reversed: bool,
    /// How long it took, starting and analysis included.
    pub duration: Duration,
    /// The rounds that were compared.
    pub rounds: usize,
    /// The median time of an iteration of each arm, in nanoseconds.
    pub medians_ns: Vec<f64>,
    /// Whether each arm was kept on one CPU, being single-threaded.
    pub pinned: Vec<bool>,
    /// What a turn took besides the sample itself, in nanoseconds: the median
    /// over all turns of all arms. Passing the baton on is part of it, and what
    /// the benchmark does between its iterations. None for whole processes.
    pub turn_overhead_ns: Option<f64>,
    /// ln (time / time of the first arm) of each arm but the first.
    pub ln_ratios: Vec<f64>,
}

/// One arm over all relaunches.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmSummary {
    /// The arm.
    pub arm: Arm,
    /// The median over the relaunches of the median time of an iteration, in
    /// nanoseconds. Times of different comparisons can't be compared.
    pub median_ns: f64,
    /// In how many relaunches it was kept on one CPU, being single-threaded.
    pub pinned_relaunches: usize,
}

/// How long an arm takes, as a multiple of the first one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// The Hodges–Lehmann estimate over the relaunches.
    pub estimate: f64,
    /// Its exact signed-rank interval.
    pub interval: Interval,
    /// The robust standard deviation of ln ratio from one relaunch to another.
    pub relaunch_spread: f64,
    /// Relaunches further than three of these from the median.
    pub strays: usize,
}

/// The result: ratios, and all they rest on.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// How it was measured.
    pub method: Method,
    /// The arms; the first one is what the others are compared with.
    pub arms: Vec<ArmSummary>,
    /// One for each arm but the first.
    pub ratios: Vec<Ratio>,
    /// Every relaunch, in their order.
    pub relaunches: Vec<Relaunch>,
    /// All of it, from the first look at the executables.
    pub duration: Duration,
}

impl Relaunch {
    pub(super) fn new(
        method: Method,
        arms: &[Arm],
        samples: &[Samples],
        reversed: bool,
        duration: Duration,
    ) -> Result<Self, PairedError> {
        let fewest = samples.iter().map(|each| each.times_ns.len());
        let (index, rounds) = (0..)
            .zip(fewest)
            .min_by_key(|(_, len)| *len)
            .unwrap_or((0, 0));
        let first = match method {
            Method::LockStep => FIRST_ROUND,
            Method::WholeProcesses => 0,
        };
        if rounds <= first {
            return Err(PairedError::TooFewRounds {
                arm: arms
                    .get(index)
                    .map(|arm| arm.name(index))
                    .unwrap_or_default(),
                samples: rounds,
            });
        }
        let used: Vec<&[f64]> = samples
            .iter()
            .map(|each| &each.times_ns[first..rounds])
            .collect();
        let medians_ns: Result<Vec<f64>, _> = used
            .iter()
            .map(|times| median(&mut times.to_vec()))
            .collect();
        let ln_ratios: Result<Vec<f64>, _> = used[1..]
            .iter()
            .map(|times| ln_ratio(times, used[0]))
            .collect();
        let mut overheads: Vec<f64> = samples
            .iter()
            .flat_map(|each| each.overheads_ns.iter().copied())
            .collect();
        Ok(Self {
            reversed,
            duration,
            // There is no median of none.
            turn_overhead_ns: median(&mut overheads).ok(),
            rounds: rounds - first,
            medians_ns: medians_ns?,
            pinned: samples.iter().map(|each| each.is_pinned).collect(),
            ln_ratios: ln_ratios?,
        })
    }
}

/// The median over the rounds of ln (time / baseline's time).
fn ln_ratio(times: &[f64], baseline: &[f64]) -> Result<f64, PairedError> {
    let mut ratios: Vec<f64> = times
        .iter()
        .zip(baseline)
        .map(|(a, b)| (a / b).ln())
        .collect();
    Ok(median(&mut ratios)?)
}

impl Ratio {
    fn of(ln_ratios: &[f64], level: f64) -> Result<Self, PairedError> {
        let spread = robust_standard_deviation(ln_ratios)?;
        let center = median(&mut ln_ratios.to_vec())?;
        let is_stray = |value: &&f64| (**value - center).abs() > STRAY * spread;
        Ok(Self {
            estimate: hodges_lehmann(ln_ratios)?.exp(),
            interval: signed_rank_interval(ln_ratios, level)?.map_increasing(f64::exp),
            relaunch_spread: spread,
            strays: ln_ratios.iter().filter(is_stray).count(),
        })
    }
}

impl Comparison {
    pub(super) fn new(
        method: Method,
        arms: &[Arm],
        relaunches: Vec<Relaunch>,
        level: f64,
        duration: Duration,
    ) -> Result<Self, PairedError> {
        let summary = |(index, arm): (usize, &Arm)| {
            let mut medians: Vec<f64> = relaunches
                .iter()
                .map(|each| each.medians_ns[index])
                .collect();
            Ok(ArmSummary {
                arm: arm.clone(),
                median_ns: median(&mut medians)?,
                pinned_relaunches: relaunches.iter().filter(|each| each.pinned[index]).count(),
            })
        };
        let ratio = |index: usize| {
            let ln_ratios: Vec<f64> = relaunches
                .iter()
                .map(|each| each.ln_ratios[index])
                .collect();
            Ratio::of(&ln_ratios, level)
        };
        Ok(Self {
            method,
            arms: arms
                .iter()
                .enumerate()
                .map(summary)
                .collect::<Result<_, PairedError>>()?,
            ratios: (0..arms.len() - 1).map(ratio).collect::<Result<_, _>>()?,
            relaunches,
            duration,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(times_ns: &[f64]) -> Samples {
        Samples {
            times_ns: times_ns.to_vec(),
            overheads_ns: vec![3000.0; times_ns.len()],
            is_pinned: true,
        }
    }

    fn relaunch(method: Method, a: &[f64], b: &[f64]) -> Result<Relaunch, PairedError> {
        let arms = [Arm::new("x", "a"), Arm::new("x", "b")];
        let both = [samples(a), samples(b)];
        Relaunch::new(method, &arms, &both, false, Duration::ZERO)
    }

    #[test]
    fn rounds_are_paired_from_the_second_to_where_the_shorter_arm_ends() {
        let found = relaunch(
            Method::LockStep,
            &[999.0, 1.0, 2.0, 4.0],
            &[1.0, 2.0, 4.0, 8.0, 500.0, 500.0],
        )
        .expect("three rounds");
        assert_eq!(found.rounds, 3);
        assert_eq!(found.ln_ratios, [2.0_f64.ln()]);
        assert_eq!(found.medians_ns, [2.0, 4.0]);
    }

    #[test]
    fn an_arm_with_too_few_samples_is_named() {
        let error = relaunch(Method::LockStep, &[1.0; 9], &[1.0; 1]).expect_err("one round");
        assert!(error.to_string().starts_with("arm 2 (b of x)"), "{error}");
    }

    #[test]
    fn drift_that_is_even_cancels_in_a_block_of_whole_processes() {
        // A B B A, each process a tenth slower than the one before.
        let times: Vec<f64> = (0..4).map(|step| 1.1_f64.powi(step)).collect();
        let found = relaunch(
            Method::WholeProcesses,
            &[times[0], times[3]],
            &[times[1], times[2]],
        )
        .expect("a block");
        assert!(found.ln_ratios[0].abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn strays_are_counted_and_do_not_carry_the_estimate_away() {
        let mut values: Vec<f64> = (-10..=10).map(|step| f64::from(step) / 1000.0).collect();
        values.push(0.5);
        let ratio = Ratio::of(&values, 0.95).expect("an estimate");
        assert_eq!(ratio.strays, 1);
        assert!((ratio.estimate - 1.0).abs() < 0.003, "{ratio:?}");
        assert!(ratio.interval.contains(1.0));
    }
}
