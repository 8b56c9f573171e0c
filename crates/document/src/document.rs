//! A document: one Automerge document with all its changes.

pub(crate) mod graph;
mod guard;
mod saved;

use std::sync::{Arc, OnceLock};

use std::collections::BTreeSet;

use accord_words::{hint, say};
use automerge::{ActorId, Automerge, ChangeHash, ROOT, ReadDoc};
use serde_json::Value;

use crate::Hash;
use crate::kind::NAME_FIELD;
use crate::layout;
use crate::snapshot::Snapshot;
use crate::trace::{Touch, Trace};
use crate::wording::{Known, Reader};

pub(crate) use graph::Graph;
pub use guard::{Applied, GUARD_RULE, GuardError, Judged, Refused};
pub(crate) use guard::{MAX_TIME, Made};

/// A version that this document does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", say!("version-not-held"))]
pub struct UnknownVersion;

impl UnknownVersion {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        hint!("version-not-held")
    }
}

/// Why a saved document cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The bytes are damaged, or written by something else.
    #[error("the saved document cannot be read: {0}")]
    Damaged(String),
}

/// A document: everything that was ever written in it, and so each of its versions.
#[derive(Debug, Clone)]
pub struct Document {
    pub(crate) am: Automerge,
    graph: Arc<Graph>,
    trace: Arc<Trace>,
    pub(crate) known: Known,
    /// The document as it stands, once somebody has read it.
    now: OnceLock<Arc<Snapshot>>,
}

impl Default for Document {
    fn default() -> Self {
        Self::empty()
    }
}

impl Document {
    /// A document without a single change, to apply the changes of others to.
    #[must_use]
    pub fn empty() -> Self {
        let mut am = Automerge::new();
        // The library draws a random actor. It is never used: whoever edits names their own.
        am.set_actor(ActorId::from(&[0u8; 1][..]));
        Self::of(am, Graph::default(), Trace::default())
    }

    pub(crate) fn of(mut am: Automerge, graph: Graph, trace: Trace) -> Self {
        am.set_actor(ActorId::from(&[0u8; 1][..]));
        let (graph, trace) = (Arc::new(graph), Arc::new(trace));
        Self { am, graph, trace, known: Known::default(), now: OnceLock::new() }
    }

    /// The version that the document is at, sorted.
    #[must_use]
    pub fn heads(&self) -> Vec<Hash> {
        let mut heads: Vec<Hash> = self.am.get_heads().into_iter().map(|h| h.0).collect();
        heads.sort_unstable();
        heads
    }

    /// Whether the document holds this change.
    #[must_use]
    pub fn has_change(&self, hash: &Hash) -> bool {
        self.graph.contains(hash)
    }

    /// Which of these changes the document does not hold.
    #[must_use]
    pub fn missing_deps(&self, hashes: &[Hash]) -> Vec<Hash> {
        hashes.iter().filter(|hash| !self.has_change(hash)).copied().collect()
    }

    /// The number of changes.
    #[must_use]
    pub fn change_count(&self) -> usize {
        self.graph.len()
    }

    /// The changes whose hash, in hexadecimal digits, begins with this; two at most, since more name nothing.
    #[must_use]
    pub fn changes_beginning(&self, digits: &str) -> Vec<Hash> {
        let hashes = self.graph.nodes().iter().map(|node| node.hash);
        hashes.filter(|hash| layout::hex(hash).starts_with(digits)).take(2).collect()
    }

    /// How many changes are in the document and not in a version.
    ///
    /// # Errors
    /// If the version is not held.
    pub fn changes_since(&self, heads: &[Hash]) -> Result<usize, UnknownVersion> {
        self.known(heads)?;
        Ok(self.graph.beyond(&self.graph.clock_of(heads)))
    }

    /// One change as it was made.
    #[must_use]
    pub fn raw_change(&self, hash: &Hash) -> Option<Vec<u8>> {
        self.am.get_change_by_hash(&ChangeHash(*hash)).map(|change| change.raw_bytes().to_vec())
    }

    /// Of these changes, those that none of the others builds on.
    #[must_use]
    pub fn newest(&self, of: &[Hash]) -> Vec<Hash> {
        self.graph.heads_of(&self.graph.clock_of(of))
    }

    /// Whether every version that `of` names contains `ancestor`, which may be one of them.
    #[must_use]
    pub fn is_ancestor(&self, ancestor: &Hash, of: &[Hash]) -> bool {
        self.graph.covers(&self.graph.clock_of(of), ancestor)
    }

