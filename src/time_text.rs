//! Times as terminals and gates show them.

/// A time in nanoseconds, with three decimals and a unit of a fitting size.
///
/// Tables of a command are for comparing neighbours, so each time has as many
/// decimals as the next. The report's page has a unit of its own
/// (`report::Unit`), which shows three to four significant digits.
///
/// ```
/// use speedup::time_text::time_text;
///
/// assert_eq!(time_text(62.5), "62.500 ns");
/// assert_eq!(time_text(12_437_722.0), "12.438 ms");
/// ```
#[must_use]
pub fn time_text(ns: f64) -> String {
    // What would be shown as a thousand is one of the next.
    const NEARLY_1000: f64 = 999.9995;
    let mut value = ns;
    for unit in ["ns", "µs", "ms"] {
        if value < NEARLY_1000 {
            return format!("{value:.3} {unit}");
        }
        value /= 1e3;
    }
    format!("{value:.3} s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_gets_the_largest_unit_of_which_it_is_one_or_more() {
        for (ns, text) in [
            (0.25, "0.250 ns"),
            (999.0, "999.000 ns"),
            (999.9996, "1.000 µs"),
            (1000.0, "1.000 µs"),
            (999_999.9e3, "1.000 s"),
            (1.5e6, "1.500 ms"),
            (2.0e9, "2.000 s"),
            (5.0e12, "5000.000 s"),
        ] {
            assert_eq!(time_text(ns), text);
        }
    }
}
