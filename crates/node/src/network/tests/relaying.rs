//! Members relay for members, and for nobody else.

use std::time::Duration;

use futures::StreamExt as _;
use libp2p::core::transport::ListenerId;
use libp2p::multiaddr::Protocol;
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::swarm::{NetworkBehaviour, Swarm, SwarmEvent};
use libp2p::{Multiaddr, relay};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::node::{LOOPBACK, Node, Plan, SOON, device, eventually, key};
use crate::network::executor::executor;
use crate::network::identity::{keypair, peer_of};
use crate::network::streams::Streams;
use crate::network::transport;

/// Two that nobody can dial, and a third that both dial, which does not read what they write.
async fn three(relay: Plan) -> [Node; 3] {
    let members = [1, 2, 3];
    let plan = |seed| {
        let plan = Plan::new(seed, &members);
        plan.backend.keep_from(&device(3));
        plan
    };
    let c = relay.start().await;
    let a = plan(1).dial(&c.address()).start().await;
    let b = plan(2).dial(&c.address()).start().await;
    a.until_connected(&c).await;
    b.until_connected(&c).await;
    [a, b, c]
}

fn third() -> Plan {
    let plan = Plan::new(3, &[1, 2, 3]).listen(LOOPBACK);
    plan.backend.keep_from(&device(3));
    plan
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_reach_only_a_third_sync_through_it_and_it_learns_nothing() {
    // Nobody said that it relays: it does since it was reached.
    let [a, b, c] = three(third()).await;
    a.write(300);
    b.write(200);
    a.until_holding(500).await;
    b.until_holding(500).await;
    assert_eq!(a.through(&b).await, Some(c.device));
    assert_eq!(b.through(&a).await, Some(c.device));
    assert_eq!(a.through(&c).await, None);
    // Live, too.
    a.write(1);
    b.until_holding(501).await;
    assert_eq!(c.backend.held_in_all(), 0);
    let barred = a.network.sync_barrier(SOON, &mut |_| {}).await;
    assert_eq!(barred.in_step.len(), 2, "{barred:?}");
    for node in [a, b, c] {
        node.network.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_that_starts_again_relays_again() {
    let [a, b, c] = three(third().relay(true)).await;
    a.until_connected(&b).await;
    let (address, backend) = (c.address(), std::sync::Arc::clone(&c.backend));
    c.network.shutdown().await;
    eventually(SOON, async || !a.is_connected(&b).await).await;
    a.write(1);
    let mut again = Plan::new(3, &[1, 2, 3]).listen(&address).relay(true);
    again.backend = backend;
    let c = again.start().await;
    b.until_holding(1).await;
    assert_eq!(b.through(&a).await, Some(c.device));
    for node in [a, b, c] {
        node.network.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_told_not_to_relay_does_not() {
    let [a, b, c] = three(third().relay(false)).await;
    let barred = a.network.sync_barrier(Duration::from_secs(4), &mut |_| {}).await;
    assert_eq!(barred.in_step, [c.device]);
    assert!(!a.is_connected(&b).await);
    for node in [a, b, c] {
        node.network.shutdown().await;
    }
}

#[derive(NetworkBehaviour)]
struct Visitor {
    client: relay::client::Behaviour,
    streams: Streams,
}

/// A swarm that knows how to use a relay, as the device of `seed`.
fn visitor(seed: u8) -> Swarm<Visitor> {
    let keypair = keypair(&key(seed));
    let (transport, client) = relay::client::new(keypair.public().to_peer_id());
    let executor = executor(TaskTracker::new(), CancellationToken::new());
    let behaviour = Visitor { client, streams: Streams::default() };
    transport::swarm(&keypair, Some(transport), behaviour, executor).unwrap()
}

/// Whether a relay keeps a place for a visitor.
async fn is_given_a_place(swarm: &mut Swarm<Visitor>, at: Multiaddr) -> bool {
    let asked: ListenerId = swarm.listen_on(at).unwrap();
    let answered = timeout(SOON, async {
        loop {
            match swarm.select_next_some().await {
                SwarmEvent::NewListenAddr { listener_id, .. } if listener_id == asked => return true,
                SwarmEvent::ListenerClosed { listener_id, .. } if listener_id == asked => return false,
                _ => {}
            }
        }
    });
    answered.await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_can_neither_be_reached_through_a_member_nor_reach_anybody() {
    let [a, b, c] = three(third().relay(true)).await;
    a.until_connected(&b).await;
    let relay: Multiaddr = c.address().parse().unwrap();
    let relay = relay.with(Protocol::P2p(peer_of(&c.device).unwrap())).with(Protocol::P2pCircuit);
    let mut stranger = visitor(66);
    assert!(!is_given_a_place(&mut stranger, relay.clone()).await);
    let through = relay.clone().with(Protocol::P2p(peer_of(&a.device).unwrap()));
    stranger.dial(DialOpts::unknown_peer_id().address(through).build()).unwrap();
    let refused = timeout(SOON, async {
        loop {
            match stranger.select_next_some().await {
                SwarmEvent::ConnectionEstablished { endpoint, .. } => assert!(!endpoint.is_relayed()),
                SwarmEvent::OutgoingConnectionError { .. } => return,
                _ => {}
            }
        }
    });
    refused.await.expect("an answer");
    // The very same asked by a device of the programme, which is not connected otherwise.
    b.network.shutdown().await;
    assert!(is_given_a_place(&mut visitor(2), relay).await);
    for node in [a, c] {
        node.network.shutdown().await;
    }
}
