//! The result for a pull request's comment or a job's summary.

use super::row::Row;
use crate::gate::finding::Gate;
use crate::gate::verdict::{Outcome, Verdict};
use std::fmt::Write;

/// Rows of unchanged benchmarks are folded away from this many on.
const FOLDED: usize = 5;

/// The result as GitHub's Markdown.
///
/// Names and messages come from the code that is judged, so whatever they
/// hold stands in code spans and blocks: it can neither end a table nor
/// mention anybody.
///
/// ```no_run
/// # fn show(gate: &speedup::gate::Gate) {
/// print!("{}", speedup::gate::output::to_markdown(gate));
/// # }
/// ```
#[must_use]
pub fn to_markdown(gate: &Gate) -> String {
    let outcome = match gate.outcome() {
        Outcome::Passed => "passed",
        Outcome::Regressed => "failed: slower",
        Outcome::Undecided => "undecided",
        Outcome::Mismatch => "failed: the suites don't match",
        Outcome::InternalError | Outcome::Usage => "failed: a benchmark did not run",
    };
    let mut text = format!("### Benchmarks: {outcome}\n\n{}.\n\n", gate.headline());
    let _ = writeln!(
        text,
        "Head {} against base {}, measured in lock-step on {}.",
        code(&gate.head.label()),
        code(&gate.base.label()),
        code(&gate.machine.key),
    );
    let rows = Row::all(gate);
    let unchanged = rows.iter().filter(|row| row.verdict == Verdict::Unchanged);
    let fold = unchanged.count() >= FOLDED;
    let (shown, folded): (Vec<&Row>, Vec<&Row>) = rows
        .iter()
        .partition(|row| !fold || row.verdict != Verdict::Unchanged);
    table(&mut text, &shown);
    if !folded.is_empty() {
        let _ = write!(
            text,
            "\n<details><summary>{} unchanged</summary>\n",
            folded.len()
        );
        table(&mut text, &folded);
        text.push_str("\n</details>\n");
    }
    for row in rows.iter().filter(|row| !row.reason.is_empty()) {
        if row.verdict != Verdict::Unchanged {
            let _ = write!(text, "\n{} is {}:\n", code(&row.benchmark), row.verdict);
            block(&mut text, &row.reason);
        }
    }
    for note in &gate.notes {
        text.push_str("\nNote:\n");
        block(&mut text, note);
    }
    let _ = write!(
        text,
        "\n<sub>Change: how much longer the head takes, with its 95 % interval. Smallest found: \
         the slowdown that would have been found nine times in ten. Margin {} %; a false alarm in \
         at most {} % of gates.</sub>\n",
        gate.rules.margin * 100.0,
        gate.rules.alpha * 100.0,
    );
    text
}

fn table(text: &mut String, rows: &[&Row]) {
    if rows.is_empty() {
        return;
    }
    text.push_str(
        "\n| verdict | benchmark | change | 95 % interval | smallest found |\n\
         |---|---|---:|---|---:|\n",
    );
    for row in rows {
        let verdict = match row.verdict {
            Verdict::Regressed | Verdict::Failed | Verdict::Missing => {
                format!("**{}**", row.verdict)
            }
            verdict => verdict.to_string(),
        };
        let _ = writeln!(
            text,
            "| {verdict} | {} | {} | {} | {} |",
            code(&row.benchmark),
            row.change,
            row.interval,
            row.smallest_found,
        );
    }
}

/// A code span that holds the text whatever is in it, also in a table.
fn code(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    // A table's cell ends at a bar even within code, unless it is escaped.
    let text = text.replace('|', "\\|");
    let fence = "`".repeat(longest_run(&text) + 1);
    if text.starts_with('`') || text.ends_with('`') || text.trim().is_empty() {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

/// A code block that the text can't end.
fn block(text: &mut String, inside: &str) {
    let is_unwanted = |character: char| character != '\n' && character.is_control();
    let inside = inside.replace(is_unwanted, " ");
    let inside = inside.as_str();
    let fence = "`".repeat(longest_run(inside).max(2) + 1);
    let _ = write!(text, "\n{fence}text\n{inside}\n{fence}\n");
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|character| character != '`');
    runs.map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_a_code_span() {
        assert_eq!(code("plain/a"), "`plain/a`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`b"), "`` `b ``");
        assert_eq!(code("a|b\nc"), "`a\\|b c`");
        assert_eq!(code(""), "`  `");
    }

    #[test]
    fn nothing_gets_out_of_a_code_block() {
        let mut text = String::new();
        block(&mut text, "```\n@everybody");
        assert_eq!(text, "\n````text\n```\n@everybody\n````\n");
    }
}
