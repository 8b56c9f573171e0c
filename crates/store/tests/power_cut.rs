//! The power goes at random moments of what a store does: for each moment, the images that a disk could show are made from
//! the calls of a real process (see `accord_store::power_cut`) and opened. Everything that was acknowledged is there, and
//! nothing is half there.
//!
//! `ACCORD_CUTS` sets the number of moments for each path and engine, `ACCORD_SEED` which they are. Where no process can be
//! traced the tests say so and do nothing.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/author.rs"]
mod author;
#[path = "support/device.rs"]
mod device;
#[path = "support/packer.rs"]
mod packer;
#[path = "support/records.rs"]
mod records;
mod support;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use accord_store::power_cut::{Kept, Recording};
use accord_store::{EngineKind, Op, OwnHeads, Scan, Tree};
use device::Seen;
use tempfile::TempDir;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|words| words.parse().unwrap())
}

fn seed() -> u64 {
    number("ACCORD_SEED").unwrap_or_else(|| u64::from(std::process::id()))
}

/// In memory if there is such a place: what the images are made of does not depend on it, and a busy disk makes each sync
/// of an image wait for the writes of others.
fn place() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap()
}

/// Records the child `name` on an empty home; none, with the reason printed, where that cannot be done.
fn record(name: &str, argument: u64) -> Option<Recording> {
    let home = place();
    let folder = home.path().join("home");
    fs::create_dir(&folder).unwrap();
    let store = folder.join("store");
    Recording::make(&folder, |around| support::wrapped(around, name, &store, argument))
        .map_err(|why| eprintln!("skipped: {why}"))
        .ok()
}

/// Cuts a recording at many moments, and has `examine` look at each image, with what was told before. Gives how many images
/// there were, and what was wrong with the bad ones.
fn cut(
    recording: &Recording,
    examine: impl Fn(&Path, &[&str]) -> Result<(), String>,
) -> (usize, Vec<String>) {
    let (count, seed) = (number("ACCORD_CUTS").unwrap_or(16), seed());
    let (mut images, mut bad) = (0, Vec::new());
    for (at, cut) in recording.cuts(usize::try_from(count).unwrap(), seed).into_iter().enumerate() {
        let told: Vec<&str> = recording.told(cut).collect();
        for kept in Kept::each(seed ^ at as u64) {
            let home = place();
            let folder = home.path().join("home");
            recording.image(cut, kept, &folder);
            images += 1;
            let seen = catch_unwind(AssertUnwindSafe(|| examine(&folder, &told)));
            let seen = seen.unwrap_or_else(|payload| {
                let words = payload.downcast_ref::<String>().cloned();
                Err(words.unwrap_or_else(|| "it panicked".into()))
            });
            if let Err(why) = seen {
                bad.push(format!("cut at {cut}, {kept:?}, seed {seed}: {why}"));
            }
        }
    }
    (images, bad)
}

