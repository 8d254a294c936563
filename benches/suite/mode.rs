//! What this run does, as far as the suite itself has to know.

/// Criterion reads the same arguments again, and refuses what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Measure, and store the results.
    Measure,
    /// Measure in turns with others: whoever started this process reads the
    /// results, and throws them away.
    TakeTurns,
    /// Measure, or show what was measured, without storing anything.
    Discard,
    /// Run each benchmark once, or under a profiler.
    Run,
    /// Print the names.
    List,
    /// Skip everything, as test runners ask for.
    Skip,
}

impl Mode {
    pub(super) fn from_arguments(arguments: impl Iterator<Item = String>) -> Self {
        let given: Vec<String> = arguments
            .take_while(|argument| argument != "--")
            .map(|argument| match argument.split_once('=') {
                Some((flag, _)) => flag.to_owned(),
                None => argument,
            })
            .collect();
        let has = |flag: &str| given.iter().any(|argument| argument == flag);
        if has("--ignored") {
            Self::Skip
        } else if has("--list") {
            Self::List
        } else if !has("--bench") || has("--test") || has("--profile-time") {
            Self::Run
        } else if has("--discard-baseline") || has("--load-baseline") {
            Self::Discard
        } else {
            Self::Measure
        }
    }
}
