//! The voting rules, tried exhaustively within bounds: two secretariats, one subject beside the constitution, two rounds; every
//! order of proposing, voting, refusing and delivering. A crash before a vote is durable is a vote not cast, one after it a
//! vote not delivered, and what a vote was cast on was durable before it: so all of them are among the orders tried.
//!
//! What is checked wherever a record is added to others: the fold does not depend on the order (invariant 1); without proof of
//! equivocation, a recovery aside, nothing that was in force is not in force any more (4). In every set of records that is
//! reached: each decision in force has the votes of both (2, 5); at most one for each version of a subject (3); an honest
//! secretariat never votes twice (9).
//!
//! `ACCORD_MODEL=wide` tries a vote more on each side, and takes long.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bounded;
mod support;

use std::collections::{BTreeSet, HashSet};

use accord_core::OrganisationKind::{Member, Observer};
use accord_core::RootId;
use accord_core::governance::{Choice, Decision, Governance, Operation, Recovery, Seat, Subject};
use bounded::{A, B, C, Change, Item, Model, Q, Set, with};
use support::Party;

/// One vote more on each side, if that is wanted.
fn bound(votes: usize) -> usize {
    votes + usize::from(std::env::var("ACCORD_MODEL").is_ok_and(|bound| bound == "wide"))
}

/// How a side behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Keeps to the rules, and hears of records one by one, in any order.
    Honest,
    /// Keeps to no rule but one vote a slot, and knows everything at once.
    Lawless,
    /// Keeps to no rule, votes twice, and knows everything at once.
    Forking,
}

/// A model of two admissions of M, one more in the second round, and a constitution.
fn model(change: Change, loose: bool) -> (Model, Set) {
    let mut model = Model::new(change, false);
    let decisions = [
        model.admission(1, Member),
        model.admission(1, Observer),
        model.admission(2, Member),
        model.constitution(1),
    ];
    let mut from = Set::new();
    for decision in decisions {
        if loose {
            from.push(model.loose(decision));
        } else {
            model.known(decision);
        }
    }
    (model, from)
}

/// The invariants of a set of records, of which these parties are honest.
fn check(model: &mut Model, all: &Set, honest: &[usize]) {
    let facts = model.facts(all);
    if !facts.equivocations.is_empty() {
        let together = model.folded(all);
        for equivocation in &facts.equivocations {
            let guilty = honest.iter().any(|who| model.parties[*who].root.id() == equivocation.secretariat);
            assert!(!guilty, "an honest secretariat voted twice");
            let proof = together.proof(equivocation).unwrap();
            assert_eq!(model.base.check_proof(&proof).or_else(|_| together.check_proof(&proof)), Ok(()));
        }
    }
    let mut slots: BTreeSet<(Subject, u32)> = BTreeSet::new();
    for id in &facts.in_force {
        let decision = model.decisions.iter().find(|d| d.id() == *id).unwrap();
        assert!(slots.insert((decision.subject.clone(), decision.version)), "two in force");
        if matches!(decision.operation, Operation::Recover { .. }) {
            continue;
        }
        let voted: BTreeSet<usize> = all
            .iter()
            .filter_map(|at| model.vote(*at))
            .filter(|vote| vote.choice == Choice::For(*id))
            .map(|vote| model.parties.iter().position(|p| p.root.id() == vote.secretariat).unwrap())
            .collect();
        let both = voted.contains(&A) && (voted.contains(&B) || voted.contains(&C));
        assert!(both, "in force without both: {}", model.story(all));
    }
}

/// Tries everything. The parties that keep to the rules have to hear of each record; `most` is how often each party votes.
fn explore(mut model: Model, from: &Set, most: &[(usize, Manner, usize)]) -> usize {
    let honest: Vec<usize> =
        most.iter().filter(|(_, manner, _)| *manner == Manner::Honest).map(|(who, ..)| *who).collect();
    let mut seen: HashSet<(Vec<Set>, Set)> = HashSet::new();
    let mut checked: HashSet<Set> = HashSet::new();
    let mut next = vec![(vec![Set::new(); honest.len()], from.clone())];
    while let Some((knows, all)) = next.pop() {
        if !seen.insert((knows.clone(), all.clone())) {
            continue;
        }
        if checked.insert(all.clone()) {
            check(&mut model, &all, &honest);
        }
        for (who, manner, most) in most {
            if model.cast_by(*who, &all) >= *most {
                continue;
            }
            let at = honest.iter().position(|other| other == who);
            let cast = match at {
                Some(at) => model.honest(*who, &knows[at]),
                None => model.lawless(*who, &all, *manner == Manner::Forking),
            };
            for vote in cast.iter().filter(|vote| !all.contains(vote)) {
                model.fold(&all, *vote);
                let mut knows = knows.clone();
                if let Some(at) = at {
                    model.fold(&knows[at], *vote);
                    knows[at] = with(&knows[at], *vote);
                }
                next.push((knows, with(&all, *vote)));
            }
        }
        for at in 0..honest.len() {
            for item in all.iter().filter(|item| !knows[at].contains(item)) {
                model.fold(&knows[at], *item);
                let mut knows = knows.clone();
                knows[at] = with(&knows[at], *item);
                next.push((knows, all.clone()));
            }
        }
    }
    println!("{} states, {} sets of records", seen.len(), checked.len());
    seen.len()
}

