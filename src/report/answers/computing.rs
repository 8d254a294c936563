//! Answers about waiting, cores, processes and algorithms.

use super::{Answer, Comparison, Question, Verdict, capitalised};
use crate::catalog::Id;
use crate::report::crossover::{AtSize, Crossover, Passing};
use crate::report::names;
use crate::report::rows::Rows;
use crate::report::table::Quantity;
use crate::report::units::Unit;

/// The notebook's cell of waiting.
const CELL: &str = "10-8-5";

pub(super) fn waiting(rows: &Rows) -> Answer {
    let id = names::at("sleep", "threads", 3, CELL);
    let rest = match names::sleeps(CELL) {
        Some(ideal) => format!(
            "; the longest sleep allows {}",
            Unit::Times.text(ideal).replace('×', "")
        ),
        None => String::new(),
    };
    let comparison = Comparison {
        subject: "sleeping 10, 8 and 5 on three threads",
        other: "one after the other",
        rest: &rest,
    };
    Question::new("waiting", "Does waiting overlap?", "waiting").compared(rows, &id, &comparison)
}

pub(super) fn waiting_in_processes(rows: &Rows) -> Answer {
    let id = names::at("sleep", "process_pool", 3, CELL);
    let comparison = Comparison {
        subject: "sleeping 10, 8 and 5 in three worker processes",
        other: "one after the other",
        rest: "",
    };
    Question::new(
        "waiting_processes",
        "Does waiting overlap in processes?",
        "waiting",
    )
    .compared(rows, &id, &comparison)
}

pub(super) fn waiting_on_one_thread(rows: &Rows) -> Answer {
    let id = Id::new("sleep", "event_loop").with_value(CELL);
    let comparison = Comparison {
        subject: "sleeping 10, 8 and 5 on one thread, whose jobs give way while they wait,",
        other: "one after the other",
        rest: "",
    };
    Question::new(
        "waiting_event_loop",
        "Does waiting need threads?",
        "waiting",
    )
    .compared(rows, &id, &comparison)
}

/// The largest list of factorials that was measured.
fn largest(rows: &Rows) -> Option<usize> {
    names::sizes(rows, "factorial").last().copied()
}

pub(super) fn cores(rows: &Rows) -> Answer {
    let question = match rows.cores {
        1 => "What does the one core buy?".to_owned(),
        cores => format!("What do {cores} cores buy?"),
    };
    let size = largest(rows).unwrap_or(3000);
    let id = names::at("factorial", "rayon", rows.cores, &size);
    let rest = match rows.cores {
        1 => String::new(),
        cores => format!("; {cores} cores allow a speed-up of {cores}"),
    };
    let comparison = Comparison {
        subject: &format!(
            "rayon with {} computing the factorials below {size}",
            names::workers(rows.cores)
        ),
        other: "one after the other",
        rest: &rest,
    };
    Question::new("cores", question, "computing").compared(rows, &id, &comparison)
}

/// From which size on each strategy pays.
pub(super) fn sizes(rows: &Rows) -> Vec<Answer> {
    ["threads", "rayon", "process_pool"]
        .map(|strategy| size(rows, strategy))
        .into()
}

/// The speed-ups of a strategy at all sizes, with a worker a core.
pub(in crate::report) fn speed_ups(rows: &Rows, strategy: &str) -> Vec<AtSize> {
    names::sizes(rows, "factorial")
        .into_iter()
        .filter_map(|size| {
            let id = names::at("factorial", strategy, rows.cores, &size);
            let speed_up = rows.speed_up(&id)?;
            Some(AtSize {
                size: size as f64,
                value: speed_up.value,
                low: speed_up.low,
                high: speed_up.high,
            })
        })
        .collect()
}

fn size(rows: &Rows, strategy: &'static str) -> Answer {
    let (key, name) = match strategy {
        "threads" => ("size_threads", "threads pay"),
        "rayon" => ("size_rayon", "does rayon pay"),
        _ => ("size_process_pool", "processes pay"),
    };
    let text = match strategy {
        "rayon" => format!("From which size {name}?"),
        _ => format!("From which size do {name}?"),
    };
    let question = Question::new(key, text, "computing");
    let speed_ups = speed_ups(rows, strategy);
    let Some(crossover) = Crossover::of(&speed_ups) else {
        let id = names::at("factorial", strategy, rows.cores, &100);
        return question.not_measured(&id);
    };
    let (verdict, number, sentence) = passes(strategy, rows.cores, &crossover);
    question.answer(verdict, number, capitalised(&sentence))
}

/// "1 thread", "2 threads".
fn threads(count: usize) -> String {
    names::workers(count).replace("worker", "thread")
}

