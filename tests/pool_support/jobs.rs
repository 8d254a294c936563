//! The jobs that the fault tests run.

use std::borrow::Cow;
use std::env;
use std::fs;
use std::io::{Read, Write};
use std::panic::panic_any;
use std::path::Path;
use std::process::{self, Command, Stdio};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use speedup::process_pool::{Job, JobTable, ProcessPool, Wire, WireError};

use super::system;

pub const ECHO: Job<u64, u64> = Job::new("echo", |x| x);
pub const WORKER_ID: Job<(), u32> = Job::new("worker id", |()| process::id());
pub const SLEEP_MS: Job<u64, u64> = Job::new("sleep", |ms| {
    thread::sleep(Duration::from_millis(ms));
    ms
});
/// Sleeps so many milliseconds; who it was, and when it was done, in
/// microseconds of the system's time.
pub const LABOUR: Job<u64, (u32, u64)> = Job::new("labour", |ms| {
    thread::sleep(Duration::from_millis(ms));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    (process::id(), now.as_micros() as u64)
});
/// Leaves its process id in the first file, and ends when the second exists.
pub const HOLD: Job<(String, String), ()> = Job::new("hold", hold);
/// As `HOLD` where the first file is named, else nothing.
pub const MAYBE_HOLD: Job<(String, u64), u64> = Job::new("maybe hold", |(begun, x)| {
    if !begun.is_empty() {
        hold((begun, "/nowhere/at/all".to_owned()));
    }
    x
});
/// Exits with the code, unless that is negative.
pub const EXIT: Job<i32, i32> = Job::new("exit", |code| {
    if code >= 0 {
        process::exit(code);
    }
    code
});
pub const ABORT: Job<(), ()> = Job::new("abort", |()| process::abort());
pub const FAULT: Job<(), ()> = Job::new("fault", |()| system::fault());
pub const OVERFLOW: Job<u64, u64> = Job::new("overflow", deeper);
/// Kills processes, in this order.
pub const KILL: Job<Vec<u32>, ()> = Job::new("kill", |ids| {
    for id in ids {
        system::signal(i64::from(id), system::SIGKILL);
    }
});
/// Kills itself where the argument is true.
pub const KILL_SELF_IF: Job<(bool, u64), u64> = Job::new("kill self", |(die, x)| {
    if die {
        system::signal(i64::from(process::id()), system::SIGKILL);
        thread::sleep(Duration::from_secs(60));
    }
    x
});
/// Notes its number in a file, and then kills itself where that is asked for.
pub const NOTE: Job<(String, bool, u64), u64> = Job::new("note", |(path, die, x)| {
    let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(&x.to_le_bytes()).unwrap();
    if die {
        system::signal(i64::from(process::id()), system::SIGKILL);
        thread::sleep(Duration::from_secs(60));
    }
    x
});
/// Answers, and aborts once the file exists.
pub const ABORT_AFTERWARDS: Job<(String, u64), u64> = Job::new("abort afterwards", |(path, x)| {
    thread::spawn(move || {
        while !Path::new(&path).exists() {
            thread::sleep(Duration::from_millis(1));
        }
        process::abort();
    });
    x
});
pub const FILL: Job<u64, Vec<u8>> = Job::new("fill", |n| (0..n).map(|i| (i % 251) as u8).collect());
pub const SIZE: Job<Vec<u8>, u64> = Job::new("size", |bytes| bytes.len() as u64);
pub const REVERSE: Job<Vec<u8>, Vec<u8>> = Job::new("reverse", |mut bytes| {
    bytes.reverse();
    bytes
});
pub const DOOMED: Job<u64, Doomed> = Job::new("doomed", |n| Doomed(vec![1; n as usize]));
pub const WATCHED: Job<Watched, u64> = Job::new("watched", |watched| watched.0.len() as u64);
pub const PANIC: Job<u8, u8> = Job::new("panic", panic_as);
pub const OWN_ERROR: Job<u8, Result<u8, String>> = Job::new("own error", |x| {
    if x % 2 == 0 {
        Ok(x)
    } else {
        Err(format!("{x} is odd"))
    }
});
pub const PICKY_ARGUMENT: Job<PickyThere, u8> = Job::new("picky argument", |picky| picky.0);
pub const PICKY_RESULT: Job<u8, PickyHere> = Job::new("picky result", PickyHere);
pub const STUBBORN: Job<u64, ()> = Job::new("stubborn", |ms| {
    system::ignore(system::SIGTERM);
    thread::sleep(Duration::from_millis(ms));
});
pub const SPEAK: Job<String, String> = Job::new("speak", speak);
/// Starts a process that outlives it, and exits.
pub const LEAVE_A_CHILD: Job<String, ()> = Job::new("leave a child", |path| {
    let child = Command::new("sleep").arg("1000").spawn().unwrap();
    write_id(&path, child.id());
    process::exit(3);
});
pub const START_A_POOL: Job<(), String> =
    Job::new("start a pool", |()| {
        match ProcessPool::builder().workers(1).start(&table()) {
            Ok(_) => "started".to_owned(),
            Err(error) => error.to_string(),
        }
    });
