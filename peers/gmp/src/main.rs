//! GMP, as a process that computes factorials and times them when asked.
//!
//! ```text
//! speedup-peers-gmp single END PARTS   # each on its own, every PARTS-th a unit
//! speedup-peers-gmp list END PARTS     # the running product of a whole list
//! ```
//!
//! Each line on standard input is a question, each line on standard output its
//! answer: `ready`, `version`, `digest all`, `digest UNIT`, `time UNIT`,
//! `peak`.

#[path = "../../src/residue.rs"]
mod residue;

use residue::Digest;
use rug::Integer;
use std::env;
use std::error::Error;
use std::hint::black_box;
use std::io::{self, BufRead, Write};
use std::time::Instant;

/// What is computed.
enum Work {
    Single { end: u32, parts: usize },
    List { end: u32, parts: usize },
}

impl Work {
    fn from_arguments(arguments: &[String]) -> Result<Self, Box<dyn Error>> {
        match arguments {
            [] => Ok(Self::List { end: 0, parts: 1 }),
            [word, end, parts] if word == "single" => Ok(Self::Single {
                end: end.parse()?,
                parts: parts.parse()?,
            }),
            [word, end, parts] if word == "list" => Ok(Self::List {
                end: end.parse()?,
                parts: parts.parse()?,
            }),
            _ => Err("arguments: single END PARTS, or list END PARTS".into()),
        }
    }

    /// The unit's numbers, or all.
    fn run(&self, unit: Option<usize>) -> Vec<Integer> {
        match *self {
            Self::Single { end, parts } => {
                let (first, step) = unit.map_or((0, 1), |unit| (unit % parts, parts));
                (0..black_box(end))
                    .skip(first)
                    .step_by(step)
                    .map(|x| Integer::from(Integer::factorial(x)))
                    .collect()
            }
            Self::List { end, .. } => {
                let end = black_box(end);
                let mut numbers = Vec::with_capacity(end as usize);
                let mut last = Integer::from(1);
                for factor in 1..end {
                    let next = Integer::from(&last * factor);
                    numbers.push(last);
                    last = next;
                }
                if end > 0 {
                    numbers.push(last);
                }
                numbers
            }
        }
    }

    fn answer(&self, question: &str) -> Result<String, Box<dyn Error>> {
        let words: Vec<&str> = question.split_whitespace().collect();
        Ok(match words.as_slice() {
            ["ready"] => "ready".to_owned(),
            ["version"] => version(),
            ["peak"] => "none".to_owned(),
            ["digest", "all"] => digest(self.run(None).iter()),
            ["digest", unit] => {
                let unit = unit.parse()?;
                let numbers = self.run(Some(unit));
                match *self {
                    Self::Single { .. } => digest(numbers.iter()),
                    Self::List { parts, .. } => {
                        digest(numbers.iter().skip(unit % parts).step_by(parts))
                    }
                }
            }
            ["time", unit] => {
                let unit = unit.parse()?;
                let start = Instant::now();
                let numbers = self.run(Some(unit));
                let taken = start.elapsed();
                drop(black_box(numbers));
                taken.as_nanos().to_string()
            }
            _ => return Err(format!("there is no answer to '{question}'").into()),
        })
    }
}

fn digest<'a>(numbers: impl Iterator<Item = &'a Integer>) -> String {
    let mut digest = Digest::default();
    for number in numbers {
        digest.add(number.to_digits(rug::integer::Order::Msf).into_iter());
    }
    digest.text()
}

/// The number that GMP says of itself.
fn version() -> String {
    let [major, minor, patch] = [
        gmp_mpfr_sys::gmp::VERSION,
        gmp_mpfr_sys::gmp::VERSION_MINOR,
        gmp_mpfr_sys::gmp::VERSION_PATCHLEVEL,
    ];
    format!("{major}.{minor}.{patch}")
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let work = Work::from_arguments(&arguments)?;
    let mut output = io::stdout().lock();
    for question in io::stdin().lock().lines() {
        writeln!(output, "{}", work.answer(&question?)?)?;
        output.flush()?;
    }
    Ok(())
}
