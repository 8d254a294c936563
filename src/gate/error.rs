//! Why there is no verdict.

use super::verdict::Outcome;
use crate::paired::PairedError;
use crate::stats::StatsError;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// One of the two revisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What is compared with.
    Base,
    /// What is judged.
    Head,
}

impl Side {
    /// Four letters for either, so that paths are equally long.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Head => "head",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why the gate gave no verdict. Whatever it is, no process and no worktree is
/// left.
#[derive(Debug)]
#[non_exhaustive]
pub enum GateError {
    /// A program that the gate needs can't be started.
    Program {
        /// Its name.
        program: &'static str,
        /// Why.
        error: io::Error,
    },
    /// The package does not lie in a git repository.
    NotARepository {
        /// Where it lies.
        folder: PathBuf,
    },
    /// The repository does not know the revision.
    NoSuchRevision {
        /// As it was asked for.
        revision: String,
        /// Whether the clone lacks a part of the history.
        is_shallow: bool,
    },
    /// git refused something.
    Git {
        /// What it was asked to do.
        doing: String,
        /// What it said.
        said: String,
    },
    /// There is no package where it should be.
    NoPackage {
        /// What cargo said.
        said: String,
    },
    /// The package is not there in one of the revisions.
    NoPackageAt {
        /// Which one.
        side: Side,
        /// As it was asked for.
        revision: String,
        /// The manifest, from the repository's root.
        manifest: PathBuf,
    },
    /// A revision does not compile.
    DoesNotCompile {
        /// Which one.
        side: Side,
        /// As it was asked for.
        revision: String,
        /// The last lines of what cargo printed.
        said: String,
        /// All of it.
        log: PathBuf,
    },
    /// A revision has no bench target, or none of those that were named.
    NoBenches {
        /// Which one.
        side: Side,
        /// As it was asked for.
        revision: String,
        /// The bench targets that were asked for; any, if none.
        named: Vec<String>,
    },
    /// None of a revision's bench targets lists benchmarks.
    NoSuite {
        /// Which one.
        side: Side,
        /// As it was asked for.
        revision: String,
        /// Why not.
        why: String,
    },
    /// No benchmark is left to look at.
    NothingToCompare {
        /// The filter, if there is one.
        filter: Option<String>,
        /// How many benchmarks there are without it.
        known: usize,
    },
    /// A file or folder can't be read or written.
    File {
        /// What was to be done with it.
        doing: &'static str,
        /// Which one.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// There is no folder for what is kept from one gate to the next.
    NoCache,
    /// Nothing can be measured here.
    Measuring(PairedError),
    /// The ratios have no verdict.
    Statistics(StatsError),
    /// A page can't be made of the result.
    Page {
        /// Which one.
        page: &'static str,
        /// Why.
        why: String,
    },
    /// A history does not hold what it should.
    Record {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong there.
        why: String,
    },
}

impl GateError {
    /// What the command ends with.
    ///
    /// ```
    /// use speedup::gate::{GateError, Outcome};
    /// let error = GateError::NoSuchRevision { revision: "x".into(), is_shallow: false };
    /// assert_eq!(error.outcome(), Outcome::Usage);
    /// ```
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::NotARepository { .. } | Self::NoSuchRevision { .. } | Self::NoPackage { .. } => {
                Outcome::Usage
            }
            Self::NoPackageAt { .. }
            | Self::DoesNotCompile { .. }
            | Self::NoBenches { .. }
            | Self::NoSuite { .. }
            | Self::NothingToCompare { .. } => Outcome::Mismatch,
            _ => Outcome::InternalError,
        }
    }

    pub(super) fn file(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |error| Self::File { doing, path, error }
    }
}

