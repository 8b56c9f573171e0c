//! That entries of this device came back from others: its store was older than what it had written, as after a copy of the
//! folder was put back. A person is told of it, once: whoever does not know that this happened does it again.

use accord_core::{decode, encode};
use accord_store::{Op, Tree};

use super::{Programme, store_problem};

const KEY: &[u8] = b"returned";

impl Programme {
    /// Notes that entries of this device came back.
    pub(crate) fn note_returned(&self, entries: usize) {
        let all = self.returned().saturating_add(entries as u64);
        self.keep_returned(Op::put(Tree::Meta, KEY, encode(&all)));
    }

    /// How many came back since a person was told.
    pub(crate) fn returned(&self) -> u64 {
        let held = self.logs.store().get(Tree::Meta, KEY).ok().flatten();
        held.and_then(|bytes| decode(&bytes).ok()).unwrap_or(0)
    }

    /// A person was told.
    pub(crate) fn told_of_returned(&self) {
        if self.returned() > 0 {
            self.keep_returned(Op::delete(Tree::Meta, KEY));
        }
    }

    fn keep_returned(&self, op: Op) {
        // It only serves to tell: a failure costs that somebody is told once more, or not.
        if let Err(error) = self.logs.store().commit(vec![op]) {
            tracing::warn!(problem = %store_problem(&error), "what came back could not be noted");
        }
    }
}
