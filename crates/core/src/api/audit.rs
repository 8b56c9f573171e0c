//! Answers about audits.

use crate::{DecisionId, DeviceId, DocumentId, EntryId, ProgrammeId};

/// Something that somebody did, as an entry of a log says it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AuditItem {
    /// When, as its author says: seconds since 1970; none where the entry says nothing about it.
    pub time: Option<i64>,
    /// The code of the organisation; the beginning of the device's id if that is not known.
    pub who: String,
    /// The device whose log it stands in.
    pub device: DeviceId,
    /// What people call the space of the log.
    pub space: String,
    /// Its position in the log; the first one, if the item stands for several changes of one document.
    pub seq: u64,
    /// The last position that the item stands for.
    pub last: u64,
    /// The id of the entry; of the first one.
    pub entry: EntryId,
    /// `founding`, `device`, `proposal`, `signature`, `refusal`, `knowledge`, `revocation`, `document`, `change` or `other`.
    pub what: String,
    /// What was done, in one sentence that goes on from the code of who did it.
    pub sentence: String,
    /// The number of the decision that it is about.
    pub number: Option<String>,
    /// The document that it is about.
    pub document: Option<DocumentId>,
    /// Why it changes nothing, if it does not.
    pub apart: Option<String>,
    /// The organisations (codes) on whose work it was built although its author knew that this counts no more.
    #[serde(default)]
    pub built_on: Vec<String>,
}

/// Who wrote, proposed, signed and refused what, from the founding to now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AuditView {
    /// The programme.
    pub programme: ProgrammeId,
    /// Its name.
    pub name: String,
    /// The name of the document that the audit is about; none if it is about the programme.
    pub document: Option<String>,
    /// By time, as far as each log's own order leaves that free.
    pub items: Vec<AuditItem>,
    /// How many older ones are left out.
    pub left_out: usize,
}

/// An audit file that was written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AuditExported {
    /// Where.
    pub file: String,
    /// How long it is, in bytes.
    pub bytes: u64,
    /// How many entries it has.
    pub entries: usize,
    /// The programme, from whose id alone it can be checked.
    pub programme: ProgrammeId,
    /// The name of the document in it.
    pub document: Option<String>,
}

/// What an audit file proves.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AuditProof {
    /// The programme.
    pub programme: ProgrammeId,
    /// Its name.
    pub name: String,
    /// Who signed its founding (code), and when, as they say. By code.
    pub founded: Vec<(String, u64)>,
    /// How many governance entries the file has.
    pub entries: usize,
    /// Of how many devices.
    pub devices: usize,
    /// How many of them carry a record that counts for nothing.
    pub ignored: usize,
    /// The decisions in force.
    pub in_force: Vec<DecisionId>,
    /// Secretariats (codes) that are proven to have signed two things that exclude each other.
    pub equivocated: Vec<String>,
    /// The document in it.
    pub document: Option<DocumentProof>,
}

/// What an audit file proves about a document.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DocumentProof {
    /// Its id.
    pub id: DocumentId,
    /// Its name in the last version; none if there is no version.
    pub name: Option<String>,
    /// How many changes each organisation (code) signed. By code.
    pub changes: Vec<(String, usize)>,
    /// How many of them were not written in a place where they count by themselves.
    pub apart: usize,
    /// Its versions, in order.
    pub versions: Vec<VersionProof>,
}

/// A ratified version, made again from the changes in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct VersionProof {
    /// As `v1`.
    pub label: String,
    /// The decision.
    pub decision: DecisionId,
    /// Who signed it (code), and when, as they say. By code.
    pub signed: Vec<(String, u64)>,
    /// How many changes make it.
    pub changes: usize,
    /// The SHA-256 of its canonical form, which is what was signed.
    pub hash: String,
}
