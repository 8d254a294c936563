//! The limits that the process pool is held against: two processes, a pair of
//! sockets between them, and nothing else.
//!
//! What a pool adds on top (frames, a table of jobs, hand-out, watching over
//! its workers) is what its times have more than these.

use crate::workload::{Workload, payload::Payload};
use std::env;
use std::io::{self, Read, Write};
use std::num::NonZeroUsize;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{self, Child, Command, Stdio};
use std::thread::sleep;

/// The first argument of a process that is to be a partner.
const PARTNER_ARGUMENT: &str = "--raw-socket-partner";

/// A request: 0 to have it sent back, else how many bytes to send.
type Request = [u8; size_of::<u64>()];

/// Has to stand in `main` before anything else is done, beside
/// [`process_pool::serve_if_worker`](super::process_pool::serve_if_worker): in
/// a partner process it answers requests and never returns.
pub fn serve_if_partner() {
    let is_partner = env::args_os()
        .nth(1)
        .is_some_and(|argument| argument == PARTNER_ARGUMENT);
    if is_partner {
        // The other end has closed, or is gone: either way this is the end.
        process::exit(i32::from(serve().is_err()));
    }
}

fn serve() -> io::Result<()> {
    let mut stream = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    stream.write_all(&[1])?;
    let mut request = Request::default();
    loop {
        match stream.read(&mut request)? {
            0 => return Ok(()),
            count => stream.read_exact(&mut request[count..])?,
        }
        match usize::try_from(u64::from_le_bytes(request)) {
            Ok(0) => stream.write_all(&request)?,
            Ok(count) => stream.write_all(&Payload::run(&count, &mut sleep))?,
            Err(_) => return Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

/// A process at the other end of a pair of sockets.
#[derive(Debug)]
pub struct Partner {
    stream: UnixStream,
    child: Child,
}

impl Partner {
    /// Starts as many partners and waits for the first byte of each.
    ///
    /// # Errors
    /// When a process can't be started, or says nothing: its `main` does not
    /// call [`serve_if_partner`].
    ///
    /// ```standalone_crate
    /// use speedup::strategy::raw_socket::{self, Partner};
    /// use std::num::NonZeroUsize;
    ///
    /// fn main() -> std::io::Result<()> {
    ///     raw_socket::serve_if_partner();
    ///     let mut partner = Partner::start(NonZeroUsize::MIN)?.remove(0);
    ///     partner.ping_pong()?;
    ///     assert_eq!(partner.fetch(3)?, [0, 1, 2]);
    ///     Ok(())
    /// }
    /// ```
    pub fn start(count: NonZeroUsize) -> io::Result<Vec<Self>> {
        let mut partners = Vec::with_capacity(count.get());
        for _ in 0..count.get() {
            partners.push(Self::spawn()?);
        }
        for partner in &mut partners {
            partner.stream.read_exact(&mut [0])?;
        }
        Ok(partners)
    }

    fn spawn() -> io::Result<Self> {
        let (stream, theirs) = UnixStream::pair()?;
        let program = if cfg!(target_os = "linux") {
            "/proc/self/exe".into()
        } else {
            env::current_exe()?
        };
        let child = Command::new(program)
            .arg(PARTNER_ARGUMENT)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .spawn()?;
        Ok(Self { stream, child })
    }

    /// Sends eight bytes and waits until they are back.
    ///
    /// # Errors
    /// When the partner is gone, or answers something else. Example: see
    /// [`start`](Self::start).
    pub fn ping_pong(&mut self) -> io::Result<()> {
        let mut answer = [1; size_of::<Request>()];
        self.stream.write_all(&Request::default())?;
        self.stream.read_exact(&mut answer)?;
        if answer == Request::default() {
            Ok(())
        } else {
            Err(io::ErrorKind::InvalidData.into())
        }
    }

    /// Has the partner make so many bytes, at least one, and send them, as the
    /// workload [`Payload`] makes them.
    ///
    /// # Errors
    /// When the partner is gone. Example: see [`start`](Self::start).
    pub fn fetch(&mut self, bytes: usize) -> io::Result<Vec<u8>> {
        self.stream.write_all(&(bytes as u64).to_le_bytes())?;
        let mut answer = Vec::with_capacity(bytes);
        (&self.stream).take(bytes as u64).read_to_end(&mut answer)?;
        if answer.len() == bytes {
            Ok(answer)
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }
}

/// Ends the process and waits until it is gone.
impl Drop for Partner {
    fn drop(&mut self) {
        // Closed, the connection tells it to end; an error means it has.
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
        let _ = self.child.wait();
    }
}
