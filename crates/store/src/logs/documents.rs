//! Which documents there are, and which entries are about each, in the order of their arrival.

use std::collections::BTreeMap;

use accord_core::{DocumentId, Entry, LogId, SpaceId, decode, encode};
use minicbor::{Decode, Encode};

use super::layout::{arrival_key, entry_key, place, read_entry};
use super::{Logs, LogsError};
use crate::{Op, Scan, Store, Tree};

/// What is known of a document without reading it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct DocumentRecord {
    /// Its space, as the first entry about it says. Entries of other spaces are not about it.
    #[n(0)]
    pub space: SpaceId,
    /// Its kind, once the entry that creates it is here.
    #[n(1)]
    pub kind: Option<String>,
    /// How many entries about it have arrived.
    #[n(2)]
    pub arrived: u64,
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryRef {
    /// Its log.
    pub log: LogId,
    /// Its position.
    pub seq: u64,
}

/// Gathers what a commit adds to the document index.
pub(super) struct Arrivals<'a> {
    store: &'a dyn Store,
    records: BTreeMap<DocumentId, DocumentRecord>,
    index: Vec<(Vec<u8>, Vec<u8>)>,
}

impl<'a> Arrivals<'a> {
    pub(super) fn new(store: &'a dyn Store) -> Self {
        Self { store, records: BTreeMap::new(), index: Vec::new() }
    }

    pub(super) fn create(
        &mut self,
        document: DocumentId,
        space: SpaceId,
        kind: &str,
        number: u32,
        seq: u64,
    ) -> Result<(), LogsError> {
        let record = self.arrive(document, space, number, seq)?;
        // The first kind held stands; a second Create of one random id is either a copy or an attack, and the
        // document says itself what it is.
        record.kind.get_or_insert_with(|| kind.to_owned());
        Ok(())
    }

    pub(super) fn change(
        &mut self,
        document: DocumentId,
        space: SpaceId,
        number: u32,
        seq: u64,
    ) -> Result<(), LogsError> {
        self.arrive(document, space, number, seq).map(|_| ())
    }

    fn arrive(
        &mut self,
        document: DocumentId,
        space: SpaceId,
        number: u32,
        seq: u64,
    ) -> Result<&mut DocumentRecord, LogsError> {
        if !self.records.contains_key(&document) {
            let held = read_record(self.store, &document)?;
            self.records.insert(document, held.unwrap_or(DocumentRecord { space, kind: None, arrived: 0 }));
        }
        let record = self.records.get_mut(&document).ok_or(LogsError::Missing("a document"))?;
        self.index.push((arrival_key(&document, record.arrived), entry_key(number, seq)));
        record.arrived += 1;
        Ok(record)
    }

    pub(super) fn finish(self, ops: &mut Vec<Op>) -> Vec<DocumentId> {
        ops.extend(self.index.into_iter().map(|(key, value)| Op::put(Tree::DocumentIndex, key, value)));
        let documents = self.records.keys().copied().collect();
        for (document, record) in self.records {
            ops.push(Op::put(Tree::Documents, document.0, encode(&record)));
        }
        documents
    }
}

fn read_record(store: &dyn Store, document: &DocumentId) -> Result<Option<DocumentRecord>, LogsError> {
    let value = store.get(Tree::Documents, &document.0)?;
    value.map(|value| decode(&value).map_err(form)).transpose()
}

fn form(source: accord_core::CodecError) -> LogsError {
    LogsError::Form { what: "the record of a document", source }
}

impl Logs {
    /// What is known of a document.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn document(&self, document: &DocumentId) -> Result<Option<DocumentRecord>, LogsError> {
        read_record(self.store.as_ref(), document)
    }

    /// Every document that an entry is about, in the order of the ids.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn documents(&self) -> Result<Vec<(DocumentId, DocumentRecord)>, LogsError> {
        let mut documents = Vec::new();
        let mut scan = Scan::all(Tree::Documents);
        loop {
            let page = self.store.scan(&scan)?;
            for (key, value) in &page.items {
                let id = DocumentId::try_from(key.as_slice())
                    .map_err(|_| LogsError::Missing("a document's id"))?;
                documents.push((id, decode(value).map_err(form)?));
            }
            let Some(next) = page.next else { return Ok(documents) };
            scan = scan.resume(next);
        }
    }

    /// The entries about a document that arrived from number `from` on (0 is the first), in the order of arrival.
    /// Irregular entries are not among them.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn arrivals(&self, document: &DocumentId, from: u64) -> Result<Vec<(EntryRef, Entry)>, LogsError> {
        let mut entries = Vec::new();
        let mut scan = Scan::range(Tree::DocumentIndex, arrival_key(document, from), after(document));
        loop {
            let page = self.store.scan(&scan)?;
            for (_, value) in &page.items {
                let (number, seq) = place(value).ok_or(LogsError::Missing("the place of an entry"))?;
                let bytes = self.store.get(Tree::Entries, value)?.ok_or(LogsError::Missing("an entry"))?;
                let log = self.log_of(number).ok_or(LogsError::Missing("a log"))?;
                entries.push((EntryRef { log, seq }, read_entry(&bytes)?.0));
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
fn after(document: &DocumentId) -> Vec<u8> {
    let mut key = arrival_key(document, u64::MAX);
    key.push(0);
    key
}
