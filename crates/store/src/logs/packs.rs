//! Old entries that stand many in one value, shown to all of the logs as if each stood by itself.
//!
//! A pack holds entries of one log that follow each other, all regular. Who reads entries reads them through [`Packs`],
//! which is the store with one difference: an entry that is not there singly is taken out of the pack that has it. So
//! nothing above this module knows packs, but for [`Logs::pack`](super::Logs::pack), which makes them, and
//! [`Logs::mend`](super::Logs::mend), which takes away one that is damaged once its entries are named as lost.
//!
//! Which packs there are is known without reading any: their keys say it. Of a pack that is damaged all entries are
//! gone, as if none of them was there.

mod cache;
mod spans;

use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use accord_core::{Entry, ProgrammeId, SignedEntry, SpaceId};

use self::cache::{Cache, Values};
pub(super) use self::spans::{Span, Spans};
use super::LogsError;
use super::layout::entry_value;
use crate::scan::PageBuilder;
use crate::{Op, Page, Scan, Store, StoreError, Tree};

/// How entries become few bytes, and entries again. This crate knows nothing of what is in them.
pub trait Packer: Send + Sync + 'static {
    /// Packs entries of one log that follow each other; none if they do not pack. The last one keeps its signature.
    fn pack(&self, programme: &ProgrammeId, space: &SpaceId, entries: &[Entry]) -> Option<Vec<u8>>;

    /// The entries of a pack in their order, and the position of the first; none if it is not a pack of one log.
    fn unpack(
        &self,
        programme: &ProgrammeId,
        space: &SpaceId,
        pack: &[u8],
    ) -> Option<(u64, Vec<SignedEntry>)>;
}

/// A store whose entries may stand in packs.
pub(super) struct Packs {
    store: Arc<dyn Store>,
    programme: ProgrammeId,
    packer: Option<Arc<dyn Packer>>,
    /// Held while entries are read: who puts entries into a pack changes it together with the store.
    spans: RwLock<Spans>,
    cache: Mutex<Cache>,
}

impl Packs {
    /// # Errors
    /// [`LogsError`] if the store cannot be read, or holds packs and there is nothing to read them with.
    pub(super) fn open(
        store: Arc<dyn Store>,
        programme: ProgrammeId,
        packer: Option<Arc<dyn Packer>>,
    ) -> Result<Self, LogsError> {
        let spans = Spans::load(store.as_ref())?;
        if packer.is_none() && !spans.is_empty() {
            return Err(LogsError::Packed);
        }
        Ok(Self { store, programme, packer, spans: RwLock::new(spans), cache: Mutex::default() })
    }

    /// The store underneath, in which an entry of a pack is not to be found.
    pub(super) fn below(&self) -> &dyn Store {
        self.store.as_ref()
    }

    pub(super) fn packer(&self) -> Option<&dyn Packer> {
        self.packer.as_deref()
    }

    /// Commits what puts entries into a pack, or takes one away; nobody reads entries meanwhile.
    pub(super) fn exchange<E>(
        &self,
        (taken, made): (&[Span], Option<Span>),
        commit: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        let mut spans = self.spans.write().unwrap_or_else(PoisonError::into_inner);
        commit()?;
        let mut cache = self.cache();
        for span in taken {
            spans.remove(span);
            cache.forget(span);
        }
        if let Some(span) = made {
            spans.insert(span);
            cache.forget(&span);
        }
        Ok(())
    }

    /// The pack that an entry would stand in.
    pub(super) fn span_of(&self, number: u32, seq: u64) -> Option<Span> {
        self.spans().covering(spans::position(number, seq))
    }

    /// Whether what is in a pack can be read.
    pub(super) fn is_whole(&self, span: &Span) -> Result<bool, StoreError> {
        Ok(self.values(span)?.is_some())
    }

