//! Giving the store's unused space back to the disk, and changing its engine. The store must not be in use, so this is done
//! by the one who asks, while no node runs.

use std::path::Path;

use accord_core::api::{Compacted, Problem, Progress};
use accord_store::{EngineKind, PackBounds, bytes_below};
use accord_words::{problem, say};

use crate::alone::alone;
use crate::replica::{pack_store, store_problem};

/// Puts old entries in the store of a home into packs, in ordinary commits, and drops what can be made again. Then copies what is alive into a new store, which
/// takes the old one's place: one of the engine `to`, or of the same. `progress` is told how far it is.
///
/// # Errors
/// A [`Problem`] if a node runs, or the store is damaged or cannot be copied; then it stays as it was.
pub async fn compact(
    home: &Path,
    to: Option<EngineKind>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Compacted, Problem> {
    let store = home.join("store");
    alone(
        home,
        || problem!("compact-while-running"),
        progress,
        move |tell| {
            let before = bytes_below(&store);
            let packed = pack_store(&store, &PackBounds::default(), &mut |done, total| {
                tell(say!("compact-packing", done, total));
            })?;
            tell(say!("compact-copying"));
            let reclaimed = accord_store::compact(store, to).map_err(|e| store_problem(&e))?;
            Ok(Compacted {
                packed: packed.entries,
                before: before.unwrap_or(reclaimed.before),
                after: reclaimed.after,
                from: reclaimed.from.to_string(),
                engine: reclaimed.to.to_string(),
            })
        },
    )
    .await
}
