//! What somebody has seen of each document on the desk, so that it tells what came since.
//!
//! Kept in the store of the home, since most commands run in a process of their own. It is a note and no promise: losing it
//! means that nothing is told as new once.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::api::Problem;
use accord_core::governance::DecisionStatus;
use accord_core::{Body, DecisionId, DeviceId, decode, encode};
use accord_store::{Op, Scan, StoreError, Tree, walk};
use minicbor::{Decode, Encode};

use super::programme::logs_problem;
use super::{DocumentKey, Programme, Reading, store_problem};

/// When the desk was looked at.
const LOOKED: &[u8] = b"looked";

/// The decisions that were settled when the desk was looked at: the beginnings of their ids.
const SETTLED: &[u8] = b"looked/settled";

/// The letter under which the notes on documents are kept.
const NOTE: u8 = b'v';

/// The most arrivals of one document that are remembered as not counting yet: beyond that some are not told when they do.
const MAX_PENDING: usize = 1024;

/// How many notes go into one commit.
const CHUNK: usize = 1024;

/// How far a document was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct Seen {
    /// How many entries about it had arrived.
    #[n(0)]
    arrived: u64,
    /// Those of them, by number, that did not count then.
    #[n(1)]
    pending: Vec<u64>,
}

/// What came of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fresh {
    pub(crate) key: DocumentKey,
    /// Whether it was not here then.
    pub(crate) new: bool,
    /// How many changes of other devices count by now and were not seen.
    pub(crate) changes: usize,
    /// Whose.
    pub(crate) authors: BTreeSet<DeviceId>,
}

/// What came since somebody looked.
#[derive(Debug, Default)]
pub(crate) struct SinceLooked {
    /// When that was, in seconds since 1970; none if nobody has looked yet.
    pub(crate) looked: Option<u64>,
    pub(crate) changed: Vec<Fresh>,
    /// The decisions that were settled since.
    pub(crate) settled: Vec<DecisionId>,
    /// All that are settled, as far as that is news.
    all_settled: Option<BTreeSet<Brief>>,
    notes: BTreeMap<DocumentKey, Seen>,
}

/// The beginning of a decision's id: only equal ones matter, among those that this programme has.
type Brief = u64;

