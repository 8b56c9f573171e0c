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

/// What a recovery in force takes out of the votes of the constitutions before it.
#[derive(Debug, Clone, Default)]
pub(super) struct Losses {
    /// For each: the version that it made, who was lost, and which of its votes count.
    pub(super) lost: Vec<(u32, OrganisationId, BTreeSet<VoteId>)>,
    /// The survivors' open votes that died.
    pub(super) void: BTreeSet<VoteId>,
}

impl Losses {
    /// Whether a recovery took `vote` away. Votes on the constitutions before it stand: it rests on them itself.
    pub(super) fn takes(&self, id: &VoteId, vote: &Vote) -> bool {
        self.lost.iter().any(|(version, lost, kept)| {
            vote.secretariat == *lost
                && vote.constitution.version < *version
                && !(vote.subject == Subject::Constitution && vote.version < *version)
                && !kept.contains(id)
        })
    }
}
