//! The store's folder: whose it is, and how what lies in it and beside it comes to the disk.

use std::ffi::OsString;
use std::fs::{DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::StoreError;

/// The lock on a store, which also covers the folders beside it that compaction uses. Engines have locks of
/// their own inside the folder, but take them too late: we clean the folder before the engine opens it.
#[derive(Debug)]
pub(crate) struct FolderLock(File);

impl FolderLock {
    /// Takes the lock, or says that somebody else has it.
    pub(crate) fn take(store: &Path) -> Result<FolderLock, StoreError> {
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
pub(crate) fn plain(path: &Path) -> PathBuf {
    path.components().collect()
}

/// A path beside the store's folder, on the same file system.
pub(crate) fn beside(store: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(store);
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes the folder if there is none, for its owner alone.
pub(crate) fn create(path: &Path) -> Result<(), StoreError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(StoreError::io("create its folder"))
}

/// Brings the names in a folder to the disk.
pub(crate) fn sync(path: &Path) -> Result<(), StoreError> {
    let folder = File::open(path).map_err(StoreError::io("open its folder"))?;
    folder.sync_all().map_err(StoreError::io("sync its folder"))
}

/// The same for the folder that a path is in.
pub(crate) fn sync_parent(path: &Path) -> Result<(), StoreError> {
    sync(path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}
