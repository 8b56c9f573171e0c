//! Taking in a verified run.

use std::collections::BTreeSet;

use accord_core::{DocumentId, Head, LogId, VerifiedRun};

use super::parts::parts;
use super::{IngestError, Logs, LogsError};

/// What taking in a run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingested {
    /// The head of the branch of the log on which the run ends; further than the run if more was held.
    pub head: Head,
    /// On which branch the run ends, by its place in [`Logs::branches`].
    pub branch: u32,
    /// Whether the run began a new branch: two histories of the log are known, and were perhaps not before.
    pub branched: bool,
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
    /// On which branch of the log it stands, by its place in [`Logs::branches`].
    pub branch: u32,
    /// Its position.
    pub seq: u64,
}

impl Logs {
    /// Takes in a verified run. When this returns `Ok`, all of its entries are durable.
    ///
    /// A run that is larger than what travels in one piece is stored in several commits, one after the other, each
    /// of which leaves a whole log.
    ///
    /// It may go on from any entry held of the log. Where another entry follows that one already, it begins a branch, and
    /// the proof that its device signed two histories is stored first.
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
        let mut place = self.attach(&mut writer, run)?;
        let known = place.held.map_or(0, |head| head.seq) + 1 - run.first_seq();
        let fresh = run.entries().get(usize::try_from(known).unwrap_or(usize::MAX)..).unwrap_or(&[]);
        let begins = !fresh.is_empty() && self.state().is_new(&place);
        let branched = begins && place.parting.is_some();
        if branched {
            self.branch_off(&mut writer, run, &mut place, fresh)?;
        }
        let head = if fresh.is_empty() { self.state().place_on(place.number).held } else { place.held };
        let mut ingested = Ingested {
            head: head.unwrap_or_else(|| run.head()),
            branch: self.state().ordinal(&place),
            branched,
            new: fresh.len(),
            documents: Vec::new(),
            irregular: Vec::new(),
        };
        let mut documents = BTreeSet::new();
        for part in parts(fresh)? {
            let prepared = self.prepare(&place, part)?;
            let (head, authority) = (prepared.head, prepared.authority);
            ingested.irregular.extend(prepared.irregular.iter().cloned());
            documents.extend(self.commit_prepared(&mut writer, prepared)?);
            self.state().advance(&place, head, authority);
            if place.log.device == self.device {
                // Own entries, taken back: perhaps all that was missing, perhaps not what this device remembers.
                self.compare_own(&mut writer)?;
            }
            (place.held, place.authority) = (Some(head), authority);
            ingested.head = head;
        }
        ingested.documents = documents.into_iter().collect();
        Ok(ingested)
    }
}
