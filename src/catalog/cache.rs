//! What does memory buy?

use super::{Catalog, Id, Row};
use crate::workload::memoized::{DIGEST_CAPACITY, SECONDS};
use crate::workload::zipf;
use std::num::NonZeroUsize;
use std::time::Duration;

/// Different keys for the bounded cache, as multiples of what it can hold:
/// from all of them to one in sixty-four.
const KEYS_PER_PLACE: [usize; 4] = [1, 4, 16, 64];

/// Look-ups that each thread makes in a row of the shared cache: some hundred
/// microseconds, so that waking the threads is not the larger part of it.
const LOOK_UPS: usize = 10_000;

/// Notebook seconds that a stampede waits for its missing key.
const STAMPEDE_SECONDS: u32 = 2;

/// A kind of cache: where it is, what it hashes with, what it keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheKind {
    /// A map for every thread, `String` values.
    ThreadLocalString,
    /// A map for every thread, `Arc<str>` values.
    ThreadLocalArcStr,
    /// The same with a faster hash function.
    FxString,
    /// The same with a faster hash function and `Arc<str>` values.
    FxArcStr,
    /// One map behind a mutex, `String` values.
    SharedString,
    /// One map behind a mutex, `Arc<str>` values.
    SharedArcStr,
    /// A bounded map, `String` values.
    LruString,
    /// A bounded map, `Arc<str>` values.
    LruArcStr,
}

impl CacheKind {
    /// Every kind, with its function and value in the ids.
    const LOOK_UPS: [(Self, &'static str, &'static str); 8] = [
        (Self::ThreadLocalString, "warm_thread_local", "String"),
        (Self::ThreadLocalArcStr, "warm_thread_local", "ArcStr"),
        (Self::FxString, "warm_thread_local_fx", "String"),
        (Self::FxArcStr, "warm_thread_local_fx", "ArcStr"),
        (Self::SharedString, "warm_shared", "String"),
        (Self::SharedArcStr, "warm_shared", "ArcStr"),
        (Self::LruString, "warm_lru", "String"),
        (Self::LruArcStr, "warm_lru", "ArcStr"),
    ];
}

/// Where several threads look up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadsCaches {
    /// All in one shared cache.
    Shared,
    /// Every thread in a cache of its own.
    Own,
    /// Every thread in a cache of its own, which asks one shared cache for what it
    /// lacks.
    OwnBeforeShared,
}

impl ThreadsCaches {
    /// All of them, with their functions in the ids.
    const ALL: [(Self, &'static str); 3] = [
        (Self::Shared, "warm_shared_by"),
        (Self::Own, "warm_own_of"),
        (Self::OwnBeforeShared, "warm_own_before_shared_of"),
    ];
}

/// What a row of the group does. `second` is how long a notebook second lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheTask {
    /// The notebook's three calls with nothing remembered.
    Uncached {
        /// How long a notebook second lasts.
        second: Duration,
    },
    /// The same through a cache that is empty.
    Cold {
        /// How long a notebook second lasts.
        second: Duration,
    },
    /// The same through a cache that has all three answers.
    Warm {
        /// How long a notebook second lasts.
        second: Duration,
    },
    /// One call that the cache has the answer to.
    LookUp(CacheKind),
    /// A call with a Zipf-distributed key, computed anew every time.
    ZipfUncached {
        /// How many different keys there are.
        keys: usize,
    },
    /// The same through a bounded cache.
    ZipfLru {
        /// How many different keys there are.
        keys: usize,
    },
    /// Look-ups on several threads at once.
    ThreadsLookUp {
        /// Where they look.
        caches: ThreadsCaches,
        /// How many threads.
        workers: NonZeroUsize,
        /// How many look-ups each of them makes.
        look_ups: usize,
    },
    /// Several threads ask an empty shared cache for the same key at once.
    Stampede {
        /// How many threads.
        workers: NonZeroUsize,
        /// How long the backend takes for the key.
        seconds: u32,
        /// How long a notebook second lasts.
        second: Duration,
    },
}

