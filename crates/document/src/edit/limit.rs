//! How much one edit may hold, counted before any work is done.
//!
//! A change is written, sent, tried on a copy and read back as a whole, on every computer that takes
//! part. What is far above what a person edits at once is a file that should come in pieces.

use serde_json::Value;

use super::settle::MAX_NAMED;
use super::{Edit, EditError};

/// Items and rows that one edit may add.
pub(crate) const MAX_ITEMS: usize = 5_000;
/// Values that one edit may write.
pub(crate) const MAX_VALUES: usize = 20_000;

pub(crate) fn refuse_too_many<'a>(edits: impl Iterator<Item = &'a Edit>) -> Result<(), EditError> {
    let (mut items, mut values) = (0usize, 0usize);
    for edit in edits {
        values += match edit {
            Edit::Set { value, .. } | Edit::Resolve { value, .. } => leaves(value),
            Edit::Add { fields, .. } => {
                items += 1;
                leaves(fields)
            }
            // Of more, the rest stays open for the next.
            Edit::Settle { changes, .. } => changes.len().min(MAX_NAMED),
            Edit::Move { contents, .. } => contents.len(),
            Edit::Retire { .. } | Edit::Reinstate { .. } | Edit::ReplaceText { .. } => 1,
        };
    }
    if items > MAX_ITEMS || values > MAX_VALUES { Err(EditError::TooMany { items, values }) } else { Ok(()) }
}

fn leaves(value: &Value) -> usize {
    match value {
        Value::Object(map) => map.values().map(leaves).sum(),
        Value::Array(all) => all.iter().map(leaves).sum(),
        _ => 1,
    }
}
