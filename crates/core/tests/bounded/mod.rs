//! What the bounded model is made of: records by number, the fold over every set of them that is reached, and what each side
//! may cast.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use accord_core::governance::{
    Charter, Choice, ConstitutionRef, Decision, Equivocation, Genesis, Governance, Operation, Record, Seat,
    Slot, Subject, Vote,
};
use accord_core::{
    Authority, Body, Card, DecisionId, DeviceKey, Entry, Header, OrganisationId, OrganisationKind, RecordId,
    RootId, VoteId, decode, encode, governance_space,
};

use crate::support::Party;

/// Records, by their number in the model, in order.
pub(crate) type Set = Vec<u16>;

pub(crate) fn with(set: &Set, item: u16) -> Set {
    let mut all = set.clone();
    if let Err(at) = all.binary_search(&item) {
        all.insert(at, item);
    }
    all
}

/// The most folds that are kept: one that is missing is made again.
const KEPT: usize = 4_000;

#[derive(Clone)]
pub(crate) enum Item {
    Proposal(Decision),
    Vote(Vote),
}

/// What is compared of folds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) in_force: BTreeSet<DecisionId>,
    pub(crate) constitutions: Vec<ConstitutionRef>,
    pub(crate) equivocations: BTreeSet<Equivocation>,
    pub(crate) recovered: bool,
}

/// Who comes by the constitution that is proposed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// B goes on with another signing device.
    Device,
    /// C takes the place of B.
    Successor,
}

pub(crate) const A: usize = 0;
pub(crate) const B: usize = 1;
pub(crate) const C: usize = 2;
/// Whoever recovers a lost secretariat with the other one.
pub(crate) const Q: usize = 3;

pub(crate) struct Model {
    pub(crate) parties: Vec<Party>,
    change: Change,
    /// The signing device that B moves to under the new constitution.
    moved: DeviceKey,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) base: Governance,
    pub(crate) items: Vec<Item>,
    /// The records as entries, by the same numbers.
    entries: Vec<Entry>,
    index: HashMap<RecordId, u16>,
    facts: HashMap<Set, Rc<Facts>>,
    edges: HashSet<(Set, u16)>,
    folds: HashMap<Set, Rc<Governance>>,
    casts: HashMap<(usize, Set), Rc<[u16]>>,
}

