//! Who may use which worker, and what happens when one has to be replaced.
//!
//! A *seat* is the place of one worker; whoever drives the worker has the
//! seat on *lease*. A seat whose worker has died stays, vacant, until the next
//! lease needs a worker there.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::error::{Error, Failure};
use super::lease::Lease;
use super::worker_process::{Connection, Launch, WorkerProcess};

/// Why no worker is to be had any more.
#[derive(Clone, Debug)]
pub(super) enum Ended {
    Terminated,
    RestartBudget { deaths: u32, last: String },
}

impl From<Ended> for Error {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Terminated => Self::Terminated,
            Ended::RestartBudget { deaths, last } => Self::RestartBudget { deaths, last },
        }
    }
}

impl From<Ended> for Failure {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Terminated => Self::Terminated,
            Ended::RestartBudget { deaths, last } => Self::RestartBudget { deaths, last },
        }
    }
}

#[derive(Debug)]
pub(super) struct Seat {
    pub(super) number: usize,
    /// Boxed, as a seat changes hands with every call.
    pub(super) connection: Option<Box<Connection>>,
    /// No earlier may a worker be started here again.
    pub(super) not_before: Option<Instant>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) free: Vec<Seat>,
    /// Those who wait for a seat, in the order they came.
    waiting: VecDeque<u64>,
    next_ticket: u64,
    /// The worker in each seat, so that it can be killed by anyone.
    pub(super) workers: Vec<Option<Arc<WorkerProcess>>>,
    deaths_in_a_row: u32,
    pub(super) ended: Option<Ended>,
}

/// All seats of a pool.
///
/// Its lock comes before those of whoever has jobs (`wanted` is asked while it
/// is held), so nobody may take it while holding one of theirs.
#[derive(Debug)]
pub(super) struct Seats {
    count: usize,
    state: Mutex<State>,
    pub(super) changed: Condvar,
    pub(super) launch: Launch,
    pub(super) max_tasks: Option<u64>,
    restart_budget: u32,
    /// How many wait for a seat; as `State::waiting`, to be read unlocked.
    waiting: AtomicUsize,
    /// How many have a seat and wait until a worker may be started there.
    pub(super) pausing: AtomicUsize,
    /// Whether any job has finished since the last death.
    progress: AtomicBool,
    /// Whether `State::ended` is set, to be read unlocked.
    pub(super) has_ended: AtomicBool,
}

impl Seats {
    /// Starts `count` workers at the same time and waits until all are ready.
    pub(super) fn start(
        count: usize,
        launch: Launch,
        max_tasks: Option<u64>,
        restart_budget: u32,
    ) -> Result<Self, Error> {
        let failed = |worker| move |cause| Error::Start { worker, cause };
        let mut connections = Vec::with_capacity(count);
        for worker in 0..count {
            connections.push(Connection::start(&launch).map_err(failed(worker))?);
        }
        let deadline = Instant::now() + launch.start_timeout;
        for (worker, connection) in connections.iter_mut().enumerate() {
            connection
                .wait_until_ready(&launch, deadline)
                .map_err(failed(worker))?;
        }
        let workers = connections
            .iter()
            .map(|connection| Some(Arc::clone(&connection.process)))
            .collect();
        let seat = |(number, connection)| Seat {
            number,
            connection: Some(Box::new(connection)),
            not_before: None,
        };
        Ok(Self {
            count,
            state: Mutex::new(State {
                // Leased from the back: the first worker first.
                free: connections
                    .into_iter()
                    .enumerate()
                    .map(seat)
                    .rev()
                    .collect(),
                waiting: VecDeque::new(),
                next_ticket: 0,
                workers,
                deaths_in_a_row: 0,
                ended: None,
            }),
            changed: Condvar::new(),
            launch,
            max_tasks,
            restart_budget,
            waiting: AtomicUsize::new(0),
            pausing: AtomicUsize::new(0),
            progress: AtomicBool::new(false),
            has_ended: AtomicBool::new(false),
        })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds this lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn task_timeout(&self) -> Option<Duration> {
        self.launch.task_timeout
    }

    /// The number of seats.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The process ids of the workers that are alive.
    pub(super) fn worker_ids(&self) -> Vec<u32> {
        let state = self.lock();
        let alive = state.workers.iter().flatten();
        alive
            .filter(|worker| worker.is_alive())
            .map(|worker| worker.id())
            .collect()
    }

    /// A seat, as soon as one is free; `None` if `wanted` turns false before.
    pub(super) fn lease(&self, wanted: &dyn Fn() -> bool) -> Result<Option<Lease<'_>>, Ended> {
        let mut state = self.lock();
        check(&state)?;
        if state.waiting.is_empty()
            && let Some(seat) = take_best(&mut state.free)
        {
            return Ok(Some(self.leased(seat)));
        }
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.waiting.push_back(ticket);
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let got = loop {
            if let Err(ended) = check(&state) {
                break Err(ended);
            }
            if !wanted() {
                break Ok(None);
            }
            if state.waiting.front() == Some(&ticket)
                && let Some(seat) = take_best(&mut state.free)
            {
                break Ok(Some(seat));
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        };
        state.waiting.retain(|waiting| *waiting != ticket);
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        drop(state);
        // The next in line may have a seat to take, too.
        self.notify();
        Ok(got?.map(|seat| self.leased(seat)))
    }

    fn leased(&self, seat: Seat) -> Lease<'_> {
        Lease::new(self, seat)
    }

