//! Opening: what is repaired, what is refused, and in which words.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use accord_store::{EngineKind, Op, RedbStore, Scan, SledStore, Store, StoreError, Tree};
use tempfile::TempDir;

fn put(store: &dyn Store, key: &str, value: &[u8]) {
    store.commit(vec![Op::put(Tree::Meta, key, value)]).unwrap();
}

#[test]
fn only_one_handle_at_a_time_and_the_next_at_once() {
    EngineKind::ALL.into_iter().for_each(one_handle_at_a_time);
}

fn one_handle_at_a_time(kind: EngineKind) {
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    let open = |path: &Path| accord_store::open(path, kind).map(|(store, _)| store);
    let locked = |path: &Path| matches!(open(path), Err(StoreError::Locked { .. }));
    let store = open(&path).unwrap();
    assert!(locked(&path));
    assert!(locked(&home.path().join("store/")), "one lock for both spellings");
    assert!(matches!(accord_store::compact(&path, None), Err(StoreError::Locked { .. })));
    put(&*store, "key", b"value");
    drop(store);
    for round in 0..20u8 {
        let store = open(&path).unwrap();
        put(&*store, "key", &[round]);
    }
    let inside: Vec<_> = fs::read_dir(&path).unwrap().map(|item| item.unwrap().file_name()).collect();
    assert!(inside.iter().all(|name| name != ".lock"), "{inside:?}");
}

#[test]
fn the_folder_is_its_owners_alone() {
    let home = TempDir::new().unwrap();
    for kind in EngineKind::ALL {
        let path = home.path().join(format!("new/{kind}"));
        accord_store::open(&path, kind).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    }
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
    support::await_release(&path);
    let db = sled::open(&path).unwrap();
    db.insert("accord store format", &[2]).unwrap();
    drop(db);
    let other_format = |opened: Result<(), StoreError>| match opened {
        Err(StoreError::Open { source, .. }) => {
            assert!(matches!(*source, StoreError::Format { known: 1, .. }), "{source}");
        }
        other => panic!("{other:?}"),
    };
    other_format(SledStore::open(&path).map(|_| ()));

    let path = home.path().join("other");
    drop(RedbStore::open(&path).unwrap());
    let db = redb::Database::open(path.join("store.redb")).unwrap();
    let writing = db.begin_write().unwrap();
    let table = redb::TableDefinition::<&[u8], &[u8]>::new("accord store");
    writing.open_table(table).unwrap().insert(&b"format"[..], &[2][..]).unwrap();
    writing.commit().unwrap();
    drop(db);
    other_format(RedbStore::open(&path).map(|_| ()));
}

/// The note in the folder decides which engine opens it; without it, or against it, none is let loose on the files.
#[test]
fn a_store_is_opened_by_the_engine_that_it_is_noted_to_be_of() {
    let home = TempDir::new().unwrap();
    for kind in EngineKind::ALL {
        let other = EngineKind::ALL.into_iter().find(|other| *other != kind).unwrap();
        let path = home.path().join(kind.name());
        accord_store::create(&path, kind).unwrap();
        accord_store::create(&path, kind).unwrap();
        let note = path.join("engine");
        assert_eq!(fs::read_to_string(&note).unwrap(), format!("{kind}\n"));
        let (store, opened) = accord_store::open(&path, other).unwrap();
        assert_eq!(opened, kind, "what is noted, and not what would be made");
        put(&*store, "key", b"value");
        drop(store);
        let mismatch = |error: StoreError| match error {
            StoreError::OtherEngine { noted, found, .. } => (noted, found),
            error => panic!("{error:?}"),
        };
        assert_eq!(mismatch(accord_store::create(&path, other).unwrap_err()), (kind, other));

        // A note that the files contradict.
        fs::write(&note, format!("{other}\n")).unwrap();
        assert_eq!(mismatch(accord_store::open(&path, kind).err().unwrap()), (other, kind));
        // One that says nothing, and none.
        let unnoted = |what: &str| match accord_store::open(&path, kind) {
            Err(StoreError::Unnoted { looks, note: named, .. }) => {
                assert_eq!((looks, &named), (Some(kind), &note), "{what}");
            }
            other => panic!("{what}: {:?}", other.map(|(_, kind)| kind)),
        };
        for words in ["leveldb\n", "", "sled redb"] {
            fs::write(&note, words).unwrap();
            unnoted(words);
        }
        fs::write(&note, [0xff, 0xfe]).unwrap();
        unnoted("no text");
        fs::remove_file(&note).unwrap();
        unnoted("no note");
        // Put back, everything is there.
        fs::write(&note, format!("{kind}\n")).unwrap();
        let (store, _) = accord_store::open(&path, kind).unwrap();
        assert_eq!(store.get(Tree::Meta, b"key").unwrap(), Some(b"value".to_vec()));
    }
}

/// A note that was being written when the process was killed is no store.
#[test]
fn an_unfinished_note_is_in_nobodys_way() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    fs::create_dir(&path).unwrap();
    fs::write(path.join("engine.new"), "sl").unwrap();
    let (_, kind) = accord_store::open(&path, EngineKind::Redb).unwrap();
    assert_eq!(kind, EngineKind::Redb);
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
    flips(EngineKind::Sled, "db");
    flips(EngineKind::Redb, "store.redb");
}

fn flips(kind: EngineKind, name: &str) {
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    let (store, _) = accord_store::open(&path, kind).unwrap();
    for n in 0..40u8 {
        store.commit(vec![Op::put(Tree::Entries, [n], vec![n; usize::from(n) * 300])]).unwrap();
    }
    drop(store);
    let whole = fs::read(path.join(name)).unwrap();
    let used = whole.iter().rposition(|byte| *byte != 0).unwrap();
    let (mut refused, mut damaged, mut intact) = (0, 0, 0);
    for case in 0..24 {
        let copy = home.path().join(format!("copy-{case}"));
        copy_folder(&path, &copy);
        let mut bytes = whole.clone();
        bytes[used * (case * 2 + 1) / 48] ^= 0x10;
        fs::write(copy.join(name), bytes).unwrap();
        let Ok((store, _)) = accord_store::open(&copy, kind) else {
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
    println!(
        "{kind}, 24 flips: {refused} refused on opening, {intact} scanned, {damaged} values refused or gone"
    );
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
