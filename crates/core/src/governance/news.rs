//! What came in force or began to count, in the order in which this node found it: so that what a device has still to
//! acknowledge is found without looking at everything that there is. The order itself decides nothing.

use std::collections::BTreeMap;

use super::Governance;
use crate::{DecisionId, DeviceId, RecordId};

/// Decisions and device records as they came, and how much of them each device has acknowledged without a gap.
#[derive(Debug, Clone, Default)]
pub(super) struct News {
    decisions: Vec<DecisionId>,
    devices: Vec<RecordId>,
    seen: BTreeMap<DeviceId, (usize, usize)>,
}

impl News {
    pub(super) fn in_force(&mut self, decision: DecisionId) {
        self.decisions.push(decision);
    }

    pub(super) fn counts(&mut self, record: RecordId) {
        self.devices.push(record);
    }
}

impl Governance {
    /// Moves on over what a device has acknowledged. What does not hold any more is passed over, and comes anew if it holds
    /// again.
    pub(super) fn advance(&mut self, device: &DeviceId) {
        let (mut decisions, mut devices) = self.seen(device);
        let latest = self.acknowledged.latest(device);
        let over = |id: &DecisionId| self.acknowledged.knew(device, &latest, id) || !self.is_in_force(id);
        decisions += self.news.decisions[decisions..].iter().take_while(|id| over(id)).count();
        let over = |id: &RecordId| self.acknowledged.knew_record(device, &latest, id) || !self.is_counted(id);
        devices += self.news.devices[devices..].iter().take_while(|id| over(id)).count();
        self.news.seen.insert(*device, (decisions, devices));
    }

    /// Where a governance log forked, what one branch acknowledged says nothing of the other.
    fn seen(&self, device: &DeviceId) -> (usize, usize) {
        let seen = self.news.seen.get(device).copied().unwrap_or_default();
        if self.acknowledged.is_forked(device) { (0, 0) } else { seen }
    }

    /// What a device has not acknowledged yet.
    pub(super) fn unheard(&self, device: &DeviceId) -> (Vec<DecisionId>, Vec<RecordId>) {
        let (decisions, devices) = self.seen(device);
        let latest = self.acknowledged.latest(device);
        let new = |id: &&DecisionId| !self.acknowledged.knew(device, &latest, id) && self.is_in_force(id);
        let new_record =
            |id: &&RecordId| !self.acknowledged.knew_record(device, &latest, id) && self.is_counted(id);
        (
            self.news.decisions[decisions..].iter().filter(new).copied().collect(),
            self.news.devices[devices..].iter().filter(new_record).copied().collect(),
        )
    }

    /// Begins anew, after everything was judged anew.
    pub(super) fn renew_news(&mut self) {
        let decisions = self.in_force.values().flat_map(BTreeMap::values).copied().collect();
        let devices = self.device_records().collect();
        let known: Vec<DeviceId> = self.news.seen.keys().copied().collect();
        self.news = News { decisions, devices, seen: BTreeMap::new() };
        for device in known {
            self.advance(&device);
        }
    }
}
