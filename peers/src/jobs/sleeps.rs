//! Waiting, as the notebook does for its network: three sleeps beside each
//! other, and many at once, where memory counts as well.

use super::warmed::Warmed;
use crate::apart::{self, apart as in_a_process_of_its_own};
use crate::in_process::{InProcess, timed};
use crate::job::{Contender, Cpus, Extent, Job, Outcome, Side};
use crate::peer::{CPYTHON, TOKIO};
use crate::python::python;
use speedup::catalog::Scale;
use speedup::strategy::Strategy;
use speedup::workload::sleep::{Sleep, THREADED_SECONDS};
use std::collections::BTreeSet;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::Duration;
use tokio::runtime::Runtime;

const PYTHON: &str = include_str!("sleeps.py");

/// The word for these jobs' processes.
pub(super) const APART: &str = "sleeps";

/// A check that is not of all has so many sleeps, so long.
const FEW: usize = 100;
const SHORT: Duration = Duration::from_millis(5);

/// CPython takes part in the ten thousand, a thread each, where they sleep so long:
/// starting as many takes it some seconds, and a sleep that ends before the last
/// has begun is not beside it.
const PYTHON_THREADS_FROM: Duration = Duration::from_secs(5);

/// The notebook's three.
pub(super) fn three(scale: Scale) -> Job {
    let sleeps = THREADED_SECONDS.map(|seconds| scale.seconds(seconds));
    let [longest, middle, shortest] = sleeps;
    Job {
        name: "sleeps_3",
        title: format!("Sleeps of {longest:?}, {middle:?} and {shortest:?} beside each other"),
        unit: "three sleeps",
        checked: "every sleep has ended, in order, and says how long it was to be",
        is_checked_whole: true,
        cpus: Cpus::All,
        rounds: rounds(longest),
        sides: vec![
            Side::ours(
                "threads",
                "starting a scoped thread a sleep, and their end",
                move || {
                    let mut threads = threads(sleeps.len());
                    Ok(side(move || threads(&sleeps)))
                },
            ),
            Side::ours("event_loop", IN_EVENT_LOOP, move || {
                Ok(side(move || event_loop(&sleeps)))
            }),
            Side::peer(
                TOKIO,
                "tasks",
                "spawning a task a sleep on a runtime that was started before, and their end; its \
                 clock ticks every millisecond",
                move || {
                    let mut tasks = tasks()?;
                    Ok(side(move || tasks(&sleeps)))
                },
            ),
            Side::peer(
                CPYTHON,
                "threading.Thread",
                "making and starting a thread a sleep, and joining them",
                move || in_python("Threads", &sleeps),
            ),
            Side::peer(
                CPYTHON,
                "asyncio",
                "gather over a coroutine a sleep, on a loop that was made before",
                move || in_python("Asyncio", &sleeps),
            ),
        ],
    }
}

const IN_EVENT_LOOP: &str = "making a future a sleep, and going on with each on the thread that \
                             asks, until all have ended";

/// Twenty, but no more than take two seconds.
fn rounds(longest: Duration) -> usize {
    (1..=20)
        .rev()
        .find(|rounds| longest * *rounds <= Duration::from_secs(2))
        .map_or(1, |rounds| rounds as usize)
}

fn in_python(kind: &str, sleeps: &[Duration]) -> Outcome<impl Contender + use<>> {
    let ns: Vec<String> = sleeps.iter().map(|ns| ns.as_nanos().to_string()).collect();
    let mut arguments = vec!["Three", kind];
    arguments.extend(ns.iter().map(String::as_str));
    python(PYTHON, &arguments)
}

fn side(mut sleep: impl FnMut() -> Outcome<Vec<Duration>>) -> impl Contender {
    InProcess::new(
        move |_| sleep(),
        |answers: &Vec<Duration>| in_order(answers),
    )
}

fn in_order(answers: &[Duration]) -> String {
    let ns: Vec<String> = answers.iter().map(|ns| ns.as_nanos().to_string()).collect();
    ns.join(" ")
}

