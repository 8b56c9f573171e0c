//! Durable storage: one trait, sled and memory behind it, and the logs on top.
//!
//! [`Store`] is all that the rest of Accord sees: a handful of named trees of bytes, written in atomic commits
//! that are on the disk when they are acknowledged. [`SledStore`] keeps that promise on a real disk,
//! [`MemoryStore`] in tests and simulations, and one conformance suite holds both to it. [`OwnHeads`] is the
//! small file *beside* the store that lets a node notice when its store has lost acknowledged entries.
//!
//! Nothing outside this crate names the engine.

#[cfg(feature = "testing")]
pub mod conformance;
mod error;
mod limits;
mod logs;
mod memory;
mod own_heads;
mod scan;
mod sled_store;
mod store;
mod tree;
mod walk;

pub use error::StoreError;
pub use limits::{MAX_COMMIT_BYTES, MAX_COMMIT_OPS, MAX_KEY, MAX_VALUE};
pub use logs::{
    AppendError, Arrival, Branch, Branches, Caches, CheckProgress, Checked, DocumentFault, DocumentRecord,
    DocumentReport, Draft, EntryRef, ForkProof, Hole, IngestError, Ingested, Irregular, LogFault, LogReport,
    Logs, LogsError, MAX_BRANCHES, Mended, Side,
};
pub use memory::{MemoryStore, Token};
#[cfg(feature = "testing")]
pub use own_heads::reread_own_heads;
pub use own_heads::{OwnHead, OwnHeads, OwnHeadsError};
pub use scan::{Page, Scan};
#[cfg(feature = "testing")]
pub use sled_store::Recorder;
pub use sled_store::{Reclaimed, SledStore, Step, SyncProbe};
pub use store::{Op, Store};
pub use tree::Tree;
pub use walk::walk;
