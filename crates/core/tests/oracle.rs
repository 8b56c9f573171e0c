//! The invariants of the design as properties of random programmes, compared with an oracle that recomputes everything
//! from scratch by the text of docs/governance.md.
//!
//! `ACCORD_SEED` replays one story, `ACCORD_SEEDS` sets how many are told. A failure prints its seed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod story;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use accord_core::admission::{Admission, Candidate, Forks, Reason, Standing, standing_in};
use accord_core::governance::{Governance, Operation, Record, Subject};
use accord_core::{
    Body, ChangeHash, DecisionId, DeviceId, Entry, EntryId, LogId, OrganisationId, programme_space,
};
use story::oracle::Oracle;
use story::play::{Play, SPACES};
use story::rights::candidate;
use support::permutations;

/// Says how to tell a story again that failed.
struct Replay(u64, &'static str);

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Replay(seed, test) = self;
            eprintln!(
                "seed {seed}\n  replay: ACCORD_SEED={seed} cargo test -p accord-core --test oracle {test}"
            );
        }
    }
}

/// Tells stories, some with people in them who keep to no rule.
fn stories(test: &'static str, hostile: bool, count: u64, check: impl Fn(&mut Play)) {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (first, count) = match number("ACCORD_SEED") {
        Some(seed) => (seed, number("ACCORD_SEEDS").unwrap_or(1)),
        None => (0, number("ACCORD_SEEDS").unwrap_or(count)),
    };
    println!("seeds {first} to {}", first + count - 1);
    for seed in first..first + count {
        let replay = Replay(seed, test);
        let mut play = Play::new(seed, hostile);
        let steps = 20 + play.random.below(60);
        play.run(steps);
        check(&mut play);
        drop(replay);
    }
}

fn fold<'a>(play: &Play, entries: impl IntoIterator<Item = &'a Entry>) -> Governance {
    let mut governance = play.governance();
    for entry in entries {
        let _ = governance.insert(entry);
    }
    governance
}

fn record(entry: &Entry) -> &Record {
    match &entry.header().body {
        Body::Governance { record } => record,
        _ => unreachable!("a governance log"),
    }
}

/// What there is to compare of two folds.
fn state(governance: &Governance, play: &Play) -> String {
    let organisations: Vec<OrganisationId> = play.parties.iter().map(|party| party.root.id()).collect();
    let devices: Vec<DeviceId> = play.devices.iter().map(accord_core::DeviceKey::id).collect();
    let slots: Vec<_> =
        governance.in_force().iter().map(|id| governance.decision(id).unwrap().status).collect();
    let next: Vec<_> = organisations
        .iter()
        .map(|who| governance.next_slot(&Subject::Membership(*who)))
        .chain([governance.next_slot(&Subject::Constitution), governance.next_recovery_slot()])
        .collect();
    let known: Vec<_> = devices.iter().map(|device| governance.unacknowledged(device)).collect();
    let constitutions: Vec<_> = governance.constitutions().iter().map(|c| c.reference).collect();
    let spaces: BTreeSet<_> = governance.spaces().collect();
    format!(
        "{:?} {:?} {slots:?} {next:?} {known:?} {constitutions:?} {spaces:?} {:?} {:?} {:?}",
        governance.in_force(),
        governance.equivocations(),
        governance.memberships(),
        governance.owners(),
        governance.devices(),
    )
}

fn forks(play: &Play, ratified: &[EntryId]) -> Forks {
    let mut forks = Forks::default();
    for (id, header) in &play.written.headers {
        let log = LogId { space: header.space, device: header.device };
        forks.insert(log, header.seq, *id, header.prev);
    }
    let log_of = |id: &EntryId| {
        let (_, header) = play.written.headers.iter().find(|(other, _)| other == id).unwrap();
        LogId { space: header.space, device: header.device }
    };
    for (id, who) in &play.written.built {
        forks.built_on(&log_of(id), id, *who);
    }
    for id in ratified {
        forks.ratified(&log_of(id), id);
    }
    forks
}

/// How the changes in the programme's space stand, each made on some before it.
fn candidates(play: &mut Play, governance: &Governance, forks: &Forks) -> Vec<Candidate> {
    let space = programme_space(&play.programme);
    let mut hashes: Vec<ChangeHash> = Vec::new();
    let mut candidates = Vec::new();
    for (_, header) in play.written.headers.iter().filter(|(_, header)| header.space == space) {
        let mut deps: Vec<ChangeHash> = Vec::new();
        for _ in 0..play.random.below(3) {
            deps.extend(play.random.of(&hashes));
        }
        deps.sort_unstable();
        deps.dedup();
        let standing = standing_in(governance, forks, header);
        let candidate = candidate(header, deps, standing).unwrap();
        hashes.push(candidate.hash);
        // What is passed over is an ancestor that is not held.
        if play.random.chance(93) {
            candidates.push(candidate);
        }
    }
    candidates
}

