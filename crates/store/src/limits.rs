//! How large things may get, and the check that both backends make before they touch anything.

use crate::{Op, StoreError};

/// The longest key: ids and positions are under a hundred bytes, and every checksum covers its key.
pub const MAX_KEY: usize = 1024;

/// The largest value: 2 MiB for what callers store, and as much again for their framing to be no concern.
pub const MAX_VALUE: usize = 4 << 20;

/// The most operations in one commit. A commit is one transaction, which the engine keeps in memory.
pub const MAX_COMMIT_OPS: usize = 16_384;

/// The most bytes of keys and values in one commit, for the same reason.
pub const MAX_COMMIT_BYTES: usize = 16 << 20;

/// Refuses a commit that is beyond the limits, before anything of it is queued or written.
pub(crate) fn check(ops: &[Op]) -> Result<(), StoreError> {
    within("operations of one commit", ops.len(), MAX_COMMIT_OPS)?;
    let mut total = 0;
    for op in ops {
        let (key, value) = (op.key().len(), op.value().map_or(0, <[u8]>::len));
        within("bytes of a key", key, MAX_KEY)?;
        within("bytes of a value", value, MAX_VALUE)?;
        total += key + value;
    }
    within("bytes of one commit", total, MAX_COMMIT_BYTES)
}

fn within(what: &'static str, size: usize, limit: usize) -> Result<(), StoreError> {
    if size > limit { Err(StoreError::TooLarge { what, size, limit }) } else { Ok(()) }
}
