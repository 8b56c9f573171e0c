//! A programme at random: people who keep to the rules, others who keep to none, and everything that they write.

use std::collections::BTreeMap;

use accord_core::governance::{
    Charter, Choice, Cut, Decision, Genesis, Governance, Holder, MAX_CERTIFIED, Operation, RECOVERY_ROUND,
    Record, Recovery, Revocation, Seat, Signer, Subject, Term, Vote,
};
use accord_core::{
    Authority, Body, Card, ChangeHash, DeviceCertificate, DeviceId, DeviceKey, DocumentId, Entry, EntryId,
    Head, Header, OrganisationKind, ProgrammeId, RecordId, RootId, RootKey, SpaceId, VoteId, encode,
    governance_space, private_space, programme_space,
};

use super::rights::Written;
use crate::support::Party;

/// Where chance comes from: one number gives the whole story.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound.max(1) as u64) as usize
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let other = self.below(at + 1);
            items.swap(at, other);
        }
    }
}

pub(crate) const SPACES: [SpaceId; 2] = [SpaceId([41; 32]), SpaceId([42; 32])];
pub(crate) const DOCUMENT: DocumentId = DocumentId([1; 16]);

pub(crate) struct Play {
    pub(crate) random: Random,
    pub(crate) programme: ProgrammeId,
    pub(crate) parties: Vec<Party>,
    /// Everything that was written into governance logs.
    pub(crate) entries: Vec<Entry>,
    /// What was written elsewhere.
    pub(crate) written: Written,
    /// Who knows everything at once.
    pub(crate) now: Governance,
    pub(crate) devices: Vec<DeviceKey>,
    roots: Vec<RootKey>,
    logs: BTreeMap<DeviceId, Vec<(Head, Option<EntryId>)>>,
    decisions: Vec<Decision>,
    votes: Vec<Vote>,
    /// Whether somebody is to keep to no rule.
    hostile: bool,
    /// How many devices an organisation may certify.
    most_certified: usize,
}

impl Play {
    /// Parties 0 and 1 are the first secretariats; 3, 4 and 5 can recover a lost one.
    pub(crate) fn new(seed: u64, hostile: bool) -> Self {
        let mut parties: Vec<Party> =
            (0..6).map(|n| Party::new(n + 1, ["A", "B", "C", "D", "E", "F"][usize::from(n)])).collect();
        if parties[0].root.id() > parties[1].root.id() {
            parties.swap(0, 1);
        }
        let quorum = parties[3..].iter().map(|party| party.card.clone()).collect();
        let genesis = Genesis::new("P", parties[0].card.clone(), parties[1].card.clone(), [9; 16])
            .with_recovery(quorum, 2);
        let programme = genesis.id();
        // Mostly an organisation may certify as many as there are; in some stories it meets the bound.
        let most_certified = [MAX_CERTIFIED, 1, 2][(seed % 3) as usize];
        let mut play = Self {
            random: Random(seed),
            programme,
            devices: parties.iter().map(|party| party.device.clone()).collect(),
            roots: parties.iter().map(|party| party.root.clone()).collect(),
            parties,
            entries: Vec::new(),
            written: Written::default(),
            now: Governance::new(programme).with_most_certified(most_certified),
            most_certified,
            logs: BTreeMap::new(),
            decisions: Vec::new(),
            votes: Vec::new(),
            hostile,
        };
        for who in 0..2 {
            let record = Record::genesis(genesis.clone(), &play.parties[who].root, 1);
            play.write(who, record);
        }
        play
    }

    /// What the state follows from beside the records.
    pub(crate) fn bounds(&self) -> (ProgrammeId, usize) {
        (self.programme, self.most_certified)
    }

    /// The fold before any record.
    pub(crate) fn governance(&self) -> Governance {
        Governance::new(self.programme).with_most_certified(self.most_certified)
    }

