//! What is compared.

use std::path::{Path, PathBuf};

/// One side of a comparison: a benchmark of an executable.
///
/// ```
/// use speedup::paired::Arm;
///
/// let arm = Arm::new("target/release/deps/suite-1a2b", "factorial/rayon@2/300");
/// assert_eq!(arm.id, "factorial/rayon@2/300");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// The built suite.
    pub executable: PathBuf,
    /// The benchmark, as Criterion's `--list` names it.
    pub id: String,
    /// The folder that it is started in; the current one if none is given.
    /// Cargo starts suites in the folder of their package.
    pub folder: Option<PathBuf>,
    /// About how long an iteration takes, in nanoseconds, where that is known:
    /// arms that all know it need not be tried out beforehand.
    pub iteration_ns: Option<f64>,
}

impl Arm {
    /// The benchmark `id` of `executable`, started in the current folder.
    ///
    /// ```
    /// # use speedup::paired::Arm;
    /// assert_eq!(Arm::new("suite", "a/b").folder, None);
    /// ```
    #[must_use]
    pub fn new(executable: impl Into<PathBuf>, id: impl Into<String>) -> Self {
        Self {
            executable: executable.into(),
            id: id.into(),
            folder: None,
            iteration_ns: None,
        }
    }

    /// The same, started in `folder`.
    ///
    /// ```
    /// # use speedup::paired::Arm;
    /// let arm = Arm::new("suite", "a/b").in_folder("crates/parser");
    /// assert_eq!(arm.folder.as_deref(), Some("crates/parser".as_ref()));
    /// ```
    #[must_use]
    pub fn in_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// The same, an iteration of which takes about `iteration_ns` nanoseconds.
    ///
    /// ```
    /// # use speedup::paired::Arm;
    /// assert_eq!(Arm::new("suite", "a/b").taking_ns(2e6).iteration_ns, Some(2e6));
    /// ```
    #[must_use]
    pub fn taking_ns(mut self, iteration_ns: f64) -> Self {
        self.iteration_ns = Some(iteration_ns);
        self
    }

    /// How messages name it: `arm 2 (a/b of suite-1a2b)`.
    pub(super) fn name(&self, index: usize) -> String {
        let file = self.executable.file_name().map(Path::new);
        let file = file.unwrap_or(&self.executable).display();
        format!("arm {} ({} of {file})", index + 1, self.id)
    }
}
