//! The page and the files beside it say the same.

#![cfg(feature = "report")]

mod report_support;

use report_support::Fixture;

/// What a number on the page says: its digits times its unit.
fn read(text: &str) -> f64 {
    let text = text.replace(',', "");
    let at = text
        .find(|c: char| c.is_alphabetic() || c == '%' || c == '×')
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(at);
    let size = match unit {
        "" | "×" | "ns" | "B" => 1.0,
        "µs" | "kB" => 1e3,
        "ms" | "MB" => 1e6,
        "s" | "GB" => 1e9,
        "%" => 0.01,
        other => panic!("{other} is no unit"),
    };
    digits
        .trim()
        .parse::<f64>()
        .unwrap_or_else(|_| panic!("{text} is no number"))
        * size
}

#[test]
fn page_and_csv_show_the_same_numbers_in_the_same_order() {
    let report = Fixture::new(4, |_| true).report();
    let page = report.html();
    let csv = report.csv();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let lines: Vec<csv::StringRecord> = reader.records().map(|line| line.expect("CSV")).collect();
    let stored = lines
        .iter()
        .filter(|line| &line[0] != "answers" && !line[4].is_empty());
    let shown = page
        .split("<b>")
        .skip(1)
        .map(|rest| rest.split("</b>").next().expect("an end"));
    let (stored, shown): (Vec<_>, Vec<_>) = (stored.collect(), shown.collect());
    assert!(shown.len() > 1000, "{}", shown.len());
    assert_eq!(stored.len(), shown.len());
    for (line, text) in stored.into_iter().zip(shown) {
        let value: f64 = line[4].parse().expect("a number");
        // Three digits at least, or five decimals of what is very small.
        let off = (read(text) - value).abs();
        assert!(
            off <= 0.0051 * value.abs() + 6e-6,
            "{line:?} is shown as {text}"
        );
    }
}

#[test]
fn json_csv_and_markdown_hold_the_same_tables() {
    let report = Fixture::new(2, |_| true).report();
    let (json, csv, markdown) = (report.json(), report.csv(), report.markdown());
    for table in report.tables() {
        let rows = json["tables"][&table.id]["rows"].as_array();
        assert_eq!(rows.map(Vec::len), Some(table.rows.len()), "{}", table.id);
        if table.rows.is_empty() {
            continue;
        }
        assert!(csv.contains(&format!("\n{},", table.id)), "{}", table.id);
        assert!(
            markdown.contains(&format!("| {} |", table.columns.join(" | "))),
            "{}",
            table.id
        );
    }
    let ids: Vec<&str> = report.tables().map(|table| table.id.as_str()).collect();
    let mut distinct = ids.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), ids.len(), "an id stands for two tables");
}
