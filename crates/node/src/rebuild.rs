//! Making the store of a home anew when its files are damaged: what they still hold is taken into a new one, and others give
//! back the rest. The node must not run, so this is done by the one who asks.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use accord_core::api::{Problem, Progress, Rebuilt};
use accord_store::{EngineKind, Salvage, StoreError};
use accord_words::{problem, say};

use crate::home::{Gate, Home, HomeLock, Unlock};
use crate::replica::{Replica, read_change, store_problem};

/// How long another command on this home is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// Sets a store that cannot be opened aside, makes a new one, and takes into it what the files still hold. With `from`, takes in
/// what the files in that folder hold, and leaves the store where it is. `progress` is told how far it is.
///
/// # Errors
/// A [`Problem`] if a node runs, the store is not damaged in this way, or a new one cannot be made.
pub async fn rebuild(
    home: &Path,
    from: Option<&Path>,
    unlock: Unlock,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Rebuilt, Problem> {
    Home::there(home)?;
    let _gate = Gate::wait(home, PATIENCE).await?.ok_or_else(|| problem!("command-at-work"))?;
    let _lock =
        HomeLock::wait(home, Duration::ZERO).await?.ok_or_else(|| problem!("rebuild-while-running"))?;
    let home = Home::open(home, unlock)?;
    let from = from.map(Path::to_owned);
    let (tell, mut told) = tokio::sync::mpsc::channel(1);
    let mut done = tokio::task::spawn_blocking(move || {
        let (folder, engine) = match &from {
            Some(folder) => (folder.clone(), None),
            None => set_aside(&home.store()).map(|(folder, engine)| (folder, Some(engine)))?,
        };
        let mut searched = |done: u64, total: u64| {
            let part = (done * 100).checked_div(total).unwrap_or(100);
            // What nobody has looked at yet is replaced by nothing newer: how far it is is said often enough.
            drop(tell.try_send(Progress { text: say!("rebuild-searching", part), sent: 0, received: 0 }));
        };
        // What opening it overwrote lies beside it.
        let folders = [vec![folder.clone()], accord_store::shredded(&home.store())].concat();
        let salvage =
            Salvage::search(&folders, &read_change, &mut searched).map_err(|e| store_problem(&e))?;
        if let Some(engine) = engine {
            accord_store::create(home.store(), engine).map_err(|e| store_problem(&e))?;
        }
        let aside = folder.display().to_string();
        let replica = Replica::open_as_it_is(home)?;
        let rebuilt = replica.fill(&salvage)?;
        replica.clear_shredded(&rebuilt);
        Ok(Rebuilt { aside, ..rebuilt })
    });
    let done = loop {
        tokio::select! {
            Some(next) = told.recv() => progress(next),
            done = &mut done => break done,
        }
    };
    done.map_err(|e| problem!("unexpected-failure", why = e.to_string()))?
}

/// Sees that a store cannot be opened because its files are damaged, and gives its folder another name. Gives the new name, and
/// the engine that it was of.
fn set_aside(store: &Path) -> Result<(PathBuf, EngineKind), Problem> {
    // Opening would make one.
    if !store.exists() {
        return Err(problem!("rebuild-nothing"));
    }
    let Err(whole) = accord_store::open(store, EngineKind::default()) else {
        return Err(problem!("rebuild-needless"));
    };
    if !is_damage(&whole) {
        return Err(store_problem(&whole));
    }
    let engine = accord_store::engine_of(store).map_err(|e| store_problem(&e))?.unwrap_or_default();
    let aside = (1..)
        .map(|number: u32| store.with_extension(format!("damaged-{number}")))
        .find(|path| !path.exists())
        .ok_or_else(|| problem!("rebuild-nothing"))?;
    let failed = |error: io::Error| problem!("rebuild-cannot-move", why = error.to_string());
    fs::rename(store, &aside).map_err(failed)?;
    let parent = store.parent().unwrap_or(Path::new("."));
    fs::File::open(parent).and_then(|folder| folder.sync_all()).map_err(failed)?;
    tracing::info!(store = %aside.display(), because = %whole, "set a damaged store aside");
    Ok((aside, engine))
}

/// Whether what stands in the way of opening a store is what is in its files.
fn is_damage(error: &StoreError) -> bool {
    match error {
        StoreError::Open { source, .. } => is_damage(source),
        StoreError::Engine { .. } | StoreError::Damaged { .. } => true,
        StoreError::Io { source, .. } => {
            let unreadable = rustix::io::Errno::IO.raw_os_error();
            matches!(source.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
                || source.raw_os_error() == Some(unreadable)
        }
        _ => false,
    }
}
