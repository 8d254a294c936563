//! Values and frames: what goes in comes out, and nothing that comes in does
//! harm.

use std::borrow::Cow;
use std::fmt::Debug;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use speedup::process_pool::fuzzing::{Message, read_messages, write_message};
use speedup::process_pool::{Wire, WireError};

/// Encodes and decodes in both forms, and cuts the encoding everywhere.
fn survives<T: Wire + PartialEq + Debug>(value: &T) -> Result<(), TestCaseError> {
    let mut bytes = Vec::new();
    value.encode(&mut bytes);
    prop_assert!(bytes.len() >= T::MIN_BYTES);
    let behind = [0xAA, 0xBB];
    bytes.extend(behind);
    let mut input = &bytes[..];
    prop_assert_eq!(&T::decode(&mut input)?, value);
    prop_assert_eq!(input, behind, "exactly its own bytes are taken");
    bytes.truncate(bytes.len() - behind.len());
    for cut in 0..bytes.len().min(200) {
        prop_assert!(T::decode(&mut &bytes[..cut]).is_err(), "cut at {}", cut);
    }
    let whole = value.as_whole().unwrap_or(&bytes);
    prop_assert_eq!(&T::from_whole(Cow::Borrowed(whole))?, value);
    prop_assert_eq!(&T::from_whole(Cow::Owned(whole.to_vec()))?, value);
    Ok(())
}

fn messages() -> impl Strategy<Value = Vec<Message>> {
    let sizes = prop_oneof![4 => 0..300_usize, 1 => 60_000..200_000_usize];
    let body = (sizes, any::<u8>()).prop_map(|(size, byte)| vec![byte; size]);
    let items = vec((any::<u8>(), body), 0..5);
    let message = (1..=4_u8, any::<u64>(), items).prop_map(|(kind, sequence, items)| Message {
        kind,
        sequence,
        items,
    });
    vec(message, 0..6)
}

