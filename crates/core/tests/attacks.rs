//! More attacks on the fold, none of which ever worked: each test says who tries what, and that it gains nothing.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use accord_core::admission::{Forks, Reason, Standing, WaitingFor, standing, standing_in};
use accord_core::governance::{
    CastError, Charter, Choice, ConstitutionRef, Cut, Decision, Governance, Holder, Operation,
    RECOVERY_ROUND, Record, Recovery, Revocation, Seat, Subject, Term, Vote,
};
use accord_core::{
    Authority, EntryId, Head, LogId, OrganisationKind, ProgrammeId, RootId, VoteId, programme_space,
};
use support::World;
use support::deciding::{SPACE, acknowledge, admit, cut, decide, device, header, id};

const MEMBER: OrganisationKind = OrganisationKind::Member;

fn both_ways(world: &World) -> [Governance; 2] {
    [world.fold(&world.entries), world.fold(world.entries.iter().rev())]
}

fn removal(world: &mut World, who: usize, cuts: Vec<Cut>) -> Decision {
    let subject = Subject::Membership(id(world, who));
    decide(world, subject, Operation::Remove, cuts)
}

/// A member proposes what names another decision as the one before than is in force. Signed by both it would never stand, and no
/// other could be voted on in its place: so no honest secretariat signs it, nor refuses it as if it were the next.
#[test]
fn what_follows_on_another_decision_than_stands_is_not_voted_on() {
    let mut world = World::founded(4);
    admit(&mut world, 2, MEMBER);
    let stands = removal(&mut world, 2, Vec::new());
    let elsewhere = admit(&mut world, 3, MEMBER);
    let back = world.admission(2, 3, 1, Some(stands.id()), MEMBER);
    let astray = Decision { parent: Some(elsewhere.id()), ..back.clone() };
    for decision in [&astray, &back] {
        world.propose(3, decision.clone());
    }
    let governance = world.fold(&world.entries);
    let (who, from) = (id(&world, 0), device(&world, 0));
    for refusal in [None, Some("no".to_owned())] {
        assert_eq!(governance.cast(&who, &from, &astray.id(), refusal, 1), Err(CastError::Settled));
    }
    assert!(governance.cast(&who, &from, &back.id(), None, 1).is_ok());
}

/// The two secretariats run another programme together as well. A vote from there is replayed here, about the same
/// organisation, the same version and round.
#[test]
fn a_vote_of_another_programme_counts_nowhere() {
    let mut world = World::founded(3);
    let decision = world.admission(2, 1, 1, None, MEMBER);
    world.propose(0, decision.clone());
    world.raw_vote(0, &decision, Choice::For(decision.id()), None);
    let vote = Vote {
        programme: ProgrammeId([8; 32]),
        secretariat: id(&world, 1),
        subject: decision.subject.clone(),
        version: 1,
        round: 1,
        constitution: ConstitutionRef::GENESIS,
        previous: None,
        choice: Choice::For(decision.id()),
        killed_by: Vec::new(),
        time: 1,
    };
    let signer = world.parties[1].device.clone();
    // The signature holds, for the other programme; and with the programme's id put right it does not.
    let record = Record::vote(vote.clone(), &signer);
    let Record::Vote { signature, .. } = &record else { unreachable!() };
    let moved = Vote { programme: world.programme, ..vote };
    let forged = Record::Vote { vote: Box::new(moved), signature: *signature };
    for record in [record, forged] {
        world.write(2, record);
    }
    for governance in both_ways(&world) {
        assert!(!governance.is_in_force(&decision.id()) && governance.equivocations().is_empty());
        assert_eq!(governance.last_vote(&id(&world, 1)), None);
    }
}

/// A member copies votes into its own log, again and again, also before the votes that come before them.
#[test]
fn votes_that_others_carry_count_once_and_prove_nothing() {
    let mut world = World::founded(4);
    let first = admit(&mut world, 2, MEMBER);
    let second = admit(&mut world, 3, MEMBER);
    let before = world.fold(&world.entries);
    let votes = world.entries.clone().into_iter().filter_map(|entry| match &entry.header().body {
        accord_core::Body::Governance { record } if matches!(**record, Record::Vote { .. }) => {
            Some(record.as_ref().clone())
        }
        _ => None,
    });
    let votes: Vec<Record> = votes.collect();
    for record in votes.iter().rev().chain(&votes) {
        world.write(2, record.clone());
    }
    for governance in both_ways(&world) {
        assert!(governance.equivocations().is_empty());
        assert_eq!(governance.in_force(), before.in_force());
        assert!(governance.is_in_force(&first.id()) && governance.is_in_force(&second.id()));
    }
}

