//! A result of any size: what bringing it home costs.

use super::Workload;
use std::time::Duration;

/// Makes as many bytes as its input says; byte `i` is `i` modulo 251.
///
/// The period is a prime, so that a piece lost, doubled or moved by a power of
/// two bytes on its way home changes the answer.
///
/// ```
/// use speedup::workload::{Workload, payload::Payload};
///
/// let bytes = Payload::run(&1000, &mut std::thread::sleep);
/// assert_eq!(bytes.len(), 1000);
/// assert_eq!(bytes[250..253], [250, 0, 1]);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Payload;

/// One period of the pattern.
const PERIOD: [u8; 251] = {
    let mut bytes = [0; 251];
    let mut value = 0;
    while value < 251 {
        bytes[value as usize] = value;
        value += 1;
    }
    bytes
};

impl Workload for Payload {
    type Input = usize;
    type Output = Vec<u8>;

    fn run(input: &usize, _wait: &mut dyn FnMut(Duration)) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(*input);
        while bytes.len() < *input {
            let missing = (*input - bytes.len()).min(PERIOD.len());
            bytes.extend_from_slice(&PERIOD[..missing]);
        }
        bytes
    }
}
