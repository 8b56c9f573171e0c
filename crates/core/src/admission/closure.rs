//! Which changes of a document are admitted: the base set B, all that B was made on, and ratified versions.

use std::collections::{BTreeMap, BTreeSet};

use super::{Reason, Standing, WaitingFor};
use crate::governance::{Governance, Knowledge};
use crate::{Authority, ChangeHash, DeviceId, SpaceId, programme_space};

/// One change of a document, as admission sees it.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The hash of the change.
    pub hash: ChangeHash,
    /// What it was made on.
    pub deps: Vec<ChangeHash>,
    /// Its author.
    pub device: DeviceId,
    /// Under which decisions.
    pub authority: Authority,
    /// Its standing by place; an irregular one is quarantined here already.
    pub standing: Standing,
}

/// What becomes of the changes of one document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Admitted {
    /// The changes that make the document, each after those it was made on.
    pub admitted: Vec<ChangeHash>,
    /// Of these, the ones that are not in position themselves, and why: kept because somebody built on them before
    /// hearing of what stands against them, or because a version that contains them was ratified.
    pub kept: BTreeMap<ChangeHash, Reason>,
    /// Changes whose author knew that a device or organisation had ended, and all the same newly built on work of it
    /// beyond the cut: reported against that author. With each, what it built on.
    pub reported: BTreeMap<ChangeHash, BTreeSet<ChangeHash>>,
    /// What became of each ratified version that was asked about.
    pub ratified: Vec<RatifiedState>,
    /// Changes that wait.
    pub waiting: BTreeMap<ChangeHash, WaitingFor>,
    /// Changes in quarantine.
    pub quarantined: BTreeMap<ChangeHash, Reason>,
}

/// What became of a ratified version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RatifiedState {
    /// All of it is admitted.
    Whole,
    /// Changes of it are not held yet.
    Waiting,
    /// The guard refuses something in it: an alarm, and nothing is admitted by it.
    Refused,
}

/// What was admitted of a document before: admission goes on from there without looking at it again.
#[derive(Clone, Copy)]
pub struct Base<'a> {
    /// Whether a change is admitted already.
    pub holds: &'a dyn Fn(&ChangeHash) -> bool,
    /// The authors of all changes admitted already.
    pub authors: &'a BTreeSet<DeviceId>,
    /// Whose a change is that is admitted already and beyond a cut: who knew of the cut does not build on it.
    pub beyond: &'a dyn Fn(&ChangeHash) -> Option<DeviceId>,
}

/// Judges the changes of one document of the programme's space, without guard and ratified versions. See [`Admission`].
pub fn admit_document(governance: &Governance, base: Option<Base<'_>>, candidates: &[Candidate]) -> Admitted {
    Admission::new(governance, programme_space(&governance.programme())).admit(base, candidates)
}

/// How the changes of a document are judged.
#[derive(Clone, Copy)]
pub struct Admission<'a> {
    governance: &'a Governance,
    space: SpaceId,
    guard: &'a dyn Fn(&ChangeHash) -> bool,
    ratified: &'a [Vec<ChangeHash>],
}

impl<'a> Admission<'a> {
    /// For a document of `space`.
    pub fn new(governance: &'a Governance, space: SpaceId) -> Self {
        Self { governance, space, guard: &|_| true, ratified: &[] }
    }

    /// Takes the verdicts of the guard: whether it passes a change.
    #[must_use]
    pub fn guard(self, guard: &'a dyn Fn(&ChangeHash) -> bool) -> Self {
        Self { guard, ..self }
    }

    /// Takes the heads of the document's ratified versions.
    #[must_use]
    pub fn ratified(self, ratified: &'a [Vec<ChangeHash>]) -> Self {
        Self { ratified, ..self }
    }

