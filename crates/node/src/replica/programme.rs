//! The programme on this node: its logs, the governance fold, and news for whoever watches.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard};

use accord_core::api::Problem;
use accord_core::governance::Governance;
use accord_core::{
    DeviceId, DocumentId, Entry, Head, Invalid, LogId, OrganisationId, ProgrammeId, SignedEntry, SpaceId,
    Unreadable, VerifiedRun, governance_space, private_space, programme_space, verify_run,
};
use accord_document::ChangeMeta;
use accord_store::{IngestError, Ingested, Logs, LogsError, Store};
use accord_words::{problem, say};
use tokio::sync::broadcast;

use super::clocks::Clocks;
use super::documents::Documents;
use super::judging::Judging;
use super::packer::LogPacker;
use super::{DocumentKey, store_problem};
use crate::home::Home;

/// Something that others should hear of.
#[derive(Debug, Clone)]
pub(crate) enum News {
    /// This device wrote, durably.
    Appended {
        /// In which of its logs.
        log: LogId,
        /// Up to where.
        head: Head,
    },
    /// Entries of others were taken in from somewhere else than a connection.
    Taken {
        /// Into which log.
        log: LogId,
    },
    /// Who may do what may have changed.
    Governance,
    /// Entries that were lost here were put back.
    Mended,
}

/// News that a slow watcher may be behind with; it then looks at the whole state instead.
const NEWS: usize = 1024;

/// The programme.
pub(crate) struct Programme {
    pub(super) logs: Logs,
    pub(super) device: DeviceId,
    pub(super) governance: RwLock<Governance>,
    pub(super) documents: Documents,
    pub(super) judging: Judging,
    pub(super) clocks: Clocks,
    /// Held from the acknowledgement to the entry that is written under it, so that the authority of an entry is what
    /// this device had acknowledged last.
    pub(super) writing: Mutex<()>,
    news: broadcast::Sender<News>,
    observer: OnceLock<Observer>,
}

/// Hears of news before whoever caused it goes on.
type Observer = Box<dyn Fn(&News) + Send + Sync>;

/// Why entries of another device were not taken in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TakeError {
    /// They are not valid; nothing of them is stored.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// They do not fit what is held, or could not be stored.
    #[error(transparent)]
    Ingest(#[from] IngestError),
}

impl Programme {
    pub(super) fn open(store: Arc<dyn Store>, id: ProgrammeId, home: &Home) -> Result<Self, Problem> {
        let device = home.device.id();
        let packer = Some(Arc::new(LogPacker) as _);
        let logs = Logs::open_with(store, id, device, Some(home.own_heads()?), packer);
        let logs = logs.map_err(|e| logs_problem(&e))?;
        let mut governance = Governance::new(id);
        fold(&logs, &mut governance).map_err(|e| logs_problem(&e))?;
        // Nothing was read yet, so there is nothing to look at again.
        let _ = governance.take_moved_documents();
        let programme = Self {
            logs,
            device,
            governance: RwLock::new(governance),
            documents: Documents::default(),
            judging: Judging::default(),
            clocks: Clocks::default(),
            writing: Mutex::new(()),
            news: broadcast::channel(NEWS).0,
            observer: OnceLock::new(),
        };
        Ok(programme)
    }

    /// Its id.
    pub(crate) fn id(&self) -> ProgrammeId {
        self.logs.programme()
    }

    /// This device.
    pub(crate) fn device(&self) -> DeviceId {
        self.device
    }

    /// The logs.
    pub(crate) fn logs(&self) -> &Logs {
        &self.logs
    }

    /// The space of governance records.
    pub(crate) fn governance_space(&self) -> SpaceId {
        governance_space(&self.id())
    }

    /// The space of the programme's documents.
    pub(crate) fn space(&self) -> SpaceId {
        programme_space(&self.id())
    }

    /// The private space of this organisation: it never leaves its own devices.
    pub(crate) fn private_space(&self, organisation: &OrganisationId) -> SpaceId {
        private_space(&self.id(), organisation)
    }

