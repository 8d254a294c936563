//! All relaunches of a job.

use crate::group::Watchman;
use crate::job::{Job, Outcome, Side};
use crate::peer::{Missing, Peer};
use crate::relaunch::{self, Turn};
use crate::result::{JobResult, Skipped};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::env;
use std::process::Command;

/// An argument that only this program gives to itself.
pub(crate) const RELAUNCH: &str = "--relaunch";

/// How glibc is told to keep the memory that a process frees, and to use it again.
/// By itself it does so or not by what else lies on the heap, and lists of big
/// numbers would be compared by that.
const KEEPING_MEMORY: [(&str, &str); 2] = [
    // Of the end of the heap, up to 4 GB stay: all of it.
    ("MALLOC_TRIM_THRESHOLD_", "4294967295"),
    // Whoever sets one threshold fixes the other, at 128 KiB: blocks from there
    // on would be mapped anew each time. 32 MiB is as far as glibc itself goes.
    ("MALLOC_MMAP_THRESHOLD_", "33554432"),
];

/// Peers that were looked for: their version, or why they are missing.
#[derive(Debug, Default)]
pub(crate) struct Peers {
    found: BTreeMap<&'static str, Result<String, Missing>>,
}

impl Peers {
    /// Looks for a peer, once.
    fn probe(&mut self, peer: Peer) -> &Result<String, Missing> {
        self.found.entry(peer.name).or_insert_with(peer.probe)
    }

    /// The sides of a job that can run here, by their places, and who is
    /// missing.
    pub(crate) fn able(&mut self, job: &Job) -> (Vec<usize>, Vec<Skipped>) {
        let mut able = Vec::new();
        let mut skipped: Vec<Skipped> = Vec::new();
        for (place, side) in job.sides.iter().enumerate() {
            let missing = side
                .peer
                .and_then(|peer| Some((peer, self.probe(peer).as_ref().err()?)));
            match missing {
                None => able.push(place),
                Some((peer, _)) if skipped.iter().any(|each| each.peer == peer.name) => {}
                Some((peer, missing)) => skipped.push(Skipped {
                    peer: peer.name.to_owned(),
                    why: missing.why.clone(),
                    install: missing.install.clone(),
                    jobs: vec![job.name.to_owned()],
                }),
            }
        }
        (able, skipped)
    }

    /// Those that are there.
    pub(crate) fn versions(&self) -> BTreeMap<String, String> {
        let there = |(name, found): (&&str, &Result<String, Missing>)| {
            Some(((*name).to_owned(), found.as_ref().ok()?.clone()))
        };
        self.found.iter().filter_map(there).collect()
    }
}

/// Measures the job's able sides, telling of each relaunch as it begins.
pub(crate) fn measure(
    job: &Job,
    able: &[usize],
    relaunches: usize,
    watchman: &mut Watchman,
    mut tell: impl FnMut(usize),
) -> Outcome<JobResult> {
    if able.first() != Some(&0) {
        return Err(format!("{}: the reference can't run here", job.name).into());
    }
    let mut turns = Vec::with_capacity(relaunches);
    for index in 0..relaunches {
        tell(index);
        let turn = relaunch(job, able, index, watchman)
            .map_err(|error| format!("{}: relaunch {}: {error}", job.name, index + 1))?;
        turns.push(turn);
    }
    JobResult::new(job, able, &turns)
}

fn relaunch(
    job: &Job,
    able: &[usize],
    index: usize,
    watchman: &mut Watchman,
) -> Outcome<Vec<Turn>> {
    let places = json!(able).to_string();
    let mut command = Command::new(env::current_exe()?);
    command.args([RELAUNCH, job.name, &index.to_string(), &places]);
    command.envs(KEEPING_MEMORY);
    let ended = watchman.run(&mut command)?;
    if !ended.status.success() {
        let message = ended.stderr.trim().trim_start_matches("error: ");
        return Err(match message {
            "" => format!("it ended ({}) and said nothing", ended.status),
            message => message.to_owned(),
        }
        .into());
    }
    let value: Value = serde_json::from_str(&ended.stdout)?;
    let turns = value.as_array().into_iter().flatten();
    let turns: Vec<Turn> = turns.filter_map(Turn::from_json).collect();
    if turns.len() == able.len() {
        Ok(turns)
    } else {
        Err(format!("it told of {} sides, not of {}", turns.len(), able.len()).into())
    }
}

/// What a relaunch does: the words are the job's name, the relaunch's index and
/// the sides' places.
pub(crate) fn serve(jobs: &[Job], words: &[String]) -> Outcome<()> {
    let [name, index, places] = words else {
        return Err(format!("{RELAUNCH} is for this program alone").into());
    };
    let job = jobs.iter().find(|job| job.name == name);
    let job = job.ok_or("no such job")?;
    let places: Vec<usize> = serde_json::from_str::<Value>(places)?
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|place| usize::try_from(place.as_u64()?).ok())
        .collect();
    let sides = places
        .iter()
        .map(|place| job.sides.get(*place).ok_or("no such side"))
        .collect::<Result<Vec<&Side>, _>>()?;
    let turns = relaunch::run(job, &sides, index.parse()?)?;
    let turns: Vec<Value> = turns.iter().map(Turn::to_json).collect();
    println!("{}", json!(turns));
    Ok(())
}