    pub(crate) fn run(&mut self, steps: usize) {
        for _ in 0..steps {
            match self.random.below(if self.hostile { 24 } else { 18 }) {
                0..=5 => self.decide(),
                6 => self.propose(),
                7..=9 => self.vote_on_any(),
                10 => self.certify(),
                11..=13 => self.acknowledge(),
                14..=17 => self.write_change(),
                18 | 19 => self.vote_against_the_rules(),
                20 => self.revoke(),
                21 => self.fork_governance(),
                22 => {
                    self.recover();
                    self.come_back();
                }
                _ => self.both_against_the_rules(),
            }
        }
    }

    fn write(&mut self, device: usize, record: Record) {
        let key = self.devices[device].clone();
        let log = self.logs.entry(key.id()).or_default();
        let prev = log.last().map(|(head, _)| *head);
        self.write_after(device, prev, record);
    }

    fn write_after(&mut self, device: usize, prev: Option<Head>, record: Record) {
        let key = self.devices[device].clone();
        let header = Header {
            programme: self.programme,
            space: governance_space(&self.programme),
            device: key.id(),
            seq: prev.map_or(1, |head| head.seq + 1),
            prev: prev.map(|head| head.id),
            authority: Authority::Genesis,
            body: Body::Governance { record: Box::new(record) },
        };
        let entry = header.sign(&key, Vec::new());
        let head = Head { seq: entry.header().seq, id: entry.id() };
        self.logs.entry(key.id()).or_default().push((head, entry.header().prev));
        let _ = self.now.insert(&entry);
        self.entries.push(entry);
    }

    fn term(&mut self, who: usize) -> Term {
        let now = self.now.membership(&self.parties[who].root.id()).map(|m| m.term);
        match now {
            Some(term) if !self.random.chance(10) => term,
            _ => Term::Member(self.random.below(3) as u32),
        }
    }

    fn cuts(&mut self) -> Vec<Cut> {
        let mut cuts: BTreeMap<(SpaceId, DeviceId), Cut> = BTreeMap::new();
        for _ in 0..self.random.below(5) {
            let Some((id, header)) = self.random.of(&self.written.headers) else { break };
            let (space, device) = (header.space, header.device);
            let last = Some(Head { seq: header.seq, id: *id }).filter(|_| header.seq != 3);
            cuts.insert((space, device), Cut { space, device, last });
        }
        cuts.into_values().collect()
    }

    fn seat(&mut self, who: usize) -> Seat {
        let id = self.parties[who].root.id();
        let last = self.now.constitutions().last().and_then(|c| c.charter.seat(&id)).cloned();
        if let Some(seat) = last.filter(|_| self.random.chance(60)) {
            return seat;
        }
        let root = match self.random.below(3) {
            0 => RootKey::from_seed(&[150 + who as u8; 32]),
            _ => self.parties[who].root.clone(),
        };
        let device = match self.random.below(2) {
            0 => DeviceKey::from_seed(&[200 + who as u8; 32]),
            _ => self.parties[who].device.clone(),
        };
        self.keep(&root, &device);
        let card = Card::under(id, &root, &device, "SEC", "A secretariat").unwrap();
        Seat { card, root: RootId(root.id().0) }
    }

    fn keep(&mut self, root: &RootKey, device: &DeviceKey) {
        if self.roots.iter().all(|held| held.id() != root.id()) {
            self.roots.push(root.clone());
        }
        if self.devices.iter().all(|held| held.id() != device.id()) {
            self.devices.push(device.clone());
        }
    }

    fn records(&mut self) -> Vec<RecordId> {
        let mut records: Vec<RecordId> = self
            .entries
            .iter()
            .filter_map(|entry| match &entry.header().body {
                Body::Governance { record } => match record.as_ref() {
                    Record::Device { .. } | Record::Revoke { .. } => Some(record.id()),
                    _ => None,
                },
                _ => None,
            })
            .collect();
        records.sort_unstable();
        records.dedup();
        records.retain(|_| self.random.chance(60));
        records
    }

    fn charter(&mut self, names: [usize; 2]) -> Charter {
        let mut seats: Vec<Seat> = names.into_iter().map(|who| self.seat(who)).collect();
        seats.sort_by_key(|seat| seat.card.organisation.id);
        let keeps = self.records();
        Charter { seats, guard_rule: 1 + self.random.below(2) as u32, keeps }
    }

