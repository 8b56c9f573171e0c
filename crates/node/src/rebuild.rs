//! Making the store of a home anew when its files are damaged: what they still hold is taken into a new one, and others give
//! back the rest. The node must not run, so this is done by the one who asks.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use accord_core::api::{Problem, Progress, Rebuilt};
use accord_core::{EntryId, LogId};
use accord_store::{EngineKind, Logs, Salvage, StoreError};
use accord_words::{problem, say};

use crate::home::{Gate, Home, HomeLock, Unlock};
use crate::peering::remember_addresses;
use crate::replica::{Programme, Replica, read_change, store_problem};

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
        fill(&Replica::open(home)?, &salvage).map(|rebuilt| Rebuilt { aside, ..rebuilt })
    });
    let done = loop {
        tokio::select! {
            Some(next) = told.recv() => progress(next),
            done = &mut done => break done,
        }
    };
    done.map_err(|e| problem!("unexpected-failure", why = e.to_string()))?
}

/// Takes what was found into the store.
fn fill(replica: &Replica, salvage: &Salvage) -> Result<Rebuilt, Problem> {
    let mut rebuilt = Rebuilt::default();
    let known = replica.try_programme().map(|programme| programme.id());
    let Some(id) = known.or_else(|| salvage.programme(&replica.home.device.id())) else { return Ok(rebuilt) };
    let programme = replica.enter(id)?;
    for (device, addresses) in salvage.addresses() {
        remember_addresses(replica, &device, &addresses);
    }
    // Governance first: by it the rest is understood as it comes back.
    let mut logs = salvage.logs(&id);
    logs.sort_by_key(|log| log.space != programme.governance_space());
    for log in logs {
        let (taken, waiting) = take(&programme, salvage, log);
        rebuilt.entries += taken;
        rebuilt.waiting += waiting;
    }
    let behind = programme.logs().behind();
    rebuilt.behind = behind.map(|(_, held, signed)| signed - held);
    rebuilt.programme = true;
    replica.settle(programme)?;
    Ok(rebuilt)
}

/// Gives how many entries of a log were taken in, and how many could not be.
fn take(programme: &Arc<Programme>, salvage: &Salvage, log: LogId) -> (u64, u64) {
    let chains = salvage.chains(&programme.id(), &log, |seq, id| is_held(programme.logs(), &log, seq, id));
    let (mut taken, mut refused) = (0, 0);
    let unsigned = salvage.each_run(&chains, |run| {
        let count = run.len() as u64;
        match programme.take(log, run) {
            Ok(ingested) => taken += ingested.new as u64,
            Err(error) => {
                tracing::warn!(author = %log.device.short(), %error, "entries that were found do not fit");
                refused += count;
                return false;
            }
        }
        true
    });
    (taken, chains.beyond + unsigned.max(refused))
}

fn is_held(logs: &Logs, log: &LogId, seq: u64, id: &EntryId) -> bool {
    let on = |branch: usize| {
        let branch = u32::try_from(branch).unwrap_or(u32::MAX);
        logs.id_on(log, branch, seq).ok().flatten() == Some(*id)
    };
    (0..logs.branches(log).all().len()).any(on)
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
