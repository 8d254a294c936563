//! The command: `speedup compare`, `speedup gate`, `speedup history`.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
