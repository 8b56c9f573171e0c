//! Logs whose device signed several histories: both sides end with all of them, whatever crosses on the way.

#![allow(clippy::unwrap_used)]

mod common;

use accord_core::{Head, LogId};
use accord_sync::{BarrierState, Claim, Frame, MAX_BRANCHES, Refusal, pack_run};
use common::tree::{Disk, History, Net, head, write_on};
use common::{access, device, log, space};

/// The log that is forked: its device is node 2, wherever its home was copied to.
fn forked() -> LogId {
    log(space(0), 2)
}

/// Histories that are the same up to `common` and end at the positions given.
fn histories(common: u64, ends: &[u64]) -> Vec<History> {
    let base = write_on(&forked(), Vec::new(), common, 0);
    (1..).zip(ends).map(|(mark, end)| write_on(&forked(), base.clone(), *end, mark)).collect()
}

fn disk(histories: &[History]) -> Disk {
    Disk([(forked(), histories.to_vec())].into_iter().filter(|(_, h)| !h.is_empty()).collect())
}

/// Nodes with these histories each, all in one space.
fn net(held: &[&[History]]) -> Net {
    let count = held.len().max(3);
    Net::new(held.iter().enumerate().map(|(n, held)| (access(n, count, &[space(0)]), disk(held))).collect())
}

#[test]
fn both_sides_end_with_both_histories() {
    for (common, a, b) in
        [(0, 1, 1), (0, 9, 3), (3, 9, 5), (5, 6, 6), (40, 90, 41), (3, 4, 200), (200, 600, 350)]
    {
        let two = histories(common, &[a, b]);
        let mut net = net(&[&two[..1], &two[1..]]);
        net.connect(0, 1);
        assert_eq!(net.branches(&forked()), 2, "common up to {common}, then to {a} and {b}");
        assert!(net.in_step());
        let runs = net.frames.iter().filter(|(_, _, frame)| matches!(frame, Frame::Run(_))).count() as u64;
        assert_eq!(runs, (a - common).div_ceil(3) + (b - common).div_ceil(3), "and nothing else travels");
        assert!(
            !net.frames.iter().any(|(_, _, frame)| matches!(frame, Frame::Pack(_))),
            "a fork goes by runs"
        );
    }
}

#[test]
fn three_histories_travel_through_everybody_and_survive_a_restart() {
    let three = histories(4, &[7, 30, 12]);
    let mut net = net(&[&three[..1], &three[1..2], &three[2..]]);
    net.connect(0, 1);
    net.connect(1, 2);
    assert_eq!(net.branches(&forked()), 3);
    assert!(net.in_step());
    net.restart(1);
    net.frames.clear();
    net.connect(1, 0);
    net.connect(1, 2);
    assert_eq!(net.frames.len(), 4, "the digest is over all heads: a Hello of each side, and nothing else");
    assert!(net.in_step());
}

#[test]
fn a_branch_that_goes_on_is_fetched_from_where_it_is_held() {
    let two = histories(4, &[7, 9]);
    let mut net = net(&[&two[..], &two[..], &[]]);
    net.connect(0, 1);
    net.frames.clear();
    // Node 0 hears of more of the shorter branch, from a bundle for instance.
    let longer = write_on(&forked(), two[0].clone(), 20, 1);
    net.nodes[0].disk = disk(&[longer, two[1].clone()]);
    let held = net.nodes[0].disk.heads(&forked());
    net.feed(0, accord_sync::Event::Stored { log: forked(), offer: held.clone(), held });
    net.run();
    net.nodes.truncate(2);
    assert_eq!(net.branches(&forked()), 2);
    let runs = net.frames.iter().filter(|(_, _, frame)| matches!(frame, Frame::Run(_))).count();
    assert_eq!(runs, 5, "thirteen entries, three in a run");
}

/// Node 1 holds a shorter history and does not ask, since its question was lost or is asked of somebody else. Node 0 used
/// to take every head that is not beyond its own for a part of it.
#[test]
fn a_shorter_history_that_a_peer_names_is_looked_up() {
    let two = histories(4, &[43, 9]);
    let mut net = net(&[&two[..1], &two[1..]]);
    net.lost.push(|from, _, frame| from == 1 && matches!(frame, Frame::Want(_)));
    net.connect(0, 1);
    assert_eq!(net.nodes[0].disk.heads(&forked()), vec![head(&two[1]), head(&two[0])]);
}

