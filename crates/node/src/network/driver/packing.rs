//! Putting packs together from what is on the disk, and taking apart those that came. Both on blocking threads.

use std::collections::BTreeMap;

use accord_core::{
    DeviceId, Entry, Head, Header, LogId, MAX_RUN, ProgrammeId, Signature, SignedEntry, SpaceId,
};
use accord_document::ChangeMeta;
use accord_document::pack::{MAX_BYTES, MAX_ENTRIES, Place, Stretch, pack, unpack};
use accord_sync::{
    Claim, MAX_PACK, Packed, Portion, Prefix, Refusal, SentOf, StretchOf, pack_frame, pack_run,
};
use accord_words::say;
use libp2p::swarm::ConnectionId;

use crate::network::backend::{Backend, Incoming, Outcome};

/// How many bytes of one log are taken at a time, so that what several people wrote at one time meets in one pack; less where
/// many logs share it.
const PAGE: std::ops::RangeInclusive<usize> = 4 * 1024..=16 * 1024;

/// How many bytes of entries are read for one pack, at most one page more: what is held in memory while it is put together. Some of
/// it waits for a pack after this one.
pub(in crate::network) const READ: usize = 2 * MAX_BYTES;

/// How many bytes of entries of one log are verified and stored in one step.
pub(in crate::network) const STEP: usize = 1 << 20;

/// A pack to be put together. At most one for each peer.
#[derive(Debug, Clone)]
pub(in crate::network) struct PackJob {
    /// Its number.
    pub(in crate::network) job: u64,
    pub(in crate::network) peer: DeviceId,
    pub(in crate::network) connection: ConnectionId,
    pub(in crate::network) space: SpaceId,
    pub(in crate::network) logs: Vec<Portion>,
    pub(in crate::network) max_bytes: usize,
}

/// What came of it.
#[derive(Debug)]
pub(in crate::network) struct PackRead {
    pub(in crate::network) job: PackJob,
    /// A frame and how many entries are in it, if there is anything to send; and what of each log is.
    pub(in crate::network) frame: Option<(Vec<u8>, u64)>,
    pub(in crate::network) sent: Vec<(LogId, SentOf)>,
}

/// A pack that came.
#[derive(Debug)]
pub(in crate::network) struct IncomingPack {
    pub(in crate::network) peer: DeviceId,
    pub(in crate::network) space: SpaceId,
    pub(in crate::network) logs: Vec<StretchOf>,
    pub(in crate::network) bytes: Vec<u8>,
}

/// What became of one log's part of it; and what was stored of that before the rest was refused.
pub(in crate::network) type Answer = (Outcome, Option<(Vec<Head>, Vec<Head>)>);

/// One log of a pack that is put together.
struct Source {
    portion: Portion,
    next: u64,
    /// When the next page was written, by its author's clock: it decides nothing but what goes into one pack.
    time: i64,
    page: Vec<Entry>,
    taken: Vec<Entry>,
    sent: SentOf,
}

impl Source {
    fn new(portion: Portion) -> Self {
        Self {
            portion,
            next: portion.from,
            time: i64::MIN,
            page: Vec::new(),
            taken: Vec::new(),
            sent: SentOf::Later,
        }
    }

    /// Reads the first page, which has to follow what it goes on from.
    fn begin(&mut self, backend: &dyn Backend, page: usize) {
        self.turn(backend, page);
        let Some(first) = self.page.first() else {
            self.sent = SentOf::Nothing;
            return;
        };
        let prev = first.header().prev;
        if self.portion.after.is_some_and(|after| prev.is_none_or(|prev| Prefix::entry(&prev) != after)) {
            self.page.clear();
            self.sent = SentOf::Parted;
        }
    }

    fn size(&self) -> usize {
        self.page.iter().map(|entry| entry.signed().size()).sum()
    }

    /// What is taken first: little that is left of a log, so that nothing short waits for all that is long; then what was written
    /// first.
    fn rank(&self) -> (bool, i64) {
        (self.next <= self.portion.to, self.time)
    }

