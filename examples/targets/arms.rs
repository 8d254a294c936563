//! What is compared with what.

use crate::relaunch::{Arm, Comparison, Measure};
use num_bigint::BigUint;
use speedup::catalog::Scale;
use speedup::strategy::{Shipped, Strategy, rayon};
use speedup::workload::employee::Employee;
use speedup::workload::factorial::{
    Factorial, prime_swing, running_product, running_product_in_blocks,
};
use speedup::workload::memoized::{Backend, Cache, FxArcStr, SECONDS, ThreadLocalString};
use speedup::workload::sleep::{SEQUENTIAL_SECONDS, Sleep, THREADED_SECONDS};
use std::error::Error;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::num::NonZeroUsize;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// The ends of the notebook's ranges.
const SINGLE_CORE_END: u32 = 9000;
const MULTI_PROCESS_END: u32 = 25_000;

/// A list of single factorials takes turns in so many parts: every sixteenth
/// factorial, from another first one each time.
const PARTS: u32 = 16;

/// Look-ups in one unit.
const LOOK_UPS: u32 = 100_000;

const fn ratio(
    name: &'static str,
    what: &'static str,
    pairs: usize,
    arms: fn() -> Result<[Arm; 2], Box<dyn Error>>,
) -> Comparison {
    Comparison {
        name,
        what,
        measure: Measure::Ratio,
        pairs,
        arms,
    }
}

pub(crate) const COMPARISONS: [Comparison; 16] = [
    ratio(
        "each_cpython",
        "prime swing, every x below 9000, times as fast as CPython",
        PARTS as usize,
        || Ok([each(), python(&["python_list"])?]),
    ),
    ratio(
        "each_gmp",
        "GMP, every x below 9000, times as fast as prime swing",
        PARTS as usize,
        || Ok([python(&["gmp_list"])?, each()]),
    ),
    ratio(
        "running_cpython",
        "running product below 9000, times as fast as CPython",
        PARTS as usize,
        || Ok([running(SINGLE_CORE_END), python_whole_list()?]),
    ),
    ratio(
        "blocks_9000",
        "running product below 9000 in blocks, times as fast as alone",
        25,
        || Ok([blocks(SINGLE_CORE_END)?, running(SINGLE_CORE_END)]),
    ),
    ratio(
        "blocks_25000",
        "running product below 25000 in blocks, times as fast as alone",
        7,
        || Ok([blocks(MULTI_PROCESS_END)?, running(MULTI_PROCESS_END)]),
    ),
    ratio(
        "memory_25000",
        "running product below 25000, times as fast as copying its result",
        7,
        || Ok([running(MULTI_PROCESS_END), copying(MULTI_PROCESS_END)]),
    ),
    ratio(
        "rayon_3000",
        "rayon@2 below 3000, times as fast as sequential",
        25,
        || spread::<Factorial>(Strategy::Rayon, 2, &list(3000)),
    ),
    ratio(
        "rayon_9000",
        "rayon@2 below 9000, times as fast as sequential",
        3,
        || spread::<Factorial>(Strategy::Rayon, 2, &list(SINGLE_CORE_END)),
    ),
    ratio(
        "process_pool_3000",
        "process_pool@2 below 3000, times as fast as sequential",
        25,
        || spread::<Factorial>(Strategy::ProcessPool, 2, &list(3000)),
    ),
    ratio(
        "global_lock_3000",
        "global_lock@2 below 3000, times as fast as sequential",
        25,
        || spread::<Factorial>(Strategy::GlobalLock, 2, &list(3000)),
    ),
    ratio(
        "sleep_overlap",
        "10-8-5 on three threads, times as fast as sequential",
        25,
        || spread::<Sleep>(Strategy::Threads, 3, &sleeps(SEQUENTIAL_SECONDS)),
    ),
    Comparison {
        name: "sleep_threads",
        what: "10-8-3 on three threads, longer than one sleep of 10 by",
        measure: Measure::Difference,
        pairs: 25,
        arms: || {
            let three = sleeps(THREADED_SECONDS);
            Ok([
                strategy::<Sleep>(Strategy::Threads, 3, &three)?,
                strategy::<Sleep>(Strategy::Sequential, 1, &three[..1])?,
            ])
        },
    },
    Comparison {
        name: "look_up",
        what: "warm look-up, Arc<str> and FxHashMap",
        measure: Measure::Each(LOOK_UPS),
        pairs: 25,
        arms: || Ok([look_ups::<FxArcStr>(), look_ups::<ThreadLocalString>()]),
    },
    ratio(
        "warm_cold",
        "the three calls warm, times as fast as cold",
        9,
        || Ok([warm_calls(), cold_calls()]),
    ),
    ratio(
        "debug_display",
        "Display of an employee, times as fast as Debug",
        25,
        || {
            let employee = Employee::notebook();
            let same = employee.clone();
            Ok([
                repeated(move || black_box(&employee).to_string()),
                repeated(move || format!("{:?}", black_box(&same))),
            ])
        },
    ),
    ratio(
        "look_up_cpython",
        "warm look-up, Arc<str> and FxHashMap, times as fast as lru_cache",
        25,
        || {
            let count = LOOK_UPS.to_string();
            Ok([look_ups::<FxArcStr>(), python(&["look_ups", &count])?])
        },
    ),
];

/// The time of `run`, in nanoseconds; what it returns is freed afterwards.
fn timed<R>(run: impl FnOnce() -> R) -> f64 {
    let start = Instant::now();
    let result = run();
    let taken = start.elapsed();
    drop(black_box(result));
    taken.as_nanos() as f64
}

fn list(end: u32) -> Vec<u32> {
    (0..end).collect()
}