/// The crossover in words.
fn passes(strategy: &str, cores: usize, found: &Crossover) -> (Verdict, Option<Quantity>, String) {
    let who = match strategy {
        "process_pool" => format!("a process pool with {}", names::workers(cores)),
        "threads" => format!("a crew of {}", threads(cores)),
        other => format!("{other} with {}", names::workers(cores)),
    };
    let count = |size: f64| Unit::Count.text(size);
    let number = |size| Some(Quantity::new(size, Unit::Count));
    match (found.earliest, found.estimate, found.latest) {
        (_, _, Passing::AtOrBelow(size)) => (
            Verdict::Pays,
            number(size),
            format!(
                "{who} is faster than one after the other at every size measured, from the \
                 factorials below {} on.",
                count(size)
            ),
        ),
        (Passing::NotUpTo(size), ..) => (
            Verdict::Costs,
            None,
            format!(
                "Not reached: {who} is slower than one after the other at the largest size \
                 measured, the factorials below {}.",
                count(size)
            ),
        ),
        (earliest, Passing::At(size), Passing::At(latest)) => {
            let low = match earliest {
                Passing::At(low) => count(low),
                _ => "below the smallest size measured".to_owned(),
            };
            let quantity = match earliest {
                Passing::At(low) => Quantity::new(size, Unit::Count).within(low, latest),
                _ => Quantity::new(size, Unit::Count),
            };
            (
                Verdict::Pays,
                Some(quantity),
                format!(
                    "{who} pays from the factorials below about {} on ({low} to {}).",
                    count(size),
                    count(latest)
                ),
            )
        }
        (_, _, Passing::At(latest)) => (
            Verdict::Pays,
            number(latest),
            format!(
                "{who} pays from the factorials below {} on at the latest; below that, it is \
                 undecided.",
                count(latest)
            ),
        ),
        (_, _, Passing::NotUpTo(size)) => (
            Verdict::Undecided,
            None,
            format!(
                "Undecided: at the largest size measured, the factorials below {}, the interval \
                 of {who} still spans 1.",
                count(size)
            ),
        ),
    }
}

pub(super) fn lock(rows: &Rows) -> Answer {
    let size = largest(rows).unwrap_or(3000);
    // One thread never waits for the lock.
    let workers = rows.cores.max(2);
    let id = names::at("factorial", "global_lock", workers, &size);
    let comparison = Comparison {
        subject: &format!(
            "computing the factorials below {size} on {workers} threads under one lock, as under \
             a GIL,"
        ),
        other: "one after the other",
        rest: "",
    };
    Question::new("lock", "What does a global lock cost?", "computing").compared(
        rows,
        &id,
        &comparison,
    )
}

pub(super) fn process(rows: &Rows) -> Answer {
    let question = Question::new("process", "What does a process cost?", "computing");
    let start = names::at("dispatch", "start_process_pool", 1, &1);
    let Some(row) = rows.get(&start) else {
        return question.not_measured(&start);
    };
    let time = Quantity::new(row.time.point_ns, Unit::Nanoseconds)
        .within(row.time.low_ns, row.time.high_ns);
    let mut sentence = format!(
        "Starting a worker process, one empty task included, takes {} ({})",
        time.text(),
        time.interval_text().unwrap_or_default()
    );
    if let Some(speed_up) = &row.speed_up {
        let (_, _, compared) = Comparison {
            subject: "that",
            other: "starting a thread",
            rest: "",
        }
        .of(speed_up);
        sentence.push_str(". ");
        sentence.push_str(&compared);
    } else {
        sentence.push('.');
    }
    let memory = |strategy: &str| {
        let id = names::at("factorial", strategy, rows.cores.max(2), &largest(rows)?);
        rows.get(&id)?.cost
    };
    if let (Some(processes), Some(threads)) = (memory("process_pool"), memory("threads")) {
        let peaks = format!(
            " The largest list of factorials peaks at {} with {} processes, {} with as many \
             threads.",
            Unit::Bytes.text(processes.peak_bytes as f64),
            rows.cores.max(2),
            Unit::Bytes.text(threads.peak_bytes as f64),
        );
        sentence.push_str(&peaks);
    }
    question.answer(Verdict::Found, Some(time), sentence)
}

pub(super) fn algorithm(rows: &Rows) -> Answer {
    let sizes: Vec<usize> = names::values_of(rows, "factorial_algorithm", "list_each");
    let size = sizes.last().copied().unwrap_or(9000);
    let id = Id::new("factorial_algorithm", "list_running_product").with_value(&size);
    let comparison = Comparison {
        subject: &format!("one running product over the list below {size}, on one core,"),
        other: "each factorial on its own",
        rest: "",
    };
    Question::new(
        "algorithm",
        "What does a better algorithm buy?",
        "computing",
    )
    .compared(rows, &id, &comparison)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(earliest: Passing, estimate: Passing, latest: Passing) -> (Verdict, String) {
        let found = Crossover {
            estimate,
            earliest,
            latest,
        };
        let (verdict, _, sentence) = passes("rayon", 2, &found);
        (verdict, sentence)
    }

    #[test]
    fn each_way_to_cross_has_its_own_sentence() {
        use Passing::{At, AtOrBelow, NotUpTo};
        for (ends, verdict, words) in [
            (
                (AtOrBelow(100.0), AtOrBelow(100.0), AtOrBelow(100.0)),
                Verdict::Pays,
                "at every size measured",
            ),
            (
                (At(200.0), At(310.0), At(400.0)),
                Verdict::Pays,
                "about 310 on (200 to 400)",
            ),
            (
                (AtOrBelow(100.0), At(110.0), At(150.0)),
                Verdict::Pays,
                "(below the smallest size measured to 150)",
            ),
            (
                (AtOrBelow(100.0), AtOrBelow(100.0), At(150.0)),
                Verdict::Pays,
                "below 150 on at the latest",
            ),
            (
                (NotUpTo(3000.0), NotUpTo(3000.0), NotUpTo(3000.0)),
                Verdict::Costs,
                "Not reached",
            ),
            (
                (At(900.0), NotUpTo(3000.0), NotUpTo(3000.0)),
                Verdict::Undecided,
                "Undecided: at the largest size measured, the factorials below 3,000",
            ),
        ] {
            let (found, sentence) = said(ends.0, ends.1, ends.2);
            assert_eq!(found, verdict, "{sentence}");
            assert!(sentence.contains(words), "{sentence}");
        }
    }
}
