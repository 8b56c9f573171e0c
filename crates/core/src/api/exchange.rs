//! Answers about exchange with files.

use std::collections::BTreeMap;

use super::{Changed, SinceVersion};
use crate::DocumentId;

/// What importing a table did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Imported {
    /// The document; none if it would be made and nothing was written.
    pub document: Option<DocumentId>,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Whether the document was made for this, or would be.
    pub new_document: bool,
    /// Whether nothing was written, because nobody wanted it to be.
    pub dry_run: bool,
    /// What was made.
    pub created: Vec<ImportedPlace>,
    /// What was changed.
    pub changed: Vec<ImportedPlace>,
    /// How much stood there already as the file says it.
    pub unchanged: usize,
    /// The lines that were not taken.
    pub refused: Vec<RefusedLine>,
    /// What a person should look at.
    pub warnings: Vec<Sentence>,
    /// The ids of the changes that were written, in their order.
    pub changes: Vec<String>,
    /// How many conflicts are open in the document now.
    pub conflicts: usize,
    /// The organisations (codes) that will get it, and whether each is connected now.
    pub readers: Vec<(String, bool)>,
    /// How far it has gone on since its last version, if it has one.
    #[serde(default)]
    pub since_version: Option<SinceVersion>,
}

/// Something that an import made or changed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ImportedPlace {
    /// Where in the document.
    pub path: String,
    /// The first line of the file that says so.
    pub line: u64,
    /// Its id elsewhere.
    pub external_id: String,
}

/// A line of a file that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RefusedLine {
    /// From 1; the headings are line 1.
    pub line: u64,
    /// Why.
    pub message: String,
}

/// What applying an edited export did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ImportedEdits {
    /// Whether nothing was written, because nobody wanted it to be.
    pub dry_run: bool,
    /// What changed, or would.
    #[serde(flatten)]
    pub changed: Changed,
}

/// A document as a file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Exported {
    /// The document.
    pub document: DocumentId,
    /// Its name.
    pub name: String,
    /// `csv`, `json`, `markdown` or `html`.
    pub format: String,
    /// The version that was exported.
    pub at: String,
    /// The file.
    pub text: String,
    /// How far it has gone on since its last version, if it has one.
    #[serde(default)]
    pub since_version: Option<SinceVersion>,
}

/// Something said in words that programs know too.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sentence {
    /// What is said, for programs.
    pub id: String,
    /// Its arguments, as text.
    pub arguments: BTreeMap<String, String>,
    /// The sentence, in the language that was asked for.
    pub text: String,
    /// What to do about it, in the same language.
    pub hint: Option<String>,
}
