//! The governance fold: scenarios, and its invariants as properties against a naive oracle.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use accord_core::governance::{
    CastError, Choice, ConstitutionRef, Decision, DecisionStatus, Record, Slot, Subject, Vote,
};
use accord_core::{Authority, Body, DecisionId, Entry, OrganisationId, OrganisationKind, VoteId};
use proptest::prelude::*;
use support::World;

const MEMBER: OrganisationKind = OrganisationKind::Member;

#[test]
fn before_both_signatures_nothing_is_in_force() {
    let mut world = World::founded(3);
    let decision = world.admission(2, 1, 1, None, MEMBER);
    world.propose(0, decision.clone());
    world.raw_vote(0, &decision, Choice::For(decision.id()), None);
    world.raw_vote(1, &decision, Choice::For(decision.id()), None);
    // Entry 1 is the second signature under the genesis.
    let without: Vec<&Entry> =
        world.entries.iter().enumerate().filter(|(at, _)| *at != 1).map(|(_, e)| e).collect();
    let governance = world.fold(without);
    assert!(!governance.founded());
    assert!(governance.in_force().is_empty());
    assert!(world.fold(&world.entries).is_in_force(&decision.id()));
}

#[test]
fn one_secretariat_alone_decides_nothing_even_by_voting_twice() {
    let mut world = World::founded(3);
    let decision = world.admission(2, 1, 1, None, MEMBER);
    world.propose(0, decision.clone());
    let first = world.raw_vote(0, &decision, Choice::For(decision.id()), None);
    world.raw_vote(0, &decision, Choice::For(decision.id()), Some(first));
    let governance = world.fold(&world.entries);
    assert!(governance.in_force().is_empty());
    assert_eq!(
        governance.equivocations().len(),
        1,
        "the second vote in one slot is proof against its author"
    );
    assert_eq!(governance.organisation_of(&world.parties[2].device.id()), None);
}

#[test]
fn a_refusal_kills_the_slot_and_the_next_round_decides() {
    let mut world = World::founded(3);
    let (ca, cmi) = (world.parties[0].clone(), world.parties[1].clone());
    let first = world.admission(2, 1, 1, None, MEMBER);
    world.propose(0, first.clone());
    let governance = world.fold(&world.entries);
    let no =
        governance.cast(&cmi.root.id(), &cmi.device.id(), &first.id(), Some("too early".into()), 5).unwrap();
    world.write(1, Record::vote(no, &cmi.device));
    let governance = world.fold(&world.entries);
    assert_eq!(governance.decision(&first.id()).unwrap().status, DecisionStatus::Dead);
    let late = governance.cast(&ca.root.id(), &ca.device.id(), &first.id(), None, 6);
    assert_eq!(late, Err(CastError::Settled));
    let (slot, parent, killed_by) = governance.next_slot(&first.subject);
    assert_eq!((slot.round, parent, killed_by.len()), (2, None, 1));
    let second = world.admission(2, 1, 2, None, MEMBER);
    world.propose(0, second.clone());
    for (who, party) in [(0, &ca), (1, &cmi)] {
        let governance = world.fold(&world.entries);
        let vote = governance.cast(&party.root.id(), &party.device.id(), &second.id(), None, 7).unwrap();
        assert_eq!(vote.killed_by, killed_by);
        world.write(who, Record::vote(vote, &party.device));
    }
    let governance = world.fold(&world.entries);
    assert_eq!(governance.decision(&second.id()).unwrap().status, DecisionStatus::InForce);
    assert_eq!(governance.decision(&first.id()).unwrap().status, DecisionStatus::Superseded);
    let again = governance.cast(&ca.root.id(), &ca.device.id(), &second.id(), None, 8);
    assert_eq!(again, Err(CastError::AlreadyVoted));
}

