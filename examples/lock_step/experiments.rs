//! What is compared with what, and what is written down of it.

use crate::kernels::{KNOWN, identical};
use crate::load::Load;
use crate::rounded::rounded;
use serde_json::{Value, json};
use speedup::criterion_files::sample_times_ns;
use speedup::paired::{Arm, Conductor, Settings};
use speedup::stats::median;
use std::env;
use std::error::Error;
use std::path::Path;
use std::process::Command;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Experiment {
    /// A benchmark against itself, by default comparisons.
    Identical,
    /// Loops of known length, by default comparisons.
    Known,
    /// The same, while both cores are loaded from outside in bursts.
    KnownUnderLoad,
    /// A benchmark against itself, by two Criterion runs, with its verdict.
    OneAfterTheOther,
}

impl Experiment {
    pub(crate) const ALL: [Self; 4] = [
        Self::Identical,
        Self::Known,
        Self::KnownUnderLoad,
        Self::OneAfterTheOther,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::Known => "known",
            Self::KnownUnderLoad => "known_under_load",
            Self::OneAfterTheOther => "one_after_the_other",
        }
    }

    /// One comparison, as lines to write down.
    pub(crate) fn compare(self, index: usize) -> Result<Vec<Value>, Box<dyn Error>> {
        match self {
            Self::Identical => {
                let ids = identical();
                let id = &ids[index % ids.len()];
                lock_step(index, [id, id], 1.0)
            }
            Self::Known => known(index),
            Self::KnownUnderLoad => {
                let _load = Load::start(index as u64);
                known(index)
            }
            Self::OneAfterTheOther => {
                let ids = identical();
                one_after_the_other(index, &ids[index % ids.len()])
            }
        }
    }
}

fn known(index: usize) -> Result<Vec<Value>, Box<dyn Error>> {
    let count = KNOWN[index % KNOWN.len()];
    let ids = [KNOWN[0], count].map(|count| format!("known/{count}"));
    let truth = f64::from(count) / f64::from(KNOWN[0]);
    lock_step(index, [&ids[0], &ids[1]], truth)
}

fn lock_step(index: usize, ids: [&str; 2], truth: f64) -> Result<Vec<Value>, Box<dyn Error>> {
    let executable = env::current_exe()?;
    let arms = ids.map(|id| Arm::new(&executable, id));
    let settings = Settings::for_arms(arms.len());
    let comparison = Conductor::new(Conductor::DEADLINE)?.compare(&arms, &settings, &mut |_| ())?;
    let line = |(number, relaunch): (usize, &speedup::paired::Relaunch)| {
        json!({
            "comparison": index,
            "id": ids[1],
            "truth": truth,
            "relaunch": number,
            "seconds": rounded(relaunch.duration.as_secs_f64(), 4),
            "comparison_seconds": rounded(comparison.duration.as_secs_f64(), 4),
            "median_ns": rounded(relaunch.medians_ns[0], 1),
            "turn_overhead_ns": relaunch.turn_overhead_ns.map(|ns| rounded(ns, 0)),
            "ln_ratio": rounded(relaunch.ln_ratios[0], 7),
        })
    };
    Ok(comparison.relaunches.iter().enumerate().map(line).collect())
}

/// Criterion's usual way: one run, then another that is compared with it.
fn one_after_the_other(index: usize, id: &str) -> Result<Vec<Value>, Box<dyn Error>> {
    let home = tempfile::tempdir()?;
    let (first_ns, _) = criterion_run(home.path(), id)?;
    let (second_ns, verdict) = criterion_run(home.path(), id)?;
    Ok(vec![json!({
        "comparison": index,
        "id": id,
        "truth": 1.0,
        "ln_ratio": rounded((second_ns / first_ns).ln(), 7),
        "verdict": verdict,
    })])
}

/// Five seconds as a default comparison takes for an arm, in Criterion's own
/// proportions.
fn criterion_run(home: &Path, id: &str) -> Result<(f64, String), Box<dyn Error>> {
    let output = Command::new(env::current_exe()?)
        .args(["--bench", "--noplot", "--color=never", "--nresamples=10000"])
        .args(["--warm-up-time=1.5", "--measurement-time=3", "--exact", id])
        .env("CRITERION_HOME", home)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let verdicts = ["regressed", "improved", "within noise", "No change"];
    let verdict = verdicts.into_iter().find(|verdict| text.contains(verdict));
    let time_ns = median(&mut sample_times_ns(home, id)?)?;
    Ok((time_ns, verdict.unwrap_or_default().to_owned()))
}
