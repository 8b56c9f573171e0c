//! The fold: from all governance records held to the state of the programme.
//!
//! Incremental and pure: [`Governance::insert`] may be called with the entries in any order and any number of
//! times; the state depends on their set alone. No clock and no order of arrival decides anything.

use std::collections::{BTreeMap, BTreeSet};

use super::slots::Votes;
use super::{
    Acknowledged, Choice, ConstitutionRef, Decision, Equivocation, Genesis, Operation, Record, RecordError,
    Slot, SlotState, Subject, Vote,
};
use crate::{
    Body, Card, DecisionId, DeviceCertificate, DeviceId, DocumentId, Entry, OrganisationId, OrganisationKind,
    ProgrammeId, RecordId, SpaceId, governance_space, private_space, programme_space,
};

/// An organisation's standing in the programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Its card.
    pub card: Card,
    /// As what it takes part.
    pub kind: OrganisationKind,
    /// The version of its membership: 0 for a secretariat named by the genesis.
    pub version: u32,
    /// The decision that admitted it; none for a secretariat named by the genesis.
    pub decision: Option<DecisionId>,
}

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
struct Proposed {
    decision: Decision,
    proposals: BTreeMap<DeviceId, u64>,
}

/// The state of the programme as far as the records held tell.
#[derive(Debug, Clone)]
pub struct Governance {
    programme: ProgrammeId,
    genesis: Option<Genesis>,
    signed: BTreeMap<OrganisationId, u64>,
    proposed: BTreeMap<DecisionId, Proposed>,
    votes: Votes,
    /// Votes that came before the genesis, which alone tells whose device may sign them.
    early: Vec<Record>,
    in_force: BTreeMap<Subject, BTreeMap<u32, DecisionId>>,
    certificates: BTreeMap<DeviceId, BTreeMap<RecordId, DeviceCertificate>>,
    acknowledged: Acknowledged,
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

    /// The standing of an organisation now; none if it does not take part.
    pub fn membership(&self, organisation: &OrganisationId) -> Option<Membership> {
        let genesis = self.genesis.as_ref()?;
        if let Some(card) = genesis.secretariats.iter().find(|card| card.organisation.id == *organisation) {
            let kind = OrganisationKind::Secretariat;
            return Some(Membership { card: card.clone(), kind, version: 0, decision: None });
        }
        self.admissions(organisation).last()
    }

