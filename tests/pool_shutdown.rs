//! Ends of the parent and of the pool: rows 25 to 32 of the faults that a
//! pool must survive.

mod pool_support;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, ExitCode, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

// Each test uses a few of them.
#[allow(clippy::wildcard_imports)]
use pool_support::jobs::{self, *};
use pool_support::{
    Named, builder, eventually, fixture, leaving_nothing, main as run, scratch, system,
    wait_for_id, with_pool,
};
use speedup::process_pool::{Error, Failure, ProcessPool};

fn main() -> ExitCode {
    run(TESTS, FIXTURES)
}

const FIXTURES: &[Named] = &[
    ("half of the workers are busy", half_busy),
    ("forgets the entry point", forgets),
];

const TESTS: &[Named] = &[
    ("row_25_parent_killed_all_workers_are_gone", parent_killed),
    ("row_26_pool_ended_in_the_middle_of_a_map", ended_in_a_map),
    (
        "row_26_pool_dropped_with_10000_jobs_queued",
        dropped_with_a_queue,
    ),
    ("row_27_close_and_join_finish_the_queue", close_and_join),
    ("row_27_terminate_does_not_wait", terminate),
    ("row_28_submit_after_close_is_an_error", submit_after_close),
    ("row_29_crash_while_shutting_down", crash_at_exit),
    (
        "row_29_worker_that_hangs_at_its_exit_is_killed",
        hang_at_exit,
    ),
    (
        "row_29_stop_in_the_middle_of_a_large_transfer",
        stop_in_a_transfer,
    ),
    ("row_30_ctrl_c_on_the_process_group", ctrl_c),
    ("row_31_pool_inside_a_worker_is_refused", nested),
    ("row_31_forgotten_entry_point_is_refused", forgotten),
    (
        "row_32_used_from_10_threads_some_of_which_cancel",
        many_threads,
    ),
];

/// A parent with two workers busy and two idle, which says who they are.
fn half_busy() {
    // A shell that starts the tests in the background has it ignored.
    system::default(system::SIGINT);
    let pool = builder(4).start(&jobs::table()).unwrap();
    let directory = scratch();
    let mut handles = Vec::new();
    for name in ["a", "b"] {
        let begun = directory.path().join(name);
        handles.push(pool.apply_async(MAYBE_HOLD, (begun.display().to_string(), 1)));
        wait_for_id(&begun);
    }
    fs::remove_dir_all(directory.path()).unwrap();
    for id in pool.worker_ids() {
        println!("{id}");
    }
    println!("all");
    thread::sleep(Duration::from_hours(1));
}

fn start_half_busy(in_its_own_group: bool) -> (Child, Vec<u32>) {
    let mut command = fixture("half of the workers are busy");
    if in_its_own_group {
        command.process_group(0);
    }
    let mut parent = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(parent.stdout.as_mut().unwrap()).lines();
    let ids: Vec<u32> = lines
        .map(Result::unwrap)
        .take_while(|line| line != "all")
        .map(|line| line.parse().unwrap())
        .collect();
    assert_eq!(ids.len(), 4);
    assert!(ids.iter().all(|id| system::is_running(*id)));
    (parent, ids)
}

fn parent_killed() {
    leaving_nothing(|| {
        let (mut parent, ids) = start_half_busy(false);
        parent.kill().unwrap();
        parent.wait().unwrap();
        let begin = Instant::now();
        eventually("all workers are gone", || {
            ids.iter().all(|id| !system::is_running(*id))
        });
        println!("gone after {:?}", begin.elapsed());
    });
}

fn ctrl_c() {
    leaving_nothing(|| {
        let (mut parent, ids) = start_half_busy(true);
        system::signal(-i64::from(parent.id()), system::SIGINT);
        let status = parent.wait().unwrap();
        assert!(!status.success());
        eventually("no worker survives", || {
            ids.iter().all(|id| !system::is_running(*id))
        });
        let mut said = String::new();
        parent
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        parent
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert_eq!(said, "", "the terminal is left clean");
    });
}

