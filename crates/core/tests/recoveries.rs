//! Recoveries: how long a round of one lives, and what it lists of the votes that were open.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use accord_core::governance::{
    Charter, Choice, ConstitutionRef, Decision, DecisionStatus, Governance, Operation, RECOVERY_ROUND,
    Record, Recovery, Seat, Slot, SlotState, Subject, Vote,
};
use accord_core::{OrganisationKind, RootId, VoteId};
use support::World;
use support::deciding::id;

/// The recovery from the loss of party 1, whose place goes to another one, as put up by party 0.
fn recover(
    world: &mut World,
    comes: usize,
    round: u32,
    last_vote: Option<VoteId>,
    open: &[VoteId],
) -> Decision {
    let seat = |who: usize| {
        let party = &world.parties[who];
        Seat { root: RootId(party.root.id().0), card: party.card.clone() }
    };
    let mut seats = vec![seat(0), seat(comes)];
    seats.sort_by_key(|seat| seat.card.organisation.id);
    let charter = Box::new(Charter { seats, guard_rule: 1, keeps: Vec::new() });
    let recovery = Box::new(Recovery { lost: id(world, 1), last_vote, open_votes: open.to_vec() });
    let operation = Operation::Recover { recovery, charter };
    let drafted = world.fold(&world.entries).draft(Subject::Constitution, operation, Vec::new());
    let decision = Decision { version: 1, round: RECOVERY_ROUND + round, parent: None, ..drafted };
    world.propose(0, decision.clone());
    decision
}

/// A vote that keeps to no rule but its author's chain, under a constitution of the chain that is in force now.
fn vote(
    world: &mut World,
    who: usize,
    d: &Decision,
    choice: Choice,
    under: usize,
    cites: &[VoteId],
) -> VoteId {
    let governance = world.fold(&world.entries);
    let mut killed_by = cites.to_vec();
    killed_by.sort_unstable();
    let vote = Vote {
        programme: world.programme,
        secretariat: id(world, who),
        subject: d.subject.clone(),
        version: d.version,
        round: d.round,
        constitution: governance.constitutions().get(under).map_or(ConstitutionRef::GENESIS, |c| c.reference),
        previous: governance.last_vote(&id(world, who)),
        choice,
        killed_by,
        time: 3,
    };
    let id = vote.id();
    let party = world.parties[who].clone();
    let record = match vote.subject {
        Subject::Constitution => Record::root_vote(vote, &party.root),
        _ => Record::vote(vote, &party.device),
    };
    world.write(who, record);
    id
}

fn agree(world: &mut World, who: usize, decision: &Decision, under: usize, cites: &[VoteId]) -> VoteId {
    vote(world, who, decision, Choice::For(decision.id()), under, cites)
}

fn both_ways(world: &World) -> [Governance; 2] {
    [world.fold(&world.entries), world.fold(world.entries.iter().rev())]
}

/// Two of a quorum of three recover with the survivor. One of them refuses, and the other two can still do it: the round is not over,
/// and nothing of the next one counts. The survivor and the two that have voted, hostile all, go on to it all the same.
#[test]
fn a_round_of_a_recovery_lives_as_long_as_the_quorum_can_reach_its_number() {
    let mut world = World::with_quorum_of(6, 3..6, 2);
    let recovery = recover(&mut world, 2, 0, None, &[]);
    agree(&mut world, 0, &recovery, 0, &[]);
    let for_it = agree(&mut world, 3, &recovery, 0, &[]);
    let refusal = vote(&mut world, 4, &recovery, Choice::Refuse("not yet".into()), 0, &[]);
    let slot = |round| Slot { subject: Subject::Constitution, version: 1, round: RECOVERY_ROUND + round };
    for governance in both_ways(&world) {
        assert_eq!(governance.slot(&slot(0)), SlotState::Open);
        assert_eq!(governance.next_recovery_slot().0, slot(0));
    }
    let next = recover(&mut world, 4, 1, None, &[]);
    for who in [0, 3, 4] {
        agree(&mut world, who, &next, 0, &[for_it, refusal]);
    }
    for governance in both_ways(&world) {
        assert!(!governance.is_in_force(&next.id()), "its round has not begun");
    }
    let mut refused = world.clone();
    agree(&mut world, 5, &recovery, 0, &[]);
    for governance in both_ways(&world) {
        assert!(governance.is_in_force(&recovery.id()) && !governance.is_in_force(&next.id()));
    }
    vote(&mut refused, 5, &recovery, Choice::Refuse("nor I".into()), 0, &[]);
    for governance in both_ways(&refused) {
        assert!(matches!(governance.slot(&slot(0)), SlotState::Dead(_)), "one is left, and two are needed");
        assert_eq!(governance.next_recovery_slot().0, slot(1));
    }
}

