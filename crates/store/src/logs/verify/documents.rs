//! The second pass: what is stored of each document, against what the entries say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use accord_core::admission::ActorState;
use accord_core::{Body, ChangeReader, DocumentId};
use sha2::{Digest, Sha256};

use super::{Checked, DocumentReport};
use crate::logs::arrivals::{PAGE, Place, Stored, read_page};
use crate::logs::layout::{arrivals_key, read_arrivals_key, read_document_key};
use crate::logs::{Logs, LogsError};
use crate::{Op, Scan, StoreError, Tree, walk};

/// What can be wrong with what is kept of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentFault {
    /// Its record, or a page of its entries, is damaged.
    Damaged,
    /// Entries are about it, and nothing says so.
    Missing,
    /// The list of the entries about it is not what the logs say.
    Places,
    /// How far its authors have come is not what the logs say.
    Actors,
    /// What kind it is, is not what the logs say.
    Kind,
    /// Something is kept of a document of which no entry is.
    Stray,
}

/// A document by its id and the number of its space.
pub(super) type Key = (DocumentId, u32);

/// What a document should be like.
#[derive(Debug, Clone, Default)]
struct Sum {
    arrived: u64,
    places: u128,
    actors: u128,
    kind: Option<Arc<str>>,
    disputed: bool,
}

/// What the entries say.
#[derive(Debug, Default)]
pub(super) struct Expected {
    documents: BTreeMap<Key, Sum>,
    /// How far each log was looked at, by number; and whether something in it is lost.
    looked: BTreeMap<u32, (u64, bool)>,
    kinds: BTreeSet<Arc<str>>,
}

/// A number for something, so that sums of them tell sets apart.
fn weight(tag: u8, number: u32, rest: [u64; 2]) -> u128 {
    let mut hash = Sha256::new();
    hash.update([tag]);
    hash.update(number.to_be_bytes());
    rest.iter().for_each(|part| hash.update(part.to_be_bytes()));
    let full: [u8; 32] = hash.finalize().into();
    full.iter().take(16).fold(0, |sum, byte| sum << 8 | u128::from(*byte))
}

fn weight_of_actor(number: u32, state: ActorState) -> u128 {
    weight(1, number, [u64::from(state.generation), state.seq])
}

impl Expected {
    /// A regular entry.
    pub(super) fn add(&mut self, space: u32, (number, seq): (u32, u64), body: &Body) {
        let Some(document) = body.document() else { return };
        let sum = self.documents.entry((document, space)).or_default();
        sum.arrived += 1;
        sum.places = sum.places.wrapping_add(weight(0, number, [seq, 0]));
        if let Body::Create { kind, .. } = body {
            let kind = match self.kinds.get(kind.as_str()) {
                Some(known) => Arc::clone(known),
                None => {
                    let kind: Arc<str> = kind.as_str().into();
                    self.kinds.insert(Arc::clone(&kind));
                    kind
                }
            };
            sum.disputed |= sum.kind.as_ref().is_some_and(|known| *known != kind);
            sum.kind = (!sum.disputed).then_some(kind);
        }
    }

    /// A branch was gone through.
    pub(super) fn looked(&mut self, number: u32, head: u64, holed: bool) {
        self.looked.insert(number, (head, holed));
    }

    /// How far the actors of a log have come.
    pub(super) fn actors<'a>(
        &mut self,
        space: u32,
        number: u32,
        actors: impl Iterator<Item = (&'a DocumentId, &'a ActorState)>,
    ) {
        for (document, state) in actors {
            let sum = self.documents.entry((*document, space)).or_default();
            sum.actors = sum.actors.wrapping_add(weight_of_actor(number, *state));
        }
    }
}

/// What is stored of a document, summed up as far as it was looked at.
#[derive(Default)]
struct Found {
    sum: Sum,
    /// Whether something arrived since.
    newer: bool,
    /// Whether an entry about it, or one that may be, is lost.
    holed: bool,
}

impl Logs {
    pub(super) fn verify_documents(
        &self,
        mend: bool,
        expected: &Expected,
        checked: &mut Checked,
        reader: &dyn ChangeReader,
        caches: super::Caches<'_>,
    ) -> Result<(), LogsError> {
        let mut seen: BTreeSet<Key> = BTreeSet::new();
        let mut wrong: BTreeMap<Key, DocumentFault> = BTreeMap::new();
        let mut strays: Vec<Op> = Vec::new();
        walk::<LogsError>(self.store.as_ref(), &Scan::all(Tree::Documents), |key, value| {
            let Some(of) = read_document_key(key) else {
                strays.push(Op::delete(Tree::Documents, key));
                return Ok(());
            };
            seen.insert(of);
            checked.documents += 1;
            let stored = value.and_then(|value| Stored::from_bytes(value).ok());
            let fault = match stored {
                Some(stored) => self.compare(of, &stored, expected)?,
                None => Some(DocumentFault::Damaged),
            };
            wrong.extend(fault.map(|fault| (of, fault)));
            Ok(())
        })?;
        for of in expected.documents.iter().filter(|(_, sum)| sum.arrived > 0).map(|(of, _)| of) {
            if !seen.contains(of) {
                wrong.insert(*of, DocumentFault::Missing);
            }
        }
        self.stray_pages(&seen, &mut wrong, &mut strays)?;
        let found = wrong.len() as u64 + strays.len() as u64;
        for ((document, space), fault) in &wrong {
            let space = self.log_of(*space).map(|log| log.space);
            checked.wrong.push(DocumentReport { space, document: *document, fault: *fault });
        }
        if !mend {
            checked.left += found;
            return Ok(());
        }
        if !strays.is_empty() {
            checked.mended += strays.len() as u64;
            self.commit(&mut self.writer(), strays)?;
        }
        let size = |of: &Key| expected.documents.get(of).map_or(0, |sum| sum.arrived);
        checked.mended += self.rebuild(wrong.keys().map(|of| (*of, size(of))).collect(), reader, caches)?;
        Ok(())
    }

