//! What arrived of documents, written many in one value, and put into the documents' own records later.
//!
//! Every key that a commit writes costs as much as an entry does, and a run can be about as many documents as it has
//! entries. So where a commit is about several documents, what it adds to them goes together into one value, a
//! *journal*, and the records themselves stay in memory, where every read finds them first. Once enough came together,
//! one commit puts all of them in their places and takes the journals away; after a start they are read back.
//!
//! A journal holds the whole record of a document that no earlier one has, and of any other what it adds: so journals
//! are read without reading anything else. Who reads documents does so through [`Journal`], which is the store with this one
//! difference.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use accord_core::admission::ActorState;
use accord_core::{DocumentId, encode};
use minicbor::{Decode, Encode};

use super::LogsError;
use super::arrivals::{Addition, Place, Stored};
use super::layout::{DOCUMENT_KEY, JOURNAL, Written, document_key, journal_key, read_journal_key};
use crate::scan::PageBuilder;
use crate::{Op, Page, Scan, Store, StoreError, Tree, walk};

/// When something goes into a journal, and when out of it.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// What one commit adds to fewer documents goes to their own places at once: a journal would save nothing.
    fewest: usize,
    /// What one adds to more does as well, so that the commit that puts them in their places later is never too large.
    most: usize,
    /// So many records are held in memory at most before they are put in their places …
    records: usize,
    /// … so many journals …
    journals: usize,
    /// … and so many bytes of them, which the next start has to read.
    bytes: usize,
}

const BOUNDS: Bounds = Bounds { fewest: 4, most: 2_048, records: 4_096, journals: 1_024, bytes: 1 << 20 };

/// What is in a journal.
#[derive(Debug, Encode, Decode)]
#[cbor(array)]
struct Lines {
    /// The number of the space of all of the documents.
    #[n(0)]
    space: u32,
    #[n(1)]
    lines: Vec<Line>,
}

