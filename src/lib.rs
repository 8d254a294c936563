//! Measures what threads, cores, processes and caches buy, on this machine.
//!
//! The benchmarks themselves stand in `benches/suite`; this crate is what they
//! are made of, from the bottom up:
//!
//! - `process_pool`: a pool of worker processes, on the standard library
//!   alone;
//! - `workload`: what is run;
//! - `strategy`: how it is run;
//! - `catalog`: the one table of what is measured and compared;
//! - `criterion_files`: Criterion's results on disk;
//! - `stats`: the statistics of paired ratios;
//! - `time_text`: times for people to read;
//! - `whole_file`: files that are written whole or not at all;
//! - [`paired`]: measurement in lock-step;
//! - `gate`: whether a revision is slower than another;
//! - `report`: results → one page.
//!
//! # Features
//!
//! A crate that only adopts [`Paired`] turns the default features off, and
//! compiles nothing but that. `conductor` adds what runs arms in lock-step,
//! `gate` the regression gate, `suite` what the benchmarks here are made of,
//! `report` their page, `cli` the command.

#[cfg(feature = "suite")]
pub mod catalog;
#[cfg(feature = "conductor")]
pub mod criterion_files;
#[cfg(all(unix, feature = "gate"))]
pub mod gate;
pub mod paired;
#[cfg(feature = "suite")]
pub mod process_pool;
#[cfg(feature = "report")]
pub mod report;
#[cfg(feature = "conductor")]
pub mod stats;
#[cfg(feature = "suite")]
pub mod strategy;
#[cfg(feature = "conductor")]
pub mod time_text;
#[cfg(feature = "conductor")]
pub mod whole_file;
#[cfg(feature = "suite")]
pub mod workload;

pub use paired::Paired;

/// Compiles and runs what README shows.
#[cfg(all(doctest, feature = "suite"))]
#[doc = include_str!("../README.md")]
pub struct Readme;