/// The whole state is that of the oracle, from any part of the records, in any order, however often each comes.
#[test]
fn invariant_1_convergence_with_the_oracle() {
    stories("invariant_1_convergence_with_the_oracle", true, 40, |play| {
        let mut held: Vec<Entry> = play.entries.clone();
        let part = play.random.chance(50);
        held.retain(|_| !part || play.random.chance(93));
        let oracle = Oracle::of(play.bounds(), &held);
        let straight = fold(play, &held);
        assert_eq!(straight.in_force(), oracle.in_force());
        let constitutions: Vec<_> = straight.constitutions().iter().map(|c| c.reference).collect();
        assert_eq!(constitutions, oracle.chain.iter().map(|c| c.reference).collect::<Vec<_>>());
        let caught: BTreeSet<_> = straight.equivocations().iter().map(|e| e.secretariat).collect();
        assert_eq!(caught, oracle.equivocators());
        let of_straight = state(&straight, play);
        assert_eq!(state(&fold(play, held.iter().rev()), play), of_straight, "reversed");
        let mut shuffled = held.clone();
        for _ in 0..play.random.below(20) {
            shuffled.extend(play.random.of(&held).cloned());
        }
        play.random.shuffle(&mut shuffled);
        assert_eq!(state(&fold(play, &shuffled), play), of_straight, "shuffled");
        let mut growing = play.governance();
        let often = 1 + shuffled.len() / 4;
        for (at, entry) in shuffled.iter().enumerate() {
            let _ = growing.insert(entry);
            if at % often == often - 1 {
                let so_far = Oracle::of(play.bounds(), &shuffled[..=at]);
                assert_eq!(growing.in_force(), so_far.in_force(), "on the way");
            }
        }
    });
}

/// Owners, parts and access now, by the oracle.
#[test]
fn invariant_1_rights_follow_the_text() {
    stories("invariant_1_rights_follow_the_text", true, 80, |play| {
        let oracle = Oracle::of(play.bounds(), &play.entries);
        let governance = fold(play, &play.entries);
        for device in play.devices.iter().map(accord_core::DeviceKey::id) {
            assert_eq!(governance.owner(&device), oracle.owner(&device));
            assert_eq!(governance.is_revoked(&device), oracle.is_revoked(&device));
            assert_eq!(governance.is_surplus(&device), oracle.is_surplus(&device));
        }
        let spaces = [SPACES[0], SPACES[1], programme_space(&play.programme)];
        for who in play.parties.iter().map(|party| party.root.id()) {
            let part = oracle.part(&who, None);
            assert_eq!(governance.membership(&who).map(|m| (m.term, m.kind)), part.map(|p| (p.0, p.1)));
            let private = accord_core::private_space(&play.programme, &play.parties[2].root.id());
            for space in spaces.iter().chain([&private]) {
                let (read, write, _) = oracle.access(&who, space, None);
                assert_eq!(
                    (governance.may_read(&who, space), governance.may_write(&who, space)),
                    (read, write)
                );
                let wrote = governance.ever_wrote(&who, space, accord_core::governance::Knowledge::Now);
                assert_eq!(wrote, oracle.ever_wrote(&who, space, None));
            }
        }
    });
}

