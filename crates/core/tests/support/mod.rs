//! A small world for governance tests: two secretariats, some partners, and their governance logs.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

pub(crate) mod deciding;
pub(crate) mod growing;

use std::ops::Range;

use accord_core::governance::{
    Choice, ConstitutionRef, Decision, Genesis, Governance, Operation, Record, Subject, Vote,
};
use accord_core::{
    Authority, Body, Card, DecisionId, DeviceKey, Entry, Head, Header, OrganisationKind, ProgrammeId,
    RootKey, VoteId, governance_space,
};

/// An organisation with its keys.
#[derive(Clone)]
pub(crate) struct Party {
    pub(crate) root: RootKey,
    pub(crate) device: DeviceKey,
    pub(crate) card: Card,
}

impl Party {
    pub(crate) fn new(seed: u8, code: &str) -> Self {
        let (root, device) = (RootKey::from_seed(&[seed; 32]), DeviceKey::from_seed(&[seed + 100; 32]));
        let card = Card::new(&root, &device, code, &format!("Organisation {code}")).unwrap();
        Self { root, device, card }
    }
}

/// The world: everybody's keys, and the entries that were written.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) parties: Vec<Party>,
    pub(crate) genesis: Genesis,
    pub(crate) programme: ProgrammeId,
    heads: Vec<Option<Head>>,
    pub(crate) entries: Vec<Entry>,
}

impl World {
    /// Parties 0 and 1 are the secretariats, and have both signed.
    pub(crate) fn founded(parties: u8) -> Self {
        Self::with_quorum(parties, false)
    }

    /// The same, and if it is wanted party 3 can recover a lost secretariat with the other one.
    pub(crate) fn with_quorum(parties: u8, recovers: bool) -> Self {
        if recovers { Self::with_quorum_of(parties, 3..4, 1) } else { Self::with_quorum_of(parties, 0..0, 0) }
    }

    /// The same; so many of these parties can recover a lost secretariat with the other one.
    pub(crate) fn with_quorum_of(parties: u8, quorum: Range<usize>, votes: u32) -> Self {
        let codes = ["CA", "CMI", "UCLG", "MC", "WB", "GIZ"];
        let parties: Vec<Party> =
            (0..parties).map(|n| Party::new(n + 1, codes[usize::from(n) % codes.len()])).collect();
        let mut genesis = Genesis::new("MENA", parties[0].card.clone(), parties[1].card.clone(), [9; 16]);
        if votes > 0 {
            let quorum = parties[quorum].iter().map(|party| party.card.clone()).collect();
            genesis = genesis.with_recovery(quorum, votes);
        }
        let programme = genesis.id();
        let heads = vec![None; parties.len()];
        let mut world = Self { parties, genesis, programme, heads, entries: Vec::new() };
        for who in 0..2 {
            let record = Record::genesis(world.genesis.clone(), &world.parties[who].root, 1);
            world.write(who, record);
        }
        world
    }

    /// One more device with a log of its own.
    pub(crate) fn join(&mut self, root: RootKey, device: DeviceKey) {
        let card = Card::new(&root, &device, "DEV", "A further device").unwrap();
        self.parties.push(Party { root, device, card });
        self.heads.push(None);
    }

    /// Writes a record into the governance log of a party.
    pub(crate) fn write(&mut self, who: usize, record: Record) -> Entry {
        let before = self.heads[who];
        let header = Header {
            programme: self.programme,
            space: governance_space(&self.programme),
            device: self.parties[who].device.id(),
            seq: before.map_or(1, |head| head.seq + 1),
            prev: before.map(|head| head.id),
            authority: Authority::Genesis,
            body: Body::Governance { record: Box::new(record) },
        };
        let entry = header.sign(&self.parties[who].device, Vec::new());
        self.heads[who] = Some(Head { seq: entry.header().seq, id: entry.id() });
        self.entries.push(entry.clone());
        entry
    }

    /// The admission of a party as the given version, round and parent.
    pub(crate) fn admission(
        &self,
        who: usize,
        version: u32,
        round: u32,
        parent: Option<DecisionId>,
        kind: OrganisationKind,
    ) -> Decision {
        let card = self.parties[who].card.clone();
        Decision {
            subject: Subject::Membership(card.organisation.id),
            version,
            round,
            parent,
            membership: None,
            operation: Operation::Admit { card: Box::new(card), kind },
            cuts: Vec::new(),
        }
    }

    /// Proposes a decision.
    pub(crate) fn propose(&mut self, who: usize, decision: Decision) -> DecisionId {
        let id = decision.id();
        let record = Record::proposal(decision, &self.parties[who].device, 2);
        self.write(who, record);
        id
    }

    /// A vote that need not keep to any rule.
    pub(crate) fn raw_vote(
        &mut self,
        who: usize,
        decision: &Decision,
        choice: Choice,
        previous: Option<VoteId>,
    ) -> VoteId {
        let vote = Vote {
            programme: self.programme,
            secretariat: self.parties[who].root.id(),
            subject: decision.subject.clone(),
            version: decision.version,
            round: decision.round,
            constitution: ConstitutionRef::GENESIS,
            previous,
            choice,
            killed_by: Vec::new(),
            time: 3,
        };
        let id = vote.id();
        let record = Record::vote(vote, &self.parties[who].device);
        self.write(who, record);
        id
    }

    /// The fold over entries, in the order given.
    pub(crate) fn fold<'a>(&self, entries: impl IntoIterator<Item = &'a Entry>) -> Governance {
        let mut governance = Governance::new(self.programme);
        for entry in entries {
            let _ = governance.insert(entry);
        }
        governance
    }
}

/// Calls `check` with every order of some entries.
pub(crate) fn permutations(mut rest: Vec<Entry>, before: &mut Vec<Entry>, check: &mut impl FnMut(&[Entry])) {
    if rest.is_empty() {
        return check(before);
    }
    for at in 0..rest.len() {
        let next = rest.remove(at);
        before.push(next.clone());
        permutations(rest.clone(), before, check);
        before.pop();
        rest.insert(at, next);
    }
}
