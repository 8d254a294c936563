//! A pool of worker processes, written with the standard library alone.
