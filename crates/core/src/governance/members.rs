//! Who takes part, under which root key, and with which devices.

use std::collections::{BTreeMap, BTreeSet};

use super::fold::DeviceRecord;
use super::surplus::Certified;
use super::{Governance, Knowledge, Operation, Part, Revocation, Subject, Term};
use crate::{
    Card, DecisionId, DeviceId, OrganisationId, OrganisationKind, RecordId, RootId, SpaceId, private_space,
};

/// An organisation's standing in the programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Its card.
    pub card: Card,
    /// As what it takes part.
    pub kind: OrganisationKind,
    /// The version of its membership, or of the constitution that named it: 0 for a secretariat of the genesis.
    pub version: u32,
    /// The decision that began it; none for a secretariat named by the genesis.
    pub decision: Option<DecisionId>,
    /// The stretch that grants to it are for.
    pub term: Term,
}

/// What is kept about devices, so that no question about one reads all records or checks a signature again.
#[derive(Debug, Clone, Default)]
pub(super) struct DeviceIndex {
    /// The device records that count, by the device that they are about. Anybody can write records about a device that do
    /// not count: they make no question about it dearer.
    counting: BTreeMap<DeviceId, BTreeSet<RecordId>>,
    counted: BTreeSet<RecordId>,
    /// By organisation, the devices that its records are about.
    pub(super) recorded: BTreeMap<OrganisationId, BTreeSet<DeviceId>>,
    /// By organisation, the devices on its cards in force; and the other way round.
    cards: BTreeMap<OrganisationId, BTreeSet<DeviceId>>,
    on_cards: BTreeMap<DeviceId, BTreeSet<OrganisationId>>,
    /// Every device that a record held names as somebody's: on a card that is proposed or in force, or by a certificate. It
    /// only grows, whatever goes out of force.
    pub(super) named: BTreeSet<DeviceId>,
    /// The devices that organisations certified.
    pub(super) certified: Certified,
    /// The private spaces of all that ever took part: no decision opens them to anybody.
    pub(super) private: BTreeSet<SpaceId>,
}

impl DeviceIndex {
    /// The organisations that anything is kept about.
    pub(super) fn organisations(&self) -> impl Iterator<Item = OrganisationId> + '_ {
        self.cards.keys().chain(self.recorded.keys()).copied()
    }

    /// Whether a device is on a card in force.
    pub(super) fn is_on_card(&self, device: &DeviceId) -> bool {
        self.on_cards.get(device).is_some_and(|owners| !owners.is_empty())
    }
}

impl DeviceRecord {
    pub(super) fn organisation(&self) -> &OrganisationId {
        match self {
            DeviceRecord::Certificate(certificate) => &certificate.organisation,
            DeviceRecord::Revocation(revocation, _) => &revocation.organisation,
        }
    }
}

impl Governance {
    /// The standing of an organisation now; none if it does not take part.
    pub fn membership(&self, organisation: &OrganisationId) -> Option<Membership> {
        let Part { term, kind, began, .. } = self.part(organisation, Knowledge::Now)?;
        let (Term::Member(version) | Term::Secretariat(version)) = term;
        let card = self.card(organisation)?.clone();
        Some(Membership { card, kind, version, decision: began, term })
    }

    /// The last card of an organisation that ever took part: its name outlives its membership.
    pub fn card(&self, organisation: &OrganisationId) -> Option<&Card> {
        let seat = self.chain.iter().rev().find_map(|c| c.charter.seat(organisation)).map(|seat| &seat.card);
        let admitted =
            self.history(&Subject::Membership(*organisation)).filter_map(|(_, _, decision)| match &decision
                .operation
            {
                Operation::Admit { card, .. } => Some(card.as_ref()),
                _ => None,
            });
        seat.or_else(|| admitted.last())
    }

    /// Every organisation that takes or took part.
    pub fn organisations(&self) -> BTreeSet<OrganisationId> {
        let admitted = self.in_force.keys().filter_map(|subject| match subject {
            Subject::Membership(organisation) => Some(*organisation),
            _ => None,
        });
        self.chain.iter().flat_map(|c| c.secretariats()).chain(admitted).collect()
    }

    /// Every organisation that takes part now, by id.
    pub fn memberships(&self) -> BTreeMap<OrganisationId, Membership> {
        self.organisations().into_iter().filter_map(|id| Some((id, self.membership(&id)?))).collect()
    }