proptest! {
    #[test]
    fn numbers_survive_the_wire(
        small in any::<(u8, u16, u32, u64, i8, i16)>(),
        large in any::<(i32, i64, usize, isize, bool, char)>(),
        widest in any::<(u128, i128)>(),
    ) {
        survives(&small)?;
        survives(&large)?;
        survives(&widest)?;
    }

    #[test]
    fn floats_survive_the_wire_bit_by_bit(single in any::<u32>(), double in any::<u64>()) {
        let mut bytes = Vec::new();
        f32::from_bits(single).encode(&mut bytes);
        f64::from_bits(double).encode(&mut bytes);
        let input = &mut &bytes[..];
        prop_assert_eq!(f32::decode(input)?.to_bits(), single);
        prop_assert_eq!(f64::decode(input)?.to_bits(), double);
    }

    #[test]
    fn text_and_lists_survive_the_wire(
        text in any::<String>(),
        bytes in any::<Vec<u8>>(),
        numbers in any::<Vec<u64>>(),
        nested in vec((any::<Option<String>>(), any::<Vec<i16>>()), 0..8),
        outcome in any::<Result<Vec<u8>, String>>(),
        time in any::<Duration>(),
    ) {
        survives(&text)?;
        survives(&bytes)?;
        survives(&numbers)?;
        survives(&nested)?;
        survives(&outcome)?;
        survives(&time)?;
        survives(&(text, bytes, numbers))?;
        survives(&((),))?;
        survives(&vec![(); nested.len()])?;
    }

    #[test]
    fn no_bytes_make_a_decoder_panic_or_reserve_much(bytes in vec(any::<u8>(), 0..300)) {
        fn attempt<T: Wire>(bytes: &[u8]) -> Result<T, WireError> {
            drop(T::decode(&mut &bytes[..]));
            T::from_whole(Cow::Borrowed(bytes))
        }
        drop(attempt::<Vec<Vec<u64>>>(&bytes));
        drop(attempt::<Vec<(String, Option<char>)>>(&bytes));
        drop(attempt::<Result<Duration, Vec<bool>>>(&bytes));
        drop(attempt::<Vec<()>>(&bytes));
    }

    #[test]
    fn frames_survive_any_cutting_into_pieces(sent in messages(), piece in 1..100_000_usize) {
        let mut stream = Vec::new();
        for message in &sent {
            stream.extend(write_message(message, false).unwrap());
        }
        let (received, end) = read_messages(&stream, piece);
        prop_assert_eq!(end, Ok(()));
        prop_assert_eq!(received, sent);
    }

    #[test]
    fn whole_bodies_survive_any_cutting_into_pieces(
        sizes in vec(prop_oneof![0..100_usize, 65_000..66_000_usize, 0..9_000_000_usize], 1..4),
        piece in 1..1_000_000_usize,
    ) {
        let message = |size| Message { kind: 4, sequence: 9, items: vec![(0, vec![5; size])] };
        let sent: Vec<_> = sizes.into_iter().map(message).collect();
        let stream: Vec<u8> = sent.iter().flat_map(|m| write_message(m, true).unwrap()).collect();
        let (received, end) = read_messages(&stream, piece);
        prop_assert_eq!(end, Ok(()));
        prop_assert!(received == sent);
    }

    #[test]
    fn a_stream_that_ends_inside_a_frame_is_an_error(sent in messages(), cut in any::<prop::sample::Index>()) {
        let mut stream = Vec::new();
        let mut ends = vec![0];
        for message in &sent {
            stream.extend(write_message(message, false).unwrap());
            ends.push(stream.len());
        }
        let cut = cut.index(stream.len() + 1);
        let (received, end) = read_messages(&stream[..cut], 4096);
        let whole = ends.iter().filter(|end| **end <= cut).count() - 1;
        prop_assert_eq!(&received[..], &sent[..whole]);
        prop_assert_eq!(end.is_ok(), ends.contains(&cut));
    }

    #[test]
    fn no_stream_makes_the_frame_reader_panic(stream in vec(any::<u8>(), 0..400), piece in 1..64_usize) {
        drop(read_messages(&stream, piece));
        // With a beginning that passes for a frame's.
        let mut plausible = vec![0x50, 0x9D, 4, 0];
        plausible.extend(stream);
        drop(read_messages(&plausible, piece));
    }
}

#[test]
fn known_encodings() {
    fn encoded<T: Wire>(value: &T) -> Vec<u8> {
        let mut bytes = Vec::new();
        value.encode(&mut bytes);
        bytes
    }
    assert_eq!(encoded(&0x0102_0304_u32), [4, 3, 2, 1]);
    assert_eq!(encoded(&-2_i16), [0xFE, 0xFF]);
    assert_eq!(encoded(&1_usize), [1, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(encoded(&1.0_f32), [0, 0, 0x80, 0x3F]);
    assert_eq!(
        encoded(&"é".to_owned()),
        [2, 0, 0, 0, 0, 0, 0, 0, 0xC3, 0xA9]
    );
    assert_eq!(encoded(&Some(7_u8)), [1, 7]);
    assert_eq!(encoded(&None::<u8>), [0]);
    assert_eq!(encoded(&Err::<u8, u8>(9)), [0, 9]);
    assert_eq!(
        encoded(&Duration::from_nanos(1_000_000_005)),
        [1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0]
    );
}

#[test]
fn forged_lengths_are_refused() {
    let huge = u64::MAX.to_le_bytes();
    assert!(Vec::<u8>::decode(&mut &huge[..]).is_err());
    assert!(Vec::<u128>::decode(&mut &huge[..]).is_err());
    assert!(Vec::<()>::decode(&mut &huge[..]).is_err());
    assert!(String::decode(&mut &huge[..]).is_err());
    assert!(bool::decode(&mut &[2][..]).is_err());
    assert!(char::decode(&mut &0xD800_u32.to_le_bytes()[..]).is_err());
    assert!(Duration::decode(&mut &[0xFF; 12][..]).is_err());
    assert!(u64::from_whole(Cow::Borrowed(&[0; 9])).is_err());
}
