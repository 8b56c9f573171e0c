//! The fold: from all governance records held to the state of the programme.
//!
//! Incremental and pure: [`Governance::insert`] may be called with the entries in any order and any number of
//! times; the state depends on their set alone. No clock and no order of arrival decides anything.

use std::collections::{BTreeMap, BTreeSet};

use super::slots::Votes;
use super::{
    Acknowledged, ConstitutionRef, Decision, Equivocation, Genesis, Record, RecordError, Slot, SlotState,
    Subject, Vote,
};
use crate::{
    Body, DecisionId, DeviceCertificate, DeviceId, DocumentId, Entry, OrganisationId, ProgrammeId, RecordId,
    VoteId,
};

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
    /// The counted votes in its slot, by secretariat: none if it has not voted.
    pub votes: Vec<(OrganisationId, Option<&'a Vote>)>,
    /// What became of it.
    pub status: DecisionStatus,
}

#[derive(Debug, Clone)]
pub(super) struct Proposed {
    pub(super) decision: Decision,
    proposals: BTreeMap<DeviceId, u64>,
}

/// The state of the programme as far as the records held tell.
#[derive(Debug, Clone)]
pub struct Governance {
    pub(super) programme: ProgrammeId,
    pub(super) genesis: Option<Genesis>,
    pub(super) signed: BTreeMap<OrganisationId, u64>,
    pub(super) proposed: BTreeMap<DecisionId, Proposed>,
    pub(super) votes: Votes,
    /// Votes that came before the genesis, which alone tells whose device may sign them.
    pub(super) early: Vec<Record>,
    pub(super) in_force: BTreeMap<Subject, BTreeMap<u32, DecisionId>>,
    pub(super) certificates: BTreeMap<DeviceId, BTreeMap<RecordId, DeviceCertificate>>,
    pub(super) acknowledged: Acknowledged,
}

impl Governance {
    /// The state before any record.
    pub fn new(programme: ProgrammeId) -> Self {
        Self {
            programme,
            genesis: None,
            signed: BTreeMap::new(),
            proposed: BTreeMap::new(),
            votes: Votes::default(),
            early: Vec::new(),
            in_force: BTreeMap::new(),
            certificates: BTreeMap::new(),
            acknowledged: Acknowledged::default(),
        }
    }

    /// Takes in an entry of the governance space. Entries of other spaces change nothing.
    ///
    /// # Errors
    /// [`RecordError`] if the record in it does not count. The entry stands in its log all the same.
    pub fn insert(&mut self, entry: &Entry) -> Result<(), RecordError> {
        let header = entry.header();
        let Body::Governance { record } = &header.body else { return Ok(()) };
        self.acknowledged.entry(header.device, header.seq, entry.id());
        record.check(&self.programme)?;
        match record.as_ref() {
            Record::Acknowledge { decisions, devices } => {
                self.acknowledged.acknowledge(header.device, (header.seq, entry.id()), decisions, devices);
                Ok(())
            }
            record => self.insert_record(record.clone()),
        }
    }

    /// Takes in a checked record that counts whatever log carried it.
    fn insert_record(&mut self, record: Record) -> Result<(), RecordError> {
        match record {
            Record::Genesis { genesis, organisation, time, .. } => {
                self.signed.entry(organisation).and_modify(|at| *at = time.min(*at)).or_insert(time);
                if self.genesis.is_none() {
                    self.genesis = Some(*genesis);
                    for vote in std::mem::take(&mut self.early) {
                        // A vote that turns out not to be by a signing device is dropped, as it would be later.
                        let _ = self.insert_record(vote);
                    }
                }
                self.refold_all();
                Ok(())
            }
            Record::Device { certificate, time } => {
                let id = Record::Device { certificate: certificate.clone(), time }.id();
                self.certificates.entry(certificate.device).or_default().insert(id, *certificate);
                Ok(())
            }
            Record::Proposal { decision, proposer, time, .. } => {
                let subject = decision.subject.clone();
                let proposed = self
                    .proposed
                    .entry(decision.id())
                    .or_insert_with(|| Proposed { decision: *decision, proposals: BTreeMap::new() });
                proposed.proposals.entry(proposer).and_modify(|at| *at = time.min(*at)).or_insert(time);
                self.refold(&subject);
                Ok(())
            }
            Record::Vote { vote, signature } => {
                let Some(genesis) = &self.genesis else {
                    self.early.push(Record::Vote { vote, signature });
                    return Ok(());
                };
                let card = genesis.secretariats.iter().find(|card| card.organisation.id == vote.secretariat);
                let card = card.ok_or(RecordError::NotAllowed)?;
                vote.verify(&card.device.device.0, &signature).map_err(RecordError::Signature)?;
                for slot in self.votes.insert(*vote) {
                    self.refold(&slot.subject);
                }
                Ok(())
            }
            Record::Acknowledge { .. } | Record::Unknown(_) => Ok(()),
        }
    }