/// A removal names the log of somebody else, as if that one ended too.
#[test]
fn a_cut_of_anothers_log_cuts_nothing() {
    let mut world = World::founded(4);
    admit(&mut world, 2, MEMBER);
    admit(&mut world, 3, MEMBER);
    let programme = programme_space(&world.programme);
    let known = acknowledge(&mut world, 3);
    let cuts = vec![cut(&world, 2, programme, 5), cut(&world, 3, programme, 1)];
    let mut cuts = cuts;
    cuts.sort_unstable();
    removal(&mut world, 2, cuts);
    for governance in both_ways(&world) {
        assert_eq!(
            standing(&governance, &header(&world, 3, programme, 7, known)),
            Standing::InPosition,
            "it goes on to count as before"
        );
        assert!(governance.cuts(&programme, &device(&world, 3)).is_empty());
    }
}

/// A removal names an entry that is not in the log at its position: what is before it stays, what is there and after it does
/// not count, whichever of them a node has.
#[test]
fn a_cut_at_an_entry_that_is_not_there_keeps_what_is_before_it() {
    let mut world = World::founded(3);
    admit(&mut world, 2, MEMBER);
    let programme = programme_space(&world.programme);
    let known = acknowledge(&mut world, 2);
    let foreign = Cut {
        space: programme,
        device: device(&world, 2),
        last: Some(Head { seq: 5, id: EntryId([77; 32]) }),
    };
    removal(&mut world, 2, vec![foreign]);
    let log = LogId { space: programme, device: device(&world, 2) };
    let mut held = Forks::default();
    held.insert(log, 5, EntryId([5; 32]), Some(EntryId([4; 32])));
    for governance in both_ways(&world) {
        for forks in [&Forks::default(), &held] {
            let judge = |seq| standing_in(&governance, forks, &header(&world, 2, programme, seq, known));
            assert_eq!(judge(4), Standing::InPosition);
            assert_eq!(judge(5), Standing::Quarantined(Reason::Removed));
            assert_eq!(judge(6), Standing::Quarantined(Reason::Removed));
        }
    }
}

/// Both secretariats grant something to a membership that has ended meanwhile, and the organisation is admitted again.
#[test]
fn a_grant_for_an_earlier_membership_gives_a_later_one_nothing() {
    let mut world = World::founded(3);
    admit(&mut world, 2, MEMBER);
    let create = Operation::CreateSpace { name: "Tunis".into(), readers: Vec::new(), writers: Vec::new() };
    decide(&mut world, Subject::Space(SPACE), create, Vec::new());
    let subject = Subject::Access(id(&world, 2), SPACE);
    let grant = Operation::Grant { read: true, write: true };
    let early = world.fold(&world.entries).draft(subject, grant, Vec::new());
    assert_eq!(early.membership, Some(Term::Member(1)));
    removal(&mut world, 2, Vec::new());
    admit(&mut world, 2, MEMBER);
    world.propose(0, early.clone());
    for who in 0..2 {
        let tip = world.fold(&world.entries).last_vote(&id(&world, who));
        world.raw_vote(who, &early, Choice::For(early.id()), tip);
    }
    let known = acknowledge(&mut world, 2);
    for governance in both_ways(&world) {
        assert!(governance.is_in_force(&early.id()), "it was voted for");
        assert!(!governance.may_read(&id(&world, 2), &SPACE));
        assert_eq!(
            standing(&governance, &header(&world, 2, SPACE, 1, known)),
            Standing::Quarantined(Reason::NoAccess)
        );
    }
}

/// Who was removed and admitted again writes on under what it had acknowledged in its first period, where the cut was.
#[test]
fn the_authority_of_an_ended_period_reaches_no_further_than_its_cut() {
    let mut world = World::founded(3);
    admit(&mut world, 2, MEMBER);
    let programme = programme_space(&world.programme);
    let first = acknowledge(&mut world, 2);
    let cuts = vec![cut(&world, 2, programme, 3)];
    removal(&mut world, 2, cuts);
    let ended = acknowledge(&mut world, 2);
    admit(&mut world, 2, MEMBER);
    let second = acknowledge(&mut world, 2);
    for governance in both_ways(&world) {
        let judge = |seq, known| standing(&governance, &header(&world, 2, programme, seq, known));
        assert_eq!(judge(3, first), Standing::Quarantined(Reason::Removed), "another entry at the cut");
        assert_eq!(judge(2, first), Standing::InPosition);
        assert_eq!(judge(9, first), Standing::Quarantined(Reason::Removed));
        assert_eq!(judge(9, ended), Standing::Quarantined(Reason::NoAccess), "it knew that it had ended");
        assert_eq!(judge(9, second), Standing::InPosition);
    }
}

