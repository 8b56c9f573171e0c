//! The replica: this node's copy of the programme, and everything that can be done with it without a network.
//!
//! [`Replica`] is the home with its store, before and after there is a programme; [`Programme`] is the programme on
//! it: its logs, the governance fold over them and the documents that were read.

mod apart;
mod backup;
mod clocks;
mod documents;
mod entries;
mod finding;
mod judging;
mod kinds;
mod lines;
mod loading;
mod names;
mod own;
mod packer;
mod place;
mod programme;
mod returned;
mod salvaging;
mod seen;
mod standing;
#[cfg(test)]
mod tests;
mod verify;
mod versions;
mod writing;

use std::sync::{Arc, PoisonError, RwLock};

use accord_core::api::{Problem, RootSecret};
use accord_core::{ProgrammeId, RootId, RootKey, Ticket, decode, encode};
use accord_store::{EngineKind, Op, Store, StoreError, Tree};
use accord_words::{problem, say};

pub(crate) use apart::{Knowing, knowing};
pub(crate) use backup::Backup;
pub(crate) use clocks::{ClockDoubt, doubtful_clock};
pub(crate) use documents::{Reading, other_rule, random, unknown_rule};
pub(crate) use kinds::HeldKind;
pub(crate) use names::{Summary, open_places};
pub(crate) use own::{Handled, OwnApart, OwnDocument};
pub(crate) use packer::pack_store;
pub(crate) use place::DocumentKey;
pub(crate) use programme::{News, Programme, TakeError, logs_problem, read_change};
pub(crate) use salvaging::remove_if_done;
pub(crate) use seen::Fresh;
pub(crate) use standing::{HeldBack, waiting_words};
pub(crate) use verify::Checks;
pub(crate) use versions::{Frozen, LastVersion, Version, VersionState};
pub(crate) use writing::edit_problem;

use crate::home::Home;

pub(crate) const PROGRAMME: &[u8] = b"programme";
const PENDING: &[u8] = b"pending";

/// A home and its store.
pub(crate) struct Replica {
    pub(crate) home: Home,
    store: Arc<dyn Store>,
    /// By which engine the store is written.
    pub(crate) engine: EngineKind,
    programme: RwLock<Option<Arc<Programme>>>,
}

impl Replica {
    /// Opens the store of a home, and the programme on it if there is one.
    ///
    /// What the engine overwrote when it opened its files is taken back, as far as it is missing.
    pub(crate) fn open(home: Home) -> Result<Self, Problem> {
        let replica = Self::open_as_it_is(home)?;
        replica.take_back_shredded();
        Ok(replica)
    }

    /// The same of the store as it is.
    pub(crate) fn open_as_it_is(home: Home) -> Result<Self, Problem> {
        let engine = accord_store::engine_set_aside(home.store()).unwrap_or_default();
        let (store, engine) = accord_store::open(home.store(), engine).map_err(|e| store_problem(&e))?;
        let id = store.get(Tree::Meta, PROGRAMME).map_err(|e| store_problem(&e))?;
        let programme = match id {
            None => None,
            Some(bytes) => {
                let id = ProgrammeId::try_from(bytes.as_slice()).map_err(|e| Problem::from_error(&e))?;
                Some(Arc::new(Programme::open(Arc::clone(&store), id, &home)?))
            }
        };
        Ok(Self { home, store, engine, programme: RwLock::new(programme) })
    }

    /// The programme.
    ///
    /// # Errors
    /// A [`Problem`] that says how to come to one, if there is none yet.
    pub(crate) fn programme(&self) -> Result<Arc<Programme>, Problem> {
        self.try_programme().ok_or_else(|| {
            if self.lost_its_store() {
                return problem!("store-gone");
            }
            problem!("no-programme-yet")
        })
    }

    /// Whether this device has signed entries and no programme is in the store.
    fn lost_its_store(&self) -> bool {
        self.home.own_heads().is_ok_and(|heads| heads.iter().next().is_some())
    }

