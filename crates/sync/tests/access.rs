//! Spaces with readers of their own: what is withdrawn stops at once, what is granted again goes on where it stopped.

#![allow(clippy::unwrap_used)]

mod common;

use accord_core::SpaceId;
use accord_sync::{Access, Authors, CloseReason, Effect, Event, Frame, Refusal, pack_run};
use common::{Net, access, device, entry, governance, head, log, space};

/// A view in which each of the devices reads other spaces: device `n` those named in `reads[n]`.
fn view(me: usize, reads: &[&[usize]]) -> Access {
    let all: Vec<SpaceId> = (0..4).map(space).collect();
    let mut view = access(me, reads.len(), &all);
    let set = |numbers: &[usize]| numbers.iter().map(|n| space(*n)).chain([governance()]).collect();
    view.own = set(reads[me]);
    for (other, spaces) in reads.iter().enumerate().filter(|(other, _)| *other != me) {
        view.devices.get_mut(&device(other)).unwrap().reads = set(spaces);
    }
    view
}

fn net(reads: &[&[usize]]) -> Net {
    Net::new((0..reads.len()).map(|me| view(me, reads)).collect())
}

#[test]
fn every_space_goes_to_its_readers_and_to_nobody_else() {
    let reads: [&[usize]; 4] = [&[0, 1, 2], &[0, 1], &[1, 2], &[2]];
    let mut net = net(&reads);
    for (a, b) in [(0, 1), (0, 2), (1, 2), (2, 3), (0, 3)] {
        net.connect(a, b);
    }
    for number in 0..3 {
        net.append(0, space(number), 5);
    }
    net.append(2, space(1), 4);
    for (node, spaces) in reads.iter().enumerate() {
        for number in 0..3 {
            let expected = if spaces.contains(&number) { 5 } else { 0 };
            assert_eq!(net.held(node, &log(space(number), 0)), expected, "node {node}, space {number}");
        }
        let others = net.nodes[node].received.iter().filter(|(_, log, _)| {
            log.space != governance() && !spaces.iter().any(|number| space(*number) == log.space)
        });
        assert_eq!(others.count(), 0);
    }
    assert_eq!(net.held(1, &log(space(1), 2)), 4);
    for node in &net.nodes {
        assert!(node.engine.status().values().all(accord_sync::PeerStatus::in_step));
    }
}

/// Runs are ordered a few at a time, and the driver asks before it writes each: so nothing goes out after the withdrawal
/// but what was on the wire. What was in line is forgotten, and asked for again once access is granted again.
#[test]
fn access_withdrawn_in_the_middle_of_a_run_ends_it_and_granted_again_it_goes_on() {
    let both: [&[usize]; 2] = [&[0, 1], &[0, 1]];
    let mut net = net(&both);
    net.nodes[0].store.insert(log(space(1), 0), 30);
    net.feed(0, Event::Appended { log: log(space(1), 0), head: head(&log(space(1), 0), 30) });
    net.feed(0, Event::Connected { peer: device(1) });
    net.feed(1, Event::Connected { peer: device(0) });
    while net.held(1, &log(space(1), 0)) < 6 {
        let (node, event) = net.queue.pop_front().unwrap();
        net.feed(node, event);
    }
    let without: [&[usize]; 2] = [&[0, 1], &[0]];
    net.feed(0, Event::AccessChanged(view(0, &without)));
    assert!(!net.nodes[0].engine.may_send(&device(1), &log(space(1), 0)), "what is in line is let fall");
    let before = net.held(1, &log(space(1), 0));
    net.run();
    let after = net.held(1, &log(space(1), 0));
    assert!(after <= before + 3, "one run was on the wire at most: {before}, then {after}");
    net.append(0, space(0), 2);
    assert_eq!(net.held(1, &log(space(0), 0)), 2, "the rest of the connection goes on");
    net.see(0, view(0, &both));
    assert_eq!(net.held(1, &log(space(1), 0)), 30);
    let twice =
        net.nodes[1].received.iter().filter(|(_, log, seq)| log.space == space(1) && *seq <= before).count();
    assert_eq!(twice as u64, before, "it went on where it stopped");
    assert!(net.nodes[0].engine.in_step(&device(1)) && net.nodes[1].engine.in_step(&device(0)));
}

#[test]
fn who_takes_part_no_more_is_closed_and_told_so() {
    let both: [&[usize]; 2] = [&[0], &[0]];
    let mut net = net(&both);
    net.connect(0, 1);
    let mut gone = view(0, &both);
    gone.devices.clear();
    net.see(0, gone);
    assert_eq!(net.nodes[0].closed, [(device(1), CloseReason::NoAccess)]);
    assert!(
        matches!(net.nodes[1].closed.as_slice(), [(_, CloseReason::ByPeer(why))] if why.contains("no part"))
    );
}

