//! What a paragraph reads like, and when it cannot be read without a person's decision.
//!
//! Automerge's own merge of a text is never shown. Where the last changes to a wording stand side by
//! side, each of them left a text that its author saw; those are merged by words, or put up for
//! review. So nobody reads a sentence that nobody wrote, and every node finds the same: it follows
//! from the changes alone. A review stays open after later edits, because what those were made on
//! is found again at each change that has more than one state before it.

mod known;

use std::collections::BTreeSet;
use std::sync::Arc;

use automerge::{Automerge, ChangeHash, ObjId, ROOT, ReadDoc as _};

use crate::Hash;
use crate::document::graph::{Clock, Graph, Node, join, meet};
use crate::layout::{SETTLED, key, under};
use crate::text::merge;
use crate::trace::{Merge, OpName, TextNo, Trace};

use known::Joined;
pub(crate) use known::Known;

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

/// How often the base of a merge may be a merge itself. The same everywhere, or nodes would find different things.
const MAX_DEPTH: usize = 2;

/// More states than this that stand side by side are put up for review without trying to merge them: a member can make
/// thousands, and each is compared with what was merged before it. The same everywhere, for the same reason.
const MAX_MERGED: usize = 64;

/// One wording: its number in the trace, and its name for the library and for us.
#[derive(Clone, Copy)]
struct Text<'a> {
    number: TextNo,
    id: &'a ObjId,
    name: &'a OpName,
}

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
        let text = Text { number, id, name: &name };
        let frontier = self.trace.frontier(self.graph, number, &self.clock);
        let past = self.past(full, text);
        match &frontier[..] {
            [_, _, ..] => {
                let joined = self.joined(text, &frontier, MAX_DEPTH);
                match &joined.merged {
                    Some(merged) => self.clear_unless(past, text, merged.to_string()),
                    None => {
                        let base = joined.base.to_string();
                        Wording::Open(Box::new(review(base, self.states(text, &frontier), &past, None)))
                    }
                }
            }
            [state] if self.trace.is_edited(number) => {
                let standing = self.state(text.id, text.name, state.hash).to_string();
                self.clear_unless(past, text, standing)
            }
            _ => self.clear_unless(past, text, self.raw_now(id)),
        }
    }

    fn clear_unless(&self, past: Vec<Vec<&Node>>, of: Text<'_>, text: String) -> Wording {
        let Some(first) = past.first() else { return Wording::Clear(text) };
        let base = self.joined(of, first, MAX_DEPTH).base.to_string();
        Wording::Open(Box::new(review(base, self.states(of, first), &past, Some(text))))
    }

    /// What was to be reviewed in the past of a wording and nobody has settled: the states of each.
    fn past(&self, full: &str, text: Text<'_>) -> Vec<Vec<&Node>> {
        let mut open: Vec<(Hash, Vec<&Node>)> = Vec::new();
        let mut settled: Option<BTreeSet<Hash>> = None;
        for (merge, node) in self.trace.merges(self.graph, text.number, &self.clock) {
            if self.was_clear(text, merge, node) {
                continue;
            }
            let settled = settled.get_or_insert_with(|| self.settled(full));
            let parents = self.parents(text.number, node);
            if !parents.iter().all(|parent| settled.contains(&parent.hash)) {
                open.push((node.hash, parents));
            }
        }
        // In which order the merges arrived is this node's own affair.
        open.sort_by_key(|(merge, _)| *merge);
        open.into_iter().map(|(_, parents)| parents).collect()
    }

    /// Whether whoever made this change on several states could read them as one.
    fn was_clear(&self, text: Text<'_>, merge: &Merge, node: &Node) -> bool {
        *merge.clear.get_or_init(|| {
            let parents = self.parents(text.number, node);
            self.joined(text, &parents, MAX_DEPTH).merged.is_some()
        })
    }

    /// The states that a change was made on.
    fn parents(&self, number: TextNo, change: &Node) -> Vec<&Node> {
        let mut before = change.clock().to_vec();
        before[change.actor as usize] -= 1;
        self.trace.frontier(self.graph, number, &before)
    }

    fn states(&self, text: Text<'_>, states: &[&Node]) -> Vec<(String, Hash)> {
        states.iter().map(|node| (self.state(text.id, text.name, node.hash).to_string(), node.hash)).collect()
    }

    /// The text before the states parted, and all of them in one if they are apart. Found once for the same states:
    /// everybody who goes on from them asks again, and so does the merge after the next.
    fn joined(&self, text: Text<'_>, states: &[&Node], depth: usize) -> Arc<Joined> {
        let place = (states.iter().map(|node| node.hash).collect(), text.name.clone(), depth);
        if let Some(joined) = self.known.joined(&place) {
            return joined;
        }
        let joined = Arc::new(self.join_anew(text, states, depth));
        self.known.keep_joined(place, &joined);
        joined
    }

    fn join_anew(&self, text: Text<'_>, states: &[&Node], depth: usize) -> Joined {
        let mut clock = Clock::new();
        let mut all: Option<Clock> = None;
        let mut merged: Option<String> = None;
        let mut last_base: Option<Arc<str>> = None;
        for state in states {
            match &mut all {
                None => {
                    all = Some(state.clock().to_vec());
                    merged = Some(self.state(text.id, text.name, state.hash).to_string());
                }
                Some(all) => {
                    meet(all, state.clock());
                    // Once two cannot be merged, no third mends it.
                    if let Some(so_far) = merged.take().filter(|_| states.len() <= MAX_MERGED) {
                        let mut common = clock.clone();
                        meet(&mut common, state.clock());
                        let base = self.before(text, &common, depth);
                        merged = merge(&base, &so_far, &self.state(text.id, text.name, state.hash));
                        last_base = Some(base);
                    }
                }
            }
            join(&mut clock, state.clock());
        }
        // Of two, the base of the merge is the base of all; reading it again is what costs most.
        let base = match (states, last_base) {
            ([_, _], Some(base)) => base,
            _ => self.before(text, &all.unwrap_or_default(), depth),
        };
        Joined { base, merged: merged.map(Into::into) }
    }

    /// The text of a version in the past. Where that has several states itself, as it was read then, as far back as
    /// is worth the work; beyond, letter by letter: a base is compared with, and never shown as what stands.
    fn before(&self, text: Text<'_>, clock: &Clock, depth: usize) -> Arc<str> {
        let states = self.trace.frontier(self.graph, text.number, clock);
        match &states[..] {
            [] => Arc::default(),
            [state] => self.state(text.id, text.name, state.hash),
            _ => {
                let read =
                    depth.checked_sub(1).and_then(|less| self.joined(text, &states, less).merged.clone());
                read.unwrap_or_else(|| {
                    let heads: Vec<ChangeHash> = states.iter().map(|node| ChangeHash(node.hash)).collect();
                    self.am.text_at(text.id, &heads).unwrap_or_default().into()
                })
            }
        }
    }

    /// The text as the author of one change to it left it.
    fn state(&self, id: &ObjId, name: &OpName, state: Hash) -> Arc<str> {
        if let Some(text) = self.known.text(state, name) {
            return text;
        }
        let read: Arc<str> = self.am.text_at(id, &[ChangeHash(state)]).unwrap_or_default().into();
        self.known.keep_text(state, name, &read);
        read
    }

    fn settled(&self, full: &str) -> BTreeSet<Hash> {
        settled(self.am, self.at.as_deref(), full)
    }

    /// What the library itself makes of a text.
    pub(crate) fn raw_now(&self, id: &ObjId) -> String {
        match &self.at {
            None => self.am.text(id),
            Some(heads) => self.am.text_at(id, heads),
        }
        .unwrap_or_default()
    }

    /// The same for what an edit is written on: where one state stands alone, that is what the library has too.
    pub(crate) fn raw_to_edit(&self, id: &ObjId) -> String {
        let known = OpName::of_object(id).and_then(|name| Some((self.trace.text_number(&name)?, name)));
        if let Some((number, name)) = known
            && let [state] = &self.trace.frontier(self.graph, number, &self.clock)[..]
            && let Some(text) = self.known.text(state.hash, &name)
        {
            return text.to_string();
        }
        self.raw_now(id)
    }

    pub(crate) fn raw_at(&self, id: &ObjId, heads: &[Hash]) -> String {
        match (heads, OpName::of_object(id)) {
            ([], _) => String::new(),
            ([state], Some(name)) => self.state(id, &name, *state).to_string(),
            _ => {
                let heads: Vec<ChangeHash> = heads.iter().map(|hash| ChangeHash(*hash)).collect();
                self.am.text_at(id, &heads).unwrap_or_default()
            }
        }
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
