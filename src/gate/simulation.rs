//! Ten thousand gates on simulated noise: how often they alarm, and what they
//! find.
//!
//! Each gate has a benchmark a kind of noise, through screening and decision
//! as in a real one. A tolerance here is no guess: a count of gates is
//! binomial, and its rate has to agree with the bound that is claimed by its
//! Clopper–Pearson interval, at a level that one correct run in a million
//! would miss. Seeds are fixed.

use super::decide::{LOOKS, Rules, Screened, Trial, can_settle, decide, screen};
use super::plan::DECISION_RELAUNCHES;
use super::verdict::Verdict;
use crate::stats::{Interval, SplitMix64, clopper_pearson};

const NULL_GATES: u64 = 4000;
const MARGIN_GATES: u64 = 3000;
const POWER_GATES: u64 = 3000;

/// What makes two identical programs differ, as a ln ratio a relaunch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Noise {
    /// Little, as single-threaded benchmarks in lock-step show.
    Quiet,
    /// Student's t with two degrees of freedom: strays of any size.
    HeavyTails,
    /// The machine slows down as it gets warm; whichever arm comes second in
    /// a relaunch is the slower one, and the order alternates.
    Drift,
    /// CPUs of two speeds: now and then, the arms sit on different ones.
    TwoSpeeds,
    /// Layouts that last as long as a pair of processes.
    Layouts,
}

const ALL: [Noise; 5] = [
    Noise::Quiet,
    Noise::HeavyTails,
    Noise::Drift,
    Noise::TwoSpeeds,
    Noise::Layouts,
];

impl Noise {
    fn draw(self, generator: &mut SplitMix64, relaunch: usize) -> f64 {
        match self {
            Self::Quiet => 0.003 * generator.normal(),
            Self::HeavyTails => {
                let denominator = (-generator.uniform().ln()).sqrt();
                0.005 * generator.normal() / denominator
            }
            Self::Drift => {
                let side = if relaunch.is_multiple_of(2) {
                    1.0
                } else {
                    -1.0
                };
                side * 0.0005 * relaunch as f64 + 0.005 * generator.normal()
            }
            Self::TwoSpeeds => {
                let apart = match generator.uniform() {
                    ..0.1 => 0.25,
                    0.9.. => -0.25,
                    _ => 0.0,
                };
                apart + 0.005 * generator.normal()
            }
            Self::Layouts => {
                let layouts = match generator.uniform() {
                    ..0.05 => 0.05,
                    0.95.. => -0.05,
                    _ => 0.0,
                };
                layouts + 0.015 * generator.normal()
            }
        }
    }

    fn relaunches(self, generator: &mut SplitMix64, ln_ratio: f64, count: usize) -> Vec<f64> {
        (0..count)
            .map(|relaunch| ln_ratio + self.draw(generator, relaunch))
            .collect()
    }
}

/// A benchmark of a gate: its noise, and its true ln ratio.
type Simulated = (Noise, f64);

/// Screening and decision of one gate.
fn gate(generator: &mut SplitMix64, benchmarks: &[Simulated], rules: &Rules) -> Vec<Verdict> {
    let is_clear: Vec<bool> = benchmarks
        .iter()
        .map(|(noise, ln_ratio)| is_cleared(generator, *noise, *ln_ratio, rules))
        .collect();
    let fresh: Vec<(Vec<f64>, Vec<f64>)> = benchmarks
        .iter()
        .zip(&is_clear)
        .filter(|(_, is_clear)| !**is_clear)
        .map(|((noise, ln_ratio), _)| {
            let head = noise.relaunches(generator, *ln_ratio, DECISION_RELAUNCHES);
            (head, noise.relaunches(generator, 0.0, DECISION_RELAUNCHES))
        })
        .collect();
    let trials: Vec<Trial<'_>> = fresh
        .iter()
        .map(|(head, rebuilt)| Trial {
            head,
            rebuilt: Some(rebuilt),
        })
        .collect();
    let mut decided = decide(&trials, rules).expect("numbers").into_iter();
    let verdict = |is_clear: &bool| match is_clear {
        true => Verdict::Unchanged,
        false => decided.next().expect("one for each").verdict,
    };
    is_clear.iter().map(verdict).collect()
}

