//! Which cuts there are in a log, and who knew of them.

use super::{Constitution, Cut, Decision, Governance, Knowledge, Operation, Subject};
use crate::{DecisionId, DeviceId, Head, OrganisationId, SpaceId};

fn cut_in(cuts: &[Cut], space: &SpaceId, device: &DeviceId) -> Cut {
    let named = cuts.iter().find(|cut| cut.space == *space && cut.device == *device);
    named.cloned().unwrap_or(Cut { space: *space, device: *device, last: None })
}

impl Governance {
    /// The cut that a decision makes in a log, if it ends access: where it names none, the log does not count at all.
    pub fn cut_of(&self, decision: &DecisionId, space: &SpaceId, device: &DeviceId) -> Option<Cut> {
        Some(cut_in(&self.proposed.get(decision)?.decision.cuts, space, device))
    }

    /// The cuts of a device's revocations in one of its logs.
    pub fn revocation_cuts(&self, space: &SpaceId, device: &DeviceId) -> Vec<Cut> {
        if !self.devices.contains_key(device) {
            return Vec::new();
        }
        self.revocations(device).iter().map(|(_, r)| cut_in(&r.cuts, space, device)).collect()
    }

    /// The decisions in force that ended an organisation's taking part, or its writing to a space.
    fn ending(&self, organisation: &OrganisationId, space: &SpaceId) -> Vec<(DecisionId, &Decision)> {
        let ends = |decision: &Decision| {
            matches!(decision.operation, Operation::Remove | Operation::Withdraw { write: true, .. })
        };
        let membership = self.history(&Subject::Membership(*organisation));
        let access = self.history(&Subject::Access(*organisation, *space));
        let mut ending: Vec<(DecisionId, &Decision)> = membership
            .chain(access)
            .filter(|(_, _, decision)| ends(decision))
            .map(|(_, id, decision)| (id, decision))
            .collect();
        let named = |constitution: &Constitution| constitution.charter.seat(organisation).is_some();
        let dropped = self.constitutions().windows(2).filter(|pair| named(&pair[0]) && !named(&pair[1]));
        ending.extend(dropped.filter_map(|pair| {
            let id = pair[1].reference.decision?;
            Some((id, &self.proposed.get(&id)?.decision))
        }));
        ending
    }

    /// The cuts in a log by every decision that ended its author's access to the space.
    pub fn ending_cuts(&self, organisation: &OrganisationId, space: &SpaceId, device: &DeviceId) -> Vec<Cut> {
        let ending = self.ending(organisation, space);
        ending.into_iter().map(|(_, decision)| cut_in(&decision.cuts, space, device)).collect()
    }

    /// The cuts in a log of a device that ended by itself: by its revocations; and where it is one more than its organisation
    /// may have, before everything.
    fn device_cuts(&self, space: &SpaceId, device: &DeviceId) -> Vec<Cut> {
        let mut cuts = self.revocation_cuts(space, device);
        cuts.extend(self.is_surplus(device).then_some(Cut { space: *space, device: *device, last: None }));
        cuts
    }

    /// Every cut in a log, by decision or revocation, or since its device is one more than its organisation may have.
    pub fn cuts(&self, space: &SpaceId, device: &DeviceId) -> Vec<Cut> {
        let mut cuts = self.device_cuts(space, device);
        if let Some(owner) = self.owner(device) {
            cuts.extend(self.ending_cuts(&owner, space, device));
        }
        cuts
    }

    /// How far a log counts at most, by every cut of its device and, if its author has no access now, by the
    /// last decision that ended it: what a node has to offer of it to others. None if nothing cuts it.
    pub fn limit(&self, space: &SpaceId, device: &DeviceId) -> Option<Option<Head>> {
        let mut cuts = self.device_cuts(space, device);
        if let Some(owner) = self.owner(device)
            && !self.may_write(&owner, space)
        {
            // A later period may have had a higher cut, and what is before it counts.
            cuts.extend(self.ending_cuts(&owner, space, device).into_iter().max_by_key(|cut| cut.last));
        }
        cuts.into_iter().map(|cut| cut.last).min()
    }

    /// Whether it was known that a device, or its organisation's writing to a space, had ended.
    pub fn knew_end(&self, device: &DeviceId, space: &SpaceId, knowledge: Knowledge<'_>) -> bool {
        let knew_record = |id: &crate::RecordId| match knowledge {
            Knowledge::Now => true,
            Knowledge::Of(author, authority) => self.acknowledged.knew_record(author, authority, id),
        };
        self.revocations(device).iter().any(|(id, _)| knew_record(id))
            || self.owner(device).is_some_and(|owner| {
                self.ending(&owner, space).iter().any(|(id, _)| self.knows(knowledge, id))
            })
    }

    /// The cuts that a removal or withdrawal has to carry: for every log of the organisation that is named to it, how far
    /// it is held. `held` gives (space, device, last entry); logs of others are passed over.
    pub fn cuts_for(
        &self,
        organisation: &OrganisationId,
        held: impl IntoIterator<Item = (SpaceId, DeviceId, Head)>,
    ) -> Vec<Cut> {
        let own = held.into_iter().filter(|(_, device, _)| self.owner(device).as_ref() == Some(organisation));
        let mut cuts: Vec<Cut> =
            own.map(|(space, device, head)| Cut { space, device, last: Some(head) }).collect();
        cuts.sort_unstable();
        // Of a log that forked the longest branch: to name it settles the fork.
        cuts.dedup_by(|later, kept| {
            let same = (later.space, later.device) == (kept.space, kept.device);
            if same {
                kept.last = kept.last.max(later.last);
            }
            same
        });
        cuts
    }
}