    /// Judges changes of one document together: the base set B (in position, passing the guard with all ancestors, these
    /// by devices that could write in some period known under the entry's own authority), all ancestors of B, and the
    /// ancestors of ratified versions that pass the guard.
    ///
    /// Two entries may carry one change only if its author made a second entry of it, which [`super::regular`] refuses;
    /// should candidates repeat a hash all the same, the one that is in position counts, and of several alike always the same.
    ///
    /// With a `base` only the candidates are looked at, and every author in the base counts as an ancestor's author. That is
    /// more than there may be, so a change that is then refused for an [`Reason::Ancestor`] must be judged again from
    /// nothing, with all changes as candidates; so must a document in which a standing changed from in position to not.
    pub fn admit(self, base: Option<Base<'_>>, candidates: &[Candidate]) -> Admitted {
        let mut by_hash: BTreeMap<ChangeHash, &Candidate> = BTreeMap::new();
        for candidate in candidates {
            let held = by_hash.entry(candidate.hash).or_insert(candidate);
            if precedence(candidate) < precedence(held) {
                *held = candidate;
            }
        }
        let order = topological(&by_hash);
        let in_base = |hash: &ChangeHash| base.is_some_and(|base| (base.holds)(hash));
        let mut closures: BTreeMap<ChangeHash, Closure> = BTreeMap::new();
        let mut admitted: BTreeSet<ChangeHash> = BTreeSet::new();
        let mut writers: BTreeMap<(DeviceId, Authority), BTreeMap<DeviceId, bool>> = BTreeMap::new();
        for hash in &order {
            let candidate = by_hash[hash];
            let mut closure =
                Some(Closure { authors: [candidate.device].into(), guarded: (self.guard)(hash) });
            for dep in &candidate.deps {
                closure = match base {
                    Some(base) if (base.holds)(dep) => closure.map(|c| c.with(base.authors, true)),
                    _ => closure.zip(closures.get(dep)).map(|(c, dep)| c.with(&dep.authors, dep.guarded)),
                };
            }
            let Some(closure) = closure else { continue };
            // What an author knew is asked once for each authority that it wrote under.
            let writers = writers.entry((candidate.device, candidate.authority)).or_default();
            let known = |device: &DeviceId| {
                *writers.entry(*device).or_insert_with(|| self.known_writer(candidate, device))
            };
            if candidate.standing == Standing::InPosition
                && closure.guarded
                && closure.authors.iter().all(known)
            {
                admit_with_ancestors([*hash], &by_hash, &mut admitted);
            }
            closures.insert(*hash, closure);
        }
        let ratified = self.ratified.iter().map(|heads| {
            let of_heads = || heads.iter().filter(|head| !in_base(head)).map(|head| closures.get(head));
            if of_heads().any(|closure| closure.is_none()) {
                return RatifiedState::Waiting;
            }
            if of_heads().flatten().any(|closure| !closure.guarded) {
                return RatifiedState::Refused;
            }
            admit_with_ancestors(heads.iter().copied(), &by_hash, &mut admitted);
            RatifiedState::Whole
        });
        let ratified = ratified.collect();
        let mut result = Admitted { ratified, ..Admitted::default() };
        for (hash, candidate) in &by_hash {
            let is_admitted = admitted.contains(hash);
            match candidate.standing {
                Standing::Quarantined(reason) if is_admitted => {
                    result.kept.insert(*hash, reason);
                }
                _ if is_admitted => {}
                Standing::Quarantined(reason) => {
                    result.quarantined.insert(*hash, reason);
                }
                Standing::Waiting(what) => {
                    result.waiting.insert(*hash, what);
                }
                Standing::InPosition => match closures.get(hash) {
                    Some(closure) if !closure.guarded => {
                        result.quarantined.insert(*hash, Reason::Guard);
                    }
                    Some(_) => {
                        result.quarantined.insert(*hash, Reason::Ancestor);
                    }
                    // A cycle, which no honest hash can make, ends here too: it can never be applied.
                    None => {
                        result.waiting.insert(*hash, WaitingFor::Ancestor);
                    }
                },
            }
            let built = self.knowingly_built_on(candidate, base, &by_hash);
            if !built.is_empty() {
                result.reported.insert(*hash, built);
            }
        }
        result.admitted = order.into_iter().filter(|hash| admitted.contains(hash)).collect();
        result
    }