/// Every entry stands as the oracle says, by periods, cuts, revocations and branches, and so do the changes of a document.
#[test]
fn invariant_1_standing_and_admission_follow_the_text() {
    let test = "invariant_1_standing_and_admission_follow_the_text";
    stories(test, true, 100, |play| {
        let oracle = Oracle::of(play.bounds(), &play.entries);
        let governance = fold(play, &play.entries);
        let mut ratified: Vec<EntryId> = Vec::new();
        for _ in 0..play.random.below(3) {
            ratified.extend(play.random.of(&play.written.headers).map(|(id, _)| *id));
        }
        let forks = forks(play, &ratified);
        for (at, (_, header)) in play.written.headers.iter().enumerate() {
            let expected = oracle.standing_of(&play.written, &ratified, at);
            assert_eq!(standing_in(&governance, &forks, header), expected, "entry {at}");
        }
        let space = programme_space(&play.programme);
        let candidates = candidates(play, &governance, &forks);
        let refused = play.random.below(40) as u8;
        let guard = |hash: &ChangeHash| hash.0[0] != refused;
        let mut heads: Vec<Vec<ChangeHash>> = Vec::new();
        for _ in 0..play.random.below(3) {
            heads.extend(play.random.of(&candidates).map(|candidate| vec![candidate.hash]));
        }
        let admission = Admission::new(&governance, space).guard(&guard).ratified(&heads);
        let judged = admission.admit(None, &candidates);
        let (admitted, states, reported) = oracle.admitted(&space, &candidates, &heads, &guard);
        assert_eq!(judged.admitted.iter().copied().collect::<BTreeSet<_>>(), admitted);
        assert_eq!(judged.ratified, states);
        assert_eq!(judged.reported.keys().copied().collect::<BTreeSet<_>>(), reported);
        let mut backwards = candidates.clone();
        play.random.shuffle(&mut backwards);
        assert_eq!(admission.admit(None, &backwards), judged);
    });
}

fn votes_of(play: &Play, who: &OrganisationId) -> impl Fn(&&Entry) -> bool {
    let who = *who;
    let _ = play;
    move |entry| !matches!(record(entry), Record::Vote { vote, .. } if vote.secretariat == who)
}

/// The orders in which a node that joins late may hear everything: the worst that we could think of.
fn orders(play: &mut Play) -> Vec<(&'static str, Vec<Entry>)> {
    let kind = |entry: &Entry| match record(entry) {
        Record::Acknowledge { .. } => 0,
        Record::Vote { .. } => 1,
        Record::Revoke { .. } => 2,
        Record::Device { .. } => 3,
        Record::Proposal { .. } => 4,
        Record::Genesis { .. } | Record::Unknown(_) => 5,
    };
    let under = |entry: &Entry| match record(entry) {
        Record::Vote { vote, .. } => vote.constitution.version,
        Record::Proposal { decision, .. } if decision.subject == Subject::Constitution => decision.version,
        _ => 0,
    };
    let straight = play.entries.clone();
    let reversed: Vec<Entry> = straight.iter().rev().cloned().collect();
    let mut votes_first = straight.clone();
    votes_first.sort_by_key(kind);
    let mut votes_backwards = reversed.clone();
    votes_backwards.sort_by_key(kind);
    let mut later_constitutions_first = straight.clone();
    later_constitutions_first.sort_by_key(|entry| std::cmp::Reverse(under(entry)));
    let mut one_log_last = straight.clone();
    let last = play.random.of(&play.devices).unwrap().id();
    one_log_last.sort_by_key(|entry| entry.header().device == last);
    let mut by_log = straight.clone();
    by_log.sort_by_key(|entry| (entry.header().device, std::cmp::Reverse(entry.header().seq)));
    let mut random = straight.clone();
    random.extend(straight.iter().take(10).cloned());
    play.random.shuffle(&mut random);
    vec![
        ("reversed", reversed),
        ("votes before what they are about", votes_first),
        ("the same backwards", votes_backwards),
        ("later constitutions first", later_constitutions_first),
        ("one log last", one_log_last),
        ("log by log, each backwards", by_log),
        ("at random", random),
    ]
}

/// Who joins late and hears everything in the worst order ends in the same state as who was there all along, to the changes
/// admitted of a document; and no order costs more than a bounded number of judgements a record.
#[test]
fn a_late_joiner_ends_alike_in_the_worst_order() {
    stories("a_late_joiner_ends_alike_in_the_worst_order", true, 30, |play| {
        let there = fold(play, &play.entries);
        let expected = state(&there, play);
        let forks = forks(play, &[]);
        let space = programme_space(&play.programme);
        let candidates = candidates(play, &there, &forks);
        let admitted = Admission::new(&there, space).admit(None, &candidates);
        for (order, entries) in orders(play) {
            let late = fold(play, &entries);
            assert_eq!(state(&late, play), expected, "{order}");
            let judged = candidates.iter().map(|candidate| {
                let of = |(_, header): &&(EntryId, accord_core::Header)| {
                    matches!(header.body, Body::Change { change, .. } if change == candidate.hash)
                };
                let (_, header) = play.written.headers.iter().find(of).unwrap();
                Candidate { standing: standing_in(&late, &forks, header), ..candidate.clone() }
            });
            let mut judged: Vec<Candidate> = judged.collect();
            play.random.shuffle(&mut judged);
            assert_eq!(Admission::new(&late, space).admit(None, &judged), admitted, "{order}");
            let rebuilt = late.constitutions().iter().any(|c| c.recovery.is_some());
            let caught = !late.equivocations().is_empty();
            assert!(rebuilt || caught || late.work() <= 6 * entries.len() as u64, "{order}");
        }
    });
}

