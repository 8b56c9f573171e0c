//! The one trait that everything above storage is written against.

use crate::{Page, Scan, StoreError, Tree};

/// One write of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Sets a key, whether or not it was there.
    Put {
        /// Where.
        tree: Tree,
        /// Which key.
        key: Vec<u8>,
        /// To what.
        value: Vec<u8>,
    },
    /// Removes a key; no error if it is not there.
    Delete {
        /// Where.
        tree: Tree,
        /// Which key.
        key: Vec<u8>,
    },
}

impl Op {
    /// A put.
    pub fn put(tree: Tree, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Op {
        Op::Put { tree, key: key.into(), value: value.into() }
    }

    /// A delete.
    pub fn delete(tree: Tree, key: impl Into<Vec<u8>>) -> Op {
        Op::Delete { tree, key: key.into() }
    }

    /// The tree that is written.
    pub fn tree(&self) -> Tree {
        match self {
            Op::Put { tree, .. } | Op::Delete { tree, .. } => *tree,
        }
    }

    /// The key that is written.
    pub fn key(&self) -> &[u8] {
        match self {
            Op::Put { key, .. } | Op::Delete { key, .. } => key,
        }
    }

    /// The new value; none for a delete.
    pub fn value(&self) -> Option<&[u8]> {
        match self {
            Op::Put { value, .. } => Some(value),
            Op::Delete { .. } => None,
        }
    }
}

/// Named trees of bytes with atomic, durable commits.
///
/// All methods block until the disk has answered, so an async caller runs them where blocking is allowed.
/// Several threads may call at once; concurrent commits share their disk syncs.
pub trait Store: Send + Sync + 'static {
    /// The value of a key, checked against its checksum.
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// One page of a tree, as it was at one moment: no commit is ever seen in part within a page.
    /// Between two pages of one walk commits may happen.
    fn scan(&self, scan: &Scan) -> Result<Page, StoreError>;

    /// Does all of the operations or none, later ones over earlier ones. `Ok` means that they are on the disk
    /// and stay there through a kill or a power cut; until then no read shows them. After an error it is not
    /// known whether they are on the disk, until the store is opened again; they are there whole or not at all.
    fn commit(&self, ops: Vec<Op>) -> Result<(), StoreError>;

    /// Puts everything in order that the store can put in order while it is in use, and proves that it can still
    /// write. For idle moments.
    fn maintain(&self) -> Result<(), StoreError>;

    /// Why nothing can be written any more before the store is opened again, if so. Asks no disk.
    fn failed(&self) -> Option<StoreError> {
        None
    }
}
