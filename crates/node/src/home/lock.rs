//! Who uses a home: one node, or one command at a time.
//!
//! Two locks, so that everything can be awaited and nothing has to be polled. `starting.lock` (the *gate*) is held
//! while a node starts, until its socket answers, and by a command for as long as it works in its own process.
//! `lock` is held by whoever has the store open. Who gets the gate and not the lock knows that a node runs.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use accord_core::api::Problem;

use super::cannot;

/// Held while a node starts, or a command works in its own process. Released when dropped.
#[derive(Debug)]
pub(crate) struct Gate(#[expect(dead_code, reason = "held for its lock")] File);

/// Held by whoever has the store open. Released when dropped.
#[derive(Debug)]
pub(crate) struct HomeLock(#[expect(dead_code, reason = "held for its lock")] File);

impl Gate {
    /// Waits for the gate for at most `patience`.
    pub(crate) fn wait(home: &Path, patience: Duration) -> Result<Self, Problem> {
        match lock_within(&home.join("starting.lock"), patience)? {
            Some(file) => Ok(Self(file)),
            None => Err(Problem::failed("another accord command is still at work on this home")
                .hint("wait until it has ended, or end it, and try again")),
        }
    }
}

impl HomeLock {
    /// Takes the lock if it is free.
    pub(crate) fn try_take(home: &Path) -> Result<Option<Self>, Problem> {
        let path = home.join("lock");
        let file = open(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(cannot("lock", &path, &error)),
        }
    }

    /// Waits for the lock for at most `patience`; none if it is not free by then.
    pub(crate) fn wait(home: &Path, patience: Duration) -> Result<Option<Self>, Problem> {
        Ok(lock_within(&home.join("lock"), patience)?.map(Self))
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
        .map_err(|e| cannot("open", path, &e))
}

/// Locks a file, waiting for at most `patience`. The waiting thread ends with the process at the latest; the kernel
/// releases every lock of a process that ends, however it ends.
fn lock_within(path: &Path, patience: Duration) -> Result<Option<File>, Problem> {
    let file = open(path)?;
    match file.try_lock() {
        Ok(()) => return Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(cannot("lock", path, &error)),
    }
    let (done, locked) = mpsc::sync_channel(1);
    std::thread::spawn(move || {
        let result = file.lock();
        // Nobody waits any more if the patience ended: the file is dropped and with it the lock.
        let _ = done.send(result.map(|()| file));
    });
    match locked.recv_timeout(patience) {
        Ok(Ok(file)) => Ok(Some(file)),
        Ok(Err(error)) => Err(cannot("lock", path, &error)),
        Err(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_once_and_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let held = HomeLock::try_take(dir.path()).unwrap().unwrap();
        assert!(HomeLock::try_take(dir.path()).unwrap().is_none());
        assert!(HomeLock::wait(dir.path(), Duration::from_millis(20)).unwrap().is_none());
        let path = dir.path().to_owned();
        let waiting =
            std::thread::spawn(move || HomeLock::wait(&path, Duration::from_secs(20)).unwrap().is_some());
        drop(held);
        assert!(waiting.join().unwrap());
    }
}