    fn spans(&self) -> RwLockReadGuard<'_, Spans> {
        // It is changed in single steps, so a poisoned lock still guards a whole list.
        self.spans.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is in a pack, as it would stand singly; none if it is damaged.
    fn values(&self, span: &Span) -> Result<Option<Values>, StoreError> {
        if let Some(known) = self.cache().get(span) {
            return Ok(known);
        }
        // Unpacked without the lock: two who need the same pack may both do it, and nobody waits for another one.
        let value = match self.store.get(Tree::Packs, &span.key()) {
            Ok(value) => value,
            Err(StoreError::Damaged { .. }) => None,
            Err(error) => return Err(error),
        };
        let values = value.and_then(|value| self.unpack(span, &value)).map(|entries| {
            Values::from(entries.iter().map(|entry| entry_value(entry, false)).collect::<Vec<_>>())
        });
        if values.is_none() {
            tracing::error!(number = span.number, from = span.first, to = span.last, "a pack is damaged");
        }
        self.cache().insert(*span, values.clone());
        Ok(values)
    }

    /// The value of a pack of entries, if they pack and come out again as they are, but for signatures that are left out.
    pub(super) fn value(&self, space: &SpaceId, span: &Span, entries: &[Entry]) -> Option<Vec<u8>> {
        let pack = self.packer.as_ref()?.pack(&self.programme, space, entries)?;
        let value = [&space.0[..], &pack].concat();
        let out = self.unpack(span, &value)?;
        let same = |(out, given): (&SignedEntry, &Entry)| {
            let given = given.signed();
            let signature = out.signature == given.signature || out.signature == accord_core::Signature::NONE;
            out.header == given.header && out.payload == given.payload && signature
        };
        let ends =
            out.last().map(|last| last.signature) == entries.last().map(|last| last.signed().signature);
        (ends && out.len() == entries.len() && out.iter().zip(entries).all(same)).then_some(value)
    }

