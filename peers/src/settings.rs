//! What a run was told, as it would be typed again.

use crate::python::{INTERPRETER, PYTHON_VARIABLE, interpreter};
use speedup::catalog::SCALE_VARIABLE;
use std::env;

const COMMAND: &str = "cargo run --release --manifest-path peers/Cargo.toml";

const USUAL_SCALE: &str = "1";

/// Relaunches unless told otherwise.
pub(crate) const USUAL_RELAUNCHES: u16 = 8;

/// What results depend on, other than the jobs that were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) scale: String,
    pub(crate) python: String,
    pub(crate) relaunches: u16,
}

impl Settings {
    /// Those in effect.
    pub(crate) fn here(relaunches: u16) -> Self {
        let scale = env::var(SCALE_VARIABLE);
        Self {
            scale: scale.map_or_else(|_| USUAL_SCALE.to_owned(), |text| text.trim().to_owned()),
            python: interpreter().to_string_lossy().into_owned(),
            relaunches,
        }
    }

    /// The command that measures so what the words mean: everything where there
    /// are none. What is as usual is left out.
    pub(crate) fn command<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> String {
        let mut command = String::new();
        for (variable, value, usual) in [
            (SCALE_VARIABLE, &self.scale, USUAL_SCALE),
            (PYTHON_VARIABLE, &self.python, INTERPRETER),
        ] {
            if value != usual {
                command.extend([variable, "=", &quoted(value), " "]);
            }
        }
        command += COMMAND;
        let mut arguments: Vec<String> = words.into_iter().map(quoted).collect();
        if self.relaunches != USUAL_RELAUNCHES {
            arguments.insert(0, format!("--relaunches {}", self.relaunches));
        }
        if !arguments.is_empty() {
            command += " -- ";
            command += &arguments.join(" ");
        }
        command
    }
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./+:@%,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual() -> Settings {
        Settings {
            scale: USUAL_SCALE.to_owned(),
            python: INTERPRETER.to_owned(),
            relaunches: USUAL_RELAUNCHES,
        }
    }

    #[test]
    fn only_what_is_not_as_usual_is_typed() {
        assert_eq!(usual().command([]), COMMAND);
        assert_eq!(
            usual().command(["sleeps_3", "format"]),
            format!("{COMMAND} -- sleeps_3 format")
        );
        let settings = Settings {
            scale: "1000".to_owned(),
            python: "python3.14".to_owned(),
            relaunches: 20,
        };
        let command = format!("SPEEDUP_SCALE=1000 SPEEDUP_PYTHON=python3.14 {COMMAND}");
        assert_eq!(
            settings.command([]),
            format!("{command} -- --relaunches 20")
        );
        assert_eq!(
            settings.command(["format"]),
            format!("{command} -- --relaunches 20 format")
        );
    }

    #[test]
    fn a_word_that_a_shell_would_take_apart_is_quoted() {
        let settings = Settings {
            python: "/opt/my python/bin/python".to_owned(),
            ..usual()
        };
        assert_eq!(
            settings.command(["it's"]),
            format!(r"SPEEDUP_PYTHON='/opt/my python/bin/python' {COMMAND} -- 'it'\''s'")
        );
    }
}
