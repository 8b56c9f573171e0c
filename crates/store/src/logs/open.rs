//! Opening: what the store holds, and whether it is what this device remembers to have signed.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use accord_core::{DeviceId, LogId, ProgrammeId, encode};

use super::journal::Journal;
use super::layout::{self, DOCUMENT_KEY, HeadRecord, Written, document_key, entry_key, head_key, read_entry};
use super::packs::{Packer, Packs};
use super::{BranchRecord, Logs, LogsError, Lost, Parting, State, Writer, numbers};
use crate::{Op, OwnHeads, Scan, Store, Tree, walk};

impl Logs {
    /// Opens the logs that `store` holds.
    ///
    /// `own_heads` is the small file with the heads of `device`'s own logs, outside the store; a simulation may do
    /// without. If the store is behind it, reading goes on and appending is refused until the entries are back. If
    /// the store is ahead of it, by what a crash let stand, the file is brought up before anything is shown.
    ///
    /// Nothing is written to the store by it: what was damaged and could be found again is written with what comes next.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read, or the file not be written.
    pub fn open(
        store: Arc<dyn Store>,
        programme: ProgrammeId,
        device: DeviceId,
        own_heads: Option<OwnHeads>,
    ) -> Result<Self, LogsError> {
        Self::open_with(store, programme, device, own_heads, None)
    }

    /// The same of a store in which entries may stand in packs, which `packer` makes and reads.
    ///
    /// # Errors
    /// As [`Logs::open`], which refuses a store with packs.
    pub fn open_with(
        store: Arc<dyn Store>,
        programme: ProgrammeId,
        device: DeviceId,
        own_heads: Option<OwnHeads>,
        packer: Option<Arc<dyn Packer>>,
    ) -> Result<Self, LogsError> {
        let layout_noted = layout::check(store.as_ref())?;
        let (journal, found) = Journal::open(store)?;
        let journal = Arc::new(journal);
        let packs = Arc::new(Packs::open(Arc::clone(&journal) as _, programme, packer)?);
        let store: Arc<dyn Store> = Arc::clone(&packs) as _;
        let (mut state, owed) = State::load(store.as_ref())?;
        for (number, seq) in layout::fork_proofs(store.as_ref())? {
            let branch = state.branches.get(number as usize).ok_or(LogsError::Missing("a forked log"))?;
            state.fork(branch.log, seq);
        }
        state.lost = Lost::load(store.as_ref())?;
        journal.replay(found, |written| state.records_of(store.as_ref(), written))?;
        let writer = Mutex::new(Writer { own_heads, unsure: false, layout_noted, owed });
        let logs = Self { store, packs, journal, programme, device, writer, state: Mutex::new(state) };
        logs.compare_own(&mut logs.writer())?;
        Ok(logs)
    }
}

impl State {
    /// Reads the head of every log. Their numbers must be 0, 1, 2 …, each once: whatever else stands there would
    /// write one log over another. Where a head is damaged or missing they are found again from the entries, and what is
    /// to be written for that comes along.
    fn load(store: &dyn Store) -> Result<(Self, Vec<Op>), LogsError> {
        let mut heads: Vec<(LogId, HeadRecord)> = Vec::new();
        let mut damaged = Vec::new();
        walk::<LogsError>(store, &Scan::all(Tree::Heads), |key, value| {
            match value.map(|value| HeadRecord::read(key, value)) {
                Some(Ok(head)) => heads.push(head),
                Some(Err(LogsError::Store(error))) => return Err(error.into()),
                Some(Err(_)) | None => damaged.push(key.to_vec()),
            }
            Ok(())
        })?;
        heads.sort_unstable_by_key(|(_, record)| record.number);
        let complete = numbers::highest(store)?.is_none_or(|highest| (highest as usize) < heads.len());
        if damaged.is_empty()
            && complete
            && let Ok(state) = Self::of(&heads)
        {
            return Ok((state, Vec::new()));
        }
        tracing::error!(
            damaged = damaged.len(),
            "heads of logs are damaged; they are found again from the entries"
        );
        let (mut heads, again) = numbers::heads(store, heads)?;
        heads.sort_unstable_by_key(|(_, record)| record.number);
        let state = Self::of(&heads)?;
        let mut owed: Vec<Op> = damaged.into_iter().map(|key| Op::delete(Tree::Heads, key)).collect();
        for (log, record) in heads.iter().filter(|(_, record)| again.contains(&record.number)) {
            let branch = record.parting.map(|_| record.number);
            owed.push(Op::put(Tree::Heads, head_key(log, branch), encode(record)));
        }
        Ok((state, owed))
    }

    /// Under which keys the records of the documents stand that these entries are about.
    fn records_of(
        &self,
        store: &dyn Store,
        written: &Written,
    ) -> Result<BTreeSet<[u8; DOCUMENT_KEY]>, LogsError> {
        let Written { number, first, last } = *written;
        let mut keys = BTreeSet::new();
        let Some(branch) = self.branches.get(number as usize) else { return Ok(keys) };
        let space = self.spaces.get(&branch.log.space).copied().unwrap_or(number);
        let range =
            Scan::range(Tree::Entries, entry_key(number, first), entry_key(number, last.saturating_add(1)));
        walk::<LogsError>(store, &range, |_, value| {
            let entry = value.and_then(|value| read_entry(value).ok()).filter(|(_, irregular)| !irregular);
            let document = entry.and_then(|(entry, _)| entry.header().body.document());
            keys.extend(document.map(|document| document_key(&document, space)));
            Ok(())
        })?;
        Ok(keys)
    }

    /// The state that these heads amount to, which are in the order of their numbers.
    fn of(heads: &[(LogId, HeadRecord)]) -> Result<Self, LogsError> {
        let mut state = Self::default();
        for (number, (log, record)) in (0..).zip(heads) {
            let HeadRecord { head, authority, parting, .. } = record.clone();
            if record.number != number || !state.fits(log, parting) {
                return Err(LogsError::Missing("the head of a log"));
            }
            state.numbers.entry(*log).or_default().push(number);
            state.spaces.entry(log.space).or_insert(number);
            if let Some(parting) = parting {
                state.fork(*log, parting.seq + 1);
            }
            state.branches.push(BranchRecord { log: *log, head, authority, parting });
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
