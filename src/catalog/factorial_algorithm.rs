//! What does a better algorithm buy?

use super::{Catalog, Id, Row};
use std::num::NonZeroUsize;

/// One n: small, in the middle, and the end of the notebook's first range.
const SINGLES: [u32; 3] = [100, 1000, 9000];

/// Whole lists: small, and the notebook's two ranges.
const LISTS: [u32; 3] = [1000, 9000, 25_000];

/// The longest list of which every factorial is also computed on its own: the
/// next one would take a minute and show nothing new.
const LONGEST_EACH: u32 = 9000;

/// An algorithm for one factorial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SingleAlgorithm {
    /// Factor after factor.
    Naive,
    /// Balanced products.
    BinarySplitting,
    /// Luschny's prime swing.
    PrimeSwing,
}

/// An algorithm for a list of factorials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListAlgorithm {
    /// Each on its own, by prime swing.
    Each,
    /// Each from the one before.
    RunningProduct,
    /// The same in blocks, on so many of rayon's threads.
    RunningProductInBlocks(NonZeroUsize),
}

/// What a row of the group computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlgorithmTask {
    /// n!
    Single(SingleAlgorithm, u32),
    /// x! for every x below n
    List(ListAlgorithm, u32),
}

impl Catalog {
    /// The group `factorial_algorithm`: one factorial, and whole lists.
    ///
    /// ```
    /// use speedup::catalog::{Catalog, Scale};
    /// use std::num::NonZeroUsize;
    ///
    /// let rows = Catalog::new(Scale::default(), NonZeroUsize::MIN).factorial_algorithm();
    /// assert_eq!(rows[0].id.to_string(), "factorial_algorithm/naive/100");
    /// ```
    #[must_use]
    pub fn factorial_algorithm(&self) -> Vec<Row<AlgorithmTask>> {
        let mut rows = Vec::new();
        for n in SINGLES {
            rows.extend(singles(n));
        }
        for end in LISTS {
            rows.extend(self.lists(end));
        }
        rows
    }

    fn lists(&self, end: u32) -> Vec<Row<AlgorithmTask>> {
        let each = id("list_each", end);
        let running = id("list_running_product", end);
        let first = (end <= LONGEST_EACH).then(|| each.clone());
        let task = |algorithm| AlgorithmTask::List(algorithm, end);
        let mut rows = Vec::new();
        if first.is_some() {
            rows.push(Row {
                id: each,
                baseline: None,
                task: task(ListAlgorithm::Each),
            });
        }
        rows.push(Row {
            id: running.clone(),
            baseline: first,
            task: task(ListAlgorithm::RunningProduct),
        });
        rows.push(Row {
            id: id("list_running_product_in_blocks", end).at_workers(self.cores),
            baseline: Some(running),
            task: task(ListAlgorithm::RunningProductInBlocks(self.cores)),
        });
        rows
    }
}

fn singles(n: u32) -> [Row<AlgorithmTask>; 3] {
    let naive = id("naive", n);
    let row = |id, baseline, algorithm| Row {
        id,
        baseline,
        task: AlgorithmTask::Single(algorithm, n),
    };
    [
        row(naive.clone(), None, SingleAlgorithm::Naive),
        row(
            id("binary_splitting", n),
            Some(naive.clone()),
            SingleAlgorithm::BinarySplitting,
        ),
        row(
            id("prime_swing", n),
            Some(naive),
            SingleAlgorithm::PrimeSwing,
        ),
    ]
}

fn id(function: &str, value: u32) -> Id {
    Id::new("factorial_algorithm", function).with_value(&value)
}
