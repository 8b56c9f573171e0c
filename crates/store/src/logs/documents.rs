//! Which documents there are, and which entries are about each, in the order of their arrival.
//!
//! A document is what its id *and* its space name. Whoever may write in one space can copy an id that he saw in
//! another, and what he writes there must neither get among the entries of the other document nor hide it, whichever
//! arrives first.

use std::collections::BTreeMap;

use accord_core::{DocumentId, Entry, LogId, SpaceId, decode, encode, programme_space};
use minicbor::{Decode, Encode};

use super::layout::{arrival_key, document_key, entry_key, place, read_document_key, read_entry};
use super::{Logs, LogsError};
use crate::{Op, Scan, Store, Tree};

/// What is known of a document without reading it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct DocumentRecord {
    /// Its space.
    #[n(0)]
    pub space: SpaceId,
    /// Its kind, once an entry that creates it is here. None if several do and differ: one of them is a mistake or an
    /// attack, this module cannot tell which, and the document says itself what it is.
    #[n(1)]
    pub kind: Option<String>,
    /// How many entries about it have arrived.
    #[n(2)]
    pub arrived: u64,
    /// Whether entries that create it differ in its kind.
    #[n(3)]
    pub disputed: bool,
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryRef {
    /// Its log.
    pub log: LogId,
    /// Its position.
    pub seq: u64,
}

/// Gathers what a commit adds to the document index, all from one log.
pub(super) struct Arrivals<'a> {
    store: &'a dyn Store,
    space: SpaceId,
    number: u32,
    records: BTreeMap<DocumentId, DocumentRecord>,
    index: Vec<Op>,
}

impl<'a> Arrivals<'a> {
    pub(super) fn new(store: &'a dyn Store, space: SpaceId, number: u32) -> Self {
        Self { store, space, number, records: BTreeMap::new(), index: Vec::new() }
    }

    pub(super) fn create(&mut self, document: DocumentId, seq: u64, kind: &str) -> Result<(), LogsError> {
        let record = self.arrive(document, seq)?;
        // Which of two came first must not matter, since nodes see them in different orders.
        record.disputed |= record.kind.as_ref().is_some_and(|known| known != kind);
        record.kind = (!record.disputed).then(|| kind.to_owned());
        Ok(())
    }

    pub(super) fn change(&mut self, document: DocumentId, seq: u64) -> Result<(), LogsError> {
        self.arrive(document, seq).map(|_| ())
    }

    fn arrive(&mut self, document: DocumentId, seq: u64) -> Result<&mut DocumentRecord, LogsError> {
        let record = match self.records.entry(document) {
            std::collections::btree_map::Entry::Occupied(record) => record.into_mut(),
            std::collections::btree_map::Entry::Vacant(vacant) => {
                let held = read_record(self.store, &document, &self.space)?;
                let new = DocumentRecord { space: self.space, kind: None, arrived: 0, disputed: false };
                vacant.insert(held.unwrap_or(new))
            }
        };
        let key = arrival_key(&document, &self.space, record.arrived);
        self.index.push(Op::put(Tree::DocumentIndex, key, entry_key(self.number, seq)));
        record.arrived += 1;
        Ok(record)
    }

    pub(super) fn finish(self, ops: &mut Vec<Op>) -> Vec<DocumentId> {
        ops.extend(self.index);
        let documents = self.records.keys().copied().collect();
        for (document, record) in self.records {
            ops.push(Op::put(Tree::Documents, document_key(&document, &self.space), encode(&record)));
        }
        documents
    }
}

fn read_record(
    store: &dyn Store,
    document: &DocumentId,
    space: &SpaceId,
) -> Result<Option<DocumentRecord>, LogsError> {
    let value = store.get(Tree::Documents, &document_key(document, space))?;
    value.map(|value| decode(&value).map_err(form)).transpose()
}

fn form(source: accord_core::CodecError) -> LogsError {
    LogsError::Form { what: "the record of a document", source }
}

impl Logs {
    /// What is known of a document, where its id alone is known: as [`Logs::document_in`] in the programme's space,
    /// or else in the first other one that has such a document.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn document(&self, document: &DocumentId) -> Result<Option<DocumentRecord>, LogsError> {
        if let Some(record) = self.document_in(&programme_space(&self.programme), document)? {
            return Ok(Some(record));
        }
        let page = self.store.scan(&Scan::prefix(Tree::Documents, document.0).items(1))?;
        page.items.first().map(|(_, value)| decode(value).map_err(form)).transpose()
    }

    /// What is known of a document of a space.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn document_in(
        &self,
        space: &SpaceId,
        document: &DocumentId,
    ) -> Result<Option<DocumentRecord>, LogsError> {
        read_record(self.store.as_ref(), document, space)
    }

    /// Every document that an entry is about, in the order of the ids. Documents of two spaces can have one id.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn documents(&self) -> Result<Vec<(DocumentId, DocumentRecord)>, LogsError> {
        let mut documents = Vec::new();
        let mut scan = Scan::all(Tree::Documents);
        loop {
            let page = self.store.scan(&scan)?;
            for (key, value) in &page.items {
                let (id, _) = read_document_key(key).ok_or(LogsError::Missing("a document's id"))?;
                documents.push((id, decode(value).map_err(form)?));
            }
            let Some(next) = page.next else { return Ok(documents) };
            scan = scan.resume(next);
        }
    }

    /// The entries about a document that arrived from number `from` on (0 is the first), in the order of arrival.
    /// Irregular entries are not among them. The document is the one that [`Logs::document`] finds.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn arrivals(&self, document: &DocumentId, from: u64) -> Result<Vec<(EntryRef, Entry)>, LogsError> {
        match self.document(document)? {
            Some(record) => self.arrivals_in(&record.space, document, from),
            None => Ok(Vec::new()),
        }
    }

    /// The same, of a document of a space.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn arrivals_in(
        &self,
        space: &SpaceId,
        document: &DocumentId,
        from: u64,
    ) -> Result<Vec<(EntryRef, Entry)>, LogsError> {
        // Looked at before the index: what arrives meanwhile stands behind everything that is shown now.
        let shown: Vec<_> = self.state().logs.iter().map(|record| (record.log, record.head.seq)).collect();
        let mut entries = Vec::new();
        let start = arrival_key(document, space, from);
        let mut scan = Scan::range(Tree::DocumentIndex, start, after(document, space));
        loop {
            let page = self.store.scan(&scan)?;
            for (_, value) in &page.items {
                let (number, seq) = place(value).ok_or(LogsError::Missing("the place of an entry"))?;
                let log = shown.get(number as usize).filter(|(_, head)| seq <= *head);
                let Some((log, _)) = log else { return Ok(entries) };
                let bytes = self.store.get(Tree::Entries, value)?.ok_or(LogsError::Missing("an entry"))?;
                entries.push((EntryRef { log: *log, seq }, read_entry(&bytes)?.0));
            }
            let Some(next) = page.next else { return Ok(entries) };
            scan = scan.resume(next);
        }
    }

    pub(super) fn log_of(&self, number: u32) -> Option<LogId> {
        self.state().logs.get(number as usize).map(|record| record.log)
    }
}

/// The key above every arrival of a document.
fn after(document: &DocumentId, space: &SpaceId) -> Vec<u8> {
    let mut key = arrival_key(document, space, u64::MAX);
    key.push(0);
    key
}
