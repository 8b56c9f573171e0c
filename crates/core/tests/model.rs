//! The voting rules, tried exhaustively within bounds: two secretariats, one subject beside the constitution, two
//! rounds; every order of voting, refusing and delivering. A crash before a vote is durable is a vote not cast, one after
//! it a vote not delivered; both are among the orders tried.
//!
//! What is checked in every state reached: the fold does not depend on the order (invariant 1); each decision in force has
//! both votes (2, 5); at most one for each version of a subject (3); without proof of equivocation nothing that was in
//! force for somebody is not in force for who knows more (4); an honest secretariat never votes twice (9).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use accord_core::governance::{
    Charter, Choice, ConstitutionRef, Decision, Genesis, Governance, Operation, Record, Recovery, Seat, Slot,
    SlotState, Subject, Vote,
};
use accord_core::{
    Authority, Body, Card, DecisionId, DeviceKey, Header, OrganisationKind, RootId, VoteId, decode, encode,
    governance_space,
};
use support::Party;

/// Votes, by their number in the model.
type Set = BTreeSet<usize>;

fn with(set: &Set, vote: usize) -> Set {
    set.iter().copied().chain([vote]).collect()
}

struct Model {
    parties: Vec<Party>,
    /// The signing device that B moves to under the new constitution.
    moved: DeviceKey,
    decisions: Vec<Decision>,
    base: Governance,
    votes: Vec<Vote>,
    index: BTreeMap<VoteId, usize>,
    folds: BTreeMap<Set, Rc<Governance>>,
}

fn entry(genesis: &Genesis, record: Record) -> accord_core::Entry {
    let courier = DeviceKey::from_seed(&[77; 32]);
    Header {
        programme: genesis.id(),
        space: governance_space(&genesis.id()),
        device: courier.id(),
        seq: 1,
        prev: None,
        authority: Authority::Genesis,
        body: Body::Governance { record: Box::new(record) },
    }
    .sign(&courier, Vec::new())
}

impl Model {
    fn new(quorum: bool) -> Self {
        let mut parties: Vec<Party> =
            (0..4).map(|n| Party::new(n + 1, ["A", "B", "M", "Q"][usize::from(n)])).collect();
        let lower = parties[0].root.id() < parties[1].root.id();
        if !lower {
            parties.swap(0, 1);
        }
        let mut genesis = Genesis::new("P", parties[0].card.clone(), parties[1].card.clone(), [9; 16]);
        if quorum {
            genesis = genesis.with_recovery(vec![parties[3].card.clone()], 1);
        }
        let mut base = Governance::new(genesis.id());
        for party in &parties[..2] {
            base.insert(&entry(&genesis, Record::genesis(genesis.clone(), &party.root, 1))).unwrap();
        }
        let moved = DeviceKey::from_seed(&[66; 32]);
        let mut model = Self {
            parties,
            moved,
            decisions: Vec::new(),
            base,
            votes: Vec::new(),
            index: BTreeMap::new(),
            folds: BTreeMap::new(),
        };
        let member = &model.parties[2].card.clone();
        let admit = |kind| Operation::Admit { card: Box::new(member.clone()), kind };
        let about = Subject::Membership(member.organisation.id);
        let both = [
            model.decision(about.clone(), 1, admit(OrganisationKind::Member)),
            model.decision(about.clone(), 1, admit(OrganisationKind::Observer)),
            model.decision(about, 2, admit(OrganisationKind::Member)),
            model.decision(Subject::Constitution, 1, Operation::Constitute(Box::new(model.charter(2)))),
            model.decision(Subject::Constitution, 2, Operation::Constitute(Box::new(model.charter(3)))),
        ];
        for decision in both {
            model.propose(decision);
        }
        model
    }

    fn decision(&self, subject: Subject, round: u32, operation: Operation) -> Decision {
        Decision { subject, version: 1, round, parent: None, membership: None, operation, cuts: Vec::new() }
    }

