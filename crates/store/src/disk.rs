//! What the stores on a real disk have in common, whatever engine is below: whose folder it is, which engine wrote it,
//! the one thread that writes, the checksum of every value, and giving space back.

pub(crate) mod checksum;
pub(crate) mod committer;
mod compact;
#[cfg(feature = "testing")]
mod damage;
pub(crate) mod folder;
pub(crate) mod guard;
mod kind;
mod note;
pub(crate) mod probe;

use std::path::Path;
use std::sync::Arc;

use crate::{RedbStore, SledStore, Store, StoreError};
pub use compact::{Reclaimed, bytes_below, compact, intact};
#[cfg(feature = "testing")]
pub use damage::damage_where;
use folder::FolderLock;
pub use kind::{EngineKind, UnknownEngine};

/// Opens the store in a folder by the engine that it is noted to be of. Where there is no store yet, makes one of
/// `otherwise`. Tells which engine it is.
///
/// # Errors
/// What stands in the way, among it a note that is missing or that what is there contradicts.
pub fn open(
    path: impl AsRef<Path>,
    otherwise: EngineKind,
) -> Result<(Arc<dyn Store>, EngineKind), StoreError> {
    let path = folder::plain(path.as_ref());
    let kind = note::read(&path).map_err(StoreError::opening(&path))?.unwrap_or(otherwise);
    let store: Arc<dyn Store> = match kind {
        EngineKind::Sled => Arc::new(SledStore::open(&path)?),
        EngineKind::Redb => Arc::new(RedbStore::open(&path)?),
    };
    Ok((store, kind))
}

/// The folders beside a store in which is what its engine overwrote when it opened its files.
pub fn shredded(path: impl AsRef<Path>) -> Vec<std::path::PathBuf> {
    numbered(path.as_ref(), "shredded")
}

/// The folders beside a store in which are damaged files that were set aside, the last one last.
pub fn set_aside(path: impl AsRef<Path>) -> Vec<std::path::PathBuf> {
    numbered(path.as_ref(), "damaged")
}

/// The engine of the damaged store that was set aside last, if there is one: a new one in its place is of the same.
pub fn engine_set_aside(path: impl AsRef<Path>) -> Option<EngineKind> {
    set_aside(path).pop().and_then(|aside| engine_of(aside).ok().flatten())
}

/// The folders of one kind beside a store, by their numbers. What somebody else called alike is none.
fn numbered(store: &Path, kind: &str) -> Vec<std::path::PathBuf> {
    let store = folder::plain(store);
    let begins = folder::beside(&store, &format!("{kind}-"));
    let parent = store.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let number = |item: std::fs::DirEntry| {
        let name = item.file_name();
        let number = name.to_str()?.strip_prefix(begins.file_name()?.to_str()?)?.parse::<u32>().ok()?;
        item.file_type().is_ok_and(|about| about.is_dir()).then(|| (number, item.path()))
    };
    let items = std::fs::read_dir(parent);
    let mut found: Vec<(u32, std::path::PathBuf)> =
        items.into_iter().flatten().flatten().filter_map(number).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, path)| path).collect()
}

/// The engine that a store is noted to be of; none if there is no store.
///
/// # Errors
/// [`StoreError`] if the note is missing or cannot be read, or the files are of another engine.
pub fn engine_of(path: impl AsRef<Path>) -> Result<Option<EngineKind>, StoreError> {
    note::read(&folder::plain(path.as_ref()))
}

/// Makes the folder of a store and notes by which engine it is to be written, durably.
///
/// # Errors
/// What stands in the way, among it a store of another engine in that place.
pub fn create(path: impl AsRef<Path>, kind: EngineKind) -> Result<(), StoreError> {
    let path = folder::plain(path.as_ref());
    let made = folder::create(&path).and_then(|()| note::claim(&path, kind));
    made.and_then(|()| folder::sync_parent(&path)).map_err(StoreError::opening(&path))
}

/// Makes a new store beside, by `fill`, and puts it in its place whole: an engine that is interrupted while it makes its files
/// may leave some that it never opens again. The folder is locked. Where something lies in it already, and where folders cannot
/// change places, nothing is made.
pub(crate) fn make_beside(
    path: &Path,
    kind: EngineKind,
    fill: impl FnOnce(&Path) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    if !note::is_alone(path)? {
        return Ok(());
    }
    let beside = compact::copy_path(path);
    folder::create(&beside)?;
    note::claim(&beside, kind)?;
    fill(&beside)?;
    if let Err(error) = compact::exchange(path) {
        use rustix::io::Errno;
        let cannot = [Errno::INVAL, Errno::NOSYS, Errno::NOTSUP].map(|errno| errno.raw_os_error());
        if !error.raw_os_error().is_some_and(|code| cannot.contains(&code)) {
            return Err(StoreError::io("put the new store in its place")(error));
        }
    }
    compact::remove_leftover(path)
}

/// Makes the folder of a store if there is none, locks it, clears away what a compaction left, and sees that the
/// store is one of `kind`.
pub(crate) fn take(path: &Path, kind: EngineKind) -> Result<FolderLock, StoreError> {
    let taken = folder::create(path).and_then(|()| {
        let lock = FolderLock::take(path)?;
        compact::remove_leftover(path)?;
        note::claim(path, kind)?;
        Ok(lock)
    });
    taken.map_err(StoreError::opening(path))
}
