//! Answers about ratified versions.

use super::{DecisionView, DocumentSummary};
use crate::{DecisionId, DocumentId};

/// What is agreed of a document, and what is put up to be.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Versions {
    /// The last version that every secretariat signed, as `v1`.
    pub version: Option<String>,
    /// How many changes are not in it; none if there is no version, or it is not whole here.
    pub since: Option<u64>,
    /// What is wrong with the version on this device.
    pub alarm: Option<String>,
    /// What is put up for the next version.
    pub proposals: Vec<ProposedVersion>,
    /// Whether the secretariats signed or refused differently, so that neither state is a version and what is in
    /// `proposals` is over.
    pub disagreed: bool,
}

/// How far a document has gone on since its last version. Whatever names a document that has one says it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SinceVersion {
    /// The name of the document.
    pub document: String,
    /// The last version that every secretariat signed, as `v1`.
    pub version: String,
    /// How many changes are not in it; none if it is not whole here.
    pub since: Option<u64>,
}

/// A state of a document that is put up for signatures.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ProposedVersion {
    /// What it would be called, as `v1`.
    pub label: String,
    /// The number of the decision.
    pub number: String,
    /// The decision.
    pub decision: DecisionId,
    /// The codes of those who signed it.
    pub signed: Vec<String>,
    /// The codes of those who refused all that was put up.
    pub refused: Vec<String>,
    /// The codes of those who have said nothing yet.
    pub waits_for: Vec<String>,
    /// How many changes of the document are not in it; none if it is not whole here.
    pub since: Option<u64>,
}

/// A state that was put up for signatures.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RatifyProposed {
    /// The document's name.
    pub name: String,
    /// What it would be called, as `v1`.
    pub label: String,
    /// The decision.
    pub decision: DecisionView,
    /// Whether the very same state was put up before.
    pub known: bool,
    /// The organisations (codes) that will hear of it, and whether each is connected now.
    pub readers: Vec<(String, bool)>,
}

/// A ratified version, shown.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct VersionShown {
    /// The line of the document as it is now.
    pub document: DocumentSummary,
    /// Its name in the version.
    pub name: String,
    /// The version, as `v1`.
    pub label: String,
    /// The number of the decision that made it.
    pub number: String,
    /// That decision.
    pub decision: DecisionId,
    /// Who signed it (code), and when, as they say: seconds since 1970. By code.
    pub signed: Vec<(String, u64)>,
    /// The changes that end it.
    pub heads: Vec<String>,
    /// Its content.
    pub content: serde_json::Value,
    /// The canonical form: what its hash is taken of.
    pub canonical: String,
    /// The SHA-256 of the canonical form, which was signed.
    pub hash: String,
}

/// The document that a version belongs to, for whoever has several.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DocumentVersions {
    /// The document.
    pub document: DocumentId,
    /// Its name.
    pub name: String,
    /// What is agreed of it.
    pub versions: Versions,
}
