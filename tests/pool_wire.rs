//! What comes over the wire, and what must not: rows 19 to 24 of the faults
//! that a pool must survive.

mod pool_support;

use std::env;
use std::fs;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{self, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

// Each test uses a few of them.
#[allow(clippy::wildcard_imports)]
use pool_support::jobs::{self, *};
use pool_support::{
    Named, builder, eventually, fixture, leaving_nothing, main as run, scratch, system,
    wait_for_id, with_pool,
};
use speedup::process_pool::{Error, Failure, StartError};

fn main() -> ExitCode {
    run(TESTS, FIXTURES)
}

const FIXTURES: &[Named] = &[("speaks", speaks)];

const TESTS: &[Named] = &[
    (
        "row_19_a_worker_that_answers_the_greeting_with_nonsense",
        nonsense_at_start,
    ),
    (
        "row_19_a_worker_that_breaks_the_protocol_in_a_job",
        nonsense_in_a_job,
    ),
    ("row_19_wrong_protocol_version", wrong_version),
    ("row_19_wrong_task_table", wrong_table),
    ("row_20_argument_and_result_of_100_mb_and_of_0_bytes", sizes),
    ("row_21_both_directions_full_at_once", both_directions),
    (
        "row_22_job_writes_to_stdout_and_stderr_and_reads_stdin",
        own_streams,
    ),
    (
        "row_23_a_jobs_child_that_outlives_it_hides_no_end",
        child_that_outlives,
    ),
    ("row_24_signals_during_reads_and_writes", interrupted),
    ("row_24_sigpipe_at_its_default", sigpipe),
];

/// A program that writes `bytes` to the pool and then runs `then`.
fn imposter(directory: &tempfile::TempDir, bytes: &[u8], then: &str) -> PathBuf {
    let said = directory.path().join("said");
    fs::write(&said, bytes).unwrap();
    script(directory, &format!("cat '{}' >&0; {then}", said.display()))
}

fn script(directory: &tempfile::TempDir, body: &str) -> PathBuf {
    let path = directory.path().join("script");
    let fresh = directory.path().join("fresh");
    fs::write(&fresh, format!("#!/bin/sh\n{body}\n")).unwrap();
    fs::set_permissions(&fresh, fs::Permissions::from_mode(0o755)).unwrap();
    fs::rename(fresh, &path).unwrap();
    path
}

/// A frame as the worker's side sends it.
fn frame(kind: u8, length: u64, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x50, 0x9D, kind, 0, 1, 0, 0, 0];
    bytes.extend([0; 16]);
    bytes.extend(length.to_le_bytes());
    bytes.extend(body);
    bytes
}

fn nonsense_at_start() {
    leaving_nothing(|| {
        let directory = scratch();
        let half = frame(2, 100, b"half");
        let huge = frame(2, 1 << 63, b"");
        let large = frame(2, 1 << 40, b"");
        let unknown = frame(77, 0, b"");
        let mistimed = frame(4, 1, &[0]);
        let text = b"usage: program [options], and much more of that kind".to_vec();
        let empty_ready = frame(2, 0, b"");
        for (said, then) in [
            (half, "exit 0"),
            (huge, "exec sleep 1000"),
            (large, "exit 0"),
            (unknown, "exec sleep 1000"),
            (mistimed, "exec sleep 1000"),
            (text, "exec sleep 1000"),
            (empty_ready, "exec sleep 1000"),
        ] {
            let program = imposter(&directory, &said, then);
            let error = builder(2)
                .program(program)
                .start(&jobs::table())
                .unwrap_err();
            assert!(matches!(error, Error::Start { .. }), "{error}");
        }
    });
}

fn nonsense_in_a_job() {
    with_pool(builder(2), |pool| {
        let huge = frame(4, 1 << 63, b"");
        let too_many = frame(4, 0, b"").into_iter().enumerate();
        let too_many = too_many.map(|(place, byte)| if place == 4 { 99 } else { byte });
        let bad_item = frame(4, 8, &[0, 200, 0, 0, 0, 0, 0, 0]);
        let bad_status = frame(4, 8, &[9, 0, 0, 0, 0, 0, 0, 0]);
        let bad_report = frame(4, 9, &[1, 1, 0, 0, 0, 0, 0, 0, 7]);
        for said in [
            huge,
            too_many.collect(),
            bad_item,
            bad_status,
            bad_report,
            b"a line of text that some library prints".to_vec(),
        ] {
            let error = pool
                .try_map(SCRIBBLE, [said])
                .unwrap()
                .remove(0)
                .unwrap_err();
            assert!(matches!(error.failure(), Failure::Garbled(_)), "{error}");
            assert_eq!(pool.map(ECHO, 0..20).unwrap().len(), 20);
        }
    });
}

fn wrong_version() {
    leaving_nothing(|| {
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        let mut worker = Command::new(env::current_exe().unwrap())
            .arg("--process-pool-worker")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .spawn()
            .unwrap();
        ours.set_read_timeout(Some(pool_support::PATIENCE)).unwrap();
        // The greeting of a pool of version 99: version, hash, no initializer.
        let mut greeting = 99_u32.to_le_bytes().to_vec();
        greeting.extend([0; 9]);
        ours.write_all(&frame(1, greeting.len() as u64, &greeting))
            .unwrap();
        let mut answer = vec![0; 4096];
        let count = ours.read(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer[..count]).into_owned();
        assert!(answer.contains("protocol version 99"), "{answer}");
        drop(ours);
        assert!(worker.wait().unwrap().success());
    });
}

