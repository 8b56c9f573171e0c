//! Admission of document changes: a property against a naive oracle that follows the definition word by word.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use accord_core::admission::{
    ActorState, Admitted, Base, Candidate, MAX_GENERATION, Reason, Standing, WaitingFor, admit_document,
    regular, standing,
};
use accord_core::governance::{Choice, Governance, Record};
use accord_core::{
    ActorSeed, Authority, Body, ChangeHash, ChangeMeta, DeviceId, DocumentId, Header, OrganisationKind,
    programme_space,
};
use proptest::prelude::*;
use support::World;

/// Parties 2 and 3 are admitted, 3 as an observer; 4 is proposed only. Everybody acknowledges what is in force.
fn world() -> &'static (World, Governance, Vec<Vec<Authority>>) {
    static WORLD: OnceLock<(World, Governance, Vec<Vec<Authority>>)> = OnceLock::new();
    WORLD.get_or_init(make_world)
}

fn make_world() -> (World, Governance, Vec<Vec<Authority>>) {
    let mut world = World::founded(5);
    for (who, kind) in
        [(2, OrganisationKind::Member), (3, OrganisationKind::Observer), (4, OrganisationKind::Member)]
    {
        let decision = world.admission(who, 1, 1, None, kind);
        world.propose(0, decision.clone());
        for voter in 0..2 {
            let governance = world.fold(&world.entries);
            let party = world.parties[voter].clone();
            if who == 4 && voter == 1 {
                continue;
            }
            let vote =
                governance.cast(&party.root.id(), &party.device.id(), &decision.id(), None, 1).unwrap();
            assert_eq!(vote.choice, Choice::For(decision.id()));
            world.write(voter, Record::vote(vote, &party.device));
        }
    }
    let mut authorities = vec![vec![Authority::Genesis]; 5];
    for (who, known) in authorities.iter_mut().enumerate() {
        let device = world.parties[who].device.id();
        if let Some(record) = world.fold(&world.entries).unacknowledged(&device) {
            let entry = world.write(who, record);
            known.push(Authority::At { position: entry.header().seq, id: entry.id() });
        }
    }
    let governance = world.fold(&world.entries);
    (world, governance, authorities)
}

fn header(world: &World, who: usize, authority: Authority) -> Header {
    Header {
        programme: world.programme,
        space: programme_space(&world.programme),
        device: world.parties[who].device.id(),
        seq: 1,
        prev: None,
        authority,
        body: Body::Change { document: DocumentId([1; 16]), generation: 0, change: ChangeHash([0; 32]) },
    }
}

#[test]
fn who_may_write_is_decided_by_what_the_author_had_acknowledged() {
    let (world, governance, authorities) = world();
    let judge = |who: usize, authority| standing(governance, &header(world, who, authority));
    assert_eq!(
        judge(0, Authority::Genesis),
        Standing::InPosition,
        "a secretariat writes from the founding on"
    );
    assert_eq!(
        judge(2, Authority::Genesis),
        Standing::Quarantined(Reason::NoAccess),
        "not before it knew of it"
    );
    assert_eq!(judge(2, authorities[2][1]), Standing::InPosition);
    assert_eq!(judge(3, authorities[3][1]), Standing::Quarantined(Reason::NoAccess), "an observer reads");
    assert_eq!(judge(4, authorities[4][1]), Standing::Waiting(WaitingFor::Authority), "not admitted yet");
    let Authority::At { position, id } = authorities[2][1] else { panic!("acknowledged") };
    let ahead = Authority::At { position: position + 1, id };
    assert_eq!(judge(2, ahead), Standing::Waiting(WaitingFor::Authority), "that entry is not here yet");
    let other = Authority::At { position, id: accord_core::EntryId([7; 32]) };
    assert_eq!(judge(2, other), Standing::Quarantined(Reason::OtherBranch));
}

#[test]
fn only_the_actors_next_change_is_regular() {
    let (world, _, _) = world();
    let (space, device, document) =
        (programme_space(&world.programme), DeviceId([3; 32]), DocumentId([1; 16]));
    let change = |generation: u32, seq: u64| ChangeMeta {
        hash: ChangeHash([0; 32]),
        actor: ActorSeed { device, space, document, generation }.actor().to_vec(),
        seq,
        start_op: 1,
        max_op: 1,
        deps: Vec::new(),
    };
    let judge = |before, generation, meta: ChangeMeta| {
        regular(before, &space, &device, (&document, generation), &meta)
    };
    let first = judge(ActorState::default(), 0, change(0, 1)).unwrap();
    assert_eq!(first, ActorState { generation: 0, seq: 1 });
    assert_eq!(judge(first, 0, change(0, 3)), Err(Reason::Irregular), "a gap");
    assert_eq!(judge(first, 0, change(0, 1)), Err(Reason::Irregular), "a repetition");
    assert_eq!(judge(first, 0, change(1, 2)), Err(Reason::Irregular), "another generation's actor");
    let second = judge(first, 1, change(1, 1)).unwrap();
    assert_eq!(judge(second, 0, change(0, 2)), Err(Reason::Irregular), "a generation never comes back");
    assert!(judge(second, MAX_GENERATION, change(MAX_GENERATION, 1)).is_ok());
    let endless = judge(second, MAX_GENERATION + 1, change(MAX_GENERATION + 1, 1));
    assert_eq!(endless, Err(Reason::Irregular), "generations have an end");
    let foreign = ChangeMeta { actor: vec![9; 16], ..change(1, 2) };
    assert_eq!(judge(second, 1, foreign), Err(Reason::Irregular), "in another's name");
}

