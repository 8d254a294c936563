//! [`Wire`] for the types of the standard library.

use std::borrow::Cow;
use std::time::Duration;

use super::wire::{Wire, WireError, take_bytes};

/// The most elements a `Vec` may have whose elements take no bytes at all:
/// nothing else bounds the loop that a forged length would start.
const MAX_EMPTY_ELEMENTS: usize = 1 << 24;

macro_rules! number {
    ($($type:ty),*) => {$(
        impl Wire for $type {
            const MIN_BYTES: usize = size_of::<$type>();

            fn encode(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }

            fn decode(input: &mut &[u8]) -> Result<Self, WireError> {
                let (head, rest) = input.split_first_chunk().ok_or_else(|| {
                    WireError::new(format!(
                        "{} bytes expected for {}, {} present",
                        size_of::<$type>(), stringify!($type), input.len()
                    ))
                })?;
                *input = rest;
                Ok(Self::from_le_bytes(*head))
            }

            fn decode_vec(count: usize, input: &mut &[u8]) -> Result<Vec<Self>, WireError> {
                let bytes = take_bytes(input, count.saturating_mul(size_of::<$type>()))?;
                let (chunks, _) = bytes.as_chunks();
                Ok(chunks.iter().map(|chunk| Self::from_le_bytes(*chunk)).collect())
            }
        }
    )*};
}

number!(u16, u32, u64, u128, i8, i16, i32, i64, i128, f32, f64);

impl Wire for u8 {
    const MIN_BYTES: usize = 1;

