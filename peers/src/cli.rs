//! Flags, progress, exit code.

use crate::apart;
use crate::conductor::{Peers, RELAUNCH, measure, serve};
use crate::group::Watchman;
use crate::job::{Job, Outcome};
use crate::machine;
use crate::record::{Earlier, Record};
use crate::result::{JobResult, Skipped};
use crate::settings::{Settings, USUAL_RELAUNCHES};
use crate::table;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use std::env;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

const EXAMPLES: &str = "\
Examples:
  cargo run --release --manifest-path peers/Cargo.toml
  cargo run --release --manifest-path peers/Cargo.toml -- --list
  cargo run --release --manifest-path peers/Cargo.toml -- factorial
  SPEEDUP_SCALE=1000 cargo run --release --manifest-path peers/Cargo.toml

SPEEDUP_SCALE    how much work: 1 is the default, 1000 the notebook's own size
SPEEDUP_PYTHON   the Python interpreter; python3 unless it is set

A peer that is not installed is named and skipped. Exit codes: 0 all measured,
1 a job failed, 2 usage.";

/// Measures the suite's rows against what a user would pick instead.
#[derive(Debug, Parser)]
#[command(name = "speedup-peers", after_help = EXAMPLES)]
struct Arguments {
    /// Only jobs with one of these names, or whose name contains one of these
    /// words.
    words: Vec<String>,
    /// Says which jobs and sides there are, and ends.
    #[arg(long)]
    list: bool,
    /// The file of results, which keeps earlier results of other jobs if they
    /// are of the same commit, machine, scale and versions.
    #[arg(long, value_name = "FILE", default_value_os_t = default_output())]
    output: PathBuf,
    /// Fresh starts of everything, a value each.
    #[arg(long, value_name = "COUNT", default_value_t = USUAL_RELAUNCHES,
          value_parser = clap::value_parser!(u16).range(6..=100))]
    relaunches: u16,
}

fn default_output() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "reports", "peers.json"]
        .iter()
        .collect()
}

/// Runs the program on its jobs: the flags are the command line's.
#[must_use]
pub fn run(jobs: &[Job]) -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let outcome = if words.first().is_some_and(|word| word == RELAUNCH) {
        serve(jobs, &words[1..])
    } else if words.first().is_some_and(|word| word == apart::APART) {
        apart::serve(&words[1..])
    } else {
        command(jobs, &Arguments::parse())
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn command(all: &[Job], arguments: &Arguments) -> Outcome<()> {
    let names: Vec<&str> = all.iter().map(|job| job.name).collect();
    let jobs = wanted(all, &names, &arguments.words).unwrap_or_else(|complaint| {
        let mut command = Arguments::command();
        command.error(ErrorKind::InvalidValue, complaint).exit()
    });
    if arguments.list {
        return Ok(print(&list(&jobs))?);
    }
    // As it is before measuring: that takes minutes, in which it may change.
    let commit = machine::commit();
    let started = Instant::now();
    let started_unix_s = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let run = Run::of(&jobs, usize::from(arguments.relaunches))?;
    let record = Record {
        started_unix_s,
        seconds: started.elapsed().as_secs_f64(),
        commit,
        settings: Settings::here(arguments.relaunches),
        words: arguments.words.clone(),
        machine: machine::machine(),
        versions: run.peers.versions(),
        skipped: run.skipped,
        jobs: run.results,
    };
    for job in &record.jobs {
        print(&format!("{}\n", table::job(job)))?;
    }
    print(&table::foot(&record.versions, &record.skipped))?;
    if !record.jobs.is_empty() {
        let path = &arguments.output;
        let earlier = record.store(path, &names)?;
        if let Earlier::KeptAs(kept) = earlier {
            let kept = kept.display();
            eprintln!("earlier results were of other sources, versions, machine or scale: {kept}");
        }
        eprintln!("written: {}", path.display());
    }
    match run.failures.as_slice() {
        [] => Ok(()),
        failures => Err(failures.join("\nerror: ").into()),
    }
}

/// The jobs that the words mean: all where there are none. A word that is a name
/// means that job alone, and one that means none is complained of.
fn wanted<'a>(all: &'a [Job], names: &[&str], words: &[String]) -> Result<Vec<&'a Job>, String> {
    let means =
        |word: &str, name: &str| name == word || (name.contains(word) && !names.contains(&word));
    for word in words {
        if !names.iter().any(|name| means(word, name)) {
            let names = names.join(", ");
            return Err(format!("no job is called '{word}'; there are: {names}"));
        }
    }
    let is_meant = |job: &&Job| words.is_empty() || words.iter().any(|word| means(word, job.name));
    Ok(all.iter().filter(is_meant).collect())
}

/// A pipe that nobody reads any more is no panic.
fn print(text: &str) -> std::io::Result<()> {
    std::io::stdout().write_all(text.as_bytes())
}

fn list(jobs: &[&Job]) -> String {
    let mut lines = Vec::new();
    for job in jobs {
        lines.push(format!(
            "{}: {} (time of {})\n",
            job.name, job.title, job.unit
        ));
        for side in &job.sides {
            let peer = side
                .peer
                .map_or(String::new(), |peer| format!(" [{}]", peer.name));
            lines.push(format!("  {}{peer}: {}\n", side.name, side.includes));
        }
    }
    lines.concat()
}

/// All that was measured.
#[derive(Default)]
struct Run {
    peers: Peers,
    results: Vec<JobResult>,
    skipped: Vec<Skipped>,
    /// A job that fails does not keep the others from being measured.
    failures: Vec<String>,
}

impl Run {
    fn of(jobs: &[&Job], relaunches: usize) -> Outcome<Self> {
        let mut run = Self::default();
        let mut watchman = Watchman::start()?;
        for (place, job) in jobs.iter().enumerate() {
            let (able, skipped) = run.peers.able(job);
            for each in &skipped {
                eprintln!("{}: {} is skipped: {}", job.name, each.peer, each.why);
            }
            run.skip(skipped);
            if able.len() < 2 {
                eprintln!("{}: nobody is left to compare with", job.name);
                continue;
            }
            let number = format!("[{}/{}] {}", place + 1, jobs.len(), job.name);
            let tell = |index| eprintln!("{number}: relaunch {} of {relaunches}", index + 1);
            match measure(job, &able, relaunches, &mut watchman, tell) {
                Ok(result) => run.results.push(result),
                Err(error) => run.failures.push(error.to_string()),
            }
        }
        Ok(run)
    }

    fn skip(&mut self, skipped: Vec<Skipped>) {
        for each in skipped {
            match self
                .skipped
                .iter_mut()
                .find(|other| other.peer == each.peer)
            {
                Some(other) => other.jobs.extend(each.jobs),
                None => self.skipped.push(each),
            }
        }
    }
}
