//! What the store makes of its engine's trees: sizes, leftovers, damage in every part of a value, and compaction.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::fs;
use std::path::Path;

use accord_store::{EngineKind, Op, RedbStore, Scan, SledStore, Store, StoreError, Tree};
use redb::ReadableTable;
use tempfile::TempDir;

/// Looks at a closed store behind its back.
fn behind<T>(path: &Path, look: impl FnOnce(&sled::Db) -> T) -> T {
    support::await_release(path);
    look(&sled::open(path).unwrap())
}

fn chunks(path: &Path) -> usize {
    behind(path, |db| db.open_tree("chunks").unwrap().len())
}

fn commit(path: &Path, ops: Vec<Op>) {
    SledStore::open(path).unwrap().commit(ops).unwrap();
}

/// The engine never syncs the files to which it puts large values, so it must never be given one.
#[test]
fn no_record_is_larger_than_four_kilobytes() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    let store = SledStore::open(&path).unwrap();
    for len in [0, 4078, 4079, 4080, 4095, 4096, 4097, 8192, 100_000, 2 << 20] {
        store.commit(vec![Op::put(Tree::Documents, len.to_string(), vec![1; len])]).unwrap();
    }
    drop(store);
    behind(&path, |db| {
        for name in db.tree_names() {
            for record in db.open_tree(name).unwrap().iter() {
                assert!(record.unwrap().1.len() <= 4096);
            }
        }
    });
}

#[test]
fn overwriting_and_deleting_leave_no_chunks_behind() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    for (len, expected) in
        [(20_000, 5), (4096, 1), (10, 0), (8193, 3), (8192, 2), (4097, 2), (0, 0), (9000, 3)]
    {
        commit(&path, vec![Op::put(Tree::Documents, "key", vec![1; len])]);
        assert_eq!(chunks(&path), expected, "{len} bytes");
    }
    commit(&path, vec![Op::delete(Tree::Documents, "key")]);
    assert_eq!(chunks(&path), 0);
}

/// Damage anywhere in a value is noticed; and what is damaged can be removed with all its parts.
#[test]
fn damage_in_any_part_is_noticed_and_can_be_cleared_away() {
    type Harm = fn(&sled::Tree, &sled::Tree);
    fn change(tree: &sled::Tree, key: &[u8], with: impl Fn(&mut Vec<u8>)) {
        let mut record = tree.get(key).unwrap().unwrap().to_vec();
        with(&mut record);
        tree.insert(key, record).unwrap();
    }
    fn chunk(chunks: &sled::Tree, at: usize) -> sled::IVec {
        chunks.iter().keys().nth(at).unwrap().unwrap()
    }
    let harms: [(&str, Harm); 8] = [
        ("kind", |heads, _| change(heads, b"key", |record| record[0] = 9)),
        ("checksum", |heads, _| change(heads, b"key", |record| record[5] ^= 1)),
        ("length", |heads, _| change(heads, b"key", |record| record[20] ^= 1)),
        ("huge length", |heads, _| change(heads, b"key", |record| record[17] = 0xff)),
        ("cut head", |heads, _| change(heads, b"key", |record| record.truncate(10))),
        ("chunk", |_, chunks| change(chunks, &chunk(chunks, 1), |record| record[77] ^= 1)),
        ("lost chunk", |_, chunks| drop(chunks.remove(chunk(chunks, 2)).unwrap())),
        ("swapped chunks", |_, chunks| {
            let (a, b) = (chunk(chunks, 0), chunk(chunks, 1));
            let (x, y) = (chunks.get(&a).unwrap().unwrap(), chunks.get(&b).unwrap().unwrap());
            chunks.insert(a, y).unwrap();
            chunks.insert(b, x).unwrap();
        }),
    ];
    let value: Vec<u8> = (0..12_000u32).flat_map(|n| (n as u16).to_be_bytes()).collect();
    for (name, harm) in harms {
        let home = TempDir::new().unwrap();
        let path = home.path().join("store");
        commit(&path, vec![Op::put(Tree::Entries, "key", value.clone())]);
        behind(&path, |db| harm(&db.open_tree("entries").unwrap(), &db.open_tree("chunks").unwrap()));
        let store = SledStore::open(&path).unwrap();
        let damaged = |found: Result<Option<Vec<u8>>, StoreError>| matches!(found, Err(StoreError::Damaged { tree: Tree::Entries, key }) if key == b"key");
        assert!(damaged(store.get(Tree::Entries, b"key")), "{name}");
        assert!(store.scan(&Scan::all(Tree::Entries)).is_err(), "{name}");
        store.commit(vec![Op::delete(Tree::Entries, "key")]).unwrap();
        drop(store);
        assert_eq!(chunks(&path), 0, "{name}");
    }
}

