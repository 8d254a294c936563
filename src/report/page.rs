//! The page: one file, with everything in it.

use super::input::address;
use super::{Answer, Block, Cell, Report, Section, Table, Verdict, Warning};
use askama::Template;

/// What the page looks like.
const STYLE: &str = include_str!("../../templates/report.css");

/// The SHA-256 of [`STYLE`] in base64: the page's policy allows this style and
/// no other. A test holds it to the file.
const STYLE_HASH: &str = include_str!("../../templates/report.css.sha256").trim_ascii();

/// Tables longer than this are folded.
const LONG: usize = 14;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    style: &'a str,
    style_hash: &'a str,
    answers: &'a [Answer],
    is_empty: bool,
    warnings: &'a [Warning],
    facts: View<'a>,
    left_out: View<'a>,
    sections: Vec<Shown<'a>>,
    criterion: Option<String>,
}

/// A section with its number and its tables as they are shown.
struct Shown<'a> {
    number: usize,
    section: &'a Section,
    blocks: Vec<Part<'a>>,
}

enum Part<'a> {
    Figure(&'a str, &'a str, &'a str, View<'a>),
    Table(&'a str, &'a str, View<'a>),
    List(&'a str, &'a str, &'a Table),
    Text(&'a str),
}

/// A table, and which of its columns hold numbers.
struct View<'a> {
    table: &'a Table,
    numeric: Vec<bool>,
}

impl<'a> View<'a> {
    fn of(table: &'a Table) -> Self {
        let columns = 0..table.columns.len();
        Self {
            numeric: columns
                .map(|column| column > 0 && table.is_numeric(column))
                .collect(),
            table,
        }
    }

    /// Whether it is shown only to those who ask.
    fn is_folded(&self) -> bool {
        self.table.rows.len() > LONG || self.table.id.starts_with("results_")
    }

    /// The class of a cell in that column.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "templates pass references"
    )]
    fn class(&self, column: &usize) -> &'static str {
        if self.numeric.get(*column).copied().unwrap_or(false) {
            "n"
        } else {
            "w"
        }
    }
}

/// What stands before the word of a verdict: a shape beside its colour.
fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pays => "▲",
        Verdict::Costs => "▼",
        Verdict::Found => "●",
        Verdict::Undecided => "◆",
        Verdict::NotMeasured => "○",
    }
}

impl Report {
    /// The page as HTML: a file that needs no other, no script and no network.
    ///
    /// ```
    /// use speedup::report::{Input, Report};
    ///
    /// let page = Report::new(&Input::default(), None).html();
    /// assert!(page.starts_with("<!doctype html>"));
    /// assert!(!page.contains("<script"));
    /// ```
    ///
    /// # Panics
    /// Never: the template only fails where a value can't be written, and
    /// writing to a string always succeeds.
    #[must_use]
    pub fn html(&self) -> String {
        let page = Page {
            style: STYLE,
            style_hash: STYLE_HASH,
            answers: &self.answers,
            is_empty: self.rows.rows.is_empty(),
            warnings: &self.warnings,
            facts: View::of(&self.facts),
            left_out: View::of(&self.left_out),
            sections: self.sections.iter().enumerate().map(shown).collect(),
            criterion: self.criterion_page.as_deref().map(address),
        };
        page.render().expect("writing to a string always succeeds")
    }
}

fn part(block: &Block) -> Part<'_> {
    match block {
        Block::Figure {
            question,
            caption,
            svg,
            table,
        } => Part::Figure(question, caption, svg, View::of(table)),
        Block::Table {
            title,
            caption,
            table,
        } => Part::Table(title, caption, View::of(table)),
        Block::List {
            title,
            caption,
            table,
        } => Part::List(title, caption, table),
        Block::Text(text) => Part::Text(text),
    }
}

/// Answers and trust come first.
fn shown((index, section): (usize, &Section)) -> Shown<'_> {
    Shown {
        number: index + 3,
        section,
        blocks: section.blocks.iter().map(part).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::process::{Command, Stdio};

    fn base64(bytes: &[u8]) -> String {
        const DIGITS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for chunk in bytes.chunks(3) {
            let group = (0..3).fold(0_u32, |group, index| {
                group << 8 | u32::from(chunk.get(index).copied().unwrap_or(0))
            });
            for place in 0..4 {
                let digit = (group >> (18 - 6 * place)) & 63;
                text.push(if place > chunk.len() {
                    '='
                } else {
                    char::from(DIGITS[digit as usize])
                });
            }
        }
        text
    }

    #[test]
    fn base64_is_that_of_the_standard() {
        // RFC 4648, section 10.
        for (bytes, text) in [
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_policy_allows_the_style_as_it_is() {
        let mut sum = Command::new("sha256sum")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("coreutils has sha256sum");
        let mut input = sum.stdin.take().expect("it is piped");
        input.write_all(STYLE.as_bytes()).expect("it reads all");
        drop(input);
        let output = sum.wait_with_output().expect("it ends");
        let hex = String::from_utf8(output.stdout).expect("ASCII");
        let bytes: Vec<u8> = (0..32)
            .map(|index| u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).expect("hex"))
            .collect();
        assert_eq!(
            STYLE_HASH,
            base64(&bytes),
            "templates/report.css has changed: put this hash into templates/report.css.sha256"
        );
    }
}
