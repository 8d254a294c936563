//! The kinds of caches around the notebook's slow function: ours, and those
//! that a user would pick instead.

use crate::peer::{CACHED, MEMOIZE, MOKA, Peer, QUICK_CACHE, STD};
use cached::macros::{cached, concurrent_cached};
use cached::prelude::Cached as _;
use rustc_hash::{FxBuildHasher, FxHashMap};
use speedup::workload::memoized::{
    Backend, Cache, FxArcStr, FxString, LruArcStr, LruString, OwnBeforeSharedArcStr, SharedArcStr,
    SharedString, ThreadLocalArcStr, ThreadLocalString,
};
use std::cell::RefCell;
use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

/// The keys of all jobs are below this: as many as the smallest of the bounded
/// caches has room for.
pub(super) const KEYS: u32 = 256;

/// What the large bounded caches have room for.
const ROOM: u32 = 10_000;

/// A function that remembers its answers.
pub(super) trait Remembering: Send + Sync + 'static {
    /// What the side is called.
    const NAME: &'static str;
    /// Whose cache it is.
    const PEER: Peer;
    /// Whether it is one of this project's own benchmarks.
    const IS_OURS: bool = false;
    /// Where it keeps what: for all threads or not, bounded or not, its hash
    /// function, its values.
    const WHERE: &'static str;

    /// What a call gives.
    type Value: AsRef<str>;

    /// One that remembers nothing yet.
    fn new() -> Self;

    /// The answer for a key: from what is remembered, or else from `backend`.
    fn call(&self, key: u32, backend: &Backend) -> Self::Value;

    /// Forgets everything (those with a map a thread: this thread's).
    fn clear(&self);
}

/// The functions that this project's own benchmarks call.
macro_rules! memoize {
    ($($kind:ident, $name:literal, $place:literal;)+) => { $(
        impl Remembering for $kind {
            const NAME: &'static str = $name;
            const PEER: Peer = MEMOIZE;
            const IS_OURS: bool = true;
            const WHERE: &'static str = $place;

            type Value = <$kind as Cache>::Value;

            fn new() -> Self {
                $kind
            }

            #[inline]
            fn call(&self, key: u32, backend: &Backend) -> Self::Value {
                <$kind as Cache>::call(key, backend)
            }

            fn clear(&self) {
                <$kind as Cache>::clear();
            }
        }
    )+ };
}

memoize! {
    FxArcStr, "memoize, FxHash, Arc<str>",
        "a map a thread, unbounded, FxHash, Arc<str>";
    FxString, "memoize, FxHash, String",
        "a map a thread, unbounded, FxHash, String";
    ThreadLocalArcStr, "memoize, Arc<str>",
        "a map a thread, unbounded, SipHash, Arc<str>";
    ThreadLocalString, "memoize, String",
        "a map a thread, unbounded, SipHash, String";
    LruArcStr, "memoize, LRU, Arc<str>",
        "a map a thread that holds 256 answers and moves each that is found to the front, \
         Arc<str>";
    LruString, "memoize, LRU, String",
        "a map a thread that holds 256 answers and moves each that is found to the front, String";
    SharedArcStr, "memoize, shared, Arc<str>",
        "one map for all threads behind a mutex, unbounded, SipHash, Arc<str>";
    SharedString, "memoize, shared, String",
        "one map for all threads behind a mutex, unbounded, SipHash, String";
    OwnBeforeSharedArcStr, "memoize, own before shared, Arc<str>",
        "a map a thread, which asks one for all threads behind a mutex for what it lacks, both \
         unbounded, SipHash, Arc<str>";
}

/// What all of the peers' functions do when they are really asked.
fn fetch(key: u32, backend: &Backend) -> Arc<str> {
    backend.fetch(key).into()
}

#[cached(name = "PLAIN", key = "u32", convert = { key })]
fn cached_plain(key: u32, backend: &Backend) -> Arc<str> {
    fetch(key, backend)
}

#[cached(name = "READING", key = "u32", convert = { key }, unsync_reads = true)]
fn cached_reading(key: u32, backend: &Backend) -> Arc<str> {
    fetch(key, backend)
}

#[cached(name = "BY_KEY", key = "u32", convert = { key }, sync_writes = "by_key")]
fn cached_by_key(key: u32, backend: &Backend) -> Arc<str> {
    fetch(key, backend)
}

#[concurrent_cached(name = "SHARDED", key = "u32", convert = { key })]
fn cached_sharded(key: u32, backend: &Backend) -> Arc<str> {
    fetch(key, backend)
}

/// Those that `cached` writes.
pub(super) struct CachedPlain;
/// Those that are found without keeping others from reading.
pub(super) struct CachedReading;
/// Those that run once for a key.
pub(super) struct CachedByKey;
/// Those in many maps.
pub(super) struct CachedSharded;

/// `moka` with a hash function of the user's choice.
pub(super) struct MokaWith<S>(moka::sync::Cache<u32, Arc<str>, S>);

