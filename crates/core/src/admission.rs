//! Admission: which entries change documents. A pure function of the entries held.

use std::collections::{BTreeMap, BTreeSet};

use crate::governance::{Governance, Resolution};
use crate::{
    ActorSeed, Authority, Body, ChangeHash, ChangeMeta, DecisionId, DeviceId, DocumentId, Header,
    OrganisationId, OrganisationKind, SpaceId, private_space, programme_space,
};

/// Whether an entry may change documents, by its place in the logs alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Its author could write to the space under its authority.
    InPosition,
    /// Something is missing to tell. It is tried again when more has come.
    Waiting(WaitingFor),
    /// It is kept and shown, and changes nothing.
    Quarantined(Reason),
}

/// What an entry waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitingFor {
    /// Both signatures under the genesis.
    Founding,
    /// The governance entries that its authority points to, or the votes that these speak of.
    Authority,
    /// A change that it was made on.
    Ancestor,
}

/// Why an entry is in quarantine.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Its organisation could not write to the space under its authority.
    #[error("its organisation could not write here when it was written")]
    NoAccess,
    /// Its authority names another branch of its author's governance log.
    #[error("it refers to a second history of its author")]
    OtherBranch,
    /// The change has another actor than the log's device, or is out of its sequence, or its authority goes back.
    #[error("the change inside does not belong at this place of its author's log")]
    Irregular,
    /// A newer version of the program wrote it.
    #[error("a newer version of accord wrote it")]
    Newer,
    /// The guard refused the change.
    #[error("the change is malformed inside")]
    Guard,
    /// It was made on a change whose author could not write here, as far as its own author knew.
    #[error("it was made on a change whose author could not write here")]
    Ancestor,
}

/// Judges an entry outside of the governance space by its place. Regularity is judged by [`regular`], dependencies
/// by [`admit_document`].
pub fn standing(governance: &Governance, header: &Header) -> Standing {
    if matches!(header.body, Body::Unknown(_)) {
        return Standing::Quarantined(Reason::Newer);
    }
    if !governance.founded() {
        return Standing::Waiting(WaitingFor::Founding);
    }
    let Some(organisation) = governance.organisation_of(&header.device) else {
        return Standing::Waiting(WaitingFor::Authority);
    };
    if header.space == private_space(&governance.programme(), &organisation) {
        return Standing::InPosition;
    }
    match governance.acknowledged().resolve(&header.device, &header.authority) {
        Resolution::Missing => return Standing::Waiting(WaitingFor::Authority),
        Resolution::OtherBranch => return Standing::Quarantined(Reason::OtherBranch),
        Resolution::Resolved => {}
    }
    if header.space != programme_space(&governance.programme()) {
        return Standing::Quarantined(Reason::NoAccess);
    }
    if wrote_under(governance, &header.device, &header.authority, &organisation) {
        Standing::InPosition
    } else {
        Standing::Quarantined(Reason::NoAccess)
    }
}

/// Whether `organisation` could write to the programme's space as far as `device` knew at `authority`.
fn wrote_under(
    governance: &Governance,
    device: &DeviceId,
    authority: &Authority,
    organisation: &OrganisationId,
) -> bool {
    if governance.secretariats().contains(organisation) {
        return true;
    }
    let knew = |decision: &DecisionId| governance.acknowledged().knew(device, authority, decision);
    let known = governance.admissions(organisation).filter(|m| m.decision.as_ref().is_some_and(knew));
    known.last().is_some_and(|m| m.kind != OrganisationKind::Observer)
}

/// What a log has promised so far: the state that tells regular entries from irregular ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ActorState {
    /// The generation of the device's last regular change to the document.
    pub generation: u32,
    /// The actor sequence number of that change.
    pub seq: u64,
}

/// Judges whether a change is *regular*: it has this device's actor and the actor's next sequence number in this
/// log. `before` is the state after the device's earlier regular changes to the document; gives the state after.
///
/// # Errors
/// [`Reason::Irregular`]
pub fn regular(
    before: ActorState,
    space: &SpaceId,
    device: &DeviceId,
    (document, generation): (&DocumentId, u32),
    meta: &ChangeMeta,
) -> Result<ActorState, Reason> {
    let actor = ActorSeed { device: *device, space: *space, document: *document, generation }.actor();
    let next = match generation.cmp(&before.generation) {
        std::cmp::Ordering::Less => return Err(Reason::Irregular),
        std::cmp::Ordering::Equal => before.seq.checked_add(1),
        std::cmp::Ordering::Greater => Some(1),
    };
    if meta.actor != actor || Some(meta.seq) != next {
        return Err(Reason::Irregular);
    }
    Ok(ActorState { generation, seq: meta.seq })
}

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
    /// Changes that wait.
    pub waiting: BTreeMap<ChangeHash, WaitingFor>,
    /// Changes in quarantine.
    pub quarantined: BTreeMap<ChangeHash, Reason>,
}