    /// What is wrong with what is stored of a document, if anything.
    fn compare(
        &self,
        of: Key,
        stored: &Stored,
        expected: &Expected,
    ) -> Result<Option<DocumentFault>, LogsError> {
        let Some(found) = self.sum_up(of, stored, expected)? else {
            return Ok(Some(DocumentFault::Damaged));
        };
        let nothing = Sum::default();
        let should = expected.documents.get(&of).unwrap_or(&nothing);
        let Found { sum, newer, holed } = found;
        Ok(if sum.arrived == 0 && should.arrived == 0 {
            (!newer && !holed).then_some(DocumentFault::Stray)
        } else if (sum.arrived, sum.places) != (should.arrived, should.places) {
            Some(DocumentFault::Places)
        } else if newer {
            None
        } else if sum.actors != should.actors {
            Some(DocumentFault::Actors)
        } else if !holed && (sum.kind != should.kind || sum.disputed != should.disputed) {
            Some(DocumentFault::Kind)
        } else {
            None
        })
    }

    /// None if a page is damaged, missing, or out of order.
    fn sum_up(
        &self,
        (document, space): Key,
        stored: &Stored,
        expected: &Expected,
    ) -> Result<Option<Found>, LogsError> {
        let mut found = Found::default();
        let mut last: BTreeMap<u32, u64> = BTreeMap::new();
        let mut whole = (stored.tail.len() as u64) < PAGE;
        let mut gather = |found: &mut Found, places: &[Place]| {
            for Place { number, seq } in places {
                whole &= last.insert(*number, *seq).is_none_or(|before| before < *seq);
                match expected.looked.get(number) {
                    Some((head, _)) if seq <= head => {
                        if self.state().lost.contains(*number, *seq) {
                            found.holed = true;
                            continue;
                        }
                        found.sum.arrived += 1;
                        found.sum.places = found.sum.places.wrapping_add(weight(0, *number, [*seq, 0]));
                    }
                    _ => found.newer = true,
                }
            }
        };
        for page in 0..stored.pages {
            let value = match self.store.get(Tree::DocumentIndex, &arrivals_key(&document, space, page)) {
                Ok(value) => value,
                Err(StoreError::Damaged { .. }) => None,
                Err(error) => return Err(error.into()),
            };
            let Some(places) = value.and_then(|value| read_page(&value).ok()) else { return Ok(None) };
            gather(&mut found, &places);
        }
        gather(&mut found, &stored.tail);
        found.sum.actors = stored
            .actors()
            .filter(|(number, _)| expected.looked.get(number).is_some_and(|(_, holed)| !holed))
            // One that has come nowhere is as good as none.
            .filter(|(_, state)| *state != ActorState::default())
            .map(|(number, state)| weight_of_actor(number, state))
            .fold(0, u128::wrapping_add);
        (found.sum.kind, found.sum.disputed) = (stored.kind().map(Arc::from), stored.is_disputed());
        Ok(whole.then_some(found))
    }

    /// Pages of documents that have no such page.
    fn stray_pages(
        &self,
        seen: &BTreeSet<Key>,
        wrong: &mut BTreeMap<Key, DocumentFault>,
        strays: &mut Vec<Op>,
    ) -> Result<(), LogsError> {
        let mut last: Option<(Key, u64)> = None;
        walk::<LogsError>(self.store.as_ref(), &Scan::all(Tree::DocumentIndex), |key, _| {
            let Some((document, space, page)) = read_arrivals_key(key) else {
                strays.push(Op::delete(Tree::DocumentIndex, key));
                return Ok(());
            };
            let of = (document, space);
            if wrong.contains_key(&of) {
                return Ok(());
            }
            if !seen.contains(&of) {
                wrong.insert(of, DocumentFault::Stray);
                return Ok(());
            }
            let pages = match last {
                Some((known, pages)) if known == of && page < pages => pages,
                // Read again where it seems too few: it may have grown meanwhile.
                _ => self.journal.stored(&document, space)?.map_or(0, |stored| stored.pages),
            };
            last = Some((of, pages));
            if page >= pages {
                wrong.insert(of, DocumentFault::Places);
            }
            Ok(())
        })
    }
}
