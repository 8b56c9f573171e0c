//! What one more record and one more entry touch, counted: the same whatever there is already, except for a cut, a branch
//! that changes, and what had waited for it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::cell::Cell;
use std::collections::BTreeSet;

use accord_core::admission::{Admission, Base, Candidate, Reason, Standing, WaitingFor, standing};
use accord_core::governance::{Governance, Operation, Record, Revocation, Subject};
use accord_core::{
    ActorSeed, Authority, Body, ChangeHash, DeviceCertificate, DeviceId, DeviceKey, DocumentId, Entry,
    Header, programme_space,
};
use support::growing::Growing;

/// A programme of so many decisions, about a device of which so many false records were written.
fn programme(decisions: usize, false_records: u64) -> Growing {
    let mut growing = Growing::new(4);
    growing.grow_to(decisions);
    for time in 0..false_records {
        let record = false_revocation(&growing, time);
        growing.write(5, record);
    }
    for who in 0..6 {
        growing.acknowledge(who);
    }
    growing
}

fn false_revocation(growing: &Growing, time: u64) -> Record {
    let revocation = Revocation {
        programme: growing.world.programme,
        organisation: growing.id(2),
        device: growing.device(2),
        cuts: Vec::new(),
        time,
        why: String::new(),
    };
    Record::revocation(revocation, &growing.world.parties[5].root)
}

fn costs<T>(growing: &mut Growing, act: impl FnOnce(&mut Growing) -> T) -> (u64, T) {
    let before = growing.governance.work();
    let done = act(growing);
    (growing.governance.work() - before, done)
}

/// What each kind of record costs at the end of all others.
fn each_record(growing: &mut Growing) -> Vec<(&'static str, u64)> {
    let ratify = Operation::Ratify {
        space: programme_space(&growing.world.programme),
        heads: vec![ChangeHash([9; 32])],
        content: [9; 32],
    };
    let subject = Subject::Document(DocumentId([200; 16]));
    let (proposal, decision) = costs(growing, |g| g.propose(subject, ratify, Vec::new()));
    let (first, _) = costs(growing, |g| g.vote(0, &decision));
    let (second, _) = costs(growing, |g| g.vote(1, &decision));
    let (acknowledgement, _) = costs(growing, |g| g.acknowledge(2));
    let (root, laptop) = (growing.world.parties[3].root.clone(), DeviceKey::from_seed(&[77; 32]));
    let certificate = Box::new(DeviceCertificate::under(growing.id(3), &root, &laptop, "laptop"));
    let (device, _) = costs(growing, |g| g.write(3, Record::Device { certificate, time: 1 }));
    let record = false_revocation(growing, 1 << 40);
    let (revocation, _) = costs(growing, |g| g.write(5, record));
    vec![
        ("proposal", proposal),
        ("first vote", first),
        ("second vote", second),
        ("acknowledgement", acknowledgement),
        ("device", device),
        ("false revocation", revocation),
    ]
}

#[test]
fn one_more_record_touches_as_much_whatever_there_is() {
    let small = each_record(&mut programme(30, 3));
    let large = each_record(&mut programme(300, 60));
    println!("{small:?}");
    assert_eq!(small, large);
    assert!(small.iter().all(|(_, cost)| *cost <= 4), "{small:?}");
}

fn change(growing: &Growing, who: usize, n: u64, deps: Vec<ChangeHash>, authority: Authority) -> Candidate {
    let header = Header {
        programme: growing.world.programme,
        space: programme_space(&growing.world.programme),
        device: growing.device(who),
        seq: n + 1,
        prev: (n > 0).then_some(accord_core::EntryId([1; 32])),
        authority,
        body: Body::Change { document: DocumentId([1; 16]), generation: 0, change: hash(n) },
    };
    let standing = standing(&growing.governance, &header);
    Candidate { hash: hash(n), deps, device: header.device, authority, standing }
}

fn hash(n: u64) -> ChangeHash {
    let seed = ActorSeed {
        device: DeviceId([0; 32]),
        space: programme_space(&accord_core::ProgrammeId([0; 32])),
        document: DocumentId([0; 16]),
        generation: u32::try_from(n).unwrap(),
    };
    let mut hash = [0; 32];
    hash[..16].copy_from_slice(&seed.actor());
    ChangeHash(hash)
}

