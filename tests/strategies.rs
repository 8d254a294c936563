//! Every strategy gives the sequential answers, and spreads the work as its
//! name says. The process pool, whose workers are the program itself, is
//! checked by the suite (`cargo bench -- --test`) and by its own tests.

use proptest::prelude::*;
use speedup::strategy::{event_loop, global_lock, rayon, sequential, threads, threads_static};
use speedup::workload::Workload;
use speedup::workload::factorial::Factorial;
use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ThreadId};
use std::time::Duration;

fn workers(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).expect("not zero")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn every_strategy_gives_the_sequential_answers_in_order(
        inputs in proptest::collection::vec(0_u32..300, 0..60),
        count in 1_usize..9,
    ) {
        let count = workers(count);
        let expected = sequential::map::<Factorial>(&inputs);
        prop_assert_eq!(&threads::map::<Factorial>(count, &inputs), &expected);
        prop_assert_eq!(&threads_static::map::<Factorial>(count, &inputs), &expected);
        prop_assert_eq!(&global_lock::map::<Factorial>(count, &inputs), &expected);
        prop_assert_eq!(&event_loop::map::<Factorial>(&inputs), &expected);
        let pool = rayon::start(count).expect("a few threads");
        prop_assert_eq!(&rayon::map::<Factorial>(&pool, &inputs), &expected);
    }
}

/// Tells which thread ran it.
struct WhoRanIt;

impl Workload for WhoRanIt {
    type Input = ();
    type Output = ThreadId;

    fn run((): &(), _wait: &mut dyn FnMut(Duration)) -> ThreadId {
        thread::current().id()
    }
}

#[test]
fn as_many_threads_as_workers_run_the_jobs() {
    let distinct = |ids: Vec<ThreadId>| ids.into_iter().collect::<HashSet<_>>().len();
    assert_eq!(
        distinct(threads_static::map::<WhoRanIt>(workers(3), &[(); 9])),
        3
    );
    assert!(distinct(threads::map::<WhoRanIt>(workers(3), &[(); 9])) <= 3);
    assert_eq!(distinct(threads::map::<WhoRanIt>(workers(9), &[(); 1])), 1);
    assert_eq!(distinct(sequential::map::<WhoRanIt>(&[(); 3])), 1);
}

/// Counts how many of it compute at once.
struct Overlap;

static COMPUTING: AtomicUsize = AtomicUsize::new(0);
static MOST_COMPUTING: AtomicUsize = AtomicUsize::new(0);

impl Workload for Overlap {
    type Input = ();
    type Output = bool;

    fn run((): &(), wait: &mut dyn FnMut(Duration)) -> bool {
        let compute = || {
            let now = COMPUTING.fetch_add(1, Ordering::SeqCst) + 1;
            MOST_COMPUTING.fetch_max(now, Ordering::SeqCst);
            thread::yield_now();
            COMPUTING.fetch_sub(1, Ordering::SeqCst);
        };
        for _ in 0..100 {
            compute();
        }
        wait(Duration::from_millis(1));
        for _ in 0..100 {
            compute();
        }
        true
    }
}

#[test]
fn under_the_global_lock_one_computes_at_a_time() {
    let answers = global_lock::map::<Overlap>(workers(4), &[(); 20]);
    assert_eq!(answers, [true; 20]);
    assert_eq!(MOST_COMPUTING.load(Ordering::SeqCst), 1);
}

/// Ends only when `TOGETHER` jobs have got as far as waiting.
struct WaitTogether;

const TOGETHER: usize = 3;
static WAITING: AtomicUsize = AtomicUsize::new(0);

impl Workload for WaitTogether {
    type Input = ();
    type Output = bool;

    fn run((): &(), wait: &mut dyn FnMut(Duration)) -> bool {
        WAITING.fetch_add(1, Ordering::SeqCst);
        // While it waits, the others have to be let in: each slice of waiting
        // gives the lock up once.
        for _ in 0..60_000 {
            if WAITING.load(Ordering::SeqCst) >= TOGETHER {
                return true;
            }
            wait(Duration::from_millis(1));
        }
        false
    }
}

#[test]
fn the_global_lock_is_released_while_waiting() {
    let answers = global_lock::map::<WaitTogether>(workers(TOGETHER), &[(); TOGETHER]);
    assert_eq!(answers, [true; TOGETHER], "a minute was not enough");
}

/// Waits three times, twice for no time or next to none, and tells how many others
/// had begun when it ended.
struct GivesWay;

static BEGUN: AtomicUsize = AtomicUsize::new(0);

impl Workload for GivesWay {
    type Input = Duration;
    type Output = (ThreadId, usize);

    fn run(_: &Duration, _wait: &mut dyn FnMut(Duration)) -> (ThreadId, usize) {
        unreachable!("an event loop can have it give way")
    }

    async fn run_giving_way<F: Future<Output = ()>>(
        input: &Duration,
        mut wait: impl FnMut(Duration) -> F,
    ) -> (ThreadId, usize) {
        BEGUN.fetch_add(1, Ordering::SeqCst);
        wait(Duration::ZERO).await;
        wait(*input).await;
        wait(Duration::from_nanos(1)).await;
        (thread::current().id(), BEGUN.load(Ordering::SeqCst))
    }
}

#[test]
fn jobs_of_an_event_loop_give_way_while_they_wait_and_share_one_thread() {
    // The first waits longest, and the answers are in order all the same.
    let waits: Vec<Duration> = (301..=350).rev().map(Duration::from_millis).collect();
    let answers = event_loop::map::<GivesWay>(&waits);
    assert_eq!(answers, [(thread::current().id(), 50); 50]);
    assert_eq!(event_loop::map::<GivesWay>(&[]), []);
}

/// Awaits what nobody brings about.
struct Forgotten;

impl Workload for Forgotten {
    type Input = ();
    type Output = ();

    fn run((): &(), _wait: &mut dyn FnMut(Duration)) {}

    async fn run_giving_way<F: Future<Output = ()>>((): &(), _wait: impl FnMut(Duration) -> F) {
        std::future::pending::<()>().await;
    }
}

#[test]
#[should_panic = "a job awaits something that no alarm is set for"]
fn a_job_that_nothing_wakes_is_told_of_instead_of_waited_for() {
    let _ = event_loop::map::<Forgotten>(&[()]);
}
