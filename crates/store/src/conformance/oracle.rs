//! Random operations, compared with the plainest model that could be right.

use std::collections::BTreeMap;

use super::bytes;
use crate::{Op, Scan, Store, Tree};

/// Something to do to a store and to the model alike.
#[derive(Debug, Clone)]
pub enum Action {
    /// One commit of puts (with a length) and deletes.
    Commit(Vec<(Tree, Vec<u8>, Option<usize>)>),
    /// Read one key.
    Get(Tree, Vec<u8>),
    /// Read a whole range, page by page.
    Scan(Scan),
    /// Close and open again.
    Reopen,
}

/// A store beside its model.
pub struct Oracle<O> {
    open: O,
    store: Option<Box<dyn Store>>,
    model: BTreeMap<(Tree, Vec<u8>), Vec<u8>>,
    commits: u64,
}

impl<O: Fn() -> Box<dyn Store>> Oracle<O> {
    /// An empty model beside the empty store that `open` opens.
    pub fn new(open: O) -> Self {
        let store = Some(open());
        Oracle { open, store, model: BTreeMap::new(), commits: 0 }
    }

    /// Does one thing to both; panics where they differ.
    pub fn apply(&mut self, action: &Action) {
        match action {
            Action::Commit(writes) => self.commit(writes),
            Action::Get(tree, key) => {
                let expected = self.model.get(&(*tree, key.clone()));
                let found = self.store().get(*tree, key).expect("the key can be read");
                assert!(found.as_ref() == expected, "{tree} {key:?}");
            }
            Action::Scan(scan) => self.scan(scan),
            Action::Reopen => {
                self.store = None;
                self.store = Some((self.open)());
            }
        }
    }

    fn store(&self) -> &dyn Store {
        self.store.as_deref().expect("the store is open between actions")
    }

    fn commit(&mut self, writes: &[(Tree, Vec<u8>, Option<usize>)]) {
        self.commits += 1;
        let mut ops = Vec::new();
        for (at, (tree, key, len)) in writes.iter().enumerate() {
            match len {
                Some(len) => {
                    let value = bytes(self.commits << 16 | at as u64, *len);
                    ops.push(Op::put(*tree, key.clone(), value.clone()));
                    self.model.insert((*tree, key.clone()), value);
                }
                None => {
                    ops.push(Op::delete(*tree, key.clone()));
                    self.model.remove(&(*tree, key.clone()));
                }
            }
        }
        self.store().commit(ops).expect("the commit succeeds");
    }

    fn scan(&self, scan: &Scan) {
        let inside = |key: &Vec<u8>| *key >= scan.start && scan.end.as_ref().is_none_or(|end| key < end);
        let items = self.model.iter().filter(|((tree, key), _)| *tree == scan.tree && inside(key));
        let mut expected: Vec<_> = items.map(|((_, key), value)| (key.clone(), value.clone())).collect();
        if scan.reverse {
            expected.reverse();
        }
        let mut found = Vec::new();
        let mut rest = scan.clone();
        loop {
            let page = self.store().scan(&rest).expect("the page can be read");
            found.extend(page.items);
            match page.next {
                Some(next) => rest = rest.resume(next),
                None => break,
            }
        }
        assert!(found == expected, "{scan:?} found {} items of {}", found.len(), expected.len());
    }
}
