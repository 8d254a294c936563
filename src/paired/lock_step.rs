//! One relaunch: fresh processes that take turns, sample by sample.

use super::arm::Arm;
use super::error::PairedError;
use super::placement::{is_single_threaded, last_cpu, pin};
use super::process::{Process, Turn};
use super::stage::{Sampling, Stage};
use crate::criterion_files::sample_times_ns;
use std::time::{Duration, Instant};

/// What one process of one relaunch gave.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Samples {
    /// The time of an iteration in each sample, in nanoseconds.
    pub(super) times_ns: Vec<f64>,
    /// What each of its turns took besides the sample, in nanoseconds.
    pub(super) overheads_ns: Vec<f64>,
    /// Whether it was kept on one CPU.
    pub(super) is_pinned: bool,
}

/// A process and the samples that it has taken so far.
struct Player<'a> {
    process: Process<'a>,
    samples_ns: Vec<f64>,
    overheads_ns: Vec<f64>,
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
    let mut players = start(stage, arms, sampling, reversed)?;
    let pinned = place(&players, reversed);
    let enough = sampling.enough.filter(|_| {
        let mut processes = players.iter().map(|player| &player.process);
        processes.all(|process| process.samples_are_iterations(sampling.samples))
    });
    let is_early = take_turns(&mut players, enough, reversed)?;
    let give = |((arm, player), is_pinned): ((&Arm, Player<'_>), bool)| {
        let times_ns = if is_early {
            player.samples_ns
        } else {
            samples(&player.process, arm)?
        };
        Ok(Samples {
            times_ns,
            overheads_ns: player.overheads_ns,
            is_pinned,
        })
    };
    arms.iter().zip(players).zip(pinned).map(give).collect()
}

/// Hands the baton round until all arms are done, or have run long enough;
/// true if that came first.
fn take_turns(
    players: &mut [Player<'_>],
    enough: Option<Duration>,
    reversed: bool,
) -> Result<bool, PairedError> {
    let began = Instant::now();
    let count = players.len();
    let mut left: Vec<usize> = (0..count).collect();
    for round in 0.. {
        for index in order(count, round, reversed) {
            if left.contains(&index) && players[index].turn()? == Turn::Done {
                left.retain(|other| *other != index);
            }
        }
        if left.is_empty() {
            break;
        }
        let is_enough = enough.is_some_and(|enough| began.elapsed() >= enough);
        if left.len() == count && is_enough {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Player<'_> {
    fn turn(&mut self) -> Result<Turn, PairedError> {
        let began = Instant::now();
        let turn = self.process.turn()?;
        if let Turn::Sampled { sample_ns } = turn {
            self.samples_ns.push(sample_ns);
            self.overheads_ns
                .push(began.elapsed().as_secs_f64() * 1e9 - sample_ns);
        }
        Ok(turn)
    }
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
) -> Result<Vec<Player<'a>>, PairedError> {
    let mut started: Vec<Option<Player<'a>>> = arms.iter().map(|_| None).collect();
    for index in order(arms.len(), 0, reversed) {
        let mut process = stage.start_benchmark(index, &arms[index], sampling, true)?;
        let arm = || process_name(arms, index);
        if !stage.greets(&mut process)? {
            process.finish()?;
            return Err(PairedError::NeverReady { arm: arm() });
        }
        let Turn::Sampled { sample_ns } = process.turn()? else {
            // Without samples, something else is wrong with it.
            samples(&process, &arms[index])?;
            return Err(PairedError::NeverReady { arm: arm() });
        };
        started[index] = Some(Player {
            process,
            samples_ns: vec![sample_ns],
            // Its first turn is mostly its set-up.
            overheads_ns: Vec::new(),
        });
    }
    Ok(started.into_iter().flatten().collect())
}

fn process_name(arms: &[Arm], index: usize) -> String {
    arms[index].name(index)
}

/// Keeps the single-threaded arms on one CPU, now that each has shown what it
/// uses; tells which ones.
fn place(players: &[Player<'_>], reversed: bool) -> Vec<bool> {
    let processes: Vec<&Process<'_>> = players.iter().map(|player| &player.process).collect();
    let alone: Vec<bool> = processes
        .iter()
        .map(|process| is_single_threaded(process.pid(), process.before()))
        .collect();
    // Where the scheduler put the first of them that was started is a good
    // place, and another one with every relaunch. Always the same arm would be
    // at home there, and all others guests.
    let mut started = order(players.len(), 0, reversed).into_iter();
    let first = started.find(|index| alone[*index]);
    let Some(cpu) = first.and_then(|index| last_cpu(processes[index].pid())) else {
        return vec![false; processes.len()];
    };
    processes
        .into_iter()
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
