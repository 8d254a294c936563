//! Sides whose units are long and whose checks are short: another unit as a
//! warm-up would double the time that they take.

use crate::job::{Contender, Extent, Outcome};

/// A side whose warm-up is the check of a unit.
pub(super) struct Warmed<C>(pub(super) C);

impl<C: Contender> Contender for Warmed<C> {
    fn digest(&mut self, extent: Extent) -> Outcome<String> {
        self.0.digest(extent)
    }

    fn time_ns(&mut self, unit: usize) -> Outcome<f64> {
        self.0.time_ns(unit)
    }

    fn warm(&mut self) -> Outcome<()> {
        self.0.digest(Extent::Unit(0)).map(drop)
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
    fn a_check_is_the_warm_up_and_no_unit_is() {
        let asked = RefCell::new(Vec::new());
        let note = |extent| {
            asked.borrow_mut().push(extent);
            Ok(extent)
        };
        let inner = InProcess::new(note, |extent: &Extent| {
            assert_eq!(*extent, Extent::Unit(0));
            "checked".to_owned()
        });
        let mut side = Warmed(inner);
        side.warm().expect("it answers");
        assert_eq!(*asked.borrow(), [Extent::Unit(0)]);
        assert_eq!(side.digest(Extent::Unit(0)).expect("it answers"), "checked");
        assert!(side.time_ns(3).is_ok());
        assert_eq!(asked.borrow().last(), Some(&Extent::Unit(3)));
    }
}
