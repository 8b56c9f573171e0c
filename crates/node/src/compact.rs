//! Giving the store's unused space back to the disk, and changing its engine. The store must not be in use, so this is done
//! by the one who asks, while no node runs.

use std::path::Path;
use std::time::Duration;

use accord_core::api::{Compacted, Problem, Progress};
use accord_store::{EngineKind, PackBounds, bytes_below};
use accord_words::{problem, say};

use crate::home::{Gate, Home, HomeLock};
use crate::replica::{pack_store, store_problem};

/// How long another command on this home is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

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
    Home::there(home)?;
    let _gate = Gate::wait(home, PATIENCE).await?.ok_or_else(|| problem!("command-at-work"))?;
    let _lock =
        HomeLock::wait(home, Duration::ZERO).await?.ok_or_else(|| problem!("compact-while-running"))?;
    let store = home.join("store");
    // What nobody has looked at yet is replaced by nothing newer: how far it is is said often enough.
    let (tell, mut told) = tokio::sync::mpsc::channel(1);
    let say = move |text| drop(tell.try_send(Progress { text, sent: 0, received: 0 }));
    let mut done = tokio::task::spawn_blocking(move || {
        let before = bytes_below(&store);
        let packed = pack_store(&store, &PackBounds::default(), &mut |done, total| {
            say(say!("compact-packing", done, total));
        })?;
        say(say!("compact-copying"));
        let reclaimed = accord_store::compact(store, to).map_err(|e| store_problem(&e))?;
        Ok((before.unwrap_or(reclaimed.before), packed, reclaimed))
    });
    let done = loop {
        tokio::select! {
            Some(next) = told.recv() => progress(next),
            done = &mut done => break done,
        }
    };
    let done = done.map_err(|e| problem!("unexpected-failure", why = e.to_string()))?;
    let (before, packed, reclaimed) = done?;
    Ok(Compacted {
        packed: packed.entries,
        before,
        after: reclaimed.after,
        from: reclaimed.from.to_string(),
        engine: reclaimed.to.to_string(),
    })
}
