//! A writer is killed at random moments, again and again on the same store: everything that it was told is durable
//! is there, whole, and of everything else there is nothing or the whole.
//!
//! `ACCORD_KILLS` sets the number of kills, `ACCORD_SEED` the moments.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/records.rs"]
mod records;
mod support;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::thread;
use std::time::Duration;

use accord_store::EngineKind;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use records::{COMMITTERS, examine, record};
use tempfile::TempDir;

/// The child: commits records from several threads, and tells each number once its commit is acknowledged.
#[test]
fn writer() {
    let Some((path, first)) = support::as_child() else { return };
    let store = support::open(&path).unwrap();
    support::tell("open", 0);
    records::write(&*store, first, u64::MAX);
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

#[test]
fn whatever_sled_acknowledged_survives_kills() {
    survives_kills(EngineKind::Sled);
}

#[test]
fn whatever_redb_acknowledged_survives_kills() {
    survives_kills(EngineKind::Redb);
}

fn survives_kills(kind: EngineKind) {
    if support::as_child().is_some() {
        return;
    }
    let number = |name: &str| std::env::var(name).ok().map(|words| words.parse::<u64>().unwrap());
    let kills = number("ACCORD_KILLS").unwrap_or(100);
    let seed = number("ACCORD_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("{kind}: {kills} kills, ACCORD_SEED={seed}");
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    accord_store::create(&path, kind).unwrap();
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

/// The child of the next test: opens, commits one record, and goes on until it is killed.
#[test]
fn founder() {
    let Some((path, _)) = support::as_child() else { return };
    support::tell("begin", 0);
    let store = support::open(&path).unwrap();
    store.commit(record(0)).unwrap();
    support::tell("ack", 0);
    std::thread::park();
}

/// A kill in the first moments of a store leaves none, or one that opens: an engine may leave a file that never does.
#[test]
fn a_store_that_is_killed_while_it_is_made_opens() {
    if support::as_child().is_some() {
        return;
    }
    let mut random = ChaCha8Rng::seed_from_u64(11);
    for round in 0..60 {
        let kind = EngineKind::ALL[round % 2];
        let home = TempDir::new().unwrap();
        let path = home.path().join("store");
        accord_store::create(&path, kind).unwrap();
        let mut child = support::child("founder", &path, 0).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        lines.by_ref().find(|line| support::told(line, "begin").is_some());
        thread::sleep(Duration::from_micros(random.random_range(0..25_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        let acknowledged = lines.any(|line| support::told(&line, "ack").is_some());
        let found = examine(&path, 0);
        assert!(found.contains(&0) || !acknowledged, "{kind}, round {round}");
    }
}
