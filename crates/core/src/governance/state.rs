//! What the fold knows, for those who ask: founding, decisions, constitutions, proofs.

use std::collections::{BTreeMap, BTreeSet};

use super::constitution::Constitution;
use super::{
    Acknowledged, ConstitutionRef, Decision, Equivocation, Genesis, Governance, Record, Slot, SlotState,
    Subject, Vote,
};
use crate::{DecisionId, DeviceId, DocumentId, OrganisationId, ProgrammeId, VoteId};

/// What became of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionStatus {
    /// Votes are missing.
    Open,
    /// Every secretariat voted for it, and it stands.
    InForce,
    /// Its slot was refused or voted on differently.
    Dead,
    /// It had all votes, or could have had, but another decision stands in its place.
    Superseded,
}

/// A decision with everything that is known about it.
#[derive(Debug, Clone)]
pub struct DecisionState<'a> {
    /// Its id.
    pub id: DecisionId,
    /// What it says.
    pub decision: &'a Decision,
    /// Who proposed it and when, as they say.
    pub proposals: &'a BTreeMap<DeviceId, u64>,
    /// The counted votes in its slot, by secretariat: none if it has not voted. Where a recovery's quorum votes, its
    /// organisations follow the secretariats.
    pub votes: Vec<(OrganisationId, Option<&'a Vote>)>,
    /// What became of it.
    pub status: DecisionStatus,
}

impl Governance {
    /// The programme's id.
    pub fn programme(&self) -> ProgrammeId {
        self.programme
    }

    /// The genesis, once held.
    pub fn genesis(&self) -> Option<&Genesis> {
        self.genesis.as_ref()
    }

    /// Which secretariats have signed the genesis, and when, as they say.
    pub fn genesis_signatures(&self) -> &BTreeMap<OrganisationId, u64> {
        &self.signed
    }

    /// Whether both secretariats have signed the genesis: before that the programme does not exist.
    pub fn founded(&self) -> bool {
        self.genesis
            .as_ref()
            .is_some_and(|g| g.secretariats.iter().all(|c| self.signed.contains_key(&c.organisation.id)))
    }

    /// The constitution in force; none before the genesis is held.
    pub fn constitution(&self) -> Option<&Constitution> {
        self.chain.last()
    }

    /// Every constitution that is or was in force, the genesis' first.
    pub fn constitutions(&self) -> &[Constitution] {
        &self.chain
    }

    /// The constitution that a vote is cast under now.
    pub fn constitution_ref(&self) -> ConstitutionRef {
        self.chain.last().map_or(ConstitutionRef::GENESIS, |c| c.reference)
    }

    /// The number of the guard rule that applies to all changes.
    pub fn guard_rule(&self) -> Option<u32> {
        self.chain.last().map(|c| c.charter.guard_rule)
    }

    /// The secretariats whose unanimity every decision takes. They are known before both have signed, so that they
    /// can reach each other to do so; no decision is in force before.
    pub fn secretariats(&self) -> BTreeSet<OrganisationId> {
        self.chain.last().map(Constitution::secretariats).unwrap_or_default()
    }

    /// The acknowledgements of every governance log.
    pub fn acknowledged(&self) -> &Acknowledged {
        &self.acknowledged
    }

    /// The acknowledgement that `device` has to write before its next entry: none if it has said all it knows.
    pub fn unacknowledged(&self, device: &DeviceId) -> Option<Record> {
        let (mut decisions, mut devices) = self.unheard(device);
        decisions.sort_unstable();
        decisions.dedup();
        decisions.truncate(super::record::MAX_ACKNOWLEDGED);
        devices.sort_unstable();
        devices.dedup();
        devices.truncate(super::record::MAX_ACKNOWLEDGED);
        let any = !decisions.is_empty() || !devices.is_empty();
        any.then_some(Record::Acknowledge { decisions, devices })
    }

    /// Whether a decision is in force.
    pub fn is_in_force(&self, id: &DecisionId) -> bool {
        self.proposed.get(id).is_some_and(|proposed| {
            let decision = &proposed.decision;
            self.standing(&decision.subject).and_then(|v| v.get(&decision.version)) == Some(id)
        })
    }

