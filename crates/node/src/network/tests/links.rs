//! Links that break, meet, and end.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::backend::PROGRAMME;
use super::node::{LOOPBACK, Plan, SOON, eventually, key};
use super::relay::Relay;
use crate::network::{Settings, start};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_link_is_noticed_within_20_seconds_and_stands_again_after_it_heals() {
    let relay = Relay::start().await;
    let a = Plan::new(1, &[1, 2]).listen(LOOPBACK).announce(&relay.address).start().await;
    relay.lead_to(&a.address());
    let b = Plan::new(2, &[1, 2]).dial(&relay.address).start().await;
    b.until_connected(&a).await;
    relay.cut();
    let cut = Instant::now();
    a.write(4);
    b.write(4);
    for (near, far) in [(&a, &b), (&b, &a)] {
        eventually(Duration::from_secs(20), async || !near.is_connected(far).await).await;
    }
    assert!(cut.elapsed() < Duration::from_secs(20), "noticed after {:?}", cut.elapsed());
    relay.heal();
    let healed = Instant::now();
    a.until_holding(8).await;
    b.until_holding(8).await;
    assert!(healed.elapsed() < Duration::from_secs(15), "back after {:?}", healed.elapsed());
    a.network.shutdown().await;
    b.network.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_starts_again_is_back_at_once() {
    let a = Plan::new(1, &[1, 2]).listen(LOOPBACK).start().await;
    let b = Plan::new(2, &[1, 2]).dial(&a.address()).start().await;
    b.until_connected(&a).await;
    let address = a.address();
    a.network.shutdown().await;
    eventually(Duration::from_secs(2), async || !b.is_connected(&a).await).await;
    let a = Plan::new(1, &[1, 2]).listen(&address).start().await;
    eventually(Duration::from_secs(5), || b.is_connected(&a)).await;
    a.network.shutdown().await;
    b.network.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_dial_each_other_at_once_keep_one_connection() {
    for round in 0..5_u8 {
        let seeds = [10 + round, 20 + round];
        // With a delay each side sees the connection first that it did not dial, so that "the newest stays" would end
        // both.
        let delay = Duration::from_millis(20);
        let (to_a, to_b) = (Relay::with_delay(delay).await, Relay::with_delay(delay).await);
        let a = Plan::new(seeds[0], &seeds)
            .listen(LOOPBACK)
            .announce(&to_a.address)
            .dial(&to_b.address)
            .start()
            .await;
        let b = Plan::new(seeds[1], &seeds)
            .listen(LOOPBACK)
            .announce(&to_b.address)
            .dial(&to_a.address)
            .start()
            .await;
        // Both have dialled by now, and wait at the relays.
        to_a.lead_to(&a.address());
        to_b.lead_to(&b.address());
        a.until_connected(&b).await;
        b.until_connected(&a).await;
        eventually(SOON, async || to_a.open() + to_b.open() == 1).await;
        a.write(1);
        b.write(1);
        a.until_holding(2).await;
        b.until_holding(2).await;
        assert_eq!((to_a.open() + to_b.open(), to_a.made() + to_b.made()), (1, 2), "nobody dials again");
        a.network.shutdown().await;
        b.network.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_ends_every_task_and_frees_the_address() {
    let a = Plan::new(1, &[1, 2]).listen(LOOPBACK).start().await;
    let b = Plan::new(2, &[1, 2]).dial(&a.address()).start().await;
    b.until_connected(&a).await;
    b.write(20_000);
    let (address, tracker) = (a.address(), a.network.tracker.clone());
    timeout(Duration::from_secs(5), a.network.shutdown()).await.expect("ends in time");
    timeout(Duration::from_secs(1), a.network.stopped()).await.expect("has ended");
    assert!(tracker.is_empty());
    // Who asks a network that has ended gets an empty answer and does not wait.
    assert_eq!(a.network.status().await, []);
    assert_eq!(a.network.reach_all(SOON).await, []);
    let again = Plan::new(1, &[1, 2]).listen(&address).start().await;
    again.network.shutdown().await;
    b.network.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_taken_is_named() {
    let a = Plan::new(1, &[1]).listen(LOOPBACK).start().await;
    let settings = Settings {
        key: key(2),
        programme: PROGRAMME,
        listen: vec![a.address()],
        announce: Vec::new(),
        dial: Vec::new(),
        mdns: false,
        relay: None,
    };
    let backend = super::backend::Memory::new(key(2), &[]);
    let error = start(settings.clone(), backend).await.unwrap_err().to_string();
    let port = a.address().rsplit('/').next().unwrap().to_owned();
    assert_eq!(
        error,
        format!("address 127.0.0.1:{port} is in use; end the other program, or listen at another address")
    );
    let backend = super::backend::Memory::new(key(2), &[]);
    let error =
        start(Settings { listen: vec!["here".into()], ..settings }, backend).await.unwrap_err().to_string();
    assert!(error.starts_with("`here` is not an address to listen at"));
    a.network.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_port_serves_both_families_of_addresses() {
    let free = std::net::TcpListener::bind("[::]:0");
    // A machine without IPv6 has nothing to test here.
    let Ok(port) = free.and_then(|free| free.local_addr()).map(|address| address.port()) else { return };
    let both =
        Plan::new(1, &[1]).listen(&format!("/ip4/0.0.0.0/tcp/{port}")).listen(&format!("/ip6/::/tcp/{port}"));
    let both = both.start().await;
    let listening = both.network.listening();
    assert!(listening.iter().any(|address| address.starts_with("/ip4/")), "{listening:?}");
    assert!(listening.iter().any(|address| address.starts_with("/ip6/")), "{listening:?}");
    both.network.shutdown().await;
}