fn ended_in_a_map() {
    leaving_nothing(|| {
        let pool = builder(3).start(&jobs::table()).unwrap();
        let directory = scratch();
        let begun = directory.path().join("begun");
        let text = begun.display().to_string();
        let inputs = || (0..100).map(|x| (if x == 50 { text.clone() } else { String::new() }, x));
        thread::scope(|scope| {
            let call = scope.spawn(|| pool.map(MAYBE_HOLD, inputs()));
            wait_for_id(&begun);
            let held = directory.path().join("held");
            let endless = (held.display().to_string(), "/nowhere/at/all".to_owned());
            let tried = scope.spawn(|| pool.try_map(HOLD, vec![endless; 10]));
            wait_for_id(&held);
            pool.terminate();
            let error = call.join().unwrap().unwrap_err();
            assert!(error.to_string().contains("terminated"), "{error}");
            let outcomes = tried.join().unwrap().unwrap();
            assert_eq!(outcomes.len(), 10);
            for outcome in outcomes {
                let error = outcome.unwrap_err();
                assert!(matches!(error.failure(), Failure::Terminated), "{error}");
            }
        });
        drop(pool);
    });
}

fn dropped_with_a_queue() {
    leaving_nothing(|| {
        let pool = builder(2).start(&jobs::table()).unwrap();
        let handles: Vec<_> = (0..10_000)
            .map(|_| pool.apply_async(SLEEP_MS, 3_600_000).unwrap())
            .collect();
        drop(pool);
        for handle in handles {
            let error = handle.get().unwrap_err();
            assert!(matches!(error.failure(), Failure::Terminated), "{error}");
        }
    });
}

fn close_and_join() {
    leaving_nothing(|| {
        let pool = builder(2).start(&jobs::table()).unwrap();
        let handles: Vec<_> = (0..200)
            .map(|x| pool.apply_async(SLEEP_MS, x % 4).unwrap())
            .collect();
        pool.close();
        pool.join();
        assert_eq!(system::children(), [0; 0], "joined means gone");
        for (x, handle) in handles.into_iter().enumerate() {
            assert!(handle.is_ready());
            assert_eq!(handle.get().unwrap(), x as u64 % 4);
        }
        // Twice does no harm.
        pool.join();
    });
    // A map in another thread is waited for.
    leaving_nothing(|| {
        let pool = builder(2).start(&jobs::table()).unwrap();
        let directory = scratch();
        let begun = directory.path().join("begun");
        let release = directory.path().join("release");
        let hold = (begun.display().to_string(), release.display().to_string());
        thread::scope(|scope| {
            let call = scope.spawn(|| pool.map(HOLD, [hold]));
            wait_for_id(&begun);
            let joining = scope.spawn(|| pool.join());
            eventually("the pool is closed", || pool.map(ECHO, [1]).is_err());
            assert!(!joining.is_finished());
            fs::write(release, "").unwrap();
            call.join().unwrap().unwrap();
            joining.join().unwrap();
        });
    });
}

fn terminate() {
    leaving_nothing(|| {
        let pool = builder(2).start(&jobs::table()).unwrap();
        let handles: Vec<_> = (0..10)
            .map(|_| pool.apply_async(SLEEP_MS, 3_600_000).unwrap())
            .collect();
        pool.terminate();
        for handle in handles {
            let error = handle.get().unwrap_err();
            assert!(matches!(error.failure(), Failure::Terminated), "{error}");
        }
        assert!(matches!(pool.map(ECHO, [1]), Err(Error::Terminated)));
        assert!(matches!(pool.apply_async(ECHO, 1), Err(Error::Terminated)));
        pool.join();
    });
}

fn submit_after_close() {
    leaving_nothing(|| {
        let pool = builder(2).start(&jobs::table()).unwrap();
        let mut under_way = pool.imap(ECHO, 0..).unwrap();
        assert_eq!(under_way.next().unwrap().unwrap(), 0);
        pool.close();
        assert!(matches!(pool.map(ECHO, [1]), Err(Error::Closed)));
        assert!(matches!(pool.try_map(ECHO, [1]), Err(Error::Closed)));
        assert!(matches!(pool.imap(ECHO, [1]), Err(Error::Closed)));
        assert!(matches!(pool.imap_unordered(ECHO, [1]), Err(Error::Closed)));
        assert!(matches!(pool.apply_async(ECHO, 1), Err(Error::Closed)));
        // What was submitted is run, and the end is told.
        let rest: Vec<_> = under_way.by_ref().collect();
        let (last, finished) = rest.split_last().unwrap();
        assert!(matches!(
            last.as_ref().unwrap_err().failure(),
            Failure::Closed
        ));
        for (x, outcome) in (1..).zip(finished) {
            assert_eq!(*outcome.as_ref().unwrap(), x);
        }
        assert!(under_way.next().is_none());
    });
}

