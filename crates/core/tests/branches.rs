//! Governance logs of which two histories are held, as when a folder was copied: what each of them says counts for itself.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use accord_core::admission::{Reason, Standing, standing};
use accord_core::governance::{Governance, Record};
use accord_core::{Authority, OrganisationKind, programme_space};
use support::World;
use support::deciding::{acknowledge, admit, header};

fn both_ways(world: &World) -> [Governance; 2] {
    [world.fold(&world.entries), world.fold(world.entries.iter().rev())]
}

/// A device whose folder was copied says on one history of its governance log that it knows of its organisation's admission, and on
/// the other one that it does not. What it writes under the one may be written, and not what it writes under the other.
#[test]
fn an_authority_says_what_stands_before_it_on_its_own_history() {
    let mut world = World::founded(4);
    let programme = programme_space(&world.programme);
    admit(&mut world, 3, OrganisationKind::Member);
    acknowledge(&mut world, 2);
    let mut copy = world.clone();
    let copied = copy.entries.len();
    admit(&mut world, 2, OrganisationKind::Member);
    let knows = acknowledge(&mut world, 2);
    let nothing = Record::Acknowledge { decisions: Vec::new(), devices: Vec::new() };
    for _ in 0..2 {
        copy.write(2, nothing.clone());
    }
    let other = copy.entries.last().unwrap();
    let knows_not = Authority::At { position: other.header().seq, id: other.id() };
    world.entries.extend(copy.entries[copied..].iter().cloned());
    for governance in both_ways(&world) {
        let judge = |known| standing(&governance, &header(&world, 2, programme, 1, known));
        assert_eq!(judge(knows), Standing::InPosition);
        assert_eq!(judge(knows_not), Standing::Quarantined(Reason::NoAccess));
    }
}
