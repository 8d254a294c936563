//! Whatever the bytes, decoding a value neither panics nor runs away; and
//! what it yields is encoded to the bytes it came from.

#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use speedup::process_pool::Wire;

fn round_trip<T: Wire>(bytes: &[u8]) {
    let mut rest = bytes;
    if let Ok(value) = T::decode(&mut rest) {
        let mut again = Vec::new();
        value.encode(&mut again);
        assert_eq!(again, bytes[..bytes.len() - rest.len()]);
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else {
        return;
    };
    match which % 8 {
        0 => round_trip::<Vec<Vec<u64>>>(bytes),
        1 => round_trip::<Vec<(String, Option<char>)>>(bytes),
        2 => round_trip::<Result<Duration, Vec<bool>>>(bytes),
        3 => round_trip::<(u8, i16, f32, u64, f64, u128)>(bytes),
        4 => round_trip::<Vec<Option<Vec<u8>>>>(bytes),
        5 => round_trip::<Vec<Result<(), String>>>(bytes),
        6 => round_trip::<(usize, isize, (), String)>(bytes),
        _ => round_trip::<Vec<Vec<char>>>(bytes),
    }
});
