//! Answers about how everything stands.

use super::{DecisionSummary, DocumentVersions, PartyView};
use crate::admission::WaitingFor;
use crate::{OrganisationKind, ProgrammeId};

/// How far a long request is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Progress {
    /// In words.
    pub text: String,
    /// Entries sent so far.
    pub sent: u64,
    /// Entries received so far.
    pub received: u64,
}

/// How a synchronisation ended.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Synced {
    /// The organisations (codes) that hold all that this node holds, and the reverse.
    pub in_step: Vec<String>,
    /// Those that do not.
    pub unreached: Vec<Unreached>,
    /// Entries sent meanwhile.
    pub sent: u64,
    /// Entries received meanwhile.
    pub received: u64,
}

/// An organisation that was not reached.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Unreached {
    /// Its code.
    pub organisation: String,
    /// Why.
    pub why: String,
}

/// How everything stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StatusView {
    /// This organisation.
    pub organisation: PartyView,
    /// The programme; none before one is founded or joined.
    pub programme: Option<ProgrammeView>,
    /// The node; none if none is running.
    pub node: Option<NodeView>,
    /// By which engine the store is written.
    #[serde(default)]
    pub engine: String,
    /// The other organisations.
    pub organisations: Vec<OrganisationStep>,
    /// How many documents there are.
    pub documents: usize,
    /// How many conflicts are open in documents that were read since they last changed, by document name.
    pub conflicts: Vec<(String, usize)>,
    /// Documents with a version that is put up, that has something wrong, or that changes came after; by name.
    #[serde(default)]
    pub versions: Vec<DocumentVersions>,
    /// Decisions that wait for this organisation.
    pub waiting_for_me: Vec<DecisionSummary>,
    /// Entries that are kept and change nothing: the first of them, and no more.
    pub quarantine: Vec<Quarantined>,
    /// How many there are in all.
    #[serde(default)]
    pub quarantined: usize,
    /// Own changes that are kept apart and can be made again: how many, by the name of the document.
    #[serde(default)]
    pub again: Vec<(String, usize)>,
    /// Entries that would not count by themselves and do, because others built on them before they could know.
    #[serde(default)]
    pub kept: Vec<Quarantined>,
    /// Who built on work that counts no more, and knew it.
    #[serde(default)]
    pub knowing: Vec<Knowing>,
    /// How many entries wait for something, by what.
    pub waiting: Vec<(String, usize)>,
    /// The same, by what it is.
    #[serde(default)]
    pub waits: Vec<(WaitingFor, usize)>,
    /// Logs of which two histories exist.
    pub forks: Vec<Fork>,
    /// What a person should know about this node itself.
    pub notices: Vec<String>,
}

/// The programme.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ProgrammeView {
    /// Its id.
    pub id: ProgrammeId,
    /// Its name.
    pub name: String,
    /// Whether both secretariats have signed.
    pub founded: bool,
    /// The codes of those that have not.
    pub unsigned: Vec<String>,
    /// As what this organisation takes part: none while its admission is pending.
    pub my_kind: Option<OrganisationKind>,
    /// The number of the decision since which this organisation takes part no more, if it took part.
    #[serde(default)]
    pub ended_by: Option<String>,
}

/// The running node.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct NodeView {
    /// Its process.
    pub pid: u32,
    /// Where it listens.
    pub listening: Vec<String>,
}

/// How an organisation stands towards this node.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OrganisationStep {
    /// Who.
    pub organisation: PartyView,
    /// As what it takes part.
    pub kind: OrganisationKind,
    /// Each of its devices.
    pub devices: Vec<DeviceStep>,
}

/// How a device stands towards this node.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DeviceStep {
    /// Its id.
    pub device: crate::DeviceId,
    /// Whether it is connected now.
    pub connected: bool,
    /// The code of the organisation through whose node it is connected; none if it is connected directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// Whether it says that it has all that is here, and nothing else.
    pub in_step: bool,
    /// How many entries of ours, or passed on by us, it has not said it has.
    pub missing_there: u64,
    /// How many entries it says it has that are not here.
    pub missing_here: u64,
    /// When it was last connected: seconds since 1970.
    pub last_seen: Option<u64>,
}

/// An entry in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Quarantined {
    /// The code of its author's organisation, or the beginning of its device id.
    pub author: String,
    /// Its position in its log.
    pub seq: u64,
    /// The name of the document that it would change.
    pub document: Option<String>,
    /// Why.
    pub reason: String,
    /// Whether it is an own change that can be made again here.
    #[serde(default)]
    pub offered: bool,
}

/// Changes whose author knew that what they were built on counts no more: they make it count, as their author's own act.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Knowing {
    /// The code of the author's organisation.
    pub author: String,
    /// The name of the document.
    pub document: String,
    /// How many changes.
    pub changes: usize,
    /// The codes of the organisations on whose work they were built.
    pub built_on: Vec<String>,
}

/// A log of which two histories exist.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fork {
    /// The code of its author's organisation, or the beginning of its device id.
    pub author: String,
    /// From which position.
    pub seq: u64,
}
