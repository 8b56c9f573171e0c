//! Constitutions that follow each other, and recoveries beside them: what one order leaves behind does not come in force
//! behind the next one's back.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use accord_core::admission::{Reason, Standing, standing};
use accord_core::governance::{
    CastError, Charter, Choice, ConstitutionRef, Cut, Decision, Genesis, Governance, Operation,
    RECOVERY_ROUND, Record, Recovery, Seat, Subject, Vote,
};
use accord_core::{Authority, Entry, OrganisationKind, RootId, VoteId, programme_space};
use support::deciding::{cut, device, header, id};
use support::{World, permutations};

/// The charter that names these two parties.
fn charter(world: &World, names: [usize; 2], guard_rule: u32) -> Box<Charter> {
    let seat = |who: usize| {
        let party = &world.parties[who];
        Seat { root: RootId(party.root.id().0), card: party.card.clone() }
    };
    let mut seats: Vec<Seat> = names.map(seat).into();
    seats.sort_by_key(|seat| seat.card.organisation.id);
    Box::new(Charter { seats, guard_rule, keeps: Vec::new() })
}

fn propose(world: &mut World, subject: Subject, operation: Operation) -> Decision {
    let decision = world.fold(&world.entries).draft(subject, operation, Vec::<Cut>::new());
    world.propose(0, decision.clone());
    decision
}

/// A vote that keeps to no rule but its author's chain, under a constitution of the chain that is in force now.
fn vote(world: &mut World, who: usize, decision: &Decision, under: usize, killed_by: &[VoteId]) -> VoteId {
    choose(world, who, decision, under, Choice::For(decision.id()), killed_by)
}

