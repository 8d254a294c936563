//! Pure functions of statistics: no input or output, no clock.
