//! What is stored of each document beside its entries, and how a commit adds to it.
//!
//! A run can be about as many documents as it has entries, and every further key that a commit writes costs as much
//! as an entry. So all that changes with an arrival lies in one value: how far each actor has come, and the last
//! places. Full pages of places are moved out, and never change again.

use std::collections::BTreeMap;
use std::collections::btree_map;

use accord_core::admission::ActorState;
use accord_core::{Body, CodecError, DocumentId, SpaceId, encode};
use minicbor::{Decode, Decoder, Encode};

use super::journal::Journal;
use super::layout::{arrivals_key, entry_key, read_entry};
use super::{DocumentRecord, LogsError, Parting};
use crate::{Op, Store, Tree};

/// How many places a page has: so many are rewritten with the document's record at most.
pub(super) const PAGE: u64 = 32;

/// Where an entry that arrived stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(super) struct Place {
    #[n(0)]
    pub(super) number: u32,
    #[n(1)]
    pub(super) seq: u64,
}

/// How far the actor of one log has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct Actor {
    #[n(0)]
    number: u32,
    #[n(1)]
    generation: u32,
    #[n(2)]
    seq: u64,
}

/// What is stored of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(super) struct Stored {
    #[n(0)]
    kind: Option<String>,
    #[n(1)]
    disputed: bool,
    /// The actors, by the number of their log.
    #[n(2)]
    actors: Vec<Actor>,
    /// How many pages of arrivals are full.
    #[n(3)]
    pub(super) pages: u64,
    /// The arrivals after these, fewer than a page.
    #[n(4)]
    #[cbor(decode_with = "read_places")]
    pub(super) tail: Vec<Place>,
}

/// Reads places with room for one more: each arrival reads them, adds one, and writes them.
fn read_places<Ctx>(d: &mut Decoder<'_>, ctx: &mut Ctx) -> Result<Vec<Place>, minicbor::decode::Error> {
    let places = d.array_iter_with(ctx)?;
    let mut read = Vec::with_capacity(places.size_hint().0.min(31) + 1);
    for place in places {
        read.push(place?);
    }
    Ok(read)
}

impl Stored {
    pub(super) fn from_bytes(value: &[u8]) -> Result<Self, LogsError> {
        read("the record of a document", value)
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(32 + 8 * (self.actors.len() + self.tail.len()));
        minicbor::encode(self, &mut bytes).expect("encoding to memory cannot fail");
        bytes
    }

    /// The same with room for one more arrival.
    pub(super) fn to_grow(&self) -> Self {
        let mut tail = Vec::with_capacity(self.tail.len() + 1);
        tail.extend_from_slice(&self.tail);
        Self { kind: self.kind.clone(), actors: self.actors.clone(), tail, ..*self }
    }

    pub(super) fn arrived(&self) -> u64 {
        self.pages * PAGE + self.tail.len() as u64
    }

    pub(super) fn record(self, space: SpaceId) -> DocumentRecord {
        DocumentRecord { space, arrived: self.arrived(), kind: self.kind, disputed: self.disputed }
    }

    /// How far the actor of the branch with this number has come, if the branch has a change of its own.
    pub(super) fn actor(&self, number: u32) -> Option<ActorState> {
        let found = self.actors.iter().find(|actor| actor.number == number)?;
        Some(ActorState { generation: found.generation, seq: found.seq })
    }

    pub(super) fn actors(&self) -> impl Iterator<Item = (u32, ActorState)> {
        let state = |actor: &Actor| ActorState { generation: actor.generation, seq: actor.seq };
        self.actors.iter().map(move |actor| (actor.number, state(actor)))
    }

    pub(super) fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    pub(super) fn is_disputed(&self) -> bool {
        self.disputed
    }

    /// An entry creates it and names its kind.
    pub(super) fn name(&mut self, kind: &str) {
        // Which of two came first must not matter, since nodes see them in different orders.
        self.disputed |= self.kind.as_ref().is_some_and(|known| known != kind);
        self.kind = (!self.disputed).then(|| kind.to_owned());
    }

