//! Reading runs of a log, to send them or to fold them.

use accord_core::{Entry, LogId, verify_entry};

use super::layout::{entry_key, irregular_key, place, read_entry};
use super::{EntryRef, Logs, LogsError};
use crate::{Scan, Tree};

impl Logs {
    /// The entries of a log from position `from` to `to`, both included, as many as fit in `max_items` and about
    /// `max_bytes`, and at least one if there is one.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn read(
        &self,
        log: &LogId,
        (from, to): (u64, u64),
        max_items: usize,
        max_bytes: usize,
    ) -> Result<Vec<Entry>, LogsError> {
        let Some(number) = self.state().numbers.get(log).copied() else { return Ok(Vec::new()) };
        let end = entry_key(number, to.saturating_add(1));
        let scan = Scan::range(Tree::Entries, entry_key(number, from), end).items(max_items).bytes(max_bytes);
        let page = self.store.scan(&scan)?;
        page.items.iter().map(|(_, value)| Ok(read_entry(value)?.0)).collect()
    }

    /// A run to send: as [`Logs::read`], and its last signature holds.
    ///
    /// Signatures inside of a run that was received were never checked, so a run that ends at one is cut back, or
    /// read further, to a signature that holds; else the receiver would take this node for the liar. The last entry
    /// of a log held always has one.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn read_signed(
        &self,
        log: &LogId,
        (from, to): (u64, u64),
        max_items: usize,
        max_bytes: usize,
    ) -> Result<Vec<Entry>, LogsError> {
        let mut run = self.read(log, (from, to), max_items, max_bytes)?;
        while let Some(last) = run.last() {
            if verify_entry(last).is_ok() {
                return Ok(run);
            }
            run.pop();
        }
        // Every signature in the part that fits is bad, so the author or somebody on the way spoilt them. The whole
        // rest of the log in one run still ends at one that was checked.
        let mut run = self.read(log, (from, u64::MAX), accord_core::MAX_RUN, accord_core::MAX_PAYLOAD)?;
        while run.last().is_some_and(|last| verify_entry(last).is_err()) {
            run.pop();
        }
        Ok(run)
    }

    /// The entries held that are irregular.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn irregular(&self) -> Result<Vec<EntryRef>, LogsError> {
        let mut found = Vec::new();
        let mut scan = Scan::prefix(Tree::Waiting, [b'i']);
        debug_assert_eq!(irregular_key(0, 0)[0], b'i');
        loop {
            let page = self.store.scan(&scan)?;
            for (key, _) in &page.items {
                let (number, seq) = place(&key[1..]).ok_or(LogsError::Missing("the place of an entry"))?;
                let log = self.log_of(number).ok_or(LogsError::Missing("a log"))?;
                found.push(EntryRef { log, seq });
            }
            let Some(next) = page.next else { return Ok(found) };
            scan = scan.resume(next);
        }
    }
}