    fn propose(&mut self, decision: Decision) {
        assert_eq!(decode::<Decision>(&encode(&decision)).unwrap(), decision, "its one encoding");
        let record = Record::proposal(decision.clone(), &self.parties[0].device, 1);
        let genesis = self.base.genesis().unwrap().clone();
        self.base.insert(&entry(&genesis, record)).unwrap();
        self.decisions.push(decision);
    }

    fn charter(&self, guard_rule: u32) -> Charter {
        let (a, b) = (&self.parties[0], &self.parties[1]);
        let card = Card::new(&b.root, &self.moved, "B", "Organisation B").unwrap();
        let seat = |card: Card| Seat { root: RootId(card.organisation.id.0), card };
        Charter { seats: vec![seat(a.card.clone()), seat(card)], guard_rule, keeps: Vec::new() }
    }

    fn sign(&self, vote: Vote) -> Record {
        let party = self.parties.iter().find(|p| p.root.id() == vote.secretariat).unwrap();
        if vote.subject == Subject::Constitution {
            return Record::root_vote(vote, &party.root);
        }
        let moved = vote.constitution.version > 0 && vote.secretariat == self.parties[1].root.id();
        let key = if moved { &self.moved } else { &party.device };
        Record::vote(vote, key)
    }

    fn add(&mut self, vote: Vote) -> usize {
        let id = vote.id();
        let next = self.votes.len();
        let at = *self.index.entry(id).or_insert(next);
        if at == next {
            self.votes.push(vote);
        }
        at
    }

    /// The fold over a set of votes; reached by every path that is tried, and each must give the same.
    fn fold(&mut self, set: &Set, more: usize) -> Rc<Governance> {
        let all = with(set, more);
        let mut governance = self.folded(set).as_ref().clone();
        let genesis = governance.genesis().unwrap().clone();
        let _ = governance.insert(&entry(&genesis, self.sign(self.votes[more].clone())));
        if let Some(held) = self.folds.get(&all) {
            assert_eq!(held.in_force(), governance.in_force(), "the order decided");
            assert_eq!(held.constitutions(), governance.constitutions(), "the order decided");
            assert_eq!(held.equivocations(), governance.equivocations(), "the order decided");
            return Rc::clone(held);
        }
        let governance = Rc::new(governance);
        self.folds.insert(all, Rc::clone(&governance));
        governance
    }

    fn folded(&mut self, set: &Set) -> Rc<Governance> {
        if let Some(held) = self.folds.get(set) {
            return Rc::clone(held);
        }
        let mut before = set.clone();
        match before.pop_last() {
            None => Rc::new(self.base.clone()),
            Some(last) => self.fold(&before, last),
        }
    }

    fn of(&self, who: usize, set: &Set) -> usize {
        let id = self.parties[who].root.id();
        set.iter().filter(|at| self.votes[**at].secretariat == id).count()
    }

    /// What an honest party may cast, knowing `known`.
    fn honest(&mut self, who: usize, known: &Set) -> Vec<usize> {
        let governance = self.folded(known);
        let party = &self.parties[who];
        let (root, moved) = (party.root.id(), who == 1 && governance.constitutions().len() > 1);
        let device = if moved { self.moved.id() } else { party.device.id() };
        let mut cast = Vec::new();
        for decision in &self.decisions {
            for refusal in [None, Some("no".to_owned())] {
                cast.extend(governance.cast(&root, &device, &decision.id(), refusal, 1));
            }
        }
        cast.into_iter().map(|vote| self.add(vote)).collect()
    }

