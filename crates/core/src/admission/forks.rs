//! Forks: logs of which two entries claim one position, and which branch stands.
//!
//! A decision settles it: a cut names (position, id), and so the branch; a ratified version contains one. Before that
//! the branch stands on which more other organisations have built; on a tie neither does.

use std::collections::{BTreeMap, BTreeSet};

use crate::governance::{Cut, Governance};
use crate::{EntryId, LogId, OrganisationId};

/// What is known of the branches of one log, from where they part.
#[derive(Debug, Clone, Default)]
struct Branches {
    entries: BTreeMap<EntryId, (u64, Option<EntryId>)>,
    children: BTreeMap<Option<EntryId>, BTreeSet<EntryId>>,
    built: BTreeMap<EntryId, BTreeSet<OrganisationId>>,
    ratified: BTreeSet<EntryId>,
}

/// The logs that forked. Whoever keeps the entries tells it, for those logs alone, every entry from the position before
/// the branches part, and who built on which of them.
#[derive(Debug, Clone, Default)]
pub struct Forks {
    logs: BTreeMap<LogId, Branches>,
}

/// What becomes of an entry by the branch it is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Branch {
    /// Its log did not fork before it, or its branch stands.
    Stands,
    /// Another branch stands.
    Other,
    /// No branch stands.
    Undecided,
}

impl Forks {
    /// Takes in an entry of a log that forked.
    pub fn insert(&mut self, log: LogId, seq: u64, id: EntryId, prev: Option<EntryId>) {
        let branches = self.logs.entry(log).or_default();
        branches.entries.insert(id, (seq, prev));
        branches.children.entry(prev).or_default().insert(id);
    }

    /// Notes that an organisation built on an entry: something of it that could be written under its own authority was made
    /// on the entry, at once or by way of others.
    pub fn built_on(&mut self, log: &LogId, id: &EntryId, organisation: OrganisationId) {
        if let Some(branches) = self.logs.get_mut(log) {
            branches.built.entry(*id).or_default().insert(organisation);
        }
    }

    /// Notes that a ratified version contains an entry.
    pub fn ratified(&mut self, log: &LogId, id: &EntryId) {
        if let Some(branches) = self.logs.get_mut(log) {
            branches.ratified.insert(*id);
        }
    }

    /// Whether a log is known to have forked.
    pub fn is_forked(&self, log: &LogId) -> bool {
        self.logs.get(log).is_some_and(|branches| branches.children.values().any(|ids| ids.len() > 1))
    }

    /// Whether the entry stands by its branch.
    pub fn branch(&self, governance: &Governance, log: &LogId, id: &EntryId) -> Branch {
        let Some(branches) = self.logs.get(log) else { return Branch::Stands };
        let settled = branches.settled(governance, log);
        let owner = governance.owner(&log.device);
        let mut at = *id;
        while let Some((_, prev)) = branches.entries.get(&at) {
            let siblings = &branches.children[prev];
            if siblings.len() > 1 {
                match branches.winner(siblings, &settled, owner) {
                    Some(winner) if winner == at => {}
                    Some(_) => return Branch::Other,
                    None => return Branch::Undecided,
                }
            }
            match prev {
                Some(prev) => at = *prev,
                None => break,
            }
        }
        Branch::Stands
    }

    /// Whether an entry is beyond a cut of its log: after it, or on another branch than the one that the cut names.
    pub fn beyond(&self, log: &LogId, cut: &Cut, seq: u64, id: &dyn Fn() -> EntryId) -> bool {
        let Some(last) = cut.last else { return true };
        if seq >= last.seq {
            return seq > last.seq || id() != last.id;
        }
        let Some(branches) = self.logs.get(log) else { return false };
        let mut at = last.id;
        // Where the walk leaves what is known of the branches, all that is before is common to them.
        while let Some((place, prev)) = branches.entries.get(&at) {
            if *place == seq {
                return at != id();
            }
            match prev {
                Some(prev) => at = *prev,
                None => return true,
            }
        }
        false
    }
}

impl Branches {
    /// The entries that a decision names: the ends of cuts, and what was ratified.
    fn settled(&self, governance: &Governance, log: &LogId) -> BTreeSet<EntryId> {
        let heads = governance.cuts(&log.space, &log.device).into_iter().filter_map(|cut| cut.last);
        self.ratified.iter().copied().chain(heads.map(|head| head.id)).collect()
    }

    fn winner(
        &self,
        siblings: &BTreeSet<EntryId>,
        settled: &BTreeSet<EntryId>,
        owner: Option<OrganisationId>,
    ) -> Option<EntryId> {
        let trees: Vec<(EntryId, Vec<EntryId>)> = siblings.iter().map(|id| (*id, self.tree(id))).collect();
        let named: Vec<EntryId> = trees
            .iter()
            .filter(|(_, tree)| tree.iter().any(|id| settled.contains(id)))
            .map(|(id, _)| *id)
            .collect();
        match named.as_slice() {
            [] => {}
            [one] => return Some(*one),
            _ => return None,
        }
        let count = |tree: &[EntryId]| {
            let built: BTreeSet<&OrganisationId> =
                tree.iter().filter_map(|id| self.built.get(id)).flatten().collect();
            built.into_iter().filter(|organisation| Some(**organisation) != owner).count()
        };
        let counts: Vec<(usize, EntryId)> = trees.iter().map(|(id, tree)| (count(tree), *id)).collect();
        let best = counts.iter().map(|(count, _)| *count).max()?;
        let mut winners = counts.iter().filter(|(count, _)| *count == best);
        let first = winners.next()?;
        winners.next().is_none().then_some(first.1)
    }

    fn tree(&self, root: &EntryId) -> Vec<EntryId> {
        let mut tree = vec![*root];
        let mut at = 0;
        while at < tree.len() {
            tree.extend(self.children.get(&Some(tree[at])).into_iter().flatten());
            at += 1;
        }
        tree
    }
}
