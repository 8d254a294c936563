//! How far lock-step can be trusted, by one command an experiment:
//!
//! ```text
//! cargo run --release --example lock_step -- identical 24
//! cargo run --release --example lock_step -- known 200
//! cargo run --release --example lock_step -- known_under_load 200
//! cargo run --release --example lock_step -- one_after_the_other 48
//! ```
//!
//! The number is how many comparisons there are in the end: those that
//! `reports/evidence/lock_step/` holds already are not made again, so that a
//! run that was ended goes on where it stopped. Each file begins with a line
//! about the machine; then comes a line a relaunch. Without a number, only
//! what is there is summarised.

mod experiments;
mod kernels;
mod load;
mod record;
mod summary;

use experiments::Experiment;
use record::Record;
use std::env;
use std::error::Error;
use std::process::ExitCode;

fn main() -> ExitCode {
    speedup::strategy::process_pool::serve_if_worker();
    // What is compared is this program again, as a Criterion suite.
    if env::args().any(|argument| argument == "--bench") {
        kernels::run();
        return ExitCode::SUCCESS;
    }
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let names: Vec<&str> = Experiment::ALL.iter().map(|each| each.name()).collect();
    let usage = || {
        format!(
            "say which of {}, and how many comparisons",
            names.join(", ")
        )
    };
    let (name, wanted) = match arguments {
        [name] => (name, 0),
        [name, count] => (name, count.parse()?),
        _ => return Err(usage().into()),
    };
    let experiment = Experiment::ALL
        .into_iter()
        .find(|experiment| experiment.name() == name)
        .ok_or_else(usage)?;
    let mut record = Record::open(experiment.name())?;
    for index in record.comparisons()..wanted {
        record.append(&experiment.compare(index)?)?;
        eprintln!("{} of {wanted}", index + 1);
    }
    print!("{}", summary::of(experiment, &record.lines()?)?);
    Ok(())
}