    /// What B may cast who keeps to nothing: any choice in any slot under any constitution, after its last vote or as if
    /// that had never been, citing whatever kills, or nothing.
    fn malicious(&mut self, known: &Set, fork: bool) -> Vec<usize> {
        let governance = self.folded(known);
        let root = self.parties[1].root.id();
        let programme = governance.programme();
        let tip = governance.last_vote(&root);
        let references: Vec<ConstitutionRef> =
            governance.constitutions().iter().map(|c| c.reference).collect();
        let mut votes = Vec::new();
        for decision in &self.decisions {
            let (subject, version, round) = (decision.subject.clone(), 1, decision.round);
            let mut killed: BTreeSet<VoteId> = BTreeSet::new();
            for (subject, round) in [(&subject, round - 1), (&Subject::Constitution, 1)] {
                let slot = Slot { subject: subject.clone(), version, round };
                if let SlotState::Dead(by) = governance.slot(&slot) {
                    killed.extend(by);
                }
            }
            for choice in [Choice::For(decision.id()), Choice::Refuse("no".into())] {
                for constitution in &references {
                    for previous in [tip, None].into_iter().take(if fork && tip.is_some() { 2 } else { 1 }) {
                        votes.push(Vote {
                            programme,
                            secretariat: root,
                            subject: subject.clone(),
                            version,
                            round,
                            constitution: *constitution,
                            previous,
                            choice: choice.clone(),
                            killed_by: killed.iter().copied().collect(),
                            time: 1,
                        });
                    }
                }
            }
        }
        votes.into_iter().map(|vote| self.add(vote)).collect()
    }

    /// The invariants, where some know `known` and everything together is `all`.
    fn check(&mut self, known: &[Set], all: &Set, honest: &[usize]) {
        let together = self.folded(all);
        let equivocations = together.equivocations();
        for who in honest {
            let id = self.parties[*who].root.id();
            assert!(equivocations.iter().all(|e| e.secretariat != id), "an honest secretariat voted twice");
        }
        for equivocation in &equivocations {
            let proof = together.proof(equivocation).unwrap();
            assert_eq!(self.base.check_proof(&proof).or_else(|_| together.check_proof(&proof)), Ok(()));
        }
        let mut slots: BTreeSet<(Subject, u32)> = BTreeSet::new();
        for id in together.in_force() {
            let decision = self.decisions.iter().find(|d| d.id() == id).unwrap();
            assert!(slots.insert((decision.subject.clone(), decision.version)), "two in force");
            if matches!(decision.operation, Operation::Recover { .. }) {
                continue;
            }
            for party in &self.parties[..2] {
                let voted = all.iter().any(|at| {
                    let vote = &self.votes[*at];
                    vote.secretariat == party.root.id() && vote.choice == Choice::For(id)
                });
                assert!(voted, "in force without both");
            }
        }
        let recovered = together.constitutions().iter().any(|c| c.recovery.is_some());
        if equivocations.is_empty() && !recovered {
            for known in known {
                let before = self.folded(known);
                assert!(before.in_force().is_subset(&together.in_force()), "{}", self.story(all));
            }
        }
    }

    fn story(&self, set: &Set) -> String {
        let name = |id: &DecisionId| self.decisions.iter().position(|d| d.id() == *id);
        let lines = set.iter().map(|at| {
            let vote = &self.votes[*at];
            let who = self.parties.iter().position(|p| p.root.id() == vote.secretariat);
            let choice = match &vote.choice {
                Choice::For(id) => format!("for {:?}", name(id)),
                Choice::Refuse(_) => "refuses".to_owned(),
            };
            format!("{who:?} round {} under {}: {choice}", vote.round, vote.constitution.version)
        });
        format!("what was in force is not any more: {}", lines.collect::<Vec<_>>().join("; "))
    }
}

/// Tries everything from nothing. `b` gives what B may cast; both get what the other cast one by one, in any order; a B
/// that keeps to no rule knows everything at once.
fn explore(
    mut model: Model,
    most: [usize; 2],
    b: impl Fn(&mut Model, &Set) -> Vec<usize>,
    b_honest: bool,
) -> usize {
    let mut seen: BTreeSet<[Set; 2]> = BTreeSet::new();
    let mut next: Vec<[Set; 2]> = vec![[Set::new(), Set::new()]];
    while let Some(mut state) = next.pop() {
        let all: Set = state[0].union(&state[1]).copied().collect();
        if !b_honest {
            state[1].clone_from(&all);
        }
        if !seen.insert(state.clone()) {
            continue;
        }
        model.check(&state, &all, if b_honest { &[0, 1] } else { &[0] });
        for who in 0..2 {
            if model.of(who, &all) < most[who] {
                let cast = if who == 0 { model.honest(0, &state[0]) } else { b(&mut model, &state[1]) };
                for vote in cast.into_iter().filter(|vote| !all.contains(vote)) {
                    let after = model.fold(&all, vote);
                    let before = model.folded(&all);
                    let grows = before.in_force().is_subset(&after.in_force());
                    assert!(grows || !after.equivocations().is_empty(), "{}", model.story(&with(&all, vote)));
                    let mut state = state.clone();
                    state[who].insert(vote);
                    next.push(state);
                }
            }
            for vote in all.difference(&state[who]) {
                let mut state = state.clone();
                state[who].insert(*vote);
                next.push(state);
            }
        }
    }
    seen.len()
}