    /// The root keys that an organisation has had, oldest first, each with the records of the key before it that go on
    /// to count. Empty if it never took part.
    fn roots(&self, organisation: &OrganisationId) -> Vec<(RootId, &[RecordId])> {
        let mut of_membership: Vec<(RootId, &[RecordId])> = Vec::new();
        for (_, _, decision) in self.history(&Subject::Membership(*organisation)) {
            match &decision.operation {
                // Who is admitted again keeps the root key that it had: one that was replaced does not come back.
                Operation::Admit { .. } if of_membership.is_empty() => {
                    of_membership.push((RootId(organisation.0), &[]));
                }
                Operation::ReplaceRoot { root, keeps, .. } => of_membership.push((*root, keeps)),
                _ => {}
            }
        }
        let seats = self.chain.iter().filter_map(|constitution| {
            let seat = constitution.charter.seat(organisation)?;
            Some((seat.root, constitution.charter.keeps.as_slice()))
        });
        let of_seats: Vec<(RootId, &[RecordId])> = seats.collect();
        // A secretariat's root key is the one that its constitution names; that of who is none any more is its membership's,
        // unless that knows the first one only, or one that a constitution replaced.
        let seated = self.chain.last().is_some_and(|c| c.charter.seat(organisation).is_some());
        let last = of_membership.last().map(|(root, _)| *root);
        let replaced = of_seats.iter().rev().skip(1).any(|(root, _)| Some(*root) == last)
            && of_seats.last().map(|(root, _)| *root) != last;
        let (before, after) = if seated || replaced || of_membership.len() < 2 {
            (of_membership, of_seats)
        } else {
            (of_seats, of_membership)
        };
        let mut roots: Vec<(RootId, &[RecordId])> = Vec::new();
        for (root, keeps) in before.into_iter().chain(after) {
            if roots.last().is_none_or(|(last, _)| *last != root) {
                roots.push((root, keeps));
            }
        }
        roots
    }

    /// The root key by which an organisation signs its own affairs now; its first one if it never took part.
    pub fn root(&self, organisation: &OrganisationId) -> RootId {
        self.roots(organisation).last().map_or(RootId(organisation.0), |(root, _)| *root)
    }

    /// Whether a device record counts: signed by the root key of now, or by one before it and kept by every replacement
    /// since. So who stole a root key that was replaced neither adds devices nor revokes any.
    fn counts(&self, id: &RecordId, record: &DeviceRecord) -> bool {
        let roots = self.roots(record.organisation());
        roots.iter().enumerate().any(|(at, (root, _))| {
            let kept = roots[at + 1..].iter().all(|(_, keeps)| keeps.contains(id));
            let signed = || match record {
                DeviceRecord::Certificate(certificate) => certificate.check_root(&root.0).is_ok(),
                DeviceRecord::Revocation(revocation, signature) => {
                    revocation.verify(&root.0, signature).is_ok()
                }
            };
            kept && signed()
        })
    }

    pub(super) fn counted(&self, device: &DeviceId) -> impl Iterator<Item = (&RecordId, &DeviceRecord)> {
        let records = self.devices.get(device);
        let counting = self.index.counting.get(device).into_iter().flatten();
        counting.filter_map(move |id| records?.get_key_value(id))
    }

    /// Whether a device record counts, as it was judged.
    pub(super) fn is_counted(&self, id: &RecordId) -> bool {
        self.index.counted.contains(id)
    }

