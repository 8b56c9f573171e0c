//! An organisation that certifies devices without end: there is an end to it, alike everywhere, and nobody else notices.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use accord_core::admission::{Admission, Candidate, Reason, Standing, standing};
use accord_core::governance::{Governance, MAX_CERTIFIED, Operation, Record, Subject};
use accord_core::{
    Authority, Card, ChangeHash, DeviceCertificate, DeviceId, DeviceKey, Entry, Header, OrganisationKind,
    RootKey, programme_space,
};
use support::World;
use support::deciding::{acknowledge, admit, decide, header, id};

/// How many devices an organisation may certify in these tests.
const MOST: usize = 2;

fn fold<'a>(world: &World, entries: impl IntoIterator<Item = &'a Entry>) -> Governance {
    let mut governance = Governance::new(world.programme).with_most_certified(MOST);
    for entry in entries {
        let _ = governance.insert(entry);
    }
    governance
}

fn certify(world: &mut World, who: usize, root: &RootKey, key: &DeviceKey) -> Record {
    let certificate = DeviceCertificate::under(id(world, who), root, key, "laptop");
    let record = Record::Device { certificate: Box::new(certificate), time: 1 };
    world.write(who, record.clone());
    record
}

/// Five laptops of party 2, by id.
fn laptops(world: &mut World) -> Vec<DeviceKey> {
    let mut keys: Vec<DeviceKey> = (0..5).map(|n| DeviceKey::from_seed(&[180 + n; 32])).collect();
    let root = world.parties[2].root.clone();
    for key in &keys {
        certify(world, 2, &root, key);
    }
    keys.sort_by_key(DeviceKey::id);
    keys
}

fn of(world: &World, device: DeviceId, known: Authority) -> Header {
    Header { device, ..header(world, 2, programme_space(&world.programme), 1, known) }
}

/// Those with the lowest ids go on, in whatever order one hears of them; the rest counts nowhere and is connected nowhere. The
/// device on the organisation's card, which both secretariats agreed to, and all others' devices are as they were.
#[test]
fn the_same_devices_are_one_too_many_everywhere() {
    let mut world = World::founded(4);
    admit(&mut world, 2, OrganisationKind::Member);
    admit(&mut world, 3, OrganisationKind::Member);
    let keys = laptops(&mut world);
    let other = DeviceKey::from_seed(&[190; 32]);
    let root = world.parties[3].root.clone();
    certify(&mut world, 3, &root, &other);
    let (own, card) = (id(&world, 2), world.parties[2].device.id());
    let space = programme_space(&world.programme);
    for governance in [fold(&world, &world.entries), fold(&world, world.entries.iter().rev())] {
        assert_eq!(governance.certified(&own), 5);
        for (at, key) in keys.iter().enumerate() {
            let (device, surplus) = (key.id(), at >= MOST);
            assert_eq!(governance.is_surplus(&device), surplus);
            assert_eq!(governance.owner(&device), Some(own), "it keeps its author");
            assert_eq!(governance.organisation_of(&device), (!surplus).then_some(own));
            assert_eq!(governance.limit(&space, &device), surplus.then_some(None));
            if surplus {
                let judged = standing(&governance, &of(&world, device, Authority::Genesis));
                assert_eq!(judged, Standing::Quarantined(Reason::Surplus));
            }
        }
        assert!(!governance.is_surplus(&card) && !governance.is_surplus(&other.id()));
        assert_eq!(governance.organisation_of(&card), Some(own));
    }
    // Nobody who keeps within it has heard of any bound.
    let honest = world.fold(&world.entries);
    assert!(keys.iter().all(|key| !honest.is_surplus(&key.id())) && keys.len() < MAX_CERTIFIED);
}

/// A flood of certificates, one for the device on the card among them, does not put that device out: both secretariats
/// agreed to it, and it signs for its organisation.
#[test]
fn the_device_on_the_card_is_never_one_too_many() {
    let mut world = World::founded(3);
    admit(&mut world, 2, OrganisationKind::Member);
    let (root, on_card) = (world.parties[2].root.clone(), world.parties[2].device.clone());
    let before =
        (0..=u8::MAX).map(|seed| DeviceKey::from_seed(&[seed; 32])).filter(|key| key.id() < on_card.id());
    let before: Vec<DeviceKey> = before.take(MOST).collect();
    assert_eq!(before.len(), MOST, "as many stand before it as may be certified");
    for key in before.iter().chain([&on_card]) {
        certify(&mut world, 2, &root, key);
    }
    let governance = fold(&world, &world.entries);
    assert_eq!(governance.certified(&id(&world, 2)), MOST + 1);
    assert!(!governance.is_surplus(&on_card.id()));
    assert_eq!(governance.organisation_of(&on_card.id()), Some(id(&world, 2)));
}

