//! Results put together: each benchmark with its baseline, its ratio, its cost.

use super::cost::{self, Cost};
use super::input::Input;
use super::ratios::{self, PairedRatio};
use super::samples::SampleSummary;
use crate::catalog::{Catalog, Id, zipf_hit_ratio};
use crate::criterion_files::{LeftOut, TimeEstimate};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::time::{Duration, UNIX_EPOCH};

/// The standard deviation of ln ratio between two runs of one and the same
/// executable, as was measured for this project on a shared machine: what the
/// interval of one run knows nothing of.
pub const RUN_TO_RUN_SPREAD: f64 = 0.25;

/// The two-sided 95 % quantile of a normal distribution.
const NORMAL_95: f64 = 1.959_964;

/// How many times as fast a row is as its baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct SpeedUp {
    /// What it is compared with.
    pub baseline: Id,
    /// The estimate: the baseline's time over the row's.
    pub value: f64,
    /// Where the interval begins; 0 where nothing bounds it.
    pub low: f64,
    /// Where it ends; infinite where nothing bounds it.
    pub high: f64,
    /// Whether both were measured in lock-step; else each by itself.
    pub is_paired: bool,
    /// How many relaunches it rests on; 0 where it is unpaired.
    pub relaunches: usize,
}

impl SpeedUp {
    fn paired(baseline: &Id, ratio: &PairedRatio) -> Self {
        let (low, high) = match ratio.interval {
            Some((low, high)) => (1.0 / high, 1.0 / low),
            None => (0.0, f64::INFINITY),
        };
        Self {
            baseline: baseline.clone(),
            value: 1.0 / ratio.time_ratio,
            low,
            high,
            is_paired: true,
            relaunches: ratio.relaunches,
        }
    }

    /// From times that were measured apart: the ends of both intervals, and on
    /// top of that what two runs differ by anyway.
    fn unpaired(baseline: &Id, of_baseline: &TimeEstimate, of_row: &TimeEstimate) -> Self {
        let apart = (NORMAL_95 * RUN_TO_RUN_SPREAD).exp();
        Self {
            baseline: baseline.clone(),
            value: of_baseline.point_ns / of_row.point_ns,
            low: of_baseline.low_ns / of_row.high_ns / apart,
            high: of_baseline.high_ns / of_row.low_ns * apart,
            is_paired: false,
            relaunches: 0,
        }
    }
}

/// All that is known of a benchmark.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Its name.
    pub id: Id,
    /// Its time.
    pub time: TimeEstimate,
    /// How its samples lie.
    pub samples: SampleSummary,
    /// The samples themselves, in nanoseconds an iteration, in order.
    pub sample_ns: Vec<f64>,
    /// How it compares with its baseline, where it has one.
    pub speed_up: Option<SpeedUp>,
    /// What it costs beside time.
    pub cost: Option<Cost>,
}

/// All rows that can be shown, and what can't.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// In the catalog's order; then those that it does not have.
    pub rows: Vec<Measured>,
    /// Rows of the catalog that there is no result of.
    pub missing: Vec<Id>,
    /// Rows that the catalog does not have.
    pub beyond_catalog: Vec<Id>,
    /// What can't be used, and why.
    pub left_out: Vec<LeftOut>,
    /// Of these, how many are older than the run.
    pub stale: usize,
    /// CPUs that a program could use where it was measured.
    pub cores: usize,
    places: BTreeMap<Id, usize>,
    hit_ratios: BTreeMap<usize, f64>,
}

impl Rows {
    /// Puts together what was read; `catalog` says what is compared with what,
    /// `cores` how many CPUs were available.
    #[must_use]
    pub(super) fn new(input: &Input, catalog: &Catalog, cores: NonZeroUsize) -> Self {
        let mut builder = Builder {
            since_unix_s: input.run.as_ref().map_or(0, |run| run.since_unix_s),
            left_out: input.left_out.clone(),
            stale: 0,
        };
        let (rows, missing, beyond_catalog) = builder.join(input, catalog);
        let places = rows
            .iter()
            .enumerate()
            .map(|(place, row)| (row.id.clone(), place));
        let mut left_out = builder.left_out;
        left_out.sort();
        Self {
            places: places.collect(),
            hit_ratios: hit_ratios(catalog, &rows),
            missing,
            beyond_catalog,
            left_out,
            stale: builder.stale,
            cores: cores.get(),
            rows,
        }
    }

    /// The row of that name.
    #[must_use]
    pub(super) fn get(&self, id: &Id) -> Option<&Measured> {
        self.rows.get(*self.places.get(id)?)
    }

    /// Which part of so many keys the suite's bounded cache finds; none for
    /// numbers of keys that the catalog does not have.
    pub(super) fn hit_ratio(&self, keys: usize) -> Option<f64> {
        self.hit_ratios.get(&keys).copied()
    }

    /// How the row of that name compares with its baseline.
    pub(super) fn speed_up(&self, id: &Id) -> Option<&SpeedUp> {
        self.get(id)?.speed_up.as_ref()
    }

    /// The rows of a function in a group, in order.
    pub(super) fn of<'a>(
        &'a self,
        group: &'a str,
        function: &'a str,
    ) -> impl Iterator<Item = &'a Measured> {
        self.rows
            .iter()
            .filter(move |row| row.id.group() == group && row.id.function() == function)
    }
}

