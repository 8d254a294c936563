//! What does memory buy?

use crate::suite::{Group, Length, Suite, Timing};
use criterion::{BatchSize, Throughput};
use rayon::ThreadPool;
use speedup::catalog::{CacheKind, CacheTask, Row, ThreadsCaches};
use speedup::strategy::rayon::start;
use speedup::workload::memoized::{
    Backend, Cache, FxArcStr, FxString, LruArcStr, LruString, OwnBeforeSharedArcStr, SECONDS,
    SharedArcStr, SharedString, ThreadLocalArcStr, ThreadLocalString, clear_digests, digest,
    digest_cached, printed,
};
use speedup::workload::zipf;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::error::Error;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::sync::Barrier;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// The key of the look-up rows.
const KEY: u32 = 4;

type Outcome = Result<(), Box<dyn Error>>;

/// Measures the notebook's calls uncached, cold and warm, a warm look-up in
/// every kind of cache, keys that don't all fit, and threads that share one.
pub(super) fn define(suite: &mut Suite) {
    let rows = suite.catalog().cache();
    let mut group = suite.group("cache");
    for row in &rows {
        match row.task {
            CacheTask::Uncached { second } => calls(&mut group, row, second, Memory::None),
            CacheTask::Cold { second } => calls(&mut group, row, second, Memory::Cold),
            CacheTask::Warm { second } => calls(&mut group, row, second, Memory::Warm),
            CacheTask::LookUp(kind) => look_up_in(&mut group, row, kind),
            CacheTask::ZipfUncached { keys } => {
                zipf_keyed(&mut group, row, keys, Memory::None, digest);
            }
            CacheTask::ZipfLru { keys } => {
                // How many there are, `zipf::hit_ratio` tells outside the clock.
                let misses = AtomicU64::new(0);
                clear_digests();
                zipf_keyed(&mut group, row, keys, Memory::Warm, |key| {
                    digest_cached(key, &misses)
                });
            }
            CacheTask::ThreadsLookUp {
                caches,
                workers,
                look_ups,
            } => threads_look_up_in(&mut group, row, caches, workers, look_ups),
            CacheTask::Stampede {
                workers,
                seconds,
                second,
            } => stampede(&mut group, row, workers, seconds, second),
        }
    }
    group.finish();
}

/// What the cache knows when the calls come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Memory {
    None,
    Cold,
    Warm,
}

/// Measures the notebook's three calls, and counts those that reach the
/// backend.
fn calls(group: &mut Group<'_>, row: &Row<CacheTask>, second: Duration, memory: Memory) {
    let timing = Timing {
        length: match memory {
            Memory::None | Memory::Cold => Length::Long,
            Memory::Warm => Length::Short,
        },
        ..Timing::default()
    };
    let backend = Backend::new(second);
    let call = |seconds| match memory {
        Memory::None => backend.fetch(seconds),
        Memory::Cold | Memory::Warm => ThreadLocalString::call(seconds, &backend),
    };
    let prepare = |_task: &CacheTask| {
        ThreadLocalString::clear();
        SECONDS
            .into_iter()
            .try_for_each(|seconds| says(seconds, &call(seconds)))
    };
    group.bench(row, timing, prepare, |(), bencher| {
        let mut rounds = 0;
        let before = backend.calls();
        let mut round = || {
            rounds += 1;
            black_box(SECONDS).map(call)
        };
        match memory {
            Memory::None | Memory::Warm => bencher.iter(round),
            Memory::Cold => bencher.iter_batched(
                ThreadLocalString::clear,
                |()| round(),
                BatchSize::PerIteration,
            ),
        }
        let expected = match memory {
            Memory::None | Memory::Cold => rounds * SECONDS.len() as u64,
            Memory::Warm => 0,
        };
        reached(backend.calls() - before, expected)
    });
}

fn look_up_in(group: &mut Group<'_>, row: &Row<CacheTask>, kind: CacheKind) {
    match kind {
        CacheKind::ThreadLocalString => look_up::<ThreadLocalString>(group, row),
        CacheKind::ThreadLocalArcStr => look_up::<ThreadLocalArcStr>(group, row),
        CacheKind::FxString => look_up::<FxString>(group, row),
        CacheKind::FxArcStr => look_up::<FxArcStr>(group, row),
        CacheKind::SharedString => look_up::<SharedString>(group, row),
        CacheKind::SharedArcStr => look_up::<SharedArcStr>(group, row),
        CacheKind::LruString => look_up::<LruString>(group, row),
        CacheKind::LruArcStr => look_up::<LruArcStr>(group, row),
    }
}

/// Measures one call whose answer is remembered, among the notebook's three.
fn look_up<C: Cache>(group: &mut Group<'_>, row: &Row<CacheTask>) {
    let backend = Backend::new(Duration::ZERO);
    let prepare = |_task: &CacheTask| {
        C::clear();
        SECONDS
            .into_iter()
            .try_for_each(|seconds| says(seconds, C::call(seconds, &backend).as_ref()))
    };
    group.bench(row, Timing::default(), prepare, |(), bencher| {
        let before = backend.calls();
        bencher.iter(|| C::call(black_box(KEY), &backend));
        reached(backend.calls() - before, 0)
    });
}

