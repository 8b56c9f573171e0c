//! The first pass: every entry of every log, and what follows from them.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::admission::{ActorState, regular};
use accord_core::{
    Body, ChangeMeta, ChangeReader, DocumentId, Entry, EntryId, LogId, MAX_RUN, check_entry, encode,
    verify_entry,
};

use super::documents::Expected;
use super::{CheckProgress, Checked, LogReport};
use crate::logs::layout::{HeadRecord, entry_key, entry_value, head_key, irregular_key, place, read_entry};
use crate::logs::parts::PART_BYTES;
use crate::logs::{Logs, LogsError, Place};
use crate::{Op, Scan, Store, StoreError, Tree, walk};

/// How many entries are taken at once, at most, where a signature holds within them.
const STRETCH: usize = 512;

/// How many mends go into one commit.
const BATCH: usize = 1_024;

/// How many mends are held back before the first is written. A commit brings along what opening found, of all logs: that
/// would hide it from the rest of the pass.
const HELD: usize = 64 << 10;

/// What can be wrong with a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogFault {
    /// An entry is damaged, or gone: only another node can give it back.
    Lost,
    /// An entry can be read, and is not the one that belongs there.
    Wrong,
    /// No signature holds in a stretch that could be passed on in one piece.
    Unsigned,
    /// The log's head, as it is stored, is damaged or is not its last entry.
    Head,
    /// An entry is marked as regular and is not, or the other way round.
    Mark,
    /// The proof that the log has two histories cannot be read.
    Proof,
}

/// One branch of a log, as it is gone through.
struct Pass<'a> {
    logs: &'a Logs,
    reader: &'a dyn ChangeReader,
    place: Place,
    head: u64,
    /// The id of the entry before the next one, if that is held.
    before: Option<EntryId>,
    /// How far the log's actor has come in each document.
    actors: BTreeMap<DocumentId, ActorState>,
    authority: u64,
    /// The documents that regular entries of the branch's own are about.
    touched: BTreeSet<DocumentId>,
    /// Entries that were listed as irregular and are still to come.
    marks: BTreeSet<u64>,
    /// Whether anything is lost so far: what comes after cannot be judged by what was before.
    holed: bool,
    /// Whether the last entry is held and was checked.
    ended: bool,
    stretch: Vec<(Entry, bool)>,
    bytes: usize,
    report: LogReport,
    ops: Vec<Op>,
}

impl Logs {
    /// Goes through all logs; gives what documents should be like.
    pub(super) fn verify_entries(
        &self,
        mend: bool,
        reader: &dyn ChangeReader,
        checked: &mut Checked,
        progress: CheckProgress<'_>,
    ) -> Result<Expected, LogsError> {
        let places: Vec<Place> = {
            let state = self.state();
            (0..).take(state.branches.len()).map(|number| state.place_on(number)).collect()
        };
        let own = |place: &Place| {
            place.held.map_or(0, |head| head.seq) - place.parting.map_or(0, |parting| parting.seq)
        };
        let total = places.iter().map(own).sum();
        let mut expected = Expected::default();
        let (mut done, mut ops) = (0, Vec::new());
        for place in &places {
            let mut pass = self.pass(*place, reader)?;
            pass.run(&mut expected, &mut |seen| progress(done + seen, total))?;
            pass.finish(&mut expected)?;
            done += own(place);
            progress(done, total);
            let mut report = pass.report;
            ops.append(&mut pass.ops);
            if place.parting.is_none() {
                self.check_proof(place.log, mend, &mut report, checked)?;
            }
            checked.logs.push(report);
            if ops.len() >= HELD {
                self.mend_ops(mend, std::mem::take(&mut ops), checked)?;
            }
        }
        self.mend_ops(mend, ops, checked)?;
        Ok(expected)
    }

