//! Keys of which few are asked for often, as web pages and words are: what a
//! bounded cache is good at.

use crate::workload::memoized::{clear_digests, digest_cached};
use rand::SeedableRng;
use rand::distr::Distribution;
use rand::rngs::StdRng;
use rand_distr::{Zipf, ZipfError};
use std::sync::atomic::{AtomicU64, Ordering};

/// How many keys are drawn.
pub const DRAWN_KEYS: usize = 1 << 16;

/// Zipf's law as Zipf found it for words: the k-th most popular key is asked
/// for 1/k times as often as the first.
const EXPONENT: f64 = 1.0;

/// Any number, as long as it is always the same.
const SEED: u64 = 102;

/// Draws [`DRAWN_KEYS`] keys out of `distinct` by Zipf's law: the same ones
/// every time.
///
/// # Errors
/// When there is nothing to draw from: `distinct` is 0.
///
/// ```
/// use speedup::workload::zipf;
///
/// let keys = zipf::keys(1000)?;
/// let firsts = keys.iter().filter(|key| **key == 1).count();
/// let seconds = keys.iter().filter(|key| **key == 2).count();
/// assert!(firsts > seconds);
/// # Ok::<(), rand_distr::ZipfError>(())
/// ```
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a Zipf variate is a whole number from 1 to `distinct`"
)]
pub fn keys(distinct: usize) -> Result<Vec<u64>, ZipfError> {
    let zipf = Zipf::new(distinct as f64, EXPONENT)?;
    let random = StdRng::seed_from_u64(SEED);
    let keys = zipf.sample_iter(random).map(|key| key as u64);
    Ok(keys.take(DRAWN_KEYS).collect())
}

/// Which part of these keys the bounded cache answers without computing, when
/// they come round again and again: from 0 to 1.
///
/// ```
/// use speedup::workload::zipf;
///
/// // All of them fit, so after the first round nothing is computed.
/// assert_eq!(zipf::hit_ratio(&zipf::keys(100)?), 1.0);
/// # Ok::<(), rand_distr::ZipfError>(())
/// ```
#[must_use]
pub fn hit_ratio(keys: &[u64]) -> f64 {
    let misses = AtomicU64::new(0);
    let round = || {
        misses.store(0, Ordering::Relaxed);
        for key in keys {
            let _ = digest_cached(*key, &misses);
        }
    };
    clear_digests();
    round();
    round();
    1.0 - misses.load(Ordering::Relaxed) as f64 / keys.len() as f64
}
