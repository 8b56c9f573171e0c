//! The fold: from all governance records held to the state of the programme.
//!
//! Incremental and pure: [`Governance::insert`] may be called with the entries in any order and any number of
//! times; the state depends on their set alone. No clock and no order of arrival decides anything. One more record touches
//! its own subject from its own version on; only a change of the constitution that is no plain next one (a recovery, or
//! secretariats that voted twice) judges all votes anew.

use std::collections::{BTreeMap, BTreeSet};

use super::constitution::{Constitution, Quorum, is_recovery, key_of};
use super::members::DeviceIndex;
use super::news::News;
use super::resolve::Judge;
use super::slots::Votes;
use super::surplus::MAX_CERTIFIED;
use super::{
    Acknowledged, ConstitutionRef, Decision, Genesis, Operation, Record, RecordError, Revocation, Slot,
    Subject, Vote,
};
use crate::{
    Body, DecisionId, DeviceCertificate, DeviceId, DocumentId, Entry, OrganisationId, ProgrammeId, RecordId,
    Signature, VoteId,
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
    /// Whether the constitutions in force have to be looked at again.
    pub(super) unsettled: bool,
    pub(super) news: News,
    /// Documents whose ratification was looked at again since somebody last asked.
    pub(super) moved: BTreeSet<DocumentId>,
    /// How many devices an organisation may certify.
    pub(super) most_certified: usize,
    /// How many slots, versions and device records were judged since the beginning: what a record costs, for tests and
    /// measurements.
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
            unsettled: false,
            news: News::default(),
            moved: BTreeSet::new(),
            most_certified: MAX_CERTIFIED,
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
                self.advance(&header.device);
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
                    let cards = genesis.secretariats.iter().chain(&genesis.recovery_quorum);
                    self.index.named.extend(cards.map(|card| card.device.device));
                    self.chain = vec![Constitution::of_genesis(&genesis)];
                    self.genesis = Some(*genesis);
                    self.unpark(ConstitutionRef::GENESIS);
                }
                self.index_secretariats(0);
                if self.founded() {
                    let complete = self.votes.complete_versions();
                    self.stand(complete);
                }
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
                let slot = Slot {
                    subject: decision.subject.clone(),
                    version: decision.version,
                    round: decision.round,
                };
                let id = decision.id();
                self.index.named.extend(decision.operation.devices());
                let proposed = self
                    .proposed
                    .entry(id)
                    .or_insert_with(|| Proposed { decision: *decision, proposals: BTreeMap::new() });
                let known = !proposed.proposals.is_empty();
                proposed.proposals.entry(proposer).and_modify(|at| *at = time.min(*at)).or_insert(time);
                if !known {
                    // Only what a recovery says decides how its slot is judged, and whom a constitution drops.
                    let mut touched = self.votes.past(&id);
                    touched.extend(is_recovery(&slot).then(|| slot.clone()));
                    self.refold(touched);
                    self.stand([(slot.subject, slot.version)]);
                    self.reconstitute();
                }
                Ok(())
            }
            Record::Vote { vote, signature } => {
                let touched = self.insert_vote(*vote, signature)?;
                self.refold(touched);
                self.reconstitute();
                Ok(())
            }
            Record::Acknowledge { .. } | Record::Unknown(_) => Ok(()),
        }
    }

    fn insert_device(&mut self, device: DeviceId, id: RecordId, record: DeviceRecord) {
        let organisation = *record.organisation();
        if self.devices.entry(device).or_default().insert(id, record).is_some() {
            return;
        }
        self.index.named.insert(device);
        self.index.recorded.entry(organisation).or_default().insert(device);
        self.index_record(&device, id);
    }

    /// Checks a vote by the constitution that it cites, or parks it until that is in force. Gives the slots in which
    /// something is held now that was not.
    fn insert_vote(&mut self, vote: Vote, signature: Signature) -> Result<Vec<Slot>, RecordError> {
        let cited = vote.constitution;
        let held = self.chain.get(cited.version as usize).filter(|c| c.reference == cited);
        let Some(constitution) = held else {
            self.parked.entry(cited).or_default().insert((vote.id(), signature.0), vote);
            return Ok(Vec::new());
        };
        let key = key_of(constitution, &self.quorum, &vote).ok_or(RecordError::NotAllowed)?;
        vote.verify(&key, &signature).map_err(RecordError::Signature)?;
        Ok(self.votes.insert(vote, signature))
    }

    /// Takes in the votes that waited for a constitution.
    fn unpark(&mut self, reference: ConstitutionRef) {
        let mut touched: BTreeSet<Slot> = BTreeSet::new();
        for ((_, signature), vote) in self.parked.remove(&reference).unwrap_or_default() {
            // A vote that turns out not to be signed by one who may is dropped, as it would be later.
            touched.extend(self.insert_vote(vote, Signature(signature)).unwrap_or_default());
        }
        self.refold(touched);
    }

    /// Judges with what is held.
    pub(super) fn judge<R>(&self, with: impl FnOnce(&Judge<'_>) -> R) -> R {
        let lost = |id: &DecisionId| match &self.proposed.get(id)?.decision.operation {
            Operation::Recover { recovery, .. } => Some(recovery.lost),
            _ => None,
        };
        let drops = |id: &DecisionId, who: &OrganisationId| self.drops(id, who);
        with(&Judge {
            votes: &self.votes,
            chain: &self.chain,
            quorum: &self.quorum,
            lost: &lost,
            drops: &drops,
        })
    }

    /// Whether a decision, as far as it is held, is for a constitution in which an organisation has no place.
    pub(super) fn drops(&self, decision: &DecisionId, organisation: &OrganisationId) -> bool {
        let charter = self.proposed.get(decision).and_then(|p| p.decision.operation.charter());
        charter.is_some_and(|charter| charter.seat(organisation).is_none())
    }

    /// Judges slots anew, and the rounds after them as far as the verdict changes; then what is in force by them.
    fn refold(&mut self, slots: impl IntoIterator<Item = Slot>) {
        let mut next: BTreeSet<Slot> = slots.into_iter().collect();
        let mut versions: BTreeSet<(Subject, u32)> = BTreeSet::new();
        // In order, so that each round is judged after the one before it.
        while let Some(slot) = next.pop_first() {
            self.work += 1;
            let verdict = self.judge(|judge| judge.anew(&slot));
            let (changed, complete) = self.votes.set_verdict(&slot, verdict);
            if complete {
                versions.insert((slot.subject.clone(), slot.version));
            }
            let after = Slot { round: slot.round.saturating_add(1), ..slot };
            if changed && self.votes.verdict(&after).is_some() {
                next.insert(after);
            }
        }
        self.stand(versions);
    }

    /// Computes anew which decision is in force for versions of subjects, and for those after them as far as that changes:
    /// the one of the highest round that has all votes and whose parent is in force.
    fn stand(&mut self, versions: impl IntoIterator<Item = (Subject, u32)>) {
        if !self.founded() {
            return;
        }
        let mut changed: BTreeSet<Subject> = BTreeSet::new();
        for (subject, from) in versions {
            for version in from.. {
                self.work += 1;
                let standing = |version: u32| self.standing(&subject)?.get(&version).copied();
                let before = version.checked_sub(1).and_then(standing);
                let fits = |(round, id): &(u32, &DecisionId)| {
                    self.proposed.get(*id).is_some_and(|proposed| {
                        let decision = &proposed.decision;
                        decision.subject == subject
                            && (decision.version, decision.round) == (version, *round)
                            && decision.parent == before
                    })
                };
                let now = self.votes.complete_of(&subject, version).find(fits).map(|(_, id)| *id);
                if now == standing(version) {
                    break;
                }
                let versions = self.in_force.entry(subject.clone()).or_default();
                match now {
                    Some(id) => {
                        versions.insert(version, id);
                        self.news.in_force(id);
                    }
                    None => {
                        versions.remove(&version);
                    }
                }
                changed.insert(subject.clone());
            }
        }
        for subject in changed {
            if self.in_force.get(&subject).is_some_and(BTreeMap::is_empty) {
                self.in_force.remove(&subject);
            }
            match subject {
                Subject::Membership(organisation) => self.index_devices(&organisation),
                Subject::Constitution => self.unsettled = true,
                Subject::Document(document) => {
                    self.moved.insert(document);
                }
                Subject::Access(..) | Subject::Space(_) => {}
            }
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
        while std::mem::take(&mut self.unsettled) {
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
            self.index_secretariats(held.saturating_sub(1));
        }
    }

    /// Looks again at the devices of all that a constitution from `from` on names.
    fn index_secretariats(&mut self, from: usize) {
        let named: BTreeSet<OrganisationId> =
            self.chain.iter().skip(from).flat_map(Constitution::secretariats).collect();
        for organisation in named {
            self.index_devices(&organisation);
        }
    }

    /// Judges every vote from nothing. A recovery takes votes of the constitutions before it away, never those that it
    /// rests on; so with each pass one more recovery is settled, and the passes come to an end.
    fn rebuild(&mut self) {
        let ratified = self.in_force.keys().filter_map(|subject| match subject {
            Subject::Document(document) => Some(*document),
            _ => None,
        });
        self.moved.extend(ratified);
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
            for constitution in &settled {
                if let Some(recovery) = &constitution.recovery {
                    self.votes.losses.recovered(constitution.reference.version, recovery);
                }
            }
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
                self.unsettled = false;
                self.renew_news();
                return;
            }
            settled = found;
            settled.truncate(same + 1);
        }
    }
}
