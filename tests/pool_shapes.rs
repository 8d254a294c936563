//! Shapes of work: rows 33 to 41 of the faults that a pool must survive.

mod pool_support;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, ExitCode};
use std::thread;

// Each test uses a few of them.
#[allow(clippy::wildcard_imports)]
use pool_support::jobs::{self, *};
use pool_support::{
    Named, builder, copy_of_this_program, eventually, leaving_nothing, main as run, scratch,
    system, wait_for_id, with_pool,
};
use speedup::process_pool::{Error, Job, ProcessPool};

fn main() -> ExitCode {
    run(TESTS, FIXTURES)
}

const FIXTURES: &[Named] = &[
    ("starts too many workers", too_many),
    ("outlives its program", outlives_its_program),
];

const TESTS: &[Named] = &[
    (
        "row_33_empty_input_one_job_and_fewer_jobs_than_workers",
        few_jobs,
    ),
    ("row_33_settings_of_zero_are_errors", zeros),
    (
        "row_33_a_job_that_is_not_in_the_table_is_an_error",
        unknown_job,
    ),
    ("row_34_a_million_tiny_jobs_in_bounded_memory", million),
    ("row_34_apply_async_waits_at_the_queue_bound", queue_bound),
    (
        "row_35_endless_input_is_drawn_a_bounded_number_ahead",
        endless,
    ),
    ("row_35_heavy_inputs_are_not_drawn_far_ahead", heavy_inputs),
    ("row_36_input_iterator_that_panics", panicking_input),
    (
        "row_37_results_in_input_order_whatever_the_lengths",
        input_order,
    ),
    (
        "row_37_imap_unordered_yields_as_they_finish",
        finishing_order,
    ),
    ("row_38_skewed_lengths_are_spread_evenly", skewed),
    (
        "row_38_long_jobs_after_many_short_ones_are_shared",
        long_after_short,
    ),
    ("row_39_two_hundred_workers", two_hundred),
    (
        "row_39_more_workers_than_descriptors_allow",
        too_few_descriptors,
    ),
    (
        "row_40_executable_deleted_and_replaced_while_the_pool_runs",
        replaced_program,
    ),
    ("row_41_max_tasks_per_worker_loses_no_job", max_tasks),
];

/// Claims to have one item.
struct SaysOne(std::ops::Range<u64>);

impl Iterator for SaysOne {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (1, Some(1))
    }
}

fn few_jobs() {
    with_pool(builder(4), |pool| {
        assert_eq!(pool.map(ECHO, []).unwrap(), [0; 0]);
        assert_eq!(pool.try_map(ECHO, []).unwrap().len(), 0);
        assert_eq!(pool.imap(ECHO, []).unwrap().count(), 0);
        assert_eq!(pool.imap_unordered(ECHO, []).unwrap().count(), 0);
        assert_eq!(pool.map(ECHO, [7]).unwrap(), [7]);
        assert_eq!(pool.imap(ECHO, [7]).unwrap().next().unwrap().unwrap(), 7);
        assert_eq!(pool.map(ECHO, [7, 8]).unwrap(), [7, 8]);
        // As many as they are, whatever they say.
        for count in 0..4 {
            let expected: Vec<u64> = (0..count).collect();
            assert_eq!(pool.map(ECHO, SaysOne(0..count)).unwrap(), expected);
            let outcomes = pool.try_map(ECHO, SaysOne(0..count)).unwrap();
            assert!(outcomes.into_iter().map(Result::unwrap).eq(0..count));
        }
        // Of unknown length, too.
        assert_eq!(
            pool.map(ECHO, (0..100).filter(|x| x % 50 == 1)).unwrap(),
            [1, 51]
        );
        for chunk in [1, 2, 3, 1000] {
            let chunked = pool.with_chunk_size(chunk).unwrap();
            for count in [0, 1, 2, 5, 12] {
                let expected: Vec<u64> = (0..count).collect();
                assert_eq!(chunked.map(ECHO, 0..count).unwrap(), expected);
                let lazy = chunked.imap(ECHO, 0..count).unwrap();
                assert!(lazy.map(Result::unwrap).eq(0..count));
            }
        }
    });
}

