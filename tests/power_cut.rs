//! The power goes at random moments while homes are made, a root key is moved, a programme is founded, a backup is written and
//! put back, and while a damaged store is made anew: whatever a command said it had done is there, and no key is lost on its way.
//!
//! The images that a disk could show are made from the calls of the real program (see `accord_store::power_cut`).
//! `ACCORD_CUTS` sets the number of moments, `ACCORD_SEED` which they are.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;
use std::process::Command;

use accord_store::power_cut::{Kept, Recording};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_accord");

/// What is done, and what is told once it is done. `$1` is the program, `$2` the folder, `$3` the engine.
const STORY: &str = r#"
set -e
cmi="$1 --home $2/cmi" ca="$1 --home $2/ca"
$cmi init --org "Centre for Mediterranean Integration" --code CMI --store $3; echo done init
$cmi key move-root $2/cmi.stick; echo done moved
$ca init --org "Cities Alliance" --code CA --root-key $2/ca.stick --store $3; echo done apart
$ca found "Joint Work" --with $($cmi card) --root-key $2/ca.stick; echo done found
$ca backup $2/backup; echo done backup
$1 --home $2/again restore $2/backup --name Office --root-key $2/ca.stick --store $3; echo done restored
"#;

/// A founded programme with a document, made before anything is recorded. `$1` is the program, `$2` the folder, `$3` the engine,
/// `$4` an address.
const PREPARED: &str = r#"
set -e
cmi="$1 --home $2/cmi" ca="$1 --home $2/ca"
$cmi init --org "Centre for Mediterranean Integration" --code CMI
$ca init --org "Cities Alliance" --code CA --store $3
$ca found "Joint Work" --with $($cmi card)
$ca node --listen $4 & node=$!
$cmi join $($ca invite) --yes
$ca node stop
wait $node
$ca new framework Tunisia; $ca set Tunisia country TN
"#;

/// The first sector of that goes bad; it is made anew, and written on. `$1` to `$3` are as above, `$4` is the engine's file,
/// `$5` the folder with what was prepared.
const REBUILT: &str = r#"
set -e
ca="$1 --home $2/ca"
tar -C $5 -c ca | tar -C $2 -x; sync -f $2; echo done written
dd if=/dev/zero of=$2/ca/store/$4 bs=512 count=1 conv=notrunc,fsync 2>/dev/null; echo done damaged
$ca rebuild; echo done rebuilt
$ca set Tunisia country EG; echo done on
"#;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|words| words.parse().unwrap())
}

/// In memory if there is such a place: what the images are made of does not depend on it.
fn place() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap()
}

#[test]
fn what_was_done_on_sled_survives_power_cuts() {
    survives("homes, sled", (STORY, 8), &["sled"], examine);
}

#[test]
fn what_was_done_on_redb_survives_power_cuts() {
    survives("homes, redb", (STORY, 8), &["redb"], examine);
}

#[test]
fn making_a_damaged_store_of_sled_anew_survives_power_cuts() {
    rebuilding_survives("sled", "db");
}

#[test]
fn making_a_damaged_store_of_redb_anew_survives_power_cuts() {
    rebuilding_survives("redb", "store.redb");
}

