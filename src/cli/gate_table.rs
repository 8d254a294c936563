//! The gate's numbers for people.

use speedup::gate::history::{Record, Trend, sparkline};
use speedup::gate::output::{Row, percent};
use speedup::gate::{Gate, Outcome, Plan, Verdict};
use std::fmt::Write;
use std::time::Duration;

/// The widest a name may make its column.
const WIDEST: usize = 60;

/// Bars of a trend at most.
const BARS: usize = 40;

/// What can be said before measuring.
pub(super) fn planned(plan: &Plan) -> String {
    let mut text = format!(
        "{} to compare; a first look at all of them takes about {}",
        benchmarks(plan.benchmarks),
        minutes(plan.screening)
    );
    match plan.budget {
        None => text.push('\n'),
        Some(budget) => {
            let _ = writeln!(text, ", and there are {}", minutes(budget));
            if plan.screened < plan.benchmarks {
                let _ = writeln!(
                    text,
                    "warning: that is enough for about {} of them; the others will be undecided",
                    plan.screened
                );
            } else if let Some(decided) = plan.decided {
                let _ = writeln!(
                    text,
                    "time is left to decide about {} if they look suspicious",
                    benchmarks(decided)
                );
            }
        }
    }
    let finds: Vec<String> = plan
        .finds
        .iter()
        .filter_map(|(scatter, ratio)| {
            let scatter = scatter * 100.0;
            let ratio = percent((*ratio)?);
            Some(format!(
                "{ratio} where relaunches scatter by {scatter:.1} %"
            ))
        })
        .collect();
    if finds.is_empty() {
        text.push_str(
            "no slowdown can be shown in that time: suspicious benchmarks will be undecided\n",
        );
    } else {
        let _ = writeln!(text, "found nine times in ten: {}", finds.join(", "));
    }
    text
}

fn benchmarks(count: usize) -> String {
    match count {
        1 => "1 benchmark".to_owned(),
        count => format!("{count} benchmarks"),
    }
}

fn minutes(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds => format!("{} min", (seconds + 30) / 60),
    }
}

/// The table, what it means, and what it comes to.
pub(super) fn result(gate: &Gate, is_coloured: bool) -> String {
    let head = [
        "verdict",
        "benchmark",
        "change",
        "95 % interval",
        "smallest found",
        "relaunches",
    ];
    let all = Row::all(gate);
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(all.iter().map(|row| {
        [
            row.verdict.to_string(),
            printable(&row.benchmark),
            row.change.clone(),
            row.interval.clone(),
            row.smallest_found.clone(),
            row.relaunches.clone(),
        ]
    }));
    let mut text = String::new();
    let mut lines = aligned(&rows).into_iter();
    let _ = writeln!(text, "{}", lines.next().unwrap_or_default());
    let reasons = told(all.iter().map(|row| (row.verdict, row.reason.as_str())));
    for ((line, row), reason) in lines.zip(&all).zip(reasons) {
        let _ = match colour(row.verdict).filter(|_| is_coloured) {
            Some(colour) => writeln!(text, "\x1b[{colour}m{line}\x1b[0m"),
            None => writeln!(text, "{line}"),
        };
        for line in reason.lines() {
            let _ = writeln!(text, "    {}", printable(line));
        }
    }
    let _ = write!(
        text,
        "\nchange: how much longer the head takes; smallest found: the slowdown that would have\n\
         been found nine times in ten, by this benchmark's scatter; relaunches: of a first look,\n\
         and of the decision. Margin {}, a false alarm in at most {} % of gates.\n",
        percent(1.0 + gate.rules.margin).trim_start_matches('+'),
        gate.rules.alpha * 100.0,
    );
    for note in &gate.notes {
        let _ = writeln!(text, "note: {}", printable(note));
    }
    let _ = writeln!(
        text,
        "\n{} against {}, {} for building, {} for measuring: {}.\n{}",
        gate.head.label(),
        gate.base.label(),
        minutes(gate.building),
        minutes(gate.measuring),
        gate.headline(),
        meaning(gate.outcome()),
    );
    text
}

