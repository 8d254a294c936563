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
use super::worker_process::{Connection, Launch, WorkerProcess};

/// The longest pause before a worker that could not be started is tried anew.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

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
struct Seat {
    number: usize,
    /// Boxed, as a seat changes hands with every call.
    connection: Option<Box<Connection>>,
    /// No earlier may a worker be started here again.
    not_before: Option<Instant>,
}

#[derive(Debug)]
struct State {
    free: Vec<Seat>,
    /// Those who wait for a seat, in the order they came.
    waiting: VecDeque<u64>,
    next_ticket: u64,
    /// The worker in each seat, so that it can be killed by anyone.
    workers: Vec<Option<Arc<WorkerProcess>>>,
    deaths_in_a_row: u32,
    ended: Option<Ended>,
}

/// All seats of a pool.
///
/// Its lock comes before those of whoever has jobs (`wanted` is asked while it
/// is held), so nobody may take it while holding one of theirs.
#[derive(Debug)]
pub(super) struct Seats {
    count: usize,
    state: Mutex<State>,
    changed: Condvar,
    launch: Launch,
    max_tasks: Option<u64>,
    restart_budget: u32,
    /// How many wait for a seat; as `State::waiting`, to be read unlocked.
    waiting: AtomicUsize,
    /// How many have a seat and wait until a worker may be started there.
    pausing: AtomicUsize,
    /// Whether any job has finished since the last death.
    progress: AtomicBool,
    /// Whether `State::ended` is set, to be read unlocked.
    has_ended: AtomicBool,
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

    fn lock(&self) -> MutexGuard<'_, State> {
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
        Lease {
            seats: self,
            seat: Some(seat),
        }
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
    fn notify(&self) {
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
    fn note_death(&self, what: String) -> u32 {
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

fn check(state: &State) -> Result<(), Ended> {
    state.ended.clone().map_or(Ok(()), Err)
}

/// The seat used last that has a worker; else any.
fn take_best(free: &mut Vec<Seat>) -> Option<Seat> {
    let best = free.iter().rposition(|seat| seat.connection.is_some());
    best.map(|position| free.remove(position))
        .or_else(|| free.pop())
}

/// The right to use one seat.
#[derive(Debug)]
pub(super) struct Lease<'a> {
    seats: &'a Seats,
    seat: Option<Seat>,
}

impl Lease<'_> {
    fn seat(&mut self) -> &mut Seat {
        self.seat
            .as_mut()
            .expect("a lease has its seat until it is dropped")
    }

    /// The worker in this seat, which [`staff`](Self::staff) has seen to.
    pub(super) fn connection(&mut self) -> &mut Connection {
        self.seat()
            .connection
            .as_mut()
            .expect("the seat was staffed before it is used")
    }

    /// How many more jobs the worker may be sent before it is replaced.
    pub(super) fn jobs_left(&mut self) -> u64 {
        match (self.seats.max_tasks, &self.seat().connection) {
            (Some(max), Some(connection)) => max.saturating_sub(connection.sent()),
            (max, _) => max.unwrap_or(u64::MAX),
        }
    }

    /// Has a worker sit here that may be sent a job: replaces one that has
    /// done its share, starts one where there is none, and where that fails
    /// takes a free seat that has one, or tries again after a pause.
    ///
    /// `false` if `wanted` turns false before that.
    pub(super) fn staff(&mut self, wanted: &dyn Fn() -> bool) -> Result<bool, Ended> {
        if self.jobs_left() == 0
            && let Some(connection) = self.seat().connection.take()
        {
            connection.say_farewell();
            connection.wait_for_end();
        }
        loop {
            if self.seats.has_ended.load(Ordering::Acquire) {
                check(&self.seats.lock())?;
            }
            if self.seat().connection.is_some() {
                return Ok(true);
            }
            if !wanted() {
                return Ok(false);
            }
            if self.seat().not_before.is_some() && (self.swap() || self.pause()) {
                continue;
            }
            if let Err(what) = self.start() {
                let deaths = self.seats.note_death(what);
                let pause = Duration::from_millis(5 << deaths.min(10)).min(LONGEST_PAUSE);
                self.seat().not_before = Some(Instant::now() + pause);
            }
        }
    }

    fn start(&mut self) -> Result<(), String> {
        let launch = &self.seats.launch;
        let mut connection = Connection::start(launch).map_err(|error| error.to_string())?;
        {
            // From here on it can be killed by others, so that the wait below
            // does not hold up the pool's end.
            let mut state = self.seats.lock();
            if state.ended.is_some() {
                return Err("the pool has ended".to_owned());
            }
            let number = self.seat().number;
            state.workers[number] = Some(Arc::clone(&connection.process));
        }
        connection
            .wait_until_ready(launch, Instant::now() + launch.start_timeout)
            .map_err(|error| error.to_string())?;
        let seat = self.seat();
        seat.connection = Some(Box::new(connection));
        seat.not_before = None;
        Ok(())
    }

    /// Takes a free seat that has a worker in exchange, if there is one.
    fn swap(&mut self) -> bool {
        let mut state = self.seats.lock();
        let Some(position) = state
            .free
            .iter()
            .rposition(|seat| seat.connection.is_some())
        else {
            return false;
        };
        let seat = self
            .seat
            .as_mut()
            .expect("a lease has its seat until it is dropped");
        std::mem::swap(&mut state.free[position], seat);
        true
    }

    /// Waits until a worker may be started here, or something changes;
    /// `false` if there is nothing to wait for.
    fn pause(&mut self) -> bool {
        let Some(not_before) = self.seat().not_before else {
            return false;
        };
        let left = not_before.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        let state = self.seats.lock();
        if state.ended.is_none() {
            self.seats.pausing.fetch_add(1, Ordering::Relaxed);
            // Woken early or not, the caller looks at everything again.
            drop(self.seats.changed.wait_timeout(state, left));
            self.seats.pausing.fetch_sub(1, Ordering::Relaxed);
        }
        true
    }

    /// The worker is lost: makes sure that it is gone, and says how it ended.
    pub(super) fn vacate(
        &mut self,
        describe: impl FnOnce(std::process::ExitStatus) -> Failure,
    ) -> Failure {
        let Some(connection) = self.seat().connection.take() else {
            return Failure::Terminated;
        };
        let status = connection.end();
        let reason = connection.process.reason();
        let failure = reason.clone().unwrap_or_else(|| describe(status));
        // One that the pool has killed on purpose is no sign of trouble.
        match reason {
            Some(Failure::TimedOut { .. } | Failure::Cancelled) => self.seats.note_progress(),
            Some(Failure::Terminated) => {}
            _ => {
                self.seats.note_death(failure.to_string());
            }
        }
        failure
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let Some(mut seat) = self.seat.take() else {
            return;
        };
        // Whoever held the lease has panicked in the middle of something.
        seat.connection
            .take_if(|connection| connection.outstanding() > 0);
        self.seats.lock().free.push(seat);
        self.seats.notify();
    }
}
