//! A store with journals shows what one without shows, whatever arrives, is read, opened again and put in place.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use accord_core::DocumentId;
use accord_core::admission::ActorState;
use proptest::prelude::*;

use super::{Bounds, Journal};
use crate::logs::LogsError;
use crate::logs::arrivals::{Addition, Place, Stored};
use crate::logs::layout::{DOCUMENT_KEY, JOURNAL, Written, document_key, entry_key};
use crate::{MemoryStore, Op, Scan, Store, StoreError, Tree, walk};

const SMALL: Bounds = Bounds { fewest: 2, most: 6, records: 8, journals: 4, bytes: 300 };
const DOCUMENTS: u8 = 12;

#[derive(Debug, Clone)]
enum Act {
    /// From a log, about documents: each with how many entries, and whether one of them names its kind.
    Arrive(u32, BTreeMap<u8, (u8, bool)>),
    /// Somebody writes records anew, or takes them away.
    Write(BTreeMap<u8, bool>),
    Settle,
    Open,
    /// Damages what stands in the place of a record.
    Damage(u8),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let about = prop::collection::btree_map(0..DOCUMENTS, (1..40_u8, any::<bool>()), 0..8);
    let records = prop::collection::btree_map(0..DOCUMENTS, any::<bool>(), 1..4);
    let act = prop_oneof![
        12 => (0..3_u32, about).prop_map(|(log, about)| Act::Arrive(log, about)),
        2 => records.prop_map(Act::Write),
        1 => Just(Act::Settle),
        3 => Just(Act::Open),
        1 => (0..DOCUMENTS).prop_map(Act::Damage),
    ];
    prop::collection::vec(act, 1..30)
}

fn document(n: u8) -> DocumentId {
    DocumentId([n / 4, n, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, n])
}

fn key(n: u8) -> [u8; DOCUMENT_KEY] {
    document_key(&document(n), u32::from(n % 2))
}

fn open(store: &MemoryStore) -> Journal {
    let (journal, found) = Journal::open_with(Arc::new(store.clone()), SMALL).unwrap();
    journal.replay(found, |_| panic!("nothing is damaged")).unwrap();
    journal
}

