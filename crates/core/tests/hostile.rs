//! Attacks that once worked, or would without a rule: each a story of who tries what.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use accord_core::admission::{Admission, Candidate, Reason, Standing, standing};
use accord_core::governance::{
    CastError, Charter, Choice, ConstitutionRef, Governance, Holder, Knowledge, Operation, RECOVERY_ROUND,
    Record, Revocation, Seat, Subject, Term, Vote,
};
use accord_core::{
    Authority, Card, ChangeHash, DecisionId, DeviceCertificate, DeviceKey, OrganisationKind, RootId, RootKey,
    VoteId, private_space, programme_space,
};
use support::World;
use support::deciding::{SPACE, acknowledge, admit, cut, decide, device, header, id};

const MEMBER: OrganisationKind = OrganisationKind::Member;

/// A vote that keeps to no rule.
fn vote(
    world: &World,
    who: usize,
    (subject, version, round): (Subject, u32, u32),
    choice: Choice,
    previous: Option<VoteId>,
    killed_by: Vec<VoteId>,
) -> Vote {
    Vote {
        programme: world.programme,
        secretariat: id(world, who),
        subject,
        version,
        round,
        constitution: ConstitutionRef::GENESIS,
        previous,
        choice,
        killed_by,
        time: 1,
    }
}

fn certify(world: &mut World, who: usize, root: &RootKey, key: &DeviceKey) -> Record {
    let certificate = DeviceCertificate::under(id(world, who), root, key, "laptop");
    let record = Record::Device { certificate: Box::new(certificate), time: 1 };
    world.write(0, record.clone());
    record
}

/// Who stole a device has a colluding member certify it too. It took over what the device had written, and the revocation,
/// being another organisation's, ended.
#[test]
fn a_stolen_device_does_not_change_hands_by_a_second_certificate() {
    let mut world = World::founded(4);
    let programme = programme_space(&world.programme);
    admit(&mut world, 2, MEMBER);
    admit(&mut world, 3, MEMBER);
    let known = acknowledge(&mut world, 2);
    // On a card: agreed by both secretariats, and no certificate stands above it.
    let (thief, stolen) = (world.parties[3].clone(), world.parties[2].device.clone());
    certify(&mut world, 3, &thief.root, &stolen);
    let governance = world.fold(&world.entries);
    assert_eq!(governance.owner(&stolen.id()), Some(id(&world, 2)));
    assert_eq!(standing(&governance, &header(&world, 2, programme, 1, known)), Standing::InPosition);
    let organisation = id(&world, 2);
    let cuts = vec![cut(&world, 2, programme, 4)];
    let revocation = Revocation {
        programme: world.programme,
        organisation,
        device: stolen.id(),
        cuts,
        time: 1,
        why: "stolen".into(),
    };
    let record = Record::revocation(revocation, &world.parties[2].root);
    world.write(0, record);
    let governance = world.fold(&world.entries);
    assert!(governance.is_revoked(&stolen.id()));
    let beyond = standing(&governance, &header(&world, 2, programme, 5, known));
    assert_eq!(beyond, Standing::Quarantined(Reason::Revoked));

    // A further device: the certificate that it acknowledged first in its own log, whoever of them has the lower id.
    for (own, others) in [(2, 3), (3, 2)] {
        let (owner, other) = (world.parties[own].clone(), world.parties[others].clone());
        let laptop = DeviceKey::from_seed(&[50 + own as u8; 32]);
        let first = certify(&mut world, own, &owner.root, &laptop);
        let at = world.parties.len();
        world.join(owner.root.clone(), laptop.clone());
        world.write(at, Record::Acknowledge { decisions: Vec::new(), devices: vec![first.id()] });
        let second = certify(&mut world, others, &other.root, &laptop);
        world.write(at, Record::Acknowledge { decisions: Vec::new(), devices: vec![second.id()] });
        let forwards = world.fold(&world.entries);
        let backwards = world.fold(world.entries.iter().rev());
        assert_eq!(forwards.owner(&laptop.id()), Some(owner.root.id()));
        assert_eq!(backwards.owner(&laptop.id()), Some(owner.root.id()));
    }
}

/// The secretariats do not sign the admission of an organisation that brings another's device.
#[test]
fn nobody_is_admitted_with_anothers_device() {
    let mut world = World::founded(4);
    admit(&mut world, 2, MEMBER);
    let (root, stolen) = (world.parties[3].root.clone(), world.parties[2].device.clone());
    world.parties[3].card = Card::new(&root, &stolen, "MC", "Organisation MC").unwrap();
    let decision = world.admission(3, 1, 1, None, MEMBER);
    world.propose(2, decision.clone());
    let governance = world.fold(&world.entries);
    let cast = governance.cast(&id(&world, 0), &device(&world, 0), &decision.id(), None, 1);
    assert!(matches!(cast, Err(CastError::NoEffect(_))));
}