/// An entry points into another device's log for what its author knew.
#[test]
fn an_authority_in_anothers_log_says_nothing() {
    let mut world = World::founded(4);
    admit(&mut world, 2, MEMBER);
    admit(&mut world, 3, MEMBER);
    let programme = programme_space(&world.programme);
    let others = acknowledge(&mut world, 3);
    for governance in both_ways(&world) {
        let judged = standing(&governance, &header(&world, 2, programme, 1, others));
        assert_eq!(judged, Standing::Waiting(WaitingFor::Authority));
        let genesis = standing(&governance, &header(&world, 2, programme, 1, Authority::Genesis));
        assert_eq!(genesis, Standing::Quarantined(Reason::NoAccess));
    }
}

/// A thief with the root key revokes one device twice, to cut deeper each time; and once more for a log that is not named.
#[test]
fn revocations_only_ever_cut_deeper() {
    let mut world = World::founded(3);
    admit(&mut world, 2, MEMBER);
    let programme = programme_space(&world.programme);
    let known = acknowledge(&mut world, 2);
    let revoke = |world: &mut World, cuts: Vec<Cut>, time: u64| {
        let (organisation, device) = (id(world, 2), device(world, 2));
        let why = "lost".to_owned();
        let revocation = Revocation { programme: world.programme, organisation, device, cuts, time, why };
        let record = Record::revocation(revocation, &world.parties[2].root.clone());
        world.write(0, record);
    };
    let first = vec![cut(&world, 2, programme, 8)];
    revoke(&mut world, first, 1);
    let other = Head { seq: 6, id: EntryId([99; 32]) };
    let second = Cut { space: programme, device: device(&world, 2), last: Some(other) };
    revoke(&mut world, vec![second], 2);
    for governance in both_ways(&world) {
        let judge = |seq| standing(&governance, &header(&world, 2, programme, seq, known));
        assert_eq!(judge(5), Standing::InPosition);
        assert_eq!(
            judge(6),
            Standing::Quarantined(Reason::Revoked),
            "the lower one names another entry there"
        );
        assert_eq!(judge(8), Standing::Quarantined(Reason::Revoked));
        assert_eq!(governance.limit(&programme, &device(&world, 2)), Some(Some(other)));
    }
    revoke(&mut world, Vec::new(), 3);
    for governance in both_ways(&world) {
        let judged = standing(&governance, &header(&world, 2, programme, 1, known));
        assert_eq!(
            judged,
            Standing::Quarantined(Reason::Revoked),
            "a log that is not named is cut at nothing"
        );
    }
}

fn charter(world: &World, names: [usize; 2]) -> Box<Charter> {
    let seat = |who: usize| {
        let party = &world.parties[who];
        Seat { card: party.card.clone(), root: RootId(party.root.id().0) }
    };
    let mut seats: Vec<Seat> = names.into_iter().map(seat).collect();
    seats.sort_by_key(|seat| seat.card.organisation.id);
    Box::new(Charter { seats, guard_rule: 1, keeps: Vec::new() })
}

/// A recovery of B's loss at the genesis, put up by A.
fn recovery(world: &mut World, last_vote: Option<VoteId>, open_votes: Vec<VoteId>) -> Decision {
    let recovery = Recovery { lost: id(world, 1), last_vote, open_votes };
    let operation = Operation::Recover { recovery: Box::new(recovery), charter: charter(world, [0, 2]) };
    let drafted = world.fold(&world.entries).draft(Subject::Constitution, operation, Vec::new());
    let decision = Decision { version: 1, round: RECOVERY_ROUND, parent: None, ..drafted };
    world.propose(0, decision.clone());
    decision
}

fn root_vote(world: &mut World, who: usize, decision: &Decision) {
    let previous = world.fold(&world.entries).last_vote(&id(world, who));
    let vote = Vote {
        programme: world.programme,
        secretariat: id(world, who),
        subject: decision.subject.clone(),
        version: decision.version,
        round: decision.round,
        constitution: ConstitutionRef::GENESIS,
        previous,
        choice: Choice::For(decision.id()),
        killed_by: Vec::new(),
        time: 1,
    };
    let root = world.parties[who].root.clone();
    world.write(who, Record::root_vote(vote, &root));
}

