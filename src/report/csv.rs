//! All numbers as comma-separated values, a line a cell.

use super::{Cell, Report, Table};
use csv::{Terminator, WriterBuilder};

/// The head of the file.
const HEAD: [&str; 9] = [
    "table", "row", "name", "column", "value", "low", "high", "unit", "text",
];

impl Report {
    /// All tables as CSV (RFC 4180), a line a cell: `table`, `row` (from 0),
    /// `name` (the row's first cell), `column`, and of a number `value`, `low`,
    /// `high` (empty where there is no interval, or nothing bounds it) and
    /// `unit`; of anything else, `text`. The answers are the table `answers`.
    ///
    /// ```
    /// use speedup::report::{Input, Report};
    ///
    /// let csv = Report::new(&Input::default(), None).csv();
    /// assert!(csv.starts_with("table,row,name,column,value,low,high,unit,text\n"));
    /// assert!(csv.contains("run,2,Rows without a result,value,"));
    /// ```
    ///
    /// # Panics
    /// Never: writing to memory always succeeds.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut writer = WriterBuilder::new()
            .terminator(Terminator::Any(b'\n'))
            .from_writer(Vec::new());
        let mut write = |record: [&str; 9]| {
            writer
                .write_record(record)
                .expect("writing to memory always succeeds");
        };
        write(HEAD);
        for table in [&self.answer_table()].into_iter().chain(self.tables()) {
            for (index, row) in table.rows.iter().enumerate() {
                let name = row.first().map(Cell::plain).unwrap_or_default();
                for (column, cell) in table.columns.iter().zip(row).skip(1) {
                    let place = [&*table.id, &index.to_string(), &name, column];
                    let [value, low, high, unit, text] = fields(cell);
                    write([
                        place[0], place[1], place[2], place[3], &value, &low, &high, &unit, &text,
                    ]);
                }
            }
        }
        let bytes = writer
            .into_inner()
            .expect("writing to memory always succeeds");
        String::from_utf8(bytes).expect("all of it was text")
    }

    /// The answers as a table.
    pub(super) fn answer_table(&self) -> Table {
        let mut table = Table::new(
            "answers",
            "Answers",
            &["question", "verdict", "number", "answer"],
        );
        for answer in &self.answers {
            table.rows.push(vec![
                Cell::text(answer.question.clone()),
                Cell::text(answer.verdict.name()),
                Cell::number(answer.number, "–"),
                Cell::text(answer.sentence.clone()),
            ]);
        }
        table
    }
}

/// Value, low, high, unit and text of a cell.
fn fields(cell: &Cell) -> [String; 5] {
    let Cell::Number(quantity) = cell else {
        return [
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            cell.plain(),
        ];
    };
    let end = |end: f64| {
        if end.is_finite() {
            end.to_string()
        } else {
            String::new()
        }
    };
    let (low, high) = quantity
        .interval
        .map_or((f64::NAN, f64::NAN), |(low, high)| (low, high));
    [
        end(quantity.value),
        end(low),
        end(high),
        quantity.unit.name().to_owned(),
        String::new(),
    ]
}
