//! The desk: what waits for this organisation, and what is new to whoever looks.

use super::{DecisionSummary, SinceVersion, StatusView};

/// What `accord` alone shows: how everything stands, with what changed since somebody looked last.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DeskView {
    /// How everything stands.
    #[serde(flatten)]
    pub status: StatusView,
    /// When the desk was looked at last: seconds since 1970. None if this is the first time; then nothing is told as changed.
    pub looked: Option<u64>,
    /// The documents that others changed since.
    pub changed: Vec<FreshDocument>,
    /// The decisions that came in force since, or were refused or signed differently; not those that were settled from here.
    #[serde(default)]
    pub settled: Vec<DecisionSummary>,
}

/// A document that others changed since somebody looked last.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FreshDocument {
    /// Its name.
    pub document: String,
    /// Whether it was not here then.
    pub new: bool,
    /// How many changes of others came in.
    pub changes: usize,
    /// The codes of their organisations.
    pub by: Vec<String>,
    /// How far it has gone on since its last version, if it has one.
    #[serde(default)]
    pub since_version: Option<SinceVersion>,
}
