//! Giving the store's unused space back to the disk, and changing its engine. The store must not be in use, so this is done
//! by the one who asks, while no node runs.

use std::path::Path;
use std::time::Duration;

use accord_core::api::{Compacted, Problem};
use accord_store::{EngineKind, bytes_below};
use accord_words::problem;

use crate::home::{Gate, Home, HomeLock};
use crate::replica::{pack_store, store_problem};

/// How long another command on this home is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// Puts old entries in the store of a home into packs, in ordinary commits, and drops what can be made again. Then copies what is alive into a new store, which
/// takes the old one's place: one of the engine `to`, or of the same.
///
/// # Errors
/// A [`Problem`] if a node runs, or the store is damaged or cannot be copied; then it stays as it was.
pub async fn compact(home: &Path, to: Option<EngineKind>) -> Result<Compacted, Problem> {
    Home::there(home)?;
    let _gate = Gate::wait(home, PATIENCE).await?.ok_or_else(|| problem!("command-at-work"))?;
    let _lock =
        HomeLock::wait(home, Duration::ZERO).await?.ok_or_else(|| problem!("compact-while-running"))?;
    let store = home.join("store");
    let done = tokio::task::spawn_blocking(move || {
        let before = bytes_below(&store);
        let packed = pack_store(&store)?;
        let reclaimed = accord_store::compact(store, to).map_err(|e| store_problem(&e))?;
        Ok((before.unwrap_or(reclaimed.before), packed, reclaimed))
    });
    let done = done.await.map_err(|e| problem!("unexpected-failure", why = e.to_string()))?;
    let (before, packed, reclaimed) = done?;
    Ok(Compacted {
        packed: packed.entries,
        before,
        after: reclaimed.after,
        from: reclaimed.from.to_string(),
        engine: reclaimed.to.to_string(),
    })
}
