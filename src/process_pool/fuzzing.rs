//! The decoders of frames, laid open to fuzzers and property tests. Not for
//! other use; no promise is made about it.

use std::io;

use super::frame::{ByteSource, FrameBuffer, FrameReader, Header, Kind, send_borrowed, take_item};

/// A frame, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The number of its kind, from 1 to 4.
    pub kind: u8,
    /// What it has for a sequence number.
    pub sequence: u64,
    /// Its items: status and bytes. A whole body is one item of status 0.
    pub items: Vec<(u8, Vec<u8>)>,
}

/// Gives out a stream in pieces, as a socket does.
struct Pieces<'a> {
    rest: &'a [u8],
    piece: usize,
}

impl ByteSource for Pieces<'_> {
    fn read_some(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.piece.min(buffer.len()).min(self.rest.len());
        let (head, rest) = self.rest.split_at(count);
        buffer[..count].copy_from_slice(head);
        self.rest = rest;
        Ok(count)
    }

    fn append(&mut self, count: usize, buffer: &mut Vec<u8>) -> io::Result<usize> {
        let count = self.piece.min(count).min(self.rest.len());
        let (head, rest) = self.rest.split_at(count);
        buffer.extend_from_slice(head);
        self.rest = rest;
        Ok(count)
    }
}

/// Reads frames until the stream, given out `piece` bytes at a time, ends or
/// makes no sense.
///
/// # Errors
///
/// Why it makes no sense, beside what had been read until then.
pub fn read_messages(stream: &[u8], piece: usize) -> (Vec<Message>, Result<(), String>) {
    let piece = piece.max(1);
    let mut reader = FrameReader::new(Pieces {
        rest: stream,
        piece,
    });
    let mut messages = Vec::new();
    loop {
        let frame = match reader.next_frame() {
            Ok(Some(frame)) => frame,
            Ok(None) => return (messages, Ok(())),
            Err(error) => return (messages, Err(error.to_string())),
        };
        let mut items = Vec::new();
        if frame.header.layout == 0 {
            let mut body = &frame.body[..];
            for _ in 0..frame.header.count {
                match take_item(&mut body) {
                    Ok((status, bytes)) => items.push((status, bytes.to_vec())),
                    Err(error) => return (messages, Err(error.to_string())),
                }
            }
        } else {
            items.push((0, frame.body.into_owned()));
        }
        messages.push(Message {
            kind: frame.header.kind as u8,
            sequence: frame.header.sequence,
            items,
        });
    }
}

/// Writes a message as the pool does; `None` if its kind is unknown. One that
/// has a single item of status 0 can travel whole.
#[must_use]
pub fn write_message(message: &Message, whole: bool) -> Option<Vec<u8>> {
    let kinds = [Kind::Hello, Kind::Ready, Kind::Run, Kind::Done];
    let kind = kinds.into_iter().find(|kind| *kind as u8 == message.kind)?;
    let header = Header {
        kind,
        layout: u8::from(whole),
        count: 1,
        sequence: message.sequence,
        detail: 0,
        length: 0,
    };
    let mut bytes = Vec::new();
    match &message.items[..] {
        [(0, body)] if whole => send_borrowed(header, body, &mut bytes).ok()?,
        _ if whole => return None,
        items => {
            let mut buffer = FrameBuffer::default();
            buffer.clear();
            for (status, body) in items {
                buffer.item(*status, |out| out.extend_from_slice(body));
            }
            buffer.send(header, &mut bytes).ok()?;
        }
    }
    Some(bytes)
}
