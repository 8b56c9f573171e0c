//! The engine itself: opened the one way that was found to hold, and nothing done with it but what was found to hold.

use accord_words::say;
use std::fs::File;
use std::path::Path;

use sled::transaction::{ConflictableTransactionError, TransactionError, Transactional};

use super::folder;
use super::record::{self, Head};
use super::shred::Before;
use crate::disk::checksum::checksum;
use crate::disk::guard::guarded;
use crate::{Scan, StoreError, Tree};

/// The format of the records, kept in the engine's default tree, which nothing else uses.
const FORMAT_KEY: &[u8] = b"accord store format";
const FORMAT: u8 = 1;

/// How much of the file the engine may keep in memory. More gains nothing for data that is read once.
const CACHE_BYTES: u64 = 64 << 20;

/// The engine's own background flush. It is no part of the promise; it lets segments be cleaned.
const BACKGROUND_FLUSH_MS: u64 = 500;

/// One write as the engine sees it; no value deletes.
#[derive(Debug, Clone)]
pub(super) struct Write {
    pub(super) slot: Slot,
    pub(super) key: sled::IVec,
    pub(super) value: Option<sled::IVec>,
}

/// Which of the engine's trees.
#[derive(Debug, Clone, Copy)]
pub(super) enum Slot {
    Tree(Tree),
    Chunks,
}

impl Slot {
    fn index(self) -> usize {
        match self {
            Slot::Tree(tree) => tree as usize,
            Slot::Chunks => Tree::ALL.len(),
        }
    }
}

/// A stored value, or the news that it is not what was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stored {
    Absent,
    Value(Vec<u8>),
    Damaged,
}

/// Head records in order.
pub(super) type Walk<'a> = Box<dyn Iterator<Item = Result<(sled::IVec, sled::IVec), StoreError>> + 'a>;

/// The open engine with the two descriptors that its own flush leaves unsynced.
pub(super) struct Engine {
    db: sled::Db,
    trees: Vec<sled::Tree>,
    file: File,
    folder: File,
}

impl Engine {
    /// Opens the engine in a folder that exists and that we hold the lock of.
    pub(super) fn open(path: &Path) -> Result<Engine, StoreError> {
        folder::remove_torn_snapshots(path)?;
        folder::await_release(path)?;
        let config = sled::Config::default()
            .path(path)
            .cache_capacity(CACHE_BYTES)
            .flush_every_ms(Some(BACKGROUND_FLUSH_MS));
        let before = Before::read(path);
        let opened = guarded("open its files", || {
            let db = config.open().map_err(engine("open its files"))?;
            let mut trees = Vec::new();
            for name in Tree::ALL.iter().map(|tree| tree.name()).chain(["chunks"]) {
                trees.push(db.open_tree(name).map_err(engine("open a tree"))?);
            }
            check_format(&db)?;
            Ok((db, trees))
        });
        // Whether or not it opened.
        before.keep_lost(path);
        let (db, trees) = opened?;
        let opened = |what: &Path| File::open(what).map_err(StoreError::io("open its files for syncing"));
        let file = opened(&folder::data_file(path))?;
        let folder = opened(path)?;
        let engine = Engine { db, trees, file, folder };
        engine.flush()?;
        engine.sync_file()?;
        engine.sync_folder()?;
        Ok(engine)
    }

    /// A value and how many chunks it has, so that who overwrites it can remove them.
    pub(super) fn read(&self, tree: Tree, key: &[u8]) -> Result<(Stored, usize), StoreError> {
        let raw = self.trees[tree as usize].get(key).map_err(engine("read a value"))?;
        match raw {
            None => Ok((Stored::Absent, 0)),
            Some(raw) => self.assemble(tree, key, &raw),
        }
    }

    /// The value that a head record stands for.
    pub(super) fn assemble(&self, tree: Tree, key: &[u8], raw: &[u8]) -> Result<(Stored, usize), StoreError> {
        match record::parse(raw) {
            Some(Head::Inline { sum, value }) => Ok((checked(tree, key, value.to_vec(), sum), 0)),
            Some(head @ Head::Chunked { sum, len }) => {
                let prefix = record::chunk_prefix(tree, key);
                let mut value = Vec::with_capacity(len);
                for index in 0..head.chunks() {
                    let chunk = self.trees[Slot::Chunks.index()]
                        .get(record::chunk_key(&prefix, index))
                        .map_err(engine("read a part of a value"))?;
                    value.extend_from_slice(&chunk.unwrap_or_default());
                }
                // The checksum covers what was stored, not the length that the head claims.
                let stored =
                    if value.len() == len { checked(tree, key, value, sum) } else { Stored::Damaged };
                let chunks =
                    if stored == Stored::Damaged { self.count_chunks(&prefix)? } else { head.chunks() };
                Ok((stored, chunks))
            }
            None => Ok((Stored::Damaged, self.count_chunks(&record::chunk_prefix(tree, key))?)),
        }
    }

