//! What is wrong with an audit file.

use crate::{CodecError, Invalid};
use accord_words::say;

/// Why an audit file proves nothing, or cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// Something else, or of a format that a newer version writes.
    #[error("{}", say!("audit-no-file"))]
    NotAnAudit,
    /// Too many bytes or entries.
    #[error("{}", say!("audit-too-large"))]
    TooLarge,
    /// The sum at the end does not fit.
    #[error("{}", say!("audit-changed"))]
    Changed,
    /// The bytes are not what they should be.
    #[error("{}", say!("audit-malformed"))]
    Malformed(#[source] CodecError),
    /// About another programme.
    #[error("{}", say!("audit-other-programme"))]
    OtherProgramme,
    /// An entry that belongs somewhere else, stands out of order or twice.
    #[error("{}", say!("audit-misplaced", seq = .seq))]
    Misplaced {
        /// Its position in its log.
        seq: u64,
    },
    /// An entry before one that is there is missing.
    #[error("{}", say!("audit-gap", seq = .seq))]
    Gap {
        /// Its position in its log.
        seq: u64,
    },
    /// Nothing vouches for an entry.
    #[error("{}", say!("audit-unsigned", seq = .seq))]
    Unsigned {
        /// Its position in its log.
        seq: u64,
    },
    /// A signature or a payload that does not hold.
    #[error("{}", say!("audit-entry"))]
    Entry(#[source] Invalid),
    /// A change that its author's device could not have made.
    #[error("{}", say!("audit-actor", seq = .seq))]
    Actor {
        /// Its position in its log.
        seq: u64,
    },
    /// The two secretariats' signatures under the founding are not in it.
    #[error("{}", say!("audit-not-founded"))]
    NotFounded,
}
