//! One suite that every backend passes, so that what holds in a simulation holds on a disk.
//!
//! A backend is handed over as a [`Backend`]; [`all`] runs every case on a store of its own and panics, naming the
//! case, where the promise of [`Store`] is not kept. [`Oracle`] is the naive model that random operations
//! are compared with.

mod atomic;
mod basics;
mod oracle;
mod scans;
mod sizes;

use crate::{Store, Tree};

pub use oracle::{Action, Oracle};

/// A place where one store can be opened, closed and opened again.
pub trait Backend {
    /// Opens the store; what was committed through an earlier opening is there.
    fn open(&self) -> Box<dyn Store>;

    /// Damages the stored form of a value while the store is closed.
    fn damage(&self, tree: Tree, key: &[u8]);
}

/// Runs every case, each on a new backend from `make`.
pub fn all<B: Backend>(make: impl Fn() -> B) {
    basics::put_get_delete(&make());
    basics::later_operations_win(&make());
    basics::trees_do_not_share_keys(&make());
    basics::limits_are_refused_before_anything_is_written(&make());
    basics::damage_is_detected_and_can_be_overwritten(&make());
    sizes::every_size_comes_back(&make());
    sizes::big_and_small_overwrite_each_other(&make());
    sizes::keys_that_resemble_each_other_keep_their_parts_apart(&make());
    scans::order_and_ranges(&make());
    scans::prefixes(&make());
    scans::pages_in_both_directions(&make());
    scans::big_values_are_whole_and_their_parts_invisible(&make());
    scans::a_page_ends_before_damage(&make());
    scans::keys_alone_are_shown_over_damage(&make());
    atomic::concurrent_commits_all_arrive(&make());
    atomic::no_page_shows_part_of_a_commit(&make());
}

/// Bytes that differ for every length and seed.
pub(crate) fn bytes(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed ^ (len as u64) << 32 ^ 0x9e37_79b9_7f4a_7c15;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    };
    (0..len).map(|_| next()).collect()
}

/// The value of a key that must be readable.
pub(crate) fn get(store: &dyn Store, tree: Tree, key: &[u8]) -> Option<Vec<u8>> {
    store.get(tree, key).expect("the key can be read")
}

/// A commit that must succeed.
pub(crate) fn commit(store: &dyn Store, ops: Vec<crate::Op>) {
    store.commit(ops).expect("the commit succeeds");
}
