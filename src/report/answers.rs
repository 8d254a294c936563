//! The answers: a sentence a question, made from the numbers.
//!
//! No sentence claims what its interval does not: where that spans 1, the
//! answer is "undecided". What was not measured is said so.

mod caching;
mod computing;
mod peers;

pub(super) use caching::calls_until_paid_of;
pub(super) use computing::speed_ups;
pub(super) use peers::{against_peers, full_name};

use super::rows::{Rows, SpeedUp};
use super::table::Quantity;
use super::units::Unit;
use crate::catalog::Id;

/// What kind of answer it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It pays.
    Pays,
    /// It costs.
    Costs,
    /// It is what it is: a size, a time.
    Found,
    /// The interval allows both.
    Undecided,
    /// There is no result to answer from.
    NotMeasured,
}

impl Verdict {
    /// The one word for it.
    ///
    /// ```
    /// assert_eq!(speedup::report::Verdict::NotMeasured.name(), "not measured");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pays => "pays",
            Self::Costs => "costs",
            Self::Found => "found",
            Self::Undecided => "undecided",
            Self::NotMeasured => "not measured",
        }
    }
}

/// One question and its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The same word in every file and in every version.
    pub key: &'static str,
    /// The question.
    pub question: String,
    /// What kind of answer it is.
    pub verdict: Verdict,
    /// The number that it comes down to.
    pub number: Option<Quantity>,
    /// The answer in words, numbers and interval included.
    pub sentence: String,
    /// The section that shows more: its anchor.
    pub section: &'static str,
}

/// All of them, in the order of the page.
#[must_use]
pub(super) fn answers(rows: &Rows) -> Vec<Answer> {
    let mut answers = vec![
        computing::waiting(rows),
        computing::waiting_in_processes(rows),
        computing::waiting_on_one_thread(rows),
        computing::cores(rows),
    ];
    answers.extend(computing::sizes(rows));
    answers.extend([
        computing::lock(rows),
        computing::process(rows),
        computing::algorithm(rows),
        caching::remembering(rows),
        caching::calls(rows),
        caching::bounded(rows),
        caching::sharing(rows),
        caching::printing(rows),
    ]);
    answers
}

/// What an interval allows to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Claim {
    Faster,
    Undecided,
    Slower,
}

impl Claim {
    /// Of a speed-up that lies between `low` and `high`.
    fn of(low: f64, high: f64) -> Self {
        if low > 1.0 {
            Self::Faster
        } else if high < 1.0 {
            Self::Slower
        } else {
            Self::Undecided
        }
    }
}

impl SpeedUp {
    pub(super) fn claim(&self) -> Claim {
        Claim::of(self.low, self.high)
    }

    pub(super) fn quantity(&self) -> Quantity {
        Quantity::new(self.value, Unit::Times).within(self.low, self.high)
    }

    /// The other way round: how many times as long.
    pub(super) fn slow_down(&self) -> Quantity {
        Quantity::new(1.0 / self.value, Unit::Times).within(1.0 / self.high, 1.0 / self.low)
    }

    /// Where the numbers are from.
    pub(super) fn source(&self) -> String {
        match (self.is_paired, self.relaunches) {
            (true, relaunches) => format!("in lock-step, {relaunches} relaunches"),
            (false, _) => "unpaired: measured apart".to_owned(),
        }
    }
}

/// A number and its interval without their unit: "1.98 (1.97 to 2.02)".
pub(super) fn with_interval(quantity: &Quantity) -> String {
    let number = |text: String| text.replace('×', "");
    let point = number(quantity.text());
    match quantity.interval_text() {
        Some(interval) => format!("{point} ({})", number(interval)),
        None => point,
    }
}

/// The text with a capital at its beginning, as a sentence has.
fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// What a speed-up says: "{subject} 1.98 times as fast as {other}", or as long,
/// or undecided. `subject` ends with a verb such as "is" or "runs", for which
/// `takes` stands where it is slower.
pub(super) struct Comparison<'a> {
    /// What is compared: "rayon on 2 workers".
    pub(super) subject: &'a str,
    /// With what: "one after the other".
    pub(super) other: &'a str,
    /// What follows the interval, if it is decided.
    pub(super) rest: &'a str,
}

impl Comparison<'_> {
    pub(super) fn of(&self, speed_up: &SpeedUp) -> (Verdict, Quantity, String) {
        let Self {
            subject,
            other,
            rest,
        } = self;
        let source = speed_up.source();
        match speed_up.claim() {
            Claim::Faster => {
                let quantity = speed_up.quantity();
                let number = with_interval(&quantity);
                let text =
                    format!("{subject} is {number} times as fast as {other}{rest} ({source}).");
                let text = capitalised(&text);
                (Verdict::Pays, quantity, text)
            }
            Claim::Slower => {
                let quantity = speed_up.slow_down();
                let number = with_interval(&quantity);
                let text =
                    format!("{subject} takes {number} times as long as {other}{rest} ({source}).");
                let text = capitalised(&text);
                (Verdict::Costs, speed_up.quantity(), text)
            }
            Claim::Undecided => {
                let quantity = speed_up.quantity();
                let range = match quantity.interval_text() {
                    Some(interval) if speed_up.high.is_finite() => {
                        format!("anything from {}", interval.replace('×', ""))
                    }
                    _ => "any number of".to_owned(),
                };
                let text = format!(
                    "Undecided: {subject} may be {range} times as fast as {other} ({source}). \
                     `speedup compare` can look closer."
                );
                (Verdict::Undecided, quantity, text)
            }
        }
    }
}

/// A question of the page.
pub(super) struct Question {
    /// The same word in every file and in every version.
    key: &'static str,
    text: String,
    /// The section that shows more: its anchor.
    section: &'static str,
}

impl Question {
    pub(super) fn new(key: &'static str, text: impl Into<String>, section: &'static str) -> Self {
        Self {
            key,
            text: text.into(),
            section,
        }
    }

    /// Its answer.
    pub(super) fn answer(
        self,
        verdict: Verdict,
        number: Option<Quantity>,
        sentence: String,
    ) -> Answer {
        Answer {
            key: self.key,
            question: self.text,
            verdict,
            number,
            sentence,
            section: self.section,
        }
    }

    /// The answer from comparing a row with its baseline, or that there is none.
    pub(super) fn compared(self, rows: &Rows, row: &Id, comparison: &Comparison<'_>) -> Answer {
        let Some(speed_up) = rows.speed_up(row) else {
            return self.not_measured(row);
        };
        let (verdict, number, sentence) = comparison.of(speed_up);
        self.answer(verdict, Some(number), sentence)
    }

    /// That there is no result to answer from, and what makes one.
    pub(super) fn not_measured(self, row: &Id) -> Answer {
        let group = row.group();
        let sentence = format!(
            "Not measured: there is no result of {row} with its baseline. `cargo bench -- {group}/` \
             measures it."
        );
        self.answer(Verdict::NotMeasured, None, sentence)
    }
}
