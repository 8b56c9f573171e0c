//! Putting what was found in the order of its logs.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::{Entry, EntryId, LogId, MAX_RUN, ProgrammeId, SignedEntry, verify_entry};

use super::{Find, Salvage};

/// How many bytes of entries a run has at most: as many as travel in one.
const RUN_BYTES: usize = 1 << 20;

/// The most chains that are begun of one log: nobody keeps so many histories, and what no signature vouches for may look like one.
const MAX_CHAINS: usize = 4_096;

/// What was found of a log and is not held.
#[derive(Debug, Default)]
pub struct Chains {
    /// Entries that follow each other, each chain on something that is held, or from the first entry on.
    chains: Vec<Vec<Find>>,
    /// How many entries lack something before them.
    pub beyond: u64,
}

impl Chains {
    /// Leaves only what goes on from `head`, or from nothing: for the log of a device that must not have a second history.
    #[must_use]
    pub fn going_on_from(mut self, head: Option<&EntryId>) -> Self {
        self.chains.retain(|chain| chain.first().is_some_and(|first| first.prev.as_ref() == head));
        // Two of them would be two histories.
        self.chains.truncate(1);
        self
    }
}

impl Salvage {
    /// What of a log comes after what is held, or beside it; `held` tells whether an entry is.
    pub fn chains(
        &self,
        programme: &ProgrammeId,
        log: &LogId,
        held: impl Fn(u64, &EntryId) -> bool,
    ) -> Chains {
        let mut all = Chains::default();
        let mut ends: BTreeMap<EntryId, usize> = BTreeMap::new();
        let mut inside: BTreeSet<EntryId> = BTreeSet::new();
        let found = self.found.get(programme).and_then(|logs| logs.get(log));
        for (seq, find) in
            found.into_iter().flatten().flat_map(|(seq, finds)| finds.iter().map(|find| (*seq, find)))
        {
            if held(seq, &find.id) {
                continue;
            }
            let follows = |prev: EntryId| inside.contains(&prev) || held(seq - 1, &prev);
            let chain = match find.prev.and_then(|prev| ends.remove(&prev)) {
                Some(chain) => chain,
                None if all.chains.len() < MAX_CHAINS && find.prev.is_none_or(follows) => {
                    all.chains.push(Vec::new());
                    all.chains.len() - 1
                }
                None => {
                    all.beyond += 1;
                    continue;
                }
            };
            all.chains[chain].push(find.clone());
            ends.insert(find.id, chain);
            inside.insert(find.id);
        }
        all
    }

    /// The entries of a log from `from` on that follow each other, to the first at or behind `to` of which the signature holds.
    pub fn stretch(
        &self,
        programme: &ProgrammeId,
        log: &LogId,
        (from, to): (u64, u64),
    ) -> Option<Vec<SignedEntry>> {
        let found = self.found.get(programme)?.get(log)?;
        found.get(&from)?.iter().find_map(|first| {
            let (mut run, mut last) = (Vec::new(), Some(first));
            while let Some(find) = last.filter(|_| run.len() < MAX_RUN) {
                let entry = Entry::from_store(self.read(find)?).ok()?;
                let seq = entry.header().seq;
                run.push(entry.signed().clone());
                if seq >= to && verify_entry(&entry).is_ok() {
                    return Some(run);
                }
                last = found.get(&(seq + 1))?.iter().find(|next| next.prev == Some(find.id));
            }
            None
        })
    }

    /// Calls `take` with the runs of all chains, each of which ends at a signature that holds. Where `take` gives false, the
    /// rest of that chain is left. Gives how many entries no signature vouches for.
    pub fn each_run(&self, chains: &Chains, mut take: impl FnMut(Vec<SignedEntry>) -> bool) -> u64 {
        let mut left = 0;
        for chain in &chains.chains {
            let mut from = 0;
            while from < chain.len() {
                let (mut run, mut bytes) = (Vec::new(), 0);
                for find in &chain[from..] {
                    let Some(entry) = self.read(find).and_then(|signed| Entry::from_store(signed).ok())
                    else {
                        break;
                    };
                    bytes += entry.signed().size();
                    if run.len() == MAX_RUN || (bytes > RUN_BYTES && !run.is_empty()) {
                        break;
                    }
                    run.push(entry);
                }
                let signed = run.iter().rposition(|entry| verify_entry(entry).is_ok());
                run.truncate(signed.map_or(0, |at| at + 1));
                let count = run.len();
                if count == 0 || !take(run.iter().map(|entry| entry.signed().clone()).collect()) {
                    left += (chain.len() - from) as u64;
                    break;
                }
                from += count;
            }
        }
        left
    }
}