impl GateError {
    /// What is wrong with one of the revisions.
    fn of_a_side(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPackageAt {
                side,
                revision,
                manifest,
            } => write!(
                f,
                "the {side} '{revision}' has no '{}': there is nothing to compare with",
                manifest.display()
            ),
            Self::DoesNotCompile {
                side,
                revision,
                said,
                log,
            } => {
                write!(
                    f,
                    "the {side} '{revision}' does not compile, so there is nothing to compare; \
                     all of cargo's output is in '{}', which ends with:",
                    log.display()
                )?;
                said.lines().try_for_each(|line| write!(f, "\n    {line}"))
            }
            Self::NoBenches {
                side,
                revision,
                named,
            } if named.is_empty() => write!(
                f,
                "the {side} '{revision}' has no bench target, so nothing can be measured; a \
                 [[bench]] of Cargo.toml with `harness = false` makes one"
            ),
            Self::NoBenches {
                side,
                revision,
                named,
            } => write!(
                f,
                "the {side} '{revision}' has no bench target {}, so nothing can be compared",
                named.join(" or ")
            ),
            Self::NoSuite {
                side,
                revision,
                why,
            } => write!(
                f,
                "no bench target of the {side} '{revision}' lists benchmarks as Criterion does: {why}"
            ),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for GateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program { program, error } => {
                write!(
                    f,
                    "`{program}` can't be started: {error}; is it installed, and in PATH?"
                )
            }
            Self::NotARepository { folder } => write!(
                f,
                "'{}' lies in no git repository: there is no base to compare with; run it in a \
                 clone, or name a package in one with --manifest-path",
                folder.display()
            ),
            Self::NoSuchRevision {
                revision,
                is_shallow: true,
            } => write!(
                f,
                "there is no revision '{revision}' here, and this clone is shallow: fetch the rest \
                 with `git fetch --unshallow`, or in a workflow give actions/checkout \
                 `fetch-depth: 0`"
            ),
            Self::NoSuchRevision {
                revision,
                is_shallow: false,
            } => write!(
                f,
                "there is no revision '{revision}' here; `git branch --all` and `git tag` name \
                 some, and `git fetch origin` brings those of the remote"
            ),
            Self::Git { doing, said } => write!(f, "git could not {doing}: {said}"),
            Self::NoPackage { said } => write!(f, "cargo finds no package: {said}"),
            Self::NoPackageAt { .. }
            | Self::DoesNotCompile { .. }
            | Self::NoBenches { .. }
            | Self::NoSuite { .. } => self.of_a_side(f),
            Self::NothingToCompare {
                filter: Some(filter),
                known,
            } => write!(
                f,
                "none of the {known} benchmarks matches '{filter}'; `cargo bench -- --list` names \
                 them"
            ),
            Self::NothingToCompare { filter: None, .. } => {
                write!(f, "neither revision has a benchmark")
            }
            Self::File { doing, path, error } => {
                write!(f, "can't {doing} '{}': {error}", path.display())
            }
            Self::NoCache => write!(
                f,
                "there is no folder for builds: neither XDG_CACHE_HOME nor HOME is set; name one \
                 with --cache"
            ),
            Self::Measuring(error) => write!(f, "nothing can be measured: {error}"),
            Self::Statistics(error) => write!(f, "the ratios have no verdict: {error}"),
            Self::Page { page, why } => write!(f, "the {page} output can't be made: {why}"),
            Self::Record { path, line, why } => write!(
                f,
                "'{}', line {line}: {why}; each line is one gate, as `speedup gate --record` \
                 writes it",
                path.display()
            ),
        }
    }
}

impl std::error::Error for GateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Program { error, .. } | Self::File { error, .. } => Some(error),
            Self::Measuring(error) => Some(error),
            Self::Statistics(error) => Some(error),
            _ => None,
        }
    }
}

impl From<StatsError> for GateError {
    fn from(error: StatsError) -> Self {
        Self::Statistics(error)
    }
}

impl From<PairedError> for GateError {
    fn from(error: PairedError) -> Self {
        Self::Measuring(error)
    }
}
