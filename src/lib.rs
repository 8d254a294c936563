//! Measures what threads, cores, processes and caches buy, on this machine.

pub mod process_pool;
pub mod stats;
pub mod workload;
