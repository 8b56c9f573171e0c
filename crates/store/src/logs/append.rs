//! Appending to a device's own logs.

use accord_core::admission::ActorState;
use accord_core::{Authority, Body, ChangeMeta, DeviceKey, DocumentId, Entry, Head, Header, LogId, SpaceId};

use super::{AppendError, Logs, LogsError, own_head};
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
        let mut state = self.state();
        let log = LogId { space, device: key.id() };
        if let Some((log, held, signed)) = state.behind {
            return Err(AppendError::Behind { log, held, signed });
        }
        if state.unsure {
            return Err(AppendError::Unsure);
        }
        let (number, record) = state.number(&log);
        if let Some(seq) = record.and_then(|record| record.forked) {
            return Err(AppendError::Forked { seq });
        }
        let held = record.and_then(|record| record.head);
        let mut at = held;
        let mut entries = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let header = Header {
                programme: self.programme,
                space,
                device: log.device,
                seq: at.map_or(1, |head| head.seq + 1),
                prev: at.map(|head| head.id),
                authority,
                body: draft.body,
            };
            let entry = header.sign(key, draft.payload);
            at = Some(Head { seq: entry.header().seq, id: entry.id() });
            entries.push((entry, draft.meta));
        }
        let (mut ops, ingested) = self.prepare(log, number, held, &entries)?;
        ops.extend(also);
        self.store.commit(ops)?;
        if let Some(own_heads) = &mut state.own_heads
            && let Err(error) = own_heads.advance(space.0, own_head(ingested.head))
        {
            state.unsure = true;
            return Err(AppendError::OwnHeads(error));
        }
        state.advance(number, log, ingested.head);
        Ok(entries.into_iter().map(|(entry, _)| entry).collect())
    }

    /// How far this device's actor has come in a document: the state that its next change builds on.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn actor_of(&self, log: &LogId, document: &DocumentId) -> Result<ActorState, LogsError> {
        let number = self.state().numbers.get(log).copied();
        number.map_or(Ok(ActorState::default()), |number| self.actor(document, number))
    }
}
