//! The guard: what is signed well can still be malformed inside, and a malformed change makes the
//! library panic, or saves as something that never loads again. So nothing from outside reaches the
//! document before it was tried on a copy.
//!
//! Assumption: the build unwinds on panic (`panic = "unwind"`). With `abort`, the last net is gone.
//! The panic hook still prints; whoever runs this decides where to.

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, Change, ChangeHash, ReadDoc as _};

use super::{Document, Graph};
use crate::trace::Touch;
use crate::{ChangeError, ChangeMeta, Hash, unpack};

/// What became of the changes that were handed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Applied now, in the order in which they were applied.
    pub applied: Vec<Hash>,
    /// Already in the document.
    pub known: Vec<Hash>,
    /// Not applied, and why.
    pub refused: Vec<Refused>,
}

/// One change that was not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its place in what was handed in.
    pub index: usize,
    /// Its hash, if the bytes could be read that far.
    pub hash: Option<Hash>,
    /// Why.
    pub reason: GuardError,
}

/// Why the guard did not let a change in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GuardError {
    /// The bytes are not a change.
    #[error("the change cannot be read")]
    Unreadable(#[from] ChangeError),
    /// It builds on changes that are not here, or that were refused themselves.
    #[error("the change builds on {} change(s) that are not in the document", .0.len())]
    MissingDeps(Vec<Hash>),
    /// Its operations are not numbered from where the changes it builds on end.
    #[error("the operations of the change are numbered from {found}, and must be from {expected}")]
    StartOp {
        /// What it says.
        found: u64,
        /// What follows from what it builds on.
        expected: u64,
    },
    /// Its author has another change with this number, or the ones before it are not among what it builds on.
    #[error("change number {seq} does not follow its author's own changes")]
    Sequence {
        /// The number that it claims.
        seq: u64,
    },
    /// The trial on a copy failed.
    #[error("the change is malformed inside: {0}")]
    Trial(&'static str),
}

impl GuardError {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable(error) => error.hint(),
            Self::MissingDeps(_) => Some("it is tried again when what it builds on has arrived".into()),
            _ => Some("its author should upgrade and make the edit again; everything else goes on".into()),
        }
    }
}

struct Candidate {
    index: usize,
    meta: ChangeMeta,
    change: Change,
}

impl Document {
    /// Applies changes that somebody else made, in any order. What does not pass the guard is
    /// returned with its reason; the rest is applied. No input makes this panic.
    pub fn apply_changes(&mut self, raw: &[&[u8]]) -> Applied {
        let mut outcome = Applied::default();
        let mut candidates: BTreeMap<usize, Candidate> = BTreeMap::new();
        let mut by_hash: HashMap<Hash, usize> = HashMap::new();
        for (index, bytes) in raw.iter().enumerate() {
            match read(index, bytes) {
                Ok(Candidate { meta, .. })
                    if self.has_change(&meta.hash) || by_hash.contains_key(&meta.hash) =>
                {
                    outcome.known.push(meta.hash);
                }
                Ok(candidate) => {
                    by_hash.insert(candidate.meta.hash, index);
                    candidates.insert(index, candidate);
                }
                Err((hash, reason)) => outcome.refused.push(Refused { index, hash, reason }),
            }
        }
        let ordered = in_order(candidates, &by_hash);
        self.admit(ordered, &mut outcome);
        outcome.refused.sort_by_key(|refused| refused.index);
        outcome
    }

    /// Tries all at once, which costs little more than one; only what fails is halved.
    fn admit(&mut self, candidates: Vec<Candidate>, outcome: &mut Applied) {
        let graph = self.graph_mut();
        let held = graph.len();
        let mut fitting = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            match fits(graph, &candidate.meta) {
                Ok(()) => {
                    graph.add(&candidate.meta);
                    fitting.push(candidate);
                }
                Err(reason) => refuse(outcome, &candidate, reason),
            }
        }
        if fitting.is_empty() {
            return;
        }
        match trial(&self.am, &fitting) {
            Ok((am, touches)) => {
                self.take(am, &touches);
                outcome.applied.extend(fitting.iter().map(|candidate| candidate.meta.hash));
            }
            Err(reason) if fitting.len() == 1 => {
                self.graph_mut().truncate(held);
                refuse(outcome, &fitting[0], reason);
            }
            Err(_) => {
                self.graph_mut().truncate(held);
                // What builds on something that the first half loses is refused in the second, by `fits`.
                let rest = fitting.split_off(fitting.len() / 2);
                self.admit(fitting, outcome);
                self.admit(rest, outcome);
            }
        }
    }
}