/// `moka` as it comes.
pub(super) type Moka = MokaWith<std::hash::RandomState>;
/// `moka` with the hash function that our reference has.
pub(super) type MokaFx = MokaWith<FxBuildHasher>;

impl<S: BuildHasher + Clone + Send + Sync + 'static> MokaWith<S> {
    fn with(hasher: S) -> Self {
        Self(
            moka::sync::Cache::builder()
                .max_capacity(ROOM.into())
                .build_with_hasher(hasher),
        )
    }

    fn get(&self, key: u32, backend: &Backend) -> Arc<str> {
        self.0.get_with(key, || fetch(key, backend))
    }

    /// `invalidate_all` would leave the dead answers in the map for a while.
    fn empty(&self) {
        for key in 0..KEYS {
            self.0.invalidate(&key);
        }
        self.0.run_pending_tasks();
    }
}

/// Those with `Arc<str>` values.
macro_rules! kept {
    ($(
        $kind:ident, $peer:ident, $name:literal, $place:literal,
        $new:expr, $call:expr, $clear:expr;
    )+) => { $(
        impl Remembering for $kind {
            const NAME: &'static str = $name;
            const PEER: Peer = $peer;
            const WHERE: &'static str = $place;

            type Value = Arc<str>;

            fn new() -> Self {
                $new
            }

            #[inline]
            fn call(&self, key: u32, backend: &Backend) -> Arc<str> {
                $call(self, key, backend)
            }

            fn clear(&self) {
                $clear(self);
            }
        }
    )+ };
}

/// `quick_cache`, with its own hash function.
pub(super) struct Quick(quick_cache::sync::Cache<u32, Arc<str>>);

impl Quick {
    fn get(&self, key: u32, backend: &Backend) -> Arc<str> {
        let found = self
            .0
            .get_or_insert_with(&key, || Ok::<_, Infallible>(fetch(key, backend)));
        match found {
            Ok(answer) => answer,
            Err(never) => match never {},
        }
    }
}

/// A map for every thread.
pub(super) struct OfThread;
/// A map for every thread, with the hash function that our reference has.
pub(super) struct OfThreadFx;

thread_local! {
    static MAP: RefCell<HashMap<u32, Arc<str>>> = RefCell::default();
    static FX_MAP: RefCell<FxHashMap<u32, Arc<str>>> = RefCell::default();
}

/// What is in the map, or else what the backend says, which is put there.
fn find<S: BuildHasher>(
    map: &RefCell<HashMap<u32, Arc<str>, S>>,
    key: u32,
    backend: &Backend,
) -> Arc<str> {
    if let Some(answer) = map.borrow().get(&key) {
        return Arc::clone(answer);
    }
    let answer = fetch(key, backend);
    map.borrow_mut().insert(key, Arc::clone(&answer));
    answer
}

/// A map behind a mutex, which is let go of while the function runs.
pub(super) struct Locked(Mutex<HashMap<u32, Arc<str>>>);