fn zeros() {
    leaving_nothing(|| {
        let setting = |builder: speedup::process_pool::ProcessPoolBuilder| match builder
            .start(&jobs::table())
        {
            Err(Error::Setting(what)) => what,
            other => panic!("{other:?}"),
        };
        assert!(setting(builder(0)).contains("workers") || setting(builder(0)).contains("worker"));
        assert!(setting(builder(1).max_tasks_per_worker(0)).contains("max_tasks_per_worker"));
        assert!(setting(builder(1).queue_bound(0)).contains("queue_bound"));
        assert!(setting(builder(1).task_timeout(std::time::Duration::ZERO)).contains("time-out"));
    });
    with_pool(builder(1), |pool| {
        let error = pool.with_chunk_size(0).unwrap_err();
        assert!(error.to_string().contains("chunk"), "{error}");
    });
}

/// A job of the table by its name, but not by its types.
const OTHER: Job<u32, u32> = Job::new("echo", |x| x);

fn unknown_job() {
    with_pool(builder(1), |pool| {
        let error = pool.map(BLANK, [()]).unwrap_err().to_string();
        assert!(
            error.contains("\"blank\"") && error.contains("JobTable::with"),
            "{error}"
        );
        assert!(matches!(
            pool.map(OTHER, [1]),
            Err(Error::UnknownJob { job: "echo", .. })
        ));
        assert!(matches!(
            pool.apply_async(OTHER, 1),
            Err(Error::UnknownJob { .. })
        ));
    });
}

fn million() {
    const COUNT: u64 = 1_000_000;
    const MIB: usize = 1 << 20;
    with_pool(builder(2), |pool| {
        let before = system::peak_memory_bytes();
        let mut sum = 0;
        for (index, result) in pool.imap(ECHO, 0..COUNT).unwrap().enumerate() {
            let result = result.unwrap();
            assert_eq!(result, index as u64);
            sum += result;
        }
        assert_eq!(sum, COUNT * (COUNT - 1) / 2);
        let lazily = system::peak_memory_bytes() - before;
        assert!(lazily < 32 * MIB, "imap needed {} MiB", lazily / MIB);
        // All results at once are 8 bytes each, and are put in order once.
        let results = pool.map(ECHO, 0..COUNT).unwrap();
        assert!(results.into_iter().eq(0..COUNT));
        let at_once = system::peak_memory_bytes() - before;
        assert!(at_once < 160 * MIB, "map needed {} MiB", at_once / MIB);
    });
}

fn queue_bound() {
    with_pool(builder(1).queue_bound(3), |pool| {
        let directory = scratch();
        let begun = directory.path().join("begun");
        let release = directory.path().join("release");
        let hold = (begun.display().to_string(), release.display().to_string());
        let first = pool.apply_async(HOLD, hold).unwrap();
        wait_for_id(&begun);
        let second = pool.apply_async(ECHO, 2).unwrap();
        let third = pool.apply_async(ECHO, 3).unwrap();
        thread::scope(|scope| {
            let fourth = scope.spawn(|| pool.apply_async(ECHO, 4).unwrap());
            // It waits; that it does so for ever cannot be seen.
            for _ in 0..50 {
                assert!(!fourth.is_finished());
                thread::sleep(std::time::Duration::from_millis(1));
            }
            fs::write(release, "").unwrap();
            first.get().unwrap();
            assert_eq!(fourth.join().unwrap().get().unwrap(), 4);
        });
        assert_eq!((second.get().unwrap(), third.get().unwrap()), (2, 3));
        // An imap looks no further ahead than the bound, and gets through.
        let lazy = pool.imap(ECHO, 0..1000).unwrap();
        assert!(lazy.map(Result::unwrap).eq(0..1000));
    });
}

fn endless() {
    with_pool(builder(2), |pool| {
        for chunk in [None, Some(1), Some(5)] {
            let drawn = Cell::new(0);
            let inputs = (0..).inspect(|x| drawn.set(x + 1));
            let mut results = match chunk {
                None => pool.imap(ECHO, inputs).unwrap(),
                Some(chunk) => pool
                    .with_chunk_size(chunk)
                    .unwrap()
                    .imap(ECHO, inputs)
                    .unwrap(),
            };
            assert_eq!(
                drawn.get(),
                0,
                "nothing is drawn before a result is asked for"
            );
            let ahead = chunk.map_or(128, |chunk| 4 * chunk as u64);
            for x in 0..500 {
                assert_eq!(results.next().unwrap().unwrap(), x);
                assert!(drawn.get() <= x + ahead, "{} drawn for {x}", drawn.get());
            }
            drop(results);
            let at_end = drawn.get();
            assert_eq!(pool.map(ECHO, 0..10).unwrap().len(), 10);
            assert_eq!(drawn.get(), at_end, "none is drawn after the drop");
        }
        // What was queued and not begun is forgotten.
        let mut results = pool
            .with_chunk_size(1)
            .unwrap()
            .imap(SLEEP_MS, 0..)
            .unwrap();
        assert_eq!(results.next().unwrap().unwrap(), 0);
    });
}