    fn mend_ops(&self, mend: bool, ops: Vec<Op>, checked: &mut Checked) -> Result<(), LogsError> {
        if !mend {
            checked.left += ops.len() as u64;
            return Ok(());
        }
        for batch in ops.chunks(BATCH) {
            let mut writer = self.writer();
            // While nobody writes: a log that grew since it was looked at has noted a newer head itself.
            let batch: Vec<Op> = batch.iter().filter(|op| !self.is_outdated(op)).cloned().collect();
            checked.mended += batch.len() as u64;
            self.commit(&mut writer, batch)?;
        }
        Ok(())
    }

    /// Whether an operation would write the head of a log that goes on beyond it.
    fn is_outdated(&self, op: &Op) -> bool {
        let value = op.value().filter(|_| op.tree() == Tree::Heads);
        let Some(Ok((_, record))) = value.map(|value| HeadRecord::read(op.key(), value)) else {
            return false;
        };
        let state = self.state();
        state.branches.get(record.number as usize).is_some_and(|now| now.head.seq > record.head.seq)
    }

    fn pass<'a>(&'a self, place: Place, reader: &'a dyn ChangeReader) -> Result<Pass<'a>, LogsError> {
        let (ordinal, lineage) = {
            let state = self.state();
            (state.ordinal(&place), state.lineage(&place))
        };
        let parted = place.parting.map_or(0, |parting| parting.seq);
        let head = place.held.map_or(0, |head| head.seq);
        let mut pass = Pass {
            logs: self,
            reader,
            place,
            head,
            before: None,
            actors: BTreeMap::new(),
            authority: 0,
            touched: BTreeSet::new(),
            marks: marks(self.store.as_ref(), place.number)?,
            holed: false,
            ended: false,
            stretch: Vec::new(),
            bytes: 0,
            report: LogReport {
                log: place.log,
                branch: ordinal,
                entries: head - parted,
                signatures: 0,
                faults: Vec::new(),
            },
            ops: Vec::new(),
        };
        if lineage.is_empty() {
            return Ok(pass);
        }
        // What the histories have in common was looked at as part of the older one.
        let mut next = 1;
        self.each_on(&place.log, ordinal, (1, parted), |entry| {
            pass.holed |= entry.header().seq != next;
            next = entry.header().seq + 1;
            pass.before = Some(entry.id());
            pass.judge(&entry, None);
        })?;
        pass.holed |= next != parted + 1;
        if next != parted + 1 {
            pass.before = None;
        }
        Ok(pass)
    }
}

/// The positions of a branch that are listed as irregular.
fn marks(store: &dyn Store, number: u32) -> Result<BTreeSet<u64>, LogsError> {
    let mut marks = BTreeSet::new();
    walk::<LogsError>(store, &Scan::prefix(Tree::Waiting, &irregular_key(number, 0)[..5]), |key, _| {
        marks.extend(place(&key[1..]).map(|(_, seq)| seq));
        Ok(())
    })?;
    Ok(marks)
}

