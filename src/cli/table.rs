//! Numbers for people.

use speedup::paired::{ArmSummary, Comparison, Method, Settings};
use speedup::stats::median;
use speedup::time_text::time_text;
use std::fmt::Write;

/// Digits of a ratio that is not near 1.
const DIGITS: i32 = 4;

/// Criterion's fewest samples, warm-up and the suite's own checks of a slow
/// benchmark: iterations that no setting can spare.
const SLOWEST_SAMPLES: f64 = 15.0;

/// Starting, warming up and analysing, on a machine that is not overloaded.
const AROUND_SAMPLING_SECONDS: f64 = 0.2;

/// How many times as long a relaunch may take without a remark.
const UNEXPECTED: f64 = 4.0;

/// The result as a table, with what it means below; `names` are the arms'.
pub(super) fn table(comparison: &Comparison, names: &[String], settings: &Settings) -> String {
    let percent = format!("{:.0} % interval", settings.level * 100.0);
    let head = [
        "benchmark",
        "an iteration",
        "time ratio",
        &percent,
        "spread",
        "strays",
    ];
    let mut rows = vec![head.map(str::to_owned)];
    for (index, (name, arm)) in names.iter().zip(&comparison.arms).enumerate() {
        let mut row = [
            name.clone(),
            time_text(arm.median_ns),
            "1".to_owned(),
            String::new(),
            String::new(),
            String::new(),
        ];
        if let Some(ratio) = index
            .checked_sub(1)
            .and_then(|index| comparison.ratios.get(index))
        {
            let interval = ratio.interval;
            row[2] = number(ratio.estimate);
            row[3] = if interval.is_bounded() {
                format!("{} to {}", number(interval.low), number(interval.high))
            } else {
                "too few relaunches".to_owned()
            };
            row[4] = format!("{:.2} %", ratio.relaunch_spread * 100.0);
            row[5] = ratio.strays.to_string();
        }
        rows.push(row);
    }
    let mut text = aligned(&rows);
    let relaunches = comparison.relaunches.len();
    let seconds = comparison.duration.as_secs_f64();
    let pinned = comparison
        .arms
        .iter()
        .filter(|arm| arm.pinned_relaunches > 0)
        .count();
    let how = match comparison.method {
        Method::LockStep => "relaunches in lock-step",
        Method::WholeProcesses => "blocks of whole processes",
    };
    let _ = writeln!(
        text,
        "\n{relaunches} {how} in {seconds:.1} s; {pinned} of {} arms on one CPU, being single-threaded.",
        comparison.arms.len()
    );
    text.push_str(
        "time ratio: time over the first row's; above 1 is slower. spread: from one relaunch to\n\
         another, robustly; strays: relaunches further than three of these from the median.\n",
    );
    if let Some(seconds) = unexpected_seconds(comparison, settings) {
        let _ = write!(
            text,
            "\n\
             note: a relaunch took {seconds:.1} s, far more than was asked for. A suite's own `sample_size`,\n\
             `measurement_time` and `warm_up_time` go before the comparison's; where they stand before\n\
             `configure_from_args()`, the comparison can shorten them.\n"
        );
    }
    if comparison.method == Method::WholeProcesses {
        text.push_str(COARSE);
    }
    text
}

/// What a relaunch took, if neither its sampling time nor slow iterations
/// explain it.
fn unexpected_seconds(comparison: &Comparison, settings: &Settings) -> Option<f64> {
    let mut seconds: Vec<f64> = comparison
        .relaunches
        .iter()
        .map(|relaunch| relaunch.duration.as_secs_f64())
        .collect();
    let taken = median(&mut seconds).ok()?;
    let of_arm = |arm: &ArmSummary| {
        let sampling = settings.sampling.as_secs_f64();
        sampling.max(arm.median_ns / 1e9 * SLOWEST_SAMPLES) + AROUND_SAMPLING_SECONDS
    };
    let expected: f64 = comparison.arms.iter().map(of_arm).sum();
    let processes = match comparison.method {
        Method::LockStep => 1.0,
        Method::WholeProcesses => 2.0,
    };
    (taken > UNEXPECTED * expected * processes).then_some(taken)
}

const COARSE: &str = "\n\
    warning: the suite does not use `speedup::Paired`, so whole processes took turns instead of\n\
    samples. What the machine does meanwhile weighs ten times as much on the ratio. One line in the\n\
    suite changes that: Criterion::default().with_measurement(Paired::from_env())\n";

/// Columns under their heads: the first to the left, the others to the right.
fn aligned(rows: &[[String; 6]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..6).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = format!("{:width$}", row[0], width = widths[0]);
        for (cell, width) in row.iter().zip(&widths).skip(1) {
            let _ = write!(line, "  {cell:>width$}");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Four decimals around 1, else four digits. A factor, where the gate shows a
/// change in percent: two strategies may be a hundred times apart, and two
/// revisions are hardly ever.
fn number(value: f64) -> String {
    if (0.1..10.0).contains(&value) {
        return format!("{value:.4}");
    }
    #[expect(clippy::cast_possible_truncation, reason = "from -324 to 308")]
    let magnitude = value.abs().log10().floor() as i32;
    match usize::try_from(DIGITS - 1 - magnitude) {
        Ok(decimals) if decimals < 8 => format!("{value:.decimals$}"),
        Ok(_) => format!("{value:.3e}"),
        Err(_) => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_keep_the_digits_that_count() {
        let shown = [1.0, 0.98765, 12.3456, 12345.67, 0.012_345_6, 1.234_5e-6].map(number);
        assert_eq!(
            shown,
            ["1.0000", "0.9877", "12.35", "12346", "0.01235", "1.234e-6"]
        );
    }

    #[test]
    fn columns_stand_under_their_heads() {
        let row = |first: &str, last: &str| [first, "1", "2", "3", "4", last].map(str::to_owned);
        assert_eq!(
            aligned(&[row("a", "long"), row("bcd", "")]),
            "a    1  2  3  4  long\nbcd  1  2  3  4\n"
        );
    }
}
