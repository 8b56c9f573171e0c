//! Taking in what was found in the files of a damaged store.

use std::path::PathBuf;

use accord_core::api::{Problem, Rebuilt};
use accord_core::{EntryId, LogId};
use accord_store::{Logs, Salvage};

use super::{Programme, Replica, read_change, store_problem};
use crate::peering::remember_addresses;

impl Replica {
    /// Takes back what the store's engine overwrote when it opened damaged files, if this device misses some of what it signed:
    /// nobody else may have that.
    pub(super) fn take_back_shredded(&self) {
        let folders = accord_store::shredded(self.home.store());
        let behind = self
            .try_programme()
            .map_or_else(|| self.lost_its_store(), |programme| programme.logs().behind().is_some());
        if folders.is_empty() || !behind {
            return;
        }
        match self.fill_from(&folders) {
            Ok(rebuilt) => {
                let entries = rebuilt.entries;
                tracing::warn!(entries, "the store was damaged; took back what its engine had given up");
                self.clear_shredded(&rebuilt);
            }
            Err(error) => {
                tracing::error!(error = error.message, "what the engine gave up cannot be taken back");
            }
        }
    }

    /// Removes what the engine gave up once all that was found of it is here.
    pub(crate) fn clear_shredded(&self, rebuilt: &Rebuilt) {
        if rebuilt.programme && rebuilt.waiting == 0 && rebuilt.behind.is_none() {
            for folder in accord_store::shredded(self.home.store()) {
                if let Err(error) = std::fs::remove_dir_all(&folder) {
                    tracing::warn!(folder = %folder.display(), %error, "this folder could not be removed");
                }
            }
        }
    }

    fn fill_from(&self, folders: &[PathBuf]) -> Result<Rebuilt, Problem> {
        let salvage =
            Salvage::search(folders, &read_change, &mut |_, _| {}).map_err(|error| store_problem(&error))?;
        self.fill(&salvage)
    }

    /// Takes what was found into the store.
    pub(crate) fn fill(&self, salvage: &Salvage) -> Result<Rebuilt, Problem> {
        let mut rebuilt = Rebuilt::default();
        let known = self.try_programme().map(|programme| programme.id());
        let id = known.or_else(|| salvage.programme(&self.home.device.id()));
        let Some(id) = id else { return Ok(rebuilt) };
        let programme = self.enter(id)?;
        for (device, addresses) in salvage.addresses() {
            remember_addresses(self, &device, &addresses);
        }
        // Governance first: by it the rest is understood as it comes back.
        let mut logs = salvage.logs(&id);
        logs.sort_by_key(|log| log.space != programme.governance_space());
        for log in logs {
            let (taken, waiting) = take(&programme, salvage, log);
            rebuilt.entries += taken;
            rebuilt.waiting += waiting;
        }
        let behind = programme.logs().behind();
        rebuilt.behind = behind.map(|(_, held, signed)| signed - held);
        rebuilt.programme = true;
        self.settle(programme)?;
        Ok(rebuilt)
    }
}

/// Gives how many entries of a log were taken in, and how many could not be.
fn take(programme: &Programme, salvage: &Salvage, log: LogId) -> (u64, u64) {
    let chains = salvage.chains(&programme.id(), &log, |seq, id| is_held(programme.logs(), &log, seq, id));
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

fn is_held(logs: &Logs, log: &LogId, seq: u64, id: &EntryId) -> bool {
    let on = |branch: usize| {
        let branch = u32::try_from(branch).unwrap_or(u32::MAX);
        logs.id_on(log, branch, seq).ok().flatten() == Some(*id)
    };
    (0..logs.branches(log).all().len()).any(on)
}
