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
    job(
        "format_str",
        "str(e): an employee as text",
        ["Display", "Display, reused buffer", "str(e)", "Str"],
        [
            |employee, text| replace(text, employee.to_string()),
            |employee, text| rewrite(text, format_args!("{employee}")),
        ],
    )
}

/// Python's `repr(e)`.
pub(super) fn debug() -> Job {
    job(
        "format_repr",
        "repr(e): an employee as text for developers",
        ["Debug", "Debug, reused buffer", "repr(e)", "Repr"],
        [
            |employee, text| replace(text, format!("{employee:?}")),
            |employee, text| rewrite(text, format_args!("{employee:?}")),
        ],
    )
}

/// One call: prints the employee into the text.
type Print = fn(&Employee, &mut String);

fn job(
    name: &'static str,
    title: &str,
    [new, reused, in_python, class]: [&'static str; 4],
    [print_new, print_reused]: [Print; 2],
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
                "making a new String, and freeing the one before; the loop around it too",
                move || Ok(Printing::new(print_new)),
            ),
            Side::ours(
                reused,
                "writing into a String that is already large enough; the loop around it too",
                move || Ok(Printing::new(print_reused)),
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

/// Puts another text in place of this one, which is freed.
fn replace(text: &mut String, new: String) {
    *text = new;
    black_box(text);
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
    text: String,
    print: Print,
}

impl Printing {
    fn new(print: Print) -> Self {
        Self {
            employee: Employee::notebook(),
            text: String::with_capacity(64),
            print,
        }
    }
}

impl Contender for Printing {
    fn digest(&mut self, _extent: Extent) -> Outcome<String> {
        (self.print)(&self.employee, &mut self.text);
        Ok(self.text.clone())
    }

    fn time_ns(&mut self, _unit: usize) -> Outcome<f64> {
        let start = Instant::now();
        for _ in 0..CALLS {
            (self.print)(black_box(&self.employee), &mut self.text);
        }
        Ok(start.elapsed().as_nanos() as f64 / f64::from(CALLS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_checked_is_the_text_that_was_timed() {
        let known = [
            (display(), " str. Employee ID: 102, Name: Rahul"),
            (debug(), " repr. Employee(emp_id=102, name='Rahul')"),
        ];
        for (job, text) in known {
            for side in job.sides.iter().filter(|side| side.is_ours) {
                let mut printing = (side.start)().expect("nothing to fail");
                for _ in 0..2 {
                    let digest = printing.digest(Extent::Whole).expect("it prints");
                    assert_eq!(digest, text, "{}", side.name);
                    assert!(printing.time_ns(0).expect("it prints") > 0.0);
                }
            }
        }
        let mut mute = Printing::new(|_, _| {});
        assert_eq!(mute.digest(Extent::Whole).expect("nothing to fail"), "");
    }
}
