//! Which change builds on which, kept beside Automerge's own graph because we ask it other things.

use std::collections::{HashMap, HashSet};

use automerge::Automerge;

use crate::{ChangeMeta, Hash};

#[derive(Debug, Clone, Default)]
pub(crate) struct Graph {
    nodes: HashMap<Hash, Node>,
    /// Each author's changes, by sequence number from 1.
    authors: HashMap<Vec<u8>, Vec<Hash>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) deps: Vec<Hash>,
    pub(crate) max_op: u64,
}

impl Graph {
    pub(crate) fn of(am: &Automerge) -> Self {
        let mut graph = Self::default();
        for meta in am.get_changes_meta(&[]) {
            let node = Node { deps: meta.deps.iter().map(|dep| dep.0).collect(), max_op: meta.max_op };
            graph.insert(meta.hash.0, meta.actor.to_bytes(), node);
        }
        graph
    }

    pub(crate) fn add(&mut self, meta: &ChangeMeta) {
        let node = Node { deps: meta.deps.clone(), max_op: meta.max_op };
        self.insert(meta.hash, &meta.actor, node);
    }

    fn insert(&mut self, hash: Hash, actor: &[u8], node: Node) {
        self.nodes.insert(hash, node);
        match self.authors.get_mut(actor) {
            Some(chain) => chain.push(hash),
            None => {
                self.authors.insert(actor.to_vec(), vec![hash]);
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn contains(&self, hash: &Hash) -> bool {
        self.nodes.contains_key(hash)
    }

    pub(crate) fn node(&self, hash: &Hash) -> Option<&Node> {
        self.nodes.get(hash)
    }

    /// An author's changes in their order.
    pub(crate) fn chain(&self, actor: &[u8]) -> &[Hash] {
        self.authors.get(actor).map_or(&[], Vec::as_slice)
    }

    /// These changes and all that they build on.
    pub(crate) fn ancestors(&self, of: &[Hash]) -> HashSet<Hash> {
        let mut seen = HashSet::new();
        let mut open = of.to_vec();
        while let Some(hash) = open.pop() {
            if let Some(node) = self.nodes.get(&hash)
                && seen.insert(hash)
            {
                open.extend_from_slice(&node.deps);
            }
        }
        seen
    }

    /// The newest version that all of these build on: where they were still one.
    pub(crate) fn last_common(&self, of: &[Hash]) -> Vec<Hash> {
        let mut sides = of.iter().map(|hash| {
            let deps = self.nodes.get(hash).map_or(&[][..], |node| &node.deps);
            self.ancestors(deps)
        });
        let mut common = sides.next().unwrap_or_default();
        for side in sides {
            common.retain(|hash| side.contains(hash));
        }
        let covered: HashSet<Hash> = common
            .iter()
            .filter_map(|hash| self.nodes.get(hash))
            .flat_map(|n| n.deps.iter().copied())
            .collect();
        let mut heads: Vec<Hash> = common.difference(&covered).copied().collect();
        heads.sort_unstable();
        heads
    }
}
