//! Old entries in packs: what is in them is read, sent, verified, lost and given back as if it stood singly, and another
//! store than one that knows packs refuses to read.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/author.rs"]
mod author;
#[path = "support/packer.rs"]
mod packer;

use std::sync::Arc;

use accord_core::{Entry, LogId, Signature, verify_entry};
use accord_store::{LogFault, Logs, LogsError, MemoryStore, Op, PackBounds, Scan, Store, Tree, walk};
use author::{Author, PROGRAMME, document, key, read_change, space};
use packer::{open_packed, pack_all};

fn open(store: &MemoryStore) -> Logs {
    open_packed(Arc::new(store.clone()), None)
}

fn keys(store: &MemoryStore, tree: Tree) -> Vec<Vec<u8>> {
    let mut keys = Vec::new();
    walk::<accord_store::StoreError>(store, &Scan::all(tree).keys(), |key, _| {
        keys.push(key.to_vec());
        Ok(())
    })
    .unwrap();
    keys
}

fn verify(logs: &Logs, mend: bool) -> accord_store::Checked {
    logs.verify(mend, &read_change, &|_, _| Vec::new(), &mut |_, _| {}).unwrap()
}

fn all(logs: &Logs, log: &LogId) -> Vec<Entry> {
    let mut entries = Vec::new();
    logs.each_on(log, 0, (1, u64::MAX), |entry| entries.push(entry)).unwrap();
    entries
}

/// A log of so many entries about a few documents, and the store that took it in.
fn filled(count: u64) -> (MemoryStore, Author) {
    let store = MemoryStore::new();
    let mut author = Author::new(2, space(1));
    (1..=5).for_each(|n| author.create(document(n), "note"));
    for n in 5..count {
        author.change(document(1 + (n % 5) as u8), 0, &n.to_be_bytes());
    }
    let logs = open(&store);
    for from in (1..=count).step_by(500) {
        logs.ingest(&author.run(from, (from + 499).min(count))).unwrap();
    }
    (store, author)
}

#[test]
fn what_is_packed_is_read_and_takes_fewer_bytes() {
    let (store, author) = filled(1_300);
    let log = author.log();
    let logs = open(&store);
    let before = all(&logs, &log);
    let report = logs.pack(&PackBounds::default(), &mut |_, _| {}).unwrap();
    assert_eq!((report.packs, report.entries), (3, 1_236), "all but the newest");
    assert!(report.after < report.before / 2, "{report:?}");
    assert_eq!(keys(&store, Tree::Packs).len(), 3);
    assert_eq!(keys(&store, Tree::Entries).len(), 64);
    for logs in [logs, open(&store)] {
        let after = all(&logs, &log);
        let unsigned = after.iter().filter(|entry| entry.signed().signature == Signature::NONE).count();
        assert!((1_100..1_236).contains(&unsigned), "{unsigned} are without");
        assert!(after.iter().map(Entry::id).eq(before.iter().map(Entry::id)));
        assert_eq!(after[1_299], before[1_299]);
        for number in 1..=5 {
            let arrived = logs.arrivals(&document(number), 0).unwrap();
            assert_eq!(arrived.len(), 260);
            assert!(arrived.iter().all(|(place, entry)| entry.as_ref().unwrap().header().seq == place.seq));
        }
        let checked = verify(&logs, true);
        assert!(checked.mended == 0 && checked.logs[0].faults.is_empty(), "{checked:?}");
        // Nothing is left to do, and doing it again changes nothing.
        assert_eq!(logs.pack(&PackBounds::default(), &mut |_, _| {}).unwrap().packs, 0);
    }
    // Another node takes all of it from here.
    let (logs, other) = (open(&store), open(&MemoryStore::new()));
    let mut next = 1;
    while next <= 1_300 {
        let run = logs.read_signed(&log, (next, u64::MAX), 100, 1 << 20).unwrap();
        assert!(verify_entry(run.last().unwrap()).is_ok());
        next = run.last().unwrap().header().seq + 1;
        let run = author.try_run(run.iter().map(|entry| entry.signed().clone()).collect()).unwrap();
        other.ingest(&run).unwrap();
    }
    assert_eq!(other.vector(&space(1)), logs.vector(&space(1)));
}

