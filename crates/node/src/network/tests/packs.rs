//! A first sync of many documents: how many bytes it takes, that a cut costs nothing of what was stored, and that whoever got it
//! passes it on.

use std::sync::Arc;

use accord_core::{Entry, Signature, SignedEntry, verify_entry};

use super::node::{LOOPBACK, Plan, SOON, eventually};
use super::relay::Relay;
use super::written::written;
use crate::network::driver::packing::STEP;

/// How many documents: a thousand where `ACCORD_DOCUMENTS` says so, fewer where somebody waits.
fn documents() -> usize {
    std::env::var("ACCORD_DOCUMENTS").ok().and_then(|n| n.parse().ok()).unwrap_or(40)
}

/// Invariant: a first sync takes at most 1.3 times what the documents are saved as, and eight bytes an entry. A cut link goes on
/// from what was stored, and no more is held of it in memory than one pack.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_sync_is_hardly_larger_than_the_documents_and_goes_on_where_it_was_cut() {
    let members = [1, 2, 3, 4, 5];
    let (logs, saved) = tokio::task::spawn_blocking(|| written(documents() / 4 * 4)).await.unwrap();
    let entries: usize = logs.iter().map(|(_, entries)| entries.len()).sum();
    let raw: usize = logs.iter().flat_map(|(_, entries)| entries).map(SignedEntry::size).sum();
    let bound = saved * 13 / 10 + 8 * entries;
    let a = Plan::new(1, &members).listen(LOOPBACK);
    for (log, entries) in &logs {
        a.backend.hold(*log, entries);
    }
    drop(logs);
    let a = a.start().await;
    let relay = Relay::start().await;
    relay.lead_to(&a.address());
    // About two thirds of what it will take.
    relay.cut_after(11 * entries);

    let b = Plan::new(2, &members).dial(&relay.address);
    let backend = Arc::clone(&b.backend);
    let b = b.start().await;
    let long = SOON * 8;
    eventually(long, async || backend.held_in_all() > entries / 4).await;
    b.network.shutdown().await;
    relay.heal();
    let (at_cut, passed) = (backend.held_in_all(), relay.passed());
    // All that comes is to come through the relay, which counts it.
    backend.forget_addresses();
    let mut again = Plan::new(2, &members).dial(&relay.address);
    again.backend = Arc::clone(&backend);
    let b = again.start().await;
    eventually(long, async || backend.held_in_all() == entries).await;
    let barred = b.network.sync_barrier(SOON, &mut |_| {}).await;
    assert_eq!(barred.in_step, [a.device]);
    let bytes = relay.passed();
    assert_eq!(relay.made(), 2);
    println!(
        "{entries} entries of {raw} bytes, cut after {at_cut} and {passed} bytes: {bytes} bytes on the wire ({:.1} an entry), saved {saved}, bound {bound}",
        bytes as f64 / entries as f64
    );
    assert!(at_cut < entries, "it was cut before its end");
    assert_eq!(backend.taken_again(), 0, "nothing that was stored comes again");
    assert!(bytes <= bound, "{bytes} > {bound}");
    assert!(backend.largest_taken() <= STEP);
    b.network.shutdown().await;
    a.network.shutdown().await;
}

/// Invariant: whoever got entries without their own signatures passes them on, in packs to who lacks many and in runs to who lacks
/// few, from wherever on, and there they hold as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_in_packs_goes_on_in_packs_and_in_runs() {
    let members = [1, 2, 3, 4, 5, 6, 7];
    let (logs, _) = tokio::task::spawn_blocking(|| written(8)).await.unwrap();
    let entries: usize = logs.iter().map(|(_, entries)| entries.len()).sum();
    let a = Plan::new(1, &members).listen(LOOPBACK);
    for (log, entries) in &logs {
        a.backend.hold(*log, entries);
    }
    let a = a.start().await;
    let b = Plan::new(2, &members).listen(LOOPBACK).dial(&a.address()).start().await;
    b.until_holding(entries).await;
    a.network.shutdown().await;
    let held = b.backend.all();
    let unsigned = held.iter().filter(|entry| entry.signature == Signature::NONE).count();
    assert!(unsigned * 4 > entries * 3, "{unsigned} of {entries} came without a signature");

    // One of them lacks everything, the other twenty entries of each log, which is no pack.
    for (seed, lacks) in [(6, usize::MAX), (7, 20)] {
        let plan = Plan::new(seed, &members).dial(&b.address());
        for (log, entries) in &logs {
            let held = &entries[..entries.len().saturating_sub(lacks)];
            if !held.is_empty() {
                plan.backend.hold(*log, held);
            }
        }
        let node = plan.start().await;
        node.until_holding(entries).await;
        let barred = node.network.sync_barrier(SOON, &mut |_| {}).await;
        assert_eq!(barred.in_step, [b.device]);
        for (log, given) in &logs {
            let held = node.backend.log(log);
            let same = |(held, given): (&SignedEntry, &SignedEntry)| {
                held.header == given.header && held.payload == given.payload
            };
            assert!(held.len() == given.len() && held.iter().zip(given).all(same));
            let last = Entry::from_store(held.last().unwrap().clone()).unwrap();
            assert!(verify_entry(&last).is_ok());
        }
        node.network.shutdown().await;
    }
    b.network.shutdown().await;
}
