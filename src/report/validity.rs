//! Whether the numbers can be trusted: what stands against it, the likely
//! cause, and what to do.

use super::input::Input;
use super::machine::Machine;
use super::peers::{self, Peers};
use super::rows::{Measured, Rows};
use super::run::Run;
use super::units::{Unit, utc};
use crate::catalog::Id;

/// A reason for doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The same word in every file and in every version.
    pub key: &'static str,
    /// What is the case.
    pub fact: String,
    /// Why it probably is, and what it does.
    pub cause: String,
    /// What to do.
    pub next: String,
    /// The rows that it concerns.
    pub rows: Vec<String>,
}

/// Load above which a core was busy with something else before the run.
const BUSY_LOAD: f64 = 0.3;

/// Results this far apart, in seconds, were measured on different occasions.
const LONG_AGO_S: u64 = 3600;

/// An interval wider than this is too wide to choose by: its upper end over
/// its lower.
const WIDE: f64 = 1.25;

/// What a commit of `peers.json` ends with where there were changes on top.
const DIRTY: &str = "-dirty";

/// All reasons for doubt. `here` is the machine that the page is made on, where
/// that matters.
pub(super) fn warnings(input: &Input, rows: &Rows, here: Option<&Machine>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    warnings.extend(of_run(input, rows, here));
    warnings.extend(of_peers(input, here));
    warnings.extend(of_files(rows));
    warnings.extend(of_ratios(rows));
    warnings.extend(of_samples(rows));
    warnings
}

fn warning(
    key: &'static str,
    fact: impl Into<String>,
    cause: &str,
    next: &str,
    rows: Vec<String>,
) -> Warning {
    Warning {
        key,
        fact: fact.into(),
        cause: cause.to_owned(),
        next: next.to_owned(),
        rows,
    }
}

fn of_run(input: &Input, rows: &Rows, here: Option<&Machine>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let Some(run) = &input.run else {
        if !rows.rows.is_empty() {
            warnings.push(warning(
                "no_run",
                "There is no record of the run: machine, build and scale are unknown.",
                "The results were copied without run.json, or by an older version of the suite. \
                 Cores and scale are taken to be those of this machine and of a usual run.",
                "Run `cargo bench`, which records them.",
                vec![],
            ));
        }
        return warnings;
    };
    if let Some(here) = here
        && !here.may_be(&run.machine)
    {
        warnings.push(warning(
            "other_machine",
            "The results are of another machine than the one this page was made on.",
            "They were copied, or the machine was given other cores or memory.",
            "Run `cargo bench` here before you choose anything for this machine.",
            vec![],
        ));
    }
    if run.started_unix_s > run.since_unix_s.saturating_add(LONG_AGO_S) {
        warnings.push(warning(
            "older_results",
            format!(
                "Some results are older than the last run: they were measured since {}, the last \
                 run began {}.",
                utc(run.since_unix_s),
                utc(run.started_unix_s)
            ),
            "The last run was filtered, and others of the same build came before it. What else the \
             machine did has changed meanwhile; paired ratios don't mind.",
            "Run `cargo bench` without a filter for results of one occasion.",
            vec![],
        ));
    }
    if run.is_dirty == Some(true) {
        warnings.push(warning(
            "dirty",
            "The code that was measured is not that of the commit: there were changes on top.",
            "The working tree held changes that were not committed.",
            "Commit them and run `cargo bench` again, so that somebody else can repeat it.",
            vec![],
        ));
    }
    if let Some(load) = run.load_before.filter(|load| *load > BUSY_LOAD) {
        warnings.push(warning(
            "load",
            format!("Before the run, {load:.2} threads were running on average."),
            "Another program was busy, or the build had just ended. Rows with a worker a core \
             suffer most.",
            "Close what is running, wait a minute after the build, and run `cargo bench` again.",
            vec![],
        ));
    }
    warnings.extend(of_machine(&run.machine));
    warnings
}

