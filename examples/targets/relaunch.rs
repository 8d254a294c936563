//! One relaunch: pairs of short units in alternating order, and their median.

use crate::comparisons::COMPARISONS;
use speedup::stats::median;
use std::error::Error;

/// Times one unit of work, in nanoseconds; the index tells which unit, so that
/// both arms of a pair do the same.
pub(crate) type Arm = Box<dyn FnMut(usize) -> Result<f64, Box<dyn Error>>>;

/// How the two times of a pair become one number.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Measure {
    /// ln (time B / time A): how many times as fast A is.
    Ratio,
    /// time A − time B, in nanoseconds.
    Difference,
    /// time A alone, of so many calls.
    Each(u32),
}

impl Measure {
    /// What the values in the files are.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Ratio => "ln ratio".to_owned(),
            Self::Difference => "difference in ns".to_owned(),
            Self::Each(calls) => format!("ns for {calls} calls"),
        }
    }
}

/// Two arms, and what their times tell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Comparison {
    /// How it is asked for.
    pub(crate) name: &'static str,
    /// What the number is.
    pub(crate) what: &'static str,
    pub(crate) measure: Measure,
    /// Pairs in one relaunch.
    pub(crate) pairs: usize,
    /// Whether everything shares one CPU. Two processes that take turns are
    /// either on one or on two, as the scheduler likes, and waking the other
    /// costs more on two.
    pub(crate) one_cpu: bool,
    /// Gets both arms ready, outside the clock.
    pub(crate) arms: fn() -> Result<[Arm; 2], Box<dyn Error>>,
}

/// Runs the named comparison and prints its number.
pub(crate) fn run(name: &str, reversed: bool) -> Result<(), Box<dyn Error>> {
    let comparison = COMPARISONS
        .iter()
        .find(|comparison| comparison.name == name)
        .ok_or("no such comparison")?;
    let [mut a, mut b] = (comparison.arms)()?;
    // Once each untimed, so that neither pays for the first touch of anything.
    a(0)?;
    b(0)?;
    let mut values = Vec::with_capacity(comparison.pairs);
    for pair in 0..comparison.pairs {
        let (a_ns, b_ns) = if (pair % 2 == 0) == reversed {
            let b_ns = b(pair)?;
            (a(pair)?, b_ns)
        } else {
            (a(pair)?, b(pair)?)
        };
        values.push(match comparison.measure {
            Measure::Ratio => (b_ns / a_ns).ln(),
            Measure::Difference => a_ns - b_ns,
            Measure::Each(_) => a_ns,
        });
    }
    println!("{}", median(&mut values)?);
    Ok(())
}
