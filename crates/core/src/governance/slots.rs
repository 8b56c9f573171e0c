//! The votes held: chained by secretariat, gathered by slot.

use std::collections::{BTreeMap, BTreeSet};

use super::{Choice, ConstitutionRef, Subject, Vote};
use crate::{DecisionId, OrganisationId, VoteId};

/// Where a secretariat has one vote: a version of a subject, in a round.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// About what.
    pub subject: Subject,
    /// Which version.
    pub version: u32,
    /// Which round.
    pub round: u32,
}

/// Two votes of one secretariat in one slot, or two that claim the same place in its chain: proof that it does
/// not keep to the rules, or works with a copied key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Equivocation {
    /// Who.
    pub secretariat: OrganisationId,
    /// The two votes, in the order of their ids.
    pub votes: (VoteId, VoteId),
}

/// What the votes of a slot amount to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotState {
    /// Votes are missing and none contradicts another.
    Open,
    /// Every secretariat voted for this decision.
    Complete(DecisionId),
    /// Refused, or voted on differently: people vote again in the next round. Holds the killing votes.
    Dead(Vec<VoteId>),
}

/// All votes held.
#[derive(Debug, Clone, Default)]
pub(super) struct Votes {
    held: BTreeMap<VoteId, Vote>,
    /// Votes whose chain is held back to the first one: only these count.
    counted: BTreeSet<VoteId>,
    /// By the vote that they name as the one before.
    followers: BTreeMap<(OrganisationId, Option<VoteId>), BTreeSet<VoteId>>,
    slots: BTreeMap<Slot, BTreeMap<OrganisationId, BTreeSet<VoteId>>>,
}

impl Votes {
    /// Takes in a vote whose signature was checked; gives the slots in which something counts now that did not.
    pub(super) fn insert(&mut self, vote: Vote) -> Vec<Slot> {
        let id = vote.id();
        if self.held.contains_key(&id) {
            return Vec::new();
        }
        let (secretariat, previous) = (vote.secretariat, vote.previous);
        self.followers.entry((secretariat, previous)).or_default().insert(id);
        self.held.insert(id, vote);
        let follows = previous.is_none_or(|before| self.counted.contains(&before));
        if follows { self.count_from(secretariat, id) } else { Vec::new() }
    }

    /// Counts `id` and every vote held that builds on it.
    fn count_from(&mut self, secretariat: OrganisationId, id: VoteId) -> Vec<Slot> {
        let mut touched = Vec::new();
        let mut next = vec![id];
        while let Some(id) = next.pop() {
            self.counted.insert(id);
            let slot = self.held[&id].slot();
            self.slots.entry(slot.clone()).or_default().entry(secretariat).or_default().insert(id);
            touched.push(slot);
            if let Some(followers) = self.followers.get(&(secretariat, Some(id))) {
                next.extend(followers);
            }
        }
        touched
    }

    pub(super) fn get(&self, id: &VoteId) -> Option<&Vote> {
        self.held.get(id)
    }

    /// The counted votes of a secretariat in a slot: more than one is equivocation.
    pub(super) fn in_slot(&self, slot: &Slot, secretariat: &OrganisationId) -> impl Iterator<Item = &Vote> {
        let ids = self.slots.get(slot).and_then(|by| by.get(secretariat));
        ids.into_iter().flatten().filter_map(|id| self.held.get(id))
    }

    /// The slots of a subject that hold counted votes, in order.
    pub(super) fn slots_of<'a>(&'a self, subject: &'a Subject) -> impl Iterator<Item = &'a Slot> {
        let first = Slot { subject: subject.clone(), version: 0, round: 0 };
        self.slots.range(first..).map(|(slot, _)| slot).take_while(move |slot| slot.subject == *subject)
    }

    /// The last counted vote of a secretariat's chain: the one that its next vote must name.
    pub(super) fn tip(&self, secretariat: &OrganisationId) -> Option<VoteId> {
        let mut tip = None;
        while let Some(next) = self.followers.get(&(*secretariat, tip)).and_then(|f| f.first()) {
            tip = Some(*next);
        }
        tip
    }

    /// The decisions that every secretariat voted for in `slot`, in the order of their ids: more than one only where
    /// all of them equivocate.
    pub(super) fn complete(
        &self,
        slot: &Slot,
        secretariats: &BTreeSet<OrganisationId>,
        constitution: &ConstitutionRef,
    ) -> Vec<DecisionId> {
        let mut for_decision: BTreeMap<DecisionId, BTreeSet<OrganisationId>> = BTreeMap::new();
        for secretariat in secretariats {
            for vote in self.in_slot(slot, secretariat) {
                if let Choice::For(decision) = vote.choice
                    && vote.constitution == *constitution
                {
                    for_decision.entry(decision).or_default().insert(*secretariat);
                }
            }
        }
        for_decision
            .into_iter()
            .filter(|(_, who)| who.len() == secretariats.len())
            .map(|(id, _)| id)
            .collect()
    }

    /// What the counted votes of `slot` amount to among `secretariats`, under `constitution`.
    ///
    /// Equivocation cannot undo a complete slot: a decision that every secretariat voted for stays complete
    /// whatever else is found.
    pub(super) fn state(
        &self,
        slot: &Slot,
        secretariats: &BTreeSet<OrganisationId>,
        constitution: &ConstitutionRef,
    ) -> SlotState {
        if let Some(decision) = self.complete(slot, secretariats, constitution).first() {
            return SlotState::Complete(*decision);
        }
        let votes = || secretariats.iter().flat_map(|secretariat| self.in_slot(slot, secretariat));
        let alive =
            |vote: &&Vote| vote.constitution == *constitution && matches!(vote.choice, Choice::For(_));
        let choices: BTreeSet<&DecisionId> = votes()
            .filter_map(|vote| match &vote.choice {
                Choice::For(decision) => Some(decision),
                Choice::Refuse(_) => None,
            })
            .collect();
        if choices.len() > 1 || !votes().all(|vote| alive(&vote)) {
            return SlotState::Dead(votes().map(Vote::id).collect());
        }
        SlotState::Open
    }

    /// Every proof of equivocation held: two votes in one slot, or two that name the same vote before.
    pub(super) fn equivocations(&self) -> BTreeSet<Equivocation> {
        let by_slot = self.slots.values().flatten().map(|(who, ids)| (*who, ids));
        let by_place = self.followers.iter().map(|((who, _), ids)| (*who, ids));
        by_slot
            .chain(by_place)
            .filter_map(|(secretariat, ids)| {
                let mut ids = ids.iter();
                let votes = (*ids.next()?, *ids.next()?);
                Some(Equivocation { secretariat, votes })
            })
            .collect()
    }
}
