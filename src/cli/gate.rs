//! `speedup gate --base REV`.

use super::gate_table::{planned, result};
use super::{Exit, Failure, seconds};
use clap::{Args, ValueEnum};
use regex::Regex;
use speedup::gate::history::{append, record_line};
use speedup::gate::output::{to_html, to_json, to_junit, to_markdown, write};
use speedup::gate::{
    Gate, GateError, Measuring, Outcome, Request, Rules, Step, Strictness, run as gate,
};
use std::env;
use std::io::{IsTerminal, Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  speedup gate --base origin/main
      the working tree, with its uncommitted changes, against origin/main
  speedup gate --base v1.2.0 --head v1.3.0 --filter '^parse/' --html gate.html
      two releases, some of the benchmarks, with a page
  speedup gate --base origin/main --budget 10m --undecided warn --markdown summary.md
      in a workflow that must end in time
  speedup gate --base HEAD~1 --record gates.jsonl && speedup history gates.jsonl
      after each commit, for the trend

Exit codes:
  0  no benchmark regressed
  1  something went wrong on the way, or a benchmark did not run
  2  wrong usage: no repository, no such revision
  3  at least one benchmark regressed
  4  some benchmark is undecided or unfit (0 with --undecided warn)
  5  the suites don't match (a benchmark is missing, a revision does not
     compile or has no benches), or nothing ran";

/// Is this revision slower than another one? Fails if a benchmark is
///
/// Builds both revisions, with functions at multiples of 64 bytes so that what
/// did not change lies in lines of the cache as before, and measures the
/// benchmarks that they share in lock-step. A first look at each routes the
/// suspicious ones; these are measured anew, and only that decides. What is
/// neither shown to be slower nor shown not to be is undecided, and said to be.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// The revision to compare with: a branch, a tag, a commit
    #[arg(long, value_name = "REV")]
    base: String,

    /// The revision to judge [default: the working tree, changes included]
    #[arg(long, value_name = "REV")]
    head: Option<String>,

    /// The package [default: that of the current folder]
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,

    /// Only this bench target; may be repeated
    #[arg(long, value_name = "NAME")]
    bench: Vec<String>,

    /// Only benchmarks whose name matches this regular expression
    #[arg(long, value_name = "REGEX")]
    filter: Option<Regex>,

    /// Slowdowns up to this are let pass
    #[arg(long, value_name = "PERCENT", value_parser = percentage, default_value = "2%")]
    margin: f64,

    /// The most that the probability of a false alarm may be, for all
    /// benchmarks together
    #[arg(long, value_name = "PERCENT", value_parser = percentage, default_value = "1%")]
    alpha: f64,

    /// Time for measuring, after building: 90s, 10m, 1h [default: what it takes]
    #[arg(long, value_name = "TIME", value_parser = time)]
    budget: Option<Duration>,

    /// Whether undecided and unfit benchmarks fail the gate
    #[arg(long, value_name = "HOW", default_value = "fail")]
    undecided: Undecided,

    /// Write the result as Markdown, for a comment or a job's summary
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,

    /// Write the result as JSON (schema 1, with every relaunch)
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Write the result as JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,

    /// Write the result as a self-contained page
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Add a line to this history, for `speedup history`
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,

    /// Another argument for `cargo bench --no-run`; may be repeated
    #[arg(long, value_name = "ARG", allow_hyphen_values = true)]
    cargo_arg: Vec<String>,

    /// Where builds are kept [default: a folder among the user's caches]
    #[arg(long, value_name = "FOLDER", env = "SPEEDUP_CACHE")]
    cache: Option<PathBuf>,

    /// How long a benchmark may take for one sample before it is given up
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "120")]
    deadline: Duration,

    /// Measure even what was compiled to the same code, to see how often the
    /// gate alarms
    #[arg(long)]
    measure_identical: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Undecided {
    /// The command ends with 4
    Fail,
    /// They are shown, and the command ends well
    Warn,
}

/// `2%`, `2 %` or `0.02`, as 0.02.
fn percentage(text: &str) -> Result<f64, String> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let value = match text.trim().strip_suffix('%') {
        Some(percent) => number(percent).map(|percent| percent / 100.0),
        None => number(text),
    };
    value
        .filter(|value| *value > 0.0 && *value < 1.0)
        .ok_or_else(|| format!("'{text}' is no percentage between 0% and 100%, such as 2%"))
}

/// `90`, `90s`, `10m` or `1h`.
fn time(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(number) => (number, text.chars().last()),
        None => (text, None),
    };
    let factor = match unit {
        Some('m') => 60,
        Some('h') => 3600,
        _ => 1,
    };
    let time = seconds(number)
        .ok()
        .and_then(|time| time.checked_mul(factor));
    time.ok_or_else(|| format!("'{text}' is no time above 0, such as 90s, 10m or 1h"))
}

pub(super) fn run(options: &Options) -> Result<u8, Failure> {
    let request = Request {
        manifest: options.manifest_path.clone(),
        head: options.head.clone(),
        benches: options.bench.clone(),
        filter: options.filter.clone(),
        cargo_arguments: options.cargo_arg.clone(),
        rules: Rules {
            margin: options.margin,
            alpha: options.alpha,
        },
        undecided: match options.undecided {
            Undecided::Fail => Strictness::Fail,
            Undecided::Warn => Strictness::Warn,
        },
        budget: options.budget,
        deadline: options.deadline,
        cache: options.cache.clone(),
        measure_identical: options.measure_identical,
        ..Request::new(&options.base)
    };
    let mut line = Progress::new();
    let found = gate(&request, &mut |step| line.show(&step));
    line.clear();
    let found = found.map_err(|error| failure(&error))?;
    let is_coloured = stdout().is_terminal() && env::var_os("NO_COLOR").is_none();
    print!("{}", result(&found, is_coloured));
    store(options, &found).map_err(|error| failure(&error))?;
    Ok(found.outcome().code())
}

