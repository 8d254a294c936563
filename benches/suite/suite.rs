//! The only contact with Criterion: which rows are run, how they are checked,
//! and what becomes of their results.

use crate::meter::{self, Meter};
use crate::mode::Mode;
use criterion::{
    AxisScale, Bencher, BenchmarkGroup, BenchmarkId, Criterion, PlotConfiguration, SamplingMode,
    Throughput,
};
use speedup::Paired;
use speedup::catalog::{Catalog, Id, Row};
use speedup::criterion_files::{FilesError, Protected, Results};
use std::error::Error;
use std::fmt;
use std::panic::resume_unwind;
use std::path::Path;

/// Criterion with what it needs around it.
pub(super) struct Suite {
    criterion: Criterion<Paired>,
    catalog: Catalog,
    mode: Mode,
    /// None where nothing is stored.
    results: Option<Results>,
    /// The rows that matched the filter, and their baselines.
    ran: Vec<Row<()>>,
}

/// The rows of one group.
pub(super) struct Group<'a> {
    name: &'static str,
    rows: BenchmarkGroup<'a, Paired>,
    results: Option<&'a Results>,
    ran: &'a mut Vec<Row<()>>,
}

/// How a row is measured.
#[derive(Debug, Clone, Default)]
pub(super) struct Timing {
    /// How long an iteration is.
    pub(super) length: Length,
    /// What one iteration gets done, where that means something.
    pub(super) throughput: Option<Throughput>,
}

/// How long an iteration is, as far as Criterion should know beforehand.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Length {
    /// Samples get more and more iterations, where there is time for that.
    #[default]
    Short,
    /// Some milliseconds: each sample gets equally many iterations.
    Long,
    /// Tens of milliseconds and more: there are also fewer samples.
    VeryLong,
}

/// The fewest that Criterion takes.
const FEWEST_SAMPLES: usize = 10;

impl Suite {
    pub(super) fn new(
        criterion: Criterion<Paired>,
        folder: &Path,
        mode: Mode,
        catalog: Catalog,
    ) -> Result<Self, FilesError> {
        let results = match mode {
            Mode::Measure => Some(Results::open(folder)?),
            Mode::TakeTurns | Mode::Discard | Mode::Run | Mode::List | Mode::Skip => None,
        };
        Ok(Self {
            criterion: criterion.output_directory(folder),
            catalog,
            mode,
            results,
            ran: Vec::new(),
        })
    }

    fn is_measuring(&self) -> bool {
        match self.mode {
            Mode::Measure | Mode::TakeTurns | Mode::Discard => true,
            Mode::Run | Mode::List | Mode::Skip => false,
        }
    }

    pub(super) fn catalog(&self) -> Catalog {
        self.catalog
    }

    pub(super) fn group(&mut self, name: &'static str) -> Group<'_> {
        let mut rows = self.criterion.benchmark_group(name);
        // Within a group, times differ by a thousand times and more.
        let scale = PlotConfiguration::default().summary_scale(AxisScale::Logarithmic);
        rows.plot_config(scale);
        Group {
            name,
            rows,
            results: self.results.as_ref(),
            ran: &mut self.ran,
        }
    }

    /// Writes Criterion's summary page, and returns the rows that were run with
    /// their baselines.
    ///
    /// # Errors
    /// When the filter matched nothing.
    pub(super) fn finish(self) -> Result<Vec<Row<()>>, Box<dyn Error>> {
        // In a test run the filter is meant for every target of the package.
        if self.is_measuring() && self.ran.is_empty() {
            return Err(
                "no benchmark matches; `cargo bench -- --list` names them all, and a \
                 part of a name (a regular expression) is enough"
                    .into(),
            );
        }
        if self.mode == Mode::TakeTurns {
            return Ok(self.ran);
        }
        let pages = protect(self.results.as_ref(), "report");
        self.criterion.final_summary();
        keep(pages);
        if let Some(results) = &self.results {
            let page = results.folder().join("report/index.html");
            println!("Criterion's pages: {}", page.display());
        }
        Ok(self.ran)
    }
}

impl Group<'_> {
    /// Measures one row, if the filter wants it: `prepare` builds what it
    /// needs, outside the clock, and checks its answer; `timed` is called for
    /// every sample.
    pub(super) fn bench<T, S>(
        &mut self,
        row: &Row<T>,
        timing: Timing,
        prepare: impl FnOnce(&T) -> Result<S, Box<dyn Error>>,
        mut timed: impl FnMut(&mut S, &mut Bencher<'_, Paired>) -> Result<(), Box<dyn Error>>,
    ) {
        self.rows.sampling_mode(match timing.length {
            Length::Short => SamplingMode::Auto,
            Length::Long | Length::VeryLong => SamplingMode::Flat,
        });
        if let Length::VeryLong = timing.length {
            // Rows grow longer within a group, so it need not be put back.
            self.rows.sample_size(FEWEST_SAMPLES);
        }
        if let Some(throughput) = timing.throughput {
            self.rows.throughput(throughput);
        }
        let held_bytes = meter::held_bytes();
        let mut prepare = Some(prepare);
        let mut state = None;
        let mut protected = None;
        // Criterion calls this once a sample, and never where the filter
        // does not match.
        self.rows.bench_function(criterion_id(&row.id), |bencher| {
            if let Some(prepare) = prepare.take() {
                protected = protect(self.results, &row.id.to_string());
                state = Some(prepare(&row.task).unwrap_or_else(|error| fail(&row.id, &*error)));
            }
            if let Some(state) = &mut state {
                let mut run = || timed(state, bencher);
                let outcome = if meter::is_watching() {
                    watch(held_bytes, run)
                } else {
                    run()
                };
                outcome.unwrap_or_else(|error| fail(&row.id, &*error));
            }
        });
        if state.is_some() {
            self.ran.push(Row {
                id: row.id.clone(),
                baseline: row.baseline.clone(),
                task: (),
            });
        }
        keep(protected);
    }

    /// Writes the pages that compare the rows of the group.
    pub(super) fn finish(self) {
        let pages = protect(self.results, &format!("{}/report", self.name));
        self.rows.finish();
        keep(pages);
    }
}

/// Runs it again and again for a while, and stores what that uses.
fn watch(
    held_bytes: u64,
    mut run: impl FnMut() -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let meter = Meter::start(held_bytes)?;
    while !meter.is_done() {
        run()?;
    }
    meter.finish()
}

fn criterion_id(id: &Id) -> BenchmarkId {
    match id.value() {
        Some(value) => BenchmarkId::new(id.function_at_workers(), value),
        // Within a group, a parameter alone is shown as the function would be.
        None => BenchmarkId::from_parameter(id.function_at_workers()),
    }
}

fn protect<'a>(results: Option<&'a Results>, path: &str) -> Option<Protected<'a>> {
    let protected = results?.protect(path);
    Some(protected.unwrap_or_else(|error| stop(&error)))
}

fn keep(protected: Option<Protected<'_>>) {
    if let Some(protected) = protected {
        protected.keep().unwrap_or_else(|error| stop(&error));
    }
}

/// Ends the run because of one row: nothing of it is stored.
fn fail(id: &Id, error: &dyn Error) -> ! {
    resume_unwind(Box::new(RowFailure(format!("{id}: {error}"))))
}

/// Ends the run because its results can't be stored.
fn stop(error: &FilesError) -> ! {
    resume_unwind(Box::new(RowFailure(error.to_string())))
}

/// What unwinds from a row to `main`, past Criterion.
#[derive(Debug)]
pub(super) struct RowFailure(String);

impl fmt::Display for RowFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for RowFailure {}
