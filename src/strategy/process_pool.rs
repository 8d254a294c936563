//! Worker processes: each computes alone and ships its results home, encoded,
//! through a socket. What threads share, processes copy.

use crate::process_pool::{DecodeError, Job, JobTable, PoolError, ProcessPool, Wire};
use crate::workload::Workload;
use crate::workload::{empty::Empty, factorial::Factorial, payload::Payload, sleep::Sleep};
use num_bigint::BigUint;
use std::num::NonZeroUsize;
use std::thread::sleep;

/// A workload that can be sent to another process: its input and its answer
/// have an encoding, and a job of the table runs it.
pub trait Shipped: Workload<Input: Wire, Output: Wire> {
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
