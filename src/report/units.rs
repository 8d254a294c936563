//! Numbers as people read them.

/// What a number counts or measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A time, in nanoseconds.
    Nanoseconds,
    /// How many times as fast, as large, as long.
    Times,
    /// A size, in bytes.
    Bytes,
    /// A part of a whole, from 0 to 1.
    Fraction,
    /// A whole number of things.
    Count,
    /// A number without a unit.
    Plain,
}

impl Unit {
    /// How files name it.
    ///
    /// ```
    /// assert_eq!(speedup::report::Unit::Nanoseconds.name(), "ns");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nanoseconds => "ns",
            Self::Times => "times",
            Self::Bytes => "bytes",
            Self::Fraction => "fraction",
            Self::Count => "count",
            Self::Plain => "",
        }
    }

    /// The number with three to four significant digits and a unit of a fitting
    /// size. Not as [`time_text`](crate::time_text::time_text): figures and
    /// sentences show a number by itself, and as many digits as its interval
    /// bears.
    ///
    /// ```
    /// use speedup::report::Unit;
    ///
    /// assert_eq!(Unit::Nanoseconds.text(12_437_722.0), "12.44 ms");
    /// assert_eq!(Unit::Times.text(1.983), "1.98×");
    /// assert_eq!(Unit::Bytes.text(486_000_000.0), "486 MB");
    /// assert_eq!(Unit::Fraction.text(0.0712), "7.12 %");
    /// ```
    #[must_use]
    pub fn text(self, value: f64) -> String {
        let (divisor, suffix) = self.size(value);
        format!("{}{suffix}", self.digits(value / divisor))
    }

    /// Both ends of an interval, in the unit that fits `point`.
    ///
    /// ```
    /// use speedup::report::Unit;
    ///
    /// assert_eq!(Unit::Nanoseconds.interval(1e6, 0.98e6, 1.02e6), "0.980 to 1.020 ms");
    /// assert_eq!(Unit::Times.interval(2.0, 0.0, f64::INFINITY), "not bounded");
    /// ```
    #[must_use]
    pub fn interval(self, point: f64, low: f64, high: f64) -> String {
        if !low.is_finite() || !high.is_finite() {
            return "not bounded".to_owned();
        }
        let (divisor, suffix) = self.size(point);
        let [low, high] = [low, high].map(|end| self.digits(end / divisor));
        format!("{low} to {high}{suffix}")
    }

    /// What to divide by, and what to write after it.
    fn size(self, value: f64) -> (f64, &'static str) {
        match self {
            Self::Nanoseconds => match value.abs() {
                ..999.5 => (1.0, " ns"),
                ..999.5e3 => (1e3, " µs"),
                ..999.5e6 => (1e6, " ms"),
                _ => (1e9, " s"),
            },
            Self::Bytes => match value.abs() {
                ..999.5 => (1.0, " B"),
                ..999.5e3 => (1e3, " kB"),
                ..999.5e6 => (1e6, " MB"),
                _ => (1e9, " GB"),
            },
            Self::Times => (1.0, "×"),
            Self::Fraction => (0.01, " %"),
            Self::Count | Self::Plain => (1.0, ""),
        }
    }

    fn digits(self, value: f64) -> String {
        let from_one = (value - 1.0).abs();
        match self {
            Self::Count => grouped(value, 0),
            // Times are compared with their intervals, which are narrow.
            Self::Nanoseconds => match value.abs() {
                ..9.9995 => grouped(value, 3),
                ..99.995 => grouped(value, 2),
                ..999.95 => grouped(value, 1),
                _ => grouped(value, 0),
            },
            // "1.00 times as fast" would say nothing where the interval says more.
            Self::Times if 0.0 < from_one && from_one < 0.0095 => {
                grouped(value, if from_one < 0.0005 { 4 } else { 3 })
            }
            _ => match value.abs() {
                0.0 => "0".to_owned(),
                ..0.009_995 => format!("{value:.5}"),
                ..0.09995 => format!("{value:.4}"),
                ..0.9995 => format!("{value:.3}"),
                ..9.995 => grouped(value, 2),
                ..99.95 => grouped(value, 1),
                _ => grouped(value, 0),
            },
        }
    }
}

/// So many decimals, and a comma between thousands.
fn grouped(value: f64, decimals: usize) -> String {
    let plain = format!("{value:.decimals$}");
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let (sign, whole) = whole.split_at(usize::from(whole.starts_with('-')));
    let mut text = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + rest
}

/// A whole number of seconds since 1970 as a date and a time in UTC.
///
/// Days are counted as by Hinnant (<https://howardhinnant.github.io/date_algorithms.html>,
/// `civil_from_days`).
///
/// ```
/// assert_eq!(speedup::report::utc(1_700_000_000), "2023-11-14 22:13 UTC");
/// ```
#[must_use]
pub fn utc(unix_s: u64) -> String {
    let (days, seconds) = (unix_s / 86_400, unix_s % 86_400);
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute) = (seconds / 3600, seconds / 60 % 60);
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_gets_the_unit_that_leaves_three_digits_before_the_point_at_most() {
        for (unit, value, text) in [
            (Unit::Nanoseconds, 60.28, "60.28 ns"),
            (Unit::Nanoseconds, 999.4, "999.4 ns"),
            (Unit::Nanoseconds, 999.6, "1.000 µs"),
            (Unit::Nanoseconds, 5e9, "5.000 s"),
            (Unit::Nanoseconds, 5e12, "5,000 s"),
            (Unit::Times, 149_630.2, "149,630×"),
            (Unit::Times, 0.7123, "0.712×"),
            (Unit::Times, 0.000_012, "0.00001×"),
            (Unit::Times, 9.999, "10.0×"),
            (Unit::Times, 1.0, "1.00×"),
            (Unit::Times, 1.0096, "1.01×"),
            (Unit::Times, 1.0042, "1.004×"),
            (Unit::Times, 0.9963, "0.996×"),
            (Unit::Times, 0.99971, "0.9997×"),
            (Unit::Bytes, 0.0, "0 B"),
            (Unit::Bytes, 12_345.0, "12.3 kB"),
            (Unit::Count, 1_000_000.0, "1,000,000"),
            (Unit::Count, 100.0, "100"),
            (Unit::Fraction, 0.995, "99.5 %"),
            (Unit::Fraction, -0.02, "-2.00 %"),
            (Unit::Plain, -1234.0, "-1,234"),
        ] {
            assert_eq!(unit.text(value), text);
        }
    }

    #[test]
    fn days_are_counted_over_leap_years_and_centuries() {
        // From `date -u -d @…`.
        for (unix_s, text) in [
            (0, "1970-01-01 00:00 UTC"),
            (951_782_400, "2000-02-29 00:00 UTC"),
            (1_735_689_599, "2024-12-31 23:59 UTC"),
            (4_107_542_400, "2100-03-01 00:00 UTC"),
        ] {
            assert_eq!(utc(unix_s), text);
        }
    }
}