impl Catalog {
    /// The group `cache`: the notebook's calls uncached, cold and warm; a warm
    /// look-up alone in every kind of cache; keys that don't all fit; threads.
    ///
    /// ```
    /// use speedup::catalog::{Catalog, Scale};
    /// use std::num::NonZeroUsize;
    ///
    /// let rows = Catalog::new(Scale::default(), NonZeroUsize::MIN).cache();
    /// assert_eq!(rows[0].id.to_string(), "cache/uncached/4-2-6");
    /// ```
    #[must_use]
    pub fn cache(&self) -> Vec<Row<CacheTask>> {
        let mut rows = self.notebook_calls();
        rows.extend(look_ups());
        rows.extend(KEYS_PER_PLACE.into_iter().flat_map(zipf));
        for workers in self.worker_counts() {
            rows.extend(threads(workers));
        }
        rows.extend(self.worker_counts().into_iter().map(|workers| {
            let row = |workers| id("stampede", &STAMPEDE_SECONDS).at_workers(workers);
            let second = self.scale.seconds(1);
            Row {
                id: row(workers),
                baseline: alone_for(workers, row),
                task: CacheTask::Stampede {
                    workers,
                    seconds: STAMPEDE_SECONDS,
                    second,
                },
            }
        }));
        rows
    }

    fn notebook_calls(&self) -> Vec<Row<CacheTask>> {
        let value = SECONDS.map(|seconds| seconds.to_string()).join("-");
        let id = |function: &str| id(function, &value);
        let second = self.scale.seconds(1);
        let row = |function, baseline: Option<&str>, task| Row {
            id: id(function),
            baseline: baseline.map(id),
            task,
        };
        vec![
            row("uncached", None, CacheTask::Uncached { second }),
            row("cold", Some("uncached"), CacheTask::Cold { second }),
            row("warm", Some("cold"), CacheTask::Warm { second }),
        ]
    }
}

/// Look-ups are compared with `memoize` as it comes.
fn look_ups() -> impl Iterator<Item = Row<CacheTask>> {
    let [(_, function, value), ..] = CacheKind::LOOK_UPS;
    let first = id(function, value);
    CacheKind::LOOK_UPS
        .into_iter()
        .map(move |(kind, function, value)| {
            let id = id(function, value);
            Row {
                baseline: (id != first).then(|| first.clone()),
                id,
                task: CacheTask::LookUp(kind),
            }
        })
}

fn zipf(keys_per_place: usize) -> [Row<CacheTask>; 2] {
    let keys = keys_per_place * DIGEST_CAPACITY;
    let uncached = id("zipf_uncached", &keys);
    [
        Row {
            id: uncached.clone(),
            baseline: None,
            task: CacheTask::ZipfUncached { keys },
        },
        Row {
            id: id("zipf_lru", &keys),
            baseline: Some(uncached),
            task: CacheTask::ZipfLru { keys },
        },
    ]
}

/// As many look-ups on every thread: ideally, the time would stay that of one.
fn threads(workers: NonZeroUsize) -> [Row<CacheTask>; 3] {
    ThreadsCaches::ALL.map(|(caches, function)| {
        let row = |workers| id(function, &LOOK_UPS).at_workers(workers);
        Row {
            id: row(workers),
            baseline: alone_for(workers, row),
            task: CacheTask::ThreadsLookUp {
                caches,
                workers,
                look_ups: LOOK_UPS,
            },
        }
    })
}

/// The row of one worker, as the baseline of the rows of more.
fn alone_for(workers: NonZeroUsize, row: impl Fn(NonZeroUsize) -> Id) -> Option<Id> {
    let alone = NonZeroUsize::MIN;
    (workers != alone).then(|| row(alone))
}

/// Which part of the keys of `zipf_lru` the bounded cache answers without
/// computing, from 0 to 1, with so many distinct keys; none where there are no
/// keys to draw. It is counted by going through them, outside any clock.
///
/// ```
/// assert_eq!(speedup::catalog::zipf_hit_ratio(100), Some(1.0));
/// assert_eq!(speedup::catalog::zipf_hit_ratio(0), None);
/// ```
#[must_use]
pub fn zipf_hit_ratio(keys: usize) -> Option<f64> {
    let drawn = zipf::keys(keys).ok()?;
    Some(zipf::hit_ratio(&drawn))
}

fn id(function: &str, value: &(impl ToString + ?Sized)) -> Id {
    Id::new("cache", function).with_value(value)
}
