//! The power goes at random moments while homes are made, a root key is moved, a programme is founded, a backup is written and
//! put back: whatever a command said it had done is there, and no key is lost on its way.
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

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|words| words.parse().unwrap())
}

/// In memory if there is such a place: what the images are made of does not depend on it.
fn place() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap()
}

#[test]
fn what_was_done_on_sled_survives_power_cuts() {
    survives("sled");
}

#[test]
fn what_was_done_on_redb_survives_power_cuts() {
    survives("redb");
}

fn survives(engine: &str) {
    let home = place();
    let folder = home.path().join("home");
    fs::create_dir(&folder).unwrap();
    let recording = Recording::make(&folder, |around| {
        let mut words = around.iter().chain(&["sh", "-c", STORY, "sh", PROGRAM]);
        let mut command = Command::new(words.next().unwrap());
        command.args(words).arg(folder.canonicalize().unwrap()).arg(engine);
        command.env_remove("ACCORD_HOME").env("LC_ALL", "C");
        command
    });
    let recording = match recording {
        Ok(recording) => recording,
        Err(why) => return eprintln!("skipped: {why}"),
    };
    let (count, seed) =
        (number("ACCORD_CUTS").unwrap_or(8), number("ACCORD_SEED").unwrap_or(u64::from(std::process::id())));
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
    println!("homes, {engine}: {} moments, {images} images, {} bad", recording.len(), bad.len());
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
