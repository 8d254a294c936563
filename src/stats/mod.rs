//! Pure functions of statistics: no input or output, no clock.
//!
//! Each file holds one statistic, with its source. All of them share four
//! conventions:
//!
//! - A sample that holds NaN is refused ([`StatsError::NotANumber`]): NaN has
//!   no place in an order, and every statistic here is built on order. An
//!   empty one is refused as well.
//! - Infinities are values like any other as long as their order decides. A
//!   result that would have to average −∞ with +∞ is refused
//!   ([`StatsError::Indeterminate`]); an interval instead widens to infinity.
//! - An interval is closed and carries the level it reaches
//!   ([`Interval::level`]), which for rank statistics lies above the level
//!   asked for. Where a sample is too small for any bounded interval of that
//!   level, the answer is the whole line at level 1, never a shorter lie.
//! - No randomness: the same sample, in any order, gives the same answer, bit
//!   for bit. Simulations have [`SplitMix64`], with seeds that are fixed.
//!
//! | question | function |
//! |---|---|
//! | Where does the middle of a sample lie? | [`median`], [`quantile`] |
//! | …and of a symmetric one, with less scatter? | [`hodges_lehmann`] |
//! | How far do values scatter, strays aside? | [`median_absolute_deviation`], [`robust_standard_deviation`] |
//! | Between what bounds is the pseudomedian? | [`signed_rank_interval`] |
//! | …and the median, without assuming symmetry? | [`median_interval`] |
//! | Is the location above (below, off) a given value? | [`signed_rank_test`] |
//! | Which of several such answers stand together? | [`holm`] |
//! | Between what bounds is a proportion? | [`clopper_pearson`] |
//! | Where does a sequence change its level? | [`pettitt`] |

mod clopper_pearson;
mod error;
mod hodges_lehmann;
mod holm;
mod incomplete_beta;
mod interval;
mod mad;
mod median_interval;
mod pettitt;
mod quantile;
mod random;
mod signed_rank;
mod signed_rank_interval;
mod signed_rank_null;

#[cfg(test)]
mod simulation;

pub use clopper_pearson::clopper_pearson;
pub use error::StatsError;
pub use hodges_lehmann::hodges_lehmann;
pub use holm::holm;
pub use interval::Interval;
pub use mad::{median_absolute_deviation, robust_standard_deviation};
pub use median_interval::median_interval;
pub use pettitt::{PettittTest, pettitt};
pub use quantile::{median, quantile};
pub use random::SplitMix64;
pub use signed_rank::{Alternative, SignedRankTest, signed_rank_test};
pub use signed_rank_interval::{signed_rank_interval, smallest_signed_rank_sample};
pub use signed_rank_null::LARGEST_SIGNED_RANK_SAMPLE;