#[test]
fn a_log_goes_on_after_packing_and_small_packs_grow() {
    let (store, mut author) = filled(300);
    let logs = open(&store);
    let bounds = PackBounds { newest: 10, fewest: 20, most: 100 };
    let counts = |store: &MemoryStore| {
        let ends = |key: &Vec<u8>| u64::from_be_bytes(key[12..].try_into().unwrap());
        keys(store, Tree::Packs).iter().map(ends).collect::<Vec<_>>()
    };
    logs.pack(&PackBounds { most: 40, ..bounds }, &mut |_, _| {}).unwrap();
    assert_eq!(counts(&store), [40, 80, 120, 160, 200, 240, 280], "what is left is too little");
    for n in 0..60_u8 {
        author.change(document(1), 0, &[n]);
    }
    logs.ingest(&author.run(301, 360)).unwrap();
    let report = logs.pack(&bounds, &mut |_, _| {}).unwrap();
    // The last one had room for more; full ones stay as they are.
    assert_eq!(counts(&store), [40, 80, 120, 160, 200, 240, 340]);
    assert_eq!((report.packs, report.entries), (1, 60));
    assert!(all(&open(&store), &author.log()).iter().map(Entry::id).eq(author.ids.iter().copied()));
    assert!(verify(&open(&store), true).logs[0].faults.is_empty());
}

#[test]
fn packs_that_are_full_of_large_entries_stay_as_they_are() {
    let store = MemoryStore::new();
    let logs = open(&store);
    let mut author = Author::new(2, space(1));
    author.create(document(1), "note");
    logs.ingest(&author.run(1, 1)).unwrap();
    let mut write = |count: u8| {
        for n in 0..count {
            author.change(document(1), 0, &[&[n][..], &[7; 6_000]].concat());
            let last = author.ids.len() as u64;
            logs.ingest(&author.run(last, last)).unwrap();
        }
    };
    let bounds = PackBounds { newest: 10, fewest: 20, most: 512 };
    write(200);
    let first = logs.pack(&bounds, &mut |_, _| {}).unwrap();
    let full = keys(&store, Tree::Packs);
    assert!(first.packs > 1 && first.entries / first.packs < 100, "{first:?}");
    write(200);
    let second = logs.pack(&bounds, &mut |_, _| {}).unwrap();
    assert!(second.entries >= 180, "{second:?}");
    let now = keys(&store, Tree::Packs);
    assert_eq!(now[..full.len() - 1], full[..full.len() - 1]);
    // None is left single between two packs.
    assert!(keys(&store, Tree::Entries)[0] > *now.last().unwrap());
    assert!(verify(&open(&store), true).logs[0].faults.is_empty());
}

#[test]
fn several_damaged_packs_go_when_their_entries_come_back_together() {
    let (store, author) = filled(600);
    pack_all(&open(&store), 200);
    let packs = keys(&store, Tree::Packs);
    assert_eq!(packs.len(), 3);
    packs[..2].iter().for_each(|key| store.damage(Tree::Packs, key));
    let logs = open(&store);
    assert!(!verify(&logs, true).logs[0].faults.is_empty());
    let mended = logs.mend(&author.run(1, 600), &read_change, &|_, _| Vec::new()).unwrap();
    assert_eq!(mended.entries.len(), 400);
    assert_eq!(keys(&store, Tree::Packs), packs[2..]);
    assert!(verify(&open(&store), false).logs[0].faults.is_empty());
    assert!(all(&open(&store), &author.log()).iter().map(Entry::id).eq(author.ids.iter().copied()));
}

#[test]
fn irregular_entries_forked_logs_and_runs_without_signatures_stay_single() {
    let store = MemoryStore::new();
    let logs = open(&store);
    let mut author = Author::new(2, space(1));
    author.create(document(1), "note");
    for n in 0..30_u8 {
        author.change(document(1), 0, &[n]);
    }
    author.change_as(document(1), 0, 7, b"irregular");
    for n in 0..30_u8 {
        author.change(document(2), 0, &[n]);
    }
    logs.ingest(&author.run(1, 62)).unwrap();
    let mut forked = Author::new(3, space(1));
    (0..20).for_each(|n| forked.create(document(n), "note"));
    let mut other = forked.branch(10);
    other.unknown();
    logs.ingest(&forked.run(1, 20)).unwrap();
    logs.ingest(&other.run(11, 11)).unwrap();
    let mut spoilt = Author::new(4, space(1));
    (0..20).for_each(|n| spoilt.create(document(n), "note"));
    logs.ingest(&spoilt.spoilt(1, 20)).unwrap();
    pack_all(&logs, 512);
    let kept: Vec<(u32, u64)> = keys(&store, Tree::Entries)
        .iter()
        .map(|key| {
            let (number, seq) = key.split_at(4);
            (u32::from_be_bytes(number.try_into().unwrap()), u64::from_be_bytes(seq.try_into().unwrap()))
        })
        .collect();
    assert_eq!(
        kept.iter().filter(|(number, _)| *number == 0).map(|(_, seq)| *seq).collect::<Vec<_>>(),
        [32, 62]
    );
    assert_eq!(kept.iter().filter(|(number, _)| *number > 0).count(), 41);
    let logs = open(&store);
    assert_eq!(logs.irregular().unwrap().len(), 1);
    assert!(all(&logs, &author.log()).iter().map(Entry::id).eq(author.ids.iter().copied()));
    // A log that forks within a pack goes on too.
    let mut later = author.branch(10);
    later.unknown();
    logs.ingest(&later.run(8, 11)).unwrap();
    assert_eq!(logs.branches(&author.log()).all().len(), 2);
    assert!(logs.fork_proof(&author.log()).unwrap().unwrap().holds(&author.log()));
    let checked = verify(&open(&store), true);
    assert!(checked.mended == 0 && checked.logs.iter().all(|log| log.faults.is_empty()), "{checked:?}");
}

