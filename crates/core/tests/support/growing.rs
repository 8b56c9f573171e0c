//! A programme that grows decision by decision, with the fold beside it: for counts and times over many of them.

use accord_core::governance::{Cut, Decision, Governance, Operation, Record, Subject};
use accord_core::{
    Authority, ChangeHash, DeviceId, DocumentId, Entry, OrganisationId, OrganisationKind, SpaceId,
    programme_space,
};

use super::World;

pub(crate) struct Growing {
    pub(crate) world: World,
    pub(crate) governance: Governance,
    decided: usize,
}

impl Growing {
    /// Two secretariats and `members` members.
    pub(crate) fn new(members: u8) -> Self {
        let world = World::founded(2 + members);
        let governance = world.fold(&world.entries);
        let mut growing = Self { world, governance, decided: 0 };
        for who in 2..2 + usize::from(members) {
            let card = Box::new(growing.world.parties[who].card.clone());
            let subject = Subject::Membership(card.organisation.id);
            let operation = Operation::Admit { card, kind: OrganisationKind::Member };
            growing.decide(subject, operation, Vec::new());
        }
        growing
    }

    pub(crate) fn id(&self, who: usize) -> OrganisationId {
        self.world.parties[who].root.id()
    }

    pub(crate) fn device(&self, who: usize) -> DeviceId {
        self.world.parties[who].device.id()
    }

    pub(crate) fn write(&mut self, who: usize, record: Record) -> Entry {
        let entry = self.world.write(who, record);
        let _ = self.governance.insert(&entry);
        entry
    }

    pub(crate) fn propose(&mut self, subject: Subject, operation: Operation, cuts: Vec<Cut>) -> Decision {
        let decision = self.governance.draft(subject, operation, cuts);
        let record = Record::proposal(decision.clone(), &self.world.parties[0].device, 2);
        self.write(0, record);
        decision
    }

    pub(crate) fn vote(&mut self, who: usize, decision: &Decision) -> Entry {
        let party = self.world.parties[who].clone();
        let cast = self.governance.cast(&party.root.id(), &party.device.id(), &decision.id(), None, 3);
        self.write(who, Record::vote(cast.unwrap(), &party.device))
    }

    pub(crate) fn decide(&mut self, subject: Subject, operation: Operation, cuts: Vec<Cut>) {
        let decision = self.propose(subject, operation, cuts);
        for who in 0..2 {
            self.vote(who, &decision);
        }
        assert!(self.governance.is_in_force(&decision.id()));
        self.decided += 1;
    }

    pub(crate) fn acknowledge(&mut self, who: usize) -> Authority {
        let device = self.device(who);
        while let Some(record) = self.governance.unacknowledged(&device) {
            self.write(who, record);
        }
        self.governance.acknowledged().latest(&device)
    }

    /// One more decision of those that a programme makes every day: spaces, grants that come and go, ratified versions.
    pub(crate) fn one_more(&mut self) {
        let members = self.world.parties.len() - 2;
        let at = self.decided;
        let space = SpaceId([(at / 7 % 40) as u8 + 1; 32]);
        let who = 2 + at / 280 % members.max(1);
        match at % 7 {
            0 if !self.governance.is_shared(&space) => {
                let create = Operation::CreateSpace {
                    name: "A space".into(),
                    readers: Vec::new(),
                    writers: Vec::new(),
                };
                self.decide(Subject::Space(space), create, Vec::new());
            }
            1 if self.governance.is_shared(&space) && members > 0 => {
                let subject = Subject::Access(self.id(who), space);
                if self.governance.may_write(&self.id(who), &space) {
                    let withdraw = Operation::Withdraw { read: true, write: true };
                    self.decide(subject, withdraw, Vec::new());
                } else {
                    self.decide(subject, Operation::Grant { read: true, write: true }, Vec::new());
                }
            }
            _ => {
                let mut document = [0; 16];
                document[..8].copy_from_slice(&(at as u64 % 997).to_be_bytes());
                let mut content = [0; 32];
                content[..8].copy_from_slice(&(at as u64).to_be_bytes());
                let ratify = Operation::Ratify {
                    space: programme_space(&self.world.programme),
                    heads: vec![ChangeHash(content)],
                    content,
                };
                self.decide(Subject::Document(DocumentId(document)), ratify, Vec::new());
            }
        }
    }

    pub(crate) fn grow_to(&mut self, decisions: usize) {
        while self.decided < decisions {
            self.one_more();
        }
    }
}
