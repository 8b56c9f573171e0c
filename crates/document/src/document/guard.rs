//! The guard: what is signed well can still be malformed inside, and a malformed change makes the library panic, or saves
//! as something that never loads again. So nothing from outside reaches the document that breaks the [rule], and what
//! passes is tried on a copy first, as the net under it.
//!
//! The rule decides: it is the same on every node. The net is for what the rule should have stopped and did not; tests count
//! that it never has to.

mod made;
mod net;
mod past;
mod rule;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::Document;
use crate::change_meta::contents;
use crate::trace::Touch;
use crate::{ChangeError, ChangeMeta, Hash};

use past::Pending;

pub(crate) use made::Made;
pub(crate) use net::quietly;
pub use rule::GUARD_RULE;
pub(crate) use rule::MAX_TIME;

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
    /// Its author's changes up to it are not among what it builds on.
    #[error("change number {seq} does not follow its author's own changes")]
    Sequence {
        /// The number that it claims.
        seq: u64,
    },
    /// Its author has another change with this number in the document. Of two histories admission lets in one, so this
    /// is seen only by who applies changes past it.
    #[error("its author has another change number {seq} in the document")]
    Twin {
        /// The number of both.
        seq: u64,
    },
    /// It is not written in the one form in which the library writes what it says.
    #[error("the change is not in its regular form: {0}")]
    Form(&'static str),
    /// An operation is not one that documents consist of, or names what it may not.
    #[error("operation {operation} of the change is malformed: {what}")]
    Operation {
        /// Which, from 1.
        operation: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The trial on a copy failed, although the change is as it should be: an alarm, since other nodes may see it otherwise.
    #[error("the change is malformed inside: {0}")]
    Trial(&'static str),
}

struct Candidate {
    index: usize,
    meta: ChangeMeta,
    /// What its hash is over, unpacked.
    contents: Vec<u8>,
}

/// A change that passed the rule.
struct Fitting {
    candidate: Candidate,
    touch: Touch,
}

/// Changes that were judged and are not applied yet.
pub struct Judged {
    fitting: Vec<Fitting>,
    outcome: Applied,
}

impl Judged {
    /// What did not pass the rule, in the order in which it was handed in.
    #[must_use]
    pub fn refused(&self) -> &[Refused] {
        &self.outcome.refused
    }
}

impl Document {
    /// Applies changes that somebody else made, in any order. What does not pass the guard is
    /// returned with its reason; the rest is applied. No input makes this panic.
    pub fn apply_changes(&mut self, raw: &[&[u8]]) -> Applied {
        let judged = self.judge_changes(raw);
        self.apply_judged(judged, |_| true)
    }

    /// Judges changes by the rule, which says the same on every node, and applies none of them yet: whether one is let in
    /// may decide about others.
    pub fn judge_changes(&mut self, raw: &[&[u8]]) -> Judged {
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
                Err(reason) => outcome.refused.push(Refused { index, hash: None, reason: reason.into() }),
            }
        }
        let held = self.graph.len();
        let fitting = self.judge(in_order(candidates, &by_hash), &mut outcome);
        if self.graph.len() > held {
            self.graph_mut().truncate(held);
        }
        outcome.refused.sort_by_key(|refused| refused.index);
        Judged { fitting, outcome }
    }

    /// Applies what passed the rule, and which `wanted` names. What it builds on has to be among it, or in the document.
    pub fn apply_judged(&mut self, judged: Judged, wanted: impl Fn(&Hash) -> bool) -> Applied {
        let Judged { mut fitting, mut outcome } = judged;
        fitting.retain(|fitting| wanted(&fitting.candidate.meta.hash));
        self.admit(fitting, &mut outcome);
        outcome.refused.sort_by_key(|refused| refused.index);
        outcome
    }

    /// Those that pass the rule, each with what it touches. The graph holds them afterwards.
    fn judge(&mut self, candidates: Vec<Candidate>, outcome: &mut Applied) -> Vec<Fitting> {
        let mut fitting = Vec::with_capacity(candidates.len());
        let mut pending = Pending::default();
        for candidate in candidates {
            match rule::judge(self, &pending, &candidate.meta, &candidate.contents) {
                Ok((touch, made)) => {
                    let size = made.size();
                    let made = Arc::new(made);
                    self.known.keep_made(candidate.meta.hash, &made, size);
                    pending.insert(candidate.meta.hash, made);
                    self.graph_mut().add(&candidate.meta);
                    fitting.push(Fitting { candidate, touch });
                }
                Err(reason) => refuse(outcome, &candidate, reason),
            }
        }
        fitting
    }

    /// Tries all at once, which costs little more than one; only what fails is halved.
    fn admit(&mut self, mut fitting: Vec<Fitting>, outcome: &mut Applied) {
        // What builds on something that the net caught is not tried.
        fitting.retain(|Fitting { candidate, .. }| {
            let missing = self.missing_deps(&candidate.meta.deps);
            if missing.is_empty() {
                self.graph_mut().add(&candidate.meta);
                return true;
            }
            refuse(outcome, candidate, GuardError::MissingDeps(missing));
            false
        });
        if fitting.is_empty() {
            return;
        }
        match net::trial(&self.am, fitting.iter().map(|fitting| &fitting.candidate)) {
            Ok(am) => {
                let (applied, touches): (Vec<_>, Vec<_>) =
                    fitting.into_iter().map(|fitting| (fitting.candidate.meta.hash, fitting.touch)).unzip();
                self.take(am, &touches);
                outcome.applied.extend(applied);
            }
            Err(reason) => {
                let held = self.graph.len() - fitting.len();
                self.graph_mut().truncate(held);
                if let [Fitting { candidate, .. }] = &fitting[..] {
                    refuse(outcome, candidate, GuardError::Trial(reason));
                    return;
                }
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

/// Size, shape and checksum, by our own bounded reader.
fn read(index: usize, raw: &[u8]) -> Result<Candidate, ChangeError> {
    let (hash, contents) = contents(raw)?;
    let (meta, _) = ChangeMeta::from_contents(hash, &contents)?;
    Ok(Candidate { index, meta, contents: contents.into_owned() })
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

#[cfg(test)]
mod tests;