#[test]
fn only_a_secretariat_from_its_signing_device_can_vote() {
    let mut world = World::founded(3);
    let decision = world.admission(2, 1, 1, None, MEMBER);
    world.propose(0, decision.clone());
    let governance = world.fold(&world.entries);
    let (ca, partner) = (&world.parties[0], &world.parties[2]);
    let cast = |organisation: OrganisationId, device: accord_core::DeviceId| {
        governance.cast(&organisation, &device, &decision.id(), None, 1)
    };
    assert_eq!(cast(partner.root.id(), partner.device.id()), Err(CastError::NotASecretariat));
    assert_eq!(cast(ca.root.id(), partner.device.id()), Err(CastError::NotTheSigningDevice));
    // A vote in a secretariat's name signed by another key does not count.
    let vote = governance.cast(&ca.root.id(), &ca.device.id(), &decision.id(), None, 1).unwrap();
    let record = Record::vote(vote, &partner.device.clone());
    world.write(2, record);
    world.raw_vote(1, &decision, Choice::For(decision.id()), None);
    assert!(world.fold(&world.entries).in_force().is_empty());
}

#[test]
fn an_author_writes_under_what_its_log_acknowledged_before() {
    let mut world = World::founded(3);
    let decision = world.admission(2, 1, 1, None, MEMBER);
    world.propose(0, decision.clone());
    world.raw_vote(0, &decision, Choice::For(decision.id()), None);
    world.raw_vote(1, &decision, Choice::For(decision.id()), None);
    let device = world.parties[2].device.id();
    let governance = world.fold(&world.entries);
    assert_eq!(governance.acknowledged().latest(&device), Authority::Genesis);
    let record = governance.unacknowledged(&device).unwrap();
    let entry = world.write(2, record);
    let governance = world.fold(&world.entries);
    assert_eq!(governance.unacknowledged(&device), None);
    let authority = governance.acknowledged().latest(&device);
    assert_eq!(authority, Authority::At { position: 1, id: entry.id() });
    assert!(governance.acknowledged().knew(&device, &authority, &decision.id()));
    assert!(!governance.acknowledged().knew(&device, &Authority::Genesis, &decision.id()));
}

/// What is done at random. Parties are taken modulo their number, choices from what there is.
#[derive(Debug, Clone)]
enum Step {
    Propose {
        partner: u8,
        observer: bool,
        round: u8,
    },
    /// A second version on top of one that may or may not be in force.
    ProposeNext {
        on: u8,
    },
    Vote {
        who: bool,
        decision: u8,
    },
    Refuse {
        who: bool,
        decision: u8,
    },
    /// A vote that ignores what was voted before.
    Equivocate {
        who: bool,
        decision: u8,
        forked_chain: bool,
    },
}

fn steps(equivocation: bool) -> impl Strategy<Value = Vec<Step>> {
    let honest = prop_oneof![
        3 => (0..2u8, any::<bool>(), 1..4u8).prop_map(|(partner, observer, round)| Step::Propose { partner, observer, round }),
        1 => any::<u8>().prop_map(|on| Step::ProposeNext { on }),
        6 => (any::<bool>(), any::<u8>()).prop_map(|(who, decision)| Step::Vote { who, decision }),
        2 => (any::<bool>(), any::<u8>()).prop_map(|(who, decision)| Step::Refuse { who, decision }),
    ];
    let any_step = if equivocation {
        prop_oneof![
            4 => honest,
            1 => (any::<bool>(), any::<u8>(), any::<bool>())
                .prop_map(|(who, decision, forked_chain)| Step::Equivocate { who, decision, forked_chain }),
        ]
        .boxed()
    } else {
        honest.boxed()
    };
    prop::collection::vec(any_step, 1..24)
}

