//! What is held and does not count, as people are told of it: by its place in the logs, and by what its document says.
//!
//! An entry that is beyond a cut counts all the same where somebody built on it before he could know, and one that is in
//! position does not where the guard refuses it: only the document tells.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use accord_core::admission::Standing;
use accord_core::{ChangeHash, DeviceId, EntryId, Head, LogId};

use super::loading::Pending;
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
    /// The changes that were built on what counts no more by somebody who knew it.
    pub(crate) knowing: Vec<Knowing>,
}

/// A change whose author knew that what it was built on counts no more.
#[derive(Debug)]
pub(crate) struct Knowing {
    /// The document.
    pub(crate) document: DocumentKey,
    /// Which it is.
    pub(crate) change: ChangeHash,
    /// Who made it.
    pub(crate) author: DeviceId,
    /// Who made what it was built on.
    pub(crate) built_on: BTreeSet<DeviceId>,
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
            apart.held.extend(not_in(&reading).into_iter().filter(|held| !told.contains(&held.entry.id)));
        }
        // What they built on is held back, so their documents were read.
        apart.knowing.extend(looked.0.values().flatten().flat_map(|reading| knowing(reading)));
        apart
    }
}

/// The changes of a document that was read whose authors knew that what they built on counts no more.
pub(crate) fn knowing(reading: &Reading) -> Vec<Knowing> {
    let built = reading.built_knowingly();
    let told = built.iter().filter_map(|(change, on)| {
        let built_on = on.iter().filter_map(|on| reading.author_of(on)).collect();
        let author = reading.author_of(change)?;
        Some(Knowing { document: reading.key, change: *change, author, built_on })
    });
    told.collect()
}

/// The changes of a document that arrived and are not in it.
fn not_in(reading: &Reading) -> Vec<HeldBack> {
    let standing = |change: &ChangeHash| {
        let waits = reading.waiting.get(change).map(|what| Standing::Waiting(*what));
        waits.or_else(|| reading.quarantined.get(change).map(|why| Standing::Quarantined(*why)))
    };
    let held = |pending: &Pending| {
        let (header, change) = (&pending.header, pending.change()?);
        Some(HeldBack {
            log: LogId { space: header.space, device: header.device },
            entry: Head { seq: header.seq, id: pending.id },
            document: Some(reading.key),
            change: Some(change),
            standing: standing(&change)?,
        })
    };
    reading.pending.values().flatten().filter_map(|pending| held(pending)).collect()
}
