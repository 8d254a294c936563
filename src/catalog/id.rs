//! The name of a benchmark: `group/function@workers/value`.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

/// The name of a benchmark, as Criterion, the files and the tables have it.
///
/// ```
/// use speedup::catalog::Id;
///
/// let id: Id = "factorial/rayon@2/3000".parse()?;
/// assert_eq!(id.group(), "factorial");
/// assert_eq!(id.function(), "rayon");
/// assert_eq!(id.workers().map(|workers| workers.get()), Some(2));
/// assert_eq!(id.value(), Some("3000"));
/// assert_eq!(id.to_string(), "factorial/rayon@2/3000");
/// # Ok::<(), speedup::catalog::IdError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id {
    group: String,
    function: String,
    workers: Option<NonZeroUsize>,
    value: Option<String>,
}

impl Id {
    /// The id of `function` in `group`.
    ///
    /// # Panics
    /// If a part is empty or has a character that ids can't have: ids are
    /// written in the catalog, so that is a mistake there.
    ///
    /// ```
    /// use speedup::catalog::Id;
    /// assert_eq!(Id::new("format", "display").to_string(), "format/display");
    /// ```
    #[must_use]
    pub fn new(group: &str, function: &str) -> Self {
        Self {
            group: part(group),
            function: part(function),
            workers: None,
            value: None,
        }
    }

    /// The same with a number of workers.
    ///
    /// ```
    /// use speedup::catalog::Id;
    /// use std::num::NonZeroUsize;
    ///
    /// let two = NonZeroUsize::new(2).expect("not zero");
    /// let id = Id::new("factorial", "rayon").at_workers(two);
    /// assert_eq!(id.to_string(), "factorial/rayon@2");
    /// ```
    #[must_use]
    pub fn at_workers(mut self, workers: NonZeroUsize) -> Self {
        self.workers = Some(workers);
        self
    }

    /// The same with a value: what was swept, a plain number where it is one.
    ///
    /// # Panics
    /// As [`Id::new`].
    ///
    /// ```
    /// use speedup::catalog::Id;
    /// let id = Id::new("sleep", "sequential").with_value("10-8-5");
    /// assert_eq!(id.to_string(), "sleep/sequential/10-8-5");
    /// ```
    #[must_use]
    pub fn with_value(mut self, value: &(impl ToString + ?Sized)) -> Self {
        self.value = Some(part(&value.to_string()));
        self
    }

    /// The question that it belongs to.
    ///
    /// ```
    /// assert_eq!(speedup::catalog::Id::new("format", "display").group(), "format");
    /// ```
    #[must_use]
    pub fn group(&self) -> &str {
        &self.group
    }

    /// The strategy, the algorithm or the kind of cache.
    ///
    /// ```
    /// assert_eq!(speedup::catalog::Id::new("format", "display").function(), "display");
    /// ```
    #[must_use]
    pub fn function(&self) -> &str {
        &self.function
    }

    /// How many workers, where they vary.
    ///
    /// ```
    /// assert_eq!(speedup::catalog::Id::new("format", "display").workers(), None);
    /// ```
    #[must_use]
    pub fn workers(&self) -> Option<NonZeroUsize> {
        self.workers
    }

    /// What was swept.
    ///
    /// ```
    /// assert_eq!(speedup::catalog::Id::new("format", "display").value(), None);
    /// ```
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// Function and workers as one word: what Criterion calls the function.
    ///
    /// ```
    /// use speedup::catalog::Id;
    /// let id: Id = "factorial/rayon@2/3000".parse()?;
    /// assert_eq!(id.function_at_workers(), "rayon@2");
    /// # Ok::<(), speedup::catalog::IdError>(())
    /// ```
    #[must_use]
    pub fn function_at_workers(&self) -> String {
        match self.workers {
            Some(workers) => format!("{}@{workers}", self.function),
            None => self.function.clone(),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.group, self.function_at_workers())?;
        match &self.value {
            Some(value) => write!(f, "/{value}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Id {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let error = |why| IdError {
            text: text.to_owned(),
            why,
        };
        let mut parts = text.split('/');
        let (Some(group), Some(function), value, None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(error("it has to be group/function or group/function/value"));
        };
        let (function, workers) = match function.split_once('@') {
            None => (function, None),
            Some((function, workers)) => {
                // `parse` alone would take "+2" and "02", and give another id back.
                let canonical = workers.starts_with(|first: char| ('1'..='9').contains(&first));
                match workers.parse() {
                    Ok(workers) if canonical => (function, Some(workers)),
                    _ => return Err(error("the workers after '@' have to be a number above 0")),
                }
            }
        };
        if [Some(group), Some(function), value]
            .into_iter()
            .flatten()
            .any(|part| !is_part(part))
        {
            return Err(error(
                "each part has to be ASCII letters, digits, '_', '-' or '.'",
            ));
        }
        Ok(Self {
            group: group.to_owned(),
            function: function.to_owned(),
            workers,
            value: value.map(str::to_owned),
        })
    }
}

/// Whether a part of an id can be told from the rest, as a regular expression
/// and as the name of a folder.
fn is_part(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

fn part(text: &str) -> String {
    assert!(is_part(text), "'{text}' can't be a part of a benchmark id");
    text.to_owned()
}

/// A text that is no benchmark id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdError {
    text: String,
    why: &'static str,
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is no benchmark id: {}", self.text, self.why)
    }
}

impl std::error::Error for IdError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_is_read_back_as_it_was_written(
            group in "[a-z][a-z_]{0,12}",
            function in "[a-z][a-z_]{0,12}",
            workers in proptest::option::of(1_usize..1000),
            value in proptest::option::of("[0-9A-Za-z._-]{1,12}"),
        ) {
            let mut id = Id::new(&group, &function);
            if let Some(workers) = workers.and_then(NonZeroUsize::new) {
                id = id.at_workers(workers);
            }
            if let Some(value) = value {
                id = id.with_value(&value);
            }
            prop_assert_eq!(id.to_string().parse::<Id>(), Ok(id));
        }

        #[test]
        fn whatever_is_read_is_written_back_the_same(text in "[a-z0-9/@+. -]{0,24}") {
            if let Ok(id) = text.parse::<Id>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }

    #[test]
    fn what_is_no_id_is_refused_with_the_reason() {
        for (text, reason) in [
            ("", "group/function"),
            ("sleep", "group/function"),
            ("a/b/c/d", "group/function"),
            ("a//c", "each part"),
            ("a/b c/d", "each part"),
            ("a/b/ü", "each part"),
            ("factorial/rayon@0/10", "above 0"),
            ("factorial/rayon@/10", "above 0"),
            ("factorial/rayon@two/10", "above 0"),
            ("factorial/rayon@02/10", "above 0"),
            ("factorial/rayon@+2/10", "above 0"),
        ] {
            let error = text.parse::<Id>().expect_err(text).to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