/// Single factorials below 9000: the part that the index names.
fn each() -> Arm {
    Box::new(|pair| {
        let numbers = part(pair);
        Ok(timed(|| numbers.map(prime_swing).collect::<Vec<BigUint>>()))
    })
}

fn part(pair: usize) -> impl Iterator<Item = u32> {
    let first = (0..PARTS).cycle().nth(pair).unwrap_or_default();
    (first..SINGLE_CORE_END).step_by(PARTS as usize)
}

fn running(end: u32) -> Arm {
    Box::new(move |_pair| Ok(timed(|| running_product(0..black_box(end)))))
}

fn blocks(end: u32) -> Result<Arm, Box<dyn Error>> {
    let pool = rayon::start(workers(2)?)?;
    Ok(Box::new(move |_pair| {
        Ok(timed(|| {
            running_product_in_blocks(0..black_box(end), &pool)
        }))
    }))
}

/// Copies a finished list: what memory alone costs.
fn copying(end: u32) -> Arm {
    let finished = running_product(0..end);
    Box::new(move |_pair| Ok(timed(|| black_box(&finished).clone())))
}

/// A strategy and the sequential one, on the same inputs.
fn spread<W: Shipped>(
    strategy_a: Strategy,
    workers: usize,
    inputs: &[W::Input],
) -> Result<[Arm; 2], Box<dyn Error>>
where
    W::Input: 'static,
{
    Ok([
        strategy::<W>(strategy_a, workers, inputs)?,
        strategy::<W>(Strategy::Sequential, 1, inputs)?,
    ])
}

fn strategy<W: Shipped>(
    strategy: Strategy,
    count: usize,
    inputs: &[W::Input],
) -> Result<Arm, Box<dyn Error>>
where
    W::Input: 'static,
{
    let mut crew = strategy.start(workers(count)?)?;
    let inputs = inputs.to_vec();
    Ok(Box::new(move |_pair| {
        let mut failed = Ok(());
        let ns = timed(|| match crew.map::<W>(black_box(&inputs)) {
            Ok(answers) => answers,
            Err(error) => {
                failed = Err(error);
                Vec::new()
            }
        });
        failed?;
        Ok(ns)
    }))
}

fn workers(count: usize) -> Result<NonZeroUsize, Box<dyn Error>> {
    NonZeroUsize::new(count).ok_or_else(|| "0 workers".into())
}

fn sleeps(seconds: [u32; 3]) -> [Duration; 3] {
    seconds.map(|seconds| Scale::default().seconds(seconds))
}

/// A call that is too short to be timed alone.
fn repeated<R>(mut call: impl FnMut() -> R + 'static) -> Arm {
    Box::new(move |_pair| {
        let all = timed(|| {
            for _ in 0..LOOK_UPS {
                black_box(call());
            }
        });
        Ok(all / f64::from(LOOK_UPS))
    })
}

fn three_calls(backend: &Backend) -> [String; 3] {
    black_box(SECONDS).map(|seconds| ThreadLocalString::call(seconds, backend))
}

/// The notebook's three calls, remembered since the first, untimed pair.
fn warm_calls() -> Arm {
    let backend = Backend::new(Scale::default().seconds(1));
    repeated(move || three_calls(&backend))
}

fn cold_calls() -> Arm {
    let backend = Backend::new(Scale::default().seconds(1));
    Box::new(move |_pair| {
        ThreadLocalString::clear();
        Ok(timed(|| three_calls(&backend)))
    })
}

fn look_ups<C: Cache>() -> Arm {
    let backend = Backend::new(Duration::ZERO);
    for seconds in SECONDS {
        let _ = C::call(seconds, &backend);
    }
    Box::new(move |_pair| {
        Ok(timed(|| {
            for _ in 0..LOOK_UPS {
                black_box(C::call(black_box(SECONDS[0]), &backend));
            }
        }))
    })
}

/// A Python process that times a batch whenever it is asked to.
struct Peer {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Peer {
    fn start() -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new("python3")
            .args(["-c", include_str!("peer.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("python3 can't be started: {error}"))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (stdin, stdout) = pipes.ok_or("python3 has no pipes")?;
        Ok(Self {
            child,
            stdin,
            stdout: BufReader::new(stdout),
        })
    }

    fn ask(&mut self, batch: &str) -> Result<String, Box<dyn Error>> {
        writeln!(self.stdin, "{batch}")?;
        let mut answer = String::new();
        if self.stdout.read_line(&mut answer)? == 0 {
            return Err(format!("python3 did not answer '{batch}'").into());
        }
        Ok(answer.trim().to_owned())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended already; there is nobody to tell of anything else.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The versions of Python and GMP, where they are there.
pub(crate) fn peer_versions() -> Option<String> {
    Peer::start().ok()?.ask("versions").ok()
}

/// Python's or GMP's part of the list of single factorials, or another batch.
fn python(batch: &[&str]) -> Result<Arm, Box<dyn Error>> {
    let mut peer = Peer::start()?;
    let batch = batch.join(" ");
    Ok(Box::new(move |pair| {
        let question = if batch.ends_with("_list") {
            let first = (0..PARTS).cycle().nth(pair).unwrap_or_default();
            format!("{batch} {first} {SINGLE_CORE_END} {PARTS}")
        } else {
            batch.clone()
        };
        Ok(peer.ask(&question)?.parse()?)
    }))
}

/// Python's whole list: a part of it times the number of parts, whose costs
/// differ by less than one in a hundred.
fn python_whole_list() -> Result<Arm, Box<dyn Error>> {
    let mut part = python(&["python_list"])?;
    Ok(Box::new(move |pair| Ok(part(pair)? * f64::from(PARTS))))
}
