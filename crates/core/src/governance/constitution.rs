//! The constitutions in force, one after the other, and whose key signs a vote under each.

use std::collections::{BTreeMap, BTreeSet};

use super::operation::{RECOVERY_ROUND, Recovery};
use super::{Charter, ConstitutionRef, Genesis, Seat, Slot, Subject, Vote};
use crate::{OrganisationId, PublicKey, RootId, VoteId};

/// A constitution in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constitution {
    /// Which one it is.
    pub reference: ConstitutionRef,
    /// Who co-manages, and by which guard rule.
    pub charter: Charter,
    /// The loss that it recovers from, if it does.
    pub recovery: Option<Recovery>,
}

impl Constitution {
    /// The one that the genesis gives: each secretariat's first root key is its id.
    pub(super) fn of_genesis(genesis: &Genesis) -> Self {
        let seat = |card: &crate::Card| Seat { card: card.clone(), root: RootId(card.organisation.id.0) };
        let seats = genesis.secretariats.iter().map(seat).collect();
        let charter = Charter { seats, guard_rule: genesis.guard_rule, keeps: Vec::new() };
        Self { reference: ConstitutionRef::GENESIS, charter, recovery: None }
    }

    /// The secretariats.
    pub fn secretariats(&self) -> BTreeSet<OrganisationId> {
        self.charter.seats.iter().map(|seat| seat.card.organisation.id).collect()
    }
}

/// Who can recover a lost secretariat together with the other one, and how many of them it takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Quorum {
    pub(super) roots: BTreeMap<OrganisationId, RootId>,
    pub(super) votes: usize,
}

impl Quorum {
    pub(super) fn of_genesis(genesis: &Genesis) -> Self {
        let id = |card: &crate::Card| (card.organisation.id, RootId(card.organisation.id.0));
        let roots = genesis.recovery_quorum.iter().map(id).collect();
        Self { roots, votes: genesis.recovery_votes as usize }
    }
}

/// Whether a slot is one of a recovery.
pub(super) fn is_recovery(slot: &Slot) -> bool {
    slot.subject == Subject::Constitution && slot.round >= RECOVERY_ROUND
}

/// The key that signs `vote` under `constitution`: root keys sign for the constitution, signing devices all else.
/// None if its author has no vote there, or if it is about another version of the constitution than the next.
pub(super) fn key_of(constitution: &Constitution, quorum: &Quorum, vote: &Vote) -> Option<PublicKey> {
    let seat = constitution.charter.seat(&vote.secretariat);
    if vote.subject != Subject::Constitution {
        return seat.map(|seat| seat.card.device.device.0);
    }
    if vote.version != constitution.reference.version + 1 {
        return None;
    }
    let of_quorum = || {
        let root = quorum.roots.get(&vote.secretariat)?;
        is_recovery(&vote.slot()).then_some(root.0)
    };
    seat.map(|seat| seat.root.0).or_else(of_quorum)
}

/// What recoveries in force take out of the votes of the constitutions before them.
#[derive(Debug, Clone, Default)]
pub(super) struct Losses {
    lost: Vec<Lost>,
    /// The survivors' open votes that died, as the recoveries list them, each with who was lost.
    open: BTreeMap<VoteId, BTreeSet<OrganisationId>>,
}

/// What of one lost secretariat's votes counts.
#[derive(Debug, Clone)]
struct Lost {
    /// The version that the recovery made.
    version: u32,
    who: OrganisationId,
    /// The last one that is named and those before it, as far as they came.
    kept: BTreeSet<VoteId>,
    /// Where the chain back from the last one goes on, once that vote comes.
    missing: Option<VoteId>,
}

impl Losses {
    /// Takes in what the recovery that made `version` says.
    pub(super) fn recovered(&mut self, version: u32, recovery: &Recovery) {
        let (who, missing) = (recovery.lost, recovery.last_vote);
        self.lost.push(Lost { version, who, kept: BTreeSet::new(), missing });
        for id in &recovery.open_votes {
            self.open.entry(*id).or_default().insert(recovery.lost);
        }
    }

    /// Goes on along the chains back from the last votes named, now that `id` came; gives the votes that count by it. A
    /// recovery is often heard of before the votes of who was lost.
    pub(super) fn came<'a>(
        &mut self,
        id: &VoteId,
        votes: impl Fn(&VoteId) -> Option<&'a Vote>,
    ) -> Vec<VoteId> {
        let mut counting = Vec::new();
        for lost in self.lost.iter_mut().filter(|lost| lost.missing == Some(*id)) {
            while let Some((id, vote)) = lost.missing.and_then(|id| Some((id, votes(&id)?))) {
                lost.kept.insert(id);
                lost.missing = vote.previous;
                counting.push(id);
            }
        }
        counting
    }

    /// Whether a recovery took `vote` away. Votes on the constitutions before it stand: it rests on them itself.
    pub(super) fn takes(&self, id: &VoteId, vote: &Vote) -> bool {
        self.lost.iter().any(|lost| {
            vote.secretariat == lost.who
                && vote.constitution.version < lost.version
                && !(vote.subject == Subject::Constitution && vote.version < lost.version)
                && !lost.kept.contains(id)
        })
    }

    /// Whether `vote` was open and died by a recovery: the survivor's own only, and none that a constitution rests on.
    pub(super) fn voids(&self, id: &VoteId, vote: &Vote) -> bool {
        vote.subject != Subject::Constitution
            && self.open.get(id).is_some_and(|by| by.iter().any(|lost| *lost != vote.secretariat))
    }
}