impl Pass<'_> {
    /// Reads all entries of the branch's own.
    fn run(&mut self, expected: &mut Expected, seen: &mut dyn FnMut(u64)) -> Result<(), LogsError> {
        let number = self.place.number;
        let begins = self.place.parting.map_or(0, |parting| parting.seq) + 1;
        let mut next = begins;
        let scan = Scan::range(
            Tree::Entries,
            entry_key(number, begins),
            entry_key(number, self.head.saturating_add(1)),
        );
        let store = std::sync::Arc::clone(&self.logs.store);
        walk::<LogsError>(store.as_ref(), &scan.items(STRETCH), |key, value| {
            let Some((_, seq)) = place(key) else { return Ok(()) };
            if seq > next {
                self.lost(expected, (next, seq - 1))?;
            }
            next = seq + 1;
            match value.and_then(|value| read_entry(value).ok()) {
                Some((entry, irregular)) => {
                    self.bytes += entry.signed().size();
                    self.stretch.push((entry, irregular));
                    if self.stretch.len() >= STRETCH || self.bytes >= PART_BYTES {
                        self.check(expected, false)?;
                        seen(seq - begins);
                    }
                }
                None => self.lost(expected, (seq, seq))?,
            }
            Ok(())
        })?;
        if next <= self.head {
            self.lost(expected, (next, self.head))?;
        }
        self.check(expected, true)
    }

    /// Entries are damaged or gone.
    fn lost(&mut self, expected: &mut Expected, (from, to): (u64, u64)) -> Result<(), LogsError> {
        self.check(expected, true)?;
        self.logs.note_lost(self.place.number, (from, to));
        self.fault(LogFault::Lost, from, to - from + 1);
        (self.holed, self.before, self.ended) = (true, None, false);
        Ok(())
    }

    /// Checks what was gathered, up to the last signature that holds, or all of it if `all`.
    fn check(&mut self, expected: &mut Expected, all: bool) -> Result<(), LogsError> {
        let Some((first, _)) = self.stretch.first() else { return Ok(()) };
        let first = first.header().seq;
        let signed = self.stretch.iter().rposition(|(entry, _)| verify_entry(entry).is_ok());
        self.report.signatures += u64::from(signed.is_some());
        let end = match signed {
            Some(at) if !all => at,
            None if !all && self.stretch.len() < MAX_RUN && self.bytes < 2 * PART_BYTES => return Ok(()),
            _ => self.stretch.len() - 1,
        };
        // What reaches the end of what is held, or is longer than what can travel, has to be vouched for in itself.
        let reaches_end = self.stretch[end].0.header().seq == self.head;
        if signed.is_none() && (!all || reaches_end) || reaches_end && signed != Some(end) {
            self.fault(LogFault::Unsigned, first, 1);
        }
        let rest = self.stretch.split_off(end + 1);
        let taken = std::mem::replace(&mut self.stretch, rest);
        self.bytes = self.stretch.iter().map(|(entry, _)| entry.signed().size()).sum();
        self.take(expected, taken)
    }

    /// Takes in entries that follow each other, as far as each is what it says.
    fn take(&mut self, expected: &mut Expected, entries: Vec<(Entry, bool)>) -> Result<(), LogsError> {
        let programme = self.logs.programme;
        let log = self.place.log;
        for (entry, irregular) in entries {
            let seq = entry.header().seq;
            let read = |payload: &[u8]| self.reader.read(payload);
            // Signatures were looked at before, where they have to hold.
            let meta = check_entry(&programme, log, &entry, &read);
            let follows = self.before.is_none_or(|before| entry.header().prev == Some(before));
            if !follows && seq > 1 {
                // A signature after this entry vouches for what it names: so the one before is not what was there.
                self.wrong(seq - 1);
            }
            match meta {
                Ok(meta) => {
                    self.before = Some(entry.id());
                    self.ended = seq == self.head;
                    self.note(expected, &entry, irregular, meta.as_ref());
                }
                Err(error) => {
                    tracing::error!(author = %log.device.short(), seq, %error, "an entry in the store is not valid");
                    self.wrong(seq);
                }
            }
        }
        Ok(())
    }

    /// An entry that can be read is not the one that belongs at its place.
    fn wrong(&mut self, seq: u64) {
        self.logs.note_lost(self.place.number, (seq, seq));
        self.fault(LogFault::Wrong, seq, 1);
        (self.holed, self.before, self.ended) = (true, None, false);
    }

    /// Whether an entry is regular; none where that cannot be told, because what was before it is not all there.
    fn judge(&mut self, entry: &Entry, meta: Option<&ChangeMeta>) -> Option<bool> {
        let header = entry.header();
        let LogId { space, device } = self.place.log;
        let goes_back = header.authority.position() < self.authority;
        self.authority = self.authority.max(header.authority.position());
        let regular = match &header.body {
            Body::Create { .. } => !goes_back,
            Body::Change { .. } if goes_back => false,
            Body::Change { document, generation, .. } => {
                let read;
                let meta = match meta {
                    Some(meta) => meta,
                    None => {
                        read = self.reader.read(entry.payload()).ok()?;
                        &read
                    }
                };
                let before = self.actors.get(document).copied().unwrap_or_default();
                match regular(before, &space, &device, (document, *generation), meta) {
                    Ok(after) => {
                        self.actors.insert(*document, after);
                        true
                    }
                    Err(_) => false,
                }
            }
            Body::Governance { .. } | Body::Unknown(_) => true,
        };
        (!self.holed).then_some(regular)
    }

    fn note(&mut self, expected: &mut Expected, entry: &Entry, marked: bool, meta: Option<&ChangeMeta>) {
        let seq = entry.header().seq;
        let number = self.place.number;
        let listed = self.marks.remove(&seq);
        let irregular = self.judge(entry, meta).map_or(marked || listed, |regular| !regular);
        if marked != irregular {
            let value = entry_value(entry.signed(), irregular);
            self.ops.push(Op::put(Tree::Entries, entry_key(number, seq), value));
        }
        match (listed, irregular) {
            (false, true) => self.ops.push(Op::put(Tree::Waiting, irregular_key(number, seq), Vec::new())),
            (true, false) => self.ops.push(Op::delete(Tree::Waiting, irregular_key(number, seq))),
            _ => {}
        }
        if marked != irregular || listed != irregular {
            self.fault(LogFault::Mark, seq, 1);
        }
        if !irregular {
            expected.add(self.place.space, (number, seq), &entry.header().body);
            self.touched.extend(entry.header().body.document());
        }
    }

    /// What remains once all entries were read: how far actors came, marks of nothing, and the head.
    fn finish(&mut self, expected: &mut Expected) -> Result<(), LogsError> {
        let Place { log, number, space, held, parting, .. } = self.place;
        let begins = parting.map_or(0, |parting| parting.seq) + 1;
        expected.looked(number, self.head, self.holed);
        if !self.holed {
            let touched = self.actors.iter().filter(|(document, _)| self.touched.contains(*document));
            expected.actors(space, number, touched);
            // Of what is lost the mark stays: it tells how the entry is to be put back.
            let strays: Vec<u64> =
                self.marks.iter().copied().filter(|seq| *seq < begins || *seq <= self.head).collect();
            for seq in strays {
                self.fault(LogFault::Mark, seq, 1);
                self.ops.push(Op::delete(Tree::Waiting, irregular_key(number, seq)));
            }
        }
        let Some(mut head) = held else { return Ok(()) };
        let mut authority = self.place.authority;
        if self.ended && !self.holed {
            head.id = self.before.unwrap_or(head.id);
            authority = self.authority;
        }
        let key = head_key(&log, parting.map(|_| number));
        let record = encode(&HeadRecord { number, head, authority, parting });
        let stored = match self.logs.store.get(Tree::Heads, &key) {
            Ok(stored) => stored,
            Err(StoreError::Damaged { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        // While it is looked at the log may grow: then what is stored is newer, and says so.
        let newer = stored.as_deref().and_then(|value| HeadRecord::read(&key, value).ok());
        let newer = newer.is_some_and(|(of, record)| of == log && record.head.seq > head.seq);
        if stored.as_ref() != Some(&record) && !newer {
            self.fault(LogFault::Head, head.seq, 1);
            self.ops.push(Op::put(Tree::Heads, key, record));
        }
        Ok(())
    }

    fn fault(&mut self, fault: LogFault, seq: u64, count: u64) {
        match self.report.faults.iter_mut().find(|(known, ..)| *known == fault) {
            Some((_, first, many)) => {
                *first = seq.min(*first);
                *many += count;
            }
            None => self.report.faults.push((fault, seq, count)),
        }
    }
}
