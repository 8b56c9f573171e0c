//! The heads of this device's own logs, in a small file of their own outside the store.
//!
//! A store whose file was cut short comes back as an older, consistent one, and nothing in it says so. Signing on
//! from there would sign one position twice, which every other node takes as proof of a fork. So each of our own
//! entries is noted here too, after it is durable in the store and before anyone sees it, and a store that is behind
//! this file must not be written to.

mod format;

use accord_words::say;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::error::key;

/// The last entry of one of our own logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnHead {
    /// Its position, which starts at 1.
    pub seq: u64,
    /// Its id.
    pub id: [u8; 32],
}

/// The file of own heads, by space.
#[derive(Debug)]
pub struct OwnHeads {
    path: PathBuf,
    heads: BTreeMap<[u8; 32], OwnHead>,
}

/// What can go wrong with the file of own heads.
#[derive(Debug, thiserror::Error)]
pub enum OwnHeadsError {
    /// There is no such file. For a device that has written, that means it was lost.
    #[error("{}", say!("own-heads-missing", path = .path.display().to_string()))]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// There is such a file already, so this device is not new.
    #[error("{}", say!("own-heads-exists", path = .path.display().to_string()))]
    Exists {
        /// Where it is.
        path: PathBuf,
    },
    /// The file is not what was written.
    #[error("{}", say!("own-heads-damaged", path = .path.display().to_string(), why = say!("own-heads-why", why = key(.why))))]
    Damaged {
        /// Where it is.
        path: PathBuf,
        /// What gave it away.
        why: &'static str,
    },
    /// The file was written by a version that knows more.
    #[error("{}", say!("own-heads-version", path = .path.display().to_string(), found = .found.to_string()))]
    Version {
        /// Where it is.
        path: PathBuf,
        /// Its version.
        found: u16,
    },
    /// A head that is not after the one that is noted: this device would sign one position twice.
    #[error("{}", say!("own-heads-backwards", seq = .seq, noted = .noted))]
    Backwards {
        /// The space of the log.
        space: [u8; 32],
        /// The position that was to be noted.
        seq: u64,
        /// The position that is noted.
        noted: u64,
    },
    /// The operating system refused.
    #[error("{}", say!("own-heads-io", doing = say!("own-heads-doing", doing = key(.doing)), path = .path.display().to_string()))]
    Io {
        /// What was tried.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
}

/// Reads the bytes of a file of own heads, for tests that drive this with whatever they like; and writes them again.
#[cfg(feature = "testing")]
#[must_use]
pub fn reread_own_heads(bytes: &[u8]) -> Option<Vec<u8>> {
    format::decode(bytes).ok().map(|heads| format::encode(&heads))
}

impl OwnHeads {
    /// Starts an empty file, for a device whose key was just made. Refuses to replace one.
    pub fn create(path: impl Into<PathBuf>) -> Result<OwnHeads, OwnHeadsError> {
        let path = path.into();
        match fs::symlink_metadata(&path) {
            Ok(_) => return Err(OwnHeadsError::Exists { path }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(io_error("look for", &path)(error)),
        }
        replace(&path, &BTreeMap::new())?;
        Ok(OwnHeads { path, heads: BTreeMap::new() })
    }

    /// Reads the file; it must be whole.
    pub fn load(path: impl Into<PathBuf>) -> Result<OwnHeads, OwnHeadsError> {
        let path = path.into();
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(OwnHeadsError::Missing { path });
            }
            Err(error) => return Err(io_error("open", &path)(error)),
        };
        let mut bytes = Vec::new();
        file.take(format::MAX_BYTES + 1).read_to_end(&mut bytes).map_err(io_error("read", &path))?;
        match format::decode(&bytes) {
            Ok(heads) => Ok(OwnHeads { path, heads }),
            Err(format::Unreadable::Damaged(why)) => Err(OwnHeadsError::Damaged { path, why }),
            Err(format::Unreadable::Version(found)) => Err(OwnHeadsError::Version { path, found }),
        }
    }

    /// The noted head of our log in a space.
    pub fn get(&self, space: &[u8; 32]) -> Option<OwnHead> {
        self.heads.get(space).copied()
    }

    /// All noted heads by space.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8; 32], OwnHead)> {
        self.heads.iter().map(|(space, head)| (space, *head))
    }

    /// Notes a new head, durably when this returns `Ok`. Call it when the entry is durable in the store, and show the
    /// entry to nobody before.
    pub fn advance(&mut self, space: [u8; 32], head: OwnHead) -> Result<(), OwnHeadsError> {
        self.advance_all([(space, head)])
    }

    /// Notes the heads of several logs with one write. None is noted if one of them goes backwards; a head that is
    /// noted already changes nothing.
    pub fn advance_all(
        &mut self,
        heads: impl IntoIterator<Item = ([u8; 32], OwnHead)>,
    ) -> Result<(), OwnHeadsError> {
        let mut next = self.heads.clone();
        for (space, head) in heads {
            match next.insert(space, head) {
                Some(noted) if noted != head && head.seq <= noted.seq => {
                    return Err(OwnHeadsError::Backwards { space, seq: head.seq, noted: noted.seq });
                }
                _ => {}
            }
        }
        if next != self.heads {
            replace(&self.path, &next)?;
            self.heads = next;
        }
        Ok(())
    }
}

/// Writes the whole file anew beside the old one and lets the name change hands: at any moment the name leads to a
/// file that is whole and on the disk.
fn replace(path: &Path, heads: &BTreeMap<[u8; 32], OwnHead>) -> Result<(), OwnHeadsError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    // A file of an interrupted write may lie there; with it its permissions would stay.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(io_error("clear the way for", path)(error));
        }
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)
        .map_err(io_error("begin", path))?;
    file.write_all(&format::encode(heads)).map_err(io_error("write", path))?;
    file.sync_all().map_err(io_error("sync", path))?;
    fs::rename(&beside, path).map_err(io_error("put in its place", path))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io_error("sync the folder of", path))
}

fn io_error(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OwnHeadsError {
    let path = path.to_owned();
    move |source| OwnHeadsError::Io { doing, path, source }
}