/// Every order of some records after all others, before them, and between the halves of them.
#[test]
fn every_order_of_a_few_records_ends_alike() {
    stories("every_order_of_a_few_records_ends_alike", true, 12, |play| {
        let mut rest = play.entries.clone();
        play.random.shuffle(&mut rest);
        let few = rest.split_off(rest.len().saturating_sub(4));
        let expected = state(&fold(play, &play.entries), play);
        let cuts = [0, rest.len() / 2, rest.len()];
        let before = cuts.map(|cut| fold(play, &rest[..cut]));
        let mut orders = 0;
        permutations(few, &mut Vec::new(), &mut |order| {
            orders += 1;
            for (governance, cut) in before.iter().zip(cuts) {
                let mut governance = governance.clone();
                for entry in order.iter().chain(&rest[cut..]) {
                    let _ = governance.insert(entry);
                }
                assert_eq!(state(&governance, play), expected, "order {orders}, after {cut}");
            }
        });
        assert_eq!(orders, 24);
    });
}

/// Every decision in force carries a valid vote of each secretariat of a constitution; a recovery, of the survivor's.
#[test]
fn invariant_2_every_decision_in_force_has_every_vote() {
    stories("invariant_2_every_decision_in_force_has_every_vote", true, 40, |play| {
        let oracle = Oracle::of(play.bounds(), &play.entries);
        for id in play.now.in_force() {
            let signed = oracle.signed_for(&id);
            let under = oracle.chain.iter().map(|c| c.charter.seats.iter().map(|s| s.card.organisation.id));
            let whole = under.map(|seats| seats.collect::<BTreeSet<_>>()).any(|all| all.is_subset(&signed));
            match &play.now.decision(&id).unwrap().decision.operation {
                Operation::Recover { recovery, .. } => {
                    let survivor = signed.iter().any(|who| *who != recovery.lost);
                    assert!(survivor && signed.len() >= 3, "a survivor and two of the quorum");
                }
                _ => assert!(whole),
            }
        }
    });
}

#[test]
fn invariant_3_one_decision_for_each_version() {
    stories("invariant_3_one_decision_for_each_version", true, 60, |play| {
        let mut seen = BTreeSet::new();
        for id in play.now.in_force() {
            let decision = play.now.decision(&id).unwrap().decision;
            assert!(seen.insert((decision.subject.clone(), decision.version)));
            if let Some(parent) = decision.parent {
                assert!(play.now.is_in_force(&parent), "on one in force");
            }
        }
    });
}

/// Among people who keep to the rules, in whatever order one hears them, what is in force stays so.
#[test]
fn invariant_4_without_equivocation_nothing_is_undone() {
    stories("invariant_4_without_equivocation_nothing_is_undone", false, 30, |play| {
        assert!(play.now.equivocations().is_empty(), "nobody voted twice");
        let mut entries = play.entries.clone();
        for _ in 0..2 {
            let mut governance = play.governance();
            let mut before: BTreeSet<DecisionId> = BTreeSet::new();
            for entry in &entries {
                governance.insert(entry).unwrap();
                let now = governance.in_force();
                assert!(before.is_subset(&now));
                before = now;
            }
            play.random.shuffle(&mut entries);
        }
    });
}

/// Without one secretariat's votes nothing is in force that was decided under a constitution that names it: not with all
/// other records there are.
#[test]
fn invariant_5_nothing_takes_effect_without_the_other() {
    stories("invariant_5_nothing_takes_effect_without_the_other", true, 40, |play| {
        for who in play.parties[..2].iter().map(|party| party.root.id()) {
            let without = fold(play, play.entries.iter().filter(votes_of(play, &who)));
            let recovered = without.constitutions().iter().any(|c| c.recovery.is_some());
            assert!(recovered || without.in_force().is_empty());
        }
    });
}

