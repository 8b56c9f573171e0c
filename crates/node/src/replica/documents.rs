//! The documents that were read: a bounded cache over the logs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use accord_core::admission::{Reason, WaitingFor};
use accord_core::api::Problem;
use accord_core::governance::Governance;
use accord_core::{ChangeHash, DeviceId, DeviceKey, DocumentId, SpaceId};
use accord_document::{ChangeMeta, Document, Edit, GUARD_RULE, GuardError, Hash, Kind};
use accord_words::problem;
use minicbor::{Decode, Encode};

use super::judging::Judgement;
use super::kinds::{AddedKind, HeldKind};
use super::lines::Lines;
use super::loading::Pending;
use super::versions::{Version, VersionState};
use super::writing::{author, edit_problem};
use super::{DocumentKey, Programme};

/// How many documents are kept in memory: a framework takes a few hundred kilobytes.
const MAX_LOADED: usize = 128;

/// A document as it was read.
#[derive(Clone)]
pub(crate) struct Reading {
    /// Which document it is.
    pub(crate) key: DocumentKey,
    /// Its content.
    pub(crate) document: Document,
    /// Its kind; an error that says so if this version does not know it.
    pub(crate) kind: Result<HeldKind, NoKind>,
    /// Whether anything of it is admitted, so that it is listed.
    pub(crate) exists: bool,
    /// Which device each actor is.
    pub(super) actors: BTreeMap<Vec<u8>, DeviceId>,
    /// The authors of all admitted changes.
    pub(super) authors: BTreeSet<DeviceId>,
    /// How many entries about it had arrived.
    pub(super) arrived: u64,
    /// Those of them that are not admitted, by their numbers; none of those that were not read since the start.
    pub(super) pending: BTreeMap<u64, Option<Arc<Pending>>>,
    /// How many had arrived when the last snapshot was written.
    pub(super) saved_at: u64,
    /// What its entries were judged by. Anything else in force now means that all of it is judged anew.
    pub(super) judged: Judgement,
    /// Changes in it that are not in position themselves, and why they are kept all the same.
    pub(crate) kept: BTreeMap<ChangeHash, Reason>,
    /// Changes whose authors knowingly built on work after a cut, and on what of it.
    pub(super) reported: BTreeMap<ChangeHash, BTreeSet<ChangeHash>>,
    /// Changes that wait, and for what.
    pub(crate) waiting: BTreeMap<ChangeHash, WaitingFor>,
    /// Changes in quarantine, and why.
    pub(crate) quarantined: BTreeMap<ChangeHash, Reason>,
    /// Of these, those that the guard refused, and why.
    pub(super) malformed: BTreeMap<ChangeHash, GuardError>,
    /// Those in quarantine for what they were made on, as they were last judged from nothing, and how far governance was then.
    pub(super) strict: (u64, BTreeSet<ChangeHash>),
    /// How many entries about it are lost here, as far as they matter for what was read.
    pub(crate) lacks: usize,
    /// Its ratified versions, in order.
    pub(crate) versions: Vec<Version>,
}

/// The guard rule in force, if this version of the program does not know it. Nothing of any document is shown then: by another rule
/// it may be another document.
pub(crate) fn unknown_rule(governance: &Governance) -> Option<u32> {
    governance.guard_rule().filter(|rule| *rule != GUARD_RULE)
}

/// The problem that it is for somebody who wants to read or write a document.
pub(crate) fn other_rule(governance: &Governance) -> Option<Problem> {
    unknown_rule(governance).map(|rule| NoKind::Rule(rule).problem())
}

