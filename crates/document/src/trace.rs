//! What each change touched: kept, so that history is not decoded again on every read.
//!
//! Derived from the changes alone, so it can be made again at any time; saved beside the document
//! because decoding thousands of changes takes longer than reading them.

mod stored;
mod touch;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use automerge::Automerge;

use crate::Hash;
use crate::document::Graph;
use crate::document::graph::{Clock, Node};

pub(crate) use touch::{OpName, Touch};

/// A paragraph's wording, by its number in [`Trace`].
pub(crate) type TextNo = u32;

#[derive(Debug, Clone, Default)]
pub(crate) struct Trace {
    keys: Vec<Arc<str>>,
    key_numbers: HashMap<Arc<str>, u32>,
    /// The keys that each change touched, in the order of the graph.
    touched: Vec<Arc<[u32]>>,
    texts: Vec<Text>,
    text_numbers: HashMap<OpName, TextNo>,
}

/// One wording: a text that somebody once put at a key.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) key: u32,
    pub(crate) id: OpName,
    /// Those who changed it, with the sequence numbers of their changes, ascending.
    authors: Vec<(u32, Vec<u32>)>,
    /// The changes that were made on more than one state of it at once.
    merges: Vec<Merge>,
    /// The changes that put something else in its place.
    pub(crate) replaced_by: Vec<Hash>,
}

/// A change that was made on more than one state of a wording.
#[derive(Debug, Clone)]
pub(crate) struct Merge {
    /// Its number in the graph.
    change: u32,
    /// Whether those states could be read as one, once somebody has looked. It follows from the change and what it
    /// builds on, so it holds for ever.
    pub(crate) clear: OnceLock<bool>,
}

impl Trace {
    /// From all changes of a document.
    pub(crate) fn of(am: &Automerge, graph: &Graph) -> Self {
        let mut trace = Self::default();
        for (node, change) in graph.nodes().iter().zip(am.get_changes(&[])) {
            trace.add(graph, node, &Touch::of_raw(change.raw_bytes()));
        }
        trace
    }

    /// Takes note of the next change of the graph.
    pub(crate) fn add(&mut self, graph: &Graph, node: &Node, touch: &Touch) {
        let mut touched: Vec<u32> = touch.keys.iter().map(|key| self.key(key)).collect();
        for (key, id) in &touch.made {
            let key = self.key(key);
            let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
            self.text_numbers.insert(id.clone(), number);
            let (authors, merges, replaced_by) = Default::default();
            self.texts.push(Text { key, id: id.clone(), authors, merges, replaced_by });
        }
        for id in &touch.replaced {
            if let Some(number) = self.text_numbers.get(id) {
                self.texts[*number as usize].replaced_by.push(node.hash);
            }
        }
        let mut before = node.clock().to_vec();
        before[node.actor as usize] -= 1;
        for id in &touch.texts {
            let Some(number) = self.text_numbers.get(id).copied() else { continue };
            touched.push(self.texts[number as usize].key);
            if self.frontier(graph, number, &before).len() > 1 {
                let change = u32::try_from(self.touched.len()).unwrap_or(u32::MAX);
                self.texts[number as usize].merges.push(Merge { change, clear: OnceLock::new() });
            }
            let authors = &mut self.texts[number as usize].authors;
            match authors.iter_mut().find(|(actor, _)| *actor == node.actor) {
                Some((_, changes)) => changes.push(node.seq),
                None => authors.push((node.actor, vec![node.seq])),
            }
        }
        touched.sort_unstable();
        touched.dedup();
        self.touched.push(touched.into());
    }

    fn key(&mut self, key: &str) -> u32 {
        if let Some(number) = self.key_numbers.get(key) {
            return *number;
        }
        let new = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        let key: Arc<str> = key.into();
        self.keys.push(Arc::clone(&key));
        self.key_numbers.insert(key, new);
        new
    }

    pub(crate) fn key_name(&self, number: u32) -> &str {
        self.keys.get(number as usize).map_or("", |key| key)
    }

    /// The keys that a change touched, sorted.
    pub(crate) fn keys_of(&self, change: u32) -> Vec<&str> {
        let touched = self.touched.get(change as usize).map_or(&[][..], |touched| touched);
        let mut keys: Vec<&str> = touched.iter().map(|key| self.key_name(*key)).collect();
        keys.sort_unstable();
        keys
    }

    pub(crate) fn text_number(&self, id: &OpName) -> Option<TextNo> {
        self.text_numbers.get(id).copied()
    }

    pub(crate) fn text(&self, number: TextNo) -> Option<&Text> {
        self.texts.get(number as usize)
    }

    /// Whether anybody changed a wording after it was put there.
    pub(crate) fn is_edited(&self, number: TextNo) -> bool {
        self.text(number)
            .is_some_and(|text| text.authors.iter().map(|(_, changes)| changes.len()).sum::<usize>() > 1)
    }

    /// All wordings that something else was put in the place of.
    pub(crate) fn replaced(&self) -> impl Iterator<Item = (TextNo, &Text)> {
        (0..).zip(&self.texts).filter(|(_, text)| !text.replaced_by.is_empty())
    }

    /// The states of a wording that stand side by side in a version: the last changes to it, none of
    /// which builds on another. Exactly one: the wording reads as its author left it.
    pub(crate) fn frontier<'g>(&self, graph: &'g Graph, text: TextNo, clock: &[u32]) -> Vec<&'g Node> {
        let Some(text) = self.text(text) else { return Vec::new() };
        let last = |(actor, changes): &(u32, Vec<u32>)| {
            let limit = *clock.get(*actor as usize)?;
            let upto = changes.partition_point(|seq| *seq <= limit);
            graph.at(*actor, *changes.get(upto.checked_sub(1)?)?)
        };
        graph.maximal(text.authors.iter().filter_map(last).collect())
    }

    /// The changes in a version that were made on more than one state of a wording.
    pub(crate) fn merges<'a>(
        &'a self,
        graph: &'a Graph,
        text: TextNo,
        clock: &'a [u32],
    ) -> impl Iterator<Item = (&'a Merge, &'a Node)> {
        let merges = self.text(text).map_or(&[][..], |text| &text.merges);
        let merges =
            merges.iter().filter_map(|merge| Some((merge, graph.nodes().get(merge.change as usize)?)));
        merges.filter(|(_, node)| node.within(clock))
    }

    /// The changes to a wording that a version does not contain, by hash.
    pub(crate) fn beyond<'g>(&self, graph: &'g Graph, text: TextNo, clock: &Clock) -> Vec<&'g Node> {
        let Some(text) = self.text(text) else { return Vec::new() };
        let mut beyond: Vec<&Node> = text
            .authors
            .iter()
            .flat_map(|(actor, changes)| {
                let limit = clock.get(*actor as usize).copied().unwrap_or(0);
                let from = changes.partition_point(|seq| *seq <= limit);
                changes[from..].iter().filter_map(|seq| graph.at(*actor, *seq))
            })
            .collect();
        beyond.sort_by_key(|node| node.hash);
        beyond
    }
}
