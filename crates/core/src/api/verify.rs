//! Answers about a store that was checked against its entries.

use super::PartyView;
use crate::{DeviceId, DocumentId, SpaceId};

/// What can be wrong with a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogTrouble {
    /// Entries are damaged, or gone: only another node can give them back.
    Lost,
    /// Entries can be read, and are not those that belong there: the same.
    Wrong,
    /// No signature holds in a stretch that could be passed on in one piece.
    Unsigned,
    /// The log's head was damaged, or not its last entry.
    Head,
    /// Entries were marked as regular and are not, or the other way round.
    Marks,
    /// The proof that the log has two histories was damaged.
    Proof,
}

/// One kind of trouble in a log.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LogProblem {
    /// What.
    pub what: LogTrouble,
    /// From which entry on.
    pub from: u64,
    /// How often.
    pub count: u64,
    /// Of those that are lost, how many came back from others meanwhile.
    #[serde(default)]
    pub back: u64,
}

/// A log that was checked.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LogChecked {
    /// The author's organisation: its code.
    pub author: String,
    /// What people call the device.
    pub device_name: String,
    /// The device.
    pub device: DeviceId,
    /// What people call the space.
    pub space_name: String,
    /// The space.
    pub space: SpaceId,
    /// Which of its histories, from 0; a log that did not fork has one.
    pub branch: u32,
    /// How many entries it has.
    pub entries: u64,
    /// How many signatures were checked: the last one, and one in each stretch that is read at once.
    pub signatures: u64,
    /// What was wrong.
    pub problems: Vec<LogProblem>,
}

/// What can be wrong with what is kept of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentTrouble {
    /// The list of its entries was damaged.
    Damaged,
    /// The list of its entries was missing.
    Missing,
    /// The list of its entries was not what the logs say.
    Places,
    /// How far its authors have come was not what the logs say.
    Actors,
    /// What kind it is was not what the logs say.
    Kind,
    /// Something was kept of a document of which no entry is.
    Stray,
    /// The document as it was kept ready to read was damaged, or is not what its entries give.
    Snapshot,
    /// Its line in the list was damaged, or is not what its entries give.
    Line,
}

/// A document of which something was wrong.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DocumentProblem {
    /// Its id.
    pub document: DocumentId,
    /// Its name, as far as it can be read.
    pub name: Option<String>,
    /// What was wrong.
    pub what: DocumentTrouble,
}

/// How the store of a home is, checked against its entries.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct VerifyView {
    /// Whose.
    pub organisation: PartyView,
    /// Whether nothing was to be changed.
    pub only_check: bool,
    /// Every log.
    pub logs: Vec<LogChecked>,
    /// How many documents were compared with the entries about them.
    pub documents: u64,
    /// How many that were kept ready to read were compared with what their entries give.
    pub snapshots: u64,
    /// How many lines of the list were.
    pub lines: u64,
    /// How many marks on entries that wait or are kept apart.
    pub marks: u64,
    /// The documents of which something was wrong.
    pub wrong: Vec<DocumentProblem>,
    /// How many marks were wrong.
    pub wrong_marks: u64,
    /// Whether the decisions, recomputed from all records, are those that this node goes by.
    pub decisions_agree: bool,
    /// How many stored values were mended.
    pub mended: u64,
    /// How many were wrong and are left as they are: all of them, if nothing was to be changed.
    pub left: u64,
    /// How many entries are lost here now.
    pub lost: u64,
}
