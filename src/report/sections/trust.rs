//! The facts of the run, and what was left out of it.

use crate::report::input::Input;
use crate::report::rows::Rows;
use crate::report::table::{Cell, Quantity, Table};
use crate::report::units::{Unit, utc};
use crate::report::untrusted::shown;

/// What was measured, where, with what.
pub(in crate::report) fn facts(input: &Input, rows: &Rows) -> Table {
    let mut table = Table::new("run", "The run", &["what", "value"]);
    let mut add = |name: &str, value: Cell| table.rows.push(vec![Cell::text(name), value]);
    let unknown = Cell::Missing("unknown");
    let text = |text: Option<String>| text.map_or(unknown.clone(), Cell::Text);
    if let Some(run) = &input.run {
        let machine = &run.machine;
        add("Command", Cell::text(run.command.clone()));
        add(
            "Run",
            Cell::text(format!(
                "{} to {}",
                utc(run.started_unix_s),
                utc(run.ended_unix_s)
            )),
        );
        add("Commit", text(commit(run.commit.as_deref(), run.is_dirty)));
        add("Toolchain", text(run.toolchain.clone()));
        add(
            "Scale (ms a notebook second)",
            Cell::text(run.scale.clone()),
        );
        add("Processor", text(machine.processor.clone()));
        add("Virtual machine", text(machine.is_virtual.map(yes_or_no)));
        let memory = machine
            .memory_bytes
            .map(|bytes| Quantity::new(bytes as f64, Unit::Bytes));
        add("Memory", Cell::number(memory, "unknown"));
        add("System", text(machine.system.clone()));
        add("Clock governor", text(machine.governor.clone()));
        add("Turbo", text(machine.has_turbo.map(yes_or_no)));
        let load = run.load_before.map(|load| Quantity::new(load, Unit::Plain));
        add("Load before the run", Cell::number(load, "unknown"));
    }
    let count = |count: usize| Cell::Number(Quantity::new(count as f64, Unit::Count));
    add("CPUs available", count(rows.cores));
    add("Results", count(rows.rows.len()));
    add("Rows without a result", count(rows.missing.len()));
    let paired = rows.rows.iter().filter_map(|row| row.speed_up.as_ref());
    let (paired, unpaired): (Vec<_>, Vec<_>) = paired.partition(|speed_up| speed_up.is_paired);
    add("Paired ratios", count(paired.len()));
    add("Unpaired ratios", count(unpaired.len()));
    let samples = rows.rows.iter().map(|row| row.samples.count);
    if let (Some(fewest), Some(most)) = (samples.clone().min(), samples.max()) {
        add(
            "Samples a row",
            Cell::text(if fewest == most {
                most.to_string()
            } else {
                format!("{fewest} to {most}")
            }),
        );
    }
    table
}

fn commit(commit: Option<&str>, is_dirty: Option<bool>) -> Option<String> {
    let changes = if is_dirty == Some(true) {
        ", with changes on top"
    } else {
        ""
    };
    Some(format!("{}{changes}", commit?))
}

fn yes_or_no(is_so: bool) -> String {
    if is_so { "yes" } else { "no" }.to_owned()
}

/// What was left out, and why.
pub(in crate::report) fn left_out(rows: &Rows) -> Table {
    let mut table = Table::new("left_out", "Left out", &["file", "why"]);
    for left_out in &rows.left_out {
        let path = shown(&left_out.path.to_string_lossy());
        table
            .rows
            .push(vec![Cell::Text(path), Cell::Text(shown(&left_out.why))]);
    }
    table
}