fn brief(id: &DecisionId) -> Brief {
    let [a, b, c, d, e, f, g, h, ..] = id.0;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

fn settled_op(settled: &BTreeSet<Brief>) -> Op {
    Op::put(Tree::Meta, SETTLED, encode(&settled.iter().copied().collect::<Vec<Brief>>()))
}

impl Programme {
    /// What came since somebody looked. The first time nothing is told as new, and no document is read for it.
    pub(crate) fn since_looked(&self) -> Result<SinceLooked, Problem> {
        let summaries = self.summaries()?;
        let looked = self.logs.store().get(Tree::Meta, LOOKED).map_err(|e| store_problem(&e))?;
        let looked = looked.and_then(|bytes| Some(u64::from_be_bytes(bytes.try_into().ok()?)));
        let seen = if looked.is_some() { self.seen()? } else { BTreeMap::new() };
        let mut since = SinceLooked { looked, ..SinceLooked::default() };
        for (key, summary) in summaries {
            let before = seen.get(&key);
            if before.is_some_and(|seen| seen.arrived == summary.arrived && seen.pending.is_empty()) {
                continue;
            }
            if looked.is_none() && summary.held_back == 0 {
                since.notes.insert(key, Seen { arrived: summary.arrived, pending: Vec::new() });
                continue;
            }
            let reading = self.read(&key)?;
            let (fresh, now) = self.compare(&reading, before)?;
            if looked.is_some() && fresh.changes > 0 {
                since.changed.push(fresh);
            }
            if before != Some(&now) {
                since.notes.insert(key, now);
            }
        }
        self.settled_since(&mut since)?;
        Ok(since)
    }

    /// The decisions that were settled since somebody looked.
    fn settled_since(&self, since: &mut SinceLooked) -> Result<(), Problem> {
        let seen = self.seen_settled().map_err(|e| store_problem(&e))?;
        let governance = self.governance();
        let settled = governance.decisions().filter(|state| state.status != DecisionStatus::Open);
        let settled: BTreeSet<DecisionId> = settled.map(|state| state.id).collect();
        let all: BTreeSet<Brief> = settled.iter().map(brief).collect();
        if since.looked.is_some() {
            since.settled = settled.into_iter().filter(|id| !seen.contains(&brief(id))).collect();
        }
        since.all_settled = (all != seen).then_some(all);
        Ok(())
    }

    fn seen_settled(&self) -> Result<BTreeSet<Brief>, StoreError> {
        let seen = self.logs.store().get(Tree::Meta, SETTLED)?;
        let seen: Vec<Brief> = seen.and_then(|bytes| decode(&bytes).ok()).unwrap_or_default();
        Ok(seen.into_iter().collect())
    }

    /// Notes that somebody knows of this decision, if it is settled: by his own last word.
    pub(crate) fn saw_settled(&self, id: &DecisionId) {
        if self.governance().decision(id).is_none_or(|state| state.status == DecisionStatus::Open) {
            return;
        }
        let noted = self.seen_settled().and_then(|mut seen| {
            seen.insert(brief(id));
            self.logs.store().commit(vec![settled_op(&seen)])
        });
        if let Err(error) = noted {
            tracing::warn!(problem = %store_problem(&error), "what was decided could not be noted as seen");
        }
    }

    /// Notes that somebody saw all of this. Where that cannot be written, as on a full disk, it is told once more.
    pub(crate) fn looked(&self, since: &SinceLooked, now: u64) {
        let mut ops: Vec<Op> = Vec::with_capacity(since.notes.len() + 2);
        ops.extend(since.notes.iter().map(|(key, seen)| Op::put(Tree::Meta, key.bytes(NOTE), encode(seen))));
        if let Some(settled) = &since.all_settled {
            ops.push(settled_op(settled));
        }
        // Last: a note without it would be taken for one of an earlier look.
        ops.push(Op::put(Tree::Meta, LOOKED, now.to_be_bytes()));
        for chunk in ops.chunks(CHUNK) {
            if let Err(error) = self.logs.store().commit(chunk.to_vec()) {
                tracing::warn!(problem = %store_problem(&error), "what was seen could not be noted");
                return;
            }
        }
    }

    fn seen(&self) -> Result<BTreeMap<DocumentKey, Seen>, Problem> {
        let mut seen = BTreeMap::new();
        let read = |key: &[u8], value: Option<&[u8]>| {
            Some((DocumentKey::from_bytes(key)?, decode::<Seen>(value?).ok()?))
        };
        walk::<StoreError>(self.logs.store().as_ref(), &Scan::prefix(Tree::Meta, [NOTE]), |key, value| {
            seen.extend(read(key, value));
            Ok(())
        })
        .map_err(|e| store_problem(&e))?;
        Ok(seen)
    }

    /// What a document has that was not seen, and how far it is seen once that is told.
    fn compare(&self, reading: &Reading, before: Option<&Seen>) -> Result<(Fresh, Seen), Problem> {
        let DocumentKey { space, id } = reading.key;
        let nothing = Seen::default();
        let seen = before.unwrap_or(&nothing);
        let from = seen.pending.first().map_or(seen.arrived, |first| (*first).min(seen.arrived));
        let entries = self.logs.arrivals_in(&space, &id, from).map_err(|e| logs_problem(&e))?;
        let mut fresh =
            Fresh { key: reading.key, new: before.is_none(), changes: 0, authors: BTreeSet::new() };
        let mut now = Seen { arrived: from, pending: Vec::new() };
        for (number, (_, entry)) in (from..reading.arrived).zip(&entries) {
            now.arrived = number + 1;
            let Some(entry) = entry else {
                // Lost here: once it is back it is told as any that comes to count.
                if now.pending.len() < MAX_PENDING {
                    now.pending.push(number);
                }
                continue;
            };
            let Body::Change { change, .. } = &entry.header().body else { continue };
            if !reading.document.has_change(&change.0) {
                if now.pending.len() < MAX_PENDING {
                    now.pending.push(number);
                }
                continue;
            }
            let known = number < seen.arrived && !seen.pending.contains(&number);
            if !known && entry.header().device != self.device {
                fresh.changes += 1;
                fresh.authors.insert(entry.header().device);
            }
        }
        Ok((fresh, now))
    }
}
