//! Opening: what is repaired, what is refused, and in which words.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use accord_store::{Op, Scan, SledStore, Store, StoreError, Tree};
use tempfile::TempDir;

fn put(store: &SledStore, key: &str, value: &[u8]) {
    store.commit(vec![Op::put(Tree::Meta, key, value)]).unwrap();
}

#[test]
fn only_one_handle_at_a_time_and_the_next_at_once() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    let store = SledStore::open(&path).unwrap();
    assert!(matches!(SledStore::open(&path), Err(StoreError::Locked { .. })));
    let slash = home.path().join("store/");
    assert!(matches!(SledStore::open(&slash), Err(StoreError::Locked { .. })), "one lock for both spellings");
    assert!(matches!(SledStore::compact(&path), Err(StoreError::Locked { .. })));
    put(&store, "key", b"value");
    drop(store);
    for round in 0..20u8 {
        let store = SledStore::open(&path).unwrap();
        put(&store, "key", &[round]);
    }
    let inside: Vec<_> = fs::read_dir(&path).unwrap().map(|item| item.unwrap().file_name()).collect();
    assert!(inside.iter().all(|name| name != ".lock"), "{inside:?}");
}

#[test]
fn the_folder_is_its_owners_alone() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("new/store");
    SledStore::open(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
}

/// A kill while the engine writes a snapshot leaves a file that makes every later opening fail.
#[test]
fn a_torn_snapshot_does_not_keep_the_store_from_opening() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    put(&SledStore::open(&path).unwrap(), "key", b"value");
    let torn = path.join("snap.0000000000000FFF.generating");
    fs::write(&torn, b"half a snapsho").unwrap();
    let store = SledStore::open(&path).unwrap();
    assert_eq!(store.get(Tree::Meta, b"key").unwrap(), Some(b"value".to_vec()));
    assert!(!torn.exists());
}

#[test]
fn a_store_of_another_format_is_refused_by_name() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    drop(SledStore::open(&path).unwrap());
    let db = sled::open(&path).unwrap();
    db.insert("accord store format", &[2]).unwrap();
    drop(db);
    match SledStore::open(&path) {
        Err(StoreError::Open { source, .. }) => {
            assert!(matches!(*source, StoreError::Format { known: 1, .. }), "{source}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_no_folder_cannot_be_opened() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    fs::write(&path, "a file").unwrap();
    assert!(matches!(SledStore::open(&path), Err(StoreError::Open { .. })));
}

/// Damage below the store's own checks: whatever the engine makes of it, no value is ever wrong.
#[test]
fn a_flipped_byte_of_the_engines_file_never_becomes_a_wrong_value() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    let store = SledStore::open(&path).unwrap();
    for n in 0..40u8 {
        store.commit(vec![Op::put(Tree::Entries, [n], vec![n; usize::from(n) * 300])]).unwrap();
    }
    drop(store);
    let whole = fs::read(path.join("db")).unwrap();
    let used = whole.iter().rposition(|byte| *byte != 0).unwrap();
    let (mut refused, mut damaged, mut intact) = (0, 0, 0);
    for case in 0..24 {
        let copy = home.path().join(format!("copy-{case}"));
        copy_folder(&path, &copy);
        let mut bytes = whole.clone();
        bytes[used * (case * 2 + 1) / 48] ^= 0x10;
        fs::write(copy.join("db"), bytes).unwrap();
        let Ok(store) = SledStore::open(&copy) else {
            refused += 1;
            continue;
        };
        let right = |key: &[u8], value: &[u8]| value == vec![key[0]; usize::from(key[0]) * 300];
        for n in 0..40u8 {
            match store.get(Tree::Entries, &[n]) {
                Ok(Some(value)) => {
                    assert!(right(&[n], &value), "case {case}: key {n} is wrong without a word")
                }
                Ok(None) | Err(_) => damaged += 1,
            }
        }
        if let Ok(page) = store.scan(&Scan::all(Tree::Entries)) {
            assert!(page.items.iter().all(|(key, value)| right(key, value)), "case {case}");
            intact += 1;
        }
    }
    println!("24 flips: {refused} refused on opening, {intact} scanned, {damaged} values refused or gone");
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for item in fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        let target = to.join(item.file_name());
        if item.file_type().unwrap().is_dir() {
            copy_folder(&item.path(), &target);
        } else {
            fs::copy(item.path(), target).unwrap();
        }
    }
}
