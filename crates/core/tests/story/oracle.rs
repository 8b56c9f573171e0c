//! The rules of docs/governance.md in the plainest way: everything is computed from all records at once, again and again,
//! with no regard to cost. It shares no code with the fold but the records and their signatures.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::governance::{
    Charter, Choice, ConstitutionRef, Decision, Genesis, Operation, RECOVERY_ROUND, Record, Recovery,
    Revocation, Seat, Slot, Subject, Vote,
};
use accord_core::{
    Body, DecisionId, DeviceCertificate, DeviceId, Entry, EntryId, OrganisationId, ProgrammeId, PublicKey,
    RecordId, RootId, Signature, VoteId,
};

/// What one entry of a governance log says for `authority`.
pub(crate) struct Said {
    pub(crate) seq: u64,
    pub(crate) prev: Option<EntryId>,
    pub(crate) decisions: BTreeSet<DecisionId>,
    pub(crate) devices: BTreeSet<RecordId>,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Constituted {
    pub(crate) reference: ConstitutionRef,
    pub(crate) charter: Charter,
    recovery: Option<Recovery>,
}

impl Constituted {
    pub(crate) fn names(&self, organisation: &OrganisationId) -> bool {
        self.charter.seats.iter().any(|seat| seat.card.organisation.id == *organisation)
    }

    fn secretariats(&self) -> BTreeSet<OrganisationId> {
        self.charter.seats.iter().map(|seat| seat.card.organisation.id).collect()
    }
}

/// The records held, sorted by what they are.
pub(crate) struct Oracle {
    pub(crate) programme: ProgrammeId,
    /// How many devices an organisation may certify.
    pub(crate) most_certified: usize,
    genesis: Option<Genesis>,
    signed: BTreeSet<OrganisationId>,
    pub(crate) decisions: BTreeMap<DecisionId, Decision>,
    cast: Vec<(Vote, Signature)>,
    pub(crate) certificates: BTreeMap<RecordId, DeviceCertificate>,
    pub(crate) revocations: BTreeMap<RecordId, (Revocation, Signature)>,
    pub(crate) logs: BTreeMap<DeviceId, BTreeMap<EntryId, Said>>,
    /// The constitutions in force.
    pub(crate) chain: Vec<Constituted>,
    /// The decisions in force, by subject, from version 1 on.
    pub(crate) standing: BTreeMap<Subject, Vec<DecisionId>>,
}

/// The votes that can be checked under some constitutions, and what recoveries take from them.
struct Count<'a> {
    oracle: &'a Oracle,
    chain: &'a [Constituted],
    votes: BTreeMap<VoteId, &'a Vote>,
    recoveries: &'a [Constituted],
}

fn is_recovery(slot: &Slot) -> bool {
    slot.subject == Subject::Constitution && slot.round >= RECOVERY_ROUND
}

/// A refusal, two different choices, or two constitutions.
fn kills(votes: &[&Vote]) -> bool {
    votes.iter().any(|vote| matches!(vote.choice, Choice::Refuse(_)))
        || votes
            .iter()
            .any(|a| votes.iter().any(|b| a.choice != b.choice || a.constitution != b.constitution))
}

