//! All of the page as Markdown.

use super::{Block, Cell, Report, Table};
use std::fmt::Write;

impl Report {
    /// All of the page but the pictures, as Markdown with tables as GitHub reads
    /// them.
    ///
    /// ```
    /// use speedup::report::{Input, Report};
    ///
    /// let text = Report::new(&Input::default(), None).markdown();
    /// assert!(text.starts_with("# What concurrency buys"));
    /// ```
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = String::from("# What concurrency buys, on this machine\n\n## Answers\n");
        for answer in &self.answers {
            let question = escape(&answer.question);
            let sentence = prose(&answer.sentence);
            let verdict = answer.verdict.name();
            add(
                &mut text,
                format_args!("\n- **{question}** ({verdict}) {sentence}"),
            );
        }
        text += "\n\n## Can I trust it?\n";
        for warning in &self.warnings {
            let [fact, cause, next] =
                [&warning.fact, &warning.cause, &warning.next].map(|text| prose(text));
            add(&mut text, format_args!("\n- **{fact}** {cause} {next}"));
        }
        if self.warnings.is_empty() {
            text += "\nNothing speaks against these numbers.";
        }
        text += "\n";
        write_table(&mut text, &self.facts);
        write_table(&mut text, &self.left_out);
        for section in &self.sections {
            let (title, intro) = (escape(section.title), escape(&section.intro));
            add(&mut text, format_args!("\n## {title}\n\n{intro}\n"));
            for block in &section.blocks {
                let (heading, caption, table) = match block {
                    Block::Figure {
                        question,
                        caption,
                        table,
                        ..
                    } => (question, caption, table),
                    Block::Table {
                        title,
                        caption,
                        table,
                    }
                    | Block::List {
                        title,
                        caption,
                        table,
                    } => (title, caption, table),
                    Block::Text(words) => {
                        add(&mut text, format_args!("\n{}\n", prose(words)));
                        continue;
                    }
                };
                let (heading, caption) = (escape(heading), escape(caption));
                add(&mut text, format_args!("\n### {heading}\n\n{caption}\n"));
                write_table(&mut text, table);
            }
        }
        text
    }
}

fn add(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string can't fail.
    let _ = text.write_fmt(arguments);
}

/// A table with an empty line before it; none where it has no rows.
pub(super) fn write_table(text: &mut String, table: &Table) {
    if table.rows.is_empty() {
        return;
    }
    text.push('\n');
    let head: Vec<String> = table.columns.iter().map(|column| escape(column)).collect();
    add(text, format_args!("| {} |\n|", head.join(" | ")));
    for column in 0..table.columns.len() {
        let is_number = column > 0 && table.is_numeric(column);
        text.push_str(if is_number { "---:|" } else { "---|" });
    }
    text.push('\n');
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(|cell| escape(&words(cell))).collect();
        add(text, format_args!("| {} |\n", cells.join(" | ")));
    }
}

/// The cell with its interval.
fn words(cell: &Cell) -> String {
    let interval = match cell {
        Cell::Number(quantity) => quantity.interval_text(),
        _ => None,
    };
    match interval {
        Some(interval) => format!("{} ({interval})", cell.plain()),
        None => cell.plain(),
    }
}

/// A sentence of the report's own, whose code stays code.
fn prose(text: &str) -> String {
    escape(text).replace("\\`", "`")
}

/// Text that means nothing but itself, on one line.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '|' | '*' | '`' | '[' | ']' | '#' | '~' => {
                escaped.push('\\');
                escaped.push(character);
            }
            // Within a word, it is only itself; names here are full of them.
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\n' | '\r' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_stays_in_its_cell() {
        let mut table = Table::new("t", "", &["name", "why"]);
        let hostile = "a|b\n<script>`x`</script> [l](u)";
        table
            .rows
            .push(vec![Cell::text(hostile), Cell::Missing("none")]);
        let mut text = String::new();
        write_table(&mut text, &table);
        assert_eq!(
            text,
            "\n| name | why |\n|---|---:|\n| a\\|b &lt;script&gt;\\`x\\`&lt;/script&gt; \\[l\\](u) | none |\n"
        );
    }
}
