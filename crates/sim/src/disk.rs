//! A node's disk: logs of which the tail may not be synced yet, and is lost by a crash.

use std::collections::BTreeMap;

use accord_core::{EntryId, Head, LogId, SignedEntry, VerifiedRun};

/// An entry on a disk.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) id: EntryId,
    pub(crate) authority: u64,
    pub(crate) signed: SignedEntry,
}

#[derive(Debug, Clone, Default)]
struct Log {
    entries: Vec<Stored>,
    durable: usize,
}

/// Why a verified run cannot be appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Entries are missing before it.
    #[error("entries are missing before the run")]
    Gap,
    /// It belongs to another branch than the one held.
    #[error("the run belongs to another branch")]
    Forked,
}

/// The logs of one node.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    logs: BTreeMap<LogId, Log>,
}

impl Disk {
    /// Writes what is new of a run, after the held entries, not synced yet.
    ///
    /// # Errors
    /// [`LinkError`] if it does not follow what is held.
    pub fn write(&mut self, run: &VerifiedRun) -> Result<(), LinkError> {
        let log = self.logs.entry(run.log()).or_default();
        for (entry, _) in run.entries() {
            let seq = entry.header().seq;
            let at = usize::try_from(seq).unwrap_or(usize::MAX) - 1;
            if let Some(held) = log.entries.get(at) {
                if held.id != entry.id() {
                    return Err(LinkError::Forked);
                }
                continue;
            }
            if at > log.entries.len() {
                return Err(LinkError::Gap);
            }
            if entry.header().prev != log.entries.last().map(|last| last.id) {
                return Err(LinkError::Forked);
            }
            let authority = entry.header().authority.position();
            log.entries.push(Stored { id: entry.id(), authority, signed: entry.signed().clone() });
        }
        Ok(())
    }

    /// Makes the entries of `log` up to position `upto` durable.
    pub fn sync(&mut self, log: &LogId, upto: u64) {
        if let Some(log) = self.logs.get_mut(log) {
            let upto = usize::try_from(upto).unwrap_or(usize::MAX).min(log.entries.len());
            log.durable = log.durable.max(upto);
        }
    }

    /// Loses what is not durable.
    pub fn crash(&mut self) {
        for log in self.logs.values_mut() {
            log.entries.truncate(log.durable);
        }
        self.logs.retain(|_, log| !log.entries.is_empty());
    }

    /// Takes over all that is durable on another disk and longer than here.
    pub fn adopt(&mut self, other: &Disk) {
        for (id, log) in &other.logs {
            if self.durable(id).len() < log.durable {
                let entries = log.entries[..log.durable].to_vec();
                self.logs.insert(*id, Log { durable: entries.len(), entries });
            }
        }
    }

    /// The last entry of `log`, synced or not.
    pub fn tail(&self, log: &LogId) -> Option<Head> {
        let entries = &self.logs.get(log)?.entries;
        Some(Head { seq: entries.len() as u64, id: entries.last()?.id })
    }

    /// The last durable entry of `log`.
    pub fn head(&self, log: &LogId) -> Option<Head> {
        let entries = self.durable(log);
        Some(Head { seq: entries.len() as u64, id: entries.last()?.id })
    }

    /// The durable entries of `log`.
    pub(crate) fn durable(&self, log: &LogId) -> &[Stored] {
        self.logs.get(log).map_or(&[], |log| &log.entries[..log.durable])
    }

    /// All logs of which something is durable.
    pub fn logs(&self) -> impl Iterator<Item = LogId> + '_ {
        self.logs.iter().filter(|(_, log)| log.durable > 0).map(|(id, _)| *id)
    }

    /// Whether an entry of `log` is durable.
    pub fn has(&self, log: &LogId, seq: u64, id: &EntryId) -> bool {
        let at = usize::try_from(seq).unwrap_or(usize::MAX).wrapping_sub(1);
        self.durable(log).get(at).is_some_and(|held| held.id == *id)
    }

    /// The highest entry of `log` up to which all authority positions are at most `position`.
    pub fn offerable(&self, log: &LogId, position: u64) -> Option<Head> {
        let entries = self.durable(log);
        let end = entries.iter().position(|entry| entry.authority > position).unwrap_or(entries.len());
        let last = entries[..end].last()?;
        Some(Head { seq: end as u64, id: last.id })
    }
}
