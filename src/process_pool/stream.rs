//! Reading from a socket until a deadline.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::frame::ByteSource;

/// The most that is read before the deadline is looked at again.
const STEP_BYTES: usize = 4 * 1024 * 1024;

/// Reads from a socket, until a deadline if one is set; then the error is
/// `WouldBlock`.
#[derive(Debug)]
pub(super) struct TimedStream {
    stream: Arc<UnixStream>,
    deadline: Option<Instant>,
    /// Whether the socket itself has a time limit at the moment.
    limited: bool,
}

impl TimedStream {
    pub(super) fn new(stream: Arc<UnixStream>) -> Self {
        Self {
            stream,
            deadline: None,
            limited: false,
        }
    }

    pub(super) fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }

    /// Has the next call to the operating system end at the deadline.
    fn prepare(&mut self) -> io::Result<()> {
        let limit = remaining(self.deadline);
        if limit.is_some() || self.limited {
            self.stream.set_read_timeout(limit)?;
            self.limited = limit.is_some();
        }
        Ok(())
    }
}

/// The time that is left; where there is none, the least there can be.
///
/// Past the deadline, what has arrived before is still read: a reader that was
/// kept from running must not take its own delay for the other side's.
fn remaining(deadline: Option<Instant>) -> Option<Duration> {
    deadline.map(|deadline| {
        let left = deadline.saturating_duration_since(Instant::now());
        left.max(Duration::from_micros(1))
    })
}

impl ByteSource for TimedStream {
    fn read_some(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.prepare()?;
        (&*self.stream).read(buffer)
    }

    fn append(&mut self, count: usize, buffer: &mut Vec<u8>) -> io::Result<usize> {
        self.prepare()?;
        let count = if self.limited {
            count.min(STEP_BYTES)
        } else {
            count
        };
        (&*self.stream).take(count as u64).read_to_end(buffer)
    }
}
