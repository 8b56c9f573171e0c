//! Who uses a home: one node, or one command at a time.
//!
//! Two locks, so that everything can be awaited and nothing has to be polled. `starting.lock` (the *gate*) is held
//! while a node starts, until its socket answers, and by a command for as long as it works in its own process.
//! `lock` is held by whoever has the store open. Who gets the gate and not the lock knows that a node runs.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use accord_core::api::Problem;
use tokio::sync::oneshot;

use super::{Doing, cannot};

/// Held while a node starts, or a command works in its own process. Released when dropped.
#[derive(Debug)]
pub(crate) struct Gate(#[expect(dead_code, reason = "held for its lock")] File);

/// Held by whoever has the store open. Released when dropped.
#[derive(Debug)]
pub(crate) struct HomeLock(#[expect(dead_code, reason = "held for its lock")] File);

impl Gate {
    /// Waits for the gate for at most `patience`; none if it is not free by then.
    pub(crate) async fn wait(home: &Path, patience: Duration) -> Result<Option<Self>, Problem> {
        Ok(lock_within(&home.join("starting.lock"), patience).await?.map(Self))
    }
}

impl HomeLock {
    /// Waits for the lock for at most `patience`; none if it is not free by then.
    pub(crate) async fn wait(home: &Path, patience: Duration) -> Result<Option<Self>, Problem> {
        Ok(lock_within(&home.join("lock"), patience).await?.map(Self))
    }
}

fn open(path: &Path) -> Result<File, Problem> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|e| cannot(Doing::Read, path, &e))
}

/// Locks a file, waiting for at most `patience`. The kernel releases every lock of a process that ends, however it ends.
///
/// A thread of its own does the waiting, since nothing else can: it ends with the lock or with the process, and holds up
/// neither the runtime nor its end.
async fn lock_within(path: &Path, patience: Duration) -> Result<Option<File>, Problem> {
    let file = open(path)?;
    match file.try_lock() {
        Ok(()) => return Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(cannot(Doing::Lock, path, &error)),
    }
    let (done, locked) = oneshot::channel();
    std::thread::spawn(move || {
        let result = file.lock();
        // Nobody waits any more if the patience ended: the file is dropped and with it the lock.
        let _ = done.send(result.map(|()| file));
    });
    match tokio::time::timeout(patience, locked).await {
        Ok(Ok(Ok(file))) => Ok(Some(file)),
        Ok(Ok(Err(error))) => Err(cannot(Doing::Lock, path, &error)),
        Ok(Err(_)) | Err(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lock_is_held_once_and_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let held = HomeLock::wait(dir.path(), Duration::ZERO).await.unwrap().unwrap();
        assert!(HomeLock::wait(dir.path(), Duration::ZERO).await.unwrap().is_none());
        let waiting = HomeLock::wait(dir.path(), Duration::from_secs(20));
        let (second, ()) = tokio::join!(waiting, async { drop(held) });
        assert!(second.unwrap().is_some());
    }
}
