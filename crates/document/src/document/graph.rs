//! Which change builds on which, kept beside Automerge's own graph because we ask it other things.
//!
//! Every change carries its clock: for each author, the number of the last change that it builds on.
//! So "is this an ancestor of that" is one look-up and never a walk through history.

use std::collections::HashMap;
use std::sync::Arc;

use automerge::Automerge;

use crate::{ChangeMeta, Hash};

/// What a version contains: for each author (by number), how many of their changes.
pub(crate) type Clock = Vec<u32>;

#[derive(Debug, Clone, Default)]
pub(crate) struct Graph {
    numbers: HashMap<Hash, u32>,
    /// In an order in which each comes after what it builds on.
    nodes: Vec<Node>,
    actors: Vec<Arc<[u8]>>,
    actor_numbers: HashMap<Arc<[u8]>, u32>,
    /// Each author's changes, by sequence number from 1.
    chains: Vec<Vec<u32>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) hash: Hash,
    pub(crate) actor: u32,
    /// From 1.
    pub(crate) seq: u32,
    pub(crate) max_op: u64,
    pub(crate) time: i64,
    /// With the change itself. Shorter than the list of authors: the rest is 0.
    clock: Arc<[u32]>,
}

impl Graph {
    pub(crate) fn of(am: &Automerge) -> Self {
        let mut graph = Self::default();
        for meta in am.get_changes_meta(&[]) {
            let deps: Vec<Hash> = meta.deps.iter().map(|dep| dep.0).collect();
            graph.insert(meta.hash.0, meta.actor.to_bytes(), &deps, meta.max_op, meta.timestamp);
        }
        graph
    }

    pub(crate) fn add(&mut self, meta: &ChangeMeta) {
        self.insert(meta.hash, &meta.actor, &meta.deps, meta.max_op, meta.timestamp);
    }

    fn insert(&mut self, hash: Hash, actor: &[u8], deps: &[Hash], max_op: u64, time: i64) {
        if self.numbers.contains_key(&hash) {
            return;
        }
        let mut clock = self.clock_of(deps);
        let actor = self.actor_number(actor);
        let number = number(self.nodes.len());
        let chain = &mut self.chains[actor as usize];
        chain.push(number);
        let seq = self::number(chain.len());
        let at = actor as usize;
        if clock.len() <= at {
            clock.resize(at + 1, 0);
        }
        clock[at] = seq;
        self.numbers.insert(hash, number);
        self.nodes.push(Node { hash, actor, seq, max_op, time, clock: clock.into() });
    }

    /// Takes the newest changes out again, until so many are left.
    pub(crate) fn truncate(&mut self, len: usize) {
        while self.nodes.len() > len {
            if let Some(node) = self.nodes.pop() {
                self.numbers.remove(&node.hash);
                self.chains[node.actor as usize].pop();
            }
        }
    }

