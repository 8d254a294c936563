//! How often the gate alarms and what it finds, by one command an experiment:
//!
//! ```text
//! cargo run --release --example gate_rates -- build
//! cargo run --release --example gate_rates -- false_alarms 180
//! cargo run --release --example gate_rates -- false_alarms_under_load 60
//! cargo run --release --example gate_rates -- false_alarms_rebuilt 60
//! cargo run --release --example gate_rates -- false_alarms_moved 60
//! cargo run --release --example gate_rates -- false_alarms_moved_not_aligned 30
//! cargo run --release --example gate_rates -- power 60
//! cargo run --release --example gate_rates -- usual_false_alarms 60
//! cargo run --release --example gate_rates -- usual_power 60
//! cargo run --release --example gate_rates -- summary
//! ```
//!
//! # Protocol
//!
//! Written down before the first run. A change of what a run is needs a new
//! folder of data. There were three. Two were of the gate's screening: it sampled
//! for 40 ms in all its looks and routed an estimate beyond the margin without asking
//! whether it differs; then for 80 ms from the second look on; then its looks ended
//! once their outcome was certain, and had a time of their own for what merely
//! scatters. The third is of its builds: functions begin at multiples of 64 bytes.
//! The runs before are in `reports/evidence/gate_before/`, where lines of
//! their own tell machine and commit; `summary_before` makes their tables.
//!
//! - **The subject** is `package/`, made a git repository, with four
//!   benchmarks: `single_threaded`, `rayon` and `process_pool` (two tasks on
//!   two workers), `sleep`. Their work is counted in rounds of a loop, or in
//!   steps of sleep. Slowed revisions differ from the base in one of these
//!   counts, by 4, 6 or 10 %. A bench target of its own, `dependency`, has three
//!   whose time goes into loops of `num-bigint`.
//! - **A run** is a whole gate over all four, in the default settings: worktrees,
//!   builds (kept from run to run), both stages, verdicts. Nothing is left out
//!   or run again; a run that ends in an error is written down with it and
//!   counts against the gate.
//! - **False alarms**: base and head are the same source. An alarm is any
//!   verdict `regressed`. In `false_alarms` both were compiled alike, and the
//!   identical code is measured nevertheless; `false_alarms_under_load` is the
//!   same with a thread a core that computes in random bursts of 1 ms to 1.5 s;
//!   in `false_alarms_rebuilt` the head is the base under ten other versions in
//!   turn, so that cargo gives it another `-C metadata` and with it another
//!   layout.
//! - **A dependency that moved**: in the head, a function has grown that is called
//!   once before anything is measured, by one to ten steps in turn, so that what the
//!   linker puts behind it lies elsewhere. `false_alarms_moved` gates the three
//!   benchmarks of `dependency` over such heads; `false_alarms_moved_not_aligned`
//!   does that where a configuration of cargo's gives functions the places that rustc
//!   has for them (multiples of 16 bytes), in base and head, which takes the place of
//!   the gate's flag: it shows whether the experiment could alarm at all.
//! - **Power**: kind and size change from run to run, in turn; the number is of
//!   runs for each of the nine as far as an aim is set: from 4 % on where it is
//!   single-threaded, from 6 % on elsewhere. A slowdown is found if the verdict
//!   of the slowed benchmark is `regressed`; and if any other's is, the culprit
//!   is wrong. (Among the runs before, the other three took their turns as well
//!   until each had been slowed fourteen times.)
//! - **The usual ways**, on the same subject, pairs and machine: Criterion runs
//!   the base's suite and then the head's, each benchmark 0.5 s of warm-up and
//!   1 s of sampling, 50 samples; for their power only the slowed one, which
//!   brings its two runs closer together than they are in a whole suite, and so
//!   is in their favour. From these come Criterion's own verdict
//!   ("regressed"), the ratio of mean times against thresholds of 5 % and 10 %,
//!   and a Mann–Whitney U-test on the samples, one-sided at 1 %. (The last twenty of
//!   sixty runs of each were made a day after the others, in builds of their own.)
//! - **Every rate** gets its 95 % Clopper–Pearson interval. Undecided and unfit
//!   verdicts are counted and shown.
//!
//! The number is how many runs there are in the end: those that
//! `reports/evidence/gate/` holds already are not made again, so that an
//! experiment that was ended goes on where it stopped. Each file has a line about
//! the machine and the code, and then a line a run. `build` compiles all
//! revisions beforehand, so that no run begins with it; `summary` makes the
//! tables of what is there, from the raw data alone.

#[path = "../shared/end.rs"]
mod end;
mod experiments;
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
mod subject;
mod summary;
mod usual;

use experiments::Experiment;
use record::Record;
use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::slice;
use subject::Subject;

/// Of `reports/evidence`, with a file an experiment: of the gate as it is, and of
/// how it screened before.
const FOLDER: &str = "gate";
const FOLDER_BEFORE: &str = "gate_before";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    end::end(run(&arguments))
}

fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    for (word, folder) in [("summary", FOLDER), ("summary_before", FOLDER_BEFORE)] {
        if arguments == [word] {
            print!("{}", summary::all(folder)?);
            return Ok(());
        }
    }
    if arguments == ["build"] {
        return experiments::build(&Subject::make()?);
    }
    let [name, count] = arguments else {
        return Err(usage().into());
    };
    let experiment = Experiment::ALL
        .into_iter()
        .find(|experiment| experiment.name() == name)
        .ok_or_else(usage)?;
    let count = count.parse()?;
    let subject = Subject::make()?;
    let record = Record::new(FOLDER, experiment.name());
    let mut lines = record.lines()?;
    while let Some(run) = experiment.next(&lines, count) {
        let line = experiment.run(&subject, &run)?;
        eprintln!("run {}: {}", run.index + 1, line["said"]);
        record.append(slice::from_ref(&line))?;
        lines.push(line);
    }
    print!("{}", summary::of(experiment, &lines)?);
    Ok(())
}

fn usage() -> String {
    let names: Vec<&str> = Experiment::ALL.iter().map(|each| each.name()).collect();
    format!(
        "say which of {}, and how many runs; or build, or summary",
        names.join(", ")
    )
}