    fn draft(&mut self) -> Decision {
        let who = 2 + self.random.below(4);
        let party = self.parties[who].clone();
        let id = party.root.id();
        let space = match self.random.below(10) {
            0 => programme_space(&self.programme),
            1 => private_space(&self.programme, &id),
            other => SPACES[other % 2],
        };
        let membership = Subject::Membership(id);
        let (subject, operation, cuts) = match self.random.below(12) {
            0..=3 => {
                let kinds = [OrganisationKind::Member, OrganisationKind::Member, OrganisationKind::Observer];
                let kind = kinds[self.random.below(3)];
                (membership, Operation::Admit { card: Box::new(party.card), kind }, Vec::new())
            }
            4 => (membership, Operation::Remove, self.cuts()),
            5 => {
                let first = self.now.versions(&Subject::Space(space)).is_empty();
                let mut holders: Vec<Holder> = Vec::new();
                for who in 0..6 {
                    if first && self.random.chance(50) {
                        let organisation = self.parties[who].root.id();
                        holders.push(Holder { organisation, term: self.term(who) });
                    }
                }
                holders.sort_unstable();
                let readers = holders.split_off(holders.len() / 2);
                let create = Operation::CreateSpace { name: "space".into(), readers, writers: holders };
                (Subject::Space(space), create, Vec::new())
            }
            6 | 7 => {
                let who = self.random.below(6);
                let write = self.random.chance(70);
                let access = Subject::Access(self.parties[who].root.id(), space);
                (access, Operation::Grant { read: true, write }, Vec::new())
            }
            8 => {
                let cuts = self.cuts();
                let who = self.random.below(6);
                let read = self.random.chance(50);
                let access = Subject::Access(self.parties[who].root.id(), space);
                (access, Operation::Withdraw { read, write: true }, cuts)
            }
            9 => {
                let new = RootKey::from_seed(&[160 + self.random.below(4) as u8; 32]);
                self.keep(&new, &party.device);
                let records = self.records();
                (membership, Operation::replace_root(&id, &new, records), Vec::new())
            }
            10 => {
                let heads = vec![ChangeHash([self.random.below(20) as u8; 32])];
                let space = programme_space(&self.programme);
                (
                    Subject::Document(DOCUMENT),
                    Operation::Ratify { space, heads, content: [1; 32] },
                    Vec::new(),
                )
            }
            _ => {
                let cuts = self.cuts();
                let names = [self.random.below(2), 1 + self.random.below(3)];
                let charter = self.charter(names);
                (Subject::Constitution, Operation::Constitute(Box::new(charter)), cuts)
            }
        };
        let mut decision = self.now.draft(subject, operation, cuts);
        if decision.membership.is_some() && self.random.chance(15) {
            decision.membership = Some(Term::Member(1));
        }
        decision
    }

    fn put_up(&mut self, decision: Decision) -> bool {
        if decision.check().is_err() {
            return false;
        }
        let who = self.random.below(self.devices.len());
        let record = Record::proposal(decision.clone(), &self.devices[who], 2);
        self.decisions.push(decision);
        self.write(who, record);
        true
    }

    fn propose(&mut self) {
        let decision = self.draft();
        self.put_up(decision);
    }

    /// Proposes something that both then sign.
    fn decide(&mut self) {
        let decision = self.draft();
        if self.put_up(decision.clone()) {
            // Who gives up its own place signs after who stays.
            for who in (0..6).chain(0..2) {
                self.vote(who, &decision, false);
            }
        }
    }

    fn vote_on_any(&mut self) {
        let Some(decision) = self.random.of(&self.decisions).cloned() else { return };
        let who = self.random.below(6);
        let refuse = self.random.chance(30);
        self.vote(who, &decision, refuse);
    }

    /// Votes as an honest secretariat does, or not at all.
    fn vote(&mut self, who: usize, decision: &Decision, refuse: bool) {
        let id = self.parties[who].root.id();
        let Some(signer) = self.now.signer(&id, decision) else { return };
        let device = match signer {
            Signer::Device(device) => device,
            Signer::Root(_) => self.parties[who].device.id(),
        };
        let refusal = refuse.then(|| "no".to_owned());
        let Ok(vote) = self.now.cast(&id, &device, &decision.id(), refusal, 3) else { return };
        self.sign(vote, signer);
    }

