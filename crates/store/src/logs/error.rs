//! What can go wrong with the logs.

use accord_core::{CodecError, Invalid, LogId};
use accord_words::say;

use super::MAX_BRANCHES;
use crate::error::key;
use crate::{OwnHeadsError, StoreError};

fn called(words: &str) -> String {
    say!("logs-what", what = key(words))
}

/// The logs cannot be read, or not be written.
#[derive(Debug, thiserror::Error)]
pub enum LogsError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A value has not the form that this version writes.
    #[error("{}", say!("logs-form", what = called(.what)))]
    Form {
        /// What.
        what: &'static str,
        /// Why.
        #[source]
        source: CodecError,
    },
    /// Something that should be there is not.
    #[error("{}", say!("logs-missing", what = called(.0)))]
    Missing(&'static str),
    /// Entries of a log that were held are damaged in the store, or gone.
    #[error("{}", say!("logs-lost", from = .from.to_string(), to = .to.to_string()))]
    Lost {
        /// The log.
        log: LogId,
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// Another version of this program wrote the logs, in another way.
    #[error("{}", say!("logs-layout", found = .found.to_string(), known = .known.to_string()))]
    Layout {
        /// The layout found.
        found: u8,
        /// The layout that is known here.
        known: u8,
    },
    /// Entries stand in packs, and there is nothing to read them with.
    #[error("{}", say!("logs-packed"))]
    Packed,
    /// An earlier write failed, so that it is not known what the store holds until it is opened again.
    #[error("{}", say!("logs-unsure"))]
    Unsure,
    /// The file of own heads could not be written.
    #[error("{}", say!("own-heads-unwritten"))]
    OwnHeads(#[source] OwnHeadsError),
    /// What has no place in these logs. A fault of the caller.
    #[error("{}", say!("logs-elsewhere", what = called(.0)))]
    Elsewhere(&'static str),
    /// An own entry that every other node would refuse. A fault of the caller.
    #[error("{}", say!("logs-draft"))]
    Draft(#[source] Invalid),
    /// An own entry that no node would ever admit. A fault of the caller.
    #[error("{}", say!("logs-not-regular", seq = .seq))]
    NotRegular {
        /// Its position.
        seq: u64,
    },
    /// A run in which no signature holds for longer than what can be passed on.
    #[error("{}", say!("logs-unsigned", seq = .seq))]
    Unsigned {
        /// Where the stretch begins.
        seq: u64,
    },
}

/// A run was not taken in. Nothing of it is stored.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// It begins beyond what is held.
    #[error("{}", say!("ingest-gap", first = .first, held = .held))]
    Gap {
        /// How many entries are held.
        held: u64,
        /// Where the run begins.
        first: u64,
    },
    /// It follows an entry that is not held, though others are held at its place: it belongs to a branch of which the
    /// beginning is not here.
    #[error("{}", say!("ingest-apart", first = .first))]
    Apart {
        /// Where the run begins.
        first: u64,
    },
    /// As many branches of the log are held as are kept.
    #[error("{}", say!("ingest-branches", limit = MAX_BRANCHES))]
    Branches,
    /// The logs failed.
    #[error(transparent)]
    Logs(#[from] LogsError),
}

/// An own entry was not appended. Nobody has seen it.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The store is behind the file of own heads: to write now would sign a position twice.
    #[error("{}", say!("append-behind", held = .held, signed = .signed))]
    Behind {
        /// The log.
        log: LogId,
        /// How many entries the store has.
        held: u64,
        /// How many were signed.
        signed: u64,
    },
    /// Others say that an own log goes further than the store.
    #[error("{}", say!("append-ahead", said = .said, held = .held))]
    Ahead {
        /// The log.
        log: LogId,
        /// How many entries are here.
        held: u64,
        /// How far others say it goes.
        said: u64,
    },
    /// A second history of one of the own logs exists, so this key is in use elsewhere.
    #[error("{}", say!("append-forked", seq = .seq))]
    Forked {
        /// From which position.
        seq: u64,
    },
    /// An earlier write of the file of own heads failed.
    #[error("{}", say!("logs-unsure"))]
    Unsure,
    /// The file of own heads could not be written.
    #[error("{}", say!("own-heads-unwritten"))]
    OwnHeads(#[source] OwnHeadsError),
    /// The logs failed.
    #[error(transparent)]
    Logs(#[from] LogsError),
}

impl From<StoreError> for IngestError {
    fn from(error: StoreError) -> Self {
        IngestError::Logs(error.into())
    }
}

impl From<StoreError> for AppendError {
    fn from(error: StoreError) -> Self {
        AppendError::Logs(error.into())
    }
}
