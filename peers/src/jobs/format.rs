//! What printing the notebook's employee costs: `str(e)` and `repr(e)`.

use crate::job::{Contender, Cpus, Extent, Job, Outcome, Side};
use crate::peer::CPYTHON;
use crate::python::python;
use speedup::workload::employee::Employee;
use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;

const PYTHON: &str = include_str!("format.py");

/// So many calls are timed in a row.
const CALLS: u32 = 20_000;

const ROUNDS: usize = 25;

/// Python's `str(e)`.
pub(super) fn display() -> Job {
    let sides = [
        |employee: &Employee, _: &mut String| drop(black_box(employee.to_string())),
        |employee: &Employee, text: &mut String| rewrite(text, format_args!("{employee}")),
    ];
    job(
        "format_str",
        "str(e): an employee as text",
        ["Display", "Display, reused buffer", "str(e)", "Str"],
        sides,
        ToString::to_string,
    )
}

/// Python's `repr(e)`.
pub(super) fn debug() -> Job {
    let sides = [
        |employee: &Employee, _: &mut String| drop(black_box(format!("{employee:?}"))),
        |employee: &Employee, text: &mut String| rewrite(text, format_args!("{employee:?}")),
    ];
    job(
        "format_repr",
        "repr(e): an employee as text for developers",
        ["Debug", "Debug, reused buffer", "repr(e)", "Repr"],
        sides,
        |employee| format!("{employee:?}"),
    )
}

/// One call: prints the employee, into the text or into one of its own.
type Print = fn(&Employee, &mut String);

fn job(
    name: &'static str,
    title: &str,
    [new, reused, in_python, class]: [&'static str; 4],
    [print_new, print_reused]: [Print; 2],
    text: fn(&Employee) -> String,
) -> Job {
    Job {
        name,
        title: title.to_owned(),
        unit: "a call",
        checked: "the texts are the same",
        is_checked_whole: true,
        cpus: Cpus::All,
        rounds: ROUNDS,
        sides: vec![
            Side::ours(
                new,
                "making a new String, and freeing it; the loop around it too",
                move || Ok(Printing::new(print_new, text)),
            ),
            Side::ours(
                reused,
                "writing into a String that is already large enough; the loop around it too",
                move || Ok(Printing::new(print_reused, text)),
            ),
            Side::peer(
                CPYTHON,
                in_python,
                "making a new str by the f-string in the method, and freeing it; the loop around \
                 it too",
                move || python(PYTHON, &[class, &CALLS.to_string()]),
            ),
        ],
    }
}

/// Writes over what the text holds, within the memory that it has.
fn rewrite(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.clear();
    // A String takes whatever is written.
    let _ = text.write_fmt(arguments);
    black_box(text);
}

struct Printing {
    employee: Employee,
    buffer: String,
    print: Print,
    text: fn(&Employee) -> String,
}

impl Printing {
    fn new(print: Print, text: fn(&Employee) -> String) -> Self {
        Self {
            employee: Employee::notebook(),
            buffer: String::with_capacity(64),
            print,
            text,
        }
    }
}

impl Contender for Printing {
    fn digest(&mut self, _extent: Extent) -> Outcome<String> {
        (self.print)(&self.employee, &mut self.buffer);
        let text = (self.text)(&self.employee);
        // One that reuses its buffer has the text there.
        if self.buffer.is_empty() {
            Ok(text)
        } else {
            Ok(self.buffer.clone())
        }
    }

    fn time_ns(&mut self, _unit: usize) -> Outcome<f64> {
        let start = Instant::now();
        for _ in 0..CALLS {
            (self.print)(black_box(&self.employee), &mut self.buffer);
        }
        Ok(start.elapsed().as_nanos() as f64 / f64::from(CALLS))
    }
}
