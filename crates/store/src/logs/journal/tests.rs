//! A store with journals shows what one without shows, whatever is committed, read, opened again and put in place.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::{Bounds, Journal, Spoilt};
use crate::logs::layout::{JOURNAL, entry_key};
use crate::{MemoryStore, Op, Scan, Store, StoreError, Tree, walk};

const SMALL: Bounds = Bounds { fewest: 2, most: 6, records: 8, journals: 4, bytes: 200 };

#[derive(Debug, Clone)]
enum Act {
    /// Records by key, none in place of a value deletes; and how many entries come with them.
    Commit(Vec<(u8, Option<u8>)>, u8),
    Settle,
    Open,
    /// Damages what stands in the place of a record.
    Damage(u8),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let value = prop_oneof![9 => (1..255_u8).prop_map(Some), 1 => Just(None)];
    let records = prop::collection::vec((0..12_u8, value), 0..8);
    let act = prop_oneof![
        12 => (records, 0..3_u8).prop_map(|(records, entries)| Act::Commit(records, entries)),
        1 => Just(Act::Settle),
        2 => Just(Act::Open),
        1 => (0..12_u8).prop_map(Act::Damage),
    ];
    prop::collection::vec(act, 1..30)
}

fn open(store: &MemoryStore) -> (Journal, Vec<Spoilt>) {
    Journal::open_with(Arc::new(store.clone()), SMALL).unwrap()
}

fn key(record: u8) -> Vec<u8> {
    vec![record; 1 + usize::from(record % 3)]
}

fn scans() -> impl Strategy<Value = Scan> {
    let bound = (0..13_u8, any::<bool>())
        .prop_map(|(record, longer)| if longer { [key(record), vec![0]].concat() } else { key(record) });
    (bound.clone(), prop::option::of(bound), any::<[bool; 2]>(), 1..9_usize, 1..40_usize).prop_map(
        |(start, end, [reverse, keys_only], max_items, max_bytes)| Scan {
            tree: Tree::Documents,
            start,
            end,
            reverse,
            max_items,
            max_bytes,
            keys_only,
        },
    )
}

/// All that a walk shows, page by page.
fn shown(store: &dyn Store, scan: &Scan) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
    let mut items = Vec::new();
    walk::<StoreError>(store, scan, |key, value| {
        items.push((key.to_vec(), value.map(<[u8]>::to_vec)));
        Ok(())
    })
    .unwrap();
    items
}

proptest! {
    #[test]
    fn what_stands_in_journals_reads_as_if_it_stood_in_its_place(acts in acts(), scans in prop::collection::vec(scans(), 3)) {
        let (below, naive) = (MemoryStore::new(), MemoryStore::new());
        let mut journal = open(&below).0;
        let mut seq = 0;
        for act in acts {
            match act {
                Act::Commit(records, entries) => {
                    let op = |(record, value): (u8, Option<u8>)| match value {
                        Some(value) => Op::put(Tree::Documents, key(record), vec![value; usize::from(value % 9) + 1]),
                        None => Op::delete(Tree::Documents, key(record)),
                    };
                    let mut ops: Vec<Op> = records.into_iter().map(op).collect();
                    for _ in 0..entries {
                        seq += 1;
                        ops.push(Op::put(Tree::Entries, entry_key(1, seq), [1]));
                    }
                    naive.commit(ops.clone()).unwrap();
                    journal.commit(ops).unwrap();
                }
                Act::Settle => {
                    journal.settle().unwrap();
                    prop_assert!(below.scan(&Scan::prefix(Tree::Waiting, [JOURNAL])).unwrap().items.is_empty());
                    prop_assert_eq!(shown(&below, &Scan::all(Tree::Documents)), shown(&naive, &Scan::all(Tree::Documents)));
                }
                Act::Open => {
                    let (again, spoilt) = open(&below);
                    prop_assert!(spoilt.is_empty());
                    journal = again;
                }
                Act::Damage(record) => {
                    // What stands in a journal hides it, and is put over it.
                    below.damage(Tree::Documents, &key(record));
                    if !journal.recent().contains_key(&key(record)) {
                        naive.damage(Tree::Documents, &key(record));
                    }
                }
            }
            let kept = journal.kept();
            prop_assert!(kept.keys.len() <= SMALL.journals && journal.recent().len() <= SMALL.records + SMALL.most);
            drop(kept);
            for record in 0..13 {
                let got = |store: &dyn Store| store.get(Tree::Documents, &key(record)).map_err(|error| error.to_string());
                prop_assert_eq!(got(&journal), got(&naive));
            }
            for scan in &scans {
                prop_assert_eq!(shown(&journal, scan), shown(&naive, scan));
                let page = |store: &dyn Store| store.scan(scan).map_err(|error| error.to_string());
                prop_assert_eq!(page(&journal), page(&naive));
            }
        }
        prop_assert_eq!(shown(&journal, &Scan::all(Tree::Entries)), shown(&naive, &Scan::all(Tree::Entries)));
    }
}