    /// The decisions in force about a subject, by version.
    pub(super) fn standing(&self, subject: &Subject) -> Option<&BTreeMap<u32, DecisionId>> {
        self.in_force.get(subject)
    }

    /// The decisions in force about a subject, in order, with what they say.
    pub(super) fn history<'a>(
        &'a self,
        subject: &Subject,
    ) -> impl Iterator<Item = (u32, DecisionId, &'a Decision)> + use<'a> {
        self.standing(subject).into_iter().flatten().filter_map(|(version, id)| {
            self.proposed.get(id).map(|proposed| (*version, *id, &proposed.decision))
        })
    }

    /// The decisions in force about a subject, by version, with what they say.
    pub fn versions(&self, subject: &Subject) -> Vec<(u32, DecisionId, &Decision)> {
        self.history(subject).collect()
    }

    /// The ids of all decisions in force.
    pub fn in_force(&self) -> BTreeSet<DecisionId> {
        self.in_force.values().flat_map(BTreeMap::values).copied().collect()
    }

    /// Every decision held, with what became of it, in the order of the ids.
    pub fn decisions(&self) -> impl Iterator<Item = DecisionState<'_>> {
        self.proposed.keys().filter_map(|id| self.decision(id))
    }

    /// One decision, with what became of it.
    pub fn decision(&self, id: &DecisionId) -> Option<DecisionState<'_>> {
        let (id, proposed) = self.proposed.get_key_value(id)?;
        let decision = &proposed.decision;
        let slot =
            Slot { subject: decision.subject.clone(), version: decision.version, round: decision.round };
        let counted: Vec<VoteId> =
            self.judge(|judge| judge.counted(&slot).into_iter().map(|(id, _)| id).collect());
        let counted: Vec<&Vote> = counted.iter().filter_map(|id| self.vote(id)).collect();
        let vote_of = |who: &OrganisationId| counted.iter().find(|vote| vote.secretariat == *who).copied();
        let mut voters = self.secretariats();
        voters.extend(counted.iter().map(|vote| vote.secretariat));
        let votes = voters.iter().map(|who| (*who, vote_of(who))).collect();
        let standing = self.standing(&decision.subject).and_then(|v| v.get(&decision.version));
        let status = match self.slot(&slot) {
            _ if standing == Some(id) => DecisionStatus::InForce,
            _ if standing.is_some() => DecisionStatus::Superseded,
            SlotState::Dead(_) => DecisionStatus::Dead,
            SlotState::Complete(other) if other != *id => DecisionStatus::Superseded,
            _ => DecisionStatus::Open,
        };
        Some(DecisionState { id: *id, decision, proposals: &proposed.proposals, votes, status })
    }

    /// What the votes held in a slot amount to.
    pub fn slot(&self, slot: &Slot) -> SlotState {
        self.judge(|judge| judge.state(slot))
    }

    /// Proof against secretariats that voted twice.
    pub fn equivocations(&self) -> BTreeSet<Equivocation> {
        self.votes.equivocations()
    }

    /// A vote held, by its id.
    pub fn vote(&self, id: &VoteId) -> Option<&Vote> {
        self.votes.get(id)
    }

    /// The decision that ratified a document last; none before the first.
    pub fn ratified(&self, document: &DocumentId) -> Option<DecisionId> {
        self.standing(&Subject::Document(*document))?.last_key_value().map(|(_, id)| *id)
    }

    /// The documents whose ratification was looked at again since this was last asked: whoever keeps something about
    /// versions looks at these again too.
    pub fn take_moved_documents(&mut self) -> BTreeSet<DocumentId> {
        std::mem::take(&mut self.moved)
    }

    /// Every decision that was proposed about a subject, with what became of it, in the order of the ids.
    pub fn about<'a>(&'a self, subject: &Subject) -> impl Iterator<Item = DecisionState<'a>> + use<'a> {
        let about = self.proposed.iter().filter(|(_, proposed)| proposed.decision.subject == *subject);
        let ids: Vec<&DecisionId> = about.map(|(id, _)| id).collect();
        ids.into_iter().filter_map(|id| self.decision(id))
    }

    /// How many slots and versions were judged so far: what one more record costs is the difference.
    pub fn work(&self) -> u64 {
        self.work
    }
}