    /// The programme, if there is one.
    pub(crate) fn try_programme(&self) -> Option<Arc<Programme>> {
        self.programme.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Opens a programme that this home may come to take part in. Nothing is settled yet: what is written into its logs
    /// before [`Replica::settle`] is found again if this is cut short, and binds nobody.
    pub(crate) fn enter(&self, id: ProgrammeId) -> Result<Arc<Programme>, Problem> {
        match self.try_programme() {
            Some(programme) if programme.id() == id => Ok(programme),
            Some(_) => Err(problem!("other-programme-already")),
            None => Ok(Arc::new(Programme::open(Arc::clone(&self.store), id, &self.home)?)),
        }
    }

    /// From now on this is the programme of this home, durably.
    pub(crate) fn settle(&self, programme: Arc<Programme>) -> Result<(), Problem> {
        let op = Op::put(Tree::Meta, PROGRAMME, programme.id().0);
        self.store.commit(vec![op]).map_err(|e| store_problem(&e))?;
        *self.programme.write().unwrap_or_else(PoisonError::into_inner) = Some(programme);
        Ok(())
    }

    /// The ticket with which this organisation asked for admission.
    pub(crate) fn pending_ticket(&self) -> Result<Option<Ticket>, Problem> {
        let bytes = self.store.get(Tree::Meta, PENDING).map_err(|e| store_problem(&e))?;
        bytes.map(|bytes| decode(&bytes).map_err(|e| Problem::from_error(&e))).transpose()
    }

    /// Keeps the ticket, to go on knocking with it until this organisation is admitted.
    pub(crate) fn keep_ticket(&self, ticket: &Ticket) -> Result<(), Problem> {
        self.store.commit(vec![Op::put(Tree::Meta, PENDING, encode(ticket))]).map_err(|e| store_problem(&e))
    }

    /// The organisation's root key of now: the one that came with a request, or the one in the home.
    ///
    /// # Errors
    /// A [`Problem`] if there is none, or it is another organisation's, or was replaced.
    pub(crate) fn root_key(&self, given: Option<&RootSecret>) -> Result<RootKey, Problem> {
        let key = self.home.root_key(given)?;
        let organisation = self.home.card.organisation.id;
        let root = self.try_programme().map(|programme| programme.governance().root(&organisation));
        if root.unwrap_or(RootId(organisation.0)) == RootId(key.id().0) {
            return Ok(key);
        }
        let code = &self.home.card.organisation.code;
        Err(problem!("not-the-root-key", code))
    }

    /// The store underneath.
    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }
}

/// Whether the system refused because of whose the files are.
fn is_forbidden(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error
            .downcast_ref::<std::io::Error>()
            .is_some_and(|e| e.kind() == std::io::ErrorKind::PermissionDenied)
        {
            return true;
        }
        next = error.source();
    }
    false
}

/// The problem that a store's error is, with what a person can do.
pub(crate) fn store_problem(error: &StoreError) -> Problem {
    let problem = Problem::from_error(error);
    // Where one value was met damaged, its mend is the same whatever was done meanwhile.
    let error = match error {
        StoreError::Open { source, .. } if matches!(**source, StoreError::Damaged { .. }) => source,
        other => other,
    };
    match error {
        StoreError::ReadOnly { disk_full: true, .. } => problem.hint(say!("store-disk-full-mend")),
        _ if error.is_disk_full() => problem.hint(say!("store-full-mend")),
        StoreError::Locked { .. } => problem.hint(say!("store-locked-mend")),
        StoreError::ReadOnly { .. } => problem.hint(say!("store-read-only-mend")),
        StoreError::Unnoted { note, looks: Some(engine), .. } => problem.hint(say!(
            "store-unnoted-mend",
            engine = engine.to_string(),
            note = note.display().to_string()
        )),
        StoreError::Unnoted { path, .. } => {
            problem.hint(say!("store-unknown-mend", path = path.display().to_string()))
        }
        StoreError::OtherEngine { path, noted, .. } => problem.hint(say!(
            "store-other-engine-mend",
            path = path.display().to_string(),
            noted = noted.to_string()
        )),
        _ if is_forbidden(error) => problem.hint(say!("store-forbidden-mend")),
        // These two stand for themselves; all else follows from the entries, or is one that others have.
        StoreError::Damaged { tree, .. } if !matches!(tree, Tree::Meta | Tree::Peers) => {
            problem.hint(say!("store-value-mend"))
        }
        // Another program wrote it.
        StoreError::Open { source, .. } if matches!(&**source, StoreError::Format { found, .. } if found != "none") => {
            problem.hint(say!("store-format-mend"))
        }
        StoreError::Damaged { .. } | StoreError::Open { .. } | StoreError::Engine { .. } => {
            problem.hint(say!("store-broken-mend"))
        }
        _ => problem,
    }
}
