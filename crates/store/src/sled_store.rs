//! The store on a real disk: sled, by the recipe that was found to keep what it acknowledged through power cuts.
//!
//! The recipe and the reason for each step are in `docs/storage.md`. In short: one writer, small records, an atomic
//! transaction over all trees, then the engine's flush, a sync of its file and a sync of its file system; only
//! after all of them a caller is told. Reads show what is on the disk, and never what is on its way there.

mod compact;
mod engine;
mod folder;
mod overlay;
mod probe;
mod record;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::thread::JoinHandle;

use crate::{Op, Page, Scan, Store, StoreError, Tree, limits};
pub use compact::Reclaimed;
use engine::{Engine, Stored, guarded};
use folder::FolderLock;
use overlay::Overlay;
#[cfg(feature = "testing")]
pub use probe::Recorder;
pub use probe::{Step, SyncProbe};
use writer::Request;

/// A store in a folder, open for this process alone.
pub struct SledStore {
    path: PathBuf,
    // The order matters: closing ends the writer, then the engine, and only then gives up the folder.
    queue: Option<SyncSender<Request>>,
    writer: Option<JoinHandle<()>>,
    shared: Option<Arc<Shared>>,
    _lock: Option<FolderLock>,
}

/// What the writer and the readers have in common.
struct Shared {
    engine: Engine,
    overlay: RwLock<Overlay>,
    failed: OnceLock<StoreError>,
    probe: Arc<dyn SyncProbe>,
}

impl SledStore {
    /// Opens the store in `path`, and makes it if there is none.
    pub fn open(path: impl AsRef<Path>) -> Result<SledStore, StoreError> {
        Self::start(&folder::plain(path.as_ref()), Arc::new(probe::Unwatched))
    }

    /// Opens a store whose I/O steps pass through `probe`, which may measure them, or break them in a test.
    pub fn open_with(path: impl AsRef<Path>, probe: Arc<dyn SyncProbe>) -> Result<SledStore, StoreError> {
        Self::start(&folder::plain(path.as_ref()), probe)
    }

    /// Gives space back to the disk, which the engine never does by itself, by copying what is alive into a new
    /// store that then takes the old one's place. The store must not be open. Needs room for the copy.
    pub fn compact(path: impl AsRef<Path>) -> Result<Reclaimed, StoreError> {
        let path = folder::plain(path.as_ref());
        compact::compact(&path).map_err(StoreError::opening(&path))
    }

    fn start(path: &Path, probe: Arc<dyn SyncProbe>) -> Result<SledStore, StoreError> {
        let opening = || StoreError::opening(path);
        folder::create(path).map_err(opening())?;
        let lock = FolderLock::take(path).map_err(opening())?;
        compact::remove_leftover(path).map_err(opening())?;
        Self::under(path, Some(lock), probe)
    }

    /// Opens the store in a folder that is locked already: by `lock`, or by a lock that the caller keeps longer.
    fn under(
        path: &Path,
        lock: Option<FolderLock>,
        probe: Arc<dyn SyncProbe>,
    ) -> Result<SledStore, StoreError> {
        let opening = || StoreError::opening(path);
        let engine = Engine::open(path).map_err(opening())?;
        let shared = Arc::new(Shared { engine, overlay: RwLock::default(), failed: OnceLock::new(), probe });
        let (queue, queued) = mpsc::sync_channel(writer::QUEUE);
        let writer = std::thread::Builder::new()
            .name("accord-store".into())
            .spawn({
                let shared = Arc::clone(&shared);
                move || writer::run(&shared, &queued)
            })
            .map_err(StoreError::io("start its writer"))
            .map_err(opening())?;
        Ok(SledStore {
            path: path.to_owned(),
            queue: Some(queue),
            writer: Some(writer),
            shared: Some(shared),
            _lock: lock,
        })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Damages a stored value, as a failing disk would: one bit of it is another from now on, durably. False if there is no
    /// such value.
    #[cfg(feature = "testing")]
    pub fn damage(&self, tree: Tree, key: &[u8]) -> Result<bool, StoreError> {
        self.shared()?.engine.damage(tree, key)
    }

    fn shared(&self) -> Result<&Shared, StoreError> {
        self.shared.as_deref().ok_or_else(closed)
    }

    fn submit(&self, ops: Vec<Op>) -> Result<(), StoreError> {
        if let Some(refusal) = self.shared()?.refusal() {
            return Err(refusal);
        }
        let (reply, answer) = mpsc::sync_channel(1);
        let queue = self.queue.as_ref().ok_or_else(closed)?;
        queue.send(Request::new(ops, reply)).map_err(|_| closed())?;
        answer.recv().map_err(|_| closed())?
    }
}

impl Shared {
    /// Why nothing may be written, if so.
    fn refusal(&self) -> Option<StoreError> {
        self.failed.get().map(StoreError::again)
    }

    /// Ends all writing. What the failed write left in memory differs from the disk in ways that only opening the
    /// store again can settle.
    fn fail(&self, error: &StoreError) {
        let because = error.chain();
        tracing::error!(%because, "the store takes no more writes");
        let _ = self.failed.set(StoreError::ReadOnly { because, disk_full: error.is_disk_full() });
    }
}

fn closed() -> StoreError {
    StoreError::Engine { doing: "answer", what: "its writer has ended".into() }
}

impl Store for SledStore {
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let shared = self.shared()?;
        let stored = guarded("read", || {
            let overlay = shared.overlay.read().unwrap_or_else(PoisonError::into_inner);
            overlay.get(&shared.engine, tree, key)
        })?;
        match stored {
            Stored::Absent => Ok(None),
            Stored::Value(value) => Ok(Some(value)),
            Stored::Damaged => Err(StoreError::Damaged { tree, key: key.to_vec() }),
        }
    }

    fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        let shared = self.shared()?;
        guarded("read", || {
            let overlay = shared.overlay.read().unwrap_or_else(PoisonError::into_inner);
            overlay.scan(&shared.engine, scan)
        })
    }

    fn commit(&self, ops: Vec<Op>) -> Result<(), StoreError> {
        limits::check(&ops)?;
        self.submit(ops)
    }

    /// A round of the writer with nothing to write: all syncs, and the proof that they still succeed.
    fn maintain(&self) -> Result<(), StoreError> {
        self.submit(Vec::new())
    }

    fn failed(&self) -> Option<StoreError> {
        self.shared().map_or_else(Some, Shared::refusal)
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the writer of the store ended in a panic");
        }
        // The engine panics when its last sync fails; everything that was acknowledged is on the disk already.
        if let Err(error) = guarded("close", || {
            drop(self.shared.take());
            Ok(())
        }) {
            tracing::error!(error = %error, "the store was not closed in order");
        }
    }
}

impl fmt::Debug for SledStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledStore").field("path", &self.path).finish_non_exhaustive()
    }
}
