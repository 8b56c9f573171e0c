//! Reading whole logs: for whoever shows or hands on what happened.

use std::collections::BTreeSet;

use accord_core::api::Problem;
use accord_core::{Entry, EntryId, LogId, MAX_RUN, SignedEntry, SpaceId, verify_entry};
use accord_document::pack::SIGNED_EVERY;
use accord_store::{EntryRef, Logs, LogsError};

use super::programme::logs_problem;
use super::{DocumentKey, Programme};

/// How many entries, and about how many bytes, are read in one step.
const PAGE: (usize, usize) = (512, 1 << 20);

/// Calls `with` for every entry of a space that can be read, log by log, each in order, and the histories of a forked log one
/// after the other without what they have in common.
pub(super) fn each_of(logs: &Logs, space: &SpaceId, mut with: impl FnMut(Entry)) -> Result<(), LogsError> {
    for (device, _) in logs.vector(space).iter() {
        let log = LogId { space: *space, device: *device };
        let branches = logs.branches(&log);
        for branch in (0..).take(branches.all().len()) {
            let own = |entry: &Entry| branches.stands_on(branch, entry.header().seq) == Some(branch);
            logs.each_on(&log, branch, (1, u64::MAX), |entry| {
                if own(&entry) {
                    with(entry);
                }
            })?;
        }
    }
    Ok(())
}

impl Programme {
    /// Calls `with` for every entry of a space, of all histories of each log.
    pub(crate) fn each_of_space(&self, space: &SpaceId, with: impl FnMut(Entry)) -> Result<(), Problem> {
        each_of(&self.logs, space, with).map_err(|e| logs_problem(&e))
    }

    /// Gives the entries of a branch of a log in a range in runs, each of which ends where a signature holds. It ends before an
    /// entry that is lost here: gives whether it came to the end of the range.
    pub(crate) fn each_run(
        &self,
        log: &LogId,
        branch: u32,
        (from, to): (u64, u64),
        mut give: impl FnMut(Vec<SignedEntry>) -> Result<(), Problem>,
    ) -> Result<bool, Problem> {
        let mut next = from;
        while next <= to {
            let run = match self.logs.read_signed_on(log, branch, (next, to), MAX_RUN, PAGE.1) {
                Ok(run) => run,
                Err(LogsError::Lost { .. }) => return Ok(false),
                Err(error) => return Err(logs_problem(&error)),
            };
            let Some(last) = run.last() else { return Ok(false) };
            next = last.header().seq + 1;
            give(run.iter().map(|entry| entry.signed().clone()).collect())?;
        }
        Ok(true)
    }

    /// Every entry about a document, in the order of arrival, and those entries about other things that vouch for one of
    /// them whose own signature was left out or spoilt on the way here.
    pub(crate) fn about(&self, key: &DocumentKey) -> Result<(Vec<Entry>, Vec<Entry>), Problem> {
        let arrived = self.logs.arrivals_in(&key.space, &key.id, 0).map_err(|e| logs_problem(&e))?;
        let mut vouching = Vec::new();
        let mut seen: BTreeSet<EntryId> = BTreeSet::new();
        for (place, entry) in &arrived {
            if entry.as_ref().is_some_and(|entry| verify_entry(entry).is_err()) {
                self.vouching(place, &mut seen, &mut vouching)?;
            }
        }
        Ok((arrived.into_iter().filter_map(|(_, entry)| entry).collect(), vouching))
    }

    /// The entries after a place, up to the first whose signature holds: the last entry of a log always has one. Where entries came
    /// in packs, it is among the next few.
    fn vouching(
        &self,
        place: &EntryRef,
        seen: &mut BTreeSet<EntryId>,
        found: &mut Vec<Entry>,
    ) -> Result<(), Problem> {
        let mut from = place.seq + 1;
        loop {
            let page = self
                .logs
                .read_on(&place.log, place.branch, (from, u64::MAX), SIGNED_EVERY, PAGE.1)
                .map_err(|e| logs_problem(&e))?;
            let Some(last) = page.last() else { return Ok(()) };
            from = last.header().seq + 1;
            for entry in page {
                let holds = verify_entry(&entry).is_ok();
                if seen.insert(entry.id()) {
                    found.push(entry);
                }
                if holds {
                    return Ok(());
                }
            }
        }
    }
}
