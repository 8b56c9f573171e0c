//! A store in memory, for tests and for the simulation, which can lose what was not yet synced.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::scan::PageBuilder;
use crate::{Op, Page, Scan, Store, StoreError, Tree, limits};

/// A store that lives in memory. Clones share one content.
///
/// Made with [`MemoryStore::deferred`] it is a disk with a volatile cache: a commit is visible at once and durable
/// only after [`MemoryStore::sync`]; until then [`MemoryStore::crash`] loses it. A driver that is simulated on it
/// must acknowledge nothing before the sync.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    state: Arc<Mutex<State>>,
    deferred: bool,
}

/// Names a commit of a deferred store, in the order of the commits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Token(u64);

/// The writes of one commit.
type Cells = Vec<(Tree, Vec<u8>, Option<Cell>)>;
type Image = BTreeMap<Tree, BTreeMap<Vec<u8>, Cell>>;

/// A value, shared by both images, or what damage made of it.
#[derive(Debug, Clone)]
enum Cell {
    Value(Arc<[u8]>),
    Damaged,
}

#[derive(Debug, Default)]
struct State {
    /// What reads show.
    volatile: Image,
    /// What survives a crash.
    durable: Image,
    /// Commits that are in `volatile` only, oldest first.
    unsynced: Vec<(Token, Cells)>,
    last: Token,
}

impl MemoryStore {
    /// An empty store whose commits are durable at once.
    pub fn new() -> MemoryStore {
        MemoryStore::default()
    }

    /// An empty store whose commits wait for [`MemoryStore::sync`].
    pub fn deferred() -> MemoryStore {
        MemoryStore { deferred: true, ..MemoryStore::default() }
    }

    /// Commits and says which token [`MemoryStore::sync`] needs to make this commit, and all before it, durable.
    pub fn submit(&self, ops: Vec<Op>) -> Result<Token, StoreError> {
        limits::check(&ops)?;
        let mut state = self.state();
        let cells: Cells = ops
            .into_iter()
            .map(|op| match op {
                Op::Put { tree, key, value } => (tree, key, Some(Cell::Value(value.into()))),
                Op::Delete { tree, key } => (tree, key, None),
            })
            .collect();
        state.last = Token(state.last.0 + 1);
        let token = state.last;
        write(&mut state.volatile, &cells);
        state.unsynced.push((token, cells));
        if !self.deferred {
            state.sync(token);
        }
        Ok(token)
    }

    /// The newest commit, synced or not.
    pub fn last(&self) -> Token {
        self.state().last
    }

    /// Makes the commits up to `upto` durable.
    pub fn sync(&self, upto: Token) {
        self.state().sync(upto);
    }

    /// What a machine finds after a crash: a store of its own with only what was durable. A crash that kept some
    /// of the unsynced commits is a [`MemoryStore::sync`] up to one of them, and then this.
    #[must_use]
    pub fn crash(&self) -> MemoryStore {
        let state = self.state();
        let image = state.durable.clone();
        let after = State { volatile: image.clone(), durable: image, unsynced: Vec::new(), last: state.last };
        MemoryStore { state: Arc::new(Mutex::new(after)), deferred: self.deferred }
    }

    /// Damages a stored value, as a failing disk would: reading it fails until it is written again.
    pub fn damage(&self, tree: Tree, key: &[u8]) {
        let mut guard = self.state();
        let state = &mut *guard;
        for image in [&mut state.volatile, &mut state.durable] {
            if let Some(cell) = image.entry(tree).or_default().get_mut(key) {
                *cell = Cell::Damaged;
            }
        }
    }

    /// No code of this crate panics while it holds the lock, so a poisoned state is whole all the same.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn sync(&mut self, upto: Token) {
        let kept = self.unsynced.partition_point(|(token, _)| *token <= upto);
        for (_, cells) in self.unsynced.drain(..kept) {
            write(&mut self.durable, &cells);
        }
    }
}

fn write(image: &mut Image, cells: &[(Tree, Vec<u8>, Option<Cell>)]) {
    for (tree, key, cell) in cells {
        let keys = image.entry(*tree).or_default();
        match cell {
            Some(cell) => keys.insert(key.clone(), cell.clone()),
            None => keys.remove(key),
        };
    }
}

impl Cell {
    fn read(&self, tree: Tree, key: &[u8]) -> Result<Vec<u8>, StoreError> {
        match self {
            Cell::Value(value) => Ok(value.to_vec()),
            Cell::Damaged => Err(StoreError::Damaged { tree, key: key.to_vec() }),
        }
    }
}

impl Store for MemoryStore {
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let state = self.state();
        let cell = state.volatile.get(&tree).and_then(|keys| keys.get(key));
        cell.map(|cell| cell.read(tree, key)).transpose()
    }

    fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        let mut page = PageBuilder::new(scan);
        let state = self.state();
        let Some(keys) = state.volatile.get(&scan.tree).filter(|_| !scan.is_empty()) else {
            return Ok(page.finish());
        };
        let range = keys.range::<[u8], (Bound<&[u8]>, Bound<&[u8]>)>(scan.bounds());
        let walk: Box<dyn Iterator<Item = (&Vec<u8>, &Cell)>> =
            if scan.reverse { Box::new(range.rev()) } else { Box::new(range) };
        for (key, cell) in walk {
            if page.is_full_at(key) {
                break;
            }
            match cell {
                _ if scan.keys_only => page.push(key.clone(), Vec::new()),
                Cell::Value(value) => page.push(key.clone(), value.to_vec()),
                Cell::Damaged => return page.damaged_at(key.clone()),
            }
        }
        Ok(page.finish())
    }

    fn commit(&self, ops: Vec<Op>) -> Result<(), StoreError> {
        self.submit(ops).map(|_| ())
    }

    fn maintain(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(value: u8) -> Vec<Op> {
        vec![Op::put(Tree::Heads, "log", [value]), Op::put(Tree::Entries, [value], "entry")]
    }

    #[test]
    fn a_crash_keeps_what_was_synced_and_loses_the_rest_whole() {
        let store = MemoryStore::deferred();
        let first = store.submit(put(1)).unwrap();
        store.commit(put(2)).unwrap();
        assert_eq!(store.get(Tree::Heads, b"log").unwrap(), Some(vec![2]), "visible before it is durable");
        store.sync(first);
        let after = store.crash();
        assert_eq!(after.get(Tree::Heads, b"log").unwrap(), Some(vec![1]));
        assert_eq!(after.get(Tree::Entries, &[2]).unwrap(), None);
        store.sync(store.last());
        assert_eq!(store.crash().get(Tree::Heads, b"log").unwrap(), Some(vec![2]));
    }

    #[test]
    fn what_happens_after_a_crash_does_not_touch_the_machine_that_crashed() {
        let store = MemoryStore::new();
        store.commit(put(1)).unwrap();
        let after = store.crash();
        after.commit(put(9)).unwrap();
        assert_eq!(store.get(Tree::Heads, b"log").unwrap(), Some(vec![1]));
    }
}
