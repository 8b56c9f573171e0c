//! Knocking, and being let in.

use std::time::Duration;

use accord_core::{Card, DecisionId, RootKey};

use super::backend::PROGRAMME;
use super::node::{LOOPBACK, Plan, SOON, device, devices, eventually, key};
use crate::network::{Admission, Knock, KnockAnswer, Purpose, Records, knock};

fn knock_of(seed: u8, purpose: Purpose, secret: u8) -> Knock {
    let card = Card::new(&RootKey::from_seed(&[100; 32]), &key(seed), "NEW", "A new one").unwrap();
    Knock { purpose, secret: [secret; 16], card, certificate: None }
}

fn pending() -> KnockAnswer {
    KnockAnswer::Pending { records: Records(vec![vec![1, 2, 3].into()]), decision: Some(DecisionId([5; 32])) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_knocks_gets_one_answer() {
    let a = Plan::new(1, &[1, 2]).listen(LOOPBACK).start().await;
    a.backend.set_porter(|device_id, knock| match knock.secret {
        [7, ..] if *device_id == device(50) => pending(),
        _ => KnockAnswer::Refused { reason: "the ticket is not known here".into() },
    });
    let (address, me) = ([a.address()], key(50));
    let ask = |programme, with| knock(&me, programme, a.device, &address, with, Duration::from_secs(5));
    assert_eq!(ask(PROGRAMME, knock_of(50, Purpose::Ask, 7)).await.unwrap(), pending());
    let refused = KnockAnswer::Refused { reason: "the ticket is not known here".into() };
    assert_eq!(ask(PROGRAMME, knock_of(50, Purpose::Look, 8)).await.unwrap(), refused);
    // Somebody else's card, and another programme: closed without an answer.
    let error = ask(PROGRAMME, knock_of(51, Purpose::Ask, 7)).await.unwrap_err();
    assert_eq!(error.to_string(), "the other node gave no answer");
    let elsewhere = accord_core::ProgrammeId([1; 32]);
    assert!(ask(elsewhere, knock_of(50, Purpose::Ask, 7)).await.is_err());
    a.network.shutdown().await;
    let error = ask(PROGRAMME, knock_of(50, Purpose::Ask, 7)).await.unwrap_err().to_string();
    assert!(error.starts_with("the other node was not reached"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whose_admission_is_pending_knocks_until_it_is_let_in() {
    let a = Plan::new(1, &[1, 2]).listen(LOOPBACK).start().await;
    a.backend.set_porter(|_, _| pending());
    let new = Plan::new(50, &[1, 50]);
    new.backend.set_admission(Some(Admission {
        inviter: a.device,
        addresses: vec![a.address()],
        knock: knock_of(50, Purpose::Enter, 7),
    }));
    let new = new.start().await;
    let reached = new.network.reach_all(SOON).await;
    let why = reached[0].1.as_ref().unwrap_err().to_string();
    assert_eq!(why, "the admission of this organisation is pending there");
    assert!(!new.is_connected(&a).await);
    a.write(3);
    a.backend.set_members(&devices(&[1, 2, 50]));
    a.network.access_changed();
    eventually(Duration::from_secs(5), || new.is_connected(&a)).await;
    new.until_holding(3).await;
    a.network.shutdown().await;
    new.network.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_no_member_any_more_is_closed() {
    let a = Plan::new(1, &[1, 2]).listen(LOOPBACK).start().await;
    let b = Plan::new(2, &[1, 2]).dial(&a.address()).start().await;
    b.until_connected(&a).await;
    a.backend.set_members(&devices(&[1]));
    a.network.access_changed();
    eventually(Duration::from_secs(5), async || !b.is_connected(&a).await).await;
    a.write(1);
    let reached = b.network.reach_all(SOON).await;
    assert!(reached[0].1.is_err());
    assert_eq!(b.backend.held_in_all(), 0);
    a.network.shutdown().await;
    b.network.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_node_is_told_as_such() {
    use tokio::io::AsyncWriteExt as _;
    let me = key(50);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = [format!("/ip4/127.0.0.1/tcp/{}", listener.local_addr().unwrap().port())];
    let web = tokio::spawn(async move {
        let mut visitors = Vec::new();
        while let Ok((mut visitor, _)) = listener.accept().await {
            visitor
                .write_all(format!("HTTP/1.1 400 Bad Request\r\n\r\n{}", "no ".repeat(99)).as_bytes())
                .await
                .unwrap();
            // Closed with something unread it would break off instead.
            visitors.push(visitor);
        }
    });
    let asked =
        knock(&me, PROGRAMME, device(1), &address, knock_of(50, Purpose::Look, 7), Duration::from_secs(2));
    let error = asked.await.unwrap_err();
    let why = "the other node was not reached: what listens at its address is no accord node";
    assert_eq!(error.to_string(), why);
    web.abort();
}
