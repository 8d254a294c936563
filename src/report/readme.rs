//! The blocks of results in README, each between two markers.

use super::answers::{Claim, full_name, with_interval};
use super::markdown::{escape, write_table};
use super::{Cell, PeerJob, Peers, Report, Table, TimeRatio, Unit};
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

    fn table(&self, id: &str) -> Option<&Table> {
        self.tables().find(|table| table.id == id)
    }

    /// What README shows of the peers: where they were measured, a line a job,
    /// their versions and what was skipped. None where nothing was measured.
    fn peers_block(&self) -> Option<String> {
        let jobs = peers_jobs(self.peers.as_ref()?);
        if jobs.rows.is_empty() {
            return None;
        }
        let run = self.table("peers_run")?;
        let [processor, cores, begun] = ["Processor", "CPUs available", "Begun"]
            .map(|name| escape(&fact(run, name).unwrap_or_default()));
        let command = fact(run, "Command")?.replace('`', "'");
        let mut block = format!("From `{command}` on {processor} ({cores} CPUs), {begun}:\n");
        write_table(&mut block, &jobs);
        for (words, id, columns) in [
            ("Versions", "peers_versions", 2),
            ("Not installed there, and skipped", "peers_skipped", 1),
        ] {
            let rows = self.table(id).map_or(&[][..], |table| &table.rows);
            let rows = rows.iter().map(|row| {
                let cells = row.iter().take(columns);
                cells.map(Cell::plain).collect::<Vec<_>>().join(" ")
            });
            let list = escape(&rows.collect::<Vec<_>>().join(", "));
            if !list.is_empty() {
                block.extend(["\n", words, ": ", &list, ".\n"]);
            }
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
        let fact = |name: &str| fact(&self.facts, name);
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

/// What a table of facts says of one of them.
fn fact(facts: &Table, name: &str) -> Option<String> {
    let row = facts.rows.iter().find(|row| row[0].plain() == name)?;
    Some(row[1].plain())
}

/// A line a job: how long ours takes, and the peers' times over it.
fn peers_jobs(peers: &Peers) -> Table {
    let columns = [
        "job",
        "ours",
        "faster than ours",
        "not decided",
        "slower than ours",
    ];
    let mut table = Table::new("peers", "Against its peers", &columns);
    for job in &peers.jobs {
        let Some(ours) = job.sides.first() else {
            continue;
        };
        let time = Unit::Nanoseconds.text(ours.unit_ns);
        let mut row = vec![
            Cell::text(job.title.clone()),
            Cell::text(format!("{}: {time} ({})", ours.name, ours.unit)),
        ];
        let claims = [Claim::Faster, Claim::Undecided, Claim::Slower];
        row.extend(claims.map(|claim| Cell::text(peers_that_are(claim, job))));
        table.rows.push(row);
    }
    table
}

/// The peers of which this is shown, and by how much: the fastest first. Our own
/// other sides, which are many, are on the page.
fn peers_that_are(claim: Claim, job: &PeerJob) -> String {
    let peers = job.sides.iter().filter(|side| !side.is_ours);
    let mut said: Vec<(TimeRatio, String)> = peers
        .filter_map(|side| Some((side.ratio?, full_name(side))))
        .filter(|(ratio, _)| ratio.claim() == claim)
        .collect();
    said.sort_by(|(one, _), (other, _)| one.estimate.total_cmp(&other.estimate));
    let said = said
        .into_iter()
        .map(|(ratio, name)| format!("{name}: {}", with_interval(&ratio.quantity())));
    let said: Vec<String> = said.collect();
    if said.is_empty() {
        "–".to_owned()
    } else {
        said.join("; ")
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
