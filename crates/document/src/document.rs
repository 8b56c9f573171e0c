//! A document: one Automerge document with all its changes.

mod graph;
mod guard;

use std::sync::Arc;

use automerge::{
    ActorId, Automerge, ChangeHash, LoadOptions, OnPartialLoad, ROOT, ReadDoc, VerificationMode,
};
use serde_json::Value;

use crate::Hash;
use crate::kind::NAME_FIELD;
use crate::layout;
use crate::snapshot::Snapshot;

pub(crate) use graph::Graph;
pub use guard::{Applied, GuardError, Refused};

/// A version that this document does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this version of the document is not here yet")]
pub struct UnknownVersion;

impl UnknownVersion {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some("connect to an organisation that has it, or name another version".into())
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

impl LoadError {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some("it can be made again from its changes".into())
    }
}

/// A document: everything that was ever written in it, and so each of its versions.
#[derive(Debug, Clone)]
pub struct Document {
    pub(crate) am: Automerge,
    graph: Arc<Graph>,
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
        Self { am, graph: Arc::default() }
    }

    /// Reads what [`Document::save`] wrote. For a node's own snapshots only: what comes from others
    /// goes through [`Document::apply_changes`].
    ///
    /// # Errors
    /// If the bytes are damaged. The library panics on some damage; that is caught here.
    pub fn load(bytes: &[u8]) -> Result<Self, LoadError> {
        if bytes.is_empty() {
            return Err(LoadError::Damaged("it is empty".into()));
        }
        let loaded = std::panic::catch_unwind(|| {
            // Checked and complete: a torn tail must be an error and never an older document.
            let options = LoadOptions::new()
                .on_partial_load(OnPartialLoad::Error)
                .verification_mode(VerificationMode::Check);
            let am = Automerge::load_with_options(bytes, options).map_err(|e| e.to_string())?;
            let graph = Graph::of(&am);
            Ok::<_, String>((am, graph))
        });
        match loaded {
            Ok(Ok((mut am, graph))) => {
                am.set_actor(ActorId::from(&[0u8; 1][..]));
                Ok(Self { am, graph: Arc::new(graph) })
            }
            Ok(Err(message)) => Err(LoadError::Damaged(message)),
            Err(_) => Err(LoadError::Damaged("its content does not hold together".into())),
        }
    }

    /// The whole document in one compact piece. Two nodes with the same changes may save different
    /// bytes: compare [`Document::heads`].
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.am.save()
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

    /// One change as it was made.
    #[must_use]
    pub fn raw_change(&self, hash: &Hash) -> Option<Vec<u8>> {
        self.am.get_change_by_hash(&ChangeHash(*hash)).map(|change| change.raw_bytes().to_vec())
    }

    /// Whether every version that `of` names contains `ancestor`, which may be one of them.
    #[must_use]
    pub fn is_ancestor(&self, ancestor: &Hash, of: &[Hash]) -> bool {
        self.graph.ancestors(of).contains(ancestor)
    }

    /// The document as it was at a version, without what came later.
    ///
    /// # Errors
    /// If the version is not held.
    pub fn fork_at(&self, heads: &[Hash]) -> Result<Self, UnknownVersion> {
        let heads = self.known(heads)?;
        let mut am = self.am.fork_at(&heads).map_err(|_| UnknownVersion)?;
        am.set_actor(ActorId::from(&[0u8; 1][..]));
        let graph = Arc::new(Graph::of(&am));
        Ok(Self { am, graph })
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
        let slot = crate::snapshot::read_slot(&self.am, None, NAME_FIELD);
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

    pub(crate) fn snapshot(&self, at: Option<&[Hash]>) -> Result<Snapshot, UnknownVersion> {
        Ok(match at {
            None => Snapshot::read(&self.am, None),
            Some(heads) => Snapshot::read(&self.am, Some(&self.known(heads)?)),
        })
    }

    pub(crate) fn replace(&mut self, am: Automerge, graph: Graph) {
        self.am = am;
        self.graph = Arc::new(graph);
    }

    pub(crate) fn note_change(&mut self, meta: &crate::ChangeMeta) {
        Arc::make_mut(&mut self.graph).add(meta);
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
