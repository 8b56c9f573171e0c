//! Records of documents, written many in one value, and put in their own places later.
//!
//! Every key that a commit writes costs as much as an entry does, and a run can be about as many documents as it has
//! entries. So where a commit has records of several documents they go together into one value, a *journal*, and stay
//! in memory, where every read finds them first. Once enough came together, one commit puts the last record of each
//! document in its place and takes the journals away; after a start they are read back into memory.
//!
//! Who reads and writes documents does so through [`Journal`], which is the store with this one difference.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use accord_core::encode;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::layout::{JOURNAL, Written, journal_key, place, read_journal_key};
use crate::scan::PageBuilder;
use crate::{Op, Page, Scan, Store, StoreError, Tree, walk};

/// When records go into a journal, and when out of it.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// Fewer records of one commit go to their own places at once: a journal would save nothing.
    fewest: usize,
    /// More records of one commit do as well, so that the commit that puts them in their places later is never too large.
    most: usize,
    /// So many are held in memory at most before they are put in their places …
    records: usize,
    /// … so many journals …
    journals: usize,
    /// … and so many bytes of them, which the next start has to read.
    bytes: usize,
}

const BOUNDS: Bounds = Bounds { fewest: 4, most: 2_048, records: 4_096, journals: 1_024, bytes: 1 << 20 };

/// One record in a journal.
#[derive(Debug, Encode, Decode)]
#[cbor(array)]
struct Record {
    #[n(0)]
    key: ByteVec,
    #[n(1)]
    value: ByteVec,
}

/// A store whose newest records of documents may stand in journals.
pub(super) struct Journal {
    store: Arc<dyn Store>,
    bounds: Bounds,
    /// Held by who writes records, from the first look to the last step.
    kept: Mutex<Kept>,
    /// What the journals say, by key, each with the number of its journal.
    recent: RwLock<Recent>,
}

type Recent = BTreeMap<Vec<u8>, (u64, Vec<u8>)>;

/// The journals in the store.
#[derive(Debug, Default)]
struct Kept {
    keys: Vec<Vec<u8>>,
    bytes: usize,
    /// The number of the next one.
    next: u64,
}

/// A journal that is damaged: the records that came with these entries are not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spoilt {
    journal: u64,
    pub(super) written: Written,
}

impl Journal {
    /// Reads the journals of a store. Those that are damaged are given to the caller, who can tell which documents they
    /// were about, and tells it by [`Journal::spoil`].
    pub(super) fn open(store: Arc<dyn Store>) -> Result<(Self, Vec<Spoilt>), StoreError> {
        Self::open_with(store, BOUNDS)
    }

    fn open_with(store: Arc<dyn Store>, bounds: Bounds) -> Result<(Self, Vec<Spoilt>), StoreError> {
        let (mut kept, mut recent, mut spoilt) = (Kept::default(), Recent::new(), Vec::new());
        walk::<StoreError>(store.as_ref(), &Scan::prefix(Tree::Waiting, [JOURNAL]), |key, value| {
            kept.keys.push(key.to_vec());
            kept.bytes += value.map_or(0, <[u8]>::len);
            let Some((journal, written)) = read_journal_key(key) else { return Ok(()) };
            kept.next = kept.next.max(journal + 1);
            match value.and_then(|value| minicbor::decode::<Vec<Record>>(value).ok()) {
                Some(records) => recent.extend(
                    records.into_iter().map(|record| (record.key.into(), (journal, record.value.into()))),
                ),
                None => spoilt.push(Spoilt { journal, written }),
            }
            Ok(())
        })?;
        let (kept, recent) = (Mutex::new(kept), RwLock::new(recent));
        Ok((Self { store, bounds, kept, recent }, spoilt))
    }

