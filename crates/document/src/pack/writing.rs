//! Making a pack.

use accord_core::{ActorSeed, Body, DeviceId, Entry, verify_entry};

use super::channel::{Channel as _, Column, Writer};
use super::logs::{Documents, Item, State, What, authority, item};
use super::order::order;
use super::terms::Plain;
use super::track::{MAX_EXPANDED, Shared, Track};
use super::{FORM, MAX_BYTES, MAX_ENTRIES, MAX_OPERATIONS, MAX_PACKED_LOGS, PackError, Place};
use super::{SIGNED_BYTES, SIGNED_EVERY, changes};
use crate::Hash;
use crate::change_meta::write_unsigned;

/// Packs entries of several logs of one space: of each log, once, entries that follow each other, at least one.
///
/// Signatures inside are left out but for one in [`SIGNED_EVERY`] entries that holds; the last one of each log is kept.
///
/// # Errors
/// [`PackError::TooLarge`] if it is more than one pack holds, [`PackError::Malformed`] if the entries do not follow each other.
pub fn pack(place: &Place, stretches: &[(DeviceId, &[Entry])]) -> Result<Vec<u8>, PackError> {
    let count: usize = stretches.iter().map(|(_, entries)| entries.len()).sum();
    if count > MAX_ENTRIES {
        return Err(PackError::TooLarge("entries"));
    }
    if stretches.len() > MAX_PACKED_LOGS {
        return Err(PackError::TooLarge("logs"));
    }
    let all = || stretches.iter().flat_map(|(_, entries)| entries.iter());
    if all().map(|entry| entry.signed().size()).sum::<usize>() > MAX_BYTES {
        return Err(PackError::TooLarge("bytes"));
    }
    stretches.iter().try_for_each(|(device, entries)| follow(place, *device, entries))?;
    let mut plan = Plan::default();
    let items: Vec<Vec<Item<'_>>> =
        stretches.iter().enumerate().map(|(log, (_, entries))| plan.log(place, log, entries)).collect();

    let mut out = vec![FORM];
    let mut c = Writer::new();
    write_unsigned(&mut out, stretches.len() as u64);
    for (device, entries) in stretches {
        out.extend_from_slice(&device.0);
        write_unsigned(&mut out, entries.first().map_or(0, |entry| entry.header().seq));
        write_unsigned(&mut out, entries.len() as u64);
    }
    let mut named = 0;
    for ((_, entries), items) in stretches.iter().zip(&items) {
        let Some(first) = entries.first().map(Entry::header) else { continue };
        if let Some(prev) = first.prev.filter(|_| first.seq > 1) {
            c.id(Column::Ids, Some(&prev.0))?;
        }
        authority(&mut c, Some(first.authority))?;
        let mut state = State::new(named);
        for given in items {
            item(&mut c, &mut state, &mut plan.documents, Some(given))?;
        }
        named = state.named();
    }
    let mut shared = Shared::new();
    for (document, authors) in plan.authors.into_iter().enumerate() {
        let Some(id) = plan.documents.ids.get(document) else { continue };
        let actor = |log: usize, generation| {
            let device = stretches[log].0;
            ActorSeed { device, space: place.space, document: *id, generation }.actor()
        };
        write_document(&mut c, &mut shared, authors, actor)?;
    }
    c.finish(&mut out)?;
    Ok(out)
}

/// That entries are what the head of their log in a pack says.
fn follow(place: &Place, device: DeviceId, entries: &[Entry]) -> Result<(), PackError> {
    if entries.is_empty() {
        return Err(PackError::Malformed("a log without entries"));
    }
    let here = |entry: &Entry| {
        let header = entry.header();
        let first = (header.seq == 1) == header.prev.is_none();
        first
            && header.seq > 0
            && (header.programme, header.space, header.device) == (place.programme, place.space, device)
    };
    let next = |pair: &[Entry]| match pair {
        [one, two] => {
            one.header().seq.checked_add(1) == Some(two.header().seq) && two.header().prev == Some(one.id())
        }
        _ => true,
    };
    if entries.iter().all(here) && entries.windows(2).all(next) {
        Ok(())
    } else {
        Err(PackError::Malformed("entries that do not follow each other"))
    }
}

/// The changes to one document by one device: under which generation each stands.
#[derive(Debug)]
struct Author<'a> {
    log: usize,
    changes: std::collections::VecDeque<(u32, Plain<'a>)>,
}

/// What stands where.
#[derive(Debug, Default)]
struct Plan<'a> {
    documents: Documents,
    /// Of each document.
    authors: Vec<Vec<Author<'a>>>,
    operations: usize,
    expanded: usize,
}

