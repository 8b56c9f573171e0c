//! Taking in what was found in the files of a damaged store.

use std::path::{Path, PathBuf};

use accord_core::api::{Problem, Rebuilt};
use accord_core::{EntryId, LogId};
use accord_store::{Hole, Logs, Salvage};

use super::{Programme, Replica, read_change, store_problem};
use crate::peering::{known_addresses, remember_addresses};

impl Replica {
    /// Takes back what the store's engine overwrote when it opened its files, as far as it is missing: nobody else may have it.
    pub(super) fn take_back_shredded(&self) {
        let folders = accord_store::shredded(self.home.store());
        if folders.is_empty() {
            return;
        }
        match self.fill_from(&folders, false, &mut |_, _| {}) {
            Ok(rebuilt) => {
                if rebuilt.entries > 0 {
                    let entries = rebuilt.entries;
                    tracing::warn!(
                        entries,
                        "the store was damaged; what its engine had given up was taken back"
                    );
                }
                remove_if_done(&rebuilt, &folders);
            }
            Err(error) => {
                tracing::error!(error = error.message, "what the engine gave up cannot be taken back");
            }
        }
    }

    /// Takes in what is found in the files of some folders. With `rebuilding` the store is to hold a programme in the end, if
    /// anything of one is there. `progress` is told how much of the files was looked at.
    pub(crate) fn fill_from(
        &self,
        folders: &[PathBuf],
        rebuilding: bool,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Rebuilt, Problem> {
        let mut salvage =
            Salvage::search(folders, &read_change, progress).map_err(|error| store_problem(&error))?;
        let whole = self.fill(&salvage, rebuilding)?;
        let programme = self.try_programme();
        let put = salvage.put_together(&read_change, |id, log, seq, entry| {
            !programme.as_ref().is_some_and(|held| held.id() == *id && is_held(held.logs(), log, seq, entry))
        });
        let mut rebuilt = whole;
        if put.iter().any(|(_, found)| *found) {
            let more = self.fill(&salvage, rebuilding)?;
            rebuilt = Rebuilt { entries: rebuilt.entries + more.entries, ..more };
        }
        // Of this device's own the file of own heads tells what is missing; others were never more than begun.
        let own = self.home.device.id();
        rebuilt.torn = put.iter().filter(|(log, found)| !found && log.device != own).count() as u64;
        Ok(rebuilt)
    }

    fn fill(&self, salvage: &Salvage, rebuilding: bool) -> Result<Rebuilt, Problem> {
        let mut rebuilt = Rebuilt::default();
        let known = self.try_programme().map(|programme| programme.id());
        let id = known.or_else(|| salvage.programme(&self.home.device.id()));
        let Some(id) = id else { return Ok(rebuilt) };
        let programme = self.enter(id)?;
        // Governance first: by it the rest is understood as it comes back.
        let mut logs = salvage.logs(&id);
        logs.sort_by_key(|log| log.space != programme.governance_space());
        for log in logs {
            let (taken, waiting) = take(&programme, salvage, log);
            rebuilt.entries += taken;
            rebuilt.waiting += waiting;
        }
        rebuilt.entries += put_back(&programme, salvage);
        rebuilt.lost = programme.logs().holes().iter().map(|hole| hole.to - hole.from + 1).sum();
        let behind = programme.logs().behind();
        rebuilt.behind = behind.map(|(_, held, signed)| signed - held);
        // Where a rebuilding was broken off before its last step, all entries are here already.
        let resumed = rebuilding && !programme.logs().spaces().is_empty();
        if known.is_none() && rebuilt.entries == 0 && !resumed {
            return Ok(rebuilt);
        }
        rebuilt.programme = true;
        self.settle(programme)?;
        // What is known by now is newer.
        let met = known_addresses(self);
        for (device, addresses) in salvage.addresses() {
            if !met.iter().any(|(known, _)| *known == device) {
                remember_addresses(self, &device, &addresses);
            }
        }
        Ok(rebuilt)
    }
}

/// Removes folders once all that was found in them is here.
pub(crate) fn remove_if_done(rebuilt: &Rebuilt, folders: &[PathBuf]) {
    if !rebuilt.is_done() {
        return;
    }
    let failed = |folder: &Path, error: std::io::Error| {
        tracing::warn!(folder = %folder.display(), %error, "this folder could not be removed");
    };
    for folder in folders {
        std::fs::remove_dir_all(folder).unwrap_or_else(|error| failed(folder, error));
    }
}

/// Gives how many entries of a log were taken in, and how many could not be.
fn take(programme: &Programme, salvage: &Salvage, log: LogId) -> (u64, u64) {
    let logs = programme.logs();
    let mut chains = salvage.chains(&programme.id(), &log, |seq, id| is_held(logs, &log, seq, id));
    if log.device == programme.device() {
        // An entry that was signed and never saved may be there whole. By now another one may stand in its place: then it is
        // no more than a draft, and must not become a second history of this device.
        chains = chains.going_on_from(logs.head(&log).map(|head| head.id).as_ref());
    }
    let (mut taken, mut refused) = (0, 0);
    let unsigned = salvage.each_run(&chains, |run| {
        let count = run.len() as u64;
        match programme.take(log, run) {
            Ok(ingested) => taken += ingested.new as u64,
            Err(error) => {
                tracing::warn!(author = %log.device.short(), %error, "entries that were found do not fit");
                refused += count;
                return false;
            }
        }
        true
    });
    (taken, chains.beyond + unsigned.max(refused))
}

/// Puts back entries that were lost here and were found. Gives how many.
fn put_back(programme: &Programme, salvage: &Salvage) -> u64 {
    let mut back = 0;
    for Hole { log, from, to, .. } in programme.logs().holes() {
        let run = salvage.stretch(&programme.id(), &log, (from, to));
        match run.map(|run| programme.put_back_lost(log, run)) {
            Some(Ok(count)) => back += count as u64,
            Some(Err(error)) => {
                tracing::warn!(author = %log.device.short(), %error, "entries that were found do not fit");
            }
            None => {}
        }
    }
    back
}

fn is_held(logs: &Logs, log: &LogId, seq: u64, id: &EntryId) -> bool {
    let on = |branch: usize| {
        let branch = u32::try_from(branch).unwrap_or(u32::MAX);
        logs.id_on(log, branch, seq).ok().flatten() == Some(*id)
    };
    (0..logs.branches(log).all().len()).any(on)
}
