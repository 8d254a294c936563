//! Laws of scaling: what limits a speed-up, as far as the points can say.

/// Points that a fit takes at least.
pub const FEWEST_POINTS: usize = 4;

/// The serial part of the work that a speed-up of `speed_up` on `workers`
/// points to: e = (1/S − 1/p) / (1 − 1/p).
///
/// Karp & Flatt, Measuring Parallel Processor Performance, *Communications of
/// the ACM* 33 (1990), 539–543. It holds all that does not shrink with the
/// workers: serial work, waiting, starting threads, imbalance. Where it grows
/// with the workers, it is overhead rather than serial work; below 0, the
/// speed-up is more than linear. None for fewer than two workers.
///
/// ```
/// use speedup::report::karp_flatt;
///
/// assert_eq!(karp_flatt(2.0, 2), Some(0.0));
/// assert_eq!(karp_flatt(1.0, 4), Some(1.0));
/// assert_eq!(karp_flatt(1.0, 1), None);
/// ```
#[must_use]
pub fn karp_flatt(speed_up: f64, workers: usize) -> Option<f64> {
    let share = 1.0 / workers as f64;
    (workers >= 2).then(|| (1.0 / speed_up - share) / (1.0 - share))
}

/// What Amdahl's law and the universal scalability law say of measured points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// Amdahl's serial part σ: C(k) = 1 / (σ + (1 − σ)/k).
    pub amdahl_serial: f64,
    /// How far the worst point lies from that curve, as a part of the point.
    pub amdahl_error: f64,
    /// The universal law's contention σ: C(k) = k / (1 + σ(k−1) + κk(k−1)).
    pub usl_contention: f64,
    /// Its crosstalk κ.
    pub usl_crosstalk: f64,
    /// How far the worst point lies from that curve, as a part of the point.
    pub usl_error: f64,
}

impl Fit {
    /// Fits C(k), how many times as fast k workers are as one, by least
    /// squares; `points` are pairs of k and C(k), with C(1) = 1 among them.
    /// None with fewer than [`FEWEST_POINTS`].
    ///
    /// Amdahl, *AFIPS Conference Proceedings* 30 (1967), 483–485: linear in σ as
    /// 1/C − 1/k = σ(1 − 1/k). Gunther, *Guerrilla Capacity Planning* (2007):
    /// linear in both as k/C − 1 = σ(k − 1) + κk(k − 1).
    /// Neither is allowed below 0.
    ///
    /// ```
    /// use speedup::report::Fit;
    ///
    /// let amdahl = |k: f64| 1.0 / (0.1 + 0.9 / k);
    /// let points = [1.0, 2.0, 4.0, 8.0].map(|k| (k, amdahl(k)));
    /// let fit = Fit::of(&points).expect("four points");
    /// assert!((fit.amdahl_serial - 0.1).abs() < 1e-12);
    /// assert!(Fit::of(&points[..3]).is_none());
    /// ```
    #[must_use]
    pub fn of(points: &[(f64, f64)]) -> Option<Self> {
        if points.len() < FEWEST_POINTS {
            return None;
        }
        let serial = amdahl(points).max(0.0);
        let (contention, crosstalk) = universal(points);
        let worst = |law: &dyn Fn(f64) -> f64| {
            let errors = points.iter().map(|(k, c)| (law(*k) / c - 1.0).abs());
            errors.fold(0.0, f64::max)
        };
        Some(Self {
            amdahl_serial: serial,
            amdahl_error: worst(&|k| 1.0 / (serial + (1.0 - serial) / k)),
            usl_contention: contention,
            usl_crosstalk: crosstalk,
            usl_error: worst(&|k| k / (1.0 + contention * (k - 1.0) + crosstalk * k * (k - 1.0))),
        })
    }