fn heavy_inputs() {
    with_pool(builder(2), |pool| {
        let drawn = Cell::new(0_usize);
        let inputs = (0..60).map(|_| {
            drawn.set(drawn.get() + 1);
            vec![0; 4 << 20]
        });
        for (given, result) in pool.imap(SIZE, inputs).unwrap().enumerate() {
            assert_eq!(result.unwrap(), 4 << 20);
            assert!(
                drawn.get() - given <= 6,
                "{} drawn for {given}",
                drawn.get()
            );
        }
    });
}

fn panicking_input() {
    with_pool(builder(3), |pool| {
        let inputs = || (0..1000).inspect(|x| assert!(*x != 500, "no input {x}"));
        let unwound = |result: thread::Result<()>| {
            let payload = result.unwrap_err();
            assert_eq!(payload.downcast_ref::<String>().unwrap(), "no input 500");
        };
        let workers = pool.worker_ids();
        unwound(catch_unwind(AssertUnwindSafe(|| {
            drop(pool.map(ECHO, inputs()));
        })));
        unwound(catch_unwind(AssertUnwindSafe(|| {
            drop(pool.try_map(ECHO, inputs()));
        })));
        unwound(catch_unwind(AssertUnwindSafe(|| {
            pool.imap(ECHO, inputs()).unwrap().for_each(drop);
        })));
        assert_eq!(pool.map(ECHO, 0..100).unwrap().len(), 100);
        assert_eq!(pool.worker_ids(), workers);
    });
}

fn input_order() {
    with_pool(builder(4), |pool| {
        // From the longest to the shortest, and mixed.
        let lengths: Vec<u64> = (0..60).map(|i| (60 - i) / 6 + i * 7 % 5).collect();
        assert_eq!(pool.map(SLEEP_MS, lengths.clone()).unwrap(), lengths);
        for chunk in [1, 4] {
            let chunked = pool.with_chunk_size(chunk).unwrap();
            assert_eq!(chunked.map(SLEEP_MS, lengths.clone()).unwrap(), lengths);
            let results = chunked.imap(SLEEP_MS, lengths.clone()).unwrap();
            assert!(results.map(Result::unwrap).eq(lengths.iter().copied()));
        }
        let results = pool.imap(SLEEP_MS, lengths.clone()).unwrap();
        assert!(results.map(Result::unwrap).eq(lengths.iter().copied()));
        // Lengths and sizes that differ by orders of magnitude.
        let sizes: Vec<u64> = (0..200)
            .map(|i| [0, 10, 70_000, 1_000][i % 4] + i as u64)
            .collect();
        let results = pool.map(FILL, sizes.clone()).unwrap();
        assert!(results.iter().map(|bytes| bytes.len() as u64).eq(sizes));
    });
}

fn finishing_order() {
    with_pool(builder(2), |pool| {
        let directory = scratch();
        let release = directory.path().join("release");
        let begun = directory.path().join("begun").display().to_string();
        let released = release.display().to_string();
        // The first waits for the others' results to have been seen.
        let inputs = (0..10).map(|x| {
            if x == 0 {
                (begun.clone(), released.clone())
            } else {
                let quick = format!("{begun}{x}");
                (quick.clone(), quick)
            }
        });
        let chunked = pool.with_chunk_size(1).unwrap();
        let mut results = chunked.imap_unordered(HOLD, inputs).unwrap();
        for _ in 1..10 {
            results.next().unwrap().unwrap();
        }
        fs::write(release, "").unwrap();
        results.next().unwrap().unwrap();
        assert!(results.next().is_none());
    });
}

fn skewed() {
    const WORKERS: usize = 4;
    with_pool(builder(WORKERS), |pool| {
        let lengths: Vec<u64> = (0..200).map(|index| index / 10).collect();
        // Longest processing time first: each to whoever is free first.
        let mut best = [0; WORKERS];
        for length in lengths.iter().rev() {
            *best.iter_mut().min().unwrap() += length;
        }
        let bound_us = 1000 * best.iter().max().unwrap();
        let longest_us = 1000 * lengths.iter().max().unwrap();
        let served = pool.map(LABOUR, lengths).unwrap();
        let mut last = BTreeMap::<u32, u64>::new();
        for (worker, done_us) in served {
            let last = last.entry(worker).or_default();
            *last = done_us.max(*last);
        }
        assert_eq!(last.len(), WORKERS, "all took part");
        // A busy machine stretches the whole, but not how long the first to
        // find nothing left has to wait for the last: one job, and a tenth of
        // the bound for what was sent together or ahead.
        let wait_us = last.values().max().unwrap() - last.values().min().unwrap();
        let allowed_us = longest_us + bound_us / 10;
        assert!(wait_us <= allowed_us, "{wait_us} against {allowed_us}");
    });
}

