//! What the votes of a slot amount to.
//!
//! The rules, for a slot of a subject other than a recovery:
//!
//! - A vote of a later round counts only if it cites votes that kill the round before.
//! - Only the lowest constitution version that votes were cast under can complete a slot, and votes under later ones
//!   kill it then if it is not complete. By the time a later constitution is in force, its predecessor's secretariats
//!   have shown their whole chains, so whether the slot was complete is settled for everybody.

use std::collections::{BTreeMap, BTreeSet};

use super::constitution::{Constitution, Quorum, is_recovery};
use super::operation::RECOVERY_ROUND;
use super::slots::{Verdict, Votes, killing};
use super::{Choice, Slot, SlotState, Vote};
use crate::{DecisionId, OrganisationId, VoteId};

/// What it takes to judge a slot.
pub(super) struct Judge<'a> {
    pub(super) votes: &'a Votes,
    pub(super) chain: &'a [Constitution],
    pub(super) quorum: &'a Quorum,
    /// Whom a decision, if it is a recovery, says to be lost.
    pub(super) lost: &'a dyn Fn(&DecisionId) -> Option<OrganisationId>,
    /// Whether a decision is for a constitution in which an organisation has no place.
    pub(super) drops: &'a dyn Fn(&DecisionId, &OrganisationId) -> bool,
}

impl<'a> Judge<'a> {
    /// The votes of a slot that count, as they were judged.
    pub(super) fn counted(&self, slot: &Slot) -> Vec<(VoteId, &'a Vote)> {
        let ids = self.votes.verdict(slot).into_iter().flat_map(|verdict| &verdict.counted);
        ids.filter_map(|id| Some((*id, self.votes.get(id)?))).collect()
    }

    /// Judges a slot anew, the round before it having been judged. No slot asks for more than the one before: who votes in a
    /// hundred thousand rounds, each killed by its own refusal, makes each of them no dearer.
    pub(super) fn anew(&self, slot: &Slot) -> Verdict {
        let cites_nothing = slot.round <= 1 || (is_recovery(slot) && slot.round == RECOVERY_ROUND);
        let mut counted: Vec<(VoteId, &Vote)> = self.votes.in_slot(slot).collect();
        let resigned = |id: &VoteId, vote: &Vote| {
            self.votes.passed(id).iter().any(|d| (self.drops)(d, &vote.secretariat))
        };
        counted.retain(|(id, vote)| !resigned(id, vote));
        if !cites_nothing {
            let before = Slot { round: slot.round - 1, ..slot.clone() };
            let before_votes = self.counted(&before);
            counted.retain(|(_, vote)| self.cites_death(&before, &before_votes, &vote.killed_by));
        }
        let complete = self.complete_of(slot, &counted);
        Verdict { counted: counted.into_iter().map(|(id, _)| id).collect(), complete }
    }

