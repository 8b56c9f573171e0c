//! The votes held: chained by secretariat, gathered by slot.
//!
//! A vote is *verified* when a constitution in force names the key that signed it, *held* when its author's chain before
//! it and every vote that it cites are held, and *counted* when it also keeps the rules that its chain and its round
//! lay on it. Verified and held only grow; counted is looked at anew, for one subject, whenever its votes change.

use std::collections::{BTreeMap, BTreeSet};

use super::constitution::Losses;
use super::promise::Promises;
use super::{Choice, Subject, Vote};
use crate::{DecisionId, OrganisationId, Signature, VoteId};

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

/// A vote with its signature, and with what its author's chain up to it promises.
#[derive(Debug, Clone)]
pub(super) struct Verified {
    pub(super) vote: Vote,
    pub(super) signature: Signature,
    /// Once held.
    pub(super) promises: Option<Promises>,
}

/// What the votes of a slot were judged to be: kept, so that a later round does not judge those before it again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The votes that count.
    pub(super) counted: Vec<VoteId>,
    /// The decisions that have every vote they need.
    pub(super) complete: Vec<DecisionId>,
}

#[derive(Debug, Clone, Default)]
struct InSlot {
    held: BTreeMap<OrganisationId, BTreeSet<VoteId>>,
    verdict: Verdict,
}

/// All votes whose signature was checked.
#[derive(Debug, Clone, Default)]
pub(super) struct Votes {
    pub(super) verified: BTreeMap<VoteId, Verified>,
    /// By a vote that is not held: those that wait for it.
    blocked: BTreeMap<VoteId, BTreeSet<VoteId>>,
    /// By the vote that they name as the one before.
    followers: BTreeMap<(OrganisationId, Option<VoteId>), BTreeSet<VoteId>>,
    /// The last vote of each chain that has no two votes at one place: who signs has not to walk along all it has signed.
    tips: BTreeMap<OrganisationId, VoteId>,
    /// The held ones.
    slots: BTreeMap<Slot, InSlot>,
    /// By a constitution, the slots in which a recovery was voted on past the promise that a vote for it is.
    passed: BTreeMap<DecisionId, BTreeSet<Slot>>,
    /// The slots in which a decision has every vote it needs.
    complete: BTreeSet<Slot>,
    /// By slot and author, the verified ones: the second is proof against its author, held or not.
    places: BTreeMap<(OrganisationId, Slot), BTreeSet<VoteId>>,
    /// Where there are two: places and followers that are proof.
    doubled_places: BTreeSet<(OrganisationId, Slot)>,
    doubled_followers: BTreeSet<(OrganisationId, Option<VoteId>)>,
    pub(super) losses: Losses,
}

impl Votes {
    /// Takes in a vote whose signature was checked; gives the slots in which something is held now that was not.
    pub(super) fn insert(&mut self, vote: Vote, signature: Signature) -> Vec<Slot> {
        let id = vote.id();
        if self.verified.contains_key(&id) {
            return Vec::new();
        }
        let secretariat = vote.secretariat;
        let (after, place) = ((secretariat, vote.previous), (secretariat, vote.slot()));
        let followers = self.followers.entry(after).or_default();
        followers.insert(id);
        if followers.len() > 1 {
            self.doubled_followers.insert(after);
            self.tips.remove(&secretariat);
        } else if self.tips.get(&secretariat).copied() == vote.previous {
            let tip = self.end_of_chain(&secretariat, Some(id));
            self.tips.extend(tip.map(|tip| (secretariat, tip)));
        }
        let in_place = self.places.entry(place.clone()).or_default();
        in_place.insert(id);
        if in_place.len() > 1 {
            self.doubled_places.insert(place);
        }
        self.verified.insert(id, Verified { vote, signature, promises: None });
        let mut touched = self.hold_from(id);
        let counting = self.losses.came(&id, |id| Some(&self.verified.get(id)?.vote));
        touched.extend(counting.iter().filter_map(|id| self.get(id)).map(Vote::slot));
        touched
    }

    /// Holds `id`, if nothing is missing, and every verified vote that waited for it.
    fn hold_from(&mut self, id: VoteId) -> Vec<Slot> {
        let mut touched = Vec::new();
        let mut next = vec![id];
        while let Some(id) = next.pop() {
            let Some(verified) = self.verified.get(&id) else { continue };
            if verified.promises.is_some() {
                continue;
            }
            let vote = &verified.vote;
            let held = |id: &&VoteId| self.verified.get(id).is_some_and(|v| v.promises.is_some());
            if let Some(missing) = vote.previous.iter().chain(&vote.killed_by).find(|id| !held(id)) {
                self.blocked.entry(*missing).or_default().insert(id);
                continue;
            }
            let before = vote.previous.and_then(|id| self.verified.get(&id));
            if before.is_some_and(|before| before.vote.secretariat != vote.secretariat) {
                continue;
            }
            let before = before.and_then(|before| before.promises.as_ref());
            let cited: Vec<&Vote> =
                vote.killed_by.iter().filter_map(|id| self.verified.get(id)).map(|v| &v.vote).collect();
            let promises = Promises::after(before, vote, &cited);
            let (slot, secretariat) = (vote.slot(), vote.secretariat);
            for decision in &promises.passed {
                self.passed.entry(*decision).or_default().insert(slot.clone());
            }
            if let Some(verified) = self.verified.get_mut(&id) {
                verified.promises = Some(promises);
            }
            self.slots.entry(slot.clone()).or_default().held.entry(secretariat).or_default().insert(id);
            touched.push(slot);
            next.extend(self.blocked.remove(&id).into_iter().flatten());
        }
        touched
    }

