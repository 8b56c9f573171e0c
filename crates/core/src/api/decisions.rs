//! Answers about decisions.

use crate::DecisionId;
use crate::governance::DecisionStatus;

/// A decision on one line.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DecisionSummary {
    /// The number that people use. It comes from the id, so it is the same on every node.
    pub number: String,
    /// The id.
    pub id: DecisionId,
    /// What it would change, in one sentence.
    pub sentence: String,
    /// What became of it.
    pub status: DecisionStatus,
    /// Whether it waits for this organisation's signature.
    pub waits_for_me: bool,
    /// Whom it waits for, by code.
    #[serde(default)]
    pub waits_for: Vec<String>,
    /// When it was settled: the time of the last vote on it, as its author says, in seconds since 1970. None while it is open.
    #[serde(default)]
    pub settled: Option<u64>,
}

/// What a secretariat said.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct VoteView {
    /// Its code.
    pub secretariat: String,
    /// `signed`, `refused`, `signed_other` or `not_yet`.
    pub said: String,
    /// Why it refused.
    pub why: Option<String>,
    /// When, as it says: seconds since 1970.
    pub time: Option<u64>,
}

/// A decision whole.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DecisionView {
    /// The line of it.
    #[serde(flatten)]
    pub summary: DecisionSummary,
    /// What it would change, in sentences.
    pub effects: Vec<String>,
    /// Who proposed it (code), and when, as it says.
    pub proposed_by: Vec<(String, u64)>,
    /// A line for each secretariat.
    pub votes: Vec<VoteView>,
    /// The code of the secretariat that is held to be lost, where this is a recovery: it is decided without its signature.
    #[serde(default)]
    pub without: Option<String>,
    /// Why it would have no effect as things stand, if it would not.
    #[serde(default)]
    pub objection: Option<String>,
    /// What else was proposed about the same, of which only one can come in force.
    #[serde(default)]
    pub rivals: Vec<RivalView>,
    /// What each side can do, where that is not plain.
    #[serde(default)]
    pub choices: Vec<String>,
}

/// Another decision about the same.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RivalView {
    /// The line of it.
    #[serde(flatten)]
    pub summary: DecisionSummary,
    /// What it would change, in sentences.
    pub effects: Vec<String>,
    /// The codes of those who signed it.
    pub signed: Vec<String>,
}

/// A decision that was put up for signatures.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Proposed {
    /// It.
    pub decision: DecisionView,
    /// Whether somebody had proposed the very same before.
    pub known: bool,
}

/// A vote that was cast.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Signed {
    /// The decision as it stands now.
    pub decision: DecisionView,
}
