//! Admission: which entries change documents. A pure function of the entries held.

mod closure;
mod forks;
mod place;

pub use closure::{Admission, Admitted, Base, Candidate, RatifiedState, admit_document};
pub use forks::{Branch, Forks};
pub use place::{standing, standing_in};

use crate::{ActorSeed, ChangeMeta, DeviceId, DocumentId, SpaceId};
use accord_words::say;

/// Whether an entry may change documents, by its place in the logs alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Its author could write to the space under its authority.
    InPosition,
    /// Something is missing to tell. It is tried again when more has come.
    Waiting(WaitingFor),
    /// It is kept and shown, and changes nothing.
    Quarantined(Reason),
}

/// What an entry waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitingFor {
    /// Both signatures under the genesis.
    Founding,
    /// The governance entries that its authority points to, or the votes that these speak of.
    Authority,
    /// A change that it was made on.
    Ancestor,
    /// Word on which of two histories of its author stands.
    Branch,
}

/// Why an entry is in quarantine.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Its organisation could not write to the space under its authority.
    #[error("{}", say!("apart-no-access"))]
    NoAccess,
    /// Its authority names another branch of its author's governance log.
    #[error("{}", say!("apart-other-branch"))]
    OtherBranch,
    /// It is beyond the cut of a decision that ended its organisation's access.
    #[error("{}", say!("apart-removed"))]
    Removed,
    /// It is beyond the cut of its device's revocation.
    #[error("{}", say!("apart-revoked"))]
    Revoked,
    /// Its organisation certified more devices than it may.
    #[error("{}", say!("apart-surplus"))]
    Surplus,
    /// Another branch of its author's log stands.
    #[error("{}", say!("apart-fork"))]
    Fork,
    /// The change has another actor than the log's device, or is out of its sequence, or its authority goes back.
    #[error("{}", say!("apart-irregular"))]
    Irregular,
    /// A newer version of the program wrote it.
    #[error("{}", say!("apart-newer"))]
    Newer,
    /// The guard refused the change.
    #[error("{}", say!("apart-guard"))]
    Guard,
    /// It was made on a change whose author could not write here, as far as its own author knew.
    #[error("{}", say!("apart-ancestor"))]
    Ancestor,
}

/// What a log has promised so far: the state that tells regular entries from irregular ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ActorState {
    /// The generation of the device's last regular change to the document.
    pub generation: u32,
    /// The actor sequence number of that change.
    pub seq: u64,
}

/// The last generation under which a device writes in a document. An honest one begins another only after a change of its own
/// ended in quarantine; and each makes all that is kept about authors longer, for everybody.
pub const MAX_GENERATION: u32 = 255;

/// Judges whether a change is *regular*: it has this device's actor and the actor's next sequence number in this
/// log. `before` is the state after the device's earlier regular changes to the document; gives the state after.
///
/// # Errors
/// [`Reason::Irregular`]
pub fn regular(
    before: ActorState,
    space: &SpaceId,
    device: &DeviceId,
    (document, generation): (&DocumentId, u32),
    meta: &ChangeMeta,
) -> Result<ActorState, Reason> {
    let actor = ActorSeed { device: *device, space: *space, document: *document, generation }.actor();
    let next = match generation.cmp(&before.generation) {
        std::cmp::Ordering::Less => return Err(Reason::Irregular),
        std::cmp::Ordering::Equal => before.seq.checked_add(1),
        std::cmp::Ordering::Greater if generation <= MAX_GENERATION => Some(1),
        std::cmp::Ordering::Greater => return Err(Reason::Irregular),
    };
    if meta.actor != actor || Some(meta.seq) != next {
        return Err(Reason::Irregular);
    }
    Ok(ActorState { generation, seq: meta.seq })
}
