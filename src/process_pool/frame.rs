//! Frames: how messages are cut out of a stream of bytes.
//!
//! A frame is a header of 32 bytes and a body. The length in the header says
//! where the next frame begins; memory is reserved for what has arrived, not
//! for what was announced.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, ErrorKind, Read, Write};

use super::wire::{Wire, take_bytes};

/// Raised whenever header, kinds or bodies change their meaning.
pub(super) const PROTOCOL_VERSION: u32 = 1;

/// The bytes of a header.
pub(super) const HEADER_BYTES: usize = 32;

const MAGIC: u16 = 0x9D_50;

/// A frame up to this size is read into, and used from, the reader's own
/// buffer; a larger one gets a buffer to itself.
const READ_BUFFER_BYTES: usize = 64 * 1024;

/// The most that is reserved before the first byte of a body has arrived.
const TRUSTED_BYTES: usize = 4 * 1024 * 1024;

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// To the worker: who the pool is, and the initializer to run.
    Hello = 1,
    /// From the worker: ready for jobs; or, in the body, why not.
    Ready = 2,
    /// To the worker: run these jobs.
    Run = 3,
    /// From the worker: these jobs' outcomes.
    Done = 4,
}

impl Kind {
    fn from_byte(byte: u8) -> Option<Self> {
        [Self::Hello, Self::Ready, Self::Run, Self::Done]
            .into_iter()
            .find(|kind| *kind as u8 == byte)
    }
}

/// The fixed part of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    /// How the body is laid out: 0 for a list of items, else the one item is
    /// the whole body and this is its status plus one.
    pub(super) layout: u8,
    /// Items in the body.
    pub(super) count: u32,
    /// The ordinal, on this connection, of the first job concerned.
    pub(super) sequence: u64,
    /// Of [`Kind::Run`] the job's place in the table; of [`Kind::Done`] the
    /// nanoseconds that the jobs took.
    pub(super) detail: u64,
    /// Bytes in the body.
    pub(super) length: u64,
}

impl Header {
    pub(super) fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[0..2].copy_from_slice(&MAGIC.to_le_bytes());
        bytes[2] = self.kind as u8;
        bytes[3] = self.layout;
        bytes[4..8].copy_from_slice(&self.count.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.sequence.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.detail.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.length.to_le_bytes());
        bytes
    }

    pub(super) fn parse(bytes: &[u8; HEADER_BYTES]) -> Result<Self, FrameError> {
        let word = |at: usize| u64::from_le_bytes(std::array::from_fn(|i| bytes[at + i]));
        let magic = u16::from_le_bytes([bytes[0], bytes[1]]);
        Kind::from_byte(bytes[2])
            .filter(|_| magic == MAGIC)
            .map(|kind| Self {
                kind,
                layout: bytes[3],
                count: u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]),
                sequence: word(8),
                detail: word(16),
                length: word(24),
            })
            .ok_or_else(|| FrameError::Garbage("no frame begins here".to_owned()))
    }
}

/// Why no frame could be read.
#[derive(Debug)]
pub(super) enum FrameError {
    /// The stream ended inside a frame.
    Cut,
    /// The bytes are no frame, or not one that fits here.
    Garbage(String),
    /// Reading failed; a time limit shows as `WouldBlock`.
    Io(io::Error),
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut => f.write_str("the stream ended inside a frame"),
            Self::Garbage(what) => write!(f, "not the pool's protocol: {what}"),
            Self::Io(error) => write!(f, "reading failed: {error}"),
        }
    }
}

impl From<io::Error> for FrameError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Where a [`FrameReader`] gets its bytes.
pub(super) trait ByteSource {
    /// As [`Read::read`].
    fn read_some(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Appends `count` bytes, or as many as there are before the end.
    ///
    /// Apart from `read_some` because only a concrete reader of the standard
    /// library can fill memory that was not zeroed first.
    fn append(&mut self, count: usize, buffer: &mut Vec<u8>) -> io::Result<usize>;
}

impl ByteSource for &[u8] {
    fn read_some(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.read(buffer)
    }

    fn append(&mut self, count: usize, buffer: &mut Vec<u8>) -> io::Result<usize> {
        self.take(count as u64).read_to_end(buffer)
    }
}

/// A frame that has arrived. Its body lies in the reader's buffer, or, where
/// it is too large for that, in one of its own that can be kept.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) header: Header,
    pub(super) body: Cow<'a, [u8]>,
}

/// Cuts frames out of a stream.
#[derive(Debug)]
pub(super) struct FrameReader<S> {
    source: S,
    buffer: Box<[u8]>,
    /// What was read and not yet used: `buffer[begin..end]`.
    begin: usize,
    end: usize,
    /// The last body was too large for the buffer, so the next one may be:
    /// then only its header is read through the buffer and nothing of it is
    /// copied twice.
    large: bool,
}

impl<S: ByteSource> FrameReader<S> {
    pub(super) fn new(source: S) -> Self {
        Self {
            source,
            buffer: vec![0; READ_BUFFER_BYTES].into_boxed_slice(),
            begin: 0,
            end: 0,
            large: false,
        }
    }

    pub(super) fn source(&mut self) -> &mut S {
        &mut self.source
    }

    /// Whether a further frame, or part of one, has been read already.
    pub(super) fn has_buffered(&self) -> bool {
        self.begin < self.end
    }