    /// The number of workers beyond which more make it slower, by the universal
    /// law: √((1 − σ)/κ). None where it has no such end.
    ///
    /// ```
    /// use speedup::report::Fit;
    ///
    /// let law = |k: f64| k / (1.0 + 0.01 * k * (k - 1.0));
    /// let fit = Fit::of(&[1.0, 2.0, 4.0, 8.0].map(|k| (k, law(k)))).expect("four points");
    /// assert!((fit.most_workers().expect("an end") - 10.0).abs() < 1e-6);
    /// ```
    #[must_use]
    pub fn most_workers(&self) -> Option<f64> {
        let most = ((1.0 - self.usl_contention) / self.usl_crosstalk).sqrt();
        (self.usl_crosstalk > 1e-12 && most.is_finite()).then_some(most)
    }
}

fn amdahl(points: &[(f64, f64)]) -> f64 {
    let (mut both, mut square) = (0.0, 0.0);
    for (k, c) in points {
        let x = 1.0 - 1.0 / k;
        both += x * (1.0 / c - 1.0 / k);
        square += x * x;
    }
    both / square
}

/// Contention and crosstalk.
fn universal(points: &[(f64, f64)]) -> (f64, f64) {
    // Sums of the normal equations.
    let (mut aa, mut ab, mut bb, mut ay, mut by) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (k, c) in points {
        let (a, b, y) = (k - 1.0, k * (k - 1.0), k / c - 1.0);
        aa += a * a;
        ab += a * b;
        bb += b * b;
        ay += a * y;
        by += b * y;
    }
    let determinant = aa * bb - ab * ab;
    let contention = (ay * bb - by * ab) / determinant;
    let crosstalk = (aa * by - ab * ay) / determinant;
    // At a border, the best is the fit of the other one alone.
    match (contention < 0.0, crosstalk < 0.0) {
        (false, false) => (contention, crosstalk),
        (true, _) if by > 0.0 => (0.0, by / bb),
        _ => ((ay / aa).max(0.0), 0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_serial_part_is_what_comes_out_by_hand() {
        // (1/3.5 − 1/4) / (3/4) = (1/28) · (4/3)
        let found = karp_flatt(3.5, 4).expect("four workers");
        assert!((found - 1.0 / 21.0).abs() < 1e-12, "{found}");
    }

    proptest! {
        #[test]
        fn the_law_that_made_the_points_is_found_again(
            contention in 0.0..0.5_f64,
            crosstalk in 0.0..0.05_f64,
        ) {
            let law = |k: f64| k / (1.0 + contention * (k - 1.0) + crosstalk * k * (k - 1.0));
            let points = [1.0, 2.0, 3.0, 4.0, 8.0, 16.0].map(|k| (k, law(k)));
            let fit = Fit::of(&points).unwrap();
            prop_assert!((fit.usl_contention - contention).abs() < 1e-9, "{fit:?}");
            prop_assert!((fit.usl_crosstalk - crosstalk).abs() < 1e-9, "{fit:?}");
            prop_assert!(fit.usl_error < 1e-9);
        }

        #[test]
        fn a_fit_is_never_worse_than_no_limits_at_all_and_never_negative(
            factors in prop::collection::vec(0.5..1.2_f64, 4),
        ) {
            let points: Vec<(f64, f64)> = [1.0, 2.0, 4.0, 8.0]
                .into_iter()
                .zip(&factors)
                .map(|(k, factor)| (k, if k > 1.0 { k * factor } else { 1.0 }))
                .collect();
            let fit = Fit::of(&points).unwrap();
            prop_assert!(fit.usl_contention >= 0.0 && fit.usl_crosstalk >= 0.0);
            let loss = |a: f64, b: f64| -> f64 {
                let error = |(k, c): &(f64, f64)| k / c - 1.0 - a * (k - 1.0) - b * k * (k - 1.0);
                points.iter().map(|point| error(point).powi(2)).sum()
            };
            let best = loss(fit.usl_contention, fit.usl_crosstalk);
            for (a, b) in [(0.0, 0.0), (0.1, 0.0), (0.0, 0.01), (0.2, 0.02)] {
                prop_assert!(best <= loss(a, b) + 1e-12, "{fit:?} loses to {a}, {b}");
            }
        }
    }
}
