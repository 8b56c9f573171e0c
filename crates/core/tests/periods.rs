//! Periods, cuts, device records, branches: who could write what, by position in logs and never by arrival.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::BTreeSet;

use accord_core::admission::{
    Admission, Base, Branch, Candidate, Forks, RatifiedState, Reason, Standing, WaitingFor, standing,
    standing_in,
};
use accord_core::governance::{
    Cut, Effect, ForkProof, Governance, Holder, Knowledge, NoProof, Operation, Record, Revocation, Subject,
};
use accord_core::{
    Authority, Body, ChangeHash, DecisionId, DeviceCertificate, DeviceKey, DocumentId, EntryId, Head, Header,
    LogId, OrganisationKind, RootKey, private_space, programme_space,
};
use support::World;
use support::deciding::{SPACE, acknowledge, admit, cut, decide, device, header, id};

/// Invariants 6 and 8: what a removed organisation writes beyond the cut never counts, whatever it dates it by; a later
/// membership is another period, and brings no grant back.
#[test]
fn a_removal_cuts_its_own_period_and_no_other() {
    let mut world = World::founded(3);
    let programme = programme_space(&world.programme);
    admit(&mut world, 2, OrganisationKind::Member);
    let holder = Holder {
        organisation: id(&world, 2),
        term: world.fold(&world.entries).membership(&id(&world, 2)).unwrap().term,
    };
    let create =
        Operation::CreateSpace { name: "Tunisia".into(), readers: Vec::new(), writers: vec![holder] };
    decide(&mut world, Subject::Space(SPACE), create, Vec::new());
    let first = acknowledge(&mut world, 2);
    assert!(world.fold(&world.entries).may_write(&id(&world, 2), &SPACE));
    let cuts = vec![cut(&world, 2, programme, 10)];
    let subject = Subject::Membership(id(&world, 2));
    let removal = decide(&mut world, subject, Operation::Remove, cuts);
    let governance = world.fold(&world.entries);
    assert!(!governance.may_read(&id(&world, 2), &programme) && !governance.may_read(&id(&world, 2), &SPACE));
    assert!(governance.ever_had(&id(&world, 2), &SPACE));
    assert_eq!(governance.organisation_of(&device(&world, 2)), None);
    assert_eq!(governance.owner(&device(&world, 2)), Some(id(&world, 2)), "what it wrote keeps its author");
    let judge = |governance: &Governance, space, seq, authority| {
        standing(governance, &header(&world, 2, space, seq, authority))
    };
    assert_eq!(judge(&governance, programme, 9, first), Standing::InPosition);
    assert_eq!(judge(&governance, programme, 11, first), Standing::Quarantined(Reason::Removed));
    assert_eq!(
        judge(&governance, SPACE, 1, first),
        Standing::Quarantined(Reason::Removed),
        "a log not named"
    );
    let unheld = Authority::At { position: 99, id: EntryId([9; 32]) };
    assert_eq!(
        judge(&governance, programme, 11, unheld),
        Standing::Quarantined(Reason::Removed),
        "beyond the cut no authority is asked for"
    );
    assert_eq!(judge(&governance, programme, 9, unheld), Standing::Waiting(WaitingFor::Authority));
    let effects = governance.effects(&removal);
    assert!(matches!(&effects[..], [Effect::Removes { cuts, .. }] if (cuts.logs, cuts.entries) == (1, 10)));

    admit(&mut world, 2, OrganisationKind::Member);
    let second = acknowledge(&mut world, 2);
    let governance = world.fold(&world.entries);
    let judge = |space, seq, authority| standing(&governance, &header(&world, 2, space, seq, authority));
    assert_eq!(judge(programme, 12, second), Standing::InPosition, "a new period");
    assert_eq!(
        judge(programme, 11, first),
        Standing::Quarantined(Reason::Removed),
        "makes nothing earlier valid"
    );
    assert!(!governance.may_write(&id(&world, 2), &SPACE), "old grants do not come back");
    // Whoever hears it all backwards ends alike.
    let backwards = world.fold(world.entries.iter().rev());
    assert_eq!(backwards.in_force(), governance.in_force());
    assert_eq!(backwards.memberships(), governance.memberships());
    assert_eq!(
        standing(&backwards, &header(&world, 2, programme, 11, first)),
        Standing::Quarantined(Reason::Removed)
    );
}

