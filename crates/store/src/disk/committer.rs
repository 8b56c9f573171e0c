//! The one thread that writes. Commits that wait are taken together, so that they share their disk syncs.

use std::collections::BTreeMap;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use super::guard::guarded;
use crate::{Op, StoreError, Tree, limits};

/// How many commits may wait. Beyond it callers wait to be queued, so memory stays bounded by what callers hold.
const QUEUE: usize = 256;

/// A group is closed once it has this many operations …
const GROUP_OPS: usize = 1024;

/// … or this many bytes: larger groups gain no speed, and an engine holds a transaction in memory up to three times.
const GROUP_BYTES: usize = 1 << 20;

/// What the writer needs of an engine.
pub(crate) trait Engine: Send + Sync + 'static {
    /// A value as it is stored.
    type Encoded: Send;

    /// The stored form of a value. Done by the caller's thread, so that the one writer only writes.
    fn encode(tree: Tree, key: &[u8], value: &[u8]) -> Self::Encoded;

    /// All writes or none; no value deletes. `Ok` means that they are on the disk, and that reads show them from now
    /// on. After an error reads go on to show what was there before, and nothing more is written.
    fn commit(&self, group: Group<Self::Encoded>) -> Result<(), StoreError>;
}

/// What one group writes.
pub(crate) type Group<T> = BTreeMap<(Tree, Vec<u8>), Option<T>>;

/// An engine with the thread that writes to it.
pub(crate) struct Committer<E: Engine> {
    // The order matters: closing ends the writer, and then the engine.
    queue: Option<SyncSender<Request<E::Encoded>>>,
    writer: Option<JoinHandle<()>>,
    shared: Option<Arc<Shared<E>>>,
}

/// What the writer and the readers have in common.
struct Shared<E> {
    engine: E,
    failed: OnceLock<StoreError>,
}

impl<E: Engine> Committer<E> {
    /// Starts the writer of an engine.
    pub(crate) fn start(engine: E) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared { engine, failed: OnceLock::new() });
        let (queue, queued) = mpsc::sync_channel(QUEUE);
        let writer = std::thread::Builder::new()
            .name("accord-store".into())
            .spawn({
                let shared = Arc::clone(&shared);
                move || run(&shared, &queued)
            })
            .map_err(StoreError::io("start its writer"))?;
        Ok(Self { queue: Some(queue), writer: Some(writer), shared: Some(shared) })
    }

    /// The engine, for reading.
    pub(crate) fn engine(&self) -> Result<&E, StoreError> {
        Ok(&self.shared()?.engine)
    }

    /// Checks the limits, then writes all or none.
    pub(crate) fn commit(&self, ops: Vec<Op>) -> Result<(), StoreError> {
        limits::check(&ops)?;
        if let Some(refusal) = self.refusal() {
            return Err(refusal);
        }
        let (reply, answer) = mpsc::sync_channel(1);
        let queue = self.queue.as_ref().ok_or_else(closed)?;
        queue.send(Request::new::<E>(ops, reply)).map_err(|_| closed())?;
        answer.recv().map_err(|_| closed())?
    }

    /// Why nothing can be written before the store is opened again, if so.
    pub(crate) fn refusal(&self) -> Option<StoreError> {
        self.shared().map_or_else(Some, Shared::refusal)
    }

    fn shared(&self) -> Result<&Shared<E>, StoreError> {
        self.shared.as_deref().ok_or_else(closed)
    }
}

impl<E: Engine> Drop for Committer<E> {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the writer of the store ended in a panic");
        }
        // An engine may panic when its last sync fails; everything that was acknowledged is on the disk already.
        if let Err(error) = guarded("close", || {
            drop(self.shared.take());
            Ok(())
        }) {
            tracing::error!(error = %error, "the store was not closed in order");
        }
    }
}

impl<E> Shared<E> {
    /// Why nothing may be written, if so.
    fn refusal(&self) -> Option<StoreError> {
        self.failed.get().map(StoreError::again)
    }

    /// Ends all writing. What the failed write left in memory differs from the disk in ways that only opening the
    /// store again can settle.
    fn fail(&self, error: &StoreError) {
        let because = error.chain();
        tracing::error!(%because, "the store takes no more writes");
        let _ = self.failed.set(StoreError::ReadOnly { because, disk_full: error.is_disk_full() });
    }
}

fn closed() -> StoreError {
    StoreError::Engine { doing: "answer", what: accord_words::say!("store-writer-ended") }
}

/// One commit, encoded by its caller; no value deletes.
struct Request<T> {
    ops: Vec<(Tree, Vec<u8>, Option<T>)>,
    bytes: usize,
    reply: SyncSender<Result<(), StoreError>>,
}

impl<T> Request<T> {
    fn new<E: Engine<Encoded = T>>(ops: Vec<Op>, reply: SyncSender<Result<(), StoreError>>) -> Self {
        let mut bytes = 0;
        let encoded = ops.into_iter().map(|op| match op {
            Op::Put { tree, key, value } => {
                bytes += key.len() + value.len();
                let encoded = E::encode(tree, &key, &value);
                (tree, key, Some(encoded))
            }
            Op::Delete { tree, key } => (tree, key, None),
        });
        Request { ops: encoded.collect(), bytes, reply }
    }
}

/// Writes until the queue is closed and empty.
fn run<E: Engine>(shared: &Arc<Shared<E>>, queue: &Receiver<Request<E::Encoded>>) {
    let mut held_over = None;
    while let Some(first) = held_over.take().or_else(|| queue.recv().ok()) {
        let mut group = vec![first];
        held_over = fill(&mut group, queue);
        let (ops, replies): (Vec<_>, Vec<_>) =
            group.into_iter().map(|request| (request.ops, request.reply)).unzip();
        let written = match shared.refusal() {
            Some(refusal) => Err(refusal),
            None => {
                // Later commits of a group win over earlier ones, as they would one by one.
                let last = ops.into_iter().flatten().map(|(tree, key, value)| ((tree, key), value)).collect();
                let written = guarded("write", || shared.engine.commit(last));
                if let Err(error) = &written {
                    shared.fail(error);
                }
                written
            }
        };
        for reply in replies {
            let answer = match &written {
                Ok(()) => Ok(()),
                Err(error) => Err(error.again()),
            };
            // A caller that is gone has nobody to tell.
            let _ = reply.send(answer);
        }
    }
}

/// Adds what waits already, and returns the commit that was one too many.
fn fill<T>(group: &mut Vec<Request<T>>, queue: &Receiver<Request<T>>) -> Option<Request<T>> {
    let (mut ops, mut bytes) = (group[0].ops.len(), group[0].bytes);
    while let Ok(next) = queue.try_recv() {
        ops += next.ops.len();
        bytes += next.bytes;
        if ops > GROUP_OPS || bytes > GROUP_BYTES {
            return Some(next);
        }
        group.push(next);
    }
    None
}
