//! How a value becomes bytes and a value again.
//!
//! Both ends are the same program, so the encoding is plain: little-endian
//! numbers of fixed width, lengths as `u64`, no names and no type tags. What
//! arrives is nevertheless never trusted: a length is checked against the
//! bytes that are there before anything is reserved for it.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// A value that can travel between the pool and its workers.
///
/// [`encode`](Wire::encode) and [`decode`](Wire::decode) are all that most
/// types need. The other methods save copies: a value whose encoding already
/// lies in memory is written straight from there, and one that can adopt a
/// buffer takes over the one it arrived in.
///
/// # Example
///
/// ```
/// use speedup::process_pool::{Wire, WireError};
///
/// #[derive(Debug, PartialEq)]
/// struct Point { x: i32, y: i32 }
///
/// impl Wire for Point {
///     fn encode(&self, out: &mut Vec<u8>) {
///         self.x.encode(out);
///         self.y.encode(out);
///     }
///     fn decode(input: &mut &[u8]) -> Result<Self, WireError> {
///         Ok(Point { x: i32::decode(input)?, y: i32::decode(input)? })
///     }
/// }
///
/// let mut bytes = Vec::new();
/// Point { x: 3, y: -4 }.encode(&mut bytes);
/// assert_eq!(Point::decode(&mut &bytes[..]), Ok(Point { x: 3, y: -4 }));
/// ```
pub trait Wire: Sized {
    /// The fewest bytes any value of this type is encoded in.
    ///
    /// A `Vec` uses it to refuse a length that the bytes present cannot hold.
    const MIN_BYTES: usize = 0;

    /// Appends the value to `out`.
    fn encode(&self, out: &mut Vec<u8>);

    /// Takes one value off the front of `input`.
    ///
    /// # Errors
    ///
    /// When the bytes are too few or don't describe a value of this type.
    fn decode(input: &mut &[u8]) -> Result<Self, WireError>;

    /// About how many bytes [`encode`](Wire::encode) will append, so that the
    /// buffer is reserved once. It need not be exact.
    fn size_hint(&self) -> usize {
        Self::MIN_BYTES
    }

    /// The bytes that stand for the value where it travels alone, if they lie
    /// in memory as they are: they are then sent from there, uncopied.
    ///
    /// A type answers `Some` for all of its values or for none, and its
    /// [`from_whole`](Wire::from_whole) must accept these bytes.
    fn as_whole(&self) -> Option<&[u8]> {
        None
    }

    /// Makes the value from all the bytes of a message.
    ///
    /// # Errors
    ///
    /// As [`decode`](Wire::decode), and when bytes are left over.
    fn from_whole(bytes: Cow<'_, [u8]>) -> Result<Self, WireError> {
        let mut rest = &bytes[..];
        let value = Self::decode(&mut rest)?;
        if rest.is_empty() {
            Ok(value)
        } else {
            Err(WireError::new(format!(
                "{} of {} bytes are left over after the value",
                rest.len(),
                bytes.len()
            )))
        }
    }

    /// Appends the elements of a `Vec`, without their number.
    #[doc(hidden)]
    fn encode_slice(items: &[Self], out: &mut Vec<u8>) {
        for item in items {
            item.encode(out);
        }
    }

    /// Takes `count` elements of a `Vec`, whose number was checked already.
    #[doc(hidden)]
    fn decode_vec(count: usize, input: &mut &[u8]) -> Result<Vec<Self>, WireError> {
        // What an element needs in memory can be many times its bytes on the
        // wire, so the reservation follows the bytes and no claim.
        let affordable = input.len() / size_of::<Self>().max(1);
        let mut items = Vec::with_capacity(count.min(affordable));
        for _ in 0..count {
            items.push(Self::decode(input)?);
        }
        Ok(items)
    }

    /// [`as_whole`](Wire::as_whole) for a `Vec` of this type.
    #[doc(hidden)]
    fn slice_as_whole(_items: &[Self]) -> Option<&[u8]> {
        None
    }

    /// [`from_whole`](Wire::from_whole) for a `Vec` of this type, where
    /// [`slice_as_whole`](Wire::slice_as_whole) answers `Some`.
    #[doc(hidden)]
    fn vec_from_whole(bytes: Cow<'_, [u8]>) -> Result<Vec<Self>, Cow<'_, [u8]>> {
        Err(bytes)
    }
}

/// Why bytes are not the value they were taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireError {
    reason: String,
}

impl WireError {
    /// An error that says `reason`, which should name what was expected and
    /// what was found.
    ///
    /// ```
    /// use speedup::process_pool::WireError;
    /// assert_eq!(WireError::new("a month is 1 to 12, not 13").to_string(),
    ///            "a month is 1 to 12, not 13");
    /// ```
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl Error for WireError {}

/// Takes `count` bytes off the front of `input`, without copying them.
///
/// # Errors
///
/// When `input` is shorter.
///
/// ```
/// use speedup::process_pool::take_bytes;
/// let mut input = &b"abcdef"[..];
/// assert_eq!(take_bytes(&mut input, 4).unwrap(), b"abcd");
/// assert_eq!(input, b"ef");
/// assert!(take_bytes(&mut input, 3).is_err());
/// ```
pub fn take_bytes<'a>(input: &mut &'a [u8], count: usize) -> Result<&'a [u8], WireError> {
    match input.split_at_checked(count) {
        Some((head, rest)) => {
            *input = rest;
            Ok(head)
        }
        None => Err(WireError::new(format!(
            "{count} bytes expected, {} present",
            input.len()
        ))),
    }
}

/// The value as it travels alone: [`Wire::as_whole`] where there is one.
pub(super) fn encode_whole<T: Wire>(value: &T, out: &mut Vec<u8>) {
    if let Some(bytes) = value.as_whole() {
        out.extend_from_slice(bytes);
    } else {
        out.reserve(value.size_hint());
        value.encode(out);
    }
}