pub const SCRIBBLE: Job<Vec<u8>, u8> = Job::new("scribble", |bytes| {
    system::scribble_on_socket(&bytes);
    7
});
pub const INITIALIZE: Job<String, Result<(), String>> = Job::new("initialize", initialize);
pub const BLANK: Job<(), ()> = Job::new("blank", |()| ());
pub const SOAK: Job<(u8, u64), Vec<u8>> = Job::new("soak", soak);

pub fn table() -> JobTable {
    let table = JobTable::new()
        .with(ECHO)
        .with(WORKER_ID)
        .with(SLEEP_MS)
        .with(LABOUR)
        .with(HOLD)
        .with(MAYBE_HOLD)
        .with(EXIT)
        .with(ABORT)
        .with(FAULT)
        .with(OVERFLOW)
        .with(KILL)
        .with(KILL_SELF_IF)
        .with(NOTE)
        .with(ABORT_AFTERWARDS)
        .with(FILL)
        .with(SIZE)
        .with(REVERSE)
        .with(DOOMED)
        .with(WATCHED)
        .with(PANIC)
        .with(OWN_ERROR)
        .with(PICKY_ARGUMENT)
        .with(PICKY_RESULT)
        .with(STUBBORN)
        .with(SPEAK)
        .with(LEAVE_A_CHILD)
        .with(START_A_POOL)
        .with(SCRIBBLE)
        .with(INITIALIZE)
        .with(SOAK);
    // A worker that was built from other source.
    if env::var_os("POOL_TEST_OTHER_TABLE").is_some() {
        table.with(BLANK)
    } else {
        table
    }
}

fn write_id(path: &str, id: u32) {
    fs::write(path, format!("{id}\n")).unwrap();
}

fn hold((begun, release): (String, String)) {
    write_id(&begun, process::id());
    while !Path::new(&release).exists() {
        thread::sleep(Duration::from_millis(1));
    }
}

#[allow(unconditional_recursion, clippy::only_used_in_recursion)]
fn deeper(x: u64) -> u64 {
    let ballast = std::hint::black_box([x; 1000]);
    deeper(x + 1) + ballast[999]
}

