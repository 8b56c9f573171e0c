//! The behaviours of a node's swarm, put together.

use libp2p::swarm::NetworkBehaviour;
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::{PeerId, dcutr, mdns, relay};

use super::gate::Gate;
use super::relaying::Relaying;
use super::streams::Streams;

/// Limits first, so that what they deny reaches nothing else.
#[derive(NetworkBehaviour)]
pub(super) struct Behaviour {
    pub(super) gate: Gate,
    mdns: Toggle<mdns::tokio::Behaviour>,
    pub(super) relaying: Relaying,
    client: relay::client::Behaviour,
    dcutr: dcutr::Behaviour,
    streams: Streams,
}

impl Behaviour {
    /// With or without looking for nodes on the local network. `client` belongs to the transport of relayed connections.
    pub(super) fn new(
        local: PeerId,
        find_local: bool,
        relaying: Relaying,
        client: relay::client::Behaviour,
    ) -> Self {
        let mdns = find_local.then(|| mdns::tokio::Behaviour::new(mdns::Config::default(), local));
        let mdns = mdns.and_then(|result| {
            // A machine without multicast still has its other ways to find nodes.
            result
                .inspect_err(|error| tracing::warn!(%error, "cannot look for nodes on the local network"))
                .ok()
        });
        let dcutr = dcutr::Behaviour::new(local);
        let gate = Gate::default();
        Self { gate, mdns: mdns.into(), relaying, client, dcutr, streams: Streams::default() }
    }
}