/// What stands against the peers beside the rest of the page.
fn of_peers(input: &Input, here: Option<&Machine>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let Some(peers) = &input.peers else {
        return warnings;
    };
    let again = format!("`{}` measures them again.", peers::COMMAND);
    let run = input.run.as_ref();
    let (machine, others) = match run {
        Some(run) => (Some(&run.machine), "what is shown beside them"),
        None => (here, "this page was made on"),
    };
    if machine.is_some_and(|machine| !machine.may_be(&peers.machine)) {
        warnings.push(warning(
            "peers_other_machine",
            format!("Peers were measured on another machine than {others}."),
            "The file peers.json was copied, or the machine was given other cores. Their ratios \
             hold for that machine.",
            &again,
            vec![],
        ));
    }
    if let Some((own, other)) = run.and_then(|run| differs(peers, run)) {
        warnings.push(warning(
            "peers_other_build",
            format!("Peers were measured {own}, the rest {other}."),
            "`cargo bench` does not measure them. Their ratios are of the build and the scale that \
             they were measured with.",
            &again,
            vec![],
        ));
    }
    warnings
}

/// What the peers were measured with and what the rest, where that is not the
/// same.
fn differs(peers: &Peers, run: &Run) -> Option<(String, String)> {
    if let Some(scale) = peers.scale.as_ref().filter(|scale| **scale != run.scale) {
        return Some((
            format!("at scale {scale}"),
            format!("at scale {}", run.scale),
        ));
    }
    let (own, other) = (peers.commit.as_ref()?, run.commit.as_ref()?);
    // Theirs may be the beginning of it, and says itself where there were
    // changes on top.
    let is_same = other.starts_with(own.trim_end_matches(DIRTY));
    let has_changes = own.ends_with(DIRTY);
    let is_as_clean = run.is_dirty.is_none_or(|is_dirty| is_dirty == has_changes);
    (!is_same || !is_as_clean).then(|| (format!("at commit {own}"), format!("at {other}")))
}

fn of_machine(machine: &Machine) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if machine.is_virtual == Some(true) {
        warnings.push(warning(
            "virtual",
            "It was measured in a virtual machine.",
            "Other guests share its processor, and take time that nobody can see from inside. Two \
             identical runs can differ by 20 %.",
            "Trust paired ratios rather than times; measure on a machine of its own where times \
             matter.",
            vec![],
        ));
    }
    if let Some(governor) = machine
        .governor
        .as_ref()
        .filter(|name| *name != "performance")
    {
        warnings.push(warning(
            "governor",
            format!("The governor of the processor's clock is '{governor}'."),
            "The clock follows the load, so short rows run slower than long ones.",
            "`cpupower frequency-set -g performance`, then run `cargo bench` again.",
            vec![],
        ));
    }
    if machine.has_turbo == Some(true) {
        warnings.push(warning(
            "turbo",
            "The processor may clock itself up.",
            "It does so for one busy core more than for many, and for as long as it stays cool: \
             speed-ups by cores come out smaller than they are.",
            "Switch it off (`intel_pstate/no_turbo`, `cpufreq/boost`) where efficiency matters.",
            vec![],
        ));
    }
    if let (Some(available), Some(online)) = (machine.cores_available, machine.cores_online)
        && available < online
    {
        warnings.push(warning(
            "affinity",
            format!("Only {available} of {online} CPUs could be used."),
            "An affinity mask or a container's limit keeps the suite to them.",
            "Lift the limit, or read every answer as one for so many CPUs.",
            vec![],
        ));
    }
    warnings
}

