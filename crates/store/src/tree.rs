//! The named trees that a store is made of.

use std::fmt;

/// One of the store's key spaces. Commits are atomic over all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tree {
    /// The entries of all logs: what everything else can be rebuilt from.
    Entries,
    /// The head of each log.
    Heads,
    /// Proofs that a device signed one position twice.
    Forks,
    /// Governance records by subject.
    Governance,
    /// What is known of each document.
    Documents,
    /// Which change touched what, so that history is not decoded again on every read.
    DocumentIndex,
    /// Materialised documents, a cache.
    Snapshots,
    /// Entries that lack something, and what they wait for.
    Waiting,
    /// Other devices: addresses, and what they said they have.
    Peers,
    /// Everything that exists once.
    Meta,
    /// Old entries of a log, many in one value.
    Packs,
}

impl Tree {
    /// Every tree, in the order of their tags.
    pub const ALL: [Tree; 11] = [
        Tree::Entries,
        Tree::Heads,
        Tree::Forks,
        Tree::Governance,
        Tree::Documents,
        Tree::DocumentIndex,
        Tree::Snapshots,
        Tree::Waiting,
        Tree::Peers,
        Tree::Meta,
        Tree::Packs,
    ];

    /// The name on disk. It is part of the format and of every value's checksum, so it never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Tree::Entries => "entries",
            Tree::Heads => "heads",
            Tree::Forks => "forks",
            Tree::Governance => "governance",
            Tree::Documents => "documents",
            Tree::DocumentIndex => "document-index",
            Tree::Snapshots => "snapshots",
            Tree::Waiting => "waiting",
            Tree::Peers => "peers",
            Tree::Meta => "meta",
            Tree::Packs => "packs",
        }
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
