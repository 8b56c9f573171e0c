//! What synchronising costs, counted.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use accord_sim::{Founding, Settings, Topology, Where, World};
use rand::SeedableRng as _;

/// The time that every frame takes, one way.
const ONE_WAY: Duration = Duration::from_millis(50);

/// Links of one delay, and disks that take no time, so that round trips can be read off the clock.
fn exact() -> Settings {
    Settings {
        delay: (ONE_WAY, ONE_WAY),
        disk: Duration::ZERO,
        read: Duration::ZERO,
        dial: 1.0,
        pack_from: accord_sync::PACK_FROM,
    }
}

/// Two nodes that both hold `entries` entries, and have no connection.
fn two_nodes_with(entries: usize) -> World {
    let mut founding = Founding::new(0, false);
    let mut alone = World::new(&founding, 1, exact());
    for _ in 0..entries / 2 {
        alone.edit(0, Where::Programme);
        alone.edit(1, Where::Programme);
    }
    alone.run_until(Duration::from_secs(1)).unwrap();
    founding.disk = alone.disk(0).clone();
    founding.disk.adopt(alone.disk(1));
    World::new(&founding, 2, exact())
}

#[test]
fn a_reconnect_with_nothing_new_is_one_round_trip_under_1000_bytes() {
    let mut world = two_nodes_with(20_000);
    world.link(0, 1);
    let began = world.now();
    let done = world.run_until_quiet().unwrap() - began;
    let traffic = &world.stats().traffic;
    println!("20,000 entries held, nothing new: {done:?}, {traffic:?}");
    assert!(done <= ONE_WAY * 2);
    assert!(traffic.control + traffic.runs < 1_000);
    assert_eq!(traffic.count, 0);
}

#[test]
fn ten_changes_on_each_side_take_two_round_trips_and_1000_bytes_beside_the_entries() {
    let mut world = two_nodes_with(20_000);
    for _ in 0..10 {
        world.edit(0, Where::Programme);
        world.edit(1, Where::Programme);
    }
    world.run_until(Duration::from_millis(400)).unwrap();
    world.reset_stats();
    world.link(0, 1);
    let began = Duration::from_millis(500);
    let (a, b) = (world.device(0), world.device(1));
    let mut both_hold = None;
    while world.now() < began + ONE_WAY * 6 {
        world.step();
        let in_step = [(0, b), (1, a)].iter().all(|(node, peer)| {
            let status = world.engine(*node).unwrap().status();
            status.get(peer).is_some_and(|s| {
                s.spaces.len() == 2 && s.spaces.values().all(|space| space.known && space.we_lack == 0)
            })
        });
        if in_step && both_hold.is_none() {
            both_hold = Some(world.now() - began);
        }
    }
    world.run_until_quiet().unwrap();
    let traffic = &world.stats().traffic;
    println!("10 changes on each side: both hold all after {both_hold:?}, {traffic:?}");
    assert!(both_hold.unwrap() <= ONE_WAY * 4, "{both_hold:?}");
    assert_eq!(traffic.count, 20);
    assert!(traffic.control + traffic.framing < 1_000);
    assert!(traffic.control + traffic.runs < traffic.entries + 1_000);
}

#[test]
fn a_first_sync_of_much_goes_in_packs_and_every_entry_once() {
    let mut world = World::new(&Founding::new(0, false), 5, exact());
    for _ in 0..3_000 {
        world.edit(0, Where::Programme);
    }
    world.run_until(Duration::from_secs(1)).unwrap();
    world.reset_stats();
    world.link(0, 1);
    world.run_until_quiet().unwrap();
    let traffic = &world.stats().traffic;
    println!("a first sync of 3,000 entries: {traffic:?}");
    assert_eq!(traffic.count, 3_000);
    assert!(traffic.packs >= 3);
    assert_eq!(world.stats().most_copies(), 1);
}

#[test]
fn thirty_nodes_in_a_ring_after_a_partition_get_two_copies_at_most() {
    let founding = Founding::new(28, false);
    let mut world = World::new(&founding, 3, Settings::default());
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
    for (a, b) in Topology::Ring.links(30, &mut rng) {
        world.link(a, b);
    }
    world.run_until(Duration::from_secs(5)).unwrap();
    world.part(|node| node);
    world.run_until(Duration::from_secs(9)).unwrap();
    world.reset_stats();
    for node in 0..30 {
        for _ in 0..20 {
            world.edit(node, Where::Programme);
        }
    }
    world.run_until(Duration::from_secs(10)).unwrap();
    assert_eq!(world.stats().traffic.count, 0, "nobody is connected");
    world.heal();
    let quiet = world.run_until_quiet().unwrap();
    let stats = world.stats();
    println!(
        "ring of 30: in step at {quiet:?}, at most {} copies, {:.3} on average, {:?}",
        stats.most_copies(),
        stats.mean_copies(),
        stats.traffic
    );
    assert!(stats.most_copies() <= 2);
}

#[test]
fn a_full_mesh_of_twelve_does_not_multiply_entries() {
    let founding = Founding::new(10, false);
    let mut world = World::new(&founding, 4, Settings::default());
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(4);
    for (a, b) in Topology::Mesh.links(12, &mut rng) {
        world.link(a, b);
    }
    world.run_until_quiet().unwrap();
    world.reset_stats();
    // Live edits, one after the other, and then all at once after a partition into single nodes.
    for round in 0..20 {
        for node in 0..12 {
            world.edit(node, Where::Programme);
        }
        world.run_until(world.now() + Duration::from_millis(100 * (round % 5))).unwrap();
    }
    world.run_until_quiet().unwrap();
    let live = (world.stats().most_copies(), world.stats().mean_copies());
    world.reset_stats();
    world.part(|node| node);
    world.run_until(world.now() + Duration::from_secs(5)).unwrap();
    for node in 0..12 {
        world.edit(node, Where::Programme);
    }
    world.heal();
    world.run_until_quiet().unwrap();
    let healed = (world.stats().most_copies(), world.stats().mean_copies());
    println!("mesh of 12: live {live:?}, after a partition {healed:?}");
    assert!(live.1 <= 3.0 && healed.1 <= 3.0);
}
