//! Workers that do not start, at first or in place of one that died: rows 10 to
//! 12 of the faults that a pool must survive.

mod pool_support;

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

// Each test uses a few of them.
#[allow(clippy::wildcard_imports)]
use pool_support::jobs::{self, *};
use pool_support::{
    Named, builder, code_of, copy_of_this_program, eventually, leaving_nothing, main as run,
    scratch, system, unprivileged_fixture, with_pool,
};
use speedup::process_pool::{Error, Failure, ProcessPool, StartError};

fn main() -> ExitCode {
    run(TESTS, FIXTURES)
}

/// What the operating system says where no more processes are to be had.
const EAGAIN: i32 = 11;

const FIXTURES: &[Named] = &[("without processes", without_processes)];

const TESTS: &[Named] = &[
    ("row_10_crash_during_start_up", crash_during_start),
    (
        "row_10_initializer_that_fails_or_panics_or_hangs",
        initializer_fails,
    ),
    ("row_11_crash_loop_ends_with_the_restart_budget", crash_loop),
    ("row_12_replacement_whose_program_is_gone", replacement_gone),
    (
        "row_12_replacement_without_free_descriptors",
        replacement_without_descriptors,
    ),
    (
        "row_12_replacement_without_processes_to_be_had",
        replacement_without_processes,
    ),
    (
        "row_12_replacement_whose_initializer_fails",
        replacement_not_initialized,
    ),
];

fn start_error(initializer: &str, timeout: Duration) -> StartError {
    let builder = builder(3)
        .initializer(INITIALIZE, &initializer.to_owned())
        .start_timeout(timeout);
    match builder.start(&jobs::table()) {
        Err(Error::Start { cause, worker }) => {
            assert!(worker < 3);
            cause
        }
        other => panic!("{other:?}"),
    }
}

fn crash_during_start() {
    leaving_nothing(|| {
        let error = start_error("exit", Duration::from_secs(30));
        assert!(
            matches!(&error, StartError::Died(status) if status.code() == Some(3)),
            "{error}"
        );
        // Another program altogether, which ends at once, or says our words back.
        for program in ["/bin/true", "/bin/cat"] {
            let error = builder(2)
                .program(program)
                .start_timeout(Duration::from_secs(30))
                .start(&jobs::table())
                .unwrap_err();
            assert!(matches!(error, Error::Start { worker: 0, .. }), "{error}");
        }
        let error = builder(2)
            .program("/nowhere/at/all")
            .start(&jobs::table())
            .unwrap_err();
        assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
    });
}

fn initializer_fails() {
    leaving_nothing(|| {
        let error = start_error("fail", Duration::from_secs(30));
        assert!(
            matches!(&error, StartError::Initializer(what) if what == "no licence"),
            "{error}"
        );
        let error = start_error("panic", Duration::from_secs(30)).to_string();
        assert!(
            error.contains("cannot begin") && error.contains("jobs.rs:"),
            "{error}"
        );
        let error = start_error("hang", Duration::from_millis(200));
        assert!(matches!(error, StartError::Late(_)), "{error}");
    });
    with_pool(
        builder(2).initializer(INITIALIZE, &"well".to_owned()),
        |_| {},
    );
}

fn crash_loop() {
    leaving_nothing(|| {
        let pool = ProcessPool::builder()
            .workers(2)
            .restart_budget(5)
            .start(&jobs::table())
            .unwrap();
        let outcomes = pool
            .with_chunk_size(1)
            .unwrap()
            .try_map(EXIT, [9; 30])
            .unwrap();
        assert_eq!(outcomes.len(), 30);
        let died = outcomes
            .iter()
            .filter(|outcome| code_of(outcome.as_ref().unwrap_err()) == Some(9));
        // One more than the budget, and what ran beside it.
        assert!((6..=7).contains(&died.count()));
        for (index, outcome) in outcomes.iter().enumerate() {
            assert_eq!(outcome.as_ref().unwrap_err().index(), index);
        }
        let last = outcomes[29].as_ref().unwrap_err();
        assert!(
            matches!(last.failure(), Failure::RestartBudget { .. }),
            "{last}"
        );
        assert!(last.to_string().contains("exit status: 9"), "{last}");
        let error = pool.map(ECHO, [1]).unwrap_err();
        assert!(
            matches!(error, Error::RestartBudget { deaths: 6, .. }),
            "{error}"
        );
        let error = match pool.apply_async(ECHO, 1) {
            Err(error) => error.to_string(),
            Ok(handle) => handle.get().unwrap_err().to_string(),
        };
        assert!(error.contains("restart budget"), "{error}");
    });
}

