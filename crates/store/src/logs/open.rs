//! Opening: what the store holds, and whether it is what this device remembers to have signed.

use std::sync::{Arc, Mutex};

use accord_core::{DeviceId, LogId, ProgrammeId};

use super::layout::{self, HeadRecord};
use super::{BranchRecord, Logs, LogsError, Parting, State, Writer};
use crate::{OwnHeads, Scan, Store, Tree};

impl Logs {
    /// Opens the logs that `store` holds.
    ///
    /// `own_heads` is the small file with the heads of `device`'s own logs, outside the store; a simulation may do
    /// without. If the store is behind it, reading goes on and appending is refused until the entries are back. If
    /// the store is ahead of it, by what a crash let stand, the file is brought up before anything is shown.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read, or the file not be written.
    pub fn open(
        store: Arc<dyn Store>,
        programme: ProgrammeId,
        device: DeviceId,
        own_heads: Option<OwnHeads>,
    ) -> Result<Self, LogsError> {
        let layout_noted = layout::check(store.as_ref())?;
        let mut state = State::load(store.as_ref())?;
        for (number, seq) in layout::fork_proofs(store.as_ref())? {
            let branch = state.branches.get(number as usize).ok_or(LogsError::Missing("a forked log"))?;
            state.fork(branch.log, seq);
        }
        let writer = Mutex::new(Writer { own_heads, unsure: false, layout_noted });
        let logs = Self { store, programme, device, writer, state: Mutex::new(state) };
        logs.compare_own(&mut logs.writer())?;
        Ok(logs)
    }
}

impl State {
    /// Reads the head of every log. Their numbers must be 0, 1, 2 …, each once: whatever else stands there would
    /// write one log over another.
    fn load(store: &dyn Store) -> Result<Self, LogsError> {
        let mut heads: Vec<(LogId, HeadRecord)> = Vec::new();
        let mut scan = Scan::all(Tree::Heads);
        loop {
            let page = store.scan(&scan)?;
            for (key, value) in &page.items {
                heads.push(HeadRecord::read(key, value)?);
            }
            let Some(next) = page.next else { break };
            scan = scan.resume(next);
        }
        heads.sort_unstable_by_key(|(_, record)| record.number);
        let mut state = Self::default();
        for (number, (log, record)) in (0..).zip(heads) {
            let HeadRecord { head, authority, parting, .. } = record;
            if record.number != number || !state.fits(&log, parting) {
                return Err(LogsError::Missing("the head of a log"));
            }
            state.numbers.entry(log).or_default().push(number);
            state.spaces.entry(log.space).or_insert(number);
            if let Some(parting) = parting {
                state.fork(log, parting.seq + 1);
            }
            state.branches.push(BranchRecord { log, head, authority, parting });
        }
        Ok(state)
    }

    /// Whether a branch may part where it says: on an older branch of the same log, from an entry of that branch. The
    /// first history of a log parts from nothing.
    fn fits(&self, log: &LogId, parting: Option<Parting>) -> bool {
        let Some(parting) = parting else { return !self.numbers.contains_key(log) };
        let parent = self.branches.get(parting.number as usize).filter(|parent| parent.log == *log);
        parent.is_some_and(|parent| {
            parting.seq < parent.head.seq && parent.parting.is_none_or(|above| parting.seq > above.seq)
        })
    }
}
