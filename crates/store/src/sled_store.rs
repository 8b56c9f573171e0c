//! The store on a real disk by sled, in the way that was found to keep what it acknowledged through power cuts.
//!
//! The recipe and the reason for each step are in `docs/storage.md`. In short: one writer, small records, an atomic
//! transaction over all trees, then the engine's flush, a sync of its file and a sync of its file system; only
//! after all of them a caller is told. Reads show what is on the disk, and never what is on its way there.

mod engine;
mod folder;
mod masked;
mod message;
mod overlay;
mod record;
mod shred;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::committer::Committer;
use crate::disk::folder::{FolderLock, plain};
use crate::disk::guard::guarded;
use crate::disk::probe::{SyncProbe, Unwatched};
use crate::disk::{self, EngineKind};
use crate::{Op, Page, Scan, Store, StoreError, Tree};
use engine::{Engine, Stored};
pub(crate) use folder::await_release;
use masked::Masked;
pub(crate) use message::number;
pub(crate) use record::STORED_MAX;

/// A store in a folder, open for this process alone.
pub struct SledStore {
    path: PathBuf,
    // The order matters: the engine ends first, and only then the folder is given up.
    committer: Committer<Masked>,
    _lock: Option<FolderLock>,
}

impl SledStore {
    /// Opens the store in `path`, and makes it if there is none.
    pub fn open(path: impl AsRef<Path>) -> Result<SledStore, StoreError> {
        Self::open_with(path, Arc::new(Unwatched))
    }

    /// Opens a store whose I/O steps pass through `probe`, which may measure them, or break them in a test.
    pub fn open_with(path: impl AsRef<Path>, probe: Arc<dyn SyncProbe>) -> Result<SledStore, StoreError> {
        let path = plain(path.as_ref());
        let lock = disk::take(&path, EngineKind::Sled)?;
        let made = disk::make_beside(&path, EngineKind::Sled, |beside| {
            guarded("make its files", || Engine::open(beside).map(drop))?;
            await_release(beside)
        });
        made.map_err(StoreError::opening(&path))?;
        Self::under(&path, Some(lock), probe)
    }

    /// Opens the store in a folder that is locked already: by `lock`, or by a lock that the caller keeps longer.
    pub(crate) fn under(
        path: &Path,
        lock: Option<FolderLock>,
        probe: Arc<dyn SyncProbe>,
    ) -> Result<SledStore, StoreError> {
        let opening = || StoreError::opening(path);
        let engine = Engine::open(path).map_err(opening())?;
        let committer = Committer::start(Masked::new(engine, probe)).map_err(opening())?;
        Ok(SledStore { path: path.to_owned(), committer, _lock: lock })
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

impl Store for SledStore {
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let engine = self.committer.engine()?;
        match guarded("read", || engine.get(tree, key))? {
            Stored::Absent => Ok(None),
            Stored::Value(value) => Ok(Some(value)),
            Stored::Damaged => Err(StoreError::Damaged { tree, key: key.to_vec() }),
        }
    }

    fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        let engine = self.committer.engine()?;
        guarded("read", || engine.scan(scan))
    }

    fn commit(&self, ops: Vec<Op>) -> Result<(), StoreError> {
        self.committer.commit(ops)
    }

    /// A round of the writer with nothing to write: all syncs, and the proof that they still succeed.
    fn maintain(&self) -> Result<(), StoreError> {
        self.committer.commit(Vec::new())
    }

    fn failed(&self) -> Option<StoreError> {
        self.committer.refusal()
    }
}

impl fmt::Debug for SledStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledStore").field("path", &self.path).finish_non_exhaustive()
    }
}
