//! Flags, help and terminal output; a file a subcommand.

mod cargo;
mod compare;
mod gate;
mod gate_table;
#[cfg(feature = "report")]
mod report;
mod table;

use clap::{Parser, Subcommand};
use std::fmt;
use std::process::ExitCode;
use std::time::Duration;

/// What the command ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// Measured; whatever the result says.
    Success = 0,
    /// Something went wrong on the way.
    Failed = 1,
    /// The command line can't be right, or names what there isn't.
    Usage = 2,
    /// There is nothing to compare.
    Mismatch = 5,
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
#[command(after_help = "Exit codes: 0 well, 1 failed, 2 wrong usage; `gate --help` has its own.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Compare(compare::Options),
    #[cfg(feature = "report")]
    Report(report::Options),
    Gate(Box<gate::Options>),
    History(gate::history::Options),
}

pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Compare(options) => compare::run(&options).map(|()| Exit::Success as u8),
        #[cfg(feature = "report")]
        Command::Report(options) => report::run(&options).map(|()| Exit::Success as u8),
        Command::Gate(options) => gate::run(&options),
        Command::History(options) => gate::history::run(&options),
    };
    ExitCode::from(outcome.unwrap_or_else(|failure| {
        eprintln!("error: {}", failure.message);
        failure.exit as u8
    }))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let wrong = || format!("'{text}' is no number of seconds above 0");
    let seconds: f64 = text.parse().map_err(|_| wrong())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if !time.is_zero() => Ok(time),
        _ => Err(wrong()),
    }
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
