//! Why there is no comparison.

use crate::criterion_files::SampleError;
use crate::stats::StatsError;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

/// Why a comparison has no result. Whatever it is, no process is left.
#[derive(Debug)]
#[non_exhaustive]
pub enum PairedError {
    /// There is nothing to compare.
    TooFewArms {
        /// How many arms there are.
        arms: usize,
    },
    /// The folder for sockets and results can't be made.
    Scratch(PathBuf, io::Error),
    /// The process that cleans up after a crash can't be started or reached.
    Guard(io::Error),
    /// The conductor's own end of a socket fails.
    Socket(PathBuf, io::Error),
    /// An executable can't be started.
    Start {
        /// Which arm.
        arm: String,
        /// The executable.
        executable: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// An executable does not list benchmarks as Criterion does.
    NotASuite {
        /// The executable.
        executable: PathBuf,
        /// What is wrong with its answer, and what it said.
        why: String,
    },
    /// An executable has no benchmark of this name.
    NoSuchBenchmark {
        /// The executable.
        executable: PathBuf,
        /// The name asked for.
        id: String,
        /// Names that resemble it.
        similar: Vec<String>,
    },
    /// An arm ended before it was done.
    Ended {
        /// Which arm.
        arm: String,
        /// How it ended.
        status: ExitStatus,
        /// The last lines that it printed.
        said: String,
    },
    /// An arm did not answer in time.
    Silent {
        /// Which arm.
        arm: String,
        /// How long it was given.
        deadline: Duration,
        /// What it was doing.
        doing: &'static str,
    },
    /// An arm answered what the protocol does not know.
    Nonsense {
        /// Which arm.
        arm: String,
        /// What it answered.
        answer: String,
    },
    /// An arm ended well and left no samples, or none that can be compared.
    NoSamples {
        /// Which arm.
        arm: String,
        /// Why.
        error: SampleError,
        /// The last lines that it printed.
        said: String,
    },
    /// An arm never passed the baton on although its suite has one: this
    /// benchmark's group is measured by something else.
    NeverReady {
        /// Which arm.
        arm: String,
    },
    /// A relaunch left fewer than two rounds to compare.
    TooFewRounds {
        /// The arm with the fewest samples.
        arm: String,
        /// Its samples.
        samples: usize,
    },
    /// The relaunches have no estimate.
    Statistics(StatsError),
}

impl fmt::Display for PairedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewArms { arms } => write!(
                f,
                "{arms} benchmark(s) to compare; name two or more, or one of several executables"
            ),
            Self::Scratch(path, error) => write!(
                f,
                "can't make '{}' for the arms' results: {error}; make room there, or set TMPDIR \
                 to another folder",
                path.display()
            ),
            Self::Guard(error) => write!(
                f,
                "can't run `sh`, which ends the arms if this process is killed: {error}"
            ),
            Self::Socket(path, error) => write!(
                f,
                "the socket '{}' fails: {error}; is TMPDIR a short path on a local disk?",
                path.display()
            ),
            Self::Start {
                arm,
                executable,
                error,
            } => write!(
                f,
                "{arm}: '{}' can't be started: {error}",
                executable.display()
            ),
            Self::NotASuite { executable, why } => {
                write!(f, "'{}' is no Criterion suite: {why}", executable.display())
            }
            Self::NoSuchBenchmark {
                executable,
                id,
                similar,
            } => {
                write!(f, "'{}' has no benchmark '{id}'; ", executable.display())?;
                if similar.is_empty() {
                    write!(f, "it names them all with `--bench --list`")
                } else {
                    write!(f, "similar ones: {}", similar.join(", "))
                }
            }
            Self::Ended { arm, status, said } => {
                write!(f, "{arm} ended before it was done: {status}")?;
                quote(f, said)
            }
            Self::Silent {
                arm,
                deadline,
                doing,
            } => write!(
                f,
                "{arm} did not answer for {deadline:?} ({doing}) and was ended; if its iterations \
                 take that long, allow more time"
            ),
            Self::Nonsense { arm, answer } => write!(
                f,
                "{arm} answered '{answer}', which is no word of the protocol; was its suite built \
                 with another version of speedup?"
            ),
            Self::NoSamples { arm, error, said } => {
                write!(f, "{arm} left no samples: {error}")?;
                quote(f, said)
            }
            Self::NeverReady { arm } => write!(
                f,
                "{arm} took samples without passing the baton on; give its group \
                 `with_measurement(Paired::from_env())` as well"
            ),
            Self::TooFewRounds { arm, samples } => write!(
                f,
                "{arm} took {samples} sample(s); the first one is left out, and one more is needed"
            ),
            Self::Statistics(error) => write!(f, "the relaunches have no estimate: {error}"),
        }
    }
}

/// What a process said, indented below what is said about it.
fn quote(f: &mut fmt::Formatter<'_>, said: &str) -> fmt::Result {
    if said.is_empty() {
        return write!(f, "; it printed nothing");
    }
    write!(f, "; its last words:")?;
    said.lines().try_for_each(|line| write!(f, "\n    {line}"))
}

impl std::error::Error for PairedError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Scratch(_, error)
            | Self::Guard(error)
            | Self::Socket(_, error)
            | Self::Start { error, .. } => Some(error),
            Self::NoSamples { error, .. } => Some(error),
            Self::Statistics(error) => Some(error),
            _ => None,
        }
    }
}

impl From<StatsError> for PairedError {
    fn from(error: StatsError) -> Self {
        Self::Statistics(error)
    }
}
