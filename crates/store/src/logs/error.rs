//! What can go wrong with the logs.

use accord_core::{CodecError, Invalid, LogId};

use super::MAX_BRANCHES;
use crate::{OwnHeadsError, StoreError};

/// The logs cannot be read, or not be written.
#[derive(Debug, thiserror::Error)]
pub enum LogsError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A value has not the form that this version writes.
    #[error("{what} in the store cannot be read")]
    Form {
        /// What.
        what: &'static str,
        /// Why.
        #[source]
        source: CodecError,
    },
    /// Something that should be there is not.
    #[error("{0} is missing in the store; `accord verify` tells what can be healed")]
    Missing(&'static str),
    /// Another version of this program wrote the logs, in another way.
    #[error(
        "the logs in this store are written in layout {found}, and this version of accord reads layout {known}; use \
         the version that wrote them, or a newer one"
    )]
    Layout {
        /// The layout found.
        found: u8,
        /// The layout that is known here.
        known: u8,
    },
    /// An earlier write failed, so that it is not known what the store holds until it is opened again.
    #[error("an earlier write failed half-way; restart the node before writing again")]
    Unsure,
    /// The file of own heads could not be written.
    #[error("the file of own heads could not be written")]
    OwnHeads(#[source] OwnHeadsError),
    /// What has no place in these logs. A fault of the caller.
    #[error("{0} cannot be written here")]
    Elsewhere(&'static str),
    /// An own entry that every other node would refuse. A fault of the caller.
    #[error("the entry was not made, because every other node would refuse it")]
    Draft(#[source] Invalid),
    /// An own entry that no node would ever admit. A fault of the caller.
    #[error("entry {seq} was not made, because it does not belong at this place of its log")]
    NotRegular {
        /// Its position.
        seq: u64,
    },
    /// A run in which no signature holds for longer than what can be passed on.
    #[error("no signature holds in a long stretch of entries from {seq} on")]
    Unsigned {
        /// Where the stretch begins.
        seq: u64,
    },
}

/// A run was not taken in. Nothing of it is stored.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// It begins beyond what is held.
    #[error("the entries begin at {first}, and {held} are held")]
    Gap {
        /// How many entries are held.
        held: u64,
        /// Where the run begins.
        first: u64,
    },
    /// It follows an entry that is not held, though others are held at its place: it belongs to a branch of which the
    /// beginning is not here.
    #[error(
        "the entries from {first} on belong to a history of this log of which earlier entries are missing"
    )]
    Apart {
        /// Where the run begins.
        first: u64,
    },
    /// As many branches of the log are held as are kept.
    #[error("{MAX_BRANCHES} histories of this log are held already, and no more are kept")]
    Branches,
    /// The logs failed.
    #[error(transparent)]
    Logs(#[from] LogsError),
}

/// An own entry was not appended. Nobody has seen it.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The store is behind the file of own heads: to write now would sign a position twice.
    #[error(
        "this node's store is older than what it has already signed ({held} of {signed} entries are there), so it \
         writes nothing until it has its own entries back"
    )]
    Behind {
        /// The log.
        log: LogId,
        /// How many entries the store has.
        held: u64,
        /// How many were signed.
        signed: u64,
    },
    /// Others say that an own log goes further than the store.
    #[error(
        "others hold {said} entries that this device wrote, and only {held} are here, so it writes nothing until it has \
         its own entries back"
    )]
    Ahead {
        /// The log.
        log: LogId,
        /// How many entries are here.
        held: u64,
        /// How far others say it goes.
        said: u64,
    },
    /// A second history of one of the own logs exists, so this key is in use elsewhere.
    #[error("another copy of this device has written too, from entry {seq} on; a new device key is needed")]
    Forked {
        /// From which position.
        seq: u64,
    },
    /// An earlier write of the file of own heads failed.
    #[error("an earlier write failed half-way; restart the node before writing again")]
    Unsure,
    /// The file of own heads could not be written.
    #[error("the file of own heads could not be written")]
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
