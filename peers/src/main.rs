//! The command: see `cargo run --release --manifest-path peers/Cargo.toml -- --help`.

use speedup::catalog::Scale;
use std::process::ExitCode;

fn main() -> ExitCode {
    speedup::strategy::process_pool::serve_if_worker();
    speedup::strategy::raw_socket::serve_if_partner();
    // The same for procspawn's workers.
    procspawn::init();
    match Scale::from_environment() {
        Ok(scale) => speedup_peers::run(&speedup_peers::jobs::all(scale)),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
