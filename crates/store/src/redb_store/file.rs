//! The engine's file, with a memory above it for when the disk refuses.
//!
//! Once a write of the engine has failed it refuses even to read, until it is opened again, and a disk that is full
//! does not let it open. But who has a full disk wants to go on reading. So the engine never hears of a write or a sync
//! that failed: from then on what it writes stays in memory, nothing more reaches the file, and its reads see the file
//! below what is in memory. The one who commits asks [`Health`] before telling anybody anything, and gives no
//! further writes to the engine, so what is in memory is at most what one commit writes.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use redb::StorageBackend;

use crate::StoreError;
use crate::disk::probe::{Step, SyncProbe};

/// What is kept in memory is kept in pieces of this size.
const PIECE: usize = 4096;

/// How the file is.
#[derive(Clone, Default)]
pub(super) struct Health {
    failed: Arc<OnceLock<StoreError>>,
    probe: Arc<OnceLock<Arc<dyn SyncProbe>>>,
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health").field("failed", &self.failed).finish_non_exhaustive()
    }
}

impl Health {
    /// From now on syncs pass through this probe.
    pub(super) fn watch(&self, probe: Arc<dyn SyncProbe>) {
        let _ = self.probe.set(probe);
    }

    /// The first write or sync that failed.
    pub(super) fn failed(&self) -> Option<StoreError> {
        self.failed.get().map(StoreError::again)
    }

    fn note(&self, error: StoreError) {
        let _ = self.failed.set(error);
    }
}

/// The file as the engine sees it.
#[derive(Debug)]
pub(super) struct EngineFile {
    file: File,
    health: Health,
    /// Empty as long as every write and sync succeeded.
    above: OnceLock<Mutex<Above>>,
}

/// What the file does not have.
#[derive(Debug)]
struct Above {
    len: u64,
    pieces: BTreeMap<u64, Box<[u8; PIECE]>>,
}

impl EngineFile {
    pub(super) fn new(file: File, health: Health) -> Self {
        Self { file, health, above: OnceLock::new() }
    }

    fn above(&self) -> Option<MutexGuard<'_, Above>> {
        self.above.get().map(|above| above.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Does something with the disk; if that fails, or failed before, with the memory above it.
    fn change(
        &self,
        on_disk: impl FnOnce() -> Result<(), StoreError>,
        in_memory: impl FnOnce(&mut Above) -> io::Result<()>,
    ) -> io::Result<()> {
        if let Some(mut above) = self.above() {
            return in_memory(&mut above);
        }
        let Err(error) = on_disk() else { return Ok(()) };
        self.health.note(error);
        let len = self.file.metadata()?.len();
        let above = self.above.get_or_init(|| Mutex::new(Above { len, pieces: BTreeMap::new() }));
        in_memory(&mut above.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A piece of the file as it is on the disk; beyond its end there are zeros.
    fn piece(&self, at: u64) -> io::Result<Box<[u8; PIECE]>> {
        let mut piece = Box::new([0; PIECE]);
        let mut filled = 0;
        while filled < PIECE {
            match self.file.read_at(&mut piece[filled..], at * PIECE as u64 + filled as u64) {
                Ok(0) => break,
                Ok(more) => filled += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(piece)
    }
}

impl StorageBackend for EngineFile {
    fn len(&self) -> io::Result<u64> {
        match self.above() {
            Some(above) => Ok(above.len),
            None => Ok(self.file.metadata()?.len()),
        }
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let Some(above) = self.above() else { return self.file.read_exact_at(out, offset) };
        if offset + out.len() as u64 > above.len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut rest = out;
        for (at, from, size) in pieces(offset, rest.len()) {
            let (part, after) = rest.split_at_mut(size);
            match above.pieces.get(&at) {
                Some(piece) => part.copy_from_slice(&piece[from..from + size]),
                None => part.copy_from_slice(&self.piece(at)?[from..from + size]),
            }
            rest = after;
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let on_disk = || self.file.set_len(len).map_err(StoreError::io("change the length of its file"));
        self.change(on_disk, |above| {
            // What comes back after having been cut off would have to be zeros. The engine cuts off nothing but at its
            // end, so this is never read.
            above.pieces.retain(|at, _| at * (PIECE as u64) < len);
            above.len = len;
            Ok(())
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        let sync = || self.file.sync_data().map_err(StoreError::io("sync its file"));
        let on_disk = || match self.health.probe.get() {
            Some(probe) => probe.around(Step::SyncFile, &mut || sync()),
            None => sync(),
        };
        self.change(on_disk, |_| Ok(()))
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let on_disk = || self.file.write_all_at(data, offset).map_err(StoreError::io("write to its file"));
        self.change(on_disk, |above| {
            let mut rest = data;
            for (at, from, size) in pieces(offset, data.len()) {
                let (part, after) = rest.split_at(size);
                let piece = match above.pieces.entry(at) {
                    Entry::Occupied(there) => there.into_mut(),
                    Entry::Vacant(free) => free.insert(self.piece(at)?),
                };
                piece[from..from + size].copy_from_slice(part);
                rest = after;
            }
            above.len = above.len.max(offset + data.len() as u64);
            Ok(())
        })
    }
}

/// The pieces that a range touches: which, from where in it, and how much of it.
fn pieces(offset: u64, len: usize) -> impl Iterator<Item = (u64, usize, usize)> {
    let end = offset + len as u64;
    let mut at = offset;
    std::iter::from_fn(move || {
        (at < end).then(|| {
            let (piece, from) = (at / PIECE as u64, (at % PIECE as u64) as usize);
            let left = usize::try_from(end - at).unwrap_or(PIECE);
            let size = (PIECE - from).min(left);
            at += size as u64;
            (piece, from, size)
        })
    })
}