    fn encode(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn decode(input: &mut &[u8]) -> Result<Self, WireError> {
        Ok(take_bytes(input, 1)?[0])
    }

    fn encode_slice(items: &[Self], out: &mut Vec<u8>) {
        out.extend_from_slice(items);
    }

    fn decode_vec(count: usize, input: &mut &[u8]) -> Result<Vec<Self>, WireError> {
        Ok(take_bytes(input, count)?.to_vec())
    }

    fn slice_as_whole(items: &[Self]) -> Option<&[u8]> {
        Some(items)
    }

    fn vec_from_whole(bytes: Cow<'_, [u8]>) -> Result<Vec<Self>, Cow<'_, [u8]>> {
        Ok(bytes.into_owned())
    }
}

macro_rules! machine_word {
    ($($type:ty as $fixed:ty),*) => {$(
        impl Wire for $type {
            const MIN_BYTES: usize = size_of::<$fixed>();

            fn encode(&self, out: &mut Vec<u8>) {
                // No Rust target has a wider word than this.
                (*self as $fixed).encode(out);
            }

            fn decode(input: &mut &[u8]) -> Result<Self, WireError> {
                let value = <$fixed>::decode(input)?;
                Self::try_from(value).map_err(|_| {
                    WireError::new(format!("{value} does not fit {}", stringify!($type)))
                })
            }
        }
    )*};
}

machine_word!(usize as u64, isize as i64);

impl Wire for bool {
    const MIN_BYTES: usize = 1;

    fn encode(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn decode(input: &mut &[u8]) -> Result<Self, WireError> {
        match u8::decode(input)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(WireError::new(format!("a bool is 0 or 1, not {other}"))),
        }
    }
}

impl Wire for char {
    const MIN_BYTES: usize = 4;

    fn encode(&self, out: &mut Vec<u8>) {
        u32::from(*self).encode(out);
    }

    fn decode(input: &mut &[u8]) -> Result<Self, WireError> {
        let code = u32::decode(input)?;
        char::from_u32(code)
            .ok_or_else(|| WireError::new(format!("{code:#x} is no Unicode scalar value")))
    }
}

impl Wire for () {
    fn encode(&self, _out: &mut Vec<u8>) {}

    fn decode(_input: &mut &[u8]) -> Result<Self, WireError> {
        Ok(())
    }
}

/// As its UTF-8 bytes. Alone it is sent from, and received into, its own
/// memory.
impl Wire for String {
    const MIN_BYTES: usize = 8;

    fn encode(&self, out: &mut Vec<u8>) {
        self.len().encode(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn decode(input: &mut &[u8]) -> Result<Self, WireError> {
        let count = usize::decode(input)?;
        Self::from_whole(Cow::Borrowed(take_bytes(input, count)?))
    }

    fn size_hint(&self) -> usize {
        8 + self.len()
    }

    fn as_whole(&self) -> Option<&[u8]> {
        Some(self.as_bytes())
    }

    fn from_whole(bytes: Cow<'_, [u8]>) -> Result<Self, WireError> {
        match bytes {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(str::to_owned),
            Cow::Owned(bytes) => String::from_utf8(bytes).map_err(|error| error.utf8_error()),
        }
        .map_err(|error| WireError::new(format!("text that is not UTF-8: {error}")))
    }
}

/// Element by element; a `Vec<u8>`, the byte string, in one copy, and alone
/// in none: it is sent from, and received into, its own memory.
impl<T: Wire> Wire for Vec<T> {
    const MIN_BYTES: usize = 8;

    fn encode(&self, out: &mut Vec<u8>) {
        self.len().encode(out);
        T::encode_slice(self, out);
    }

    fn decode(input: &mut &[u8]) -> Result<Self, WireError> {
        let count = usize::decode(input)?;
        let most = input
            .len()
            .checked_div(T::MIN_BYTES)
            .unwrap_or_else(|| input.len().max(MAX_EMPTY_ELEMENTS));
        if count > most {
            return Err(WireError::new(format!(
                "{count} elements announced, room for {most} in {} bytes",
                input.len()
            )));
        }
        T::decode_vec(count, input)
    }

    fn size_hint(&self) -> usize {
        8 + self.len() * self.first().map_or(0, Wire::size_hint)
    }

    fn as_whole(&self) -> Option<&[u8]> {
        T::slice_as_whole(self)
    }

    fn from_whole(bytes: Cow<'_, [u8]>) -> Result<Self, WireError> {
        let bytes = match T::vec_from_whole(bytes) {
            Ok(items) => return Ok(items),
            Err(bytes) => bytes,
        };
        let mut rest = &bytes[..];
        let items = Self::decode(&mut rest)?;
        if rest.is_empty() {
            Ok(items)
        } else {
            Err(WireError::new(format!(
                "{} bytes are left over after the last element",
                rest.len()
            )))
        }
    }
}

impl<T: Wire> Wire for Option<T> {
    const MIN_BYTES: usize = 1;

    fn encode(&self, out: &mut Vec<u8>) {
        self.is_some().encode(out);
        if let Some(value) = self {
            value.encode(out);
        }
    }

    fn decode(input: &mut &[u8]) -> Result<Self, WireError> {
        bool::decode(input)?.then(|| T::decode(input)).transpose()
    }

    fn size_hint(&self) -> usize {
        1 + self.as_ref().map_or(0, Wire::size_hint)
    }
}

impl<T: Wire, E: Wire> Wire for Result<T, E> {
    const MIN_BYTES: usize = 1;

    fn encode(&self, out: &mut Vec<u8>) {
        self.is_ok().encode(out);
        match self {
            Ok(value) => value.encode(out),
            Err(error) => error.encode(out),
        }
    }

    fn decode(input: &mut &[u8]) -> Result<Self, WireError> {
        Ok(if bool::decode(input)? {
            Ok(T::decode(input)?)
        } else {
            Err(E::decode(input)?)
        })
    }

    fn size_hint(&self) -> usize {
        1 + self.as_ref().map_or_else(Wire::size_hint, Wire::size_hint)
    }
}

/// Whole seconds and the nanoseconds beyond them.
impl Wire for Duration {
    const MIN_BYTES: usize = 12;

    fn encode(&self, out: &mut Vec<u8>) {
        self.as_secs().encode(out);
        self.subsec_nanos().encode(out);
    }

    fn decode(input: &mut &[u8]) -> Result<Self, WireError> {
        let seconds = u64::decode(input)?;
        let nanoseconds = u32::decode(input)?;
        if nanoseconds >= 1_000_000_000 {
            return Err(WireError::new(format!(
                "{nanoseconds} ns is a second or more"
            )));
        }
        Ok(Duration::new(seconds, nanoseconds))
    }
}

macro_rules! tuple {
    ($($name:ident),+) => {
        #[allow(non_snake_case)]
        impl<$($name: Wire),+> Wire for ($($name,)+) {
            const MIN_BYTES: usize = 0 $(+ $name::MIN_BYTES)+;

            fn encode(&self, out: &mut Vec<u8>) {
                let ($($name,)+) = self;
                $($name.encode(out);)+
            }

            fn decode(input: &mut &[u8]) -> Result<Self, WireError> {
                Ok(($($name::decode(input)?,)+))
            }

            fn size_hint(&self) -> usize {
                let ($($name,)+) = self;
                0 $(+ $name.size_hint())+
            }
        }
    };
}

tuple!(A);
tuple!(A, B);
tuple!(A, B, C);
tuple!(A, B, C, D);
tuple!(A, B, C, D, E);
tuple!(A, B, C, D, E, F);
