//! Which documents there are, and which entries are about each, in the order of their arrival.
//!
//! A document is what its id *and* its space name. Whoever may write in one space can copy an id that he saw in
//! another, and what he writes there must neither get among the entries of the other document nor hide it, whichever
//! arrives first.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::{DocumentId, Entry, LogId, SpaceId, programme_space};

use super::arrivals::{PAGE, Place, Stored, read_page};
use super::holes::entry_at;
use super::layout::{arrivals_key, read_document_key};
use super::{Logs, LogsError};
use crate::{Scan, Tree, walk};

/// What is known of a document without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRecord {
    /// Its space.
    pub space: SpaceId,
    /// Its kind, once an entry that creates it is here. None if several do and differ: one of them is a mistake or an
    /// attack, this module cannot tell which, and the document says itself what it is.
    pub kind: Option<String>,
    /// How many entries about it have arrived.
    pub arrived: u64,
    /// Whether entries that create it differ in its kind.
    pub disputed: bool,
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryRef {
    /// Its log.
    pub log: LogId,
    /// On which branch of the log it stands, by its place in [`Logs::branches`]: 0 in a log that did not fork.
    pub branch: u32,
    /// Its position.
    pub seq: u64,
}

/// An entry that arrived about a document; none in its place if it is lost here.
pub type Arrival = (EntryRef, Option<Entry>);

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
        let first = page.items.first().map(|(key, value)| self.record(key, value)).transpose()?;
        Ok(first.flatten().map(|(_, record)| record))
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
        let Some(number) = self.number_of(space) else { return Ok(None) };
        let stored = self.journal.stored(document, number)?;
        Ok(stored.map(|stored| stored.record(*space)))
    }

    /// Every document that an entry is about, in the order of the ids; without those of which the record is damaged. Documents of two spaces can have one id.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn documents(&self) -> Result<Vec<(DocumentId, DocumentRecord)>, LogsError> {
        let (mut documents, mut unlisted) = (Vec::new(), 0);
        walk::<LogsError>(self.store.as_ref(), &Scan::all(Tree::Documents), |key, value| {
            match value.map(|value| self.record(key, value)) {
                Some(Ok(found)) => documents.extend(found),
                Some(Err(LogsError::Store(error))) => return Err(error.into()),
                Some(Err(_)) | None => unlisted += 1,
            }
            Ok(())
        })?;
        if unlisted > 0 {
            tracing::error!(unlisted, "what is kept of documents beside their entries is damaged");
        }
        self.state().unlisted = unlisted;
        Ok(documents)
    }

    /// How many documents were left out of [`Logs::documents`] the last time, because what is kept of them is damaged:
    /// [`Logs::verify`] writes it anew.
    pub fn unlisted(&self) -> usize {
        self.state().unlisted
    }

    /// The entries about a document that arrived from number `from` on (0 is the first), in the order of arrival.
    /// Irregular entries are not among them. The document is the one that [`Logs::document`] finds.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn arrivals(&self, document: &DocumentId, from: u64) -> Result<Vec<Arrival>, LogsError> {
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
    ) -> Result<Vec<Arrival>, LogsError> {
        let arrived = self.arrivals_beside(space, document, &BTreeSet::new(), from)?;
        Ok(arrived.into_iter().map(|(_, place, entry)| (place, entry)).collect())
    }

    /// The same, and before them of those that arrived earlier the ones with these numbers: each with its number. Of all
    /// others that are earlier none is read.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn arrivals_beside(
        &self,
        space: &SpaceId,
        document: &DocumentId,
        earlier: &BTreeSet<u64>,
        from: u64,
    ) -> Result<Vec<(u64, EntryRef, Option<Entry>)>, LogsError> {
        // Looked at before the index: what arrives meanwhile stands behind everything that is shown now.
        let shown = self.state().shown();
        let (mut entries, mut lost) = (Vec::new(), BTreeMap::<u32, BTreeSet<u64>>::new());
        for (arrival, Place { number, seq }) in self.places(space, document, earlier, from)? {
            let shown = shown.get(number as usize).filter(|(_, head)| seq <= *head);
            let Some((place, _)) = shown else { break };
            let entry = entry_at(self.store.as_ref(), number, seq)?;
            if entry.is_none() {
                lost.entry(number).or_default().insert(seq);
            }
            entries.push((arrival, EntryRef { seq, ..*place }, entry));
        }
        for (number, seqs) in lost {
            self.note_all_lost(number, &seqs.into_iter().collect::<Vec<_>>());
        }
        Ok(entries)
    }

    fn places(
        &self,
        space: &SpaceId,
        document: &DocumentId,
        earlier: &BTreeSet<u64>,
        from: u64,
    ) -> Result<Vec<(u64, Place)>, LogsError> {
        // The record first: pages never change, so those that it speaks of are there as it knew them.
        let Some(space) = self.number_of(space) else { return Ok(Vec::new()) };
        let Some(stored) = self.journal.stored(document, space)? else { return Ok(Vec::new()) };
        let wanted = |arrival: &u64| *arrival >= from || earlier.contains(arrival);
        let mut found = Vec::new();
        let mut keep = |page: u64, places: Vec<Place>| {
            found.extend((page * PAGE..).zip(places).filter(|(arrival, _)| wanted(arrival)));
        };
        let begins = (from / PAGE).min(stored.pages);
        let key = |page| arrivals_key(document, space, page);
        let missing = || LogsError::Missing("a page of arrivals");
        let before: BTreeSet<u64> = earlier.iter().map(|arrival| arrival / PAGE).collect();
        for page in before.into_iter().filter(|page| *page < begins) {
            let value = self.store.get(Tree::DocumentIndex, &key(page))?.ok_or_else(missing)?;
            keep(page, read_page(&value)?);
        }
        let mut page = begins;
        let mut scan = Scan::range(Tree::DocumentIndex, key(page), key(stored.pages));
        while page < stored.pages {
            let read = self.store.scan(&scan)?;
            for (at, value) in &read.items {
                if *at != key(page) {
                    return Err(missing());
                }
                keep(page, read_page(value)?);
                page += 1;
            }
            match read.next {
                Some(next) => scan = scan.resume(next),
                None if page < stored.pages => return Err(missing()),
                None => {}
            }
        }
        keep(stored.pages, stored.tail);
        Ok(found)
    }

    pub(super) fn log_of(&self, number: u32) -> Option<LogId> {
        self.state().branches.get(number as usize).map(|branch| branch.log)
    }

    /// The number that stands for a space in keys.
    fn number_of(&self, space: &SpaceId) -> Option<u32> {
        self.state().spaces.get(space).copied()
    }

    /// Reads a record; none if it is the first of its space and on its way to being shown.
    fn record(&self, key: &[u8], value: &[u8]) -> Result<Option<(DocumentId, DocumentRecord)>, LogsError> {
        let (id, space) = read_document_key(key).ok_or(LogsError::Missing("a document's id"))?;
        let Some(log) = self.log_of(space) else { return Ok(None) };
        Ok(Some((id, Stored::from_bytes(value)?.record(log.space))))
    }
}
