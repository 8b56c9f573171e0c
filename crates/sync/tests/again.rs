//! Entries that a disk lost come back from partners, and from nobody else than those who are asked.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::BTreeMap;
use std::time::Duration;

use accord_core::LogId;
use accord_sync::{AGAIN, Claim, Event, Frame, Prefix, WANT_TIMEOUT};
use common::{Net, access, device, head, log, space};
use rand::{RngExt as _, SeedableRng as _};

fn mesh(nodes: usize) -> Net {
    let mut net = Net::new((0..nodes).map(|node| access(node, nodes, &[space(0)])).collect());
    for a in 0..nodes {
        for b in 0..a {
            net.connect(a, b);
        }
    }
    net
}

fn asked(net: &Net) -> Vec<(usize, usize, u64, u64)> {
    let again = |(from, to, frame): &(usize, usize, Frame)| match frame {
        Frame::Again { from: first, to: last, .. } => Some((*from, *to, *first, *last)),
        _ => None,
    };
    net.frames.iter().filter_map(again).collect()
}

#[test]
fn what_was_lost_is_asked_for_once_and_comes_back() {
    let mut net = mesh(2);
    net.append(0, space(0), 20);
    let log = log(space(0), 0);
    assert_eq!(net.held(1, &log), 20);
    net.lose(1, log, [4, 5, 17]);
    assert!(net.nodes[1].lost.is_empty(), "{:?}", net.nodes[1].lost);
    assert_eq!(asked(&net), [(1, 0, 4, 5), (1, 0, 17, 17)]);
    // Whose entries they are does not matter.
    net.lose(0, log, [1, 20]);
    assert!(net.nodes[0].lost.is_empty(), "{:?}", net.nodes[0].lost);
    // Nothing else went twice.
    let mut copies = BTreeMap::<(LogId, u64), usize>::new();
    net.nodes[1].received.iter().for_each(|(_, log, seq)| *copies.entry((*log, *seq)).or_default() += 1);
    let twice: Vec<u64> =
        copies.into_iter().filter(|(_, count)| *count > 1).map(|((_, seq), _)| seq).collect();
    // What was lost is all that came again.
    assert!(twice.iter().all(|seq| [4, 5, 17].contains(seq)), "{twice:?}");
    net.append(0, space(0), 3);
    assert_eq!(net.held(1, &log), 23, "the log goes on");
}

/// Who is connected later is asked then, and a long stretch comes run by run.
#[test]
fn who_has_it_may_come_later() {
    let mut net = Net::new((0..3).map(|node| access(node, 3, &[space(0)])).collect());
    net.connect(0, 1);
    net.append(0, space(0), 30);
    let log = log(space(0), 0);
    net.disconnect(0, 1);
    net.lose(1, log, 7..=19);
    assert_eq!(net.nodes[1].lost.len(), 13);
    net.connect(1, 2);
    assert_eq!(net.nodes[1].lost.len(), 13, "one that has nothing is of no help");
    net.connect(0, 1);
    assert!(net.nodes[1].lost.is_empty(), "{:?}", net.nodes[1].lost);
}

#[test]
fn who_lost_it_too_or_says_nothing_is_passed_over() {
    let mut net = mesh(4);
    net.append(0, space(0), 9);
    let log = log(space(0), 0);
    net.nodes[0].lost.insert((log, 6));
    net.mute.insert(2);
    net.lose(1, log, [6]);
    for _ in 0..4 {
        net.tick(WANT_TIMEOUT + Duration::from_secs(1));
    }
    assert!(net.nodes[1].lost.is_empty());
    let by_peer: Vec<usize> = asked(&net).into_iter().map(|(_, to, ..)| to).collect();
    let mut once = by_peer.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), by_peer.len(), "each is asked once on a connection: {by_peer:?}");
    // The one that lost it too was not told that it did; it finds out, and gets it from the others.
    net.lose(0, log, []);
    assert!(net.nodes[0].lost.is_empty());
}

#[test]
fn who_asks_without_end_gets_no_more_than_the_bound() {
    let mut net = mesh(2);
    net.append(0, space(0), 5);
    let (log, before) = (log(space(0), 0), net.runs.len());
    let of = Claim::from(head(&log, 5));
    for _ in 0..AGAIN + 500 {
        let frame = Frame::Again { space: Prefix::space(&log.space), device: log.device, from: 2, to: 2, of };
        net.feed(0, Event::Frame { peer: device(1), bytes: frame.to_bytes() });
        net.run();
    }
    // Node 1 did not ask, so its engine drops them unread; they were sent all the same.
    assert_eq!(net.runs.len() - before, AGAIN);
    assert!(net.nodes[0].closed.is_empty(), "and the connection serves on");
}

/// A partner asks for entries of a space that it may not read.
#[test]
fn who_may_not_read_gets_nothing() {
    let mut view = access(0, 2, &[space(0)]);
    view.devices.extend(access(0, 2, &[]).devices);
    let mut net = Net::new(vec![view, access(1, 2, &[])]);
    net.append(0, space(0), 5);
    net.connect(0, 1);
    let log = log(space(0), 0);
    let of = Claim::from(head(&log, 5));
    let frame = Frame::Again { space: Prefix::space(&log.space), device: log.device, from: 1, to: 5, of };
    net.feed(0, Event::Frame { peer: device(1), bytes: frame.to_bytes() });
    net.run();
    assert!(net.runs.is_empty(), "{:?}", net.runs);
    // Once it may, it gets them.
    net.see(0, access(0, 2, &[space(0)]));
    net.feed(0, Event::Frame { peer: device(1), bytes: frame.to_bytes() });
    net.run();
    assert!(net.runs.iter().any(|(from, to, of, _)| (*from, *to, *of) == (0, 1, log)), "{:?}", net.runs);
}

/// Whatever is lost where: as long as one node has each entry, all have all of them in the end.
#[test]
fn what_somebody_has_everybody_gets_back() {
    for seed in 0..60 {
        let mut dice = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let nodes = dice.random_range(2..6_usize);
        let mut net = mesh(nodes);
        for node in 0..nodes {
            net.append(node, space(0), dice.random_range(1..40));
        }
        for author in 0..nodes {
            let log = log(space(0), author);
            for seq in 1..=net.held(author, &log) {
                let keeper = dice.random_range(0..nodes);
                for node in (0..nodes).filter(|node| *node != keeper) {
                    if dice.random_bool(0.2) {
                        net.nodes[node].lost.insert((log, seq));
                    }
                }
            }
        }
        for node in 0..nodes {
            for author in 0..nodes {
                net.lose(node, log(space(0), author), []);
            }
        }
        for _ in 0..200 {
            net.tick(WANT_TIMEOUT + Duration::from_secs(1));
        }
        for node in 0..nodes {
            assert!(net.nodes[node].lost.is_empty(), "seed {seed}, node {node}: {:?}", net.nodes[node].lost);
        }
    }
}