    /// The spaces with documents that an organisation reads now: the programme's, those opened by decision, its own.
    pub(crate) fn readable(&self, governance: &Governance, organisation: &OrganisationId) -> Vec<SpaceId> {
        let shared = std::iter::once(self.space()).chain(governance.spaces());
        let mut spaces: Vec<SpaceId> =
            shared.filter(|space| governance.may_read(organisation, space)).collect();
        spaces.push(self.private_space(organisation));
        spaces
    }

    /// What people call a space.
    pub(crate) fn space_name(&self, governance: &Governance, space: &SpaceId) -> String {
        if *space == self.space() {
            return "programme".to_owned();
        }
        if *space == self.governance_space() {
            return "governance".to_owned();
        }
        let owner = governance.organisations().into_iter().find(|id| self.private_space(id) == *space);
        match owner {
            Some(_) => "private".to_owned(),
            None => governance.space_name(space).map_or_else(|| space.short(), str::to_owned),
        }
    }

    /// The space that a person means: `programme`, `private`, a name or the beginning of an id.
    pub(crate) fn find_space(
        &self,
        governance: &Governance,
        own: &OrganisationId,
        text: &str,
    ) -> Result<SpaceId, Problem> {
        match text {
            "programme" => return Ok(self.space()),
            "private" => return Ok(self.private_space(own)),
            _ => {}
        }
        let lower = text.to_lowercase();
        let named = |space: &SpaceId| governance.space_name(space).is_some_and(|n| n.to_lowercase() == lower);
        let by_id = |space: &SpaceId| text.len() >= 4 && space.to_string().starts_with(&lower);
        let found: Vec<SpaceId> = governance.spaces().filter(|space| named(space) || by_id(space)).collect();
        match found.as_slice() {
            [one] => Ok(*one),
            [] => {
                let names: Vec<&str> =
                    governance.spaces().filter_map(|s| governance.space_name(&s)).collect();
                let all = [&["programme", "private"], names.as_slice()].concat().join(", ");
                Err(problem!("no-space", name = text, names = all))
            }
            several => {
                let ids: Vec<String> = several.iter().map(SpaceId::short).collect();
                Err(problem!("spaces-alike", count = several.len(), name = text, ids = ids.join(", ")))
            }
        }
    }

    /// The state that the governance records held amount to.
    pub(crate) fn governance(&self) -> RwLockReadGuard<'_, Governance> {
        self.governance.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has `observer` called with all news from now on, before whoever caused them goes on: so a command that was told
    /// that its change is saved knows that the network has heard of it. Only the first one is taken.
    pub(crate) fn observe(&self, observer: impl Fn(&News) + Send + Sync + 'static) {
        let _ = self.observer.set(Box::new(observer));
    }

    /// Takes what all records held amount to in place of what this node went by.
    pub(super) fn go_by(&self, governance: Governance) {
        *self.governance.write().unwrap_or_else(PoisonError::into_inner) = governance;
        self.judge_again();
        self.standing_changed();
        self.tell(News::Governance);
    }

    pub(super) fn tell(&self, news: News) {
        if let Some(observer) = self.observer.get() {
            observer(&news);
        }
        // Nobody waiting is no error: a command without a network has no watcher.
        let _ = self.news.send(news);
    }

    /// Tells the network that a log grew by what it did not bring itself.
    pub(crate) fn tell_taken(&self, log: LogId) {
        self.tell(News::Taken { log });
    }