/// A change: its author, which of the author's authorities it is under, and what it was made on.
#[derive(Debug, Clone)]
struct Spec {
    who: usize,
    authority: bool,
    deps: Vec<prop::sample::Index>,
    held: bool,
}

fn specs() -> impl Strategy<Value = Vec<Spec>> {
    let spec = (
        0..5usize,
        any::<bool>(),
        prop::collection::vec(any::<prop::sample::Index>(), 0..3),
        prop::bool::weighted(0.9),
    )
        .prop_map(|(who, authority, deps, held)| Spec { who, authority, deps, held });
    prop::collection::vec(spec, 1..14)
}

fn candidates(
    world: &World,
    governance: &Governance,
    authorities: &[Vec<Authority>],
    specs: &[Spec],
) -> Vec<Candidate> {
    let hash = |at: usize| ChangeHash([at as u8 + 1; 32]);
    let made = specs.iter().enumerate().map(|(at, spec)| {
        let known = &authorities[spec.who];
        let authority = known[usize::from(spec.authority) % known.len()];
        let deps: BTreeSet<ChangeHash> =
            if at == 0 { BTreeSet::new() } else { spec.deps.iter().map(|dep| hash(dep.index(at))).collect() };
        Candidate {
            hash: hash(at),
            deps: deps.into_iter().collect(),
            device: world.parties[spec.who].device.id(),
            authority,
            standing: standing(governance, &header(world, spec.who, authority)),
        }
    });
    made.zip(specs).filter(|(_, spec)| spec.held).map(|(candidate, _)| candidate).collect()
}

/// The admitted set by the definition: B, the entries in position whose ancestors are all held and by devices that had
/// write access as far as the entry's own author knew; and all ancestors of B.
fn oracle(governance: &Governance, candidates: &[Candidate]) -> BTreeSet<ChangeHash> {
    let held: BTreeMap<ChangeHash, &Candidate> = candidates.iter().map(|c| (c.hash, c)).collect();
    let ancestors = |of: &Candidate| -> Option<Vec<&Candidate>> {
        let (mut found, mut next) = (Vec::new(), of.deps.clone());
        while let Some(hash) = next.pop() {
            let candidate = held.get(&hash)?;
            next.extend(&candidate.deps);
            found.push(*candidate);
        }
        Some(found)
    };
    let writer_known_to = |by: &Candidate, device: &DeviceId| {
        if *device == by.device {
            return true;
        }
        let Some(organisation) = governance.organisation_of(device) else { return false };
        let membership = governance.membership(&organisation).unwrap();
        match membership.decision {
            None => true,
            Some(decision) => {
                membership.kind == OrganisationKind::Member
                    && governance.acknowledged().knew(&by.device, &by.authority, &decision)
            }
        }
    };
    let mut admitted = BTreeSet::new();
    for candidate in candidates.iter().filter(|c| c.standing == Standing::InPosition) {
        let Some(ancestors) = ancestors(candidate) else { continue };
        if ancestors.iter().all(|ancestor| writer_known_to(candidate, &ancestor.device)) {
            admitted.insert(candidate.hash);
            admitted.extend(ancestors.iter().map(|ancestor| ancestor.hash));
        }
    }
    admitted
}

fn set(admitted: &Admitted) -> BTreeSet<ChangeHash> {
    admitted.admitted.iter().copied().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// The admitted set is the one of the definition, closed under dependencies and in an order that can be applied;
    /// every change is in exactly one of the three states.
    #[test]
    fn admission_follows_the_definition(specs in specs()) {
        let (world, governance, authorities) = world();
        let candidates = candidates(world, governance, authorities, &specs);
        let judged = admit_document(governance, None, &candidates);
        prop_assert_eq!(set(&judged), oracle(governance, &candidates));
        let deps: BTreeMap<ChangeHash, &Vec<ChangeHash>> = candidates.iter().map(|c| (c.hash, &c.deps)).collect();
        let mut before = BTreeSet::new();
        for hash in &judged.admitted {
            prop_assert!(deps[hash].iter().all(|dep| before.contains(dep)));
            before.insert(*hash);
        }
        let states = judged.admitted.len() + judged.waiting.len() + judged.quarantined.len();
        prop_assert_eq!(states, candidates.len());
    }

    /// Going on from what was admitted before gives the same, or says that it must be judged from nothing.
    #[test]
    fn going_on_from_a_base_gives_the_same(specs in specs(), cut in any::<prop::sample::Index>()) {
        let (world, governance, authorities) = world();
        let candidates = candidates(world, governance, authorities, &specs);
        let first = admit_document(governance, None, &candidates[..cut.index(candidates.len() + 1)]);
        let base = set(&first);
        let authors: BTreeSet<DeviceId> =
            candidates.iter().filter(|c| base.contains(&c.hash)).map(|c| c.device).collect();
        let rest: Vec<Candidate> = candidates.iter().filter(|c| !base.contains(&c.hash)).cloned().collect();
        let holds = |hash: &ChangeHash| base.contains(hash);
        let then = admit_document(governance, Some(Base { holds: &holds, authors: &authors, beyond: &|_| None }), &rest);
        if then.quarantined.values().all(|reason| *reason != Reason::Ancestor) {
            let together: BTreeSet<ChangeHash> = base.union(&set(&then)).copied().collect();
            prop_assert_eq!(together, set(&admit_document(governance, None, &candidates)));
        }
    }
}