/// The first root key was stolen and replaced. The organisation left and came back: the stolen key came back with it.
#[test]
fn a_replaced_root_key_does_not_come_back_with_a_new_membership() {
    let mut world = World::founded(3);
    admit(&mut world, 2, MEMBER);
    let subject = Subject::Membership(id(&world, 2));
    let new = RootKey::from_seed(&[60; 32]);
    let replace = Operation::replace_root(&id(&world, 2), &new, Vec::new());
    decide(&mut world, subject.clone(), replace, Vec::new());
    decide(&mut world, subject, Operation::Remove, Vec::new());
    admit(&mut world, 2, MEMBER);
    let stolen = world.parties[2].root.clone();
    let (thiefs, own) = (DeviceKey::from_seed(&[70; 32]), DeviceKey::from_seed(&[71; 32]));
    certify(&mut world, 2, &stolen, &thiefs);
    certify(&mut world, 2, &new, &own);
    let governance = world.fold(&world.entries);
    assert_eq!(governance.root(&id(&world, 2)).0, new.id().0);
    assert_eq!(governance.owner(&thiefs.id()), None);
    assert_eq!(governance.owner(&own.id()), Some(id(&world, 2)));
}

/// A secretariat whose root key a constitution replaced goes on as a member: with that key, and with the next one that it
/// takes as a member.
#[test]
fn a_secretariat_that_becomes_a_member_keeps_its_last_root_key() {
    let mut world = World::founded(3);
    let new = RootKey::from_seed(&[60; 32]);
    let old = world.parties[1].clone();
    let constitute = |world: &mut World, seats: [(Card, RootId); 2], roots: [&RootKey; 2]| {
        let mut seats: Vec<Seat> = seats.into_iter().map(|(card, root)| Seat { card, root }).collect();
        seats.sort_by_key(|seat| seat.card.organisation.id);
        let charter = Charter { seats, guard_rule: 1, keeps: Vec::new() };
        let operation = Operation::Constitute(Box::new(charter));
        let decision = world.fold(&world.entries).draft(Subject::Constitution, operation, Vec::new());
        world.propose(0, decision.clone());
        for (who, root) in roots.into_iter().enumerate() {
            let governance = world.fold(&world.entries);
            let vote =
                governance.cast(&id(world, who), &device(world, who), &decision.id(), None, 1).unwrap();
            world.write(who, Record::root_vote(vote, root));
        }
        assert!(world.fold(&world.entries).is_in_force(&decision.id()));
    };
    let first = world.parties[0].clone();
    let card = Card::under(old.root.id(), &new, &old.device, "CMI", "Organisation CMI").unwrap();
    let seat = |party: &support::Party| (party.card.clone(), RootId(party.root.id().0));
    let (a, moved) = (seat(&first), (card, RootId(new.id().0)));
    constitute(&mut world, [a.clone(), moved], [&first.root, &old.root]);
    assert_eq!(world.fold(&world.entries).root(&id(&world, 1)).0, new.id().0);
    let third = seat(&world.parties[2].clone());
    constitute(&mut world, [a, third], [&first.root, &new]);
    let governance = world.fold(&world.entries);
    assert_eq!(governance.membership(&id(&world, 1)), None);
    assert_eq!(governance.root(&id(&world, 1)).0, new.id().0);
}

/// Both secretariats together open an organisation's private space to themselves: it is nobody else's all the same.
#[test]
fn no_decision_opens_a_private_space() {
    let mut world = World::founded(3);
    admit(&mut world, 2, MEMBER);
    let own = private_space(&world.programme, &id(&world, 2));
    let holder = Holder { organisation: id(&world, 0), term: Term::Secretariat(0) };
    let create = Operation::CreateSpace { name: "ours".into(), readers: Vec::new(), writers: vec![holder] };
    let decision = world.fold(&world.entries).draft(Subject::Space(own), create, Vec::new());
    world.propose(0, decision.clone());
    for who in 0..2 {
        let governance = world.fold(&world.entries);
        let cast = governance.cast(&id(&world, who), &device(&world, who), &decision.id(), None, 1);
        assert!(matches!(cast, Err(CastError::NoEffect(_))));
        let tip = governance.last_vote(&id(&world, who));
        world.raw_vote(who, &decision, Choice::For(decision.id()), tip);
    }
    let governance = world.fold(&world.entries);
    assert!(governance.is_in_force(&decision.id()));
    for who in 0..2 {
        assert!(!governance.may_read(&id(&world, who), &own));
        assert!(!governance.may_write(&id(&world, who), &own));
        assert!(!governance.ever_had(&id(&world, who), &own));
    }
    assert!(governance.may_write(&id(&world, 2), &own));
}