    /// Reads the next page. What cannot be read is as if it were not there: what was taken before is sent.
    fn turn(&mut self, backend: &dyn Backend, page: usize) {
        self.page.clear();
        if self.next > self.portion.to {
            return;
        }
        let read = backend.read_run(&self.portion.log, self.portion.on, (self.next, self.portion.to), page);
        let entries = read.and_then(|run| {
            run.into_iter()
                .map(|signed| Entry::from_store(signed).map_err(|error| error.to_string()))
                .collect()
        });
        match entries {
            Ok(entries) => self.page = entries,
            Err(error) => {
                tracing::error!(%error, author = %self.portion.log.device.short(), from = self.next, "cannot read entries");
            }
        }
        self.next = self.page.last().map_or(self.next, |last| last.header().seq.saturating_add(1));
        let metas = self.page.iter().filter(|entry| !entry.payload().is_empty());
        let time = metas
            .filter_map(|entry| ChangeMeta::parse(entry.payload()).ok())
            .map(|meta| meta.timestamp)
            .next();
        self.time = time.unwrap_or(self.time).max(self.time);
    }

    fn settle(&mut self) {
        if let Some(last) = self.taken.last() {
            self.sent = SentOf::Upto(last.header().seq);
        }
    }
}

/// Puts a pack together: of all logs what was written first.
pub(in crate::network) fn put_together(
    backend: &dyn Backend,
    programme: ProgrammeId,
    job: PackJob,
) -> PackRead {
    let page = (job.max_bytes / job.logs.len().max(1) / 4).clamp(*PAGE.start(), *PAGE.end());
    let mut sources: Vec<Source> = job.logs.iter().copied().map(Source::new).collect();
    let mut read = 0;
    for source in &mut sources {
        if read >= READ {
            break;
        }
        source.begin(backend, page);
        read += source.size();
    }
    let (mut bytes, mut count) = (0, 0);
    // Which logs pages were taken of, and how many entries.
    let mut pages: Vec<(usize, usize)> = Vec::new();
    while bytes < job.max_bytes {
        let open = sources.iter().enumerate().filter(|(_, source)| !source.page.is_empty());
        let Some(at) = open.min_by_key(|(at, source)| (source.rank(), *at)).map(|(at, _)| at) else { break };
        let source = &mut sources[at];
        let size = source.size();
        if count + source.page.len() > MAX_ENTRIES || bytes + size > MAX_BYTES {
            break;
        }
        (bytes, count) = (bytes + size, count + source.page.len());
        pages.push((at, source.page.len()));
        source.taken.append(&mut source.page);
        if read < READ {
            source.turn(backend, page);
            read += source.size();
        }
    }
    let place = Place { programme, space: job.space };
    let frame = loop {
        let kept: usize = pages.iter().map(|(_, entries)| entries).sum();
        if pages.len() > 1
            && let Some(frame) = packed(&place, &sources)
        {
            break Some((frame, kept as u64));
        }
        if let [(at, _)] = pages[..] {
            // Alone it goes as a run, which is never too large.
            let taken: Vec<SignedEntry> =
                sources[at].taken.iter().map(|entry| entry.signed().clone()).collect();
            let portion = sources[at].portion;
            break Some((pack_run(&portion.log, portion.from, &taken), taken.len() as u64));
        }
        if pages.is_empty() {
            break None;
        }
        // Entries that hardly shrink: fewer of them.
        for (at, entries) in pages.drain(pages.len().div_ceil(2)..).rev() {
            let left = sources[at].taken.len().saturating_sub(entries);
            sources[at].taken.truncate(left);
        }
    };
    sources.iter_mut().for_each(Source::settle);
    let sent = sources.iter().map(|source| (source.portion.log, source.sent)).collect();
    PackRead { job, frame, sent }
}

/// The frame, if what is in it comes out again as it is: nobody is sent what would be refused.
fn packed(place: &Place, sources: &[Source]) -> Option<Vec<u8>> {
    let used = || sources.iter().filter(|source| !source.taken.is_empty());
    let stretches: Vec<(DeviceId, &[Entry])> =
        used().map(|source| (source.portion.log.device, source.taken.as_slice())).collect();
    let bytes = match pack(place, &stretches) {
        Ok(bytes) if bytes.len() <= MAX_PACK => bytes,
        Ok(_) => return None,
        Err(error) => {
            tracing::debug!(%error, "these entries do not pack");
            return None;
        }
    };
    let out = unpack(place, &bytes).ok()?;
    let same = |(stretch, (device, entries)): (&Stretch, &(DeviceId, &[Entry]))| {
        let mut pairs = stretch.entries.iter().zip(entries.iter());
        stretch.device == *device
            && stretch.entries.len() == entries.len()
            && pairs.all(|(out, given)| out.header == given.signed().header && out.payload == given.payload())
    };
    if out.len() != stretches.len() || !out.iter().zip(&stretches).all(same) {
        tracing::error!("a pack did not come out as it was put in; its entries go one by one");
        return None;
    }
    let told = used().filter_map(|source| {
        let (first, last) = (source.taken.first()?.header().seq, source.taken.last()?);
        let device = source.portion.log.device;
        Some(Packed { device, from: first, to: last.header().seq, end: Prefix::entry(&last.id()) })
    });
    Some(pack_frame(&place.space, told.collect(), bytes))
}

