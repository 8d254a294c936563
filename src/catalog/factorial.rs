//! What do cores buy?

use super::{Catalog, Row, Spread};
use crate::strategy::Strategy;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;

/// Ends of the ranges at scale 1: from some ten microseconds of work, where
/// starting a thread costs more than it brings, to some ten milliseconds,
/// where even processes pay.
const RANGE_ENDS: [u32; 4] = [100, 300, 1000, 3000];

impl Catalog {
    /// The group `factorial`: the notebook's `[factorial(x) for x in range(n)]`
    /// by every strategy.
    ///
    /// ```
    /// use speedup::catalog::{Catalog, Scale};
    /// use std::num::NonZeroUsize;
    ///
    /// let rows = Catalog::new(Scale::default(), NonZeroUsize::MIN).factorial();
    /// assert_eq!(rows[0].id.to_string(), "factorial/sequential/100");
    /// assert_eq!(rows[0].task.inputs.len(), 100);
    /// ```
    #[must_use]
    pub fn factorial(&self) -> Vec<Row<Spread<u32>>> {
        let mut rows = Vec::new();
        for end in RANGE_ENDS.map(|usual| self.scale.range_end(usual)) {
            let inputs: Arc<[u32]> = (0..end).collect();
            for strategy in Strategy::ALL {
                let counts = match strategy {
                    Strategy::Sequential => BTreeSet::from([NonZeroUsize::MIN]),
                    // Who computes gives way to nobody: that is sequential again.
                    Strategy::EventLoop => BTreeSet::new(),
                    _ => self.worker_counts(),
                };
                let row = |workers| Row::spread("factorial", strategy, workers, &end, &inputs);
                rows.extend(counts.into_iter().map(row));
            }
        }
        rows
    }
}
