//! Deciding by both secretariats, and what entries are judged by.

use accord_core::governance::{Cut, Decision, DecisionStatus, Operation, Record, Subject};
use accord_core::{
    Authority, Body, ChangeHash, DeviceId, DocumentId, EntryId, Head, Header, OrganisationId,
    OrganisationKind, SpaceId, decode, encode,
};

use super::World;

pub(crate) const SPACE: SpaceId = SpaceId([42; 32]);

/// Proposes what `operation` does to `subject` and has both sign it.
pub(crate) fn decide(world: &mut World, subject: Subject, operation: Operation, cuts: Vec<Cut>) -> Decision {
    let decision = world.fold(&world.entries).draft(subject, operation, cuts);
    assert_eq!(decode::<Decision>(&encode(&decision)).unwrap(), decision);
    world.propose(0, decision.clone());
    for who in 0..2 {
        let governance = world.fold(&world.entries);
        let party = world.parties[who].clone();
        let vote = governance.cast(&party.root.id(), &party.device.id(), &decision.id(), None, 1).unwrap();
        world.write(who, Record::vote(vote, &party.device));
    }
    let state = world.fold(&world.entries).decision(&decision.id()).unwrap().status;
    assert_eq!(state, DecisionStatus::InForce);
    decision
}

pub(crate) fn admit(world: &mut World, who: usize, kind: OrganisationKind) -> Decision {
    let card = Box::new(world.parties[who].card.clone());
    decide(world, Subject::Membership(card.organisation.id), Operation::Admit { card, kind }, Vec::new())
}

pub(crate) fn id(world: &World, who: usize) -> OrganisationId {
    world.parties[who].root.id()
}

pub(crate) fn device(world: &World, who: usize) -> DeviceId {
    world.parties[who].device.id()
}

/// Has a party acknowledge all that is in force.
pub(crate) fn acknowledge(world: &mut World, who: usize) -> Authority {
    let governance = world.fold(&world.entries);
    match governance.unacknowledged(&device(world, who)) {
        None => governance.acknowledged().latest(&device(world, who)),
        Some(record) => {
            let entry = world.write(who, record);
            Authority::At { position: entry.header().seq, id: entry.id() }
        }
    }
}

pub(crate) fn header(world: &World, who: usize, space: SpaceId, seq: u64, authority: Authority) -> Header {
    Header {
        programme: world.programme,
        space,
        device: device(world, who),
        seq,
        prev: (seq > 1).then_some(EntryId([1; 32])),
        authority,
        body: Body::Change { document: DocumentId([1; 16]), generation: 0, change: ChangeHash([0; 32]) },
    }
}

pub(crate) fn cut(world: &World, who: usize, space: SpaceId, seq: u64) -> Cut {
    Cut { space, device: device(world, who), last: Some(Head { seq, id: EntryId([seq as u8; 32]) }) }
}
