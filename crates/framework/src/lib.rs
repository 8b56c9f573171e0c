//! The programme's own kinds: schemas as data, embedded in the program.
//!
//! Pure: no input or output, no clock, no randomness.

mod kinds;

pub use kinds::{UnknownKind, kind, kinds};

#[cfg(test)]
mod tests;