    /// Notes which records a damaged journal had: unless a later one has them too they read as damaged, in memory and
    /// once they are put in their places, until somebody writes them anew.
    pub(super) fn spoil(&self, spoilt: &Spoilt, keys: BTreeSet<Vec<u8>>) {
        let mut recent = self.recent_mut();
        for key in keys {
            if recent.get(&key).is_none_or(|(journal, _)| *journal < spoilt.journal) {
                // No record is empty.
                recent.insert(key, (spoilt.journal, Vec::new()));
            }
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
        let put = |(key, (_, value)): (&Vec<u8>, &(u64, Vec<u8>))| {
            Op::put(Tree::Documents, key.as_slice(), value.as_slice())
        };
        let mut ops: Vec<Op> = self.recent().iter().map(put).collect();
        ops.extend(kept.keys.iter().map(|key| Op::delete(Tree::Waiting, key.as_slice())));
        self.store.commit(ops)?;
        // Only now: until here reads found the same here as they find there from now on.
        self.recent_mut().clear();
        (kept.keys, kept.bytes) = (Vec::new(), 0);
        Ok(())
    }

    /// Whether there is no room for so many more before all are put in their places.
    fn is_full(&self, kept: &Kept, records: usize, bytes: usize) -> bool {
        let Bounds { records: most, journals, bytes: most_bytes, .. } = self.bounds;
        !kept.keys.is_empty()
            && (self.recent().len() + records > most
                || kept.keys.len() >= journals
                || kept.bytes + bytes > most_bytes)
    }

    /// Commits records of documents, and what belongs to the same commit.
    fn commit_records(&self, records: Vec<Op>, mut others: Vec<Op>) -> Result<(), StoreError> {
        let mut kept = self.kept();
        let is_recent = {
            let recent = self.recent();
            records.iter().any(|op| recent.contains_key(op.key()))
        };
        let size = records.iter().map(|op| op.key().len() + op.value().map_or(0, <[u8]>::len)).sum::<usize>();
        let fits = records.len() <= self.bounds.most && size <= self.bounds.bytes;
        let several = records.len() >= self.bounds.fewest || is_recent;
        // A journal says in its key with which entries it came, so that what it is about can be told if it is damaged.
        let written = written(&others).filter(|_| fits && several);
        let removes = records.iter().any(|op| op.value().is_none());
        let Some(written) = written.filter(|_| !removes) else {
            if is_recent {
                // A journal is read over what stands in its place.
                self.settle_kept(&mut kept)?;
            }
            others.extend(records);
            return self.store.commit(others);
        };
        if self.is_full(&kept, records.len(), size) {
            self.settle_kept(&mut kept)?;
        }
        // Taken whatever comes of the commit: a failed one may be on the disk.
        let journal = kept.next;
        kept.next += 1;
        let records: Vec<Record> = records.into_iter().filter_map(record).collect();
        let (key, value) = (journal_key(journal, &written), encode(&records));
        let bytes = value.len();
        others.push(Op::put(Tree::Waiting, key.as_slice(), value));
        self.store.commit(others)?;
        kept.keys.push(key);
        kept.bytes += bytes;
        let records = records.into_iter().map(|record| (record.key.into(), (journal, record.value.into())));
        self.recent_mut().extend(records);
        Ok(())
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
            let Some((_, value)) = recent.get(&upto) else { return page.damaged_at(upto) };
            if page.is_full_at(&upto) {
                return Ok(page.finish());
            }
            rest = rest.after(&upto);
            page.push(upto, if scan.keys_only { Vec::new() } else { value.clone() });
            if rest.is_empty() {
                return Ok(page.finish());
            }
        }
    }
}

/// The next of both in the order of the walk; where both have a key, the recent value.
fn next_of<'a>(
    items: &mut Peekable<impl Iterator<Item = (Vec<u8>, Vec<u8>)>>,
    over: &mut Peekable<impl Iterator<Item = (&'a Vec<u8>, &'a (u64, Vec<u8>))>>,
    scan: &Scan,
) -> Option<(Vec<u8>, Vec<u8>)> {
    let order = match (items.peek(), over.peek()) {
        (Some((item, _)), Some((recent, _))) if scan.reverse => recent.as_slice().cmp(item),
        (Some((item, _)), Some((recent, _))) => item.as_slice().cmp(recent),
        (Some(_), None) => Ordering::Less,
        (None, _) => Ordering::Greater,
    };
    if order.is_lt() {
        return items.next();
    }
    if order.is_eq() {
        items.next();
    }
    let (key, (_, value)) = over.next()?;
    Some((key.clone(), if scan.keys_only { Vec::new() } else { value.clone() }))
}

fn record(op: Op) -> Option<Record> {
    match op {
        Op::Put { key, value, .. } => Some(Record { key: key.into(), value: value.into() }),
        Op::Delete { .. } => None,
    }
}

/// The entries that a commit writes, if they are some of one log that follow each other.
fn written(ops: &[Op]) -> Option<Written> {
    let mut written: Option<Written> = None;
    for op in ops.iter().filter(|op| op.tree() == Tree::Entries && op.value().is_some()) {
        let (number, seq) = place(op.key())?;
        match &mut written {
            None => written = Some(Written { number, first: seq, last: seq }),
            Some(run) if run.number == number && run.last + 1 == seq => run.last = seq,
            Some(_) => return None,
        }
    }
    written
}

impl Store for Journal {
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if tree == Tree::Documents
            && let Some((_, value)) = self.recent().get(key)
        {
            return Ok(Some(value.clone()));
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
        let (records, others): (Vec<Op>, Vec<Op>) =
            ops.into_iter().partition(|op| op.tree() == Tree::Documents);
        if records.is_empty() { self.store.commit(others) } else { self.commit_records(records, others) }
    }

    fn maintain(&self) -> Result<(), StoreError> {
        self.settle()?;
        self.store.maintain()
    }

    fn failed(&self) -> Option<StoreError> {
        self.store.failed()
    }
}