fn failure(error: &GateError) -> Failure {
    let exit = match error.outcome() {
        Outcome::Usage => Exit::Usage,
        Outcome::Mismatch => Exit::Mismatch,
        _ => Exit::Failed,
    };
    Failure::new(exit, error)
}

fn store(options: &Options, gate: &Gate) -> Result<(), GateError> {
    let to = |path: &Option<PathBuf>, text: &dyn Fn() -> Result<String, GateError>| match path {
        Some(path) => write(path, &text()?),
        None => Ok(()),
    };
    to(&options.markdown, &|| Ok(to_markdown(gate)))?;
    to(&options.json, &|| Ok(format!("{:#}\n", to_json(gate))))?;
    to(&options.junit, &|| to_junit(gate))?;
    to(&options.html, &|| to_html(gate))?;
    match &options.record {
        Some(path) => append(path, &record_line(gate)),
        None => Ok(()),
    }
}

/// What the gate is doing: one line that is written over and over where
/// somebody sees it, and a line a stage in a log.
struct Progress {
    is_seen: bool,
    last: String,
}

impl Progress {
    fn new() -> Self {
        Self {
            is_seen: stderr().is_terminal(),
            last: String::new(),
        }
    }

    fn show(&mut self, step: &Step) {
        match step {
            Step::Waiting(path) => self.stage(&format!(
                "waiting for another gate that uses '{}'",
                path.display()
            )),
            Step::Building { side, label, again } => self.stage(&if *again {
                format!("building the {side} {label} again, with other metadata")
            } else {
                format!("building the {side} {label}")
            }),
            Step::Planned(plan) => {
                self.clear();
                eprint!("{}", planned(plan));
            }
            Step::Screening(measuring) => self.measuring("screening", measuring),
            Step::Deciding(measuring) => self.measuring("deciding", measuring),
        }
    }

    fn measuring(&mut self, what: &str, measuring: &Measuring) {
        if !self.is_seen {
            self.stage(what);
            return;
        }
        let left = measuring.left.map_or(String::new(), |left| {
            let seconds = left.as_secs();
            format!(", {}:{:02} left", seconds / 60, seconds % 60)
        });
        // A name from elsewhere, on somebody's terminal.
        let name = measuring.benchmark.id.replace(char::is_control, " ");
        rewrite(&format!(
            "{what} {} of {}{left}: {name}",
            measuring.done + 1,
            measuring.of
        ));
    }

    fn stage(&mut self, text: &str) {
        if self.is_seen {
            rewrite(text);
        } else if self.last != text {
            text.clone_into(&mut self.last);
            eprintln!("{text}");
        }
    }

    fn clear(&self) {
        if self.is_seen {
            rewrite("");
        }
    }
}

fn rewrite(text: &str) {
    // A terminal that can't be written to shows no progress.
    let _ = write!(stderr(), "\r\x1b[K{text}").and_then(|()| stderr().flush());
}

/// `speedup history FILE`: what `--record` has written, as trends.
pub(super) mod history {
    use super::{Failure, Path, PathBuf, failure, write};
    use crate::cli::gate_table::history_table;
    use clap::Args;
    use speedup::gate::GateError;
    use speedup::gate::history::{read, to_html, trends};

    const EXAMPLES: &str = "\
Examples:
  speedup history gates.jsonl
  speedup history gates.jsonl --html trends.html

Exit codes: 0 shown, 1 the file can't be read or is no history, 2 wrong usage.";

    /// Show the trend of each benchmark over the gates that were recorded
    ///
    /// Ratios are chained from gate to gate, so gates of different machines
    /// make one trend; times are shown for the machine of the last gate only.
    /// Change points are found by Pettitt's rank test (1979): p at most 1 %,
    /// medians at least 2 % apart, on 16 gates or more.
    #[derive(Debug, Args)]
    #[command(after_help = EXAMPLES)]
    pub(in crate::cli) struct Options {
        /// The file that `speedup gate --record` has written
        file: PathBuf,

        /// Write a self-contained page, with a picture of each trend
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    }

    pub(in crate::cli) fn run(options: &Options) -> Result<u8, Failure> {
        shown(&options.file, options.html.as_deref()).map_err(|error| failure(&error))?;
        Ok(0)
    }

    fn shown(file: &Path, html: Option<&Path>) -> Result<(), GateError> {
        let records = read(file)?;
        let trends = trends(&records)?;
        print!("{}", history_table(&trends, &records));
        match html {
            Some(path) => write(path, &to_html(&trends, records.len())?),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_read_with_and_without_their_sign() {
        assert_eq!(percentage("2%"), Ok(0.02));
        assert_eq!(percentage("2 %"), Ok(0.02));
        assert_eq!(percentage("0.05"), Ok(0.05));
        for wrong in ["", "%", "-1%", "0%", "100%", "two", "NaN"] {
            assert!(percentage(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_have_units() {
        let read = ["90", "90s", "1.5m", "1h"].map(|text| time(text).map(|time| time.as_secs()));
        assert_eq!(read, [Ok(90), Ok(90), Ok(90), Ok(3600)]);
        for wrong in ["", "m", "0s", "-1m", "1d", "1mm"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
