//! What has to be right in the store's folder before this engine may look at it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::StoreError;

/// How long an engine of this process that was just closed may take to let go of its file. It lets go as soon as
/// its background threads have ended, which takes milliseconds unless one of them died.
const LINGER: Duration = Duration::from_secs(10);

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
pub(crate) fn await_release(path: &Path) -> Result<(), StoreError> {
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
