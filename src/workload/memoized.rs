//! Remembering: the notebook's slow function behind the caches of `memoize`.
//!
//! The macro writes one cache a function, so each kind of cache is a type here
//! and all of them answer through [`Cache`].

use memoize::memoize;
use rustc_hash::FxHashMap;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The notebook's three calls, in seconds: 12 in all while nothing is
/// remembered.
pub const SECONDS: [u32; 3] = [4, 2, 6];

/// The slow thing behind a cache. It counts how often it was really asked.
///
/// ```
/// use speedup::workload::memoized::Backend;
/// use std::time::Duration;
///
/// let backend = Backend::new(Duration::from_micros(1));
/// assert_eq!(backend.fetch(4), "printed after 4 seconds");
/// assert_eq!(backend.calls(), 1);
/// ```
#[derive(Debug)]
pub struct Backend {
    second: Duration,
    calls: AtomicU64,
}

impl Backend {
    /// A backend for which one notebook second lasts `second`.
    ///
    /// ```
    /// use std::time::Duration;
    /// let backend = speedup::workload::memoized::Backend::new(Duration::from_millis(1));
    /// assert_eq!(backend.calls(), 0);
    /// ```
    #[must_use]
    pub const fn new(second: Duration) -> Self {
        Self {
            second,
            calls: AtomicU64::new(0),
        }
    }

    /// The notebook's function: waits `seconds` notebook seconds, and says so.
    ///
    /// ```
    /// use std::time::Duration;
    /// let backend = speedup::workload::memoized::Backend::new(Duration::ZERO);
    /// assert_eq!(backend.fetch(2), "printed after 2 seconds");
    /// ```
    #[must_use]
    pub fn fetch(&self, seconds: u32) -> String {
        self.calls.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(self.second * seconds);
        printed(seconds)
    }

    /// How many calls have reached the backend so far.
    ///
    /// ```
    /// use std::time::Duration;
    /// let backend = speedup::workload::memoized::Backend::new(Duration::ZERO);
    /// let _ = (backend.fetch(4), backend.fetch(4));
    /// assert_eq!(backend.calls(), 2); // it remembers nothing itself
    /// ```
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }
}

/// The known answer: what the notebook prints for a call of `seconds`.
///
/// ```
/// assert_eq!(speedup::workload::memoized::printed(6), "printed after 6 seconds");
/// ```
#[must_use]
pub fn printed(seconds: u32) -> String {
    format!("printed after {seconds} seconds")
}

/// One kind of cache around [`Backend::fetch`].
pub trait Cache {
    /// What is kept, and cloned for every call that finds it.
    type Value: AsRef<str>;

    /// The answer for `seconds`: from the cache, or else from `backend`.
    fn call(seconds: u32, backend: &Backend) -> Self::Value;

    /// Forgets everything (thread-local kinds: what this thread remembers).
    fn clear();
}

