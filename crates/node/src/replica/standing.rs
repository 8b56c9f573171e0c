//! Entries that are held and do not count, or not yet: kept in a list, so that they can be shown without reading
//! every log.

use std::collections::BTreeSet;

use accord_core::admission::{Reason, Standing, WaitingFor, standing};
use accord_core::{Body, DocumentId, Entry, LogId, SpaceId};
use accord_store::{Op, Scan, Tree};
use minicbor::{Decode, Encode};

use super::Programme;

/// One entry of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldBack {
    pub(crate) log: LogId,
    pub(crate) seq: u64,
    pub(crate) document: Option<DocumentId>,
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

fn key(device: &accord_core::DeviceId, space: &SpaceId, seq: u64) -> Vec<u8> {
    let mut key = vec![b's'];
    key.extend_from_slice(&space.0);
    key.extend_from_slice(&device.0);
    key.extend_from_slice(&seq.to_be_bytes());
    key
}

fn document_of(entry: &Entry) -> Option<DocumentId> {
    match &entry.header().body {
        Body::Create { document, .. } | Body::Change { document, .. } => Some(*document),
        Body::Governance { .. } | Body::Unknown(_) => None,
    }
}

impl Programme {
    /// Lists those of these stored entries that are not in position.
    pub(super) fn mark_standing<'a>(&self, entries: impl Iterator<Item = &'a Entry>) {
        let governance = self.governance();
        let mut ops = Vec::new();
        // Entries of a run mostly share author and authority, and with them their standing.
        let mut last = None;
        for entry in entries {
            let header = entry.header();
            let same = (header.device, header.authority);
            let known = !matches!(header.body, Body::Unknown(_));
            if known && last == Some(same) {
                continue;
            }
            if standing(&governance, header) == Standing::InPosition {
                last = Some(same);
                continue;
            }
            let mark = Mark { space: header.space, document: document_of(entry) };
            let key = key(&header.device, &header.space, header.seq);
            ops.push(Op::put(Tree::Waiting, key, accord_core::encode(&mark)));
        }
        drop(governance);
        self.commit_marks(ops);
    }

    /// Judges the listed entries anew after governance changed: what is in position now leaves the list, and its
    /// document is read anew.
    pub(super) fn standing_changed(&self) {
        let mut ops = Vec::new();
        let mut documents = BTreeSet::new();
        for held in self.held_back() {
            if held.standing == Standing::InPosition {
                ops.push(Op::delete(Tree::Waiting, key(&held.log.device, &held.log.space, held.seq)));
                documents.extend(held.document);
            }
        }
        self.documents.stale(documents);
        self.commit_marks(ops);
    }

    /// Every listed entry with its standing now, irregular ones included.
    pub(crate) fn held_back(&self) -> Vec<HeldBack> {
        let mut found = Vec::new();
        let mut scan = Scan::prefix(Tree::Waiting, [b's']);
        loop {
            let page = match self.logs.store().scan(&scan) {
                Ok(page) => page,
                Err(error) => {
                    tracing::error!(%error, "the list of waiting entries cannot be read");
                    break;
                }
            };
            found.extend(page.items.iter().filter_map(|(key, _)| self.judge(key)));
            let Some(next) = page.next else { break };
            scan = scan.resume(next);
        }
        for place in self.logs.irregular().unwrap_or_default() {
            let document = self.entry(&place.log, place.seq).as_ref().and_then(document_of);
            let standing = Standing::Quarantined(Reason::Irregular);
            found.push(HeldBack { log: place.log, seq: place.seq, document, standing });
        }
        found
    }

    fn judge(&self, key: &[u8]) -> Option<HeldBack> {
        let (space, rest) = key.get(1..)?.split_at_checked(32)?;
        let (device, seq) = rest.split_at_checked(32)?;
        let log = LogId { space: space.try_into().ok()?, device: device.try_into().ok()? };
        let seq = u64::from_be_bytes(seq.try_into().ok()?);
        let entry = self.entry(&log, seq)?;
        let standing = standing(&self.governance(), entry.header());
        Some(HeldBack { log, seq, document: document_of(&entry), standing })
    }

    fn entry(&self, log: &LogId, seq: u64) -> Option<Entry> {
        self.logs.read(log, (seq, seq), 1, 0).ok()?.pop()
    }

    fn commit_marks(&self, ops: Vec<Op>) {
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
pub(crate) fn waiting_words(what: WaitingFor) -> &'static str {
    match what {
        WaitingFor::Founding => "both signatures under the founding",
        WaitingFor::Authority => "the decisions it was written under",
        WaitingFor::Ancestor => "a change it was made on",
        WaitingFor::Branch => "word on which of two histories of its author stands",
    }
}
