//! Entries that sled has in pieces: a value of more than [`CHUNK`] bytes lies in chunks, anywhere in the file.
//!
//! A chunk follows its key and its length. The engine leaves out the beginning of keys that many have in common, but not their
//! end: the last byte of the entry's position, and the number of the chunk. Chunks that have these may be of other entries too;
//! which ones belong together the hash in the header tells.

use std::collections::BTreeMap;

use accord_core::{ChangeReader, EntryId, Header, LogId, MAX_PAYLOAD, ProgrammeId};
use minicbor::Decoder;
use sha2::{Digest as _, Sha256};

use super::scan::{entry_of, windows};
use super::{Piece, Salvage};
use crate::sled_store::{STORED_MAX as CHUNK, number};

/// How many bytes of an entry are in the first chunk of its value, which begins with a byte of flags.
const FIRST: usize = CHUNK - 1;

/// The most steps that are taken to put one entry together …
const MOST_STEPS: usize = 4_096;

/// … and all of them.
const MOST_IN_ALL: usize = 1 << 18;

/// The most beginnings that are looked at: each is in memory.
const MOST_BEGINNINGS: usize = 4_096;

/// From which length on the length alone tells that a value may begin there.
const TELLING: usize = 241;

/// The most chunks of one length that are kept without knowing more of them.
const MOST_NAMELESS: usize = 4_096;

/// An entry of which the beginning was found.
#[derive(Debug, Clone)]
pub(super) struct Torn {
    programme: ProgrammeId,
    log: LogId,
    seq: u64,
    id: EntryId,
    /// Its first piece.
    first: Piece,
    /// How long all of it is.
    len: usize,
}

/// What the end of a chunk's key says, and how long the chunk is.
type Tag = (u8, u16, usize);

impl Torn {
    /// The entry with this header that begins with these bytes, if it may be one in chunks.
    pub(super) fn begins(header: &Header, bytes: &[u8], (file, at): (usize, u64)) -> Option<Self> {
        let mut d = Decoder::new(bytes);
        d.array().ok()?;
        let id = Header::id_of(d.bytes().ok()?);
        d.bytes().ok()?;
        let at_payload = d.position();
        // The end of it is elsewhere, so only its head can be read here.
        let (head, payload) = match bytes.get(at_payload..)? {
            [0x59, a, b, ..] => (3, usize::from(u16::from_be_bytes([*a, *b]))),
            [0x5a, a, b, c, d, ..] => (5, usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).ok()?),
            _ => return None,
        };
        let len = at_payload + head + payload;
        let torn = payload <= MAX_PAYLOAD && len > FIRST;
        let log = LogId { space: header.space, device: header.device };
        let first = Piece { file, at, len: FIRST };
        torn.then_some(Self { programme: header.programme, log, seq: header.seq, id, first, len })
    }

    /// What the chunks after the first look like, in their order.
    fn tags(&self) -> impl Iterator<Item = Tag> {
        let (rest, seq) = (self.len - FIRST, self.seq.to_be_bytes()[7]);
        let of = move |n: usize| (seq, u16::try_from(n + 1).unwrap_or(u16::MAX), CHUNK.min(rest - n * CHUNK));
        (0..rest.div_ceil(CHUNK)).map(of)
    }
}

/// Chunks that are alike: where they lie, and the number of their log where a whole key tells.
type Alike = (Vec<Piece>, Option<u32>);

/// Chunks with one tag, by their hash.
type Chunks = BTreeMap<[u8; 32], Alike>;

