//! Pages of a tree.

use super::{Backend, bytes, commit};
use crate::{Op, Page, Scan, Store, StoreError, Tree};

/// All pages of a walk as one, with a check that each keeps to the limits.
fn walk(store: &dyn Store, mut scan: Scan) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut all = Vec::new();
    loop {
        let Page { items, next } = store.scan(&scan).expect("the page can be read");
        assert!(items.len() <= scan.max_items.max(1));
        assert!(!items.is_empty() || next.is_none(), "a page that goes on shows something");
        let before_last: usize = items.iter().rev().skip(1).map(|(key, value)| key.len() + value.len()).sum();
        assert!(
            items.len() < 2 || before_last < scan.max_bytes,
            "a page goes beyond its bytes by one item only"
        );
        all.extend(items);
        match next {
            Some(next) => scan = scan.resume(next),
            None => return all,
        }
    }
}

fn keys(items: &[(Vec<u8>, Vec<u8>)]) -> Vec<&[u8]> {
    items.iter().map(|(key, _)| key.as_slice()).collect()
}

pub(super) fn order_and_ranges(backend: &dyn Backend) {
    let store = backend.open();
    assert_eq!(store.scan(&Scan::all(Tree::Heads)).expect("an empty tree can be read"), Page::default());
    let put = |key: &str| Op::put(Tree::Heads, key, format!("value of {key}"));
    commit(&*store, ["d", "a", "c", "b", "ab"].map(put).to_vec());
    commit(&*store, vec![Op::put(Tree::Meta, "other tree", "")]);
    let found = |scan: Scan| keys(&walk(&*store, scan)).concat();
    assert_eq!(found(Scan::all(Tree::Heads)), b"aabbcd");
    assert_eq!(found(Scan::all(Tree::Heads).reversed()), b"dcbaba");
    assert_eq!(found(Scan::range(Tree::Heads, "ab", "c")), b"abb", "the start is in, the end is not");
    assert_eq!(found(Scan::range(Tree::Heads, "ab", "c").reversed()), b"bab");
    assert_eq!(found(Scan::range(Tree::Heads, "aa", "zz")), b"abbcd", "the ends need not exist");
    assert_eq!(found(Scan::range(Tree::Heads, "c", "c")), b"");
    assert_eq!(found(Scan::range(Tree::Heads, "d", "a")), b"", "an upside-down range is empty");
    assert_eq!(found(Scan::range(Tree::Heads, "d", "a").reversed()), b"");
    let page = store.scan(&Scan::all(Tree::Heads)).expect("the page can be read");
    assert_eq!(page.items[0], (b"a".to_vec(), b"value of a".to_vec()));
}

pub(super) fn prefixes(backend: &dyn Backend) {
    let store = backend.open();
    let all: [&[u8]; 9] =
        [b"", b"a", b"ab", b"ab\0", b"ab\xff", b"ab\xff\xff", b"ac", b"\xff", b"\xff\xff\x01"];
    commit(&*store, all.iter().map(|key| Op::put(Tree::Forks, *key, "")).collect());
    for prefix in [&b""[..], b"a", b"ab", b"ab\xff", b"\xff", b"\xff\xff", b"b"] {
        let mut expected: Vec<&[u8]> = all.iter().copied().filter(|key| key.starts_with(prefix)).collect();
        expected.sort_unstable();
        let scan = Scan::prefix(Tree::Forks, prefix).items(2);
        assert_eq!(keys(&walk(&*store, scan.clone())), expected, "prefix {prefix:?}");
        expected.reverse();
        assert_eq!(keys(&walk(&*store, scan.reversed())), expected, "prefix {prefix:?} reversed");
    }
}

pub(super) fn pages_in_both_directions(backend: &dyn Backend) {
    let store = backend.open();
    let item = |n: u32| (n.to_be_bytes().to_vec(), bytes(u64::from(n), (n % 97) as usize));
    let mut all: Vec<_> = (0..1000).map(item).collect();
    let put = |(key, value): &(Vec<u8>, Vec<u8>)| Op::put(Tree::Entries, key.clone(), value.clone());
    commit(&*store, all.iter().map(put).collect());
    for reverse in [false, true] {
        for (items, max_bytes) in
            [(1, 1 << 20), (7, 1 << 20), (1000, 300), (0, 0), (1000, usize::MAX), (999, 1 << 20)]
        {
            let scan = Scan { reverse, ..Scan::all(Tree::Entries) }.items(items).bytes(max_bytes);
            assert!(
                walk(&*store, scan) == all,
                "pages of {items} items and {max_bytes} bytes, reverse {reverse}"
            );
        }
        all.reverse();
    }
    let exact = store.scan(&Scan::all(Tree::Entries).items(1000).bytes(usize::MAX)).expect("a page");
    assert_eq!(exact.next, None, "a page that just fits is the last");
}

pub(super) fn big_values_are_whole_and_their_parts_invisible(backend: &dyn Backend) {
    let store = backend.open();
    let all: Vec<_> = (0..20u8).map(|n| (vec![n], bytes(u64::from(n), usize::from(n) * 2000))).collect();
    commit(
        &*store,
        all.iter().map(|(key, value)| Op::put(Tree::Snapshots, key.clone(), value.clone())).collect(),
    );
    assert!(walk(&*store, Scan::all(Tree::Snapshots)) == all);
    assert!(walk(&*store, Scan::all(Tree::Snapshots).bytes(5000)) == all);
    for tree in Tree::ALL.into_iter().filter(|tree| *tree != Tree::Snapshots) {
        assert!(walk(&*store, Scan::all(tree)).is_empty(), "{tree} shows what is not its own");
    }
}

pub(super) fn a_page_ends_before_damage(backend: &dyn Backend) {
    let store = backend.open();
    commit(&*store, ["a", "b", "c"].map(|key| Op::put(Tree::Entries, key, bytes(1, 5000))).to_vec());
    drop(store);
    backend.damage(Tree::Entries, b"b");
    let store = backend.open();
    let page = store.scan(&Scan::all(Tree::Entries)).expect("what is before the damage can be read");
    assert_eq!((keys(&page.items), page.next.clone()), (vec![&b"a"[..]], Some(b"b".to_vec())));
    let on = Scan::all(Tree::Entries).resume(b"b".to_vec());
    assert!(matches!(store.scan(&on), Err(StoreError::Damaged { key, .. }) if key == b"b"));
    let beyond = Scan::all(Tree::Entries).resume(b"b\0".to_vec());
    assert_eq!(keys(&walk(&*store, beyond)), [b"c"]);
}

pub(super) fn keys_alone_are_shown_over_damage(backend: &dyn Backend) {
    let store = backend.open();
    commit(&*store, ["a", "b", "c", "d"].map(|key| Op::put(Tree::Entries, key, bytes(1, 9000))).to_vec());
    drop(store);
    backend.damage(Tree::Entries, b"b");
    let store = backend.open();
    commit(&*store, vec![Op::delete(Tree::Entries, "c")]);
    for reverse in [false, true] {
        let mut expected =
            vec![(b"a".to_vec(), Vec::new()), (b"b".to_vec(), Vec::new()), (b"d".to_vec(), Vec::new())];
        if reverse {
            expected.reverse();
        }
        let scan = Scan { reverse, ..Scan::all(Tree::Entries) }.keys();
        assert_eq!(walk(&*store, scan.clone()), expected);
        assert_eq!(walk(&*store, scan.items(1)), expected);
    }
}