#[test]
fn grants_are_for_a_membership_and_observers_only_read() {
    let mut world = World::founded(4);
    admit(&mut world, 2, OrganisationKind::Member);
    admit(&mut world, 3, OrganisationKind::Observer);
    let create = Operation::CreateSpace { name: "Tunisia".into(), readers: Vec::new(), writers: Vec::new() };
    decide(&mut world, Subject::Space(SPACE), create, Vec::new());
    for who in [2, 3] {
        let subject = Subject::Access(id(&world, who), SPACE);
        decide(&mut world, subject, Operation::Grant { read: true, write: true }, Vec::new());
    }
    let governance = world.fold(&world.entries);
    assert!(governance.may_write(&id(&world, 2), &SPACE));
    assert!(governance.may_read(&id(&world, 3), &SPACE) && !governance.may_write(&id(&world, 3), &SPACE));
    assert!(governance.may_read(&id(&world, 0), &SPACE), "secretariats read every shared space");
    assert!(!governance.may_write(&id(&world, 0), &SPACE));
    let own = private_space(&world.programme, &id(&world, 2));
    assert!(governance.may_read(&id(&world, 2), &own) && !governance.may_read(&id(&world, 0), &own));
    let known = acknowledge(&mut world, 2);
    let subject = Subject::Access(id(&world, 2), SPACE);
    let cuts = vec![cut(&world, 2, SPACE, 3)];
    decide(&mut world, subject, Operation::Withdraw { read: false, write: true }, cuts);
    let governance = world.fold(&world.entries);
    assert!(governance.may_read(&id(&world, 2), &SPACE) && !governance.may_write(&id(&world, 2), &SPACE));
    let judge = |seq, authority| standing(&governance, &header(&world, 2, SPACE, seq, authority));
    assert_eq!(judge(2, known), Standing::InPosition);
    assert_eq!(judge(4, known), Standing::Quarantined(Reason::Removed));
    let device = device(&world, 2);
    assert!(governance.access(&id(&world, 2), &SPACE, Knowledge::Of(&device, &known)).write);
}

/// Who wrote under a decision whose votes have not come here is waited for, and not taken for somebody who may not write.
#[test]
fn what_was_written_under_votes_that_are_not_here_waits_for_them() {
    let mut world = World::founded(3);
    admit(&mut world, 2, OrganisationKind::Member);
    let create = Operation::CreateSpace { name: "Tunisia".into(), readers: Vec::new(), writers: Vec::new() };
    decide(&mut world, Subject::Space(SPACE), create, Vec::new());
    let before = acknowledge(&mut world, 2);
    let subject = Subject::Access(id(&world, 2), SPACE);
    let grant = decide(&mut world, subject, Operation::Grant { read: true, write: true }, Vec::new());
    let known = acknowledge(&mut world, 2);
    let judge =
        |governance: &Governance, authority| standing(governance, &header(&world, 2, SPACE, 1, authority));
    let whole = world.fold(&world.entries);
    assert_eq!(judge(&whole, known), Standing::InPosition);
    assert_eq!(judge(&whole, before), Standing::Quarantined(Reason::NoAccess), "it knew of no grant");
    let speaks_of_it = |entry: &&accord_core::Entry| match &entry.header().body {
        Body::Governance { record } => match record.as_ref() {
            Record::Vote { vote, .. } => vote.subject == grant.subject,
            Record::Proposal { decision, .. } => decision.id() == grant.id(),
            _ => false,
        },
        _ => false,
    };
    let without = world.fold(world.entries.iter().filter(|entry| !speaks_of_it(entry)));
    assert_eq!(judge(&without, known), Standing::Waiting(WaitingFor::Authority));
    assert_eq!(judge(&without, before), Standing::Quarantined(Reason::NoAccess));
}

