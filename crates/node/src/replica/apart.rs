//! What is held and does not count, as people are told of it: by its place in the logs, and by what its document says.
//!
//! An entry that is beyond a cut counts all the same where somebody built on it before he could know, and one that is in
//! position does not where the guard refuses it: only the document tells.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use accord_core::admission::Standing;
use accord_core::{Body, ChangeHash, EntryId, Head, LogId};

use super::standing::HeldBack;
use super::{DocumentKey, Programme, Reading};

/// How many documents are read to tell this: of entries of further ones only their place is told.
const MAX_READ: usize = 64;

/// What is held and does not count by itself.
#[derive(Debug, Default)]
pub(crate) struct Apart {
    /// What changes nothing, or not yet.
    pub(crate) held: Vec<HeldBack>,
    /// What counts all the same.
    pub(crate) kept: Vec<HeldBack>,
}

/// The documents read so far.
#[derive(Default)]
struct Looked(BTreeMap<DocumentKey, Option<Arc<Reading>>>);

impl Looked {
    fn at(&mut self, programme: &Programme, key: &DocumentKey) -> Option<Arc<Reading>> {
        if !self.0.contains_key(key) {
            if self.0.len() >= MAX_READ {
                return None;
            }
            self.0.insert(*key, programme.read(key).ok());
        }
        self.0.get(key).cloned().flatten()
    }
}

impl Programme {
    /// Everything that is held and does not count by itself. Locks governance, and reads documents.
    pub(crate) fn apart(&self) -> Apart {
        let mut looked = Looked::default();
        let mut apart = Apart::default();
        let mut told: BTreeSet<EntryId> = BTreeSet::new();
        for held in self.held_back() {
            if held.standing == Standing::InPosition {
                continue;
            }
            told.insert(held.entry.id);
            let reading = held.document.and_then(|key| looked.at(self, &key));
            let counts = reading.is_some_and(|reading| match held.change {
                Some(change) => reading.document.has_change(&change.0),
                // The entry that creates a document has no content of its own.
                None => reading.exists,
            });
            if counts { apart.kept.push(held) } else { apart.held.push(held) }
        }
        // What is in position and does not count: made on what does not, or malformed inside.
        let summaries = self.summaries().unwrap_or_default();
        for (key, _) in summaries.iter().filter(|(_, summary)| summary.held_back > 0) {
            let Some(reading) = looked.at(self, key) else { continue };
            apart
                .held
                .extend(self.not_in(&reading).into_iter().filter(|held| !told.contains(&held.entry.id)));
        }
        apart
    }

    /// The changes of a document that arrived and are not in it.
    fn not_in(&self, reading: &Reading) -> Vec<HeldBack> {
        let DocumentKey { space, id } = reading.key;
        let arrived = match self.logs.arrivals_in(&space, &id, reading.pending_from) {
            Ok(arrived) => arrived,
            Err(error) => {
                tracing::error!(%error, "what arrived for a document cannot be read");
                return Vec::new();
            }
        };
        let standing = |change: &ChangeHash| {
            let waits = reading.waiting.get(change).map(|what| Standing::Waiting(*what));
            waits.or_else(|| reading.quarantined.get(change).map(|why| Standing::Quarantined(*why)))
        };
        let held = |entry: accord_core::Entry| {
            let header = entry.header();
            let Body::Change { change, .. } = header.body else { return None };
            Some(HeldBack {
                log: LogId { space: header.space, device: header.device },
                entry: Head { seq: header.seq, id: entry.id() },
                document: Some(reading.key),
                change: Some(change),
                standing: standing(&change)?,
            })
        };
        arrived.into_iter().filter_map(|(_, entry)| held(entry?)).collect()
    }
}
