//! One relaunch: fresh processes that take turns, sample by sample.

use super::arm::Arm;
use super::error::PairedError;
use super::placement::{is_single_threaded, last_cpu, pin};
use super::process::{Process, Turn};
use super::stage::{Sampling, Stage};
use crate::criterion_files::sample_times_ns;

/// What one process of one relaunch gave.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Samples {
    /// The time of an iteration in each sample, in nanoseconds.
    pub(super) times_ns: Vec<f64>,
    /// Whether it was kept on one CPU.
    pub(super) is_pinned: bool,
}

/// Runs one process an arm, and returns their samples in the arms' order.
///
/// `reversed` starts them in the opposite order, and begins the rounds with
/// the other one.
pub(super) fn relaunch(
    stage: &Stage,
    arms: &[Arm],
    sampling: Sampling,
    reversed: bool,
) -> Result<Vec<Samples>, PairedError> {
    let mut processes = start(stage, arms, sampling, reversed)?;
    let pinned = place(&processes);
    let mut left: Vec<usize> = (0..arms.len()).collect();
    for round in 0.. {
        if left.is_empty() {
            break;
        }
        for index in order(arms.len(), round, reversed) {
            if left.contains(&index) && processes[index].turn()? == Turn::Done {
                left.retain(|other| *other != index);
            }
        }
    }
    arms.iter()
        .zip(&processes)
        .zip(pinned)
        .map(|((arm, process), is_pinned)| {
            let times_ns = samples(process, arm)?;
            Ok(Samples {
                times_ns,
                is_pinned,
            })
        })
        .collect()
}

/// What the process has stored of its benchmark.
pub(super) fn samples(process: &Process<'_>, arm: &Arm) -> Result<Vec<f64>, PairedError> {
    sample_times_ns(process.folder(), &arm.id).map_err(|error| PairedError::NoSamples {
        arm: process.name().to_owned(),
        error,
        said: process.said(),
    })
}

/// Brings every arm to the end of its first sample, one after the other.
fn start<'a>(
    stage: &'a Stage,
    arms: &[Arm],
    sampling: Sampling,
    reversed: bool,
) -> Result<Vec<Process<'a>>, PairedError> {
    let mut started: Vec<Option<Process<'a>>> = arms.iter().map(|_| None).collect();
    for index in order(arms.len(), 0, reversed) {
        let mut process = stage.start_benchmark(index, &arms[index], sampling, true)?;
        let arm = || process_name(arms, index);
        if !stage.greets(&mut process)? {
            process.finish()?;
            return Err(PairedError::NeverReady { arm: arm() });
        }
        if process.turn()? == Turn::Done {
            // Without samples, something else is wrong with it.
            samples(&process, &arms[index])?;
            return Err(PairedError::NeverReady { arm: arm() });
        }
        started[index] = Some(process);
    }
    Ok(started.into_iter().flatten().collect())
}

fn process_name(arms: &[Arm], index: usize) -> String {
    arms[index].name(index)
}

/// Keeps the single-threaded arms on one CPU, now that each has shown what it
/// uses; tells which ones.
fn place(processes: &[Process<'_>]) -> Vec<bool> {
    let alone: Vec<bool> = processes
        .iter()
        .map(|process| is_single_threaded(process.pid(), process.before()))
        .collect();
    // Where the scheduler put the first of them is a good place, and another
    // one with every relaunch.
    let first = alone.iter().position(|alone| *alone);
    let Some(cpu) = first.and_then(|index| last_cpu(processes[index].pid())) else {
        return vec![false; processes.len()];
    };
    processes
        .iter()
        .zip(alone)
        .map(|(process, alone)| alone && pin(process.pid(), cpu))
        .collect()
}

/// The order of a round: each begins with another arm, and every second one
/// goes backwards, so that over the rounds each arm follows each other.
fn order(arms: usize, round: usize, reversed: bool) -> Vec<usize> {
    let backwards = (round % 2 == 1) != reversed;
    let mut order: Vec<usize> = (0..arms).collect();
    order.rotate_left((round / 2) % arms);
    if backwards {
        order.reverse();
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_arms_alternate_and_a_reversed_relaunch_begins_with_the_other() {
        let rounds = |reversed| [0, 1].map(|round| order(2, round, reversed));
        assert_eq!(rounds(false), [vec![0, 1], vec![1, 0]]);
        assert_eq!(rounds(true), [vec![1, 0], vec![0, 1]]);
    }

    #[test]
    fn every_arm_stands_at_every_place_equally_often() {
        for arms in 2..6 {
            let mut at = vec![vec![0; arms]; arms];
            for round in 0..2 * arms {
                for (place, arm) in order(arms, round, false).into_iter().enumerate() {
                    at[arm][place] += 1;
                }
            }
            assert!(at.iter().flatten().all(|count| *count == 2), "{at:?}");
        }
    }
}
