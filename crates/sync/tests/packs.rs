//! Packs: much at once, from one peer, in pieces, and nothing twice.

#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use accord_core::DeviceId;
use accord_sync::{
    Claim, CloseReason, Effect, Engine, Event, Frame, MAX_FRAME, MAX_PACK, Pack, Packed, Prefix, Refusal,
    SentOf,
};
use common::{Net, PROGRAMME, access, device, governance, head, log, space};

fn packs(net: &Net) -> Vec<&Pack> {
    net.frames
        .iter()
        .filter_map(|(_, _, frame)| match frame {
            Frame::Pack(pack) => Some(pack),
            _ => None,
        })
        .collect()
}

/// How many entries went in packs.
fn packed(net: &Net) -> u64 {
    packs(net).iter().flat_map(|pack| &pack.logs).map(|log| log.to + 1 - log.from).sum()
}

/// Node 0 holds `entries` of three authors, node 1 nothing.
fn first_sync(entries: u64) -> Net {
    let s = space(0);
    let logs = (0..3).map(|author| (log(s, author), entries)).collect();
    Net::holding(vec![(access(0, 3, &[s]), logs), (access(1, 3, &[s]), Vec::new())])
}

#[test]
fn much_comes_in_packs_and_every_entry_once() {
    let mut net = first_sync(700);
    net.connect(0, 1);
    for author in 0..3 {
        assert_eq!(net.held(1, &log(space(0), author)), 700);
    }
    assert!(packs(&net).len() >= 20, "{}", packs(&net).len());
    let mut received = net.nodes[1].received.clone();
    assert_eq!(received.len(), 2_100);
    received.sort_unstable_by_key(|(_, log, seq)| (*log, *seq));
    received.dedup();
    assert_eq!(received.len(), 2_100);
    assert!(net.nodes[0].engine.in_step(&device(1)));
}

#[test]
fn little_comes_in_runs() {
    let mut net = first_sync(20);
    net.connect(0, 1);
    assert_eq!(net.nodes[1].received.len(), 60);
    assert!(packs(&net).is_empty());
}

#[test]
fn governance_never_comes_in_packs() {
    let g = governance();
    let logs = vec![(log(g, 2), 900)];
    let mut net = Net::holding(vec![(access(0, 3, &[]), logs), (access(1, 3, &[]), Vec::new())]);
    net.connect(0, 1);
    assert_eq!(net.held(1, &log(g, 2)), 900);
    assert!(packs(&net).is_empty());
}

#[test]
fn what_was_stored_before_a_cut_does_not_come_again() {
    let mut net = first_sync(700);
    net.nodes[1].holds_back = true;
    net.connect(0, 1);
    net.disconnect(0, 1);
    net.answer(1);
    let held: u64 = (0..3).map(|author| net.held(1, &log(space(0), author))).sum();
    let before = net.nodes[1].received.len();
    assert!(held > 0);
    net.connect(0, 1);
    let again = net.nodes[1].received.len() - before;
    assert_eq!(again as u64, 2_100 - held);
}

#[test]
fn a_line_that_is_cut_inside_of_a_piece_sends_no_more_than_that_piece_again() {
    let mut net = first_sync(700);
    net.feed(0, Event::Connected { peer: device(1) });
    net.feed(1, Event::Connected { peer: device(0) });
    let is_pack = |event: &Event| matches!(event, Event::Frame { bytes, .. } if matches!(Frame::from_bytes(bytes), Ok(Frame::Pack(_))));
    // The eighth pack is written, and never arrives.
    while packs(&net).len() < 8 {
        let (node, event) = net.queue.pop_front().unwrap();
        net.feed(node, event);
    }
    assert!(net.queue.iter().any(|(node, event)| *node == 1 && is_pack(event)));
    net.queue.clear();
    net.disconnect(0, 1);
    net.connect(0, 1);
    for author in 0..3 {
        assert_eq!(net.held(1, &log(space(0), author)), 700);
    }
    let largest = packs(&net).iter().flat_map(|pack| &pack.logs).map(|log| log.to + 1 - log.from).max();
    assert!(packed(&net) > 2_000 && packed(&net) <= 2_100 + largest.unwrap(), "{}", packed(&net));
    assert_eq!(net.nodes[1].received.len(), 2_100, "nothing that was stored comes again");
}

