//! A peer that speaks Noise and Yamux properly, and then whatever a test wants.

use futures::StreamExt as _;
use libp2p::Multiaddr;
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::swarm::{Stream, Swarm, SwarmEvent};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::node::key;
use crate::network::executor::executor;
use crate::network::identity::keypair;
use crate::network::streams::Streams;
use crate::network::transport;

/// Opens the sync stream at `address` as the device of `seed`. The connection ends when the handle is dropped with
/// its task aborted, or by the other side.
pub(super) async fn open(seed: u8, address: &str) -> (Stream, JoinHandle<()>) {
    let executor = executor(TaskTracker::new(), CancellationToken::new());
    let mut swarm: Swarm<Streams> =
        transport::swarm(&keypair(&key(seed)), None, Streams::default(), executor).unwrap();
    let address: Multiaddr = address.parse().unwrap();
    swarm.dial(DialOpts::unknown_peer_id().address(address).allocate_new_port().build()).unwrap();
    let stream = loop {
        if let SwarmEvent::Behaviour(event) = swarm.select_next_some().await {
            break event.stream.unwrap();
        }
    };
    let swarming = tokio::spawn(async move { while swarm.next().await.is_some() {} });
    (stream, swarming)
}
