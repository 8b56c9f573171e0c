//! Appending to a device's own logs.

use std::cell::RefCell;

use accord_core::admission::ActorState;
use accord_core::{
    Authority, Body, ChangeMeta, DeviceKey, DocumentId, Entry, Head, Header, Invalid, LogId, MAX_PAYLOAD,
    MAX_RUN, SignedEntry, SpaceId, Unreadable, verify_run,
};

use super::{AppendError, Logs, LogsError, Place, Verified};
use crate::Op;

/// An entry to be made: all but its place in the log.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What it does.
    pub body: Body,
    /// The Automerge change of a Change; empty otherwise.
    pub payload: Vec<u8>,
    /// The outside of that change.
    pub meta: Option<ChangeMeta>,
}

impl Draft {
    /// An entry that is all in its body.
    pub fn of(body: Body) -> Self {
        Self { body, payload: Vec::new(), meta: None }
    }
}

impl Logs {
    /// Signs the drafts as the next entries of this device's log of `space`, and stores all of them or none.
    ///
    /// The order is what a crash at any point is safe in: the store is durable, then the file of own heads, then the
    /// entries are returned and can be seen. A crash in between leaves entries that nobody saw and that stand.
    ///
    /// What every other node would have to refuse, or could never admit, is not signed: it would end the log for
    /// good.
    ///
    /// `also` are operations of the caller that belong to the same commit.
    ///
    /// # Errors
    /// [`AppendError`]; then nobody has seen anything.
    pub fn append(
        &self,
        key: &DeviceKey,
        space: SpaceId,
        authority: Authority,
        drafts: Vec<Draft>,
        also: Vec<Op>,
    ) -> Result<Vec<Entry>, AppendError> {
        let mut writer = self.writer();
        let log = LogId { space, device: key.id() };
        let mut forked = None;
        let place = {
            let state = self.state();
            if let Some((log, held, signed)) = state.behind {
                return Err(AppendError::Behind { log, held, signed });
            }
            if let Some(said) = state.said.get(&log) {
                let held = state.place(log).held.map_or(0, |head| head.seq);
                return Err(AppendError::Ahead { log, held, said: *said });
            }
            if let Some(seq) = state.forked.get(&log) {
                forked = Some(*seq);
            }
            state.place(log)
        };
        match self.sure(&writer) {
            Err(LogsError::Unsure) => return Err(AppendError::Unsure),
            other => other?,
        }
        if let Some(seq) = forked {
            return Err(AppendError::Forked { seq });
        }
        // The file of own heads is this device's alone.
        if log.device != self.device {
            return Err(LogsError::Elsewhere("another device's key").into());
        }
        let fresh = self.sign(key, &place, authority, drafts)?;
        if fresh.is_empty() {
            self.commit(&mut writer, also)?;
            return Ok(Vec::new());
        }
        let mut prepared = self.prepare(&place, &fresh)?;
        if let Some(irregular) = prepared.irregular.first() {
            return Err(LogsError::NotRegular { seq: irregular.seq }.into());
        }
        prepared.ops.extend(also);
        let (head, authority) = (prepared.head, prepared.authority);
        self.commit_prepared(&mut writer, prepared)?;
        self.note_own(&mut writer, log, head).map_err(AppendError::OwnHeads)?;
        self.state().advance(&place, head, authority);
        Ok(fresh.into_iter().map(|(entry, _)| entry).collect())
    }

    /// Makes the entries, and has them pass what every receiver checks.
    fn sign(
        &self,
        key: &DeviceKey,
        place: &Place,
        authority: Authority,
        drafts: Vec<Draft>,
    ) -> Result<Vec<Verified>, LogsError> {
        let mut at = place.held;
        let mut entries = Vec::with_capacity(drafts.len());
        let mut metas = Vec::new();
        for Draft { body, payload, meta } in drafts {
            let seq = at.map_or(1, |head| head.seq + 1);
            if payload.len() > MAX_PAYLOAD {
                let why = format!("a content of more than {MAX_PAYLOAD} bytes");
                return Err(LogsError::Draft(Invalid::Payload { seq, why }));
            }
            let header = Header {
                programme: self.programme,
                space: place.log.space,
                device: place.log.device,
                seq,
                prev: at.map(|head| head.id),
                authority,
                body,
            };
            if matches!(header.body, Body::Change { .. }) {
                metas.push(meta);
            }
            let entry = header.sign(key, payload);
            at = Some(Head { seq, id: entry.id() });
            entries.push(entry.signed().clone());
        }
        // Changes are read in their order, so the drafts' own words about them stand in for reading them again.
        let metas = RefCell::new(metas.into_iter());
        let reader = |_: &[u8]| {
            let meta = metas.borrow_mut().next().flatten();
            meta.ok_or_else(|| Unreadable("the draft does not describe it".into()))
        };
        let mut fresh = Vec::with_capacity(entries.len());
        let mut entries = entries.into_iter();
        loop {
            let run: Vec<SignedEntry> = entries.by_ref().take(MAX_RUN).collect();
            if run.is_empty() {
                return Ok(fresh);
            }
            let run = verify_run(&self.programme, place.log, run, &reader).map_err(LogsError::Draft)?;
            fresh.extend(run.entries().iter().cloned());
        }
    }

    /// How far this device's actor has come in a document: the state that its next change builds on.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn actor_of(&self, log: &LogId, document: &DocumentId) -> Result<ActorState, LogsError> {
        let place = self.state().place(*log);
        let stored = self.journal.stored(document, place.space)?;
        let begun = stored.filter(|_| place.held.is_some());
        Ok(begun.and_then(|stored| stored.actor(place.number)).unwrap_or_default())
    }
}
