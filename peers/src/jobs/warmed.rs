//! Sides whose units are long: another one as a warm-up would double the time
//! that they take.

use crate::job::{Contender, Extent, Outcome};

/// A side that is warm enough once its answer was checked, which comes first.
pub(super) struct Warmed<C>(pub(super) C);

impl<C: Contender> Contender for Warmed<C> {
    fn digest(&mut self, extent: Extent) -> Outcome<String> {
        self.0.digest(extent)
    }

    fn time_ns(&mut self, unit: usize) -> Outcome<f64> {
        self.0.time_ns(unit)
    }

    fn warm(&mut self) -> Outcome<()> {
        Ok(())
    }

    fn peak_bytes(&mut self) -> Outcome<Option<u64>> {
        self.0.peak_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::in_process::InProcess;
    use std::cell::RefCell;

    #[test]
    fn nothing_is_done_as_a_warm_up() {
        let asked = RefCell::new(Vec::new());
        let note = |extent| {
            asked.borrow_mut().push(extent);
            Ok(extent)
        };
        let mut side = Warmed(InProcess::new(note, Extent::to_string));
        assert_eq!(side.digest(Extent::Whole).expect("it answers"), "all");
        side.warm().expect("there is nothing to fail");
        side.time_ns(3).expect("it answers");
        assert_eq!(*asked.borrow(), [Extent::Whole, Extent::Unit(3)]);
    }
}