/// What is told of the reasons, row by row: nothing where nothing has changed, and
/// what holds for several below each other with the first of them.
fn told<'a>(reasons: impl Iterator<Item = (Verdict, &'a str)>) -> Vec<&'a str> {
    let mut said = "";
    let tell = |(verdict, reason)| {
        let is_told = verdict != Verdict::Unchanged && reason != said;
        said = reason;
        if is_told { reason } else { "" }
    };
    reasons.map(tell).collect()
}

fn meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "No benchmark regressed.",
        Outcome::Regressed => "The gate fails: at least one benchmark regressed.",
        Outcome::Undecided => {
            "The gate is undecided: a larger --budget or a quieter machine may decide it, and \
             --undecided warn lets it pass."
        }
        Outcome::Mismatch => {
            "The gate fails: the suites don't match, and a benchmark that is gone can't be judged."
        }
        Outcome::InternalError | Outcome::Usage => {
            "The gate fails: at least one benchmark did not run."
        }
    }
}

fn colour(verdict: Verdict) -> Option<u8> {
    match verdict {
        Verdict::Regressed | Verdict::Failed | Verdict::Missing => Some(31),
        Verdict::Unfit | Verdict::Undecided => Some(33),
        Verdict::Improved => Some(32),
        Verdict::Added | Verdict::Unchanged => None,
    }
}

/// Names come from elsewhere: none moves the cursor.
fn printable(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// Columns under their heads: verdict and name to the left, numbers to the
/// right.
fn aligned(rows: &[[String; 6]]) -> Vec<String> {
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or(0).min(WIDEST)
    };
    let widths: [usize; 6] = std::array::from_fn(width);
    rows.iter()
        .map(|row| {
            let mut line = format!(
                "{:first$}  {:second$}",
                row[0],
                row[1],
                first = widths[0],
                second = widths[1]
            );
            for (cell, width) in row.iter().zip(widths).skip(2) {
                let _ = write!(line, "  {cell:>width$}");
            }
            line.trim_end().to_owned()
        })
        .collect()
}

/// Trends as bars.
pub(super) fn history_table(trends: &[Trend], records: &[Record]) -> String {
    let mut text = format!("{} gates", records.len());
    if let Some(last) = records.last() {
        let _ = write!(text, ", the last one on {}", printable(&last.machine));
    }
    text.push_str("\n\n");
    let names: Vec<String> = trends
        .iter()
        .map(|trend| printable(&trend.benchmark))
        .collect();
    let widest = names
        .iter()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0);
    for (trend, name) in trends.iter().zip(names) {
        let Some(last) = trend.points.last() else {
            continue;
        };
        let width = widest.min(WIDEST);
        let _ = writeln!(
            text,
            "{name:width$}  {:>9}  {}",
            percent(last.level),
            sparkline(trend, BARS)
        );
        for change in &trend.changes {
            let point = &trend.points[change.at];
            let commit = point.head.get(..10).unwrap_or(&point.head);
            let _ = writeln!(
                text,
                "    changed by {} at {} (p = {:.1e})",
                percent(change.ratio),
                printable(commit),
                change.p_value
            );
        }
    }
    if trends.is_empty() {
        text.push_str("no benchmark was measured in any of them\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_told_of_the_first_row_it_holds_for_and_not_where_nothing_changed() {
        let rows = [
            (Verdict::Regressed, ""),
            (Verdict::Undecided, "it scatters"),
            (Verdict::Undecided, "it scatters"),
            (Verdict::Undecided, "no time was left"),
            (Verdict::Undecided, "it scatters"),
            (Verdict::Unchanged, "the same code"),
        ];
        assert_eq!(
            told(rows.into_iter()),
            ["", "it scatters", "", "no time was left", "it scatters", ""]
        );
    }
}
