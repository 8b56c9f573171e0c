//! Records of several parts, written by several threads: whole or not there at all.

#![allow(dead_code, reason = "each test file that includes this uses its own part")]

use std::collections::BTreeSet;
use std::path::Path;
use std::thread;

use accord_store::{Op, Scan, Store, Tree};

use crate::support::tell;

/// So many threads commit, each the records of its own numbers.
pub(crate) const COMMITTERS: u64 = 4;

/// What record `n` consists of: keys in four trees, of sizes from nothing to several chunks. The head is rewritten by
/// every record of its committer, and what waits is taken away again seven records later.
pub(crate) fn record(n: u64) -> Vec<Op> {
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

/// Commits records from several threads, from the `first` of each on and at most so many of each, and tells each number once
/// its commit is acknowledged.
pub(crate) fn write(store: &dyn Store, first: u64, count: u64) {
    let end = first.saturating_add(count).saturating_mul(COMMITTERS);
    thread::scope(|scope| {
        for committer in 0..COMMITTERS {
            scope.spawn(move || {
                for n in (first * COMMITTERS + committer..end).step_by(COMMITTERS as usize) {
                    let mut ops = record(n);
                    if let Some(earlier) = n.checked_sub(7 * COMMITTERS) {
                        ops.push(Op::delete(Tree::Waiting, earlier.to_be_bytes()));
                    }
                    store.commit(ops).unwrap();
                    tell("ack", n);
                }
            });
        }
    });
}

/// Reads a store after a kill or a power cut. Returns the numbers of the records that are there, each of which was found whole.
pub(crate) fn examine(path: &Path, from: u64) -> BTreeSet<u64> {
    let store =
        crate::support::open(path).unwrap_or_else(|error| panic!("the store does not open: {error:?}"));
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
