//! What the entries of a space are judged by, beside what they say themselves: cuts, branches of forks, and proofs against
//! secretariats. All of it is rare, and a change of it makes the documents of the space be judged from nothing.
//!
//! Everything else that governance decides only ever lets more in, and is looked at with the entries that wait.

mod dependents;
mod lacking;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use accord_core::admission::{Branch, Forks, Standing, standing, standing_in};
use accord_core::governance::Governance;
use accord_core::{DeviceId, Entry, Head, Header, LogId, OrganisationId, SpaceId, encode, tagged_hash};
use minicbor::{Decode, Encode};

use super::documents::unknown_rule;
use super::{DocumentKey, Programme};
use dependents::Dependents;

/// Names what entries were judged by: equal ones give equal verdicts. All zeros where there is nothing of the kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub(super) struct Judgement(#[cbor(n(0), with = "minicbor::bytes")] [u8; 16]);

/// What the entries of one space are judged by.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) name: Judgement,
    /// What is known of logs that forked.
    pub(super) forks: Forks,
    /// The last entry that is worth having of each log that was cut; none if no entry is.
    pub(super) limits: BTreeMap<DeviceId, Option<Head>>,
    /// By log, the parts of the name.
    parts: BTreeMap<DeviceId, Vec<u8>>,
}

/// An organisation that built on something.
type Builder = OrganisationId;

/// The spaces that were looked at.
#[derive(Debug, Default)]
pub(super) struct Judging {
    spaces: Mutex<BTreeMap<SpaceId, Arc<Judged>>>,
    lacking: Mutex<lacking::Lacking>,
}

impl Programme {
    /// What the entries of a space are judged by now.
    pub(super) fn judged(&self, space: &SpaceId) -> Arc<Judged> {
        if let Some(judged) = self.judging.lock().get(space) {
            return Arc::clone(judged);
        }
        let judged = Arc::new(self.judge_space(&self.governance(), space));
        Arc::clone(self.judging.lock().entry(*space).or_insert(judged))
    }

    /// Its name.
    pub(super) fn judgement(&self, space: &SpaceId) -> Judgement {
        self.judged(space).name
    }

    /// Judges an entry by its place.
    pub(super) fn standing(&self, header: &Header) -> Standing {
        // First: it may have to look at governance itself.
        let judged = self.judged(&header.space);
        standing_in(&self.governance(), &judged.forks, header)
    }

    /// The last entries that are worth having of every log that something cuts; none of some. The governance logs of
    /// those who are gone stay whole: what others acknowledged under them has to be resolved.
    pub(crate) fn limits(&self) -> BTreeMap<LogId, Vec<Head>> {
        let mut limits = BTreeMap::new();
        for space in self.logs.spaces().into_iter().filter(|space| *space != self.governance_space()) {
            let judged = self.judged(&space);
            if judged.limits.is_empty() || self.lacks_ancestors(&space) {
                continue;
            }
            for (device, limit) in &judged.limits {
                limits.insert(LogId { space, device: *device }, limit.iter().copied().collect());
            }
        }
        limits
    }

    /// Looks again at what every space is judged by, after governance changed.
    pub(super) fn judge_again(&self) {
        for space in self.logs.spaces() {
            self.judge_space_again(&space);
        }
    }

    /// The same for one space, after entries of it came or were written: a log that `began` with them may be cut already.
    /// Costs nothing where nothing was cut and nothing forked.
    pub(super) fn space_grew(&self, space: &SpaceId, began: bool) {
        let forked = || self.logs.forks().iter().any(|(log, _)| log.space == *space);
        if began || !self.judged(space).limits.is_empty() || forked() {
            self.judge_space_again(space);
        }
    }

    fn judge_space_again(&self, space: &SpaceId) {
        let before = self.judging.lock().get(space).cloned();
        let now = Arc::new(self.judge_space(&self.governance(), space));
        self.judging.lock().insert(*space, Arc::clone(&now));
        let Some(before) = before.filter(|before| before.name != now.name) else { return };
        self.forget_lacking(space);
        let differs = |device: &&DeviceId| before.parts.get(*device) != now.parts.get(*device);
        let logs: BTreeSet<DeviceId> =
            before.parts.keys().chain(now.parts.keys()).filter(differs).copied().collect();
        for device in logs {
            self.mark_log(&LogId { space: *space, device });
        }
        match self.logs.documents() {
            Ok(documents) => self.documents.stale(
                documents
                    .into_iter()
                    .filter(|(_, record)| record.space == *space)
                    .map(|(id, record)| DocumentKey { space: record.space, id }),
            ),
            // What is read is compared with the judgement all the same; only the list may lag.
            Err(error) => tracing::error!(%error, "the documents of a space cannot be listed"),
        }
    }

