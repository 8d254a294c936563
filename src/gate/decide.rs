//! Verdicts from ratios: pure functions, no measuring.
//!
//! Screening may only clear a benchmark or route it onwards; whatever it does,
//! the decision is taken on fresh relaunches, so no choice made while
//! screening can produce a false alarm. What screening can do wrong is to clear
//! a benchmark that is slower by the margin or more, and that is held to
//! [`SCREENING_ERROR`].

use super::verdict::Verdict;
use crate::stats::{Alternative, StatsError, hodges_lehmann, holm, signed_rank_test};

/// The relaunches after which screening looks at a benchmark. With six, the
/// smallest p-value is 1/64, just below a third of [`SCREENING_ERROR`].
pub const LOOKS: [usize; 3] = [6, 10, 16];

/// How often a benchmark that is slower or faster by the margin or more may be
/// cleared by screening; each look may use a third of it (Bonferroni).
pub const SCREENING_ERROR: f64 = 0.05;

/// The same of each look.
const LOOK_ERROR: f64 = SCREENING_ERROR / LOOKS.len() as f64;

/// The p-value up to which a benchmark outside the margin is routed without a
/// further look. Six relaunches reach it only if all lie on one side.
pub const SUSPICION: f64 = 0.05;

/// How often a decision may call unchanged what is slower or faster by the
/// margin or more.
pub const EQUIVALENCE_ERROR: f64 = 0.05;

/// What the gate is held to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// The margin δ: slowdowns up to it are let pass; 0.02 for 2 %.
    pub margin: f64,
    /// The most that the probability of even one false alarm may be, over all
    /// benchmarks of one gate.
    pub alpha: f64,
}

impl Default for Rules {
    /// A margin of 2 %, and a false alarm in at most one gate of a hundred.
    ///
    /// ```
    /// use speedup::gate::Rules;
    /// assert_eq!(Rules::default(), Rules { margin: 0.02, alpha: 0.01 });
    /// ```
    fn default() -> Self {
        Self {
            margin: 0.02,
            alpha: 0.01,
        }
    }
}

impl Rules {
    /// The margin as a logarithm of a time ratio, ln (1 + δ).
    ///
    /// ```
    /// use speedup::gate::Rules;
    /// assert_eq!(Rules::default().ln_margin(), 1.02_f64.ln());
    /// ```
    #[must_use]
    pub fn ln_margin(&self) -> f64 {
        (1.0 + self.margin).ln()
    }
}

/// What screening makes of a benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screened {
    /// Shown to lie within the margin: nothing more to do.
    Clear,
    /// Not yet: look again with more relaunches, or route it if there are none.
    Unclear,
    /// It is shown to differ, and the estimate lies outside the margin: route it
    /// at once.
    Suspicious,
}

/// Looks at the ln ratios of a benchmark (head over base), all of its
/// relaunches so far.
///
/// It is clear if both one-sided signed-rank tests, against +ln(1 + δ) and
/// −ln(1 + δ), reject at a third of [`SCREENING_ERROR`] (two one-sided tests:
/// Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15 (1987),
/// 657–680). It is suspicious if the estimate lies outside the margin and the
/// two-sided signed-rank test against 0 rejects at [`SUSPICION`]. Neither is
/// needed for the error rates: routing costs time, and further looks cost less
/// of it where a benchmark merely scatters.
///
/// # Errors
/// When a ratio is NaN, or there are more than the exact test takes.
///
/// ```
/// use speedup::gate::{Rules, Screened, screen};
///
/// let rules = Rules::default();
/// let quiet = [0.001, -0.002, 0.0005, 0.003, -0.001, 0.002];
/// assert_eq!(screen(&quiet, &rules)?, Screened::Clear);
/// let slower = [0.04, 0.05, 0.03, 0.045, 0.06, 0.05];
/// assert_eq!(screen(&slower, &rules)?, Screened::Suspicious);
/// assert_eq!(screen(&quiet[..3], &rules)?, Screened::Unclear);
/// # Ok::<(), speedup::stats::StatsError>(())
/// ```
pub fn screen(ln_ratios: &[f64], rules: &Rules) -> Result<Screened, StatsError> {
    if ln_ratios.is_empty() {
        return Ok(Screened::Unclear);
    }
    if is_equivalent(ln_ratios, rules, LOOK_ERROR)? {
        return Ok(Screened::Clear);
    }
    let is_outside = hodges_lehmann(ln_ratios)?.abs() > rules.ln_margin();
    let differs = signed_rank_test(ln_ratios, 0.0, Alternative::TwoSided)?.p_value <= SUSPICION;
    Ok(if is_outside && differs {
        Screened::Suspicious
    } else {
        Screened::Unclear
    })
}

