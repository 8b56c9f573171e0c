//! What this node has shown of each open place: whoever settles one by a number, or as it stands, settles exactly that.
//!
//! Kept in the store, since most commands run in a process of their own. It is a note and no promise: losing it means
//! that somebody has to look again.

use accord_core::api::{ConflictView, Problem};
use accord_core::tagged_hash;
use accord_store::{Op, Tree};

use crate::replica::{Programme, store_problem};

fn key(view: &ConflictView) -> Vec<u8> {
    let place = format!("{}\n{}\n{}", view.path, view.what, view.pick.as_deref().unwrap_or_default());
    let place = tagged_hash("accord shown place", &[&view.document.0, place.as_bytes()]);
    [b"shown/".as_slice(), &place[..16]].concat()
}

/// Notes what is shown now. Where that cannot be written, as on a full disk, reading goes on.
pub(super) fn note(programme: &Programme, views: &[ConflictView]) {
    let store = programme.logs().store();
    let new = views.iter().filter(|view| {
        let held = store.get(Tree::Meta, &key(view));
        !held.is_ok_and(|held| held.is_some_and(|held| held == view.seen.as_bytes()))
    });
    let ops: Vec<Op> = new.map(|view| Op::put(Tree::Meta, key(view), view.seen.as_bytes())).collect();
    for chunk in ops.chunks(1024) {
        if let Err(error) = store.commit(chunk.to_vec()) {
            tracing::warn!(problem = %store_problem(&error), "what was shown could not be noted");
        }
    }
}

/// What was shown of it last, if anything.
pub(super) fn last(programme: &Programme, view: &ConflictView) -> Result<Option<String>, Problem> {
    let held = programme.logs().store().get(Tree::Meta, &key(view)).map_err(|e| store_problem(&e))?;
    Ok(held.and_then(|held| String::from_utf8(held.to_vec()).ok()))
}

/// It is settled: nothing of it is to be remembered.
pub(super) fn forget(programme: &Programme, view: &ConflictView) {
    if let Err(error) = programme.logs().store().commit(vec![Op::delete(Tree::Meta, key(view))]) {
        tracing::warn!(problem = %store_problem(&error), "what was shown could not be forgotten");
    }
}
