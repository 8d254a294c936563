//! What does printing cost?

use crate::suite::{Group, Suite, Timing};
use criterion::Throughput;
use speedup::catalog::{FormatTask, Row};
use speedup::workload::employee::{Employee, REPR, STR, derived};
use std::fmt::Write;
use std::hint::black_box;

/// Measures `Display` and `Debug` of the notebook's employee.
pub(super) fn define(suite: &mut Suite) {
    let rows = suite.catalog().format();
    let mut group = suite.group("format");
    let employee = Employee::notebook();
    let derived = derived::Employee::notebook();
    for row in &rows {
        match row.task {
            FormatTask::Display => bench(&mut group, row, STR, |text| {
                *text = black_box(&employee).to_string();
            }),
            FormatTask::Debug => bench(&mut group, row, REPR, |text| {
                *text = format!("{:?}", black_box(&employee));
            }),
            FormatTask::DerivedDebug => bench(&mut group, row, derived::DEBUG, |text| {
                *text = format!("{:?}", black_box(&derived));
            }),
            FormatTask::DisplayReused => bench(&mut group, row, STR, |text| {
                text.clear();
                // A string takes whatever fits into memory.
                let _ = write!(text, "{}", black_box(&employee));
            }),
            FormatTask::DebugReused => bench(&mut group, row, REPR, |text| {
                text.clear();
                let _ = write!(text, "{:?}", black_box(&employee));
            }),
        }
    }
    group.finish();
}

fn bench(
    group: &mut Group<'_>,
    row: &Row<FormatTask>,
    expected: &str,
    print: impl Fn(&mut String),
) {
    let timing = Timing {
        throughput: Some(Throughput::Bytes(expected.len() as u64)),
        ..Timing::default()
    };
    let prepare = |_task: &FormatTask| {
        let mut text = String::new();
        print(&mut text);
        if text == expected {
            Ok(text)
        } else {
            Err(format!("wrong: it printed '{text}', not '{expected}'").into())
        }
    };
    group.bench(row, timing, prepare, |text, bencher| {
        bencher.iter(|| {
            print(text);
            black_box(&*text);
        });
        Ok(())
    });
}
