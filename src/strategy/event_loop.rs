//! One thread whose jobs give way to each other while they wait, as on Python's
//! asyncio. A job that computes keeps all the others from going on.

use crate::workload::Workload;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Runs the workload on every input, on the thread that asks: each as far as it
/// gets without waiting, and then whichever has waited long enough.
///
/// # Panics
/// If a workload awaits anything but the waiting that it is given: nothing else
/// wakes it.
///
/// ```
/// use speedup::{strategy::event_loop, workload::sleep::Sleep};
/// use std::time::Duration;
///
/// // All at once: a fiftieth of a second, and not two seconds.
/// let sleeps = [Duration::from_millis(20); 100];
/// assert_eq!(event_loop::map::<Sleep>(&sleeps), sleeps);
/// ```
#[must_use]
pub fn map<W: Workload>(inputs: &[W::Input]) -> Vec<W::Output> {
    let alarms = Alarms::default();
    let wait = |time| alarms.wait(time);
    let mut jobs: Vec<_> = inputs
        .iter()
        .map(|input| Job::Begun(Box::pin(W::run_giving_way(input, wait))))
        .collect();
    // Whoever waits has set an alarm, which says whom to go on with.
    let mut context = Context::from_waker(Waker::noop());
    let mut go_on_with = |number: usize| {
        alarms.running.set(number);
        jobs[number].go_on(&mut context);
    };
    (0..inputs.len()).for_each(&mut go_on_with);
    while let Some(number) = alarms.sleep_until_next() {
        go_on_with(number);
    }
    jobs.into_iter().map(Job::answer).collect()
}

enum Job<F: Future> {
    Begun(Pin<Box<F>>),
    Done(F::Output),
}

impl<F: Future> Job<F> {
    fn go_on(&mut self, context: &mut Context<'_>) {
        // One that waited for two things at once may have ended with the first.
        if let Self::Begun(job) = self
            && let Poll::Ready(answer) = job.as_mut().poll(context)
        {
            *self = Self::Done(answer);
        }
    }

    fn answer(self) -> F::Output {
        match self {
            Self::Done(answer) => answer,
            Self::Begun(_) => panic!("a job awaits something that no alarm is set for"),
        }
    }
}

/// When to go on with which job.
#[derive(Default)]
struct Alarms {
    set: RefCell<BinaryHeap<Reverse<(Instant, usize)>>>,
    /// The job whose turn it is, which is the one that sets alarms.
    running: Cell<usize>,
}

impl Alarms {
    fn wait(&self, time: Duration) -> Wait<'_> {
        Wait {
            until: Instant::now() + time,
            alarms: self,
        }
    }

    /// Sleeps until the first alarm, and returns whose it is; none if none is set.
    fn sleep_until_next(&self) -> Option<usize> {
        let Reverse((until, number)) = self.set.borrow_mut().pop()?;
        let left = until.saturating_duration_since(Instant::now());
        if !left.is_zero() {
            sleep(left);
        }
        Some(number)
    }
}

/// What a job awaits.
struct Wait<'a> {
    until: Instant,
    alarms: &'a Alarms,
}

impl Future for Wait<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= self.until {
            return Poll::Ready(());
        }
        let alarm = Reverse((self.until, self.alarms.running.get()));
        self.alarms.set.borrow_mut().push(alarm);
        Poll::Pending
    }
}
