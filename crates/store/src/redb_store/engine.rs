//! The engine itself: one transaction for a group, and the snapshot that readers see.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use redb::{Database, ReadTransaction, ReadableDatabase};

use super::file::Health;
use super::making::{self, definition, engine};
use super::{record, value};
use crate::disk::committer::{self, Group};
use crate::disk::probe::{Step, SyncProbe};
use crate::scan::PageBuilder;
use crate::{Page, Scan, StoreError, Tree};

/// The open engine.
pub(super) struct Engine {
    /// What reads show: the state after the last commit that was acknowledged. It holds its pages, so it stays readable
    /// whatever becomes of later writes.
    shown: RwLock<Arc<ReadTransaction>>,
    db: Database,
    health: Health,
    probe: Arc<dyn SyncProbe>,
}

impl Engine {
    /// Opens the engine in a folder that exists and that we hold the lock of.
    pub(super) fn open(path: &Path, probe: Arc<dyn SyncProbe>) -> Result<Engine, StoreError> {
        let health = Health::default();
        let db = making::open(path, &health)?;
        let shown = db.begin_read().map_err(engine("read"))?;
        // Only what commits do is watched.
        health.watch(Arc::clone(&probe));
        Ok(Engine { shown: RwLock::new(Arc::new(shown)), db, health, probe })
    }

    fn shown(&self) -> Arc<ReadTransaction> {
        Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What `read` makes of the record of a key.
    pub(super) fn get<T>(
        &self,
        tree: Tree,
        key: &[u8],
        read: impl FnOnce(&[u8]) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let shown = self.shown();
        let table = shown.open_table(definition(tree)).map_err(engine("read a value"))?;
        let found = table.get(key).map_err(engine("read a value"))?;
        found.map(|record| read(record.value())).transpose()
    }

    /// Changes one bit of what is stored under a key, and nothing of its checksum.
    #[cfg(feature = "testing")]
    pub(super) fn damage(&self, tree: Tree, key: &[u8]) -> Result<bool, StoreError> {
        let Some(mut raw) = self.get(tree, key, |record| Ok(record.to_vec()))? else { return Ok(false) };
        if let Some(last) = raw.last_mut() {
            *last ^= 1;
        }
        committer::Engine::commit(self, Group::from([((tree, key.to_vec()), Some(raw))]))?;
        Ok(true)
    }

    /// One page of the snapshot.
    pub(super) fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        let mut page = PageBuilder::new(scan);
        if scan.is_empty() {
            return Ok(page.finish());
        }
        let shown = self.shown();
        let table = shown.open_table(definition(scan.tree)).map_err(engine("read"))?;
        let mut range = table.range::<&[u8]>(scan.bounds()).map_err(engine("read"))?;
        loop {
            let next = if scan.reverse { range.next_back() } else { range.next() };
            let Some(item) = next else { return Ok(page.finish()) };
            let (key, found) = item.map_err(engine("read the next key"))?;
            let key = key.value();
            if page.is_full_at(key) {
                return Ok(page.finish());
            }
            let stored = if scan.keys_only { Some(Vec::new()) } else { value(scan.tree, key, found.value()) };
            match stored {
                Some(value) => page.push(key.to_vec(), value),
                None => return page.damaged_at(key.to_vec()),
            }
        }
    }
}

impl committer::Engine for Engine {
    type Encoded = Vec<u8>;

    fn encode(tree: Tree, key: &[u8], value: &[u8]) -> Vec<u8> {
        record(tree, key, value)
    }

    /// One transaction, with its sync; then readers see it. A failure leaves them what they see.
    fn commit(&self, group: Group<Vec<u8>>) -> Result<(), StoreError> {
        let transaction = self.db.begin_write().map_err(engine("write"))?;
        self.probe.around(Step::Transaction, &mut || {
            for tree in Tree::ALL.iter() {
                let from = (*tree, Vec::new());
                let mut own = group.range(from..).take_while(|((of, _), _)| of == tree).peekable();
                if own.peek().is_none() {
                    continue;
                }
                let mut table = transaction.open_table(definition(*tree)).map_err(engine("write"))?;
                for ((_, key), record) in own {
                    match record {
                        Some(record) => {
                            table.insert(key.as_slice(), record.as_slice()).map_err(engine("write"))?;
                        }
                        None => {
                            table.remove(key.as_slice()).map_err(engine("write"))?;
                        }
                    }
                }
            }
            Ok(())
        })?;
        let committed = transaction.commit().map_err(engine("write"));
        if let Some(error) = self.health.failed() {
            return Err(error);
        }
        committed?;
        self.probe.around(Step::Acknowledge, &mut || {
            let now = self.db.begin_read().map_err(engine("read"))?;
            *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
            Ok(())
        })
    }
}