#[test]
fn honest_secretariats_in_every_order() {
    let states = explore(Model::new(false), [2, 2], |model, known| model.honest(1, known), true);
    println!("{states} states");
}

#[test]
fn a_malicious_secretariat_that_does_not_vote_twice_cannot_undo_anything() {
    let states = explore(Model::new(false), [2, 2], |model, known| model.malicious(known, false), false);
    println!("{states} states");
}

#[test]
fn a_secretariat_that_votes_twice_is_found_out_and_decides_nothing_alone() {
    let states = explore(Model::new(false), [1, 2], |model, known| model.malicious(known, true), false);
    println!("{states} states");
}

/// A has signed an admission, B is lost, and A recovers with the quorum, naming no vote of B and its own as open; then B's
/// vote turns up after all. Tried in every order of the votes.
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

fn recovery(names_last: bool) {
    let mut model = Model::new(true);
    let cast = |governance: &Governance, party: &Party, id: &DecisionId| {
        governance.cast(&party.root.id(), &party.device.id(), id, None, 1).unwrap()
    };
    let admission = model.decisions[0].clone();
    let own = cast(&model.base, &model.parties[0], &admission.id());
    let of_b = cast(&model.base, &model.parties[1], &admission.id());
    let mut charter = model.charter(1);
    charter.seats[1] =
        Seat { root: RootId(model.parties[2].root.id().0), card: model.parties[2].card.clone() };
    charter.seats.sort_by_key(|seat| seat.card.organisation.id);
    let last_vote = names_last.then(|| of_b.id());
    let recovery = Recovery { lost: model.parties[1].root.id(), last_vote, open_votes: vec![own.id()] };
    let operation = Operation::Recover { recovery: Box::new(recovery), charter: Box::new(charter) };
    let decision = model.base.draft(Subject::Constitution, operation, Vec::new());
    model.propose(decision.clone());
    let own_at = model.add(own);
    let alone = model.folded(&with(&Set::new(), own_at));
    let of_a = cast(&alone, &model.parties[0], &decision.id());
    let of_q = cast(&alone, &model.parties[3], &decision.id());
    let votes: Vec<usize> = [of_a, of_q, of_b].into_iter().map(|vote| model.add(vote)).collect();
    let all: Vec<usize> = std::iter::once(own_at).chain(votes).collect();
    // Every path to every set of the votes is folded, and compared where paths meet.
    let mut next: Vec<Set> = vec![Set::new()];
    let mut seen: BTreeSet<Set> = BTreeSet::new();
    while let Some(set) = next.pop() {
        if !seen.insert(set.clone()) {
            continue;
        }
        model.check(&[], &set, &[0, 1]);
        for vote in all.iter().filter(|at| !set.contains(at)) {
            model.fold(&set, *vote);
            next.push(with(&set, *vote));
        }
    }
    let everything: Set = all.iter().copied().collect();
    let without_recovery = model.folded(&[all[0], all[3]].into());
    assert!(without_recovery.is_in_force(&admission.id()), "both signed it");
    let end = model.folded(&everything);
    assert!(end.is_in_force(&decision.id()));
    if names_last {
        assert!(end.is_in_force(&admission.id()), "the last vote that counts");
        return;
    }
    assert!(!end.is_in_force(&admission.id()), "the lost secretariat's vote came after the last that counts");
    let (slot, _, killed_by) = end.next_slot(&admission.subject);
    assert_eq!((slot.round, killed_by.len()), (2, 1), "the open vote died, and people vote again");
    assert!(end.secretariats().contains(&model.parties[2].root.id()));
}
