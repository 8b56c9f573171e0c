//! The behaviours of a node's swarm, put together.

use libp2p::swarm::NetworkBehaviour;
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::{PeerId, mdns};

use super::gate::Gate;
use super::streams::Streams;

/// Limits first, so that what they deny reaches nothing else.
#[derive(NetworkBehaviour)]
pub(super) struct Behaviour {
    pub(super) gate: Gate,
    mdns: Toggle<mdns::tokio::Behaviour>,
    streams: Streams,
}

impl Behaviour {
    /// With or without looking for nodes on the local network.
    pub(super) fn new(local: PeerId, find_local: bool) -> Self {
        let mdns = find_local.then(|| mdns::tokio::Behaviour::new(mdns::Config::default(), local));
        let mdns = mdns.and_then(|result| {
            // A machine without multicast still has its other ways to find nodes.
            result
                .inspect_err(|error| tracing::warn!(%error, "cannot look for nodes on the local network"))
                .ok()
        });
        Self { gate: Gate::default(), mdns: mdns.into(), streams: Streams::default() }
    }
}
