//! Ratified versions of a document, as the document that is held here bears them out.
//!
//! That a version is in force is governance's word; that it is whole here, says what was signed and goes on from the
//! version before is looked at on the document itself, each time that it is read.

use std::collections::BTreeSet;

use accord_core::admission::Reason;
use accord_core::governance::{Governance, Operation, Subject};
use accord_core::{ChangeHash, DecisionId, DocumentId};
use accord_document::Hash;
use accord_words::say;
use minicbor::{Decode, Encode};

use super::documents::Reading;
use super::{DocumentKey, Programme};

/// How a ratified version stands on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(crate) enum VersionState {
    /// All of it is here and says what was signed.
    #[n(0)]
    Whole,
    /// Changes of it are not here yet.
    #[n(1)]
    Waiting,
    /// Something in it is malformed inside: it cannot be shown.
    #[n(2)]
    Malformed,
    /// What its changes give is not what was signed.
    #[n(3)]
    OtherContent,
    /// It leaves out some of the version before.
    #[n(4)]
    LeavesOut,
}

impl VersionState {
    /// What is wrong with it, if it is more than a matter of waiting.
    pub(crate) fn alarm(self) -> Option<String> {
        match self {
            VersionState::Whole | VersionState::Waiting => None,
            VersionState::Malformed => Some(say!("version-malformed")),
            VersionState::OtherContent => Some(say!("version-other-content")),
            VersionState::LeavesOut => Some(say!("version-leaves-out")),
        }
    }
}

/// A version that every secretariat signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    /// Its number: 1 is the first.
    pub(crate) number: u32,
    /// The decision that made it.
    pub(crate) decision: DecisionId,
    /// The changes that end it.
    pub(crate) heads: Vec<Hash>,
    /// The hash of its canonical form, as signed.
    pub(crate) content: [u8; 32],
    /// How it stands here.
    pub(crate) state: VersionState,
}

/// What a decision would freeze.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frozen {
    pub(crate) key: DocumentKey,
    pub(crate) number: u32,
    pub(crate) decision: DecisionId,
    pub(crate) heads: Vec<Hash>,
    pub(crate) content: [u8; 32],
}

impl Frozen {
    /// What `decision` would freeze; none if it does something else.
    pub(crate) fn of(governance: &Governance, decision: &DecisionId) -> Option<Self> {
        let decision = governance.decision(decision)?;
        Self::read(decision.id, decision.decision)
    }

    fn read(id: DecisionId, decision: &accord_core::governance::Decision) -> Option<Self> {
        let (Operation::Ratify { space, heads, content }, Subject::Document(document)) =
            (&decision.operation, &decision.subject)
        else {
            return None;
        };
        let heads = heads.iter().map(|head| head.0).collect();
        let key = DocumentKey { space: *space, id: *document };
        Some(Self { key, number: decision.version, decision: id, heads, content: *content })
    }

    /// How it stands against the document that is held: `before` is the version that it follows.
    pub(crate) fn state(&self, reading: &Reading, before: Option<&Version>) -> VersionState {
        let document = &reading.document;
        let missing = document.missing_deps(&self.heads);
        if !missing.is_empty() {
            let malformed = |head: &Hash| {
                matches!(reading.quarantined.get(&ChangeHash(*head)), Some(Reason::Guard | Reason::Ancestor))
            };
            return if missing.iter().any(malformed) {
                VersionState::Malformed
            } else {
                VersionState::Waiting
            };
        }
        if document.content_hash(&self.heads).ok() != Some(self.content) {
            return VersionState::OtherContent;
        }
        let contained = |head: &Hash| document.is_ancestor(head, &self.heads);
        if before.is_some_and(|before| !before.heads.iter().all(contained)) {
            return VersionState::LeavesOut;
        }
        VersionState::Whole
    }
}

/// What the list of documents keeps about the last version.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct LastVersion {
    #[n(0)]
    pub(crate) number: u32,
    #[n(1)]
    pub(crate) decision: DecisionId,
    /// How many changes of the document are not in it; none while it is not whole here.
    #[n(2)]
    pub(crate) since: Option<u32>,
    #[n(3)]
    pub(crate) state: VersionState,
}

impl Reading {
    /// Its last ratified version.
    pub(crate) fn last_version(&self) -> Option<LastVersion> {
        let last = self.versions.last()?;
        let since = self.document.changes_since(&last.heads).ok();
        Some(LastVersion {
            number: last.number,
            decision: last.decision,
            since: since.map(|since| u32::try_from(since).unwrap_or(u32::MAX)),
            state: last.state,
        })
    }
}

impl Programme {
    /// The ratified versions of a document that was read, in order. What was found whole stays so: its changes are in
    /// the document for ever, so it is not hashed again.
    pub(super) fn versions(&self, reading: &Reading, known: &[Version]) -> Vec<Version> {
        let frozen: Vec<Frozen> = {
            let governance = self.governance();
            let versions = governance.versions(&Subject::Document(reading.key.id));
            let all = versions.into_iter().filter_map(|(_, id, decision)| Frozen::read(id, decision));
            all.filter(|frozen| frozen.key == reading.key).collect()
        };
        let mut versions: Vec<Version> = Vec::with_capacity(frozen.len());
        for (at, one) in frozen.into_iter().enumerate() {
            let same = known.get(at).filter(|v| v.decision == one.decision && v.state == VersionState::Whole);
            let still = same.is_some() && reading.document.missing_deps(&one.heads).is_empty();
            let state = if still { VersionState::Whole } else { one.state(reading, versions.last()) };
            let Frozen { number, decision, heads, content, .. } = one;
            versions.push(Version { number, decision, heads, content, state });
        }
        versions
    }
}

impl Programme {
    /// Has documents read anew whose ratification may have changed. Ids are chosen by whoever makes a document, so there may
    /// be one in each space.
    pub(super) fn versions_moved(&self, documents: &BTreeSet<DocumentId>) {
        if documents.is_empty() {
            return;
        }
        let spaces = self.logs.spaces();
        let keys =
            documents.iter().flat_map(|id| spaces.iter().map(|space| DocumentKey { space: *space, id: *id }));
        // Where the store cannot be read the document is marked all the same; reading it then tells.
        self.documents
            .stale(keys.filter(|key| !matches!(self.logs.document_in(&key.space, &key.id), Ok(None))));
    }
}

/// The decision that ratified a document of a space last.
pub(super) fn last_decision(governance: &Governance, key: &DocumentKey) -> Option<DecisionId> {
    let versions = governance.versions(&Subject::Document(key.id));
    let of_key = |(_, id, decision): (u32, DecisionId, _)| {
        Frozen::read(id, decision).filter(|frozen| frozen.key == *key).map(|_| id)
    };
    versions.into_iter().rev().find_map(of_key)
}