/// The hit ratios of the catalog's rows that there are results of, counted once:
/// that takes a while.
fn hit_ratios(catalog: &Catalog, measured: &[Measured]) -> BTreeMap<usize, f64> {
    let rows = catalog.cache();
    let bounded = rows.iter().filter(|row| {
        row.id.function() == "zipf_lru" && measured.iter().any(|measured| measured.id == row.id)
    });
    bounded
        .filter_map(|row| {
            let keys = row.id.value()?.parse().ok()?;
            Some((keys, zipf_hit_ratio(keys)?))
        })
        .collect()
}

struct Builder {
    since_unix_s: u64,
    left_out: Vec<LeftOut>,
    stale: usize,
}

type Joined = (Vec<Measured>, Vec<Id>, Vec<Id>);

impl Builder {
    fn leave_out(&mut self, path: impl Into<std::path::PathBuf>, why: String) {
        let path = path.into();
        self.left_out.push(LeftOut { path, why });
    }

    fn is_stale(&mut self, path: &std::path::Path, what: &str, unix_s: u64) -> bool {
        let is_stale = unix_s < self.since_unix_s;
        if is_stale {
            self.stale += 1;
            let why = format!(
                "{what} is older than the run, by another build, scale or machine; measure it \
                 again, or remove it"
            );
            self.leave_out(path, why);
        }
        is_stale
    }

    fn join(&mut self, input: &Input, catalog: &Catalog) -> Joined {
        let mut found = self.benchmarks(input);
        let known = catalog.all();
        let baselines: BTreeMap<Id, Option<Id>> = known
            .iter()
            .map(|row| (row.id.clone(), row.baseline.clone()))
            .collect();
        let ratios = self.ratios(input, &baselines);
        let costs = self.costs(input);
        let times: BTreeMap<Id, TimeEstimate> = found
            .iter()
            .map(|(id, row)| (id.clone(), row.time))
            .collect();
        for (id, row) in &mut found {
            row.cost = costs.get(&id.to_string()).copied();
            row.speed_up = match (ratios.get(id), baselines.get(id)) {
                (Some((baseline, ratio)), _) => Some(SpeedUp::paired(baseline, ratio)),
                (None, Some(Some(baseline))) => times
                    .get(baseline)
                    .map(|of_baseline| SpeedUp::unpaired(baseline, of_baseline, &row.time)),
                _ => None,
            };
        }
        let mut rows = Vec::new();
        let mut missing = Vec::new();
        for row in known {
            match found.remove(&row.id) {
                Some(measured) => rows.push(measured),
                None => missing.push(row.id),
            }
        }
        let beyond = found.keys().cloned().collect();
        rows.extend(found.into_values());
        (rows, missing, beyond)
    }

    /// Criterion's results that are of this run and bear a name that is an id.
    fn benchmarks(&mut self, input: &Input) -> BTreeMap<Id, Measured> {
        let mut found = BTreeMap::new();
        for benchmark in &input.benchmarks {
            let id: Id = match benchmark.id.parse() {
                Ok(id) => id,
                Err(error) => {
                    self.leave_out(
                        &benchmark.folder,
                        format!("{error}; is it of another suite?"),
                    );
                    continue;
                }
            };
            let age = benchmark.measured_at.duration_since(UNIX_EPOCH);
            let unix_s = age.unwrap_or(Duration::ZERO).as_secs();
            if self.is_stale(&benchmark.folder, "it", unix_s) {
                continue;
            }
            if found.contains_key(&id) {
                let why = format!("another folder holds '{id}' as well; remove one of them");
                self.leave_out(&benchmark.folder, why);
                continue;
            }
            found.insert(
                id.clone(),
                Measured {
                    id,
                    time: benchmark.median,
                    samples: SampleSummary::of(&benchmark.sample_ns),
                    sample_ns: benchmark.sample_ns.clone(),
                    speed_up: None,
                    cost: None,
                },
            );
        }
        found
    }

    fn ratios<'a>(
        &mut self,
        input: &'a Input,
        baselines: &BTreeMap<Id, Option<Id>>,
    ) -> BTreeMap<Id, (Id, &'a PairedRatio)> {
        let path = std::path::Path::new(ratios::FILE);
        let mut found = BTreeMap::new();
        for ratio in &input.ratios {
            let (Ok(id), Ok(baseline)) = (ratio.id.parse::<Id>(), ratio.baseline.parse::<Id>())
            else {
                let why = format!("the ratio of '{}' is of another suite", ratio.id);
                self.leave_out(path, why);
                continue;
            };
            let expected = baselines.get(&id);
            if expected.is_some_and(|expected| expected.as_ref() != Some(&baseline)) {
                let why =
                    format!("'{id}' is compared there with '{baseline}', not with its baseline");
                self.leave_out(path, why);
                continue;
            }
            let what = format!("the ratio of '{id}'");
            if !self.is_stale(path, &what, ratio.measured_at_unix_s) {
                found.insert(id, (baseline, ratio));
            }
        }
        found
    }

    fn costs(&mut self, input: &Input) -> BTreeMap<String, Cost> {
        let path = std::path::Path::new(cost::FILE);
        let mut found = BTreeMap::new();
        for (id, cost) in &input.costs {
            let what = format!("the cost of '{id}'");
            if !self.is_stale(path, &what, cost.measured_at_unix_s) {
                found.insert(id.clone(), *cost);
            }
        }
        found
    }
}
