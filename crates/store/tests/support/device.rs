//! A device that appends own entries and takes in those of another one, and what must be found of that afterwards.

#![allow(dead_code, reason = "each test file that includes this uses its own part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;

use accord_core::{
    ActorSeed, Authority, Body, DocumentId, EntryId, Head, Header, LogId, SignedEntry, verify_run,
};
use accord_store::{Logs, OwnHeads, PackBounds};

use crate::author::{PROGRAMME, change, document, draft, key, read_change, space};
use crate::packer::open_packed;
use crate::support;

/// Two documents of which each device writes one alone, and one that they write together.
const OWN: u8 = 1;
const THEIRS: u8 = 2;
const SHARED: u8 = 3;

pub(crate) fn own() -> LogId {
    LogId { space: space(1), device: key(1).id() }
}

pub(crate) fn theirs() -> LogId {
    LogId { space: space(1), device: key(2).id() }
}

pub(crate) fn own_heads(store: &Path) -> PathBuf {
    store.with_file_name("own-heads")
}

pub(crate) fn open(store: &Path) -> Logs {
    let heads = OwnHeads::load(own_heads(store)).unwrap();
    let store = support::open(store).unwrap_or_else(|error| panic!("the store does not open: {error:?}"));
    open_packed(store, Some(heads))
}

/// The other device's next entries after `head`: the same in every life.
pub(crate) fn their_next(head: Option<Head>, count: u64) -> Vec<SignedEntry> {
    let mut at = head;
    let next = |_| {
        let seq = at.map_or(1, |head| head.seq + 1);
        let about = document(if seq.is_multiple_of(2) { SHARED } else { THEIRS });
        let seed = ActorSeed { device: key(2).id(), space: space(1), document: about, generation: 0 };
        let content = vec![seq as u8; (seq * 37 % 6000) as usize];
        let (payload, meta) = change(seed.actor(), seq.div_ceil(2), &content);
        let entry = Header {
            programme: PROGRAMME,
            space: space(1),
            device: key(2).id(),
            seq,
            prev: at.map(|head| head.id),
            authority: Authority::Genesis,
            body: Body::Change { document: about, generation: 0, change: meta.hash },
        }
        .sign(&key(2), payload);
        at = Some(Head { seq, id: entry.id() });
        entry.signed().clone()
    };
    (0..count).map(next).collect()
}

fn tell(word: &str, seq: u64, id: EntryId) {
    support::tell(word, format_args!("{seq} {id}"));
}

/// Appends and takes in, so many times each, and tells each position with its id once it is acknowledged; now and then puts
/// into packs what is there, if `packing` says so.
pub(crate) fn live(logs: &Logs, life: u64, rounds: u64, packing: bool) {
    thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..rounds {
                // One to three entries of one commit; their content differs from life to life.
                let drafts = (0..=n % 3).map(|at| {
                    let about = document(if at == 1 { SHARED } else { OWN });
                    let before = logs.actor_of(&own(), &about).unwrap().seq;
                    let content = [life, n].map(u64::to_be_bytes).concat().repeat(1 + (n % 7) as usize * 40);
                    draft(key(1).id(), space(1), about, before + 1 + u64::from(at == 2), &content)
                });
                let drafts = drafts.collect();
                for entry in logs.append(&key(1), space(1), Authority::Genesis, drafts, Vec::new()).unwrap() {
                    tell("own", entry.header().seq, entry.id());
                }
            }
        });
        scope.spawn(|| {
            for n in 1..=rounds {
                // Each run begins a little before what is held.
                let head = logs.head(&theirs());
                let held = head.map_or(Vec::new(), |head| {
                    logs.read(&theirs(), (head.seq.saturating_sub(n % 3), head.seq), 10, 1 << 20).unwrap()
                });
                let mut entries: Vec<SignedEntry> = held.iter().map(|entry| entry.signed().clone()).collect();
                entries.extend(their_next(head, 1 + n % 9));
                let run = verify_run(&PROGRAMME, theirs(), entries, &read_change).unwrap();
                let head = logs.ingest(&run).unwrap().head;
                tell("taken", head.seq, head.id);
                if packing && n % 2 == 1 {
                    pack(logs, n);
                }
            }
        });
    });
}

