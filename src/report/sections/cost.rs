//! Cost beside time: CPU time and memory of the largest list of factorials, by
//! strategy.

use super::Block;
use crate::report::chart::{Axis, Dot, DotChart, look};
use crate::report::names;
use crate::report::rows::{Measured, Rows};
use crate::report::table::{Cell, Quantity, Table};
use crate::report::units::Unit;

pub(super) fn blocks(rows: &Rows) -> Vec<Block> {
    let chosen = chosen(rows);
    if chosen.is_empty() {
        return vec![Block::Text(
            "What rows cost beside time was not measured: `cargo bench` does so on Linux."
                .to_owned(),
        )];
    }
    let dots = |value: fn(&Measured) -> Option<f64>| -> Vec<Dot> {
        let dot = |row: &&Measured| {
            Some(Dot {
                name: row.id.function_at_workers(),
                look: look(row.id.function(), 0),
                value: value(row)?,
                interval: None,
            })
        };
        chosen.iter().filter_map(dot).collect()
    };
    let busy = dots(|row| Some(row.cost?.cpu_over_wall()));
    let memory = dots(|row| Some(row.cost?.peak_bytes as f64));
    let size = chosen[0].id.value().unwrap_or_default();
    vec![
        Block::Figure {
            question: "Which part of the CPUs does a strategy keep busy?".to_owned(),
            caption: format!(
                "CPU time of all threads and processes over wall time, for the factorials below \
                 {size}. 1 is one CPU, busy throughout."
            ),
            svg: chart(
                "cost-cpu",
                "CPU time over wall time",
                "CPUs busy on average",
                Unit::Plain,
                busy,
            ),
            table: busy_table(&chosen),
        },
        Block::Figure {
            question: "What does it take in memory?".to_owned(),
            caption: format!(
                "Peak of anonymous memory, all processes together, for the factorials below {size}: \
                 threads share, processes copy."
            ),
            svg: chart(
                "cost-memory",
                "Peak memory",
                "peak memory of all processes",
                Unit::Bytes,
                memory,
            ),
            table: memory_table(&chosen),
        },
    ]
}

/// The rows of the largest list: one after the other, and each strategy with a
/// worker a core.
fn chosen(rows: &Rows) -> Vec<&Measured> {
    let size = names::sizes(rows, "factorial").last().copied();
    let value = size.map(|size| size.to_string());
    let is_chosen = |row: &&Measured| {
        row.id.group() == "factorial"
            && row.id.value() == value.as_deref()
            && row
                .id
                .workers()
                .is_none_or(|workers| workers.get() == rows.cores)
            && row.cost.is_some()
    };
    rows.rows.iter().filter(is_chosen).collect()
}

fn busy_table(chosen: &[&Measured]) -> Table {
    let columns = ["benchmark", "CPU time over wall time"];
    let mut table = Table::new("cost_cpu", "CPUs busy on average", &columns);
    for row in chosen {
        let busy = row
            .cost
            .map(|cost| Quantity::new(cost.cpu_over_wall(), Unit::Plain));
        table.rows.push(vec![
            Cell::text(row.id.to_string()),
            Cell::number(busy, "not measured"),
        ]);
    }
    table
}

fn memory_table(chosen: &[&Measured]) -> Table {
    let columns = ["benchmark", "peak memory", "processes"];
    let mut table = Table::new("cost_memory", "Peak memory", &columns);
    for row in chosen {
        let peak = row
            .cost
            .map(|cost| Quantity::new(cost.peak_bytes as f64, Unit::Bytes));
        let processes = row
            .cost
            .map(|cost| Quantity::new(cost.processes as f64, Unit::Count));
        table.rows.push(vec![
            Cell::text(row.id.to_string()),
            Cell::number(peak, "not measured"),
            Cell::number(processes, "not measured"),
        ]);
    }
    table
}

fn chart(id: &str, title: &str, label: &str, unit: Unit, dots: Vec<Dot>) -> String {
    let said: Vec<String> = dots
        .iter()
        .map(|dot| format!("{}: {}.", dot.name, unit.text(dot.value)))
        .collect();
    DotChart {
        id: id.to_owned(),
        title: title.to_owned(),
        description: said.join(" "),
        axis: Axis::linear(label, dots.iter().map(|dot| dot.value)),
        unit,
        dots,
        mark: None,
    }
    .svg()
}
