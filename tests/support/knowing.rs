//! Somebody who knows that a change counts no more, and builds on that very change all the same: no honest program does.

use std::path::Path;

use accord_core::{ActorSeed, Authority, Body, ChangeHash, ChangeMeta, DocumentId, Entry, programme_space};
use accord_document::{Author, Document, Edit};
use accord_store::Draft;

use super::signing::Signing;

/// Writes one on the last change of another office's device to its last document, under all that this home's device has
/// acknowledged. Both nodes are stopped.
pub(super) fn build(home: &Path, on: &Path) -> Result<(), String> {
    let other = Signing::open(on)?.key.id();
    let office = Signing::open(home)?;
    let space = programme_space(&office.programme);
    let entries = office.entries(space)?;
    let changes = |of: DocumentId| {
        entries.iter().filter(
            move |entry| matches!(entry.header().body, Body::Change { document, .. } if document == of),
        )
    };
    let of_other = |entry: &&Entry| entry.header().device == other && !entry.payload().is_empty();
    let last = entries.iter().rfind(of_other).ok_or("the other has changed nothing that is here")?;
    let Body::Change { document: id, change: beyond, .. } = last.header().body else {
        return Err("its last entry is no change".to_owned());
    };
    let raw: Vec<&[u8]> = changes(id).map(Entry::payload).collect();
    let mut document = Document::empty();
    // As often as there are changes: each round applies what the one before made room for.
    for _ in 0..raw.len() {
        document.apply_changes(&raw);
    }
    let document = document.fork_at(&[beyond.0]).map_err(|e| e.to_string())?;
    append(&office, &document, id)
}

fn append(office: &Signing, document: &Document, id: DocumentId) -> Result<(), String> {
    let space = programme_space(&office.programme);
    let mut document = document.clone();
    let log = office.log(space);
    let before = office.logs.actor_of(&log, &id).map_err(|e| e.to_string())?;
    let generation = before.generation + u32::from(before.seq > 0);
    let actor = ActorSeed { device: office.key.id(), space, document: id, generation }.actor();
    let kind = document.kind_name().ok_or("no kind")?;
    let kind = accord_framework::kind(&kind).map_err(|e| e.to_string())?;
    let edit = Edit::Set { path: "title.fr".into(), value: "Sur ce qui ne compte plus".into() };
    let by = Author { actor: &actor, time: 1, message: None };
    let mut token = 0_u8;
    let mut fill = |bytes: &mut [u8]| {
        token += 1;
        bytes.fill(token);
    };
    let made =
        document.edit(kind, &[edit], &by, &mut fill).map_err(|e| e.to_string())?.ok_or("nothing changes")?;
    let meta = ChangeMeta {
        hash: ChangeHash(made.meta.hash),
        actor: made.meta.actor.clone(),
        seq: made.meta.seq,
        start_op: made.meta.start_op,
        max_op: made.meta.max_op,
        deps: made.meta.deps.iter().copied().map(ChangeHash).collect(),
    };
    let authority = office.governance()?.acknowledged().latest(&office.key.id());
    if authority == Authority::Genesis {
        return Err("it has acknowledged nothing".to_owned());
    }
    let body = Body::Change { document: id, generation, change: meta.hash };
    let draft = Draft { body, payload: made.raw, meta: Some(meta) };
    office.logs.append(&office.key, space, authority, vec![draft], Vec::new()).map_err(|e| e.to_string())?;
    Ok(())
}
