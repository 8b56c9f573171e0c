//! Putting old entries of the logs into packs, where they take a tenth of the bytes. Each pack takes its entries' place
//! in one commit: a kill between two leaves a store that is whole, and the next time goes on from there.
//!
//! Only what never changes any more goes into a pack: regular entries, of a log with one history, from the first to one
//! with a signature that holds, without the newest ones. Governance is read whole at each start and stays as it is.

use accord_core::{Entry, governance_space, verify_entry};

use super::layout::{self, entry_key, read_entry};
use super::packs::Span;
use super::{Logs, LogsError, Place};
use crate::{Op, Page, Scan, StoreError, Tree};

/// How many bytes of entries a pack has at most: what is lost of it comes back from others in one run.
const MOST_BYTES: usize = 512 << 10;

/// Which entries go into packs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackBounds {
    /// How many of the newest entries of a log stay single: they are what is read, sent and followed most.
    pub newest: u64,
    /// Fewer entries than these stay single: a pack of few is hardly smaller.
    pub fewest: usize,
    /// How many entries a pack has at most. What is lost of it comes back from others in one run, and taking one entry out
    /// means to unpack all of them.
    pub most: usize,
}

impl Default for PackBounds {
    fn default() -> Self {
        Self { newest: 64, fewest: 64, most: 512 }
    }
}

/// What packing did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PackReport {
    /// How many packs were made.
    pub packs: u64,
    /// How many entries went into them.
    pub entries: u64,
    /// The bytes of these entries before.
    pub before: u64,
    /// The bytes of the packs.
    pub after: u64,
}

/// Entries that go into one pack.
struct Run {
    entries: Vec<Entry>,
    /// The pack before them, too small to stay, whose entries come first.
    joined: Option<Span>,
    /// How many of the entries stand in it.
    of_joined: usize,
    /// Whether they end because a pack is full, and more may follow.
    full: bool,
}