impl Oracle {
    pub(crate) fn of<'a>(
        (programme, most_certified): (ProgrammeId, usize),
        entries: impl IntoIterator<Item = &'a Entry>,
    ) -> Self {
        let mut oracle = Self {
            programme,
            most_certified,
            genesis: None,
            signed: BTreeSet::new(),
            decisions: BTreeMap::new(),
            cast: Vec::new(),
            certificates: BTreeMap::new(),
            revocations: BTreeMap::new(),
            logs: BTreeMap::new(),
            chain: Vec::new(),
            standing: BTreeMap::new(),
        };
        for entry in entries {
            oracle.hold(entry);
        }
        let mut settled: Vec<Constituted> = Vec::new();
        loop {
            oracle.solve(&settled);
            let found: Vec<Constituted> =
                oracle.chain.iter().filter(|c| c.recovery.is_some()).cloned().collect();
            let same = found.iter().zip(&settled).take_while(|(a, b)| a == b).count();
            if found.len() == same {
                return oracle;
            }
            settled = found[..=same].to_vec();
        }
    }

    fn hold(&mut self, entry: &Entry) {
        let header = entry.header();
        let Body::Governance { record } = &header.body else { return };
        let mut said =
            Said { seq: header.seq, prev: header.prev, decisions: BTreeSet::new(), devices: BTreeSet::new() };
        let fine = record.check(&self.programme).is_ok();
        match record.as_ref() {
            _ if !fine => {}
            Record::Acknowledge { decisions, devices } => {
                said.decisions.extend(decisions);
                said.devices.extend(devices);
            }
            Record::Genesis { genesis, organisation, .. } => {
                self.genesis = Some(genesis.as_ref().clone());
                self.signed.insert(*organisation);
            }
            Record::Device { certificate, .. } => {
                self.certificates.insert(record.id(), certificate.as_ref().clone());
            }
            Record::Revoke { revocation, signature } => {
                self.revocations.insert(record.id(), (revocation.as_ref().clone(), *signature));
            }
            Record::Proposal { decision, .. } => {
                self.decisions.insert(decision.id(), decision.as_ref().clone());
            }
            Record::Vote { vote, signature } => self.cast.push((vote.as_ref().clone(), *signature)),
            Record::Unknown(_) => {}
        }
        self.logs.entry(header.device).or_default().insert(entry.id(), said);
    }

    pub(crate) fn founded(&self) -> bool {
        self.signed.len() == 2
    }

    fn first(&self) -> Vec<Constituted> {
        let of = |genesis: &Genesis| {
            let seats = genesis.secretariats.iter();
            let seats =
                seats.map(|card| Seat { card: card.clone(), root: RootId(card.organisation.id.0) }).collect();
            let charter = Charter { seats, guard_rule: genesis.guard_rule, keeps: Vec::new() };
            Constituted { reference: ConstitutionRef::GENESIS, charter, recovery: None }
        };
        self.genesis.iter().map(of).collect()
    }

    /// Goes from constitution to constitution until there is no next one.
    fn solve(&mut self, recoveries: &[Constituted]) {
        let mut chain = self.first();
        loop {
            let standing = Count::new(self, &chain, recoveries).standing();
            let mut next = self.first();
            for (at, id) in standing.get(&Subject::Constitution).into_iter().flatten().enumerate() {
                let operation = &self.decisions[id].operation;
                let Some(charter) = operation.charter() else { break };
                let recovery = match operation {
                    Operation::Recover { recovery, .. } => Some(recovery.as_ref().clone()),
                    _ => None,
                };
                let reference = ConstitutionRef { version: at as u32 + 1, decision: Some(*id) };
                next.push(Constituted { reference, charter: charter.clone(), recovery });
            }
            if next.len() <= chain.len() {
                self.chain = chain;
                self.standing = standing;
                return;
            }
            chain = next;
        }
    }

    pub(crate) fn in_force(&self) -> BTreeSet<DecisionId> {
        self.standing.values().flatten().copied().collect()
    }

    /// Who has two votes in one slot, or two after one and the same.
    pub(crate) fn equivocators(&self) -> BTreeSet<OrganisationId> {
        let count = Count::new(self, &self.chain, &[]);
        let mut found = BTreeSet::new();
        for (one, a) in &count.votes {
            for (other, b) in &count.votes {
                let same = a.slot() == b.slot() || a.previous == b.previous;
                if one != other && a.secretariat == b.secretariat && same {
                    found.insert(a.secretariat);
                }
            }
        }
        found
    }

    /// The votes for a decision that its constitution's keys signed, by author: what a third party can check.
    pub(crate) fn signed_for(&self, id: &DecisionId) -> BTreeSet<OrganisationId> {
        let count = Count::new(self, &self.chain, &[]);
        let votes = count.votes.values().filter(|vote| vote.choice == Choice::For(*id));
        votes.map(|vote| vote.secretariat).collect()
    }
}

impl<'a> Count<'a> {
    fn new(oracle: &'a Oracle, chain: &'a [Constituted], recoveries: &'a [Constituted]) -> Self {
        let mut count = Self { oracle, chain, votes: BTreeMap::new(), recoveries };
        for (vote, signature) in &oracle.cast {
            let under = chain.iter().find(|c| c.reference == vote.constitution);
            let key = under.and_then(|under| count.key(under, vote));
            if key.is_some_and(|key| vote.verify(&key, signature).is_ok()) {
                count.votes.insert(vote.id(), vote);
            }
        }
        count
    }

    /// Rule 1.
    fn key(&self, under: &Constituted, vote: &Vote) -> Option<PublicKey> {
        let seat = under.charter.seats.iter().find(|seat| seat.card.organisation.id == vote.secretariat);
        if vote.subject != Subject::Constitution {
            return Some(seat?.card.device.device.0);
        }
        if vote.version != under.reference.version + 1 {
            return None;
        }
        let quorum = &self.oracle.genesis.as_ref()?.recovery_quorum;
        let in_quorum = quorum.iter().any(|card| card.organisation.id == vote.secretariat);
        match seat {
            Some(seat) => Some(seat.root.0),
            None => (in_quorum && is_recovery(&vote.slot())).then_some(vote.secretariat.0),
        }
    }

