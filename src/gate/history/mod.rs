//! Gates over time: one line each, and the trends that they chain up to.

mod drawing;
mod record;
mod trend;

pub use drawing::{sparkline, to_html};
pub use record::{Record, append, read, record_line};
pub use trend::{Change, Point, Trend, trends};
