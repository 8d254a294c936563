//! The arm's end of the baton.
//!
//! | who | says | meaning |
//! |---|---|---|
//! | arm | `speedup-paired 2 PID\n` | here I am; once, when the suite is configured |
//! | conductor | `g` | go: the baton is yours |
//! | arm | `r`, nanoseconds as 8 bytes | a sample is taken, all its iterations together took so long (an IEEE 754 double, little-endian): the baton is back |
//!
//! An arm that is done closes the socket by ending. The conductor may end it
//! before, while it waits for the baton: where iterations are slow, once all
//! arms together have run long enough (see [`paired`](super)). That is one reason
//! why the time of each sample goes with the baton.

use std::env;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::os::unix::process::parent_id;
use std::path::PathBuf;
use std::process;
use std::sync::OnceLock;

/// Tells a process that it is an arm: the conductor's process id, a space, and
/// the path of its socket.
pub(super) const VARIABLE: &str = "SPEEDUP_BATON";

/// What an arm's greeting begins with: name and version of the protocol.
pub(super) const GREETING: &str = "speedup-paired 2 ";

/// The conductor's only word, and the arm's.
pub(super) const GO: u8 = b'g';
pub(super) const READY: u8 = b'r';

/// Bytes of the time that follows [`READY`].
pub(super) const TIME_BYTES: usize = 8;

/// The right to run, which is passed on after every sample.
#[derive(Debug)]
pub(super) struct Baton {
    conductor: UnixStream,
    /// The process that greeted. Rust's own way to start processes closes the
    /// socket in them; a bare `fork` would not.
    holder: u32,
}

impl Baton {
    /// The baton of this process, if a conductor started it. Suites may ask
    /// several times (once a group); all get the same one.
    pub(super) fn of_this_process() -> Option<&'static Self> {
        static BATON: OnceLock<Option<Baton>> = OnceLock::new();
        BATON.get_or_init(Self::from_environment).as_ref()
    }

    /// # Panics
    /// If the conductor can't be reached: an arm that ran nonetheless would
    /// disturb the others.
    fn from_environment() -> Option<Self> {
        let value = env::var(VARIABLE).ok()?;
        let (conductor, path) = value.split_once(' ')?;
        // An arm's own children inherit the variable, but not the parent.
        if conductor != parent_id().to_string() {
            return None;
        }
        let path = PathBuf::from(path);
        let conductor = UnixStream::connect(&path).unwrap_or_else(|error| {
            panic!("no conductor at '{}' ({VARIABLE}): {error}", path.display())
        });
        let baton = Self {
            conductor,
            holder: process::id(),
        };
        let greeting = format!("{GREETING}{}\n", baton.holder);
        baton.say_and_wait(greeting.as_bytes());
        Some(baton)
    }

    /// Gives the baton back after a sample of `sample_ns` nanoseconds, and waits
    /// until it comes again.
    pub(super) fn pass_on(&self, sample_ns: f64) {
        if process::id() == self.holder {
            let mut words = [READY; 1 + TIME_BYTES];
            words[1..].copy_from_slice(&sample_ns.to_le_bytes());
            self.say_and_wait(&words);
        }
    }

    /// # Panics
    /// If the conductor has gone: nobody waits for a result any more, and
    /// unwinding lets the benchmark end what it started.
    fn say_and_wait(&self, words: &[u8]) {
        let mut answer = [0];
        let mut conductor = &self.conductor;
        let said = conductor
            .write_all(words)
            .and_then(|()| conductor.read_exact(&mut answer));
        if let Err(error) = said {
            panic!("the conductor of this measurement has gone: {error}");
        }
        assert_eq!(answer, [GO], "the conductor answered nonsense");
    }
}