    /// Whether the votes `cited` show that `slot`, in which `counted` counts, is dead.
    fn cites_death(&self, slot: &Slot, counted: &[(VoteId, &'a Vote)], cited: &[VoteId]) -> bool {
        let mut cited: Vec<(VoteId, &Vote)> =
            counted.iter().filter(|(id, _)| cited.contains(id)).copied().collect();
        if is_recovery(slot) {
            return self.kills_recovery(slot, &cited).is_some();
        }
        let lowest = counted.iter().map(|(_, vote)| vote.constitution.version).min();
        if lowest.is_some_and(|version| !self.complete_under(counted, version).is_empty()) {
            // Complete: then only a secretariat that also voted otherwise, under the same constitution, kills it.
            cited.retain(|(_, vote)| Some(vote.constitution.version) == lowest);
            return killing(&cited).is_some();
        }
        killing(&cited).is_some() || cited.iter().any(|(id, vote)| self.votes.losses.voids(id, vote))
    }

    /// The decisions that all secretariats of the constitution of `version` voted for, in the order of their ids: more than
    /// one only where all of them equivocate.
    fn complete_under(&self, counted: &[(VoteId, &Vote)], version: u32) -> Vec<DecisionId> {
        let Some(constitution) = self.chain.get(version as usize) else { return Vec::new() };
        let secretariats = constitution.secretariats();
        let mut by_decision: BTreeMap<DecisionId, BTreeSet<OrganisationId>> = BTreeMap::new();
        for (_, vote) in counted.iter().filter(|(_, vote)| vote.constitution.version == version) {
            if let Choice::For(decision) = vote.choice {
                by_decision.entry(decision).or_default().insert(vote.secretariat);
            }
        }
        by_decision.retain(|_, who| who.is_superset(&secretariats));
        by_decision.into_keys().collect()
    }

    /// The decisions that have every vote they need in `slot`.
    fn complete_of(&self, slot: &Slot, counted: &[(VoteId, &Vote)]) -> Vec<DecisionId> {
        if is_recovery(slot) {
            return self.recovered(slot, counted);
        }
        let lowest = counted.iter().map(|(_, vote)| vote.constitution.version).min();
        lowest.map(|version| self.complete_under(counted, version)).unwrap_or_default()
    }

    /// What the slot amounts to.
    pub(super) fn state(&self, slot: &Slot) -> SlotState {
        let counted = self.counted(slot);
        if let Some(decision) = self.votes.verdict(slot).and_then(|verdict| verdict.complete.first()) {
            return SlotState::Complete(*decision);
        }
        let dead = if is_recovery(slot) {
            self.kills_recovery(slot, &counted)
        } else {
            let void = counted.iter().find(|(id, vote)| self.votes.losses.voids(id, vote));
            void.map(|(id, _)| vec![*id]).or_else(|| killing(&counted))
        };
        dead.map_or(SlotState::Open, SlotState::Dead)
    }

    /// The recoveries that the survivors and enough of the quorum voted for.
    fn recovered(&self, slot: &Slot, counted: &[(VoteId, &Vote)]) -> Vec<DecisionId> {
        let Some(constitution) = self.chain.get(slot.version as usize - 1) else { return Vec::new() };
        let secretariats = constitution.secretariats();
        let mut by_decision: BTreeMap<DecisionId, BTreeSet<OrganisationId>> = BTreeMap::new();
        for (_, vote) in counted {
            if let Choice::For(decision) = vote.choice {
                by_decision.entry(decision).or_default().insert(vote.secretariat);
            }
        }
        by_decision.retain(|decision, who| {
            let Some(lost) = (self.lost)(decision) else { return false };
            let survivors = secretariats.iter().filter(|s| **s != lost);
            let quorum =
                who.iter().filter(|w| self.quorum.roots.contains_key(w) && !secretariats.contains(w));
            secretariats.contains(&lost)
                && self.quorum.votes > 0
                && survivors.into_iter().all(|survivor| who.contains(survivor))
                && quorum.count() >= self.quorum.votes
        });
        by_decision.into_keys().collect()
    }

    /// A round of a recovery dies when a secretariat refuses it, or when so many of the quorum voted otherwise that no
    /// decision can reach its number any more. Who of the quorum is a secretariat by now votes as one: it is none of those whom
    /// a recovery needs beside the survivor, and a round that waited for it would neither end nor come in force.
    fn kills_recovery(&self, slot: &Slot, votes: &[(VoteId, &Vote)]) -> Option<Vec<VoteId>> {
        let secretariats = self.chain.get(slot.version as usize - 1)?.secretariats();
        let refuses = |vote: &Vote| matches!(vote.choice, Choice::Refuse(_));
        if let Some((id, _)) = votes.iter().find(|(_, v)| secretariats.contains(&v.secretariat) && refuses(v))
        {
            return Some(vec![*id]);
        }
        let outsider = |who: &OrganisationId| !secretariats.contains(who);
        let asked = self.quorum.roots.keys().filter(|who| outsider(who)).count();
        let of_quorum: Vec<&(VoteId, &Vote)> = votes
            .iter()
            .filter(|(_, vote)| {
                self.quorum.roots.contains_key(&vote.secretariat) && outsider(&vote.secretariat)
            })
            .collect();
        let voted: BTreeSet<OrganisationId> = of_quorum.iter().map(|(_, vote)| vote.secretariat).collect();
        let mut supports: BTreeMap<DecisionId, usize> = BTreeMap::new();
        for (_, vote) in &of_quorum {
            if let Choice::For(decision) = vote.choice {
                *supports.entry(decision).or_default() += 1;
            }
        }
        let best = supports.values().max().copied().unwrap_or(0);
        let left = asked.saturating_sub(voted.len());
        (best + left < self.quorum.votes).then(|| of_quorum.iter().map(|(id, _)| *id).collect())
    }
}