/// Puts whatever can be into small packs, and tells how many entries.
pub(crate) fn pack(logs: &Logs, n: u64) {
    let bounds = PackBounds { newest: n % 3, fewest: 2, most: 8 };
    support::tell("packed", logs.pack(&bounds, &mut |_, _| {}).unwrap().entries);
}

/// What was ever told or read of each log, by position.
pub(crate) type Seen = BTreeMap<u64, EntryId>;

fn see(seen: &mut Seen, seq: u64, id: EntryId) {
    let first = *seen.entry(seq).or_insert(id);
    assert_eq!(first, id, "two entries were seen at position {seq}");
}

fn place(words: &str) -> (u64, EntryId) {
    let (seq, id) = words.split_once(' ').unwrap();
    (seq.parse().unwrap(), id.parse().unwrap())
}

/// Takes note of what a line told.
pub(crate) fn hear(line: &str, own: &mut Seen, theirs: &mut Seen) {
    if let Some(words) = support::told_text(line, "own") {
        let (seq, id) = place(words);
        see(own, seq, id);
    } else if let Some(words) = support::told_text(line, "taken") {
        let (seq, id) = place(words);
        see(theirs, seq, id);
    }
}

/// Reads a log from `from` on and has it pass every check of a receiver. Gives its head.
pub(crate) fn examine(logs: &Logs, log: LogId, from: u64, seen: &mut Seen) -> u64 {
    let mut next = from.max(1);
    let mut before = next.checked_sub(1).and_then(|seq| seen.get(&seq)).copied();
    loop {
        let page = logs.read_signed(&log, (next, u64::MAX), 1000, 1 << 20).unwrap();
        if page.is_empty() {
            break;
        }
        let entries = page.iter().map(|entry| entry.signed().clone()).collect();
        let run = verify_run(&PROGRAMME, log, entries, &read_change).unwrap();
        assert_eq!((run.first_seq(), run.prev()), (next, before), "there is no gap");
        run.entries().iter().for_each(|(entry, _)| see(seen, entry.header().seq, entry.id()));
        (next, before) = (run.head().seq + 1, Some(run.head().id));
    }
    let head = logs.head(&log).map_or(0, |head| head.seq);
    assert_eq!(next, head + 1, "the head is where the log ends");
    let last = seen.last_key_value().map_or(0, |(seq, _)| *seq);
    assert_eq!(last, head, "an entry that was acknowledged is gone");
    head
}

/// Every entry has arrived once, those of one log in their order.
pub(crate) fn examine_arrivals(logs: &Logs) {
    let mut arrived: BTreeMap<LogId, Vec<(u64, DocumentId)>> = BTreeMap::new();
    for about in [OWN, THEIRS, SHARED].map(document) {
        let mut last: BTreeMap<LogId, u64> = BTreeMap::new();
        let entries = logs.arrivals(&about, 0).unwrap();
        let record = logs.document(&about).unwrap();
        assert_eq!(record.map_or(0, |record| record.arrived), entries.len() as u64);
        for (place, entry) in entries {
            let entry = entry.expect("nothing is lost");
            assert_eq!((place.log.device, place.seq), (entry.header().device, entry.header().seq));
            assert!(last.insert(place.log, place.seq) < Some(place.seq), "in the order of the log");
            arrived.entry(place.log).or_default().push((place.seq, about));
        }
    }
    for log in [own(), theirs()] {
        let mut places = arrived.remove(&log).unwrap_or_default();
        places.sort_unstable();
        let count = logs.head(&log).map_or(0, |head| head.seq);
        assert!(places.iter().map(|(seq, _)| *seq).eq(1..=count), "every entry has arrived once");
    }
    assert!(logs.irregular().unwrap().is_empty() && logs.forks().is_empty());
}
