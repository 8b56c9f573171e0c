//! Reading runs of a log, to send them or to fold them.

use accord_core::{Entry, LogId, MAX_RUN, verify_entry};

use super::layout::{entry_key, irregular_key, place, read_entry};
use super::{EntryRef, Logs, LogsError};
use crate::{Scan, StoreError, Tree, walk};

/// What an entry takes in a run beside its own parts, at most.
const ENTRY_OVERHEAD: usize = 16;

/// How many entries, and about how many bytes, are read in one step where all are read.
const PAGE: (usize, usize) = (512, 1 << 20);

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
    /// What is read ends before an entry that is lost here.
    ///
    /// # Errors
    /// [`LogsError::Lost`] if the very first entry is, and another [`LogsError`] if the store cannot be read.
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
                    match self.store.scan(&scan.items(max_items - entries.len()).bytes(max_bytes - bytes)) {
                        Ok(page) => page,
                        Err(StoreError::Damaged { key, .. }) => {
                            let damaged = place(&key).map_or(from, |(_, seq)| seq);
                            return self.ends_at(entries, log, number, (from, damaged));
                        }
                        Err(error) => return Err(error.into()),
                    };
                for (key, value) in &page.items {
                    let seq = place(key).map_or(from, |(_, seq)| seq);
                    if seq > from {
                        return self.ends_at(entries, log, number, (from, seq - 1));
                    }
                    let Ok((entry, _)) = read_entry(value) else {
                        return self.ends_at(entries, log, number, (from, from));
                    };
                    bytes = bytes.saturating_add(value.len()).min(max_bytes);
                    entries.push(entry);
                    from = seq + 1;
                }
                // A page that ends before the last one is full, or ends before a damaged value.
                if page.next.is_some() {
                    return Ok(entries);
                }
                if from <= last {
                    return self.ends_at(entries, log, number, (from, last));
                }
            }
        }
        Ok(entries)
    }

    /// Reading meets entries that should stand under a number and are lost.
    fn ends_at(
        &self,
        entries: Vec<Entry>,
        log: &LogId,
        number: u32,
        lost: (u64, u64),
    ) -> Result<Vec<Entry>, LogsError> {
        self.note_lost(number, lost);
        if entries.is_empty() {
            let to = self.state().lost_to(number, lost.1);
            return Err(LogsError::Lost { log: *log, from: lost.0, to });
        }
        Ok(entries)
    }

    /// Calls `with` for every entry of the history of a branch in a range that can be read, in order. What is lost here is
    /// passed over.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn each_on(
        &self,
        log: &LogId,
        branch: u32,
        (from, to): (u64, u64),
        mut with: impl FnMut(Entry),
    ) -> Result<(), LogsError> {
        let mut next = from.max(1);
        while next <= to {
            match self.read_on(log, branch, (next, to), PAGE.0, PAGE.1) {
                Ok(page) => {
                    let Some(last) = page.last() else { return Ok(()) };
                    next = last.header().seq + 1;
                    page.into_iter().for_each(&mut with);
                }
                Err(LogsError::Lost { to, .. }) => next = to + 1,
                Err(error) => return Err(error),
            }
        }
        Ok(())
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

    /// The branch of a log that goes furthest, by its place in [`Logs::branches`].
    pub fn longest(&self, log: &LogId) -> u32 {
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
            let more = match self.read_on(log, branch, (next, u64::MAX), MAX_RUN - run.len(), max_bytes) {
                Ok(more) if !more.is_empty() => more,
                Ok(_) | Err(LogsError::Lost { .. }) => break,
                Err(error) => return Err(error),
            };
            for entry in more {
                run.push(entry);
                if run.last().is_some_and(|entry| verify_entry(entry).is_ok()) {
                    return Ok(run);
                }
            }
        }
        Ok(Vec::new())
    }

    /// A run to give back to somebody who lost entries up to `least`: it begins at `from`, goes no further than `to`, and ends
    /// at the first entry at or behind `least` whose signature holds, so that all that was lost is vouched for in one piece.
    /// Where that is more than `max_bytes`, or than a run has, as many as fit, up to a signature that holds: perhaps none.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn read_reaching(
        &self,
        log: &LogId,
        branch: u32,
        (from, to): (u64, u64),
        least: u64,
        max_bytes: usize,
    ) -> Result<Vec<Entry>, LogsError> {
        let (mut run, mut bytes, mut next) = (Vec::new(), 0, from.max(1));
        'fits: while next <= to && run.len() < MAX_RUN {
            let page = match self.read_on(log, branch, (next, to), MAX_RUN - run.len(), PAGE.1 / 8) {
                Ok(page) => page,
                Err(LogsError::Lost { .. }) if !run.is_empty() => break,
                Err(error) => return Err(error),
            };
            if page.is_empty() {
                break;
            }
            for entry in page {
                bytes += entry.signed().size() + ENTRY_OVERHEAD;
                if bytes > max_bytes && !run.is_empty() {
                    break 'fits;
                }
                next = entry.header().seq.saturating_add(1);
                let vouches = next > least && verify_entry(&entry).is_ok();
                run.push(entry);
                if vouches {
                    return Ok(run);
                }
            }
        }
        let signed = run.iter().rposition(|entry| verify_entry(entry).is_ok());
        run.truncate(signed.map_or(0, |at| at + 1));
        Ok(run)
    }

    /// The entries held that are irregular.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn irregular(&self) -> Result<Vec<EntryRef>, LogsError> {
        let mut found = Vec::new();
        let shown = self.state().shown();
        // Their keys say all that there is to say: a damaged value takes nothing away.
        walk::<LogsError>(
            self.store.as_ref(),
            &Scan::prefix(Tree::Waiting, &irregular_key(0, 0)[..1]),
            |key, _| {
                let (number, seq) = place(&key[1..]).ok_or(LogsError::Missing("the place of an entry"))?;
                // A log that was begun after this list was: its entries are shown the next time.
                if let Some((place, _)) = shown.get(number as usize) {
                    found.push(EntryRef { seq, ..*place });
                }
                Ok(())
            },
        )?;
        Ok(found)
    }
}
