//! Writes many documents into a home whose node does not run, through the very crates that the node writes with.

use std::path::Path;
use std::sync::Arc;

use accord_core::{Body, ChangeHash, DeviceKey, DocumentId, LogId, ProgrammeId, programme_space};
use accord_document::{Edit, NewChange};
use accord_store::{Draft, Logs, OwnHeads, SledStore, Store, Tree};

use crate::Outcome;
use crate::frameworks::{Framework, Writer};

/// How many entries of documents a commit gets: well within what a commit may hold.
const AT_ONCE: usize = 2_000;

/// Adds `documents` frameworks of `entries` entries each, the one that creates it among them, to the log of a home's own
/// device, and gives their ids. They begin with `first`, or small if there is none.
///
/// The home must hold a document already: the authority that the entries are written under is the one of that
/// document's entries.
pub(crate) fn fill(
    home: &Path,
    documents: usize,
    entries: usize,
    first: Option<Vec<Edit>>,
) -> Outcome<Vec<DocumentId>> {
    let key = device_key(home)?;
    let logs = logs(home)?;
    let space = programme_space(&logs.programme());
    let log = LogId { space, device: key.id() };
    let head = logs.head(&log).ok_or("there is no document in this home yet")?;
    let last = logs.read(&log, (head.seq, head.seq), 1, 0)?;
    let authority = last.first().ok_or("the last entry cannot be read")?.header().authority;
    let changes = entries - 1;
    let mut writer = match first {
        None => Writer::small(key.id(), space, changes)?,
        Some(first) => Writer::of(key.id(), space, changes, first)?,
    };
    let mut ids = Vec::with_capacity(documents);
    let mut drafts = Vec::new();
    while ids.len() < documents {
        let Framework { id, changes } = writer.next()?;
        ids.push(id);
        drafts.push(Draft::of(Body::Create { document: id, kind: writer.kind().to_owned() }));
        drafts.extend(changes.into_iter().map(|change| draft(id, change)));
        if drafts.len() + entries > AT_ONCE || ids.len() == documents {
            logs.append(&key, space, authority, std::mem::take(&mut drafts), Vec::new())?;
        }
    }
    Ok(ids)
}

/// The logs of a home whose node does not run.
///
/// # Errors
/// The home holds no programme, or its store cannot be opened.
pub(crate) fn logs(home: &Path) -> Outcome<Logs> {
    let store: Arc<dyn Store> = Arc::new(SledStore::open(home.join("store"))?);
    let programme = store.get(Tree::Meta, b"programme")?.ok_or("there is no programme in this home")?;
    let programme = ProgrammeId::try_from(programme.as_slice())?;
    let own_heads = OwnHeads::load(home.join("own-heads"))?;
    Ok(Logs::open(store, programme, device_key(home)?.id(), Some(own_heads))?)
}

fn draft(document: DocumentId, change: NewChange) -> Draft {
    let body = Body::Change { document, generation: 0, change: ChangeHash(change.meta.hash) };
    let meta = accord_core::ChangeMeta {
        hash: ChangeHash(change.meta.hash),
        actor: change.meta.actor,
        seq: change.meta.seq,
        start_op: change.meta.start_op,
        max_op: change.meta.max_op,
        deps: change.meta.deps.into_iter().map(ChangeHash).collect(),
    };
    Draft { body, payload: change.raw, meta: Some(meta) }
}

/// The key of a home's device: the second line of its file.
fn device_key(home: &Path) -> Outcome<DeviceKey> {
    Ok(DeviceKey::from_seed(&seed(home)?))
}

/// What that key is made of.
///
/// # Errors
/// The file is not there, or not as expected.
pub(crate) fn seed(home: &Path) -> Outcome<[u8; 32]> {
    let text = std::fs::read_to_string(home.join("device.key"))?;
    let seed = text.lines().nth(1).ok_or("the key file is not as expected")?;
    let seed = data_encoding::HEXLOWER.decode(seed.as_bytes())?;
    Ok(seed.try_into().map_err(|_| "the key is not as long as expected")?)
}
