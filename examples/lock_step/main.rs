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
//! run that was ended goes on where it stopped. Each file has a line about the
//! machine and the code, and then a line a relaunch. Without a number, only
//! what is there is summarised.

#[path = "../shared/end.rs"]
mod end;
mod experiments;
mod kernels;
#[path = "../shared/load.rs"]
mod load;
#[path = "../shared/place.rs"]
mod place;
#[path = "../shared/record.rs"]
mod record;
#[path = "../shared/rounded.rs"]
mod rounded;
#[path = "../shared/share.rs"]
mod share;
mod summary;

use experiments::Experiment;
use record::Record;
use serde_json::Value;
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
    end::end(run(&arguments))
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
    let record = Record::new("lock_step", experiment.name());
    for index in comparisons(&record.lines()?)?..wanted {
        record.append(&experiment.compare(index)?)?;
        eprintln!("{} of {wanted}", index + 1);
    }
    print!("{}", summary::of(experiment, &record.lines()?)?);
    Ok(())
}

/// How many comparisons the lines hold, each a line a relaunch.
fn comparisons(lines: &[Value]) -> Result<usize, Box<dyn Error>> {
    match lines.last().and_then(|line| line["comparison"].as_u64()) {
        Some(last) => Ok(usize::try_from(last)? + 1),
        None => Ok(0),
    }
}
