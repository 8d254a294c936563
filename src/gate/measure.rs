//! The only contact with the paired engine.

use crate::paired::{Arm, Conductor, Method, PairedError, Settings};
use std::path::Path;
use std::time::{Duration, Instant};

/// Relaunches of some arms.
#[derive(Debug, Clone, Default)]
pub(super) struct Measured {
    /// For each arm but the first: ln (its time / time of the first one), a
    /// value a relaunch.
    pub(super) ln_ratios: Vec<Vec<f64>>,
    /// For each arm: the median time of an iteration, a value a relaunch.
    pub(super) medians_ns: Vec<Vec<f64>>,
    /// Whether whole processes took turns, rather than samples.
    pub(super) is_coarse: bool,
    pub(super) duration: Duration,
}

impl Measured {
    /// Takes in later relaunches of the same arms.
    pub(super) fn extend(&mut self, later: Self) {
        let join = |all: &mut Vec<Vec<f64>>, more: Vec<Vec<f64>>| {
            all.resize(more.len(), Vec::new());
            for (values, more) in all.iter_mut().zip(more) {
                values.extend(more);
            }
        };
        join(&mut self.ln_ratios, later.ln_ratios);
        join(&mut self.medians_ns, later.medians_ns);
        self.is_coarse |= later.is_coarse;
        self.duration += later.duration;
    }

    /// How long an iteration took, for later relaunches in lock-step.
    pub(super) fn iteration_ns(&self) -> Option<f64> {
        if self.is_coarse {
            return None;
        }
        self.medians_ns.first()?.first().copied()
    }

    /// ln ratios of one arm to the first; empty before any relaunch.
    pub(super) fn ln_ratios_of(&self, arm: usize) -> &[f64] {
        self.ln_ratios.get(arm).map_or(&[], Vec::as_slice)
    }
}

/// An executable, a benchmark of it, and where it is started.
#[derive(Debug, Clone, Copy)]
pub(super) struct Build<'a> {
    pub(super) executable: &'a Path,
    pub(super) folder: &'a Path,
}

/// Measures one benchmark of several builds, exactly so many relaunches.
///
/// `iteration_ns` is how long an iteration takes, about, where earlier
/// relaunches have shown it: then nothing has to be tried out beforehand.
pub(super) fn measure(
    conductor: &mut Conductor,
    builds: &[Build<'_>],
    id: &str,
    relaunches: usize,
    sampling: Duration,
    iteration_ns: Option<f64>,
) -> Result<Measured, PairedError> {
    let arm = |build: &Build<'_>| {
        let arm = Arm::new(build.executable, id).in_folder(build.folder);
        match iteration_ns {
            Some(time_ns) => arm.taking_ns(time_ns),
            None => arm,
        }
    };
    let arms: Vec<Arm> = builds.iter().map(arm).collect();
    let settings = Settings {
        relaunches: Some(relaunches),
        sampling,
        ..Settings::for_arms(arms.len())
    };
    let start = Instant::now();
    let comparison = conductor.compare(&arms, &settings, &mut |_| ())?;
    let values = |of: &dyn Fn(&crate::paired::Relaunch) -> f64| {
        comparison.relaunches.iter().map(of).collect::<Vec<f64>>()
    };
    Ok(Measured {
        ln_ratios: (0..arms.len() - 1)
            .map(|arm| values(&|relaunch| relaunch.ln_ratios[arm]))
            .collect(),
        medians_ns: (0..arms.len())
            .map(|arm| values(&|relaunch| relaunch.medians_ns[arm]))
            .collect(),
        is_coarse: comparison.method == Method::WholeProcesses,
        duration: start.elapsed(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_relaunches_come_after_the_earlier_ones() {
        let some = |values: &[f64]| Measured {
            ln_ratios: vec![values.to_vec()],
            medians_ns: vec![values.to_vec(), values.to_vec()],
            is_coarse: false,
            duration: Duration::from_secs(1),
        };
        let mut all = Measured::default();
        assert!(all.ln_ratios_of(0).is_empty());
        all.extend(some(&[1.0, 2.0]));
        all.extend(some(&[3.0]));
        assert_eq!(all.ln_ratios_of(0), [1.0, 2.0, 3.0]);
        assert_eq!(all.medians_ns, [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]);
        assert_eq!(all.duration, Duration::from_secs(2));
    }
}
