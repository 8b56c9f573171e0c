//! What a paragraph reads like, and when it cannot be read without a person's decision.
//!
//! Automerge's own merge of a text is never shown. Where the last changes to a wording stand side by
//! side, each of them left a text that its author saw; those are merged by words, or put up for
//! review. So nobody reads a sentence that nobody wrote, and every node finds the same: it follows
//! from the changes alone. A review stays open after later edits, because what those were made on
//! is found again at each change that has more than one state before it.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use automerge::{Automerge, ChangeHash, ObjId, ROOT, ReadDoc as _};

use crate::Hash;
use crate::document::graph::{Clock, Graph, Node, join, meet};
use crate::layout::{SETTLED, key, under};
use crate::text::merge;
use crate::trace::{OpName, TextNo, Trace};

/// Two or more edits of the same words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Review {
    /// The wording that they all built on.
    pub(crate) base: String,
    /// Each distinct wording, with the changes that left it so.
    pub(crate) sides: Vec<(String, Vec<Hash>)>,
    /// The changes that a resolution has to name.
    pub(crate) changes: Vec<Hash>,
    /// What stands since, if somebody went on without settling it.
    pub(crate) standing: Option<String>,
}

/// What a wording reads like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wording {
    Clear(String),
    Open(Box<Review>),
}

/// What was found about versions in the past. They never change, so copies of a document share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known(Arc<Mutex<Found>>);

#[derive(Debug, Default)]
struct Found {
    /// Whether a change that was made on several states of a text could read them as one.
    clear: HashMap<(Hash, OpName), bool>,
    /// The texts at states that were read lately.
    texts: HashMap<(Hash, OpName), Arc<str>>,
    /// How much those are.
    size: usize,
}

impl Known {
    fn found(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, state: Hash, name: &OpName, text: &str) {
        let mut found = self.found();
        if found.size + text.len() > MAX_TEXTS {
            found.texts.clear();
            found.size = 0;
        }
        if found.texts.insert((state, name.clone()), text.into()).is_none() {
            found.size += text.len();
        }
    }
}

/// Bytes of texts that are kept: some hundred paragraphs, or the last states of one that is typed into.
const MAX_TEXTS: usize = 1 << 20;

/// How often the base of a merge may be a merge itself. The same everywhere, or nodes would find different things.
const MAX_DEPTH: usize = 2;

/// The base, each state with its change, and all in one unless they touch the same words.
type Merged = (String, Vec<(String, Hash)>, Option<String>);

/// A bound on memory; what is forgotten is found again.
const MAX_VERDICTS: usize = 200_000;

/// What it takes to read wordings, at one version.
pub(crate) struct Reader<'a> {
    pub(crate) am: &'a Automerge,
    pub(crate) graph: &'a Graph,
    pub(crate) trace: &'a Trace,
    pub(crate) known: &'a Known,
    /// `None`: as it is now.
    pub(crate) at: Option<Vec<ChangeHash>>,
    pub(crate) clock: Clock,
}

