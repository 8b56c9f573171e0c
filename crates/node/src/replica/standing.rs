//! Entries that are held and do not count, or not yet: kept in a list, so that they can be shown without reading
//! every log.

use std::collections::BTreeSet;

use accord_core::admission::{Reason, Standing, WaitingFor, standing_in};
use accord_core::{Body, ChangeHash, DocumentId, Entry, Head, LogId, SpaceId};
use accord_store::{Op, Scan, StoreError, Tree, walk};
use accord_words::say;
use minicbor::{Decode, Encode};

use super::{DocumentKey, Programme};

/// One entry of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldBack {
    pub(crate) log: LogId,
    pub(crate) entry: Head,
    pub(crate) document: Option<DocumentKey>,
    /// The change in it, if it is one.
    pub(crate) change: Option<ChangeHash>,
    pub(crate) standing: Standing,
}

/// The stored form: space, document, and whether it waits.
#[derive(Debug, Encode, Decode)]
#[cbor(array)]
struct Mark {
    #[n(0)]
    space: SpaceId,
    #[n(1)]
    document: Option<DocumentId>,
}

pub(super) fn key(log: &LogId, entry: &Head) -> Vec<u8> {
    let mut key = vec![b's'];
    key.extend_from_slice(&log.space.0);
    key.extend_from_slice(&log.device.0);
    key.extend_from_slice(&entry.seq.to_be_bytes());
    // Two histories of a log have different entries at one position.
    key.extend_from_slice(&entry.id.0);
    key
}

pub(super) fn read_key(key: &[u8]) -> Option<(LogId, Head)> {
    let (space, rest) = key.get(1..)?.split_at_checked(32)?;
    let (device, rest) = rest.split_at_checked(32)?;
    let (seq, id) = rest.split_at_checked(8)?;
    let log = LogId { space: space.try_into().ok()?, device: device.try_into().ok()? };
    Some((log, Head { seq: u64::from_be_bytes(seq.try_into().ok()?), id: id.try_into().ok()? }))
}

fn document_of(entry: &Entry) -> Option<DocumentKey> {
    let space = entry.header().space;
    match &entry.header().body {
        Body::Create { document: id, .. } | Body::Change { document: id, .. } => {
            Some(DocumentKey { space, id: *id })
        }
        Body::Governance { .. } | Body::Unknown(_) => None,
    }
}

fn held(log: LogId, entry: &Entry, standing: Standing) -> HeldBack {
    let header = entry.header();
    let change = match header.body {
        Body::Change { change, .. } => Some(change),
        _ => None,
    };
    let head = Head { seq: header.seq, id: entry.id() };
    HeldBack { log, entry: head, document: document_of(entry), change, standing }
}

pub(super) fn mark(entry: &Entry) -> Op {
    let header = entry.header();
    let log = LogId { space: header.space, device: header.device };
    let mark = Mark { space: header.space, document: document_of(entry).map(|key| key.id) };
    let head = Head { seq: header.seq, id: entry.id() };
    Op::put(Tree::Waiting, key(&log, &head), accord_core::encode(&mark))
}

impl Programme {
    /// Lists those of these stored entries that are not in position.
    pub(super) fn mark_standing<'a>(&self, entries: impl Iterator<Item = &'a Entry>) {
        let mut ops = Vec::new();
        // Entries of a run mostly share author and authority, and with them their standing.
        let mut last = None;
        for entry in entries {
            let header = entry.header();
            let same = (header.space, header.device, header.authority);
            let judged = self.judged(&header.space);
            let known = !matches!(header.body, Body::Unknown(_)) && judged.is_plain(&header.device);
            let in_position = match last {
                Some((of, in_position)) if known && of == same => in_position,
                _ => standing_in(&self.governance(), &judged.forks, header) == Standing::InPosition,
            };
            last = known.then_some((same, in_position));
            if !in_position {
                ops.push(mark(entry));
            }
        }
        self.commit_marks(ops);
    }

    /// Lists those entries of a log that are not in position, after what it is judged by changed.
    pub(super) fn mark_log(&self, log: &LogId) {
        for branch in (0..).take(self.logs.branches(log).all().len()) {
            self.each_entry(log, branch, 1, |entry| self.mark_standing(std::iter::once(entry)));
        }
    }

    /// Judges the listed entries anew after governance changed: what is in position now leaves the list, and its
    /// document is read anew.
    pub(super) fn standing_changed(&self) {
        let mut ops = Vec::new();
        let mut documents = BTreeSet::new();
        for held in self.held_back() {
            if held.standing == Standing::InPosition {
                ops.push(Op::delete(Tree::Waiting, key(&held.log, &held.entry)));
                documents.extend(held.document);
            }
        }
        self.documents.stale(documents);
        self.commit_marks(ops);
    }

    /// Every listed entry with its standing now, irregular ones included.
    pub(crate) fn held_back(&self) -> Vec<HeldBack> {
        let mut found = Vec::new();
        // Their keys say all that is needed: a damaged value takes nothing away.
        let listed = Scan::prefix(Tree::Waiting, [b's']);
        let walked = walk::<StoreError>(self.logs.store().as_ref(), &listed, |key, _| {
            found.extend(self.judge(key));
            Ok(())
        });
        if let Err(error) = walked {
            tracing::error!(%error, "the list of waiting entries cannot be read");
        }
        for place in self.logs.irregular().unwrap_or_default() {
            let Some(entry) = self.entry_on(&place.log, place.branch, place.seq) else { continue };
            found.push(held(place.log, &entry, Standing::Quarantined(Reason::Irregular)));
        }
        found
    }

    fn judge(&self, key: &[u8]) -> Option<HeldBack> {
        let (log, head) = read_key(key)?;
        let branch = self.logs.find(&log, head.seq, &head.id).ok()??;
        let entry = self.entry_on(&log, branch, head.seq)?;
        let standing = self.standing(entry.header());
        Some(held(log, &entry, standing))
    }

    fn entry_on(&self, log: &LogId, branch: u32, seq: u64) -> Option<Entry> {
        self.logs.read_on(log, branch, (seq, seq), 1, 0).ok()?.pop()
    }

    pub(super) fn commit_marks(&self, ops: Vec<Op>) {
        if ops.is_empty() {
            return;
        }
        // The list only serves to show: admission judges the entries themselves. So a failure is told and survived.
        if let Err(error) = self.logs.store().commit(ops) {
            tracing::error!(%error, "the list of waiting entries could not be written");
        }
    }
}

/// What an entry waits for, in words.
pub(crate) fn waiting_words(what: WaitingFor) -> String {
    match what {
        WaitingFor::Founding => say!("waits-founding"),
        WaitingFor::Authority => say!("waits-decisions"),
        WaitingFor::Ancestor => say!("waits-change"),
        WaitingFor::Branch => say!("waits-branch"),
    }
}