    /// The next frame; `None` at an end of the stream between two frames.
    pub(super) fn next_frame(&mut self) -> Result<Option<Frame<'_>>, FrameError> {
        let wanted = if self.large {
            HEADER_BYTES
        } else {
            READ_BUFFER_BYTES
        };
        if !self.fill(HEADER_BYTES, wanted)? {
            return if self.has_buffered() {
                Err(FrameError::Cut)
            } else {
                Ok(None)
            };
        }
        let header = match self.buffer[self.begin..].first_chunk() {
            Some(bytes) => Header::parse(bytes)?,
            None => return Err(FrameError::Cut),
        };
        let length = usize::try_from(header.length)
            .ok()
            .filter(|length| isize::try_from(*length).is_ok())
            .ok_or_else(|| {
                FrameError::Garbage(format!(
                    "a body of {} bytes, which no memory holds",
                    header.length
                ))
            })?;
        self.large = length > READ_BUFFER_BYTES - HEADER_BYTES;
        let body = if self.large {
            self.begin += HEADER_BYTES;
            Cow::Owned(self.large_body(length)?)
        } else {
            let whole = HEADER_BYTES + length;
            if !self.fill(whole, READ_BUFFER_BYTES)? {
                return Err(FrameError::Cut);
            }
            let body = self.begin + HEADER_BYTES..self.begin + whole;
            self.begin += whole;
            Cow::Borrowed(&self.buffer[body])
        };
        Ok(Some(Frame { header, body }))
    }

    /// Has at least `least` bytes lie at `begin`, reading up to `most`;
    /// `false` if the stream ends before.
    fn fill(&mut self, least: usize, most: usize) -> Result<bool, FrameError> {
        if self.end - self.begin >= least {
            return Ok(true);
        }
        if self.begin > 0 {
            self.buffer.copy_within(self.begin..self.end, 0);
            self.end -= self.begin;
            self.begin = 0;
        }
        while self.end < least {
            let room = &mut self.buffer[self.end..most.max(least)];
            match self.source.read_some(room) {
                Ok(0) => return Ok(false),
                Ok(count) => self.end += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(true)
    }

    fn large_body(&mut self, length: usize) -> Result<Vec<u8>, FrameError> {
        let mut body = Vec::with_capacity(length.min(TRUSTED_BYTES));
        let here = length.min(self.end - self.begin);
        body.extend_from_slice(&self.buffer[self.begin..self.begin + here]);
        self.begin += here;
        while body.len() < length {
            // Reserved as bytes arrive: at most as much again as is there.
            let room = (length - body.len()).min(body.len().max(TRUSTED_BYTES));
            body.reserve_exact(room);
            if self.source.append(room, &mut body)? == 0 {
                return Err(FrameError::Cut);
            }
        }
        Ok(body)
    }
}

/// A frame under construction, in a buffer that is used again and again.
#[derive(Debug, Default)]
pub(super) struct FrameBuffer {
    bytes: Vec<u8>,
    count: u32,
}

impl FrameBuffer {
    pub(super) fn clear(&mut self) {
        // One huge frame must not hold its memory for good.
        if self.bytes.capacity() > 4 * READ_BUFFER_BYTES {
            self.bytes = Vec::new();
        }
        self.bytes.clear();
        self.bytes.resize(HEADER_BYTES, 0);
        self.count = 0;
    }

    pub(super) fn count(&self) -> u32 {
        self.count
    }

    pub(super) fn body_bytes(&self) -> usize {
        self.bytes.len().saturating_sub(HEADER_BYTES)
    }

    pub(super) fn body(&self) -> &[u8] {
        self.bytes.get(HEADER_BYTES..).unwrap_or_default()
    }

    /// Appends an item that `write` produces: its status, its length, itself.
    /// Where `write` fails or panics, the item is as if it had never been.
    pub(super) fn item<T>(&mut self, status: u8, write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        let begin = self.bytes.len();
        self.bytes.extend_from_slice(&[status, 0, 0, 0, 0, 0, 0, 0]);
        let value = write(&mut self.bytes);
        let length = (self.bytes.len() - begin - ITEM_HEADER_BYTES) as u64;
        // The upper byte of the length shares its place with the status; no
        // item has 2^56 bytes.
        let word = length << 8 | u64::from(status);
        self.bytes[begin..begin + ITEM_HEADER_BYTES].copy_from_slice(&word.to_le_bytes());
        self.count += 1;
        value
    }

    /// The body as the one item `write` produces, with no item header.
    pub(super) fn whole(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.clear();
        write(&mut self.bytes);
        self.count = 1;
    }

    /// Takes back what a panic left behind of an item begun at this length.
    pub(super) fn truncate_body(&mut self, body_bytes: usize) {
        self.bytes.truncate(HEADER_BYTES + body_bytes);
    }

    /// Sends the frame in one call.
    pub(super) fn send(&mut self, header: Header, to: &mut impl Write) -> io::Result<()> {
        let header = Header {
            count: self.count,
            length: self.body_bytes() as u64,
            ..header
        };
        self.bytes[..HEADER_BYTES].copy_from_slice(&header.to_bytes());
        to.write_all(&self.bytes)
    }
}

/// Sends a frame whose body lies elsewhere, without copying it.
///
/// In two writes: `write` on a socket does not raise SIGPIPE where the other
/// end is gone, and `write_vectored` does.
pub(super) fn send_borrowed(header: Header, body: &[u8], to: &mut impl Write) -> io::Result<()> {
    let header = Header {
        length: body.len() as u64,
        ..header
    };
    to.write_all(&header.to_bytes())?;
    to.write_all(body)
}

const ITEM_HEADER_BYTES: usize = 8;

/// The next item of a list: its status and its bytes.
pub(super) fn take_item<'a>(body: &mut &'a [u8]) -> Result<(u8, &'a [u8]), FrameError> {
    let cut = || FrameError::Garbage("an item is longer than its frame".to_owned());
    let word = u64::decode(body).map_err(|_| cut())?;
    let length = usize::try_from(word >> 8).map_err(|_| cut())?;
    let bytes = take_bytes(body, length).map_err(|_| cut())?;
    Ok(((word & 0xFF) as u8, bytes))
}
