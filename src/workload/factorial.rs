//! Factorials.