    /// One more than the highest chunk that lies there: for records that no longer say it themselves.
    fn count_chunks(&self, prefix: &[u8]) -> Result<usize, StoreError> {
        let mut count = 0;
        for key in self.trees[Slot::Chunks.index()].scan_prefix(prefix).keys() {
            let key = key.map_err(engine("read a part of a value"))?;
            // A longer key than ours can begin with the same bytes only if it is not a chunk of this value.
            if let Ok(index) = <[u8; 4]>::try_from(&key[prefix.len()..]) {
                count = count.max(u32::from_be_bytes(index) as usize + 1);
            }
        }
        Ok(count)
    }

    /// The head records of a range, in order; each item is read when it is asked for.
    pub(super) fn walk<'a>(&self, scan: &'a Scan) -> Walk<'a> {
        let range = self.trees[scan.tree as usize].range::<&[u8], _>(scan.bounds());
        if scan.reverse {
            Box::new(range.rev().map(|item| item.map_err(engine("read the next key"))))
        } else {
            Box::new(range.map(|item| item.map_err(engine("read the next key"))))
        }
    }

    /// All writes or none, in memory and in the engine's log.
    pub(super) fn apply(&self, writes: &[Write]) -> Result<(), StoreError> {
        let done = self.trees.as_slice().transaction(|views| {
            for write in writes {
                let view = &views[write.slot.index()];
                match &write.value {
                    Some(value) => view.insert(write.key.clone(), value.clone())?,
                    None => view.remove(write.key.clone())?,
                };
            }
            Ok::<(), ConflictableTransactionError<()>>(())
        });
        match done {
            Ok(()) => Ok(()),
            Err(TransactionError::Storage(error)) => Err(engine("write")(error)),
            Err(TransactionError::Abort(())) => {
                Err(StoreError::Engine { doing: "write", what: say!("store-aborted") })
            }
        }
    }

    /// Changes one bit of what is stored under a key, and nothing of its checksum.
    #[cfg(feature = "testing")]
    pub(super) fn damage(&self, tree: Tree, key: &[u8]) -> Result<bool, StoreError> {
        let tree = &self.trees[tree as usize];
        let Some(raw) = tree.get(key).map_err(engine("read a value"))? else { return Ok(false) };
        let mut raw = raw.to_vec();
        if let Some(last) = raw.last_mut() {
            *last ^= 1;
        }
        tree.insert(key, raw).map_err(engine("write"))?;
        self.flush()?;
        self.sync_file()?;
        self.sync_folder()?;
        Ok(true)
    }

    /// Hands the engine's buffers to the operating system. On Linux this alone is no promise of anything.
    pub(super) fn flush(&self) -> Result<(), StoreError> {
        guarded("flush", || self.db.flush().map(|_| ()).map_err(engine("flush")))
    }

    /// Brings the engine's file to the disk.
    pub(super) fn sync_file(&self) -> Result<(), StoreError> {
        self.file.sync_all().map_err(StoreError::io("sync its file"))
    }

    /// Brings everything else to the disk: names, snapshots and the blob files that the engine never syncs.
    pub(super) fn sync_folder(&self) -> Result<(), StoreError> {
        rustix::fs::syncfs(&self.folder).map_err(|errno| StoreError::io("sync its file system")(errno.into()))
    }
}

fn checked(tree: Tree, key: &[u8], value: Vec<u8>, sum: [u8; 16]) -> Stored {
    if checksum(tree, key, &value) == sum { Stored::Value(value) } else { Stored::Damaged }
}

fn check_format(db: &sled::Db) -> Result<(), StoreError> {
    match db.get(FORMAT_KEY).map_err(engine("read its format"))? {
        Some(found) if *found == [FORMAT] => Ok(()),
        Some(found) => {
            Err(StoreError::Format { found: data_encoding::HEXLOWER.encode(&found), known: FORMAT })
        }
        None => db.insert(FORMAT_KEY, &[FORMAT]).map(|_| ()).map_err(engine("note its format")),
    }
}

fn engine(doing: &'static str) -> impl Fn(sled::Error) -> StoreError {
    move |error| match error {
        sled::Error::Io(source) => StoreError::Io { doing, source },
        other => StoreError::Engine { doing, what: other.to_string() },
    }
}
