//! Worker processes: each computes alone and ships its results home, encoded,
//! through a socket. What threads share, processes copy.

use crate::process_pool::{self, Error, Job, JobTable, ProcessPool, Wire, WireError, take_bytes};
use crate::workload::Workload;
use crate::workload::{empty::Empty, factorial::Factorial, payload::Payload, sleep::Sleep};
use num_bigint::BigUint;
use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::thread::sleep;

/// A workload that can be sent to another process: its input and its answer
/// have an encoding, and a job of the table runs it.
pub trait Shipped: Workload<Input: Wire + 'static, Output: Wire + 'static> {
    /// The job that runs it in a worker.
    const JOB: Job<Self::Input, Self::Output>;
}

/// Makes a workload a job, named after it.
macro_rules! shipped {
    ($workload:ty, $name:literal) => {
        impl Shipped for $workload {
            const JOB: Job<Self::Input, Self::Output> =
                Job::new($name, |input| Self::run(&input, &mut sleep));
        }
    };
}
shipped!(Sleep, "sleep");
shipped!(Factorial, "factorial");
shipped!(Empty, "empty");
shipped!(Payload, "payload");

/// Every workload that can be sent to a process.
fn jobs() -> JobTable {
    JobTable::new()
        .with(Sleep::JOB)
        .with(Factorial::JOB)
        .with(Empty::JOB)
        .with(Payload::JOB)
}

/// Has to stand first in `main` of a program that uses this strategy: in a
/// worker process it serves jobs and never returns.
pub fn serve_if_worker() {
    process_pool::serve_if_worker(&jobs());
}

/// Starts `workers` worker processes.
///
/// # Errors
/// When a process can't be started, or [`serve_if_worker`] was not called.
pub fn start(workers: NonZeroUsize) -> Result<ProcessPool, Error> {
    ProcessPool::builder().workers(workers.get()).start(&jobs())
}

/// Runs the workload on the pool's processes.
///
/// # Errors
/// When a worker died or answered nonsense: which job it was on, and how it
/// ended.
pub fn map<W: Shipped>(pool: &ProcessPool, inputs: &[W::Input]) -> Result<Vec<W::Output>, Error> {
    pool.map(W::JOB, inputs.iter().cloned())
}

/// Its digits of 32 bits, least significant first, after their number. They
/// are written as half as many of 64, which is what lies in memory.
impl Wire for BigUint {
    const MIN_BYTES: usize = size_of::<u64>();

    fn encode(&self, out: &mut Vec<u8>) {
        let digits = self.iter_u64_digits();
        (2 * digits.len() as u64).encode(out);
        let begin = out.len();
        out.resize(begin + size_of::<u64>() * digits.len(), 0);
        let (places, _) = out[begin..].as_chunks_mut();
        for (place, digit) in places.iter_mut().zip(digits) {
            *place = digit.to_le_bytes();
        }
    }

    fn decode(input: &mut &[u8]) -> Result<Self, WireError> {
        thread_local! {
            static DIGITS: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
        }
        let count = usize::decode(input)?;
        let bytes = take_bytes(input, count.saturating_mul(size_of::<u32>()))?;
        let (digits, _) = bytes.as_chunks();
        // From digits of 32 bits a `BigUint` is made in half the time that it
        // takes from bytes. They lie in memory that stays warm from the last.
        DIGITS.with_borrow_mut(|warm| {
            warm.clear();
            warm.extend(digits.iter().map(|digit| u32::from_le_bytes(*digit)));
            Ok(Self::from_slice(warm))
        })
    }

    fn size_hint(&self) -> usize {
        size_of::<u64>() * (1 + self.iter_u64_digits().len())
    }
}
