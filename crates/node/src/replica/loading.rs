//! Reading a document from the logs: judge what arrived, apply what is admitted, keep a snapshot now and then.

mod arrived;
mod guarding;

use std::collections::{BTreeMap, BTreeSet};

use accord_core::admission::{Admission, Admitted, Base, Reason, WaitingFor, standing_in};
use accord_core::api::Problem;
use accord_core::governance::{Governance, Operation, Subject};
use accord_core::{ChangeHash, CodecError, DeviceId, decode, encode};
use accord_document::{Document, GuardError, Hash};
use accord_store::{Op, Tree};
use accord_words::problem;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use self::arrived::Arrived;
pub(super) use self::arrived::Pending;
use self::guarding::Guarded;
use super::documents::{NoKind, Reading, unknown_rule};
use super::judging::Judgement;
use super::programme::logs_problem;
use super::{DocumentKey, Programme, store_problem};

/// After how many newly arrived entries a snapshot is written: loading a hundred changes beside one costs half as
/// much again as the snapshot alone.
const SNAPSHOT_EVERY: u64 = 100;

/// The largest snapshot that is kept, in bytes: what the store takes as one value.
const MAX_SNAPSHOT: usize = 3 << 20;

/// How often a snapshot is compared with its entries while more of them arrive.
const COMPARISONS: usize = 3;

/// The stored form of a document that was read. A cache: losing it costs time only.
#[derive(Encode, Decode)]
#[cbor(array)]
struct Snapshot {
    #[n(0)]
    arrived: u64,
    /// The numbers of those that are not admitted, as stretches: the first, and how many.
    #[n(1)]
    pending: Vec<(u64, u64)>,
    #[n(2)]
    authors: Vec<DeviceId>,
    #[n(3)]
    actors: Vec<(ByteVec, DeviceId)>,
    #[n(4)]
    exists: bool,
    #[n(5)]
    document: ByteVec,
    #[n(6)]
    judged: Judgement,
    /// Changes kept although they are not in position, with why.
    #[n(7)]
    kept: Vec<(ChangeHash, u8)>,
    /// Changes whose authors knew that what they built on counts no more, with what that is.
    #[n(8)]
    reported: Option<Vec<(ChangeHash, Vec<ChangeHash>)>>,
}

impl Programme {
    /// Reads a document, going on from `held` or from a snapshot where there is one.
    pub(super) fn load(&self, id: &DocumentKey, held: Option<&Reading>) -> Result<Reading, Problem> {
        let mut reading = self.load_only(id, held)?;
        self.keep_snapshot(&mut reading);
        Ok(reading)
    }

    /// The same, and writes nothing.
    pub(super) fn load_only(&self, id: &DocumentKey, held: Option<&Reading>) -> Result<Reading, Problem> {
        let record = self.logs.document_in(&id.space, &id.id).map_err(|e| logs_problem(&e))?;
        let record = record.ok_or_else(|| problem!("no-document-id", id = id.to_string()))?;
        // The one place where documents are loaded: what must not load any is held to it by this line.
        tracing::debug!(document = %id, known = held.is_some(), "reading a document");
        // Where something else is in force now, what was judged before counts for nothing.
        let judged = self.judgement(&id.space);
        let rule = unknown_rule(&self.governance());
        if let Some(rule) = rule {
            let kind = Err(NoKind::Rule(rule));
            return Ok(Reading { kind, exists: true, ..Reading::nothing(*id, judged) });
        }
        let start = held.cloned().or_else(|| self.snapshot(id)).filter(|start| start.judged == judged);
        let start = start.unwrap_or_else(|| Reading::nothing(*id, judged));
        let from_nothing = start.arrived == 0;
        let mut reading = self.go_on(start)?;
        let strict = reading.for_their_ancestors();
        let now = self.governance().work();
        if !from_nothing && !strict.is_empty() && (reading.strict.0 != now || reading.strict.1 != strict) {
            // Judged against all authors of what was there before, which is stricter than it has to be.
            reading = self.go_on(Reading::nothing(*id, judged))?;
        }
        // From nothing it is the same again as long as governance stands as it does.
        reading.strict = (now, reading.for_their_ancestors());
        let name = record.kind.or_else(|| reading.document.kind_name());
        reading.kind = match name {
            Some(name) => self.kind(&name),
            None => Err(NoKind::NotHere),
        };
        reading.versions = self.versions(&reading, held.map_or(&[], |held| &held.versions));
        Ok(reading)
    }

