//! A compaction is killed at random moments, again and again, while it changes the engine back and forth: whatever was
//! acknowledged is there, in the one store or the other, and the next opening clears away what the other one left.
//!
//! `ACCORD_KILLS` sets the number of kills, `ACCORD_SEED` the moments.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::thread;
use std::time::{Duration, Instant};

use accord_store::{EngineKind, Op, Scan, Tree};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

/// What is in the store: a hundred records of sizes from nothing to several of the engines' pages.
fn value(n: u64) -> Vec<u8> {
    vec![n as u8; (n * 7919 % 20_000) as usize]
}

/// The child: compacts once, into the engine that the store is not of, or into the same.
#[test]
fn compactor() {
    let Some((path, to)) = support::as_child() else { return };
    support::tell("begin", 0);
    accord_store::compact(path, Some(EngineKind::ALL[to as usize])).unwrap();
    support::tell("compacted", 0);
}

#[test]
fn a_killed_compaction_loses_nothing() {
    if support::as_child().is_some() {
        return;
    }
    let number = |name: &str| std::env::var(name).ok().map(|words| words.parse::<u64>().unwrap());
    let kills = number("ACCORD_KILLS").unwrap_or(100);
    let seed = number("ACCORD_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    let left = home.path().join("store.compacting");
    let mut acknowledged: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    let (store, _) = accord_store::open(&path, EngineKind::Sled).unwrap();
    for n in 0..100_u64 {
        store.commit(vec![Op::put(Tree::Entries, n.to_be_bytes(), value(n))]).unwrap();
        acknowledged.insert(n, value(n));
    }
    drop(store);
    // How long a compaction takes here, so that the kills fall on all of it and a little after it.
    let begin = Instant::now();
    for to in [EngineKind::Redb, EngineKind::Sled] {
        accord_store::compact(&path, Some(to)).unwrap();
    }
    let most = begin.elapsed();
    println!("{kills} kills within {most:?}, ACCORD_SEED={seed}");
    let (mut leftovers, mut done, mut changed) = (0, 0, 0);
    let mut before = EngineKind::Sled;
    for kill in 0..kills {
        // Three of four change the engine.
        let to = EngineKind::ALL.into_iter().position(|kind| (kind != before) != kill.is_multiple_of(4));
        let mut child = support::child("compactor", &path, to.unwrap() as u64).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        lines.by_ref().find(|line| support::told(line, "begin").is_some());
        // The moment is the point of this test: it is random, and no event marks it.
        thread::sleep(random.random_range(Duration::ZERO..most));
        child.kill().unwrap();
        child.wait().unwrap();
        done += u64::from(lines.any(|line| support::told(&line, "compacted").is_some()));
        leftovers += u64::from(left.exists());

        let opened = accord_store::open(&path, EngineKind::default());
        let (store, now) = opened.unwrap_or_else(|error| panic!("kill {kill}, seed {seed}: {error:?}"));
        assert!(!left.exists(), "kill {kill}, seed {seed}: something is left");
        let mut found = BTreeMap::new();
        let mut scan = Scan::all(Tree::Entries);
        loop {
            let page = store.scan(&scan).unwrap();
            let number = |key: &[u8]| u64::from_be_bytes(key.try_into().unwrap());
            found.extend(page.items.into_iter().map(|(key, value)| (number(&key), value)));
            match page.next {
                Some(next) => scan = scan.resume(next),
                None => break,
            }
        }
        assert!(found == acknowledged, "kill {kill}, seed {seed}: {now} does not hold what was acknowledged");
        // Whichever store it is, it goes on.
        let n = 1000 + kill;
        store.commit(vec![Op::put(Tree::Entries, n.to_be_bytes(), value(n))]).unwrap();
        acknowledged.insert(n, value(n));
        changed += u64::from(now != before);
        before = now;
    }
    println!("{leftovers} left something, {done} had ended, {changed} had changed the engine");
    assert!(fs::read_dir(home.path()).unwrap().count() <= 2, "a store and its lock");
    assert!(leftovers > 0, "the kills fell within compactions");
}
