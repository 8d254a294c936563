//! Workers that die: rows 1 to 9 and 13 of the faults that a pool must
//! survive. What is started in their place is in `pool_worker_start.rs`.

mod pool_support;

use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

// Each test uses a few of them.
#[allow(clippy::wildcard_imports)]
use pool_support::jobs::*;
use pool_support::{
    Named, builder, code_of, eventually, main as run, scratch, system, wait_for_id, with_pool,
};
use speedup::process_pool::{Failure, JobError};

fn main() -> ExitCode {
    run(TESTS, &[])
}

const TESTS: &[Named] = &[
    (
        "row_01_killed_while_idle_before_the_first_job",
        killed_while_idle,
    ),
    ("row_02_killed_in_the_middle_of_a_job", killed_in_a_job),
    (
        "row_03_killed_while_sending_a_large_result",
        killed_while_sending,
    ),
    (
        "row_04_killed_while_receiving_a_large_argument",
        killed_while_receiving,
    ),
    (
        "row_05_stopped_in_the_middle_of_a_job_with_a_time_out",
        stopped_in_a_job,
    ),
    (
        "row_05_stopped_before_it_takes_a_large_argument_with_a_time_out",
        stopped_before_a_job,
    ),
    (
        "row_06_workers_killing_each_other_1_to_13_at_once",
        killing_each_other,
    ),
    ("row_07_job_exits_with_0_or_42_or_aborts", exits),
    ("row_08_segmentation_fault_and_stack_overflow", faults),
    ("row_09_crash_after_the_result_was_sent", crash_after_result),
    ("row_13_one_death_does_not_break_the_others_jobs", one_death),
    (
        "row_13_short_jobs_in_one_message_name_the_culprit",
        culprit_among_short_jobs,
    ),
    (
        "row_13_jobs_sent_ahead_one_by_one_run_elsewhere_and_once",
        sent_ahead,
    ),
];

fn signal_of(error: &JobError) -> Option<i32> {
    match error.failure() {
        Failure::Died { status } => status.signal(),
        _ => None,
    }
}

fn killed_while_idle() {
    with_pool(builder(3), |pool| {
        for id in pool.worker_ids() {
            system::kill_and_wait(id);
        }
        assert_eq!(pool.worker_ids(), [0; 0]);
        let results = pool.map(ECHO, 0..100).unwrap();
        assert_eq!(results, (0..100).collect::<Vec<_>>());
    });
}

fn killed_in_a_job() {
    with_pool(builder(2), |pool| {
        let directory = scratch();
        let begun = directory.path().join("begun");
        let begun_text = begun.display().to_string();
        let inputs = (0..40).map(|x| {
            let hold = if x == 7 {
                begun_text.clone()
            } else {
                String::new()
            };
            (hold, x)
        });
        let outcomes = thread::scope(|scope| {
            let chunked = pool.with_chunk_size(1).unwrap();
            let call = scope.spawn(move || chunked.try_map(MAYBE_HOLD, inputs).unwrap());
            let id = wait_for_id(&begun);
            system::signal(i64::from(id), system::SIGKILL);
            let outcomes = call.join().unwrap();
            assert_eq!(outcomes[7].as_ref().unwrap_err().worker(), Some(id));
            outcomes
        });
        assert_only_failure(&outcomes, 7);
        assert_eq!(
            signal_of(outcomes[7].as_ref().unwrap_err()),
            Some(system::SIGKILL)
        );
    });
}

/// All but one have their own index as their result.
fn assert_only_failure(outcomes: &[Result<u64, JobError>], culprit: usize) {
    for (index, outcome) in outcomes.iter().enumerate() {
        match outcome {
            Ok(x) => assert_eq!(*x, index as u64),
            Err(error) => {
                assert_eq!(error.index(), index);
                assert_eq!(index, culprit, "{error}");
            }
        }
    }
    assert!(outcomes[culprit].is_err());
}

fn killed_while_sending() {
    with_pool(builder(2), |pool| {
        // Now and then the killer is late, and the result is whole.
        eventually("a worker is killed in time", || {
            let outcomes = pool.try_map(DOOMED, [256 << 20]).unwrap();
            let failed = outcomes[0].as_ref().err();
            failed.is_some_and(|error| {
                assert_eq!(signal_of(error), Some(system::SIGKILL), "{error}");
                true
            })
        });
    });
}

fn killed_while_receiving() {
    with_pool(builder(1), |pool| {
        // Stopped, it takes what the socket holds and no more.
        let id = pool.worker_ids()[0];
        system::signal(i64::from(id), system::SIGSTOP);
        let results = thread::scope(|scope| {
            let call = scope.spawn(|| pool.map(WATCHED, [Watched(vec![3; 64 << 20])]));
            eventually("the argument is being sent", || {
                WATCHED_SENT.load(Ordering::SeqCst)
            });
            thread::sleep(Duration::from_millis(5));
            system::signal(i64::from(id), system::SIGKILL);
            call.join().unwrap()
        });
        assert_eq!(
            results.unwrap(),
            [64 << 20],
            "it had not begun, and ran elsewhere"
        );
    });
}