/// A record under another key than its own is damage too, although its bytes are as they were written.
#[test]
fn a_record_that_moved_is_damage() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    commit(&path, vec![Op::put(Tree::Entries, "a", "one"), Op::put(Tree::Heads, "b", "two")]);
    behind(&path, |db| {
        let entries = db.open_tree("entries").unwrap();
        let record = entries.get("a").unwrap().unwrap();
        entries.insert("b", &record).unwrap();
        db.open_tree("heads").unwrap().insert("a", record).unwrap();
    });
    let store = SledStore::open(&path).unwrap();
    assert!(store.get(Tree::Entries, b"a").is_ok());
    assert!(matches!(store.get(Tree::Entries, b"b"), Err(StoreError::Damaged { .. })), "another key");
    assert!(matches!(store.get(Tree::Heads, b"a"), Err(StoreError::Damaged { .. })), "another tree");
}

/// In either engine, and from each to each.
#[test]
fn compaction_keeps_what_is_alive_and_gives_space_back() {
    for from in EngineKind::ALL {
        for to in EngineKind::ALL {
            compacts(from, to);
        }
    }
}

fn compacts(from: EngineKind, to: EngineKind) {
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    let (store, _) = accord_store::open(&path, from).unwrap();
    let value = |n: u32, round: u32| vec![(n + round) as u8; 20_000];
    for round in 0..6 {
        let puts = (0..200u32).map(|n| Op::put(Tree::Snapshots, n.to_be_bytes(), value(n, round)));
        store.commit(puts.collect()).unwrap();
    }
    store.commit((20..200u32).map(|n| Op::delete(Tree::Snapshots, n.to_be_bytes())).collect()).unwrap();
    store.commit(vec![Op::put(Tree::Meta, "key", "value")]).unwrap();
    drop(store);

    let reclaimed = accord_store::compact(&path, (from != to).then_some(to)).unwrap();
    println!("{reclaimed:?}");
    assert!(reclaimed.after * 3 < reclaimed.before, "{reclaimed:?}");
    assert_eq!((reclaimed.from, reclaimed.to), (from, to));
    // What an interrupted compaction leaves is cleared away by the next opening.
    let left = home.path().join("store.compacting");
    assert!(!left.exists());
    fs::create_dir(&left).unwrap();
    fs::write(left.join("db"), "an unfinished copy").unwrap();
    let (store, kind) = accord_store::open(&path, EngineKind::default()).unwrap();
    assert_eq!(kind, to);
    assert!(!left.exists());
    let page = store.scan(&Scan::all(Tree::Snapshots)).unwrap();
    assert_eq!(page.items.len(), 20);
    assert!(page.items.iter().enumerate().all(|(n, (_, found))| *found == value(n as u32, 5)));
    assert_eq!(store.get(Tree::Meta, b"key").unwrap(), Some(b"value".to_vec()));
    store.commit(vec![Op::put(Tree::Meta, "key", "after")]).unwrap();
}

#[test]
fn where_there_is_no_store_there_is_nothing_to_compact() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    assert!(matches!(accord_store::compact(&path, None), Err(StoreError::Open { .. })));
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "and nothing is made");
}

/// Damage is not copied over as if it were data, and the store that has it stays as it is.
#[test]
fn compaction_refuses_damage() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    commit(&path, vec![Op::put(Tree::Entries, "bad", "value"), Op::put(Tree::Heads, "good", "value")]);
    behind(&path, |db| db.open_tree("entries").unwrap().insert("bad", "no record").map(|_| ()).unwrap());
    for to in [None, Some(EngineKind::Redb)] {
        assert!(accord_store::compact(&path, to).is_err());
        let store = SledStore::open(&path).unwrap();
        assert_eq!(store.get(Tree::Heads, b"good").unwrap(), Some(b"value".to_vec()));
    }
}

/// The other engine stores a value behind its checksum, which covers its place too.
#[test]
fn a_record_of_redb_that_was_changed_or_moved_is_damage() {
    type Table = redb::TableDefinition<'static, &'static [u8], &'static [u8]>;
    let home = TempDir::new().unwrap();
    let path = home.path().join("store");
    let big = vec![7; 100_000];
    let store = RedbStore::open(&path).unwrap();
    store.commit(vec![Op::put(Tree::Entries, "a", big.clone()), Op::put(Tree::Heads, "b", "two")]).unwrap();
    drop(store);
    let db = redb::Database::open(path.join("store.redb")).unwrap();
    let writing = db.begin_write().unwrap();
    {
        let mut entries = writing.open_table(Table::new("entries")).unwrap();
        let record = entries.get(&b"a"[..]).unwrap().unwrap().value().to_vec();
        let mut flipped = record.clone();
        flipped[50_000] ^= 1;
        entries.insert(&b"b"[..], record.as_slice()).unwrap();
        entries.insert(&b"c"[..], flipped.as_slice()).unwrap();
        entries.insert(&b"d"[..], &record[..10]).unwrap();
        writing.open_table(Table::new("heads")).unwrap().insert(&b"a"[..], record.as_slice()).unwrap();
    }
    writing.commit().unwrap();
    drop(db);
    let store = RedbStore::open(&path).unwrap();
    assert_eq!(store.get(Tree::Entries, b"a").unwrap(), Some(big));
    let bad = [(Tree::Entries, b"b"), (Tree::Entries, b"c"), (Tree::Entries, b"d"), (Tree::Heads, b"a")];
    for (tree, key) in bad {
        assert!(matches!(store.get(tree, key), Err(StoreError::Damaged { .. })), "{tree} {key:?}");
    }
}
