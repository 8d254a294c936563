//! The block of results in README, between two markers.

use super::markdown::{escape, write_table};
use super::{Cell, Report, Table};
use std::fmt;

/// Where the block begins and ends.
const BEGIN: &str = "<!-- results: made by `speedup report --readme`, from reports/sample -->";
const END: &str = "<!-- /results -->";

impl Report {
    /// What README shows of the report: the run, and the answers with their
    /// numbers.
    ///
    /// ```
    /// use speedup::report::{Input, Report};
    ///
    /// let block = Report::new(&Input::default(), None).results_block();
    /// assert!(block.contains("| Does waiting overlap? |"));
    /// ```
    #[must_use]
    pub fn results_block(&self) -> String {
        let fact = |name: &str| {
            let mut rows = self.facts.rows.iter();
            let row = rows.find(|row| row[0].plain() == name)?;
            Some(row[1].plain())
        };
        let mut text = String::new();
        if let (Some(command), Some(processor), Some(cores)) =
            (fact("Command"), fact("Processor"), fact("CPUs available"))
        {
            let is_virtual = fact("Virtual machine").is_some_and(|text| text == "yes");
            let machine = if is_virtual {
                ", in a virtual machine"
            } else {
                ""
            };
            let toolchain = fact("Toolchain").unwrap_or_default();
            text = format!(
                "From `{}` on {} ({} CPUs{machine}), {}:\n",
                command.replace('`', "'"),
                escape(&processor),
                escape(&cores),
                escape(&toolchain)
            );
        }
        let columns = ["question", "number", "answer"];
        let mut table = Table::new("answers", "Answers", &columns);
        for answer in &self.answers {
            let number = answer.number;
            table.rows.push(vec![
                Cell::text(answer.question.clone()),
                Cell::text(number.map_or_else(|| "–".to_owned(), |number| number.text())),
                Cell::text(answer.sentence.clone()),
            ]);
        }
        write_table(&mut text, &table);
        // The answers are the report's own words, whose code stays code.
        text.replace("\\`", "`")
    }
}

/// The document with the block between its markers renewed.
///
/// # Errors
/// When a marker is missing, or there are several of it.
///
/// ```
/// use speedup::report::renew;
///
/// let old = "before\n<!-- results: made by `speedup report --readme`, from reports/sample -->\n\
///            old\n<!-- /results -->\nafter\n";
/// let new = renew(old, "new\n")?;
/// assert!(new.contains("-->\nnew\n<!--") && !new.contains("old"));
/// assert_eq!(renew(&new, "new\n")?, new);
/// assert!(renew("no markers", "new\n").is_err());
/// # Ok::<(), speedup::report::MarkerError>(())
/// ```
pub fn renew(document: &str, block: &str) -> Result<String, MarkerError> {
    let once = |marker: &'static str| {
        let mut places = document.match_indices(marker);
        match (places.next(), places.next()) {
            (Some((at, _)), None) => Ok(at),
            (None, _) => Err(MarkerError::Missing(marker)),
            (Some(_), Some(_)) => Err(MarkerError::Several(marker)),
        }
    };
    let (begin, end) = (once(BEGIN)? + BEGIN.len(), once(END)?);
    if begin > end {
        return Err(MarkerError::Missing(END));
    }
    let (before, after) = (&document[..begin], &document[end..]);
    Ok(format!("{before}\n{block}{after}"))
}

/// The block can't be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkerError {
    /// There is no such line, or it stands in the wrong place.
    Missing(&'static str),
    /// There is more than one such line.
    Several(&'static str),
}

impl fmt::Display for MarkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(marker) => write!(
                f,
                "the marker '{marker}' is missing; put it where the results shall stand, \
                 followed by '{END}'"
            ),
            Self::Several(marker) => {
                write!(
                    f,
                    "the marker '{marker}' stands there more than once; leave one of them"
                )
            }
        }
    }
}

impl std::error::Error for MarkerError {}
