//! `cost.json`: what each row costs beside time.

use super::record::{SUITE, read};
use crate::criterion_files::LeftOut;
use crate::whole_file::write_with_folder;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Changes whenever a field changes its meaning or goes.
const SCHEMA_VERSION: u32 = 1;

/// The file, beside Criterion's folder.
pub(super) const FILE: &str = "cost.json";

/// What one row used, in one fresh process that ran it again and again for a
/// short while.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// How long it was watched.
    pub wall_s: f64,
    /// CPU time of all its threads and processes meanwhile.
    pub cpu_s: f64,
    /// Anonymous memory (neither files nor program text) at its peak, of all its
    /// processes together: each one's high-water mark, summed, less what the
    /// suite's own process held before the row was prepared.
    pub peak_bytes: u64,
    /// Processes that were counted.
    pub processes: u64,
    /// Whether there were others that had ended by then, whose memory is not in
    /// the peak.
    pub is_partial: bool,
    /// When, in seconds since 1970.
    pub measured_at_unix_s: u64,
}

impl Cost {
    /// CPUs that were busy on average.
    ///
    /// ```
    /// use speedup::report::Cost;
    /// let cost = Cost {
    ///     wall_s: 0.05, cpu_s: 0.1, peak_bytes: 0, processes: 1, is_partial: false,
    ///     measured_at_unix_s: 0,
    /// };
    /// assert_eq!(cost.cpu_over_wall(), 2.0);
    /// ```
    #[must_use]
    pub fn cpu_over_wall(&self) -> f64 {
        self.cpu_s / self.wall_s
    }

    /// As [`Cost::from_json`] reads it.
    ///
    /// ```
    /// # use speedup::report::Cost;
    /// # let cost = Cost { wall_s: 0.05, cpu_s: 0.1, peak_bytes: 0, processes: 1,
    /// #     is_partial: false, measured_at_unix_s: 0 };
    /// assert_eq!(Cost::from_json(&cost.to_json()), Some(cost));
    /// ```
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "wall_s": self.wall_s,
            "cpu_s": self.cpu_s,
            "peak_bytes": self.peak_bytes,
            "processes": self.processes,
            "is_partial": self.is_partial,
            "measured_at_unix_s": self.measured_at_unix_s,
        })
    }

    /// Reads what [`Cost::to_json`] wrote; none where a field is missing or
    /// can't be.
    ///
    /// ```
    /// assert_eq!(speedup::report::Cost::from_json(&serde_json::json!({"wall_s": 1.0})), None);
    /// ```
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        let cost = Self {
            wall_s: value["wall_s"].as_f64()?,
            cpu_s: value["cpu_s"].as_f64()?,
            peak_bytes: value["peak_bytes"].as_u64()?,
            processes: value["processes"].as_u64()?,
            is_partial: value["is_partial"].as_bool()?,
            measured_at_unix_s: value["measured_at_unix_s"].as_u64()?,
        };
        (cost.wall_s.is_normal() && cost.wall_s > 0.0 && cost.cpu_s >= 0.0).then_some(cost)
    }

    /// Adds `measured`, by row, to the file in `folder`, and keeps what it holds
    /// of other rows.
    ///
    /// # Errors
    /// When the file can't be written; the earlier one is intact then.
    ///
    /// ```
    /// # use speedup::report::Cost;
    /// # use std::collections::BTreeMap;
    /// # let cost = Cost { wall_s: 0.05, cpu_s: 0.1, peak_bytes: 0, processes: 1,
    /// #     is_partial: false, measured_at_unix_s: 0 };
    /// let place = tempfile::tempdir()?;
    /// Cost::store(BTreeMap::from([("format/debug".to_owned(), cost)]), place.path())?;
    /// assert!(place.path().join("cost.json").exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn store(measured: BTreeMap<String, Self>, folder: &Path) -> io::Result<()> {
        let mut all = Self::load(folder).map_or_else(|_| BTreeMap::new(), |(all, _)| all);
        all.extend(measured);
        let rows: serde_json::Map<String, Value> = all
            .into_iter()
            .map(|(id, cost)| (id, cost.to_json()))
            .collect();
        let text = format!(
            "{:#}\n",
            json!({ "schema_version": SCHEMA_VERSION, "rows": rows })
        );
        write_with_folder(&folder.join(FILE), text.as_bytes())
    }

    /// The costs by row, and the rows whose entry can't be used.
    pub(super) fn load(folder: &Path) -> Result<(BTreeMap<String, Self>, Vec<LeftOut>), LeftOut> {
        let mut costs = BTreeMap::new();
        let mut left_out = Vec::new();
        let Some(file) = read(folder, FILE, SCHEMA_VERSION, SUITE)? else {
            return Ok((costs, left_out));
        };
        for (id, entry) in file["rows"].as_object().into_iter().flatten() {
            match Self::from_json(entry) {
                Some(cost) => {
                    costs.insert(id.clone(), cost);
                }
                None => left_out.push(LeftOut {
                    path: FILE.into(),
                    why: format!("its entry for '{id}' lacks a number, or has one that can't be"),
                }),
            }
        }
        Ok((costs, left_out))
    }
}