/// Whether a look at so many relaunches, of which these are done, may still clear
/// the benchmark or find it suspicious, whatever the others will be.
///
/// If not, the look can end here (curtailed sampling): its outcome is known. The
/// others are taken to lie as far on the better side as they can, for each test by
/// itself.
///
/// # Errors
/// When a ratio is NaN, or there are more than the exact test takes.
///
/// ```
/// use speedup::gate::{Rules, can_settle};
///
/// let rules = Rules::default();
/// assert!(can_settle(&[0.001, -0.002], 6, &rules)?);
/// // Six relaunches clear only if all lie within the margin.
/// assert!(!can_settle(&[0.03, -0.002], 6, &rules)?);
/// # Ok::<(), speedup::stats::StatsError>(())
/// ```
pub fn can_settle(ln_ratios: &[f64], relaunches: usize, rules: &Rules) -> Result<bool, StatsError> {
    let margin = rules.ln_margin();
    let p_value = |others: f64, location, alternative| {
        let mut all = ln_ratios.to_vec();
        all.resize(relaunches.max(ln_ratios.len()), others);
        Ok(signed_rank_test(&all, location, alternative)?.p_value)
    };
    let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
    let below = p_value(low, margin, Alternative::Less)?;
    let above = p_value(high, -margin, Alternative::Greater)?;
    let slower = p_value(high, 0.0, Alternative::TwoSided)?;
    let faster = p_value(low, 0.0, Alternative::TwoSided)?;
    Ok(below.max(above) <= LOOK_ERROR || slower.min(faster) <= SUSPICION)
}

fn is_equivalent(ln_ratios: &[f64], rules: &Rules, error: f64) -> Result<bool, StatsError> {
    let margin = rules.ln_margin();
    let below = signed_rank_test(ln_ratios, margin, Alternative::Less)?;
    let above = signed_rank_test(ln_ratios, -margin, Alternative::Greater)?;
    Ok(below.p_value.max(above.p_value) <= error)
}

/// The fresh relaunches of one routed benchmark; empty where there was no time
/// for them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial<'a> {
    /// ln (time of the head / time of the base), a value a relaunch.
    pub head: &'a [f64],
    /// ln (time of the rebuilt base / time of the base), of the same
    /// relaunches; none where there is no such build.
    pub rebuilt: Option<&'a [f64]>,
}

/// What was decided of one routed benchmark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decided {
    /// The verdict.
    pub verdict: Verdict,
    /// Holm's adjusted p-value of "not slower by more than the margin".
    pub p_slower: f64,
    /// The same of "not faster by more than the margin".
    pub p_faster: f64,
}