#[test]
fn entries_of_a_device_that_never_had_a_part_in_the_space_are_refused_with_the_reason() {
    let both: [&[usize]; 3] = [&[0], &[0], &[0]];
    let mut net = net(&both);
    let mut strict = view(1, &both);
    strict.authors.insert(space(0), Authors::Only([device(0), device(1)].into()));
    net.see(1, strict);
    net.connect(0, 1);
    net.append(0, space(0), 3);
    // Node 0 takes node 2 for a writer, and passes on what it wrote; node 1 does not ask for it.
    net.connect(0, 2);
    net.append(2, space(0), 3);
    assert_eq!((net.held(0, &log(space(0), 2)), net.held(1, &log(space(0), 2))), (3, 0));
    assert!(net.nodes[1].refused_by.is_empty());
    // It is sent all the same.
    let stray = log(space(0), 2);
    let bytes = pack_run(&stray, 1, &[entry(&stray, 1)]);
    let effects = net.nodes[1].engine.handle(net.now, Event::Frame { peer: device(0), bytes });
    let refused = effects.iter().any(|effect| match effect {
        Effect::Send { bytes, .. } => matches!(
            Frame::from_bytes(bytes),
            Ok(Frame::Refuse { device: author, reason: Refusal::UnknownAuthor, .. }) if author == device(2)
        ),
        _ => false,
    });
    assert!(refused);
    assert_eq!(net.held(1, &log(space(0), 0)), 3, "and everything else is there");
    // From its first period on the whole log is taken, over the same connection.
    net.see(1, view(1, &both));
    assert_eq!(net.held(1, &stray), 3);
}

/// What was asked for is let fall by a peer that hears of a cut first; another decision takes the cut back.
#[test]
fn what_was_asked_for_before_a_cut_is_asked_for_again_when_the_cut_moves() {
    let both: [&[usize]; 2] = [&[0], &[0]];
    let author = log(space(0), 0);
    let cut = |me, limit: Option<u64>| {
        let mut view = view(me, &both);
        view.limits.insert(author, limit.map(|seq| head(&author, seq)).into_iter().collect());
        view
    };
    let mut net = Net::holding(vec![(view(0, &both), vec![(author, 9)]), (view(1, &both), vec![])]);
    net.mute.insert(0);
    net.connect(0, 1);
    assert_eq!(net.held(1, &author), 0, "asked for, and not answered");
    net.see(0, cut(0, None));
    net.see(1, cut(1, None));
    net.mute.clear();
    net.feed(0, Event::RunSent { peer: device(1), log: author, last: None });
    net.see(0, cut(0, Some(6)));
    net.see(1, cut(1, Some(6)));
    assert_eq!(net.held(1, &author), 6);
}

/// A cut ended on one side first, which asked; the other, where it still stood, let that fall, and says it again.
#[test]
fn what_could_not_be_sent_for_a_while_is_said_again() {
    let both: [&[usize]; 2] = [&[0], &[0]];
    let author = log(space(0), 0);
    let mut net = Net::holding(vec![(view(0, &both), vec![(author, 9)]), (view(1, &both), vec![])]);
    net.feed(0, Event::Connected { peer: device(1) });
    net.feed(1, Event::Connected { peer: device(0) });
    // The question is on the way when the cut comes here.
    while !net.frames.iter().any(|(from, _, frame)| *from == 1 && matches!(frame, Frame::Want(_))) {
        let (node, event) = net.queue.pop_front().unwrap();
        net.feed(node, event);
    }
    net.feed(0, Event::Offer { log: author, heads: Vec::new() });
    net.run();
    assert_eq!(net.held(1, &author), 0);
    net.feed(0, Event::Offer { log: author, heads: vec![head(&author, 9)] });
    net.run();
    assert_eq!(net.held(1, &author), 9);
}

/// Whoever hears that it reads a space no more takes nothing more of it, though the other side, which has not heard, goes on.
#[test]
fn who_reads_a_space_no_more_takes_nothing_of_it() {
    let both: [&[usize]; 2] = [&[0, 1], &[0, 1]];
    let mut net = net(&both);
    net.connect(0, 1);
    net.append(0, space(1), 3);
    assert_eq!(net.held(1, &log(space(1), 0)), 3);
    let without: [&[usize]; 2] = [&[0, 1], &[0]];
    net.see(1, view(1, &without));
    net.append(0, space(1), 3);
    net.append(0, space(0), 3);
    assert_eq!((net.held(1, &log(space(1), 0)), net.held(1, &log(space(0), 0))), (3, 3));
    assert!(net.nodes[1].closed.is_empty() && net.nodes[0].closed.is_empty(), "the connection stands");
}

/// A live edit goes to each reader at once, and from the moment of a withdrawal to the others alone: not by a push, not by a
/// third node, and not when it asks.
#[test]
fn from_the_withdrawal_on_no_live_edit_reaches_it_by_any_way() {
    let all: [&[usize]; 3] = [&[0], &[0], &[0]];
    let mut net = net(&all);
    for (a, b) in [(0, 1), (1, 2), (0, 2)] {
        net.connect(a, b);
    }
    net.append(0, space(0), 2);
    assert_eq!((net.held(1, &log(space(0), 0)), net.held(2, &log(space(0), 0))), (2, 2));
    let without: [&[usize]; 3] = [&[0], &[0], &[]];
    net.see(0, view(0, &without));
    net.see(1, view(1, &without));
    net.append(0, space(0), 5);
    net.append(1, space(0), 5);
    assert_eq!((net.held(1, &log(space(0), 0)), net.held(0, &log(space(0), 1))), (7, 5));
    net.disconnect(0, 2);
    net.connect(0, 2);
    net.tick(std::time::Duration::from_secs(60));
    assert_eq!((net.held(2, &log(space(0), 0)), net.held(2, &log(space(0), 1))), (2, 0));
}
