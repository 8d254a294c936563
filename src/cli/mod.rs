//! Flags, help and terminal output; a file a subcommand.

mod cargo;
mod compare;
#[cfg(feature = "report")]
mod report;
mod table;

use clap::{Parser, Subcommand};
use std::fmt;
use std::process::ExitCode;

/// What the command ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// Measured; whatever the result says.
    Success = 0,
    /// Something went wrong on the way.
    Failed = 1,
    /// The command line can't be right, or names what there isn't.
    Usage = 2,
}

/// Why the command fails, and with which code.
#[derive(Debug)]
struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    fn new(exit: Exit, error: &dyn fmt::Display) -> Self {
        Self {
            exit,
            message: error.to_string(),
        }
    }
}

/// Ratios between Criterion benchmarks that hold on a noisy machine.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 measured, 1 failed, 2 wrong usage.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Compare(compare::Options),
    #[cfg(feature = "report")]
    Report(report::Options),
}

pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Compare(options) => compare::run(&options),
        #[cfg(feature = "report")]
        Command::Report(options) => report::run(&options),
    };
    let exit = match outcome {
        Ok(()) => Exit::Success,
        Err(failure) => {
            eprintln!("error: {}", failure.message);
            failure.exit
        }
    };
    ExitCode::from(exit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_flags_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }
}
