//! The programme's own kinds: schemas as data, embedded in the program.
//!
//! Pure: no input or output, no clock, no randomness.

mod check_kind;
mod kinds;

pub use check_kind::check_kind;
pub use kinds::{UnknownKind, code_lists, kind, kinds};

#[cfg(test)]
mod tests;
