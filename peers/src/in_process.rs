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
        let start = Instant::now();
        let result = (self.run)(Extent::Unit(black_box(unit)));
        let taken = start.elapsed();
        drop(black_box(result?));
        Ok(taken.as_nanos() as f64)
    }
}
