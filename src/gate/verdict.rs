//! What is said of a benchmark, and what the command ends with.

use std::fmt;

/// What the gate says of one benchmark, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Shown to be slower by more than the margin.
    Regressed,
    /// It could not be run to its end; the reason says which arm ended how.
    Failed,
    /// The base has it, the head has not.
    Missing,
    /// The same source, compiled with other metadata, differs by more than the
    /// margin: what the compiler happens to do with it hides a change of the
    /// same size.
    Unfit,
    /// Neither a change nor its absence was shown.
    Undecided,
    /// Shown to be faster by more than the margin.
    Improved,
    /// The head has it, the base has not: there is nothing to compare.
    Added,
    /// Shown to lie within the margin.
    Unchanged,
}

impl Verdict {
    /// All of them, worst first.
    pub const ALL: [Self; 8] = [
        Self::Regressed,
        Self::Failed,
        Self::Missing,
        Self::Unfit,
        Self::Undecided,
        Self::Improved,
        Self::Added,
        Self::Unchanged,
    ];

    /// Its name in every output.
    ///
    /// ```
    /// use speedup::gate::Verdict;
    /// assert_eq!(Verdict::Unfit.name(), "unfit");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Regressed => "regressed",
            Self::Failed => "failed",
            Self::Missing => "missing",
            Self::Unfit => "unfit",
            Self::Undecided => "undecided",
            Self::Improved => "improved",
            Self::Added => "added",
            Self::Unchanged => "unchanged",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What becomes of that which could not be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// The command ends with the code for it.
    Fail,
    /// It is shown as clearly, and the command ends well.
    Warn,
}

/// What all verdicts come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// No benchmark regressed.
    Passed,
    /// Something went wrong on the way; a benchmark that failed, too.
    InternalError,
    /// The command line can't be right, or names what there isn't.
    Usage,
    /// At least one benchmark regressed.
    Regressed,
    /// None regressed as far as could be judged, and some could not.
    Undecided,
    /// The two suites don't match, or nothing ran.
    Mismatch,
}

impl Outcome {
    /// The exit code.
    ///
    /// ```
    /// use speedup::gate::Outcome;
    /// let codes = [Outcome::Passed, Outcome::InternalError, Outcome::Usage].map(Outcome::code);
    /// assert_eq!(codes, [0, 1, 2]);
    /// let codes = [Outcome::Regressed, Outcome::Undecided, Outcome::Mismatch].map(Outcome::code);
    /// assert_eq!(codes, [3, 4, 5]);
    /// ```
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::InternalError => 1,
            Self::Usage => 2,
            Self::Regressed => 3,
            Self::Undecided => 4,
            Self::Mismatch => 5,
        }
    }

    /// The gravest of what the verdicts call for: a regression before a
    /// failure, that before suites that don't match, that before what is
    /// undecided or unfit. No verdict at all is a mismatch: nothing ran.
    ///
    /// ```
    /// use speedup::gate::{Outcome, Strictness, Verdict};
    ///
    /// let verdicts = [Verdict::Unchanged, Verdict::Undecided];
    /// assert_eq!(Outcome::of(verdicts, Strictness::Fail), Outcome::Undecided);
    /// assert_eq!(Outcome::of(verdicts, Strictness::Warn), Outcome::Passed);
    /// assert_eq!(Outcome::of([], Strictness::Warn), Outcome::Mismatch);
    /// ```
    #[must_use]
    pub fn of(verdicts: impl IntoIterator<Item = Verdict>, undecided: Strictness) -> Self {
        let verdicts: Vec<Verdict> = verdicts.into_iter().collect();
        let has = |verdict| verdicts.contains(&verdict);
        let judged = |verdict: &Verdict| !matches!(verdict, Verdict::Added | Verdict::Missing);
        if has(Verdict::Regressed) {
            Self::Regressed
        } else if has(Verdict::Failed) {
            Self::InternalError
        } else if has(Verdict::Missing) || !verdicts.iter().any(judged) {
            Self::Mismatch
        } else if undecided == Strictness::Fail && (has(Verdict::Undecided) || has(Verdict::Unfit))
        {
            Self::Undecided
        } else {
            Self::Passed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_verdict_decides() {
        use Verdict::{Added, Failed, Improved, Missing, Regressed, Undecided, Unfit};
        let of = |verdicts: &[Verdict]| Outcome::of(verdicts.iter().copied(), Strictness::Fail);
        assert_eq!(of(&Verdict::ALL), Outcome::Regressed);
        assert_eq!(of(&[Undecided, Missing, Failed]), Outcome::InternalError);
        assert_eq!(of(&[Undecided, Missing]), Outcome::Mismatch);
        assert_eq!(of(&[Unfit]), Outcome::Undecided);
        assert_eq!(of(&[Improved, Added]), Outcome::Passed);
        assert_eq!(of(&[Regressed, Missing]), Outcome::Regressed);
    }

    #[test]
    fn suites_that_have_nothing_in_common_are_a_mismatch() {
        assert_eq!(
            Outcome::of([Verdict::Added], Strictness::Warn),
            Outcome::Mismatch
        );
    }

    #[test]
    fn a_warning_covers_what_is_undecided_and_nothing_else() {
        let of = |verdict| Outcome::of([verdict, Verdict::Unchanged], Strictness::Warn);
        assert_eq!(of(Verdict::Undecided), Outcome::Passed);
        assert_eq!(of(Verdict::Unfit), Outcome::Passed);
        assert_eq!(of(Verdict::Missing), Outcome::Mismatch);
        assert_eq!(of(Verdict::Failed), Outcome::InternalError);
        assert_eq!(of(Verdict::Regressed), Outcome::Regressed);
    }
}
