//! What reads show instead of the engine while a commit is on its way to the disk.
//!
//! The engine shows a transaction as soon as it is in memory, and goes on showing it if the disk then refuses it.
//! Nobody may see an entry that a power cut could still take back, so the writer first puts the *old* values of
//! everything it is about to change here, and takes them away once the change is durable. If that fails they stay,
//! and reads go on showing what is on the disk. The same mask makes a page consistent: engine iterators are no
//! snapshots, but what is not masked does not change while a reader holds the overlay.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::ops::Bound;

use super::engine::{Engine, Stored, Walk};
use crate::scan::PageBuilder;
use crate::{Page, Scan, StoreError, Tree};

/// The old values of the keys that are being written.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    old: BTreeMap<Tree, BTreeMap<Vec<u8>, Stored>>,
}

impl Overlay {
    /// Notes what reads of a key have to show.
    pub(super) fn mask(&mut self, tree: Tree, key: Vec<u8>, old: Stored) {
        self.old.entry(tree).or_default().insert(key, old);
    }

    /// What a read of a key shows.
    pub(super) fn get(&self, engine: &Engine, tree: Tree, key: &[u8]) -> Result<Stored, StoreError> {
        match self.old.get(&tree).and_then(|keys| keys.get(key)) {
            Some(old) => Ok(old.clone()),
            None => Ok(engine.read(tree, key)?.0),
        }
    }

    /// One page: the engine's keys and the masked ones, merged in order.
    pub(super) fn scan(&self, engine: &Engine, scan: &Scan) -> Result<Page, StoreError> {
        let mut page = PageBuilder::new(scan);
        if scan.is_empty() {
            return Ok(page.finish());
        }
        let mut walk = Merged {
            engine: engine.walk(scan).peekable(),
            masked: self.masked(scan).peekable(),
            reverse: scan.reverse,
        };
        while let Some((key, source)) = walk.next_key()? {
            let absent = matches!(source, Source::Masked(Stored::Absent));
            if !absent && page.is_full_at(&key) {
                break;
            }
            let stored = match source {
                Source::Masked(Stored::Absent) => Stored::Absent,
                _ if scan.keys_only => Stored::Value(Vec::new()),
                Source::Masked(old) => old.clone(),
                Source::Engine(raw) => engine.assemble(scan.tree, &key, &raw)?.0,
            };
            match stored {
                Stored::Absent => {}
                Stored::Value(value) => page.push(key, value),
                Stored::Damaged => return page.damaged_at(key),
            }
        }
        Ok(page.finish())
    }

    fn masked<'a>(&'a self, scan: &'a Scan) -> MaskedWalk<'a> {
        let Some(keys) = self.old.get(&scan.tree) else {
            return Box::new(std::iter::empty());
        };
        let range = keys.range::<[u8], (Bound<&[u8]>, Bound<&[u8]>)>(scan.bounds());
        if scan.reverse { Box::new(range.rev()) } else { Box::new(range) }
    }
}

/// Where a key of the walk has its value from.
enum Source<'a> {
    Engine(sled::IVec),
    Masked(&'a Stored),
}

type MaskedWalk<'a> = Box<dyn Iterator<Item = (&'a Vec<u8>, &'a Stored)> + 'a>;

/// Both walks as one; where both have a key, the mask wins.
struct Merged<'a> {
    engine: Peekable<Walk<'a>>,
    masked: Peekable<MaskedWalk<'a>>,
    reverse: bool,
}

impl<'a> Merged<'a> {
    fn next_key(&mut self) -> Result<Option<(Vec<u8>, Source<'a>)>, StoreError> {
        let masked_is_next = match (self.engine.peek(), self.masked.peek()) {
            (Some(Ok((key, _))), Some((old, _))) => {
                let order = old.as_slice().cmp(key);
                if order.is_eq() {
                    self.engine.next();
                }
                if self.reverse { order.is_ge() } else { order.is_le() }
            }
            (Some(_), _) => false,
            (None, _) => true,
        };
        if masked_is_next {
            return Ok(self.masked.next().map(|(key, old)| (key.clone(), Source::Masked(old))));
        }
        let item = self.engine.next().transpose()?;
        Ok(item.map(|(key, raw)| (key.to_vec(), Source::Engine(raw))))
    }
}
