//! A writer is killed at random moments, again and again on the same store: everything that it was told is durable
//! is there, whole, and of everything else there is nothing or the whole.
//!
//! `ACCORD_KILLS` sets the number of kills, `ACCORD_SEED` the moments.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::thread;
use std::time::Duration;

use accord_store::{Op, Scan, SledStore, Store, Tree};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

const COMMITTERS: u64 = 4;

/// What record `n` consists of: keys in four trees, of sizes from nothing to several chunks. The head is rewritten by
/// every record of its committer, and what waits is taken away again seven records later.
fn record(n: u64) -> Vec<Op> {
    let key = n.to_be_bytes();
    let len = if n.is_multiple_of(3) { 4000 + (n * 7919) % 30_000 } else { (n * 31) % 500 };
    let value: Vec<u8> = (0..len).map(|at| (n.wrapping_mul(167).wrapping_add(at * (n | 1))) as u8).collect();
    vec![
        Op::put(Tree::Entries, key, value.clone()),
        Op::put(Tree::DocumentIndex, key, value.iter().rev().copied().collect::<Vec<u8>>()),
        Op::put(Tree::Heads, (n % COMMITTERS).to_be_bytes(), key),
        Op::put(Tree::Waiting, key, [n as u8; 5000]),
    ]
}

/// The child: commits records from several threads, and tells each number once its commit is acknowledged.
#[test]
fn writer() {
    let Some((path, first)) = support::as_child() else { return };
    let store = SledStore::open(path).unwrap();
    support::tell("open", 0);
    thread::scope(|scope| {
        for committer in 0..COMMITTERS {
            let store = &store;
            scope.spawn(move || {
                for n in (first * COMMITTERS + committer..).step_by(COMMITTERS as usize) {
                    let mut ops = record(n);
                    if let Some(earlier) = n.checked_sub(7 * COMMITTERS) {
                        ops.push(Op::delete(Tree::Waiting, earlier.to_be_bytes()));
                    }
                    store.commit(ops).unwrap();
                    support::tell("ack", n);
                }
            });
        }
    });
}

/// One life of the writer: which records it was told are durable.
fn live_and_die(store: &Path, first: u64, kill_after: Duration, once_open: bool) -> Vec<u64> {
    let mut child = support::child("writer", store, first).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    if once_open {
        for line in lines.by_ref() {
            let line = line.unwrap();
            if support::told(&line, "open").is_some() {
                break;
            }
        }
    }
    // The moment is the point of this test: it is random, and no event marks it.
    let killer = thread::spawn(move || {
        thread::sleep(kill_after);
        child.kill().unwrap();
        child.wait().unwrap();
    });
    for line in lines {
        acknowledged.extend(support::told(&line.unwrap(), "ack"));
    }
    killer.join().unwrap();
    acknowledged
}

/// Reads a store after a kill. Returns the numbers of the records that are there, each of which was found whole.
fn examine(path: &Path, from: u64) -> BTreeSet<u64> {
    let store = SledStore::open(path).unwrap_or_else(|error| panic!("the store does not open: {error:?}"));
    let mut found = BTreeSet::new();
    let mut scan = Scan::range(Tree::Entries, from.to_be_bytes(), [255; 9]);
    loop {
        let page = store.scan(&scan).unwrap();
        for (key, value) in &page.items {
            let n = u64::from_be_bytes(key.as_slice().try_into().unwrap());
            let expected = record(n);
            assert!(Some(value.as_slice()) == expected[0].value(), "record {n}: wrong entry");
            let index = store.get(Tree::DocumentIndex, key).unwrap();
            assert!(index.as_deref() == expected[1].value(), "record {n}: wrong index");
            found.insert(n);
        }
        match page.next {
            Some(next) => scan = scan.resume(next),
            None => break,
        }
    }
    // No other tree may know of a record that the entries do not have: that would be half a commit.
    for tree in [Tree::DocumentIndex, Tree::Waiting] {
        let mut scan = Scan::range(tree, from.to_be_bytes(), [255; 9]);
        loop {
            let page = store.scan(&scan).unwrap();
            for (key, value) in &page.items {
                let n = u64::from_be_bytes(key.as_slice().try_into().unwrap());
                assert!(found.contains(&n), "half of record {n} in {tree}");
                assert!(
                    tree != Tree::Waiting || value == &[n as u8; 5000],
                    "record {n}: wrong value in {tree}"
                );
            }
            match page.next {
                Some(next) => scan = scan.resume(next),
                None => break,
            }
        }
    }
    for committer in 0..COMMITTERS {
        let newest = found.iter().rev().find(|n| **n % COMMITTERS == committer);
        if let Some(newest) = newest {
            let head = store.get(Tree::Heads, &committer.to_be_bytes()).unwrap();
            assert_eq!(head.as_deref(), Some(&newest.to_be_bytes()[..]), "head of committer {committer}");
            // A committer writes one after the other, so what waits is exactly its last seven records.
            let waits = |n: u64| store.get(Tree::Waiting, &n.to_be_bytes()).unwrap().is_some();
            assert!(waits(*newest), "record {newest} waits");
            if let Some(gone) = newest.checked_sub(7 * COMMITTERS).filter(|gone| found.contains(gone)) {
                assert!(!waits(gone), "record {gone} waits although it was taken away");
            }
        }
    }
    found
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
    let (mut first, mut acknowledged) = (0, BTreeSet::new());
    for kill in 0..kills {
        let after = Duration::from_millis(random.random_range(5..110));
        let once_open = random.random_ratio(3, 4);
        let from = first * COMMITTERS;
        let told = live_and_die(&path, first, after, once_open);
        let found = examine(&path, from);
        for n in &told {
            assert!(found.contains(n), "kill {kill}, seed {seed}: record {n} was acknowledged and is gone");
        }
        acknowledged.extend(told);
        // The next life begins above everything that may be there.
        first = found.last().map_or(first, |last| last / COMMITTERS + 1);
        // Four times a run, so that a long run does not spend its time on reading everything again.
        if (kill + 1) % (kills / 4).max(1) == 0 || kill + 1 == kills {
            let all = examine(&path, 0);
            let lost = acknowledged.difference(&all).next();
            assert!(lost.is_none(), "kill {kill}, seed {seed}: record {lost:?} of an earlier life is gone");
        }
    }
    println!("{} records were acknowledged, and all of them are there", acknowledged.len());
    assert!(acknowledged.len() as u64 > kills, "the writers lived long enough to write");
}

/// The child of the next test: compacts over and over.
#[test]
fn compactor() {
    let Some((path, _)) = support::as_child() else { return };
    for round in 0.. {
        SledStore::compact(&path).unwrap();
        support::tell("compacted", round);
    }
}

/// A compaction that is killed leaves the old store or the new one, and either has everything.
#[test]
fn a_killed_compaction_loses_nothing() {
    if support::as_child().is_some() {
        return;
    }
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    let store = SledStore::open(&path).unwrap();
    for n in 0..100 {
        store.commit(record(n)).unwrap();
    }
    drop(store);
    let mut random = ChaCha8Rng::seed_from_u64(7);
    for _ in 0..12 {
        let mut child = support::child("compactor", &path, 0).spawn().unwrap();
        thread::sleep(Duration::from_millis(random.random_range(20..250)));
        child.kill().unwrap();
        child.wait().unwrap();
        let store = SledStore::open(&path).unwrap();
        for n in 0..100 {
            for op in record(n).iter().filter(|op| op.tree() != Tree::Heads) {
                assert!(store.get(op.tree(), op.key()).unwrap().as_deref() == op.value(), "record {n}");
            }
        }
    }
}