/// As many threads as Python starts within the time of a default run. Sleeps
/// that are to be at once have to be longer than it takes to begin them all.
pub(super) fn thousand(scale: Scale) -> Job {
    const COUNT: usize = 1000;
    const AT_LEAST: Duration = Duration::from_millis(200);
    let each = scale.seconds(10).max(AT_LEAST);
    let mut job = many("sleeps_1000", "1,000 sleeps", COUNT, each);
    job.sides.push(python_threads(COUNT, each));
    job
}

/// Ten times as many.
pub(super) fn ten_thousand(scale: Scale) -> Job {
    const COUNT: usize = 10_000;
    const AT_LEAST: Duration = Duration::from_millis(500);
    let each = scale.seconds(10).max(AT_LEAST);
    let mut job = many("sleeps_10000", "10,000 sleeps", COUNT, each);
    if each >= PYTHON_THREADS_FROM {
        job.sides.push(python_threads(COUNT, each));
    }
    job
}

/// The unit says the count as people write it.
fn many(name: &'static str, unit: &'static str, count: usize, each: Duration) -> Job {
    let start = move |kind: &'static str| {
        move || {
            let [count, ns] = [count as u128, each.as_nanos()].map(|number| number.to_string());
            let side = in_a_process_of_its_own(&[APART, kind, &count, &ns])?;
            Ok(Warmed(side))
        }
    };
    Job {
        name,
        title: format!("{unit} of {each:?} at once"),
        unit,
        checked: "every sleep has ended, and says how long it was to be",
        is_checked_whole: true,
        cpus: Cpus::All,
        rounds: 1,
        sides: vec![
            Side::ours(
                "event_loop",
                format!("{IN_EVENT_LOOP}; memory is the peak of the process"),
                start("event_loop"),
            ),
            Side::ours(
                "threads",
                "starting a scoped thread a sleep, and their end; memory is the peak of the \
                 process, without what the kernel keeps for a thread",
                start("threads"),
            ),
            Side::peer(
                TOKIO,
                "tasks",
                "spawning a task a sleep on a runtime that was started before, and their end; \
                 memory is the peak of the process",
                start("tokio"),
            ),
            Side::peer(
                CPYTHON,
                "asyncio",
                "gather over a coroutine a sleep, on a loop that was made before; memory is the \
                 peak of the process, the interpreter's own included",
                move || many_in_python("Asyncio", count, each),
            ),
        ],
    }
}

fn python_threads(count: usize, each: Duration) -> Side {
    Side::peer(
        CPYTHON,
        "threading.Thread",
        "making and starting a thread a sleep, and joining them; memory is the peak of the \
         process, the interpreter's own included, without what the kernel keeps for a thread",
        move || many_in_python("Threads", count, each),
    )
}

fn many_in_python(kind: &str, count: usize, each: Duration) -> Outcome<impl Contender + use<>> {
    let numbers = [
        count as u128,
        each.as_nanos(),
        FEW as u128,
        SHORT.as_nanos(),
    ];
    let [count, ns, few, short] = numbers.map(|number| number.to_string());
    let arguments = ["Many", kind, &count, &ns, &few, &short];
    Ok(Warmed(python(PYTHON, &arguments)?))
}

/// What a process of its own does.
pub(super) fn apart(kind: &str, count: &str, ns: &str) -> Outcome<Box<dyn Contender>> {
    let count: usize = count.parse()?;
    let sleeps = vec![Duration::from_nanos(ns.parse()?); count];
    let sleep: Box<Sleeper> = match kind {
        "event_loop" => Box::new(event_loop),
        "threads" => Box::new(threads(count)),
        "tokio" => Box::new(tasks()?),
        other => return Err(format!("nobody sleeps by {other}").into()),
    };
    Ok(Box::new(Many { sleeps, sleep }))
}

/// Sleeps for all of these times at once, and returns them.
type Sleeper = dyn FnMut(&[Duration]) -> Outcome<Vec<Duration>>;