impl<'a> Plan<'a> {
    fn log(&mut self, place: &Place, log: usize, entries: &'a [Entry]) -> Vec<Item<'a>> {
        let mut under = entries.first().map(|entry| entry.header().authority);
        let kept = signatures(entries);
        let mut items = Vec::with_capacity(entries.len());
        for (entry, signed) in entries.iter().zip(kept) {
            let what = self.what(place, log, entry);
            // What travels whole brings its own.
            let authority = Some(entry.header().authority).filter(|_| !matches!(what, What::Whole { .. }));
            let authority = authority.filter(|authority| Some(*authority) != under);
            under = authority.or(under);
            let signature = signed.then_some(entry.signed().signature.0);
            items.push(Item { what, authority, signature });
        }
        items
    }

    fn what(&mut self, place: &Place, log: usize, entry: &'a Entry) -> What<'a> {
        let header = entry.header();
        let whole = What::Whole { header: &entry.signed().header, payload: entry.payload() };
        match &header.body {
            Body::Create { document, kind } if entry.payload().is_empty() => {
                What::Create { document: self.document(*document), kind }
            }
            Body::Change { document, generation, change } => {
                let Some(plain) = Plain::read(entry.payload()) else { return whole };
                let seed = ActorSeed {
                    device: header.device,
                    space: place.space,
                    document: *document,
                    generation: *generation,
                };
                let operations = self.operations + plain.operations.list.len();
                let expanded = self.expanded + plain.expanded();
                let fits = operations <= MAX_OPERATIONS && expanded <= MAX_EXPANDED;
                if plain.meta.hash != change.0 || plain.meta.actor != seed.actor() || !fits {
                    return whole;
                }
                (self.operations, self.expanded) = (operations, expanded);
                let (seq, time) = (plain.meta.seq, plain.meta.timestamp);
                let document = self.document(*document);
                let authors = &mut self.authors[document];
                match authors.last_mut().filter(|author| author.log == log) {
                    Some(author) => author.changes.push_back((*generation, plain)),
                    None => authors.push(Author { log, changes: [(*generation, plain)].into() }),
                }
                What::Change { document, generation: *generation, seq, time }
            }
            _ => whole,
        }
    }

    fn document(&mut self, id: accord_core::DocumentId) -> usize {
        let place = self.documents.place(id);
        if place == self.authors.len() {
            self.authors.push(Vec::new());
        }
        place
    }
}

/// Which signatures of a stretch are kept.
pub(super) fn signatures(entries: &[Entry]) -> Vec<bool> {
    let mut kept = vec![false; entries.len()];
    // From where the next one has to be kept, and up to where none holds.
    let (mut from, mut none, mut bytes) = (0, 0, 0);
    for (at, entry) in entries.iter().enumerate() {
        bytes += entry.signed().size();
        let next = entries.get(at + 1).map_or(0, |next| next.signed().size());
        let due = at + 1 - from >= SIGNED_EVERY || bytes + next > SIGNED_BYTES;
        if !due {
            continue;
        }
        // Those inside of a run that came from elsewhere were never checked. Where this one does not hold, the last one that does
        // is kept: so nothing goes without one that did not come without one.
        let holds = |at: &usize| entries.get(*at).is_some_and(|entry| verify_entry(entry).is_ok());
        let last = (none..=at).rev().find(holds);
        none = at + 1;
        if let Some(last) = last {
            kept[last] = true;
            from = last + 1;
            bytes =
                entries.get(from..=at).unwrap_or_default().iter().map(|entry| entry.signed().size()).sum();
        }
    }
    if let Some(end) = kept.last_mut() {
        *end = true;
    }
    kept
}

fn write_document<'a>(
    c: &mut Writer,
    shared: &mut Shared<'a>,
    mut authors: Vec<Author<'a>>,
    actor: impl Fn(usize, u32) -> [u8; 16],
) -> Result<(), PackError> {
    let mut track = Track::default();
    for author in &authors {
        for (generation, _) in &author.changes {
            let id = actor(author.log, *generation);
            if track.actor(&id).is_none() {
                track.name(id.to_vec());
            }
        }
    }
    let of =
        |author: &Author<'a>| author.changes.iter().map(|(_, plain)| plain.meta.clone()).collect::<Vec<_>>();
    let metas: Vec<Vec<_>> = authors.iter().map(of).collect();
    let deps: Vec<Vec<(Hash, &[Hash])>> = metas
        .iter()
        .map(|metas| metas.iter().map(|meta| (meta.hash, meta.deps.as_slice())).collect())
        .collect();
    for next in order(&deps) {
        if authors.len() > 1 {
            c.number(Column::Author, Some(next as u64))?;
        }
        let Some((generation, plain)) = authors[next].changes.pop_front() else { continue };
        let unnamed = PackError::Malformed("an author without a name");
        let own = track.actor(&actor(authors[next].log, generation)).ok_or(unnamed.clone())?;
        let (hash, max_op) = (plain.meta.hash, plain.meta.max_op);
        let terms = plain.terms(&track, own).ok_or(unnamed)?;
        changes::change(c, shared, &mut track, own, Some(&terms))?;
        track.made(own, hash, &terms.deps, max_op);
    }
    Ok(())
}
