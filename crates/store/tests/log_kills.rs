//! A node is killed at random moments while it appends own entries, takes in those of another device, and in every second of
//! its lives puts what it has into packs: everything that it acknowledged is there, nothing is half there, and no position was
//! ever seen with two entries.
//!
//! `ACCORD_KILLS` sets the number of kills, `ACCORD_SEED` the moments.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/author.rs"]
mod author;
#[path = "support/device.rs"]
mod device;
#[path = "support/packer.rs"]
mod packer;
mod support;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::thread;
use std::time::Duration;

use accord_core::{Entry, EntryId, Head};
use accord_store::{EngineKind, OwnHeads, Scan, Tree};
use author::space;
use device::{Seen, examine, examine_arrivals, hear, open, own, own_heads, their_next, theirs};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

/// The child: appends and takes in, and tells each position with its id once it is acknowledged.
#[test]
fn node() {
    let Some((path, life)) = support::as_child() else { return };
    let logs = open(&path);
    support::tell("open", 0);
    device::live(&logs, life, u64::MAX, life % 2 == 1);
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
        hear(&line, own, theirs);
    }
    killer.join().unwrap();
}

#[test]
fn whatever_was_acknowledged_on_sled_survives_kills() {
    survives_kills(EngineKind::Sled);
}

#[test]
fn whatever_was_acknowledged_on_redb_survives_kills() {
    survives_kills(EngineKind::Redb);
}

fn survives_kills(kind: EngineKind) {
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
    accord_store::create(&path, kind).unwrap();
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
    let packs = support::open(&path).unwrap().scan(&Scan::all(Tree::Packs).keys()).unwrap().items.len();
    assert!(packs > 1, "{packs} packs");
    println!(
        "{packs} packs; {own_held} own entries and {others_held} of another device, and all of them are there"
    );
    assert!(own_held > kills && others_held > kills, "the nodes lived long enough to write");
}

/// The other device's entries are what they are in every life, or the test above would prove nothing.
#[test]
fn the_other_device_is_honest() {
    let all = their_next(None, 12);
    let head = Entry::from_store(all[4].clone()).unwrap();
    assert_eq!(their_next(Some(Head { seq: 5, id: head.id() }), 7), all[5..]);
}
