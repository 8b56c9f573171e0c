//! What this engine shreds when it opens a damaged file.
//!
//! Its log is read from its last snapshot on, up to the first message whose checksum does not fit. That is taken for the
//! end of the log, and everything behind it in the same segment is overwritten, and every later segment, on the disk
//! and at once, whether or not opening then succeeds. After a power cut nothing but a torn write is there. But where the disk damaged the middle
//! of the log, all that was saved after that place is there, whole, and gone a moment later.
//!
//! In all but the last two segments or so it goes on with the next one, and uses what is behind the damage again later.
//!
//! So the segments that it may overwrite are read before, and compared after: what had entries in it and was overwritten, or is
//! behind damage, is put into a folder beside the store, where a [`Salvage`](crate::Salvage) finds them.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::folder::data_file;
use super::message::{SEGMENT, SEGMENT_HEADER, is_broken, position, reach_behind};
use crate::disk::folder;
use crate::salvage::holds_entries;

/// More of what was written since the last snapshot is not looked after: then the newest.
const MOST_BYTES: usize = 64 << 20;

/// The segments that the engine may overwrite, as they are before it opens.
pub(super) struct Before {
    /// The newest first.
    segments: Vec<Segment>,
}

struct Segment {
    /// Which one of the log it is, if its header is whole.
    number: Option<u64>,
    /// Where it begins in the file.
    at: u64,
    bytes: Vec<u8>,
}

impl Before {
    /// Reads them. What cannot be read is not looked after: the engine will say so itself.
    pub(super) fn read(store: &Path) -> Self {
        Self { segments: segments(store).unwrap_or_default() }
    }

    /// Compares them with what is there now, and keeps what had entries in it and is gone. Gives the folder, if there is one.
    pub(super) fn keep_lost(self, store: &Path) -> Option<PathBuf> {
        let file = File::open(data_file(store)).ok()?;
        // The engine also clears segments of which it has everything elsewhere. The one that it wrote to last is none of these,
        // and where the log is cut short it goes with all before it.
        let newest = self.segments.iter().find(|segment| segment.number.is_some());
        // One that does not say whose time it is of may be that one.
        let nameless = self.segments.iter().filter(|segment| segment.number.is_none());
        let is_cut = newest.into_iter().chain(nameless).any(|segment| segment.is_cut(&file));
        // Of an older segment the engine gives up only what is behind the damage, and goes on with the next.
        let is_lost = |segment: &&Segment| segment.is_broken() || (is_cut && segment.is_lost(&file));
        let lost: Vec<&Segment> = self.segments.iter().filter(is_lost).collect();
        if lost.is_empty() {
            return None;
        }
        match keep(store, &lost) {
            Ok(kept) => {
                tracing::debug!(kept = %kept.display(), "kept what the engine overwrote of its log");
                Some(kept)
            }
            Err(error) => {
                tracing::error!(%error, "what the engine gave up of its log could not be kept");
                None
            }
        }
    }
}

/// The segments of the log from the last snapshot on.
fn segments(store: &Path) -> io::Result<Vec<Segment>> {
    let since = last_snapshot(store)? / SEGMENT as u64 * SEGMENT as u64;
    let file = File::open(data_file(store))?;
    let size = file.metadata()?.len();
    let (mut newest, mut nameless) = (Vec::new(), Vec::new());
    for at in (0..size).step_by(SEGMENT) {
        let mut header = [0; SEGMENT_HEADER];
        if file.read_exact_at(&mut header, at).is_err() {
            continue;
        }
        match position(&header) {
            Some((position, true)) if position >= since => newest.push((Some(position / SEGMENT as u64), at)),
            Some((_, true)) | None => {}
            // One whose header is damaged may be of any time.
            Some((_, false)) => nameless.push((None, at)),
        }
    }
    newest.sort_unstable_by(|one, other| other.cmp(one));
    if newest.len() > MOST_BYTES / SEGMENT {
        tracing::debug!(
            segments = newest.len(),
            "more was written since the last snapshot than is looked after"
        );
        newest.truncate(MOST_BYTES / SEGMENT);
    }
    // Mostly these are free, and all zeros.
    nameless.truncate(MOST_BYTES / SEGMENT);
    let mut segments = Vec::new();
    for (number, at) in newest.into_iter().chain(nameless) {
        let len = SEGMENT.min(usize::try_from(size - at).unwrap_or(SEGMENT));
        let mut bytes = vec![0; len];
        if file.read_exact_at(&mut bytes, at).is_ok() && bytes.iter().any(|byte| *byte != 0) {
            segments.push(Segment { number, at, bytes });
        }
    }
    Ok(segments)
}

/// The position in the log up to which the last snapshot goes: its name says it.
fn last_snapshot(store: &Path) -> io::Result<u64> {
    let mut last = 0;
    for item in fs::read_dir(store)? {
        let name = item?.file_name();
        let position = name.to_str().and_then(|name| name.strip_prefix("snap."));
        let position = position.and_then(|position| u64::from_str_radix(position, 16).ok());
        last = last.max(position.unwrap_or(0));
    }
    Ok(last)
}

impl Segment {
    /// The first byte that was something and is something else now: appending overwrites zeros alone.
    fn changed(&self, file: &File) -> Option<usize> {
        let mut now = vec![0; self.bytes.len()];
        let read = file.read_at(&mut now, self.at).unwrap_or(0);
        now[read..].fill(0);
        self.bytes.iter().zip(&now).position(|(before, now)| *before != 0 && before != now)
    }

    /// Whether entries were in what is not there any more.
    fn is_lost(&self, file: &File) -> bool {
        self.changed(file).is_some_and(|from| holds_entries(&self.bytes[from..]))
    }

    /// Whether part of the log itself is not there any more. Behind the end of the log may stand what the segment held when it was
    /// used before, and there the engine overwrites it with every start.
    fn is_cut(&self, file: &File) -> bool {
        match self.number {
            Some(own) => self.changed(file).is_some_and(|from| reach_behind(&self.bytes, own, from)),
            None => self.is_lost(file),
        }
    }

    /// Whether it is damaged in the middle, and entries are behind.
    fn is_broken(&self) -> bool {
        self.number.is_some_and(|own| is_broken(&self.bytes, own)) && holds_entries(&self.bytes)
    }
}

fn keep(store: &Path, lost: &[&Segment]) -> io::Result<PathBuf> {
    let free = (1..1_000).map(|number| folder::beside(store, &format!("shredded-{number}")));
    let path = free.into_iter().find(|path| !path.exists()).ok_or(io::ErrorKind::AlreadyExists)?;
    folder::create(&path).map_err(|error| io::Error::other(error.to_string()))?;
    for Segment { at, bytes, .. } in lost {
        let file = path.join(format!("{at:016x}"));
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    File::open(&path)?.sync_all()?;
    folder::sync_parent(&path).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(path)
}
