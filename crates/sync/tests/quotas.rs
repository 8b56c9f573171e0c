//! What nobody honest ever reaches: how much is taken of who floods, and that others notice nothing of it.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;

use accord_core::{DeviceId, LogId};
use accord_sync::{Access, Authors, Effect, Event, Frame, INGESTING, MAX_OTHERS, Refusal, pack_run};
use common::{Net, access, device, entry, governance, head, log, space};

/// A log was cut; a change that lacks an ancestor lifts its limit, and whoever wrote that change has an accomplice that goes on
/// without end. Taken is what may honestly be beyond a cut, and no more, asked for or not.
#[test]
fn beyond_a_cut_only_so_much_is_taken_whatever_lacks_an_ancestor() {
    let (spaces, author) = ([space(0)], log(space(0), 2));
    let lifted = |me: usize| -> Access {
        let mut view = access(me, 3, &spaces);
        if me == 1 {
            view.at_most.insert(author, 6);
        }
        view
    };
    let mut net = Net::holding(vec![(lifted(0), vec![(author, 40)]), (lifted(1), vec![])]);
    net.connect(0, 1);
    assert_eq!(net.held(1, &author), 6, "no more is asked for");
    let run: Vec<_> = (7..=9).map(|seq| entry(&author, seq)).collect();
    let bytes = pack_run(&author, 7, &run);
    let effects = net.nodes[1].engine.handle(net.now, Event::Frame { peer: device(0), bytes });
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Ingest { .. })), "nor taken unasked");
    let told = effects.iter().any(|effect| match effect {
        Effect::Send { bytes, .. } => matches!(
            Frame::from_bytes(bytes),
            Ok(Frame::Refuse { device: of, reason: Refusal::NotStored(_), .. }) if of == author.device
        ),
        _ => false,
    });
    assert!(told);
    net.append(0, space(0), 4);
    assert_eq!(net.held(1, &log(space(0), 0)), 4, "everything else goes on");
}

/// A node that had not heard of a cut sent on what is too much beyond it. Once both have heard, neither lacks anything: the
/// refusal used to keep them from ever being in step on that connection.
#[test]
fn a_run_beyond_a_cut_that_was_refused_is_settled_once_both_know_of_the_cut() {
    let (spaces, author) = ([space(0)], log(space(0), 2));
    let cut = |me: usize| -> Access {
        let mut view = access(me, 3, &spaces);
        view.limits.insert(author, Vec::new());
        view.at_most.insert(author, 6);
        view
    };
    let mut net = Net::holding(vec![(access(0, 3, &spaces), vec![(author, 8)]), (cut(1), vec![])]);
    net.connect(0, 1);
    let run: Vec<_> = (1..=8).map(|seq| entry(&author, seq)).collect();
    net.feed(1, Event::Frame { peer: device(0), bytes: pack_run(&author, 1, &run) });
    net.run();
    let stands = |net: &Net| net.nodes[0].engine.status()[&device(1)].refused.contains_key(&author);
    assert!(stands(&net), "it offers what the other does not take");
    assert!(!net.nodes[0].engine.in_step(&device(1)));
    net.feed(0, Event::AccessChanged(cut(0)));
    net.feed(0, Event::Offer { log: author, heads: Vec::new() });
    net.run();
    assert!(!stands(&net));
    assert!(net.nodes[0].engine.in_step(&device(1)));
    assert!(net.nodes[1].engine.in_step(&device(0)));
}

/// What a full disk did not take is lacking, and both sides say so until it came some other way.
#[test]
fn what_a_disk_did_not_take_stands_until_it_is_held() {
    let (spaces, author) = ([space(0)], log(space(0), 2));
    let mut net = Net::holding(vec![
        (access(0, 3, &spaces), vec![(author, 3)]),
        (access(1, 3, &spaces), vec![(log(space(0), 1), 1)]),
    ]);
    net.nodes[1].holds_back = true;
    net.connect(0, 1);
    net.nodes[1].waiting.clear();
    net.nodes[1].holds_back = false;
    let reason = Refusal::NotStored("no space left".into());
    net.feed(1, Event::Refused { peer: device(0), log: author, reason });
    net.run();
    let status = |net: &Net, of: usize, peer: usize| net.nodes[of].engine.status()[&device(peer)].clone();
    assert!(status(&net, 0, 1).refused.contains_key(&author) && !status(&net, 0, 1).in_step());
    assert!(status(&net, 1, 0).blocked.contains_key(&author) && !status(&net, 1, 0).in_step());
    let held = vec![head(&author, 3)];
    net.feed(1, Event::Stored { log: author, offer: held.clone(), held });
    net.run();
    assert!(status(&net, 0, 1).in_step() && status(&net, 1, 0).in_step());
}

/// A member names devices without end, each with a governance log. They fill the places of devices that belong to nobody; a
/// partner that comes later has its own.
#[test]
fn who_names_devices_without_end_fills_no_place_of_partners() {
    let named = |n: usize| {
        let mut id = [7; 32];
        id[..8].copy_from_slice(&(n as u64 + 1_000_000).to_be_bytes());
        DeviceId(id)
    };
    let of = |device: DeviceId| LogId { space: governance(), device };
    let others: BTreeSet<DeviceId> = (0..MAX_OTHERS + 20).map(named).collect();
    // It sorts after all of them, so it is asked for last.
    let late = DeviceId([250; 32]);
    let known: BTreeSet<DeviceId> = [device(0), device(1), late].into();
    let view = |me: usize| {
        let mut view = access(me, 2, &[]);
        let named = Authors::Named { known: known.clone(), others: others.clone() };
        view.authors.insert(governance(), named);
        view
    };
    let flood: Vec<(LogId, u64)> = others.iter().map(|device| (of(*device), 2)).collect();
    let mut net = Net::holding(vec![(view(0), flood), (view(1), Vec::new())]);
    net.connect(0, 1);
    let taken = others.iter().filter(|device| net.held(1, &of(**device)) > 0).count();
    // What was on its way to the disk when the last place was taken still comes in.
    assert!((MAX_OTHERS..=MAX_OTHERS + INGESTING).contains(&taken), "{taken}");
    net.nodes[0].store.insert(of(late), 3);
    let at = head(&of(late), 3);
    net.feed(0, Event::Appended { log: of(late), head: at });
    net.run();
    assert_eq!(net.held(1, &of(late)), 3, "a partner's log has its place");
    // A device that no record names has none.
    let stray = of(DeviceId([251; 32]));
    let bytes = pack_run(&stray, 1, &[entry(&stray, 1)]);
    let effects = net.nodes[1].engine.handle(net.now, Event::Frame { peer: device(0), bytes });
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Ingest { .. })));
}
