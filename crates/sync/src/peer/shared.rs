//! One space with one peer: what each side has said that it holds.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use accord_core::{DeviceId, Head, Vector};

use crate::Claim;

/// One space with one peer.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// How far we told the peer that we hold each log; none if we said nothing of the space yet.
    pub(crate) announced: Option<BTreeMap<DeviceId, u64>>,
    /// The heads that we told of logs that have several.
    pub(crate) told_heads: BTreeMap<DeviceId, Vec<Head>>,
    /// The heads that the peer told of logs of which it told several.
    branches: BTreeMap<DeviceId, Vec<Claim>>,
    /// What the peer says that it holds durably, the longest branch of each log; none if it said nothing of the space yet, in which case it may not
    /// take anything of it, and nothing is pushed.
    pub(crate) theirs: Option<BTreeMap<DeviceId, Claim>>,
    /// Logs of which it is not known whether the head that the peer told is in the history that is held here.
    unexplained: BTreeSet<DeviceId>,
    /// Whether the peer named devices that we do not know yet, so that its vector is wanted again.
    pub(crate) ask_again: bool,
    /// When the peer last said that it holds something.
    pub(crate) acknowledged: Option<Duration>,
}

impl Shared {
    /// Both sides hold exactly `vector`: their digests were equal.
    pub(crate) fn equal(&mut self, vector: &Vector, now: Duration) {
        let heads = || vector.iter().filter_map(|(device, heads)| Some((*device, *heads.iter().max()?)));
        self.theirs = Some(heads().map(|(device, head)| (device, Claim::from(head))).collect());
        self.announced = Some(heads().map(|(device, head)| (device, head.seq)).collect());
        let forked = || vector.iter().filter(|(_, heads)| heads.len() > 1);
        self.told_heads = forked().map(|(device, heads)| (*device, heads.to_vec())).collect();
        let claims = |heads: &[Head]| heads.iter().copied().map(Claim::from).collect();
        self.branches = forked().map(|(device, heads)| (*device, claims(heads))).collect();
        self.unexplained.clear();
        self.acknowledged = Some(now);
    }

    /// The head that the peer told of the log of `device`, if it told one and it is not known to be in what is held here.
    pub(crate) fn unexplained(&self, device: &DeviceId) -> Option<Claim> {
        let told = self.theirs.as_ref()?.get(device)?;
        (self.unexplained.contains(device) && !self.has_branches(device)).then_some(*told)
    }

    /// That head is held here.
    pub(crate) fn explain(&mut self, device: &DeviceId, claim: Claim) {
        if self.unexplained(device) == Some(claim) {
            self.unexplained.remove(device);
        }
    }

    /// The heads that the peer says it holds of the log of `device`.
    pub(crate) fn heads(&self, device: &DeviceId) -> &[Claim] {
        match self.branches.get(device) {
            Some(heads) => heads,
            None => {
                self.theirs.as_ref().and_then(|theirs| theirs.get(device)).map_or(&[], std::slice::from_ref)
            }
        }
    }

    /// Takes in the heads of all logs.
    pub(crate) fn set_all(&mut self, logs: BTreeMap<DeviceId, Vec<Claim>>, now: Duration) {
        self.theirs =
            Some(logs.iter().filter_map(|(device, heads)| Some((*device, *heads.iter().max()?))).collect());
        self.unexplained = logs.keys().copied().collect();
        self.branches = logs.into_iter().filter(|(_, heads)| heads.len() > 1).collect();
        self.acknowledged = Some(now);
    }

    /// Takes in all heads of one log, of which the peer names several.
    pub(crate) fn set_heads(&mut self, device: DeviceId, heads: Vec<Claim>, max: usize, now: Duration) {
        let Some(longest) = heads.iter().max().copied() else { return };
        self.claim(device, longest, max, now);
        if let Some(theirs) = self.theirs.as_mut().filter(|theirs| theirs.contains_key(&device)) {
            theirs.insert(device, longest);
            self.branches.insert(device, heads);
        }
    }

    /// A run shows that the peer goes on from `before`, if that is one of the heads that it named.
    pub(crate) fn grow(&mut self, device: &DeviceId, before: Claim, head: Claim) {
        let named =
            self.branches.get_mut(device).and_then(|heads| heads.iter_mut().find(|known| **known == before));
        if let Some(known) = named {
            *known = head;
        }
        if let Some(heads) = self.branches.get_mut(device) {
            heads.sort_unstable();
        }
    }

    /// Whether the peer named several heads of the log of `device`.
    pub(crate) fn has_branches(&self, device: &DeviceId) -> bool {
        self.branches.contains_key(device)
    }

    /// How far the peer says that it holds the log of `device`.
    pub(crate) fn claims(&self, device: &DeviceId) -> u64 {
        self.theirs.as_ref().and_then(|theirs| theirs.get(device)).map_or(0, |claim| claim.seq)
    }

    /// Takes in that the peer holds the log of `device` up to `claim`, if it has said what it holds at all.
    pub(crate) fn claim(&mut self, device: DeviceId, claim: Claim, max: usize, now: Duration) {
        let Some(theirs) = &mut self.theirs else { return };
        if theirs.len() >= max && !theirs.contains_key(&device) {
            return;
        }
        self.acknowledged = Some(now);
        // Of a log that has several heads all are always named.
        let one_left = self.branches.remove(&device).is_some();
        let known = theirs.entry(device).or_insert(claim);
        if claim.seq > known.seq || one_left {
            *known = claim;
        }
        self.unexplained.insert(device);
    }
}
