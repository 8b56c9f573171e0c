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

/// One history of a log, written out from its first entry.
#[derive(Debug, Clone, Default)]
struct Branch {
    entries: Vec<Stored>,
    durable: usize,
}

/// Why a verified run cannot be appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Entries are missing before it.
    #[error("entries are missing before the run")]
    Gap,
    /// As many branches are held as are kept.
    #[error("too many histories of one log")]
    Branches,
}

/// The logs of one node: of each its histories, which is one if its device is in one place.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    logs: BTreeMap<LogId, Vec<Branch>>,
}

impl Branch {
    fn at(&self, seq: u64) -> Option<EntryId> {
        let at = usize::try_from(seq).ok()?.checked_sub(1)?;
        self.entries.get(at).map(|entry| entry.id)
    }

    fn durable(&self) -> &[Stored] {
        &self.entries[..self.durable]
    }

    fn head(&self) -> Option<Head> {
        head_of(self.durable())
    }
}

fn head_of(entries: &[Stored]) -> Option<Head> {
    Some(Head { seq: entries.len() as u64, id: entries.last()?.id })
}

impl Disk {
    /// Writes what is new of a run behind the last of its entries that is held, not synced yet.
    ///
    /// # Errors
    /// [`LinkError`] if it does not follow what is held.
    pub fn write(&mut self, run: &VerifiedRun) -> Result<(), LinkError> {
        let branches = self.logs.entry(run.log()).or_default();
        let before = run.first_seq() - 1;
        let common = |branch: &Branch| {
            let follows = before == 0 || branch.at(before).is_some_and(|id| run.prev() == Some(id));
            let same = run.entries().iter().take_while(|(e, _)| branch.at(e.header().seq) == Some(e.id()));
            follows.then(|| same.count())
        };
        let best = branches.iter().enumerate().filter_map(|(at, branch)| Some((common(branch)?, at))).max();
        let (count, at) = match best {
            Some(best) => best,
            None if branches.is_empty() && before == 0 => {
                branches.push(Branch::default());
                (0, 0)
            }
            None => return Err(LinkError::Gap),
        };
        let shared = usize::try_from(before).unwrap_or(usize::MAX) + count;
        let fresh = &run.entries()[count..];
        let at = if fresh.is_empty() || branches[at].entries.len() == shared {
            at
        } else if branches.len() >= accord_sync::MAX_BRANCHES {
            return Err(LinkError::Branches);
        } else {
            let of = &branches[at];
            branches.push(Branch { entries: of.entries[..shared].to_vec(), durable: of.durable.min(shared) });
            branches.len() - 1
        };
        branches[at].entries.extend(fresh.iter().map(|(entry, _)| {
            let authority = entry.header().authority.position();
            Stored { id: entry.id(), authority, signed: entry.signed().clone() }
        }));
        Ok(())
    }

    /// Makes the entries of `log` up to `upto` durable. Gives those that were not.
    pub(crate) fn sync(&mut self, log: &LogId, upto: Head) -> Vec<Stored> {
        let mut fresh = Vec::new();
        for branch in self.logs.get_mut(log).into_iter().flatten() {
            let end = usize::try_from(upto.seq).unwrap_or(usize::MAX);
            if branch.at(upto.seq) == Some(upto.id) && branch.durable < end {
                fresh = branch.entries[branch.durable..end].to_vec();
                branch.durable = end;
            }
        }
        fresh
    }

    /// Loses what is not durable.
    pub fn crash(&mut self) {
        for branches in self.logs.values_mut() {
            for branch in branches.iter_mut() {
                branch.entries.truncate(branch.durable);
            }
            let heads = maximal(branches, |branch| branch.durable());
            let mut kept = Vec::new();
            for branch in branches.drain(..) {
                let stays = branch.head().is_some_and(|head| heads.contains(&head));
                if stays && !kept.iter().any(|other: &Branch| other.head() == branch.head()) {
                    kept.push(branch);
                }
            }
            *branches = kept;
        }
        self.logs.retain(|_, branches| !branches.is_empty());
    }

    /// Takes over all that is durable on another disk and longer than here.
    pub fn adopt(&mut self, other: &Disk) {
        for (id, branches) in &other.logs {
            if self.durable(id).len() < other.durable(id).len() {
                self.logs.insert(*id, branches.clone());
            }
        }
    }

