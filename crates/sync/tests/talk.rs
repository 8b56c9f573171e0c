//! What engines say to each other, one story a test.

#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use accord_core::SpaceId;
use accord_sync::{
    Ask, Authors, BarrierState, Claim, CloseReason, DeviceRef, Event, Frame, INGESTING, Phase, Prefix,
    Refusal, WANT_TIMEOUT,
};
use common::{Net, access, device, governance, head, log, space};

fn spaces(count: usize) -> Vec<SpaceId> {
    (0..count).map(space).collect()
}

#[test]
fn equal_nodes_say_hello_and_nothing_else() {
    let view = |me| access(me, 2, &spaces(2));
    let held = vec![(log(governance(), 0), 5), (log(space(0), 1), 100), (log(space(1), 0), 3)];
    let mut net = Net::holding(vec![(view(0), held.clone()), (view(1), held)]);
    net.connect(0, 1);
    assert_eq!(net.frames.len(), 2);
    assert!(net.nodes[0].engine.in_step(&device(1)));
}

#[test]
fn more_spaces_than_fit_into_a_hello_are_compared_one_by_one_only_if_something_differs() {
    let many = spaces(40);
    let view = |me| access(me, 2, &many);
    let held: Vec<_> = many.iter().map(|space| (log(*space, 0), 2)).collect();
    let mut net = Net::holding(vec![(view(0), held.clone()), (view(1), held.clone())]);
    net.connect(0, 1);
    assert_eq!(net.frames.len(), 2);
    net.disconnect(0, 1);
    net.append(1, space(7), 1);
    net.connect(0, 1);
    assert_eq!(net.held(0, &log(space(7), 1)), 1);
    let vectors = net.frames.iter().filter(|(_, _, frame)| matches!(frame, Frame::Vector { .. })).count();
    assert_eq!(vectors, 2, "one of each side, for the one space that differs");
    assert!(net.nodes[0].engine.in_step(&device(1)) && net.nodes[1].engine.in_step(&device(0)));
}

#[test]
fn governance_comes_before_content() {
    // Node 1 knows no author of the space before it has governance.
    let mut blind = access(1, 2, &spaces(1));
    blind.authors.insert(space(0), Authors::Only([].into()));
    let held = vec![(log(governance(), 0), 5), (log(space(0), 0), 7)];
    let mut net = Net::holding(vec![(access(0, 2, &spaces(1)), held), (blind, vec![])]);
    net.connect(0, 1);
    let order: Vec<SpaceId> = net.nodes[1].received.iter().map(|(_, log, _)| log.space).collect();
    assert_eq!(order, [governance(); 5], "content of an unknown author is not asked for");
    net.see(1, access(1, 2, &spaces(1)));
    assert_eq!(net.held(1, &log(space(0), 0)), 7, "and it is once the author is known");
}

#[test]
fn own_entries_are_pushed_and_the_rest_is_passed_on_to_who_asks() {
    let mut net = Net::new((0..3).map(|me| access(me, 3, &spaces(1))).collect());
    net.connect(0, 1);
    net.connect(1, 2);
    net.frames.clear();
    net.append(0, space(0), 1);
    assert_eq!(net.held(2, &log(space(0), 0)), 1);
    let wants: Vec<(usize, usize)> =
        net.frames.iter().filter(|(_, _, f)| matches!(f, Frame::Want(_))).map(|(a, b, _)| (*a, *b)).collect();
    assert_eq!(wants, [(2, 1)], "only the last one had to ask");
    assert!(net.nodes[0].engine.in_step(&device(1)) && net.nodes[1].engine.in_step(&device(2)));
}

#[test]
fn nobody_is_sent_what_was_sent_already_while_pushes_and_requests_cross() {
    let mut net = Net::new((0..2).map(|me| access(me, 2, &spaces(1))).collect());
    net.append(0, space(0), 4);
    net.connect(0, 1);
    for _ in 0..10 {
        net.append(0, space(0), 2);
        net.append(1, space(0), 1);
    }
    let mut received = net.nodes[1].received.clone();
    let all = received.len();
    received.dedup();
    assert_eq!((all, received.len()), (24, 24));
}