fn crash_at_exit() {
    for end in [ProcessPool::join, ProcessPool::terminate] {
        leaving_nothing(|| {
            let pool = builder(3)
                .initializer(INITIALIZE, &"abort at exit".to_owned())
                .start(&jobs::table())
                .unwrap();
            assert_eq!(pool.map(ECHO, 0..10).unwrap().len(), 10);
            end(&pool);
        });
    }
}

fn hang_at_exit() {
    leaving_nothing(|| {
        let pool = builder(2)
            .initializer(INITIALIZE, &"hang at exit".to_owned())
            .start(&jobs::table())
            .unwrap();
        assert_eq!(pool.map(ECHO, 0..10).unwrap().len(), 10);
        pool.join();
        assert_eq!(system::children(), [0; 0]);
    });
}

fn stop_in_a_transfer() {
    for delay_ms in [0, 1, 5, 20, 60] {
        leaving_nothing(|| {
            let pool = builder(2).start(&jobs::table()).unwrap();
            let large = vec![1; 100_000_000];
            thread::scope(|scope| {
                let there = scope.spawn(|| pool.map(SIZE, [large]));
                let back = scope.spawn(|| pool.map(FILL, [100_000_000; 4]));
                thread::sleep(Duration::from_millis(delay_ms));
                pool.terminate();
                // Done before, or told so.
                let errors = [there.join().unwrap().err(), back.join().unwrap().err()];
                for error in errors.into_iter().flatten() {
                    assert!(error.to_string().contains("terminated"), "{error}");
                }
            });
        });
    }
}

fn nested() {
    with_pool(builder(1), |pool| {
        let answer = pool.map(START_A_POOL, [()]).unwrap().remove(0);
        assert!(answer.contains("a worker cannot start a pool"), "{answer}");
    });
}

fn forgets() {
    let error = builder(4).start(&jobs::table()).unwrap_err();
    println!("{error}; {:?}", system::children());
}

fn forgotten() {
    leaving_nothing(|| {
        let output = fixture("forgets the entry point").output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(
            said.contains("serve_if_worker(&jobs) must be called"),
            "{said}"
        );
        assert!(said.ends_with("; []\n"), "{said}");
    });
}

fn many_threads() {
    with_pool(builder(4), |pool| {
        let pool = Arc::new(pool);
        thread::scope(|scope| {
            for thread in 0..10_u64 {
                let pool = Arc::clone(&pool);
                scope.spawn(move || match thread % 4 {
                    0 => {
                        for _ in 0..20 {
                            let results = pool.map(ECHO, 0..500).unwrap();
                            assert!(results.into_iter().eq(0..500));
                        }
                    }
                    1 => {
                        let results = pool.imap(ECHO, 0..5000).unwrap();
                        assert!(results.map(Result::unwrap).eq(0..5000));
                    }
                    2 => {
                        let mut sum = 0;
                        for result in pool.imap_unordered(ECHO, 0..3000).unwrap() {
                            sum += result.unwrap();
                        }
                        assert_eq!(sum, 3000 * 2999 / 2);
                    }
                    _ => {
                        for round in 0..100 {
                            let long = pool.apply_async(SLEEP_MS, 3_600_000).unwrap();
                            let short = pool.apply_async(ECHO, round).unwrap();
                            if round % 2 == 0 {
                                assert_eq!(short.get().unwrap(), round);
                            }
                            assert!(long.cancel());
                            assert!(matches!(
                                long.get().unwrap_err().failure(),
                                Failure::Cancelled
                            ));
                        }
                    }
                });
            }
        });
    });
}