    /// Whether a snapshot is what the entries give that it was made of; none if it cannot be compared: since it was judged
    /// by something else than what is in force now, or is judged anew from nothing whenever it is read, or something is
    /// lost that it still has.
    pub(super) fn snapshot_holds(&self, id: &DocumentKey) -> Result<Option<bool>, Problem> {
        let judged = self.judgement(&id.space);
        for _ in 0..COMPARISONS {
            let Some(snapshot) = self.snapshot(id) else { return Ok(Some(false)) };
            if snapshot.judged != judged {
                return Ok(None);
            }
            let made_of = snapshot.arrived;
            let fresh = self.go_on(Reading::nothing(*id, judged))?;
            let from = self.go_on(snapshot)?;
            if fresh.lacks > 0 || from.lacks > 0 || !from.for_their_ancestors().is_empty() {
                return Ok(None);
            }
            if fresh.arrived == from.arrived {
                return Ok(Some(fresh.is_like(&from)));
            }
            if made_of > fresh.arrived {
                return Ok(Some(false));
            }
            // Something arrived between the two.
        }
        Ok(None)
    }

    /// Takes in what has arrived about the document since, and judges it with what was not admitted before.
    fn go_on(&self, mut reading: Reading) -> Result<Reading, Problem> {
        let space = reading.key.space;
        let (mut news, mut payloads) = self.arrived(&reading)?;
        let judged = self.judged(&space);
        let governance = self.governance();
        news.judge(&reading, |header| standing_in(&governance, &judged.forks, header));
        let ratified = ratified(&governance, &reading.key);
        let admit = |reading: &Reading, passes: &dyn Fn(&ChangeHash) -> bool| {
            let document = &reading.document;
            let holds = |hash: &ChangeHash| document.has_change(&hash.0);
            let beyond = |hash: &ChangeHash| reading.beyond_cut(hash);
            let base = Base { holds: &holds, authors: &reading.authors, beyond: &beyond };
            let admission = Admission::new(&governance, space).ratified(&ratified).guard(passes);
            admission.admit(Some(base), news.candidates())
        };
        let mut admitted = admit(&reading, &|hash| !reading.malformed.contains_key(hash));
        let gone = self.read_admitted(&reading, &news, &admitted, &mut payloads)?;
        let mut guarded = guarding::judge(&mut reading.document, &admitted, &news, &payloads);
        let refused = !guarded.refused.is_empty();
        // By the rule a change is malformed for ever, and is not looked at again.
        guarded.refused.extend(reading.malformed.iter().map(|(hash, why)| (*hash, why.clone())));
        if refused {
            // What only those vouched for that the guard refuses is not admitted either.
            admitted = admit(&reading, &|hash| !guarded.refused.contains_key(hash));
        }
        guarded.name(&mut admitted);
        drop(governance);
        news.note_lost(gone);
        reading.apply(&admitted, guarded, &news);
        reading.exists |= news.created;
        reading.arrived = news.arrived;
        reading.lacks = news.lacks();
        reading.pending = news.left(&reading.document);
        Ok(reading)
    }

    fn snapshot(&self, id: &DocumentKey) -> Option<Reading> {
        let read = || -> Result<Option<Reading>, String> {
            let value = self.logs.store().get(Tree::Snapshots, &id.bytes(b'd')).map_err(|e| e.to_string())?;
            let Some(value) = value else { return Ok(None) };
            let snapshot: Snapshot = decode(&value).map_err(|e: CodecError| e.to_string())?;
            let document = Document::load(&snapshot.document).map_err(|e| e.to_string())?;
            Ok(Some(Reading {
                document,
                exists: snapshot.exists,
                actors: snapshot.actors.into_iter().map(|(actor, device)| (actor.to_vec(), device)).collect(),
                authors: snapshot.authors.into_iter().collect(),
                arrived: snapshot.arrived,
                pending: arrived::unread(&snapshot.pending),
                saved_at: snapshot.arrived,
                kept: snapshot.kept.into_iter().map(|(hash, reason)| (hash, reason_of(reason))).collect(),
                reported: snapshot
                    .reported
                    .into_iter()
                    .flatten()
                    .map(|(hash, on)| (hash, on.into_iter().collect()))
                    .collect(),
                ..Reading::nothing(*id, snapshot.judged)
            }))
        };
        read().unwrap_or_else(|error| {
            tracing::warn!(document = %id, error, "a snapshot cannot be used; reading the log instead");
            None
        })
    }

    /// Writes a snapshot when enough has arrived since the last one. A failure costs time later and nothing else.
    fn keep_snapshot(&self, reading: &mut Reading) {
        if reading.arrived < reading.saved_at + SNAPSHOT_EVERY {
            return;
        }
        let bytes = reading.document.save();
        let snapshot = Snapshot {
            arrived: reading.arrived,
            pending: arrived::stretches(&reading.pending),
            authors: reading.authors.iter().copied().collect(),
            actors: reading.actors.iter().map(|(actor, device)| (actor.clone().into(), *device)).collect(),
            exists: reading.exists,
            document: bytes.into(),
            judged: reading.judged,
            kept: reading.kept.iter().map(|(hash, reason)| (*hash, code_of(*reason))).collect(),
            reported: Some(
                reading.reported.iter().map(|(hash, on)| (*hash, on.iter().copied().collect())).collect(),
            ),
        };
        let value = encode(&snapshot);
        if value.len() > MAX_SNAPSHOT {
            tracing::debug!(document = %reading.key, size = value.len(), "too large for a snapshot");
            return;
        }
        let op = Op::put(Tree::Snapshots, reading.key.bytes(b'd'), value);
        match self.logs.store().commit(vec![op]) {
            Ok(()) => reading.saved_at = reading.arrived,
            Err(error) => tracing::warn!(problem = %store_problem(&error), "no snapshot was written"),
        }
    }
}