    /// What happens from now on.
    pub(crate) fn watch(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    /// Verifies entries of another device and stores them durably. Blocks on cryptography and on the disk.
    pub(crate) fn take(&self, log: LogId, entries: Vec<SignedEntry>) -> Result<Ingested, TakeError> {
        let run = verify_run(&self.id(), log, entries, &read_change)?;
        let ingested = self.logs.ingest(&run)?;
        self.absorb(&run, &ingested);
        Ok(ingested)
    }

    /// Puts back entries that were lost here, where the run has them. Gives how many.
    pub(crate) fn put_back_lost(&self, log: LogId, entries: Vec<SignedEntry>) -> Result<usize, TakeError> {
        let run = verify_run(&self.id(), log, entries, &read_change)?;
        let caches = |space: &SpaceId, id: &DocumentId| DocumentKey { space: *space, id: *id }.caches();
        let mended = self.logs.mend(&run, &read_change, &caches).map_err(IngestError::from)?;
        if mended.entries.is_empty() {
            return Ok(0);
        }
        tracing::info!(author = %log.device.short(), entries = mended.entries.len(), "what was lost was put back");
        if log.space == self.governance_space() {
            self.fold_entries(mended.entries.iter());
        } else {
            let space = log.space;
            self.space_grew(&space, false);
            // What was read without them, and may count them in another order now, is read from nothing.
            self.documents.forget(mended.documents.iter().map(|id| DocumentKey { space, id: *id }));
            self.mark_standing(mended.entries.iter());
            if self.came_in(&space, &mended.documents) {
                self.tell(News::Governance);
            }
        }
        self.tell(News::Mended);
        Ok(mended.entries.len())
    }

    /// Folds what a stored run says about governance, and marks the documents that it changes.
    fn absorb(&self, run: &VerifiedRun, ingested: &Ingested) {
        if run.log().space == self.governance_space() {
            let entries = run.entries().iter().map(|(entry, _)| entry);
            self.fold_entries(entries.skip(run.entries().len() - ingested.new));
        } else {
            let space = run.log().space;
            self.space_grew(&space, run.first_seq() == 1);
            self.documents.stale(ingested.documents.iter().map(|id| DocumentKey { space, id: *id }));
            let fresh = &run.entries()[run.entries().len() - ingested.new..];
            self.mark_standing(fresh.iter().map(|(entry, _)| entry));
            if self.came_in(&space, &ingested.documents.iter().copied().collect()) {
                // What is to be asked of others is not the same any more.
                self.tell(News::Governance);
            }
        }
    }

    /// Folds governance entries that are durable.
    pub(super) fn fold_entries<'a>(&self, entries: impl Iterator<Item = &'a Entry>) {
        let moved = {
            let mut governance = self.governance.write().unwrap_or_else(PoisonError::into_inner);
            for entry in entries {
                insert(&mut governance, entry);
            }
            governance.take_moved_documents()
        };
        self.versions_moved(&moved);
        self.judge_again();
        self.standing_changed();
        self.tell(News::Governance);
    }

    pub(super) fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the outside of a change for the logs.
pub(crate) fn read_change(payload: &[u8]) -> Result<accord_core::ChangeMeta, Unreadable> {
    ChangeMeta::parse(payload).map(|meta| core_meta(&meta)).map_err(|e| Unreadable(e.to_string()))
}

pub(super) fn core_meta(meta: &ChangeMeta) -> accord_core::ChangeMeta {
    accord_core::ChangeMeta {
        hash: accord_core::ChangeHash(meta.hash),
        actor: meta.actor.clone(),
        seq: meta.seq,
        start_op: meta.start_op,
        max_op: meta.max_op,
        deps: meta.deps.iter().copied().map(accord_core::ChangeHash).collect(),
    }
}

/// Folds every governance entry held, of all histories of a log: what happens to a log undoes no vote that it carried, and two
/// votes in one place are proof on whichever histories they stand. Nor does what is lost of a log here: records count by their own
/// signatures.
pub(super) fn fold(logs: &Logs, governance: &mut Governance) -> Result<(), LogsError> {
    let space = governance_space(&logs.programme());
    super::entries::each_of(logs, &space, |entry| insert(governance, &entry))
}

fn insert(governance: &mut Governance, entry: &Entry) {
    if let Err(error) = governance.insert(entry) {
        let (device, seq) = (entry.header().device.short(), entry.header().seq);
        tracing::warn!(%device, seq, %error, "a governance record does not count");
    }
}

/// The problem that an error of the logs is.
pub(crate) fn logs_problem(error: &LogsError) -> Problem {
    match error {
        LogsError::Store(error) => store_problem(error),
        LogsError::Lost { .. } => Problem::from_error(error).hint(say!("health-lost-mend")),
        LogsError::Layout { .. } => Problem::from_error(error).hint(say!("nothing-damaged")),
        _ => Problem::from_error(error).hint(say!("store-damaged-mend")),
    }
}