/// Looks for the other chunks of entries that begin somewhere and are wanted, and keeps those of which all are found. Gives of each
/// in which log it is, and whether it was kept.
pub(super) fn mend(
    salvage: &mut Salvage,
    reader: &impl ChangeReader,
    wanted: impl Fn(&ProgrammeId, &LogId, u64, &EntryId) -> bool,
) -> Vec<(LogId, bool)> {
    let mut torn = std::mem::take(&mut salvage.torn);
    torn.retain(|torn| wanted(&torn.programme, &torn.log, torn.seq, &torn.id));
    // Of one entry there may be several beginnings, of which some are spoilt.
    let mut kept: BTreeMap<EntryId, (LogId, bool)> =
        torn.iter().map(|torn| (torn.id, (torn.log, false))).collect();
    // Most beginnings are there several times: the engine writes a value again when something beside it changes.
    let mut beginnings: BTreeMap<Vec<u8>, (Torn, Vec<Piece>)> = BTreeMap::new();
    for torn in torn {
        if beginnings.len() >= MOST_BEGINNINGS {
            tracing::warn!("more entries are in pieces than are put together");
            break;
        }
        if let Some(bytes) = salvage.bytes(&[torn.first]) {
            let first = torn.first;
            beginnings.entry(bytes).or_insert_with(|| (torn, Vec::new())).1.push(first);
        }
    }
    let mut chunks: BTreeMap<Tag, Chunks> =
        beginnings.values().flat_map(|(torn, _)| torn.tags()).map(|tag| (tag, Chunks::new())).collect();
    if chunks.is_empty() {
        return kept.into_values().collect();
    }
    let mut nameless: BTreeMap<usize, Chunks> =
        chunks.keys().filter(|(.., len)| *len >= TELLING).map(|(.., len)| (*len, Chunks::new())).collect();
    windows(&salvage.files, &mut |_, _| {}, |file, window, (here, at)| {
        let (bytes, len) = length(&window[here..])?;
        let (before, from) = (&window[..here], here + bytes);
        // The last byte of the position, and the number of the chunk.
        let tag = match before {
            [.., seq, 0, 0, high, low] => Some((*seq, u16::from_be_bytes([*high, *low]), len)),
            _ => None,
        };
        let of = match tag.filter(|tag| chunks.contains_key(tag)) {
            Some(tag) => chunks.get_mut(&tag)?,
            None => nameless.get_mut(&len).filter(|of| of.len() < MOST_NAMELESS)?,
        };
        let chunk = window.get(from..from + len)?;
        let (places, number) = of.entry(Sha256::digest(chunk).into()).or_default();
        places.push(Piece { file, at: at + bytes as u64, len });
        if let [key @ .., _, 0, 0, _, _] = before {
            *number = number.or(number_before(key));
        }
        // Another one may begin within what only looks like one.
        None
    });
    let all = All { chunks, nameless };
    let mut in_all = MOST_IN_ALL;
    for (beginning, (torn, firsts)) in beginnings {
        let Some((_, found)) = kept.get_mut(&torn.id) else { continue };
        let tags: Vec<Tag> = torn.tags().collect();
        if !tags.iter().all(|tag| all.may_have(tag)) {
            continue;
        }
        let left = MOST_STEPS.min(in_all);
        let mut way = Way { all: &all, places: vec![firsts], left };
        *found |= way.find(&tags, None, &mut |places| {
            let pieces: Vec<Piece> = places.iter().filter_map(|places| places.first().copied()).collect();
            let bytes = salvage.bytes(&pieces[1..]).map(|end| [beginning.as_slice(), &end].concat());
            let entry = bytes.and_then(|bytes| entry_of(&bytes, reader));
            entry.inspect(|entry| salvage.keep(entry, &pieces)).is_some()
        });
        in_all -= left - way.left;
    }
    kept.into_values().collect()
}

/// What was found of chunks.
struct All {
    /// By what stands before them.
    chunks: BTreeMap<Tag, Chunks>,
    /// By their length alone: in a node of the engine no key stands before a value.
    nameless: BTreeMap<usize, Chunks>,
}

impl All {
    fn known(&self, tag: &Tag) -> Option<&Chunks> {
        let named = self.chunks.get(tag).filter(|named| !named.is_empty());
        named.or_else(|| self.nameless.get(&tag.2))
    }

    /// Whether there may be such a chunk at all: a short one may stand behind the one before, where nothing tells of it.
    fn may_have(&self, tag: &Tag) -> bool {
        tag.2 < TELLING || self.known(tag).is_some_and(|known| !known.is_empty())
    }
}

/// One way of putting an entry together.
struct Way<'a> {
    all: &'a All,
    /// Of each chunk so far, where it lies.
    places: Vec<Vec<Piece>>,
    /// How many more steps are taken.
    left: usize,
}

impl Way<'_> {
    /// Tries the chunks that may come next, until `fits` takes what came together. They are all of one log; and those that lie
    /// right behind the one before, as in the engine's nodes, go before all others.
    fn find(
        &mut self,
        tags: &[Tag],
        number: Option<u32>,
        fits: &mut impl FnMut(&[Vec<Piece>]) -> bool,
    ) -> bool {
        self.left = self.left.saturating_sub(1);
        let Some((tag, rest)) = tags.split_first() else { return fits(&self.places) };
        let before = self.places.last().cloned().unwrap_or_default();
        let gap = 1 + u64::from(tag.2 > 240) + u64::from(tag.2 > 2_287);
        let behind = |piece: &Piece| Piece { at: piece.at + piece.len as u64 + gap, len: tag.2, ..*piece };
        let adjacent: Vec<Piece> = before.iter().map(behind).collect();
        let known = self.all.known(tag).into_iter().flat_map(BTreeMap::values);
        let same = |(_, of): &&Alike| of.is_none() || number.is_none() || *of == number;
        let (mut next, far): (Vec<Alike>, Vec<Alike>) = known
            .filter(same)
            .cloned()
            .partition(|(places, _)| places.iter().any(|piece| adjacent.contains(piece)));
        if next.is_empty() && tag.2 < TELLING {
            next.push((adjacent, None));
        }
        next.extend(far);
        for (places, of) in next {
            if self.left == 0 {
                return false;
            }
            self.places.push(places);
            if self.find(rest, number.or(of), fits) {
                return true;
            }
            self.places.pop();
        }
        false
    }
}

/// The number of the log in the key that ends with the last byte of a position, if all of that key is there.
fn number_before(bytes: &[u8]) -> Option<u32> {
    // The rest of the position stands between.
    let (key, _) = bytes.split_last_chunk::<7>()?;
    let (key, number) = key.split_last_chunk::<4>()?;
    key.ends_with(b"entries\0\0\x0c").then_some(u32::from_be_bytes(*number))
}

/// How many bytes a length takes that sled wrote, and the length: for those of chunks, one to three.
fn length(bytes: &[u8]) -> Option<(usize, usize)> {
    let (length, bytes) = number(bytes)?;
    (length > 0 && bytes <= 3).then_some((bytes, usize::try_from(length).ok()?))
}
