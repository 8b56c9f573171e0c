//! The logs of a programme on a [`Store`]: what is held of each, appending to one's own, taking in verified runs.
//!
//! A log is stored under a small local number, so that a key is twelve bytes. Beside the entries stand, written in
//! the same commit and rebuildable from them: the head of each log, the entries of each document in the order of
//! their arrival, and how far each actor has come, which tells regular entries from irregular ones.
//!
//! This module does not judge access or admission: it stores what is verified, gapless, whoever wrote it.
//!
//! Who writes holds the writer's lock from the first look to the last step; who reads takes the state's lock for a
//! moment only, and so waits for no disk. What is in the store beyond the heads in the state is not shown yet: it is
//! on its way to the file of own heads.

mod append;
mod arrivals;
mod documents;
mod error;
mod forks;
mod ingest;
mod layout;
mod open;
mod own;
mod parts;
mod prepare;
mod read;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use accord_core::{ChangeMeta, DeviceId, Entry, Head, LogId, ProgrammeId, SpaceId, Vector};

use crate::{Op, OwnHeads, Store, StoreError};
pub use append::Draft;
pub use documents::{DocumentRecord, EntryRef};
pub use error::{AppendError, IngestError, LogsError};
pub use forks::ForkProof;
pub use ingest::{Ingested, Irregular};

/// An entry as a verified run has it: with the outside of its change.
type Verified = (Entry, Option<ChangeMeta>);

/// All logs of one programme.
pub struct Logs {
    store: Arc<dyn Store>,
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
}

/// What is known of every log without reading any: a few dozen bytes for each device in each space.
#[derive(Debug, Default)]
struct State {
    numbers: BTreeMap<LogId, u32>,
    logs: Vec<LogRecord>,
    /// The number of the first log of each space, which stands for the space in keys.
    spaces: BTreeMap<SpaceId, u32>,
    /// Set when the store is behind the file of own heads.
    behind: Option<(LogId, u64, u64)>,
}

#[derive(Debug, Clone)]
struct LogRecord {
    log: LogId,
    head: Head,
    /// The highest authority position of its entries: regular entries do not go back behind it.
    authority: u64,
    /// From where on two histories of the log are known. Nothing more is taken of such a log.
    forked: Option<u64>,
}

/// Where the next entries of a log go.
#[derive(Debug, Clone, Copy)]
struct Place {
    log: LogId,
    number: u32,
    /// What stands for its space in keys.
    space: u32,
    held: Option<Head>,
    authority: u64,
    forked: Option<u64>,
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

    /// What is held of a space.
    pub fn vector(&self, space: &SpaceId) -> Vector {
        let state = self.state();
        let held = state.logs.iter().filter(|record| record.log.space == *space);
        held.map(|record| (record.log.device, record.head)).collect()
    }

    /// How many entries are held of a space, whoever wrote them.
    pub fn entry_count(&self, space: &SpaceId) -> u64 {
        let state = self.state();
        let held = state.logs.iter().filter(|record| record.log.space == *space);
        held.map(|record| record.head.seq).sum()
    }

    /// The spaces of which anything is held.
    pub fn spaces(&self) -> Vec<SpaceId> {
        self.state().spaces.keys().copied().collect()
    }

    /// The last entry held of a log.
    pub fn head(&self, log: &LogId) -> Option<Head> {
        self.state().place(*log).held
    }

    /// If the store is behind the file of own heads: which log, the position in the store and that in the file.
    pub fn behind(&self) -> Option<(LogId, u64, u64)> {
        self.state().behind
    }

    /// The logs of which two histories are known, and from which position on.
    pub fn forks(&self) -> Vec<(LogId, u64)> {
        let state = self.state();
        state.logs.iter().filter_map(|record| Some((record.log, record.forked?))).collect()
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
        let done = self.store.commit(ops);
        // What is over a limit was refused before anything was written.
        writer.unsure |= !matches!(done, Ok(()) | Err(StoreError::TooLarge { .. }));
        done
    }
}

impl State {
    /// Where the next entries of a log go: under a new number if nothing is held of it yet. The number is taken for
    /// good by [`State::advance`], once something of the log is stored.
    fn place(&self, log: LogId) -> Place {
        match self.numbers.get(&log) {
            Some(number) => {
                let LogRecord { head, authority, forked, .. } = self.logs[*number as usize];
                let space = self.spaces.get(&log.space).copied().unwrap_or(*number);
                Place { log, number: *number, space, held: Some(head), authority, forked }
            }
            None => {
                // Four billion logs do not fit into any memory.
                let number = u32::try_from(self.logs.len()).unwrap_or(u32::MAX);
                let space = self.spaces.get(&log.space).copied().unwrap_or(number);
                Place { log, number, space, held: None, authority: 0, forked: None }
            }
        }
    }

    /// Shows a log up to `head`.
    fn advance(&mut self, place: &Place, head: Head, authority: u64) {
        match self.logs.get_mut(place.number as usize) {
            Some(record) => (record.head, record.authority) = (head, authority),
            None => {
                self.logs.push(LogRecord { log: place.log, head, authority, forked: None });
                self.numbers.insert(place.log, place.number);
                self.spaces.entry(place.log.space).or_insert(place.number);
            }
        }
    }

    /// Freezes a log of which two histories are known.
    fn freeze(&mut self, number: u32, seq: u64) {
        if let Some(record) = self.logs.get_mut(number as usize) {
            record.forked = Some(record.forked.map_or(seq, |known| known.min(seq)));
        }
    }
}
