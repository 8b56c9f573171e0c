//! The logs of a programme on a [`Store`]: what is held of each, appending to one's own, taking in verified runs.
//!
//! A log is stored under a small local number, so that a key is twelve bytes. Beside the entries stand, written in
//! the same commit and rebuildable from them: the head of each log, the entries of each document in the order of
//! their arrival, and how far each actor has come, which tells regular entries from irregular ones.
//!
//! A log whose device signed two histories is a tree: each further history is a *branch*, stored under a number of its
//! own from where it parts. At most [`MAX_BRANCHES`] are kept of one log.
//!
//! This module does not judge access or admission: it stores what is verified, gapless, whoever wrote it.
//!
//! Who writes holds the writer's lock from the first look to the last step; who reads takes the state's lock for a
//! moment only, and so waits for no disk. What is in the store beyond the heads in the state is not shown yet: it is
//! on its way to the file of own heads.

mod append;
mod arrivals;
mod branches;
mod documents;
mod error;
mod forks;
mod holes;
mod ingest;
mod journal;
mod layout;
mod mend;
mod numbers;
mod open;
mod own;
mod packing;
mod packs;
mod parts;
mod prepare;
mod read;
mod verify;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use accord_core::{ChangeMeta, DeviceId, Entry, Head, LogId, ProgrammeId, SpaceId, Vector};

use crate::{Op, OwnHeads, Store, StoreError};
pub use append::Draft;
pub use branches::{Branch, Branches, MAX_BRANCHES};
pub use documents::{Arrival, DocumentRecord, EntryRef};
pub use error::{AppendError, IngestError, LogsError};
pub use forks::{ForkProof, Side};
pub use holes::Hole;
use holes::Lost;
pub use ingest::{Ingested, Irregular};
use journal::Journal;
pub use mend::Mended;
pub use packing::{PackBounds, PackReport};
pub use packs::Packer;
use packs::Packs;
pub use verify::{Caches, CheckProgress, Checked, DocumentFault, DocumentReport, LogFault, LogReport};

/// An entry as a verified run has it: with the outside of its change.
type Verified = (Entry, Option<ChangeMeta>);

/// All logs of one programme.
pub struct Logs {
    /// Shows entries that stand in packs as all others.
    store: Arc<dyn Store>,
    /// The same, for who makes packs.
    packs: Arc<Packs>,
    /// The store below that, for who puts the records of documents in their places.
    journal: Arc<Journal>,
    programme: ProgrammeId,
    device: DeviceId,
    writer: Mutex<Writer>,
    state: Mutex<State>,
}

/// What only who writes needs.
#[derive(Debug)]
struct Writer {
    own_heads: Option<OwnHeads>,
    /// Set when a commit failed, or the file of own heads could not be written after one: what is in the store then
    /// is not known, or may not be shown or built on, before both were read again.
    unsure: bool,
    /// Whether the store says by which layout its logs are written.
    layout_noted: bool,
    /// Heads that were damaged and were found again from the entries: to be written with the next commit.
    owed: Vec<Op>,
}

/// What is known of every log without reading any: a few dozen bytes for each device in each space.
#[derive(Debug, Default)]
struct State {
    /// The numbers of each log's branches: the first is that of its first history.
    numbers: BTreeMap<LogId, Vec<u32>>,
    branches: Vec<BranchRecord>,
    /// The number of the first log of each space, which stands for the space in keys.
    spaces: BTreeMap<SpaceId, u32>,
    /// From where on two histories of a log are known.
    forked: BTreeMap<LogId, u64>,
    /// Set when the store is behind the file of own heads.
    behind: Option<(LogId, u64, u64)>,
    /// How far others say that own logs go, where that is further than here.
    said: BTreeMap<LogId, u64>,
    /// Entries that were held and cannot be read any more.
    lost: Lost,
    /// How many documents could not be listed.
    unlisted: usize,
}

#[derive(Debug, Clone)]
struct BranchRecord {
    log: LogId,
    head: Head,
    /// The highest authority position up to its head: regular entries do not go back behind it.
    authority: u64,
    /// Where it parts from an older branch; none for the first history of a log.
    parting: Option<Parting>,
}

/// The last place that a branch has in common with an older one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
struct Parting {
    /// The older branch, on which the entry at `seq` itself stands.
    #[n(0)]
    number: u32,
    /// 0 if they have nothing in common.
    #[n(1)]
    seq: u64,
}

/// Where the next entries of a branch go.
#[derive(Debug, Clone, Copy)]
struct Place {
    log: LogId,
    number: u32,
    /// What stands for its space in keys.
    space: u32,
    /// The entry that they follow.
    held: Option<Head>,
    authority: u64,
    parting: Option<Parting>,
}

impl Logs {
    /// The programme.
    pub fn programme(&self) -> ProgrammeId {
        self.programme
    }

    /// The store underneath.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// What is held of a space: one head for each log, and one for each branch of a forked one.
    pub fn vector(&self, space: &SpaceId) -> Vector {
        let state = self.state();
        let held = state.branches.iter().filter(|branch| branch.log.space == *space);
        held.map(|branch| (branch.log.device, branch.head)).collect()
    }

    /// How many entries are held of a space, whoever wrote them.
    pub fn entry_count(&self, space: &SpaceId) -> u64 {
        let state = self.state();
        let held = state.branches.iter().filter(|branch| branch.log.space == *space);
        held.map(|branch| branch.head.seq - branch.parting.map_or(0, |parting| parting.seq)).sum()
    }

    /// The spaces of which anything is held.
    pub fn spaces(&self) -> Vec<SpaceId> {
        self.state().spaces.keys().copied().collect()
    }

