//! The fold: from all governance records held to the state of the programme.
//!
//! Incremental and pure: [`Governance::insert`] may be called with the entries in any order and any number of
//! times; the state depends on their set alone. No clock and no order of arrival decides anything. One more record touches
//! its own subject from its own version on; only a change of the constitution that is no plain next one (a recovery, or
//! secretariats that voted twice) judges all votes anew.

use std::collections::{BTreeMap, BTreeSet};

use super::constitution::{Constitution, Quorum, key_of};
use super::members::DeviceIndex;
use super::resolve::Judge;
use super::slots::Votes;
use super::{
    Acknowledged, ConstitutionRef, Decision, Genesis, Operation, Record, RecordError, Revocation, Subject,
    Vote,
};
use crate::{
    Body, DecisionId, DeviceCertificate, DeviceId, Entry, OrganisationId, ProgrammeId, RecordId, Signature,
    VoteId,
};

#[derive(Debug, Clone)]
pub(super) struct Proposed {
    pub(super) decision: Decision,
    pub(super) proposals: BTreeMap<DeviceId, u64>,
}

/// A certificate or a revocation, to be judged by the root keys of its organisation.
#[derive(Debug, Clone)]
pub(super) enum DeviceRecord {
    Certificate(DeviceCertificate),
    Revocation(Revocation, Signature),
}

/// Votes that no constitution in force lets anybody check yet, each under every signature that came with it.
type Parked = BTreeMap<ConstitutionRef, BTreeMap<(VoteId, [u8; 64]), Vote>>;

/// The state of the programme as far as the records held tell.
#[derive(Debug, Clone)]
pub struct Governance {
    pub(super) programme: ProgrammeId,
    pub(super) genesis: Option<Genesis>,
    pub(super) quorum: Quorum,
    pub(super) signed: BTreeMap<OrganisationId, u64>,
    pub(super) proposed: BTreeMap<DecisionId, Proposed>,
    pub(super) votes: Votes,
    pub(super) parked: Parked,
    /// The constitutions in force, by version: the first is the genesis'.
    pub(super) chain: Vec<Constitution>,
    pub(super) in_force: BTreeMap<Subject, BTreeMap<u32, DecisionId>>,
    /// By the device they are about.
    pub(super) devices: BTreeMap<DeviceId, BTreeMap<RecordId, DeviceRecord>>,
    pub(super) index: DeviceIndex,
    pub(super) acknowledged: Acknowledged,
    /// How many slots were judged since the beginning: what a record costs, for tests and measurements.
    pub(super) work: u64,
}

impl Governance {
    /// The state before any record.
    pub fn new(programme: ProgrammeId) -> Self {
        Self {
            programme,
            genesis: None,
            quorum: Quorum::default(),
            signed: BTreeMap::new(),
            proposed: BTreeMap::new(),
            votes: Votes::default(),
            parked: BTreeMap::new(),
            chain: Vec::new(),
            in_force: BTreeMap::new(),
            devices: BTreeMap::new(),
            index: DeviceIndex::default(),
            acknowledged: Acknowledged::default(),
            work: 0,
        }
    }

    /// Takes in an entry of the governance space. Entries of other spaces change nothing.
    ///
    /// # Errors
    /// [`RecordError`] if the record in it does not count. The entry stands in its log all the same.
    pub fn insert(&mut self, entry: &Entry) -> Result<(), RecordError> {
        let header = entry.header();
        let Body::Governance { record } = &header.body else { return Ok(()) };
        self.acknowledged.entry(header.device, header.seq, entry.id(), header.prev);
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
        let id = record.id();
        match record {
            Record::Genesis { genesis, organisation, time, .. } => {
                self.signed.entry(organisation).and_modify(|at| *at = time.min(*at)).or_insert(time);
                if self.genesis.is_none() {
                    self.quorum = Quorum::of_genesis(&genesis);
                    self.chain = vec![Constitution::of_genesis(&genesis)];
                    self.genesis = Some(*genesis);
                    self.unpark(ConstitutionRef::GENESIS);
                }
                self.refold_all();
                self.index_secretariats();
                self.reconstitute();
                Ok(())
            }
            Record::Device { certificate, .. } => {
                self.insert_device(certificate.device, id, DeviceRecord::Certificate(*certificate));
                Ok(())
            }
            Record::Revoke { revocation, signature } => {
                self.insert_device(revocation.device, id, DeviceRecord::Revocation(*revocation, signature));
                Ok(())
            }
            Record::Proposal { decision, proposer, time, .. } => {
                let (subject, version) = (decision.subject.clone(), decision.version);
                let proposed = self
                    .proposed
                    .entry(decision.id())
                    .or_insert_with(|| Proposed { decision: *decision, proposals: BTreeMap::new() });
                let known = !proposed.proposals.is_empty();
                proposed.proposals.entry(proposer).and_modify(|at| *at = time.min(*at)).or_insert(time);
                if !known {
                    self.refold(&subject, version);
                    self.reconstitute();
                }
                Ok(())
            }
            Record::Vote { vote, signature } => {
                let touched = self.insert_vote(*vote, signature)?;
                self.refold_touched(touched);
                self.reconstitute();
                Ok(())
            }
            Record::Acknowledge { .. } | Record::Unknown(_) => Ok(()),
        }
    }

