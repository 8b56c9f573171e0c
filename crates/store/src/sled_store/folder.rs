//! The store's folder: whose it is, and what has to be right in it before the engine may look at it.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::StoreError;

/// How long an engine of this process that was just closed may take to let go of its file. It lets go as soon as
/// its background threads have ended, which takes milliseconds unless one of them died.
const LINGER: Duration = Duration::from_secs(10);

/// The lock on a store, which also covers the folders beside it that compaction uses. The engine has a lock of its
/// own inside the folder, but takes it too late: we clean the folder before the engine opens it.
#[derive(Debug)]
pub(super) struct FolderLock(File);

impl FolderLock {
    /// Takes the lock, or says that somebody else has it.
    pub(super) fn take(store: &Path) -> Result<FolderLock, StoreError> {
        let path = beside(store, "lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(path)
            .map_err(StoreError::io("open its lock file"))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(FolderLock(file)),
            Err(Errno::WOULDBLOCK) => Err(StoreError::Locked { path: store.to_owned() }),
            Err(errno) => Err(StoreError::io("lock its folder")(errno.into())),
        }
    }
}

impl Drop for FolderLock {
    /// Closing the file would not be enough: a child process that was started a moment ago may hold a copy of
    /// the descriptor until it has begun to run its own program.
    fn drop(&mut self) {
        if let Err(errno) = flock(&self.0, FlockOperation::Unlock) {
            tracing::warn!(error = %errno, "the lock of the store could not be released");
        }
    }
}

/// The path without a slash at its end, so that what belongs beside the folder does not end up inside.
pub(super) fn plain(path: &Path) -> PathBuf {
    path.components().collect()
}

/// A path beside the store's folder, on the same file system.
pub(super) fn beside(store: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(store);
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes the folder if there is none, for its owner alone.
pub(super) fn create(path: &Path) -> Result<(), StoreError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(StoreError::io("create its folder"))
}

/// Deletes snapshots that were being written when the process was killed. The engine would read such a file as
/// corruption of the whole store; without it, it falls back on the last whole snapshot and its log.
pub(super) fn remove_torn_snapshots(path: &Path) -> Result<(), StoreError> {
    let failed = || StoreError::io("clear its folder of torn snapshots");
    for item in fs::read_dir(path).map_err(failed())? {
        let item = item.map_err(failed())?;
        let name = item.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            tracing::info!(file = %name, "removed a snapshot that was never finished");
            fs::remove_file(item.path()).map_err(failed())?;
        }
    }
    Ok(())
}

/// The engine's file.
pub(super) fn data_file(path: &Path) -> PathBuf {
    path.join("db")
}

/// Waits until the engine of a store that this process closed has let go of its file. We hold the folder's lock, so
/// nobody but such a leftover can have it.
pub(super) fn await_release(path: &Path) -> Result<(), StoreError> {
    let failed = || StoreError::io("look at the engine's lock");
    let file = match File::open(data_file(path)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed()(error)),
    };
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => return unlock(&file).map_err(failed()),
        Err(Errno::WOULDBLOCK) => {}
        Err(errno) => return Err(failed()(errno.into())),
    }
    // The kernel tells when the lock is free, but has no deadline for it: a thread waits, and we wait for the thread.
    let (told, tell) = mpsc::sync_channel(1);
    std::thread::Builder::new()
        .name("accord-store-lock".into())
        .spawn(move || {
            let freed = rustix::io::retry_on_intr(|| flock(&file, FlockOperation::LockExclusive))
                .map_err(io::Error::from)
                .and_then(|()| unlock(&file));
            let _ = told.send(freed);
        })
        .map_err(failed())?;
    match tell.recv_timeout(LINGER) {
        Ok(freed) => freed.map_err(failed()),
        Err(_) => Err(StoreError::Locked { path: path.to_owned() }),
    }
}

fn unlock(file: &File) -> io::Result<()> {
    Ok(flock(file, FlockOperation::Unlock)?)
}
