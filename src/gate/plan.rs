//! How many relaunches there is time for, and what they can show: pure
//! functions.

use super::decide::{LOOKS, Rules, fewest_relaunches};
use super::detect::Sensitivity;
use std::time::Duration;

/// Sampling time of an arm in a relaunch of the first look, which is at every
/// benchmark: enough for those that use one thread, where what sets two
/// processes apart stays with them.
pub(super) const FIRST_SAMPLING: Duration = Duration::from_millis(40);

/// The same of all later relaunches. Several threads or processes scatter within
/// a relaunch as well: with twice the sampling, a relaunch takes half as long
/// again, and its variance is about half as large.
pub(super) const SAMPLING: Duration = Duration::from_millis(80);

/// What an arm's relaunch takes besides: starting, warming up, analysis.
const AROUND_SAMPLING: Duration = Duration::from_millis(40);

/// Relaunches of a decision, unless the number of routed benchmarks asks for
/// more: with three arms, some ten seconds a benchmark.
pub const DECISION_RELAUNCHES: usize = 20;

/// The least that a decision has above what shows anything at all: with no
/// more than that, a single stray relaunch would be enough to show nothing.
const ABOVE_FEWEST: usize = 6;

/// Of the time that is left after a first look at everything, the part that
/// further looks may take: the decision is what finds regressions.
const FURTHER_LOOKS: f64 = 0.4;

/// Without a budget: what may be spent on benchmarks that do not look changed, but
/// that the first look did not clear. A part of what that look took, so that many
/// that scatter don't make the gate several times as long, and at least so much.
const FOR_DOUBT: f64 = 0.5;
const LEAST_FOR_DOUBT: Duration = Duration::from_mins(2);

/// Scatters of ln ratio between relaunches for which a plan says what it
/// finds: what single-threaded benchmarks, and those on several threads or
/// processes, show on a shared machine.
const SCATTERS: [f64; 2] = [0.003, 0.02];

/// What can be said before anything is measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Benchmarks that both revisions have, and whose code differs.
    pub benchmarks: usize,
    /// How long the first look at all of them takes, about.
    pub screening: Duration,
    /// The time for everything, if it is limited.
    pub budget: Option<Duration>,
    /// Of the benchmarks, those that the budget is enough to look at.
    pub screened: usize,
    /// How many suspicious ones can be decided with a full number of
    /// relaunches, if the time is limited.
    pub decided: Option<usize>,
    /// The relaunches of a decision, if one benchmark is routed.
    pub relaunches: usize,
    /// Scatter of ln ratio between relaunches, and the smallest slowdown that
    /// is found nine times in ten then, as a time ratio; none if none is.
    pub finds: Vec<(f64, Option<f64>)>,
}

/// Plans a gate over so many benchmarks of some milliseconds an iteration.
///
/// ```
/// use speedup::gate::{Rules, plan};
/// use std::time::Duration;
///
/// let unlimited = plan(200, None, &Rules::default());
/// assert_eq!((unlimited.screened, unlimited.relaunches), (200, 20));
/// let hasty = plan(200, Some(Duration::from_secs(30)), &Rules::default());
/// assert!(hasty.screened < 50);
/// assert_eq!(hasty.finds[0].1, None);
/// ```
#[must_use]
pub fn plan(benchmarks: usize, budget: Option<Duration>, rules: &Rules) -> Plan {
    let first_look = relaunch(FIRST_SAMPLING, 2) * count(LOOKS[0] + 1);
    let screening = first_look * count(benchmarks);
    let decision = relaunch(SAMPLING, 3);
    let left = budget.map(|budget| budget.saturating_sub(screening));
    let relaunches = decision_relaunches(1, left, decision, rules);
    let fit = |budget: Duration, each: Duration| {
        let fit = budget.as_secs_f64() / each.as_secs_f64();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small count"
        )]
        let fit = fit as usize;
        fit.min(benchmarks)
    };
    let full = decision * count(decision_relaunches(1, None, decision, rules) + 1);
    let sensitivity = Sensitivity::new(relaunches, 1, rules);
    Plan {
        benchmarks,
        screening,
        budget,
        screened: budget.map_or(benchmarks, |budget| fit(budget, first_look)),
        decided: left.map(|left| fit(left, full)),
        relaunches,
        finds: SCATTERS
            .map(|scatter| (scatter, sensitivity.smallest_found(scatter)))
            .to_vec(),
    }
}