/// What a recovery lists of open votes are the survivor's: of the lost one's votes, those up to the last that it names count, and
/// are nobody else's to take back.
#[test]
fn a_vote_of_the_lost_one_that_counts_does_not_die_as_open() {
    for open in [false, true] {
        let mut world = World::with_quorum(5, true);
        let first = world.admission(4, 1, 1, None, OrganisationKind::Member);
        world.propose(0, first.clone());
        let of_lost = agree(&mut world, 1, &first, 0, &[]);
        let listed = if open { vec![of_lost] } else { Vec::new() };
        let recovery = recover(&mut world, 2, 0, Some(of_lost), &listed);
        for who in [0, 3] {
            agree(&mut world, who, &recovery, 0, &[]);
        }
        let second = world.admission(4, 1, 2, None, OrganisationKind::Observer);
        world.propose(0, second.clone());
        for who in [0, 2] {
            agree(&mut world, who, &second, 1, &[of_lost]);
        }
        for governance in both_ways(&world) {
            assert!(governance.is_in_force(&recovery.id()));
            assert_eq!(governance.decision(&first.id()).unwrap().status, DecisionStatus::Open);
            assert!(!governance.is_in_force(&second.id()), "nothing killed the round before");
        }
    }
}

/// What the survivor lists: its own votes, in slots that are open, and none on the constitution.
#[test]
fn the_open_votes_of_a_survivor_are_its_own_in_slots_that_are_open() {
    let mut world = World::with_quorum(6, true);
    let put_up = |world: &mut World, who: usize, voters: &[usize]| {
        let decision = world.admission(who, 1, 1, None, OrganisationKind::Member);
        world.propose(0, decision.clone());
        let votes: Vec<VoteId> = voters.iter().map(|who| agree(world, *who, &decision, 0, &[])).collect();
        votes[0]
    };
    let open = put_up(&mut world, 2, &[0]);
    put_up(&mut world, 3, &[0, 1]);
    put_up(&mut world, 4, &[1]);
    let refused = world.admission(5, 1, 1, None, OrganisationKind::Member);
    world.propose(0, refused.clone());
    agree(&mut world, 0, &refused, 0, &[]);
    vote(&mut world, 1, &refused, Choice::Refuse("no".into()), 0, &[]);
    let under_way = recover(&mut world, 2, 0, None, &[]);
    agree(&mut world, 0, &under_way, 0, &[]);
    for governance in both_ways(&world) {
        assert_eq!(governance.open_votes(&id(&world, 0)), [open]);
    }
}

/// One of the quorum is a secretariat by now, and the other one is lost. It votes as the survivor, so the recovery needs both others
/// of the quorum: with the refusal of one of them the round is over. It went on for ever, since the survivor's vote was taken for one
/// of the quorum's too.
#[test]
fn a_round_ends_where_one_of_the_quorum_is_a_secretariat_by_now() {
    let mut world = World::with_quorum_of(6, 3..6, 2);
    let seat = |who: usize| {
        let party = &world.parties[who];
        Seat { root: RootId(party.root.id().0), card: party.card.clone() }
    };
    let charter = |mut seats: Vec<Seat>| {
        seats.sort_by_key(|seat| seat.card.organisation.id);
        Box::new(Charter { seats, guard_rule: 1, keeps: Vec::new() })
    };
    let (before, after) = (charter(vec![seat(0), seat(3)]), charter(vec![seat(2), seat(3)]));
    let constitute = Operation::Constitute(before);
    let constitution = world.fold(&world.entries).draft(Subject::Constitution, constitute, Vec::new());
    world.propose(0, constitution.clone());
    for who in 0..2 {
        agree(&mut world, who, &constitution, 0, &[]);
    }
    let recovery = Box::new(Recovery { lost: id(&world, 0), last_vote: None, open_votes: Vec::new() });
    let operation = Operation::Recover { recovery, charter: after };
    let recovery = world.fold(&world.entries).draft(Subject::Constitution, operation, Vec::new());
    world.propose(3, recovery.clone());
    agree(&mut world, 3, &recovery, 1, &[]);
    vote(&mut world, 4, &recovery, Choice::Refuse("no".into()), 1, &[]);
    for then in [false, true] {
        if then {
            agree(&mut world, 5, &recovery, 1, &[]);
        }
        for governance in both_ways(&world) {
            assert_eq!(governance.constitutions().len(), 2);
            let slot = Slot { subject: Subject::Constitution, version: 2, round: RECOVERY_ROUND };
            assert!(matches!(governance.slot(&slot), SlotState::Dead(_)), "people vote again");
            assert_eq!(governance.next_recovery_slot().0.round, RECOVERY_ROUND + 1);
        }
    }
}
