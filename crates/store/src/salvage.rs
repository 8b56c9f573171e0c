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

use accord_core::{ChangeReader, DeviceId, Entry, EntryId, LogId, ProgrammeId, SignedEntry, verify_entry};

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
    /// Beginnings of entries that are in pieces.
    torn: Vec<torn::Torn>,
}

/// So many signatures tell which programme it is.
const MOST_CHECKED: usize = 256;

/// An entry that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Find {
    id: EntryId,
    prev: Option<EntryId>,
    /// The beginning of its signature, by which copies are told apart.
    signature: u64,
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
    /// Looks through all files in some folders for what is there in one piece. `progress` is told how many bytes were looked at,
    /// and of how many.
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
        scan::windows(&salvage.files.clone(), progress, |file, window, (here, at)| {
            salvage.look_at((file, at), &window[here..], &window[..here], reader)
        });
        Ok(salvage)
    }

    /// Puts entries together that are in pieces and wanted. Gives of each in which log it is, and whether all of it was found. That
    /// takes longer than all the rest, so what is held is not to be wanted.
    pub fn put_together(
        &mut self,
        reader: &impl ChangeReader,
        wanted: impl Fn(&ProgrammeId, &LogId, u64, &EntryId) -> bool,
    ) -> Vec<(LogId, bool)> {
        torn::mend(self, reader, wanted)
    }

    /// Keeps an entry, unless it was found before.
    fn keep(&mut self, entry: &Entry, pieces: &[Piece]) {
        let header = entry.header();
        let log = LogId { space: header.space, device: header.device };
        let logs = self.found.entry(header.programme).or_default();
        let same = logs.entry(log).or_default().entry(header.seq).or_default();
        let signature =
            entry.signed().signature.0.first_chunk().map_or(0, |begins| u64::from_be_bytes(*begins));
        let find = Find { id: entry.id(), prev: header.prev, signature, pieces: pieces.into() };
        match same.iter_mut().find(|other| other.id == find.id) {
            None => same.push(find),
            // Signatures are left out in packs, and may be spoilt: one that holds is worth more than any other.
            Some(other) if other.signature != signature && verify_entry(entry).is_ok() => *other = find,
            Some(_) => {}
        }
    }

    /// The programme of which entries of `own` were found, or else the one of which most were. Only signatures that hold count.
    pub fn programme(&self, own: &DeviceId) -> Option<ProgrammeId> {
        let holds = |find: &&Find| {
            let entry = self.read(find).and_then(|signed| Entry::from_store(signed).ok());
            entry.is_some_and(|entry| verify_entry(&entry).is_ok())
        };
        let signed = |logs: &BTreeMap<LogId, BTreeMap<u64, Vec<Find>>>, own_alone: bool| {
            let of = logs.iter().filter(|(log, _)| !own_alone || log.device == *own);
            of.flat_map(|(_, finds)| finds.values().flatten()).filter(holds).take(MOST_CHECKED).count()
        };
        let count = |logs| (signed(logs, true), signed(logs, false));
        let counted = self.found.iter().map(|(programme, logs)| (count(logs), *programme));
        counted.filter(|((_, all), _)| *all > 0).max().map(|(_, programme)| programme)
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
    let failed = |error: io::Error| StoreError::io("look into its folder")(error);
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