impl Locked {
    fn get(&self, key: u32, backend: &Backend) -> Arc<str> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = lock().get(&key) {
            return Arc::clone(answer);
        }
        let answer = fetch(key, backend);
        lock().insert(key, Arc::clone(&answer));
        answer
    }

    fn empty(&self) {
        let map = self.0.lock();
        map.unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// A map behind a lock that many may read at once.
pub(super) struct ReadLocked(RwLock<HashMap<u32, Arc<str>>>);

impl ReadLocked {
    fn get(&self, key: u32, backend: &Backend) -> Arc<str> {
        let map = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = map.get(&key) {
            return Arc::clone(answer);
        }
        drop(map);
        let answer = fetch(key, backend);
        let map = self.0.write();
        map.unwrap_or_else(PoisonError::into_inner)
            .insert(key, Arc::clone(&answer));
        answer
    }

    fn empty(&self) {
        let map = self.0.write();
        map.unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// A map behind a mutex, of places of which each is filled once.
pub(super) struct Places(Mutex<HashMap<u32, Place>>);

type Place = Arc<OnceLock<Arc<str>>>;

impl Places {
    fn get(&self, key: u32, backend: &Backend) -> Arc<str> {
        let map = self.0.lock();
        let place = Arc::clone(
            map.unwrap_or_else(PoisonError::into_inner)
                .entry(key)
                .or_default(),
        );
        Arc::clone(place.get_or_init(|| fetch(key, backend)))
    }

    fn empty(&self) {
        let map = self.0.lock();
        map.unwrap_or_else(PoisonError::into_inner).clear();
    }
}

kept! {
    CachedPlain, CACHED, "#[cached]",
        "one map for all threads behind a lock, taken as for writing, unbounded, aHash, Arc<str>",
        Self, |_: &Self, key, backend| cached_plain(key, backend),
        |_: &Self| PLAIN.write().cache_clear();
    CachedReading, CACHED, "#[cached(unsync_reads)]",
        "one map for all threads behind a lock, taken as for reading first, unbounded, aHash, \
         Arc<str>",
        Self, |_: &Self, key, backend| cached_reading(key, backend),
        |_: &Self| READING.write().cache_clear();
    CachedByKey, CACHED, "#[cached(sync_writes = by_key)]",
        "one map for all threads behind a lock, and 64 more locks for those that miss, unbounded, \
         aHash, Arc<str>",
        Self, |_: &Self, key, backend| cached_by_key(key, backend),
        |_: &Self| BY_KEY.write().cache_clear();
    CachedSharded, CACHED, "#[concurrent_cached]",
        "maps for all threads behind a lock each, unbounded, aHash, Arc<str>",
        Self, |_: &Self, key, backend| cached_sharded(key, backend),
        |_: &Self| SHARDED.clear();
    Moka, MOKA, "get_with",
        "one cache for all threads, of at most 10,000 answers, SipHash, Arc<str>",
        Self::with(std::hash::RandomState::new()), Self::get, Self::empty;
    MokaFx, MOKA, "get_with, FxHash",
        "one cache for all threads, of at most 10,000 answers, FxHash, Arc<str>",
        Self::with(FxBuildHasher), Self::get, Self::empty;
    Quick, QUICK_CACHE, "get_or_insert_with",
        "one cache for all threads, of at most 10,000 answers, foldhash, Arc<str>",
        Self(quick_cache::sync::Cache::new(ROOM as usize)), Self::get,
        |this: &Self| this.0.clear();
    OfThread, STD, "HashMap, thread_local",
        "a map a thread, unbounded, SipHash, Arc<str>",
        Self, |_: &Self, key, backend| MAP.with(|map| find(map, key, backend)),
        |_: &Self| MAP.with_borrow_mut(HashMap::clear);
    OfThreadFx, STD, "HashMap, thread_local, FxHash",
        "a map a thread, unbounded, FxHash, Arc<str>",
        Self, |_: &Self, key, backend| FX_MAP.with(|map| find(map, key, backend)),
        |_: &Self| FX_MAP.with_borrow_mut(HashMap::clear);
    Locked, STD, "HashMap, Mutex",
        "one map for all threads behind a mutex, unbounded, SipHash, Arc<str>",
        Self(Mutex::default()), Self::get, Self::empty;
    ReadLocked, STD, "HashMap, RwLock",
        "one map for all threads that many may read at once, unbounded, SipHash, Arc<str>",
        Self(RwLock::default()), Self::get, Self::empty;
    Places, STD, "HashMap of OnceLock, Mutex",
        "one map for all threads behind a mutex, a place a key that is filled once, unbounded, \
         SipHash, Arc<str>",
        Self(Mutex::default()), Self::get, Self::empty;
}

/// The function itself, which remembers nothing.
pub(super) struct Forgetful;

impl Remembering for Forgetful {
    const NAME: &'static str = "no cache";
    const PEER: Peer = STD;
    const IS_OURS: bool = true;
    const WHERE: &'static str = "nothing is kept";

    type Value = String;

    fn new() -> Self {
        Self
    }

    #[inline]
    fn call(&self, key: u32, backend: &Backend) -> String {
        backend.fetch(key)
    }

    fn clear(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use speedup::workload::memoized::printed;
    use std::time::Duration;

    fn asks_once_and_then_remembers<R: Remembering>() {
        let backend = Backend::new(Duration::ZERO);
        let function = R::new();
        for emptied in 1..=2 {
            function.clear();
            for _ in 0..2 {
                for key in 0..KEYS {
                    let answer = function.call(key, &backend);
                    assert_eq!(answer.as_ref(), printed(key), "{}", R::NAME);
                }
            }
            let expected = emptied * u64::from(KEYS);
            assert_eq!(backend.calls(), expected, "{}: {}", R::NAME, R::WHERE);
        }
    }

    #[test]
    fn every_kind_asks_once_and_then_remembers() {
        asks_once_and_then_remembers::<FxArcStr>();
        asks_once_and_then_remembers::<FxString>();
        asks_once_and_then_remembers::<ThreadLocalArcStr>();
        asks_once_and_then_remembers::<ThreadLocalString>();
        asks_once_and_then_remembers::<LruArcStr>();
        asks_once_and_then_remembers::<LruString>();
        asks_once_and_then_remembers::<SharedArcStr>();
        asks_once_and_then_remembers::<SharedString>();
        asks_once_and_then_remembers::<OwnBeforeSharedArcStr>();
        asks_once_and_then_remembers::<CachedPlain>();
        asks_once_and_then_remembers::<CachedReading>();
        asks_once_and_then_remembers::<CachedByKey>();
        asks_once_and_then_remembers::<CachedSharded>();
        asks_once_and_then_remembers::<Moka>();
        asks_once_and_then_remembers::<MokaFx>();
        asks_once_and_then_remembers::<Quick>();
        asks_once_and_then_remembers::<OfThread>();
        asks_once_and_then_remembers::<OfThreadFx>();
        asks_once_and_then_remembers::<Locked>();
        asks_once_and_then_remembers::<ReadLocked>();
        asks_once_and_then_remembers::<Places>();
    }
}
