//! A backup: every entry held, as it was signed, in one file. It proves itself entry by entry, so nothing in it is believed
//! when it is put back; and it holds no key, so nobody can write by it in this device's name.
//!
//! The file is a line that says what it is, then parts, each a length (u32, big-endian) and CBOR: first the [`Preface`], then
//! runs of entries, of which each ends where a signature holds. An empty part ends it: a file without one was cut off.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Write as _};
use std::path::Path;

use accord_core::api::Problem;
use accord_core::{LogId, ProgrammeId, SignedEntry, SpaceId, decode, encode};
use accord_words::{problem, say};
use minicbor::{Decode, Encode};

use super::{Programme, Replica, TakeError};

const MAGIC: &[u8] = b"accord backup 1\n";
/// No part is longer: a run, and one entry beyond it.
const MAX_PART: usize = 16 << 20;

/// What a backup says of itself.
#[derive(Debug, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Preface {
    /// The card of the organisation whose backup it is.
    #[n(0)]
    pub(crate) card: String,
    /// The programme.
    #[n(1)]
    pub(crate) programme: ProgrammeId,
    /// When it was made: seconds since 1970.
    #[n(2)]
    pub(crate) time: u64,
}

/// Entries of one log, in order.
#[derive(Debug, Encode, Decode)]
#[cbor(array)]
struct Run {
    #[n(0)]
    log: (SpaceId, accord_core::DeviceId),
    #[n(1)]
    entries: Vec<SignedEntry>,
}

fn cannot(error: &std::io::Error, path: &Path) -> Problem {
    problem!("backup-unwritable", path = path.display().to_string(), why = error.to_string())
}

fn unfit(why: impl std::fmt::Display) -> Problem {
    problem!("backup-not-whole", why = why.to_string())
}

impl Replica {
    /// Writes every entry held to a new file, which is its owner's alone. What is written meanwhile may be in it or not; each
    /// log is whole as far as it goes. Gives how many entries, and how many logs end before an entry that is lost here.
    pub(crate) fn back_up(&self, path: &Path, time: u64) -> Result<(u64, u64), Problem> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let programme = self.programme()?;
        let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let file = file.map_err(|e| cannot(&e, path).hint(say!("backup-elsewhere")))?;
        let written = write(&programme, &self.home.card.to_string(), time, BufWriter::new(file), path);
        // The file is on the disk, and its name must be too before anybody relies on it.
        let written = written.and_then(|count| named(path).map_err(|e| cannot(&e, path)).map(|()| count));
        if written.is_err() {
            // Half a backup is worse than none: somebody might rely on it.
            let _ = std::fs::remove_file(path);
        }
        written
    }

    /// Takes in every entry of a backup, verified as if a stranger had sent it. Gives how many.
    pub(crate) fn put_back(&self, backup: &mut Backup) -> Result<u64, Problem> {
        let programme = self.enter(backup.preface.programme)?;
        let mut taken = 0;
        while let Some((log, entries)) = backup.next()? {
            let count = entries.len() as u64;
            programme.take(log, entries).map_err(|error| match error {
                TakeError::Invalid(error) => unfit(error),
                TakeError::Ingest(error) => Problem::from_error(&error),
            })?;
            taken += count;
        }
        self.settle(programme)?;
        Ok(taken)
    }
}

/// Brings the name of a new file to the disk.
fn named(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn write(
    programme: &Programme,
    card: &str,
    time: u64,
    mut file: BufWriter<File>,
    path: &Path,
) -> Result<(u64, u64), Problem> {
    file.write_all(MAGIC).map_err(|e| cannot(&e, path))?;
    let mut part = |bytes: &[u8]| {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes();
        file.write_all(&length).and_then(|()| file.write_all(bytes)).map_err(|e| cannot(&e, path))
    };
    let preface = Preface { card: card.to_owned(), programme: programme.id(), time };
    part(&encode(&preface))?;
    let logs = programme.logs();
    let (mut count, mut cut) = (0, 0);
    // Governance first: by it the rest is understood as it comes back.
    let mut spaces = logs.spaces();
    spaces.sort_by_key(|space| *space != programme.governance_space());
    for space in spaces {
        let devices: Vec<_> = logs.vector(&space).iter().map(|(device, _)| *device).collect();
        for device in devices {
            let log = LogId { space, device };
            for (at, branch) in (0..).zip(logs.branches(&log).all()) {
                let from = branch.parts_from.map_or(1, |(_, seq)| seq + 1);
                let whole = programme.each_run(&log, at, (from, branch.head.seq), |entries| {
                    count += entries.len() as u64;
                    part(&encode(&Run { log: (log.space, log.device), entries }))
                })?;
                cut += u64::from(!whole);
            }
        }
    }
    part(&[])?;
    let file = file.into_inner().map_err(|e| cannot(e.error(), path))?;
    file.sync_all().map_err(|e| cannot(&e, path))?;
    Ok((count, cut))
}

/// A backup that is being read.
pub(crate) struct Backup {
    file: BufReader<File>,
    pub(crate) preface: Preface,
}

impl Backup {
    /// Opens a backup, and reads what it says of itself.
    pub(crate) fn open(path: &Path) -> Result<Self, Problem> {
        let file = File::open(path).map_err(|e| {
            problem!("backup-unreadable", path = path.display().to_string(), why = e.to_string())
        })?;
        let mut file = BufReader::new(file);
        let mut magic = [0; MAGIC.len()];
        file.read_exact(&mut magic).map_err(unfit)?;
        if magic != MAGIC {
            return Err(unfit(say!("part-other")));
        }
        let preface = part(&mut file)?.ok_or_else(|| unfit(say!("part-empty")))?;
        let preface = decode(&preface).map_err(unfit)?;
        Ok(Self { file, preface })
    }

    fn next(&mut self) -> Result<Option<(LogId, Vec<SignedEntry>)>, Problem> {
        let Some(bytes) = part(&mut self.file)? else { return Ok(None) };
        let run: Run = decode(&bytes).map_err(unfit)?;
        Ok(Some((LogId { space: run.log.0, device: run.log.1 }, run.entries)))
    }
}

fn part(file: &mut BufReader<File>) -> Result<Option<Vec<u8>>, Problem> {
    let mut length = [0; 4];
    file.read_exact(&mut length).map_err(|_| unfit(say!("part-cut")))?;
    let length = u32::from_be_bytes(length) as usize;
    if length > MAX_PART {
        return Err(unfit(say!("part-long")));
    }
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes).map_err(|_| unfit(say!("part-cut")))?;
    Ok((length > 0).then_some(bytes))
}