/// Takes a pack apart and stores it, one log after another, each in steps that end at signatures: what is stored stays,
/// whatever comes after it. An answer for each log.
pub(in crate::network) fn take_apart(
    backend: &dyn Backend,
    programme: ProgrammeId,
    incoming: IncomingPack,
) -> Vec<Answer> {
    let IncomingPack { peer, space, logs, bytes } = incoming;
    let invalid = |why: String| (refused(Refusal::Invalid(why)), None);
    let unpacked = match unpack(&Place { programme, space }, &bytes) {
        Ok(unpacked) => unpacked,
        Err(error) => return logs.iter().map(|_| invalid(error.to_string())).collect(),
    };
    drop(bytes);
    let mut unpacked: BTreeMap<DeviceId, Stretch> =
        unpacked.into_iter().map(|stretch| (stretch.device, stretch)).collect();
    let take = |told: &StretchOf| {
        let stretch = unpacked.remove(&told.log.device).filter(|stretch| is_as_told(stretch, told));
        match stretch {
            Some(stretch) => store(backend, peer, told.log, stretch.entries),
            None => invalid(say!("pack-not-as-told")),
        }
    };
    logs.iter().map(take).collect()
}

fn is_as_told(stretch: &Stretch, told: &StretchOf) -> bool {
    let last = stretch.from.checked_add(stretch.entries.len() as u64).map(|end| end - 1);
    let end = stretch.entries.last().zip(last);
    stretch.from == told.from
        && end.is_some_and(|(last, seq)| {
            Claim { seq, id: Prefix::entry(&Header::id_of(&last.header)) } == told.end
        })
}

fn store(backend: &dyn Backend, peer: DeviceId, log: LogId, entries: Vec<SignedEntry>) -> Answer {
    let mut answer: Option<Outcome> = None;
    for entries in steps(entries) {
        let outcome = backend.ingest(vec![Incoming { peer, log, entries, again: false }]).pop();
        let outcome = outcome.unwrap_or_else(|| refused(Refusal::NotStored(say!("unexpected"))));
        let failed = outcome.stored.is_err();
        let before = answer.take();
        let part = before.as_ref().and_then(|before| before.stored.clone().ok());
        let merged = match before {
            Some(before) => Outcome {
                stored: outcome.stored,
                access_changed: before.access_changed || outcome.access_changed,
                offers_changed: [before.offers_changed, outcome.offers_changed].concat(),
            },
            None => outcome,
        };
        if failed {
            return (merged, part);
        }
        answer = Some(merged);
    }
    (answer.unwrap_or_else(|| refused(Refusal::Invalid(say!("pack-not-as-told")))), None)
}

/// Cuts entries into runs that end at signatures, which who stores them verifies.
fn steps(entries: Vec<SignedEntry>) -> Vec<Vec<SignedEntry>> {
    let mut steps = Vec::new();
    let (mut step, mut piece): (Vec<SignedEntry>, Vec<SignedEntry>) = (Vec::new(), Vec::new());
    let size = |entries: &[SignedEntry]| entries.iter().map(SignedEntry::size).sum::<usize>();
    for entry in entries {
        let signed = entry.signature != Signature::NONE;
        piece.push(entry);
        if !signed && piece.len() < MAX_RUN {
            continue;
        }
        if !step.is_empty() && (step.len() + piece.len() > MAX_RUN || size(&step) + size(&piece) > STEP) {
            steps.push(std::mem::take(&mut step));
        }
        step.append(&mut piece);
    }
    // Without a signature at its end it will be refused.
    step.append(&mut piece);
    if !step.is_empty() {
        steps.push(step);
    }
    steps
}

fn refused(why: Refusal) -> Outcome {
    Outcome { stored: Err(why), access_changed: false, offers_changed: Vec::new() }
}