    /// Rule 2.
    fn held(&self, vote: &Vote) -> bool {
        let before = vote
            .previous
            .iter()
            .all(|id| self.votes.get(id).is_some_and(|b| b.secretariat == vote.secretariat && self.held(b)));
        before && vote.killed_by.iter().all(|id| self.votes.get(id).is_some_and(|cited| self.held(cited)))
    }

    /// The author's votes up to this one, the first first.
    fn before(&self, vote: &'a Vote) -> Vec<&'a Vote> {
        let mut chain = vec![vote];
        while let Some(before) = chain.last().and_then(|vote| self.votes.get(vote.previous.as_ref()?)) {
            chain.push(before);
        }
        chain.reverse();
        chain
    }

    /// The votes for constitutions by which the author of a vote is still bound when casting it.
    fn bound_by(&self, vote: &'a Vote) -> Vec<&'a Vote> {
        let chain = self.before(vote);
        let (_, earlier) = chain.split_last().unwrap();
        let bound = earlier.iter().enumerate().filter(|(_, before)| {
            before.subject == Subject::Constitution
                && matches!(before.choice, Choice::For(_))
                && self.kept(before)
        });
        let open = bound.filter(|(at, promise)| {
            let settled = chain[at + 1..].iter().any(|later| {
                let of_slot = later.killed_by.iter().filter_map(|id| self.votes.get(id).copied());
                let of_slot: Vec<&Vote> = of_slot.filter(|cited| cited.slot() == promise.slot()).collect();
                later.constitution.version >= promise.version || kills(&of_slot)
            });
            !settled
        });
        open.map(|(_, promise)| *promise).collect()
    }

    /// Rule 5.
    fn kept(&self, vote: &'a Vote) -> bool {
        let chain = self.before(vote);
        if chain.iter().any(|before| before.constitution.version > vote.constitution.version) {
            return false;
        }
        let past = |promise: &&Vote| is_recovery(&vote.slot()) && !is_recovery(&promise.slot());
        self.bound_by(vote).iter().all(past)
    }

    /// Rule 5, of a recovery: whether its author had signed its own place away.
    fn resigned(&self, vote: &'a Vote) -> bool {
        let drops = |promise: &&Vote| {
            let Choice::For(id) = &promise.choice else { return false };
            let charter = self.oracle.decisions.get(id).and_then(|decision| decision.operation.charter());
            charter.is_some_and(|c| c.seats.iter().all(|s| s.card.organisation.id != vote.secretariat))
        };
        is_recovery(&vote.slot()) && self.bound_by(vote).iter().any(drops)
    }

    /// Rule 7.
    fn taken(&self, vote: &Vote) -> bool {
        self.recoveries.iter().any(|constitution| {
            let recovery = constitution.recovery.as_ref().unwrap();
            let version = constitution.reference.version;
            let mut at = recovery.last_vote;
            let mut named = false;
            while let Some(id) = at {
                named |= id == vote.id();
                at = self.votes.get(&id).and_then(|vote| vote.previous);
            }
            let rests_on_it = vote.subject == Subject::Constitution && vote.version < version;
            vote.secretariat == recovery.lost && vote.constitution.version < version && !rests_on_it && !named
        })
    }

    fn void(&self, vote: &Vote) -> bool {
        self.recoveries.iter().filter_map(|c| c.recovery.as_ref()).any(|recovery| {
            recovery.open_votes.contains(&vote.id())
                && vote.secretariat != recovery.lost
                && vote.subject != Subject::Constitution
        })
    }

    fn counts(&self, vote: &'a Vote) -> bool {
        let slot = vote.slot();
        let first = slot.round == 1 || (is_recovery(&slot) && slot.round == RECOVERY_ROUND);
        if !self.held(vote) || !self.kept(vote) || self.resigned(vote) || self.taken(vote) {
            return false;
        }
        first || {
            let before = Slot { round: slot.round - 1, ..slot };
            let cited: Vec<&Vote> =
                vote.killed_by.iter().filter_map(|id| self.votes.get(id).copied()).collect();
            self.shows_death(&before, &cited)
        }
    }

    fn counted(&self, slot: &Slot) -> Vec<&'a Vote> {
        self.votes.values().copied().filter(|vote| vote.slot() == *slot && self.counts(vote)).collect()
    }

    /// Rules 3 and 4: whether those of the cited votes that count in the slot kill it.
    fn shows_death(&self, slot: &Slot, cited: &[&Vote]) -> bool {
        let counted = self.counted(slot);
        let ids: BTreeSet<VoteId> = cited.iter().map(|vote| vote.id()).collect();
        let mut cited: Vec<&Vote> = counted.iter().filter(|v| ids.contains(&v.id())).copied().collect();
        if is_recovery(slot) {
            return self.kills_recovery(slot, &cited);
        }
        if !self.complete(slot).is_empty() {
            let lowest = counted.iter().map(|vote| vote.constitution.version).min();
            cited.retain(|vote| Some(vote.constitution.version) == lowest);
            return kills(&cited);
        }
        kills(&cited) || cited.iter().any(|vote| self.void(vote))
    }

    fn supporters(votes: &[&Vote]) -> BTreeMap<DecisionId, BTreeSet<OrganisationId>> {
        let mut by: BTreeMap<DecisionId, BTreeSet<OrganisationId>> = BTreeMap::new();
        for vote in votes {
            if let Choice::For(id) = vote.choice {
                by.entry(id).or_default().insert(vote.secretariat);
            }
        }
        by
    }

    fn quorum(&self) -> (BTreeSet<OrganisationId>, usize) {
        let genesis = self.oracle.genesis.as_ref().unwrap();
        let who = genesis.recovery_quorum.iter().map(|card| card.organisation.id).collect();
        (who, genesis.recovery_votes as usize)
    }

    fn kills_recovery(&self, slot: &Slot, votes: &[&Vote]) -> bool {
        let secretariats = self.chain[slot.version as usize - 1].secretariats();
        let refuses = |vote: &&&Vote| matches!(vote.choice, Choice::Refuse(_));
        if votes.iter().filter(refuses).any(|vote| secretariats.contains(&vote.secretariat)) {
            return true;
        }
        let (quorum, needed) = self.quorum();
        let quorum: BTreeSet<OrganisationId> = quorum.difference(&secretariats).copied().collect();
        let of_quorum: Vec<&Vote> =
            votes.iter().filter(|vote| quorum.contains(&vote.secretariat)).copied().collect();
        let voted: BTreeSet<OrganisationId> = of_quorum.iter().map(|vote| vote.secretariat).collect();
        let mut most = 0;
        for id in of_quorum.iter().map(|vote| &vote.choice) {
            most = most.max(of_quorum.iter().filter(|v| v.choice == *id && !refuses(v)).count());
        }
        most + (quorum.len() - voted.len()) < needed
    }

    /// The decisions that have every vote they need in a slot.
    fn complete(&self, slot: &Slot) -> BTreeSet<DecisionId> {
        let counted = self.counted(slot);
        let Some(lowest) = counted.iter().map(|vote| vote.constitution.version).min() else {
            return BTreeSet::new();
        };
        let under = &self.chain[lowest as usize];
        if !is_recovery(slot) {
            let first: Vec<&Vote> =
                counted.iter().filter(|v| v.constitution.version == lowest).copied().collect();
            let by = Self::supporters(&first).into_iter();
            return by.filter(|(_, who)| who.is_superset(&under.secretariats())).map(|(id, _)| id).collect();
        }
        let (quorum, needed) = self.quorum();
        let secretariats = under.secretariats();
        let enough = |(id, who): &(DecisionId, BTreeSet<OrganisationId>)| {
            let Some(Operation::Recover { recovery, .. }) =
                self.oracle.decisions.get(id).map(|decision| &decision.operation)
            else {
                return false;
            };
            let survivors: BTreeSet<OrganisationId> =
                secretariats.iter().filter(|s| **s != recovery.lost).copied().collect();
            let outsiders = quorum.difference(&secretariats).filter(|q| who.contains(q)).count();
            needed > 0
                && secretariats.contains(&recovery.lost)
                && who.is_superset(&survivors)
                && outsiders >= needed
        };
        Self::supporters(&counted).into_iter().filter(enough).map(|(id, _)| id).collect()
    }

    /// Rule 6.
    fn standing(&self) -> BTreeMap<Subject, Vec<DecisionId>> {
        let mut standing: BTreeMap<Subject, Vec<DecisionId>> = BTreeMap::new();
        if !self.oracle.founded() {
            return standing;
        }
        let subjects: BTreeSet<&Subject> = self.oracle.decisions.values().map(|d| &d.subject).collect();
        for subject in subjects {
            let mut parent: Option<DecisionId> = None;
            for version in 1.. {
                let fitting = self.oracle.decisions.iter().filter(|(id, decision)| {
                    let slot = Slot { subject: subject.clone(), version, round: decision.round };
                    decision.subject == *subject
                        && decision.version == version
                        && decision.parent == parent
                        && self.complete(&slot).contains(id)
                });
                let highest = fitting.max_by(|(a, x), (b, y)| x.round.cmp(&y.round).then(b.cmp(a)));
                let Some((id, _)) = highest else { break };
                standing.entry(subject.clone()).or_default().push(*id);
                parent = Some(*id);
            }
        }
        standing
    }
}
