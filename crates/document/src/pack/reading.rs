//! Taking a pack apart. Whoever sent it may have put anything into it.

use std::collections::VecDeque;

use accord_core::{
    ActorSeed, Authority, Body, ChangeHash, DeviceId, EntryId, Header, Signature, SignedEntry, encode,
};

use super::channel::{Channel as _, Column, Columns, ReadChannel};
use super::logs::{Documents, Item, State, What, authority, item};
use super::track::{Shared, Track};
use super::{FORM, MAX_BYTES, MAX_ENTRIES, MAX_PACKED_LOGS, PackError, Place, Stretch, changes};
use crate::Hash;
use crate::change_meta::Reader;

/// Which entries of which log a pack holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Whose log.
    pub device: DeviceId,
    /// The position of the first.
    pub from: u64,
    /// How many, at least one.
    pub count: usize,
}

/// Which entries are in a pack: they stand at its beginning, and nothing is inflated for them.
///
/// # Errors
/// [`PackError`] if it does not begin as a pack does.
pub fn spans(bytes: &[u8]) -> Result<Vec<Span>, PackError> {
    read_spans(&mut Reader::new(bytes))
}

fn read_spans(r: &mut Reader<'_>) -> Result<Vec<Span>, PackError> {
    let form = r.byte().map_err(|_| PackError::CutOff)?;
    if form != FORM {
        return Err(PackError::Form(form));
    }
    let logs = r.bounded("logs", MAX_PACKED_LOGS).map_err(|_| PackError::TooLarge("logs"))?;
    let mut left = MAX_ENTRIES;
    let mut spans: Vec<Span> = Vec::with_capacity(logs);
    for _ in 0..logs {
        let device = DeviceId(r.array().map_err(|_| PackError::CutOff)?);
        let from = r.unsigned().map_err(|_| PackError::CutOff)?;
        let count = r.bounded("entries", left).map_err(|_| PackError::TooLarge("entries"))?;
        left -= count;
        let last = from.checked_add(count as u64);
        if from == 0 || count == 0 || last.is_none() || spans.iter().any(|span| span.device == device) {
            return Err(PackError::Malformed("a log"));
        }
        spans.push(Span { device, from, count });
    }
    Ok(spans)
}

/// The entries of a pack, unverified. Signatures that it does not hold are [`Signature::NONE`].
///
/// # Errors
/// [`PackError`] if it is not a pack, or is over a bound. No input makes it panic, or take more than the bounds allow.
pub fn unpack(place: &Place, bytes: &[u8]) -> Result<Vec<Stretch>, PackError> {
    let mut r = Reader::new(bytes);
    let spans = read_spans(&mut r)?;
    let columns = Columns::read(&mut r)?;
    if !r.is_empty() {
        return Err(PackError::Malformed("more bytes follow it"));
    }
    let mut c = columns.channel();
    let mut documents = Documents::default();
    let mut logs = Vec::with_capacity(spans.len());
    let mut named = 0;
    for span in &spans {
        let prev = if span.from > 1 { Some(EntryId(c.id(Column::Ids, None)?)) } else { None };
        let under = authority(&mut c, None)?;
        let mut state = State::new(named);
        let items = (0..span.count).map(|_| item(&mut c, &mut state, &mut documents, None));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        named = state.named();
        logs.push(Log { device: span.device, from: span.from, prev, under, items, made: VecDeque::new() });
    }
    let mut made = Changes::new(&logs, documents.ids.len());
    let mut shared = Shared::new();
    let mut left = MAX_BYTES;
    for (document, id) in documents.ids.iter().enumerate() {
        let actor = |log: usize, generation| {
            ActorSeed { device: spans[log].device, space: place.space, document: *id, generation }.actor()
        };
        made.read(&mut c, &mut shared, document, actor, &mut left)?;
    }
    if !c.is_at_end() {
        return Err(PackError::Malformed("a column holds more than there is"));
    }
    for (log, changes) in logs.iter_mut().zip(made.of) {
        log.made = changes.into();
    }
    logs.into_iter().map(|log| log.entries(place, &documents, &mut left)).collect()
}

/// A log before its headers are made.
#[derive(Debug)]
struct Log<'a> {
    device: DeviceId,
    from: u64,
    prev: Option<EntryId>,
    under: Authority,
    items: Vec<Item<'a>>,
    /// Its changes in their order: hash and bytes.
    made: VecDeque<(Hash, Vec<u8>)>,
}