/// Each signs a constitution and votes twice on the other subject, or whatever else an honest one may do.
#[test]
fn honest_secretariats_in_every_order() {
    let (model, from) = model(Change::Device, false);
    let states = explore(model, &from, &[(A, Manner::Honest, bound(3)), (B, Manner::Honest, bound(2))]);
    assert!(states > 10_000, "the model tries something");
}

/// The proposals too are heard of one by one.
#[test]
fn honest_secretariats_that_hear_of_proposals_late() {
    let (model, from) = model(Change::Device, true);
    let states = explore(model, &from, &[(A, Manner::Honest, bound(1)), (B, Manner::Honest, bound(1))]);
    assert!(states > 1_000, "the model tries something");
}

#[test]
fn a_malicious_secretariat_that_does_not_vote_twice_cannot_undo_anything() {
    let (model, from) = model(Change::Device, false);
    let states = explore(model, &from, &[(A, Manner::Honest, bound(2)), (B, Manner::Lawless, bound(2))]);
    assert!(states > 1_000, "the model tries something");
}

/// A constitution replaces B by C, both hostile: votes of the old order let out late, votes under two constitutions, and two
/// rounds on the other subject after the vote on the constitution.
#[test]
fn a_malicious_secretariat_and_its_successor_cannot_undo_anything() {
    let (model, from) = model(Change::Successor, false);
    let sides =
        [(A, Manner::Honest, bound(3)), (B, Manner::Lawless, bound(2)), (C, Manner::Lawless, bound(2))];
    let states = explore(model, &from, &sides);
    assert!(states > 10_000, "the model tries something");
}

#[test]
fn a_secretariat_that_votes_twice_is_found_out_and_decides_nothing_alone() {
    let (model, from) = model(Change::Device, false);
    let states = explore(model, &from, &[(A, Manner::Honest, bound(1)), (B, Manner::Forking, bound(2))]);
    assert!(states > 100, "the model tries something");
}

/// Every set of some records, and every order in which it can come about; gives the fold of all of them.
fn every_order(model: &mut Model, all: &Set) -> std::rc::Rc<Governance> {
    let mut next: Vec<Set> = vec![Set::new()];
    let mut seen: HashSet<Set> = HashSet::new();
    while let Some(set) = next.pop() {
        if !seen.insert(set.clone()) {
            continue;
        }
        check(model, &set, &[A]);
        for item in all.iter().filter(|at| !set.contains(at)) {
            model.fold(&set, *item);
            next.push(with(&set, *item));
        }
    }
    model.folded(all)
}

/// A has signed an admission, B is lost, and A recovers with the quorum, naming no vote of B and its own as open; then B's
/// vote turns up after all. Tried in every order of the records.
#[test]
fn a_recovery_ends_alike_in_every_order() {
    recovery(false);
}

/// The recovery names that vote of B as its last one: what both signed stays in force, even if the recovery is heard of
/// before the vote is.
#[test]
fn a_recovery_that_names_a_last_vote_ends_alike_in_every_order() {
    recovery(true);
}

fn cast(governance: &Governance, party: &Party, decision: &Decision) -> Item {
    let vote = governance.cast(&party.root.id(), &party.device.id(), &decision.id(), None, 1);
    Item::Vote(vote.unwrap())
}

fn recovery(names_last: bool) {
    let mut model = Model::new(Change::Device, true);
    let admission = model.admission(1, Member);
    let proposed = model.loose(admission.clone());
    let parties = model.parties.clone();
    let known = model.folded(&vec![proposed]);
    let (own, of_b) = (cast(&known, &parties[A], &admission), cast(&known, &parties[B], &admission));
    let (own, of_b) = (model.add(own), model.add(of_b));
    let mut charter = model.charter(1);
    let at = charter.seats.iter().position(|s| s.card.organisation.id == parties[B].root.id()).unwrap();
    charter.seats[at] = Seat { root: RootId(parties[C].root.id().0), card: parties[C].card.clone() };
    charter.seats.sort_by_key(|seat| seat.card.organisation.id);
    let id = |model: &Model, at| model.vote(at).unwrap().id();
    let last_vote = names_last.then(|| id(&model, of_b));
    let lost = parties[B].root.id();
    let recovery = Recovery { lost, last_vote, open_votes: vec![id(&model, own)] };
    let operation = Operation::Recover { recovery: Box::new(recovery), charter: Box::new(charter) };
    let decision = model.base.draft(Subject::Constitution, operation, Vec::new());
    let recovers = model.loose(decision.clone());
    let alone = model.folded(&vec![proposed, own, recovers]);
    let (of_a, of_q) = (cast(&alone, &parties[A], &decision), cast(&alone, &parties[Q], &decision));
    let (of_a, of_q) = (model.add(of_a), model.add(of_q));
    let mut all: Set = vec![proposed, own, of_b, recovers, of_a, of_q];
    all.sort_unstable();
    let end = every_order(&mut model, &all);
    let without_recovery = model.folded(&vec![proposed, own, of_b]);
    assert!(without_recovery.is_in_force(&admission.id()), "both signed it");
    assert!(end.is_in_force(&decision.id()));
    if names_last {
        assert!(end.is_in_force(&admission.id()), "the last vote that counts");
        return;
    }
    assert!(!end.is_in_force(&admission.id()), "the lost secretariat's vote came after the last that counts");
    let (slot, _, killed_by) = end.next_slot(&admission.subject);
    assert_eq!((slot.round, killed_by.len()), (2, 1), "the open vote died, and people vote again");
    assert!(end.secretariats().contains(&parties[C].root.id()));
}
