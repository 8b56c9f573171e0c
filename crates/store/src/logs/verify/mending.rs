//! Writing anew what is kept of documents, and proofs of forks, from the entries, while nobody else writes.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::admission::ActorState;
use accord_core::{Body, ChangeReader, LogId, encode};

use super::documents::Key;
use super::entries::LogFault;
use super::{Caches, Checked, LogReport};
use crate::logs::arrivals::{PAGE, Place, Stored, inherited};
use crate::logs::forks::{ForkProof, Side};
use crate::logs::layout::{arrivals_key, document_key, entry_key, place, read_entry};
use crate::logs::{Logs, LogsError, Parting};
use crate::{Op, Scan, StoreError, Tree, walk};

/// How many places of documents are held in memory at once, at 16 bytes each: with more, the logs are read again.
const PLACES: u64 = 1 << 20;

/// How many writes go into one commit.
const BATCH: usize = 4_096;

/// A document in the making.
#[derive(Default)]
struct Made {
    stored: Stored,
    places: Vec<Place>,
    /// Those of this device's logs of which something is lost.
    holed: BTreeMap<u32, ActorState>,
}

impl Logs {
    /// Writes anew what is kept of these documents, each given with about how many entries it has. Gives of how many
    /// something was different.
    pub(in crate::logs) fn rebuild(
        &self,
        documents: Vec<(Key, u64)>,
        reader: &dyn ChangeReader,
        caches: Caches<'_>,
    ) -> Result<u64, LogsError> {
        let mut writer = self.writer();
        self.sure(&writer)?;
        let (mut mended, mut rest) = (0, documents.into_iter().peekable());
        while rest.peek().is_some() {
            let (mut batch, mut places) = (BTreeSet::new(), 0);
            while let Some((of, size)) = rest.next_if(|(_, size)| batch.is_empty() || places + size <= PLACES)
            {
                batch.insert(of);
                places += size;
            }
            for (of, made) in self.gather(&batch, reader)? {
                let ops = self.differs(of, made)?;
                if ops.is_empty() {
                    continue;
                }
                mended += 1;
                // First what rests on the order of arrival, last the record: whatever is cut short is wrong in a way that
                // the next look finds.
                let space = self.log_of(of.1).map(|log| log.space);
                let also = space.map(|space| caches(&space, &of.0)).unwrap_or_default();
                let ops = [also, ops].concat();
                for part in ops.chunks(BATCH) {
                    self.commit(&mut writer, part.to_vec())?;
                }
            }
        }
        Ok(mended)
    }

    /// What the entries say of documents, in the order of the logs' numbers: where one log alone writes in a document that is
    /// the order in which they arrived.
    fn gather(
        &self,
        batch: &BTreeSet<Key>,
        reader: &dyn ChangeReader,
    ) -> Result<BTreeMap<Key, Made>, LogsError> {
        let mut made: BTreeMap<Key, Made> = batch.iter().map(|of| (*of, Made::default())).collect();
        let spaces: BTreeSet<u32> = batch.iter().map(|(_, space)| *space).collect();
        let branches: Vec<(crate::logs::Place, bool, Vec<Parting>)> = {
            let state = self.state();
            let of = |number: u32| {
                let place = state.place_on(number);
                let holed = place.log.device == self.device && state.lost.of(number).next().is_some();
                (place, holed, state.lineage(&place))
            };
            let all = (0..).take(state.branches.len()).map(of);
            all.filter(|(place, ..)| spaces.contains(&place.space)).collect()
        };
        for (place_on, holed, lineage) in branches {
            let (number, space) = (place_on.number, place_on.space);
            let head = place_on.held.map_or(0, |head| head.seq);
            let range = Scan::range(Tree::Entries, entry_key(number, 0), entry_key(number, head + 1));
            walk::<LogsError>(self.store.as_ref(), &range, |key, value| {
                let Some((_, seq)) = place(key) else { return Ok(()) };
                let Some((entry, irregular)) = value.and_then(|value| read_entry(value).ok()) else {
                    return Ok(());
                };
                let body = &entry.header().body;
                let Some(made) = body.document().and_then(|document| made.get_mut(&(document, space))) else {
                    return Ok(());
                };
                if irregular || self.state().lost.contains(number, seq) {
                    return Ok(());
                }
                if !lineage.is_empty() && made.stored.actor(number).is_none() {
                    let mut so_far = made.stored.clone();
                    so_far.tail.clone_from(&made.places);
                    let document = body.document().unwrap_or(accord_core::DocumentId([0; 16]));
                    let state = inherited(self.store.as_ref(), &document, space, &so_far, &lineage);
                    // What is lost of it counts as in any rebuilding: it is not there.
                    made.stored.set_actor(number, state.unwrap_or_default());
                }
                match body {
                    Body::Create { kind, .. } => made.stored.name(kind),
                    Body::Change { generation, .. } => {
                        let Ok(meta) = reader.read(entry.payload()) else { return Ok(()) };
                        let state = ActorState { generation: *generation, seq: meta.seq };
                        made.stored.set_actor(number, state);
                        if holed {
                            made.holed.insert(number, state);
                        }
                    }
                    _ => {}
                }
                made.places.push(Place { number, seq });
                Ok(())
            })?;
        }
        for made in made.values_mut() {
            // A change of this device may be among what is lost, and must never be made a second time: it goes on under
            // another actor.
            for (number, state) in std::mem::take(&mut made.holed) {
                let next = ActorState { generation: state.generation.saturating_add(1), seq: 0 };
                made.stored.set_actor(number, next);
            }
        }
        Ok(made)
    }

