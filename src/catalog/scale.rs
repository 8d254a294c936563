//! How much smaller than the notebook the suite is.

use std::fmt;
use std::time::Duration;

/// How long one notebook second lasts in the suite, in milliseconds: 1 unless
/// told otherwise, 1000 for the notebook's own size.
///
/// Sleeps scale with it directly. The factorials below n, each on its own,
/// take about n³ together, so the ends of ranges scale with its cube root:
/// work of every kind then grows about as the scale does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    milliseconds: f64,
}

/// The variable that sets the scale.
pub const SCALE_VARIABLE: &str = "SPEEDUP_SCALE";

/// From a tenth of the usual size to the notebook's own.
const ALLOWED: std::ops::RangeInclusive<f64> = 0.1..=1000.0;

/// The longest range of factorials in the notebook.
const NOTEBOOK_RANGE_END: u32 = 25_000;

impl Default for Scale {
    fn default() -> Self {
        Self { milliseconds: 1.0 }
    }
}

impl Scale {
    /// Reads the scale from what [`SCALE_VARIABLE`] holds; unset, it is 1.
    ///
    /// # Errors
    /// When it is not a number from 0.1 to 1000.
    ///
    /// ```
    /// use speedup::catalog::Scale;
    /// use std::time::Duration;
    ///
    /// let notebook = Scale::from_text(Some("1000"))?;
    /// assert_eq!(notebook.seconds(10), Duration::from_secs(10));
    /// assert!(Scale::from_text(Some("abc")).is_err());
    /// # Ok::<(), speedup::catalog::ScaleError>(())
    /// ```
    pub fn from_text(text: Option<&str>) -> Result<Self, ScaleError> {
        let Some(text) = text else {
            return Ok(Self::default());
        };
        match text.trim().parse() {
            Ok(milliseconds) if ALLOWED.contains(&milliseconds) => Ok(Self { milliseconds }),
            _ => Err(ScaleError {
                text: text.to_owned(),
            }),
        }
    }

    /// Reads the scale from the environment.
    ///
    /// # Errors
    /// As [`Scale::from_text`]; text that is not Unicode is no number either.
    ///
    /// ```
    /// # if std::env::var_os("SPEEDUP_SCALE").is_none() {
    /// use speedup::catalog::Scale;
    /// assert_eq!(Scale::from_environment(), Ok(Scale::default()));
    /// # }
    /// ```
    pub fn from_environment() -> Result<Self, ScaleError> {
        let text = std::env::var_os(SCALE_VARIABLE);
        Self::from_text(
            text.map(|text| text.to_string_lossy().into_owned())
                .as_deref(),
        )
    }

    /// How long so many notebook seconds last.
    ///
    /// ```
    /// use speedup::catalog::Scale;
    /// use std::time::Duration;
    /// assert_eq!(Scale::default().seconds(10), Duration::from_millis(10));
    /// ```
    #[must_use]
    pub fn seconds(self, notebook_seconds: u32) -> Duration {
        Duration::from_secs_f64(self.milliseconds / 1000.0) * notebook_seconds
    }

    /// Where a range of factorials ends that ends at `usual` at scale 1; never
    /// above the notebook's own 25,000.
    ///
    /// ```
    /// use speedup::catalog::Scale;
    /// assert_eq!(Scale::default().range_end(3000), 3000);
    /// assert_eq!(Scale::from_text(Some("1000"))?.range_end(3000), 25_000);
    /// # Ok::<(), speedup::catalog::ScaleError>(())
    /// ```
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and cut to the notebook's end before the cast"
    )]
    pub fn range_end(self, usual: u32) -> u32 {
        let end = f64::from(usual) * self.milliseconds.cbrt();
        end.round().clamp(1.0, f64::from(NOTEBOOK_RANGE_END)) as u32
    }
}

/// A scale that can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScaleError {
    text: String,
}

impl fmt::Display for ScaleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{SCALE_VARIABLE} is '{}', but has to be a number from {} to {}: how many \
             milliseconds one second of the notebook lasts (1 where it is not set, 1000 for the \
             notebook's own size)",
            self.text,
            ALLOWED.start(),
            ALLOWED.end()
        )
    }
}

impl std::error::Error for ScaleError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_refused_with_the_name_of_the_variable_and_the_range() {
        for text in ["abc", "", "-1", "0", "1e9", "NaN", "inf", "1,5", "0.01"] {
            let error = Scale::from_text(Some(text)).expect_err(text).to_string();
            assert!(
                error.contains(&format!("SPEEDUP_SCALE is '{text}'")),
                "{error}"
            );
            assert!(error.contains("from 0.1 to 1000"), "{error}");
        }
    }

    #[test]
    fn the_largest_scale_is_the_notebook_itself() {
        let scale = Scale::from_text(Some("1000")).expect("in range");
        assert_eq!(scale.seconds(23), Duration::from_secs(23));
        assert_eq!(scale.range_end(2500), 25_000);
        assert_eq!(scale.range_end(900), 9000);
    }
}
