//! Who comes, who leaves, and who misbehaves.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use accord_core::{LogId, programme_space};
use accord_sim::{Founding, Mischief, Settings, Topology, Where, World};
use rand::SeedableRng as _;

fn mesh(members: usize, seed: u64) -> World {
    let founding = Founding::new(members, false);
    let mut world = World::new(&founding, seed, Settings::default());
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    for (a, b) in Topology::Mesh.links(members + 2, &mut rng) {
        world.link(a, b);
    }
    world
}

/// How many entries of `author` a node holds in the programme's space.
fn held(world: &World, node: usize, author: usize) -> u64 {
    let programme = world.programme();
    let log = LogId { space: programme_space(&programme), device: world.device(author) };
    world.disk(node).head(&log).map_or(0, |head| head.seq)
}

#[test]
fn a_member_admitted_in_the_middle_gets_everything() {
    let mut world = mesh(2, 5);
    for node in 0..4 {
        for _ in 0..50 {
            world.edit(node, Where::Programme);
        }
    }
    world.run_until_quiet().unwrap();
    let newcomer = world.admit(4);
    world.link(0, newcomer);
    for node in 0..4 {
        world.edit(node, Where::Programme);
    }
    world.run_until_quiet().unwrap();
    for author in 0..4 {
        assert_eq!(held(&world, newcomer, author), 51);
    }
    world.edit(newcomer, Where::Programme);
    world.run_until_quiet().unwrap();
    assert_eq!(held(&world, 3, newcomer), 1, "and can write");
}

#[test]
fn a_device_whose_access_ends_gets_nothing_more() {
    let mut world = mesh(3, 6);
    world.edit(0, Where::Programme);
    world.run_until_quiet().unwrap();
    let leaving = 4;
    for node in 0..4 {
        world.end_access(node, world.device(leaving));
    }
    world.run_until(world.now() + Duration::from_secs(1)).unwrap();
    for node in 0..4 {
        world.edit(node, Where::Programme);
    }
    world.run_until_quiet().unwrap();
    assert_eq!((held(&world, leaving, 0), held(&world, leaving, 1)), (1, 0));
    assert_eq!((held(&world, 1, 0), held(&world, 3, 2)), (2, 1), "the others go on");
    let reasons: Vec<&str> = world.stats().closes.iter().map(|(_, why)| why.as_str()).collect();
    let ended = "the other side closed: this device has no part in the programme, or not any more";
    assert!(reasons.contains(&ended), "it is told why: {reasons:?}");
}

#[test]
fn a_peer_that_sends_damaged_runs_is_told_why_and_nobody_else_notices() {
    for (mischief, why) in [
        (Mischief::BadSignature, "it is invalid: the signature of entry"),
        (Mischief::Gap, "entries are missing before it"),
    ] {
        // Node 0 passes on damaged; node 3 hears everything from it first, and from node 1 in the end.
        let mut world = mesh(2, 7);
        world.run_until_quiet().unwrap();
        world.misbehave(0, mischief);
        world.part(|node| usize::from(node == 0));
        world.run_until(world.now() + Duration::from_secs(4)).unwrap();
        for node in 0..4 {
            for _ in 0..5 {
                world.edit(node, Where::Programme);
            }
        }
        world.heal();
        while world.is_busy() || world.now() < Duration::from_secs(12) {
            world.step();
        }
        let refusals = &world.stats().refusals;
        assert!(!refusals.is_empty(), "{mischief:?}");
        assert!(refusals.iter().all(|(node, text)| *node == 0 && text.starts_with(why)), "{refusals:?}");
        assert_eq!(held(&world, 1, 0), 0, "nothing of what it damaged is kept");
        for node in 1..4 {
            for author in 1..4 {
                assert_eq!(held(&world, node, author), 5, "the others are in step with each other");
            }
        }
        assert_eq!(held(&world, 0, 3), 5, "and so is the one that misbehaves");
    }
}
