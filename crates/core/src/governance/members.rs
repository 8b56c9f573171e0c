//! Who takes part, with which devices, and what each may read and write now.

use std::collections::{BTreeMap, BTreeSet};

use super::{Governance, Operation, Subject};
use crate::{
    Card, DecisionId, DeviceId, OrganisationId, OrganisationKind, SpaceId, governance_space, private_space,
    programme_space,
};

/// An organisation's standing in the programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Its card.
    pub card: Card,
    /// As what it takes part.
    pub kind: OrganisationKind,
    /// The version of its membership: 0 for a secretariat named by the genesis.
    pub version: u32,
    /// The decision that admitted it; none for a secretariat named by the genesis.
    pub decision: Option<DecisionId>,
}

impl Governance {
    /// The standing of an organisation now; none if it does not take part.
    pub fn membership(&self, organisation: &OrganisationId) -> Option<Membership> {
        let genesis = self.genesis.as_ref()?;
        if let Some(card) = genesis.secretariats.iter().find(|card| card.organisation.id == *organisation) {
            let kind = OrganisationKind::Secretariat;
            return Some(Membership { card: card.clone(), kind, version: 0, decision: None });
        }
        self.admissions(organisation).last()
    }

    /// The admissions of an organisation that are in force, oldest first.
    pub(crate) fn admissions(&self, organisation: &OrganisationId) -> impl Iterator<Item = Membership> + '_ {
        let versions = self.in_force.get(&Subject::Membership(*organisation));
        versions.into_iter().flatten().filter_map(|(version, id)| {
            match &self.proposed[id].decision.operation {
                Operation::Admit { card, kind } => Some(Membership {
                    card: card.as_ref().clone(),
                    kind: *kind,
                    version: *version,
                    decision: Some(*id),
                }),
                Operation::Unknown(_) => None,
            }
        })
    }

    /// Every organisation that takes part now, by id.
    pub fn memberships(&self) -> BTreeMap<OrganisationId, Membership> {
        let subjects = self.in_force.keys().filter_map(|subject| match subject {
            Subject::Membership(organisation) => Some(*organisation),
            _ => None,
        });
        let all: BTreeSet<OrganisationId> = self.secretariats().into_iter().chain(subjects).collect();
        all.into_iter().filter_map(|id| Some((id, self.membership(&id)?))).collect()
    }

    /// The organisation that a device belongs to, if that organisation takes part.
    pub fn organisation_of(&self, device: &DeviceId) -> Option<OrganisationId> {
        let certified = self.certificates.get(device).into_iter().flatten().map(|(_, c)| c.organisation);
        certified.filter(|organisation| self.membership(organisation).is_some()).min().or_else(|| {
            self.memberships().into_iter().find(|(_, m)| m.card.device.device == *device).map(|(id, _)| id)
        })
    }

    /// The devices of every organisation that takes part.
    pub fn devices(&self) -> BTreeMap<DeviceId, OrganisationId> {
        let memberships = self.memberships();
        let mut devices: BTreeMap<DeviceId, OrganisationId> =
            memberships.iter().map(|(id, m)| (m.card.device.device, *id)).collect();
        for (device, certificates) in &self.certificates {
            let owner =
                certificates.values().map(|c| c.organisation).filter(|o| memberships.contains_key(o)).min();
            if let Some(owner) = owner {
                devices.insert(*device, owner);
            }
        }
        devices
    }

    /// Whether an organisation may read a space now.
    pub fn may_read(&self, organisation: &OrganisationId, space: &SpaceId) -> bool {
        if *space == private_space(&self.programme, organisation) {
            return true;
        }
        let common = [governance_space(&self.programme), programme_space(&self.programme)];
        common.contains(space) && self.membership(organisation).is_some()
    }

    /// Whether an organisation may write to a space now.
    pub fn may_write(&self, organisation: &OrganisationId, space: &SpaceId) -> bool {
        let writes = |m: Membership| m.kind != OrganisationKind::Observer;
        self.may_read(organisation, space)
            && (*space == governance_space(&self.programme)
                || self.membership(organisation).is_some_and(writes))
    }
}