/// How many changes were looked at, by what was asked of the guard and of what was admitted before.
fn looked_at(growing: &Growing, held: &[Candidate], more: &[Candidate]) -> (usize, usize) {
    let (guarded, asked) = (Cell::new(0), Cell::new(0));
    let base: BTreeSet<ChangeHash> = held.iter().map(|candidate| candidate.hash).collect();
    let authors: BTreeSet<DeviceId> = held.iter().map(|candidate| candidate.device).collect();
    let guard = |_: &ChangeHash| {
        guarded.set(guarded.get() + 1);
        true
    };
    let holds = |hash: &ChangeHash| {
        asked.set(asked.get() + 1);
        base.contains(hash)
    };
    let admission =
        Admission::new(&growing.governance, programme_space(&growing.world.programme)).guard(&guard);
    let judged = admission.admit(Some(Base { holds: &holds, authors: &authors, beyond: &|_| None }), more);
    assert_eq!(judged.admitted.len(), more.len());
    (guarded.get(), asked.get())
}

#[test]
fn one_more_change_looks_at_itself_whatever_there_is() {
    let mut counts = Vec::new();
    for (decisions, changes) in [(30, 20), (30, 2_000), (300, 20), (300, 2_000)] {
        let mut growing = programme(decisions, 0);
        let known = growing.acknowledge(2);
        let held: Vec<Candidate> = (0..changes)
            .map(|n| change(&growing, 2, n, n.checked_sub(1).map(hash).into_iter().collect(), known))
            .collect();
        let one = change(&growing, 2, changes, vec![hash(changes - 1)], known);
        counts.push(looked_at(&growing, &held, &[one]));
        // From nothing each is looked at once: linear, and no more.
        assert_eq!(looked_at(&growing, &[], &held).0, held.len());
    }
    println!("{counts:?}");
    assert!(counts.windows(2).all(|pair| pair[0] == pair[1]), "{counts:?}");
    assert_eq!(counts[0].0, 1);
}

/// The exceptions. Votes that waited for the first of their chain are each judged once when it comes; changes that waited for
/// their ancestor likewise; and a cut makes what is beyond it be judged again, once each.
#[test]
fn what_waited_and_what_is_cut_is_judged_once_each() {
    let mut growing = Growing::new(1);
    growing.grow_to(60);
    let entries: Vec<Entry> = growing.world.entries.clone();
    let is_first = |entry: &&Entry| match &entry.header().body {
        Body::Governance { record } => match record.as_ref() {
            Record::Vote { vote, .. } => vote.previous.is_none() && vote.secretariat == growing.id(0),
            _ => false,
        },
        _ => false,
    };
    let first = entries.iter().find(is_first).unwrap();
    let mut late = Governance::new(growing.world.programme);
    for entry in entries.iter().filter(|entry| entry.id() != first.id()) {
        late.insert(entry).unwrap();
    }
    assert!(late.in_force().is_empty(), "they wait for one vote");
    let before = late.work();
    late.insert(first).unwrap();
    assert_eq!(late.in_force(), growing.governance.in_force());
    let each = (late.work() - before) as f64 / 60.0;
    println!("{each} judgements for each vote that waited");
    assert!(each <= 4.0);

    let known = growing.acknowledge(2);
    let waiting: Vec<Candidate> = (1..50).map(|n| change(&growing, 2, n, vec![hash(n - 1)], known)).collect();
    let alone = Admission::new(&growing.governance, programme_space(&growing.world.programme));
    let judged = alone.admit(None, &waiting);
    assert!(judged.admitted.is_empty());
    assert!(judged.waiting.values().all(|what| *what == WaitingFor::Ancestor));
    let ancestor = change(&growing, 2, 0, Vec::new(), known);
    let all: Vec<Candidate> = waiting.iter().cloned().chain([ancestor]).collect();
    assert_eq!(looked_at(&growing, &[], &all).0, 50);

    growing.decide(Subject::Membership(growing.id(2)), Operation::Remove, Vec::new());
    let beyond = change(&growing, 2, 9, Vec::new(), known);
    assert_eq!(beyond.standing, Standing::Quarantined(Reason::Removed));
}
