//! The part of a pack that tells what the positions of each log are.

use std::collections::HashMap;

use accord_core::{Authority, DocumentId, EntryId};

use super::PackError;
use super::channel::{Channel, Column};

/// The longest name of a kind: longer ones stand in no header.
const MAX_KIND: usize = 64;
/// The longest header or payload that can stand whole in a pack.
const MAX_WHOLE: usize = super::MAX_BYTES;

/// What is at one position of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item<'a> {
    pub(super) what: What<'a>,
    /// The entry's authority, where it is another than that of the entry before it in the pack.
    pub(super) authority: Option<Authority>,
    pub(super) signature: Option<[u8; 64]>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What<'a> {
    /// The next change of this device to a document, which stands with the document's changes.
    Change { document: usize, generation: u32, seq: u64, time: i64 },
    /// It begins a document.
    Create { document: usize, kind: &'a str },
    /// Anything else: what a newer version wrote, what is irregular, what the library would write otherwise.
    Whole { header: &'a [u8], payload: &'a [u8] },
}

/// The documents of a pack in the order in which they are first named.
#[derive(Debug, Default)]
pub(super) struct Documents {
    pub(super) ids: Vec<DocumentId>,
    places: HashMap<DocumentId, usize>,
}

impl Documents {
    /// The place of a document; a new one is at the end.
    pub(super) fn place(&mut self, id: DocumentId) -> usize {
        *self.places.entry(id).or_insert_with(|| {
            self.ids.push(id);
            self.ids.len() - 1
        })
    }
}

/// What the positions of a log are told relative to.
#[derive(Debug, Default)]
pub(super) struct State {
    document: usize,
    time: i64,
    /// The actor's last generation and sequence number, by document.
    actors: HashMap<usize, (u32, u64)>,
    /// How many documents were named so far, by any log.
    named: usize,
}

impl State {
    /// Before the first position of a log.
    pub(super) fn new(named: usize) -> Self {
        Self { named, ..Self::default() }
    }

    pub(super) fn named(&self) -> usize {
        self.named
    }
}

const CREATE: u64 = 1;
const WHOLE: u64 = 2;
const SORTS: u64 = 3;
const AUTHORITY: u64 = 1 << 2;
const SIGNATURE: u64 = 1 << 3;
const ACTOR: u64 = 1 << 4;

/// One position of a log.
pub(super) fn item<'a, C: Channel<'a>>(
    c: &mut C,
    state: &mut State,
    documents: &mut Documents,
    given: Option<&Item<'a>>,
) -> Result<Item<'a>, PackError> {
    let sort = c.number(Column::Sort, given.map(|item| sort_of(state, item)))?;
    if sort >= ACTOR << 1 {
        return Err(PackError::Malformed("an entry of an unknown sort"));
    }
    let what = given.map(|item| &item.what);
    let what = match sort & SORTS {
        0 => {
            let given = what.and_then(|what| match *what {
                What::Change { document, generation, seq, time } => Some((document, generation, seq, time)),
                _ => None,
            });
            let document = document(c, state, documents, given.map(|given| given.0))?;
            let (mut generation, mut seq) = state.next(document);
            if sort & ACTOR != 0 {
                let said = c.number(Column::News, given.map(|given| u64::from(given.1)))?;
                generation = u32::try_from(said).map_err(|_| PackError::Malformed("a generation"))?;
                seq = c.number(Column::News, given.map(|given| given.2))?;
            }
            let since = c.signed(Column::Time, given.map(|given| given.3.wrapping_sub(state.time)))?;
            state.time = state.time.wrapping_add(since);
            state.actors.insert(document, (generation, seq));
            What::Change { document, generation, seq, time: state.time }
        }
        CREATE => {
            let given = what.and_then(|what| match what {
                What::Create { document, kind } => Some((*document, *kind)),
                _ => None,
            });
            let document = document(c, state, documents, given.map(|given| given.0))?;
            let kind = c.text(Column::Texts, MAX_KIND, given.map(|given| given.1.as_bytes()))?;
            let kind = std::str::from_utf8(kind).map_err(|_| PackError::Malformed("a kind is not text"))?;
            What::Create { document, kind }
        }
        WHOLE => {
            let given = what.and_then(|what| match what {
                What::Whole { header, payload } => Some((*header, *payload)),
                _ => None,
            });
            let header = c.text(Column::Whole, MAX_WHOLE, given.map(|given| given.0))?;
            let payload = c.text(Column::Whole, MAX_WHOLE, given.map(|given| given.1))?;
            What::Whole { header, payload }
        }
        _ => return Err(PackError::Malformed("an entry of an unknown sort")),
    };
    let authority = match sort & AUTHORITY {
        0 => None,
        _ => Some(authority(c, given.and_then(|item| item.authority))?),
    };
    let signature = match sort & SIGNATURE {
        0 => None,
        _ => Some(c.id(Column::Signatures, given.and_then(|item| item.signature.as_ref()))?),
    };
    Ok(Item { what, authority, signature })
}

/// Under which decisions, by its position and the entry there; position 0 is the genesis.
pub(super) fn authority<'a, C: Channel<'a>>(
    c: &mut C,
    given: Option<Authority>,
) -> Result<Authority, PackError> {
    let position = c.number(Column::News, given.map(|authority| authority.position()))?;
    if position == 0 {
        return Ok(Authority::Genesis);
    }
    let id = given.and_then(|authority| match authority {
        Authority::Genesis => None,
        Authority::At { id, .. } => Some(id.0),
    });
    Ok(Authority::At { position, id: EntryId(c.id(Column::Ids, id.as_ref())?) })
}

fn sort_of(state: &State, item: &Item<'_>) -> u64 {
    let sort = match item.what {
        What::Change { document, generation, seq, .. } if state.next(document) == (generation, seq) => 0,
        What::Change { .. } => ACTOR,
        What::Create { .. } => CREATE,
        What::Whole { .. } => WHOLE,
    };
    let flag = |is: bool, flag: u64| if is { flag } else { 0 };
    sort | flag(item.authority.is_some(), AUTHORITY) | flag(item.signature.is_some(), SIGNATURE)
}

/// A document, relative to the one before; one that was not named yet is named.
fn document<'a, C: Channel<'a>>(
    c: &mut C,
    state: &mut State,
    documents: &mut Documents,
    given: Option<usize>,
) -> Result<usize, PackError> {
    // Where it is written, all documents are known beforehand; where it is read, none.
    let step = |given: usize| given.cast_signed().wrapping_sub(state.document.cast_signed()) as i64;
    let step = c.signed(Column::Document, given.map(step))?;
    let place = (state.document as i64).checked_add(step).and_then(|place| usize::try_from(place).ok());
    let place = place.filter(|place| *place <= state.named).ok_or(PackError::Malformed("a document"))?;
    if place == state.named {
        let id = DocumentId(c.id(Column::Ids, documents.ids.get(place).map(|id| &id.0))?);
        if documents.place(id) != place {
            return Err(PackError::Malformed("a document that is named twice"));
        }
        state.named += 1;
    }
    state.document = place;
    Ok(place)
}

impl State {
    /// The generation and the sequence number that are expected next.
    fn next(&self, document: usize) -> (u32, u64) {
        let known = self.actors.get(&document);
        known.map_or((0, 1), |(generation, seq)| (*generation, seq.saturating_add(1)))
    }
}