    /// The last entry held of a log; of its longest branch, if it has several.
    pub fn head(&self, log: &LogId) -> Option<Head> {
        let state = self.state();
        state.numbers.get(log)?.iter().map(|number| state.branches[*number as usize].head).max()
    }

    /// If the store is behind the file of own heads: which log, the position in the store and that in the file.
    pub fn behind(&self) -> Option<(LogId, u64, u64)> {
        self.state().behind
    }

    /// The logs of which two histories are known, and from which position on.
    pub fn forks(&self) -> Vec<(LogId, u64)> {
        self.state().forked.iter().map(|(log, seq)| (*log, *seq)).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is only changed after a commit succeeded, in steps that cannot panic, so a poisoned lock still
        // guards a whole state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        // A panic between a commit and the step that follows it must not let anybody build on what is not known.
        self.writer.lock().unwrap_or_else(|poisoned| {
            let mut writer = poisoned.into_inner();
            writer.unsure = true;
            writer
        })
    }

    /// Why nothing can be written any more before the store is opened again, if so.
    pub fn stopped(&self) -> Option<LogsError> {
        if let Some(error) = self.store.failed() {
            return Some(error.into());
        }
        // Who holds it is writing, so it is not stopped.
        let unsure = self.writer.try_lock().is_ok_and(|writer| writer.unsure);
        unsure.then_some(LogsError::Unsure)
    }

    /// Whether writing may go on at all; where it may not, the store's own reason goes before ours.
    fn sure(&self, writer: &Writer) -> Result<(), LogsError> {
        if writer.unsure {
            self.store.maintain()?;
            return Err(LogsError::Unsure);
        }
        Ok(())
    }

    /// Commits. After a failure nobody knows what is on the disk: going on could give one log's number to another,
    /// or one position to two entries.
    fn commit(&self, writer: &mut Writer, ops: Vec<Op>) -> Result<(), StoreError> {
        self.commit_by(writer, ops, |ops| self.store.commit(ops))
    }

    /// The same by `commit`, which may add to the operations.
    fn commit_by(
        &self,
        writer: &mut Writer,
        mut ops: Vec<Op>,
        commit: impl FnOnce(Vec<Op>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if !ops.is_empty() {
            if !writer.layout_noted {
                ops.push(layout::note());
            }
            // First: what this commit itself writes is newer.
            let owed = [std::mem::take(&mut writer.owed), self.state().lost.take_owed()].concat();
            ops.splice(0..0, owed);
        }
        let done = commit(ops);
        writer.layout_noted |= done.is_ok();
        // What is over a limit was refused before anything was written.
        writer.unsure |= !matches!(done, Ok(()) | Err(StoreError::TooLarge { .. }));
        done
    }

    /// Puts the records of documents that journals hold in their places.
    fn settle(&self) -> Result<(), LogsError> {
        let mut writer = self.writer();
        self.sure(&writer)?;
        let done = self.journal.settle();
        writer.unsure |= done.is_err();
        Ok(done?)
    }

    /// Writes what reading found and the store does not say yet. Where nothing can be written it waits on.
    fn write_owed(&self, writer: &mut Writer) -> Result<(), StoreError> {
        while self.store.failed().is_none() {
            let ops = [std::mem::take(&mut writer.owed), self.state().lost.take_owed()].concat();
            if ops.is_empty() {
                break;
            }
            self.commit(writer, ops)?;
        }
        Ok(())
    }
}

impl State {
    /// Where the next entries of an unforked log go: under a new number if nothing is held of it yet. The number is
    /// taken for good by [`State::advance`], once something of the log is stored.
    fn place(&self, log: LogId) -> Place {
        match self.numbers.get(&log).and_then(|numbers| numbers.first()) {
            Some(number) => self.place_on(*number),
            None => Place { log, held: None, authority: 0, parting: None, ..self.new_place(log) },
        }
    }

    /// Where the next entries of a branch go.
    fn place_on(&self, number: u32) -> Place {
        let BranchRecord { log, head, authority, parting } = self.branches[number as usize];
        let space = self.spaces.get(&log.space).copied().unwrap_or(number);
        Place { log, number, space, held: Some(head), authority, parting }
    }

    /// A place under a new number.
    fn new_place(&self, log: LogId) -> Place {
        // Four billion logs do not fit into any memory.
        let number = u32::try_from(self.branches.len()).unwrap_or(u32::MAX);
        let space = self.spaces.get(&log.space).copied().unwrap_or(number);
        Place { log, number, space, held: None, authority: 0, parting: None }
    }

    /// Shows a branch up to `head`.
    fn advance(&mut self, place: &Place, head: Head, authority: u64) {
        match self.branches.get_mut(place.number as usize) {
            Some(branch) => (branch.head, branch.authority) = (head, authority),
            None => {
                let parting = place.parting;
                self.branches.push(BranchRecord { log: place.log, head, authority, parting });
                self.numbers.entry(place.log).or_default().push(place.number);
                self.spaces.entry(place.log.space).or_insert(place.number);
            }
        }
        if self.said.get(&place.log).is_some_and(|said| *said <= head.seq) {
            self.said.remove(&place.log);
        }
    }

    /// Notes that two histories of a log are known.
    fn fork(&mut self, log: LogId, seq: u64) {
        let known = self.forked.entry(log).or_insert(seq);
        *known = seq.min(*known);
    }

    /// The branch on which the entry at `seq` of the history of branch `number` stands.
    fn owner(&self, mut number: u32, seq: u64) -> u32 {
        while let Some(parting) = self.branches.get(number as usize).and_then(|branch| branch.parting)
            && seq <= parting.seq
        {
            number = parting.number;
        }
        number
    }
}
