//! A side of this program in a process of its own: for what is measured of a
//! whole process, as its memory is.

use crate::external::External;
use crate::job::{Contender, Extent, Outcome};
use crate::jobs;
use std::env;
use std::fs;
use std::io::{self, BufRead, Write};
use std::process::Command;

/// An argument that only this program gives to itself.
pub(crate) const APART: &str = "--apart";

/// Starts this program once more, as what the words name.
pub(crate) fn apart(words: &[&str]) -> Outcome<External> {
    let mut command = Command::new(env::current_exe()?);
    External::start(&words.join(" "), command.arg(APART).args(words))
}

/// What the other process does: answers questions, a line each.
pub(crate) fn serve(words: &[String]) -> Outcome<()> {
    let mut side = jobs::apart(words)?;
    let mut output = io::stdout().lock();
    for question in io::stdin().lock().lines() {
        writeln!(output, "{}", answer(&mut *side, &question?)?)?;
        output.flush()?;
    }
    Ok(())
}

fn answer(side: &mut dyn Contender, question: &str) -> Outcome<String> {
    let words: Vec<&str> = question.split_whitespace().collect();
    Ok(match words.as_slice() {
        ["ready"] => "ready".to_owned(),
        ["digest", "all"] => side.digest(Extent::Whole)?,
        ["digest", unit] => side.digest(Extent::Unit(unit.parse()?))?,
        ["time", unit] => side.time_ns(unit.parse()?)?.to_string(),
        ["peak"] => match side.peak_bytes()? {
            Some(bytes) => bytes.to_string(),
            None => "none".to_owned(),
        },
        _ => return Err(format!("there is no answer to '{question}'").into()),
    })
}

/// The most memory that this process has had at once, to some 100 kB, where the
/// system tells (Linux does). What `getrusage` says would not do: it may be the memory of
/// the process that started this one.
pub(crate) fn peak_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = peak.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::in_process::InProcess;

    #[test]
    fn questions_have_the_answers_of_the_side() {
        let mut side = InProcess::new(Ok, Extent::to_string);
        for (question, expected) in [
            ("ready", "ready"),
            ("digest all", "all"),
            ("digest 3", "3"),
            ("peak", "none"),
        ] {
            let text = answer(&mut side, question).expect("it is a question");
            assert_eq!(text, expected);
        }
        let ns: f64 = answer(&mut side, "time 2")
            .expect("it is a question")
            .parse()
            .expect("a time is a number");
        assert!(ns >= 0.0);
        for question in ["", "time", "time x", "digest 1 2", "why"] {
            assert!(answer(&mut side, question).is_err(), "{question}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_peak_grows_with_what_is_held() {
        const BYTES: usize = 64 << 20;
        let before = peak_bytes().expect("Linux tells");
        let held = std::hint::black_box(vec![1_u8; BYTES]);
        let with = peak_bytes().expect("Linux tells");
        drop(held);
        let after = peak_bytes().expect("Linux tells");
        // The kernel counts pages apart for each CPU, so a peak may be some 100 kB
        // off; more than that is held besides.
        assert!(with >= BYTES as u64, "{before} {with}");
        assert!(after >= BYTES as u64, "a peak stays: {with} {after}");
        assert!(before < with, "{before} {with}");
    }
}
