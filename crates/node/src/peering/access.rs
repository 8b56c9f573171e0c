//! Access as the sync engine takes it: who may be connected, who reads which space, whose logs belong there and how far
//! they count.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::{DeviceId, LogId, OrganisationId, SpaceId};
use accord_sync::{Access, Authors, BEYOND_CUT, Reader};

use crate::handler::ended_by;
use crate::replica::Programme;

impl Programme {
    /// Access as this node, of the organisation `own`, knows it now.
    pub(super) fn sync_access(&self, own: &OrganisationId) -> Access {
        // Before governance is locked: this may have to look at it too.
        let limits = self.limits();
        let governance = &*self.governance();
        let governance_space = self.governance_space();
        let owners = governance.owners();
        let reads = |organisation: &OrganisationId| -> BTreeSet<SpaceId> {
            let mut spaces: BTreeSet<SpaceId> = self.readable(governance, organisation).into_iter().collect();
            if governance.may_read(organisation, &governance_space) {
                spaces.insert(governance_space);
            }
            spaces
        };
        let own_spaces = match governance.membership(own) {
            Some(_) => reads(own),
            // Whose part has ended goes on to tell what was decided: its own vote for that may be what the others lack.
            None if ended_by(governance, own).is_some() => [governance_space].into(),
            None => BTreeSet::new(),
        };
        let mut authors: BTreeMap<SpaceId, Authors> = BTreeMap::new();
        let mut at_most: BTreeMap<LogId, u64> = BTreeMap::new();
        for space in own_spaces.iter().filter(|space| **space != governance_space) {
            let belongs = |(device, owner): (&DeviceId, &OrganisationId)| {
                governance.ever_had(owner, space).then_some(*device)
            };
            let devices: BTreeSet<DeviceId> = owners.iter().filter_map(belongs).collect();
            for device in &devices {
                if let Some(cut) = governance.limit(space, device) {
                    let last = cut.map_or(0, |head| head.seq).saturating_add(BEYOND_CUT);
                    at_most.insert(LogId { space: *space, device: *device }, last);
                }
            }
            authors.insert(*space, Authors::Only(devices));
        }
        authors.insert(governance_space, Authors::of_governance(governance));
        let reader = |organisation: &OrganisationId| Reader {
            organisation: Some(*organisation),
            reads: reads(organisation),
        };
        let devices = governance.devices();
        let readers = devices.iter().map(|(device, organisation)| (*device, reader(organisation)));
        Access { own: own_spaces, devices: readers.collect(), authors, limits, at_most }
    }
}