/// Carries out the steps: an honest voter goes by the whole state.
fn play(steps: &[Step]) -> (World, Vec<Decision>) {
    let mut world = World::founded(4);
    let mut decisions: Vec<Decision> = Vec::new();
    let mut tips: [Option<VoteId>; 2] = [None, None];
    for step in steps {
        match step {
            Step::Propose { partner, observer, round } => {
                let kind = if *observer { OrganisationKind::Observer } else { MEMBER };
                let decision =
                    world.admission(2 + usize::from(partner % 2), 1, u32::from(*round), None, kind);
                world.propose(0, decision.clone());
                decisions.push(decision);
            }
            Step::ProposeNext { on } if !decisions.is_empty() => {
                let base = decisions[usize::from(*on) % decisions.len()].clone();
                let decision =
                    Decision { version: base.version + 1, round: 1, parent: Some(base.id()), ..base };
                world.propose(1, decision.clone());
                decisions.push(decision);
            }
            Step::Vote { who, decision } | Step::Refuse { who, decision } if !decisions.is_empty() => {
                let decision = &decisions[usize::from(*decision) % decisions.len()];
                let who = usize::from(*who);
                let party = world.parties[who].clone();
                let refusal = matches!(step, Step::Refuse { .. }).then(|| "no".to_owned());
                let governance = world.fold(&world.entries);
                if let Ok(vote) =
                    governance.cast(&party.root.id(), &party.device.id(), &decision.id(), refusal, 4)
                {
                    tips[who] = Some(vote.id());
                    world.write(who, Record::vote(vote, &party.device));
                }
            }
            Step::Equivocate { who, decision, forked_chain } if !decisions.is_empty() => {
                let decision = decisions[usize::from(*decision) % decisions.len()].clone();
                let who = usize::from(*who);
                let previous = if *forked_chain { None } else { tips[who] };
                let id = world.raw_vote(who, &decision, Choice::For(decision.id()), previous);
                if !forked_chain {
                    tips[who] = Some(id);
                }
            }
            _ => {}
        }
    }
    (world, decisions)
}

/// Whether the vote's chain, and all that it cites, is held.
fn held(votes: &BTreeMap<VoteId, &Vote>, vote: &Vote) -> bool {
    let before = vote.previous.iter().all(|id| {
        votes.get(id).is_some_and(|before| before.secretariat == vote.secretariat && held(votes, before))
    });
    before && vote.killed_by.iter().all(|id| votes.get(id).is_some_and(|cited| held(votes, cited)))
}

/// Whether a vote counts: it is held, and cites votes that count and kill the round before, if there is one.
fn counts(votes: &BTreeMap<VoteId, &Vote>, vote: &Vote) -> bool {
    let cited = vote.killed_by.iter().filter_map(|id| votes.get(id)).filter(|cited| {
        let before = Slot { round: vote.round - 1, ..vote.slot() };
        cited.slot() == before && counts(votes, cited)
    });
    let choices: BTreeSet<Option<DecisionId>> =
        cited.map(|cited| if let Choice::For(id) = cited.choice { Some(id) } else { None }).collect();
    held(votes, vote) && (vote.round == 1 || choices.len() > 1 || choices.contains(&None))
}

