//! What the core knows of an Automerge change: its outside. The inside belongs to the document layer.

use crate::{ChangeHash, DeviceId, DocumentId, SpaceId, tagged_hash};

/// The outside of one Automerge change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeMeta {
    /// The SHA-256 of its content.
    pub hash: ChangeHash,
    /// Its actor id.
    pub actor: Vec<u8>,
    /// Its position among the actor's changes, from 1.
    pub seq: u64,
    /// The counter of its first operation.
    pub start_op: u64,
    /// The counter of its last operation (`start_op - 1` if it has none).
    pub max_op: u64,
    /// The changes it was made on.
    pub deps: Vec<ChangeHash>,
}

/// A payload that is not a readable change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the change cannot be read: {0}")]
pub struct Unreadable(pub String);

/// Reads the outside of a change from its bytes, without loading any document. The document layer has the real
/// one; a simulation may use its own format.
pub trait ChangeReader {
    /// The outside of the change in `payload`.
    ///
    /// # Errors
    /// [`Unreadable`] if it is malformed, or over a bound.
    fn read(&self, payload: &[u8]) -> Result<ChangeMeta, Unreadable>;
}

impl<F: Fn(&[u8]) -> Result<ChangeMeta, Unreadable>> ChangeReader for F {
    fn read(&self, payload: &[u8]) -> Result<ChangeMeta, Unreadable> {
        self(payload)
    }
}

/// What an Automerge actor id is derived from, so that nobody writes in another's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActorSeed {
    /// The writing device.
    pub device: DeviceId,
    /// The space of the document.
    pub space: SpaceId,
    /// The document.
    pub document: DocumentId,
    /// Counts up when a device goes on after a change of its own ended in quarantine.
    pub generation: u32,
}

impl ActorSeed {
    /// The actor id: the first 16 bytes of a tagged hash. Sixteen keep changes small; a collision would take
    /// 2^64 tries, and gains only an irregular entry.
    pub fn actor(&self) -> [u8; 16] {
        let hash = tagged_hash(
            "actor",
            &[&self.device.0, &self.space.0, &self.document.0, &self.generation.to_be_bytes()],
        );
        let mut actor = [0; 16];
        actor.copy_from_slice(&hash[..16]);
        actor
    }
}
