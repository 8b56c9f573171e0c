//! Values of every size, above all around the sizes at which a backend stores them differently.

use super::{Backend, bytes, commit, get};
use crate::{Op, Tree};

/// Around one record and around whole chunks, with and without what a backend puts before the value.
const SIZES: [usize; 20] = [
    0,
    1,
    4078,
    4079,
    4080,
    4095,
    4096,
    4097,
    8157,
    8158,
    8175,
    8176,
    8191,
    8192,
    8193,
    12_288,
    65_536,
    131_073,
    1 << 20,
    2 << 20,
];

pub(super) fn every_size_comes_back(backend: &dyn Backend) {
    let store = backend.open();
    for len in SIZES {
        commit(&*store, vec![Op::put(Tree::Documents, len.to_be_bytes(), bytes(1, len))]);
        assert_eq!(get(&*store, Tree::Documents, &len.to_be_bytes()), Some(bytes(1, len)), "{len} bytes");
    }
    drop(store);
    let store = backend.open();
    for len in SIZES {
        let found = get(&*store, Tree::Documents, &len.to_be_bytes());
        assert!(found == Some(bytes(1, len)), "{len} bytes after reopening");
    }
}

pub(super) fn big_and_small_overwrite_each_other(backend: &dyn Backend) {
    let store = backend.open();
    for (round, len) in [20_000, 10, 4097, 100_000, 4079, 8193, 8192, 0, 5000].into_iter().enumerate() {
        let value = bytes(round as u64, len);
        commit(&*store, vec![Op::put(Tree::Documents, "key", value.clone())]);
        assert_eq!(get(&*store, Tree::Documents, b"key"), Some(value), "round {round}");
    }
    commit(&*store, vec![Op::delete(Tree::Documents, "key")]);
    assert_eq!(get(&*store, Tree::Documents, b"key"), None);
    // Had the delete left parts behind, a shorter value would now be found with a longer one's end.
    commit(&*store, vec![Op::put(Tree::Documents, "key", bytes(99, 4500))]);
    drop(store);
    assert_eq!(get(&*backend.open(), Tree::Documents, b"key"), Some(bytes(99, 4500)));
}

pub(super) fn keys_that_resemble_each_other_keep_their_parts_apart(backend: &dyn Backend) {
    let store = backend.open();
    let keys: [&[u8]; 8] =
        [b"", b"\0", b"\0\0\0\0", b"a", b"a\0\0\0\0", b"a\0\0\0\x01", b"a\0\0\0\0\0\0\0\0", b"\xff\xff"];
    let value = |at: usize| bytes(at as u64, 9000 + at);
    commit(&*store, keys.iter().enumerate().map(|(at, key)| Op::put(Tree::Peers, *key, value(at))).collect());
    for (at, key) in keys.iter().enumerate().step_by(2) {
        assert_eq!(get(&*store, Tree::Peers, key), Some(value(at)), "{key:?}");
        commit(&*store, vec![Op::delete(Tree::Peers, *key)]);
    }
    for (at, key) in keys.iter().enumerate() {
        let expected = (at % 2 == 1).then(|| value(at));
        assert_eq!(get(&*store, Tree::Peers, key), expected, "{key:?} after deleting its neighbours");
    }
}
