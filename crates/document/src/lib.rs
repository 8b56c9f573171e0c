//! Automerge behind Accord's words: kinds, paths, edits by difference, history, conflicts.
//!
//! Pure: no input or output, no clock, no randomness. Time and random bytes are arguments.
//! docs/documents.md describes the layout that documents have on Automerge.

mod bounded;
mod canonical;
mod change_meta;
mod document;
mod edit;
mod finding;
mod history;
pub mod kind;
mod layout;
mod operations;
pub mod pack;
mod path;
mod snapshot;
#[cfg(test)]
mod testing;
mod text;
mod trace;
mod value;
mod view;
mod wording;
mod yaml;

/// SHA-256 of a change: its name, and as a list of heads the name of a version.
pub type Hash = [u8; 32];

pub use bounded::from_yaml;
pub use change_meta::{ChangeError, ChangeMeta, MAX_DEPS, MAX_INFLATED, MAX_OPS, MAX_RAW, unpack};
pub use document::{Applied, Document, GUARD_RULE, GuardError, Judged, LoadError, Refused, UnknownVersion};
pub use edit::{Author, Edit, EditError, NewChange, Random};
pub use finding::{Finding, FindingKind, Gained, Side, Way};
pub use history::{FieldChange, HistoryItem};
pub use kind::{Kind, KindError};
pub use path::PathError;
pub use value::{Amount, ValueError, canonical, currencies, did_you_mean, exponent};
pub use view::{CONFLICT, REVIEW, ReadError};
pub use yaml::{Imported, MarkedError, import, mark_errors};
