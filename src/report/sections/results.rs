//! All results, a table a group; and what they cost beside time.

use super::{Block, Section, cost, time};
use crate::report::input::{Input, address};
use crate::report::rows::{Measured, Rows};
use crate::report::table::{Cell, Quantity, Table};
use crate::report::units::Unit;

const COLUMNS: [&str; 8] = [
    "benchmark",
    "time",
    "speed-up",
    "compared with",
    "how",
    "CPU time over wall time",
    "peak memory",
    "Criterion's files",
];

pub(super) fn section(rows: &Rows, input: &Input) -> Section {
    let mut blocks: Vec<Block> = cost::blocks(rows);
    let mut groups: Vec<&str> = Vec::new();
    for row in &rows.rows {
        if !groups.contains(&row.id.group()) {
            groups.push(row.id.group());
        }
    }
    for group in groups {
        let of_group = rows.rows.iter().filter(|row| row.id.group() == group);
        let mut table = Table::new(
            format!("results_{group}"),
            format!("Results of {group}"),
            &COLUMNS,
        );
        table.rows = of_group.map(|row| cells(row, input)).collect();
        blocks.push(Block::Table {
            title: group.to_owned(),
            caption: question(group).to_owned(),
            table,
        });
    }
    Section {
        anchor: "results",
        title: "All results",
        intro: "Times are medians of an iteration with Criterion\u{2019}s bootstrap interval, which \
                knows of this run alone. A speed-up is the time of the baseline over that of the row: \
                above 1, the row is faster."
            .to_owned(),
        blocks,
    }
}

fn question(group: &str) -> &'static str {
    match group {
        "sleep" => "Does waiting overlap?",
        "factorial" => "What do cores buy?",
        "factorial_algorithm" => "What does a better algorithm buy?",
        "cache" => "What does memory buy?",
        "format" => "What does printing cost?",
        "dispatch" => "What does the strategy itself cost?",
        _ => "Not a group of this suite.",
    }
}

fn cells(row: &Measured, input: &Input) -> Vec<Cell> {
    let name = row.id.to_string();
    let links = input.links.get(&name).into_iter().flatten();
    let links: Vec<(String, String)> = links
        .map(|(text, path)| (text.clone(), address(path)))
        .collect();
    let compared = row.speed_up.as_ref();
    let baseline = compared.map_or(Cell::Missing("is a baseline"), |speed_up| {
        Cell::text(speed_up.baseline.to_string())
    });
    let how = compared.map_or(Cell::Missing("–"), |speed_up| {
        Cell::text(match speed_up {
            ratio if ratio.is_paired => format!("paired, {} relaunches", ratio.relaunches),
            _ => "unpaired".to_owned(),
        })
    });
    let cost = row.cost.as_ref();
    let busy = cost.map(|cost| Quantity::new(cost.cpu_over_wall(), Unit::Plain));
    let memory = cost.map(|cost| Quantity::new(cost.peak_bytes as f64, Unit::Bytes));
    vec![
        Cell::Text(name),
        Cell::Number(time(row)),
        Cell::number(compared.map(crate::report::rows::SpeedUp::quantity), "–"),
        baseline,
        how,
        Cell::number(busy, "not measured"),
        match cost {
            // Of processes that had ended, nothing is known.
            Some(cost) if cost.is_partial => Cell::Missing("ended processes"),
            _ => Cell::number(memory, "not measured"),
        },
        if links.is_empty() {
            Cell::Missing("not kept")
        } else {
            Cell::Links(links)
        },
    ]
}