fn choose(
    world: &mut World,
    who: usize,
    decision: &Decision,
    under: usize,
    choice: Choice,
    killed_by: &[VoteId],
) -> VoteId {
    let governance = world.fold(&world.entries);
    let constitution =
        governance.constitutions().get(under).map_or(ConstitutionRef::GENESIS, |c| c.reference);
    let mut killed_by = killed_by.to_vec();
    killed_by.sort_unstable();
    let vote = Vote {
        programme: world.programme,
        secretariat: id(world, who),
        subject: decision.subject.clone(),
        version: decision.version,
        round: decision.round,
        constitution,
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

/// Parties 0 and 1 replace 1 by 2.
fn replace(world: &mut World) -> Decision {
    let operation = Operation::Constitute(charter(world, [0, 2], 1));
    let decision = propose(world, Subject::Constitution, operation);
    for who in 0..2 {
        vote(world, who, &decision, 0, &[]);
    }
    assert!(world.fold(&world.entries).is_in_force(&decision.id()));
    decision
}

fn admission(world: &mut World, round: u32, kind: OrganisationKind) -> Decision {
    let decision = world.admission(4, 1, round, None, kind);
    world.propose(0, decision.clone());
    decision
}

fn backwards(world: &World) -> Governance {
    world.fold(world.entries.iter().rev())
}

/// A vote beside one that was cast under the constitution before could only kill the slot. So nobody is let sign what cannot come in
/// force; who is asked may refuse it, and the next round is open to both.
#[test]
fn beside_a_vote_of_the_order_before_only_a_refusal_is_cast() {
    let mut world = World::founded(5);
    let first = admission(&mut world, 1, OrganisationKind::Member);
    vote(&mut world, 0, &first, 0, &[]);
    replace(&mut world);
    let governance = world.fold(&world.entries);
    let cast = |refusal: Option<&str>| {
        let (who, from) = (id(&world, 2), device(&world, 2));
        governance.cast(&who, &from, &first.id(), refusal.map(str::to_owned), 1)
    };
    assert_eq!(cast(None), Err(CastError::OtherConstitution));
    assert!(cast(Some("begin anew")).is_ok());
}

/// A constitution that takes a secretariat's place away says how far its logs count, as a removal does.
#[test]
fn what_a_replaced_secretariat_writes_beyond_the_cut_does_not_count() {
    let mut world = World::founded(3);
    let programme = programme_space(&world.programme);
    let operation = Operation::Constitute(charter(&world, [0, 2], 1));
    let cuts = vec![cut(&world, 1, programme, 5)];
    let decision = world.fold(&world.entries).draft(Subject::Constitution, operation, cuts);
    world.propose(0, decision.clone());
    for who in 0..2 {
        vote(&mut world, who, &decision, 0, &[]);
    }
    for governance in [world.fold(&world.entries), backwards(&world)] {
        assert!(governance.is_in_force(&decision.id()));
        let judge = |seq| standing(&governance, &header(&world, 1, programme, seq, Authority::Genesis));
        assert_eq!(judge(4), Standing::InPosition);
        assert_eq!(judge(6), Standing::Quarantined(Reason::Removed));
        let limit = governance.limit(&programme, &device(&world, 1));
        assert_eq!(limit, Some(cut(&world, 1, programme, 5).last), "nor is it handed on");
    }
}

/// Less than more than half of a quorum could be two that know nothing of each other.
#[test]
fn a_quorum_decides_by_more_than_half_of_it() {
    let world = World::founded(4);
    let genesis = |votes| {
        let [ca, cmi, one, other] = [0, 1, 2, 3].map(|who| world.parties[who].card.clone());
        Genesis::new("MENA", ca, cmi, [9; 16]).with_recovery(vec![one, other], votes)
    };
    assert_eq!([0, 1, 2, 3].map(|votes| genesis(votes).check().is_ok()), [false, false, true, false]);
}

/// Rule 4. Both complete a slot, then one place goes to another organisation, which votes in that slot too: votes under two
/// constitutions. With that the other secretariat, hostile as well, goes to the next round.
#[test]
fn an_old_slot_is_not_killed_from_under_a_new_constitution() {
    let mut world = World::founded(5);
    let first = admission(&mut world, 1, OrganisationKind::Member);
    let of_a = vote(&mut world, 0, &first, 0, &[]);
    vote(&mut world, 1, &first, 0, &[]);
    replace(&mut world);
    let of_c = choose(&mut world, 2, &first, 1, Choice::Refuse("no".into()), &[]);
    let second = admission(&mut world, 2, OrganisationKind::Observer);
    for killed_by in [[of_a, of_c].as_slice(), &[of_c]] {
        let mut world = world.clone();
        vote(&mut world, 0, &second, 1, killed_by);
        vote(&mut world, 2, &second, 1, killed_by);
        for governance in [world.fold(&world.entries), backwards(&world)] {
            assert!(governance.equivocations().is_empty());
            assert!(governance.is_in_force(&first.id()) && !governance.is_in_force(&second.id()));
        }
    }
}

/// Rule 5. One votes for the constitution that replaces it, and then once more in the old order, which it keeps back until the
/// new one has decided otherwise.
#[test]
fn who_voted_for_a_constitution_leaves_nothing_of_the_old_order_behind() {
    let mut world = World::founded(5);
    let first = admission(&mut world, 1, OrganisationKind::Member);
    let of_a = vote(&mut world, 0, &first, 0, &[]);
    replace(&mut world);
    let of_c = choose(&mut world, 2, &first, 1, Choice::Refuse("no".into()), &[]);
    let second = admission(&mut world, 2, OrganisationKind::Observer);
    for who in [0, 2] {
        vote(&mut world, who, &second, 1, &[of_a, of_c]);
    }
    assert!(world.fold(&world.entries).is_in_force(&second.id()));
    vote(&mut world, 1, &first, 0, &[]);
    for governance in [world.fold(&world.entries), backwards(&world)] {
        assert!(governance.equivocations().is_empty(), "one vote a slot");
        assert!(governance.is_in_force(&second.id()) && !governance.is_in_force(&first.id()));
    }
}

fn recover(world: &mut World, lost: usize, last_vote: Option<VoteId>, names: [usize; 2]) -> Decision {
    let recovery = Recovery { lost: id(world, lost), last_vote, open_votes: Vec::new() };
    let operation = Operation::Recover { recovery: Box::new(recovery), charter: charter(world, names, 1) };
    let governance = world.fold(&world.entries);
    let drafted = governance.draft(Subject::Constitution, operation, Vec::new());
    let decision = Decision { version: 1, round: RECOVERY_ROUND, parent: None, ..drafted };
    world.propose(0, decision.clone());
    decision
}

/// Rule 6. A constitution was under way when one secretariat was lost; the recovery, made at the same version, names the lost
/// one's vote for it as its last. Both are complete: the recovery stands.
#[test]
fn a_recovery_stands_above_the_constitution_that_was_under_way() {
    let mut world = World::with_quorum(5, true);
    let operation = Operation::Constitute(charter(&world, [0, 1], 2));
    let under_way = propose(&mut world, Subject::Constitution, operation);
    vote(&mut world, 0, &under_way, 0, &[]);
    let mut elsewhere = world.clone();
    let of_b = vote(&mut elsewhere, 1, &under_way, 0, &[]);
    let recovery = recover(&mut world, 1, Some(of_b), [0, 2]);
    for who in [0, 3] {
        vote(&mut world, who, &recovery, 0, &[]);
    }
    assert!(world.fold(&world.entries).is_in_force(&recovery.id()));
    world.entries.push(elsewhere.entries.last().unwrap().clone());
    for governance in [world.fold(&world.entries), backwards(&world)] {
        assert!(governance.is_in_force(&recovery.id()) && !governance.is_in_force(&under_way.id()));
        assert!(governance.secretariats().contains(&id(&world, 2)));
    }
}

/// Rule 5, of a recovery. One secretariat signed its own place away and was let go. With the quorum it recovers, at that very
/// version, what it gave up: all that was decided since would have ended.
#[test]
fn who_signed_its_own_place_away_does_not_come_back_with_the_quorum() {
    let mut world = World::with_quorum(5, true);
    let base = world.entries.len();
    let constitution = replace(&mut world);
    let later = admission(&mut world, 1, OrganisationKind::Member);
    for who in [0, 2] {
        vote(&mut world, who, &later, 1, &[]);
    }
    let back = recover(&mut world, 0, None, [1, 3]);
    for who in [1, 3] {
        vote(&mut world, who, &back, 0, &[]);
    }
    let governance = world.fold(&world.entries);
    assert!(governance.equivocations().is_empty());
    assert!(governance.is_in_force(&constitution.id()) && governance.is_in_force(&later.id()));
    // The constitution's proposal, by which it is known whom it drops, is heard of before or after all of the others.
    let mut entries = world.entries.split_off(base);
    entries.retain(|entry| !governance_only(entry, &later));
    assert_eq!(entries.len(), 6);
    let (mut orders, founding) = (0, world.entries.clone());
    permutations(entries, &mut Vec::new(), &mut |order| {
        orders += 1;
        let governance = world.fold(founding.iter().chain(order));
        assert!(governance.is_in_force(&constitution.id()) && !governance.is_in_force(&back.id()));
    });
    assert_eq!(orders, 720);
}

/// Whether an entry is about this decision, which has nothing to do with the rest.
fn governance_only(entry: &Entry, decision: &Decision) -> bool {
    let accord_core::Body::Governance { record } = &entry.header().body else { return false };
    match record.as_ref() {
        Record::Proposal { decision: other, .. } => other.subject == decision.subject,
        Record::Vote { vote, .. } => vote.subject == decision.subject,
        _ => false,
    }
}

/// So that nobody is bound by what the other side never settles, who gives up its place signs last.
#[test]
fn who_gives_up_its_place_signs_last_and_recovers_until_then() {
    let mut world = World::with_quorum(5, true);
    let operation = Operation::Constitute(charter(&world, [0, 2], 1));
    let decision = propose(&mut world, Subject::Constitution, operation);
    let cast = |world: &World, who: usize, decision: &Decision| {
        let governance = world.fold(&world.entries);
        governance.cast(&id(world, who), &device(world, who), &decision.id(), None, 1)
    };
    assert_eq!(cast(&world, 1, &decision), Err(CastError::SignsLast));
    assert!(cast(&world, 0, &decision).is_ok(), "who stays is not bound against a recovery");
    // One that is lost for good before it signed does not bar the other, who has not signed either.
    let recovery = recover(&mut world, 0, None, [1, 2]);
    assert!(cast(&world, 1, &recovery).is_ok());
    vote(&mut world, 0, &decision, 0, &[]);
    assert!(cast(&world, 1, &decision).is_ok());
    vote(&mut world, 1, &decision, 0, &[]);
    assert!(world.fold(&world.entries).is_in_force(&decision.id()));
}