fn wrong_table() {
    leaving_nothing(|| {
        let directory = scratch();
        let this = env::current_exe().unwrap();
        let body = format!("POOL_TEST_OTHER_TABLE=1 exec '{}' \"$@\"", this.display());
        let program = script(&directory, &body);
        let error = builder(2)
            .program(&program)
            .start(&jobs::table())
            .unwrap_err();
        let Error::Start { cause, .. } = &error else {
            panic!("{error}");
        };
        assert!(matches!(cause, StartError::Mismatch(_)), "{error}");
        assert!(error.to_string().contains("job table"), "{error}");
        // The same, when the table is the pool's.
        let program = script(&directory, &format!("exec '{}' \"$@\"", this.display()));
        with_pool(builder(2).program(program), |_| {});
    });
}

fn sizes() {
    with_pool(builder(2), |pool| {
        let large: Vec<u8> = (0..100_000_000_u32).map(|i| (i % 253) as u8).collect();
        let mut reversed = pool.map(REVERSE, [large.clone(), Vec::new()]).unwrap();
        assert_eq!(reversed[1], [0; 0]);
        reversed[0].reverse();
        assert!(reversed[0] == large);
        assert_eq!(pool.map(SIZE, vec![Vec::new(); 1000]).unwrap(), [0; 1000]);
    });
}

fn both_directions() {
    with_pool(builder(4), |pool| {
        let inputs = |seed: u8| (0..24).map(move |i| vec![seed ^ i; 4_000_000 + usize::from(i)]);
        for chunk in [1, 3] {
            let results = pool
                .with_chunk_size(chunk)
                .unwrap()
                .map(REVERSE, inputs(5))
                .unwrap();
            assert!(results.into_iter().eq(inputs(5)));
        }
        // Small enough to be sent ahead, large enough to fill the sockets.
        let inputs = |seed: u8| (0..2000).map(move |i| vec![seed; 20_000 + i]);
        assert!(
            pool.map(REVERSE, inputs(1))
                .unwrap()
                .into_iter()
                .eq(inputs(1))
        );
        let results = pool.imap(REVERSE, inputs(2)).unwrap();
        assert!(results.map(Result::unwrap).eq(inputs(2)));
    });
}

fn speaks() {
    let pool = builder(2).start(&jobs::table()).unwrap();
    let results = pool.map(SPEAK, vec!["hello".to_owned(); 3]).unwrap();
    assert_eq!(results, vec![r#"read "" and """#; 3]);
}

fn own_streams() {
    leaving_nothing(|| {
        let output = fixture("speaks").stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "out: hello\n".repeat(3)
        );
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "err: hello\n".repeat(3)
        );
    });
}

fn child_that_outlives() {
    with_pool(builder(2), |pool| {
        let directory = scratch();
        let path = directory.path().join("child");
        let outcomes = pool
            .try_map(LEAVE_A_CHILD, [path.display().to_string()])
            .unwrap();
        let error = outcomes[0].as_ref().unwrap_err();
        assert!(
            matches!(error.failure(), Failure::Died { status } if status.code() == Some(3)),
            "{error}"
        );
        let child = wait_for_id(&path);
        assert!(system::is_running(child), "it has outlived its worker");
        system::signal(i64::from(child), system::SIGKILL);
    });
}

fn interrupted() {
    system::let_interrupt(system::SIGUSR1);
    let builder = builder(2).initializer(INITIALIZE, &"interruptible".to_owned());
    with_pool(builder, |pool| {
        let done = AtomicBool::new(false);
        let workers = pool.worker_ids();
        thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    for id in workers.iter().copied().chain([process::id()]) {
                        system::signal(i64::from(id), system::SIGUSR1);
                    }
                    thread::sleep(Duration::from_micros(100));
                }
            });
            let inputs = || (0..20).map(|i| vec![7; 3_000_000 + i]);
            assert!(
                pool.map(REVERSE, inputs())
                    .unwrap()
                    .into_iter()
                    .eq(inputs())
            );
            assert_eq!(pool.map(ECHO, 0..20_000).unwrap().len(), 20_000);
            let handles: Vec<_> = (0..50)
                .map(|x| pool.apply_async(ECHO, x).unwrap())
                .collect();
            for (x, handle) in handles.into_iter().enumerate() {
                assert_eq!(handle.get().unwrap(), x as u64);
            }
            done.store(true, Ordering::Relaxed);
        });
        assert_eq!(pool.worker_ids(), workers, "no signal has cost a worker");
    });
}

fn sigpipe() {
    system::default(system::SIGPIPE);
    with_pool(builder(2), |pool| {
        for _ in 0..10 {
            for id in pool.worker_ids() {
                system::kill_and_wait(id);
            }
            // Small, and large enough for another way of sending.
            assert_eq!(pool.map(ECHO, [1, 2, 3]).unwrap(), [1, 2, 3]);
            for id in pool.worker_ids() {
                system::kill_and_wait(id);
            }
            assert_eq!(pool.map(SIZE, [vec![0; 1_000_000]]).unwrap(), [1_000_000]);
        }
        eventually("both workers serve again", || {
            pool.map(SLEEP_MS, [5; 4]).unwrap();
            pool.worker_ids().len() == 2
        });
    });
}