/// What a journal says of one document.
#[derive(Debug, Encode, Decode)]
enum Line {
    /// Its whole record.
    #[n(0)]
    Whole(#[n(0)] DocumentId, #[n(1)] Stored),
    /// What is added to what an earlier journal says.
    #[n(1)]
    Added(#[n(0)] DocumentId, #[n(1)] Added),
}

#[derive(Debug, Encode, Decode)]
#[cbor(array)]
struct Added {
    /// The kinds that entries gave it.
    #[n(0)]
    kinds: Vec<String>,
    /// The positions of the entries.
    #[n(1)]
    seqs: Vec<u64>,
    /// The generation and sequence that the log's actor came to, if it has come anywhere.
    #[n(2)]
    actor: Option<(u32, u64)>,
}

impl Added {
    fn of(addition: &Addition, number: u32) -> Self {
        let actor = addition.stored.actor(number).map(|state| (state.generation, state.seq));
        Self { kinds: addition.kinds.clone(), seqs: addition.seqs.clone(), actor }
    }

    fn apply(&self, number: u32, stored: &mut Stored) {
        self.kinds.iter().for_each(|kind| stored.name(kind));
        for seq in &self.seqs {
            // The page that is full by it was written in the journal's own commit.
            stored.arrive(Place { number, seq: *seq });
        }
        if let Some((generation, seq)) = self.actor {
            stored.set_actor(number, ActorState { generation, seq });
        }
    }
}

/// A store whose newest records of documents may stand in journals.
pub(super) struct Journal {
    store: Arc<dyn Store>,
    bounds: Bounds,
    /// Held by who writes records, from the first look to the last step.
    kept: Mutex<Kept>,
    recent: RwLock<Recent>,
}

/// The records that the journals amount to, by the key of their place; none for one of which a part is not known because a
/// journal is damaged.
type Recent = BTreeMap<[u8; DOCUMENT_KEY], Option<Stored>>;

/// The journals in the store.
#[derive(Debug, Default)]
struct Kept {
    keys: Vec<Vec<u8>>,
    bytes: usize,
    /// The number of the next one.
    next: u64,
}

/// A journal as it was found, without what it says if it is damaged.
#[derive(Debug)]
pub(super) struct Found {
    written: Written,
    lines: Option<Lines>,
}

impl Journal {
    /// Reads the journals of a store, in their order. Nothing of documents may be read before they were given to
    /// [`Journal::replay`].
    pub(super) fn open(store: Arc<dyn Store>) -> Result<(Self, Vec<Found>), StoreError> {
        Self::open_with(store, BOUNDS)
    }

    fn open_with(store: Arc<dyn Store>, bounds: Bounds) -> Result<(Self, Vec<Found>), StoreError> {
        let (mut kept, mut found) = (Kept::default(), Vec::new());
        walk::<StoreError>(store.as_ref(), &Scan::prefix(Tree::Waiting, [JOURNAL]), |key, value| {
            kept.keys.push(key.to_vec());
            kept.bytes += value.map_or(0, <[u8]>::len);
            let Some((journal, written)) = read_journal_key(key) else { return Ok(()) };
            kept.next = kept.next.max(journal + 1);
            let lines = value.and_then(|value| minicbor::decode::<Lines>(value).ok());
            found.push(Found { written, lines });
            Ok(())
        })?;
        Ok((Self { store, bounds, kept: Mutex::new(kept), recent: RwLock::default() }, found))
    }

    /// Makes the records out of what was found. `about` tells which documents some entries are about, by the keys of their
    /// records: where a journal is damaged these read as damaged, in memory and once they are put in their places, until
    /// somebody writes them anew.
    pub(super) fn replay(
        &self,
        found: Vec<Found>,
        about: impl Fn(&Written) -> Result<BTreeSet<[u8; DOCUMENT_KEY]>, LogsError>,
    ) -> Result<(), LogsError> {
        let mut recent = self.recent_mut();
        for Found { written, lines } in found {
            let Some(Lines { space, lines }) = lines else {
                let spoilt = about(&written)?;
                tracing::error!(
                    documents = spoilt.len(),
                    "what is kept of documents beside their entries is damaged"
                );
                recent.extend(spoilt.into_iter().map(|key| (key, None)));
                continue;
            };
            for line in lines {
                match line {
                    Line::Whole(document, stored) => {
                        recent.insert(document_key(&document, space), Some(stored));
                    }
                    Line::Added(document, added) => {
                        let record = recent.entry(document_key(&document, space)).or_default();
                        if let Some(stored) = record {
                            added.apply(written.number, stored);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The record of a document.
    pub(super) fn stored(&self, document: &DocumentId, space: u32) -> Result<Option<Stored>, LogsError> {
        let key = document_key(document, space);
        let damaged = || Err(StoreError::Damaged { tree: Tree::Documents, key: key.to_vec() }.into());
        match self.recent().get(&key) {
            Some(Some(stored)) => return Ok(Some(stored.to_grow())),
            Some(None) => return damaged(),
            None => {}
        }
        match self.store.get(Tree::Documents, &key)? {
            None => Ok(None),
            Some(unknown) if unknown.is_empty() => damaged(),
            Some(value) => Stored::from_bytes(&value).map(Some),
        }
    }

    /// Puts every record in its place.
    pub(super) fn settle(&self) -> Result<(), StoreError> {
        self.settle_kept(&mut self.kept())
    }

    fn settle_kept(&self, kept: &mut Kept) -> Result<(), StoreError> {
        if kept.keys.is_empty() {
            return Ok(());
        }
        let mut ops: Vec<Op> = self
            .recent()
            .iter()
            .map(|(key, record)| Op::put(Tree::Documents, *key, value_of(record.as_ref())))
            .collect();
        ops.extend(kept.keys.iter().map(|key| Op::delete(Tree::Waiting, key.as_slice())));
        self.store.commit(ops)?;
        // Only now: until here reads found the same here as they find there from now on.
        self.recent_mut().clear();
        (kept.keys, kept.bytes) = (Vec::new(), 0);
        Ok(())
    }

    /// Commits what entries of one log add to documents of one space, and what belongs to the same commit.
    pub(super) fn add(
        &self,
        written: &Written,
        space: u32,
        additions: Vec<Addition>,
        mut others: Vec<Op>,
    ) -> Result<(), StoreError> {
        if additions.is_empty() {
            return self.store.commit(others);
        }
        let mut kept = self.kept();
        let count = additions.len();
        let mut fits = count <= self.bounds.most;
        if fits && self.is_full(&kept, count) {
            self.settle_kept(&mut kept)?;
        }
        let key = |addition: &Addition| document_key(&addition.document, space);
        let (lines, known) = {
            let recent = self.recent();
            let line = |of: &Addition| match recent.get(&key(of)) {
                Some(Some(_)) => Line::Added(of.document, Added::of(of, written.number)),
                _ => Line::Whole(of.document, of.stored.clone()),
            };
            let known = additions.iter().any(|of| recent.contains_key(&key(of)));
            fits &= known || count >= self.bounds.fewest;
            let lines: Vec<Line> = if fits { additions.iter().map(line).collect() } else { Vec::new() };
            (lines, known)
        };
        let value = encode(&Lines { space, lines });
        fits &= value.len() <= self.bounds.bytes;
        if !fits {
            if known {
                // A journal is read over what stands in its place.
                self.settle_kept(&mut kept)?;
            }
            others.extend(additions.iter().map(|of| Op::put(Tree::Documents, key(of), of.stored.to_bytes())));
            return self.store.commit(others);
        }
        // Taken whatever comes of the commit: a failed one may be on the disk.
        let journal = kept.next;
        kept.next += 1;
        let (name, bytes) = (journal_key(journal, written), value.len());
        others.push(Op::put(Tree::Waiting, name.as_slice(), value));
        self.store.commit(others)?;
        kept.keys.push(name);
        kept.bytes += bytes;
        self.recent_mut().extend(additions.into_iter().map(|of| (key(&of), Some(of.stored))));
        Ok(())
    }

    /// Whether there is no room for so many more before all are put in their places.
    fn is_full(&self, kept: &Kept, more: usize) -> bool {
        let Bounds { records, journals, bytes, .. } = self.bounds;
        self.recent().len() + more > records || kept.keys.len() >= journals || kept.bytes >= bytes
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Changed only after a commit, in steps that cannot panic.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn recent(&self) -> RwLockReadGuard<'_, Recent> {
        self.recent.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn recent_mut(&self) -> RwLockWriteGuard<'_, Recent> {
        self.recent.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// A page of documents: what the store below has, and over it what is recent.
    fn page(&self, recent: &Recent, scan: &Scan) -> Result<Page, StoreError> {
        let mut page = PageBuilder::new(scan);
        let mut rest = scan.clone();
        loop {
            let (items, upto, damaged) = match self.store.scan(&rest) {
                Ok(Page { items, next }) => (items, next, false),
                Err(StoreError::Damaged { key, .. }) => (Vec::new(), Some(key), true),
                Err(error) => return Err(error),
            };
            let within = match (&upto, scan.reverse) {
                (None, _) => rest.clone(),
                (Some(upto), false) => Scan { end: Some(upto.clone()), ..rest.clone() },
                (Some(upto), true) => Scan { start: [upto.as_slice(), &[0]].concat(), ..rest.clone() },
            };
            let over: Box<dyn Iterator<Item = _>> = match (within.is_empty(), scan.reverse) {
                (true, _) => Box::new(std::iter::empty()),
                (false, false) => Box::new(recent.range::<[u8], _>(within.bounds())),
                (false, true) => Box::new(recent.range::<[u8], _>(within.bounds()).rev()),
            };
            let mut items = items.into_iter().peekable();
            let mut over = over.peekable();
            while let Some((key, value)) = next_of(&mut items, &mut over, scan) {
                if page.is_full_at(&key) {
                    return Ok(page.finish());
                }
                page.push(key, value);
            }
            let Some(upto) = upto else { return Ok(page.finish()) };
            if !damaged {
                rest = rest.resume(upto);
                continue;
            }
            let Some(record) = recent.get(upto.as_slice()) else { return page.damaged_at(upto) };
            if page.is_full_at(&upto) {
                return Ok(page.finish());
            }
            rest = rest.after(&upto);
            page.push(upto, shown(record.as_ref(), scan));
            if rest.is_empty() {
                return Ok(page.finish());
            }
        }
    }
}

/// The next of both in the order of the walk; where both have a key, the recent value.
fn next_of<'a>(
    items: &mut Peekable<impl Iterator<Item = (Vec<u8>, Vec<u8>)>>,
    over: &mut Peekable<impl Iterator<Item = (&'a [u8; DOCUMENT_KEY], &'a Option<Stored>)>>,
    scan: &Scan,
) -> Option<(Vec<u8>, Vec<u8>)> {
    let order = match (items.peek(), over.peek()) {
        (Some((item, _)), Some((recent, _))) if scan.reverse => recent.as_slice().cmp(item),
        (Some((item, _)), Some((recent, _))) => item.as_slice().cmp(recent.as_slice()),
        (Some(_), None) => Ordering::Less,
        (None, _) => Ordering::Greater,
    };
    if order.is_lt() {
        return items.next();
    }
    if order.is_eq() {
        items.next();
    }
    let (key, record) = over.next()?;
    Some((key.to_vec(), shown(record.as_ref(), scan)))
}

fn shown(record: Option<&Stored>, scan: &Scan) -> Vec<u8> {
    if scan.keys_only { Vec::new() } else { value_of(record) }
}

/// A record as it stands in its place. No record is empty, so nothing reads one that is not known as if it were.
fn value_of(record: Option<&Stored>) -> Vec<u8> {
    record.map(Stored::to_bytes).unwrap_or_default()
}

impl Store for Journal {
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if tree == Tree::Documents
            && let Some(record) = self.recent().get(key)
        {
            return Ok(Some(value_of(record.as_ref())));
        }
        self.store.get(tree, key)
    }

    fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        if scan.tree != Tree::Documents || scan.is_empty() {
            return self.store.scan(scan);
        }
        let recent = self.recent();
        if recent.is_empty() { self.store.scan(scan) } else { self.page(&recent, scan) }
    }

    fn commit(&self, ops: Vec<Op>) -> Result<(), StoreError> {
        let mut records = ops.iter().filter(|op| op.tree() == Tree::Documents).peekable();
        if records.peek().is_none() {
            return self.store.commit(ops);
        }
        let mut kept = self.kept();
        let known = {
            let recent = self.recent();
            records.any(|op| recent.contains_key(op.key()))
        };
        if known {
            // A journal is read over what stands in its place.
            self.settle_kept(&mut kept)?;
        }
        self.store.commit(ops)
    }

    fn maintain(&self) -> Result<(), StoreError> {
        self.settle()?;
        self.store.maintain()
    }

    fn failed(&self) -> Option<StoreError> {
        self.store.failed()
    }
}