fn replacement_gone() {
    leaving_nothing(|| {
        let directory = scratch();
        let program = copy_of_this_program(&directory);
        let pool = ProcessPool::builder()
            .workers(2)
            .restart_budget(8)
            .program(&program)
            .start(&jobs::table())
            .unwrap();
        fs::remove_file(&program).unwrap();
        let ids = pool.worker_ids();
        system::kill_and_wait(ids[0]);
        assert_eq!(
            pool.map(ECHO, 0..100).unwrap().len(),
            100,
            "the other does it all"
        );
        system::kill_and_wait(ids[1]);
        let error = pool.map(ECHO, 0..100).unwrap_err();
        assert!(matches!(error, Error::RestartBudget { .. }), "{error}");
        assert!(error.to_string().contains("program failed"), "{error}");
    });
}

fn replacement_without_descriptors() {
    with_pool(builder(1), |pool| {
        let id = pool.worker_ids()[0];
        let mut dead = File::open(format!("/proc/{id}/stat")).unwrap();
        system::kill_and_wait(id);
        let mut hoard = Vec::new();
        while let Ok(file) = File::open("/dev/null") {
            hoard.push(file);
        }
        thread::scope(|scope| {
            let call = scope.spawn(|| pool.map(ECHO, 0..10).unwrap());
            // It is reaped when it is found dead, and its replacement fails.
            eventually("the dead worker is reaped", || {
                dead.rewind().unwrap();
                dead.read_to_string(&mut String::new()).is_err()
            });
            // One is not enough for a pair of sockets.
            hoard.pop();
            assert!(!call.is_finished());
            drop(hoard);
            assert_eq!(call.join().unwrap().len(), 10);
        });
    });
}

fn replacement_without_processes() {
    let directory = scratch();
    let status = unprivileged_fixture("without processes", &directory)
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
}

fn without_processes() {
    assert!(!system::is_superuser());
    leaving_nothing(|| {
        let pool = builder(1).restart_budget(2).start(&jobs::table()).unwrap();
        system::kill_and_wait(pool.worker_ids()[0]);
        let before = system::allow_no_more_processes();
        let error = pool.map(ECHO, [1]).unwrap_err();
        system::limit_processes(before);
        let again = io::Error::from_raw_os_error(EAGAIN).to_string();
        assert!(matches!(error, Error::RestartBudget { .. }), "{error}");
        assert!(error.to_string().contains(&again), "{error}");
    });
    with_pool(builder(1), |pool| {
        let id = pool.worker_ids()[0];
        let mut dead = File::open(format!("/proc/{id}/stat")).unwrap();
        system::kill_and_wait(id);
        let (go, wait) = mpsc::channel();
        thread::scope(|scope| {
            let call = scope.spawn(move || {
                wait.recv().unwrap();
                pool.map(ECHO, 0..10).unwrap()
            });
            let before = system::allow_no_more_processes();
            go.send(()).unwrap();
            // It is reaped when it is found dead, and its replacement fails.
            eventually("the dead worker is reaped", || {
                dead.rewind().unwrap();
                dead.read_to_string(&mut String::new()).is_err()
            });
            assert!(!call.is_finished());
            system::limit_processes(before);
            assert_eq!(call.join().unwrap().len(), 10);
        });
    });
}

fn replacement_not_initialized() {
    leaving_nothing(|| {
        let directory = scratch();
        let licence = directory.path().join("licence");
        File::create(&licence).unwrap();
        let pool = ProcessPool::builder()
            .workers(1)
            .restart_budget(3)
            .initializer(INITIALIZE, &licence.display().to_string())
            .start(&jobs::table())
            .unwrap();
        fs::remove_file(&licence).unwrap();
        system::kill_and_wait(pool.worker_ids()[0]);
        let error = pool.map(ECHO, [1]).unwrap_err().to_string();
        assert!(error.contains("licence is gone"), "{error}");
    });
}
