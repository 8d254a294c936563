//! Jobs that fail while their worker lives, and jobs that are stopped: rows 14
//! to 18 of the faults that a pool must survive.

mod pool_support;

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

// Each test uses a few of them.
#[allow(clippy::wildcard_imports)]
use pool_support::jobs::*;
use pool_support::{
    Named, builder, eventually, main as run, scratch, system, wait_for_id, with_pool,
};
use speedup::process_pool::{Error, Failure};

fn main() -> ExitCode {
    run(TESTS, &[])
}

const TESTS: &[Named] = &[
    (
        "row_14_panics_report_message_and_place_and_the_worker_lives",
        panics,
    ),
    ("row_15_a_jobs_own_error_is_passed_through", own_error),
    ("row_16_argument_that_cannot_be_decoded", argument),
    ("row_16_result_that_cannot_be_decoded", result),
    (
        "row_17_task_time_out_of_a_job_that_ignores_sigterm",
        time_out,
    ),
    (
        "row_17_task_time_out_names_the_job_among_short_ones",
        time_out_among_short_jobs,
    ),
    ("row_18_cancel_a_queued_job", cancel_queued),
    ("row_18_cancel_a_running_job", cancel_running),
    ("row_18_cancel_a_finished_job_does_nothing", cancel_finished),
];

