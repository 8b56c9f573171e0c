//! Several threads at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::{Backend, bytes, commit, get};
use crate::{Op, Scan, Store, StoreError, Tree};

pub(super) fn concurrent_commits_all_arrive(backend: &dyn Backend) {
    const THREADS: u8 = 6;
    const EACH: u8 = 25;
    let check = |store: &dyn Store| {
        for writer in 0..THREADS {
            for n in 0..EACH {
                let expected = Some(bytes(u64::from(n), usize::from(n) * 400));
                assert!(get(store, Tree::Entries, &[writer, n]) == expected, "commit {n} of writer {writer}");
            }
            assert_eq!(get(store, Tree::Heads, &[writer]), Some(vec![EACH - 1]));
        }
    };
    let store = backend.open();
    thread::scope(|scope| {
        for writer in 0..THREADS {
            let store = &store;
            scope.spawn(move || {
                for n in 0..EACH {
                    let value = bytes(u64::from(n), usize::from(n) * 400);
                    let entry = Op::put(Tree::Entries, [writer, n], value);
                    commit(&**store, vec![entry, Op::put(Tree::Heads, [writer], [n])]);
                    assert_eq!(
                        get(&**store, Tree::Heads, &[writer]),
                        Some(vec![n]),
                        "own writes are visible"
                    );
                    if n == EACH / 2 {
                        let refused = store.commit(vec![Op::put(Tree::Meta, vec![0; 5000], "")]);
                        assert!(matches!(refused, Err(StoreError::TooLarge { .. })), "an answer of its own");
                    }
                }
            });
        }
    });
    check(&*store);
    drop(store);
    check(&*backend.open());
}

/// Commits that rewrite a whole tree while others read it: every page must be of one commit.
pub(super) fn no_page_shows_part_of_a_commit(backend: &dyn Backend) {
    const KEYS: u8 = 40;
    let store = backend.open();
    let rewrite = |round: u8| -> Vec<Op> {
        // Sizes on both sides of what fits into one record, and keys that come and go.
        let size = if round.is_multiple_of(2) { 5000 } else { 50 };
        let gone = |key: u8| (key + round).is_multiple_of(7);
        (0..KEYS)
            .map(|key| match gone(key) {
                true => Op::delete(Tree::Documents, [key]),
                false => Op::put(Tree::Documents, [key], vec![round; size]),
            })
            .chain([Op::put(Tree::Documents, [KEYS], vec![round; size])])
            .collect()
    };
    commit(&*store, rewrite(0));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for reverse in [false, true] {
            let (store, done) = (&store, &done);
            scope.spawn(move || {
                let scan = Scan { reverse, ..Scan::all(Tree::Documents) };
                while !done.load(Ordering::Relaxed) {
                    let page = store.scan(&scan).expect("a page while others write");
                    let round = page.items[0].1[0];
                    let present = (0..KEYS).filter(|key| !(key + round).is_multiple_of(7)).count() + 1;
                    assert_eq!(page.items.len(), present, "round {round}");
                    assert!(page.items.iter().all(|(_, value)| value.iter().all(|byte| *byte == round)));
                }
            });
        }
        for round in 1..60 {
            commit(&*store, rewrite(round));
        }
        done.store(true, Ordering::Relaxed);
    });
}
