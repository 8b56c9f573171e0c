//! Answers about documents.

use super::{ConflictView, Gained, SinceVersion, Versions};
use crate::DocumentId;

/// A document on one line.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DocumentSummary {
    /// Its id.
    pub id: DocumentId,
    /// What people call the space that it lives in; none if that is the programme's.
    pub space: Option<String>,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// How many places in it wait for a person, whatever they are.
    pub conflicts: usize,
    /// The same, by what they are.
    #[serde(default)]
    pub open_places: OpenPlaces,
    /// How many of its changes wait or are in quarantine.
    pub held_back: usize,
    /// Why it cannot be read here, if so.
    pub unreadable: Option<String>,
    /// What is agreed of it; none as long as nothing was ever put up.
    #[serde(default)]
    pub versions: Option<Versions>,
}

/// What waits for a person in a document, counted by what it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct OpenPlaces {
    /// Values and wordings that people disagree about.
    pub values: usize,
    /// Texts of which several edits, or a late correction, wait for a review.
    pub texts: usize,
    /// What was retired, but changed since.
    pub retired: usize,
    /// What belongs to something retired.
    pub homeless: usize,
    /// Codes that two items have.
    pub codes: usize,
}

impl From<[usize; 5]> for OpenPlaces {
    fn from([values, texts, retired, homeless, codes]: [usize; 5]) -> Self {
        Self { values, texts, retired, homeless, codes }
    }
}

/// All documents.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Listing {
    /// By name.
    pub documents: Vec<DocumentSummary>,
}

/// One document whole.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Shown {
    /// The line of it.
    #[serde(flatten)]
    pub summary: DocumentSummary,
    /// Its content; an open conflict stands as an object with the key `$conflict`, a paragraph under review with `$review`.
    pub content: serde_json::Value,
    /// The open conflicts.
    pub open: Vec<ConflictView>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Value {
    /// The document.
    pub document: DocumentId,
    /// Where in it.
    pub path: String,
    /// The value; an open conflict is an object with the key `$conflict`, a paragraph under review with `$review`.
    pub value: serde_json::Value,
    /// Whether a conflict or a review is open at or below the path.
    pub conflict: bool,
}

/// A document that was made.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Created {
    /// Its id.
    pub document: DocumentId,
    /// What people call the space that it lives in; none if that is the programme's.
    pub space: Option<String>,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The name of the template that it was made from, if there is one.
    pub template: Option<String>,
    /// How many fields were filled, sets and lists aside.
    pub filled: usize,
    /// How many items and rows were added, by set and list.
    pub added: Vec<Gained>,
    /// Another document of the same kind and name, if there is one.
    pub same_name: Vec<DocumentId>,
}

/// What a command changed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Changed {
    /// The document.
    pub document: DocumentId,
    /// Its name.
    pub name: String,
    /// The id of the change; none if there was nothing to write.
    pub change: Option<String>,
    /// What changed.
    pub changes: Vec<FieldChange>,
    /// How many conflicts are open in the document now.
    pub conflicts: usize,
    /// The organisations (codes) that will get it, and whether each is connected now.
    pub readers: Vec<(String, bool)>,
    /// How far it has gone on since its last version, if it has one.
    #[serde(default)]
    pub since_version: Option<SinceVersion>,
}

/// One field before and after.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FieldChange {
    /// Where.
    pub path: String,
    /// Where, in words.
    pub label: String,
    /// What stood there.
    pub before: Option<String>,
    /// What stands there now.
    pub after: Option<String>,
    /// What else is to be said.
    pub note: Option<String>,
    /// All of it in one line of words.
    pub sentence: String,
}

/// A text with its errors marked.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Marked {
    /// The text, with a comment above each line in error.
    pub text: String,
    /// The errors: line, message, hint.
    pub errors: Vec<(usize, String, Option<String>)>,
}

/// A document as text to edit.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Rendered {
    /// The document.
    pub document: DocumentId,
    /// Its name.
    pub name: String,
    /// The version, to be named when the edited text comes back.
    pub version: Vec<String>,
    /// The text.
    pub text: String,
}

/// One change of a document.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct HistoryItem {
    /// The id of the change.
    pub change: String,
    /// The code of the organisation that made it.
    pub author: String,
    /// When, as it says: seconds since 1970.
    pub time: i64,
    /// What it says about why.
    pub message: Option<String>,
    /// The change that it makes again, as it says: one that is kept apart.
    #[serde(default)]
    pub again: Option<String>,
    /// Why it would not count by itself: it is kept because somebody who could not know built on it.
    #[serde(default)]
    pub kept: Option<String>,
    /// The organisations (codes) that built on it although they knew that it does not count by itself.
    #[serde(default)]
    pub kept_by: Vec<String>,
    /// The organisations (codes) on whose work it was built although its author knew that this counts no more.
    #[serde(default)]
    pub built_on: Vec<String>,
    /// The first ratified version that it is in, as `v1`; none if it is in none.
    #[serde(default)]
    pub version: Option<String>,
    /// What changed.
    pub changes: Vec<FieldChange>,
}

/// The newest changes of a document.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct HistoryView {
    /// The changes, oldest first.
    pub log: Vec<HistoryItem>,
    /// How many came before these and are not told.
    pub earlier: usize,
    /// The last ratified version that is held, as `v1`; none if there is none.
    pub ratified: Option<String>,
    /// How many changes are not in it, whether or not they are among these.
    pub since: usize,
}

/// What differs between two versions.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DiffView {
    /// The document.
    pub document: DocumentId,
    /// What differs.
    pub changes: Vec<FieldChange>,
}
