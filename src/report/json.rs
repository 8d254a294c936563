//! All of the page as JSON.

use super::{Answer, Cell, Quantity, Report, Table, Warning};
use serde_json::{Map, Value, json};

/// Changes whenever a field changes its meaning or goes.
const SCHEMA_VERSION: u32 = 1;

impl Report {
    /// All of the page:
    ///
    /// - `schema_version`: 1;
    /// - `answers`: a list of `key`, `question`, `verdict`, `number`, `sentence`;
    /// - `warnings`: a list of `key`, `fact`, `cause`, `next`, `rows`;
    /// - `tables`: by `id`, each with its `caption`, its `columns` and its
    ///   `rows`, which are objects by column.
    ///
    /// A number is an object of `value`, `unit`, and `low` and `high` where it
    /// has an interval (null where nothing bounds it); everything else is text,
    /// or null where it is missing.
    ///
    /// ```
    /// use speedup::report::{Input, Report};
    ///
    /// let json = Report::new(&Input::default(), None).json();
    /// assert_eq!(json["tables"]["run"]["rows"][1]["value"]["value"], 0.0);
    /// ```
    #[must_use]
    pub fn json(&self) -> Value {
        let tables: Map<String, Value> = self
            .tables()
            .map(|table| (table.id.clone(), of_table(table)))
            .collect();
        json!({
            "schema_version": SCHEMA_VERSION,
            "answers": self.answers.iter().map(of_answer).collect::<Vec<_>>(),
            "warnings": self.warnings.iter().map(of_warning).collect::<Vec<_>>(),
            "tables": tables,
        })
    }
}

fn of_answer(answer: &Answer) -> Value {
    json!({
        "key": answer.key,
        "question": answer.question,
        "verdict": answer.verdict.name(),
        "number": answer.number.as_ref().map(of_quantity),
        "sentence": answer.sentence,
    })
}

fn of_warning(warning: &Warning) -> Value {
    json!({
        "key": warning.key,
        "fact": warning.fact,
        "cause": warning.cause,
        "next": warning.next,
        "rows": warning.rows,
    })
}

fn of_table(table: &Table) -> Value {
    let rows = table.rows.iter().map(|row| {
        let cells = table.columns.iter().zip(row);
        let cells = cells.map(|(column, cell)| ((*column).to_owned(), of_cell(cell)));
        Value::Object(cells.collect())
    });
    json!({
        "caption": table.caption,
        "columns": table.columns,
        "rows": rows.collect::<Vec<_>>(),
    })
}

fn of_cell(cell: &Cell) -> Value {
    match cell {
        Cell::Text(text) | Cell::Link(text, _) => json!(text),
        Cell::Links(links) => links.iter().map(|(_, address)| json!(address)).collect(),
        Cell::Number(quantity) => of_quantity(quantity),
        Cell::Missing(_) => Value::Null,
    }
}

fn of_quantity(quantity: &Quantity) -> Value {
    let mut object = Map::new();
    object.insert("value".to_owned(), json!(quantity.value));
    object.insert("unit".to_owned(), json!(quantity.unit.name()));
    if let Some((low, high)) = quantity.interval {
        let is_bounded = low.is_finite() && high.is_finite();
        // JSON has no infinity.
        object.insert("low".to_owned(), json!(is_bounded.then_some(low)));
        object.insert("high".to_owned(), json!(is_bounded.then_some(high)));
    }
    Value::Object(object)
}
