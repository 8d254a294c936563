//! What remembering buys: a look-up, a miss, and threads that share a cache.

mod alone;
mod kinds;
mod together;

use crate::job::{Contender, Cpus, Job, Outcome, Side};
use crate::peer::CPYTHON;
use crate::python::python;
use alone::{Cold, EMPTIED, Warm};
use kinds::{
    CachedByKey, CachedPlain, CachedReading, CachedSharded, Forgetful, KEYS, Locked, Moka, MokaFx,
    OfThread, OfThreadFx, Places, Quick, ReadLocked, Remembering,
};
use speedup::catalog::Scale;
use speedup::workload::memoized::{
    FxArcStr, FxString, LruArcStr, LruString, OwnBeforeSharedArcStr, SharedArcStr, SharedString,
    ThreadLocalArcStr, ThreadLocalString,
};
use std::ops::RangeInclusive;
use std::time::Duration;
use together::{Before, LOOK_UPS, MISSING, Sharing, Stampede, THREADS};

const PYTHON: &str = include_str!("caches.py");

/// Where Python keeps what.
const LRU_CACHE: &str = "one dict for all threads, unbounded, str";

/// The same key again and again.
pub(super) fn warm() -> Job {
    fn of<R: Remembering>() -> Side {
        side::<R, _>(
            "finding the answer and letting go of it, the loop around it too",
            || Warm::<R>::new(),
        )
    }
    let look_ups = alone::LOOK_UPS.to_string();
    Job {
        name: "cache_warm",
        title: "A call whose answer is remembered, by one thread".to_owned(),
        unit: "a call",
        checked: "the texts for the notebook's three keys, twice, are the same, and the function \
                  runs once for each; never while the clock runs",
        is_checked_whole: true,
        cpus: Cpus::All,
        rounds: 25,
        sides: vec![
            of::<FxArcStr>(),
            of::<FxString>(),
            of::<ThreadLocalArcStr>(),
            of::<ThreadLocalString>(),
            of::<LruArcStr>(),
            of::<LruString>(),
            of::<SharedArcStr>(),
            of::<SharedString>(),
            of::<OwnBeforeSharedArcStr>(),
            lru_cache(
                "finding the answer and letting go of it, the loop around it too",
                vec!["Warm".to_owned(), look_ups],
            ),
            of::<CachedPlain>(),
            of::<CachedReading>(),
            of::<CachedSharded>(),
            of::<Moka>(),
            of::<MokaFx>(),
            of::<Quick>(),
            of::<OfThread>(),
            of::<OfThreadFx>(),
            of::<Locked>(),
            of::<ReadLocked>(),
        ],
    }
}

/// One key after the other, each for the first time.
pub(super) fn cold() -> Job {
    const TIMED: &str = "looking in vain, the function itself (counting, and writing a short \
                         text), storing its answer; one key after the other, emptying the cache \
                         before is not in it";
    fn of<R: Remembering>() -> Side {
        side::<R, _>(TIMED, || Cold::<R>::new())
    }
    let arguments = [KEYS, EMPTIED].map(|number| number.to_string());
    Job {
        name: "cache_cold",
        title: format!("A call whose answer is not remembered yet: {KEYS} keys, an empty cache"),
        unit: "a call",
        checked: "the texts for all keys are the same, and the function runs once for each",
        is_checked_whole: true,
        cpus: Cpus::All,
        rounds: 25,
        sides: vec![
            of::<FxArcStr>(),
            of::<FxString>(),
            of::<ThreadLocalArcStr>(),
            of::<ThreadLocalString>(),
            of::<LruArcStr>(),
            of::<LruString>(),
            of::<SharedArcStr>(),
            of::<SharedString>(),
            of::<OwnBeforeSharedArcStr>(),
            side::<Forgetful, _>(
                "the function itself: counting, and writing a short text",
                Cold::<Forgetful>::new,
            ),
            lru_cache(
                "looking in vain, the function itself (counting, and writing a short text), \
                 storing its answer; the dict, which a cache that is emptied gives back, grows anew",
                [vec!["Cold".to_owned()], arguments.to_vec()].concat(),
            ),
            of::<CachedPlain>(),
            of::<CachedReading>(),
            of::<CachedSharded>(),
            of::<Moka>(),
            of::<MokaFx>(),
            of::<Quick>(),
            of::<OfThread>(),
            of::<OfThreadFx>(),
            of::<Locked>(),
            of::<ReadLocked>(),
        ],
    }
}

