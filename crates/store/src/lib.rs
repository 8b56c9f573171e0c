//! Durable storage: one trait, sled, redb and memory behind it, and the logs on top.
//!
//! [`Store`] is all that the rest of Accord sees: a handful of named trees of bytes, written in atomic commits
//! that are on the disk when they are acknowledged. [`SledStore`] and [`RedbStore`] keep that promise on a real disk,
//! [`MemoryStore`] in tests and simulations, and one conformance suite holds all three to it. [`open`] opens a folder by the
//! engine that wrote it, and [`compact`] gives its space back or changes the engine. [`OwnHeads`] is the
//! small file *beside* the store that lets a node notice when its store has lost acknowledged entries.
//!
//! Nothing outside this crate names an engine.

#[cfg(feature = "testing")]
pub mod conformance;
mod disk;
mod error;
mod limits;
mod logs;
mod memory;
mod own_heads;
#[cfg(feature = "testing")]
pub mod power_cut;
mod redb_store;
mod salvage;
mod scan;
mod sled_store;
mod store;
mod tree;
mod walk;

#[cfg(feature = "testing")]
pub use disk::damage_where;
#[cfg(feature = "testing")]
pub use disk::probe::Recorder;
pub use disk::probe::{Step, SyncProbe};
pub use disk::{
    EngineKind, Reclaimed, UnknownEngine, bytes_below, compact, create, engine_of, engine_set_aside, intact,
    open, set_aside, shredded,
};
pub use error::StoreError;
pub use limits::{MAX_COMMIT_BYTES, MAX_COMMIT_OPS, MAX_KEY, MAX_VALUE};
pub use logs::{
    AppendError, Arrival, Branch, Branches, Caches, CheckProgress, Checked, DocumentFault, DocumentRecord,
    DocumentReport, Draft, EntryRef, ForkProof, Hole, IngestError, Ingested, Irregular, LogFault, LogReport,
    Logs, LogsError, MAX_BRANCHES, Mended, PackBounds, PackReport, Packer, Side,
};
pub use memory::{MemoryStore, Token};
#[cfg(feature = "testing")]
pub use own_heads::reread_own_heads;
pub use own_heads::{OwnHead, OwnHeads, OwnHeadsError};
pub use redb_store::RedbStore;
pub use salvage::{Chains, Salvage};
pub use scan::{Page, Scan};
pub use sled_store::SledStore;
pub use store::{Op, Store};
pub use tree::Tree;
pub use walk::walk;
