//! What a change may name: the operations of the changes that it builds on.

use std::collections::HashMap;
use std::sync::Arc;

use automerge::{Automerge, ChangeHash, ReadDoc as _};

use super::made::{Is, Made};
use crate::change_meta::contents;
use crate::document::Document;
use crate::document::graph::{Clock, Graph, Node};
use crate::operations::{namer, read};
use crate::wording::Known;
use crate::{ChangeMeta, Hash};

/// What passed and is not in the document yet.
pub(super) type Pending = HashMap<Hash, Arc<Made>>;

/// The ancestors of one change.
pub(super) struct Past<'a> {
    am: &'a Automerge,
    graph: &'a Graph,
    known: &'a Known,
    pending: &'a Pending,
    clock: Clock,
    /// The change that was looked into last: what a change names stands together.
    last: Option<(&'a Node, Arc<Made>)>,
}

impl<'a> Past<'a> {
    pub(super) fn of(document: &'a Document, pending: &'a Pending, deps: &[Hash]) -> Self {
        let Document { am, graph, known, .. } = document;
        Self { am, graph, known, pending, clock: graph.clock_of(deps), last: None }
    }

    /// How many changes of an author it contains.
    pub(super) fn changes_of(&self, actor: &[u8]) -> u64 {
        let number = self.graph.actor(actor);
        number.and_then(|number| self.clock.get(number as usize)).copied().unwrap_or_default().into()
    }

    /// What an operation is, if one of the ancestors made it.
    pub(super) fn get(&mut self, counter: u64, actor: &[u8]) -> Option<&Is> {
        let number = self.graph.actor(actor)?;
        let inside = |node: &Node, made: &Made| node.actor == number && made.get(counter).is_some();
        if !self.last.as_ref().is_some_and(|(node, made)| inside(node, made)) {
            let node = self.graph.holding(number, counter).filter(|node| node.within(&self.clock))?;
            self.last = Some((node, self.made(&node.hash)?));
        }
        self.last.as_ref()?.1.get(counter)
    }

    fn made(&self, hash: &Hash) -> Option<Arc<Made>> {
        if let Some(made) = self.pending.get(hash).map(Arc::clone).or_else(|| self.known.made(hash)) {
            return Some(made);
        }
        let change = self.am.get_change_by_hash(&ChangeHash(*hash))?;
        let (hash, contents) = contents(change.raw_bytes()).ok()?;
        let (meta, body) = ChangeMeta::from_contents(hash, &contents).ok()?;
        let operations = read(&body).ok()?;
        let made = Arc::new(Made::of(meta.start_op, &operations, namer(&meta, &operations.others)));
        self.known.keep_made(hash, &made, made.size());
        Some(made)
    }
}
