//! The programme's own kinds: schemas as data, checks, reports, templates, exchange with files.
//!
//! Pure: no input or output, no clock, no randomness. Today's date is an argument.

pub mod added;
pub mod check;
mod check_kind;
mod describe;
pub mod exact;
pub mod exchange;
mod held;
mod kinds;
pub mod message;
pub mod model;
pub mod report;
pub mod template;
pub mod translate;

pub use check::{Context, Finding, Severity, check};
pub use check_kind::check_kind;
pub use describe::{describe_kind, describe_kinds};
pub use held::Held;
pub use kinds::{UnknownKind, code_lists, kind, kinds};
pub use message::{Message, Messages};
pub use report::{Group, Report, Sources, Table, report};

#[cfg(test)]
mod examples;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