#[test]
fn what_follows_on_another_peers_unverified_run_is_not_asked_for_yet() {
    let view = |me| access(me, 3, &spaces(1));
    let author = log(space(0), 1);
    let mut net =
        Net::holding(vec![(view(0), vec![]), (view(1), vec![(author, 2)]), (view(2), vec![(author, 4)])]);
    net.nodes[0].holds_back = true;
    net.connect(0, 1);
    net.connect(0, 2);
    assert_eq!(net.nodes[0].received.len(), 2, "the disk has not answered for what came first");
    net.answer(0);
    assert_eq!(net.held(0, &author), 4);
    assert!(net.nodes.iter().all(|node| node.refused_by.is_empty()));
    assert!(net.nodes[0].engine.in_step(&device(2)));
}

#[test]
fn who_asks_twice_is_answered_once() {
    let view = |me| access(me, 2, &spaces(1));
    let author = log(space(0), 0);
    let mut net = Net::holding(vec![(view(0), vec![(author, 9)]), (view(1), vec![])]);
    net.connect(0, 1);
    let device = DeviceRef::Full(device(0));
    let again = Frame::Want(vec![(
        Prefix::space(&space(0)),
        vec![(device, 1, 9, None), (device, 5, u64::MAX, None)],
    )]);
    for _ in 0..3 {
        let bytes = again.to_bytes();
        let effects = net.nodes[0].engine.handle(net.now, Event::Frame { peer: common::device(1), bytes });
        assert_eq!(effects, [], "all of it went out on this connection already");
    }
    net.disconnect(0, 1);
    net.nodes[1] = Net::new(vec![view(0), view(1)]).nodes.remove(1);
    net.connect(0, 1);
    assert_eq!(net.held(1, &author), 9, "and on another one it goes again");
}

#[test]
fn a_log_is_asked_of_one_peer_and_of_another_if_that_one_keeps_silent() {
    let view = |me| access(me, 3, &spaces(1));
    let author = log(space(0), 1);
    let held = vec![(author, 9)];
    let mut net = Net::holding(vec![(view(0), vec![]), (view(1), held.clone()), (view(2), held)]);
    net.mute.insert(1);
    net.connect(0, 1);
    net.connect(0, 2);
    let wants = |net: &Net| net.frames.iter().filter(|(_, _, f)| matches!(f, Frame::Want(_))).count();
    assert_eq!((wants(&net), net.held(0, &author)), (1, 0));
    net.tick(WANT_TIMEOUT + Duration::from_secs(1));
    assert_eq!((wants(&net), net.held(0, &author)), (2, 9));
}

#[test]
fn a_log_is_asked_of_another_when_the_connection_is_lost() {
    let view = |me| access(me, 3, &spaces(1));
    let author = log(space(0), 1);
    let held = vec![(author, 9)];
    let mut net = Net::holding(vec![(view(0), vec![]), (view(1), held.clone()), (view(2), held)]);
    net.mute.insert(1);
    net.connect(0, 1);
    net.connect(0, 2);
    net.disconnect(0, 1);
    assert_eq!(net.held(0, &author), 9);
}

#[test]
fn a_refused_log_stops_and_everything_else_goes_on() {
    let view = |me| access(me, 2, &spaces(2));
    let (bad, good) = (log(space(0), 0), log(space(1), 0));
    let mut net = Net::holding(vec![(view(0), vec![(bad, 9), (good, 9)]), (view(1), vec![])]);
    net.nodes[1].refuses.insert(bad);
    net.connect(0, 1);
    assert_eq!((net.held(1, &bad), net.held(1, &good)), (0, 9));
    let refusal = Refusal::Invalid("so it was told".into());
    assert_eq!(net.nodes[0].refused_by, [(device(1), bad, refusal.clone())]);
    assert_eq!(net.nodes[1].engine.status()[&device(0)].blocked[&bad], refusal);
    assert!(!net.nodes[0].engine.in_step(&device(1)) && !net.nodes[1].engine.in_step(&device(0)));
    net.append(0, space(0), 1);
    net.append(0, space(1), 1);
    assert_eq!((net.held(1, &bad), net.held(1, &good)), (0, 10));
}

#[test]
fn withdrawn_access_ends_at_once_and_new_access_begins_at_once() {
    let view = |me| access(me, 2, &spaces(2));
    let mut net = Net::new(vec![view(0), view(1)]);
    net.connect(0, 1);
    let mut without = view(0);
    without.devices.get_mut(&device(1)).unwrap().reads.remove(&space(1));
    net.see(0, without);
    net.append(0, space(1), 3);
    net.append(0, space(0), 3);
    assert_eq!((net.held(1, &log(space(1), 0)), net.held(1, &log(space(0), 0))), (0, 3));
    assert!(!net.nodes[0].engine.may_send(&device(1), &log(space(1), 0)));
    net.see(0, view(0));
    assert_eq!(net.held(1, &log(space(1), 0)), 3);
    let begun =
        |(_, _, frame): &&(usize, usize, Frame)| matches!(frame, Frame::Vector { ask: Ask::Begin, .. });
    assert_eq!(net.frames.iter().filter(begun).count(), 1);
    let mut gone = view(0);
    gone.devices.clear();
    net.see(0, gone);
    assert_eq!(net.nodes[0].closed, [(device(1), CloseReason::NoAccess)]);
    assert!(net.nodes[1].engine.status().is_empty());
}

