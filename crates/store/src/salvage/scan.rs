//! Finding entries and lists of addresses in bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use accord_core::{
    ChangeReader, DeviceId, Entry, Header, LogId, MAX_HEADER, MAX_PAYLOAD, SignedEntry, check_entry, decode,
};
use minicbor::Decoder;

use super::torn::Torn;
use super::{Piece, Salvage};
use crate::Tree;
use crate::disk::checksum::{SUM, Sum, checksum};

/// How much of a file is looked at in one step …
const WINDOW: usize = 8 << 20;

/// … and how far what begins there may reach beyond it.
const BEYOND: usize = MAX_HEADER + MAX_PAYLOAD + 1024;

/// How much of what stands before a window is seen with it: checksums, and the ends of keys.
const CONTEXT: u64 = 64;

/// How much is passed over where a disk refuses to read.
const BAD_SPOT: u64 = 4_096;

/// The longest list of addresses that is looked for.
const MAX_LIST: usize = 16 << 10;

/// How an entry begins: an array of three, of which the first is the header's bytes.
const ENTRY: u8 = 0x83;

/// Calls `look` at every place of every file that is no part of what was found before: with the number of the file, the bytes
/// around it, where in these and where in the file it is. It gives how long what it found is.
pub(super) fn windows(
    files: &[PathBuf],
    progress: &mut dyn FnMut(u64, u64),
    mut look: impl FnMut(usize, &[u8], (usize, u64)) -> Option<usize>,
) {
    let size = |path: &PathBuf| fs::metadata(path).map_or(0, |about| about.len());
    let total = files.iter().map(size).sum();
    let (mut before, mut bytes) = (0, vec![0; WINDOW + BEYOND]);
    for (number, path) in files.iter().enumerate() {
        let (size, mut at) = (size(path), 0_u64);
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) => {
                tracing::warn!(file = %path.display(), %error, "this file cannot be read");
                continue;
            }
        };
        while at < size {
            let begins = at.saturating_sub(CONTEXT);
            let context = usize::try_from(at - begins).unwrap_or(0);
            let read = match read_up_to(&file, &mut bytes, begins) {
                Ok(read) if read <= context => break,
                Ok(read) => read,
                Err(error) => {
                    tracing::warn!(file = %path.display(), at, %error, "this part of a file cannot be read");
                    at += BAD_SPOT;
                    continue;
                }
            };
            let (window, end, mut next) = (&bytes[..read], read.min(WINDOW), context);
            while next < end {
                next += look(number, window, (next, begins + next as u64)).unwrap_or(1);
            }
            at = begins + next as u64;
            progress(before + at.min(size), total);
        }
        before += size;
    }
}

impl Salvage {
    /// Looks whether something begins with these bytes of a file; gives how long it is.
    pub(super) fn look_at(
        &mut self,
        (file, at): (usize, u64),
        bytes: &[u8],
        before: &[u8],
        reader: &impl ChangeReader,
    ) -> Option<usize> {
        match bytes.get(..3)? {
            // A header is longer than 23 bytes.
            [ENTRY, 0x58 | 0x59, _] => {
                let header = header(bytes)?;
                let mut d = Decoder::new(bytes);
                if let Some(entry) = d.decode().ok().and_then(|signed| entry(&header, signed, reader)) {
                    let len = d.position();
                    self.keep(&entry, &[Piece { file, at, len }]);
                    return Some(len);
                }
                self.torn.extend(Torn::begins(&header, bytes, (file, at)));
                None
            }
            // A list of texts of which the first begins with a slash.
            [0x81..=0x97, 0x61..=0x77, b'/'] | [0x81..=0x97, 0x78, _] => {
                let mut d = Decoder::new(&bytes[..bytes.len().min(MAX_LIST)]);
                let addresses: Vec<String> = d.decode().ok()?;
                addresses.iter().all(|address| address.starts_with('/')).then_some(())?;
                let sum: Sum = *before.last_chunk::<SUM>()?;
                self.lists.push((sum, bytes[..d.position()].to_vec()));
                Some(d.position())
            }
            _ => None,
        }
    }
}

/// The header of the entry that begins with these bytes.
fn header(bytes: &[u8]) -> Option<Header> {
    let mut d = Decoder::new(bytes);
    d.array().ok()?;
    Header::from_bytes(d.bytes().ok()?).ok()
}

/// The entry with this header, if all of it is what it says, but for the signature.
fn entry(header: &Header, signed: SignedEntry, reader: &impl ChangeReader) -> Option<Entry> {
    let log = LogId { space: header.space, device: header.device };
    let entry = Entry::from_store(signed).ok()?;
    check_entry(&header.programme, log, &entry, reader).ok().map(|_| entry)
}

/// Whether the beginning of an entry is in some bytes.
pub(crate) fn holds_entries(bytes: &[u8]) -> bool {
    let begins = |at: &usize| matches!(bytes[*at..], [ENTRY, 0x58 | 0x59, ..]);
    (0..bytes.len()).filter(begins).any(|at| header(&bytes[at..]).is_some())
}

/// The entry that these bytes are, and no more.
pub(super) fn entry_of(bytes: &[u8], reader: &impl ChangeReader) -> Option<Entry> {
    entry(&header(bytes)?, decode(bytes).ok()?, reader)
}

/// The lists of which the checksum says that they are these devices'. What was stored last cannot be told, so all are given.
pub(super) fn whose(
    lists: &[(Sum, Vec<u8>)],
    devices: &BTreeSet<DeviceId>,
) -> BTreeMap<DeviceId, Vec<String>> {
    let mut known: BTreeMap<DeviceId, Vec<String>> = BTreeMap::new();
    for (sum, list) in lists {
        let key = |device: &DeviceId| [&b"a"[..], &device.0].concat();
        let device = devices.iter().find(|device| checksum(Tree::Peers, &key(device), list) == *sum);
        let Some(device) = device else { continue };
        let addresses = known.entry(*device).or_default();
        for address in minicbor::decode::<Vec<String>>(list).unwrap_or_default() {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
    }
    known
}

fn read_up_to(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    let mut read = 0;
    while read < bytes.len() {
        match file.read_at(&mut bytes[read..], at + read as u64) {
            Ok(0) => break,
            Ok(count) => read += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // What was read before a bad spot is worth looking at.
            Err(_) if read > 0 => break,
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}
