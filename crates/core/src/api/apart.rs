//! Answers about own changes that are kept apart.

use super::{Changed, FieldChange};
use crate::DocumentId;

/// What became of an own change that is kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApartState {
    /// Nothing yet: it can be made again.
    Open,
    /// It was made again.
    Again,
    /// Somebody said on this device that it need not be.
    Dismissed,
}

/// An own change that is kept apart.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ApartView {
    /// The document.
    pub document: DocumentId,
    /// Its name.
    pub name: String,
    /// The id of the change.
    pub change: String,
    /// What people call the device that made it.
    pub device: String,
    /// Whether that is the one that answers.
    pub this_device: bool,
    /// When, by that device's clock, in seconds since 1970; none if the change cannot be read.
    pub time: Option<i64>,
    /// Why it does not count.
    pub reason: String,
    /// What became of it.
    pub state: ApartState,
    /// Whether nothing at all of the document counts.
    pub begins: bool,
    /// What it did.
    pub changes: Vec<FieldChange>,
    /// Why that cannot be said, if so.
    pub problem: Option<String>,
}

/// A change that was made again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Redone {
    /// The id of the one that is kept apart.
    pub change: String,
    /// What was written.
    pub changed: Changed,
}
