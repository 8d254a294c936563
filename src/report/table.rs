//! Tables of typed cells: what the page shows, and what the files hold.
//!
//! A number reaches the page only through a cell, so that CSV, JSON and
//! Markdown, which are written from the same tables, can't lack it.

use super::units::Unit;

/// A number, with an interval where it has one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantity {
    /// The estimate.
    pub value: f64,
    /// The interval around it: from where, to where.
    pub interval: Option<(f64, f64)>,
    /// What it counts or measures.
    pub unit: Unit,
}

impl Quantity {
    /// A number without an interval.
    ///
    /// ```
    /// use speedup::report::{Quantity, Unit};
    /// assert_eq!(Quantity::new(3.0, Unit::Count).text(), "3");
    /// ```
    #[must_use]
    pub fn new(value: f64, unit: Unit) -> Self {
        Self {
            value,
            interval: None,
            unit,
        }
    }

    /// The same with an interval.
    ///
    /// ```
    /// use speedup::report::{Quantity, Unit};
    /// let ratio = Quantity::new(1.98, Unit::Times).within(1.97, 2.02);
    /// assert_eq!(ratio.interval_text().as_deref(), Some("1.97 to 2.02×"));
    /// ```
    #[must_use]
    pub fn within(mut self, low: f64, high: f64) -> Self {
        self.interval = Some((low, high));
        self
    }

    /// The estimate for people.
    ///
    /// ```
    /// use speedup::report::{Quantity, Unit};
    /// assert_eq!(Quantity::new(1500.0, Unit::Nanoseconds).text(), "1.500 µs");
    /// ```
    #[must_use]
    pub fn text(&self) -> String {
        self.unit.text(self.value)
    }

    /// The interval for people.
    ///
    /// ```
    /// use speedup::report::{Quantity, Unit};
    /// assert_eq!(Quantity::new(1.0, Unit::Count).interval_text(), None);
    /// ```
    #[must_use]
    pub fn interval_text(&self) -> Option<String> {
        let (low, high) = self.interval?;
        Some(self.unit.interval(self.value, low, high))
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// Words that lead somewhere: their text and where.
    Link(String, String),
    /// Several links.
    Links(Vec<(String, String)>),
    /// A number.
    Number(Quantity),
    /// Nothing, and why.
    Missing(&'static str),
}

impl Cell {
    /// A cell of words.
    ///
    /// ```
    /// use speedup::report::Cell;
    /// assert_eq!(Cell::text("paired"), Cell::Text("paired".to_owned()));
    /// ```
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number, or why there is none.
    ///
    /// ```
    /// use speedup::report::Cell;
    /// assert_eq!(Cell::number(None, "not measured"), Cell::Missing("not measured"));
    /// ```
    #[must_use]
    pub fn number(quantity: Option<Quantity>, otherwise: &'static str) -> Self {
        quantity.map_or(Self::Missing(otherwise), Self::Number)
    }

    /// The cell in words, without its interval.
    ///
    /// ```
    /// use speedup::report::Cell;
    /// assert_eq!(Cell::text("paired").plain(), "paired");
    /// ```
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Text(text) | Self::Link(text, _) => text.clone(),
            Self::Links(links) => links
                .iter()
                .map(|(text, _)| text.as_str())
                .collect::<Vec<_>>()
                .join(" "),
            Self::Number(quantity) => quantity.text(),
            Self::Missing(why) => (*why).to_owned(),
        }
    }
}

/// A table: its name, its columns, its rows. The first cell of a row names it.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The same word in every file and in every version.
    pub id: String,
    /// What it shows.
    pub caption: String,
    /// What stands above the cells.
    pub columns: Vec<&'static str>,
    /// The cells, as many in a row as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table that has no rows yet.
    ///
    /// ```
    /// use speedup::report::Table;
    /// assert!(Table::new("karp_flatt", "The serial part", &["workers"]).rows.is_empty());
    /// ```
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        caption: impl Into<String>,
        columns: &[&'static str],
    ) -> Self {
        Self {
            id: id.into(),
            caption: caption.into(),
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Whether all the cells of a column are numbers or missing.
    ///
    /// ```
    /// use speedup::report::{Cell, Table};
    /// let mut table = Table::new("t", "", &["row", "value"]);
    /// table.rows.push(vec![Cell::text("a"), Cell::Missing("none")]);
    /// assert!(!table.is_numeric(0) && table.is_numeric(1));
    /// ```
    #[must_use]
    pub fn is_numeric(&self, column: usize) -> bool {
        self.rows.iter().all(|row| {
            matches!(
                row.get(column),
                None | Some(Cell::Number(_) | Cell::Missing(_))
            )
        })
    }
}
