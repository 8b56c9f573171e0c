//! Entries that were held and are not any more: their values are damaged, or gone. The rest of the log goes on being read
//! and served; what is lost is named, and any other node that has it can give it back ([`Logs::mend`]), since the chain
//! around it says exactly which entry belongs there.
//!
//! What reading finds is kept in memory at once, and noted in the store with the next commit, so that it is known after
//! the next start without reading every log.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::{EntryId, Head, LogId};

use super::layout::{entry_key, id_at, lost_key, place, read_entry};
use super::{Logs, LogsError, State};
use crate::{Op, Scan, Store, StoreError, Tree, walk};

/// Entries of one branch of a log that follow each other and are lost here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hole {
    /// The log.
    pub log: LogId,
    /// On which branch they stand, by its place in [`Logs::branches`].
    pub branch: u32,
    /// The first.
    pub from: u64,
    /// The last.
    pub to: u64,
    /// The head of the branch: an entry of the history that they belong to.
    pub of: Head,
}

/// The most notes that one commit takes along.
const OWED: usize = 1_024;

/// What is lost, by log number.
#[derive(Debug, Default)]
pub(super) struct Lost {
    places: BTreeMap<u32, BTreeSet<u64>>,
    /// What the store does not say yet.
    owed: Vec<Op>,
    /// How often something was found lost, or came back.
    moves: u64,
}

impl Lost {
    /// What an earlier run noted, as far as it is still so.
    pub(super) fn load(store: &dyn Store) -> Result<Self, LogsError> {
        let mut lost = Self::default();
        walk::<StoreError>(store, &Scan::prefix(Tree::Waiting, [b'h']), |key, _| {
            let Some((number, seq)) = place(&key[1..]) else { return Ok(()) };
            // Another version of this program may have put it back without knowing of the note.
            if !is_whole(store, number, seq)? {
                lost.places.entry(number).or_default().insert(seq);
            }
            Ok(())
        })?;
        Ok(lost)
    }

    pub(super) fn contains(&self, number: u32, seq: u64) -> bool {
        self.places.get(&number).is_some_and(|seqs| seqs.contains(&seq))
    }

    /// Those of a branch, ascending.
    pub(super) fn of(&self, number: u32) -> impl DoubleEndedIterator<Item = u64> {
        self.places.get(&number).into_iter().flatten().copied()
    }

    pub(super) fn insert(&mut self, number: u32, seq: u64) {
        if self.places.entry(number).or_default().insert(seq) {
            self.owed.push(Op::put(Tree::Waiting, lost_key(number, seq), Vec::new()));
            self.moves += 1;
        }
    }

    pub(super) fn remove(&mut self, number: u32, seq: u64) {
        if let Some(seqs) = self.places.get_mut(&number) {
            self.moves += u64::from(seqs.remove(&seq));
            if seqs.is_empty() {
                self.places.remove(&number);
            }
        }
    }

    /// What the next commit has to say, as much of it as leaves room for what that commit is for.
    pub(super) fn take_owed(&mut self) -> Vec<Op> {
        let count = self.owed.len().min(OWED);
        self.owed.drain(..count).collect()
    }
}

impl Logs {
    /// What is lost of all logs, as far as it was found.
    pub fn holes(&self) -> Vec<Hole> {
        let state = self.state();
        let mut holes: Vec<Hole> = Vec::new();
        for (number, seqs) in &state.lost.places {
            let Some(branch) = state.branches.get(*number as usize) else { continue };
            let place = state.place_on(*number);
            let begins = holes.len();
            for seq in seqs {
                match holes[begins..].last_mut() {
                    Some(hole) if hole.to + 1 == *seq => hole.to = *seq,
                    _ => holes.push(Hole {
                        log: branch.log,
                        branch: state.ordinal(&place),
                        from: *seq,
                        to: *seq,
                        of: branch.head,
                    }),
                }
            }
        }
        holes
    }

    /// Counts how often something was found lost or came back: who acts on [`Logs::holes`] looks again when it moved.
    pub fn holes_moved(&self) -> u64 {
        self.state().lost.moves
    }

    /// Notes entries that should stand under a number and do not.
    pub(super) fn note_lost(&self, number: u32, (from, to): (u64, u64)) {
        let mut state = self.state();
        let Some(log) = state.branches.get(number as usize).map(|branch| branch.log) else { return };
        let fresh: Vec<u64> = (from..=to).filter(|seq| !state.lost.contains(number, *seq)).collect();
        fresh.iter().for_each(|seq| state.lost.insert(number, *seq));
        if !fresh.is_empty() {
            tracing::error!(author = %log.device.short(), from, to, "entries are damaged in the store");
        }
    }

    /// The same of some in order: those that follow each other are told of together.
    pub(super) fn note_all_lost(&self, number: u32, seqs: &[u64]) {
        for stretch in seqs.chunk_by(|one, next| one + 1 == *next) {
            if let (Some(from), Some(to)) = (stretch.first(), stretch.last()) {
                self.note_lost(number, (*from, *to));
            }
        }
    }

    /// The id of the entry at a place that is held or was: what is lost is named by what follows it.
    pub(super) fn id_of_place(&self, number: u32, seq: u64) -> Result<EntryId, LogsError> {
        let error = match id_at(self.store.as_ref(), number, seq) {
            Err(error) if is_loss(&error) => error,
            other => return other,
        };
        self.note_lost(number, (seq, seq));
        self.id_by_what_follows(number, seq)?.ok_or(error)
    }

    /// The id of the entry at a place as the next one, or the head, names it; none if that is lost too.
    pub(super) fn id_by_what_follows(&self, number: u32, seq: u64) -> Result<Option<EntryId>, LogsError> {
        let head = self.state().place_on(number).held;
        if let Some(head) = head.filter(|head| head.seq == seq) {
            return Ok(Some(head.id));
        }
        match entry_at(self.store.as_ref(), number, seq + 1)? {
            Some(entry) => Ok(entry.header().prev),
            None => Ok(None),
        }
    }
}

impl State {
    /// Where entries from `from` on that are lost under a number end.
    pub(super) fn lost_to(&self, number: u32, from: u64) -> u64 {
        let mut to = from;
        while self.lost.contains(number, to + 1) {
            to += 1;
        }
        to
    }
}

/// Whether an error says that one value is damaged or gone, so that the rest can be read.
pub(super) fn is_loss(error: &LogsError) -> bool {
    matches!(
        error,
        LogsError::Store(StoreError::Damaged { .. }) | LogsError::Form { .. } | LogsError::Missing(_)
    )
}

/// The entry at a place; none if it is damaged or gone.
pub(super) fn entry_at(
    store: &dyn Store,
    number: u32,
    seq: u64,
) -> Result<Option<accord_core::Entry>, StoreError> {
    match store.get(Tree::Entries, &entry_key(number, seq)) {
        Ok(value) => Ok(value.and_then(|value| read_entry(&value).ok()).map(|(entry, _)| entry)),
        Err(StoreError::Damaged { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_whole(store: &dyn Store, number: u32, seq: u64) -> Result<bool, StoreError> {
    Ok(entry_at(store, number, seq)?.is_some())
}