/// A history was asked for in three runs, and before the first one came, its author pushed a longer one of another
/// history. The runs used to be passed over as known up to the length held, and the rest then had no place.
#[test]
fn a_fork_while_a_run_is_under_way_loses_nothing() {
    let two = histories(3, &[12, 15]);
    let start = two[0][..3].to_vec();
    let mut net = net(&[&two[..1], std::slice::from_ref(&start), std::slice::from_ref(&start)]);
    net.connect(1, 2);
    net.hold(0, 1);
    net.connect(0, 1);
    while !net.frames.iter().any(|(from, _, frame)| *from == 1 && matches!(frame, Frame::Want(_))) {
        let Some(frame) = net.held_back.get_mut(&(0, 1)).unwrap().pop_front() else { break };
        net.queue.push_back((1, accord_sync::Event::Frame { peer: device(0), bytes: frame }));
        net.run();
    }
    net.append(2, forked(), two[1].clone());
    net.release(0, 1);
    assert_eq!(net.branches(&forked()), 2);
    assert!(net.in_step());
    assert!(net.nodes.iter().all(|node| node.refused.is_empty()), "nobody did anything wrong");
}

/// Answers to questions that were asked before the search began anew used to end it for good.
#[test]
fn an_answer_to_an_earlier_question_does_not_end_a_search() {
    let two = histories(40, &[90, 60]);
    let mut net = net(&[&two[..1], &two[1..]]);
    net.hold(0, 1);
    net.connect(0, 1);
    let target = Claim::from(head(&two[0]));
    for _ in 0..40 {
        let Some(bytes) = net.held_back.get_mut(&(0, 1)).unwrap().pop_front() else { break };
        let frame = Frame::from_bytes(&bytes).unwrap();
        net.inject(0, 1, &frame);
        if matches!(&frame, Frame::Located { of, .. } if *of == target) {
            net.inject(0, 1, &frame);
        }
    }
    net.release(0, 1);
    assert_eq!(net.branches(&forked()), 2);
    assert!(net.in_step());
}

/// Entries of another branch, up to a higher position, used to be taken for the end of what was fetched.
#[test]
fn another_branch_that_comes_meanwhile_does_not_end_a_search() {
    let three = histories(4, &[10, 8, 30]);
    let mut net = net(&[&three[..1], &three[1..2], &three[2..]]);
    net.hold(0, 1);
    net.connect(0, 1);
    let fetches =
        |net: &Net| net.frames.iter().any(|(from, _, f)| *from == 1 && matches!(f, Frame::Fetch { .. }));
    while !fetches(&net) {
        let Some(bytes) = net.held_back.get_mut(&(0, 1)).unwrap().pop_front() else { break };
        net.inject(0, 1, &Frame::from_bytes(&bytes).unwrap());
    }
    assert!(fetches(&net));
    // The same peer sends a piece of a third history, which it got somewhere.
    let run = Frame::from_bytes(&pack_run(&forked(), 5, &three[2][4..])).unwrap();
    net.inject(0, 1, &run);
    net.release(0, 1);
    let wanted = head(&three[0]);
    assert!(net.nodes[1].disk.heads(&forked()).contains(&wanted), "what was fetched is here");
}

#[test]
fn who_waits_waits_for_every_branch() {
    let two = histories(4, &[10, 8]);
    let mut net = net(&[&two[..1], &two[1..]]);
    net.hold(0, 1);
    net.hold(1, 0);
    net.connect(0, 1);
    net.feed(0, accord_sync::Event::Probe);
    let mut barrier = net.nodes[0].engine.barrier();
    let mut waited = 0;
    for _ in 0..100 {
        for (a, b) in [(0, 1), (1, 0)] {
            let Some(bytes) = net.held_back.get_mut(&(a, b)).unwrap().pop_front() else { continue };
            net.inject(a, b, &Frame::from_bytes(&bytes).unwrap());
            match net.nodes[0].engine.reached(&mut barrier) {
                BarrierState::Reached { .. } => assert_eq!(net.branches(&forked()), 2),
                BarrierState::Waiting { .. } => waited += 1,
            }
        }
    }
    assert!(waited > 4);
    assert!(matches!(net.nodes[0].engine.reached(&mut barrier), BarrierState::Reached { .. }));
    assert_eq!(net.branches(&forked()), 2);
}

/// Nodes 0 and 1 hear of a decision that cuts the log at `cut`.
fn cut_at(net: &mut Net, cut: Head) {
    for node in 0..2 {
        let mut access = access(node, 3, &[space(0)]);
        access.limits.insert(forked(), vec![cut]);
        net.feed(node, accord_sync::Event::AccessChanged(access));
        net.feed(node, accord_sync::Event::Offer { log: forked(), heads: vec![cut] });
        net.run();
    }
}