    /// Whether an entry is among those that arrived.
    pub(super) fn has(
        &self,
        store: &dyn Store,
        document: &DocumentId,
        space: u32,
        place: &Place,
    ) -> Result<bool, LogsError> {
        if self.tail.contains(place) {
            return Ok(true);
        }
        for page in 0..self.pages {
            let value = store.get(Tree::DocumentIndex, &arrivals_key(document, space, page))?;
            if value.is_some_and(|value| read_page(&value).is_ok_and(|places| places.contains(place))) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// An entry arrives. Gives the page that is full by it, if one is: it is written apart, and never changes again.
    pub(super) fn arrive(&mut self, place: Place) -> Option<Vec<Place>> {
        self.tail.push(place);
        if (self.tail.len() as u64) < PAGE {
            return None;
        }
        self.pages += 1;
        Some(std::mem::take(&mut self.tail))
    }

    pub(super) fn set_actor(&mut self, number: u32, ActorState { generation, seq }: ActorState) {
        let actor = Actor { number, generation, seq };
        match self.actors.binary_search_by_key(&number, |actor| actor.number) {
            Ok(at) => self.actors[at] = actor,
            Err(at) => self.actors.insert(at, actor),
        }
    }
}

/// A full page of arrivals.
pub(super) fn read_page(value: &[u8]) -> Result<Vec<Place>, LogsError> {
    let places: Vec<Place> = read("a page of arrivals", value)?;
    if places.len() as u64 == PAGE { Ok(places) } else { Err(LogsError::Missing("a page of arrivals")) }
}

/// Written by us and covered by the store's checksum: no need to prove it canonical again.
fn read<'b, T: Decode<'b, ()>>(what: &'static str, value: &'b [u8]) -> Result<T, LogsError> {
    let form = |error: minicbor::decode::Error| CodecError::Malformed(error.to_string());
    minicbor::decode(value).map_err(|error| LogsError::Form { what, source: form(error) })
}

/// How far the actor had come where a branch begins. The branches before it went on since, so this is counted anew from
/// their entries, once for each document of a branch: the regular changes of its last generation.
pub(super) fn inherited(
    store: &dyn Store,
    document: &DocumentId,
    space: u32,
    stored: &Stored,
    lineage: &[Parting],
) -> Result<ActorState, LogsError> {
    if !lineage.iter().any(|older| stored.actor(older.number).is_some()) {
        return Ok(ActorState::default());
    }
    let mut before = Vec::new();
    let mut gather = |places: &[Place]| {
        let shared = |place: &&Place| {
            lineage.iter().any(|older| older.number == place.number && place.seq <= older.seq)
        };
        before.extend(places.iter().filter(shared).copied());
    };
    for page in 0..stored.pages {
        let value = store.get(Tree::DocumentIndex, &arrivals_key(document, space, page))?;
        gather(&read_page(&value.ok_or(LogsError::Missing("a page of arrivals"))?)?);
    }
    gather(&stored.tail);
    before.sort_unstable_by_key(|place| place.seq);
    let mut state = ActorState::default();
    for Place { number, seq } in before {
        let value =
            store.get(Tree::Entries, &entry_key(number, seq))?.ok_or(LogsError::Missing("an entry"))?;
        let Body::Change { generation, .. } = read_entry(&value)?.0.header().body else { continue };
        let next = if generation == state.generation { state.seq + 1 } else { 1 };
        state = ActorState { generation, seq: next };
    }
    Ok(state)
}

/// What a commit adds to one document.
#[derive(Debug)]
pub(super) struct Addition {
    pub(super) document: DocumentId,
    /// The record with it.
    pub(super) stored: Stored,
    /// The kinds that entries give it.
    pub(super) kinds: Vec<String>,
    /// The positions of the entries that arrive.
    pub(super) seqs: Vec<u64>,
    /// The pages that are full by them.
    pages: Vec<Op>,
}

impl Addition {
    /// Nothing yet.
    pub(super) fn to(document: DocumentId, stored: Stored) -> Self {
        Self { document, stored, kinds: Vec::new(), seqs: Vec::new(), pages: Vec::new() }
    }
}

/// Gathers what a commit adds about documents, all from one log.
pub(super) struct Arrivals<'a> {
    store: &'a dyn Store,
    journal: &'a Journal,
    space: u32,
    number: u32,
    /// The older branches that this one goes on from, each with the last position that it shares.
    lineage: Vec<Parting>,
    /// Every document that was looked at.
    looked_at: BTreeMap<DocumentId, Addition>,
}

impl<'a> Arrivals<'a> {
    pub(super) fn new(
        (store, journal): (&'a dyn Store, &'a Journal),
        space: u32,
        number: u32,
        lineage: Vec<Parting>,
    ) -> Self {
        Self { store, journal, space, number, lineage, looked_at: BTreeMap::new() }
    }

    /// How far this log's actor has come in a document.
    pub(super) fn actor(&mut self, document: &DocumentId) -> Result<ActorState, LogsError> {
        let number = self.number;
        Ok(self.look_at(document)?.stored.actor(number).unwrap_or_default())
    }

    pub(super) fn create(&mut self, document: &DocumentId, seq: u64, kind: &str) -> Result<(), LogsError> {
        let addition = self.arrive(document, seq)?;
        addition.stored.name(kind);
        addition.kinds.push(kind.to_owned());
        Ok(())
    }

    pub(super) fn change(
        &mut self,
        document: &DocumentId,
        seq: u64,
        after: ActorState,
    ) -> Result<(), LogsError> {
        let number = self.number;
        self.arrive(document, seq)?.stored.set_actor(number, after);
        Ok(())
    }

    fn look_at(&mut self, document: &DocumentId) -> Result<&mut Addition, LogsError> {
        Ok(match self.looked_at.entry(*document) {
            btree_map::Entry::Occupied(known) => known.into_mut(),
            btree_map::Entry::Vacant(vacant) => {
                let mut stored = self.journal.stored(document, self.space)?.unwrap_or_default();
                if !self.lineage.is_empty() && stored.actor(self.number).is_none() {
                    let state = inherited(self.store, document, self.space, &stored, &self.lineage)?;
                    stored.set_actor(self.number, state);
                }
                vacant.insert(Addition::to(*document, stored))
            }
        })
    }

    fn arrive(&mut self, document: &DocumentId, seq: u64) -> Result<&mut Addition, LogsError> {
        let (number, space) = (self.number, self.space);
        let addition = self.look_at(document)?;
        addition.seqs.push(seq);
        if let Some(page) = addition.stored.arrive(Place { number, seq }) {
            let key = arrivals_key(document, space, addition.stored.pages - 1);
            addition.pages.push(Op::put(Tree::DocumentIndex, key, encode(&page)));
        }
        Ok(addition)
    }

    /// Adds the pages that are full now, and gives what is added to each document about which something arrived, in order.
    pub(super) fn finish(self, ops: &mut Vec<Op>) -> Vec<Addition> {
        let mut additions: Vec<Addition> =
            self.looked_at.into_values().filter(|addition| !addition.seqs.is_empty()).collect();
        additions.iter_mut().for_each(|addition| ops.append(&mut addition.pages));
        additions
    }
}