fn scans() -> impl Strategy<Value = Scan> {
    let bound = (0..=DOCUMENTS, any::<bool>())
        .prop_map(|(n, longer)| if longer { [&key(n)[..], &[0]].concat() } else { key(n)[..17].to_vec() });
    (bound.clone(), prop::option::of(bound), any::<[bool; 2]>(), 1..9_usize, 1..200_usize).prop_map(
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

/// What entries of a log from `seq` on add to one document whose record is `stored`.
fn addition(stored: Stored, number: u32, n: u8, (count, names): (u8, bool), seq: &Cell<u64>) -> Addition {
    let mut addition = Addition::to(document(n), stored);
    for _ in 0..count {
        seq.set(seq.get() + 1);
        addition.seqs.push(seq.get());
        addition.stored.arrive(Place { number, seq: seq.get() });
    }
    if names {
        addition.kinds.push(format!("kind {}", seq.get() % 2));
        addition.stored.name(&addition.kinds[0]);
    }
    if count > 1 {
        addition.stored.set_actor(number, ActorState { generation: u32::from(count / 8), seq: seq.get() });
    }
    addition
}

proptest! {
    #[test]
    fn what_stands_in_journals_reads_as_if_it_stood_in_its_place(acts in acts(), scans in prop::collection::vec(scans(), 3)) {
        let (below, naive) = (MemoryStore::new(), MemoryStore::new());
        let mut journal = open(&below);
        let seq = Cell::new(0);
        for act in acts {
            match act {
                Act::Arrive(number, about) => {
                    // All of one space, as the entries of one log are.
                    let space = number % 2;
                    let first = seq.get() + 1;
                    let mut additions = Vec::new();
                    for (n, what) in about.into_iter().filter(|(n, _)| u32::from(n % 2) == space) {
                        // One whose record is damaged takes nothing in.
                        let Ok(stored) = journal.stored(&document(n), space) else { continue };
                        additions.push(addition(stored.unwrap_or_default(), number, n, what, &seq));
                    }
                    let put = |addition: &Addition| {
                        Op::put(Tree::Documents, document_key(&addition.document, space), addition.stored.to_bytes())
                    };
                    let entries: Vec<Op> = (first..=seq.get()).map(|seq| Op::put(Tree::Entries, entry_key(number, seq), [1])).collect();
                    naive.commit(additions.iter().map(put).chain(entries.clone()).collect()).unwrap();
                    journal.add(&Written { number, first, last: seq.get() }, space, additions, entries).unwrap();
                }
                Act::Write(records) => {
                    let op = |(n, stays): (u8, bool)| match stays {
                        true => Op::put(Tree::Documents, key(n), addition(Stored::default(), 9, n, (2, true), &seq).stored.to_bytes()),
                        false => Op::delete(Tree::Documents, key(n)),
                    };
                    let ops: Vec<Op> = records.into_iter().map(op).collect();
                    naive.commit(ops.clone()).unwrap();
                    journal.commit(ops).unwrap();
                }
                Act::Settle => {
                    journal.settle().unwrap();
                    prop_assert!(below.scan(&Scan::prefix(Tree::Waiting, [JOURNAL])).unwrap().items.is_empty());
                    prop_assert_eq!(shown(&below, &Scan::all(Tree::Documents)), shown(&naive, &Scan::all(Tree::Documents)));
                }
                Act::Open => journal = open(&below),
                Act::Damage(n) => {
                    // What stands in a journal hides it, and is put over it.
                    below.damage(Tree::Documents, &key(n));
                    if !journal.recent().contains_key(&key(n)) {
                        naive.damage(Tree::Documents, &key(n));
                    }
                }
            }
            prop_assert!(journal.kept().keys.len() <= SMALL.journals && journal.recent().len() <= SMALL.records);
            for n in 0..DOCUMENTS {
                let got = |store: &dyn Store| store.get(Tree::Documents, &key(n)).map_err(|error| error.to_string());
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

/// Commits that entries `seq` are about these documents of space 1, one entry each.
fn arrive(journal: &Journal, seq: u64, about: &[u8]) -> Result<(), StoreError> {
    let at = Cell::new(seq - 1);
    let of = |n: &u8| {
        let stored = journal.stored(&document(*n), 1).unwrap().unwrap_or_default();
        addition(stored, 7, *n, (1, true), &at)
    };
    let additions: Vec<Addition> = about.iter().map(of).collect();
    let written = Written { number: 7, first: seq, last: at.get() };
    journal.add(&written, 1, additions, vec![Op::put(Tree::Entries, entry_key(7, seq), [1])])
}

fn is_known(journal: &Journal, n: u8) -> bool {
    let record = journal.stored(&document(n), 1);
    assert!(matches!(record, Ok(Some(_)) | Err(LogsError::Store(StoreError::Damaged { .. }))), "{record:?}");
    record.is_ok()
}

#[test]
fn records_of_a_damaged_journal_read_as_damaged_until_they_are_written_anew() {
    let below = MemoryStore::new();
    let journal = open(&below);
    arrive(&journal, 1, &[1, 3]).unwrap();
    arrive(&journal, 11, &[3, 5, 7]).unwrap();
    arrive(&journal, 21, &[5, 9, 11]).unwrap();
    let journals = below.scan(&Scan::prefix(Tree::Waiting, [JOURNAL])).unwrap().items;
    assert_eq!(journals.len(), 3);
    below.damage(Tree::Waiting, &journals[1].0);
    let again = || {
        let (journal, found) = Journal::open_with(Arc::new(below.clone()), SMALL).unwrap();
        // What the entries say; of one it cannot be read.
        let about = |written: &Written| {
            assert_eq!((written.number, written.first, written.last), (7, 11, 13));
            Ok(BTreeSet::from([3, 7].map(|n| document_key(&document(n), 1))))
        };
        journal.replay(found, about).unwrap();
        journal
    };
    let known = |journal: &Journal| [1, 3, 5, 7, 9, 11].map(|n| is_known(journal, n));
    let journal = again();
    // What an earlier journal says of the third is not all, and what a later one adds to the fifth is to something unknown.
    assert_eq!(known(&journal), [true, false, false, false, true, true]);
    // It stays so once the journals are gone, until somebody writes the records anew.
    journal.settle().unwrap();
    assert_eq!(known(&journal), [true, false, false, false, true, true]);
    assert_eq!(known(&open(&below)), [true, false, false, false, true, true]);
    let anew = Op::put(Tree::Documents, document_key(&document(3), 1), Stored::default().to_bytes());
    journal.commit(vec![anew]).unwrap();
    assert!(is_known(&journal, 3));
}

#[test]
fn a_commit_that_is_refused_leaves_everything_as_it_was() {
    let below = MemoryStore::new();
    let journal = open(&below);
    arrive(&journal, 1, &[1, 3]).unwrap();
    let shows = |journal: &Journal| shown(journal, &Scan::all(Tree::Documents));
    let before = shows(&journal);
    let stored = |n| addition(Stored::default(), 7, n, (1, true), &Cell::new(4));
    let too_large = Op::put(Tree::Entries, entry_key(7, 5), vec![0; crate::MAX_VALUE + 1]);
    let written = Written { number: 7, first: 5, last: 5 };
    let refused = journal.add(&written, 1, vec![stored(5), stored(7)], vec![too_large]);
    assert!(matches!(refused, Err(StoreError::TooLarge { .. })));
    assert_eq!(shows(&journal), before);
    assert_eq!(shows(&open(&below)), before);
}
