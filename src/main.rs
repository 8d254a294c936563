//! The command: `speedup compare ID ID…`.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
