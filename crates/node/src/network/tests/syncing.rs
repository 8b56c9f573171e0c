//! Entries get where they should, whoever dialled whom.

use super::node::{LOOPBACK, Plan, SOON, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_hand_each_other_what_they_lack_and_what_comes_later() {
    let a = Plan::new(1, &[1, 2]).listen(LOOPBACK).start().await;
    let b = Plan::new(2, &[1, 2]).dial(&a.address());
    a.write(30);
    b.backend.write(2_000);
    let b = b.start().await;
    let barred = b.network.sync_barrier(SOON, &mut |_| {}).await;
    assert_eq!(barred.in_step, [a.device]);
    assert_eq!(barred.unreached, []);
    // It counts from when it was asked, and the two may have met a moment before.
    assert!(barred.sent <= 2_000 && barred.received <= 30, "{barred:?}");
    assert_eq!((a.backend.held_in_all(), b.backend.held_in_all()), (2_030, 2_030));
    // Live, without anybody asking.
    a.write(1);
    b.write(1);
    a.until_holding(2_032).await;
    b.until_holding(2_032).await;
    let status = b.network.status().await;
    assert_eq!(status.len(), 1, "a node is not among the others");
    eventually(SOON, async || b.network.status().await[0].in_step).await;
    assert!(b.network.status().await[0].last_seen.is_some());
    a.network.shutdown().await;
    b.network.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_learn_of_each_other_from_a_third_and_remember_it() {
    let a = Plan::new(1, &[1, 2, 3]).listen(LOOPBACK).start().await;
    let b = Plan::new(2, &[1, 2, 3]).listen(LOOPBACK).dial(&a.address()).start().await;
    let c = Plan::new(3, &[1, 2, 3]).listen(LOOPBACK).dial(&a.address()).start().await;
    b.until_connected(&c).await;
    c.until_connected(&b).await;
    a.network.shutdown().await;
    c.write(5);
    b.until_holding(5).await;
    // What was learnt is there at the next start.
    let backend = std::sync::Arc::clone(&b.backend);
    b.network.shutdown().await;
    let mut again = Plan::new(2, &[1, 2, 3]);
    again.backend = backend;
    let b = again.start().await;
    b.until_connected(&c).await;
    b.network.shutdown().await;
    c.network.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_disk_holds_up_neither_the_connection_nor_those_who_ask() {
    let a = Plan::new(1, &[1, 2]).listen(LOOPBACK).start().await;
    let b = Plan::new(2, &[1, 2]).dial(&a.address()).start().await;
    b.until_connected(&a).await;
    let busy = std::sync::Arc::clone(&a.backend);
    let (release, held) = std::sync::mpsc::channel::<()>();
    let disk = tokio::task::spawn_blocking(move || {
        let _disk = busy.busy();
        // Ends when the test lets go, also if it fails.
        let _ = held.recv();
    });
    b.write(20_000);
    let waiting = tokio::time::timeout(SOON, async {
        for _ in 0..100 {
            assert!(a.is_connected(&b).await);
        }
    });
    waiting.await.expect("answers while the disk is busy");
    assert_eq!(a.backend.held_in_all(), 0);
    drop(release);
    disk.await.unwrap();
    a.until_holding(20_000).await;
    a.network.shutdown().await;
    b.network.shutdown().await;
}

/// A disk that came back as an older one: its device hears of it from whoever holds more, signs nothing there, and has its
/// entries back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_lost_entries_of_its_own_is_told_and_takes_them_back() {
    let a = Plan::new(1, &[1, 2]).listen(LOOPBACK).start().await;
    let b = Plan::new(2, &[1, 2]).dial(&a.address());
    let (log, _) = b.backend.write(40);
    let backend = std::sync::Arc::clone(&b.backend);
    let b = b.start().await;
    a.until_holding(40).await;
    b.network.shutdown().await;
    backend.roll_back(&log, 30);
    let mut again = Plan::new(2, &[1, 2]).dial(&a.address());
    again.backend = std::sync::Arc::clone(&backend);
    let b = again.start().await;
    b.until_holding(40).await;
    assert_eq!(backend.said(&log), Some(40), "the store was told before the entries came");
    a.network.shutdown().await;
    b.network.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_there_is_named_with_the_reason() {
    let gone = Plan::new(2, &[1, 2]).listen(LOOPBACK).start().await;
    let address = gone.address();
    gone.network.shutdown().await;
    let a = Plan::new(1, &[1, 2, 3]);
    crate::network::Backend::remember_addresses(a.backend.as_ref(), &gone.device, &[address]);
    let a = a.start().await;
    let barred = a.network.sync_barrier(SOON, &mut |_| {}).await;
    assert_eq!(barred.in_step, []);
    let mut whys: Vec<String> = barred.unreached.iter().map(|(_, why)| why.to_string()).collect();
    whys.sort_unstable();
    assert_eq!(
        whys,
        [
            "its node is not running, or not at the known addresses",
            "no address of it is known, and it has not connected"
        ]
    );
    a.network.shutdown().await;
}