/// The rounds of recoveries are the constitution's. In another subject they were a second round that needed no death
/// of the first, so that a vote kept back in it undid what was in force.
#[test]
fn only_a_recovery_has_rounds_of_its_own() {
    let mut world = World::founded(3);
    let first = admit(&mut world, 2, MEMBER);
    let other = world.admission(2, 1, RECOVERY_ROUND, None, OrganisationKind::Observer);
    world.propose(0, other.clone());
    for who in 0..2 {
        let tip = world.fold(&world.entries).last_vote(&id(&world, who));
        world.raw_vote(who, &other, Choice::For(other.id()), tip);
    }
    let governance = world.fold(&world.entries);
    assert!(governance.equivocations().is_empty());
    assert!(governance.is_in_force(&first.id()) && !governance.is_in_force(&other.id()));
}

/// A secretariat refuses round after round, each killed by its own refusal. Every round judged all those before it, one
/// within the other: some ten thousand of them ended every node.
#[test]
fn a_thousand_dead_rounds_make_the_next_no_dearer() {
    let mut world = World::founded(3);
    let subject = Subject::Membership(id(&world, 2));
    let (mut previous, mut killed_by) = (None, Vec::new());
    let mut governance = world.fold(&world.entries);
    for round in 1..1000 {
        let slot = (subject.clone(), 1, round);
        let refusal = vote(&world, 0, slot, Choice::Refuse("no".into()), previous, killed_by);
        (previous, killed_by) = (Some(refusal.id()), vec![refusal.id()]);
        let entry = world.write(0, Record::vote(refusal, &world.parties[0].device.clone()));
        let before = governance.work();
        governance.insert(&entry).unwrap();
        assert!(governance.work() - before <= 3);
    }
    assert_eq!(governance.next_slot(&subject).0.round, 1000);
    // In the reverse order the first one settles all that waited for it, each once.
    let mut reversed = Governance::new(world.programme);
    for entry in world.entries.iter().rev() {
        reversed.insert(entry).unwrap();
    }
    assert!(reversed.work() <= 2 * 1000);
    assert_eq!(reversed.next_slot(&subject), governance.next_slot(&subject));
}

/// A secretariat votes for one constitution after the other, against its promise. Those votes count for nothing; what
/// each would promise was kept with every later one. It goes on once it cites the death of the one that counted.
#[test]
fn a_vote_that_does_not_count_promises_nothing() {
    let mut world = World::founded(3);
    let parties = world.parties.clone();
    let proposal = |world: &mut World, guard_rule: u32, round: u32| {
        let seat =
            |party: &support::Party| Seat { card: party.card.clone(), root: RootId(party.root.id().0) };
        let mut seats: Vec<Seat> = parties[..2].iter().map(seat).collect();
        seats.sort_by_key(|seat| seat.card.organisation.id);
        let operation = Operation::Constitute(Box::new(Charter { seats, guard_rule, keeps: Vec::new() }));
        let drafted = world.fold(&world.entries).draft(Subject::Constitution, operation, Vec::new());
        let decision = accord_core::governance::Decision { round, ..drafted };
        world.propose(0, decision.clone());
        decision
    };
    let first = proposal(&mut world, 2, 1);
    let governance = world.fold(&world.entries);
    let own = governance.cast(&id(&world, 0), &device(&world, 0), &first.id(), None, 1).unwrap();
    let mut previous = own.id();
    world.write(0, Record::root_vote(own, &parties[0].root));
    for round in 2..20 {
        let next = proposal(&mut world, round + 1, round);
        let slot = (Subject::Constitution, 1, round);
        let unkept = vote(&world, 0, slot, Choice::For(next.id()), Some(previous), Vec::new());
        previous = unkept.id();
        world.write(0, Record::root_vote(unkept, &parties[0].root));
    }
    let governance = world.fold(&world.entries);
    let refusal =
        governance.cast(&id(&world, 1), &device(&world, 1), &first.id(), Some("no".into()), 1).unwrap();
    let killed_by = vec![refusal.id()];
    world.write(1, Record::root_vote(refusal, &parties[1].root));
    let admission = world.admission(2, 1, 1, None, MEMBER);
    world.propose(0, admission.clone());
    let slot = (admission.subject.clone(), 1, 1);
    let choice = Choice::For(admission.id());
    let after = vote(&world, 0, slot, choice.clone(), Some(previous), killed_by);
    world.write(0, Record::vote(after, &parties[0].device));
    let governance = world.fold(&world.entries);
    let of_b = governance.cast(&id(&world, 1), &device(&world, 1), &admission.id(), None, 1).unwrap();
    world.write(1, Record::vote(of_b, &parties[1].device));
    assert!(world.fold(&world.entries).is_in_force(&admission.id()));
}