    /// Wakes those who wait for a seat, so that they see whether they still
    /// want one.
    pub(super) fn wake(&self) {
        // Whoever waits has counted itself in under the lock, so it is seen
        // here, or else it takes the lock later and sees what has changed.
        drop(self.lock());
        self.notify();
    }

    /// Spares the system call where nobody waits.
    pub(super) fn notify(&self) {
        if self.contended() || self.pausing.load(Ordering::Relaxed) > 0 {
            self.changed.notify_all();
        }
    }

    /// Whether somebody waits for a seat.
    pub(super) fn contended(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// A job has finished: a death after this starts a new row.
    pub(super) fn note_progress(&self) {
        if !self.progress.load(Ordering::Relaxed) {
            self.progress.store(true, Ordering::Relaxed);
        }
    }

    /// A worker has died, or could not be started.
    pub(super) fn note_death(&self, what: String) -> u32 {
        let mut state = self.lock();
        if self.progress.swap(false, Ordering::Relaxed) {
            state.deaths_in_a_row = 0;
        }
        state.deaths_in_a_row += 1;
        let deaths = state.deaths_in_a_row;
        if deaths > self.restart_budget && state.ended.is_none() {
            state.ended = Some(Ended::RestartBudget { deaths, last: what });
            self.has_ended.store(true, Ordering::Release);
            drop(state);
            self.changed.notify_all();
        }
        deaths
    }

    /// Waits until nobody has a seat on lease.
    pub(super) fn wait_until_free(&self) {
        let mut state = self.lock();
        self.pausing.fetch_add(1, Ordering::Relaxed);
        while state.free.len() < state.workers.len() {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        self.pausing.fetch_sub(1, Ordering::Relaxed);
    }

    /// Kills the workers that are busy; no lease is given from now on.
    pub(super) fn terminate_busy(&self) {
        let mut state = self.lock();
        state.ended.get_or_insert(Ended::Terminated);
        self.has_ended.store(true, Ordering::Release);
        let idle: Vec<usize> = state.free.iter().map(|seat| seat.number).collect();
        for (number, worker) in state.workers.iter().enumerate() {
            if let Some(worker) = worker
                && !idle.contains(&number)
            {
                worker.kill(Failure::Terminated);
            }
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Kills every worker; no lease is given from now on.
    pub(super) fn terminate(&self) {
        let mut state = self.lock();
        state.ended = Some(Ended::Terminated);
        self.has_ended.store(true, Ordering::Release);
        for worker in state.workers.iter().flatten() {
            worker.kill(Failure::Terminated);
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Ends the workers whose seats are free: they are told to, and killed if
    /// they take too long.
    pub(super) fn dismiss(&self) {
        let mut state = self.lock();
        let connections: Vec<_> = state
            .free
            .iter_mut()
            .filter_map(|seat| seat.connection.take())
            .collect();
        drop(state);
        for connection in &connections {
            connection.say_farewell();
        }
        for connection in connections {
            connection.wait_for_end();
        }
    }
}

pub(super) fn check(state: &State) -> Result<(), Ended> {
    state.ended.clone().map_or(Ok(()), Err)
}

/// The seat used last that has a worker; else any.
fn take_best(free: &mut Vec<Seat>) -> Option<Seat> {
    let best = free.iter().rposition(|seat| seat.connection.is_some());
    best.map(|position| free.remove(position))
        .or_else(|| free.pop())
}