/// What is beyond the cut of a removal or revocation, whatever it says of itself, changes no document where nobody else
/// built on it and no version contains it.
#[test]
fn invariant_6_nothing_beyond_a_cut_counts_by_itself() {
    stories("invariant_6_nothing_beyond_a_cut_counts_by_itself", true, 60, |play| {
        let governance = fold(play, &play.entries);
        let forks = forks(play, &[]);
        let space = programme_space(&play.programme);
        let candidates = candidates(play, &governance, &forks);
        let mut alone: BTreeMap<DeviceId, Vec<Candidate>> = BTreeMap::new();
        for candidate in candidates {
            let beyond = Standing::Quarantined(Reason::Removed);
            if [beyond, Standing::Quarantined(Reason::Revoked)].contains(&candidate.standing) {
                alone.entry(candidate.device).or_default().push(candidate);
            }
        }
        for beyond in alone.values() {
            let judged = Admission::new(&governance, space).admit(None, beyond);
            assert!(judged.admitted.is_empty());
        }
    });
}

/// The admitted set is closed under dependencies, in an order that can be applied, and every change is in one state.
#[test]
fn invariant_7_the_admitted_set_is_closed() {
    stories("invariant_7_the_admitted_set_is_closed", true, 60, |play| {
        let governance = fold(play, &play.entries);
        let forks = forks(play, &[]);
        let candidates = candidates(play, &governance, &forks);
        let heads: Vec<Vec<ChangeHash>> = candidates.first().map(|c| vec![c.hash]).into_iter().collect();
        let admission = Admission::new(&governance, programme_space(&play.programme)).ratified(&heads);
        let judged = admission.admit(None, &candidates);
        let deps: BTreeMap<ChangeHash, &Vec<ChangeHash>> =
            candidates.iter().map(|c| (c.hash, &c.deps)).collect();
        let mut before = BTreeSet::new();
        for hash in &judged.admitted {
            assert!(deps[hash].iter().all(|dep| before.contains(dep)));
            assert!(!judged.waiting.contains_key(hash) && !judged.quarantined.contains_key(hash));
            before.insert(*hash);
        }
        assert_eq!(before.len() + judged.waiting.len() + judged.quarantined.len(), candidates.len());
    });
}

/// A node that holds the changes and then hears of the end, and one that hears of the end first, judge alike: what stands
/// is asked of the records alone, and no earlier answer is kept.
#[test]
fn invariant_8_removal_first_or_data_first() {
    stories("invariant_8_removal_first_or_data_first", true, 40, |play| {
        let ends = |entry: &&Entry| match record(entry) {
            Record::Proposal { decision, .. } => {
                matches!(decision.operation, Operation::Remove | Operation::Withdraw { .. })
            }
            Record::Revoke { .. } => true,
            _ => false,
        };
        let (first, then): (Vec<&Entry>, Vec<&Entry>) = play.entries.iter().partition(ends);
        let ends_first = fold(play, first.iter().chain(&then).copied());
        let data_first = fold(play, then.iter().chain(&first).copied());
        let forks = forks(play, &[]);
        for (_, header) in &play.written.headers {
            let standing = standing_in(&ends_first, &forks, header);
            assert_eq!(standing, standing_in(&data_first, &forks, header));
        }
    });
}

/// Who keeps to the rules never has two votes in one slot, whatever the others do.
#[test]
fn invariant_9_an_honest_secretariat_never_votes_twice() {
    stories("invariant_9_an_honest_secretariat_never_votes_twice", false, 10, |play| {
        for (at, entry) in play.entries.iter().enumerate() {
            let Record::Vote { vote, .. } = record(entry) else { continue };
            let before = fold(play, &play.entries[..at]);
            if let accord_core::governance::Choice::For(id) = vote.choice {
                // The same again, from a state that holds the vote, as after a crash.
                let mut after = before.clone();
                let _ = after.insert(entry);
                let again = after.cast(&vote.secretariat, &entry.header().device, &id, None, 9);
                assert!(again.is_err());
            }
        }
        assert!(play.now.equivocations().is_empty());
    });
}

/// Among people who keep to the rules, who has always had the same access and acknowledged it has no entry in quarantine.
#[test]
fn invariant_11_good_standing_never_ends_in_quarantine() {
    stories("invariant_11_good_standing_never_ends_in_quarantine", false, 60, |play| {
        let governance = fold(play, &play.entries);
        let forks = forks(play, &[]);
        for (_, header) in &play.written.headers {
            let Some(owner) = governance.owner(&header.device) else { continue };
            let ended = !governance.ending_cuts(&owner, &header.space, &header.device).is_empty();
            let knowledge = accord_core::governance::Knowledge::Of(&header.device, &header.authority);
            let could = governance.access(&owner, &header.space, knowledge).write;
            let ended =
                ended || governance.is_revoked(&header.device) || governance.is_surplus(&header.device);
            if could && !ended {
                assert_eq!(standing_in(&governance, &forks, header), Standing::InPosition);
            }
        }
    });
}
