//! What arrived about a document and is not in it: read once, and kept with what it is judged by. A change that is kept apart
//! for ever, of which there may be thousands, costs no further read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use accord_core::admission::{Admitted, Candidate, Standing};
use accord_core::api::Problem;
use accord_core::{Body, ChangeHash, DeviceId, Entry, Header};
use accord_document::{ChangeMeta, Document};

use super::super::documents::Reading;
use super::super::programme::logs_problem;
use super::Programme;

/// An entry about a document that is not in it, without its payload.
#[derive(Debug)]
pub(in crate::replica) struct Pending {
    pub(in crate::replica) header: Header,
    pub(in crate::replica) id: accord_core::EntryId,
    /// What the change in it was made on.
    pub(in crate::replica) deps: Vec<ChangeHash>,
    /// The change's actor, and its number among that actor's changes.
    actor: Vec<u8>,
    seq: u64,
}

impl Pending {
    fn of(entry: &Entry) -> Result<Self, Problem> {
        let header = entry.header().clone();
        let mut pending = Self { header, id: entry.id(), deps: Vec::new(), actor: Vec::new(), seq: 0 };
        if matches!(pending.header.body, Body::Change { .. }) {
            let meta = ChangeMeta::parse(entry.payload()).map_err(|e| Problem::from_error(&e))?;
            pending.deps = meta.deps.iter().copied().map(ChangeHash).collect();
            (pending.actor, pending.seq) = (meta.actor, meta.seq);
        }
        Ok(pending)
    }

    /// The change in it, if it is one.
    pub(in crate::replica) fn change(&self) -> Option<ChangeHash> {
        match self.header.body {
            Body::Change { change, .. } => Some(change),
            _ => None,
        }
    }
}

/// Changes as they were made.
pub(super) type Payloads = BTreeMap<ChangeHash, Vec<u8>>;

/// What arrived and is not in the document, ready to be judged.
pub(super) struct Arrived {
    /// By the number in the order of arrival.
    pending: BTreeMap<u64, Arc<Pending>>,
    candidates: Vec<Candidate>,
    by_change: BTreeMap<ChangeHash, u64>,
    /// Entries that create the document and are not in position.
    uncreated: BTreeSet<u64>,
    /// The numbers of those that are lost here. They are looked at again whenever the document is read, until they are back.
    lost: BTreeSet<u64>,
    /// Whether an entry in position creates the document.
    pub(super) created: bool,
    /// How many have arrived by now.
    pub(super) arrived: u64,
}

impl Programme {
    /// What arrived and is not in the document. Read is what arrived since, and of the rest what was not read since the start;
    /// with the changes that were read.
    pub(super) fn arrived(&self, reading: &Reading) -> Result<(Arrived, Payloads), Problem> {
        let key = &reading.key;
        let unread = reading.pending.iter().filter(|(_, pending)| pending.is_none());
        let unread: BTreeSet<u64> = unread.map(|(number, _)| *number).collect();
        let entries = self
            .logs
            .arrivals_beside(&key.space, &key.id, &unread, reading.arrived)
            .map_err(|e| logs_problem(&e))?;
        let known =
            reading.pending.iter().filter_map(|(number, known)| Some((*number, Arc::clone(known.as_ref()?))));
        let mut arrived = Arrived {
            pending: known.collect(),
            candidates: Vec::new(),
            by_change: BTreeMap::new(),
            uncreated: BTreeSet::new(),
            lost: BTreeSet::new(),
            created: false,
            arrived: reading.arrived,
        };
        let mut payloads = Payloads::new();
        for (number, _, entry) in entries {
            arrived.arrived = arrived.arrived.max(number + 1);
            let Some(entry) = entry else {
                arrived.lost.insert(number);
                continue;
            };
            let pending = Pending::of(&entry)?;
            if let Some(change) = pending.change().filter(|change| !reading.document.has_change(&change.0)) {
                payloads.insert(change, entry.payload().to_vec());
            }
            arrived.pending.insert(number, Arc::new(pending));
        }
        Ok((arrived, payloads))
    }

