//! The engine behind the mask: what the one writer does with a group, and what readers see meanwhile.

use std::sync::{Arc, PoisonError, RwLock};

use super::engine::{Engine, Slot, Stored, Write};
use super::overlay::Overlay;
use super::record::{self, Encoded};
use crate::disk::committer::{self, Group};
use crate::disk::probe::{Step, SyncProbe};
use crate::{Page, Scan, StoreError, Tree};

/// The open engine, and the old values of what is on its way to the disk.
pub(super) struct Masked {
    engine: Engine,
    overlay: RwLock<Overlay>,
    probe: Arc<dyn SyncProbe>,
}

impl Masked {
    pub(super) fn new(engine: Engine, probe: Arc<dyn SyncProbe>) -> Self {
        Self { engine, overlay: RwLock::default(), probe }
    }

    pub(super) fn get(&self, tree: Tree, key: &[u8]) -> Result<Stored, StoreError> {
        self.overlay.read().unwrap_or_else(PoisonError::into_inner).get(&self.engine, tree, key)
    }

    pub(super) fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        self.overlay.read().unwrap_or_else(PoisonError::into_inner).scan(&self.engine, scan)
    }

    #[cfg(feature = "testing")]
    pub(super) fn damage(&self, tree: Tree, key: &[u8]) -> Result<bool, StoreError> {
        self.engine.damage(tree, key)
    }

    /// The old values to mask and the records to write. Reading the old values also brings the pages concerned into
    /// memory, so that a disk that cannot be read fails here, and not in the middle of a transaction.
    fn prepare(&self, group: Group<Encoded>) -> Result<(Overlay, Vec<Write>), StoreError> {
        let mut mask = Overlay::default();
        let mut writes = Vec::new();
        for ((tree, key), value) in group {
            let (old, old_chunks) = self.engine.read(tree, &key)?;
            let prefix = record::chunk_prefix(tree, &key);
            let (head, chunks) = match value {
                Some(Encoded { head, chunks }) => (Some(head.into()), chunks),
                None => (None, Vec::new()),
            };
            let kept = chunks.len();
            writes.push(Write { slot: Slot::Tree(tree), key: key.as_slice().into(), value: head });
            let new = chunks.into_iter().enumerate().map(|(index, chunk)| (index, Some(chunk.into())));
            let stale = (kept..old_chunks).map(|index| (index, None));
            writes.extend(new.chain(stale).map(|(index, value)| Write {
                slot: Slot::Chunks,
                key: record::chunk_key(&prefix, index).into(),
                value,
            }));
            mask.mask(tree, key, old);
        }
        Ok((mask, writes))
    }
}

impl committer::Engine for Masked {
    type Encoded = Encoded;

    fn encode(tree: Tree, key: &[u8], value: &[u8]) -> Encoded {
        record::encode(tree, key, value)
    }

    /// One group: masked, written, synced, unmasked. Any error leaves the mask where it is.
    fn commit(&self, group: Group<Encoded>) -> Result<(), StoreError> {
        let (mask, writes) = self.prepare(group)?;
        *self.overlay.write().unwrap_or_else(PoisonError::into_inner) = mask;
        let (engine, probe) = (&self.engine, &self.probe);
        probe.around(Step::Transaction, &mut || engine.apply(&writes))?;
        probe.around(Step::Flush, &mut || engine.flush())?;
        probe.around(Step::SyncFile, &mut || engine.sync_file())?;
        probe.around(Step::SyncFolder, &mut || engine.sync_folder())?;
        probe.around(Step::Acknowledge, &mut || {
            *self.overlay.write().unwrap_or_else(PoisonError::into_inner) = Overlay::default();
            Ok(())
        })
    }
}
