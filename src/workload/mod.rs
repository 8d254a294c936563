//! What is run: one kernel a file, its inputs and its known answers.

pub mod factorial;
