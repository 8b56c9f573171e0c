//! The engines that there are.

use std::fmt;
use std::str::FromStr;

use accord_words::say;

/// What a store on a disk is written by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EngineKind {
    /// sled, in small records and with syncs of our own.
    #[default]
    Sled,
    /// redb.
    Redb,
}

impl EngineKind {
    /// All of them.
    pub const ALL: [EngineKind; 2] = [EngineKind::Sled, EngineKind::Redb];

    /// Its name, also in the note beside its files.
    pub const fn name(self) -> &'static str {
        match self {
            EngineKind::Sled => "sled",
            EngineKind::Redb => "redb",
        }
    }

    /// The file in the store's folder by which it is known.
    pub(crate) const fn file(self) -> &'static str {
        match self {
            EngineKind::Sled => "db",
            EngineKind::Redb => "store.redb",
        }
    }
}

impl fmt::Display for EngineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no engine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", say!("store-unknown-engine", word = .0.clone()))]
pub struct UnknownEngine(pub String);

impl FromStr for EngineKind {
    type Err = UnknownEngine;

    fn from_str(word: &str) -> Result<Self, UnknownEngine> {
        EngineKind::ALL
            .into_iter()
            .find(|kind| kind.name() == word)
            .ok_or_else(|| UnknownEngine(word.to_owned()))
    }
}