    fn insert_device(&mut self, device: DeviceId, id: RecordId, record: DeviceRecord) {
        let organisation = *record.organisation();
        self.devices.entry(device).or_default().insert(id, record);
        self.index.recorded.entry(organisation).or_default().insert(device);
        self.index_records(&organisation, &device);
    }

    /// Checks a vote by the constitution that it cites, or parks it until that is in force.
    fn insert_vote(
        &mut self,
        vote: Vote,
        signature: Signature,
    ) -> Result<BTreeMap<Subject, u32>, RecordError> {
        let cited = vote.constitution;
        let Some(constitution) = self.chain.iter().find(|c| c.reference == cited) else {
            self.parked.entry(cited).or_default().insert((vote.id(), signature.0), vote);
            return Ok(BTreeMap::new());
        };
        let key = key_of(constitution, &self.quorum, &vote).ok_or(RecordError::NotAllowed)?;
        vote.verify(&key, &signature).map_err(RecordError::Signature)?;
        let mut touched: BTreeMap<Subject, u32> = BTreeMap::new();
        for slot in self.votes.insert(vote, signature) {
            let from = touched.entry(slot.subject).or_insert(slot.version);
            *from = slot.version.min(*from);
        }
        Ok(touched)
    }

    /// Takes in the votes that waited for a constitution.
    fn unpark(&mut self, reference: ConstitutionRef) {
        let mut touched: BTreeMap<Subject, u32> = BTreeMap::new();
        for ((_, signature), vote) in self.parked.remove(&reference).unwrap_or_default() {
            // A vote that turns out not to be signed by one who may is dropped, as it would be later.
            for (subject, version) in self.insert_vote(vote, Signature(signature)).unwrap_or_default() {
                let from = touched.entry(subject).or_insert(version);
                *from = version.min(*from);
            }
        }
        self.refold_touched(touched);
    }

    fn refold_touched(&mut self, touched: BTreeMap<Subject, u32>) {
        for (subject, from) in touched {
            self.refold(&subject, from);
        }
    }

    fn refold_all(&mut self) {
        for subject in self.votes.subjects() {
            self.refold(&subject, 0);
        }
    }