#[test]
fn records_of_a_damaged_journal_read_as_damaged_unless_a_later_one_has_them() {
    let below = MemoryStore::new();
    let commit = |journal: &Journal, seq: u64, records: &[u8]| {
        let put = |record: &u8| Op::put(Tree::Documents, key(*record), [seq as u8]);
        let ops = records.iter().map(put).chain([Op::put(Tree::Entries, entry_key(7, seq), [1])]);
        journal.commit(ops.collect()).unwrap();
    };
    let (journal, _) = open(&below);
    commit(&journal, 1, &[1, 2, 3]);
    commit(&journal, 2, &[3, 4]);
    let journals = below.scan(&Scan::prefix(Tree::Waiting, [JOURNAL])).unwrap().items;
    assert_eq!(journals.len(), 2);
    below.damage(Tree::Waiting, &journals[0].0);
    let (journal, spoilt) = open(&below);
    let written: Vec<_> = spoilt.iter().map(|spoilt| spoilt.written).collect();
    assert_eq!(written.iter().map(|of| (of.number, of.first, of.last)).collect::<Vec<_>>(), [(7, 1, 1)]);
    journal.spoil(&spoilt[0], BTreeSet::from([key(1), key(2), key(3)]));
    let values = |store: &dyn Store| {
        (1..5).map(|record| store.get(Tree::Documents, &key(record)).unwrap().unwrap()).collect::<Vec<_>>()
    };
    let expected: [Vec<u8>; 4] = [vec![], vec![], vec![2], vec![2]];
    assert_eq!(values(&journal), expected);
    // It stays so once the damaged journal is gone, until somebody writes the record anew.
    journal.settle().unwrap();
    assert_eq!(values(&open(&below).0), expected);
    commit(&journal, 3, &[1]);
    assert_eq!(journal.get(Tree::Documents, &key(1)).unwrap(), Some(vec![3]));
}

#[test]
fn a_commit_that_is_refused_leaves_everything_as_it_was() {
    let below = MemoryStore::new();
    let (journal, _) = open(&below);
    let put = |record: u8| Op::put(Tree::Documents, key(record), [1]);
    let entry = |seq| Op::put(Tree::Entries, entry_key(1, seq), [1]);
    journal.commit(vec![put(1), put(2), entry(1)]).unwrap();
    let too_large = Op::put(Tree::Entries, entry_key(1, 3), vec![0; crate::MAX_VALUE + 1]);
    let refused = journal.commit(vec![put(1), put(5), entry(2), too_large]);
    assert!(matches!(refused, Err(StoreError::TooLarge { .. })));
    assert_eq!(shown(&journal, &Scan::all(Tree::Documents)).len(), 2);
    assert_eq!(shown(&open(&below).0, &Scan::all(Tree::Documents)).len(), 2);
}
