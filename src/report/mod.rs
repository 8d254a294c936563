//! The report: one page that answers, and shows why it may be believed.
//!
//! From the disk to the page:
//!
//! 1. [`Input::read`] reads Criterion's results, and the records beside them:
//!    `run.json` ([`Run`]), `paired.json` ([`PairedRatio`]), `cost.json`
//!    ([`Cost`]) and `peers.json` ([`Peers`]). What can't be used is left out, by
//!    name.
//! 2. [`Report::new`] is pure: it joins them ([`Rows`]), and makes sentences
//!    ([`Answer`]), reasons for doubt ([`Warning`]) and sections of charts and
//!    tables ([`Section`]) of them.
//! 3. [`Report::html`], [`Report::csv`], [`Report::json`] and
//!    [`Report::markdown`] write it. All of them are made of the same
//!    [tables](Table), so no number is on the page alone.
//!
//! [`write_with_folder`](crate::whole_file::write_with_folder) puts it on the
//! disk, whole or not at all.

mod answers;
mod calls;
mod chart;
mod cost;
mod crossover;
mod csv;
mod input;
mod json;
mod machine;
mod markdown;
mod names;
mod page;
mod peers;
mod ratios;
mod readme;
mod record;
mod rows;
mod run;
mod samples;
mod scaling;
mod sections;
mod svg;
mod table;
mod units;
mod untrusted;
mod validity;

pub use answers::{Answer, Verdict};
pub use calls::{CallsUntilPaid, calls_until_paid};
pub use cost::Cost;
pub use crossover::{AtSize, Crossover, Passing};
pub use input::{Folders, Input, ReadError};
pub use machine::{Machine, load};
pub use peers::{PeerJob, PeerSide, Peers, SkippedPeer, TimeRatio};
pub use ratios::PairedRatio;
pub use readme::{MarkerError, Markers, renew};
pub use rows::{Measured, RUN_TO_RUN_SPREAD, Rows, SpeedUp};
pub use run::Run;
pub use samples::SampleSummary;
pub use scaling::{FEWEST_POINTS, Fit, karp_flatt};
pub use sections::{Block, Section};
pub use table::{Cell, Quantity, Table};
pub use units::{Unit, utc};
pub use untrusted::shown;
pub use validity::Warning;

use crate::catalog::{Catalog, Scale};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread::available_parallelism;

/// Everything that the page says.
#[derive(Debug, Clone)]
pub struct Report {
    /// The answers, in order.
    pub answers: Vec<Answer>,
    /// What stands against the numbers.
    pub warnings: Vec<Warning>,
    /// What was measured, where, with what.
    pub facts: Table,
    /// What was left out, and why.
    pub left_out: Table,
    /// The figures and tables.
    pub sections: Vec<Section>,
    /// The rows that all of it is made of.
    pub rows: Rows,
    /// The peers, if they were measured.
    pub peers: Option<Peers>,
    /// Criterion's own first page, as the page sees it.
    criterion_page: Option<PathBuf>,
}

impl Report {
    /// Makes the report of what was read. `here` is the machine that it is made
    /// on, to tell results of another one; none where that does not matter.
    ///
    /// ```
    /// use speedup::report::{Input, Report};
    ///
    /// let report = Report::new(&Input::default(), None);
    /// assert!(report.html().contains("cargo bench"));
    /// ```
    #[must_use]
    pub fn new(input: &Input, here: Option<&Machine>) -> Self {
        let (catalog, cores) = catalog(input);
        let rows = Rows::new(input, &catalog, cores);
        Self {
            answers: answers::answers(&rows),
            warnings: validity::warnings(input, &rows, here),
            facts: sections::facts(input, &rows),
            left_out: sections::left_out(&rows),
            sections: sections::sections(&rows, input),
            peers: input.peers.clone(),
            criterion_page: input.criterion_page.clone(),
            rows,
        }
    }

    /// All tables of the page, in its order.
    ///
    /// ```
    /// use speedup::report::{Input, Report};
    ///
    /// let report = Report::new(&Input::default(), None);
    /// assert!(report.tables().any(|table| table.id == "run"));
    /// ```
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        let blocks = self.sections.iter().flat_map(|section| &section.blocks);
        let of_sections = blocks.filter_map(|block| match block {
            Block::Figure { table, .. }
            | Block::Table { table, .. }
            | Block::List { table, .. } => Some(table),
            Block::Text(_) => None,
        });
        [&self.facts, &self.left_out].into_iter().chain(of_sections)
    }
}

/// The catalog of the run, and the cores that it could use: those of the record,
/// or else of this machine and a usual run.
fn catalog(input: &Input) -> (Catalog, NonZeroUsize) {
    let run = input.run.as_ref();
    let scale = run.and_then(|run| Scale::from_text(Some(&run.scale)).ok());
    let cores = run
        .and_then(|run| NonZeroUsize::new(run.machine.cores_available?))
        .or_else(|| available_parallelism().ok())
        .unwrap_or(NonZeroUsize::MIN);
    (Catalog::new(scale.unwrap_or_default(), cores), cores)
}
