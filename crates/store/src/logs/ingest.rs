//! Taking in a verified run.

use std::collections::BTreeSet;

use accord_core::{DocumentId, Head, LogId, VerifiedRun, encode};

use super::parts::parts;
use super::{IngestError, Logs, LogsError};
use crate::{Op, Tree};

/// What taking in a run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingested {
    /// The head of the log now.
    pub head: Head,
    /// How many of the entries were new.
    pub new: usize,
    /// The documents that they are about.
    pub documents: Vec<DocumentId>,
    /// The new entries that are irregular: stored so that the log has no gap, never admitted.
    pub irregular: Vec<Irregular>,
}

/// An irregular entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Irregular {
    /// Its log.
    pub log: LogId,
    /// Its position.
    pub seq: u64,
}

impl Logs {
    /// Takes in a verified run. When this returns `Ok`, all of its entries are durable.
    ///
    /// A run that is larger than what travels in one piece is stored in several commits, one after the other, each
    /// of which leaves a whole log.
    ///
    /// # Errors
    /// [`IngestError`]; nothing was stored, but for the proof where the run shows a second history. Only if the
    /// *store* failed, parts of a large run may be there, which opening the logs again shows.
    pub fn ingest(&self, run: &VerifiedRun) -> Result<Ingested, IngestError> {
        let mut writer = self.writer();
        self.sure(&writer)?;
        if run.entries().iter().any(|(entry, _)| entry.header().programme != self.programme) {
            return Err(LogsError::Elsewhere("another programme's entries").into());
        }
        let mut place = self.state().place(run.log());
        if let Some(seq) = place.forked {
            return Err(IngestError::Forked { seq });
        }
        let held = place.held.map_or(0, |head| head.seq);
        if run.first_seq() > held.saturating_add(1) {
            return Err(IngestError::Gap { held, first: run.first_seq() });
        }
        if let Some(proof) = self.second_history(run, &place)? {
            let op = Op::put(Tree::Forks, place.number.to_be_bytes(), encode(&proof));
            self.commit(&mut writer, vec![op])?;
            self.state().freeze(place.number, proof.seq);
            return Err(IngestError::Forked { seq: proof.seq });
        }
        let known = usize::try_from(held + 1 - run.first_seq()).unwrap_or(usize::MAX);
        let fresh = run.entries().get(known..).unwrap_or(&[]);
        let head = place.held.unwrap_or_else(|| run.head());
        let mut ingested = Ingested { head, new: fresh.len(), documents: Vec::new(), irregular: Vec::new() };
        let mut documents = BTreeSet::new();
        for part in parts(fresh)? {
            let prepared = self.prepare(&place, part)?;
            self.commit(&mut writer, prepared.ops)?;
            self.state().advance(&place, prepared.head, prepared.authority);
            if place.log.device == self.device {
                // Own entries, taken back: perhaps all that was missing, perhaps not what this device remembers.
                self.compare_own(&mut writer)?;
            }
            (place.held, place.authority) = (Some(prepared.head), prepared.authority);
            ingested.head = prepared.head;
            ingested.irregular.extend(prepared.irregular);
            documents.extend(prepared.documents);
        }
        ingested.documents = documents.into_iter().collect();
        Ok(ingested)
    }
}
