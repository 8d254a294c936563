//! Other people's work on the same machine, in bursts.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, available_parallelism, sleep, spawn};
use std::time::{Duration, Instant};

/// Bursts and pauses last from and to so many milliseconds: from less than a
/// sample to several relaunches.
const MILLISECONDS: std::ops::Range<u64> = 1..1500;

/// A thread a core that computes in bursts, until it is dropped.
pub(crate) struct Load {
    is_over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Load {
    pub(crate) fn start(seed: u64) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let cores = available_parallelism().map_or(1, usize::from);
        let threads = (0..cores as u64)
            .map(|core| {
                let is_over = Arc::clone(&is_over);
                spawn(move || bursts(&is_over, seed * 1000 + core))
            })
            .collect();
        Self { is_over, threads }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // It does nothing that could panic.
            let _ = thread.join();
        }
    }
}

fn bursts(is_over: &AtomicBool, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    while !is_over.load(Ordering::Relaxed) {
        let burst = Duration::from_millis(random.random_range(MILLISECONDS));
        let start = Instant::now();
        while start.elapsed() < burst {
            black_box((0..10_000_u64).map(black_box).sum::<u64>());
        }
        sleep(Duration::from_millis(random.random_range(MILLISECONDS)));
    }
}
