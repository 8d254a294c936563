//! What does printing cost?

use super::{Catalog, Id, Row};

/// What a row of the group does with the notebook's employee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatTask {
    /// `Display` into a new string: Python's `str(e)`.
    Display,
    /// `Debug` into a new string: Python's `repr(e)`.
    Debug,
    /// The `Debug` that the compiler writes, into a new string.
    DerivedDebug,
    /// `Display` into a string that is used again and again.
    DisplayReused,
    /// `Debug` into a string that is used again and again.
    DebugReused,
}

impl Catalog {
    /// The group `format`.
    ///
    /// ```
    /// use speedup::catalog::{Catalog, Scale};
    /// use std::num::NonZeroUsize;
    ///
    /// let rows = Catalog::new(Scale::default(), NonZeroUsize::MIN).format();
    /// assert_eq!(rows[0].id.to_string(), "format/display");
    /// ```
    #[must_use]
    pub fn format(&self) -> Vec<Row<FormatTask>> {
        let row = |function, baseline: Option<&str>, task| Row {
            id: Id::new("format", function),
            baseline: baseline.map(|function| Id::new("format", function)),
            task,
        };
        vec![
            row("display", None, FormatTask::Display),
            row("debug", Some("display"), FormatTask::Debug),
            row("derived_debug", Some("debug"), FormatTask::DerivedDebug),
            row("display_reused", Some("display"), FormatTask::DisplayReused),
            row("debug_reused", Some("debug"), FormatTask::DebugReused),
        ]
    }
}
