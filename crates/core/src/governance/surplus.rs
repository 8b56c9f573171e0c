//! How many devices an organisation certifies. Each brings logs of its own that everybody keeps, and a certificate takes nobody's
//! vote: so there is an end to it, and it touches the organisation alone that goes beyond.

use std::collections::{BTreeMap, BTreeSet};

use super::Governance;
use super::fold::DeviceRecord;
use crate::{DeviceId, OrganisationId};

/// The most devices that one organisation certifies in all, revoked ones among them. A node has at most 64 of one
/// organisation connected; with a new one for each every year this lasts for sixteen years.
pub const MAX_CERTIFIED: usize = 1_024;

/// The devices that organisations certified: of each the ones with the lowest ids, as many as it may have, and the rest. So
/// which is which follows from the set of certificates, in whatever order they came.
#[derive(Debug, Clone, Default)]
pub(super) struct Certified {
    within: BTreeMap<OrganisationId, BTreeSet<DeviceId>>,
    /// No organisation is in here that has none: mostly it is empty, and nobody has to ask whose a device is.
    surplus: BTreeMap<OrganisationId, BTreeSet<DeviceId>>,
}

impl Certified {
    /// An organisation certified a device, once or again.
    pub(super) fn insert(&mut self, organisation: &OrganisationId, device: DeviceId, most: usize) {
        if self.surplus.get(organisation).is_some_and(|surplus| surplus.contains(&device)) {
            return;
        }
        let within = self.within.entry(*organisation).or_default();
        within.insert(device);
        if within.len() > most {
            self.surplus.entry(*organisation).or_default().extend(within.pop_last());
        }
    }

    /// No certificate of an organisation for a device counts any more.
    fn remove(&mut self, organisation: &OrganisationId, device: &DeviceId) {
        let Some(within) = self.within.get_mut(organisation) else { return };
        let surplus = self.surplus.get_mut(organisation);
        match (within.remove(device), surplus) {
            (true, Some(surplus)) => within.extend(surplus.pop_first()),
            (false, Some(surplus)) => {
                surplus.remove(device);
            }
            (_, None) => {}
        }
        if self.surplus.get(organisation).is_some_and(BTreeSet::is_empty) {
            self.surplus.remove(organisation);
        }
    }
}

impl Governance {
    /// The same with another bound than [`MAX_CERTIFIED`]: for tests, which could not certify as many. Before any record.
    #[doc(hidden)]
    #[must_use]
    pub fn with_most_certified(self, most_certified: usize) -> Self {
        Self { most_certified, ..self }
    }

    /// A certificate ceased to count: whether another one of its organisation for the device does.
    pub(super) fn certificate_ended(&mut self, organisation: &OrganisationId, device: &DeviceId) {
        let certified = self.counted(device).any(
            |(_, record)| matches!(record, DeviceRecord::Certificate(of) if of.organisation == *organisation),
        );
        if !certified {
            self.index.certified.remove(organisation, device);
        }
    }

    /// How many devices an organisation has certified in all.
    pub fn certified(&self, organisation: &OrganisationId) -> usize {
        let Certified { within, surplus } = &self.index.certified;
        [within, surplus].iter().filter_map(|all| all.get(organisation)).map(BTreeSet::len).sum()
    }

    /// Whether a device is one more than its organisation may certify. What it writes counts nowhere by itself; what others
    /// built on it stays theirs. A device on a card that both secretariats agreed to never is.
    pub fn is_surplus(&self, device: &DeviceId) -> bool {
        let surplus = &self.index.certified.surplus;
        if surplus.is_empty() || self.index.is_on_card(device) {
            return false;
        }
        let owner = self.owner(device);
        owner.and_then(|owner| surplus.get(&owner)).is_some_and(|surplus| surplus.contains(device))
    }
}
