//! The store on a real disk by redb.
//!
//! Its commits are durable by themselves, and its readers see snapshots, so less has to be put around it than around
//! sled: it is made beside and moved to its place, since a kill in its first moments could leave a file that never
//! opens; its pages are checked at every opening; and what reads show is the snapshot after the last commit that was
//! acknowledged, also once a write has failed. `docs/storage.md` has the reasons.

mod engine;
mod file;
mod making;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::checksum::{SUM, checksum};
use crate::disk::committer::Committer;
use crate::disk::folder::{FolderLock, plain};
use crate::disk::guard::guarded;
use crate::disk::probe::{SyncProbe, Unwatched};
use crate::disk::{self, EngineKind};
use crate::{Op, Page, Scan, Store, StoreError, Tree};
use engine::Engine;

/// A store in a folder, open for this process alone.
pub struct RedbStore {
    path: PathBuf,
    // The order matters: the engine ends first, and only then the folder is given up.
    committer: Committer<Engine>,
    _lock: Option<FolderLock>,
}

impl RedbStore {
    /// Opens the store in `path`, and makes it if there is none.
    pub fn open(path: impl AsRef<Path>) -> Result<RedbStore, StoreError> {
        Self::open_with(path, Arc::new(Unwatched))
    }

    /// Opens a store whose I/O steps pass through `probe`, which may measure them, or break them in a test.
    pub fn open_with(path: impl AsRef<Path>, probe: Arc<dyn SyncProbe>) -> Result<RedbStore, StoreError> {
        let path = plain(path.as_ref());
        let lock = disk::take(&path, EngineKind::Redb)?;
        Self::under(&path, Some(lock), probe)
    }

    /// Opens the store in a folder that is locked already: by `lock`, or by a lock that the caller keeps longer.
    pub(crate) fn under(
        path: &Path,
        lock: Option<FolderLock>,
        probe: Arc<dyn SyncProbe>,
    ) -> Result<RedbStore, StoreError> {
        let opening = || StoreError::opening(path);
        let engine = guarded("open its file", || Engine::open(path, probe)).map_err(opening())?;
        let committer = Committer::start(engine).map_err(opening())?;
        Ok(RedbStore { path: path.to_owned(), committer, _lock: lock })
    }

    /// Gives back the pages that a store which is not open has no use for.
    pub(crate) fn shrink(path: &Path) -> Result<(), StoreError> {
        guarded("shrink its file", || making::shrink(path)).map_err(StoreError::opening(path))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Damages a stored value, as a failing disk would: one bit of it is another from now on, durably. False if there is no
    /// such value.
    #[cfg(feature = "testing")]
    pub fn damage(&self, tree: Tree, key: &[u8]) -> Result<bool, StoreError> {
        self.committer.engine()?.damage(tree, key)
    }
}

impl Store for RedbStore {
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let engine = self.committer.engine()?;
        let damaged = || StoreError::Damaged { tree, key: key.to_vec() };
        guarded("read", || engine.get(tree, key, |record| value(tree, key, record).ok_or_else(damaged)))
    }

    fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        let engine = self.committer.engine()?;
        guarded("read", || engine.scan(scan))
    }

    fn commit(&self, ops: Vec<Op>) -> Result<(), StoreError> {
        self.committer.commit(ops)
    }

    /// A commit of nothing, with its sync.
    fn maintain(&self) -> Result<(), StoreError> {
        self.committer.commit(Vec::new())
    }

    fn failed(&self) -> Option<StoreError> {
        self.committer.refusal()
    }
}

impl fmt::Debug for RedbStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedbStore").field("path", &self.path).finish_non_exhaustive()
    }
}

/// How a value is stored: behind its checksum. The engine's own, which covers pages, is looked at when it opens only.
fn record(tree: Tree, key: &[u8], value: &[u8]) -> Vec<u8> {
    let mut record = Vec::with_capacity(SUM + value.len());
    record.extend_from_slice(&checksum(tree, key, value));
    record.extend_from_slice(value);
    record
}

/// The value of a record, unless it is damaged.
fn value(tree: Tree, key: &[u8], record: &[u8]) -> Option<Vec<u8>> {
    let (sum, value) = record.split_first_chunk::<SUM>()?;
    (checksum(tree, key, value) == *sum).then(|| value.to_vec())
}
