//! The suite: every row of the catalog, measured by Criterion.
//!
//! `cargo bench` measures all of it, `cargo bench -- factorial` what matches,
//! `cargo bench -- --list` names it, `cargo bench -- --test` runs each once.

mod cache;
mod dispatch;
mod factorial;
mod factorial_algorithm;
mod format;
mod mode;
mod sleep;
mod spread;
mod suite;

use criterion::Criterion;
use mode::Mode;
use speedup::catalog::{Catalog, Scale};
use speedup::criterion_files::HOME_VARIABLE;
use std::env;
use std::error::Error;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::Duration;
use suite::{RowFailure, Suite};

/// Of the suite itself, as for `cargo bench`: something went wrong.
const FAILED: u8 = 1;
/// The command line or the environment can't be right.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    // Workers of the process pool are this program again: they end in here.
    speedup::strategy::process_pool::serve_if_worker();
    speedup::strategy::raw_socket::serve_if_partner();

    let catalog = match Scale::from_environment() {
        Ok(scale) => Catalog::new(scale, available_parallelism().unwrap_or(NonZeroUsize::MIN)),
        Err(error) => return fail(&error, USAGE),
    };
    let mode = Mode::from_arguments(env::args().skip(1));
    let suite = match Suite::new(configuration(), &output_folder(), mode, catalog) {
        Ok(suite) => suite,
        Err(error) => return fail(&error, FAILED),
    };
    // A row that fails unwinds, so that what it started is ended on the way.
    match catch_unwind(AssertUnwindSafe(|| run(suite))) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => fail(error.as_ref(), USAGE),
        Err(panic) => match panic.downcast::<RowFailure>() {
            Ok(failure) => fail(failure.as_ref(), FAILED),
            Err(panic) => resume_unwind(panic),
        },
    }
}

/// All settings, once; the command line may change them. The whole suite fits
/// in five minutes: some 170 rows of about a second and a half.
fn configuration() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .sample_size(20)
        .nresamples(10_000)
        .configure_from_args()
}

/// Where Criterion's pages go: beside this package, wherever it was started
/// from, or where the user says.
fn output_folder() -> PathBuf {
    match env::var_os(HOME_VARIABLE) {
        Some(home) if !home.is_empty() => PathBuf::from(home),
        _ => {
            // Cargo tells where the package is now; without Cargo, it is where
            // it was compiled.
            let package = env::var_os("CARGO_MANIFEST_DIR")
                .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
            package.join(Path::new("reports/criterion"))
        }
    }
}

fn run(mut suite: Suite) -> Result<(), Box<dyn Error>> {
    sleep::define(&mut suite);
    factorial::define(&mut suite);
    factorial_algorithm::define(&mut suite);
    cache::define(&mut suite);
    format::define(&mut suite);
    dispatch::define(&mut suite);
    suite.finish()
}

fn fail(error: &dyn Error, code: u8) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::from(code)
}