/// Invariant: several revocations intersect, and a root key that was replaced revokes nothing more.
#[test]
fn an_organisation_ends_its_devices_alone() {
    let mut world = World::founded(3);
    let programme = programme_space(&world.programme);
    admit(&mut world, 2, OrganisationKind::Member);
    let party = world.parties[2].clone();
    let laptop = DeviceKey::from_seed(&[50; 32]);
    let certificate = DeviceCertificate::new(&party.root, &laptop, "laptop");
    let kept = Record::Device { certificate: Box::new(certificate), time: 1 };
    world.write(2, kept.clone());
    assert_eq!(world.fold(&world.entries).organisation_of(&laptop.id()), Some(id(&world, 2)));
    let revoke = |seq: u64, id: u8, root: &RootKey, time| {
        let last = Some(Head { seq, id: EntryId([id; 32]) });
        let cuts = vec![Cut { space: programme, device: laptop.id(), last }];
        let organisation = party.root.id();
        let revocation = Revocation {
            programme: world.programme,
            organisation,
            device: laptop.id(),
            cuts,
            time,
            why: "lost".into(),
        };
        Record::revocation(revocation, root)
    };
    let (five, other_five) = (revoke(5, 1, &party.root, 1), revoke(5, 2, &party.root, 2));
    let by_other = revoke(1, 1, &world.parties[0].root, 3);
    let at = |world: &World, seq, authority| {
        let header = Header { device: laptop.id(), ..header(world, 2, programme, seq, authority) };
        standing(&world.fold(&world.entries), &header)
    };
    world.write(0, by_other);
    assert!(!world.fold(&world.entries).is_revoked(&laptop.id()), "nobody revokes another's device");
    world.write(2, five);
    assert!(world.fold(&world.entries).is_revoked(&laptop.id()));
    assert_eq!(world.fold(&world.entries).organisation_of(&laptop.id()), None);
    assert_eq!(at(&world, 6, Authority::Genesis), Standing::Quarantined(Reason::Revoked));
    world.write(2, other_five);
    assert_eq!(at(&world, 5, Authority::Genesis), Standing::Quarantined(Reason::Revoked), "cut just before");
    assert_eq!(at(&world, 4, Authority::Genesis), Standing::Quarantined(Reason::NoAccess), "not by the cut");

    // A new root key that lists the certificate alone: the revocations by the old one end.
    let new = RootKey::from_seed(&[60; 32]);
    let replace = Operation::replace_root(&id(&world, 2), &new, vec![kept.id()]);
    let subject = Subject::Membership(id(&world, 2));
    decide(&mut world, subject, replace, Vec::new());
    let governance = world.fold(&world.entries);
    assert_eq!(governance.root(&id(&world, 2)).0, new.id().0);
    assert_eq!(governance.organisation_of(&laptop.id()), Some(id(&world, 2)));
    let backwards = world.fold(world.entries.iter().rev());
    assert_eq!(backwards.devices(), governance.devices());
    assert_eq!(governance.membership(&id(&world, 2)).unwrap().version, 1, "the membership goes on");
}

#[test]
fn a_branch_stands_by_others_work_and_for_ever_by_a_cut() {
    let mut world = World::founded(4);
    let programme = programme_space(&world.programme);
    admit(&mut world, 2, OrganisationKind::Member);
    admit(&mut world, 3, OrganisationKind::Member);
    let known = acknowledge(&mut world, 2);
    let entry = |kind: &str| {
        let body = Body::Create { document: DocumentId([1; 16]), kind: kind.into() };
        Header { body, ..header(&world, 2, programme, 1, known) }.sign(&world.parties[2].device, Vec::new())
    };
    let (one, other) = (entry("a"), entry("b"));
    let proof = ForkProof::of(one.signed(), other.signed());
    let log = LogId { space: programme, device: device(&world, 2) };
    assert_eq!(proof.check(&world.programme), Ok((log, 1)));
    assert_eq!(
        ForkProof::of(one.signed(), one.signed()).check(&world.programme),
        Err(NoProof::NoContradiction)
    );
    let mut forks = Forks::default();
    for entry in [&one, &other] {
        forks.insert(log, 1, entry.id(), None);
    }
    let governance = world.fold(&world.entries);
    assert_eq!(standing_in(&governance, &forks, one.header()), Standing::Waiting(WaitingFor::Branch));
    forks.built_on(&log, &one.id(), id(&world, 2));
    assert_eq!(forks.branch(&governance, &log, &one.id()), Branch::Undecided, "its own work is no word");
    forks.built_on(&log, &one.id(), id(&world, 3));
    assert_eq!(standing_in(&governance, &forks, one.header()), Standing::InPosition);
    assert_eq!(standing_in(&governance, &forks, other.header()), Standing::Quarantined(Reason::Fork));
    let last = Some(Head { seq: 1, id: other.id() });
    let cuts = vec![Cut { space: programme, device: log.device, last }];
    let subject = Subject::Membership(id(&world, 2));
    decide(&mut world, subject, Operation::Remove, cuts);
    let governance = world.fold(&world.entries);
    assert_eq!(standing_in(&governance, &forks, other.header()), Standing::InPosition, "the cut names it");
    assert_eq!(standing_in(&governance, &forks, one.header()), Standing::Quarantined(Reason::Removed));
}

