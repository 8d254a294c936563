//! How often something happened, and how sure that is.

use speedup::stats::clopper_pearson;
use std::error::Error;

const LEVEL: f64 = 0.95;

/// A count of so many, with its exact interval: `3 of 60 (1.0 % to 13.9 %)`.
pub(crate) fn share(count: usize, of: usize) -> Result<String, Box<dyn Error>> {
    if of == 0 {
        return Ok("0 of 0".to_owned());
    }
    let bounds = clopper_pearson(count as u64, of as u64, LEVEL)?;
    Ok(format!(
        "{count} of {of} ({:.1} % to {:.1} %)",
        bounds.low * 100.0,
        bounds.high * 100.0
    ))
}
