//! The suite: every row of the catalog, measured by Criterion.
//!
//! `cargo bench` measures all of it, `cargo bench -- factorial` what matches,
//! `cargo bench -- --list` names it, `cargo bench -- --test` runs each once.

mod cache;
mod cost;
mod dispatch;
mod factorial;
mod factorial_algorithm;
mod format;
mod meter;
mod mode;
mod paired;
mod record;
mod sleep;
mod spread;
mod suite;

use criterion::Criterion;
use mode::Mode;
use speedup::Paired;
use speedup::catalog::{Catalog, Row, Scale};
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
    let is_paired = match paired::is_wanted() {
        Ok(wanted) => wanted,
        Err(error) => return fail(error.as_ref(), USAGE),
    };
    // Criterion starts a program to see whether gnuplot is there. An arm that has
    // greeted the conductor is watched for programs that it starts, so Criterion
    // comes first.
    let criterion = Criterion::default();
    let measurement = Paired::from_env();
    let mode = match Mode::from_arguments(env::args().skip(1)) {
        Mode::Measure if measurement.is_arm() => Mode::TakeTurns,
        mode => mode,
    };
    let is_paired = is_paired && mode == Mode::Measure;
    let record = match (mode == Mode::Measure).then(record::begin).transpose() {
        Ok(record) => record,
        Err(error) => return fail(error.as_ref(), FAILED),
    };
    let criterion = configuration(criterion, measurement);
    let suite = match Suite::new(criterion, &output_folder(), mode, catalog) {
        Ok(suite) => suite,
        Err(error) => return fail(&error, FAILED),
    };
    // A row that fails unwinds, so that what it started is ended on the way.
    let rows = match catch_unwind(AssertUnwindSafe(|| run(suite))) {
        Ok(Ok(rows)) => rows,
        Ok(Err(error)) => return fail(error.as_ref(), USAGE),
        Err(panic) => match panic.downcast::<RowFailure>() {
            Ok(failure) => return fail(failure.as_ref(), FAILED),
            Err(panic) => resume_unwind(panic),
        },
    };
    let (criterion, records) = (output_folder(), paired_folder());
    if is_paired {
        let all = paired::arms(&catalog.all());
        if let Err(error) = paired::measure(&rows, all, &criterion, &records) {
            return fail(error.as_ref(), FAILED);
        }
    }
    if let Some(record) = record {
        let reported =
            cost::measure(&rows, &records).and_then(|()| record::end(record, &criterion, &records));
        if let Err(error) = reported {
            return fail(error.as_ref(), FAILED);
        }
    }
    ExitCode::SUCCESS
}

/// All settings, once; the command line may change them. The whole suite fits
/// in five minutes: some two hundred rows of somewhat more than a second.
fn configuration(criterion: Criterion, measurement: Paired) -> Criterion<Paired> {
    criterion
        .with_measurement(measurement)
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

/// Where paired ratios go: beside Criterion's own folder, or into the one that
/// the user names.
fn paired_folder() -> PathBuf {
    let folder = output_folder();
    let chosen = env::var_os(HOME_VARIABLE).filter(|home| !home.is_empty());
    match (chosen, folder.parent()) {
        (None, Some(reports)) => reports.to_owned(),
        _ => folder,
    }
}

fn run(mut suite: Suite) -> Result<Vec<Row<()>>, Box<dyn Error>> {
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
