//! The one table of what is measured: workload × strategy × workers × size,
//! the id of each row, and what it is compared with.
//!
//! The table holds no code that is timed: `benches/suite` has a module a group
//! that runs these rows. Adding a strategy is adding it to the lists here.

mod cache;
mod dispatch;
mod factorial;
mod factorial_algorithm;
mod format;
mod id;
mod scale;
mod sleep;

pub use cache::{CacheKind, CacheTask, ThreadsCaches, zipf_hit_ratio};
pub use dispatch::DispatchTask;
pub use factorial_algorithm::{AlgorithmTask, ListAlgorithm, SingleAlgorithm};
pub use format::FormatTask;
pub use id::{Id, IdError};
pub use scale::{SCALE_VARIABLE, Scale, ScaleError};

use crate::strategy::Strategy;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;

/// The workers of the notebook's own pool.
pub const NOTEBOOK_WORKERS: NonZeroUsize = NonZeroUsize::new(10).expect("ten is not zero");

/// The rows for one machine at one scale.
#[derive(Debug, Clone, Copy)]
pub struct Catalog {
    scale: Scale,
    cores: NonZeroUsize,
}

/// One benchmark: its name, what it is compared with, and what it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<T> {
    /// Its name.
    pub id: Id,
    /// The benchmark that it is compared with; none for a baseline.
    pub baseline: Option<Id>,
    /// What the suite runs for it.
    pub task: T,
}

/// A strategy, its workers, and one input a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread<I> {
    /// How the jobs are run.
    pub strategy: Strategy,
    /// How many workers there are; 1 where the strategy has none.
    pub workers: NonZeroUsize,
    /// One input a job, in the order in which the answers are wanted. Rows of
    /// the same value share them: a table of names should not cost megabytes.
    pub inputs: Arc<[I]>,
}

impl Catalog {
    /// The rows at `scale` for a machine on which `cores` can be used.
    ///
    /// ```
    /// use speedup::catalog::{Catalog, Scale};
    /// use std::num::NonZeroUsize;
    ///
    /// let catalog = Catalog::new(Scale::default(), NonZeroUsize::MIN);
    /// assert!(catalog.all().iter().any(|row| row.id.to_string() == "sleep/threads@3/10-8-3"));
    /// ```
    #[must_use]
    pub fn new(scale: Scale, cores: NonZeroUsize) -> Self {
        Self { scale, cores }
    }

    /// The numbers of workers that are swept: each up to four, then doubling,
    /// the cores themselves, and the notebook's ten.
    ///
    /// ```
    /// use speedup::catalog::{Catalog, Scale};
    /// use std::num::NonZeroUsize;
    ///
    /// let cores = NonZeroUsize::new(24).expect("not zero");
    /// let counts = Catalog::new(Scale::default(), cores).worker_counts();
    /// let counts: Vec<usize> = counts.into_iter().map(NonZeroUsize::get).collect();
    /// assert_eq!(counts, [1, 2, 3, 4, 8, 10, 16, 24]);
    /// ```
    #[must_use]
    pub fn worker_counts(&self) -> BTreeSet<NonZeroUsize> {
        let cores = self.cores.get();
        let doubling = std::iter::successors(Some(4_usize), |count| count.checked_mul(2));
        (1..=cores.min(4))
            .chain(doubling.take_while(|count| *count <= cores))
            .chain([cores])
            .filter_map(NonZeroUsize::new)
            .chain([NOTEBOOK_WORKERS])
            .collect()
    }

    /// Every row of every group, without what it does.
    ///
    /// ```
    /// use speedup::catalog::{Catalog, Scale};
    /// use std::num::NonZeroUsize;
    ///
    /// let rows = Catalog::new(Scale::default(), NonZeroUsize::MIN).all();
    /// assert!(rows.iter().any(|row| row.baseline.is_none()));
    /// ```
    #[must_use]
    pub fn all(&self) -> Vec<Row<()>> {
        let mut rows = Vec::new();
        rows.extend(names(self.sleep()));
        rows.extend(names(self.factorial()));
        rows.extend(names(self.factorial_algorithm()));
        rows.extend(names(self.cache()));
        rows.extend(names(self.format()));
        rows.extend(names(self.dispatch()));
        rows
    }
}

/// Leaves the names of the rows only.
fn names<T>(rows: Vec<Row<T>>) -> impl Iterator<Item = Row<()>> {
    rows.into_iter().map(|Row { id, baseline, .. }| Row {
        id,
        baseline,
        task: (),
    })
}

impl<I> Row<Spread<I>> {
    /// The row of `group` that runs the inputs by `strategy`. All are compared
    /// with the sequential one of the same value.
    fn spread(
        group: &str,
        strategy: Strategy,
        workers: NonZeroUsize,
        value: &(impl ToString + ?Sized),
        inputs: &Arc<[I]>,
    ) -> Self {
        let sequential = Id::new(group, Strategy::Sequential.name()).with_value(value);
        let id = Id::new(group, strategy.name());
        let id = if strategy.has_workers() {
            id.at_workers(workers)
        } else {
            id
        };
        Self {
            id: id.with_value(value),
            baseline: (strategy != Strategy::Sequential).then_some(sequential),
            task: Spread {
                strategy,
                workers,
                inputs: Arc::clone(inputs),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogs() -> impl Iterator<Item = Catalog> {
        let scales = ["0.1", "1", "3.7", "1000"].map(|text| Scale::from_text(Some(text)));
        scales.into_iter().flat_map(|scale| {
            [1, 2, 3, 10, 64].map(|cores| {
                Catalog::new(
                    scale.clone().expect("a good scale"),
                    NonZeroUsize::new(cores).expect("not zero"),
                )
            })
        })
    }

    #[test]
    fn no_two_rows_have_the_same_id() {
        for catalog in catalogs() {
            let mut seen = BTreeSet::new();
            for row in catalog.all() {
                assert!(seen.insert(row.id.clone()), "{catalog:?}: {} twice", row.id);
            }
        }
    }

    #[test]
    fn every_baseline_is_a_row_of_the_same_group_and_another_one() {
        for catalog in catalogs() {
            let rows = catalog.all();
            for row in &rows {
                let Some(baseline) = &row.baseline else {
                    continue;
                };
                assert_ne!(*baseline, row.id);
                assert_eq!(baseline.group(), row.id.group());
                assert!(
                    rows.iter().any(|row| row.id == *baseline),
                    "{catalog:?}: {} is compared with {baseline}, which is no row",
                    row.id
                );
            }
        }
    }

    #[test]
    fn every_id_of_the_catalog_is_read_back_as_it_was_written() {
        for row in catalogs().flat_map(|catalog| catalog.all()) {
            assert_eq!(row.id.to_string().parse(), Ok(row.id));
        }
    }

    #[test]
    fn every_group_of_the_design_has_rows_and_a_baseline() {
        let rows = Catalog::new(Scale::default(), NonZeroUsize::MIN).all();
        for group in [
            "sleep",
            "factorial",
            "factorial_algorithm",
            "cache",
            "format",
            "dispatch",
        ] {
            let of_group = || rows.iter().filter(|row| row.id.group() == group);
            assert!(of_group().count() > 1, "{group}");
            assert!(of_group().any(|row| row.baseline.is_none()), "{group}");
        }
    }
}
