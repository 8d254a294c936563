//! What a statistic refuses, and why.

use std::error::Error;
use std::fmt;

/// Why a statistic has no answer for this input.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum StatsError {
    /// The sample holds no value.
    Empty,
    /// The value at this index (counted from 0) is NaN.
    NotANumber {
        /// Where in the sample as it was passed.
        index: usize,
    },
    /// The sample is larger than the exact method takes.
    TooManyValues {
        /// Values in the sample.
        len: usize,
        /// The most it takes.
        most: usize,
    },
    /// The result would be an average of −∞ and +∞.
    Indeterminate,
    /// A confidence level that is not strictly between 0 and 1.
    LevelOutOfRange {
        /// The level asked for.
        level: f64,
    },
    /// A probability outside 0 to 1, or NaN.
    ProbabilityOutOfRange {
        /// Where in the list as it was passed; 0 for a single argument.
        index: usize,
        /// The value found there.
        value: f64,
    },
    /// A hypothetical location that is infinite or NaN.
    LocationNotFinite {
        /// The location asked about.
        location: f64,
    },
    /// More successes than trials.
    MoreSuccessesThanTrials {
        /// Successes counted.
        successes: u64,
        /// Trials made.
        trials: u64,
    },
}

impl fmt::Display for StatsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the sample is empty; pass at least one value"),
            Self::NotANumber { index } => write!(
                f,
                "value {index} of the sample is NaN, which has no order; \
                 find out where it arose, or leave it out on purpose"
            ),
            Self::TooManyValues { len, most } => write!(
                f,
                "the sample has {len} values and the exact method takes {most} at most; \
                 summarise groups of values first"
            ),
            Self::Indeterminate => write!(
                f,
                "the result would average −∞ with +∞; \
                 too many values are infinite on either side"
            ),
            Self::LevelOutOfRange { level } => write!(
                f,
                "confidence level {level} is not between 0 and 1; pass 0.95 for 95 %"
            ),
            Self::ProbabilityOutOfRange { index, value } => {
                write!(f, "probability {index} is {value}; it must lie in 0 to 1")
            }
            Self::LocationNotFinite { location } => write!(
                f,
                "the hypothetical location is {location}; it must be a finite number"
            ),
            Self::MoreSuccessesThanTrials { successes, trials } => write!(
                f,
                "{successes} successes in {trials} trials; check the order of the arguments"
            ),
        }
    }
}

impl Error for StatsError {}

/// `Ok` for a sample with at least one value and no NaN.
pub(super) fn check_sample(sample: &[f64]) -> Result<(), StatsError> {
    if sample.is_empty() {
        return Err(StatsError::Empty);
    }
    match sample.iter().position(|value| value.is_nan()) {
        Some(index) => Err(StatsError::NotANumber { index }),
        None => Ok(()),
    }
}

/// `Ok` for a level strictly between 0 and 1.
pub(super) fn check_level(level: f64) -> Result<(), StatsError> {
    if level > 0.0 && level < 1.0 {
        Ok(())
    } else {
        Err(StatsError::LevelOutOfRange { level })
    }
}

/// `Ok` for a probability from 0 to 1, both included.
pub(super) fn check_probability(index: usize, value: f64) -> Result<(), StatsError> {
    if (0.0..=1.0).contains(&value) {
        Ok(())
    } else {
        Err(StatsError::ProbabilityOutOfRange { index, value })
    }
}
