//! Numbers as raw data hold them: without the digits that no clock has.

use serde_json::{Value, json};

/// The number, to so many digits after the point.
pub(crate) fn rounded(number: f64, digits: i32) -> Value {
    let unit = 10_f64.powi(digits);
    json!((number * unit).round() / unit)
}