    /// What has to be written so that this is what is stored of a document; nothing if it is.
    fn differs(&self, (document, space): Key, made: Made) -> Result<Vec<Op>, LogsError> {
        let Made { mut stored, places, .. } = made;
        let mut ops = Vec::new();
        let page_size = usize::try_from(PAGE).unwrap_or(usize::MAX);
        let full = places.chunks_exact(page_size);
        stored.tail = full.remainder().to_vec();
        for page in full {
            let key = arrivals_key(&document, space, stored.pages);
            self.put_if_other(&mut ops, Tree::DocumentIndex, key, encode(&page.to_vec()))?;
            stored.pages += 1;
        }
        let prefix = document_key(&document, space);
        walk::<LogsError>(self.store.as_ref(), &Scan::prefix(Tree::DocumentIndex, prefix), |key, _| {
            if *key >= *arrivals_key(&document, space, stored.pages) {
                ops.push(Op::delete(Tree::DocumentIndex, key));
            }
            Ok(())
        })?;
        if places.is_empty() {
            let there = !matches!(self.store.get(Tree::Documents, &prefix), Ok(None));
            ops.extend(there.then(|| Op::delete(Tree::Documents, prefix)));
            return Ok(ops);
        }
        // The same entries in another order are as good: the order of arrival between logs means nothing.
        let mut record = Vec::new();
        self.put_if_other(&mut record, Tree::Documents, prefix.to_vec(), stored.to_bytes())?;
        ops.extend(record);
        Ok(ops)
    }

    fn put_if_other(
        &self,
        ops: &mut Vec<Op>,
        tree: Tree,
        key: Vec<u8>,
        value: Vec<u8>,
    ) -> Result<(), LogsError> {
        let stored = match self.store.get(tree, &key) {
            Ok(stored) => stored,
            Err(StoreError::Damaged { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        if stored.as_ref() != Some(&value) {
            ops.push(Op::put(tree, key, value));
        }
        Ok(())
    }

    /// Documents of which an entry that came back is not among the places: what was written anew without it.
    pub(in crate::logs) fn lack_places(
        &self,
        space: u32,
        places: &[(accord_core::DocumentId, (u32, u64))],
    ) -> Result<Vec<(Key, u64)>, LogsError> {
        let mut lacking = BTreeSet::new();
        for (document, (number, seq)) in places {
            let at = Place { number: *number, seq: *seq };
            let known = match self.journal.stored(document, space) {
                Ok(Some(stored)) => stored.has(self.store.as_ref(), document, space, &at)?,
                Ok(None) => false,
                Err(error) if crate::logs::holes::is_loss(&error) => false,
                Err(error) => return Err(error),
            };
            if !known {
                lacking.insert((*document, space));
            }
        }
        Ok(lacking.into_iter().map(|of| (of, 0)).collect())
    }

    /// Makes the proof of a fork anew where it cannot be read and both histories are here.
    pub(super) fn check_proof(
        &self,
        log: LogId,
        mend: bool,
        report: &mut LogReport,
        checked: &mut Checked,
    ) -> Result<(), LogsError> {
        let branches = self.branches(&log);
        let Some(number) = self.state().numbers.get(&log).and_then(|numbers| numbers.first()).copied() else {
            return Ok(());
        };
        let parted = (0..).zip(branches.all()).find_map(|(of, branch)| Some((of, branch.parts_from?)));
        let stored = self.store.get(Tree::Forks, &number.to_be_bytes());
        let damaged = matches!(stored, Err(StoreError::Damaged { .. }));
        let holds = matches!(self.fork_proof(&log), Ok(Some(proof)) if proof.holds(&log));
        if holds || (parted.is_none() && !damaged && matches!(stored, Ok(None))) {
            return Ok(());
        }
        report.faults.push((LogFault::Proof, parted.map_or(0, |(_, (_, seq))| seq + 1), 1));
        let Some((other, (one, seq))) = parted else {
            // It comes again with the other history.
            return self.replace_proof(mend, checked, Op::delete(Tree::Forks, number.to_be_bytes()));
        };
        let read = |branch| {
            self.read_on(
                &log,
                branch,
                (seq + 1, u64::MAX),
                accord_core::MAX_RUN,
                crate::logs::parts::PART_BYTES,
            )
        };
        let (Ok(one), Ok(other)) = (read(one), read(other)) else { return Ok(()) };
        if let (Some(one), Some(other)) = (Side::of(one.iter()), Side::of(other.iter())) {
            let proof = ForkProof { seq: seq + 1, one, other };
            self.replace_proof(mend, checked, Op::put(Tree::Forks, number.to_be_bytes(), encode(&proof)))?;
        }
        Ok(())
    }

    fn replace_proof(&self, mend: bool, checked: &mut Checked, op: Op) -> Result<(), LogsError> {
        if mend {
            self.commit(&mut self.writer(), vec![op])?;
            checked.mended += 1;
        } else {
            checked.left += 1;
        }
        Ok(())
    }
}
