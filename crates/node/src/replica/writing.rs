//! Writing: what this device adds to its own logs.

use accord_core::admission::regular;
use accord_core::api::{Exit, Problem};
use accord_core::governance::Record;
use accord_core::{ActorSeed, Body, ChangeHash, DeviceKey, Entry, Head, LogId, SpaceId};
use accord_document::{Author, EditError, Kind, NewChange};
use accord_store::{AppendError, Draft};
use accord_words::{problem, say};

use super::documents::other_rule;
use super::programme::{News, core_meta, logs_problem};
use super::{DocumentKey, Programme, store_problem};

impl Programme {
    /// Writes governance records, durably, and folds them.
    pub(crate) fn record(&self, key: &DeviceKey, records: Vec<Record>) -> Result<(), Problem> {
        let _writing = self.writing();
        self.write_records(key, records)
    }

    fn write_records(&self, key: &DeviceKey, records: Vec<Record>) -> Result<(), Problem> {
        let authority = self.governance().acknowledged().latest(&key.id());
        let drafts =
            records.into_iter().map(|record| Draft::of(Body::Governance { record: Box::new(record) }));
        let entries = self.append(key, self.governance_space(), authority, drafts.collect())?;
        self.fold_entries(entries.iter());
        Ok(())
    }

    /// Says in this device's governance log what it has come to know, if anything, so that its next entries are
    /// written under it.
    fn acknowledge(&self, key: &DeviceKey) -> Result<(), Problem> {
        loop {
            let record = self.governance().unacknowledged(&key.id());
            match record {
                Some(record) => self.write_records(key, vec![record])?,
                None => return Ok(()),
            }
        }
    }

    fn append(
        &self,
        key: &DeviceKey,
        space: SpaceId,
        authority: accord_core::Authority,
        drafts: Vec<Draft>,
    ) -> Result<Vec<Entry>, Problem> {
        let entries =
            self.logs.append(key, space, authority, drafts, Vec::new()).map_err(|e| append_problem(&e))?;
        if let Some(last) = entries.last() {
            let head = Head { seq: last.header().seq, id: last.id() };
            let log = LogId { space, device: key.id() };
            self.tell(News::Appended { log, head });
        }
        Ok(entries)
    }

    /// Writes one change of a document, with the entry that creates it before if `create` names its kind.
    ///
    /// `make` makes the change for an actor. It is called again with a new actor if the device's last own change to
    /// the document is not in it, because it ended in quarantine.
    pub(super) fn write_change<T>(
        &self,
        key: &DeviceKey,
        key_of: DocumentKey,
        create: Option<&Kind>,
        mut make: impl FnMut(&[u8]) -> Result<Option<(T, NewChange)>, Problem>,
    ) -> Result<Option<T>, Problem> {
        let _writing = self.writing();
        let DocumentKey { space, id: document } = key_of;
        self.may_write(&space)?;
        let log = LogId { space, device: key.id() };
        let before = self.logs.actor_of(&log, &document).map_err(|e| logs_problem(&e))?;
        for generation in [before.generation, before.generation + 1] {
            let seed = ActorSeed { device: key.id(), space, document, generation };
            let Some((made, change)) = make(&seed.actor())? else { return Ok(None) };
            let meta = core_meta(&change.meta);
            if regular(before, &space, &key.id(), (&document, generation), &meta).is_err() {
                continue;
            }
            self.acknowledge(key)?;
            let authority = self.governance().acknowledged().latest(&key.id());
            let hash = ChangeHash(change.meta.hash);
            let body = Body::Change { document, generation, change: hash };
            let mut drafts = Vec::with_capacity(2);
            if let Some(kind) = create {
                drafts.push(Draft::of(Body::Create { document, kind: kind.name.clone() }));
            }
            drafts.push(Draft { body, payload: change.raw, meta: Some(meta) });
            self.append(key, space, authority, drafts)?;
            self.space_grew(&space, false);
            self.documents.stale([key_of]);
            return Ok(Some(made));
        }
        Err(problem!("earlier-held-back"))
    }

    /// Whether this device may write in a space, and what to do if not.
    fn may_write(&self, space: &SpaceId) -> Result<(), Problem> {
        let governance = self.governance();
        if !governance.founded() {
            return Err(problem!("not-founded-write"));
        }
        if let Some(problem) = other_rule(&governance) {
            return Err(problem);
        }
        let organisation = governance.organisation_of(&self.device);
        let Some(organisation) = organisation else {
            if let Some(problem) = crate::handler::ended_here(&governance, &self.device) {
                return Err(problem);
            }
            return Err(problem!("not-admitted"));
        };
        if !governance.may_write(&organisation, space) {
            if *space == self.space() {
                return Err(problem!("only-reads"));
            }
            let name = self.space_name(&governance, space);
            return Err(problem!("writes-not", name));
        }
        Ok(())
    }
}

/// The author of a change, for the document layer.
pub(super) fn author(actor: &[u8], time: u64) -> Author<'_> {
    Author { actor, time: i64::try_from(time).unwrap_or(i64::MAX), message: None }
}

/// The problem that an edit's error is.
pub(crate) fn edit_problem(error: &EditError) -> Problem {
    let exit = if matches!(error, EditError::Open { .. }) { Exit::PersonNeeded } else { Exit::Failed };
    let problem = Problem::from_error(error).exit(exit);
    match error.hint() {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}

fn append_problem(error: &AppendError) -> Problem {
    match error {
        AppendError::Behind { .. } | AppendError::Ahead { .. } => {
            Problem::from_error(error).hint(say!("append-wait"))
        }
        AppendError::Forked { .. } => Problem::from_error(error).hint(say!("append-copied")),
        AppendError::Logs(accord_store::LogsError::Store(error)) => store_problem(error),
        // Mostly the disk is full: that is noticed here where the store itself had just room enough.
        AppendError::Unsure | AppendError::OwnHeads(_) => {
            Problem::from_error(error).hint(say!("health-writes-mend"))
        }
        AppendError::Logs(_) => Problem::from_error(error),
    }
}