/// Eight threads whose answers are all remembered.
pub(super) fn threads() -> Job {
    const TIMED: &str = "from when the first of eight threads begins until the last is done, the \
                         loops around the look-ups too; starting the threads is not in it";
    fn of<R: Remembering>() -> Side {
        side::<R, _>(TIMED, || Sharing::<R>::new(Before::Everything))
    }
    type Layered = OwnBeforeSharedArcStr;
    let filled_on_the_way = Side::ours(
        "memoize, own before shared, own ones empty, Arc<str>",
        format!(
            "{}: {TIMED}; each thread's own map is empty when it begins, and filling it is in \
             the time",
            Layered::WHERE
        ),
        || Ok(Sharing::<Layered>::new(Before::Nothing)),
    );
    let arguments = [THREADS, KEYS, LOOK_UPS].map(|number| number.to_string());
    Job {
        name: "cache_threads",
        title: format!(
            "{THREADS} threads, {LOOK_UPS} calls by each, of {KEYS} keys that are remembered"
        ),
        unit: "all calls of all threads",
        checked: "the texts for all keys on every thread are the same; the function never runs \
                  while the clock does",
        is_checked_whole: true,
        cpus: Cpus::All,
        rounds: 11,
        sides: vec![
            of::<Layered>(),
            filled_on_the_way.with(Layered::PEER),
            of::<SharedArcStr>(),
            of::<SharedString>(),
            of::<FxArcStr>(),
            lru_cache(
                TIMED,
                [vec!["Sharing".to_owned()], arguments.to_vec()].concat(),
            ),
            of::<CachedPlain>(),
            of::<CachedReading>(),
            of::<CachedSharded>(),
            of::<Moka>(),
            of::<MokaFx>(),
            of::<Quick>(),
            of::<Locked>(),
            of::<ReadLocked>(),
        ],
    }
}

/// Eight threads that miss the same key at once.
pub(super) fn stampede(scale: Scale) -> Job {
    const TIMED: &str = "from when the first of eight threads asks until the last has its answer, \
                         after the notebook's sleep of 2 seconds at the scale in effect; starting \
                         the threads is not in it";
    fn of<R: Remembering>(second: Duration, runs: RangeInclusive<u64>) -> Side {
        let often = match runs.end() {
            1 => "the function runs once, which is checked",
            _ => {
                "the function runs for every thread that comes before the first answer is \
                  stored, so up to eight times, which is checked"
            }
        };
        side::<R, _>(&format!("{TIMED}; {often}"), move || {
            Stampede::<R>::new(second, runs.clone())
        })
    }
    const ONCE: RangeInclusive<u64> = 1..=1;
    const EACH: RangeInclusive<u64> = 1..=THREADS as u64;
    let second = scale.seconds(1);
    let arguments = [
        THREADS.to_string(),
        MISSING.to_string(),
        second.as_secs_f64().to_string(),
    ];
    Job {
        name: "cache_stampede",
        title: format!(
            "{THREADS} threads that miss the same key at once, whose answer takes {:?}",
            second * MISSING
        ),
        unit: "all eight answers",
        checked: "every thread is told the same text, and the function runs as often as the \
                  side says",
        is_checked_whole: true,
        cpus: Cpus::All,
        rounds: 11,
        sides: vec![
            of::<SharedArcStr>(second, EACH),
            lru_cache(
                &format!(
                    "{TIMED}; the function runs for every thread that comes before the first \
                     answer is stored, so up to eight times, which is checked"
                ),
                [vec!["Stampede".to_owned()], arguments.to_vec()].concat(),
            ),
            of::<CachedPlain>(second, EACH),
            of::<CachedByKey>(second, ONCE),
            of::<CachedSharded>(second, EACH),
            of::<Moka>(second, ONCE),
            of::<Quick>(second, ONCE),
            of::<Locked>(second, EACH),
            of::<Places>(second, ONCE),
        ],
    }
}

/// A side on a cache of this kind: where it keeps what, and what is timed.
fn side<R: Remembering, C: Contender + 'static>(
    timed: &str,
    start: impl Fn() -> C + 'static,
) -> Side {
    let includes = format!("{}: {timed}", R::WHERE);
    let start = move || Ok(start());
    if R::IS_OURS {
        Side::ours(R::NAME, includes, start).with(R::PEER)
    } else {
        Side::peer(R::PEER, R::NAME, includes, start)
    }
}

fn lru_cache(timed: &str, arguments: Vec<String>) -> Side {
    let start = move || -> Outcome<_> {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        python(PYTHON, &arguments)
    };
    Side::peer(
        CPYTHON,
        "lru_cache(maxsize=None)",
        format!("{LRU_CACHE}: {timed}"),
        start,
    )
}