    /// The last entry of `log`, synced or not.
    pub fn tail(&self, log: &LogId) -> Option<Head> {
        self.branches(log).iter().filter_map(|branch| head_of(&branch.entries)).max()
    }

    /// The last durable entry of `log`, on its longest branch.
    pub fn head(&self, log: &LogId) -> Option<Head> {
        self.branches(log).iter().filter_map(Branch::head).max()
    }

    /// The last durable entries of all branches of `log`.
    pub fn heads(&self, log: &LogId) -> Vec<Head> {
        maximal(self.branches(log), |branch| branch.durable())
    }

    /// Whether `log` has several histories, synced or not.
    pub fn is_forked(&self, log: &LogId) -> bool {
        self.branches(log).len() > 1
    }

    fn branches(&self, log: &LogId) -> &[Branch] {
        self.logs.get(log).map_or(&[], Vec::as_slice)
    }

    /// The durable entries of the longest branch of `log`.
    pub(crate) fn durable(&self, log: &LogId) -> &[Stored] {
        self.branches(log).iter().max_by_key(|branch| branch.head()).map_or(&[], Branch::durable)
    }

    /// The durable entries of the history that has the entry that `is` accepts at `seq`.
    pub(crate) fn durable_with(&self, log: &LogId, seq: u64, is: impl Fn(&EntryId) -> bool) -> &[Stored] {
        let has = |branch: &&Branch| branch.durable as u64 >= seq && branch.at(seq).as_ref().is_some_and(&is);
        self.branches(log).iter().find(has).map_or(&[], Branch::durable)
    }

    /// Each durable history of `log`.
    pub(crate) fn histories(&self, log: &LogId) -> impl Iterator<Item = &[Stored]> {
        self.branches(log).iter().map(Branch::durable)
    }

    /// All logs of which something is durable.
    pub fn logs(&self) -> impl Iterator<Item = LogId> + '_ {
        self.logs.iter().filter(|(_, log)| log.iter().any(|b| b.durable > 0)).map(|(id, _)| *id)
    }

    /// Whether an entry of `log` is durable.
    pub fn has(&self, log: &LogId, seq: u64, id: &EntryId) -> bool {
        !self.durable_with(log, seq, |held| held == id).is_empty()
    }

    /// The highest entry of each branch of `log` up to which all authority positions are at most `position`.
    pub fn offerable(&self, log: &LogId, position: u64) -> Vec<Head> {
        maximal(self.branches(log), |branch| {
            let entries = branch.durable();
            let end = entries.iter().position(|entry| entry.authority > position).unwrap_or(entries.len());
            &entries[..end]
        })
    }

    /// What of a log that was cut may be offered, of what could be offered without the cut.
    pub(crate) fn within(&self, log: &LogId, limits: &[Head], offer: Vec<Head>) -> Vec<Head> {
        let reaches = |limit: &Head| {
            offer.iter().any(|end| {
                let history = self.durable_with(log, end.seq, |id| *id == end.id);
                end.seq >= limit.seq && history.get(limit.seq as usize - 1).is_some_and(|e| e.id == limit.id)
            })
        };
        let (kept, missing): (Vec<Head>, Vec<Head>) = limits.iter().copied().partition(reaches);
        let missing = missing.iter().map(|head| head.seq).max().unwrap_or(0);
        kept.into_iter().chain(offer.iter().copied().filter(|end| end.seq < missing)).collect()
    }
}

/// The heads of histories of which none is part of another one.
fn maximal<'a>(branches: &'a [Branch], part: impl Fn(&'a Branch) -> &'a [Stored]) -> Vec<Head> {
    let parts: Vec<&[Stored]> = branches.iter().map(part).collect();
    let mut heads: Vec<Head> = parts.iter().filter_map(|part| head_of(part)).collect();
    heads.sort_unstable();
    heads.dedup();
    heads.retain(|head| {
        let longer = parts.iter().filter(|part| part.len() as u64 > head.seq);
        !longer.clone().any(|part| part[head.seq as usize - 1].id == head.id)
    });
    heads
}
