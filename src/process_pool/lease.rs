//! The right to use one seat, and to have a worker sit there.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::error::Failure;
use super::seats::{Ended, Seat, Seats, check};
use super::worker_process::Connection;

/// The longest pause before a worker that could not be started is tried anew.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The right to use one seat.
#[derive(Debug)]
pub(super) struct Lease<'a> {
    seats: &'a Seats,
    seat: Option<Seat>,
}

impl<'a> Lease<'a> {
    pub(super) fn new(seats: &'a Seats, seat: Seat) -> Self {
        Self {
            seats,
            seat: Some(seat),
        }
    }

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
