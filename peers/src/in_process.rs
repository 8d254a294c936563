//! A side that runs in this program.

use crate::job::{Contender, Extent, Outcome};
use std::hint::black_box;
use std::marker::PhantomData;
use std::time::Instant;

/// A function that does the work, and how its answer is written down.
///
/// ```
/// use speedup_peers::{Contender, Extent, InProcess};
///
/// let mut sum = InProcess::new(|_| Ok((0..1000_u64).sum::<u64>()), u64::to_string);
/// assert_eq!(sum.digest(Extent::Whole).expect("it is 499500"), "499500");
/// assert!(sum.time_ns(0).expect("it takes time") > 0.0);
/// ```
#[derive(Debug)]
pub struct InProcess<T, R, D> {
    run: R,
    digest: D,
    answer: PhantomData<fn() -> T>,
}

impl<T, R, D> InProcess<T, R, D>
where
    R: FnMut(Extent) -> Outcome<T>,
    D: Fn(&T) -> String,
{
    /// A side whose unit is one call of `run`.
    pub fn new(run: R, digest: D) -> Self {
        let answer = PhantomData;
        Self {
            run,
            digest,
            answer,
        }
    }
}

impl<T, R, D> Contender for InProcess<T, R, D>
where
    R: FnMut(Extent) -> Outcome<T>,
    D: Fn(&T) -> String,
{
    fn digest(&mut self, extent: Extent) -> Outcome<String> {
        Ok((self.digest)(&(self.run)(extent)?))
    }

    fn time_ns(&mut self, unit: usize) -> Outcome<f64> {
        let (ns, result) = timed(|| (self.run)(Extent::Unit(black_box(unit))));
        result.map(|_| ns)
    }
}

/// How many nanoseconds some work takes, and what comes of it, which is not freed
/// yet.
pub(crate) fn timed<T>(run: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = run();
    let taken = start.elapsed();
    (taken.as_nanos() as f64, black_box(result))
}
