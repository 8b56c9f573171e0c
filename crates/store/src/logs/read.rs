//! Reading runs of a log, to send them or to fold them.

use accord_core::{Entry, LogId, MAX_RUN, verify_entry};

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
        let place = self.state().place(*log);
        // Beyond the head stands only what nobody may see yet.
        let Some(head) = place.held else { return Ok(Vec::new()) };
        let end = entry_key(place.number, to.min(head.seq).saturating_add(1));
        let scan = Scan::range(Tree::Entries, entry_key(place.number, from), end);
        let page = self.store.scan(&scan.items(max_items).bytes(max_bytes))?;
        page.items.iter().map(|(_, value)| Ok(read_entry(value)?.0)).collect()
    }

    /// A run to send: as [`Logs::read`], and its last signature holds.
    ///
    /// Signatures inside of a run that was received were never checked, so a run that ends at one is cut back, or
    /// read further, to a signature that holds; else the receiver would take this node for the liar. The last entry
    /// of a log held always has one, and so has some entry in any stretch that was stored in one commit.
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
        let mut run = self.read(log, (from, to), max_items.min(MAX_RUN), max_bytes)?;
        if let Some(signed) = run.iter().rposition(|entry| verify_entry(entry).is_ok()) {
            run.truncate(signed + 1);
            return Ok(run);
        }
        // Every signature in the part that fits is bad, so the author or somebody on the way spoilt them. What came
        // here in one run still goes on in one run, up to the first signature that holds.
        while let Some(last) = run.last().filter(|_| run.len() < MAX_RUN) {
            let next = last.header().seq.saturating_add(1);
            let more = self.read(log, (next, u64::MAX), MAX_RUN - run.len(), max_bytes)?;
            if more.is_empty() {
                break;
            }
            for entry in more {
                run.push(entry);
                if run.last().is_some_and(|entry| verify_entry(entry).is_ok()) {
                    return Ok(run);
                }
            }
        }
        Ok(Vec::new())
    }

    /// The entries held that are irregular.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn irregular(&self) -> Result<Vec<EntryRef>, LogsError> {
        let mut found = Vec::new();
        let mut scan = Scan::prefix(Tree::Waiting, &irregular_key(0, 0)[..1]);
        loop {
            let page = self.store.scan(&scan)?;
            for (key, _) in &page.items {
                let (number, seq) = place(&key[1..]).ok_or(LogsError::Missing("the place of an entry"))?;
                // A log that was begun after this list was: its entries are shown the next time.
                let Some(log) = self.log_of(number) else { continue };
                found.push(EntryRef { log, seq });
            }
            let Some(next) = page.next else { return Ok(found) };
            scan = scan.resume(next);
        }
    }
}