/// The heads of each ratified version of a document, in order.
pub(crate) fn ratified(governance: &Governance, key: &DocumentKey) -> Vec<Vec<ChangeHash>> {
    let versions = governance.versions(&Subject::Document(key.id));
    let heads = versions.into_iter().filter_map(|(_, _, decision)| match &decision.operation {
        Operation::Ratify { space, heads, .. } if *space == key.space => Some(heads.clone()),
        _ => None,
    });
    heads.collect()
}

/// Why a change is kept apart, as a snapshot stores it.
fn code_of(reason: Reason) -> u8 {
    match reason {
        Reason::Removed => 1,
        Reason::Revoked => 2,
        Reason::Fork => 3,
        Reason::NoAccess => 4,
        Reason::Surplus => 5,
        _ => 0,
    }
}

fn reason_of(code: u8) -> Reason {
    match code {
        1 => Reason::Removed,
        2 => Reason::Revoked,
        3 => Reason::Fork,
        4 => Reason::NoAccess,
        5 => Reason::Surplus,
        _ => Reason::OtherBranch,
    }
}

impl Reading {
    fn nothing(key: DocumentKey, judged: Judgement) -> Self {
        Self {
            key,
            document: Document::empty(),
            kind: Err(NoKind::NotHere),
            exists: false,
            actors: BTreeMap::new(),
            authors: BTreeSet::new(),
            arrived: 0,
            pending: BTreeMap::new(),
            saved_at: 0,
            judged,
            kept: BTreeMap::new(),
            reported: BTreeMap::new(),
            waiting: BTreeMap::new(),
            quarantined: BTreeMap::new(),
            malformed: BTreeMap::new(),
            strict: (0, BTreeSet::new()),
            lacks: 0,
            versions: Vec::new(),
        }
    }

    /// The changes in quarantine for what they were made on.
    fn for_their_ancestors(&self) -> BTreeSet<ChangeHash> {
        let of = self.quarantined.iter().filter(|(_, reason)| **reason == Reason::Ancestor);
        of.map(|(hash, _)| *hash).collect()
    }

    /// Whether two readings of the same entries came to the same.
    fn is_like(&self, other: &Self) -> bool {
        (self.document.heads(), self.exists, &self.authors, &self.actors, &self.kept)
            == (other.document.heads(), other.exists, &other.authors, &other.actors, &other.kept)
            && self.pending.keys().eq(other.pending.keys())
            && self.waiting.keys().eq(other.waiting.keys())
            && self.quarantined.keys().eq(other.quarantined.keys())
    }

    /// Applies what was admitted.
    fn apply(&mut self, judged: &Admitted, guarded: Guarded, news: &Arrived) {
        self.waiting = judged.waiting.clone();
        self.quarantined = judged.quarantined.clone();
        self.kept.extend(&judged.kept);
        self.reported.extend(judged.reported.iter().map(|(change, on)| (*change, on.clone())));
        for (hash, reason) in guarded.refused {
            // Of two histories of one author another may come to stand.
            if !matches!(reason, GuardError::Twin { .. }) && !self.malformed.contains_key(&hash) {
                tracing::warn!(document = %self.key, change = %hash, %reason, "the guard refused a change");
                self.malformed.insert(hash, reason);
            }
        }
        let admitted: BTreeSet<&ChangeHash> = judged.admitted.iter().collect();
        let wanted = |hash: &Hash| admitted.contains(&ChangeHash(*hash));
        for refused in self.document.apply_judged(guarded.judged, wanted).refused {
            // By the rule it passes, and other nodes may hold it: this one does not see what they see.
            if let (Some(hash), GuardError::Trial(_)) = (refused.hash, &refused.reason) {
                tracing::error!(document = %self.key, change = %ChangeHash(hash), reason = %refused.reason, "a change cannot be applied");
                self.quarantined.insert(ChangeHash(hash), Reason::Guard);
            }
        }
        for hash in judged.admitted.iter().filter(|hash| self.document.has_change(&hash.0)) {
            let Some((device, actor, _)) = news.author(hash) else { continue };
            self.authors.insert(device);
            self.actors.insert(actor.to_vec(), device);
            self.exists = true;
        }
        for hash in judged.admitted.iter().filter(|hash| !self.document.has_change(&hash.0)) {
            // Made on one that could not be applied.
            if !self.quarantined.contains_key(hash) {
                self.waiting.insert(*hash, WaitingFor::Ancestor);
            }
        }
    }
}
