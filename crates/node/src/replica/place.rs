//! Which document is meant.

use accord_core::{DocumentId, SpaceId};
use accord_store::{Op, Tree};

/// A document by its space and its id: whoever may write in one space can copy an id that he saw in another, and that
/// is another document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DocumentKey {
    /// Where it lives.
    pub(crate) space: SpaceId,
    /// Its id.
    pub(crate) id: DocumentId,
}

impl DocumentKey {
    /// Removes what the store keeps of it that rests on the order in which its entries arrived.
    pub(super) fn caches(&self) -> Vec<Op> {
        [b'd', b's'].map(|letter| Op::delete(Tree::Snapshots, self.bytes(letter))).to_vec()
    }

    /// The key of what the store keeps about it, under a letter for the kind of thing.
    pub(super) fn bytes(&self, letter: u8) -> Vec<u8> {
        let mut key = Vec::with_capacity(1 + self.space.0.len() + self.id.0.len());
        key.push(letter);
        key.extend_from_slice(&self.space.0);
        key.extend_from_slice(&self.id.0);
        key
    }

    /// Reads what [`DocumentKey::bytes`] wrote.
    pub(super) fn from_bytes(key: &[u8]) -> Option<Self> {
        let (space, id) = key.get(1..)?.split_at_checked(32)?;
        Some(Self { space: SpaceId::try_from(space).ok()?, id: DocumentId::try_from(id).ok()? })
    }
}

impl std::fmt::Display for DocumentKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.id.fmt(f)
    }
}