    fn sign(&mut self, vote: Vote, signer: Signer) {
        let record = match signer {
            Signer::Device(device) => {
                let Some(key) = self.devices.iter().find(|key| key.id() == device) else { return };
                Record::vote(vote.clone(), key)
            }
            Signer::Root(root) => {
                let Some(key) = self.roots.iter().find(|key| key.id().0 == root.0) else { return };
                Record::root_vote(vote.clone(), key)
            }
        };
        self.votes.push(vote);
        let courier = self.random.below(self.devices.len());
        self.write(courier, record);
    }

    /// Any vote, signed with the key that it takes, or another one.
    fn vote_against_the_rules(&mut self) {
        let Some(decision) = self.random.of(&self.decisions).cloned() else { return };
        let who = self.random.below(4);
        self.lawless(who, &decision);
    }

    fn lawless(&mut self, who: usize, decision: &Decision) {
        let id = self.parties[who].root.id();
        let under: Vec<_> = self.now.constitutions().iter().map(|c| c.reference).collect();
        let constitution = match self.random.below(3) {
            0 => *self.random.of(&under).unwrap(),
            _ => *under.last().unwrap(),
        };
        let tip = self.now.last_vote(&id);
        let own: Vec<VoteId> =
            self.votes.iter().filter(|vote| vote.secretariat == id).map(Vote::id).collect();
        let previous = match self.random.below(8) {
            0 => None,
            1 => self.random.of(&own).copied(),
            _ => tip,
        };
        let round = if self.random.chance(15) { decision.round + 1 } else { decision.round };
        let mut killed_by: Vec<VoteId> = self
            .votes
            .iter()
            .filter(|vote| vote.subject == decision.subject || vote.subject == Subject::Constitution)
            .map(Vote::id)
            .collect();
        killed_by.sort_unstable();
        killed_by.dedup();
        let often = self.random.below(3) * 40;
        killed_by.retain(|_| self.random.chance(often));
        killed_by.truncate(10);
        let choice = match self.random.below(5) {
            0 => Choice::Refuse("no".into()),
            1 => Choice::For(self.random.of(&self.decisions).map_or(decision.id(), Decision::id)),
            _ => Choice::For(decision.id()),
        };
        let vote = Vote {
            programme: self.programme,
            secretariat: id,
            subject: decision.subject.clone(),
            version: decision.version,
            round,
            constitution,
            previous,
            choice,
            killed_by,
            time: 4,
        };
        let cited = self.now.constitutions().iter().find(|c| c.reference == constitution);
        let seat = cited.and_then(|c| c.charter.seat(&id)).cloned();
        let signer = match (seat, decision.subject == Subject::Constitution) {
            (Some(seat), true) => Signer::Root(seat.root),
            (Some(seat), false) => Signer::Device(seat.card.device.device),
            (None, true) => Signer::Root(RootId(id.0)),
            (None, false) => Signer::Device(self.parties[who].device.id()),
        };
        self.sign(vote, signer);
    }

    /// Both secretariats sign what an honest one would not.
    fn both_against_the_rules(&mut self) {
        let mut decision = self.draft();
        if self.random.chance(30) {
            decision.round += 1;
        }
        if self.put_up(decision.clone()) {
            for who in 0..6 {
                if self.now.secretariats().contains(&self.parties[who].root.id()) {
                    self.lawless(who, &decision);
                }
            }
        }
    }