/// Decides all routed benchmarks together.
///
/// A benchmark regressed if it is shown to be slower by more than the margin
/// than the base *and* than the rebuilt base: the larger of the two p-values
/// counts (an intersection–union test: Berger, Technometrics 24 (1982),
/// 295–300). Where the rebuilt base itself is estimated to differ from the
/// base by more than the margin, that difference takes the margin's place: a
/// slowdown has to stand out from what the compiler's whim makes; and a
/// benchmark that does not is [`Verdict::Unfit`]. All p-values are the exact
/// signed-rank ones, adjusted by Holm's method over all routed benchmarks, for
/// slowdowns and for speed-ups apart.
///
/// # Errors
/// When a ratio is NaN, or there are more than the exact test takes.
///
/// ```
/// use speedup::gate::{Rules, Trial, Verdict, decide};
///
/// let slower: Vec<f64> = (0..20).map(|i| 0.045 + f64::from(i) / 1e4).collect();
/// let same: Vec<f64> = (0..20).map(|i| (f64::from(i) - 10.0) / 1e4).collect();
/// let trials = [
///     Trial { head: &slower, rebuilt: Some(&same) },
///     Trial { head: &same, rebuilt: Some(&same) },
///     Trial { head: &[], rebuilt: None },
/// ];
/// let verdicts = decide(&trials, &Rules::default())?.iter().map(|each| each.verdict).collect::<Vec<_>>();
/// assert_eq!(verdicts, [Verdict::Regressed, Verdict::Unchanged, Verdict::Undecided]);
/// # Ok::<(), speedup::stats::StatsError>(())
/// ```
pub fn decide(trials: &[Trial<'_>], rules: &Rules) -> Result<Vec<Decided>, StatsError> {
    let shifts = trials
        .iter()
        .map(|trial| shift(trial))
        .collect::<Result<Vec<_>, _>>()?;
    let p_values = |alternative| {
        let each = trials.iter().zip(&shifts);
        let p_values = each
            .map(|(trial, shift)| p_value(trial, alternative, rules.ln_margin().max(*shift)))
            .collect::<Result<Vec<_>, _>>()?;
        holm(&p_values)
    };
    let slower = p_values(Alternative::Greater)?;
    let faster = p_values(Alternative::Less)?;
    let verdict = |index: usize| {
        if slower[index] <= rules.alpha {
            return Ok(Verdict::Regressed);
        }
        if faster[index] <= rules.alpha {
            return Ok(Verdict::Improved);
        }
        if shifts[index] > rules.ln_margin() {
            return Ok(Verdict::Unfit);
        }
        let head = trials[index].head;
        if !head.is_empty() && is_equivalent(head, rules, EQUIVALENCE_ERROR)? {
            return Ok(Verdict::Unchanged);
        }
        Ok(Verdict::Undecided)
    };
    (0..trials.len())
        .map(|index| {
            Ok(Decided {
                verdict: verdict(index)?,
                p_slower: slower[index],
                p_faster: faster[index],
            })
        })
        .collect()
}

/// How far the rebuilt base is from the base, either way.
fn shift(trial: &Trial<'_>) -> Result<f64, StatsError> {
    match trial.rebuilt {
        Some(rebuilt) if !rebuilt.is_empty() => Ok(hodges_lehmann(rebuilt)?.abs()),
        _ => Ok(0.0),
    }
}

/// The larger p-value of the head against the base and against the rebuilt
/// base.
fn p_value(trial: &Trial<'_>, alternative: Alternative, margin: f64) -> Result<f64, StatsError> {
    if trial.head.is_empty() {
        return Ok(1.0);
    }
    let location = match alternative {
        Alternative::Less => -margin,
        _ => margin,
    };
    let against_base = signed_rank_test(trial.head, location, alternative)?.p_value;
    let Some(rebuilt) = trial.rebuilt else {
        return Ok(against_base);
    };
    let of_rebuilt: Vec<f64> = trial.head.iter().zip(rebuilt).map(|(a, b)| a - b).collect();
    let against_rebuilt = signed_rank_test(&of_rebuilt, location, alternative)?.p_value;
    Ok(against_base.max(against_rebuilt))
}

/// The fewest relaunches with which a regression can be shown at all, if so
/// many benchmarks are routed: the smallest p-value of n relaunches is 2⁻ⁿ,
/// and has to stay below α over their number.
///
/// ```
/// use speedup::gate::{Rules, fewest_relaunches};
///
/// assert_eq!(fewest_relaunches(1, &Rules::default()), 7); // 1/128 ≤ 1 %
/// assert_eq!(fewest_relaunches(4, &Rules::default()), 9);
/// ```
#[must_use]
pub fn fewest_relaunches(routed: usize, rules: &Rules) -> usize {
    let needed = (routed.max(1) as f64 / rules.alpha).log2().ceil();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the logarithm of a count over a probability"
    )]
    let needed = needed.max(1.0) as usize;
    needed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twenty values around a centre, symmetric, `step` apart.
    fn around(center: f64, step: f64) -> Vec<f64> {
        (0..20)
            .map(|index| center + (f64::from(index) - 9.5) * step)
            .collect()
    }

    fn verdict(head: &[f64], rebuilt: Option<&[f64]>) -> Verdict {
        let trial = Trial { head, rebuilt };
        decide(&[trial], &Rules::default()).expect("numbers")[0].verdict
    }

    #[test]
    fn verdicts_follow_the_side_on_which_the_ratio_is_shown_to_lie() {
        assert_eq!(verdict(&around(0.04, 0.001), None), Verdict::Regressed);
        assert_eq!(verdict(&around(-0.04, 0.001), None), Verdict::Improved);
        assert_eq!(verdict(&around(0.0, 0.001), None), Verdict::Unchanged);
        assert_eq!(verdict(&around(0.02, 0.001), None), Verdict::Undecided);
        assert_eq!(verdict(&around(0.03, 0.02), None), Verdict::Undecided);
    }

    #[test]
    fn what_the_compilers_whim_explains_is_unfit_and_no_regression() {
        let head = around(0.04, 0.0005);
        assert_eq!(
            verdict(&head, Some(&around(0.0, 0.0005))),
            Verdict::Regressed
        );
        assert_eq!(verdict(&head, Some(&around(0.04, 0.0005))), Verdict::Unfit);
        assert_eq!(verdict(&head, Some(&around(-0.05, 0.0005))), Verdict::Unfit);
        // The base was lucky by less than the margin: the head is not slower
        // than the other build of it by the margin, so nothing is shown.
        let lucky = around(0.015, 0.0005);
        assert_eq!(
            verdict(&around(0.03, 0.0005), Some(&lucky)),
            Verdict::Undecided
        );
    }

    #[test]
    fn a_slowdown_far_beyond_the_compilers_whim_is_still_a_regression() {
        let rebuilt = around(0.03, 0.001);
        assert_eq!(
            verdict(&around(0.3, 0.001), Some(&rebuilt)),
            Verdict::Regressed
        );
    }

    #[test]
    fn more_benchmarks_ask_for_more_relaunches() {
        let rules = Rules::default();
        for routed in [1, 2, 4, 50, 1000] {
            let head: Vec<f64> = (0..fewest_relaunches(routed, &rules))
                .map(|index| 0.05 + index as f64 * 1e-4)
                .collect();
            let found = |len: usize| {
                let trials = vec![
                    Trial {
                        head: &head[..len],
                        rebuilt: None
                    };
                    routed
                ];
                decide(&trials, &rules).expect("numbers")[0].verdict
            };
            assert_eq!(found(head.len()), Verdict::Regressed, "{routed}");
            assert_eq!(found(head.len() - 1), Verdict::Undecided, "{routed}");
        }
    }

    #[test]
    fn six_quiet_relaunches_are_enough_to_clear_and_five_are_not() {
        let quiet = around(0.0, 1e-4);
        let rules = Rules::default();
        assert_eq!(screen(&quiet[..6], &rules), Ok(Screened::Clear));
        assert_eq!(screen(&quiet[..5], &rules), Ok(Screened::Unclear));
        assert_eq!(screen(&[], &rules), Ok(Screened::Unclear));
    }

    #[test]
    fn what_merely_scatters_is_looked_at_again_rather_than_routed() {
        let rules = Rules::default();
        let scattered = [0.09, 0.08, -0.02, 0.05, 0.07, 0.06];
        assert_eq!(screen(&scattered, &rules), Ok(Screened::Unclear));
        let beyond = scattered.map(f64::abs);
        assert_eq!(screen(&beyond, &rules), Ok(Screened::Suspicious));
    }

    #[test]
    fn nan_is_refused() {
        assert!(screen(&[f64::NAN; 6], &Rules::default()).is_err());
    }
}