/// A grant that was for a membership which had ended never gave anything: work on it is no ancestor to build on.
#[test]
fn a_grant_for_a_membership_that_never_held_is_no_period() {
    let mut world = World::founded(3);
    admit(&mut world, 2, MEMBER);
    let create = Operation::CreateSpace { name: "Tunisia".into(), readers: Vec::new(), writers: Vec::new() };
    decide(&mut world, Subject::Space(SPACE), create, Vec::new());
    let subject = Subject::Access(id(&world, 2), SPACE);
    let operation = Operation::Grant { read: true, write: true };
    let mut stale = world.fold(&world.entries).draft(subject, operation, Vec::new());
    stale.membership = Some(Term::Member(7));
    world.propose(0, stale.clone());
    for who in 0..2 {
        let tip = world.fold(&world.entries).last_vote(&id(&world, who));
        world.raw_vote(who, &stale, Choice::For(stale.id()), tip);
    }
    let governance = world.fold(&world.entries);
    assert!(governance.is_in_force(&stale.id()));
    assert!(!governance.may_write(&id(&world, 2), &SPACE));
    assert!(!governance.ever_wrote(&id(&world, 2), &SPACE, Knowledge::Now));
    assert!(!governance.ever_had(&id(&world, 2), &SPACE));
}

/// Anybody can write records about another's device that do not count.
#[test]
fn false_records_about_a_device_change_nothing() {
    let mut world = World::founded(4);
    admit(&mut world, 2, MEMBER);
    let victim = device(&world, 2);
    for time in 0..20 {
        for organisation in [id(&world, 2), id(&world, 3)] {
            let programme = world.programme;
            let revocation = Revocation {
                programme,
                organisation,
                device: victim,
                cuts: Vec::new(),
                time,
                why: String::new(),
            };
            let record = Record::revocation(revocation, &world.parties[3].root);
            world.write(3, record);
        }
    }
    let governance = world.fold(&world.entries);
    assert!(!governance.is_revoked(&victim));
    assert_eq!(governance.organisation_of(&victim), Some(id(&world, 2)));
}

/// Two entries with one change, neither in position: which of them is shown does not depend on which came first.
#[test]
fn of_two_entries_with_one_change_always_the_same_is_judged() {
    let mut world = World::founded(3);
    admit(&mut world, 2, MEMBER);
    let governance = world.fold(&world.entries);
    let candidate = |standing| Candidate {
        hash: ChangeHash([1; 32]),
        deps: Vec::new(),
        device: device(&world, 2),
        authority: Authority::Genesis,
        standing,
    };
    let reasons = [Reason::Removed, Reason::Irregular, Reason::Revoked];
    let all: Vec<Candidate> =
        reasons.iter().map(|reason| candidate(Standing::Quarantined(*reason))).collect();
    let admission = Admission::new(&governance, programme_space(&world.programme));
    let backwards: Vec<Candidate> = all.iter().rev().cloned().collect();
    assert_eq!(admission.admit(None, &all), admission.admit(None, &backwards));
}

/// Whoever asks what is to be acknowledged is told all of it, in whatever order it came, and nothing twice.
#[test]
fn what_is_to_be_acknowledged_is_found_without_looking_at_all() {
    let mut world = World::founded(4);
    for who in [2, 3] {
        admit(&mut world, who, MEMBER);
        let root = world.parties[who].root.clone();
        certify(&mut world, who, &root, &DeviceKey::from_seed(&[80 + who as u8; 32]));
        acknowledge(&mut world, 2);
    }
    let subject = Subject::Membership(id(&world, 3));
    decide(&mut world, subject, Operation::Remove, Vec::new());
    let all: Vec<Governance> = vec![world.fold(&world.entries), world.fold(world.entries.iter().rev())];
    for governance in all {
        for who in 0..4 {
            let device = device(&world, who);
            let latest = governance.acknowledged().latest(&device);
            let mut new: Vec<DecisionId> = governance.in_force().into_iter().collect();
            new.retain(|id| !governance.acknowledged().knew(&device, &latest, id));
            let said = match governance.unacknowledged(&device) {
                Some(Record::Acknowledge { decisions, .. }) => decisions,
                _ => Vec::new(),
            };
            assert_eq!(said, new);
        }
    }
}
