//! The real program over bad lines, in network namespaces that the tests make themselves: slow and lossy lines, cuts that
//! nobody is told of, portals, changes of address, routers that let nobody in.
//!
//! It takes root and Linux; elsewhere each test says why it is skipped. What is asserted are events and counts, within times
//! that are generous; how long things took is printed (`cargo test --test links -- --nocapture`).

#![cfg(target_os = "linux")]

mod node;
mod office;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use accord_links::{Line, Net, State};
use office::{Programme, Router};

/// How long anything may take that has to happen, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(120);

/// One network at a time: the times that the nodes themselves keep are real ones.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A founded programme on a network of these offices; none, with the reason said, if there can be none here.
fn found(seed: u64, routers: &[Router]) -> Option<Programme> {
    let plan: Vec<_> = routers.iter().enumerate().map(|(at, router)| router.plan(at)).collect();
    match Net::new(seed, &plan) {
        Ok(net) => Some(Programme::found(net, routers)),
        Err(why) => {
            println!("skipped: {why}");
            None
        }
    }
}

#[test]
fn everything_gets_through_slow_lines_that_lose() {
    let _alone = alone();
    let Some(mut programme) = found(1, &[Router::None, Router::None]) else { return };
    for (milliseconds, loss) in [(50, 0.01), (300, 0.05), (600, 0.10)] {
        let line = Line::round_trip(Duration::from_millis(milliseconds)).losing(loss);
        programme.net.set(0, line);
        // From the first call on, over this line.
        programme.stop(1);
        programme.write(0, 40);
        programme.write(1, 40);
        programme.start(1);
        programme.until_in_step(0, 1, PATIENCE);
        let lost = programme.net.counts(0).lost + programme.net.counts(1).lost;
        assert!(lost > 0, "the line lost nothing");
        assert_eq!(programme.list(0), programme.list(1));
    }
}

#[test]
fn a_cut_that_nobody_is_told_of_is_noticed_and_healed() {
    let _alone = alone();
    let Some(mut programme) = found(2, &[Router::None, Router::None]) else { return };
    programme.net.set(0, Line::round_trip(Duration::from_millis(50)));
    programme.until_in_step(0, 1, PATIENCE);
    let cut = Instant::now();
    programme.net.set(0, Line::default().state(State::Cut));
    for office in [0, 1] {
        // The kernel alone would not say so for a quarter of an hour.
        let noticed = programme.node(office).until(cut, "disconnected", PATIENCE);
        println!("office {office}: noticed after {:.1?}", noticed - cut);
    }
    programme.write(0, 3);
    let healed = Instant::now();
    programme.net.set(0, Line::round_trip(Duration::from_millis(50)));
    let connected = programme.node(0).until(healed, " connected ", PATIENCE);
    println!("connected again after {:.1?}", connected - healed);
    programme.until_in_step(0, 1, PATIENCE);
    assert_eq!(programme.list(0), programme.list(1));
}

#[test]
fn a_portal_that_lets_nothing_through_is_outlasted() {
    let _alone = alone();
    let Some(mut programme) = found(3, &[Router::None, Router::None]) else { return };
    programme.until_in_step(0, 1, PATIENCE);
    let begun = Instant::now();
    programme.net.set(1, Line::default().state(State::Captive));
    for office in [0, 1] {
        programme.node(office).until(begun, "disconnected", PATIENCE);
    }
    // Calls are taken, and nothing is said on them: several of these come to nothing before somebody logs in.
    let mut since = Instant::now();
    programme.write(0, 3);
    programme.write(1, 3);
    for _ in 0..2 {
        since = programme.node(1).until(since, "not reached", PATIENCE) + Duration::from_nanos(1);
    }
    assert!(!programme.is_connected(1, 0));
    programme.net.set(1, Line::default());
    programme.until_in_step(0, 1, PATIENCE);
    assert_eq!(programme.list(0), programme.list(1));
}

#[test]
fn a_node_that_moves_is_found_again() {
    let _alone = alone();
    let Some(mut programme) = found(4, &[Router::None, Router::None]) else { return };
    programme.until_in_step(0, 1, PATIENCE);
    let moved = Instant::now();
    programme.net.move_to(1, [203, 0, 113, 99].into()).expect("it moves");
    programme.write(0, 3);
    programme.write(1, 3);
    programme.node(1).until(moved, " connected ", PATIENCE);
    programme.until_in_step(0, 1, PATIENCE);
    // And from the other side: the one that stayed knows where to call.
    programme.stop(0);
    programme.start(0);
    programme.until_in_step(0, 1, PATIENCE);
    assert_eq!(programme.list(0), programme.list(1));
}

/// Both secretariats sit behind routers that let nobody in; the third, which does not read what they share, is reached by
/// both. Whether a direct connection comes of it is chance, since a node that started again may be seen at another port than
/// the one it listens at: what is held is that they meet, and stay in step whichever way.
#[test]
fn two_behind_routers_meet_through_a_third() {
    let _alone = alone();
    let routers = [Router::Closed, Router::Closed, Router::None];
    let begun = Instant::now();
    let Some(mut programme) = found(5, &routers) else { return };
    programme.until_in_step(0, 1, PATIENCE);
    programme.node(0).until(begun, "through=", PATIENCE);
    programme.write_in(0, "Secretariats", 3);
    programme.until_in_step(0, 1, PATIENCE);
    println!("connected through {:?}", programme.through(0, 1));
    assert_eq!(programme.list(0), programme.list(1));
    assert_eq!(programme.list(0).len(), programme.list(2).len() + 3);
    // The connection that gave way had ended in a panic of its own task once, when the direct one opened the relay of a node.
    let logs = programme.logs();
    assert!(!logs.contains("panicked"), "{logs}");
}

/// The same, where no direct way exists at all: what they share by themselves goes through the third, which has nothing of it.
#[test]
fn two_without_a_way_between_them_stay_in_step_through_a_third() {
    let _alone = alone();
    let routers = [Router::None, Router::None, Router::None];
    let Some(mut programme) = found(6, &routers) else { return };
    programme.let_relay(2);
    programme.until_in_step(2, 0, PATIENCE);
    programme.until_in_step(2, 1, PATIENCE);
    programme.net.part(0, 1);
    programme.net.set(0, Line::round_trip(Duration::from_millis(100)).losing(0.01));
    let cut = Instant::now();
    programme.node(0).until(cut, "disconnected", PATIENCE);
    programme.write_in(0, "Secretariats", 5);
    programme.until_in_step(0, 1, PATIENCE);
    assert_eq!(programme.through(0, 1).as_deref(), Some("UCLG"));
    assert_eq!(programme.list(0), programme.list(1));
    assert_eq!(programme.list(0).len(), programme.list(2).len() + 5);
}