/// What others built on the work of a device that is one too many stays theirs, with what it was built on.
#[test]
fn who_built_on_it_loses_nothing() {
    let mut world = World::founded(4);
    admit(&mut world, 2, OrganisationKind::Member);
    admit(&mut world, 3, OrganisationKind::Member);
    let keys = laptops(&mut world);
    let known = acknowledge(&mut world, 3);
    let governance = fold(&world, &world.entries);
    let space = programme_space(&world.programme);
    let surplus = keys[4].id();
    let change = |number: u8, header: &Header, deps: Vec<ChangeHash>| Candidate {
        hash: ChangeHash([number; 32]),
        deps,
        device: header.device,
        authority: header.authority,
        standing: standing(&governance, header),
    };
    let first = change(1, &of(&world, surplus, Authority::Genesis), Vec::new());
    let alone = change(2, &of(&world, surplus, Authority::Genesis), Vec::new());
    let built = change(3, &header(&world, 3, space, 1, known), vec![first.hash]);
    let judged =
        Admission::new(&governance, space).admit(None, &[first.clone(), alone.clone(), built.clone()]);
    assert_eq!(judged.admitted, [first.hash, built.hash]);
    assert_eq!(judged.kept.get(&first.hash), Some(&Reason::Surplus));
    assert_eq!(judged.quarantined.get(&alone.hash), Some(&Reason::Surplus));
}

/// A stolen root key certified them: with the replacement, which lists what goes on to count, the flood is over, and the
/// organisation's own devices are back.
#[test]
fn a_replaced_root_key_ends_the_flood() {
    let mut world = World::founded(3);
    admit(&mut world, 2, OrganisationKind::Member);
    let stolen = world.parties[2].root.clone();
    let mut all: Vec<DeviceKey> = (0..6).map(|n| DeviceKey::from_seed(&[210 + n; 32])).collect();
    all.sort_by_key(DeviceKey::id);
    let honest = all.pop().unwrap();
    let record = certify(&mut world, 2, &stolen, &honest);
    assert!(!fold(&world, &world.entries).is_surplus(&honest.id()));
    for key in &all {
        certify(&mut world, 2, &stolen, key);
    }
    assert!(fold(&world, &world.entries).is_surplus(&honest.id()), "it has the highest id of all");
    let new = RootKey::from_seed(&[60; 32]);
    let replace = Operation::replace_root(&id(&world, 2), &new, vec![record.id()]);
    let subject = Subject::Membership(id(&world, 2));
    decide(&mut world, subject, replace, Vec::new());
    for governance in [fold(&world, &world.entries), fold(&world, world.entries.iter().rev())] {
        assert_eq!(governance.certified(&id(&world, 2)), 1);
        assert_eq!(governance.organisation_of(&honest.id()), Some(id(&world, 2)));
        assert!(all.iter().all(|key| governance.owner(&key.id()).is_none()));
    }
}

/// Nobody but who has the root key can fill an organisation's places; nor does the same device fill two.
#[test]
fn others_certificates_and_repeated_ones_take_no_place() {
    let mut world = World::founded(4);
    admit(&mut world, 2, OrganisationKind::Member);
    let (own, others) = (world.parties[2].root.clone(), world.parties[3].root.clone());
    let key = DeviceKey::from_seed(&[180; 32]);
    for time in 0..10 {
        let certificate = Box::new(DeviceCertificate::under(id(&world, 2), &own, &key, "laptop"));
        world.write(0, Record::Device { certificate, time });
    }
    for n in 0..10 {
        let forged = DeviceKey::from_seed(&[195 + n; 32]);
        certify(&mut world, 2, &others, &forged);
    }
    let governance = fold(&world, &world.entries);
    assert_eq!(governance.certified(&id(&world, 2)), 1);
    assert_eq!(governance.certified(&id(&world, 3)), 0, "who never took part has certified nobody");
    // A device on a card has its place by two votes, and takes none of these.
    let card = Card::new(&own, &key, "MC", "Organisation MC").unwrap();
    assert!(!governance.is_surplus(&card.device.device));
}
