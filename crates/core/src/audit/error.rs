//! What is wrong with an audit file.

use crate::{CodecError, Invalid};

/// Why an audit file proves nothing, or cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// Something else, or of a format that a newer version writes.
    #[error("this is no audit file that this version of accord can read")]
    NotAnAudit,
    /// Too many bytes or entries.
    #[error("the audit file is too large")]
    TooLarge,
    /// The sum at the end does not fit.
    #[error("the file was changed or damaged after it was written")]
    Changed,
    /// The bytes are not what they should be.
    #[error("the file cannot be read")]
    Malformed(#[source] CodecError),
    /// About another programme.
    #[error("the file is about another programme")]
    OtherProgramme,
    /// An entry that belongs somewhere else, stands out of order or twice.
    #[error("entry {seq} of a log does not belong where it stands in the file")]
    Misplaced {
        /// Its position in its log.
        seq: u64,
    },
    /// An entry before one that is there is missing.
    #[error("the entry before entry {seq} of a log is missing")]
    Gap {
        /// Its position in its log.
        seq: u64,
    },
    /// Nothing vouches for an entry.
    #[error("entry {seq} of a log is not signed")]
    Unsigned {
        /// Its position in its log.
        seq: u64,
    },
    /// A signature or a payload that does not hold.
    #[error("an entry does not hold")]
    Entry(#[source] Invalid),
    /// A change that its author's device could not have made.
    #[error("the change in entry {seq} of a log does not belong to the device that signed it")]
    Actor {
        /// Its position in its log.
        seq: u64,
    },
    /// The two secretariats' signatures under the founding are not in it.
    #[error("the founding, with both secretariats' signatures, is not in the file")]
    NotFounded,
}