fn refuse(outcome: &mut Applied, candidate: &Candidate, reason: GuardError) {
    outcome.refused.push(Refused { index: candidate.index, hash: Some(candidate.meta.hash), reason });
}

/// Size, shape and checksum, by our own bounded reader; only then the library sees the bytes.
fn read(index: usize, raw: &[u8]) -> Result<Candidate, (Option<Hash>, GuardError)> {
    let unreadable = |error: ChangeError| (None, GuardError::Unreadable(error));
    let meta = ChangeMeta::parse(raw).map_err(unreadable)?;
    let plain = unpack(raw).map_err(unreadable)?;
    let hash = Some(meta.hash);
    let trial = |what| move |_| (hash, GuardError::Trial(what));
    let change = catch_unwind(|| Change::from_bytes(plain.to_vec()))
        .map_err(trial("reading it stops"))?
        .map_err(|_| (hash, GuardError::Trial("its operations cannot be read")))?;
    let same = change.raw_bytes() == plain.as_ref()
        && change.hash().0 == meta.hash
        && change.seq() == meta.seq
        && change.max_op() == meta.max_op;
    if same {
        Ok(Candidate { index, meta, change })
    } else {
        Err((hash, GuardError::Trial("it reads as another change")))
    }
}

/// What each builds on comes before it. A circle cannot be: a hash is made from the hashes below it.
fn in_order(mut candidates: BTreeMap<usize, Candidate>, by_hash: &HashMap<Hash, usize>) -> Vec<Candidate> {
    let mut ordered = Vec::with_capacity(candidates.len());
    while let Some((&first, _)) = candidates.first_key_value() {
        let mut open = vec![first];
        while let Some(&index) = open.last() {
            let Some(candidate) = candidates.get(&index) else {
                open.pop();
                continue;
            };
            let before = candidate.meta.deps.iter().filter_map(|dep| by_hash.get(dep));
            let waiting: Vec<usize> = before.filter(|i| candidates.contains_key(i)).copied().collect();
            if waiting.is_empty() {
                open.pop();
                ordered.extend(candidates.remove(&index));
            } else {
                open.extend(waiting);
            }
        }
    }
    ordered
}

/// The structural rule: it looks at the change and what it builds on, and at nothing else.
fn fits(graph: &Graph, meta: &ChangeMeta) -> Result<(), GuardError> {
    let missing: Vec<Hash> = meta.deps.iter().filter(|dep| !graph.contains(dep)).copied().collect();
    if !missing.is_empty() {
        return Err(GuardError::MissingDeps(missing));
    }
    let highest = meta.deps.iter().filter_map(|dep| graph.node(dep)).map(|node| node.max_op).max();
    let expected = highest.unwrap_or(0) + 1;
    if meta.start_op != expected {
        return Err(GuardError::StartOp { found: meta.start_op, expected });
    }
    let follows = graph.chain(&meta.actor).len() as u64 + 1 == meta.seq
        && graph
            .tip(&meta.actor)
            .is_none_or(|last| meta.deps.contains(&last) || graph.covers(&graph.clock_of(&meta.deps), &last));
    if follows { Ok(()) } else { Err(GuardError::Sequence { seq: meta.seq }) }
}

/// Apply on a copy, look whether each change comes back as it went in, and read the whole document.
fn trial(am: &Automerge, candidates: &[Candidate]) -> Result<(Automerge, Vec<Touch>), GuardError> {
    let tried = catch_unwind(AssertUnwindSafe(|| {
        let mut copy = am.clone();
        copy.apply_changes(candidates.iter().map(|candidate| candidate.change.clone()))
            .map_err(|_| "it cannot be applied")?;
        for candidate in candidates {
            let back =
                copy.get_change_by_hash(&ChangeHash(candidate.meta.hash)).ok_or("it was not applied")?;
            if back.raw_bytes() != candidate.change.raw_bytes() {
                return Err("it does not come back as it was made");
            }
        }
        let _ = copy.hydrate(None);
        let touches = candidates.iter().map(|candidate| Touch::of(&candidate.change)).collect();
        Ok((copy, touches))
    }));
    match tried {
        Ok(Ok(tried)) => Ok(tried),
        Ok(Err(what)) => Err(GuardError::Trial(what)),
        Err(_) => Err(GuardError::Trial("applying it stops")),
    }
}
