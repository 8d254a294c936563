//! Answers about caches and printing.

use super::{Answer, Comparison, Question, Verdict};
use crate::catalog::Id;
use crate::report::calls::{CallsUntilPaid, calls_until_paid};
use crate::report::names;
use crate::report::rows::Rows;
use crate::report::table::Quantity;
use crate::report::units::Unit;

/// The notebook's cell of remembering.
const CELL: &str = "4-2-6";

fn notebook(function: &str) -> Id {
    Id::new("cache", function).with_value(CELL)
}

pub(super) fn remembering(rows: &Rows) -> Answer {
    let id = notebook("warm");
    let comparison = Comparison {
        subject: "asking again for the notebook\u{2019}s three calls, all remembered,",
        other: "for the first time",
        rest: "",
    };
    Question::new("remembering", "What does remembering buy?", "remembering").compared(
        rows,
        &id,
        &comparison,
    )
}

/// From which call on a cache has paid: the estimate and its ends. None where
/// something was not measured.
pub(in crate::report) fn calls_until_paid_of(rows: &Rows) -> Option<[CallsUntilPaid; 3]> {
    let cold = rows.speed_up(&notebook("cold"))?;
    let warm = rows.speed_up(&notebook("warm"))?;
    let of = |cold: f64, warm: f64| calls_until_paid(1.0 / cold, 1.0 / (cold * warm));
    // Monotone in either, so the ends are among the corners.
    let corners = [
        of(cold.low, warm.low),
        of(cold.low, warm.high),
        of(cold.high, warm.low),
        of(cold.high, warm.high),
    ];
    let number = |calls: &CallsUntilPaid| match calls {
        CallsUntilPaid::From(calls) => *calls,
        CallsUntilPaid::Never => f64::INFINITY,
    };
    let least = corners
        .iter()
        .copied()
        .min_by(|a, b| number(a).total_cmp(&number(b)))?;
    let most = corners
        .iter()
        .copied()
        .max_by(|a, b| number(a).total_cmp(&number(b)))?;
    Some([least, of(cold.value, warm.value), most])
}

pub(super) fn calls(rows: &Rows) -> Answer {
    let question = Question::new("calls", "How many calls does a cache need?", "remembering");
    let Some([least, estimate, most]) = calls_until_paid_of(rows) else {
        return question.not_measured(&notebook("cold"));
    };
    let (verdict, number, sentence) = match (least, estimate, most) {
        (CallsUntilPaid::From(low), CallsUntilPaid::From(_), CallsUntilPaid::From(high)) => {
            let range = if (low - high).abs() < 0.5 {
                format!("has paid from call {} on", Unit::Count.text(high))
            } else {
                format!(
                    "has paid from call {} on at the latest, perhaps from call {} on,",
                    Unit::Count.text(high),
                    Unit::Count.text(low)
                )
            };
            (
                Verdict::Pays,
                // What can be claimed is the last of them.
                Some(if low < high {
                    Quantity::new(high, Unit::Count).within(low, high)
                } else {
                    Quantity::new(high, Unit::Count)
                }),
                format!(
                    "Where a call takes as long as the notebook\u{2019}s, a cache {range} with the \
                     same argument."
                ),
            )
        }
        (CallsUntilPaid::Never, ..) => (
            Verdict::Costs,
            None,
            "Never: a remembered call is not faster than one without a cache.".to_owned(),
        ),
        _ => (
            Verdict::Undecided,
            None,
            "Undecided: the intervals allow that a remembered call is not faster than one without \
             a cache."
                .to_owned(),
        ),
    };
    question.answer(verdict, number, sentence)
}

pub(super) fn bounded(rows: &Rows) -> Answer {
    let keys = names::values_of(rows, "cache", "zipf_lru");
    let most = keys.last().copied().unwrap_or(16_384);
    let id = Id::new("cache", "zipf_lru").with_value(&most);
    let rest = match rows.hit_ratio(most) {
        Some(ratio) => format!(", with {} of the keys found", Unit::Fraction.text(ratio)),
        None => String::new(),
    };
    let comparison = Comparison {
        subject: &format!(
            "a bounded cache under {} keys",
            Unit::Count.text(most as f64)
        ),
        other: "computing a cheap digest every time",
        rest: &rest,
    };
    Question::new(
        "bounded",
        "Does a cache that is too small pay?",
        "remembering",
    )
    .compared(rows, &id, &comparison)
}

pub(super) fn sharing(rows: &Rows) -> Answer {
    let workers = rows.cores.max(2);
    let value = names::values_of(rows, "cache", "warm_shared_by")
        .last()
        .copied();
    let id = names::at("cache", "warm_shared_by", workers, &value.unwrap_or(10_000));
    let comparison = Comparison {
        subject: &format!("a look-up in one cache that {workers} threads share"),
        other: "one by a single thread",
        rest: "",
    };
    Question::new("sharing", "What does sharing a cache cost?", "remembering").compared(
        rows,
        &id,
        &comparison,
    )
}

pub(super) fn printing(rows: &Rows) -> Answer {
    let id = Id::new("format", "debug");
    let comparison = Comparison {
        subject: "printing the employee with Debug",
        other: "with Display",
        rest: "",
    };
    Question::new(
        "printing",
        "What does printing for the programmer cost?",
        "results",
    )
    .compared(rows, &id, &comparison)
}
