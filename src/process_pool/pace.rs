//! How many jobs a worker gets at once.

use std::time::Duration;

/// What one batch should take: long against the dozen microseconds that a
/// message there and back costs, short against what is felt at the end, when
/// some workers have nothing left to do.
const BATCH: Duration = Duration::from_millis(1);

/// The arguments of one batch should not be more than this, so that it can be
/// sent ahead.
const ARGUMENT_BYTES: f64 = 24.0 * 1024.0;

/// The results of one batch should not be more than this: they are sent as
/// they come, but who drives the worker has to read them all before others.
const RESULT_BYTES: f64 = 1024.0 * 1024.0;

/// A batch is at most this many times as large as the one before.
const GROWTH: usize = 8;

/// Jobs so short that a worker would notice the wait for the next one.
const BRISK: Duration = Duration::from_millis(2);

/// What a few jobs may take together and still not be worth waking anybody up
/// for.
const NEGLIGIBLE: Duration = Duration::from_micros(30);

/// One driver's view of its jobs: their time and bytes, smoothed.
///
/// Unknown jobs are sent singly. What they turn out to take sets the size of
/// the next batch.
#[derive(Debug)]
pub(super) struct Pace {
    time_ns: Option<f64>,
    argument_bytes: f64,
    result_bytes: f64,
    last: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            time_ns: None,
            argument_bytes: 0.0,
            result_bytes: 0.0,
            last: 0,
        }
    }
}

impl Pace {
    /// The most jobs the next batch should have.
    pub(super) fn jobs(&mut self) -> usize {
        let Some(time_ns) = self.time_ns else {
            return 1;
        };
        let by_time = BATCH.as_secs_f64() * 1e9 / time_ns.max(1.0);
        let by_arguments = ARGUMENT_BYTES / self.argument_bytes.max(1.0);
        let by_results = RESULT_BYTES / self.result_bytes.max(1.0);
        // Truncation is meant, and `as` saturates.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let fitting = by_time.min(by_arguments).min(by_results) as usize;
        let jobs = fitting.clamp(1, GROWTH * self.last.max(1));
        self.last = jobs;
        jobs
    }

    /// Whether a worker should have its next batch before it has done the last.
    pub(super) fn is_brisk(&self) -> bool {
        self.time_ns
            .is_some_and(|time_ns| time_ns < BRISK.as_secs_f64() * 1e9)
    }

    /// Whether so many jobs take less time than it takes to send another.
    pub(super) fn is_negligible(&self, jobs: usize) -> bool {
        self.time_ns
            .is_some_and(|time_ns| time_ns * (jobs as f64) < NEGLIGIBLE.as_secs_f64() * 1e9)
    }

    pub(super) fn note_arguments(&mut self, count: usize, bytes: usize) {
        smooth(&mut self.argument_bytes, bytes as f64 / count as f64);
    }

    /// `count` jobs took `time_ns` together and answered in `bytes`.
    pub(super) fn note_outcomes(&mut self, count: usize, bytes: usize, time_ns: u64) {
        let each_ns = time_ns as f64 / count as f64;
        smooth(self.time_ns.get_or_insert(each_ns), each_ns);
        smooth(&mut self.result_bytes, bytes as f64 / count as f64);
    }
}

/// Upwards at once, as too large a batch does harm; downwards by halves.
fn smooth(value: &mut f64, seen: f64) {
    *value = seen.max(f64::midpoint(*value, seen));
}