#[test]
fn each_space_gets_its_turn_and_none_goes_by_runs_meanwhile() {
    let spaces = [space(0), space(1), space(2)];
    let logs = spaces.iter().flat_map(|space| [(log(*space, 1), 600), (log(*space, 2), 600)]).collect();
    let mut net = Net::holding(vec![(access(0, 3, &spaces), logs), (access(1, 3, &spaces), Vec::new())]);
    net.connect(0, 1);
    assert_eq!(net.nodes[1].received.len(), 3_600);
    // What is left of a space at its end goes by runs.
    assert!(packed(&net) > 3_600 - 3 * accord_sync::PACK_FROM, "{}", packed(&net));
    let first: Vec<Prefix> = packs(&net).iter().take(6).map(|pack| pack.space).collect();
    let turns: Vec<Prefix> = spaces.iter().chain(&spaces).map(Prefix::space).collect();
    assert_eq!(first, turns);
}

/// Node 0 asks node 1 for two logs, of which that one sends a pack of so many entries every 15 seconds of the first, and nothing of
/// the second. Node 2 has the second as well. Gives after how long node 0 has that.
fn withheld(entries: u64) -> Duration {
    let s = space(0);
    let (first, second) = (log(s, 1), log(s, 3));
    let mut net = Net::holding(vec![
        (access(0, 4, &[s]), Vec::new()),
        (access(1, 4, &[s]), vec![(first, 9_000), (second, 300)]),
        (access(2, 4, &[s]), vec![(second, 300)]),
    ]);
    net.mute.insert(1);
    net.connect(0, 1);
    net.connect(0, 2);
    let mut from = 1;
    while net.held(0, &second) == 0 && net.now < Duration::from_secs(900) {
        let to = from + entries - 1;
        let list: Vec<_> = (from..=to).map(|seq| common::entry(&first, seq)).collect();
        let packed = Packed { device: first.device, from, to, end: Prefix::entry(&head(&first, to).id) };
        let bytes = accord_core::encode(&vec![list]);
        net.feed(0, frame(Pack { space: Prefix::space(&s), logs: vec![packed], bytes }));
        net.run();
        from = to + 1;
        net.tick(Duration::from_secs(15));
    }
    assert_eq!(net.held(0, &first), from - 1);
    assert_eq!(net.held(0, &second), 300, "it is had from who has it");
    net.now
}

#[test]
fn packs_excuse_for_a_while_that_nothing_comes_of_another_log_and_a_trickle_excuses_nothing() {
    assert!(withheld(1) <= Duration::from_secs(45));
    assert!(withheld(63) <= Duration::from_secs(45));
    let excused = withheld(100);
    assert!(excused > Duration::from_secs(300) && excused <= Duration::from_secs(345), "{excused:?}");
}

/// An engine that has been greeted by the device 1, which says that it holds `claimed` of its own log.
fn greeted(claimed: u64) -> (Engine, DeviceId) {
    let s = space(0);
    let mut net = Net::holding(vec![
        (access(0, 2, &[s]), Vec::new()),
        (access(1, 2, &[s]), vec![(log(s, 1), claimed)]),
    ]);
    // It sends nothing by itself.
    net.mute.insert(1);
    net.connect(0, 1);
    (net.nodes.remove(0).engine, device(1))
}

fn pack(from: u64, to: u64) -> Pack {
    let s = space(0);
    let packed = Packed { device: device(1), from, to, end: Prefix::entry(&head(&log(s, 1), to).id) };
    Pack { space: Prefix::space(&s), logs: vec![packed], bytes: vec![1, 2, 3] }
}

fn frame(pack: Pack) -> Event {
    Event::Frame { peer: device(1), bytes: Frame::Pack(pack).to_bytes() }
}

#[test]
fn a_pack_is_taken_like_the_runs_that_it_is() {
    let (mut engine, peer) = greeted(100);
    let taken = engine.handle(Duration::ZERO, frame(pack(1, 50)));
    let end = Claim::from(head(&log(space(0), 1), 50));
    assert!(matches!(&taken[..], [Effect::IngestPack { peer: from, logs, .. }]
        if *from == peer && logs.len() == 1 && logs[0].from == 1 && logs[0].end == end));
    // Whatever does not follow it has no place.
    let gap = engine.handle(Duration::ZERO, frame(pack(60, 70)));
    assert!(!gap.iter().any(|effect| matches!(effect, Effect::IngestPack { .. })));
}

