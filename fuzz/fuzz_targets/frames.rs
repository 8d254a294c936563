//! Whatever the stream, and however it is cut into pieces, reading frames
//! neither panics nor reserves much; and what was read is written to what
//! reads the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use speedup::process_pool::fuzzing::{read_messages, write_message};

fuzz_target!(|data: &[u8]| {
    let Some((piece, stream)) = data.split_first() else {
        return;
    };
    let (messages, end) = read_messages(stream, usize::from(*piece));
    // The pieces make no difference.
    assert_eq!((messages.clone(), end), read_messages(stream, stream.len()));
    let again: Vec<u8> = messages
        .iter()
        .flat_map(|message| write_message(message, false).expect("a kind that was read"))
        .collect();
    assert_eq!(read_messages(&again, 7), (messages, Ok(())));
});