/// The decisions in force, computed from scratch in the plainest way.
fn oracle(world: &World, entries: &[&Entry]) -> BTreeSet<DecisionId> {
    let records: Vec<&Record> = entries
        .iter()
        .filter_map(|entry| match &entry.header().body {
            Body::Governance { record } => Some(record.as_ref()),
            _ => None,
        })
        .collect();
    let signed: BTreeSet<OrganisationId> = records
        .iter()
        .filter_map(|r| if let Record::Genesis { organisation, .. } = r { Some(*organisation) } else { None })
        .collect();
    if signed.len() < 2 {
        return BTreeSet::new();
    }
    let decisions: BTreeMap<DecisionId, &Decision> = records
        .iter()
        .filter_map(|r| {
            if let Record::Proposal { decision, .. } = r {
                Some((decision.id(), decision.as_ref()))
            } else {
                None
            }
        })
        .collect();
    let votes: BTreeMap<VoteId, &Vote> = records
        .iter()
        .filter_map(
            |r| if let Record::Vote { vote, .. } = r { Some((vote.id(), vote.as_ref())) } else { None },
        )
        .collect();
    let counts = |vote: &Vote| counts(&votes, vote);
    let complete = |decision: &Decision| {
        let slot =
            Slot { subject: decision.subject.clone(), version: decision.version, round: decision.round };
        (0..2).all(|who| {
            votes.values().any(|vote| {
                vote.secretariat == world.parties[who].root.id()
                    && vote.slot() == slot
                    && vote.constitution == ConstitutionRef::GENESIS
                    && vote.choice == Choice::For(decision.id())
                    && counts(vote)
            })
        })
    };
    let subjects: BTreeSet<&Subject> = decisions.values().map(|d| &d.subject).collect();
    let mut in_force = BTreeSet::new();
    for subject in subjects {
        let mut parent = None;
        for version in 1.. {
            let fitting = decisions.iter().filter(|(_, d)| {
                d.subject == *subject && d.version == version && d.parent == parent && complete(d)
            });
            // The highest round, and in it the lowest id of those that are complete.
            let best = fitting.max_by(|(a, x), (b, y)| x.round.cmp(&y.round).then(b.cmp(a)));
            let Some((id, _)) = best else { break };
            in_force.insert(*id);
            parent = Some(*id);
        }
    }
    in_force
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Invariant 1, convergence: any order and duplication of any subset gives the state that the oracle computes.
    #[test]
    fn the_fold_is_a_function_of_the_set(
        steps in steps(true),
        order in any::<prop::sample::Index>(),
        keep in prop::collection::vec(prop::bool::weighted(0.9), 64),
        seed in any::<u64>(),
    ) {
        let (world, _) = play(&steps);
        let held: Vec<&Entry> =
            world.entries.iter().enumerate().filter(|(at, _)| keep[at % keep.len()]).map(|(_, entry)| entry).collect();
        let expected = oracle(&world, &held);
        let straight = world.fold(held.iter().copied());
        prop_assert_eq!(&straight.in_force(), &expected);
        let mut shuffled: Vec<&Entry> = held.clone();
        shuffled.extend(held.iter().copied().take(order.index(held.len() + 1)));
        let mut state = seed;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        let other = world.fold(shuffled.iter().copied());
        prop_assert_eq!(&other.in_force(), &expected);
        prop_assert_eq!(other.equivocations(), straight.equivocations());
        prop_assert_eq!(other.memberships(), straight.memberships());
    }

    /// Invariants 2, 3 and 5: every decision in force has a vote of each secretariat; at most one for each subject and
    /// version; and without the votes of one secretariat nothing is.
    #[test]
    fn nothing_is_in_force_without_both(steps in steps(true), without in 0..2usize) {
        let (world, decisions) = play(&steps);
        let governance = world.fold(&world.entries);
        let mut seen = BTreeSet::new();
        for id in governance.in_force() {
            let decision = decisions.iter().find(|d| d.id() == id).unwrap();
            prop_assert!(seen.insert((decision.subject.clone(), decision.version)));
            let votes = governance.decision(&id).unwrap().votes;
            prop_assert_eq!(votes.len(), 2);
        }
        let of_one = |entry: &&Entry| match &entry.header().body {
            Body::Governance { record } => match record.as_ref() {
                Record::Vote { vote, .. } => vote.secretariat != world.parties[without].root.id(),
                _ => true,
            },
            _ => true,
        };
        prop_assert!(world.fold(world.entries.iter().filter(of_one)).in_force().is_empty());
    }

    /// Invariant 4: without equivocation the set in force only grows as entries come.
    #[test]
    fn without_equivocation_the_set_in_force_only_grows(steps in steps(false)) {
        let (world, _) = play(&steps);
        prop_assert!(world.fold(&world.entries).equivocations().is_empty());
        let mut governance = accord_core::governance::Governance::new(world.programme);
        let mut before = BTreeSet::new();
        for entry in &world.entries {
            governance.insert(entry).unwrap();
            let now = governance.in_force();
            prop_assert!(before.is_subset(&now));
            before = now;
        }
    }
}