impl Log<'_> {
    fn entries(
        mut self,
        place: &Place,
        documents: &Documents,
        left: &mut usize,
    ) -> Result<Stretch, PackError> {
        let mut before = self.prev;
        let mut entries = Vec::with_capacity(self.items.len());
        for (item, seq) in self.items.into_iter().zip(self.from..) {
            self.under = item.authority.unwrap_or(self.under);
            let document =
                |place: usize| documents.ids.get(place).copied().ok_or(PackError::Malformed("a document"));
            let body = match item.what {
                What::Whole { .. } => None,
                What::Create { document: at, kind } => {
                    Some((Body::Create { document: document(at)?, kind: kind.to_owned() }, Vec::new()))
                }
                What::Change { document: at, generation, .. } => {
                    let (hash, payload) = self.made.pop_front().ok_or(PackError::CutOff)?;
                    let change = ChangeHash(hash);
                    Some((Body::Change { document: document(at)?, generation, change }, payload))
                }
            };
            let (header, payload) = match (item.what, body) {
                (What::Whole { header, payload }, _) => {
                    spend(left, payload.len())?;
                    (header.to_vec(), payload.to_vec())
                }
                (_, Some((body, payload))) => {
                    let header = Header {
                        programme: place.programme,
                        space: place.space,
                        device: self.device,
                        seq,
                        prev: before,
                        authority: self.under,
                        body,
                    };
                    // The bytes of changes were counted when they were made.
                    (encode(&header), payload)
                }
                (_, None) => return Err(PackError::CutOff),
            };
            spend(left, header.len() + 64)?;
            before = Some(Header::id_of(&header));
            let signature = item.signature.map_or(Signature::NONE, Signature);
            entries.push(SignedEntry { header, signature, payload });
        }
        Ok(Stretch { device: self.device, from: self.from, prev: self.prev, entries })
    }
}

fn spend(left: &mut usize, bytes: usize) -> Result<(), PackError> {
    *left = left.checked_sub(bytes).ok_or(PackError::TooLarge("bytes"))?;
    Ok(())
}

/// What a log tells of one of its changes: where it stands among the log's changes, generation, sequence number and time.
#[derive(Debug, Clone, Copy)]
struct Told {
    at: usize,
    generation: u32,
    seq: u64,
    time: i64,
}

/// The changes of all logs.
#[derive(Debug)]
struct Changes {
    /// Of each document: whose changes, by log, in the order of the logs.
    told: Vec<Vec<(usize, VecDeque<Told>)>>,
    /// Of each log: its changes, once they are made.
    of: Vec<Vec<(Hash, Vec<u8>)>>,
}

impl Changes {
    fn new(logs: &[Log<'_>], documents: usize) -> Self {
        let mut told: Vec<Vec<(usize, VecDeque<Told>)>> = vec![Vec::new(); documents];
        let mut of = Vec::with_capacity(logs.len());
        for (log, all) in logs.iter().enumerate() {
            let mut at = 0;
            for item in &all.items {
                let What::Change { document, generation, seq, time } = item.what else { continue };
                let Some(authors) = told.get_mut(document) else { continue };
                let told = Told { at, generation, seq, time };
                match authors.last_mut().filter(|(author, _)| *author == log) {
                    Some((_, changes)) => changes.push_back(told),
                    None => authors.push((log, [told].into())),
                }
                at += 1;
            }
            of.push(vec![([0; 32], Vec::new()); at]);
        }
        Self { told, of }
    }

    fn read<'a>(
        &mut self,
        c: &mut ReadChannel<'a>,
        shared: &mut Shared<'a>,
        document: usize,
        actor: impl Fn(usize, u32) -> [u8; 16],
        left: &mut usize,
    ) -> Result<(), PackError> {
        let Some(authors) = self.told.get_mut(document) else { return Ok(()) };
        let mut track = Track::default();
        for (log, changes) in authors.iter() {
            for told in changes {
                let id = actor(*log, told.generation);
                if track.actor(&id).is_none() {
                    track.name(id.to_vec());
                }
            }
        }
        let count: usize = authors.iter().map(|(_, changes)| changes.len()).sum();
        for _ in 0..count {
            let next = if authors.len() > 1 { c.place(Column::Author, authors.len(), None)? } else { 0 };
            let (log, changes) = &mut authors[next];
            let told =
                changes.pop_front().ok_or(PackError::Malformed("an author's change after the last"))?;
            let unnamed = PackError::Malformed("an author without a name");
            let own = track.actor(&actor(*log, told.generation)).ok_or(unnamed)?;
            let terms = changes::change(c, shared, &mut track, own, None)?;
            let deps = terms.deps.clone();
            let made = terms.rebuild(&track.actors, own, (told.seq, told.time));
            let (hash, max_op, raw) = made.ok_or(PackError::Malformed("a change that cannot be"))?;
            spend(left, raw.len())?;
            track.made(own, hash, &deps, max_op);
            if let Some(slot) = self.of.get_mut(*log).and_then(|of| of.get_mut(told.at)) {
                *slot = (hash, raw);
            }
        }
        Ok(())
    }
}