    pub(super) fn get(&self, id: &VoteId) -> Option<&Vote> {
        self.verified.get(id).map(|verified| &verified.vote)
    }

    /// The held votes of a slot that keep to their author's promises and that no recovery took away, with their ids.
    pub(super) fn in_slot(&self, slot: &Slot) -> impl Iterator<Item = (VoteId, &Vote)> {
        let ids = self.slots.get(slot).into_iter().flat_map(|slot| slot.held.values()).flatten();
        ids.filter_map(|id| {
            let verified = self.verified.get(id)?;
            let kept = verified.promises.as_ref().is_some_and(|promises| promises.kept);
            (kept && !self.losses.takes(id, &verified.vote)).then_some((*id, &verified.vote))
        })
    }

    /// The constitutions whose promise a vote was let past.
    pub(super) fn passed(&self, id: &VoteId) -> &[DecisionId] {
        let promises = self.verified.get(id).and_then(|verified| verified.promises.as_ref());
        promises.map_or(&[], |promises| &promises.passed)
    }

    /// The slots that hold a vote which was let past the promise of a constitution.
    pub(super) fn past(&self, constitution: &DecisionId) -> BTreeSet<Slot> {
        self.passed.get(constitution).cloned().unwrap_or_default()
    }

    /// Whether `secretariat` voted in a slot, counted or not.
    pub(super) fn voted(&self, slot: &Slot, secretariat: &OrganisationId) -> bool {
        self.places.contains_key(&(*secretariat, slot.clone()))
    }

    /// What a slot was judged to be; nothing if it holds no vote.
    pub(super) fn verdict(&self, slot: &Slot) -> Option<&Verdict> {
        self.slots.get(slot).map(|slot| &slot.verdict)
    }

    /// Keeps the verdict on a slot; tells whether the votes that count in it, and whether what is complete, changed.
    pub(super) fn set_verdict(&mut self, slot: &Slot, verdict: Verdict) -> (bool, bool) {
        let Some(held) = self.slots.get_mut(slot) else { return (false, false) };
        let counted = held.verdict.counted != verdict.counted;
        let complete = held.verdict.complete != verdict.complete;
        if verdict.complete.is_empty() {
            self.complete.remove(slot);
        } else {
            self.complete.insert(slot.clone());
        }
        held.verdict = verdict;
        (counted || complete, complete)
    }

    /// The complete decisions of one version of a subject with the round that they are complete in, the highest first.
    pub(super) fn complete_of(
        &self,
        subject: &Subject,
        version: u32,
    ) -> impl Iterator<Item = (u32, &DecisionId)> {
        let at = |round| Slot { subject: subject.clone(), version, round };
        let slots = self.complete.range(at(0)..=at(u32::MAX)).rev();
        let complete = slots.filter_map(|slot| Some((slot.round, self.verdict(slot)?)));
        complete.flat_map(|(round, verdict)| verdict.complete.iter().map(move |id| (round, id)))
    }

    /// The versions of every subject in which a decision is complete, in order.
    pub(super) fn complete_versions(&self) -> BTreeSet<(Subject, u32)> {
        self.complete.iter().map(|slot| (slot.subject.clone(), slot.version)).collect()
    }

    /// The last vote of a secretariat's chain: the one that its next vote must name.
    pub(super) fn tip(&self, secretariat: &OrganisationId) -> Option<VoteId> {
        self.tips.get(secretariat).copied().or_else(|| self.end_of_chain(secretariat, None))
    }

    /// The end of a chain from a vote on; where it parts, along the lowest id.
    fn end_of_chain(&self, secretariat: &OrganisationId, from: Option<VoteId>) -> Option<VoteId> {
        let mut tip = from;
        while let Some(next) = self.followers.get(&(*secretariat, tip)).and_then(|f| f.first()) {
            tip = Some(*next);
        }
        tip
    }

    /// What the chain of a secretariat promises at its tip.
    pub(super) fn promises(&self, secretariat: &OrganisationId) -> Promises {
        let tip = self.tip(secretariat).and_then(|id| self.verified.get(&id));
        tip.and_then(|tip| tip.promises.clone()).unwrap_or_default()
    }

    /// A vote and all before it in its author's chain.
    pub(super) fn chain(&self, last: Option<VoteId>) -> BTreeSet<VoteId> {
        let mut chain = BTreeSet::new();
        let mut at = last;
        while let Some(id) = at {
            chain.insert(id);
            at = self.get(&id).and_then(|vote| vote.previous);
        }
        chain
    }

    /// Every proof of equivocation held: for each slot and each place of a chain that has several votes, the two of
    /// the lowest ids.
    pub(super) fn equivocations(&self) -> BTreeSet<Equivocation> {
        let by_slot = self.doubled_places.iter().filter_map(|key| Some((key.0, self.places.get(key)?)));
        let by_place =
            self.doubled_followers.iter().filter_map(|key| Some((key.0, self.followers.get(key)?)));
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

/// Whether votes of one slot kill it by themselves: one refuses, two are for different decisions, or two are cast under
/// different constitutions. Gives the fewest of them that do.
pub(super) fn killing(votes: &[(VoteId, &Vote)]) -> Option<Vec<VoteId>> {
    if let Some((id, _)) = votes.iter().find(|(_, vote)| matches!(vote.choice, Choice::Refuse(_))) {
        return Some(vec![*id]);
    }
    let ((first, one), rest) = votes.split_first()?;
    let other =
        rest.iter().find(|(_, other)| other.choice != one.choice || other.constitution != one.constitution);
    let mut pair = vec![*first, other?.0];
    pair.sort_unstable();
    Some(pair)
}
