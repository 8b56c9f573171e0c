//! Giving space back: what is alive is copied into a new store, which takes the old one's place in one rename.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{CWD, RenameFlags};

use super::folder::{self, FolderLock};
use super::{SledStore, probe};
use crate::{Op, Scan, Store, StoreError, Tree};

/// What a compaction achieved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reclaimed {
    /// Bytes of the store before.
    pub before: u64,
    /// Bytes of the store now.
    pub after: u64,
}

/// Copies, checks on the way (a damaged value ends it, and the old store stays), and swaps.
pub(super) fn compact(path: &Path) -> Result<Reclaimed, StoreError> {
    let _lock = FolderLock::take(path)?;
    remove_leftover(path)?;
    let copy = copy_path(path);
    folder::create(&copy)?;
    let before = bytes_below(path)?;
    let old = SledStore::under(path, None, Arc::new(probe::Unwatched))?;
    let new = SledStore::under(&copy, None, Arc::new(probe::Unwatched))?;
    for tree in Tree::ALL {
        copy_tree(&old, &new, tree)?;
    }
    // The engine removes its large pages by their path, so both must have ended before the paths change hands.
    drop((old, new));
    folder::await_release(path)?;
    folder::await_release(&copy)?;
    rustix::fs::renameat_with(CWD, &copy, CWD, path, RenameFlags::EXCHANGE)
        .map_err(|errno| StoreError::io("put the copy in its place")(errno.into()))?;
    sync_parent(path)?;
    // Now the copy's name belongs to the old store.
    remove_leftover(path)?;
    Ok(Reclaimed { before, after: bytes_below(path)? })
}

/// Removes what an interrupted compaction left: an unfinished copy, or the old store after the swap.
pub(super) fn remove_leftover(path: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(copy_path(path)) {
        Ok(()) => tracing::debug!(store = %path.display(), "removed what a compaction left"),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(StoreError::io("remove what a compaction left")(error)),
    }
    Ok(())
}

fn copy_path(path: &Path) -> PathBuf {
    folder::beside(path, "compacting")
}

fn copy_tree(old: &SledStore, new: &SledStore, tree: Tree) -> Result<(), StoreError> {
    let mut scan = Scan::all(tree);
    loop {
        let page = old.scan(&scan)?;
        let puts = page.items.into_iter().map(|(key, value)| Op::Put { tree, key, value });
        new.commit(puts.collect())?;
        match page.next {
            Some(next) => scan = scan.resume(next),
            None => return Ok(()),
        }
    }
}

fn sync_parent(path: &Path) -> Result<(), StoreError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = fs::File::open(parent).map_err(StoreError::io("open the folder above it"))?;
    folder.sync_all().map_err(StoreError::io("sync the folder above it"))
}

/// Allocated bytes, since the engine's file has holes.
fn bytes_below(path: &Path) -> Result<u64, StoreError> {
    use std::os::unix::fs::MetadataExt;
    let failed = || StoreError::io("measure its folder");
    let mut bytes = 0;
    for item in fs::read_dir(path).map_err(failed())? {
        let item = item.map_err(failed())?;
        let about = item.metadata().map_err(failed())?;
        bytes += if about.is_dir() { bytes_below(&item.path())? } else { about.blocks() * 512 };
    }
    Ok(bytes)
}
