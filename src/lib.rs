//! Measures what threads, cores, processes and caches buy, on this machine.
//!
//! The benchmarks themselves stand in `benches/suite`; this crate is what they
//! are made of, from the bottom up:
//!
//! - [`process_pool`]: a pool of worker processes, on the standard library
//!   alone;
//! - [`workload`]: what is run;
//! - [`strategy`]: how it is run;
//! - [`catalog`]: the one table of what is measured and compared;
//! - [`criterion_files`]: Criterion's results on disk;
//! - [`stats`]: the statistics of paired ratios.

pub mod catalog;
pub mod criterion_files;
pub mod process_pool;
pub mod stats;
pub mod strategy;
pub mod workload;

/// Compiles and runs what README shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