    fn judge_space(&self, governance: &Governance, space: &SpaceId) -> Judged {
        let vector = self.logs.vector(space);
        let mut judged = Judged { forks: self.forks_of(governance, space), ..Judged::default() };
        let mut beyond: BTreeMap<DeviceId, Option<Head>> = BTreeMap::new();
        // Those too of which nothing is held: what is beyond a cut is not asked for.
        let mut devices: BTreeSet<DeviceId> = governance.owners().into_keys().collect();
        devices.extend(vector.iter().map(|(device, _)| *device));
        for device in &devices {
            let log = LogId { space: *space, device: *device };
            let mut part = Vec::new();
            let cuts = governance.cuts(space, device);
            if !cuts.is_empty() {
                part.extend(encode(&cuts));
            }
            if judged.forks.is_forked(&log) {
                for head in vector.heads(device) {
                    part.extend(head.id.0);
                    part.push(match judged.forks.branch(governance, &log, &head.id) {
                        Branch::Stands => 1,
                        Branch::Other => 2,
                        Branch::Undecided => 3,
                    });
                }
            }
            if !part.is_empty() {
                judged.parts.insert(*device, part);
            }
            if let Some(limit) = governance.limit(space, device) {
                beyond.insert(*device, limit);
            }
        }
        judged.limits = self.limits_of(governance, &judged.forks, space, beyond);
        judged.name = name(governance, &judged.parts);
        judged
    }

    /// Every log of a space that forked, with who built on which branch.
    fn forks_of(&self, governance: &Governance, space: &SpaceId) -> Forks {
        let mut forks = Forks::default();
        for (log, seq) in self.logs.forks().into_iter().filter(|(log, _)| log.space == *space) {
            let mut dependents = Dependents::default();
            for branch in (0..).take(self.logs.branches(&log).all().len()) {
                self.each_entry(&log, branch, seq.saturating_sub(1).max(1), |entry| {
                    let header = entry.header();
                    forks.insert(log, header.seq, entry.id(), header.prev);
                    dependents.watch(entry);
                });
            }
            let counts = |header: &Header| standing(governance, header) == Standing::InPosition;
            for (entry, organisation) in dependents.built_on(self, governance, space, &counts) {
                forks.built_on(&log, &entry, organisation);
            }
            for entry in dependents.ratified(self, governance, space) {
                forks.ratified(&log, &entry);
            }
        }
        forks
    }

    /// Moves limits up to the last entry beyond them that a counted entry of another log was made on, or that a ratified
    /// version contains: whoever comes later has to be able to show that version.
    fn limits_of(
        &self,
        governance: &Governance,
        forks: &Forks,
        space: &SpaceId,
        limits: BTreeMap<DeviceId, Option<Head>>,
    ) -> BTreeMap<DeviceId, Option<Head>> {
        let counts = |header: &Header| standing_in(governance, forks, header) == Standing::InPosition;
        let mut moved = limits;
        for (device, limit) in &mut moved {
            let log = LogId { space: *space, device: *device };
            let mut dependents = Dependents::default();
            let mut places = BTreeMap::new();
            for branch in (0..).take(self.logs.branches(&log).all().len()) {
                self.each_entry(&log, branch, limit.map_or(1, |head| head.seq + 1), |entry| {
                    places.insert(entry.id(), Head { seq: entry.header().seq, id: entry.id() });
                    dependents.watch(entry);
                });
            }
            let built_on = dependents.built_on(self, governance, space, &counts);
            let ratified = dependents.ratified(self, governance, space);
            let kept = built_on.iter().map(|(id, _)| id).chain(&ratified);
            let last = kept.filter_map(|id| places.get(id)).max().copied();
            *limit = (*limit).max(last);
        }
        moved
    }

    /// Calls `with` for every entry of the history of a branch from a position on.
    pub(super) fn each_entry(&self, log: &LogId, branch: u32, from: u64, mut with: impl FnMut(&Entry)) {
        if let Err(error) = self.logs.each_on(log, branch, (from, u64::MAX), |entry| with(&entry)) {
            tracing::error!(%error, "a log cannot be read");
        }
    }
}

impl Judged {
    /// Whether nothing cuts a log and it did not fork, so that equal entries of it have equal standing.
    pub(super) fn is_plain(&self, device: &DeviceId) -> bool {
        !self.parts.contains_key(device)
    }
}

impl Judging {
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<SpaceId, Arc<Judged>>> {
        self.spaces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Decisions can only go out of force by equivocation or by a recovery: these are part of the name too.
fn name(governance: &Governance, parts: &BTreeMap<DeviceId, Vec<u8>>) -> Judgement {
    let mut all = Vec::new();
    for (device, part) in parts {
        all.extend(device.0);
        all.extend(tagged_hash("judgement/log", &[part]));
    }
    for equivocation in governance.equivocations() {
        all.extend(equivocation.votes.0.0);
        all.extend(equivocation.votes.1.0);
    }
    for constitution in governance.constitutions().iter().filter(|c| c.recovery.is_some()) {
        all.extend(constitution.reference.decision.iter().flat_map(|id| id.0));
    }
    if let Some(rule) = unknown_rule(governance) {
        all.extend(rule.to_be_bytes());
    }
    let mut name = Judgement::default();
    if !all.is_empty() {
        name.0.copy_from_slice(&tagged_hash("judgement", &[&all])[..16]);
    }
    name
}
