//! The Criterion measurement with which a suite can be measured in lock-step.

#[cfg(unix)]
use super::baton::Baton;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use std::time::{Duration, Instant};

/// Wall time, whose samples can take turns with those of another process.
///
/// A suite adopts it where it makes its [`Criterion`](criterion::Criterion):
///
/// ```
/// use criterion::Criterion;
/// use speedup::Paired;
///
/// fn benchmarks(criterion: &mut Criterion<Paired>) {
///     criterion.bench_function("sum", |bencher| {
///         bencher.iter(|| (0..1000_u64).map(std::hint::black_box).sum::<u64>());
///     });
/// }
///
/// let mut criterion = Criterion::default().with_measurement(Paired::from_env());
/// # if false { // it would measure for eight seconds
/// benchmarks(&mut criterion);
/// # }
/// # let _ = benchmarks;
/// ```
///
/// Functions that name Criterion's type say `Criterion<Paired>` from then on.
/// Nothing else changes: every way to iterate, `iter_custom` too, works as
/// before, and outside a paired run each call is [`WallTime`]'s own.
#[derive(Debug, Clone, Copy)]
pub struct Paired {
    #[cfg(unix)]
    baton: Option<&'static Baton>,
}

impl Paired {
    /// Wall time; in lock-step, if the process was started for it.
    ///
    /// The environment says so (`SPEEDUP_BATON`, set by the conductor for the
    /// process it starts itself, and without effect in that process's own
    /// children).
    ///
    /// # Panics
    /// If the process was started for lock-step and can't reach the conductor.
    ///
    /// ```
    /// assert!(!speedup::Paired::from_env().is_arm());
    /// ```
    #[must_use]
    pub fn from_env() -> Self {
        Self {
            #[cfg(unix)]
            baton: Baton::of_this_process(),
        }
    }

    /// Whether this process takes turns with others: a suite may want to leave
    /// out what it does besides measuring.
    ///
    /// ```
    /// let paired = speedup::Paired::from_env();
    /// if !paired.is_arm() {
    ///     // open a browser, say
    /// }
    /// ```
    #[must_use]
    pub fn is_arm(&self) -> bool {
        #[cfg(unix)]
        return self.baton.is_some();
        #[cfg(not(unix))]
        false
    }
}

impl Measurement for Paired {
    type Intermediate = Instant;
    type Value = Duration;

    fn start(&self) -> Instant {
        WallTime.start()
    }

    fn end(&self, start: Instant) -> Duration {
        WallTime.end(start)
    }

    fn add(&self, first: &Duration, second: &Duration) -> Duration {
        WallTime.add(first, second)
    }

    fn zero(&self) -> Duration {
        WallTime.zero()
    }

    /// Criterion calls this once a sample, when it is over: the place to let
    /// the others have their turn.
    fn to_f64(&self, sample: &Duration) -> f64 {
        let sample_ns = WallTime.to_f64(sample);
        #[cfg(unix)]
        if let Some(baton) = self.baton {
            baton.pass_on(sample_ns);
        }
        sample_ns
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}
