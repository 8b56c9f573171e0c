//! Single keys.

use super::{Backend, bytes, commit, get};
use crate::{MAX_COMMIT_OPS, MAX_KEY, MAX_VALUE, Op, StoreError, Tree};

pub(super) fn put_get_delete(backend: &dyn Backend) {
    let store = backend.open();
    assert_eq!(get(&*store, Tree::Meta, b"key"), None);
    commit(&*store, vec![Op::put(Tree::Meta, "key", "one"), Op::put(Tree::Meta, "", "the empty key")]);
    assert_eq!(get(&*store, Tree::Meta, b"key"), Some(b"one".to_vec()));
    assert_eq!(get(&*store, Tree::Meta, b""), Some(b"the empty key".to_vec()));
    commit(&*store, vec![Op::put(Tree::Meta, "key", "two")]);
    store.maintain().expect("a healthy store can be maintained");
    drop(store);
    let store = backend.open();
    assert_eq!(get(&*store, Tree::Meta, b"key"), Some(b"two".to_vec()), "after reopening");
    commit(&*store, vec![Op::delete(Tree::Meta, "key"), Op::delete(Tree::Meta, "never there")]);
    assert_eq!(get(&*store, Tree::Meta, b"key"), None);
    drop(store);
    assert_eq!(get(&*backend.open(), Tree::Meta, b"key"), None, "deleted after reopening");
}

pub(super) fn later_operations_win(backend: &dyn Backend) {
    let store = backend.open();
    let big = bytes(1, 10_000);
    commit(
        &*store,
        vec![
            Op::put(Tree::Heads, "a", big.clone()),
            Op::put(Tree::Heads, "a", "small"),
            Op::put(Tree::Heads, "b", "gone"),
            Op::delete(Tree::Heads, "b"),
            Op::delete(Tree::Heads, "c"),
            Op::put(Tree::Heads, "c", big.clone()),
        ],
    );
    assert_eq!(get(&*store, Tree::Heads, b"a"), Some(b"small".to_vec()));
    assert_eq!(get(&*store, Tree::Heads, b"b"), None);
    assert_eq!(get(&*store, Tree::Heads, b"c"), Some(big));
    commit(&*store, Vec::new());
}

pub(super) fn trees_do_not_share_keys(backend: &dyn Backend) {
    let store = backend.open();
    let value = |tree: Tree| [tree.name().as_bytes(), &bytes(2, 5000)].concat();
    commit(&*store, Tree::ALL.map(|tree| Op::put(tree, "key", value(tree))).to_vec());
    for tree in Tree::ALL {
        assert_eq!(get(&*store, tree, b"key"), Some(value(tree)), "{tree}");
    }
    commit(&*store, vec![Op::delete(Tree::Entries, "key")]);
    for tree in Tree::ALL.into_iter().filter(|tree| *tree != Tree::Entries) {
        assert_eq!(get(&*store, tree, b"key"), Some(value(tree)), "{tree} after another's delete");
    }
}

pub(super) fn limits_are_refused_before_anything_is_written(backend: &dyn Backend) {
    let store = backend.open();
    let good = || Op::put(Tree::Meta, "good", "value");
    let beyond = [
        vec![good(), Op::put(Tree::Meta, vec![0; MAX_KEY + 1], "")],
        vec![good(), Op::put(Tree::Meta, "key", vec![0; MAX_VALUE + 1])],
        std::iter::repeat_with(good).take(MAX_COMMIT_OPS + 1).collect(),
        (0..5u8).map(|n| Op::put(Tree::Meta, [n], vec![0; MAX_VALUE])).collect(),
    ];
    for ops in beyond {
        assert!(matches!(store.commit(ops), Err(StoreError::TooLarge { .. })));
    }
    assert_eq!(get(&*store, Tree::Meta, b"good"), None);
    commit(&*store, vec![Op::put(Tree::Meta, vec![0; MAX_KEY], vec![1; MAX_VALUE])]);
    assert_eq!(get(&*store, Tree::Meta, &[0; MAX_KEY]), Some(vec![1; MAX_VALUE]), "at the limits");
}

pub(super) fn damage_is_detected_and_can_be_overwritten(backend: &dyn Backend) {
    for len in [1, 9000] {
        let store = backend.open();
        let (bad, good) = (bytes(3, len), bytes(4, len));
        commit(
            &*store,
            vec![Op::put(Tree::Entries, "bad", bad), Op::put(Tree::Entries, "good", good.clone())],
        );
        drop(store);
        backend.damage(Tree::Entries, b"bad");
        let store = backend.open();
        match store.get(Tree::Entries, b"bad") {
            Err(StoreError::Damaged { tree: Tree::Entries, key }) => assert_eq!(key, b"bad"),
            Err(other) => panic!("damage of {len} bytes was taken for something else: {other}"),
            Ok(found) => panic!("damage of {len} bytes went unnoticed: {:?} bytes", found.map(|v| v.len())),
        }
        assert_eq!(get(&*store, Tree::Entries, b"good"), Some(good.clone()));
        commit(&*store, vec![Op::put(Tree::Entries, "bad", good.clone())]);
        assert_eq!(get(&*store, Tree::Entries, b"bad"), Some(good));
        commit(&*store, vec![Op::delete(Tree::Entries, "bad")]);
        assert_eq!(get(&*store, Tree::Entries, b"bad"), None);
    }
}