fn long_after_short() {
    const LONG: usize = 12;
    with_pool(builder(2), |pool| {
        // Many are sent ahead while they are short.
        let lengths = (0..1000).map(|index| if index < 1000 - LONG { 0 } else { 50 });
        let chunked = pool.with_chunk_size(1).unwrap();
        let served = chunked.map(LABOUR, lengths).unwrap();
        let mut shares = BTreeMap::<u32, usize>::new();
        for (worker, _) in &served[1000 - LONG..] {
            *shares.entry(*worker).or_default() += 1;
        }
        let largest = shares.into_values().max().unwrap();
        assert!(largest <= LONG * 3 / 4, "one ran {largest} of {LONG}");
    });
}

fn two_hundred() {
    with_pool(builder(200), |pool| {
        assert_eq!(pool.worker_ids().len(), 200);
        assert!(pool.map(ECHO, 0..10_000).unwrap().into_iter().eq(0..10_000));
        let served = pool
            .with_chunk_size(1)
            .unwrap()
            .map(LABOUR, [20; 400])
            .unwrap();
        let workers: BTreeSet<u32> = served.into_iter().map(|(worker, _)| worker).collect();
        assert!(workers.len() > 100, "{} took part", workers.len());
    });
}

fn too_many() {
    leaving_nothing(|| {
        let error = builder(200).start(&jobs::table()).unwrap_err();
        let Error::Start { worker, .. } = error else {
            panic!("{error}");
        };
        assert!((10..100).contains(&worker), "the limit was met at {worker}");
    });
    with_pool(builder(5), |_| {});
}

fn too_few_descriptors() {
    let status = Command::new("sh")
        .args(["-c", "ulimit -n 64 && exec \"$0\" \"$@\""])
        .arg(env::current_exe().unwrap())
        .args(["--run-fixture", "starts too many workers"])
        .status()
        .unwrap();
    assert!(status.success());
}

fn outlives_its_program() {
    with_pool(builder(2), |pool| {
        let program = env::current_exe().unwrap();
        let aside = program.with_extension("aside");
        fs::rename(&program, &aside).unwrap();
        replace_workers(pool);
        fs::write(&program, "not a program at all").unwrap();
        replace_workers(pool);
        fs::remove_file(&program).unwrap();
        fs::remove_file(&aside).unwrap();
        replace_workers(pool);
    });
}

fn replace_workers(pool: &ProcessPool) {
    let before = pool.worker_ids();
    for id in &before {
        system::kill_and_wait(*id);
    }
    eventually("both are replaced", || {
        pool.map(SLEEP_MS, [5; 4]).unwrap();
        pool.worker_ids().len() == 2
    });
    assert!(pool.worker_ids().iter().all(|id| !before.contains(id)));
}

fn replaced_program() {
    let directory = scratch();
    let program = copy_of_this_program(&directory);
    let status = Command::new(program)
        .args(["--run-fixture", "outlives its program"])
        .status()
        .unwrap();
    assert!(status.success());
}

fn max_tasks() {
    with_pool(builder(2).max_tasks_per_worker(7), |pool| {
        for chunk in [None, Some(1), Some(3), Some(100)] {
            let ids = match chunk {
                None => pool.map(WORKER_ID, [(); 100]).unwrap(),
                Some(chunk) => {
                    let chunked = pool.with_chunk_size(chunk).unwrap();
                    chunked.map(WORKER_ID, [(); 100]).unwrap()
                }
            };
            let mut served = BTreeMap::<u32, u32>::new();
            for id in ids {
                *served.entry(id).or_default() += 1;
            }
            assert!(served.values().all(|count| *count <= 7), "{served:?}");
            assert_eq!(served.values().sum::<u32>(), 100);
        }
        // With a backlog of submitted jobs.
        let handles: Vec<_> = (0..300)
            .map(|x| pool.apply_async(ECHO, x).unwrap())
            .collect();
        for (x, handle) in handles.into_iter().enumerate() {
            assert_eq!(handle.get().unwrap(), x as u64);
        }
        assert!(
            pool.imap(ECHO, 0..300)
                .unwrap()
                .map(Result::unwrap)
                .eq(0..300)
        );
    });
}