    /// Reads those of the changes that would be admitted which were not read just now. Gives the numbers of those that are
    /// lost.
    pub(super) fn read_admitted(
        &self,
        reading: &Reading,
        news: &Arrived,
        admitted: &Admitted,
        payloads: &mut Payloads,
    ) -> Result<BTreeSet<u64>, Problem> {
        let lacking = admitted.admitted.iter().filter(|hash| !payloads.contains_key(hash));
        let lacking: BTreeSet<u64> = lacking.filter_map(|hash| news.by_change.get(hash)).copied().collect();
        payloads.extend(self.changes_at(reading, &lacking)?);
        // What was whole when it was first read may be damaged by now.
        let gone = admitted.admitted.iter().filter(|hash| !payloads.contains_key(hash));
        Ok(gone.filter_map(|hash| news.by_change.get(hash)).copied().collect())
    }

    /// The changes of a document that arrived under these numbers.
    pub(in crate::replica) fn changes_at(
        &self,
        reading: &Reading,
        numbers: &BTreeSet<u64>,
    ) -> Result<Payloads, Problem> {
        if numbers.is_empty() {
            return Ok(Payloads::new());
        }
        let key = &reading.key;
        let read = self.logs.arrivals_beside(&key.space, &key.id, numbers, u64::MAX);
        let read = read.map_err(|e| logs_problem(&e))?;
        let change = |entry: &Entry| match entry.header().body {
            Body::Change { change, .. } => Some((change, entry.payload().to_vec())),
            _ => None,
        };
        Ok(read.iter().filter_map(|(.., entry)| change(entry.as_ref()?)).collect())
    }
}

impl Arrived {
    /// Judges all by their place.
    pub(super) fn judge(&mut self, reading: &Reading, standing: impl Fn(&Header) -> Standing) {
        for (number, pending) in &self.pending {
            let header = &pending.header;
            match pending.change() {
                Some(change) if !reading.document.has_change(&change.0) => {
                    self.candidates.push(Candidate {
                        hash: change,
                        deps: pending.deps.clone(),
                        device: header.device,
                        authority: header.authority,
                        standing: standing(header),
                    });
                    self.by_change.insert(change, *number);
                }
                None if matches!(header.body, Body::Create { .. }) => {
                    if standing(header) == Standing::InPosition {
                        self.created = true;
                    } else {
                        self.uncreated.insert(*number);
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// These are lost here too.
    pub(super) fn note_lost(&mut self, numbers: BTreeSet<u64>) {
        self.lost.extend(numbers);
    }

    /// How many are lost here.
    pub(super) fn lacks(&self) -> usize {
        self.lost.len()
    }

    /// Who made a change that arrived, as which actor and under which number.
    pub(super) fn author(&self, change: &ChangeHash) -> Option<(DeviceId, &[u8], u64)> {
        let of = self.pending.get(self.by_change.get(change)?)?;
        Some((of.header.device, &of.actor, of.seq))
    }

    /// Those that are not in the document now, and those that are lost here.
    pub(super) fn left(self, document: &Document) -> BTreeMap<u64, Option<Arc<Pending>>> {
        let uncreated = self.uncreated;
        let left = |(number, pending): &(u64, Arc<Pending>)| match pending.change() {
            Some(change) => !document.has_change(&change.0),
            None => uncreated.contains(number),
        };
        let lost = self.lost.into_iter().map(|number| (number, None));
        let known = self.pending.into_iter().filter(left).map(|(number, pending)| (number, Some(pending)));
        lost.chain(known).collect()
    }
}

/// Numbers as stretches of such that follow on each other.
pub(super) fn stretches(pending: &BTreeMap<u64, Option<Arc<Pending>>>) -> Vec<(u64, u64)> {
    let mut stretches: Vec<(u64, u64)> = Vec::new();
    for number in pending.keys() {
        match stretches.last_mut() {
            Some((first, count)) if *first + *count == *number => *count += 1,
            _ => stretches.push((*number, 1)),
        }
    }
    stretches
}

/// The inverse of [`stretches`]: none of them was read.
pub(super) fn unread(stretches: &[(u64, u64)]) -> BTreeMap<u64, Option<Arc<Pending>>> {
    stretches
        .iter()
        .flat_map(|(first, count)| *first..first.saturating_add(*count))
        .map(|n| (n, None))
        .collect()
}