/// Measures one call with keys of which few are asked for often.
fn zipf_keyed(
    group: &mut Group<'_>,
    row: &Row<CacheTask>,
    keys: usize,
    memory: Memory,
    call: impl Fn(u64) -> u64,
) {
    let prepare = |_task: &CacheTask| {
        let drawn = zipf::keys(keys)?;
        let mut known = HashMap::new();
        // In this order, the bounded cache also comes to its steady state.
        for key in &drawn {
            let expected = match known.entry(key) {
                Entry::Vacant(entry) => *entry.insert(digest(*key)),
                // Without a cache, a key that was right stays right.
                Entry::Occupied(_) if memory == Memory::None => continue,
                Entry::Occupied(entry) => *entry.get(),
            };
            if call(*key) != expected {
                return Err(format!("wrong: the digest of {key} is another one").into());
            }
        }
        Ok((drawn, 0))
    };
    group.bench(row, Timing::default(), prepare, |(drawn, next), bencher| {
        bencher.iter(|| {
            *next = (*next + 1) % zipf::DRAWN_KEYS;
            call(drawn[*next])
        });
        Ok(())
    });
}

fn threads_look_up_in(
    group: &mut Group<'_>,
    row: &Row<CacheTask>,
    caches: ThreadsCaches,
    workers: NonZeroUsize,
    look_ups: usize,
) {
    let measure = match caches {
        ThreadsCaches::Shared => threads_look_up::<SharedArcStr>,
        ThreadsCaches::Own => threads_look_up::<ThreadLocalArcStr>,
        ThreadsCaches::OwnBeforeShared => threads_look_up::<OwnBeforeSharedArcStr>,
    };
    measure(group, row, workers, look_ups);
}

/// Measures as many look-ups on each of several threads, which are started
/// outside the clock.
fn threads_look_up<C: Cache<Value: Send>>(
    group: &mut Group<'_>,
    row: &Row<CacheTask>,
    workers: NonZeroUsize,
    look_ups: usize,
) {
    let total = look_ups * workers.get();
    let timing = Timing {
        throughput: Some(Throughput::Elements(total as u64)),
        ..Timing::default()
    };
    let backend = Backend::new(Duration::ZERO);
    let prepare = |_task: &CacheTask| -> Result<ThreadPool, Box<dyn Error>> {
        let pool = start(workers)?;
        // Twice: the second time, every thread has to remember.
        for _ in 0..2 {
            let answers = pool.broadcast(|_| C::call(KEY, &backend));
            for answer in answers {
                says(KEY, answer.as_ref())?;
            }
        }
        Ok(pool)
    };
    group.bench(row, timing, prepare, |pool, bencher| {
        let before = backend.calls();
        bencher.iter(|| {
            pool.broadcast(|_| {
                for _ in 0..look_ups {
                    black_box(C::call(black_box(KEY), &backend));
                }
            })
        });
        reached(backend.calls() - before, 0)
    });
}

/// Measures several threads that miss the same key at once: `memoize` asks the
/// backend without holding its lock, so every one of them may.
fn stampede(
    group: &mut Group<'_>,
    row: &Row<CacheTask>,
    workers: NonZeroUsize,
    seconds: u32,
    second: Duration,
) {
    let timing = Timing {
        length: Length::Long,
        ..Timing::default()
    };
    let backend = Backend::new(second);
    let together = Barrier::new(workers.get());
    let rush = |pool: &ThreadPool| {
        pool.broadcast(|_| {
            together.wait();
            SharedArcStr::call(seconds, &backend)
        })
    };
    let prepare = |_task: &CacheTask| -> Result<ThreadPool, Box<dyn Error>> {
        let pool = start(workers)?;
        SharedArcStr::clear();
        for answer in rush(&pool) {
            says(seconds, &answer)?;
        }
        Ok(pool)
    };
    group.bench(row, timing, prepare, |pool, bencher| {
        let mut rounds = 0;
        let before = backend.calls();
        bencher.iter_batched(
            SharedArcStr::clear,
            |()| {
                rounds += 1;
                rush(pool)
            },
            BatchSize::PerIteration,
        );
        let asked = backend.calls() - before;
        // Whoever comes late finds the answer; nobody asks twice.
        if (rounds..=rounds * workers.get() as u64).contains(&asked) {
            Ok(())
        } else {
            Err(format!("{asked} calls reached the backend in {rounds} rounds").into())
        }
    });
}

/// Whether the notebook's function gave its known answer.
fn says(seconds: u32, answer: &str) -> Outcome {
    let expected = printed(seconds);
    if answer == expected {
        Ok(())
    } else {
        Err(format!("wrong: the call says '{answer}', not '{expected}'").into())
    }
}

/// Whether as many calls reached the backend as should have.
fn reached(calls: u64, expected: u64) -> Outcome {
    if calls == expected {
        Ok(())
    } else {
        Err(format!("{calls} calls reached the backend, not {expected}").into())
    }
}