fn panics() {
    with_pool(builder(1), |pool| {
        let workers = pool.worker_ids();
        let outcomes = pool.try_map(PANIC, 0..5).unwrap();
        let messages = [
            "plain text",
            "text with a value",
            "a payload that is no text",
            "a payload that is no text",
        ];
        for (index, expected) in messages.into_iter().enumerate() {
            let error = outcomes[index].as_ref().unwrap_err();
            assert_eq!(error.index(), index);
            assert_eq!(error.worker(), Some(workers[0]));
            match error.failure() {
                Failure::Panicked {
                    message,
                    location: Some(location),
                } => {
                    assert_eq!(message, expected);
                    assert!(location.contains("jobs.rs:"), "{location}");
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(*outcomes[4].as_ref().unwrap(), 4);
        let Err(Error::Job(first)) = pool.map(PANIC, [9, 8, 1, 7]) else {
            panic!("a job of four has failed");
        };
        assert_eq!(first.index(), 2);
        assert_eq!(pool.worker_ids(), workers, "no panic has cost a worker");
    });
}

fn own_error() {
    with_pool(builder(2), |pool| {
        let workers = pool.worker_ids();
        let results = pool.map(OWN_ERROR, 0..4).unwrap();
        assert_eq!(
            results,
            [
                Ok(0),
                Err("1 is odd".to_owned()),
                Ok(2),
                Err("3 is odd".to_owned())
            ]
        );
        assert_eq!(pool.worker_ids(), workers);
    });
}

fn argument() {
    with_pool(builder(1), |pool| {
        let workers = pool.worker_ids();
        for chunk in [1, 10] {
            let inputs = (11..16).map(PickyThere);
            let chunked = pool.with_chunk_size(chunk).unwrap();
            let outcomes = chunked.try_map(PICKY_ARGUMENT, inputs).unwrap();
            for (index, outcome) in outcomes.iter().enumerate() {
                match outcome {
                    Ok(x) => assert_eq!(usize::from(*x), 11 + index),
                    Err(error) => {
                        assert_eq!(index, 2);
                        assert!(
                            matches!(error.failure(), Failure::Argument(what)
                                if what == "thirteen is no argument"),
                            "{error}"
                        );
                    }
                }
            }
            assert!(outcomes[2].is_err());
        }
        assert_eq!(pool.worker_ids(), workers);
    });
}

fn result() {
    with_pool(builder(1), |pool| {
        let workers = pool.worker_ids();
        let outcomes = pool.try_map(PICKY_RESULT, 11..16).unwrap();
        let error = outcomes[2].as_ref().unwrap_err();
        assert!(
            matches!(error.failure(), Failure::Result(what) if what == "thirteen is no result"),
            "{error}"
        );
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 4);
        assert_eq!(pool.worker_ids(), workers);
    });
}

fn time_out() {
    let limit = Duration::from_secs(3);
    with_pool(builder(2).task_timeout(limit), |pool| {
        let outcomes = pool
            .try_map(STUBBORN, [3_600_000, 0, 3_600_000, 0])
            .unwrap();
        for (index, outcome) in outcomes.iter().enumerate() {
            if index % 2 == 0 {
                let error = outcome.as_ref().unwrap_err();
                assert!(
                    matches!(error.failure(), Failure::TimedOut { .. }),
                    "{error}"
                );
                let worker = error.worker().unwrap();
                assert!(!system::is_running(worker));
            } else {
                assert!(outcome.is_ok());
            }
        }
        eventually("both are replaced when they are needed", || {
            pool.map(ECHO, 0..10).unwrap().len() == 10
        });
    });
}

fn time_out_among_short_jobs() {
    with_pool(builder(1).task_timeout(Duration::from_secs(3)), |pool| {
        let inputs = (0..100).map(|x| if x == 50 { 3_600_000 } else { 0 });
        for chunk in [1, 20] {
            let chunked = pool.with_chunk_size(chunk).unwrap();
            let outcomes = chunked.try_map(SLEEP_MS, inputs.clone()).unwrap();
            for (index, outcome) in outcomes.iter().enumerate() {
                assert_eq!(outcome.is_err(), index == 50, "{outcome:?}");
            }
        }
    });
}

fn cancel_queued() {
    with_pool(builder(1), |pool| {
        let directory = scratch();
        let begun = directory.path().join("begun").display().to_string();
        let release = directory.path().join("release");
        let hold = (begun.clone(), release.display().to_string());
        let running = pool.apply_async(HOLD, hold).unwrap();
        wait_for_id(begun.as_ref());
        let never = directory.path().join("never").display().to_string();
        let queued = pool.apply_async(MAYBE_HOLD, (never.clone(), 1)).unwrap();
        let behind = pool.apply_async(ECHO, 2).unwrap();
        let workers = pool.worker_ids();
        assert!(queued.cancel());
        let error = queued.get().unwrap_err();
        assert!(matches!(error.failure(), Failure::Cancelled), "{error}");
        std::fs::write(release, "").unwrap();
        running.get().unwrap();
        assert_eq!(behind.get().unwrap(), 2);
        assert!(!std::path::Path::new(&never).exists(), "it was never begun");
        assert_eq!(pool.worker_ids(), workers);
    });
}

fn cancel_running() {
    with_pool(builder(2), |pool| {
        let directory = scratch();
        for round in 0..20 {
            let begun = directory.path().join(round.to_string());
            let input = (begun.display().to_string(), 1);
            let handle = pool.apply_async(MAYBE_HOLD, input).unwrap();
            let id = wait_for_id(&begun);
            let handle = handle.get_timeout(Duration::from_millis(1)).unwrap_err();
            assert!(handle.cancel());
            let error = handle.get().unwrap_err();
            assert!(matches!(error.failure(), Failure::Cancelled), "{error}");
            assert!(!system::is_running(id));
            assert_eq!(pool.apply_async(ECHO, 5).unwrap().get().unwrap(), 5);
        }
    });
}

fn cancel_finished() {
    with_pool(builder(1), |pool| {
        let workers = pool.worker_ids();
        let handle = pool.apply_async(ECHO, 5).unwrap();
        eventually("the job has finished", || handle.is_ready());
        assert!(!handle.cancel());
        assert_eq!(handle.get().unwrap(), 5);
        // Cancelled at any moment, it is either done or cancelled, and never
        // at another job's expense.
        for round in 0..300 {
            let first = pool.apply_async(ECHO, round).unwrap();
            let second = pool.apply_async(ECHO, round + 1).unwrap();
            for _ in 0..round * 20 {
                std::hint::spin_loop();
            }
            let told = first.cancel();
            match first.get() {
                Ok(x) => assert!(x == round && !told),
                Err(error) => assert!(told && matches!(error.failure(), Failure::Cancelled)),
            }
            assert_eq!(second.get().unwrap(), round + 1);
            thread::yield_now();
        }
        assert_eq!(pool.worker_ids().len(), workers.len());
    });
}