    fn unpack(&self, span: &Span, value: &[u8]) -> Option<Vec<SignedEntry>> {
        let (space, pack) = value.split_at_checked(SpaceId::LEN)?;
        let space = SpaceId::try_from(space).ok()?;
        let (first, entries) = self.packer.as_ref()?.unpack(&self.programme, &space, pack)?;
        (first == span.first && entries.len() as u64 == span.count()).then_some(entries)
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a scan shows of a pack; nothing if it is damaged and values are wanted.
    fn shown(&self, scan: &Scan, span: Span) -> Result<Option<Shown>, StoreError> {
        if scan.keys_only {
            return Ok(Some(Shown { span, values: Values::from(Vec::new()) }));
        }
        Ok(self.values(&span)?.map(|values| Shown { span, values }))
    }

    /// A page of entries upwards: stretches of single ones, and packs, in turns.
    fn upwards(&self, spans: &Spans, scan: &Scan) -> Result<Page, StoreError> {
        let mut page = PageBuilder::new(scan);
        let mut at = spans::at_least(&scan.start);
        let end = scan.end.as_deref().map_or(spans::END, spans::at_least);
        while at < end {
            let span = spans.covering(at);
            let stretch = match &span {
                Some(span) => span.end().min(end),
                None => spans.next(at).map_or(end, |next| next.begin().min(end)),
            };
            let below = Scan { start: spans::key(at), end: spans::key_of_end(stretch), ..scan.clone() };
            let (singles, next, damaged) = match self.store.scan(&below) {
                Ok(Page { items, next }) => (items, next, false),
                Err(StoreError::Damaged { key, .. }) => (Vec::new(), Some(key), true),
                Err(error) => return Err(error),
            };
            let upto = next.as_deref().map_or(stretch, spans::at_least);
            let packed = match span {
                Some(span) => self.shown(scan, span)?,
                None => None,
            };
            let mut singles = singles.into_iter().peekable();
            if let Some(packed) = packed {
                for position in at..upto {
                    let key = spans::key(position);
                    if page.is_full_at(&key) {
                        return Ok(page.finish());
                    }
                    let single = singles.next_if(|(single, _)| *single == key).map(|(_, value)| value);
                    page.push(key, single.unwrap_or_else(|| packed.value(position)));
                }
            } else {
                for (key, value) in singles {
                    if page.is_full_at(&key) {
                        return Ok(page.finish());
                    }
                    page.push(key, value);
                }
            }
            if let Some(next) = next {
                if damaged {
                    return page.damaged_at(next);
                }
                if page.is_full_at(&next) {
                    return Ok(page.finish());
                }
            }
            at = upto;
        }
        Ok(page.finish())
    }

    /// A page of entries downwards, one after another: only the last one of all is ever looked for so.
    fn downwards(&self, spans: &Spans, scan: &Scan) -> Result<Page, StoreError> {
        let mut page = PageBuilder::new(scan);
        let begin = spans::at_least(&scan.start);
        let mut end = scan.end.as_deref().map_or(spans::END, spans::at_least);
        while begin < end {
            let below = Scan { start: spans::key(begin), end: spans::key_of_end(end), ..scan.clone() };
            let (single, damaged) = match self.store.scan(&below.items(1)) {
                Ok(page) => (page.items.into_iter().next(), None),
                Err(StoreError::Damaged { key, .. }) => (None, Some(key)),
                Err(error) => return Err(error),
            };
            let of_single = single.as_ref().map(|(key, _)| key).or(damaged.as_ref());
            let of_single = of_single.map(|key| spans::at_least(key));
            let packed = spans.last_before(end).map(|span| (span, span.end().min(end) - 1));
            let packed = packed.filter(|(_, position)| *position >= begin && Some(*position) > of_single);
            if let Some((span, position)) = packed {
                let Some(packed) = self.shown(scan, span)? else {
                    // Nothing of it is there but what stands singly.
                    end = of_single.map_or(span.begin(), |single| span.begin().max(single + 1));
                    continue;
                };
                let key = spans::key(position);
                if page.is_full_at(&key) {
                    break;
                }
                page.push(key, packed.value(position));
                end = position;
                continue;
            }
            let Some(position) = of_single else { break };
            if let Some(key) = damaged {
                return page.damaged_at(key);
            }
            let Some((key, value)) = single else { break };
            if page.is_full_at(&key) {
                break;
            }
            page.push(key, value);
            end = position;
        }
        Ok(page.finish())
    }
}

/// An open pack.
struct Shown {
    span: Span,
    /// None at all where keys are enough.
    values: Values,
}

impl Shown {
    fn value(&self, at: spans::Position) -> Vec<u8> {
        self.values.get(self.span.place(at)).cloned().unwrap_or_default()
    }
}

impl Store for Packs {
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if tree != Tree::Entries {
            return self.store.get(tree, key);
        }
        let spans = self.spans();
        if let Some(value) = self.store.get(tree, key)? {
            return Ok(Some(value));
        }
        let position = spans::at_least(key);
        let Some(span) = spans.covering(position).filter(|_| spans::key(position) == key) else {
            return Ok(None);
        };
        match self.values(&span)? {
            Some(values) => Ok(values.get(span.place(position)).cloned()),
            None => Err(StoreError::Damaged { tree: Tree::Packs, key: span.key() }),
        }
    }

    fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        let spans = self.spans();
        if scan.tree != Tree::Entries || spans.is_empty() || scan.is_empty() {
            return self.store.scan(scan);
        }
        if scan.reverse { self.downwards(&spans, scan) } else { self.upwards(&spans, scan) }
    }

    fn commit(&self, ops: Vec<Op>) -> Result<(), StoreError> {
        self.store.commit(ops)
    }

    fn maintain(&self) -> Result<(), StoreError> {
        self.store.maintain()
    }

    fn failed(&self) -> Option<StoreError> {
        self.store.failed()
    }
}
