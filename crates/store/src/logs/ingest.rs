//! Taking in a verified run.

use std::collections::BTreeMap;

use accord_core::admission::{ActorState, regular};
use accord_core::{
    Body, ChangeMeta, DocumentId, Entry, Head, LogId, SignedEntry, VerifiedRun, encode, verify_entry,
};
use minicbor::{Decode, Encode};

use super::documents::Arrivals;
use super::layout::{
    HeadRecord, actor_key, actor_value, entry_key, entry_value, head_key, id_at, irregular_key, read_actor,
    read_entry,
};
use super::{IngestError, Logs, LogsError, State};
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

/// Two entries that one device signed for one position of a log.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ForkProof {
    /// The position.
    #[n(0)]
    pub seq: u64,
    /// The entry held.
    #[n(1)]
    pub one: SignedEntry,
    /// The other one.
    #[n(2)]
    pub other: SignedEntry,
}

/// How many positions are searched for a pair of entries that both carry a valid signature.
const PROOF_SEARCH: u64 = 64;

impl Logs {
    /// Takes in a verified run, all of its new entries or none. When this returns they are durable.
    ///
    /// # Errors
    /// [`IngestError`]; nothing was stored, but for the proof where the run shows a second history.
    pub fn ingest(&self, run: &VerifiedRun) -> Result<Ingested, IngestError> {
        let mut state = self.state();
        let log = run.log();
        let (number, record) = state.number(&log);
        if let Some(seq) = record.and_then(|record| record.forked) {
            return Err(IngestError::Forked { seq });
        }
        let held = record.and_then(|record| record.head);
        let held_seq = held.map_or(0, |head| head.seq);
        if run.first_seq() > held_seq + 1 {
            return Err(IngestError::Gap { held: held_seq, first: run.first_seq() });
        }
        if let Some(seq) = self.differs(run, number, held)? {
            let proof = self.prove(run, number, seq, held_seq)?;
            self.store.commit(vec![Op::put(Tree::Forks, number.to_be_bytes(), encode(&proof))])?;
            state.logs[number as usize].forked = Some(seq);
            return Err(IngestError::Forked { seq });
        }
        let known = usize::try_from(held_seq + 1 - run.first_seq()).unwrap_or(usize::MAX);
        let fresh = run.entries().get(known..).unwrap_or(&[]);
        let (ops, ingested) = self.prepare(log, number, held, fresh)?;
        if ingested.new > 0 {
            self.store.commit(ops)?;
            state.advance(number, log, ingested.head);
            state.clear_behind(log, ingested.head.seq);
        }
        Ok(ingested)
    }

    /// The operations that store `fresh`, the entries of `log` right after `held`.
    pub(super) fn prepare(
        &self,
        log: LogId,
        number: u32,
        held: Option<Head>,
        fresh: &[(Entry, Option<ChangeMeta>)],
    ) -> Result<(Vec<Op>, Ingested), LogsError> {
        let mut ops = Vec::with_capacity(fresh.len() * 4 + 1);
        let mut arrivals = Arrivals::new(self.store.as_ref());
        let mut actors: BTreeMap<DocumentId, ActorState> = BTreeMap::new();
        let mut irregular = Vec::new();
        for (entry, meta) in fresh {
            let header = entry.header();
            let mut is_irregular = false;
            match (&header.body, meta) {
                (Body::Change { document, generation, .. }, Some(meta)) => {
                    let before = match actors.get(document) {
                        Some(state) => *state,
                        None => self.actor(document, number)?,
                    };
                    match regular(before, &log.space, &log.device, (document, *generation), meta) {
                        Ok(after) => {
                            actors.insert(*document, after);
                            arrivals.change(*document, log.space, number, header.seq)?;
                        }
                        Err(_) => is_irregular = true,
                    }
                }
                (Body::Create { document, kind }, _) => {
                    arrivals.create(*document, log.space, kind, number, header.seq)?;
                }
                _ => {}
            }
            if is_irregular {
                irregular.push(Irregular { log, seq: header.seq });
                ops.push(Op::put(Tree::Waiting, irregular_key(number, header.seq), Vec::new()));
            }
            let value = entry_value(entry.signed(), is_irregular);
            ops.push(Op::put(Tree::Entries, entry_key(number, header.seq), value));
        }
        let head = fresh.last().map(|(entry, _)| Head { seq: entry.header().seq, id: entry.id() }).or(held);
        let head = head.ok_or(LogsError::Missing("an entry of the run"))?;
        ops.push(Op::put(Tree::Heads, head_key(&log), encode(&HeadRecord { number, head })));
        for (document, state) in actors {
            ops.push(Op::put(Tree::DocumentIndex, actor_key(&document, number), actor_value(state)));
        }
        let documents = arrivals.finish(&mut ops);
        Ok((ops, Ingested { head, new: fresh.len(), documents, irregular }))
    }

    /// How far the actor of the log with this number has come in a document.
    pub(super) fn actor(&self, document: &DocumentId, number: u32) -> Result<ActorState, LogsError> {
        let value = self.store.get(Tree::DocumentIndex, &actor_key(document, number))?;
        value.map_or(Ok(ActorState::default()), |value| read_actor(&value))
    }

    /// The first position at which the run shows another history than the one held.
    fn differs(&self, run: &VerifiedRun, number: u32, held: Option<Head>) -> Result<Option<u64>, LogsError> {
        let (first, entries) = (run.first_seq(), run.entries());
        let Some(held) = held else { return Ok(None) };
        if run.first_seq() == held.seq + 1 {
            return Ok((run.prev() != Some(held.id)).then_some(held.seq));
        }
        // Both are hash chains: where they agree at one position they agree before it.
        let (mut low, mut high) = (first, held.seq.min(run.head().seq));
        let agrees = |seq: u64| -> Result<bool, LogsError> {
            let entry = &entries[(seq - first) as usize].0;
            Ok(id_at(self.store.as_ref(), number, seq)? == Some(entry.id()))
        };
        if agrees(high)? {
            return Ok(None);
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if agrees(middle)? { low = middle + 1 } else { high = middle }
        }
        Ok(Some(low))
    }

    /// Two validly signed entries of one position, at or after `seq`, where the run and what is held differ.
    fn prove(&self, run: &VerifiedRun, number: u32, seq: u64, held: u64) -> Result<ForkProof, IngestError> {
        let last = held.min(run.head().seq).min(seq + PROOF_SEARCH);
        for at in seq..=last {
            let other = at.checked_sub(run.first_seq()).and_then(|i| run.entries().get(i as usize));
            let value = self.store.get(Tree::Entries, &entry_key(number, at))?;
            let (Some((other, _)), Some(value)) = (other, value) else { continue };
            let (one, _) = read_entry(&value)?;
            if verify_entry(&one).is_ok() && verify_entry(other).is_ok() {
                return Ok(ForkProof { seq: at, one: one.signed().clone(), other: other.signed().clone() });
            }
        }
        // The run begins right after the head held and names another entry before it: that entry is not here, so
        // there is no proof yet. It is asked for from an earlier position.
        Err(IngestError::Gap { held: seq.saturating_sub(1), first: run.first_seq() })
    }
}

impl State {
    /// Forgets that the store was behind once the own entries are back.
    pub(super) fn clear_behind(&mut self, log: LogId, seq: u64) {
        if self.behind.is_some_and(|(behind, _, signed)| behind == log && seq >= signed) {
            self.behind = self.find_behind(log.device);
        }
    }
}