fn rebuilding_survives(engine: &str, file: &str) {
    let home = place();
    let prepared = home.path().to_str().unwrap();
    let address = format!("/ip4/127.0.0.1/tcp/{}", accord_door::free_port().unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-c", PREPARED, "sh", PROGRAM, prepared, engine, &address]);
    let made = shell.env_remove("ACCORD_HOME").env("LC_ALL", "C").output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    survives(&format!("rebuilding, {engine}"), (REBUILT, 32), &[engine, file, prepared], examine_rebuilt);
}

/// Records a story with some words for it, cuts it at so many moments unless it is told otherwise, and has every image be good.
fn survives(
    what: &str,
    (story, cuts): (&str, u64),
    words: &[&str],
    examine: impl Fn(&Path, &[&str], &Path) -> Result<(), String>,
) {
    let home = place();
    let folder = home.path().join("home");
    fs::create_dir(&folder).unwrap();
    let recording = Recording::make(&folder, |around| {
        let shell = ["sh", "-c", story, "sh", PROGRAM];
        let mut before = around.iter().chain(&shell);
        let mut command = Command::new(before.next().unwrap());
        command.args(before).arg(folder.canonicalize().unwrap()).args(words);
        command.env_remove("ACCORD_HOME").env("LC_ALL", "C");
        command
    });
    let recording = match recording {
        Ok(recording) => recording,
        Err(why) => return eprintln!("skipped: {why}"),
    };
    let (count, seed) = (
        number("ACCORD_CUTS").unwrap_or(cuts),
        number("ACCORD_SEED").unwrap_or(u64::from(std::process::id())),
    );
    let (mut images, mut bad) = (0, Vec::new());
    for (at, cut) in recording.cuts(usize::try_from(count).unwrap(), seed).into_iter().enumerate() {
        let done: Vec<&str> = recording.told(cut).filter_map(|line| line.strip_prefix("done ")).collect();
        for kept in Kept::each(seed ^ at as u64) {
            let image = place();
            let image = image.path().join("home");
            recording.image(cut, kept, &image);
            images += 1;
            if let Err(why) = examine(&image, &done, &folder) {
                bad.push(format!("cut at {cut} after {done:?}, {kept:?}, seed {seed}: {why}"));
            }
        }
    }
    println!("{what}: {} moments, {images} images, {} bad", recording.len(), bad.len());
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Runs a command on a home. Gives its standard output, or why it failed.
fn accord(home: &Path, words: &[&str]) -> Result<String, String> {
    let ended =
        Command::new(PROGRAM).arg("--home").arg(home).args(words).env("LC_ALL", "C").output().unwrap();
    if !ended.status.success() {
        return Err(format!("{words:?} on {}: {}", home.display(), String::from_utf8_lossy(&ended.stderr)));
    }
    Ok(String::from_utf8(ended.stdout).unwrap())
}

/// Compares an image with what was told to be done; `whole` is the folder in which everything was.
fn examine(image: &Path, done: &[&str], whole: &Path) -> Result<(), String> {
    let told = |what: &str| done.contains(&what);
    let same = |name: &str| fs::read(image.join(name)).ok() == fs::read(whole.join(name)).ok();
    for (name, made) in [("cmi", "init"), ("ca", "apart"), ("again", "restored")] {
        let there = image.join(name).exists();
        if told(made) && !there {
            return Err(format!("the home {name} is gone"));
        }
        // A home is whole or not there, also before the command has said so.
        if there && accord(&image.join(name), &["card"])? != accord(&whole.join(name), &["card"])? {
            return Err(format!("the home {name} has another card"));
        }
    }
    if told("moved") && !same("cmi.stick") || told("apart") && !same("ca.stick") {
        return Err("a root key that was written is not there".into());
    }
    let root = fs::read(whole.join("cmi.stick")).ok();
    let kept = ["cmi.stick", "cmi/root.key"].map(|name| fs::read(image.join(name)).ok());
    if told("init") && !kept.contains(&root) {
        return Err("the root key is lost on its way".into());
    }
    for (home, made) in [("ca", "found"), ("again", "restored")] {
        if told(made) && !accord(&image.join(home), &["status", "--json"])?.contains("Joint Work") {
            return Err(format!("the programme is gone from {home}"));
        }
    }
    if told("backup") && !same("backup") {
        return Err("the backup is not whole".into());
    }
    Ok(())
}

/// A store that was damaged is made anew, once more where that was broken off; what was told is in it, and it is written on.
fn examine_rebuilt(image: &Path, done: &[&str], _: &Path) -> Result<(), String> {
    let told = |what: &str| done.contains(&what);
    let home = image.join("ca");
    if !told("written") {
        return Ok(());
    }
    let holds =
        |value: &str| accord(&home, &["get", "Tunisia", "country"]).map(|found| found.trim() == value);
    if holds("").is_err() {
        if told("rebuilt") {
            return Err("it was made anew, and cannot be read".into());
        }
        accord(&home, &["rebuild"])?;
    }
    // The last edit may have come to the disk before it was told.
    if !(holds("EG")? || !told("on") && holds("TN")?) {
        return Err("it was made anew without what was told".into());
    }
    accord(&home, &["set", "Tunisia", "country", "MA"])?;
    if !accord(&home, &["verify"])?.contains("as it should be") {
        return Err("it is not as it should be".into());
    }
    Ok(())
}