    /// The ids of all device records that count.
    pub(super) fn device_records(&self) -> impl Iterator<Item = RecordId> + '_ {
        self.index.counted.iter().copied()
    }

    /// The organisation that a device belongs to, if it ever took part: the authorship of what it wrote outlives
    /// membership and revocation.
    ///
    /// A stolen device can sign certificates for another organisation that works with the thief. So that this neither takes
    /// over what the device wrote nor ends its revocation, a card that both secretariats agreed to stands above every
    /// certificate, and of certificates the one stands that the device itself acknowledged first in its log.
    pub fn owner(&self, device: &DeviceId) -> Option<OrganisationId> {
        if let Some(owner) = self.index.on_cards.get(device).and_then(BTreeSet::first) {
            return Some(*owner);
        }
        let certified = self.counted(device).filter_map(|(id, record)| match record {
            DeviceRecord::Certificate(certificate) => Some((id, certificate.organisation)),
            DeviceRecord::Revocation(..) => None,
        });
        let first = |(id, organisation): &(&RecordId, OrganisationId)| {
            (self.acknowledged.first(device, id).unwrap_or(u64::MAX), *organisation)
        };
        certified.min_by_key(first).map(|(_, organisation)| organisation)
    }

    /// Judges anew what is kept about an organisation's devices, after its cards or root keys may have changed.
    pub(super) fn index_devices(&mut self, organisation: &OrganisationId) {
        let mut cards: BTreeSet<DeviceId> = BTreeSet::new();
        for (_, _, decision) in self.history(&Subject::Membership(*organisation)) {
            if let Operation::Admit { card, .. } = &decision.operation {
                cards.insert(card.device.device);
            }
        }
        let seats = self.chain.iter().filter_map(|c| c.charter.seat(organisation));
        cards.extend(seats.map(|seat| seat.card.device.device));
        let before = self.index.cards.insert(*organisation, cards.clone()).unwrap_or_default();
        for device in before.difference(&cards) {
            if let Some(owners) = self.index.on_cards.get_mut(device) {
                owners.remove(organisation);
            }
        }
        let private = private_space(&self.programme, organisation);
        if self.roots(organisation).is_empty() {
            self.index.private.remove(&private);
        } else {
            self.index.private.insert(private);
        }
        for device in cards {
            self.index.on_cards.entry(device).or_default().insert(*organisation);
        }
        for device in self.index.recorded.get(organisation).cloned().unwrap_or_default() {
            self.index_records(organisation, &device);
        }
    }

    /// Judges anew which records of an organisation about a device count.
    fn index_records(&mut self, organisation: &OrganisationId, device: &DeviceId) {
        let of = |record: &DeviceRecord| record.organisation() == organisation;
        let records = self.devices.get(device).into_iter().flatten().filter(|(_, record)| of(record));
        let ids: Vec<RecordId> = records.map(|(id, _)| *id).collect();
        for id in ids {
            self.index_record(device, id);
        }
    }

    /// Judges anew whether one record about a device counts. Of the others about it none is looked at: who writes a
    /// thousand false ones makes the next no dearer.
    pub(super) fn index_record(&mut self, device: &DeviceId, id: RecordId) {
        self.work += 1;
        let Some(record) = self.devices.get(device).and_then(|records| records.get(&id)) else { return };
        let organisation = *record.organisation();
        let counts = !self.roots(&organisation).is_empty() && self.counts(&id, record);
        let certificate = matches!(record, DeviceRecord::Certificate(_));
        let counting = self.index.counting.entry(*device).or_default();
        if !counts {
            if counting.remove(&id) && certificate {
                self.certificate_ended(&organisation, device);
            }
            self.index.counted.remove(&id);
        } else if counting.insert(id) {
            self.index.counted.insert(id);
            if certificate {
                self.index.certified.insert(&organisation, *device, self.most_certified);
            }
            self.news.counts(id);
        }
    }

    /// The organisation that a device belongs to, if that organisation takes part now and the device is neither revoked nor one
    /// more than it may have.
    pub fn organisation_of(&self, device: &DeviceId) -> Option<OrganisationId> {
        let owner = self.owner(device)?;
        let ended = self.is_revoked(device) || self.is_surplus(device);
        (self.part(&owner, Knowledge::Now).is_some() && !ended).then_some(owner)
    }

    /// Every device that belongs or belonged to an organisation that takes or took part, revoked ones too.
    pub fn owners(&self) -> BTreeMap<DeviceId, OrganisationId> {
        let all: BTreeSet<DeviceId> =
            self.index.on_cards.keys().chain(self.devices.keys()).copied().collect();
        all.into_iter().filter_map(|device| Some((device, self.owner(&device)?))).collect()
    }

    /// Every device that a record held names as somebody's, whether that counts or not: whose governance logs may matter. Each
    /// costs whoever names it a record.
    pub fn named_devices(&self) -> &BTreeSet<DeviceId> {
        &self.index.named
    }

    /// The devices of every organisation that takes part, without those that were revoked or are more than it may have.
    pub fn devices(&self) -> BTreeMap<DeviceId, OrganisationId> {
        let all: BTreeSet<DeviceId> =
            self.index.on_cards.keys().chain(self.devices.keys()).copied().collect();
        all.into_iter().filter_map(|device| Some((device, self.organisation_of(&device)?))).collect()
    }

    /// The certificates of a device that count, with what people call it.
    pub fn certificates(&self, device: &DeviceId) -> Vec<(RecordId, &crate::DeviceCertificate)> {
        let certificates = self.counted(device).filter_map(|(id, record)| match record {
            DeviceRecord::Certificate(certificate) => Some((*id, certificate)),
            DeviceRecord::Revocation(..) => None,
        });
        certificates.collect()
    }

    /// The revocations of a device that count: by the organisation that it belongs to.
    pub fn revocations(&self, device: &DeviceId) -> Vec<(RecordId, &Revocation)> {
        let owner = self.owner(device);
        let revocations = self.counted(device).filter_map(|(id, record)| match record {
            DeviceRecord::Revocation(revocation, _) => Some((*id, revocation)),
            DeviceRecord::Certificate(_) => None,
        });
        revocations.filter(|(_, revocation)| Some(revocation.organisation) == owner).collect()
    }

    /// Whether a device is revoked.
    pub fn is_revoked(&self, device: &DeviceId) -> bool {
        self.devices.contains_key(device) && !self.revocations(device).is_empty()
    }
}
