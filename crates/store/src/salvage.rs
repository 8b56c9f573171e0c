//! What the files of a store still hold, when no engine can open them any more.
//!
//! An entry proves itself: its header names the one before it, its payload fits its header, and a signature at the end of a
//! chain vouches for all before it. So entries can be looked for in the bytes of the files, whatever lies around them and
//! however the engine keeps them, and nothing that is found is taken on trust. Other values are found by their checksum, which
//! covers the key that they stood under.
//!
//! Not found is what the damage is in, what stands in packs, and some of what sled has in pieces: entries of more than four
//! kilobytes. Others give that back; [`Salvage::chains`] then has what comes after it.

mod chains;
mod scan;
mod torn;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use accord_core::{ChangeReader, DeviceId, Entry, EntryId, LogId, ProgrammeId, SignedEntry};

use crate::StoreError;
use crate::disk::checksum::Sum;
pub use chains::Chains;
pub(crate) use scan::holds_entries;

/// The entries and addresses that were found in the files of a folder.
#[derive(Debug, Default)]
pub struct Salvage {
    files: Vec<PathBuf>,
    found: BTreeMap<ProgrammeId, BTreeMap<LogId, BTreeMap<u64, Vec<Find>>>>,
    /// Lists of addresses, each with its checksum, which tells whose they are.
    lists: Vec<(Sum, Vec<u8>)>,
}

/// An entry that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Find {
    id: EntryId,
    prev: Option<EntryId>,
    /// Where its bytes are: mostly in one piece.
    pieces: Box<[Piece]>,
}

/// Some bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    /// In which of the files.
    file: usize,
    at: u64,
    len: usize,
}

impl Salvage {
    /// Looks through all files in some folders. `progress` is told how many bytes were looked at, and of how many.
    ///
    /// # Errors
    /// What stood in the way of listing a folder. A file that cannot be read any further is left there.
    pub fn search(
        folders: &[PathBuf],
        reader: &impl ChangeReader,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Self, StoreError> {
        let mut salvage = Self::default();
        for folder in folders {
            salvage.files.extend(files(folder)?);
        }
        let mut torn = Vec::new();
        scan::windows(&salvage.files.clone(), progress, |file, window, (here, at)| {
            salvage.look_at((file, at), &window[here..], &window[..here], reader, &mut torn)
        });
        torn::mend(&mut salvage, torn, reader);
        Ok(salvage)
    }

    /// Keeps an entry, unless it was found before.
    fn keep(&mut self, entry: &Entry, pieces: &[Piece]) {
        let header = entry.header();
        let log = LogId { space: header.space, device: header.device };
        let logs = self.found.entry(header.programme).or_default();
        let same = logs.entry(log).or_default().entry(header.seq).or_default();
        if !same.iter().any(|other| other.id == entry.id()) {
            same.push(Find { id: entry.id(), prev: header.prev, pieces: pieces.into() });
        }
    }

    /// The programme of which entries of `own` were found, or else the one of which most were.
    pub fn programme(&self, own: &DeviceId) -> Option<ProgrammeId> {
        let count = |logs: &BTreeMap<LogId, BTreeMap<u64, Vec<Find>>>| {
            let is_own = logs.keys().any(|log| log.device == *own);
            (is_own, logs.values().map(BTreeMap::len).sum::<usize>())
        };
        self.found.iter().max_by_key(|(_, logs)| count(logs)).map(|(programme, _)| *programme)
    }

    /// The logs of a programme of which something was found.
    pub fn logs(&self, programme: &ProgrammeId) -> Vec<LogId> {
        self.found.get(programme).into_iter().flat_map(|logs| logs.keys().copied()).collect()
    }

    /// At which addresses devices were known to listen.
    pub fn addresses(&self) -> BTreeMap<DeviceId, Vec<String>> {
        let devices = self.found.values().flat_map(BTreeMap::keys).map(|log| log.device);
        scan::whose(&self.lists, &devices.collect())
    }

    /// Reads an entry that was found once more.
    fn read(&self, find: &Find) -> Option<SignedEntry> {
        minicbor::decode(&self.bytes(&find.pieces)?).ok()
    }

    fn bytes(&self, pieces: &[Piece]) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        for Piece { file, at, len } in pieces {
            let begins = bytes.len();
            bytes.resize(begins + len, 0);
            File::open(self.files.get(*file)?).ok()?.read_exact_at(&mut bytes[begins..], *at).ok()?;
        }
        Some(bytes)
    }
}

/// All files below a folder, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let failed = |error: io::Error| StoreError::io("look through its folder")(error);
    let mut files = Vec::new();
    for item in fs::read_dir(folder).map_err(failed)? {
        let item = item.map_err(failed)?;
        // What a link points to is not this store's.
        let about = item.file_type().map_err(failed)?;
        if about.is_dir() {
            files.extend(self::files(&item.path())?);
        } else if about.is_file() {
            files.push(item.path());
        }
    }
    files.sort_unstable();
    Ok(files)
}