    /// Judges with what is held.
    pub(super) fn judge<R>(&self, with: impl FnOnce(&Judge<'_>) -> R) -> R {
        let lost = |id: &DecisionId| match &self.proposed.get(id)?.decision.operation {
            Operation::Recover { recovery, .. } => Some(recovery.lost),
            _ => None,
        };
        with(&Judge { votes: &self.votes, chain: &self.chain, quorum: &self.quorum, lost: &lost })
    }

    /// Computes anew which decisions of one subject are in force from a version on: for each version, in order, the
    /// one of the highest round that has all votes and whose parent is in force.
    fn refold(&mut self, subject: &Subject, from: u32) {
        let mut standing = self.in_force.remove(subject).unwrap_or_default();
        standing.retain(|version, _| *version < from);
        let mut work = 0;
        if self.founded() {
            // Slots come in the order of version and round, so a later round replaces an earlier one.
            for slot in self.votes.slots_of(subject, from) {
                work += 1;
                let before = slot.version.checked_sub(1).and_then(|v| standing.get(&v));
                let fits = |id: &DecisionId| {
                    self.proposed.get(id).is_some_and(|proposed| {
                        let decision = &proposed.decision;
                        decision.subject == slot.subject
                            && (decision.version, decision.round) == (slot.version, slot.round)
                            && decision.parent.as_ref() == before
                    })
                };
                let complete = self.judge(|judge| judge.complete(slot));
                if let Some(id) = complete.into_iter().find(fits) {
                    standing.insert(slot.version, id);
                }
            }
        }
        self.work += work;
        if !standing.is_empty() {
            self.in_force.insert(subject.clone(), standing);
        }
        if let Subject::Membership(organisation) = subject {
            self.index_devices(organisation);
        }
    }

    /// The constitutions that the decisions in force make, one after the other. It ends where a newer version of the
    /// program is needed to go on.
    fn derive_chain(&self) -> Vec<Constitution> {
        let mut chain: Vec<Constitution> = self.genesis.iter().map(Constitution::of_genesis).collect();
        for (version, id) in self.in_force.get(&Subject::Constitution).into_iter().flatten() {
            let Some(proposed) = self.proposed.get(id) else { break };
            let Some(charter) = proposed.decision.operation.charter() else { break };
            let recovery = match &proposed.decision.operation {
                Operation::Recover { recovery, .. } => Some(recovery.as_ref().clone()),
                _ => None,
            };
            let reference = ConstitutionRef { version: *version, decision: Some(*id) };
            chain.push(Constitution { reference, charter: charter.clone(), recovery });
        }
        chain
    }

    /// Brings the constitutions up to date with the decisions in force.
    fn reconstitute(&mut self) {
        loop {
            let chain = self.derive_chain();
            if chain == self.chain {
                return;
            }
            let (held, new) = (self.chain.len(), chain.len());
            let next = chain.starts_with(&self.chain) && chain[held..].iter().all(|c| c.recovery.is_none());
            if !next {
                return self.rebuild();
            }
            self.chain = chain;
            for at in held..new {
                self.unpark(self.chain[at].reference);
            }
            self.index_secretariats();
        }
    }

    fn index_secretariats(&mut self) {
        let named: BTreeSet<OrganisationId> =
            self.chain.iter().flat_map(Constitution::secretariats).collect();
        for organisation in named {
            self.index_devices(&organisation);
        }
    }

    /// Judges every vote from nothing. A recovery takes votes of the constitutions before it away, never those that it
    /// rests on; so with each pass one more recovery is settled, and the passes come to an end.
    fn rebuild(&mut self) {
        let mut all = std::mem::take(&mut self.parked);
        for (id, verified) in std::mem::take(&mut self.votes).verified {
            let (vote, signature) = (verified.vote, verified.signature);
            all.entry(vote.constitution).or_default().insert((id, signature.0), vote);
        }
        let mut settled: Vec<Constitution> = Vec::new();
        loop {
            self.votes = Votes::default();
            self.in_force.clear();
            self.parked = all.clone();
            self.chain = self.genesis.iter().map(Constitution::of_genesis).collect();
            self.lose(&settled, &all);
            self.unpark(ConstitutionRef::GENESIS);
            loop {
                let chain = self.derive_chain();
                let held = self.chain.len();
                if chain.len() <= held {
                    break;
                }
                self.chain = chain;
                for at in held..self.chain.len() {
                    self.unpark(self.chain[at].reference);
                }
            }
            let found: Vec<Constitution> =
                self.chain.iter().filter(|c| c.recovery.is_some()).cloned().collect();
            let same = found.iter().zip(&settled).take_while(|(a, b)| a == b).count();
            if found.len() == same {
                // What was in force may not be any more: every organisation that ever was is looked at again.
                let known: BTreeSet<OrganisationId> =
                    self.organisations().into_iter().chain(self.index.organisations()).collect();
                for organisation in known {
                    self.index_devices(&organisation);
                }
                return;
            }
            settled = found;
            settled.truncate(same + 1);
        }
    }

    /// Takes away what recoveries take away.
    fn lose(&mut self, recoveries: &[Constitution], all: &Parked) {
        let votes: BTreeMap<VoteId, &Vote> =
            all.values().flatten().map(|((id, _), vote)| (*id, vote)).collect();
        for constitution in recoveries {
            let Some(recovery) = &constitution.recovery else { continue };
            let mut kept = BTreeSet::new();
            let mut at = recovery.last_vote;
            while let Some(id) = at
                && kept.insert(id)
            {
                at = votes.get(&id).and_then(|vote| vote.previous);
            }
            self.votes.losses.lost.push((constitution.reference.version, recovery.lost, kept));
            // The survivor's own votes only, and none that a constitution before this rests on.
            let own = |id: &&VoteId| {
                votes.get(id).is_some_and(|vote| {
                    vote.secretariat != recovery.lost && vote.subject != Subject::Constitution
                })
            };
            self.votes.losses.void.extend(recovery.open_votes.iter().filter(own));
        }
    }
}
