//! The one thread that writes. It takes the commits that wait, makes one transaction and one round of syncs of
//! them, and answers each caller after the last sync.
//!
//! The engine was found to lose data with several writers, so there is only this one; and since a sync costs the
//! same for one commit or for many, callers that come at the same time share it.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, PoisonError};

use super::Shared;
use super::engine::{Slot, Write, guarded};
use super::overlay::Overlay;
use super::probe::Step;
use super::record::{self, Encoded};
use crate::{Op, StoreError, Tree};

/// How many commits may wait. Beyond it callers wait to be queued, so memory stays bounded by what callers hold.
pub(super) const QUEUE: usize = 256;

/// A group is closed once it has this many operations …
const GROUP_OPS: usize = 1024;

/// … or this many bytes: larger groups gain no speed, and the engine holds a transaction in memory three times.
const GROUP_BYTES: usize = 1 << 20;

/// The operations of one commit; no value deletes.
type Ops = Vec<(Tree, Vec<u8>, Option<Encoded>)>;

/// One commit, encoded by its caller.
pub(super) struct Request {
    ops: Ops,
    bytes: usize,
    reply: SyncSender<Result<(), StoreError>>,
}

impl Request {
    pub(super) fn new(ops: Vec<Op>, reply: SyncSender<Result<(), StoreError>>) -> Request {
        let mut bytes = 0;
        let encoded = ops.into_iter().map(|op| match op {
            Op::Put { tree, key, value } => {
                bytes += key.len() + value.len();
                let encoded = record::encode(tree, &key, &value);
                (tree, key, Some(encoded))
            }
            Op::Delete { tree, key } => (tree, key, None),
        });
        Request { ops: encoded.collect(), bytes, reply }
    }
}

/// Writes until the queue is closed and empty.
pub(super) fn run(shared: &Arc<Shared>, queue: &Receiver<Request>) {
    let mut held_over = None;
    while let Some(first) = held_over.take().or_else(|| queue.recv().ok()) {
        let mut group = vec![first];
        held_over = fill(&mut group, queue);
        let (ops, replies): (Vec<_>, Vec<_>) =
            group.into_iter().map(|request| (request.ops, request.reply)).unzip();
        let written = match shared.refusal() {
            Some(refusal) => Err(refusal),
            None => {
                let written = guarded("write", || commit(shared, ops));
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
fn fill(group: &mut Vec<Request>, queue: &Receiver<Request>) -> Option<Request> {
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

/// One group: masked, written, synced, unmasked. Any error leaves the mask where it is.
fn commit(shared: &Shared, ops: Vec<Ops>) -> Result<(), StoreError> {
    // Later commits of a group win over earlier ones, as they would one by one.
    let last: BTreeMap<_, _> =
        ops.into_iter().flatten().map(|(tree, key, value)| ((tree, key), value)).collect();
    let (mask, writes) = prepare(shared, last)?;
    let engine = &shared.engine;
    *shared.overlay.write().unwrap_or_else(PoisonError::into_inner) = mask;

    let probe = &shared.probe;
    probe.around(Step::Transaction, &mut || engine.apply(&writes))?;
    probe.around(Step::Flush, &mut || engine.flush())?;
    probe.around(Step::SyncFile, &mut || engine.sync_file())?;
    probe.around(Step::SyncFolder, &mut || engine.sync_folder())?;
    probe.around(Step::Acknowledge, &mut || {
        *shared.overlay.write().unwrap_or_else(PoisonError::into_inner) = Overlay::default();
        Ok(())
    })
}

/// The old values to mask and the records to write. Reading the old values also brings the pages concerned into
/// memory, so that a disk that cannot be read fails here, and not in the middle of a transaction.
fn prepare(
    shared: &Shared,
    ops: BTreeMap<(Tree, Vec<u8>), Option<Encoded>>,
) -> Result<(Overlay, Vec<Write>), StoreError> {
    let mut mask = Overlay::default();
    let mut writes = Vec::new();
    for ((tree, key), value) in ops {
        let (old, old_chunks) = shared.engine.read(tree, &key)?;
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