    fn actor_number(&mut self, actor: &[u8]) -> u32 {
        if let Some(number) = self.actor_numbers.get(actor) {
            return *number;
        }
        let new = number(self.actors.len());
        let actor: Arc<[u8]> = actor.into();
        self.actors.push(Arc::clone(&actor));
        self.actor_numbers.insert(actor, new);
        self.chains.push(Vec::new());
        new
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// How many changes a version leaves out.
    pub(crate) fn beyond(&self, clock: &[u32]) -> usize {
        self.len() - clock.iter().map(|seq| *seq as usize).sum::<usize>()
    }

    pub(crate) fn contains(&self, hash: &Hash) -> bool {
        self.numbers.contains_key(hash)
    }

    pub(crate) fn number(&self, hash: &Hash) -> Option<u32> {
        self.numbers.get(hash).copied()
    }

    pub(crate) fn node(&self, hash: &Hash) -> Option<&Node> {
        self.nodes.get(*self.numbers.get(hash)? as usize)
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub(crate) fn actors(&self) -> &[Arc<[u8]>] {
        &self.actors
    }

    /// The number of an author.
    pub(crate) fn actor(&self, actor: &[u8]) -> Option<u32> {
        self.actor_numbers.get(actor).copied()
    }

    /// The change of an author that holds the operation with this number, if any does.
    pub(crate) fn holding(&self, actor: u32, counter: u64) -> Option<&Node> {
        let chain = self.chains.get(actor as usize)?;
        let of = |number: &u32| &self.nodes[*number as usize];
        chain.get(chain.partition_point(|number| of(number).max_op < counter)).map(of)
    }

    /// An author's changes in their order.
    pub(crate) fn chain(&self, actor: &[u8]) -> &[u32] {
        self.actor_numbers.get(actor).map_or(&[], |number| &self.chains[*number as usize])
    }

    /// An author's last change.
    pub(crate) fn tip(&self, actor: &[u8]) -> Option<Hash> {
        let number = self.chain(actor).last()?;
        self.nodes.get(*number as usize).map(|node| node.hash)
    }

    /// The change of an author with this sequence number.
    pub(crate) fn at(&self, actor: u32, seq: u32) -> Option<&Node> {
        let number = self.chains.get(actor as usize)?.get((seq as usize).checked_sub(1)?)?;
        self.nodes.get(*number as usize)
    }

    /// What these changes together contain; unknown ones contain nothing.
    pub(crate) fn clock_of(&self, of: &[Hash]) -> Clock {
        let mut clock = Clock::new();
        for node in of.iter().filter_map(|hash| self.node(hash)) {
            join(&mut clock, &node.clock);
        }
        clock
    }

    /// What all that is held contains.
    pub(crate) fn now(&self) -> Clock {
        self.chains.iter().map(|chain| number(chain.len())).collect()
    }

    /// Whether a version contains a change.
    pub(crate) fn covers(&self, clock: &[u32], hash: &Hash) -> bool {
        self.node(hash).is_some_and(|node| node.within(clock))
    }

    /// The newest version that all of these build on: where they were still one.
    pub(crate) fn last_common(&self, of: &[Hash]) -> Vec<Hash> {
        // What each builds on, without itself: a side is not its own past.
        let mut sides = of.iter().filter_map(|hash| self.node(hash)).map(|node| {
            let mut clock = node.clock.to_vec();
            clock[node.actor as usize] -= 1;
            clock
        });
        let Some(mut common) = sides.next() else { return Vec::new() };
        sides.for_each(|side| meet(&mut common, &side));
        self.heads_of(&common)
    }

    /// The changes that a version ends with, sorted.
    pub(crate) fn heads_of(&self, clock: &[u32]) -> Vec<Hash> {
        let last = (0..).zip(clock).filter_map(|(actor, seq)| self.at(actor, *seq));
        self.maximal(last.collect()).into_iter().map(|node| node.hash).collect()
    }

    /// Those that none of the others builds on, by hash. For one change of each author at most.
    pub(crate) fn maximal<'a>(&self, nodes: Vec<&'a Node>) -> Vec<&'a Node> {
        if nodes.len() < 2 {
            return nodes;
        }
        // What all build on, each without itself: who is in there is some other's past.
        let mut past = Clock::new();
        for node in &nodes {
            let own = node.actor as usize;
            let before = past.get(own).copied().unwrap_or_default();
            join(&mut past, &node.clock);
            past[own] = before.max(node.seq - 1);
        }
        let mut maximal: Vec<&Node> = nodes.into_iter().filter(|node| !node.within(&past)).collect();
        maximal.sort_by_key(|node| node.hash);
        maximal
    }
}

impl Node {
    pub(crate) fn within(&self, clock: &[u32]) -> bool {
        clock.get(self.actor as usize).is_some_and(|seq| *seq >= self.seq)
    }

    pub(crate) fn clock(&self) -> &[u32] {
        &self.clock
    }
}

/// What either contains.
pub(crate) fn join(clock: &mut Clock, other: &[u32]) {
    if clock.len() < other.len() {
        clock.resize(other.len(), 0);
    }
    clock.iter_mut().zip(other).for_each(|(mine, theirs)| *mine = (*mine).max(*theirs));
}

/// What both contain.
pub(crate) fn meet(clock: &mut Clock, other: &[u32]) {
    clock.truncate(other.len());
    clock.iter_mut().zip(other).for_each(|(mine, theirs)| *mine = (*mine).min(*theirs));
}

/// Far more changes than memory holds would be needed to reach the end of 32 bits.
fn number(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
