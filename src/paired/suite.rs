//! What an executable says about itself.

use super::arm::Arm;
use super::error::PairedError;
use super::process::Turn;
use super::stage::Stage;
use std::fs;

/// How Criterion ends each line of its list.
const BENCHMARK: &str = ": benchmark";

/// Similar names that an error shows at most.
const SIMILAR: usize = 5;

/// What an executable answers to `--list`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) ids: Vec<String>,
    /// Whether it greeted: whether it uses [`Paired`](super::Paired).
    pub(super) is_paired: bool,
}

/// What executables have said about themselves, which is asked once of each.
#[derive(Debug, Default)]
pub(super) struct KnownSuites(Vec<(Arm, Listed)>);

impl KnownSuites {
    /// What the executable of an arm says, started in the arm's folder.
    pub(super) fn listed(&mut self, stage: &Stage, arm: &Arm) -> Result<&Listed, PairedError> {
        let is_same = |(other, _): &(Arm, Listed)| {
            other.executable == arm.executable && other.folder == arm.folder
        };
        let known = self.0.iter().position(is_same);
        let index = known.unwrap_or(self.0.len());
        if known.is_none() {
            self.0.push((arm.clone(), ask(stage, arm)?));
        }
        Ok(&self.0[index].1)
    }
}

/// Asks the executable of an arm for its benchmarks.
fn ask(stage: &Stage, arm: &Arm) -> Result<Listed, PairedError> {
    let name = format!("'{}'", arm.executable.display());
    let arguments = ["--bench".into(), "--list".into()];
    let mut process = stage.start(&name, arm, &arguments, true)?;
    let is_paired = stage.greets(&mut process)?;
    if is_paired {
        while process.turn()? != Turn::Done {}
    } else {
        process.finish()?;
    }
    let text = fs::read_to_string(process.folder().join("stdout")).unwrap_or_default();
    let ids: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_suffix(BENCHMARK))
        .map(str::to_owned)
        .collect();
    if ids.is_empty() {
        let said = text.lines().next().unwrap_or_default();
        return Err(PairedError::NotASuite {
            executable: arm.executable.clone(),
            why: format!("`--bench --list` names no benchmark, it says '{said}'"),
        });
    }
    Ok(Listed { ids, is_paired })
}

/// An error if the arm's benchmark is not among those.
pub(super) fn check(arm: &Arm, ids: &[String]) -> Result<(), PairedError> {
    if ids.contains(&arm.id) {
        return Ok(());
    }
    Err(PairedError::NoSuchBenchmark {
        executable: arm.executable.clone(),
        id: arm.id.clone(),
        similar: similar(&arm.id, ids),
    })
}

/// The names that share most with `id`: parts of it, then their beginnings.
fn similar(id: &str, ids: &[String]) -> Vec<String> {
    let resemblance = |other: &str| {
        let parts = id.split('/').zip(other.split('/'));
        let equal = parts.clone().filter(|(a, b)| a == b).count();
        let begun: usize = parts
            .map(|(a, b)| a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count())
            .sum();
        (equal, begun)
    };
    let mut scored: Vec<_> = ids
        .iter()
        .map(|other| (resemblance(other), other))
        .collect();
    scored.retain(|((_, begun), _)| *begun > 0);
    // The sort is stable: among equals, the suite's own order.
    scored.sort_by(|(a, _), (b, _)| b.cmp(a));
    scored
        .into_iter()
        .take(SIMILAR)
        .map(|(_, other)| other.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_that_resemble_a_mistyped_one_most_come_first() {
        let ids = [
            "format/debug",
            "sleep/threads/1",
            "format/display",
            "cache/warm",
        ]
        .map(str::to_owned);
        assert_eq!(similar("format/dsplay", &ids)[0], "format/debug");
        assert_eq!(similar("format/displ", &ids)[0], "format/display");
        assert!(similar("zzz", &ids).is_empty());
    }
}