fn of_files(rows: &Rows) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let damaged = rows.left_out.len() - rows.stale;
    if rows.stale > 0 {
        warnings.push(warning(
            "stale",
            format!("{} older results were left out.", rows.stale),
            "They are of another build, scale or machine than the run, and can't stand beside it. \
             They are named below.",
            "Run `cargo bench` without a filter, or remove them.",
            vec![],
        ));
    }
    if damaged > 0 {
        warnings.push(warning(
            "left_out",
            format!("{damaged} files or entries can't be used and were left out."),
            "They are cut off, renamed, foreign, or of another version. They are named below, with \
             what is wrong.",
            "Do as it says there, then `speedup report`.",
            vec![],
        ));
    }
    if !rows.missing.is_empty() && !rows.rows.is_empty() {
        let rows_of = rows.missing.iter().map(Id::to_string).collect();
        warnings.push(warning(
            "missing",
            format!("{} rows of the catalog have no result.", rows.missing.len()),
            "The run was filtered or ended early.",
            "Run `cargo bench` without a filter.",
            rows_of,
        ));
    }
    if !rows.beyond_catalog.is_empty() {
        let rows_of = rows.beyond_catalog.iter().map(Id::to_string).collect();
        warnings.push(warning(
            "beyond_catalog",
            format!("{} results are of rows that the catalog does not have.", rows.beyond_catalog.len()),
            "They are of another scale, another number of cores or another version. They are listed \
             without a baseline.",
            "Remove them if they mean nothing to you.",
            rows_of,
        ));
    }
    warnings
}

/// The rows for which something holds, by name.
fn names(rows: &Rows, holds: impl Fn(&Measured) -> bool) -> Vec<String> {
    let found = rows.rows.iter().filter(|row| holds(row));
    found.map(|row| row.id.to_string()).collect()
}

fn of_ratios(rows: &Rows) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let unpaired = names(rows, |row| {
        row.speed_up
            .as_ref()
            .is_some_and(|speed_up| !speed_up.is_paired)
    });
    if !unpaired.is_empty() {
        warnings.push(warning(
            "unpaired",
            format!("{} ratios are unpaired.", unpaired.len()),
            "Their rows were measured one after the other, minutes apart, and not in lock-step. \
             Their intervals are widened by what two runs differ by.",
            "Run `cargo bench` without SPEEDUP_PAIRED=off, or `speedup compare` for two rows.",
            unpaired,
        ));
    }
    let wide = names(rows, |row| {
        row.speed_up
            .as_ref()
            .is_some_and(|speed_up| speed_up.is_paired && speed_up.high / speed_up.low > WIDE)
    });
    if !wide.is_empty() {
        warnings.push(warning(
            "wide",
            format!(
                "{} paired ratios have an interval wider than {}.",
                wide.len(),
                Unit::Fraction.text(WIDE - 1.0)
            ),
            "There were few relaunches, or the row itself differs from one to the next.",
            "`speedup compare` with a longer `--time` narrows it.",
            wide,
        ));
    }
    warnings
}

fn of_samples(rows: &Rows) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut add = |key, holds: fn(&Measured) -> bool, fact: &str, cause: &str, next: &str| {
        let found = names(rows, holds);
        if !found.is_empty() {
            let fact = format!("{} rows {fact}", found.len());
            warnings.push(warning(key, fact, cause, next, found));
        }
    };
    add(
        "few_samples",
        |row| row.samples.is_small(),
        "have fewer than ten samples.",
        "Criterion was told to take so few.",
        "Raise `--sample-size`.",
    );
    add(
        "noisy",
        |row| row.samples.is_noisy(),
        "scatter by more than 10 %.",
        "Other programs, other guests of the machine, or waking threads, whose time varies anyway.",
        "Look at their paired ratio, where there is one; measure again on a quieter machine.",
    );
    add(
        "bimodal",
        |row| row.samples.is_bimodal,
        "have samples in two heaps.",
        "The machine switched between two states, such as two CPUs that share a core, or where a \
         thread was put.",
        "Look at its distribution (\u{201c}Spread\u{201d}); a median between two heaps is neither.",
    );
    add(
        "drifting",
        |row| row.samples.drift.is_some(),
        "became steadily slower or faster while they were measured.",
        "The processor grew warm, another program came or went, or memory fills up.",
        "Measure again; if it drifts each time, the row itself is not steady.",
    );
    warnings
}
