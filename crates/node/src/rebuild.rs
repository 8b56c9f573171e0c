//! Making the store of a home anew when its files are damaged: what they still hold is taken into a new one, and others give
//! back the rest. The node must not run, so this is done by the one who asks.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use accord_core::api::{Problem, Progress, Rebuilt};
use accord_store::{EngineKind, StoreError, Tree};
use accord_words::{problem, say};

use crate::alone::alone;
use crate::home::{Home, Unlock};
use crate::replica::{PROGRAMME, Replica, remove_if_done, store_problem};

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
    let (path, from) = (home.to_owned(), from.map(Path::to_owned));
    alone(
        home,
        || problem!("rebuild-while-running"),
        progress,
        move |tell| {
            let home = Home::open(&path, unlock)?;
            let folder = match from {
                Some(folder) => folder,
                None => set_aside(&home)?,
            };
            let store = home.store();
            let mut searched = |done: u64, total: u64| {
                let part = (done * 100).checked_div(total).unwrap_or(100);
                tell(say!("rebuild-searching", part));
            };
            // Opened first: what that overwrites is to be searched, too.
            let replica = Replica::open_as_it_is(home)?;
            let shredded = accord_store::shredded(store);
            let folders = [std::slice::from_ref(&folder), &shredded].concat();
            let rebuilt = replica.fill_from(&folders, true, &mut searched)?;
            remove_if_done(&rebuilt, &shredded);
            Ok(Rebuilt { aside: folder.display().to_string(), ..rebuilt })
        },
    )
    .await
}

/// Sees that a store cannot be used because its files are damaged, gives its folder another name, and makes an empty one of the
/// same engine. Gives the new name. Where that was done before, and broken off, the name that was given then.
fn set_aside(home: &Home) -> Result<PathBuf, Problem> {
    let store = &home.store();
    let before = accord_store::set_aside(store).pop();
    let error = match store.exists().then(|| accord_store::open(store, EngineKind::default())) {
        // Opening it would make one.
        None => {
            let before = before.ok_or_else(|| problem!("rebuild-nothing"))?;
            let engine = accord_store::engine_set_aside(store).unwrap_or_default();
            accord_store::create(store, engine).map_err(|e| store_problem(&e))?;
            return Ok(before);
        }
        Some(Ok((opened, _))) => match opened.get(Tree::Meta, PROGRAMME) {
            Ok(None) if home.own_heads().is_ok_and(|heads| heads.iter().next().is_some()) => {
                return before.ok_or_else(|| problem!("rebuild-nothing"));
            }
            Ok(_) => return Err(problem!("rebuild-needless")),
            Err(error) => error,
        },
        Some(Err(error)) => error,
    };
    if !is_damage(&error) {
        return Err(store_problem(&error));
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
    tracing::info!(store = %aside.display(), because = %error, "set a damaged store aside");
    accord_store::create(store, engine).map_err(|e| store_problem(&e))?;
    Ok(aside)
}

/// Whether what stands in the way of opening a store is what is in its files.
fn is_damage(error: &StoreError) -> bool {
    match error {
        StoreError::Open { source, .. } => is_damage(source),
        StoreError::Engine { .. } | StoreError::Damaged { .. } => true,
        // A file of which nothing is left says nothing of its format.
        StoreError::Format { found, .. } => found == "none",
        StoreError::Io { source, .. } => {
            let unreadable = rustix::io::Errno::IO.raw_os_error();
            matches!(source.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
                || source.raw_os_error() == Some(unreadable)
        }
        _ => false,
    }
}