/// What was admitted of a document before: admission goes on from there without looking at it again.
#[derive(Clone, Copy)]
pub struct Base<'a> {
    /// Whether a change is admitted already.
    pub holds: &'a dyn Fn(&ChangeHash) -> bool,
    /// The authors of all changes admitted already.
    pub authors: &'a BTreeSet<DeviceId>,
}

/// Judges changes of one document together: the base set B (in position, with all ancestors by devices that could
/// write in some period known under the entry's own authority) and all ancestors of B.
///
/// Two entries may carry one change only if its author made a second entry of it, which [`regular`] refuses; should
/// candidates repeat a hash all the same, the one that is in position counts.
///
/// With a `base` every author in it counts as an ancestor's author. That is more than there may be, so a change that
/// is then refused for an [`Reason::Ancestor`] must be judged again from nothing, with all changes as candidates.
pub fn admit_document(governance: &Governance, base: Option<Base<'_>>, candidates: &[Candidate]) -> Admitted {
    let mut by_hash: BTreeMap<ChangeHash, &Candidate> = BTreeMap::new();
    for candidate in candidates {
        let held = by_hash.entry(candidate.hash).or_insert(candidate);
        if candidate.standing == Standing::InPosition {
            *held = candidate;
        }
    }
    let order = topological(&by_hash);
    // The authors of each change and all its ancestors; none where an ancestor is missing.
    let mut authors: BTreeMap<ChangeHash, BTreeSet<DeviceId>> = BTreeMap::new();
    let mut admitted: BTreeSet<ChangeHash> = BTreeSet::new();
    for hash in &order {
        let candidate = by_hash[hash];
        let mut all: Option<BTreeSet<DeviceId>> = Some([candidate.device].into());
        for dep in &candidate.deps {
            let of_dep = match base {
                Some(base) if (base.holds)(dep) => Some(base.authors),
                _ => authors.get(dep),
            };
            all = all.zip(of_dep).map(|(mut all, of_dep)| {
                all.extend(of_dep);
                all
            });
        }
        let Some(all) = all else { continue };
        let known = |device: &DeviceId| known_writer(governance, candidate, device);
        if candidate.standing == Standing::InPosition && all.iter().all(known) {
            admit_with_ancestors(*hash, &by_hash, &mut admitted);
        }
        authors.insert(*hash, all);
    }
    let mut result = Admitted::default();
    for (hash, candidate) in &by_hash {
        match candidate.standing {
            _ if admitted.contains(hash) => {}
            Standing::Quarantined(reason) => {
                result.quarantined.insert(*hash, reason);
            }
            Standing::Waiting(what) => {
                result.waiting.insert(*hash, what);
            }
            Standing::InPosition if authors.contains_key(hash) => {
                result.quarantined.insert(*hash, Reason::Ancestor);
            }
            // A cycle, which no honest hash can make, ends here too: it can never be applied.
            Standing::InPosition => {
                result.waiting.insert(*hash, WaitingFor::Ancestor);
            }
        }
    }
    result.admitted = order.into_iter().filter(|hash| admitted.contains(hash)).collect();
    result
}

/// Admits a change of the base set and all its ancestors, in position or not: who built on something before hearing
/// of a removal keeps it.
fn admit_with_ancestors(
    hash: ChangeHash,
    by_hash: &BTreeMap<ChangeHash, &Candidate>,
    admitted: &mut BTreeSet<ChangeHash>,
) {
    let mut next = vec![hash];
    while let Some(hash) = next.pop() {
        let Some(candidate) = by_hash.get(&hash) else { continue };
        if admitted.insert(hash) {
            next.extend(&candidate.deps);
        }
    }
}

/// Whether `device`, an author among a candidate's ancestors, belongs to an organisation with write access in some
/// period that the candidate's author knew of.
fn known_writer(governance: &Governance, candidate: &Candidate, device: &DeviceId) -> bool {
    if *device == candidate.device {
        return true;
    }
    let Some(organisation) = governance.organisation_of(device) else { return false };
    governance.secretariats().contains(&organisation)
        || governance.admissions(&organisation).any(|m| {
            m.kind != OrganisationKind::Observer
                && m.decision.is_some_and(|d| {
                    governance.acknowledged().knew(&candidate.device, &candidate.authority, &d)
                })
        })
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