#[test]
fn an_author_without_a_part_is_refused_in_a_pack_as_in_a_run() {
    let (mut engine, _) = greeted(100);
    let mut of_others = pack(1, 50);
    of_others.logs.push(Packed { device: DeviceId([77; 32]), ..of_others.logs[0] });
    let effects = engine.handle(Duration::ZERO, frame(of_others));
    let refused = |effect: &Effect| {
        matches!(effect, Effect::Send { bytes, .. }
        if matches!(Frame::from_bytes(bytes), Ok(Frame::Refuse { reason: Refusal::UnknownAuthor, .. })))
    };
    assert!(effects.iter().any(refused));
    let taken = |effect: &Effect| matches!(effect, Effect::IngestPack { logs, .. } if logs.len() == 1);
    assert!(effects.iter().any(taken));
}

#[test]
fn governance_in_a_pack_ends_the_connection() {
    let (mut engine, _) = greeted(100);
    let pack = Pack { space: Prefix::space(&governance()), ..pack(1, 50) };
    let effects = engine.handle(Duration::ZERO, frame(pack));
    let closed = |effect: &Effect| matches!(effect, Effect::Close { reason: CloseReason::Unexpected(_), .. });
    assert!(effects.iter().any(closed));
}

#[test]
fn packs_over_their_bounds_are_no_frames() {
    let twice = Pack { logs: vec![pack(1, 50).logs[0]; 2], ..pack(1, 50) };
    let none = Pack { logs: Vec::new(), ..pack(1, 50) };
    let large = Pack { bytes: vec![0; MAX_PACK + 1], ..pack(1, 50) };
    for pack in [twice, none, large] {
        assert!(Frame::from_bytes(&Frame::Pack(pack).to_bytes()).is_err());
    }
    let most = Pack { bytes: vec![0; MAX_PACK], ..pack(1, 50) };
    let bytes = Frame::Pack(most).to_bytes();
    assert!(bytes.len() < MAX_FRAME);
    assert!(Frame::from_bytes(&bytes).is_ok());
}

#[test]
fn the_next_pack_is_larger_where_the_last_was_quick_and_smaller_where_it_was_slow() {
    let s = space(0);
    let held = vec![accord_sync::Held {
        log: log(s, 0),
        heads: vec![head(&log(s, 0), 90_000)],
        offer: vec![head(&log(s, 0), 90_000)],
    }];
    let mut net = Net::holding(vec![(access(0, 2, &[s]), Vec::new()), (access(1, 2, &[s]), Vec::new())]);
    let mut engine = Engine::new(PROGRAMME, device(0), access(0, 2, &[s]), held);
    let mut asks = engine.handle(Duration::ZERO, Event::Connected { peer: device(1) });
    net.feed(1, Event::Connected { peer: device(0) });
    let mut sizes = Vec::new();
    let mut now = Duration::ZERO;
    // What the two say to each other, by hand, so that time passes between an order and its answer.
    let mut inbox: Vec<Event> = net.queue.drain(..).map(|(_, event)| event).collect();
    for _ in 0..100 {
        if sizes.len() == 5 {
            break;
        }
        let mut next = Vec::new();
        for effect in std::mem::take(&mut asks) {
            match effect {
                Effect::Send { bytes, .. } => net.feed(1, Event::Frame { peer: device(0), bytes }),
                Effect::SendPack { peer, space, logs, max_bytes } => {
                    sizes.push(max_bytes);
                    now += Duration::from_secs(if sizes.len() < 4 { 1 } else { 30 });
                    let sent =
                        logs.iter().map(|portion| (portion.log, SentOf::Upto(portion.from + 9))).collect();
                    next.extend(engine.handle(now, Event::PackSent { peer, space, logs: sent }));
                }
                _ => {}
            }
        }
        inbox.extend(net.queue.drain(..).filter(|(node, _)| *node == 0).map(|(_, event)| event));
        for event in std::mem::take(&mut inbox) {
            next.extend(engine.handle(now, event));
        }
        asks = next;
    }
    assert_eq!(sizes, [1 << 20, 2 << 20, 4 << 20, 4 << 20, 2 << 20]);
}