/// Work beyond a cut stays where somebody built on it before hearing, marked; who knew is reported. A ratified version
/// brings its ancestors, unless the guard refuses.
#[test]
fn what_was_built_on_stays_and_who_knew_is_reported() {
    let mut world = World::founded(4);
    let programme = programme_space(&world.programme);
    for who in [2, 3] {
        admit(&mut world, who, OrganisationKind::Member);
    }
    let (removed, before) = (acknowledge(&mut world, 2), acknowledge(&mut world, 3));
    let subject = Subject::Membership(id(&world, 2));
    decide(&mut world, subject, Operation::Remove, Vec::new());
    let after = acknowledge(&mut world, 3);
    let governance = world.fold(&world.entries);
    let hash = |n: u8| ChangeHash([n; 32]);
    let change = |n: u8, who: usize, deps: &[u8], authority| Candidate {
        hash: hash(n),
        deps: deps.iter().map(|dep| hash(*dep)).collect(),
        device: device(&world, who),
        authority,
        standing: standing(&governance, &header(&world, who, programme, u64::from(n), authority)),
    };
    let admission = Admission::new(&governance, programme);
    let alone = [change(1, 2, &[], removed)];
    assert_eq!(admission.admit(None, &alone).quarantined[&hash(1)], Reason::Removed, "by itself never");
    let innocent = [change(1, 2, &[], removed), change(2, 3, &[1], before)];
    let judged = admission.admit(None, &innocent);
    assert_eq!(judged.admitted, [hash(1), hash(2)]);
    assert_eq!(judged.kept[&hash(1)], Reason::Removed);
    assert!(judged.reported.is_empty());
    let knowing = [change(1, 2, &[], removed), change(3, 3, &[1], after)];
    assert!(admission.admit(None, &knowing).reported[&hash(3)].contains(&hash(1)));
    // The same where it comes after what it is built on was admitted already, on an innocent's account.
    let holds = |held: &ChangeHash| [hash(1), hash(2)].contains(held);
    let authors = BTreeSet::from([device(&world, 2), device(&world, 3)]);
    let beyond = |held: &ChangeHash| (*held == hash(1)).then(|| device(&world, 2));
    let base = Base { holds: &holds, authors: &authors, beyond: &beyond };
    assert!(admission.admit(Some(base), &knowing[1..]).reported[&hash(3)].contains(&hash(1)));
    assert!(admission.admit(Some(base), &[change(4, 3, &[1], before)]).reported.is_empty());
    let heads = [vec![hash(1)]];
    let judged = admission.ratified(&heads).admit(None, &alone);
    assert_eq!((judged.admitted.len(), judged.ratified.as_slice()), (1, &[RatifiedState::Whole][..]));
    let refuses = |_: &ChangeHash| false;
    let judged = admission.ratified(&heads).guard(&refuses).admit(None, &alone);
    assert_eq!((judged.admitted.len(), judged.ratified.as_slice()), (0, &[RatifiedState::Refused][..]));
}

