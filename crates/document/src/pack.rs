//! Packs: entries of several logs of one space as few bytes, and back to the byte.
//!
//! What makes entries large is what can be computed: headers follow from the log and from the hashes of changes, changes of
//! one document name the same keys, authors and operations again and again, and one signature vouches for all before it. So a
//! pack holds for each log which position is which document's next change, for each document its changes as columns, whoever
//! wrote them, and signatures only where a run may end. What does not follow the rules of honest entries travels whole.
//!
//! A pack is read without any document and without any other pack. It proves nothing by itself: what comes out of it is
//! entries, which are verified as any others are. A wrong pack gives wrong hashes, and those no signature vouches for.
//!
//! `docs/packs.md` describes the bytes. No part of them is the library's experimental form of bundles: that cannot share anything
//! between documents, depends on one version of the library, and its reader panics on some bytes.

mod changes;
mod channel;
mod logs;
mod order;
mod reading;
mod terms;
mod track;
mod writing;

use accord_core::{DeviceId, EntryId, ProgrammeId, SignedEntry, SpaceId};

pub use reading::{Span, spans, unpack};
pub use writing::pack;

/// The number of the form. Another number is another form.
pub const FORM: u8 = 1;

/// The most entries of one pack: what is told of each beside its bytes stays small against [`MAX_BYTES`].
pub const MAX_ENTRIES: usize = 1 << 14;

/// The most logs of one pack.
pub const MAX_PACKED_LOGS: usize = 256;

/// The most bytes of entries that one pack unpacks to: what a receiver holds in memory of it. One entry of the greatest size
/// fits beside others.
pub const MAX_BYTES: usize = 6 << 20;

/// The most operations in all changes of one pack: run lengths let few bytes name many, and each takes time.
pub const MAX_OPERATIONS: usize = 1 << 19;

/// The most bytes of all columns of a pack, inflated: no more than the entries whole, with their lengths.
const MAX_COLUMNS: usize = MAX_BYTES + (2 << 20);

/// How many entries may follow each other without a signature: where a log is cut later, no more than these go beyond it.
pub const SIGNED_EVERY: usize = 64;

/// How many bytes of entries may follow each other without a signature: no more than travels in one run.
pub const SIGNED_BYTES: usize = 64 * 1024;

/// Entries of one log that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Whose log.
    pub device: DeviceId,
    /// The position of the first.
    pub from: u64,
    /// The entry before it; none at position 1.
    pub prev: Option<EntryId>,
    /// The entries. Those without a signature have [`accord_core::Signature::NONE`].
    pub entries: Vec<SignedEntry>,
}

/// Whose entries: what every header of a pack names and the pack does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The programme.
    pub programme: ProgrammeId,
    /// The space.
    pub space: SpaceId,
}

/// Why there is no pack, or nothing comes out of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// More than one pack holds.
    #[error("more than one pack holds: {0}")]
    TooLarge(&'static str),
    /// It is not the form that this version reads.
    #[error("a pack of form {0}, which this version does not read")]
    Form(u8),
    /// The bytes end before the pack does.
    #[error("the pack is cut off")]
    CutOff,
    /// Something in it cannot be.
    #[error("the pack is malformed: {0}")]
    Malformed(&'static str),
}

#[cfg(test)]
mod tests;