/// Why the kind of a document is not known. It is kept with what was read, so it is said only when somebody asks.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum NoKind {
    /// The entry that creates the document is not here.
    #[n(0)]
    NotHere,
    /// Changes are judged by a rule that this version does not know.
    #[n(1)]
    Rule(#[n(0)] u32),
    /// Nobody has added a kind of that name.
    #[n(2)]
    Unknown(#[n(0)] String),
}

impl NoKind {
    /// The problem that it is for somebody who wants to read the document.
    pub(crate) fn problem(&self) -> Problem {
        match self {
            NoKind::NotHere => problem!("document-not-created"),
            NoKind::Rule(rule) => problem!("document-other-rule", rule = *rule),
            NoKind::Unknown(name) => problem!("document-other-kind", name),
        }
    }
}

impl Reading {
    /// The kind.
    ///
    /// # Errors
    /// A [`Problem`] if this version does not know it.
    pub(crate) fn kind(&self) -> Result<&Kind, Problem> {
        self.kind.as_deref().map_err(NoKind::problem)
    }

    /// The device that an actor belongs to.
    pub(crate) fn device_of(&self, actor: &[u8]) -> Option<DeviceId> {
        self.actors.get(actor).copied()
    }

    /// The device that wrote a change which is in the document.
    pub(crate) fn author_of(&self, change: &ChangeHash) -> Option<DeviceId> {
        let meta = ChangeMeta::parse(&self.document.raw_change(&change.0)?).ok()?;
        self.device_of(&meta.actor)
    }

    /// Whose a change is that is in the document although it is beyond a cut.
    pub(super) fn beyond_cut(&self, change: &ChangeHash) -> Option<DeviceId> {
        let reason = self.kept.get(change)?;
        matches!(reason, Reason::Removed | Reason::Revoked).then(|| self.author_of(change)).flatten()
    }

    /// Changes in the document whose authors knew that what they built on counts no more, and what that is. On what a
    /// version contains that both secretariats signed anybody may build.
    pub(crate) fn built_knowingly(&self) -> BTreeMap<ChangeHash, Vec<ChangeHash>> {
        let versions = || self.versions.iter().filter(|version| version.state == VersionState::Whole);
        let signed =
            |on: &ChangeHash| versions().any(|version| self.document.is_ancestor(&on.0, &version.heads));
        let reported = self.reported.iter().filter(|(change, _)| self.document.has_change(&change.0));
        reported
            .map(|(change, on)| (*change, on.iter().filter(|on| !signed(on)).copied().collect()))
            .filter(|(_, on): &(ChangeHash, Vec<ChangeHash>)| !on.is_empty())
            .collect()
    }
}

/// The cache.
#[derive(Default)]
pub(crate) struct Documents {
    state: Mutex<Cache>,
    /// Held while the list is brought up to date: who asks meanwhile waits for the result, and is not shown a list that
    /// lacks what was acknowledged before.
    pub(super) refreshing: Mutex<()>,
}

#[derive(Default)]
pub(super) struct Cache {
    /// Those in memory, each with its last use.
    pub(super) loaded: BTreeMap<DocumentKey, (u64, Arc<Reading>)>,
    /// Counts the uses, to find the one used least recently.
    uses: u64,
    /// Documents about which something arrived since they were read, each with the number of its last arrival.
    pub(super) stale: BTreeMap<DocumentKey, u64>,
    /// Counts the arrivals.
    arrivals: u64,
    /// What a list shows of each document; none before it was first asked for.
    pub(super) lines: Option<Lines>,
    /// Of which documents that is not in the store as it is here.
    pub(super) unsaved: BTreeSet<DocumentKey>,
    /// Whether one of these must not be lost.
    pub(super) pressing: bool,
    /// The kinds that documents of the kind `kind` hold, as they were last read.
    pub(super) kinds: BTreeMap<DocumentKey, AddedKind>,
}

impl Documents {
    /// Marks documents about which something arrived.
    pub(super) fn stale(&self, documents: impl IntoIterator<Item = DocumentKey>) {
        self.cache().mark(documents);
    }

    /// Forgets documents whose entries are not what they were when they were read, and marks them. What the store keeps about
    /// them may be gone, too.
    pub(super) fn forget(&self, documents: impl IntoIterator<Item = DocumentKey>) {
        let mut cache = self.cache();
        for document in documents {
            cache.loaded.remove(&document);
            cache.unsaved.insert(document);
            cache.mark([document]);
        }
    }

    pub(super) fn cache(&self) -> MutexGuard<'_, Cache> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cache {
    pub(super) fn mark(&mut self, documents: impl IntoIterator<Item = DocumentKey>) {
        for document in documents {
            self.arrivals += 1;
            self.stale.insert(document, self.arrivals);
        }
    }

    fn get(&mut self, id: &DocumentKey) -> Option<Arc<Reading>> {
        self.uses += 1;
        let (used, reading) = self.loaded.get_mut(id)?;
        *used = self.uses;
        Some(Arc::clone(reading))
    }

    fn put(&mut self, reading: Arc<Reading>) {
        self.uses += 1;
        // Two may read at once, and the one that began earlier may end later.
        if self
            .loaded
            .get(&reading.key)
            .is_some_and(|(_, held)| held.judged == reading.judged && held.arrived > reading.arrived)
        {
            return;
        }
        self.loaded.insert(reading.key, (self.uses, reading));
        if self.loaded.len() > MAX_LOADED {
            let oldest = self.loaded.iter().min_by_key(|(_, (used, _))| *used).map(|(id, _)| *id);
            oldest.map(|id| self.loaded.remove(&id));
        }
    }
}

impl Programme {
    /// Reads a document as it stands now: loads it, or brings what was loaded up to date.
    pub(crate) fn read(&self, id: &DocumentKey) -> Result<Arc<Reading>, Problem> {
        let (held, stale) = {
            let mut cache = self.documents.cache();
            (cache.get(id), cache.stale.get(id).copied())
        };
        if let Some(reading) = &held
            && stale.is_none()
            && reading.judged == self.judgement(&id.space)
        {
            return Ok(Arc::clone(reading));
        }
        let reading = Arc::new(self.load(id, held.as_deref())?);
        let mut cache = self.documents.cache();
        cache.put(Arc::clone(&reading));
        cache.note(&reading);
        // It stays stale if something more arrived while it was read.
        if cache.stale.get(id).copied() == stale {
            cache.stale.remove(id);
        }
        Ok(reading)
    }

    /// Makes a document, durably.
    pub(crate) fn create(
        &self,
        key: &DeviceKey,
        space: SpaceId,
        kind: &Kind,
        name: &str,
        edits: &[Edit],
        time: u64,
    ) -> Result<DocumentKey, Problem> {
        let mut bytes = [0; 16];
        random(&mut bytes);
        let id = DocumentKey { space, id: DocumentId(bytes) };
        self.write_change(key, id, Some(kind), |actor| {
            let made = Document::create(kind, name, edits, &author(actor, time), &mut random);
            made.map(Some).map_err(|e| edit_problem(&e))
        })?;
        Ok(id)
    }

    /// Changes a document, durably: on the version `at` if one is given, merged with what arrived since.
    /// Gives the version after; none if there was nothing to write.
    pub(crate) fn edit(
        &self,
        key: &DeviceKey,
        id: &DocumentKey,
        at: Option<&[Hash]>,
        edits: &[Edit],
        time: u64,
    ) -> Result<Option<Hash>, Problem> {
        let reading = self.read(id)?;
        let kind = reading.kind()?;
        self.write_change(key, *id, None, |actor| {
            let mut document = reading.document.clone();
            let by = author(actor, time);
            let made = match at {
                Some(heads) => document.edit_at(heads, kind, edits, &by, &mut random),
                None => document.edit(kind, edits, &by, &mut random),
            };
            Ok(made.map_err(|e| edit_problem(&e))?.map(|change| (change.meta.hash, change)))
        })
    }
}

/// Random bytes from the operating system.
pub(crate) fn random(bytes: &mut [u8]) {
    // Fails only where the system has no source of randomness at all; then no key could have been made either.
    getrandom::fill(bytes).expect("the operating system gives randomness");
}