    /// The document as it was at a version, without what came later.
    ///
    /// # Errors
    /// If the version is not held.
    pub fn fork_at(&self, heads: &[Hash]) -> Result<Self, UnknownVersion> {
        let heads = self.known(heads)?;
        let am = self.am.fork_at(&heads).map_err(|_| UnknownVersion)?;
        let graph = Graph::of(&am);
        let trace = Trace::of(&am, &graph);
        Ok(Self { known: self.known.clone(), ..Self::of(am, graph, trace) })
    }

    /// The kind that the document was created with.
    #[must_use]
    pub fn kind_name(&self) -> Option<String> {
        let (value, _) = self.am.get(ROOT, layout::KIND_KEY).ok()??;
        value.as_str().map(str::to_owned)
    }

    /// The document's name; while several stand, the one that Automerge prefers on every node.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        let slot = crate::snapshot::read_slot(&self.reader(None), NAME_FIELD);
        match &slot.last()?.content {
            crate::snapshot::Content::Register(written) => written.value.as_str().map(str::to_owned),
            _ => None,
        }
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Automerge ignores heads that it does not know, and would answer for another version.
    pub(crate) fn known(&self, heads: &[Hash]) -> Result<Vec<ChangeHash>, UnknownVersion> {
        if !self.missing_deps(heads).is_empty() {
            return Err(UnknownVersion);
        }
        Ok(heads.iter().map(|hash| ChangeHash(*hash)).collect())
    }

    pub(crate) fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The document as it stands, read once and kept up to date.
    pub(crate) fn now(&self) -> Arc<Snapshot> {
        Arc::clone(self.now.get_or_init(|| Arc::new(Snapshot::read(&self.reader(None)))))
    }

    pub(crate) fn snapshot(&self, at: Option<&[Hash]>) -> Result<Arc<Snapshot>, UnknownVersion> {
        Ok(match at {
            None => self.now(),
            Some(heads) => {
                self.known(heads)?;
                Arc::new(Snapshot::read(&self.reader(Some(heads))))
            }
        })
    }

    pub(crate) fn reader(&self, at: Option<&[Hash]>) -> Reader<'_> {
        let clock = match at {
            None => self.graph.now(),
            Some(heads) => self.graph.clock_of(heads),
        };
        let at = at.map(|heads| heads.iter().map(|hash| ChangeHash(*hash)).collect());
        Reader { am: &self.am, graph: &self.graph, trace: &self.trace, known: &self.known, at, clock }
    }

    fn graph_mut(&mut self) -> &mut Graph {
        Arc::make_mut(&mut self.graph)
    }

    /// Takes over a library document with further changes, which the graph knows already.
    fn take(&mut self, am: Automerge, touches: &[Touch]) {
        self.am = am;
        self.noted(touches);
    }

    /// A change that this document has just made.
    pub(crate) fn note_change(&mut self, meta: &crate::ChangeMeta, touch: &Touch) {
        self.graph_mut().add(meta);
        self.noted(std::slice::from_ref(touch));
    }

    fn noted(&mut self, touches: &[Touch]) {
        let trace = Arc::make_mut(&mut self.trace);
        let first = self.graph.len().saturating_sub(touches.len());
        for (node, touch) in self.graph.nodes()[first..].iter().zip(touches) {
            trace.add(&self.graph, node, touch);
        }
        let Some(mut now) = self.now.take() else { return };
        let changes = first..self.graph.len();
        let keys: BTreeSet<&str> = changes
            .filter_map(|number| u32::try_from(number).ok())
            .flat_map(|number| self.trace.keys_of(number))
            .collect();
        Arc::make_mut(&mut now).refresh_all(&self.reader(None), keys.into_iter());
        self.now = OnceLock::from(now);
    }

    /// Lends out the document as it stands, to be changed while an edit is planned; the next read looks again
    /// unless it is given back.
    pub(crate) fn lend_now(&mut self) -> Snapshot {
        let now = self.now();
        self.now = OnceLock::new();
        Arc::unwrap_or_clone(now)
    }

    pub(crate) fn give_back(&mut self, now: Snapshot) {
        self.now = OnceLock::from(Arc::new(now));
    }

    /// The change that wrote an entry.
    pub(crate) fn author_of(&self, id: &automerge::ObjId) -> Option<Hash> {
        self.am.hash_for_opid(id).map(|hash| hash.0)
    }
}

/// As JSON shows a hash.
pub(crate) fn hash_text(hash: &Hash) -> Value {
    Value::String(layout::hex(hash))
}

#[cfg(test)]
mod tests;
