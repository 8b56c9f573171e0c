//! All backends pass the one suite, and agree with a naive model under random operations.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::BTreeMap;

use accord_store::conformance::{self, Action, Backend, Oracle};
use accord_store::{MemoryStore, RedbStore, Scan, SledStore, Store, Tree};
use proptest::prelude::*;
use redb::{ReadableDatabase, TableDefinition};
use tempfile::TempDir;

struct OnDisk(TempDir);

impl OnDisk {
    fn new() -> OnDisk {
        OnDisk(TempDir::new().unwrap())
    }
}

impl Backend for OnDisk {
    fn open(&self) -> Box<dyn Store> {
        Box::new(SledStore::open(self.0.path().join("store")).unwrap())
    }

    /// Flips a bit at the end of the head record, behind the back of the store.
    fn damage(&self, tree: Tree, key: &[u8]) {
        support::await_release(&self.0.path().join("store"));
        let db = sled::open(self.0.path().join("store")).unwrap();
        let records = db.open_tree(tree.name()).unwrap();
        let mut record = records.get(key).unwrap().unwrap().to_vec();
        *record.last_mut().unwrap() ^= 1;
        records.insert(key, record).unwrap();
        db.flush().unwrap();
    }
}

struct OnRedb(TempDir);

impl OnRedb {
    fn new() -> OnRedb {
        OnRedb(TempDir::new().unwrap())
    }
}

impl Backend for OnRedb {
    fn open(&self) -> Box<dyn Store> {
        Box::new(RedbStore::open(self.0.path().join("store")).unwrap())
    }

    /// Flips a bit at the end of the record, behind the back of the store, so that the engine's own checksums hold.
    fn damage(&self, tree: Tree, key: &[u8]) {
        let db = redb::Database::open(self.0.path().join("store/store.redb")).unwrap();
        let definition: TableDefinition<&[u8], &[u8]> = TableDefinition::new(tree.name());
        let reading = db.begin_read().unwrap();
        let mut record = reading.open_table(definition).unwrap().get(key).unwrap().unwrap().value().to_vec();
        *record.last_mut().unwrap() ^= 1;
        let writing = db.begin_write().unwrap();
        writing.open_table(definition).unwrap().insert(key, record.as_slice()).unwrap();
        writing.commit().unwrap();
    }
}

#[derive(Default)]
struct InMemory(MemoryStore);

impl Backend for InMemory {
    fn open(&self) -> Box<dyn Store> {
        Box::new(self.0.clone())
    }

    fn damage(&self, tree: Tree, key: &[u8]) {
        self.0.damage(tree, key);
    }
}

#[test]
fn memory_passes_the_suite() {
    conformance::all(InMemory::default);
}

#[test]
fn sled_passes_the_suite() {
    conformance::all(OnDisk::new);
}

#[test]
fn redb_passes_the_suite() {
    conformance::all(OnRedb::new);
}

/// Few keys, so that operations meet; many of them prefixes of others.
fn key() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(prop_oneof![Just(0), Just(1), Just(255)], 0..4)
}

fn tree() -> impl Strategy<Value = Tree> {
    proptest::sample::select(vec![Tree::Entries, Tree::Heads, Tree::Meta])
}

fn len() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 0..100usize, 2 => 4070..4100usize, 2 => 8150..8200usize, 1 => 0..60_000usize]
}

fn action() -> impl Strategy<Value = Action> {
    let write = (tree(), key(), proptest::option::weighted(0.7, len()));
    let scan = (tree(), key(), proptest::option::of(key()), any::<bool>(), 0..6usize, 0..20_000usize)
        .prop_map(|(tree, start, end, reverse, max_items, max_bytes)| Scan {
            keys_only: false,
            tree,
            start,
            end,
            reverse,
            max_items,
            max_bytes,
        });
    prop_oneof![
        8 => proptest::collection::vec(write, 0..12).prop_map(Action::Commit),
        4 => (tree(), key()).prop_map(|(tree, key)| Action::Get(tree, key)),
        6 => scan.prop_map(Action::Scan),
        1 => Just(Action::Reopen),
    ]
}

fn agrees(backend: &dyn Backend, actions: &[Action]) {
    let mut oracle = Oracle::new(|| backend.open());
    for action in actions {
        oracle.apply(action);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Invariant: any sequence of commits, reads and reopenings shows what a map would show.
    #[test]
    fn sled_agrees_with_a_map(actions in proptest::collection::vec(action(), 1..60)) {
        agrees(&OnDisk::new(), &actions);
    }

    /// The same for the other engine.
    #[test]
    fn redb_agrees_with_a_map(actions in proptest::collection::vec(action(), 1..60)) {
        agrees(&OnRedb::new(), &actions);
    }

    /// The same invariant for the store of the simulation.
    #[test]
    fn memory_agrees_with_a_map(actions in proptest::collection::vec(action(), 1..60)) {
        agrees(&InMemory::default(), &actions);
    }
}

/// The model must be able to tell a wrong store from a right one.
#[test]
#[should_panic(expected = "meta [1]")]
fn the_oracle_notices_a_lost_write() {
    let mut stores = BTreeMap::from([(0, MemoryStore::new()), (1, MemoryStore::new())]);
    let stores = std::sync::Mutex::new(&mut stores);
    let mut oracle = Oracle::new(|| {
        let (_, store) = stores.lock().unwrap().pop_first().unwrap();
        Box::new(store)
    });
    oracle.apply(&Action::Commit(vec![(Tree::Meta, vec![1], Some(5))]));
    oracle.apply(&Action::Reopen);
    oracle.apply(&Action::Get(Tree::Meta, vec![1]));
}