/// The survivor and the quorum name a vote as the lost one's last that is the survivor's own, and list as open what is in
/// force: all that they can end by it is what rests on votes of the lost one, alike for everybody.
#[test]
fn a_recovery_that_names_foreign_votes_ends_alike_everywhere() {
    let mut world = World::with_quorum(5, true);
    let admitted = admit(&mut world, 4, MEMBER);
    let own = world.fold(&world.entries).last_vote(&id(&world, 0)).unwrap();
    let decision = recovery(&mut world, Some(own), vec![own]);
    for who in [0, 3] {
        root_vote(&mut world, who, &decision);
    }
    let [forwards, backwards] = both_ways(&world);
    assert!(forwards.is_in_force(&decision.id()));
    assert_eq!(forwards.in_force(), backwards.in_force());
    assert!(!forwards.is_in_force(&admitted.id()), "the lost one's vote for it was not named");
    assert_eq!(forwards.memberships(), backwards.memberships());
    assert!(forwards.secretariats().contains(&id(&world, 2)));
}

/// One of the quorum alone, the survivor alone, or one of the quorum together with the one that is held to be lost: none of
/// them recovers anything.
#[test]
fn nobody_recovers_without_the_survivor_and_the_quorum() {
    for voters in [vec![0], vec![3], vec![1, 3], vec![0, 1], vec![0, 2], vec![0, 4]] {
        let mut world = World::with_quorum(5, true);
        admit(&mut world, 2, MEMBER);
        admit(&mut world, 4, MEMBER);
        let last = world.fold(&world.entries).last_vote(&id(&world, 1));
        let decision = recovery(&mut world, last, Vec::new());
        for who in &voters {
            root_vote(&mut world, *who, &decision);
        }
        for governance in both_ways(&world) {
            assert!(!governance.is_in_force(&decision.id()), "{voters:?}");
            assert!(governance.secretariats().contains(&id(&world, 1)));
        }
    }
}

/// A secretariat whose place went to another one is a member from then on. It votes as before.
#[test]
fn a_former_secretariat_votes_on_nothing_new() {
    let mut world = World::founded(4);
    let operation = Operation::Constitute(charter(&world, [0, 2]));
    let decision = world.fold(&world.entries).draft(Subject::Constitution, operation, Vec::new());
    world.propose(0, decision.clone());
    for who in 0..2 {
        root_vote(&mut world, who, &decision);
    }
    assert!(world.fold(&world.entries).is_in_force(&decision.id()));
    let admission = world.admission(3, 1, 1, None, MEMBER);
    world.propose(0, admission.clone());
    let under = ConstitutionRef { version: 1, decision: Some(decision.id()) };
    for (who, constitution) in [(0, under), (1, under), (1, ConstitutionRef::GENESIS)] {
        let vote = Vote {
            programme: world.programme,
            secretariat: id(&world, who),
            subject: admission.subject.clone(),
            version: 1,
            round: 1,
            constitution,
            previous: world.fold(&world.entries).last_vote(&id(&world, who)),
            choice: Choice::For(admission.id()),
            killed_by: Vec::new(),
            time: 1,
        };
        let signer = world.parties[who].device.clone();
        world.write(who, Record::vote(vote, &signer));
    }
    for governance in both_ways(&world) {
        assert!(!governance.is_in_force(&admission.id()));
        assert_eq!(governance.membership(&id(&world, 3)), None);
    }
}

/// Both sign a space that names as its writer a membership that is still to come.
#[test]
fn nobody_is_given_access_before_it_takes_part() {
    let mut world = World::founded(3);
    let holder = Holder { organisation: id(&world, 2), term: Term::Member(2) };
    let create = Operation::CreateSpace { name: "Tunis".into(), readers: Vec::new(), writers: vec![holder] };
    let decision = world.fold(&world.entries).draft(Subject::Space(SPACE), create, Vec::new());
    world.propose(0, decision.clone());
    for who in 0..2 {
        let tip = world.fold(&world.entries).last_vote(&id(&world, who));
        world.raw_vote(who, &decision, Choice::For(decision.id()), tip);
    }
    admit(&mut world, 2, MEMBER);
    for governance in both_ways(&world) {
        assert!(governance.is_in_force(&decision.id()));
        assert_eq!(governance.membership(&id(&world, 2)).unwrap().term, Term::Member(1));
        assert!(
            !governance.may_write(&id(&world, 2), &SPACE) && !governance.may_read(&id(&world, 2), &SPACE)
        );
    }
}