#[test]
fn a_damaged_pack_is_named_and_comes_back_from_others() {
    let (store, author) = filled(600);
    pack_all(&open(&store), 200);
    let packs = keys(&store, Tree::Packs);
    assert_eq!(packs.len(), 3);
    store.damage(Tree::Packs, &packs[1]);
    let logs = open(&store);
    let log = author.log();
    assert_eq!(all(&logs, &log).len(), 400);
    let holes = |logs: &Logs| logs.holes().iter().map(|hole| (hole.from, hole.to)).collect::<Vec<_>>();
    assert_eq!(holes(&logs), [(201, 400)]);
    assert!(matches!(logs.read(&log, (201, 210), 9, 9), Err(LogsError::Lost { from: 201, to: 400, .. })));
    assert_eq!(logs.id_on(&log, 0, 400).unwrap(), Some(author.ids[399]));
    let arrived = logs.arrivals(&document(2), 0).unwrap();
    assert_eq!(arrived.iter().filter(|(_, entry)| entry.is_none()).count(), 40);
    let checked = verify(&logs, true);
    assert_eq!(checked.logs[0].faults, [(LogFault::Lost, 201, 200)]);
    drop(logs);
    // It is known after the next start, before anybody reads.
    let logs = open(&store);
    assert_eq!(holes(&logs), [(201, 400)]);
    let mend =
        |from, to| logs.mend(&author.run(from, to), &read_change, &|_, _| Vec::new()).unwrap().entries.len();
    assert_eq!(mend(201, 300), 0, "nothing names what is in the middle");
    assert_eq!(mend(301, 410), 100);
    assert_eq!(keys(&store, Tree::Packs).len(), 2, "nothing is in it that could be read");
    assert_eq!(holes(&open(&store)), [(201, 300)]);
    assert_eq!(mend(201, 300), 100);
    for logs in [logs, open(&store)] {
        assert!(logs.holes().is_empty());
        let checked = verify(&logs, true);
        assert!(checked.mended == 0 && checked.logs[0].faults.is_empty(), "{checked:?}");
        assert!(all(&logs, &log).iter().map(Entry::id).eq(author.ids.iter().copied()));
    }
    // And goes into a pack again.
    let logs = open(&store);
    assert_eq!(pack_all(&logs, 200).entries, 200);
    assert_eq!(all(&logs, &log).len(), 600);
    assert_eq!(keys(&store, Tree::Entries).len(), 1);
}

#[test]
fn heads_and_what_is_kept_of_documents_are_found_again_from_packs() {
    let (store, author) = filled(300);
    pack_all(&open(&store), 70);
    let whole = keys(&store, Tree::Documents);
    for tree in [Tree::Heads, Tree::Documents, Tree::DocumentIndex] {
        let gone = keys(&store, tree).into_iter().map(|key| Op::delete(tree, key)).collect();
        store.commit(gone).unwrap();
    }
    let logs = open(&store);
    assert_eq!(logs.head(&author.log()), author.head());
    assert!(verify(&logs, true).mended > 0);
    assert_eq!(verify(&logs, true).left, 0);
    assert_eq!(keys(&store, Tree::Documents), whole);
    assert_eq!(open(&store).arrivals(&document(3), 0).unwrap().len(), 60);
}

#[test]
fn what_knows_no_packs_refuses_a_store_that_has_some() {
    let (store, _) = filled(300);
    let plain = || Logs::open(Arc::new(store.clone()), PROGRAMME, key(1).id(), None);
    assert_eq!(plain().unwrap().pack(&PackBounds::default(), &mut |_, _| {}).unwrap().packs, 0);
    pack_all(&open(&store), 512);
    assert!(matches!(plain().err(), Some(LogsError::Packed)));
}
