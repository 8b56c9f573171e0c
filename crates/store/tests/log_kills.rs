//! A node is killed at random moments while it appends own entries and takes in those of another device: everything
//! that it acknowledged is there, nothing is half there, and no position was ever seen with two entries.
//!
//! `ACCORD_KILLS` sets the number of kills, `ACCORD_SEED` the moments.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/author.rs"]
mod author;
mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use accord_core::{
    ActorSeed, Authority, Body, DocumentId, Entry, EntryId, Head, Header, LogId, SignedEntry, verify_run,
};
use accord_store::{Logs, OwnHeads, SledStore};
use author::{PROGRAMME, change, document, draft, key, read_change, space};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

/// Two documents of which each device writes one alone, and one that they write together.
const OWN: u8 = 1;
const THEIRS: u8 = 2;
const SHARED: u8 = 3;

fn own() -> LogId {
    LogId { space: space(1), device: key(1).id() }
}

fn theirs() -> LogId {
    LogId { space: space(1), device: key(2).id() }
}

fn own_heads(store: &Path) -> PathBuf {
    store.with_file_name("own-heads")
}

fn open(store: &Path) -> Logs {
    let heads = OwnHeads::load(own_heads(store)).unwrap();
    let store = SledStore::open(store).unwrap_or_else(|error| panic!("the store does not open: {error:?}"));
    Logs::open(Arc::new(store), PROGRAMME, key(1).id(), Some(heads)).unwrap()
}

/// The other device's next entries after `head`: the same in every life.
fn their_next(head: Option<Head>, count: u64) -> Vec<SignedEntry> {
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

/// The child: appends and takes in, and tells each position with its id once it is acknowledged.
#[test]
fn node() {
    let Some((path, life)) = support::as_child() else { return };
    let logs = open(&path);
    support::tell("open", 0);
    thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0_u64.. {
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
            for n in 1_u64.. {
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
            }
        });
    });
}

/// What was ever told or read of each log, by position.
type Seen = BTreeMap<u64, EntryId>;

fn see(seen: &mut Seen, seq: u64, id: EntryId) {
    let first = *seen.entry(seq).or_insert(id);
    assert_eq!(first, id, "two entries were seen at position {seq}");
}

fn place(words: &str) -> (u64, EntryId) {
    let (seq, id) = words.split_once(' ').unwrap();
    (seq.parse().unwrap(), id.parse().unwrap())
}

/// One life of the node, and what it told.
fn live_and_die(
    store: &Path,
    life: u64,
    kill_after: Duration,
    once_open: bool,
    own: &mut Seen,
    theirs: &mut Seen,
) {
    let mut child = support::child("node", store, life).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    if once_open {
        lines.by_ref().find(|line| support::told(line, "open").is_some());
    }
    // The moment is the point of this test: it is random, and no event marks it.
    let killer = thread::spawn(move || {
        thread::sleep(kill_after);
        child.kill().unwrap();
        child.wait().unwrap();
    });
    for line in lines {
        if let Some(words) = support::told_text(&line, "own") {
            let (seq, id) = place(words);
            see(own, seq, id);
        } else if let Some(words) = support::told_text(&line, "taken") {
            let (seq, id) = place(words);
            see(theirs, seq, id);
        }
    }
    killer.join().unwrap();
}

/// Reads a log from `from` on and has it pass every check of a receiver. Gives its head.
fn examine(logs: &Logs, log: LogId, from: u64, seen: &mut Seen) -> u64 {
    let mut next = from.max(1);
    let mut before = next.checked_sub(1).and_then(|seq| seen.get(&seq)).copied();
    loop {
        let page = logs.read(&log, (next, u64::MAX), 1000, 1 << 20).unwrap();
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
fn examine_arrivals(logs: &Logs) {
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

#[test]
fn whatever_was_acknowledged_survives_kills() {
    if support::as_child().is_some() {
        return;
    }
    let number = |name: &str| std::env::var(name).ok().map(|words| words.parse::<u64>().unwrap());
    let kills = number("ACCORD_KILLS").unwrap_or(100);
    let seed = number("ACCORD_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("{kills} kills, ACCORD_SEED={seed}");
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    OwnHeads::create(own_heads(&path)).unwrap();
    let (mut ours, mut others) = (Seen::new(), Seen::new());
    let (mut own_held, mut others_held) = (0, 0);
    for kill in 0..kills {
        let after = Duration::from_millis(random.random_range(5..110));
        let once_open = random.random_ratio(3, 4);
        live_and_die(&path, kill, after, once_open, &mut ours, &mut others);
        let noted = OwnHeads::load(own_heads(&path)).unwrap().get(&space(1).0);
        let logs = open(&path);
        assert_eq!(logs.behind(), None, "kill {kill}, seed {seed}: the file is ahead of the store");
        own_held = examine(&logs, own(), own_held, &mut ours);
        others_held = examine(&logs, theirs(), others_held, &mut others);
        if let Some(noted) = noted {
            assert_eq!(ours.get(&noted.seq), Some(&EntryId(noted.id)), "kill {kill}, seed {seed}");
        }
        let now = OwnHeads::load(own_heads(&path)).unwrap().get(&space(1).0);
        assert_eq!(now.map_or(0, |head| head.seq), own_held, "what is shown is noted");
        // Four times a run, so that a long run does not spend its time on reading everything again.
        if (kill + 1) % (kills / 4).max(1) == 0 || kill + 1 == kills {
            examine(&logs, own(), 0, &mut ours);
            examine(&logs, theirs(), 0, &mut others);
            examine_arrivals(&logs);
        }
    }
    println!("{own_held} own entries and {others_held} of another device, and all of them are there");
    assert!(own_held > kills && others_held > kills, "the nodes lived long enough to write");
}

/// The other device's entries are what they are in every life, or the test above would prove nothing.
#[test]
fn the_other_device_is_honest() {
    let all = their_next(None, 12);
    let head = Entry::from_store(all[4].clone()).unwrap();
    assert_eq!(their_next(Some(Head { seq: 5, id: head.id() }), 7), all[5..]);
}
