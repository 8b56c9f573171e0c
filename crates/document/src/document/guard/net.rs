//! The net under the rule: what passed is applied to a copy, and looked at, before it is taken over.
//!
//! Assumption: the build unwinds on panic (`panic = "unwind"`). With `abort` the net is gone, and the rule stands alone.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use automerge::{Automerge, Change, ReadDoc as _};

use super::Candidate;
use crate::change_meta::chunk;

/// Applies on a copy, and looks whether each change comes back as it went in.
pub(super) fn trial<'a>(
    am: &Automerge,
    candidates: impl Iterator<Item = &'a Candidate> + Clone,
) -> Result<Automerge, &'static str> {
    let tried = quietly(|| {
        let mut copy = am.clone();
        let mut changes = Vec::new();
        for candidate in candidates.clone() {
            let raw = chunk(&candidate.meta.hash, &candidate.contents);
            let change = Change::from_bytes(raw).map_err(|_| "its operations cannot be read")?;
            if change.hash().0 != candidate.meta.hash || change.max_op() != candidate.meta.max_op {
                return Err("it reads as another change");
            }
            changes.push(change);
        }
        copy.apply_changes(changes.iter().cloned()).map_err(|_| "it cannot be applied")?;
        for change in &changes {
            let back = copy.get_change_by_hash(&change.hash()).ok_or("it was not applied")?;
            if back.raw_bytes() != change.raw_bytes() {
                return Err("it does not come back as it was made");
            }
        }
        Ok(copy)
    });
    tried.unwrap_or(Err("applying it stops"))
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs what may panic. `None` if it does; then nothing is printed, while panics elsewhere print as ever.
pub(crate) fn quietly<T>(f: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                before(info);
            }
        }));
    });
    let outer = QUIET.replace(true);
    let done = catch_unwind(AssertUnwindSafe(f));
    QUIET.set(outer);
    done.ok()
}
