//! A closed interval with the confidence it carries.

/// A closed confidence interval, `low..=high`; either end may be infinite.
///
/// ```
/// use speedup::stats::Interval;
///
/// let ln_ratio = Interval { low: -0.01, high: 0.03, level: 0.95 };
/// assert!(ln_ratio.contains(0.0));
/// let ratio = ln_ratio.map_increasing(f64::exp);
/// assert!(ratio.contains(1.0) && ratio.level == 0.95);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end; −∞ where the sample bounds nothing from below.
    pub low: f64,
    /// The upper end; +∞ where the sample bounds nothing from above.
    pub high: f64,
    /// The coverage that the method guarantees, from 0 to 1: at least the
    /// level asked for, and 1 for the whole line.
    pub level: f64,
}

impl Interval {
    /// The whole line: what a sample that is too small can say.
    pub const WHOLE_LINE: Self = Self {
        low: f64::NEG_INFINITY,
        high: f64::INFINITY,
        level: 1.0,
    };

    /// Whether `value` lies within, the ends included.
    ///
    /// ```
    /// use speedup::stats::Interval;
    ///
    /// let interval = Interval { low: 1.0, high: 2.0, level: 0.95 };
    /// assert!(interval.contains(2.0) && !interval.contains(2.1));
    /// ```
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Whether both ends are finite.
    ///
    /// ```
    /// use speedup::stats::Interval;
    ///
    /// assert!(!Interval::WHOLE_LINE.is_bounded());
    /// ```
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        self.low.is_finite() && self.high.is_finite()
    }

    /// Half the distance between the ends; +∞ where an end is infinite.
    ///
    /// ```
    /// use speedup::stats::Interval;
    ///
    /// let interval = Interval { low: 1.0, high: 2.0, level: 0.95 };
    /// assert_eq!(interval.half_width(), 0.5);
    /// assert_eq!(Interval::WHOLE_LINE.half_width(), f64::INFINITY);
    /// ```
    #[must_use]
    pub fn half_width(&self) -> f64 {
        if self.is_bounded() {
            // Halved first: the ends may be a range of f64 apart.
            self.high / 2.0 - self.low / 2.0
        } else {
            f64::INFINITY
        }
    }

    /// The interval of the transformed quantity, at the same level.
    ///
    /// `transform` must be increasing, such as [`f64::exp`] from a logarithm
    /// of a ratio to the ratio: only then do the ends keep their places.
    ///
    /// ```
    /// use speedup::stats::Interval;
    ///
    /// let ratio = Interval::WHOLE_LINE.map_increasing(f64::exp);
    /// assert_eq!((ratio.low, ratio.high), (0.0, f64::INFINITY));
    /// ```
    #[must_use]
    pub fn map_increasing(&self, transform: impl Fn(f64) -> f64) -> Self {
        Self {
            low: transform(self.low),
            high: transform(self.high),
            level: self.level,
        }
    }
}