#[test]
fn a_space_that_only_one_side_knows_to_be_shared_waits_for_the_other() {
    let mut narrow = access(1, 2, &spaces(2));
    narrow.own.remove(&space(1));
    let held = vec![(log(space(1), 0), 4)];
    let mut net = Net::holding(vec![(access(0, 2, &spaces(2)), held), (narrow, vec![])]);
    net.connect(0, 1);
    net.append(0, space(1), 1);
    assert_eq!(net.held(1, &log(space(1), 0)), 0);
    net.see(1, access(1, 2, &spaces(2)));
    assert_eq!(net.held(1, &log(space(1), 0)), 5);
    assert!(net.nodes[0].engine.in_step(&device(1)));
}

#[test]
fn a_driver_whose_disk_is_busy_stops_reading() {
    let view = |me| access(me, 2, &spaces(1));
    let mut net = Net::holding(vec![(view(0), vec![(log(space(0), 0), 100)]), (view(1), vec![])]);
    net.nodes[1].holds_back = true;
    net.connect(0, 1);
    assert!(net.nodes[1].waiting.len() > INGESTING, "this driver read on all the same");
    assert!(!net.nodes[1].engine.ready_to_read(&device(0)));
    net.answer(1);
    assert!(net.nodes[1].engine.ready_to_read(&device(0)));
}

#[test]
fn a_cut_log_is_taken_up_to_its_cut() {
    let view = |me| access(me, 2, &spaces(1));
    let author = log(space(0), 0);
    let mut cut = view(1);
    cut.limits.insert(author, vec![head(&author, 6)]);
    let mut net = Net::holding(vec![(view(0), vec![(author, 9)]), (cut, vec![])]);
    net.connect(0, 1);
    assert_eq!(net.held(1, &author), 6);
}

#[test]
fn only_what_may_be_offered_is_said_and_sent() {
    let view = |me| access(me, 3, &spaces(1));
    let author = log(space(0), 0);
    let mut net = Net::holding(vec![(view(0), vec![(author, 9)]), (view(1), vec![]), (view(2), vec![])]);
    net.connect(0, 1);
    net.feed(1, Event::Offer { log: author, heads: vec![head(&author, 4)] });
    net.connect(1, 2);
    assert_eq!(net.held(2, &author), 4);
    net.feed(1, Event::Offer { log: author, heads: vec![head(&author, 9)] });
    net.run();
    assert_eq!(net.held(2, &author), 9);
}

#[test]
fn a_barrier_is_reached_when_both_hold_what_either_held_when_it_began() {
    let view = |me| access(me, 2, &spaces(1));
    let (mine, theirs) = (log(space(0), 0), log(space(0), 1));
    let mut net = Net::holding(vec![(view(0), vec![(mine, 5)]), (view(1), vec![(theirs, 8)])]);
    net.feed(0, Event::Connected { peer: device(1) });
    let mut barrier = net.nodes[0].engine.barrier();
    let waiting = net.nodes[0].engine.reached(&mut barrier);
    assert_eq!(waiting, BarrierState::Waiting { here: 0, peers: [(device(1), None)].into() });
    net.feed(1, Event::Connected { peer: device(0) });
    net.run();
    let reached = BarrierState::Reached { left: [].into(), refused: [].into() };
    assert_eq!(net.nodes[0].engine.reached(&mut barrier), reached);
    assert_eq!((net.held(0, &theirs), net.held(1, &mine)), (8, 5));
}

