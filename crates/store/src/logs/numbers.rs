//! Which log stands under which number, and how far it goes, found again from the entries where a head is damaged: keys
//! say the numbers, headers say the logs, and what the first entry of a branch follows says where it parts.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::{Entry, Head, LogId, verify_entry};

use super::holes::entry_at;
use super::layout::{HeadRecord, entry_key, place, read_entry};
use super::{LogsError, Parting};
use crate::{Scan, Store, StoreError, Tree, walk};

/// Every number under which an entry stands, whole or not.
pub(super) fn all(store: &dyn Store) -> Result<BTreeSet<u32>, LogsError> {
    let mut numbers = BTreeSet::new();
    let mut next = Some(0);
    while let Some(from) = next {
        let scan = Scan { start: entry_key(from, 0), ..Scan::all(Tree::Entries).items(1).keys() };
        let Some(number) = first_key(store, &scan)?.as_deref().and_then(place).map(|(number, _)| number)
        else {
            break;
        };
        numbers.insert(number);
        next = number.checked_add(1);
    }
    Ok(numbers)
}

/// The highest number under which an entry stands.
pub(super) fn highest(store: &dyn Store) -> Result<Option<u32>, LogsError> {
    let key = first_key(store, &Scan::all(Tree::Entries).reversed().items(1).keys())?;
    Ok(key.as_deref().and_then(place).map(|(number, _)| number))
}

fn first_key(store: &dyn Store, scan: &Scan) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(store.scan(scan)?.items.into_iter().next().map(|(key, _)| key))
}

/// Heads, each with its log.
type Heads = Vec<(LogId, HeadRecord)>;

/// What the entries under a number say.
struct Found {
    log: LogId,
    /// The first position, whole or not, and its entry, if whole.
    first: (u64, Option<Entry>),
    head: Head,
    authority: u64,
}

/// The heads of all logs: those that are whole as they stand, the others from the entries. The second list holds the
/// numbers of these.
pub(super) fn heads(store: &dyn Store, whole: Heads) -> Result<(Heads, Vec<u32>), LogsError> {
    let known: BTreeMap<u32, LogId> = whole.iter().map(|(log, record)| (record.number, *log)).collect();
    let mut heads = whole;
    let mut again = Vec::new();
    for number in all(store)?.into_iter().filter(|number| !known.contains_key(number)) {
        let Some(found) = find(store, number)? else { continue };
        let older: Heads = heads
            .iter()
            .filter(|(log, record)| *log == found.log && record.number < number)
            .cloned()
            .collect();
        let parting = parting(store, &older, &found)?;
        let Found { log, head, mut authority, .. } = found;
        let mut above = parting;
        while let Some(parting) = above {
            // A branch goes on from what holds where it parts.
            authority = authority.max(highest_authority(store, &parting)?);
            let parent = older.iter().find(|(_, record)| record.number == parting.number);
            above = parent.and_then(|(_, record)| record.parting);
        }
        heads.push((log, HeadRecord { number, head, authority, parting }));
        again.push(number);
    }
    Ok((heads, again))
}

/// Reads everything that stands under a number; none if nothing of it is whole and signed.
fn find(store: &dyn Store, number: u32) -> Result<Option<Found>, LogsError> {
    let scan = Scan { end: number.checked_add(1).map(|next| entry_key(next, 0)), ..Scan::all(Tree::Entries) };
    let scan = Scan { start: entry_key(number, 0), ..scan };
    let (mut first, mut log, mut head) = (None, None, None);
    let (mut authority, mut unsigned) = (0, 0);
    walk::<LogsError>(store, &scan, |key, value| {
        let Some((_, seq)) = place(key) else { return Ok(()) };
        let entry = value.and_then(|value| read_entry(value).ok()).map(|(entry, _)| entry);
        first.get_or_insert_with(|| (seq, entry.clone()));
        let Some(entry) = entry else { return Ok(()) };
        let header = entry.header();
        log.get_or_insert(LogId { space: header.space, device: header.device });
        // A log ends at a signature that holds: so it was stored, and so it can be passed on.
        unsigned = unsigned.max(header.authority.position());
        if verify_entry(&entry).is_ok() {
            head = Some(Head { seq, id: entry.id() });
            authority = unsigned;
        }
        Ok(())
    })?;
    Ok(log.zip(first).zip(head).map(|((log, first), head)| Found { log, first, head, authority }))
}

/// The highest authority position of the entries that stand under a number, up to one that others go on from.
fn highest_authority(store: &dyn Store, parting: &Parting) -> Result<u64, LogsError> {
    let mut highest = 0;
    let (number, end) = (parting.number, parting.seq.saturating_add(1));
    let scan = Scan::range(Tree::Entries, entry_key(number, 0), entry_key(number, end));
    walk::<LogsError>(store, &scan, |_, value| {
        if let Some((entry, _)) = value.and_then(|value| read_entry(value).ok()) {
            highest = highest.max(entry.header().authority.position());
        }
        Ok(())
    })?;
    Ok(highest)
}

/// Where a history parts from an older one of its log.
fn parting(
    store: &dyn Store,
    older: &[(LogId, HeadRecord)],
    found: &Found,
) -> Result<Option<Parting>, LogsError> {
    let of_log = || older.iter().map(|(_, record)| record);
    let (begins, first) = &found.first;
    let seq = begins.saturating_sub(1);
    let Some(eldest) = of_log().map(|record| record.number).min() else { return Ok(None) };
    if seq > 0 {
        let prev = first.as_ref().and_then(|entry| entry.header().prev);
        for record in of_log().filter(|record| record.head.seq > seq) {
            let entry = entry_at(store, record.number, seq)?;
            if entry.is_some_and(|entry| prev.is_none_or(|prev| prev == entry.id())) {
                return Ok(Some(Parting { number: record.number, seq }));
            }
        }
    }
    Ok(Some(Parting { number: eldest, seq }))
}
