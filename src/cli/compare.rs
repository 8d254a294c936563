//! `speedup compare ID ID…`.

use super::cargo::{Built, build};
use super::table::table;
use super::{Exit, Failure, seconds};
use clap::Args;
use speedup::paired::{Arm, Conductor, Method, PairedError, Progress, Settings, to_json};
use std::io::{IsTerminal, Write, stderr};
use std::path::PathBuf;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  speedup compare factorial/sequential/300 factorial/rayon@2/300
      two benchmarks of the package in this folder
  speedup compare parse/old parse/new --manifest-path ../parser/Cargo.toml --time 30
      two benchmarks of another package, more precisely
  speedup compare parse/new --exe before/suite --exe after/suite
      one benchmark of two builds
  speedup compare parse/old parse/new --json > result.json

Exit codes: 0 measured (whatever the result), 1 failed, 2 wrong usage.";

/// Compare benchmarks in lock-step: times as multiples of the first one's
///
/// Each benchmark runs in a process of its own, and the processes take turns
/// sample by sample, so that whatever disturbs one disturbs all. Relaunches
/// with fresh processes give the interval.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// Benchmarks, as `cargo bench -- --list` names them
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,

    /// The package whose suites are built and compared
    #[arg(long, value_name = "PATH", conflicts_with = "exe")]
    manifest_path: Option<PathBuf>,

    /// Build only this bench target; may be repeated
    #[arg(long, value_name = "NAME", conflicts_with = "exe")]
    bench: Vec<String>,

    /// A built suite instead of a package; may be repeated. One ID is compared
    /// over all of them; as many IDs as suites go together in their order
    #[arg(long, value_name = "PATH")]
    exe: Vec<PathBuf>,

    /// Print JSON (schema 1, with every relaunch) instead of a table
    #[arg(long)]
    json: bool,

    /// Exactly so many relaunches, however long they take; six at least give
    /// an interval
    #[arg(long, value_name = "N", conflicts_with = "time",
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    relaunches: Option<u16>,

    /// Time for all of it [default: 5 for each benchmark]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    time: Option<Duration>,

    /// How long a benchmark may take for one sample before it is given up
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "120")]
    deadline: Duration,
}

pub(super) fn run(options: &Options) -> Result<(), Failure> {
    let mut conductor = Conductor::new(options.deadline).map_err(|error| failure(&error))?;
    let arms = arms(options, &mut conductor)?;
    let mut settings = Settings::for_arms(arms.len());
    settings.relaunches = options.relaunches.map(usize::from);
    if let Some(time) = options.time {
        settings.time = time;
    }
    let mut line = ProgressLine::new();
    let compared = conductor.compare(&arms, &settings, &mut |progress| line.show(progress));
    line.clear();
    let comparison = compared.map_err(|error| failure(&error))?;
    if options.json {
        println!("{:#}", to_json(&comparison));
    } else {
        print!("{}", table(&comparison, &names(&arms), &settings));
    }
    Ok(())
}

fn failure(error: &PairedError) -> Failure {
    let exit = match error {
        PairedError::TooFewArms { .. } | PairedError::NoSuchBenchmark { .. } => Exit::Usage,
        _ => Exit::Failed,
    };
    Failure::new(exit, error)
}

/// What is to be compared with what.
fn arms(options: &Options, conductor: &mut Conductor) -> Result<Vec<Arm>, Failure> {
    let (ids, executables) = (&options.ids, &options.exe);
    if executables.is_empty() {
        let built = build(options.manifest_path.as_deref(), &options.bench)?;
        return ids.iter().map(|id| find(id, &built, conductor)).collect();
    }
    let arms: Vec<Arm> = match (ids.as_slice(), executables.as_slice()) {
        ([id], executables) => executables.iter().map(|path| Arm::new(path, id)).collect(),
        (ids, [executable]) => ids.iter().map(|id| Arm::new(executable, id)).collect(),
        (ids, executables) if ids.len() == executables.len() => ids
            .iter()
            .zip(executables)
            .map(|(id, path)| Arm::new(path, id))
            .collect(),
        (ids, executables) => {
            let why = format!(
                "{} benchmarks and {} executables: give one of either, or as many of both",
                ids.len(),
                executables.len()
            );
            return Err(Failure::new(Exit::Usage, &why));
        }
    };
    Ok(arms)
}

/// The suite that has the benchmark.
fn find(id: &str, built: &[Built], conductor: &mut Conductor) -> Result<Arm, Failure> {
    let arm = |suite: &Built| Arm::new(&suite.executable, id).in_folder(&suite.folder);
    // With one suite there is nothing to find, and `compare` says what is wrong.
    if let [suite] = built {
        return Ok(arm(suite));
    }
    let mut known = 0;
    for suite in built {
        // A bench target that is no Criterion suite is none of our business.
        let listed = conductor.benchmarks(&suite.executable, Some(&suite.folder));
        let ids = listed.unwrap_or_default();
        if ids.iter().any(|other| other == id) {
            return Ok(arm(suite));
        }
        known += ids.len();
    }
    let why = format!(
        "none of the {} suites has a benchmark '{id}'; they have {} others, which \
         `cargo bench -- --list` names",
        built.len(),
        known
    );
    Err(Failure::new(Exit::Usage, &why))
}

/// What the arms are called in the table: no more than tells them apart.
fn names(arms: &[Arm]) -> Vec<String> {
    let one_executable = arms
        .windows(2)
        .all(|pair| pair[0].executable == pair[1].executable);
    let name = |arm: &Arm| {
        if one_executable {
            arm.id.clone()
        } else {
            format!("{} of {}", arm.id, arm.executable.display())
        }
    };
    arms.iter().map(name).collect()
}

/// One line that is written over and over, where somebody sees it.
struct ProgressLine {
    is_seen: bool,
}

impl ProgressLine {
    fn new() -> Self {
        Self {
            is_seen: stderr().is_terminal(),
        }
    }

    fn show(&mut self, progress: Progress) {
        let text = match progress {
            Progress::Scouting => "looking at the benchmarks".to_owned(),
            Progress::Relaunching {
                done,
                planned,
                method,
            } => {
                let what = match method {
                    Method::LockStep => "relaunch",
                    Method::WholeProcesses => "block of whole processes",
                };
                format!("{what} {} of about {}", done + 1, planned.max(done + 1))
            }
        };
        self.write(&text);
    }

    fn clear(&mut self) {
        self.write("");
    }

    fn write(&mut self, text: &str) {
        if self.is_seen {
            // A terminal that can't be written to shows no progress.
            let _ = write!(stderr(), "\r\x1b[K{text}").and_then(|()| stderr().flush());
        }
    }
}