    fn recover(&mut self) {
        let now: Vec<_> = self.now.secretariats().into_iter().collect();
        let Some(lost) = self.random.of(&now).copied() else { return };
        let Some(survivor) = now.iter().find(|other| **other != lost).copied() else { return };
        let position = |who: &accord_core::OrganisationId| {
            self.parties.iter().position(|party| party.root.id() == *who).unwrap()
        };
        let (stays, gone) = (position(&survivor), position(&lost));
        let comes = (0..4).find(|who| *who != stays && *who != gone).unwrap();
        let charter = self.charter([stays, comes]);
        let tip = self.now.last_vote(&lost);
        let last_vote = match self.random.below(3) {
            0 => tip.and_then(|id| self.now.vote(&id)).and_then(|vote| vote.previous),
            _ => tip,
        };
        let mut open_votes = self.now.open_votes(&survivor);
        open_votes.truncate(100);
        let recovery = Recovery { lost, last_vote, open_votes };
        let operation = Operation::Recover { recovery: Box::new(recovery), charter: Box::new(charter) };
        let cuts = self.cuts();
        let decision = self.now.draft(Subject::Constitution, operation, cuts);
        if self.put_up(decision.clone()) {
            for who in 0..6 {
                if self.random.chance(85) && who != gone {
                    self.vote(who, &decision, false);
                }
            }
        }
    }

    /// Who had a place in an earlier constitution, and none in the one after it, recovers that one with the quorum.
    fn come_back(&mut self) {
        let constitutions = self.now.constitutions().to_vec();
        let gone = constitutions.windows(2).filter_map(|pair| {
            let stays = |seat: &&Seat| pair[1].charter.seat(&seat.card.organisation.id).is_some();
            let seat = pair[0].charter.seats.iter().find(|seat| !stays(seat))?;
            Some((pair[0].reference, pair[1].reference.version, seat.clone()))
        });
        let gone: Vec<_> = gone.collect();
        let Some((under, version, seat)) = self.random.of(&gone).cloned() else { return };
        let back = seat.card.organisation.id;
        let Some(at) = self.parties.iter().position(|party| party.root.id() == back) else { return };
        let lost = constitutions[under.version as usize].secretariats();
        let Some(lost) = lost.into_iter().find(|who| *who != back) else { return };
        let Some(comes) = (0..4).find(|who| *who != at && self.parties[*who].root.id() != lost) else {
            return;
        };
        let charter = self.charter([at, comes]);
        let recovery = Recovery { lost, last_vote: None, open_votes: Vec::new() };
        let operation = Operation::Recover { recovery: Box::new(recovery), charter: Box::new(charter) };
        let drafted = self.now.draft(Subject::Constitution, operation, Vec::new());
        let decision = Decision { version, round: RECOVERY_ROUND, parent: under.decision, ..drafted };
        if !self.put_up(decision.clone()) {
            return;
        }
        for who in [at, 3, 4, 5] {
            let id = self.parties[who].root.id();
            let vote = Vote {
                programme: self.programme,
                secretariat: id,
                subject: Subject::Constitution,
                version,
                round: RECOVERY_ROUND,
                constitution: under,
                previous: self.now.last_vote(&id),
                choice: Choice::For(decision.id()),
                killed_by: Vec::new(),
                time: 5,
            };
            let root = if who == at { seat.root } else { RootId(id.0) };
            self.sign(vote, Signer::Root(root));
        }
    }

    fn certify(&mut self) {
        let who = self.random.below(6);
        let id = self.parties[who].root.id();
        let device = match self.random.below(3) {
            0 if self.hostile => self.devices[self.random.below(self.devices.len())].clone(),
            _ => DeviceKey::from_seed(&[220 + self.random.below(12) as u8; 32]),
        };
        let now = self.now.root(&id);
        let current = self.roots.iter().find(|root| root.id().0 == now.0).cloned();
        let root = match self.random.below(4) {
            0 => self.roots[self.random.below(self.roots.len())].clone(),
            _ => current.unwrap_or_else(|| self.parties[who].root.clone()),
        };
        self.keep(&root, &device);
        let certificate = DeviceCertificate::under(id, &root, &device, "laptop");
        let record = Record::Device { certificate: Box::new(certificate), time: self.random.below(2) as u64 };
        self.write(self.random.0 as usize % self.devices.len(), record);
    }