impl Reader<'_> {
    /// A wording that stands at a key.
    pub(crate) fn read(&self, full: &str, id: &ObjId) -> Wording {
        let known = OpName::of_object(id).and_then(|id| Some((self.trace.text_number(&id)?, id)));
        let Some((number, name)) = known else { return Wording::Clear(self.raw_now(id)) };
        let frontier = self.trace.frontier(self.graph, number, &self.clock);
        let past = self.past(full, number, id, &name);
        if frontier.len() > 1 {
            let (base, texts, merged) = self.merged(number, id, &frontier);
            match merged {
                Some(text) => self.clear_unless(past, number, id, text),
                None => Wording::Open(Box::new(review(base, texts, &past, None))),
            }
        } else {
            let text = self.raw_now(id);
            if let Some(state) =
                frontier.first().filter(|_| self.at.is_none() && self.trace.is_edited(number))
            {
                self.known.keep(state.hash, &name, &text);
            }
            self.clear_unless(past, number, id, text)
        }
    }

    fn clear_unless(&self, past: Vec<Vec<&Node>>, number: TextNo, id: &ObjId, text: String) -> Wording {
        let Some(first) = past.first() else { return Wording::Clear(text) };
        let (base, texts, _) = self.merged(number, id, first);
        Wording::Open(Box::new(review(base, texts, &past, Some(text))))
    }

    /// What was to be reviewed in the past of a wording and nobody has settled: the states of each.
    fn past(&self, full: &str, number: TextNo, id: &ObjId, name: &OpName) -> Vec<Vec<&Node>> {
        let mut open: Vec<(Hash, Vec<&Node>)> = Vec::new();
        let mut settled: Option<BTreeSet<Hash>> = None;
        for merge in self.trace.merges(self.graph, number, &self.clock) {
            if self.was_clear(number, id, name, merge) {
                continue;
            }
            let settled = settled.get_or_insert_with(|| self.settled(full));
            let parents = self.parents(number, merge);
            if !parents.iter().all(|parent| settled.contains(&parent.hash)) {
                open.push((merge.hash, parents));
            }
        }
        // In which order the merges arrived is this node's own affair.
        open.sort_by_key(|(merge, _)| *merge);
        open.into_iter().map(|(_, parents)| parents).collect()
    }

    fn was_clear(&self, number: TextNo, id: &ObjId, name: &OpName, merge: &Node) -> bool {
        let place = (merge.hash, name.clone());
        if let Some(clear) = self.known.found().clear.get(&place) {
            return *clear;
        }
        let clear = self.merged(number, id, &self.parents(number, merge)).2.is_some();
        let mut found = self.known.found();
        if found.clear.len() >= MAX_VERDICTS {
            found.clear.clear();
        }
        found.clear.insert(place, clear);
        drop(found);
        clear
    }

    /// The states that a change was made on.
    fn parents(&self, number: TextNo, change: &Node) -> Vec<&Node> {
        let mut before = change.clock().to_vec();
        before[change.actor as usize] -= 1;
        self.trace.frontier(self.graph, number, &before)
    }

    fn merged(&self, number: TextNo, id: &ObjId, states: &[&Node]) -> Merged {
        self.merged_within(number, id, states, MAX_DEPTH)
    }

    /// The text before the states parted, each state, and all of them in one if they are apart.
    fn merged_within(&self, number: TextNo, id: &ObjId, states: &[&Node], depth: usize) -> Merged {
        let texts: Vec<(String, Hash)> =
            states.iter().map(|state| (self.raw_at(id, &[state.hash]), state.hash)).collect();
        let mut clock = Clock::new();
        let mut all: Option<Clock> = None;
        let mut merged: Option<String> = None;
        let mut last_base = String::new();
        for (state, (text, _)) in states.iter().zip(&texts) {
            match &mut all {
                None => {
                    all = Some(state.clock().to_vec());
                    merged = Some(text.clone());
                }
                Some(all) => {
                    meet(all, state.clock());
                    let mut common = clock.clone();
                    meet(&mut common, state.clock());
                    last_base = self.before(number, id, &common, depth);
                    merged = merged.and_then(|so_far| merge(&last_base, &so_far, text));
                }
            }
            join(&mut clock, state.clock());
        }
        // Of two, the base of the merge is the base of all; reading it again is what costs most.
        let base = match states {
            [_, _] => last_base,
            _ => self.before(number, id, &all.unwrap_or_default(), depth),
        };
        (base, texts, merged)
    }

    /// The text of a version in the past. Where that has several states itself, as it was read then, as far back as
    /// is worth the work; beyond, letter by letter: a base is compared with, and never shown as what stands.
    fn before(&self, number: TextNo, id: &ObjId, clock: &Clock, depth: usize) -> String {
        let states = self.trace.frontier(self.graph, number, clock);
        if states.len() > 1
            && depth > 0
            && let (_, _, Some(text)) = self.merged_within(number, id, &states, depth - 1)
        {
            return text;
        }
        let heads: Vec<Hash> = states.iter().map(|node| node.hash).collect();
        self.raw_at(id, &heads)
    }

    fn settled(&self, full: &str) -> BTreeSet<Hash> {
        settled(self.am, self.at.as_deref(), full)
    }

    pub(crate) fn raw_now(&self, id: &ObjId) -> String {
        match &self.at {
            None => self.am.text(id),
            Some(heads) => self.am.text_at(id, heads),
        }
        .unwrap_or_default()
    }

    pub(crate) fn raw_at(&self, id: &ObjId, heads: &[Hash]) -> String {
        if heads.is_empty() {
            return String::new();
        }
        let name = match heads {
            [state] => OpName::of_object(id).map(|name| (*state, name)),
            _ => None,
        };
        if let Some(text) = name.as_ref().and_then(|place| self.known.found().texts.get(place).cloned()) {
            return text.to_string();
        }
        let heads: Vec<ChangeHash> = heads.iter().map(|hash| ChangeHash(*hash)).collect();
        let text = self.am.text_at(id, &heads).unwrap_or_default();
        if let Some((state, name)) = name {
            self.known.keep(state, &name, &text);
        }
        text
    }
}

/// The changes that resolutions at a paragraph or row name.
pub(crate) fn settled(am: &Automerge, at: Option<&[ChangeHash]>, full: &str) -> BTreeSet<Hash> {
    let range = under(&key(&[full, SETTLED]));
    let skip = range.start.len();
    let items = match at {
        None => am.map_range(ROOT, range),
        Some(heads) => am.map_range_at(ROOT, range, heads),
    };
    items.filter_map(|item| crate::layout::unhex(item.key.get(skip..)?)).collect()
}

fn review(base: String, texts: Vec<(String, Hash)>, past: &[Vec<&Node>], standing: Option<String>) -> Review {
    let mut changes: Vec<Hash> = texts.iter().map(|(_, hash)| *hash).collect();
    changes.extend(past.iter().flatten().map(|node| node.hash));
    changes.sort_unstable();
    changes.dedup();
    let mut sides: Vec<(String, Vec<Hash>)> = Vec::new();
    for (text, hash) in texts {
        match sides.iter_mut().find(|(other, _)| *other == text) {
            Some((_, also)) => also.push(hash),
            None => sides.push((text, vec![hash])),
        }
    }
    Review { base, sides, changes, standing }
}