impl Logs {
    /// Puts old entries of all logs into packs. `progress` is told how many were looked at, and of how many.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read or written. What was packed before stays so.
    pub fn pack(
        &self,
        bounds: &PackBounds,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<PackReport, LogsError> {
        let mut report = PackReport::default();
        if self.packs.packer().is_none() {
            return Ok(report);
        }
        self.settle()?;
        let apart = governance_space(&self.programme);
        let places: Vec<Place> = {
            let state = self.state();
            let whole = |place: &Place| {
                place.log.space != apart
                    && !state.forked.contains_key(&place.log)
                    && state.numbers.get(&place.log).is_some_and(|numbers| numbers.len() == 1)
            };
            let all = (0..).take(state.branches.len()).map(|number| state.place_on(number));
            all.filter(whole).collect()
        };
        let old = |place: &Place| place.held.map_or(0, |head| head.seq.saturating_sub(bounds.newest));
        let total = places.iter().map(old).sum();
        let mut done = 0;
        for place in &places {
            let last = old(place);
            let mut next = 1;
            while next <= last {
                let after = self.pack_next(bounds, place, (next, last), &mut report)?;
                progress(done + after.min(last), total);
                next = after.max(next + 1);
            }
            done += last;
        }
        Ok(report)
    }

    /// Makes the next pack of a log; gives where to go on.
    fn pack_next(
        &self,
        bounds: &PackBounds,
        place: &Place,
        (from, to): (u64, u64),
        report: &mut PackReport,
    ) -> Result<u64, LogsError> {
        // From the first look to the commit: an entry may be marked, or come back, while nobody holds this.
        let mut writer = self.writer();
        self.sure(&writer)?;
        let (run, next) = self.gather_run(bounds, place, (from, to))?;
        let Some(mut run) = run else { return Ok(next) };
        let signed = run.entries.iter().rposition(|entry| verify_entry(entry).is_ok());
        run.entries.truncate(signed.map_or(0, |at| at + 1));
        let fresh = run.entries.len().saturating_sub(run.of_joined);
        let (Some(first), Some(last)) = (run.entries.first(), run.entries.last()) else { return Ok(next) };
        let (first, last) = (first.header().seq, last.header().seq);
        if fresh < bounds.fewest.max(1) {
            return Ok(next);
        }
        // What was cut off may end at a signature together with what follows.
        let next = if run.full { last + 1 } else { next };
        let span = Span { number: place.number, first, last };
        let Some(value) = self.packs.value(&place.log.space, &span, &run.entries) else {
            tracing::warn!(author = %place.log.device.short(), first, last, "these entries do not pack");
            return Ok(next);
        };
        let fresh = run.entries.get(run.of_joined..).unwrap_or_default();
        let before = fresh.iter().map(|entry| entry.signed().size() as u64).sum::<u64>();
        let after = value.len() as u64;
        let deleted =
            fresh.iter().map(|entry| Op::delete(Tree::Entries, entry_key(span.number, entry.header().seq)));
        let mut ops: Vec<Op> = deleted.collect();
        ops.extend(run.joined.map(|joined| Op::delete(Tree::Packs, joined.key())));
        ops.push(Op::put(Tree::Packs, span.key(), value));
        let count = fresh.len() as u64;
        self.packs.exchange((run.joined.as_slice(), Some(span)), || self.commit(&mut writer, ops))?;
        report.packs += 1;
        report.entries += count;
        report.before += before;
        report.after += after;
        Ok(next)
    }

    /// The next entries that can go into one pack, if there are any in a page; and where to go on if none is made of them.
    fn gather_run(
        &self,
        bounds: &PackBounds,
        place: &Place,
        (from, to): (u64, u64),
    ) -> Result<(Option<Run>, u64), LogsError> {
        let number = place.number;
        let scan =
            Scan::range(Tree::Entries, entry_key(number, from), entry_key(number, to.saturating_add(1)));
        let scan = scan.items(bounds.most.saturating_add(1)).bytes(MOST_BYTES);
        let Page { items, next: more } = match self.packs.below().scan(&scan) {
            Ok(page) => page,
            Err(StoreError::Damaged { key, .. }) => {
                let damaged = layout::place(&key).map_or(to, |(_, seq)| seq);
                return Ok((None, damaged + 1));
            }
            Err(error) => return Err(error.into()),
        };
        let mut run: Option<Run> = None;
        let (mut next, mut bytes) = (to + 1, 0);
        for (key, value) in &items {
            let Some((_, seq)) = layout::place(key) else { continue };
            let entry = read_entry(value).ok().filter(|(_, irregular)| !irregular).map(|(entry, _)| entry);
            // One after the other: who commits packs holds the second lock and takes the first.
            let lost = self.state().lost.contains(number, seq);
            let apart = lost || self.packs.span_of(number, seq).is_some();
            let follows = run.as_ref().is_none_or(|_| seq == next);
            match (entry.filter(|_| !apart), &mut run) {
                (Some(entry), None) => {
                    let mut begun = self.begin(bounds, number, seq)?;
                    bytes = begun.entries.iter().map(|entry| entry.signed().size()).sum::<usize>();
                    bytes += entry.signed().size();
                    begun.entries.push(entry);
                    run = Some(begun);
                }
                (Some(entry), Some(run)) if follows => {
                    bytes += entry.signed().size();
                    if run.entries.len() >= bounds.most || bytes > MOST_BYTES {
                        run.full = true;
                        return Ok((Some(run_of(run)), seq));
                    }
                    run.entries.push(entry);
                }
                (_, Some(_)) => return Ok((run, seq)),
                (None, None) => {}
            }
            next = seq + 1;
        }
        match (&mut run, more) {
            (Some(run), Some(_)) => run.full = true,
            (None, None) => next = to + 1,
            _ => {}
        }
        Ok((run, next))
    }

    /// Begins a run with the pack right before it, if that is small.
    fn begin(&self, bounds: &PackBounds, number: u32, seq: u64) -> Result<Run, LogsError> {
        let mut run = Run { entries: Vec::new(), joined: None, of_joined: 0, full: false };
        let before = seq.checked_sub(1).and_then(|before| self.packs.span_of(number, before));
        let Some(span) = before.filter(|span| span.last + 1 == seq && span.count() < bounds.most as u64 / 2)
        else {
            return Ok(run);
        };
        let mut bytes = 0;
        for seq in span.first..=span.last {
            // One that is marked irregular stands singly before what the pack has: then the pack stays.
            let entry = match self.store.get(Tree::Entries, &entry_key(number, seq)) {
                Ok(value) => value.and_then(|value| read_entry(&value).ok()),
                Err(StoreError::Damaged { .. }) => None,
                Err(error) => return Err(error.into()),
            };
            let alone = self.packs.below().get(Tree::Entries, &entry_key(number, seq));
            let entry = entry.filter(|_| matches!(alone, Ok(None))).map(|(entry, _)| entry);
            bytes += entry.as_ref().map_or(0, |entry| entry.signed().size());
            // Of few entries, and full all the same: of large ones.
            let Some(entry) = entry.filter(|_| bytes < MOST_BYTES / 2) else {
                run.entries.clear();
                return Ok(run);
            };
            run.entries.push(entry);
        }
        (run.joined, run.of_joined) = (Some(span), run.entries.len());
        Ok(run)
    }
}

fn run_of(run: &mut Run) -> Run {
    Run { entries: std::mem::take(&mut run.entries), ..*run }
}