#[test]
fn who_waits_hears_of_what_is_only_on_its_way() {
    let view = |me| access(me, 2, &spaces(1));
    let theirs = log(space(0), 1);
    let mut net = Net::holding(vec![(view(0), vec![]), (view(1), vec![(theirs, 8)])]);
    net.connect(0, 1);
    // Written and durable at the other, and not a word of it has come here yet.
    net.nodes[1].store.insert(theirs, 9);
    net.feed(1, Event::Appended { log: theirs, head: head(&theirs, 9) });
    net.feed(0, Event::Probe);
    let mut barrier = net.nodes[0].engine.barrier();
    let waiting = net.nodes[0].engine.reached(&mut barrier);
    assert_eq!(waiting, BarrierState::Waiting { here: 0, peers: [(device(1), None)].into() });
    net.run();
    assert_eq!(net.held(0, &theirs), 9);
    let reached = BarrierState::Reached { left: [].into(), refused: [].into() };
    assert_eq!(net.nodes[0].engine.reached(&mut barrier), reached);
}

#[test]
fn who_waits_waits_for_what_it_was_told_of() {
    let view = |me| access(me, 2, &spaces(1));
    let theirs = log(space(0), 1);
    let mut net = Net::holding(vec![(view(0), vec![]), (view(1), vec![(theirs, 8)])]);
    net.connect(0, 1);
    net.feed(0, Event::Probe);
    let mut barrier = net.nodes[0].engine.barrier();
    let positions =
        vec![(Prefix::space(&space(0)), vec![(DeviceRef::Full(device(1)), Claim::from(head(&theirs, 9)))])];
    let echo = Frame::Echo { number: 1, positions };
    net.feed(0, Event::Frame { peer: device(1), bytes: echo.to_bytes() });
    let waiting = net.nodes[0].engine.reached(&mut barrier);
    assert!(matches!(waiting, BarrierState::Waiting { here: 1, .. }), "{waiting:?}");
}

#[test]
fn who_waits_asks_again_when_one_connection_takes_the_place_of_another() {
    let view = |me| access(me, 2, &spaces(1));
    let mut net = Net::holding(vec![(view(0), vec![]), (view(1), vec![(log(space(0), 1), 8)])]);
    net.connect(0, 1);
    net.feed(0, Event::Probe);
    let mut barrier = net.nodes[0].engine.barrier();
    // The question is lost, and both sides begin anew without having been apart.
    net.queue.clear();
    net.connect(0, 1);
    let reached = BarrierState::Reached { left: [].into(), refused: [].into() };
    assert_eq!(net.nodes[0].engine.reached(&mut barrier), reached);
}

#[test]
fn a_new_connection_counts_for_nothing_before_it_has_spoken() {
    let view = |me| access(me, 2, &spaces(1));
    let mut net = Net::holding(vec![(view(0), vec![(log(space(0), 0), 5)]), (view(1), vec![])]);
    net.nodes[1].holds_back = true;
    net.connect(0, 1);
    net.feed(0, Event::Probe);
    let mut barrier = net.nodes[0].engine.barrier();
    net.run();
    // The other has said what it lacks, and not yet that it has it now.
    let waiting = BarrierState::Waiting { here: 0, peers: [(device(1), Some(5))].into() };
    assert_eq!(net.nodes[0].engine.reached(&mut barrier), waiting);
    // A connection that has said nothing takes the place of the one that has.
    net.feed(0, Event::Connected { peer: device(1) });
    let waiting = BarrierState::Waiting { here: 0, peers: [(device(1), None)].into() };
    assert_eq!(net.nodes[0].engine.reached(&mut barrier), waiting);
    net.feed(1, Event::Connected { peer: device(0) });
    net.run();
    net.answer(1);
    assert_eq!(net.held(1, &log(space(0), 0)), 5);
    let reached = BarrierState::Reached { left: [].into(), refused: [].into() };
    assert_eq!(net.nodes[0].engine.reached(&mut barrier), reached);
}

#[test]
fn a_peer_that_says_nothing_is_closed() {
    let mut net = Net::new(vec![access(0, 2, &spaces(1)), access(1, 2, &spaces(1))]);
    net.feed(0, Event::Connected { peer: device(1) });
    assert_eq!(net.nodes[0].engine.status()[&device(1)].phase, Phase::Greeting);
    net.tick(Duration::from_secs(11));
    assert_eq!(net.nodes[0].closed, [(device(1), CloseReason::Silent)]);
}

#[test]
fn a_stranger_is_closed_and_told_so() {
    let mut net = Net::new(vec![access(0, 1, &[]), access(1, 2, &[])]);
    net.connect(0, 1);
    assert_eq!(net.nodes[0].closed, [(device(1), CloseReason::NoAccess)]);
    assert!(net.frames.iter().any(|(_, to, frame)| *to == 1 && matches!(frame, Frame::Bye(_))));
}