    fn revoke(&mut self) {
        let device = self.devices[self.random.below(self.devices.len())].id();
        let owner = self.now.owner(&device);
        let other = self.parties[self.random.below(6)].root.id();
        let organisation = if self.random.chance(70) { owner.unwrap_or(other) } else { other };
        let mut cuts = self.cuts();
        let programme = programme_space(&self.programme);
        let own: Vec<&(EntryId, Header)> =
            self.written.headers.iter().filter(|(_, h)| h.device == device && h.space == programme).collect();
        cuts.retain(|cut| cut.device == device);
        if let Some((id, header)) = self.random.of(&own)
            && cuts.is_empty()
        {
            let last = Some(Head { seq: header.seq, id: *id });
            cuts.push(Cut { space: programme, device, last });
        }
        let time = self.random.below(3) as u64;
        let revocation =
            Revocation { programme: self.programme, organisation, device, cuts, time, why: "lost".into() };
        let now = self.now.root(&organisation);
        let current = self.roots.iter().find(|root| root.id().0 == now.0).filter(|_| time > 0);
        let root = current.unwrap_or(&self.roots[time as usize]).clone();
        self.write(self.random.0 as usize % self.devices.len(), Record::revocation(revocation, &root));
    }

    fn acknowledge(&mut self) {
        let at = self.random.below(self.devices.len());
        let device = self.devices[at].id();
        let Some(record) = self.now.unacknowledged(&device) else { return };
        let Record::Acknowledge { mut decisions, mut devices } = record else { return };
        if self.random.chance(40) {
            decisions.retain(|_| self.random.chance(60));
            devices.retain(|_| self.random.chance(60));
        }
        self.write(at, Record::Acknowledge { decisions, devices });
    }

    /// A second entry at a place of a governance log that is taken.
    fn fork_governance(&mut self) {
        let at = self.random.below(self.devices.len());
        let device = self.devices[at].id();
        let log = self.logs.get(&device).cloned().unwrap_or_default();
        let Some((head, _)) = self.random.of(&log) else { return };
        let mut decisions: Vec<_> = self.now.in_force().into_iter().collect();
        decisions.retain(|_| self.random.chance(50));
        let devices = self.records();
        self.write_after(at, Some(*head), Record::Acknowledge { decisions, devices });
    }

    fn write_change(&mut self) {
        let at = self.random.below(self.devices.len());
        let device = self.devices[at].id();
        let who = self.random.below(6);
        let private = private_space(&self.programme, &self.parties[who].root.id());
        let programme = programme_space(&self.programme);
        let spaces = [programme, programme, SPACES[0], SPACES[1], private];
        let space = spaces[self.random.below(spaces.len())];
        let log: Vec<(EntryId, u64)> = self
            .written
            .headers
            .iter()
            .filter(|(_, h)| (h.space, h.device) == (space, device))
            .map(|(id, h)| (*id, h.seq))
            .collect();
        let prev = match self.random.below(6) {
            0 if self.hostile => self.random.of(&log).copied(),
            _ => log.last().copied(),
        };
        let known = self.logs.get(&device).cloned().unwrap_or_default();
        let authority = match (self.random.below(12), self.random.of(&known)) {
            (0, _) | (_, None) => Authority::Genesis,
            (1, Some((head, _))) if self.hostile => {
                Authority::At { position: head.seq, id: EntryId([7; 32]) }
            }
            (2, Some((head, _))) if self.hostile => Authority::At { position: head.seq + 50, id: head.id },
            (3..=5, Some((head, _))) => Authority::At { position: head.seq, id: head.id },
            _ => self.now.acknowledged().latest(&device),
        };
        let change = ChangeHash([self.written.headers.len() as u8; 32]);
        let header = Header {
            programme: self.programme,
            space,
            device,
            seq: prev.map_or(1, |(_, seq)| seq + 1),
            prev: prev.map(|(id, _)| id),
            authority,
            body: Body::Change { document: DOCUMENT, generation: 0, change },
        };
        let id = Header::id_of(&encode(&header));
        if self.written.headers.iter().any(|(other, _)| *other == id) {
            return;
        }
        self.written.headers.push((id, header));
        if self.random.chance(50) {
            let who = self.parties[self.random.below(6)].root.id();
            if let Some((id, _)) = self.random.of(&self.written.headers) {
                self.written.built.push((*id, who));
            }
        }
    }
}