    /// The admissions of an organisation that are in force, oldest first.
    pub(crate) fn admissions(&self, organisation: &OrganisationId) -> impl Iterator<Item = Membership> + '_ {
        let versions = self.in_force.get(&Subject::Membership(*organisation));
        versions.into_iter().flatten().filter_map(|(version, id)| {
            match &self.proposed[id].decision.operation {
                Operation::Admit { card, kind } => Some(Membership {
                    card: card.as_ref().clone(),
                    kind: *kind,
                    version: *version,
                    decision: Some(*id),
                }),
                Operation::Unknown(_) => None,
            }
        })
    }

    /// Every organisation that takes part now, by id.
    pub fn memberships(&self) -> BTreeMap<OrganisationId, Membership> {
        let subjects = self.in_force.keys().filter_map(|subject| match subject {
            Subject::Membership(organisation) => Some(*organisation),
            _ => None,
        });
        let all: BTreeSet<OrganisationId> = self.secretariats().into_iter().chain(subjects).collect();
        all.into_iter().filter_map(|id| Some((id, self.membership(&id)?))).collect()
    }

    /// The organisation that a device belongs to, if that organisation takes part.
    pub fn organisation_of(&self, device: &DeviceId) -> Option<OrganisationId> {
        let certified = self.certificates.get(device).into_iter().flatten().map(|(_, c)| c.organisation);
        certified.filter(|organisation| self.membership(organisation).is_some()).min().or_else(|| {
            self.memberships().into_iter().find(|(_, m)| m.card.device.device == *device).map(|(id, _)| id)
        })
    }

    /// The devices of every organisation that takes part.
    pub fn devices(&self) -> BTreeMap<DeviceId, OrganisationId> {
        let memberships = self.memberships();
        let mut devices: BTreeMap<DeviceId, OrganisationId> =
            memberships.iter().map(|(id, m)| (m.card.device.device, *id)).collect();
        for (device, certificates) in &self.certificates {
            let owner =
                certificates.values().map(|c| c.organisation).filter(|o| memberships.contains_key(o)).min();
            if let Some(owner) = owner {
                devices.insert(*device, owner);
            }
        }
        devices
    }

    /// Whether an organisation may read a space now.
    pub fn may_read(&self, organisation: &OrganisationId, space: &SpaceId) -> bool {
        if *space == private_space(&self.programme, organisation) {
            return true;
        }
        let common = [governance_space(&self.programme), programme_space(&self.programme)];
        common.contains(space) && self.membership(organisation).is_some()
    }

    /// Whether an organisation may write to a space now.
    pub fn may_write(&self, organisation: &OrganisationId, space: &SpaceId) -> bool {
        let writes = |m: Membership| m.kind != OrganisationKind::Observer;
        self.may_read(organisation, space)
            && (*space == governance_space(&self.programme)
                || self.membership(organisation).is_some_and(writes))
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

    /// The slot in which a next decision about `subject` is voted on, and its parent: the version after the one in
    /// force, in the round after the last dead one. With it the votes that killed that round.
    pub fn next_slot(&self, subject: &Subject) -> (Slot, Option<DecisionId>, Vec<crate::VoteId>) {
        let last = self.in_force.get(subject).and_then(|versions| versions.last_key_value());
        let version = last.map_or(1, |(version, _)| version + 1);
        let secretariats = self.secretariats();
        let mut slot = Slot { subject: subject.clone(), version, round: 1 };
        let mut killed_by = Vec::new();
        while let SlotState::Dead(votes) = self.votes.state(&slot, &secretariats, &ConstitutionRef::GENESIS) {
            slot.round += 1;
            killed_by = votes;
        }
        (slot, last.map(|(_, id)| *id), killed_by)
    }

    /// The vote of `secretariat` in the slot of `decision`, to be signed by its signing device and made durable
    /// before anyone sees it.
    ///
    /// # Errors
    /// A sentence for people if it may not vote, or not here, or has voted already.
    pub fn cast(
        &self,
        secretariat: &OrganisationId,
        device: &DeviceId,
        decision: &DecisionId,
        refusal: Option<String>,
        time: u64,
    ) -> Result<Vote, CastError> {
        let state = self.decision(decision).ok_or(CastError::Unknown)?;
        let signing =
            self.genesis.iter().flat_map(|g| &g.secretariats).find(|c| c.organisation.id == *secretariat);
        let signing = signing.ok_or(CastError::NotASecretariat)?;
        if signing.device.device != *device {
            return Err(CastError::NotTheSigningDevice);
        }
        if matches!(state.decision.operation, Operation::Unknown(_)) && refusal.is_none() {
            return Err(CastError::Newer);
        }
        let d = state.decision;
        let slot = Slot { subject: d.subject.clone(), version: d.version, round: d.round };
        if self.votes.in_slot(&slot, secretariat).next().is_some() {
            return Err(CastError::AlreadyVoted);
        }
        if state.status != DecisionStatus::Open {
            return Err(CastError::Settled);
        }
        let (next, _, killed_by) = self.next_slot(&d.subject);
        if next != slot {
            return Err(CastError::Settled);
        }
        let choice = refusal.map_or(Choice::For(*decision), Choice::Refuse);
        Ok(Vote {
            programme: self.programme,
            secretariat: *secretariat,
            subject: slot.subject,
            version: slot.version,
            round: slot.round,
            constitution: ConstitutionRef::GENESIS,
            previous: self.votes.tip(secretariat),
            choice,
            killed_by,
            time,
        })
    }

    /// A vote held, by its id.
    pub fn vote(&self, id: &crate::VoteId) -> Option<&Vote> {
        self.votes.get(id)
    }

    /// The decision that ratified a document last; none before the first.
    pub fn ratified(&self, document: &DocumentId) -> Option<DecisionId> {
        self.in_force.get(&Subject::Document(*document))?.last_key_value().map(|(_, id)| *id)
    }
}

/// Why a vote cannot be cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CastError {
    /// No such decision.
    #[error("there is no such decision")]
    Unknown,
    /// Only secretariats vote.
    #[error("only the two secretariats sign decisions")]
    NotASecretariat,
    /// Each secretariat votes from one device.
    #[error("your organisation signs from another device")]
    NotTheSigningDevice,
    /// The decision is one that this version does not understand.
    #[error("this decision was made by a newer version of accord; upgrade before signing it")]
    Newer,
    /// A vote in this slot stands already.
    #[error("your organisation has voted on this already; a vote stands for ever")]
    AlreadyVoted,
    /// The slot is settled: in force, or dead.
    #[error("this decision is settled already; nothing more can be signed on it")]
    Settled,
}