pub(crate) fn entry(genesis: &Genesis, record: Record) -> Entry {
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
    pub(crate) fn new(change: Change, quorum: bool) -> Self {
        let mut parties: Vec<Party> =
            (0..5).map(|n| Party::new(n + 1, ["A", "B", "C", "Q", "M"][usize::from(n)])).collect();
        if parties[A].root.id() > parties[B].root.id() {
            parties.swap(A, B);
        }
        let mut genesis = Genesis::new("P", parties[A].card.clone(), parties[B].card.clone(), [9; 16]);
        if quorum {
            genesis = genesis.with_recovery(vec![parties[Q].card.clone()], 1);
        }
        let mut base = Governance::new(genesis.id());
        for party in &parties[..2] {
            base.insert(&entry(&genesis, Record::genesis(genesis.clone(), &party.root, 1))).unwrap();
        }
        Self {
            parties,
            change,
            moved: DeviceKey::from_seed(&[66; 32]),
            decisions: Vec::new(),
            base,
            items: Vec::new(),
            entries: Vec::new(),
            index: HashMap::new(),
            facts: HashMap::new(),
            edges: HashSet::new(),
            folds: HashMap::new(),
            casts: HashMap::new(),
        }
    }

    /// The admission of M in a round, as a member or an observer.
    pub(crate) fn admission(&self, round: u32, kind: OrganisationKind) -> Decision {
        let card = Box::new(self.parties[4].card.clone());
        let subject = Subject::Membership(card.organisation.id);
        let operation = Operation::Admit { card, kind };
        Decision { subject, version: 1, round, parent: None, membership: None, operation, cuts: Vec::new() }
    }

    /// The constitution in a round.
    pub(crate) fn constitution(&self, round: u32) -> Decision {
        let operation = Operation::Constitute(Box::new(self.charter(1 + round)));
        let subject = Subject::Constitution;
        Decision { subject, version: 1, round, parent: None, membership: None, operation, cuts: Vec::new() }
    }

    pub(crate) fn charter(&self, guard_rule: u32) -> Charter {
        let seat = |card: Card| Seat { root: RootId(card.organisation.id.0), card };
        let (b, c) = (&self.parties[B], &self.parties[C]);
        let other = match self.change {
            Change::Device => Card::new(&b.root, &self.moved, "B", "Organisation B").unwrap(),
            Change::Successor => c.card.clone(),
        };
        let mut seats = vec![seat(self.parties[A].card.clone()), seat(other)];
        seats.sort_by_key(|seat| seat.card.organisation.id);
        Charter { seats, guard_rule, keeps: Vec::new() }
    }

    /// Puts a decision up that everybody has heard of.
    pub(crate) fn known(&mut self, decision: Decision) {
        let record = self.record(&Item::Proposal(decision.clone()));
        let genesis = self.base.genesis().unwrap().clone();
        self.base.insert(&entry(&genesis, record)).unwrap();
        self.decisions.push(decision);
    }

    /// Puts a decision up that nobody has heard of yet.
    pub(crate) fn loose(&mut self, decision: Decision) -> u16 {
        assert_eq!(decode::<Decision>(&encode(&decision)).unwrap(), decision, "its one encoding");
        self.decisions.push(decision.clone());
        self.add(Item::Proposal(decision))
    }

    fn record(&self, item: &Item) -> Record {
        let vote = match item {
            Item::Proposal(decision) => {
                return Record::proposal(decision.clone(), &self.parties[A].device, 1);
            }
            Item::Vote(vote) => vote.clone(),
        };
        let party = self.parties.iter().find(|p| p.root.id() == vote.secretariat).unwrap();
        if vote.subject == Subject::Constitution {
            return Record::root_vote(vote, &party.root);
        }
        let of_b = vote.secretariat == self.parties[B].root.id();
        let moved = self.change == Change::Device && vote.constitution.version > 0 && of_b;
        let key = if moved { &self.moved } else { &party.device };
        Record::vote(vote, key)
    }

    pub(crate) fn add(&mut self, item: Item) -> u16 {
        let record = self.record(&item);
        let next = u16::try_from(self.items.len()).unwrap();
        let at = *self.index.entry(record.id()).or_insert(next);
        if at == next {
            self.entries.push(entry(self.base.genesis().unwrap(), record));
            self.items.push(item);
        }
        at
    }

    pub(crate) fn vote(&self, item: u16) -> Option<&Vote> {
        match &self.items[usize::from(item)] {
            Item::Vote(vote) => Some(vote),
            Item::Proposal(_) => None,
        }
    }

    fn insert(&self, governance: &mut Governance, item: u16) {
        // A vote whose key no constitution names does not count.
        let _ = governance.insert(&self.entries[usize::from(item)]);
    }

    pub(crate) fn folded(&mut self, set: &Set) -> Rc<Governance> {
        if let Some(held) = self.folds.get(set) {
            return Rc::clone(held);
        }
        let mut governance = self.base.clone();
        for item in set {
            self.insert(&mut governance, *item);
        }
        self.keep(set.clone(), governance)
    }

    fn keep(&mut self, set: Set, governance: Governance) -> Rc<Governance> {
        if self.folds.len() >= KEPT {
            self.folds.clear();
        }
        let governance = Rc::new(governance);
        self.folds.insert(set, Rc::clone(&governance));
        governance
    }

    /// Folds one more record over a set. Every path to a set gives the same, and without proof of equivocation, a recovery
    /// aside, nothing that was in force is not in force any more.
    pub(crate) fn fold(&mut self, set: &Set, more: u16) -> Rc<Facts> {
        let all = with(set, more);
        if !self.edges.insert((set.clone(), more)) {
            return self.facts(&all);
        }
        let before = self.facts(set);
        let mut governance = self.folded(set).as_ref().clone();
        self.insert(&mut governance, more);
        let after = Facts {
            in_force: governance.in_force(),
            constitutions: governance.constitutions().iter().map(|c| c.reference).collect(),
            equivocations: governance.equivocations(),
            recovered: governance.constitutions().iter().any(|c| c.recovery.is_some()),
        };
        let grows = before.in_force.is_subset(&after.in_force);
        let excepted = !after.equivocations.is_empty() || after.recovered;
        assert!(grows || excepted, "went out of force: {}", self.story(&all));
        if let Some(held) = self.facts.get(&all) {
            assert_eq!(**held, after, "the order decided: {}", self.story(&all));
            return Rc::clone(held);
        }
        if !self.folds.contains_key(&all) {
            self.keep(all.clone(), governance);
        }
        let after = Rc::new(after);
        self.facts.insert(all, Rc::clone(&after));
        after
    }

    pub(crate) fn facts(&mut self, set: &Set) -> Rc<Facts> {
        if let Some(held) = self.facts.get(set) {
            return Rc::clone(held);
        }
        let governance = self.folded(set);
        let facts = Rc::new(Facts {
            in_force: governance.in_force(),
            constitutions: governance.constitutions().iter().map(|c| c.reference).collect(),
            equivocations: governance.equivocations(),
            recovered: governance.constitutions().iter().any(|c| c.recovery.is_some()),
        });
        self.facts.insert(set.clone(), Rc::clone(&facts));
        facts
    }

    pub(crate) fn cast_by(&self, who: usize, set: &Set) -> usize {
        let id = self.parties[who].root.id();
        set.iter().filter(|at| self.vote(**at).is_some_and(|vote| vote.secretariat == id)).count()
    }

    /// What an honest party may cast, knowing `known`.
    pub(crate) fn honest(&mut self, who: usize, known: &Set) -> Rc<[u16]> {
        let key = (who, known.clone());
        if let Some(cast) = self.casts.get(&key) {
            return Rc::clone(cast);
        }
        let governance = self.folded(known);
        let party = &self.parties[who];
        let moved = self.change == Change::Device && who == B && governance.constitutions().len() > 1;
        let (root, device) = (party.root.id(), if moved { self.moved.id() } else { party.device.id() });
        let mut cast = Vec::new();
        for decision in &self.decisions {
            for refusal in [None, Some("no".to_owned())] {
                cast.extend(governance.cast(&root, &device, &decision.id(), refusal, 1));
            }
        }
        let cast: Rc<[u16]> = cast.into_iter().map(|vote| self.add(Item::Vote(vote))).collect();
        self.casts.insert(key, Rc::clone(&cast));
        cast
    }

    /// What a party may cast that keeps to nothing: any choice in any slot under any constitution that names it, after its last
    /// vote or, with `fork`, as if that had never been; citing nothing, or all that there is of the round before and of the
    /// constitution.
    pub(crate) fn lawless(&mut self, who: usize, known: &Set, fork: bool) -> Rc<[u16]> {
        let key = (who + if fork { 20 } else { 10 }, known.clone());
        if let Some(cast) = self.casts.get(&key) {
            return Rc::clone(cast);
        }
        let governance = self.folded(known);
        let root = self.parties[who].root.id();
        let tip = governance.last_vote(&root);
        let named = governance.constitutions().iter().filter(|c| c.charter.seat(&root).is_some());
        let references: Vec<ConstitutionRef> = named.map(|c| c.reference).collect();
        let mut votes = Vec::new();
        for decision in &self.decisions {
            let mut cites = vec![Vec::new()];
            if decision.round > 1 {
                cites.push(self.cited(known, decision));
            }
            for choice in [Choice::For(decision.id()), Choice::Refuse("no".into())] {
                for (constitution, killed_by) in
                    references.iter().flat_map(|c| cites.iter().map(move |cited| (c, cited)))
                {
                    for previous in [tip, None].into_iter().take(if fork && tip.is_some() { 2 } else { 1 }) {
                        votes.push(Vote {
                            programme: governance.programme(),
                            secretariat: root,
                            subject: decision.subject.clone(),
                            version: decision.version,
                            round: decision.round,
                            constitution: *constitution,
                            previous,
                            choice: choice.clone(),
                            killed_by: killed_by.clone(),
                            time: 1,
                        });
                    }
                }
            }
        }
        let slots: BTreeSet<Slot> = match fork {
            true => BTreeSet::new(),
            false => self.slots_of(&root, known),
        };
        votes.retain(|vote| !slots.contains(&vote.slot()));
        let cast: Rc<[u16]> = votes.into_iter().map(|vote| self.add(Item::Vote(vote))).collect();
        self.casts.insert(key, Rc::clone(&cast));
        cast
    }

    fn slots_of(&self, who: &OrganisationId, known: &Set) -> BTreeSet<Slot> {
        let votes = known.iter().filter_map(|item| self.vote(*item));
        votes.filter(|vote| vote.secretariat == *who).map(Vote::slot).collect()
    }

    /// All votes held of the round before a decision's.
    fn cited(&self, known: &Set, decision: &Decision) -> Vec<VoteId> {
        let before =
            Slot { subject: decision.subject.clone(), version: decision.version, round: decision.round - 1 };
        let of_slot = known.iter().filter_map(|item| self.vote(*item)).filter(|vote| vote.slot() == before);
        let mut cited: Vec<VoteId> = of_slot.map(Vote::id).collect();
        cited.sort_unstable();
        cited
    }

    pub(crate) fn story(&self, set: &Set) -> String {
        let name = |id: &DecisionId| self.decisions.iter().position(|d| d.id() == *id);
        let lines = set.iter().map(|at| match &self.items[usize::from(*at)] {
            Item::Proposal(decision) => format!("{:?} is proposed", name(&decision.id())),
            Item::Vote(vote) => {
                let who = self.parties.iter().position(|p| p.root.id() == vote.secretariat);
                let choice = match &vote.choice {
                    Choice::For(id) => format!("for {:?}", name(id)),
                    Choice::Refuse(_) => "refuses".to_owned(),
                };
                format!("{who:?} round {} under {}: {choice}", vote.round, vote.constitution.version)
            }
        });
        lines.collect::<Vec<_>>().join("; ")
    }
}
