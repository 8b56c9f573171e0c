//! Answers about what is wrong or missing in documents.

use super::SinceVersion;
use crate::DocumentId;

/// What a check of a document found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CheckView {
    /// The document.
    pub document: DocumentId,
    /// Its name.
    pub name: String,
    /// How many errors there are, and how many warnings, whether or not they are among these.
    pub errors: usize,
    /// See `errors`.
    pub warnings: usize,
    /// Errors first, then by place.
    pub findings: Vec<CheckFinding>,
    /// How many come before these.
    pub skipped: usize,
    /// How many come after these: an answer holds only so many.
    pub more: usize,
    /// How far it has gone on since its last version, if it has one.
    #[serde(default)]
    pub since_version: Option<SinceVersion>,
}

/// One thing that a check found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CheckFinding {
    /// Whether it stops ratifying; a warning does not.
    pub error: bool,
    /// Which rule found it; stable, for programs.
    pub id: String,
    /// Where, as a path of the document; empty for the document as a whole.
    pub path: String,
    /// What is wrong, in one sentence.
    pub sentence: String,
    /// What to do.
    pub hint: Option<String>,
    /// The command that mends it, word by word and without the program's name; words in capitals are to be filled in.
    pub command: Option<Vec<String>>,
}