/// What an author acknowledged is known once all of its governance log up to there is held: with a gap in it, it is waited for.
#[test]
fn an_authority_behind_a_gap_is_waited_for() {
    let mut world = World::founded(4);
    let programme = programme_space(&world.programme);
    admit(&mut world, 2, OrganisationKind::Member);
    let Authority::At { id: first, .. } = acknowledge(&mut world, 2) else { panic!("acknowledged") };
    admit(&mut world, 3, OrganisationKind::Member);
    let second = acknowledge(&mut world, 2);
    let judge = |governance: &Governance| standing(governance, &header(&world, 2, programme, 1, second));
    assert_eq!(judge(&world.fold(&world.entries)), Standing::InPosition);
    let gap = world.fold(world.entries.iter().filter(|entry| entry.id() != first));
    assert_eq!(judge(&gap), Standing::Waiting(WaitingFor::Authority));
}

/// Of a log that was cut twice as much is handed on as counts by either cut; and a removal of who forked names the longest branch that
/// is held, so that what it leaves out is no more than it has to be.
#[test]
fn a_log_is_handed_on_as_far_as_any_of_its_periods_counts() {
    let mut world = World::founded(3);
    let programme = programme_space(&world.programme);
    for last in [20, 10] {
        admit(&mut world, 2, OrganisationKind::Member);
        let cuts = vec![cut(&world, 2, programme, last)];
        let subject = Subject::Membership(id(&world, 2));
        decide(&mut world, subject, Operation::Remove, cuts);
        let governance = world.fold(&world.entries);
        let highest = cut(&world, 2, programme, 20).last;
        assert_eq!(
            governance.limit(&programme, &device(&world, 2)),
            Some(highest),
            "after the cut at {last}"
        );
    }
    let governance = world.fold(&world.entries);
    let heads = [7, 9, 8].map(|seq| Head { seq, id: EntryId([seq as u8; 32]) });
    let held = heads.map(|head| (programme, device(&world, 2), head));
    let other = (programme, device(&world, 0), heads[0]);
    let cuts = governance.cuts_for(&id(&world, 2), held.into_iter().chain([other]));
    assert_eq!(cuts, [cut(&world, 2, programme, 9)], "one a log, and of its own logs alone");
}

/// What is made on a change that the guard refuses counts no more than that change, although it would pass by itself.
#[test]
fn what_is_made_on_what_the_guard_refuses_does_not_count() {
    let mut world = World::founded(3);
    let programme = programme_space(&world.programme);
    admit(&mut world, 2, OrganisationKind::Member);
    let known = acknowledge(&mut world, 2);
    let governance = world.fold(&world.entries);
    let hash = |n: u8| ChangeHash([n; 32]);
    let change = |n: u8, deps: &[u8]| Candidate {
        hash: hash(n),
        deps: deps.iter().map(|dep| hash(*dep)).collect(),
        device: device(&world, 2),
        authority: known,
        standing: standing(&governance, &header(&world, 2, programme, u64::from(n), known)),
    };
    let refuses_the_first = |change: &ChangeHash| *change != hash(1);
    let admission = Admission::new(&governance, programme).guard(&refuses_the_first);
    let judged = admission.admit(None, &[change(1, &[]), change(2, &[1]), change(3, &[2]), change(4, &[])]);
    assert_eq!(judged.admitted, [hash(4)]);
    assert_eq!(judged.quarantined[&hash(3)], Reason::Guard);
}

/// What one more record costs does not depend on how many there are.
#[test]
fn one_more_vote_judges_one_slot() {
    let mut world = World::founded(2);
    let costs = |world: &World| {
        let mut governance = Governance::new(world.programme);
        let costs: Vec<u64> = world
            .entries
            .iter()
            .map(|entry| {
                let before = governance.work();
                governance.insert(entry).unwrap();
                governance.work() - before
            })
            .collect();
        costs.into_iter().max().unwrap()
    };
    let mut decided: Vec<DecisionId> = Vec::new();
    for n in 0..20u8 {
        let ratify = Operation::Ratify {
            space: programme_space(&world.programme),
            heads: vec![ChangeHash([n; 32])],
            content: [n; 32],
        };
        let document = DocumentId([n % 2; 16]);
        decided.push(decide(&mut world, Subject::Document(document), ratify, Vec::new()).id());
    }
    assert_eq!(decided.len(), 20);
    assert!(costs(&world) <= 4, "its slot, its version, and the next ones that may stand on it");
}
