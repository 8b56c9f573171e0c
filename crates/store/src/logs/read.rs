//! Reading runs of a log, to send them or to fold them.

use accord_core::{Entry, LogId, MAX_RUN, verify_entry};

use super::layout::{entry_key, irregular_key, place, read_entry};
use super::{EntryRef, Logs, LogsError};
use crate::{Scan, Tree};

impl Logs {
    /// The entries of a log from position `from` to `to`, both included, as many as fit in `max_items` and about
    /// `max_bytes`, and at least one if there is one. Of a forked log, those of its longest history.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn read(
        &self,
        log: &LogId,
        range: (u64, u64),
        max_items: usize,
        max_bytes: usize,
    ) -> Result<Vec<Entry>, LogsError> {
        self.read_on(log, self.longest(log), range, max_items, max_bytes)
    }

    /// The same of the history of one branch, by its place in [`Logs::branches`]: from its own entries back to those
    /// that it has in common with others.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn read_on(
        &self,
        log: &LogId,
        branch: u32,
        (from, to): (u64, u64),
        max_items: usize,
        max_bytes: usize,
    ) -> Result<Vec<Entry>, LogsError> {
        let mut entries = Vec::new();
        let mut bytes = 0;
        let mut from = from.max(1);
        for (number, last) in self.stretches(log, branch) {
            let last = last.min(to);
            while from <= last && entries.len() < max_items && (bytes < max_bytes || entries.is_empty()) {
                let scan = Scan::range(
                    Tree::Entries,
                    entry_key(number, from),
                    entry_key(number, last.saturating_add(1)),
                );
                let page =
                    self.store.scan(&scan.items(max_items - entries.len()).bytes(max_bytes - bytes))?;
                for (_, value) in &page.items {
                    bytes = bytes.saturating_add(value.len()).min(max_bytes);
                    entries.push(read_entry(value)?.0);
                }
                // Up to the head there is no gap; a page that ends before is full.
                if page.next.is_some() || page.items.is_empty() {
                    return Ok(entries);
                }
                from = last.saturating_add(1);
            }
        }
        Ok(entries)
    }

    /// The stretches of a branch's history in their order: under which number each stands, and its last position.
    fn stretches(&self, log: &LogId, branch: u32) -> Vec<(u32, u64)> {
        let state = self.state();
        let number = state.numbers.get(log).and_then(|numbers| numbers.get(branch as usize));
        // Beyond the head stands only what nobody may see yet.
        let Some(place) = number.map(|number| state.place_on(*number)) else { return Vec::new() };
        let mut stretches = vec![(place.number, place.held.map_or(0, |head| head.seq))];
        stretches.extend(state.lineage(&place).iter().map(|parting| (parting.number, parting.seq)));
        stretches.reverse();
        stretches
    }

    fn longest(&self, log: &LogId) -> u32 {
        let branches = self.branches(log);
        let longest = branches.all().iter().enumerate().max_by_key(|(_, branch)| branch.head);
        longest.map_or(0, |(at, _)| u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// A run to send: as [`Logs::read`], and its last signature holds.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn read_signed(
        &self,
        log: &LogId,
        range: (u64, u64),
        max_items: usize,
        max_bytes: usize,
    ) -> Result<Vec<Entry>, LogsError> {
        self.read_signed_on(log, self.longest(log), range, max_items, max_bytes)
    }

    /// A run to send of the history of one branch: as [`Logs::read_on`], and its last signature holds.
    ///
    /// Signatures inside of a run that was received were never checked, and inside of a pack most are left out, so a run that
    /// ends at one is cut back, or read further, to a signature that holds; else the receiver would take this node for the
    /// liar. The last entry of a branch always has one, and so has some entry in any stretch that was stored in one commit.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn read_signed_on(
        &self,
        log: &LogId,
        branch: u32,
        range: (u64, u64),
        max_items: usize,
        max_bytes: usize,
    ) -> Result<Vec<Entry>, LogsError> {
        let mut run = self.read_on(log, branch, range, max_items.min(MAX_RUN), max_bytes)?;
        if let Some(signed) = run.iter().rposition(|entry| verify_entry(entry).is_ok()) {
            run.truncate(signed + 1);
            return Ok(run);
        }
        // No signature in the part that fits holds: they were left out, or the author or somebody on the way spoilt them.
        // What came here in one run still goes on in one run, up to the first signature that holds.
        while let Some(last) = run.last().filter(|_| run.len() < MAX_RUN) {
            let next = last.header().seq.saturating_add(1);
            let more = self.read_on(log, branch, (next, u64::MAX), MAX_RUN - run.len(), max_bytes)?;
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
        let shown = self.state().shown();
        let mut scan = Scan::prefix(Tree::Waiting, &irregular_key(0, 0)[..1]);
        loop {
            let page = self.store.scan(&scan)?;
            for (key, _) in &page.items {
                let (number, seq) = place(&key[1..]).ok_or(LogsError::Missing("the place of an entry"))?;
                // A log that was begun after this list was: its entries are shown the next time.
                let Some((place, _)) = shown.get(number as usize) else { continue };
                found.push(EntryRef { seq, ..*place });
            }
            let Some(next) = page.next else { return Ok(found) };
            scan = scan.resume(next);
        }
    }
}
