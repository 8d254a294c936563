//! The Python notebook, cell by cell and in its order: what each prints, and
//! how long it takes.
//!
//! ```text
//! cargo run --release --example notebook
//! ```
//!
//! It takes the notebook's own time, about a minute. `SPEEDUP_SCALE=1` plays
//! it at the size of the suite, a notebook second lasting a millisecond.

use speedup::catalog::{NOTEBOOK_WORKERS, SCALE_VARIABLE, Scale, ScaleError};
use speedup::strategy::{Shipped, Strategy};
use speedup::workload::employee::Employee;
use speedup::workload::factorial::{Factorial, known};
use speedup::workload::memoized::{Backend, Cache, SECONDS, ThreadLocalString};
use speedup::workload::sleep::{SEQUENTIAL_SECONDS, Sleep, THREADED_SECONDS};
use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// The notebook's ranges, as they are at the size of the suite.
const SINGLE_CORE_END: u32 = 900;
const MULTI_PROCESS_END: u32 = 2500;

/// A cell under the lock: enough computing to see that it does not overlap.
const LOCKED_FACTORIAL: u32 = 2000;
const LOCKED_CALLS: usize = 2000;

type Cell = Result<(), Box<dyn Error>>;

fn main() -> ExitCode {
    speedup::strategy::process_pool::serve_if_worker();
    match scale().map_err(Into::into).and_then(notebook) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The notebook's own, unless another one is asked for.
fn scale() -> Result<Scale, ScaleError> {
    match env::var_os(SCALE_VARIABLE) {
        Some(_) => Scale::from_environment(),
        None => Scale::from_text(Some("1000")),
    }
}

fn notebook(scale: Scale) -> Cell {
    sequential_sleeps(scale)?;
    threaded_sleeps(scale)?;
    global_lock(scale)?;
    single_core_factorials(scale)?;
    multi_process_factorials(scale)?;
    uncached_calls(scale)?;
    cached_calls(scale)?;
    employee()
}

fn sequential_sleeps(scale: Scale) -> Cell {
    cell("Three sleeps, one after the other", || {
        sleeps(scale, Strategy::Sequential, SEQUENTIAL_SECONDS)
    })
}

fn threaded_sleeps(scale: Scale) -> Cell {
    cell("Three sleeps, a thread each", || {
        sleeps(scale, Strategy::Threads, THREADED_SECONDS)
    })
}

fn sleeps(scale: Scale, strategy: Strategy, seconds: [u32; 3]) -> Cell {
    let sleeps = seconds.map(|seconds| scale.seconds(seconds));
    let workers = NonZeroUsize::new(sleeps.len()).ok_or("no sleeps")?;
    run::<Sleep>(strategy, workers, &sleeps)?;
    for seconds in seconds {
        say(format_args!("slept {seconds} seconds"))?;
    }
    Ok(())
}

fn global_lock(scale: Scale) -> Cell {
    let two = NonZeroUsize::MIN.saturating_add(1);
    let calls = [LOCKED_FACTORIAL; LOCKED_CALLS];
    let naps = [scale.seconds(1); 2];
    for strategy in [Strategy::Threads, Strategy::GlobalLock] {
        cell(&format!("Two threads that compute: {strategy}"), || {
            run::<Factorial>(strategy, two, &calls).map(drop)
        })?;
        cell(&format!("Two threads that sleep: {strategy}"), || {
            run::<Sleep>(strategy, two, &naps).map(drop)
        })?;
    }
    Ok(())
}

fn single_core_factorials(scale: Scale) -> Cell {
    let end = scale.range_end(SINGLE_CORE_END);
    cell(&format!("Factorials below {end} on one core"), || {
        factorials(Strategy::Sequential, NonZeroUsize::MIN, end)
    })
}

fn multi_process_factorials(scale: Scale) -> Cell {
    let end = scale.range_end(MULTI_PROCESS_END);
    let title = format!("Factorials below {end} by {NOTEBOOK_WORKERS} processes");
    cell(&title, || {
        factorials(Strategy::ProcessPool, NOTEBOOK_WORKERS, end)
    })
}

fn factorials(strategy: Strategy, workers: NonZeroUsize, end: u32) -> Cell {
    let inputs: Vec<u32> = (0..end).collect();
    let answers = run::<Factorial>(strategy, workers, &inputs)?;
    let last = answers.last().ok_or("an empty list")?;
    known::check(end - 1, last)?;
    let (count, n, bits) = (answers.len(), end - 1, last.bits());
    say(format_args!(
        "{count} factorials, the last one {n}! of {bits} bits"
    ))
}

fn uncached_calls(scale: Scale) -> Cell {
    let backend = Backend::new(scale.seconds(1));
    cell("Three slow calls", || {
        SECONDS
            .into_iter()
            .try_for_each(|seconds| say(format_args!("{}", backend.fetch(seconds))))
    })
}

fn cached_calls(scale: Scale) -> Cell {
    let backend = Backend::new(scale.seconds(1));
    for temperature in ["cold", "warm"] {
        cell(
            &format!("Three slow calls, memoized: {temperature}"),
            || {
                SECONDS.into_iter().try_for_each(|seconds| {
                    let answer = ThreadLocalString::call(seconds, &backend);
                    say(format_args!("{answer}"))
                })
            },
        )?;
    }
    Ok(())
}

fn employee() -> Cell {
    let employee = Employee::notebook();
    cell("An employee as Debug and as Display", || {
        say(format_args!("{employee:?}"))?;
        say(format_args!("{employee}"))
    })
}

/// Runs the workload with workers that are started here, as in the notebook:
/// its time includes them.
fn run<W: Shipped>(
    strategy: Strategy,
    workers: NonZeroUsize,
    inputs: &[W::Input],
) -> Result<Vec<W::Output>, Box<dyn Error>> {
    Ok(strategy.start(workers)?.map::<W>(inputs)?)
}

/// Prints the title of a cell, then what the cell prints, then its time.
fn cell(title: &str, run: impl FnOnce() -> Cell) -> Cell {
    say(format_args!("# {title}"))?;
    let start = Instant::now();
    run()?;
    let taken = start.elapsed();
    say(format_args!("{}\n", time(taken)))
}

/// Prints a line at once, so that one sees how far the notebook is.
fn say(line: std::fmt::Arguments<'_>) -> Cell {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")?;
    Ok(stdout.flush()?)
}

/// A time in the unit that suits it.
fn time(taken: Duration) -> String {
    let seconds = taken.as_secs_f64();
    match seconds {
        1.0.. => format!("{seconds:.1} s"),
        0.001.. => format!("{:.1} ms", seconds * 1e3),
        _ => format!("{:.1} µs", seconds * 1e6),
    }
}
