//! The blocks of results in README, each between two markers.

use super::markdown::{escape, write_table};
use super::{Cell, Report, Table};
use std::fmt;

/// The lines between which a block stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Markers {
    begin: &'static str,
    end: &'static str,
}

impl Markers {
    /// Around the answers.
    pub const RESULTS: Self = Self {
        begin: "<!-- results: made by `speedup report --readme`, from reports/sample -->",
        end: "<!-- /results -->",
    };
    /// Around the peers.
    pub const PEERS: Self = Self {
        begin: "<!-- peers: made by `speedup report --readme`, from reports/sample -->",
        end: "<!-- /peers -->",
    };
}

impl Report {
    /// README with its blocks renewed: the answers, and the peers if they were
    /// measured. Where they were not, no markers for them are needed; between
    /// markers that are there, nothing is left.
    ///
    /// # Errors
    /// When a marker is missing, or there are several of it.
    ///
    /// ```
    /// use speedup::report::{Input, Report};
    ///
    /// let report = Report::new(&Input::default(), None);
    /// let readme = "<!-- results: made by `speedup report --readme`, from reports/sample -->\n\
    ///               <!-- /results -->\n";
    /// assert!(report.renew_readme(readme)?.contains("Does waiting overlap?"));
    /// # Ok::<(), speedup::report::MarkerError>(())
    /// ```
    pub fn renew_readme(&self, document: &str) -> Result<String, MarkerError> {
        let renewed = renew(document, Markers::RESULTS, &self.results_block())?;
        match self.peers_block() {
            Some(block) => renew(&renewed, Markers::PEERS, &block),
            None if renewed.contains(Markers::PEERS.begin) => renew(&renewed, Markers::PEERS, ""),
            None => Ok(renewed),
        }
    }

    /// What README shows of the peers: where they were measured, a line a job,
    /// their versions and what was skipped. None where nothing was measured.
    fn peers_block(&self) -> Option<String> {
        let table = |id: &str| self.tables().find(|table| table.id == id);
        let text = |cell: &Cell| escape(&cell.plain());
        let answers = table("peers_answers")?;
        let fact = |name: &str| {
            let mut rows = table("peers_run")?.rows.iter();
            Some(text(&rows.find(|row| row[0].plain() == name)?[1]))
        };
        let [command, processor, cores, begun] =
            ["Command", "Processor", "CPUs available", "Begun"].map(fact);
        let mut block = format!(
            "From `{}` on {} ({} CPUs), {}:\n",
            command?.replace("\\`", "'"),
            processor?,
            cores?,
            begun?
        );
        let mut shown = Table::new("peers", "Against its peers", &["job", "ours", "its peers"]);
        for row in &answers.rows {
            let all = table("peers").map(|table| table.rows.iter());
            let mut of_job = all?.filter(|side| side[0] == row[0]);
            // Our own side is the first of each job.
            let ours = of_job.next()?;
            let time = format!("{} for {}", ours[3].plain(), ours[4].plain());
            shown
                .rows
                .push(vec![row[0].clone(), Cell::text(time), row[1].clone()]);
        }
        write_table(&mut block, &shown);
        let joined = |id: &str, words: &dyn Fn(&[Cell]) -> String| {
            let rows = table(id).map_or(&[][..], |table| &table.rows);
            let rows: Vec<String> = rows.iter().map(|row| words(row)).collect();
            (!rows.is_empty()).then(|| rows.join(", "))
        };
        let name_and_more = |row: &[Cell]| format!("{} {}", text(&row[0]), text(&row[1]));
        if let Some(versions) = joined("peers_versions", &name_and_more) {
            block.extend(["\nVersions: ", &versions, ".\n"]);
        }
        if let Some(skipped) = joined("peers_skipped", &|row| text(&row[0])) {
            block.extend(["\nNot installed there, and skipped: ", &skipped, ".\n"]);
        }
        Some(block)
    }

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

/// The document with the block between two markers renewed.
///
/// # Errors
/// When a marker is missing, or there are several of it.
///
/// ```
/// use speedup::report::{Markers, renew};
///
/// let old = "before\n<!-- peers: made by `speedup report --readme`, from reports/sample -->\n\
///            old\n<!-- /peers -->\nafter\n";
/// let new = renew(old, Markers::PEERS, "new\n")?;
/// assert!(new.contains("-->\nnew\n<!--") && !new.contains("old"));
/// assert_eq!(renew(&new, Markers::PEERS, "new\n")?, new);
/// assert!(renew("no markers", Markers::PEERS, "new\n").is_err());
/// # Ok::<(), speedup::report::MarkerError>(())
/// ```
pub fn renew(document: &str, markers: Markers, block: &str) -> Result<String, MarkerError> {
    let once = |marker: &'static str| {
        let mut places = document.match_indices(marker);
        match (places.next(), places.next()) {
            (Some((at, _)), None) => Ok(at),
            (None, _) => Err(MarkerError::Missing(marker, markers)),
            (Some(_), Some(_)) => Err(MarkerError::Several(marker)),
        }
    };
    let (begin, end) = (
        once(markers.begin)? + markers.begin.len(),
        once(markers.end)?,
    );
    if begin > end {
        return Err(MarkerError::Missing(markers.end, markers));
    }
    let (before, after) = (&document[..begin], &document[end..]);
    Ok(format!("{before}\n{block}{after}"))
}

/// The block can't be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkerError {
    /// There is no such line, or it stands in the wrong place.
    Missing(&'static str, Markers),
    /// There is more than one such line.
    Several(&'static str),
}

impl fmt::Display for MarkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(marker, markers) => write!(
                f,
                "the marker '{marker}' is missing; where the results shall stand, put '{}' and, in \
                 a line below it, '{}'",
                markers.begin, markers.end
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