fn is_cleared(generator: &mut SplitMix64, noise: Noise, ln_ratio: f64, rules: &Rules) -> bool {
    let last = LOOKS[LOOKS.len() - 1];
    let relaunches = noise.relaunches(generator, ln_ratio, last);
    for look in LOOKS {
        match screen(&relaunches[..look], rules).expect("numbers") {
            Screened::Clear => return true,
            Screened::Suspicious => return false,
            Screened::Unclear => {}
        }
    }
    false
}

/// Where the rate of `event` over so many gates must lie.
fn rate(seed: u64, gates: u64, mut event: impl FnMut(&mut SplitMix64) -> bool) -> Interval {
    let mut generator = SplitMix64(seed);
    let times = (0..gates).filter(|_| event(&mut generator)).count() as u64;
    clopper_pearson(times, gates, 1.0 - 1e-6).expect("a rate")
}

#[test]
fn gates_over_identical_source_hardly_ever_alarm() {
    let rules = Rules::default();
    let benchmarks = ALL.map(|noise| (noise, 0.0));
    let alarms = rate(1, NULL_GATES, |generator| {
        gate(generator, &benchmarks, &rules).contains(&Verdict::Regressed)
    });
    // Far below α, which is for slowdowns of just the margin.
    assert!(alarms.high < 0.006, "{alarms:?}");
}

#[test]
fn gates_over_slowdowns_of_just_the_margin_alarm_no_more_often_than_alpha() {
    let rules = Rules::default();
    let benchmarks = ALL.map(|noise| (noise, rules.ln_margin()));
    let alarms = rate(2, MARGIN_GATES, |generator| {
        gate(generator, &benchmarks, &rules).contains(&Verdict::Regressed)
    });
    assert!(alarms.low <= rules.alpha, "{alarms:?}");
}

#[test]
fn screening_clears_a_slowdown_of_the_margin_no_more_often_than_it_may() {
    let rules = Rules::default();
    for noise in ALL {
        let cleared = rate(3, 1000, |generator| {
            is_cleared(generator, noise, rules.ln_margin(), &rules)
        });
        assert!(
            cleared.low <= super::SCREENING_ERROR,
            "{noise:?}: {cleared:?}"
        );
    }
}

#[test]
fn a_look_that_ends_early_would_have_settled_nothing() {
    let rules = Rules::default();
    let mut generator = SplitMix64(8);
    let mut ended = 0;
    for (noise, step) in ALL.into_iter().cycle().zip(0..4000) {
        let ln_ratio = f64::from(step % 9 - 4) / 100.0;
        for look in LOOKS {
            let all = noise.relaunches(&mut generator, ln_ratio, look);
            let settled = screen(&all, &rules).expect("numbers") != Screened::Unclear;
            let early =
                (0..look).find(|done| !can_settle(&all[..*done], look, &rules).expect("numbers"));
            assert!(early.is_none() || !settled, "{noise:?}: {all:?}, {early:?}");
            ended += usize::from(early.is_some());
        }
    }
    assert!(ended > 1000, "{ended}");
}

#[test]
fn a_slowdown_is_found_and_it_is_the_slowed_benchmark_that_is_named() {
    let rules = Rules::default();
    // How often at least, for each kind of noise slowed by so much.
    let slowed = [
        (Noise::Quiet, 1.04, 0.99),
        (Noise::Drift, 1.04, 0.99),
        // A tenth of the relaunches far off, on either side: the test
        // weighs them by rank, and they have the highest ones.
        (Noise::TwoSpeeds, 1.04, 0.25),
        (Noise::Layouts, 1.06, 0.9),
        (Noise::HeavyTails, 1.06, 0.99),
    ];
    for (noise, ratio, least) in slowed {
        let mut others = 0;
        let benchmarks = ALL.map(|other| {
            let ratio: f64 = if other == noise { ratio } else { 1.0 };
            (other, ratio.ln())
        });
        let gates = POWER_GATES / slowed.len() as u64;
        let found = rate(4, gates, |generator| {
            let verdicts = gate(generator, &benchmarks, &rules);
            let named: Vec<Noise> = ALL
                .into_iter()
                .zip(verdicts)
                .filter(|(_, verdict)| *verdict == Verdict::Regressed)
                .map(|(noise, _)| noise)
                .collect();
            others += named.iter().filter(|other| **other != noise).count();
            named.contains(&noise)
        });
        assert!(found.high >= least, "{noise:?}: {found:?}");
        assert!(others <= 1, "{noise:?}: {others} others were named");
    }
}