/// The time of one relaunch.
fn relaunch(sampling: Duration, arms: u32) -> Duration {
    (sampling + AROUND_SAMPLING) * arms
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The relaunches of each decision, if so many benchmarks are routed, so much
/// time is left and a relaunch takes so long; 0 if the time is not enough for
/// any that could show something.
pub(super) fn decision_relaunches(
    routed: usize,
    left: Option<Duration>,
    relaunch: Duration,
    rules: &Rules,
) -> usize {
    let fewest = fewest_relaunches(routed, rules);
    let wanted = DECISION_RELAUNCHES.max(fewest + ABOVE_FEWEST);
    let Some(left) = left else {
        return wanted;
    };
    let each = relaunch.as_secs_f64() * routed.max(1) as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates, and the rest is small"
    )]
    // One of them is the look at how long an iteration takes.
    let fit = ((left.as_secs_f64() / each) as usize).saturating_sub(1);
    // Both orders equally often.
    let fit = fit - fit % 2;
    if fit < fewest { 0 } else { fit.min(wanted) }
}

/// How long further looks may take, after a first one that took so long, and if so
/// much is left of a budget.
pub(super) fn for_further_looks(first_look: Duration, left: Option<Duration>) -> Duration {
    match left {
        Some(left) => left.mul_f64(FURTHER_LOOKS),
        None => first_look.mul_f64(FOR_DOUBT).max(LEAST_FOR_DOUBT),
    }
}

/// How long a full decision takes, if an arm's relaunch takes so long.
pub(super) fn decision_time(arm: Duration) -> Duration {
    arm * count(3 * DECISION_RELAUNCHES)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn relaunches(routed: usize, left: Option<u64>) -> usize {
        let left = left.map(Duration::from_secs);
        decision_relaunches(routed, left, SECOND, &Rules::default())
    }

    #[test]
    fn a_decision_has_all_its_relaunches_unless_time_is_short() {
        assert_eq!(relaunches(1, None), DECISION_RELAUNCHES);
        assert_eq!(relaunches(4, Some(1000)), DECISION_RELAUNCHES);
        assert_eq!(relaunches(4, Some(60)), 14);
        assert_eq!(relaunches(4, Some(20)), 0);
        assert_eq!(relaunches(1, Some(0)), 0);
    }

    #[test]
    fn many_routed_benchmarks_get_more_relaunches_each() {
        assert_eq!(relaunches(1000, None), 23);
        assert!(relaunches(1000, None) > fewest_relaunches(1000, &Rules::default()));
    }

    #[test]
    fn doubt_takes_a_part_of_the_first_look_or_of_the_budget() {
        let minutes = Duration::from_mins;
        assert_eq!(for_further_looks(minutes(6), None), minutes(3));
        assert_eq!(for_further_looks(SECOND, None), LEAST_FOR_DOUBT);
        assert_eq!(for_further_looks(minutes(6), Some(minutes(5))), minutes(2));
    }

    #[test]
    fn a_plan_says_what_a_short_budget_leaves_out() {
        let rules = Rules::default();
        let all = plan(100, Some(Duration::from_mins(10)), &rules);
        assert_eq!((all.screened, all.relaunches), (100, DECISION_RELAUNCHES));
        assert!(all.decided > Some(10));
        let (_, finds) = all.finds[1];
        assert!(finds.is_some_and(|ratio| (1.02..1.06).contains(&ratio)));
        let some = plan(100, Some(SECOND * 57), &rules);
        assert_eq!((some.screened, some.decided), (50, Some(0)));
        assert_eq!(some.relaunches, 0);
        assert!(some.finds.iter().all(|(_, ratio)| ratio.is_none()));
    }
}