fn stopped_in_a_job() {
    let limit = Duration::from_secs(3);
    with_pool(builder(2).task_timeout(limit), |pool| {
        let directory = scratch();
        let begun = directory.path().join("begun");
        let input = (begun.display().to_string(), 0);
        let outcome = thread::scope(|scope| {
            let call = scope.spawn(|| pool.try_map(MAYBE_HOLD, [input]).unwrap());
            system::signal(i64::from(wait_for_id(&begun)), system::SIGSTOP);
            call.join().unwrap().remove(0)
        });
        let error = outcome.unwrap_err();
        assert!(
            matches!(error.failure(), Failure::TimedOut { limit: told } if *told == limit),
            "{error}"
        );
    });
}

fn stopped_before_a_job() {
    with_pool(builder(1).task_timeout(Duration::from_secs(3)), |pool| {
        system::signal(i64::from(pool.worker_ids()[0]), system::SIGSTOP);
        let outcomes = pool.try_map(SIZE, [vec![0; 8 << 20]]).unwrap();
        let error = outcomes[0].as_ref().unwrap_err();
        assert!(
            matches!(error.failure(), Failure::TimedOut { .. }),
            "{error}"
        );
    });
}

fn killing_each_other() {
    for count in 1..=13 {
        with_pool(builder(count), |pool| {
            let ids = pool.worker_ids();
            assert_eq!(ids.len(), count);
            // Each begins with another one.
            let orders = (0..count).map(|first| {
                let mut order = ids.clone();
                order.rotate_left(first);
                order
            });
            for outcome in pool.try_map(KILL, orders).unwrap() {
                if let Err(error) = outcome {
                    assert_eq!(signal_of(&error), Some(system::SIGKILL), "{error}");
                }
            }
            let results = pool.map(ECHO, 0..50).unwrap();
            assert_eq!(results, (0..50).collect::<Vec<_>>());
        });
    }
}

fn exits() {
    with_pool(builder(2), |pool| {
        let outcomes = pool.try_map(EXIT, [-1, 0, -2, 42, -3]).unwrap();
        assert_eq!(code_of(outcomes[1].as_ref().unwrap_err()), Some(0));
        assert_eq!(code_of(outcomes[3].as_ref().unwrap_err()), Some(42));
        let error = outcomes[3].as_ref().unwrap_err();
        assert_eq!((error.index(), error.job()), (3, "exit"));
        assert!(error.to_string().contains("exit status: 42"), "{error}");
        for index in [0, 2, 4] {
            assert!(outcomes[index].is_ok());
        }
        let outcomes = pool.try_map(ABORT, [()]).unwrap();
        assert_eq!(signal_of(outcomes[0].as_ref().unwrap_err()), Some(6));
    });
}

fn faults() {
    with_pool(builder(2), |pool| {
        let outcomes = pool.try_map(FAULT, [()]).unwrap();
        assert_eq!(signal_of(outcomes[0].as_ref().unwrap_err()), Some(11));
        // The standard library turns this one into an abort, and says so.
        let outcomes = pool.try_map(OVERFLOW, [0]).unwrap();
        assert_eq!(signal_of(outcomes[0].as_ref().unwrap_err()), Some(6));
    });
}

fn crash_after_result() {
    with_pool(builder(1), |pool| {
        let directory = scratch();
        for round in 0..5 {
            let id = pool.worker_ids()[0];
            let answered = directory.path().join(round.to_string());
            let input = (answered.display().to_string(), round);
            assert_eq!(pool.map(ABORT_AFTERWARDS, [input]).unwrap(), [round]);
            fs::write(answered, "").unwrap();
            eventually("the worker has crashed", || !system::is_running(id));
            assert_eq!(pool.map(ECHO, [round]).unwrap(), [round]);
        }
    });
}

fn one_death() {
    with_pool(builder(2), |pool| {
        let inputs = (0..200).map(|x| (x == 150, x));
        let outcomes = pool.try_map(KILL_SELF_IF, inputs).unwrap();
        assert_only_failure(&outcomes, 150);
        let error = outcomes[150].as_ref().unwrap_err();
        assert_eq!(signal_of(error), Some(system::SIGKILL));
        assert!(
            error.to_string().contains("job 150 (\"kill self\")"),
            "{error}"
        );
    });
}

fn culprit_among_short_jobs() {
    with_pool(builder(2), |pool| {
        for (chunk, culprit) in [(1, 0), (10, 3), (10, 99), (1000, 57)] {
            let inputs = (0..100).map(|x| (x == culprit as u64, x));
            let chunked = pool.with_chunk_size(chunk).unwrap();
            let outcomes = chunked.try_map(KILL_SELF_IF, inputs).unwrap();
            assert_only_failure(&outcomes, culprit);
        }
    });
}

fn sent_ahead() {
    with_pool(builder(2), |pool| {
        let directory = scratch();
        let path = directory.path().join("notes");
        File::create(&path).unwrap();
        let dies = |x: u64| x % 400 == 399;
        let inputs: Vec<_> = (0..4000)
            .map(|x| (path.display().to_string(), dies(x), x))
            .collect();
        let chunked = pool.with_chunk_size(1).unwrap();
        let outcomes = chunked.try_map(NOTE, inputs).unwrap();
        for (index, outcome) in outcomes.iter().enumerate() {
            assert_eq!(outcome.is_err(), dies(index as u64), "{outcome:?}");
        }
        let notes = fs::read(&path).unwrap();
        let (notes, _) = notes.as_chunks();
        let mut begun: Vec<u64> = notes.iter().map(|note| u64::from_le_bytes(*note)).collect();
        begun.sort_unstable();
        assert!(begun.into_iter().eq(0..4000), "each once");
    });
}
