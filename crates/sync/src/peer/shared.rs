//! One space with one peer: what each side has said that it holds.

use std::collections::BTreeMap;
use std::time::Duration;

use accord_core::{DeviceId, Vector};

use crate::Claim;

/// One space with one peer.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// How far we told the peer that we hold each log; none if we said nothing of the space yet.
    pub(crate) announced: Option<BTreeMap<DeviceId, u64>>,
    /// What the peer says that it holds durably; none if it said nothing of the space yet, in which case it may not
    /// take anything of it, and nothing is pushed.
    pub(crate) theirs: Option<BTreeMap<DeviceId, Claim>>,
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
        self.acknowledged = Some(now);
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
        let known = theirs.entry(device).or_insert(claim);
        if claim.seq > known.seq {
            *known = claim;
        }
    }
}