/// Has every image be good.
fn holds(path: &str, kind: EngineKind, name: &str, examine: impl Fn(&Path, &[&str]) -> Result<(), String>) {
    if support::as_child().is_some() {
        return;
    }
    let argument = EngineKind::ALL.iter().position(|known| *known == kind).unwrap() as u64;
    let Some(recording) = record(name, argument) else { return };
    let (images, bad) = cut(&recording, examine);
    println!("{path}, {kind}: {} moments, {images} images, {} bad", recording.len(), bad.len());
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

fn kind(argument: u64) -> EngineKind {
    EngineKind::ALL[argument as usize]
}

/// The child: makes a store and commits records of several parts from several threads.
#[test]
fn writer() {
    let Some((path, argument)) = support::as_child() else { return };
    let (store, _) = accord_store::open(path, kind(argument)).unwrap();
    records::write(&*store, 0, 6);
}

/// Every record that was acknowledged is there; `records::examine` panics where one is there in part.
fn whole_records(folder: &Path, told: &[&str]) -> Result<(), String> {
    let store = folder.join("store");
    let acknowledged: Vec<u64> = told.iter().filter_map(|line| support::told(line, "ack")).collect();
    if acknowledged.is_empty() && !store.exists() {
        return Ok(());
    }
    let found = records::examine(&store, 0);
    match acknowledged.iter().find(|n| !found.contains(n)) {
        Some(lost) => Err(format!("record {lost} was acknowledged and is gone")),
        None => Ok(()),
    }
}

#[test]
fn commits_to_sled_survive_power_cuts() {
    holds("commits", EngineKind::Sled, "writer", whole_records);
}

#[test]
fn commits_to_redb_survive_power_cuts() {
    holds("commits", EngineKind::Redb, "writer", whole_records);
}

/// The child: a device that appends and takes in, with its file of own heads.
#[test]
fn node() {
    let Some((path, argument)) = support::as_child() else { return };
    accord_store::create(&path, kind(argument)).unwrap();
    OwnHeads::create(device::own_heads(&path)).unwrap();
    support::tell("home", 0);
    device::live(&device::open(&path), argument, 8, false);
}

/// Every entry that was acknowledged is there, the logs have no gaps, and no position has two entries.
fn whole_logs(folder: &Path, told: &[&str]) -> Result<(), String> {
    let store = folder.join("store");
    if !told.iter().any(|line| support::told(line, "home").is_some()) {
        // The home was not made yet: then there is nothing to lose.
        return Ok(());
    }
    let (mut ours, mut others) = (Seen::new(), Seen::new());
    told.iter().for_each(|line| device::hear(line, &mut ours, &mut others));
    let logs = device::open(&store);
    if logs.behind().is_some() {
        return Err("the file of own heads is ahead of the store".into());
    }
    device::examine(&logs, device::own(), 0, &mut ours);
    device::examine(&logs, device::theirs(), 0, &mut others);
    device::examine_arrivals(&logs);
    Ok(())
}

#[test]
fn entries_on_sled_survive_power_cuts() {
    holds("entries and own heads", EngineKind::Sled, "node", whole_logs);
}

#[test]
fn entries_on_redb_survive_power_cuts() {
    holds("entries and own heads", EngineKind::Redb, "node", whole_logs);
}

/// The child: puts what it wrote into packs, writes on, packs once more, and compacts into the other engine.
#[test]
fn packing_node() {
    let Some((path, argument)) = support::as_child() else { return };
    accord_store::create(&path, kind(argument)).unwrap();
    OwnHeads::create(device::own_heads(&path)).unwrap();
    support::tell("home", 0);
    for life in 0..2 {
        let logs = device::open(&path);
        device::live(&logs, life, 5, true);
        device::pack(&logs, life);
    }
    accord_store::compact(&path, Some(kind(1 - argument))).unwrap();
    support::tell("compacted", 0);
}

#[test]
fn packing_on_sled_survives_power_cuts() {
    holds("packing", EngineKind::Sled, "packing_node", whole_logs);
}

#[test]
fn packing_on_redb_survives_power_cuts() {
    holds("packing", EngineKind::Redb, "packing_node", whole_logs);
}

/// The child: commits, compacts into the other engine, commits, and compacts back.
#[test]
fn compactor() {
    let Some((path, argument)) = support::as_child() else { return };
    let (from, to) = (kind(argument), kind(1 - argument));
    for (round, into) in (0..).zip([to, from]) {
        let (store, _) = accord_store::open(&path, from).unwrap();
        for n in round * 8..(round + 1) * 8 {
            store.commit(vec![Op::put(Tree::Entries, [n], vec![n; usize::from(n) * 700])]).unwrap();
            support::tell("ack", n);
        }
        drop(store);
        accord_store::compact(&path, Some(into)).unwrap();
        support::tell("compacted", round);
    }
}

fn whole_values(folder: &Path, told: &[&str]) -> Result<(), String> {
    let path = folder.join("store");
    let acknowledged = told.iter().filter_map(|line| support::told(line, "ack")).max();
    if acknowledged.is_none() && !path.exists() {
        return Ok(());
    }
    let (store, _) = accord_store::open(&path, EngineKind::Sled).map_err(|error| format!("{error:?}"))?;
    let items = store.scan(&Scan::all(Tree::Entries)).map_err(|error| format!("{error:?}"))?.items;
    let right = |(n, (key, value)): (usize, &(Vec<u8>, Vec<u8>))| {
        let n = n as u8;
        *key == [n] && *value == vec![n; usize::from(n) * 700]
    };
    if !items.iter().enumerate().all(right) {
        return Err("a value is missing in between, or wrong".into());
    }
    match acknowledged {
        Some(last) if items.len() as u64 <= last => {
            Err(format!("{} are there, {last} was told", items.len()))
        }
        _ => Ok(()),
    }
}

#[test]
fn compaction_from_sled_to_redb_and_back_survives_power_cuts() {
    holds("compaction", EngineKind::Sled, "compactor", whole_values);
}

#[test]
fn compaction_from_redb_to_sled_and_back_survives_power_cuts() {
    holds("compaction", EngineKind::Redb, "compactor", whole_values);
}

/// The child of the negative control: sled by its documented interface.
#[test]
fn careless_writer() {
    let Some((path, _)) = support::as_child() else { return };
    let db = sled::Config::default().path(path).open().unwrap();
    for n in 0..40u8 {
        db.insert([n], vec![n; 600]).unwrap();
        db.flush().unwrap();
        support::tell("ack", n);
    }
}

/// The harness would notice: a writer that tells before everything is synced loses what it told.
#[test]
fn a_writer_that_acknowledges_without_syncs_is_caught() {
    if support::as_child().is_some() {
        return;
    }
    let Some(recording) = record("careless_writer", 0) else { return };
    let (images, bad) = cut(&recording, |folder, told| {
        let acknowledged = told.iter().filter_map(|line| support::told(line, "ack")).max();
        let db = sled::open(folder.join("store")).map_err(|error| error.to_string())?;
        let last = db.last().map_err(|error| error.to_string())?.map(|(key, _)| u64::from(key[0]));
        if last >= acknowledged {
            Ok(())
        } else {
            Err(format!("{acknowledged:?} was told, {last:?} is there"))
        }
    });
    println!("sled by its documented interface: {images} images, {} bad", bad.len());
    assert!(!bad.is_empty(), "an acknowledgement before the sync must show");
}

/// The child of the second control: a file that is replaced without its syncs.
#[test]
fn careless_file() {
    let Some((path, _)) = support::as_child() else { return };
    for n in 0..10u8 {
        let beside = path.with_extension("new");
        fs::write(&beside, [n; 100]).unwrap();
        fs::rename(&beside, &path).unwrap();
        support::tell("ack", n);
    }
}

#[test]
fn a_file_that_is_replaced_without_syncs_is_caught() {
    if support::as_child().is_some() {
        return;
    }
    let Some(recording) = record("careless_file", 0) else { return };
    let (_, bad) = cut(&recording, |folder, told| {
        let Some(last) = told.iter().filter_map(|line| support::told(line, "ack")).max() else {
            return Ok(());
        };
        match fs::read(folder.join("store")) {
            Ok(bytes) if bytes.len() == 100 && u64::from(bytes[0]) >= last => Ok(()),
            Ok(bytes) => Err(format!("{} bytes", bytes.len())),
            Err(error) => Err(error.to_string()),
        }
    });
    assert!(!bad.is_empty());
}