    /// Whether `device`, an author among a candidate's ancestors, belongs to an organisation with write access in some
    /// period that the candidate's author knew of.
    fn known_writer(&self, candidate: &Candidate, device: &DeviceId) -> bool {
        if *device == candidate.device {
            return true;
        }
        let knowledge = Knowledge::Of(&candidate.device, &candidate.authority);
        let owner = self.governance.owner(device);
        owner.is_some_and(|owner| self.governance.ever_wrote(&owner, &self.space, knowledge))
    }

    /// The changes beyond a cut, of devices that the candidate's author knew to have ended, that the candidate is made on
    /// directly. An honest node never writes so: what is beyond a cut is in its document only beneath the change of
    /// somebody who had not heard, and then it is no head of the document.
    fn knowingly_built_on(
        &self,
        candidate: &Candidate,
        base: Option<Base<'_>>,
        by_hash: &BTreeMap<ChangeHash, &Candidate>,
    ) -> BTreeSet<ChangeHash> {
        let knowledge = Knowledge::Of(&candidate.device, &candidate.authority);
        let beyond = |dep: &ChangeHash| match by_hash.get(dep) {
            Some(dep) => matches!(dep.standing, Standing::Quarantined(Reason::Removed | Reason::Revoked))
                .then_some(dep.device),
            None => base.and_then(|base| (base.beyond)(dep)),
        };
        let ended = |device: DeviceId| {
            device != candidate.device && self.governance.knew_end(&device, &self.space, knowledge)
        };
        candidate.deps.iter().filter(|dep| beyond(dep).is_some_and(ended)).copied().collect()
    }
}

/// Which of several candidates with one hash is judged: in no order that they came in.
fn precedence(candidate: &Candidate) -> (u8, Option<Reason>, &DeviceId, Authority, &[ChangeHash]) {
    let (rank, reason) = match candidate.standing {
        Standing::InPosition => (0, None),
        Standing::Waiting(_) => (1, None),
        Standing::Quarantined(reason) => (2, Some(reason)),
    };
    (rank, reason, &candidate.device, candidate.authority, &candidate.deps)
}

/// What an entry and all its ancestors amount to; none is kept of one that lacks an ancestor.
#[derive(Clone)]
struct Closure {
    authors: BTreeSet<DeviceId>,
    guarded: bool,
}

impl Closure {
    fn with(mut self, authors: &BTreeSet<DeviceId>, guarded: bool) -> Self {
        self.authors.extend(authors);
        self.guarded &= guarded;
        self
    }
}

/// Admits changes and all their ancestors, in position or not: who built on something before hearing of a removal keeps
/// it.
fn admit_with_ancestors(
    hashes: impl IntoIterator<Item = ChangeHash>,
    by_hash: &BTreeMap<ChangeHash, &Candidate>,
    admitted: &mut BTreeSet<ChangeHash>,
) {
    let mut next: Vec<ChangeHash> = hashes.into_iter().collect();
    while let Some(hash) = next.pop() {
        let Some(candidate) = by_hash.get(&hash) else { continue };
        if admitted.insert(hash) {
            next.extend(&candidate.deps);
        }
    }
}

/// The hashes with every change after those of its dependencies that are present; by hash where free.
fn topological(by_hash: &BTreeMap<ChangeHash, &Candidate>) -> Vec<ChangeHash> {
    let mut missing: BTreeMap<ChangeHash, usize> = BTreeMap::new();
    let mut followers: BTreeMap<ChangeHash, Vec<ChangeHash>> = BTreeMap::new();
    let mut ready: BTreeSet<ChangeHash> = BTreeSet::new();
    for (hash, candidate) in by_hash {
        let deps: BTreeSet<&ChangeHash> =
            candidate.deps.iter().filter(|dep| by_hash.contains_key(dep)).collect();
        for dep in &deps {
            followers.entry(**dep).or_default().push(*hash);
        }
        if deps.is_empty() {
            ready.insert(*hash);
        } else {
            missing.insert(*hash, deps.len());
        }
    }
    let mut order = Vec::with_capacity(by_hash.len());
    while let Some(hash) = ready.pop_first() {
        order.push(hash);
        for follower in followers.remove(&hash).unwrap_or_default() {
            let left = missing.get_mut(&follower).expect("every follower has a count");
            *left -= 1;
            if *left == 0 {
                ready.insert(follower);
            }
        }
    }
    order
}
