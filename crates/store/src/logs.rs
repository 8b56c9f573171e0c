//! The logs of a programme on a [`Store`]: what is held of each, appending to one's own, taking in verified runs.
//!
//! A log is stored under a small local number, so that a key is twelve bytes. Beside the entries stand, written in
//! the same commit and rebuildable from them: the head of each log, the entries of each document in the order of
//! their arrival, and how far each actor has come, which tells regular entries from irregular ones.
//!
//! This module does not judge access or admission: it stores what is verified, gapless, whoever wrote it.

mod append;
mod documents;
mod error;
mod ingest;
mod layout;
mod read;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use accord_core::{DeviceId, Head, LogId, ProgrammeId, SpaceId, Vector};

use crate::{OwnHead, OwnHeads, Scan, Store, Tree};
pub use append::Draft;
pub use documents::{DocumentRecord, EntryRef};
pub use error::{AppendError, IngestError, LogsError};
pub use ingest::{ForkProof, Ingested, Irregular};

use layout::HeadRecord;

/// All logs of one programme.
pub struct Logs {
    store: Arc<dyn Store>,
    programme: ProgrammeId,
    state: Mutex<State>,
}

/// What is known of every log without reading any: a few dozen bytes for each device in each space.
#[derive(Debug, Default)]
struct State {
    numbers: BTreeMap<LogId, u32>,
    logs: Vec<LogRecord>,
    own_heads: Option<OwnHeads>,
    /// Set when the store is behind the file of own heads.
    behind: Option<(LogId, u64, u64)>,
    /// Set when the file of own heads could not be written after the store was: what is in the store then may not be
    /// shown or built on before both were read again.
    unsure: bool,
}

#[derive(Debug, Clone)]
struct LogRecord {
    log: LogId,
    head: Option<Head>,
    /// From where on two histories of the log are known. Nothing more is taken of such a log.
    forked: Option<u64>,
}

impl Logs {
    /// Opens the logs that `store` holds.
    ///
    /// `own_heads` is the small file with the heads of `device`'s own logs, outside the store; a simulation may do
    /// without. If the store is behind it, reading goes on and appending is refused until the entries are back.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn open(
        store: Arc<dyn Store>,
        programme: ProgrammeId,
        device: DeviceId,
        own_heads: Option<OwnHeads>,
    ) -> Result<Self, LogsError> {
        let mut state = State { own_heads, ..State::default() };
        let mut scan = Scan::all(Tree::Heads);
        loop {
            let page = store.scan(&scan)?;
            for (key, value) in &page.items {
                let (log, record) = HeadRecord::read(key, value)?;
                state.place(record.number, log, record.head);
            }
            let Some(next) = page.next else { break };
            scan = scan.resume(next);
        }
        for (number, proof) in layout::fork_proofs(store.as_ref())? {
            if let Some(record) = state.logs.get_mut(number as usize) {
                record.forked = Some(proof.seq);
            }
        }
        state.behind = state.find_behind(device);
        Ok(Self { store, programme, state: Mutex::new(state) })
    }

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
        held.filter_map(|record| Some((record.log.device, record.head?))).collect()
    }

    /// The spaces of which anything is held.
    pub fn spaces(&self) -> Vec<SpaceId> {
        let mut spaces: Vec<SpaceId> = self.state().numbers.keys().map(|log| log.space).collect();
        spaces.dedup();
        spaces
    }

    /// The last entry held of a log.
    pub fn head(&self, log: &LogId) -> Option<Head> {
        let state = self.state();
        state.numbers.get(log).and_then(|number| state.logs[*number as usize].head)
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
}

impl State {
    /// Puts a log read from the store at its number.
    fn place(&mut self, number: u32, log: LogId, head: Head) {
        let at = number as usize;
        while self.logs.len() <= at {
            self.logs.push(LogRecord { log, head: None, forked: None });
        }
        self.logs[at] = LogRecord { log, head: Some(head), forked: None };
        self.numbers.insert(log, number);
    }

    /// The number of a log, and what is known of it; a new number if nothing is held of it yet. The number is taken
    /// for good by [`State::place`], once something of the log is stored.
    fn number(&self, log: &LogId) -> (u32, Option<&LogRecord>) {
        match self.numbers.get(log) {
            Some(number) => (*number, Some(&self.logs[*number as usize])),
            None => (self.logs.len() as u32, None),
        }
    }

    fn advance(&mut self, number: u32, log: LogId, head: Head) {
        match self.logs.get_mut(number as usize) {
            Some(record) => record.head = Some(head),
            None => self.place(number, log, head),
        }
    }

    /// The first own log whose head in the file is not in the store.
    fn find_behind(&self, device: DeviceId) -> Option<(LogId, u64, u64)> {
        self.own_heads.iter().flat_map(OwnHeads::iter).find_map(|(space, head)| {
            let log = LogId { space: SpaceId(*space), device };
            let held = self.numbers.get(&log).and_then(|n| self.logs[*n as usize].head).map_or(0, |h| h.seq);
            (held < head.seq).then_some((log, held, head.seq))
        })
    }
}

fn own_head(head: Head) -> OwnHead {
    OwnHead { seq: head.seq, id: head.id.0 }
}
