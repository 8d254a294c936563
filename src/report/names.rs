//! Names of rows, and what they say of their numbers.

use super::rows::Rows;
use crate::catalog::Id;
use std::num::NonZeroUsize;

/// A row with workers and a value.
pub(super) fn at(
    group: &str,
    function: &str,
    workers: usize,
    value: &(impl ToString + ?Sized),
) -> Id {
    let workers = NonZeroUsize::new(workers).unwrap_or(NonZeroUsize::MIN);
    Id::new(group, function)
        .at_workers(workers)
        .with_value(value)
}

/// "1 worker", "2 workers".
pub(super) fn workers(count: usize) -> String {
    match count {
        1 => "1 worker".to_owned(),
        count => format!("{count} workers"),
    }
}

/// How many times as fast sleeps such as `10-8-5` are all at once as one after
/// the other, at best: their sum over the longest.
pub(super) fn sleeps(value: &str) -> Option<f64> {
    let sleeps: Option<Vec<f64>> = value.split('-').map(|text| text.parse().ok()).collect();
    let sleeps = sleeps?;
    let longest = sleeps.iter().copied().fold(0.0, f64::max);
    (longest > 0.0).then(|| sleeps.iter().sum::<f64>() / longest)
}

/// More sleeps than anybody would wait for are no value of this suite.
const MOST_SLEEPS: usize = 4096;

/// How many sleeps a value such as `16x2` stands for.
pub(super) fn stairs(value: &str) -> Option<usize> {
    let (count, _) = value.split_once('x')?;
    count
        .parse()
        .ok()
        .filter(|count| (1..=MOST_SLEEPS).contains(count))
}

/// At best, so many equal sleeps are so many times as fast on `workers` as one
/// after the other: n over ⌈n/k⌉.
pub(super) fn stair_speed_up(sleeps: usize, workers: usize) -> f64 {
    sleeps as f64 / sleeps.div_ceil(workers.max(1)) as f64
}

/// The sizes that a group's strategies were measured at, ascending: those of
/// `sequential`.
pub(super) fn sizes(rows: &Rows, group: &str) -> Vec<usize> {
    values_of(rows, group, "sequential")
}

/// The values of a function that are numbers, ascending.
pub(super) fn values_of(rows: &Rows, group: &str, function: &str) -> Vec<usize> {
    let mut values: Vec<usize> = rows
        .of(group, function)
        .filter_map(|row| row.id.value()?.parse().ok())
        .collect();
    values.sort_unstable();
    values.dedup();
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_staircase_and_the_longest_sleep_set_the_limit() {
        assert_eq!(sleeps("10-8-5"), Some(2.3));
        assert_eq!(sleeps("16x2"), None);
        assert_eq!(stairs("16x2"), Some(16));
        assert_eq!(stairs("0x2"), None);
        assert!((stair_speed_up(16, 5) - 4.0).abs() < 1e-12);
        assert!((stair_speed_up(16, 64) - 16.0).abs() < 1e-12);
    }
}