    fn refold_all(&mut self) {
        let subjects: BTreeSet<Subject> =
            self.proposed.values().map(|p| p.decision.subject.clone()).collect();
        for subject in subjects {
            self.refold(&subject);
        }
    }

    /// Computes anew which decisions of one subject are in force: for each version, in order, the one of the
    /// highest round that has all votes and whose parent is in force.
    fn refold(&mut self, subject: &Subject) {
        let mut standing: BTreeMap<u32, DecisionId> = BTreeMap::new();
        if self.founded() {
            let secretariats = self.secretariats();
            // Slots come in the order of version and round, so a later round replaces an earlier one.
            for slot in self.votes.slots_of(subject) {
                let before = slot.version.checked_sub(1).and_then(|v| standing.get(&v));
                let fits = |id: &DecisionId| {
                    self.proposed.get(id).is_some_and(|proposed| {
                        let decision = &proposed.decision;
                        decision.subject == slot.subject
                            && (decision.version, decision.round) == (slot.version, slot.round)
                            && decision.parent.as_ref() == before
                    })
                };
                let complete = self.votes.complete(slot, &secretariats, &ConstitutionRef::GENESIS);
                if let Some(id) = complete.into_iter().find(fits) {
                    standing.insert(slot.version, id);
                }
            }
        }
        self.in_force.insert(subject.clone(), standing);
    }

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

    /// The secretariats whose unanimity every decision takes. They are known before both have signed, so that they
    /// can reach each other to do so; no decision is in force before.
    pub fn secretariats(&self) -> BTreeSet<OrganisationId> {
        self.genesis.iter().flat_map(|g| &g.secretariats).map(|card| card.organisation.id).collect()
    }

    /// The acknowledgements of every governance log.
    pub fn acknowledged(&self) -> &Acknowledged {
        &self.acknowledged
    }

    /// The acknowledgement that `device` has to write before its next entry: none if it has said all it knows.
    pub fn unacknowledged(&self, device: &DeviceId) -> Option<Record> {
        let latest = self.acknowledged.latest(device);
        let knew = |id: &DecisionId| self.acknowledged.knew(device, &latest, id);
        let new = self.in_force.values().flat_map(BTreeMap::values).filter(|id| !knew(id));
        let mut decisions: Vec<DecisionId> = new.copied().collect();
        decisions.sort_unstable();
        decisions.truncate(super::record::MAX_ACKNOWLEDGED);
        (!decisions.is_empty()).then(|| Record::Acknowledge { decisions, devices: Vec::new() })
    }

    /// Whether a decision is in force.
    pub fn is_in_force(&self, id: &DecisionId) -> bool {
        self.in_force.values().any(|versions| versions.values().any(|standing| standing == id))
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
        let secretariats = self.secretariats();
        let votes = secretariats.iter().map(|who| (*who, self.votes.in_slot(&slot, who).next())).collect();
        let standing = self.in_force.get(&decision.subject).and_then(|v| v.get(&decision.version));
        let status = match self.votes.state(&slot, &secretariats, &ConstitutionRef::GENESIS) {
            _ if standing == Some(id) => DecisionStatus::InForce,
            _ if standing.is_some() => DecisionStatus::Superseded,
            SlotState::Dead(_) => DecisionStatus::Dead,
            SlotState::Complete(other) if other != *id => DecisionStatus::Superseded,
            _ => DecisionStatus::Open,
        };
        Some(DecisionState { id: *id, decision, proposals: &proposed.proposals, votes, status })
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
        self.in_force.get(&Subject::Document(*document))?.last_key_value().map(|(_, id)| *id)
    }
}
