//! One data file of a benchmark, whose fields are checked as they are read.

use super::benchmark::{LeftOut, TimeEstimate};
use super::sample::{NoTimes, is_time, iteration_times_ns};
use serde_json::Value;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// No data file of Criterion's comes near it: one that does is not read.
const LARGEST_FILE_BYTES: u64 = 16 << 20;

/// A file that was read, to be asked for its fields.
pub(super) struct JsonFile {
    pub(super) path: PathBuf,
    value: Value,
}

impl JsonFile {
    pub(super) fn read(home: &Path, path: PathBuf) -> Result<Self, LeftOut> {
        let mut file = Self {
            path,
            value: Value::Null,
        };
        let mut text = Vec::new();
        let read = File::open(home.join(&file.path))
            .and_then(|open| open.take(LARGEST_FILE_BYTES + 1).read_to_end(&mut text));
        match read {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(file.unusable("it is missing; measure this benchmark again"));
            }
            Err(error) => return Err(file.unusable(&format!("it can't be read: {error}"))),
            Ok(_) if text.len() as u64 > LARGEST_FILE_BYTES => {
                return Err(file.unusable("it is larger than any file of Criterion's"));
            }
            Ok(0) => return Err(file.unusable("it is empty; measure this benchmark again")),
            Ok(_) => {}
        }
        file.value = serde_json::from_slice(&text).map_err(|error| {
            file.unusable(&format!(
                "it is no JSON ({error}); was it cut off? Measure this benchmark again"
            ))
        })?;
        Ok(file)
    }

    pub(super) fn unusable(&self, why: &str) -> LeftOut {
        LeftOut {
            path: self.path.clone(),
            why: why.to_owned(),
        }
    }

    fn lacks(&self, name: &str, what: &str) -> LeftOut {
        self.unusable(&format!(
            "it has no {what} '{name}'; was it written by another version of Criterion? \
             Measure this benchmark again"
        ))
    }

    pub(super) fn text(&self, name: &str) -> Result<String, LeftOut> {
        match self.value[name].as_str() {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(self.lacks(name, "text")),
        }
    }

    pub(super) fn time(&self, name: &str) -> Result<TimeEstimate, LeftOut> {
        let estimate = &self.value[name];
        let interval = &estimate["confidence_interval"];
        let number = |value: &Value| value.as_f64().ok_or_else(|| self.lacks(name, "estimate"));
        let time = TimeEstimate {
            point_ns: number(&estimate["point_estimate"])?,
            low_ns: number(&interval["lower_bound"])?,
            high_ns: number(&interval["upper_bound"])?,
            level: number(&interval["confidence_level"])?,
        };
        for value in [time.point_ns, time.low_ns, time.high_ns] {
            if !is_time(value) {
                return Err(
                    self.unusable(&format!("its {name} is {value} ns, which no time can be"))
                );
            }
        }
        if !(time.low_ns <= time.point_ns && time.point_ns <= time.high_ns) {
            return Err(self.unusable(&format!("its {name} lies outside its own interval")));
        }
        if !(0.0 < time.level && time.level < 1.0) {
            return Err(self.unusable(&format!("its interval has the level {}", time.level)));
        }
        Ok(time)
    }

    pub(super) fn times(&self) -> Result<Vec<f64>, LeftOut> {
        let no_match = || self.unusable("its lists 'iters' and 'times' don't match");
        match iteration_times_ns(&self.value) {
            Ok(times) if times.is_empty() => Err(no_match()),
            Ok(times) => Ok(times),
            Err(NoTimes::NoList(name)) => Err(self.lacks(name, "list")),
            Err(NoTimes::LengthsDiffer) => Err(no_match()),
            Err(NoTimes::NoTime { sample, time_ns }) => Err(self.unusable(&format!(
                "sample {sample} took {time_ns} ns an iteration, which no time can be"
            ))),
        }
    }
}
