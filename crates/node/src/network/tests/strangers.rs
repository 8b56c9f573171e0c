//! Whoever does not belong here gets nothing and costs nothing.

use std::time::Duration;

use accord_core::encode;
use futures::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::backend::PROGRAMME;
use super::node::{LOOPBACK, Node, Plan, SOON};
use super::raw;
use crate::network::framing::{read, write};
use crate::network::wire::{Hello, Kind, VERSION};

async fn two_friends() -> (Node, Node) {
    let a = Plan::new(1, &[1, 2, 3]).listen(LOOPBACK).start().await;
    let b = Plan::new(2, &[1, 2, 3]).dial(&a.address()).start().await;
    b.until_connected(&a).await;
    (a, b)
}

/// Honest nodes go on as if nothing had happened.
async fn friends_go_on(a: Node, b: Node) {
    let before = b.backend.held_in_all();
    a.write(3);
    b.until_holding(before + 3).await;
    a.network.shutdown().await;
    b.network.shutdown().await;
}

async fn tcp(address: &str) -> TcpStream {
    let port: u16 = address.rsplit('/').next().unwrap().parse().unwrap();
    TcpStream::connect(("127.0.0.1", port)).await.unwrap()
}

fn hello() -> Vec<u8> {
    encode(&Hello { version: VERSION, programme: PROGRAMME, knock: None, addresses: Vec::new() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outsider_is_closed_at_once_and_hears_not_a_word() {
    let (a, b) = two_friends().await;
    let (mut stream, swarming) = raw::open(66, &a.address()).await;
    write(&mut stream, Kind::Hello, &hello()).await.unwrap();
    stream.flush().await.unwrap();
    let mut heard = Vec::new();
    // The end comes as an end or as an error; either way there is nothing before it.
    let _ = timeout(Duration::from_secs(5), stream.read_to_end(&mut heard)).await.expect("closed at once");
    assert!(heard.is_empty());
    swarming.abort();
    friends_go_on(a, b).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_not_known_there_is_told_that_it_was_not_accepted() {
    let (a, b) = two_friends().await;
    let outsider = Plan::new(66, &[1, 66]);
    crate::network::Backend::remember_addresses(outsider.backend.as_ref(), &a.device, &[a.address()]);
    let outsider = outsider.start().await;
    let reached = outsider.network.reach_all(SOON).await;
    assert_eq!(reached.len(), 1);
    assert_eq!(reached[0].1.as_ref().unwrap_err().to_string(), "it did not accept this device");
    outsider.network.shutdown().await;
    friends_go_on(a, b).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_on_the_port_costs_nothing() {
    let (a, b) = two_friends().await;
    for round in 0..8_u8 {
        let mut garbage = tcp(&a.address()).await;
        let bytes: Vec<u8> =
            (0..4_096_u32).map(|at| (at as u8).wrapping_mul(31).wrapping_add(round)).collect();
        // The node may close before all of it is written.
        let _ = garbage.write_all(&bytes).await;
    }
    friends_go_on(a, b).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_that_announces_a_huge_frame_is_ended() {
    let (a, b) = two_friends().await;
    let (mut stream, swarming) = raw::open(3, &a.address()).await;
    write(&mut stream, Kind::Hello, &hello()).await.unwrap();
    stream.flush().await.unwrap();
    let welcome = read(&mut stream, &[Kind::Welcome], SOON).await.unwrap();
    assert_eq!(welcome, (Kind::Welcome, Vec::new()));
    stream.write_all(&[0xff, 0xff, 0xff, 0xff, Kind::Frame.byte()]).await.unwrap();
    stream.flush().await.unwrap();
    let mut rest = Vec::new();
    let _ = timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await.expect("closed at once");
    swarming.abort();
    friends_go_on(a, b).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_connection_is_ended() {
    let (a, b) = two_friends().await;
    let begun = Instant::now();
    let mut silent = tcp(&a.address()).await;
    let mut heard = Vec::new();
    let _ = timeout(Duration::from_secs(20), silent.read_to_end(&mut heard)).await.expect("ended");
    assert!(begun.elapsed() < Duration::from_secs(15));
    friends_go_on(a, b).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_opens_a_stream_and_says_nothing_is_ended() {
    let (a, b) = two_friends().await;
    let (mut stream, swarming) = raw::open(66, &a.address()).await;
    // The stream is agreed on with the first bytes; these announce a greeting that never comes.
    stream.write_all(&[0, 0]).await.unwrap();
    stream.flush().await.unwrap();
    let mut heard = Vec::new();
    let _ = timeout(Duration::from_secs(20), stream.read_to_end(&mut heard)).await.expect("ended");
    assert!(heard.is_empty());
    swarming.abort();
    friends_go_on(a, b).await;
}