/// Writes a kind of cache: its name, the value that it keeps, and the options
/// that `memoize` gets.
///
/// The function is generic over how it asks, so that it is compiled where it is
/// called and can be inlined there, as whoever writes `memoize` over a function of
/// their own has it.
macro_rules! cache {
    ($(#[$doc:meta])* $kind:ident, $value:ty, $call:ident, $clear:ident $(, $($option:tt)+)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $kind;

        #[memoize(Ignore: fetch $(, $($option)+)?)]
        fn $call<F: FnOnce(u32) -> String>(seconds: u32, fetch: F) -> $value {
            <$value>::from(fetch(seconds))
        }

        impl Cache for $kind {
            type Value = $value;

            #[inline]
            fn call(seconds: u32, backend: &Backend) -> $value {
                $call(seconds, |seconds| backend.fetch(seconds))
            }

            fn clear() {
                $clear();
            }
        }
    };
}

cache!(
    /// `memoize` as it comes: a map of its own for every thread.
    ThreadLocalString, String, thread_local_string, memoized_flush_thread_local_string
);
cache!(
    /// The same with a value that is shared instead of copied.
    ThreadLocalArcStr, Arc<str>, thread_local_arc_str, memoized_flush_thread_local_arc_str
);
cache!(
    /// A faster hash function, which an attacker who picks the keys can slow.
    FxString, String, fx_string, memoized_flush_fx_string,
    CustomHasher: FxHashMap, HasherInit: FxHashMap::default()
);
cache!(
    /// The faster hash function and a shared value.
    FxArcStr, Arc<str>, fx_arc_str, memoized_flush_fx_arc_str,
    CustomHasher: FxHashMap, HasherInit: FxHashMap::default()
);
cache!(
    /// One map for all threads, behind a mutex.
    SharedString, String, shared_string, memoized_flush_shared_string, SharedCache
);
cache!(
    /// One map for all threads, with a shared value.
    SharedArcStr, Arc<str>, shared_arc_str, memoized_flush_shared_arc_str, SharedCache
);
cache!(
    /// A bounded map that drops what was not asked for longest.
    LruString, String, lru_string, memoized_flush_lru_string, Capacity: 256
);
cache!(
    /// The bounded map, with a shared value.
    LruArcStr, Arc<str>, lru_arc_str, memoized_flush_lru_arc_str, Capacity: 256
);

/// A map of its own for every thread, which asks one for all threads for what it
/// lacks: no thread computes what another has finished, and each asks the shared one
/// once a key. Every thread keeps a copy of what it has asked for: one value for all
/// would have its references counted by all cores, which pass the count back and forth.
#[derive(Debug, Clone, Copy)]
pub struct OwnBeforeSharedArcStr;

#[memoize(Ignore: fetch)]
fn own_before_shared<F: FnOnce(u32) -> String>(seconds: u32, fetch: F) -> Arc<str> {
    Arc::from(&*shared_behind_own(seconds, fetch))
}

#[memoize(Ignore: fetch, SharedCache)]
fn shared_behind_own<F: FnOnce(u32) -> String>(seconds: u32, fetch: F) -> Arc<str> {
    fetch(seconds).into()
}

impl Cache for OwnBeforeSharedArcStr {
    type Value = Arc<str>;

    #[inline]
    fn call(seconds: u32, backend: &Backend) -> Arc<str> {
        own_before_shared(seconds, |seconds| backend.fetch(seconds))
    }

    /// Forgets what all share, and what this thread has of its own.
    fn clear() {
        memoized_flush_shared_behind_own();
        memoized_flush_own_before_shared();
    }
}

/// How many answers [`digest_cached`] remembers.
pub const DIGEST_CAPACITY: usize = 256;

/// Rounds that [`digest`] computes: some microseconds' worth, so that a miss
/// costs many times what a hit does.
const DIGEST_ROUNDS: u32 = 1000;

/// A computation of fixed cost for the bounded cache: 1000 rounds of the
/// SplitMix64 generator (Steele, Lea & Flood, OOPSLA 2014), seeded with `key`.
///
/// ```
/// use speedup::workload::memoized::digest;
/// assert_ne!(digest(1), digest(2));
/// ```
#[must_use]
pub fn digest(key: u64) -> u64 {
    let mut state = black_box(key);
    let mut mixed = 0;
    for _ in 0..DIGEST_ROUNDS {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state ^ mixed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed = z ^ (z >> 31);
    }
    mixed
}

#[memoize(Capacity: 256, Ignore: misses)]
fn digest_lru(key: u64, misses: &AtomicU64) -> u64 {
    misses.fetch_add(1, Ordering::Relaxed);
    digest(key)
}

/// [`digest`] behind a cache of [`DIGEST_CAPACITY`] answers, which drops what
/// was not asked for longest; `misses` counts the calls that had to compute.
///
/// ```
/// use speedup::workload::memoized::{digest, digest_cached};
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// let misses = AtomicU64::new(0);
/// assert_eq!(digest_cached(7, &misses), digest(7));
/// assert_eq!(digest_cached(7, &misses), digest(7));
/// assert_eq!(misses.load(Ordering::Relaxed), 1);
/// ```
#[must_use]
#[inline]
pub fn digest_cached(key: u64, misses: &AtomicU64) -> u64 {
    digest_lru(key, misses)
}

/// Forgets every digest that this thread remembers.
///
/// ```
/// use speedup::workload::memoized::{clear_digests, digest_cached};
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// let misses = AtomicU64::new(0);
/// let _ = digest_cached(7, &misses);
/// clear_digests();
/// let _ = digest_cached(7, &misses);
/// assert_eq!(misses.load(Ordering::Relaxed), 2);
/// ```
pub fn clear_digests() {
    memoized_flush_digest_lru();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers_and_counts<C: Cache>() {
        let backend = Backend::new(Duration::ZERO);
        let round = || {
            for seconds in SECONDS {
                assert_eq!(C::call(seconds, &backend).as_ref(), printed(seconds));
            }
        };
        C::clear();
        round();
        assert_eq!(backend.calls(), 3, "a cold round asks for everything");
        round();
        assert_eq!(backend.calls(), 3, "a warm round asks for nothing");
        C::clear();
        round();
        assert_eq!(backend.calls(), 6, "a cleared cache is cold again");
    }

    #[test]
    fn every_kind_of_cache_asks_once_and_then_remembers() {
        answers_and_counts::<ThreadLocalString>();
        answers_and_counts::<ThreadLocalArcStr>();
        answers_and_counts::<FxString>();
        answers_and_counts::<FxArcStr>();
        answers_and_counts::<SharedString>();
        answers_and_counts::<SharedArcStr>();
        answers_and_counts::<LruString>();
        answers_and_counts::<LruArcStr>();
    }

    #[test]
    fn what_one_thread_computed_others_find_behind_their_own_cache() {
        const KEY: u32 = 4;
        // In this test and no other, which would empty the map for all threads.
        answers_and_counts::<OwnBeforeSharedArcStr>();
        OwnBeforeSharedArcStr::clear();
        let backend = Backend::new(Duration::ZERO);
        for _ in 0..3 {
            std::thread::scope(|scope| {
                let ask = || OwnBeforeSharedArcStr::call(KEY, &backend);
                let answer = scope.spawn(ask).join().expect("it answers");
                assert_eq!(&*answer, printed(KEY));
            });
        }
        assert_eq!(backend.calls(), 1);
    }

    #[test]
    fn the_bounded_cache_drops_what_was_not_asked_for_longest() {
        clear_digests();
        let misses = AtomicU64::new(0);
        let capacity = DIGEST_CAPACITY as u64;
        for key in 0..capacity {
            assert_eq!(digest_cached(key, &misses), digest(key));
        }
        let _ = digest_cached(0, &misses); // now key 1 is the oldest
        let _ = digest_cached(capacity, &misses); // and has to go
        assert_eq!(misses.load(Ordering::Relaxed), capacity + 1);
        let _ = digest_cached(0, &misses);
        assert_eq!(misses.load(Ordering::Relaxed), capacity + 1, "0 was kept");
        let _ = digest_cached(1, &misses);
        assert_eq!(
            misses.load(Ordering::Relaxed),
            capacity + 2,
            "1 was dropped"
        );
    }
}
