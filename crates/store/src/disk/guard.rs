//! Engines panic on some damaged files: here a panic becomes an error.

use std::panic::{self, AssertUnwindSafe};

use crate::StoreError;

/// Runs what calls an engine; a panic of the engine becomes an error.
pub(crate) fn guarded<T>(
    doing: &'static str,
    run: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|payload| {
        let words = payload.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("it gave no reason");
        Err(StoreError::Engine { doing, what: format!("it panicked: {words}") })
    })
}