/// A decision that cuts a log names an entry, and by it a branch: nothing else of the log is worth anything then.
#[test]
fn a_cut_names_a_branch_and_both_sides_come_in_step() {
    let two = histories(4, &[30, 20]);
    let cut = head(&two[0][..12]);
    let limited = |me| {
        let mut access = access(me, 3, &[space(0)]);
        access.limits.insert(forked(), vec![cut]);
        access
    };
    // Node 0 holds both branches, node 1 hears of the cut and holds a part of one, node 2 holds nothing.
    let held = [disk(&two), disk(&[two[0][..6].to_vec()]), disk(&[])];
    let mut net = Net::new(held.into_iter().enumerate().map(|(n, disk)| (limited(n), disk)).collect());
    net.feed(0, accord_sync::Event::Offer { log: forked(), heads: vec![cut] });
    net.connect(0, 1);
    net.connect(0, 2);
    assert_eq!(net.nodes[1].disk.heads(&forked()), vec![cut]);
    assert_eq!(net.nodes[2].disk.heads(&forked()), vec![cut]);
    assert!(net.in_step());
    net.restart(1);
    net.feed(1, accord_sync::Event::Offer { log: forked(), heads: vec![cut] });
    net.frames.clear();
    net.connect(0, 1);
    assert_eq!(net.frames.len(), 2, "the digests of both run to the cut");
    assert!(net.in_step(), "the cut is no head on either disk, and nothing is missing all the same");
    // Node 0 hears that the cut fell. It still holds what the other one named, though it is the end of nothing any more.
    net.lost.push(|_, _, _| true);
    net.feed(0, accord_sync::Event::AccessChanged(access(0, 3, &[space(0)])));
    let heads = net.nodes[0].disk.heads(&forked());
    net.feed(0, accord_sync::Event::Offer { log: forked(), heads });
    net.run();
    assert_eq!(net.nodes[0].engine.status()[&device(1)].spaces[&space(0)].we_lack, 0);
}

/// Heads were told before the decision came; the one that is left is told anew.
#[test]
fn a_cut_that_comes_later_leaves_both_sides_in_step() {
    let two = histories(4, &[30, 20]);
    let mut net = net(&[&two[..], &two[..]]);
    net.connect(0, 1);
    let cut = head(&two[1][..18]);
    cut_at(&mut net, cut);
    assert!(net.in_step());
}

/// Both held the whole log and said so before it was cut; then somebody showed a second first entry of it. What a peer said
/// before the cut used to be compared with what is left after it, for as long as the connection stood.
#[test]
fn a_second_history_long_after_a_cut_leaves_both_sides_in_step() {
    let two = histories(0, &[30, 1]);
    let mut net = net(&[&two[..1], &two[..1]]);
    net.connect(0, 1);
    let cut = head(&two[0][..12]);
    cut_at(&mut net, cut);
    assert!(net.in_step());
    for node in 0..2 {
        net.nodes[node].disk = disk(&two);
        let held = net.nodes[node].disk.heads(&forked());
        net.feed(node, accord_sync::Event::Stored { log: forked(), offer: vec![cut], held });
        net.run();
    }
    assert!(net.in_step());
    // A cut before that one leaves the connection in step, too.
    let lower = head(&two[0][..5]);
    cut_at(&mut net, lower);
    assert!(net.in_step());
}

#[test]
fn a_ninth_history_is_refused_once_and_not_asked_for_again() {
    let ends: Vec<u64> = (0..9).map(|n| 10 + n).collect();
    let nine = histories(4, &ends);
    let mut net = net(&[&nine[..MAX_BRANCHES], &nine[MAX_BRANCHES..]]);
    net.connect(0, 1);
    assert_eq!(net.nodes[0].disk.heads(&forked()).len(), MAX_BRANCHES);
    assert!(matches!(net.nodes[1].refused.as_slice(), [(log, Refusal::Forked(_))] if *log == forked()));
    assert!(net.frames.len() < 200, "{} frames", net.frames.len());
    assert!(!net.in_step(), "and nobody says that all is well");
    // Everything else goes on.
    let other = log(space(0), 1);
    net.append(1, other, write_on(&other, Vec::new(), 3, 0));
    assert_eq!(net.nodes[0].disk.heads(&other).len(), 1);
}

/// Runs without a place are borne a few times, as they can cross with a fork; then the log is refused.
#[test]
fn runs_that_never_have_a_place_are_refused_in_the_end() {
    let two = histories(4, &[9, 9]);
    let mut net = net(&[&two[..], &two[..1]]);
    net.lost.push(|from, _, frame| from == 0 && !matches!(frame, Frame::Hello(_) | Frame::Vector { .. }));
    net.connect(0, 1);
    let stray = write_on(&forked(), two[1].clone(), 12, 7);
    let run = Frame::from_bytes(&pack_run(&forked(), 12, &stray[11..])).unwrap();
    for _ in 0..20 {
        net.inject(0, 1, &run);
    }
    let refusals = |(_, _, frame): &&(usize, usize, Frame)| matches!(frame, Frame::Refuse { .. });
    assert_eq!(net.frames.iter().filter(refusals).count(), 1);
    assert_eq!(net.nodes[1].disk.heads(&forked()), vec![head(&two[0])]);
}