fn panic_as(kind: u8) -> u8 {
    struct Explosive;
    impl Drop for Explosive {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    match kind {
        0 => panic!("plain text"),
        1 => panic!("text with {}", "a value"),
        2 => panic_any(42_u32),
        3 => panic_any(Explosive),
        _ => kind,
    }
}

fn speak(text: String) -> String {
    println!("out: {text}");
    std::io::stdout().flush().unwrap();
    // At one go: another worker writes to the same pipe.
    let line = format!("err: {text}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input).unwrap();
    // A program that the job starts has the same.
    let echo = Command::new("cat").stdout(Stdio::piped()).output().unwrap();
    format!(
        "read {:?} and {:?}",
        input,
        String::from_utf8_lossy(&echo.stdout)
    )
}

extern "C" fn abort_at_exit() {
    process::abort();
}

extern "C" fn hang_at_exit() {
    loop {
        thread::sleep(Duration::from_secs(3600));
    }
}

fn initialize(what: String) -> Result<(), String> {
    match what.as_str() {
        "exit" => process::exit(3),
        "panic" => panic!("cannot begin"),
        "fail" => Err("no licence".to_owned()),
        "hang" => loop {
            thread::sleep(Duration::from_secs(3600));
        },
        "abort at exit" => {
            system::at_exit(abort_at_exit);
            Ok(())
        }
        "hang at exit" => {
            system::at_exit(hang_at_exit);
            Ok(())
        }
        "interruptible" => {
            system::let_interrupt(system::SIGUSR1);
            Ok(())
        }
        // A file that must exist.
        path if path.starts_with('/') && !Path::new(path).exists() => {
            Err(format!("{path} is gone"))
        }
        _ => Ok(()),
    }
}

/// A large result whose worker is killed while it is being sent.
pub struct Doomed(pub Vec<u8>);

impl Wire for Doomed {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }

    fn decode(input: &mut &[u8]) -> Result<Self, WireError> {
        Ok(Self(Vec::decode(input)?))
    }

    fn as_whole(&self) -> Option<&[u8]> {
        let id = i64::from(process::id());
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(3));
            system::signal(id, system::SIGKILL);
        });
        Some(&self.0)
    }

    fn from_whole(bytes: Cow<'_, [u8]>) -> Result<Self, WireError> {
        Ok(Self(bytes.into_owned()))
    }
}

/// A large argument that tells when it is about to be sent.
pub struct Watched(pub Vec<u8>);

pub static WATCHED_SENT: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

impl Wire for Watched {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }

    fn decode(input: &mut &[u8]) -> Result<Self, WireError> {
        Ok(Self(Vec::decode(input)?))
    }

    fn as_whole(&self) -> Option<&[u8]> {
        WATCHED_SENT.store(true, std::sync::atomic::Ordering::SeqCst);
        Some(&self.0)
    }

    fn from_whole(bytes: Cow<'_, [u8]>) -> Result<Self, WireError> {
        Ok(Self(bytes.into_owned()))
    }
}

macro_rules! picky {
    ($name:ident, $text:literal) => {
        #[derive(Debug, PartialEq)]
        pub struct $name(pub u8);

        impl Wire for $name {
            const MIN_BYTES: usize = 1;

            fn encode(&self, out: &mut Vec<u8>) {
                self.0.encode(out);
            }

            fn decode(input: &mut &[u8]) -> Result<Self, WireError> {
                match u8::decode(input)? {
                    13 => Err(WireError::new($text)),
                    other => Ok(Self(other)),
                }
            }
        }
    };
}

picky!(PickyThere, "thirteen is no argument");
picky!(PickyHere, "thirteen is no result");

/// A job of the soak: what it does, and a number that sets its result.
fn soak((kind, x): (u8, u64)) -> Vec<u8> {
    match kind {
        0 => system::signal(i64::from(process::id()), system::SIGKILL),
        1 => process::exit(5),
        2 => panic!("soaked {x}"),
        3 => thread::sleep(Duration::from_secs(3600)),
        4 => return soak_bytes(x, 300_000),
        5 => thread::sleep(Duration::from_millis(x % 5)),
        _ => {}
    }
    soak_bytes(x, 30)
}

pub fn soak_bytes(x: u64, most: u64) -> Vec<u8> {
    let length = x % most;
    (0..length).map(|i| ((i * 31) ^ x) as u8).collect()
}
