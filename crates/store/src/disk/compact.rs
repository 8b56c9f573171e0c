//! Giving space back, and changing the engine: what is alive is copied into a new store, which takes the old one's place
//! in one rename.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{CWD, RenameFlags};
use sha2::{Digest, Sha256};

use super::folder::{self, FolderLock};
use super::kind::EngineKind;
use super::note;
use super::probe::Unwatched;
use crate::{Op, RedbStore, Scan, SledStore, Store, StoreError, Tree, sled_store};

/// What a compaction achieved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reclaimed {
    /// Bytes of the store before.
    pub before: u64,
    /// Bytes of the store now.
    pub after: u64,
    /// The engine before.
    pub from: EngineKind,
    /// The engine now.
    pub to: EngineKind,
}

/// Gives space back to the disk by copying what is alive into a new store that then takes the old one's place; the new
/// one is of the engine `to`, or of the old one's. The store must not be open. Needs room for the copy.
///
/// Killed or cut off at any moment, it leaves the old store or the new one, and the next opening clears away the other.
///
/// # Errors
/// What stood in the way, among it a damaged value; the old store stays as it was, and of the copy nothing is left.
pub fn compact(path: impl AsRef<Path>, to: Option<EngineKind>) -> Result<Reclaimed, StoreError> {
    let path = folder::plain(path.as_ref());
    run(&path, to).map_err(StoreError::opening(&path))
}

fn run(path: &Path, to: Option<EngineKind>) -> Result<Reclaimed, StoreError> {
    let Some(from) = note::read(path)? else {
        let none = io::Error::new(io::ErrorKind::NotFound, "there is no store");
        return Err(StoreError::io("look into its folder")(none));
    };
    let to = to.unwrap_or(from);
    let _lock = FolderLock::take(path)?;
    remove_leftover(path)?;
    let copied = copy(path, from, to);
    if copied.is_err() {
        // Whatever has the copy's name is of no use to anybody: the next opening would remove it, and the disk may be full.
        let removed = settle(&copy_path(path), to).and_then(|()| remove_leftover(path));
        if let Err(error) = removed {
            tracing::warn!(because = %error.chain(), "what a compaction left is removed at the next opening");
        }
    }
    let before = copied?;
    exchange(path).map_err(StoreError::io("put the copy in its place"))?;
    remove_leftover(path)?;
    Ok(Reclaimed { before, after: bytes_below(path)?, from, to })
}

/// Makes the copy, and sees that it is whole. Gives how many bytes the store has.
fn copy(path: &Path, from: EngineKind, to: EngineKind) -> Result<u64, StoreError> {
    let copy = copy_path(path);
    folder::create(&copy)?;
    note::claim(&copy, to)?;
    let before = bytes_below(path)?;
    let written = {
        let old = open(path, from)?;
        let new = open(&copy, to)?;
        copy_all(&*old, &*new)?
    };
    settle(path, from)?;
    settle(&copy, to)?;
    if to == EngineKind::Redb {
        RedbStore::shrink(&copy)?;
    }
    // Read once more from its files: what takes the old store's place is seen to be whole first.
    if read_all(&*open(&copy, to)?)? != written {
        return Err(StoreError::Engine { doing: "copy", what: accord_words::say!("store-copy-differs") });
    }
    settle(&copy, to)?;
    Ok(before)
}

/// Brings all of the copy to the disk, and lets it and the store change places in one rename. After that the copy's name
/// belongs to the old store.
pub(super) fn exchange(path: &Path) -> io::Result<()> {
    let copy = copy_path(path);
    rustix::fs::syncfs(fs::File::open(&copy)?)?;
    rustix::fs::renameat_with(CWD, &copy, CWD, path, RenameFlags::EXCHANGE)?;
    // Both names are in this folder.
    fs::File::open(copy.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))?
        .sync_all()
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

pub(super) fn copy_path(path: &Path) -> PathBuf {
    folder::beside(path, "compacting")
}

/// Opens a store under the lock that the compaction holds.
fn open(path: &Path, kind: EngineKind) -> Result<Box<dyn Store>, StoreError> {
    Ok(match kind {
        EngineKind::Sled => Box::new(SledStore::under(path, None, Arc::new(Unwatched))?),
        EngineKind::Redb => Box::new(RedbStore::under(path, None, Arc::new(Unwatched))?),
    })
}

/// Waits until the engine of a store that was closed has let go of its files: sled removes its large pages by their path,
/// so it must have ended before paths change hands.
fn settle(path: &Path, kind: EngineKind) -> Result<(), StoreError> {
    match kind {
        EngineKind::Sled => sled_store::await_release(path),
        EngineKind::Redb => Ok(()),
    }
}

/// What a store holds, in one number.
type Content = [u8; 32];

/// Copies every tree; each value is checked against its checksum as it is read. Gives the digest of what was copied.
fn copy_all(old: &dyn Store, new: &dyn Store) -> Result<Content, StoreError> {
    let mut digest = Sha256::new();
    walk(old, |tree, items| {
        items.iter().for_each(|item| add(&mut digest, tree, item));
        new.commit(items.into_iter().map(|(key, value)| Op::Put { tree, key, value }).collect())
    })?;
    Ok(digest.finalize().into())
}

/// Looks whether every value of a store is what was stored.
///
/// # Errors
/// [`StoreError::Damaged`] for the first that is not, or what stood in the way of looking.
pub fn intact(store: &dyn Store) -> Result<(), StoreError> {
    walk(store, |_, _| Ok(()))
}

fn read_all(store: &dyn Store) -> Result<Content, StoreError> {
    let mut digest = Sha256::new();
    walk(store, |tree, items| {
        items.iter().for_each(|item| add(&mut digest, tree, item));
        Ok(())
    })?;
    Ok(digest.finalize().into())
}

fn add(digest: &mut Sha256, tree: Tree, (key, value): &Item) {
    for part in [tree.name().as_bytes(), key, value] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
}

type Item = (Vec<u8>, Vec<u8>);

fn walk(
    store: &dyn Store,
    mut each: impl FnMut(Tree, Vec<Item>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    for tree in Tree::ALL {
        let mut scan = Scan::all(tree);
        loop {
            let page = store.scan(&scan)?;
            if !page.items.is_empty() {
                each(tree, page.items)?;
            }
            match page.next {
                Some(next) => scan = scan.resume(next),
                None => break,
            }
        }
    }
    Ok(())
}

/// How many bytes of the disk the files of a store take: allocated ones, since engines' files have holes.
///
/// # Errors
/// What stood in the way of looking.
pub fn bytes_below(path: &Path) -> Result<u64, StoreError> {
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