/// A thread a sleep.
fn threads(count: usize) -> impl FnMut(&[Duration]) -> Outcome<Vec<Duration>> {
    let workers = NonZeroUsize::new(count).unwrap_or(NonZeroUsize::MIN);
    move |sleeps| {
        Ok(Strategy::Threads
            .start(workers)?
            .map::<Sleep>(black_box(sleeps))?)
    }
}

/// A future a sleep, all on the thread that asks.
fn event_loop(sleeps: &[Duration]) -> Outcome<Vec<Duration>> {
    let mut crew = Strategy::EventLoop.start(NonZeroUsize::MIN)?;
    Ok(crew.map::<Sleep>(black_box(sleeps))?)
}

/// A task a sleep.
fn tasks() -> Outcome<impl FnMut(&[Duration]) -> Outcome<Vec<Duration>>> {
    let runtime = Runtime::new()?;
    Ok(move |sleeps: &[Duration]| runtime.block_on(in_tasks(black_box(sleeps))))
}

async fn in_tasks(sleeps: &[Duration]) -> Outcome<Vec<Duration>> {
    let spawn = |sleep: &Duration| {
        let sleep = *sleep;
        tokio::spawn(async move {
            tokio::time::sleep(sleep).await;
            sleep
        })
    };
    let tasks: Vec<_> = sleeps.iter().map(spawn).collect();
    let mut answers = Vec::with_capacity(tasks.len());
    for task in tasks {
        answers.push(task.await?);
    }
    Ok(answers)
}

struct Many {
    sleeps: Vec<Duration>,
    sleep: Box<Sleeper>,
}

impl Contender for Many {
    fn digest(&mut self, extent: Extent) -> Outcome<String> {
        let answers = match extent {
            Extent::Whole => (self.sleep)(&self.sleeps)?,
            Extent::Unit(_) => (self.sleep)(&[SHORT; FEW])?,
        };
        let different: BTreeSet<Duration> = answers.iter().copied().collect();
        let different = in_order(&Vec::from_iter(different));
        Ok(format!("{} sleeps of {different} ns", answers.len()))
    }

    fn time_ns(&mut self, _unit: usize) -> Outcome<f64> {
        let (ns, answers) = timed(|| (self.sleep)(&self.sleeps));
        answers.map(|_| ns)
    }

    fn peak_bytes(&mut self) -> Outcome<Option<u64>> {
        Ok(apart::peak_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_and_tasks_and_futures_sleep_and_say_how_long() {
        for kind in ["event_loop", "threads", "tokio"] {
            let mut side = apart(kind, "200", "20000000").expect("it starts");
            let all = side.digest(Extent::Whole).expect("it sleeps");
            assert_eq!(all, "200 sleeps of 20000000 ns", "{kind}");
            let few = side.digest(Extent::Unit(1)).expect("it sleeps");
            assert_eq!(few, "100 sleeps of 5000000 ns", "{kind}");
            let ns = side.time_ns(0).expect("it sleeps");
            assert!(ns >= 20e6, "{kind} {ns}");
        }
        assert!(apart("dreams", "1", "1").is_err());
    }

    #[test]
    fn titles_say_how_many_sleep_how_long() {
        let titles = [thousand, ten_thousand].map(|job| job(Scale::default()).title);
        assert_eq!(
            titles,
            [
                "1,000 sleeps of 200ms at once",
                "10,000 sleeps of 500ms at once"
            ]
        );
    }

    #[test]
    fn long_sleeps_have_fewer_rounds() {
        let times = [3, 100, 500, 10_000].map(Duration::from_millis);
        assert_eq!(times.map(rounds), [20, 20, 4, 1]);
    }

    #[test]
    fn threads_of_python_take_part_in_ten_thousand_where_all_are_asleep_at_once() {
        let sides = |scale| {
            let scale = Scale::from_text(Some(scale)).expect("a scale");
            ten_thousand(scale).sides.len()
        };
        let scales = ["1", "10", "499", "500", "1000"];
        assert_eq!(scales.map(sides), [4, 4, 4, 5, 5]);
    }
}
